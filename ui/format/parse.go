package format

import (
	"regexp"
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

// typed is a number without its unit. A comma stands before three or four digits:
// "1,5", which is one and a half in half of Europe, must not be read as fifteen.
var typed = regexp.MustCompile(`^[-+]?(\d+(,\d{3})+|\d+(,\d{4})+|\d*)(\.\d*)?(E[-+]?\d+)?$`)

// Parse reads a number as a person types it: "−2.5 %", "1,500", "2.5B", "3亿", "５０万".
// Unknown where it is none.
func Parse(text string) float64 {
	text = strings.ToUpper(strings.Map(narrow, strings.TrimSpace(text)))
	for _, unit := range []string{"%", "USDT", "USD", "$"} {
		text = strings.TrimSuffix(strings.TrimPrefix(text, unit), unit)
	}
	by := 1.0
	for _, s := range suffixes {
		if rest, ok := strings.CutSuffix(text, s.text); ok {
			text, by = rest, s.by
			break
		}
	}
	if !typed.MatchString(text) {
		return market.Unknown
	}
	x, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64)
	if err != nil || !market.Known(x*by) {
		return market.Unknown
	}
	return x * by
}

// narrow is a character as a keyboard for English has it: input methods for
// Chinese write digits, letters and signs in full width. Spaces go.
func narrow(r rune) rune {
	switch {
	case r == ' ' || r == '\u00a0' || r == '\u202f' || r == '\u3000' || r == '_':
		return -1
	case r == '\u2212' || r == '\u2013':
		return '-'
	case r == '。': // the key of the decimal point
		return '.'
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	}
	return r
}

// Percentage reports whether a text that Parse reads is a percentage.
func Percentage(text string) bool { return strings.ContainsAny(text, "%％") }
