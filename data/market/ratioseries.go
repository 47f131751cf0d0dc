package market

import (
	"cmp"
	"slices"
)

// MergeRatios returns the rows of both, by time: of each stamp what either knows,
// and where both do, what more says. Both are in order of time; neither is changed.
func MergeRatios(known, more []Ratios) []Ratios {
	if len(more) == 0 {
		return known
	}
	merged := make([]Ratios, 0, len(known)+len(more))
	for len(known) > 0 || len(more) > 0 {
		switch {
		case len(more) == 0 || len(known) > 0 && known[0].Time < more[0].Time:
			merged, known = append(merged, known[0]), known[1:]
		case len(known) == 0 || more[0].Time < known[0].Time:
			merged, more = append(merged, more[0]), more[1:]
		default:
			merged, known, more = append(merged, known[0].with(more[0])), known[1:], more[1:]
		}
	}
	return merged
}

// with is what is known of a stamp where more says more of it.
func (r Ratios) with(more Ratios) Ratios {
	for k, x := range more.Values {
		if Known(x) {
			r.Values[k] = x
		}
	}
	return r
}

// RatiosBetween returns the rows with from ≤ time ≤ to (Unix ms) of some in order of
// time, sharing them.
func RatiosBetween(rows []Ratios, from, to int64) []Ratios {
	search := func(ms int64) int {
		i, _ := slices.BinarySearchFunc(rows, ms, func(r Ratios, ms int64) int { return cmp.Compare(r.Time, ms) })
		return i
	}
	first, end := search(from), search(to+1)
	return rows[first:max(first, end)]
}

// JoinSpans returns the moments of all spans as disjoint spans, ascending. Those that
// lie no further apart than gap ms are joined.
func JoinSpans(spans []Span, gap int64) []Span {
	sorted := slices.SortedFunc(slices.Values(spans), func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	joined := sorted[:0]
	for _, s := range sorted {
		if s.To < s.From {
			continue
		}
		if n := len(joined); n > 0 && s.From <= joined[n-1].To+gap {
			joined[n-1].To = max(joined[n-1].To, s.To)
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// ClipSpans returns the part of disjoint spans that lies within from to to.
func ClipSpans(spans []Span, from, to int64) (clipped []Span) {
	for _, s := range spans {
		if s = (Span{max(s.From, from), min(s.To, to)}); s.From <= s.To {
			clipped = append(clipped, s)
		}
	}
	return clipped
}
