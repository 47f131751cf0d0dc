package signal_test

import (
	"math"
	"slices"
	"strings"
)

// This file is the rest of naive: ratios, and liquidations seen, by the text.

var ratioNames = []string{"long_short_accounts", "top_long_short_accounts", "top_long_short_positions", "taker_buy_sell"}

// ratio is the newest value at a stamp, of the last 15 minutes.
func (x *naive) ratio(k int, t int64) float64 {
	for u := t; u >= t-15*minute; u -= five {
		if r, ok := x.ratios[u]; ok && !math.IsNaN(r.Values[k]) {
			return r.Values[k]
		}
	}
	return math.NaN()
}

// usual are the 5th and 95th percentile of the full hours of 30 days.
func (x *naive) usual(k int, t int64) (low, high float64) {
	h := t / hour * hour
	key := [2]int64{int64(k), h}
	if l, ok := x.limits[key]; ok {
		return l[0], l[1]
	}
	low, high = math.NaN(), math.NaN()
	var xs []float64
	for u := h - 30*day; u <= h; u += hour {
		if r, ok := x.ratios[u]; ok && !math.IsNaN(r.Values[k]) {
			xs = append(xs, r.Values[k])
		}
	}
	if 10*len(xs) >= 9*720 {
		slices.Sort(xs)
		for _, v := range xs { // the smallest that 5 % are at most, and that 95 % are
			atMost := 0
			for _, w := range xs {
				if w <= v {
					atMost++
				}
			}
			if math.IsNaN(low) && 100*atMost >= 5*len(xs) {
				low = v
			}
			if math.IsNaN(high) && 100*atMost >= 95*len(xs) {
				high = v
			}
		}
		if low == high {
			low, high = math.NaN(), math.NaN()
		}
	}
	x.limits[key] = [2]float64{low, high}
	return low, high
}

// liquidatedPct is what was seen of a side in the hour, in % of the open interest
// before it.
func (x *naive) liquidatedPct(long bool, t int64) float64 {
	q, okQ := x.q[t-hour]
	p, okP := x.p[t-hour]
	if !okQ || !okP {
		return math.NaN()
	}
	sum := 0.0
	for _, l := range x.liquidations {
		if at := l.Time.UnixMilli(); l.Long == long && at > t-hour && at <= t {
			sum += l.Contracts * l.Price
		}
	}
	return 100 * sum / (q * p)
}

// heard is for how long somebody listened in the hour.
func (x *naive) heard(t int64) (ms int64) {
	for _, s := range x.listened {
		if from, to := max(s.From, t-hour), min(s.To, t); to > from {
			ms += to - from
		}
	}
	return ms
}

func (x *naive) standings(t int64, c map[string]bool) {
	for k, name := range ratioNames {
		low, high := x.usual(k, t)
		now := x.ratio(k, t)
		c[name+"_high"], c[name+"_low"] = now >= high, now <= low
	}
	c["liquidated_longs_1h"], c["liquidated_shorts_1h"] = x.liquidatedPct(true, t) >= 1, x.liquidatedPct(false, t) >= 1
}

// unknown reports whether it cannot be told if a kind holds: of those that are told
// here alone. What they are told from may be missing where every stamp is there.
func (x *naive) unknown(t int64, kind string) bool {
	if side, ok := strings.CutPrefix(kind, "liquidated_"); ok {
		pct := x.liquidatedPct(side == "longs_1h", t)
		return math.IsNaN(pct) || pct < 1 && x.heard(t) < hour-minute
	}
	for k, name := range ratioNames {
		if kind == name+"_high" || kind == name+"_low" {
			low, _ := x.usual(k, t)
			return math.IsNaN(low) || math.IsNaN(x.ratio(k, t))
		}
	}
	return false
}
