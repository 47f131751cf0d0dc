package market

import (
	"cmp"
	"slices"
)

// Span is a stretch of time, both ends included: Unix ms.
type Span struct{ From, To int64 }

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
