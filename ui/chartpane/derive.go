package chartpane

import (
	"math"
	"sort"

	"openinterest/charts"
	"openinterest/data/market"
)

// A derivation computes what lines show from what they hold, over a span: z, or
// shares. It replaces their slices, which are shared, by others. It runs where the
// picture is drawn.
type derivation func(lines []charts.Line, from, to int64)

// inSpan cuts a line to a span and the point before it, so that it comes in from
// the left edge.
func inSpan(l *charts.Line, from, to int64) {
	first := sort.Search(len(l.Times), func(i int) bool { return l.Times[i] >= from })
	end := sort.Search(len(l.Times), func(i int) bool { return l.Times[i] > to })
	first = min(max(0, first-1), end)
	l.Times, l.Values = l.Times[first:end], l.Values[first:end]
}

// zScores has each line show by how many standard deviations its values differ
// from their mean over the span. Of a line that never moves there is none.
func zScores(lines []charts.Line, from, to int64) {
	for i := range lines {
		l := &lines[i]
		inSpan(l, from, to)
		n, sum := 0.0, 0.0
		for k, v := range l.Values {
			if l.Times[k] >= from && market.Known(v) {
				n, sum = n+1, sum+v
			}
		}
		mean, squares := sum/n, 0.0
		for k, v := range l.Values {
			if l.Times[k] >= from && market.Known(v) {
				squares += (v - mean) * (v - mean)
			}
		}
		deviation := math.Sqrt(squares / (n - 1))
		z := make([]float64, len(l.Values))
		for k, v := range l.Values {
			z[k] = market.Unknown
			if n > 1 && deviation > 1e-12*math.Abs(mean) {
				z[k] = (v - mean) / deviation
			}
		}
		l.Values = z
	}
}

// shares has each line show its part of the sum of all, in percent. Lines have
// their points at the same stamps, but for the live ones, which come within
// seconds of each other: there the others count as they were last. Where one of
// them isn't known, neither is the sum.
func shares(lines []charts.Line, from, to int64) {
	held := make([]float64, len(lines)) // the newest value of each up to the instant
	since := make([]int64, len(lines))
	next := make([]int, len(lines))
	out := make([][]float64, len(lines))
	for i := range lines {
		inSpan(&lines[i], from, to)
		held[i], out[i] = market.Unknown, make([]float64, len(lines[i].Times))
	}
	for {
		at := int64(never)
		for i, l := range lines {
			if next[i] < len(l.Times) {
				at = min(at, l.Times[next[i]])
			}
		}
		if at == never {
			break
		}
		total := 0.0
		for i, l := range lines {
			if next[i] < len(l.Times) && l.Times[next[i]] == at {
				held[i], since[i] = l.Values[next[i]], at
				next[i]++
			}
			if l.Gap > 0 && at-since[i] > l.Gap {
				held[i] = market.Unknown
			}
			total += held[i]
		}
		for i := range lines {
			if since[i] == at && next[i] > 0 {
				out[i][next[i]-1] = 100 * held[i] / total
			}
		}
	}
	for i := range lines {
		lines[i].Values = out[i]
	}
}
