package binance

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"openinterest/data/market"
)

// number reads a decimal, also one with an exponent; market.Unknown for
// anything else, such as "", "NaN", "Infinity", "0x10" or "1e999".
func number(s string) float64 {
	if s == "" || strings.Trim(s, "0123456789+-.eE") != "" {
		return market.Unknown
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || !market.Known(x) {
		return market.Unknown
	}
	return x
}

// positive is number where only what is above zero makes sense.
func positive(s string) float64 {
	if x := number(s); x > 0 {
		return x
	}
	return market.Unknown
}

// notNegative is number where zero makes sense but nothing below.
func notNegative(s string) float64 {
	if x := number(s); x >= 0 {
		return x
	}
	return market.Unknown
}

// millis reads a Unix time in ms; false if it is nobody's clock.
func millis(ms int64) (time.Time, bool) {
	t := time.UnixMilli(ms).UTC()
	return t, plausible(t)
}

// maxSymbol bounds the length of a symbol, in bytes.
const maxSymbol = 64

// usableSymbol reports whether s can be a contract's name: letters of any
// script and digits, "_" and "-". Symbols get into addresses, file names and
// on the screen, so nothing else may pass.
func usableSymbol(s string) bool {
	if s == "" || len(s) > maxSymbol {
		return false
	}
	for _, r := range s {
		switch {
		case r == utf8.RuneError:
			return false
		case r == '_', r == '-':
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r):
			return false
		}
	}
	return true
}
