package chartpane

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/format"
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

// more is the last word of the strip of ranges: any other.
const more = "…"

// rangeNamed returns a range by its name, offered or typed; 24 hours, or the
// first, for none, and for one longer than any offered.
func rangeNamed(ranges []market.Range, name string) market.Range {
	for _, r := range ranges {
		if r.String() == name {
			return r
		}
	}
	if r, ok := ParseRange(name); ok && r < ranges[len(ranges)-1] {
		return r
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
	return append(names, more)
}

// rangeUnits are the units in which a range can be typed, in both languages.
var rangeUnits = map[string]time.Duration{
	"m": time.Minute, "min": time.Minute, "分": time.Minute, "分钟": time.Minute,
	"h": time.Hour, "小时": time.Hour, "时": time.Hour,
	"d": 24 * time.Hour, "天": 24 * time.Hour, "日": 24 * time.Hour,
	"w": 7 * 24 * time.Hour, "周": 7 * 24 * time.Hour,
	"y": 365 * 24 * time.Hour, "年": 365 * 24 * time.Hour,
}

const (
	leastRange = 10 * time.Minute // two stamps
	mostYears  = 50
)

// ParseRange reads a range as a person types it: "6h", "10d", "3w", "1.5 y". It
// reads what market.Range.String writes, too.
func ParseRange(text string) (market.Range, bool) {
	text = strings.ToLower(strings.Join(strings.Fields(text), ""))
	if text == strings.ToLower(market.RangeAll.String()) {
		return market.RangeAll, true
	}
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyz分钟小时天日周年")
	unit := rangeUnits[text[len(digits):]]
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || unit == 0 || !(n > 0 && n*float64(unit) < mostYears*float64(rangeUnits["y"])) {
		return 0, false
	}
	d := time.Duration(n * float64(unit)).Round(time.Minute)
	return market.Range(d), d >= leastRange
}

// parseDate reads an instant in the zone of all times on screen, with or without
// the time of day; or in UTC, where that is written behind it.
func parseDate(text string) (ms int64, ok bool) {
	zone := format.Zone()
	text, inUTC := strings.CutSuffix(strings.TrimSpace(text), "UTC")
	if inUTC {
		zone = time.UTC
	}
	text = strings.Join(strings.Fields(text), " ")
	for _, form := range []string{"2006-1-2 15:4", "2006-1-2T15:4", "2006-1-2 15:4:5", "2006-1-2", "2006/1/2 15:4", "2006/1/2"} {
		if t, err := time.ParseInLocation(form, text, zone); err == nil {
			return t.UnixMilli(), true
		}
	}
	return 0, false
}
