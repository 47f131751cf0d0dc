package format

import (
	"strconv"
	"strings"

	"openinterest/data/market"
)

// suffixes are how a person may shorten a number, in either language.
var suffixes = []struct {
	text string
	by   float64
}{
	{"万亿", 1e12}, {"亿", 1e8}, {"万", 1e4}, {"K", 1e3}, {"M", 1e6}, {"B", 1e9}, {"T", 1e12},
}

// Parse reads a number as a person types it: "−2.5 %", "1,500", "2.5B", "3亿".
// Unknown where it is none.
func Parse(text string) float64 {
	text = strings.ToUpper(strings.TrimSpace(text))
	text = strings.NewReplacer("\u2212", "-", "\uff0d", "-", "\u2013", "-", ",", "", "，", "", "_", "", " ", "", "\u00a0", "").Replace(text)
	for _, unit := range []string{"%", "％", "USDT", "USD", "$"} {
		text = strings.TrimSuffix(strings.TrimPrefix(text, unit), unit)
	}
	by := 1.0
	for _, s := range suffixes {
		if rest, ok := strings.CutSuffix(text, s.text); ok {
			text, by = rest, s.by
			break
		}
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !market.Known(x*by) || strings.ContainsAny(text, "XPN") {
		return market.Unknown
	}
	return x * by
}
