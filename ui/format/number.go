// Package format turns numbers and instants into the words on screen. Its
// functions are pure, never fail and never return an empty string: what is
// not known reads "–", and a minus is U+2212, as wide as a plus.
//
// Figures are rounded to as many digits as can be read at a glance; Exact has
// the rest, for tooltips.
package format

import (
	"math"
	"strconv"
	"strings"
	"sync/atomic"

	"openinterest/assets"
	"openinterest/data/market"
)

// Unknown is what stands where a number is not known.
const Unknown = "–"

const minus = "−" // U+2212

// unit is a size that numbers are counted in, with the name that follows them.
type unit struct {
	size float64
	name string
}

// units lists each language's units, the smallest first. Chinese counts in
// steps of ten thousand.
var units = map[assets.Language][]unit{
	assets.English: {{1, ""}, {1e3, " K"}, {1e6, " M"}, {1e9, " B"}, {1e12, " T"}},
	assets.Chinese: {{1, ""}, {1e4, " 万"}, {1e8, " 亿"}, {1e12, " 万亿"}},
}

// Numbers is how large numbers are shortened.
type Numbers string

// The ways to write large numbers.
const (
	ByLanguage Numbers = ""      // as is usual in the language
	Thousands  Numbers = "kmb"   // K M B
	Myriads    Numbers = "wan"   // 万 亿
	Plain      Numbers = "plain" // not at all: 5,332,414,402
)

// AllNumbers lists the ways, the usual one first.
func AllNumbers() []Numbers { return []Numbers{ByLanguage, Thousands, Myriads, Plain} }

// numbers is the way in use; nil: ByLanguage.
var numbers atomic.Pointer[Numbers]

// SetNumbers says how large numbers are written from now on. The window sets it
// before it builds its panes.
func SetNumbers(n Numbers) { numbers.Store(&n) }

// IsPlain reports whether large numbers are written in full, which takes more room.
func IsPlain() bool { return chosenNumbers() == Plain }

func chosenNumbers() Numbers {
	if n := numbers.Load(); n != nil {
		return *n
	}
	return ByLanguage
}

// Scale is the unit in which a number is counted, and its name: 1e9 and " B". An
// axis divides by it.
func Scale(lang assets.Language, x float64) (size float64, name string) {
	list := unitsOf(lang)
	for i := len(list) - 1; i > 0; i-- {
		if math.Abs(x) >= list[i].size {
			return list[i].size, list[i].name
		}
	}
	return 1, ""
}

func unitsOf(lang assets.Language) []unit {
	switch chosenNumbers() {
	case Thousands:
		return units[assets.English]
	case Myriads:
		return units[assets.Chinese]
	case Plain:
		return units[assets.English][:1]
	}
	if u, ok := units[lang]; ok {
		return u
	}
	return units[assets.English]
}

// Compact writes x with three or four significant figures and a unit: "1.23 B",
// "12.3 亿".
func Compact(lang assets.Language, x float64) string { return scaled(lang, x, 3) }

// scaled writes x with digits significant figures, or with all of its integer
// digits where there are more, in the first unit that it does not overflow
// once rounded: 999,950 is "1.00 M", not "1,000 K".
func scaled(lang assets.Language, x float64, digits int) string {
	if !market.Known(x) {
		return Unknown
	}
	list := unitsOf(lang)
	for i, u := range list[:len(list)-1] {
		n, most := x/u.size, list[i+1].size/u.size
		if math.Abs(n) >= most {
			continue
		}
		decimals := decimalsFor(n, digits)
		if math.Abs(round(n, decimals)) < most {
			return fixed(n, decimals) + u.name
		}
	}
	last := list[len(list)-1]
	n := x / last.size
	return fixed(n, decimalsFor(n, digits)) + last.name
}

// decimalsFor is how many decimals show x with digits significant figures; 0
// where its integer part alone has as many or more.
func decimalsFor(x float64, digits int) int {
	if x == 0 {
		return 0
	}
	// The exponent after rounding, so that 9.996 counts as 10.0.
	s := strconv.FormatFloat(x, 'e', max(0, digits-1), 64)
	exponent, err := strconv.Atoi(s[strings.IndexByte(s, 'e')+1:])
	if err != nil {
		return 0
	}
	return max(0, digits-1-exponent)
}

func round(x float64, decimals int) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(x, 'f', decimals, 64), 64)
	if err != nil {
		return x
	}
	return r
}

// fixed writes x with the given number of decimals, grouped in thousands. What
// rounds to zero has no sign.
func fixed(x float64, decimals int) string {
	return group(strconv.FormatFloat(x, 'f', decimals, 64))
}

