package signal

import (
	"math"
	"sort"

	"openinterest/data/market"
)

// The series and windows that statistics are kept of.
const (
	ofContracts = 0
	ofPrice     = 1

	in1h  = 0
	in4h  = 1
	in24h = 2
)

// steps are the windows in stamps; their indexes are in1h, in4h, in24h.
var steps = [...]int{stepsPerHour, 4 * stepsPerHour, 24 * stepsPerHour}

// spread is where the moves of one series over one window lie, over 30 days.
type spread struct {
	n      int     // stamps at which the move is defined
	median float64 // m; NaN without any
	mad    float64 // median of |x − m|, not yet scaled
}

// scale is 1.4826·MAD; NaN where no z is defined.
func (s spread) scale() float64 {
	if s.n < minimumStamps || !(s.mad > 0) {
		return math.NaN()
	}
	return madToSigma * s.mad
}

// z is the robust z of x, zero the same about zero instead of the median.
func (s spread) z(x float64) float64    { return (x - s.median) / s.scale() }
func (s spread) zero(x float64) float64 { return x / s.scale() }

const weekHours = 7 * 24

// Baseline is what one contract usually does, as of one full hour: what stamps
// within that hour are held against. It is immutable. One is kept of every
// contract, so it is small: what the hour settles is kept as its outcome, and
// what is only told, not tested, with seven digits; 8 kB in all.
type Baseline struct {
	Symbol string
	Hour   int64 // H, Unix ms

	spreads [2][len(steps)]spread
	rarity  *[len(steps)]quantiles // of the contracts' moves; nil: nobody asked

	hours     ranks   // Q on the hour in [H − 30 d, H]
	oldest    int64   // the first stamp there is at all
	medianUSD float64 // of open interest on the hour in [H − 30 d, H]

	latest    payment // the newest at or before H; at 0 when there is none
	rankAPR   float64 // of its yearly rate among the payments in [H − 30 d, H], percentile; NaN without 30 days
	paidHours int64   // the time that those payments are for

	high, low peak // of the week before H

	ratios [market.RatioCount]extremes

	gap    gap               // the newest that ended at or before H
	last   market.Point      // the newest stamp at or before H; zero when there is none
	change market.UnitChange // the newest change of unit at or before H; Time 0: none
}

// Days tells how many days' worth of 5-minute moves over w the baseline knows,
// of the 7 that a z needs and of the 30 that it looks back.
func (b *Baseline) Days(w market.Window) float64 {
	if b == nil {
		return 0
	}
	for i, n := range steps {
		if w == market.Window(n)*market.Window(market.Step) {
			return float64(b.spreads[ofContracts][i].n) / float64(24*stepsPerHour)
		}
	}
	return float64(b.hours.len()) / 24
}

// percentile tells which share of the contracts' moves over window j is at most
// x, in %, rounded down to a quarter; NaN without any.
func (b *Baseline) percentile(j int, x float64) float64 {
	if b.rarity == nil || b.spreads[ofContracts][j].n == 0 || math.IsNaN(x) {
		return math.NaN()
	}
	return b.rarity[j].percentile(x)
}

// fullHours is how many of the 30 days' 721 hours must be known, and of their
// 720 be paid for, before a rank over 30 days is told: nine tenths. That the
// history merely reaches back 30 days could mean an hour then and an hour now.
const fullHours = 30 * 24 * 9 / 10

// unitUpTo is how many contracts of the newest point make one of the baseline's:
// 1 unless the unit changed after its hour, NaN when nobody knows.
func (b *Baseline) unitUpTo(points []market.Point) float64 {
	if b.last.Time == 0 {
		return 1
	}
	i := sort.Search(len(points), func(i int) bool { return points[i].Time > b.Hour })
	since := append([]market.Point{b.last}, points[i:]...)
	return market.UnitFactor(market.UnitChanges(since), b.Hour)
}

// rankContracts is the percentile rank of q among the hours of 30 days; NaN
// without 30 days.
func (b *Baseline) rankContracts(q float64) float64 {
	if math.IsNaN(q) || b.oldest == 0 || b.oldest > b.Hour-baselineMillis || b.hours.len() < fullHours {
		return math.NaN()
	}
	return b.hours.rank(q)
}
