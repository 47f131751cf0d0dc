package binance

import (
	"strconv"
	"strings"
	"time"

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