// group puts commas between the thousands of a plain decimal number and U+2212
// before a negative one.
func group(s string) string {
	sign := ""
	if positive, negative := strings.CutPrefix(s, "-"); negative {
		s = positive
		if strings.Trim(s, "0.") != "" {
			sign = minus
		}
	}
	whole := len(s)
	if point := strings.IndexByte(s, '.'); point >= 0 {
		whole = point
	}
	for ; whole > 3; whole -= 3 {
		s = s[:whole-3] + "," + s[whole-3:]
	}
	return sign + s
}

// Exact writes x with every digit it has, grouped: "79,068.312". It is what
// tooltips show.
func Exact(x float64) string {
	if !market.Known(x) {
		return Unknown
	}
	return group(strconv.FormatFloat(x, 'f', -1, 64))
}

// ExactTo writes x grouped, with decimals places: products of two numbers have
// more digits than they have meaning.
func ExactTo(x float64, decimals int) string {
	if !market.Known(x) {
		return Unknown
	}
	return fixed(x, clampDecimals(decimals))
}

func clampDecimals(n int) int { return min(15, max(0, n)) }

// contractDigits is how many significant figures of an amount of contracts the
// table has room for, while it is below manyContracts.
const (
	contractDigits = 6
	manyContracts  = 1e9
)

// Contracts writes an amount of contracts: grouped, with the contract's own
// decimals as far as six figures reach ("79,068.3"), and from a billion on with
// four figures and a unit ("1.234 B").
func Contracts(lang assets.Language, x float64, quantityPrecision int) string {
	if !market.Known(x) {
		return Unknown
	}
	if math.Abs(x) >= manyContracts {
		return scaled(lang, x, 4)
	}
	return fixed(x, min(clampDecimals(quantityPrecision), decimalsFor(x, contractDigits)))
}

// Coin is the coin that a contract's open interest is counted in: "BTC" of
// BTCUSDT, "1000PEPE" of 1000PEPEUSDT. All contracts here are quoted in USDT.
func Coin(symbol string) string { return strings.TrimSuffix(symbol, "USDT") }

// priceDigits is how many significant figures of a price the table shows;
// leastPriceDigits are shown even where the contract's precision has fewer.
const (
	priceDigits      = 6
	leastPriceDigits = 3
)

// Price writes a price in USD with six significant figures and at least one
// decimal, but no more decimals than the contract's prices have, and never so
// few that a tiny price loses its figures: "67,440.6", "0.00001234".
func Price(x float64, pricePrecision int) string {
	if !market.Known(x) {
		return Unknown
	}
	decimals := min(clampDecimals(pricePrecision), max(1, decimalsFor(x, priceDigits)))
	if math.Abs(x) < 1 {
		decimals = max(decimals, decimalsFor(x, leastPriceDigits))
	}
	return fixed(x, decimals)
}

// Percent writes a change in percent with its sign and no unit: "+0.08",
// "−1.30", "0.00". From 100 on it has one decimal, from 1,000 on none.
func Percent(x float64) string {
	s := unsignedPercent(x)
	if market.Known(x) && x > 0 && strings.Trim(s, "0.") != "" {
		return "+" + s
	}
	return s
}

// PercentUnit is Percent with its unit, for sentences: "+0.08 %".
func PercentUnit(x float64) string {
	if !market.Known(x) {
		return Unknown
	}
	return Percent(x) + " %"
}

// unsignedPercent has a minus where it must, but no plus.
func unsignedPercent(x float64) string {
	if !market.Known(x) {
		return Unknown
	}
	decimals := 2
	switch a := math.Abs(x); {
	case a >= 999.95:
		decimals = 0
	case a >= 99.995:
		decimals = 1
	}
	return fixed(x, decimals)
}

// APR writes a yearly rate in percent, without unit and without plus: "10.95".
func APR(x float64) string { return unsignedPercent(x) }

// FundingRate writes a funding rate, given as a fraction, in percent with the
// interval it is paid at: "0.0048/1h". Without an interval there is none.
func FundingRate(rate float64, intervalHours int) string {
	percent := rate * 100
	if !market.Known(percent) {
		return Unknown
	}
	s := fixed(percent, 4)
	if intervalHours > 0 {
		s += "/" + strconv.Itoa(intervalHours) + "h"
	}
	return s
}

// Ratio writes a quotient: "0.42", "12.3", and small ones with two figures.
func Ratio(x float64) string {
	if !market.Known(x) {
		return Unknown
	}
	if a := math.Abs(x); a > 0 && a < 0.1 {
		return fixed(x, min(6, decimalsFor(x, 2)))
	}
	return fixed(x, min(2, decimalsFor(x, 3)))
}

// Signed writes a number with its sign, the minus as wide as the plus; what is
// rounded to zero has none.
func Signed(x float64, decimals int) string {
	s := strconv.FormatFloat(math.Abs(x), 'f', decimals, 64)
	switch {
	case strings.Trim(s, "0.") == "":
		return s
	case x < 0:
		return "−" + s
	}
	return "+" + s
}
