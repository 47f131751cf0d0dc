package chartpane

import (
	"slices"

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

// rangeNamed returns a range by its name; 24 hours, or the first, for one that
// isn't offered.
func rangeNamed(ranges []market.Range, name string) market.Range {
	for _, r := range ranges {
		if r.String() == name {
			return r
		}
	}
	return ranges[max(0, slices.Index(ranges, market.Range24h))]
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
