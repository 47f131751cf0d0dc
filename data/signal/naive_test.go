package signal_test

import (
	"math"
	"slices"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// naive computes events straight from the text of the definition: every
// statistic anew from a map of stamps, nothing shared with the package.
type naive struct {
	q, p    map[int64]float64
	dense   [2][]float64 // the same by stamp from first, NaN where missing; only to be quick
	first   int64
	last    int64
	funding []market.FundingPoint
	hours   float64
	spread  map[[4]int64]*mm

	ratios       map[int64]market.Ratios
	limits       map[[2]int64][2]float64
	liquidations []market.Liquidation
	listened     []market.Span
}

type mm struct{ n, m, mad float64 }

const (
	minute = int64(60_000)
	hour   = 60 * minute
	day    = 24 * hour
	five   = 5 * minute
)

func newNaive(in *signal.Input) *naive {
	x := &naive{q: map[int64]float64{}, p: map[int64]float64{}, spread: map[[4]int64]*mm{}, funding: in.Funding, hours: float64(in.Terms.IntervalHours),
		ratios: map[int64]market.Ratios{}, limits: map[[2]int64][2]float64{}, liquidations: in.Liquidations, listened: in.Listened}
	for _, r := range in.Ratios {
		x.ratios[r.Time] = r
	}
	for i, pt := range in.Points {
		if i == 0 {
			x.first = pt.Time
		}
		x.last = pt.Time
		x.q[pt.Time] = pt.Contracts
		if pt.Price > 0 {
			x.p[pt.Time] = pt.Price
		}
	}
	for t := x.first; t <= x.last; t += five {
		for s := range x.dense {
			v, ok := x.series(int64(s))[t]
			if !ok {
				v = math.NaN()
			}
			x.dense[s] = append(x.dense[s], v)
		}
	}
	return x
}

func (x *naive) series(s int64) map[int64]float64 {
	if s == 0 {
		return x.q
	}
	return x.p
}

// d is dX(W, t).
func (x *naive) d(s, w, t int64) float64 {
	if t-w < x.first || t > x.last {
		return math.NaN()
	}
	xs := x.dense[s]
	return math.Log(xs[(t-x.first)/five] / xs[(t-w-x.first)/five])
}

// middle is the median; it reorders xs.
func middle(xs []float64) float64 {
	n := len(xs)
	upper := smallest(xs, n/2)
	if n%2 == 1 {
		return upper
	}
	return (smallest(xs, n/2-1) + upper) / 2
}

// smallest is the k-th smallest, by Hoare's quickselect: a recording has
// thousands of hours, and sorting each would take a minute.
func smallest(xs []float64, k int) float64 {
	lo, hi := 0, len(xs)-1
	for lo < hi {
		pivot, i, j := xs[(lo+hi)/2], lo, hi
		for i <= j {
			for xs[i] < pivot {
				i++
			}
			for xs[j] > pivot {
				j--
			}
			if i <= j {
				xs[i], xs[j] = xs[j], xs[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return xs[k]
		}
	}
	return xs[k]
}

func (x *naive) stats(s, w, t int64) *mm {
	h := t / hour * hour
	key := [4]int64{s, w, h}
	if r := x.spread[key]; r != nil {
		return r
	}
	var xs []float64
	for u := max(h-30*day, x.first); u <= h-w; u += five {
		if d := x.d(s, w, u); !math.IsNaN(d) {
			xs = append(xs, d)
		}
	}
	r := &mm{n: float64(len(xs)), m: math.NaN(), mad: math.NaN()}
	if len(xs) >= 2016 {
		r.m = middle(xs)
		for i := range xs {
			xs[i] = math.Abs(xs[i] - r.m)
		}
		r.mad = middle(xs)
		if r.mad == 0 {
			r.mad = math.NaN()
		}
	}
	x.spread[key] = r
	return r
}

func (x *naive) z(s, w, t int64) float64 {
	r := x.stats(s, w, t)
	return (x.d(s, w, t) - r.m) / (1.4826 * r.mad)
}

func (x *naive) z0(s, w, t int64) float64 { return x.d(s, w, t) / (1.4826 * x.stats(s, w, t).mad) }

func (x *naive) moves(s, w, t int64) float64 { return 100 * (math.Exp(x.d(s, w, t)) - 1) }

func (x *naive) s1(w, t int64, move float64, priceUp, moreOI bool) bool {
	p, q := x.moves(1, w, t), x.moves(0, w, t)
	if math.IsNaN(p) || math.IsNaN(q) || math.Abs(p) < move || math.Abs(q) < move || p > 0 != priceUp || q > 0 != moreOI {
		return false
	}
	return math.Abs(x.z0(1, w, t)) >= 0.5 && math.Abs(x.z0(0, w, t)) >= 0.5
}

func (x *naive) divergence(t int64, sign float64) bool {
	pt, ok := x.p[t]
	if t%hour != 0 || !ok {
		return false
	}
	best, star := math.Inf(-1), int64(0)
	for u := t - 7*day; u < t; u += hour {
		p, ok := x.p[u]
		if !ok {
			continue
		}
		if sign*p > sign*pt {
			return false
		}
		if u <= t-day && sign*p > best {
			best, star = sign*p, u
		}
	}
	if star == 0 {
		return false
	}
	if sign > 0 && pt/x.p[star] < 1.0025 || sign < 0 && pt/x.p[star] > 1/1.0025 {
		return false
	}
	s := 1.4826 * x.stats(0, day, t).mad
	return math.Log(x.q[t]/x.q[star]) <= -math.Max(0.02, 0.5*s)
}

func (x *naive) crowded(t int64) (longs, shorts bool) {
	h := t / hour * hour
	if len(x.funding) == 0 || x.first > h-30*day || x.funding[0].Time/five*five > h-30*day {
		return false, false
	}
	n, le := 0.0, 0.0
	for u := h - 30*day; u <= h; u += hour {
		if q, ok := x.q[u]; ok {
			n++
			if q <= x.q[t] {
				le++
			}
		}
	}
	if 100*le/n < 90 {
		return false, false
	}
	apr := func(rate float64) float64 { return rate * 24 / x.hours * 365 * 100 }
	now := math.NaN()
	for _, f := range x.funding {
		if f.Time/five*five <= t {
			now = apr(f.Rate)
		}
	}
	n, le = 0, 0
	for _, f := range x.funding {
		if at := f.Time / five * five; at >= h-30*day && at <= h {
			n++
			if apr(f.Rate) <= now {
				le++
			}
		}
	}
	return now >= 20 && 100*le/n >= 95, now <= -10 && 100*le/n <= 5
}

func (x *naive) holds(t int64) map[string]bool {
	if _, ok := x.q[t]; !ok {
		return nil
	}
	c := map[string]bool{}
	for name, w := range map[string]int64{"_24h": day, "_4h": 4 * hour} {
		move := 1.0
		if name == "_4h" {
			move = 0.5
		}
		c["strong_bullish"+name] = x.s1(w, t, move, true, true)
		c["weakening_rally"+name] = x.s1(w, t, move, true, false)
		c["strong_bearish"+name] = x.s1(w, t, move, false, true)
		c["weakening_selloff"+name] = x.s1(w, t, move, false, false)
	}
	if t%hour == 0 {
		c["divergence_high"], c["divergence_low"] = x.divergence(t, 1), x.divergence(t, -1)
	}
	c["spike_1h"] = x.d(0, hour, t) >= math.Log(1.03) && x.z(0, hour, t) >= 3
	c["spike_4h"] = x.d(0, 4*hour, t) >= math.Log(1.05) && x.z(0, 4*hour, t) >= 3
	c["flush_1h"] = x.d(0, hour, t) <= math.Log(0.97) && x.z(0, hour, t) <= -3 && math.Abs(x.z(1, hour, t)) >= 1.5
	c["crowded_longs"], c["crowded_shorts"] = x.crowded(t)
	x.standings(t, c)
	return c
}

type firing struct {
	time int64
	kind string
}

// events walks stamps that are all there: what is not true is false.
func (x *naive) events() []firing {
	var out []firing
	last, free := map[string]int64{}, map[string]bool{}
	for t := x.first; t <= x.last; t += five {
		for kind, on := range x.holds(t) {
			switch {
			case x.unknown(t, kind):
			case !on:
				free[kind] = true
			case last[kind] == 0 || free[kind] && t-last[kind] >= day:
				out = append(out, firing{t, kind})
				last[kind], free[kind] = t, false
			}
		}
	}
	sortFirings(out)
	return out
}

func sortFirings(f []firing) {
	slices.SortFunc(f, func(a, b firing) int {
		if a.time != b.time {
			return int(a.time - b.time)
		}
		return slices.Compare([]byte(a.kind), []byte(b.kind))
	})
}
