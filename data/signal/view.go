package signal

import (
	"math"

	"openinterest/data/market"
)

// change is what one series did over one window, up to a stamp. Every part is
// NaN where it is not known.
type change struct {
	then  float64 // the value a window earlier
	ratio float64 // now / then
	log   float64 // dX = ln(now / then)
	z     float64 // robust z of log
	zero  float64 // the same about zero, for price × open interest
}

func (c change) percent() float64 { return 100 * (c.ratio - 1) }

// view is one stamp compared with its baseline: all numbers that conditions are
// computed from. Evaluations and walks make one a stamp.
type view struct {
	stamp   int64
	now     [2]float64 // contracts, price
	changes [2][len(steps)]change
	gap     gap
	change  market.UnitChange // the newest change of unit that the numbers here were converted over; Time 0: none

	onHour    bool
	high, low extreme // on the hour only

	rankContracts, rankAPR, apr float64
	paid                        payment // whose rate apr is; at 0 when none is recent enough

	standing
}

// noBaseline stands for a contract of which nothing is known.
var noBaseline = &Baseline{medianUSD: math.NaN(), rankAPR: math.NaN(), high: noPeak, low: noPeak, ratios: noRatios()}

// newView compares stamp i of g with b, which must be of the hour of that stamp.
// unit is how many contracts of the grid's make one of the baseline's: 1 unless
// the unit changed within the hour, and then NaN when nobody knows.
func newView(in *Input, g *grid, i int, b *Baseline, unit float64) view {
	v := view{
		stamp: g.time(i), now: [2]float64{at(g.q, i), at(g.p, i)}, gap: g.lastGap(g.time(i)),
		rankContracts: math.NaN(), rankAPR: math.NaN(), apr: math.NaN(),
	}
	if b.gap.to > v.gap.to {
		v.gap = b.gap
	}
	if v.change = g.change; b.change.Time > v.change.Time {
		v.change = b.change
	}
	for x, xs := range [...][]float64{g.q, g.p} {
		for k, n := range steps {
			c := &v.changes[x][k]
			c.then, c.log = at(xs, i-n), logMove(xs, i, n)
			c.ratio = v.now[x] / c.then
			c.z, c.zero = b.spreads[x][k].z(c.log), b.spreads[x][k].zero(c.log)
		}
	}
	v.rankContracts = b.rankContracts(v.now[ofContracts] / unit)
	v.funding(b)
	v.stand(in, b)
	if v.onHour = v.stamp%hourMillis == 0; v.onHour {
		scale := b.spreads[ofContracts][in24h].scale()
		v.high = v.extremeOf(b.high.inUnit(unit), scale, 1)
		v.low = v.extremeOf(b.low.inUnit(unit), scale, -1)
	}
	return v
}

// funding takes the rate that was paid last, if no payment is overdue: a rate
// is current for one interval, at most 8 hours, and 15 minutes.
func (v *view) funding(b *Baseline) {
	if p := b.latest; p.at != 0 && v.stamp-p.at <= 8*hourMillis+oldestData.Milliseconds() {
		v.paid, v.apr, v.rankAPR = p, p.apr, b.rankAPR
	}
}
