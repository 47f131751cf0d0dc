package signal

import (
	"math"
	"sort"

	"openinterest/data/market"
)

// Horizons are the spans after an event that it is scored on.
func Horizons() []market.Window {
	return []market.Window{market.Window1h, market.Window4h, market.Window24h, market.Window7d}
}

const (
	horizonCount = 4

	// volatilityCover is the share of the 5-minute returns of a span that must
	// be known for its realised volatility to be told.
	volatilityCover = 0.8
)

// sample is what followed one event, or one period for the base rate. In pooled
// scorecards it is an average over contracts.
type sample struct {
	at    int64
	hit   float64 // 1: the price was higher, or the volatility was; 0: not
	lower float64 // 1: the price was lower
	value float64 // forward return in %, or the volatility ratio
}

// outcomes looks up what followed a stamp of one contract.
type outcomes struct {
	g       *grid
	squares []float64 // sum of squared 5-minute log returns up to a stamp
	known   []int32   // how many returns that are
}

// newOutcomes prepares the lookup of what followed each stamp of g: sums of squared
// returns make a volatility two subtractions.
func newOutcomes(g *grid) *outcomes {
	o := &outcomes{g: g, squares: make([]float64, g.len()), known: make([]int32, g.len())}
	for i := 1; i < g.len(); i++ {
		o.squares[i], o.known[i] = o.squares[i-1], o.known[i-1]
		if d := logMove(g.p, i, 1); !math.IsNaN(d) {
			o.squares[i] += d * d
			o.known[i]++
		}
	}
	return o
}

// end is the newest stamp of the history.
func (o *outcomes) end() int64 { return o.g.time(o.g.len() - 1) }

// passed reports whether the horizon after a stamp has passed: it begins at the
// next 5-minute close.
func (o *outcomes) passed(stamp int64, h market.Window) bool {
	return o.g.len() > 0 && stamp+stepMillis+h.Millis() <= o.end()
}

// after is what followed a stamp over h: the return from the next 5-minute
// close on, or how the volatility of that span compares with that of the 7 days
// before the stamp. False where a stamp that it needs is missing.
func (o *outcomes) after(stamp int64, h market.Window, volatility bool) (sample, bool) {
	i, n := o.g.index(stamp), int(h.Millis()/stepMillis)
	s := sample{at: stamp}
	if volatility {
		before := o.volatility(i-7*24*stepsPerHour, i)
		s.value = o.volatility(i+1, i+1+n) / before
		s.hit = indicator(s.value > 1)
		return s, before > 0 && market.Known(s.value)
	}
	entry, exit := at(o.g.p, i+1), at(o.g.p, i+1+n)
	s.value = market.PercentChange(entry, exit)
	s.hit, s.lower = indicator(exit > entry), indicator(exit < entry)
	return s, market.Known(s.value)
}

// volatility is the root of the mean squared 5-minute log return from stamp i
// to stamp j; NaN where too few are known.
func (o *outcomes) volatility(i, j int) float64 {
	if i < 0 || j >= o.g.len() {
		return math.NaN()
	}
	n := float64(o.known[j] - o.known[i])
	if n < volatilityCover*float64(j-i) {
		return math.NaN()
	}
	return math.Sqrt((o.squares[j] - o.squares[i]) / n)
}

// base samples every non-overlapping span of the history, at the multiples of h.
func (o *outcomes) base(h market.Window, volatility bool) []sample {
	var out []sample
	if o.g.len() == 0 {
		return nil
	}
	step := h.Millis()
	for t := (o.g.start + step - 1) / step * step; o.passed(t, h); t += step {
		if s, ok := o.after(t, h, volatility); ok {
			out = append(out, s)
		}
	}
	return out
}

// since is the part of time-ordered samples at or after a stamp.
func since(samples []sample, stamp int64) []sample {
	return samples[sort.Search(len(samples), func(i int) bool { return samples[i].at >= stamp }):]
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
