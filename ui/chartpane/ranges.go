package chartpane

import (
	"slices"
	"time"

	"openinterest/assets"
	"openinterest/data/market"
)

// Ranges are those a pane offers unless told otherwise: what the exchange
// keeps, and what an archive has besides.
func Ranges(archive bool) []market.Range {
	ranges := []market.Range{market.Range4h, market.Range24h, market.Range3d, market.Range7d, market.Range14d, market.Range30d}
	if archive {
		ranges = append(ranges, market.Range90d, market.Range1y, market.RangeAll)
	}
	return ranges
}

// isLong reports whether a range is longer than what the exchange keeps.
func isLong(r market.Range) bool { return r > market.Range30d }

// rangeNamed returns the index of a range by its name; that of 24 hours, or the
// first, for one that isn't offered.
func rangeNamed(ranges []market.Range, name string) int {
	for i, r := range ranges {
		if r.String() == name {
			return i
		}
	}
	return max(0, slices.Index(ranges, market.Range24h))
}

func rangeNames(w *assets.Words, ranges []market.Range) []string {
	names := make([]string, len(ranges))
	for i, r := range ranges {
		names[i] = r.String()
		if r == market.RangeAll {
			names[i] = w.T("chart.all")
		}
	}
	return names
}

// bounds are the times a chart of a range begins and ends at. The right edge
// lies a little after now, and moves in steps too small to be seen, so that a
// chart at rest is not drawn again. A range without an end begins with the first
// point.
func bounds(r market.Range, now time.Time, first int64) (from, to int64) {
	length := time.Duration(r).Milliseconds()
	if r == market.RangeAll {
		length = max(now.UnixMilli()-first, time.Hour.Milliseconds())
	}
	const steps = 1500 // as many as a wide chart has pixels
	step := max(1000, length/steps)
	to = (now.UnixMilli()/step + 1) * step
	return to - length, to
}
