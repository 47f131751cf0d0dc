package signal

import (
	"math"
	"slices"

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

const (
	weekHours   = 7 * 24
	rarityParts = 400 // a rarity is told in steps of a quarter of a percent
)

// Baseline is what one contract usually does, as of one full hour: what stamps
// within that hour are held against. It takes about 20 kB and is immutable.
type Baseline struct {
	Symbol string
	Hour   int64 // H, Unix ms

	spreads [2][len(steps)]spread
	rarity  [len(steps)][]float64 // of the contracts' moves: their quantiles, in steps of 1/rarityParts

	hours     *sorted // Q on the hour in [H − 30 d, H]
	oldest    int64   // the first stamp there is at all
	medianUSD float64 // of open interest on the hour in [H − 30 d, H]

	aprs      *sorted // of the payments in [H − 30 d, H]
	paidHours int64   // the time that those payments are for
	firstPaid int64   // the first payment there is at all
	latest    payment // the newest at or before H; at 0 when there is none

	weekP, weekQ []float64 // on the hours H − 7 d … H − 1 h

	gap  gap   // the newest that ended at or before H
	last int64 // the newest stamp at or before H; 0 when there is none
}

// NewBaseline computes the baseline of the full hour at or before stamp, from
// points that reach 31 days back from it (30 for the statistics, and the window
// before those; fewer simply leave z and ranks undefined) and from the payments
// up to it. Call it once the stamp of that hour is in: that stamp belongs to
// the percentile ranks.
func NewBaseline(in *Input, stamp int64) *Baseline {
	hour := floorHour(stamp)
	w := newWalker(in, newGrid(in.Points, hour-baselineMillis-dayMillis, hour))
	w.jump(hour)
	b := w.baseline
	if len(in.Points) > 0 {
		b.oldest = in.Points[0].Time
	}
	if last, ok := w.g.lastStamp(); ok {
		b.last = last
	}
	for i := range b.rarity {
		b.rarity[i] = quantiles(w.moves[ofContracts][i])
	}
	b.weekP, b.weekQ = slices.Clone(b.weekP), slices.Clone(b.weekQ)
	return &b
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

// quantiles picks rarityParts+1 evenly spaced values, the smallest and largest
// among them.
func quantiles(s *sorted) []float64 {
	n := s.len()
	if n == 0 {
		return nil
	}
	qs := make([]float64, rarityParts+1)
	for j := range qs {
		qs[j] = s.values[j*(n-1)/rarityParts]
	}
	return qs
}

// percentile tells which share of the moves is at most x, in %, rounded down
// to a quarter.
func percentile(quantiles []float64, x float64) float64 {
	if len(quantiles) == 0 || math.IsNaN(x) {
		return math.NaN()
	}
	n := (&sorted{values: quantiles}).rank(x) / 100 * float64(len(quantiles))
	return 100 * max(0, math.Round(n)-1) / rarityParts
}

// fullHours is how many of the 30 days' 721 hours must be known, and of their
// 720 be paid for, before a rank over 30 days is told: nine tenths. That the
// history merely reaches back 30 days could mean an hour then and an hour now.
const fullHours = 30 * 24 * 9 / 10

// rankContracts is the percentile rank of q among the hours of 30 days; NaN
// without 30 days.
func (b *Baseline) rankContracts(q float64) float64 {
	if math.IsNaN(q) || b.oldest == 0 || b.oldest > b.Hour-baselineMillis || b.hours.len() < fullHours {
		return math.NaN()
	}
	return b.hours.rank(q)
}

// rankAPR is the percentile rank of a yearly rate among the payments of 30
// days; NaN without 30 days.
func (b *Baseline) rankAPR(apr float64) float64 {
	if math.IsNaN(apr) || b.firstPaid == 0 || b.firstPaid > b.Hour-baselineMillis || b.paidHours < fullHours {
		return math.NaN()
	}
	return b.aprs.rank(apr)
}
