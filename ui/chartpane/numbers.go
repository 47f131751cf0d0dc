package chartpane

import (
	"math"
	"strconv"
	"strings"
	"time"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/ui/format"
)

// axisNumber writes the numbers of an axis with as many decimals as tell
// neighbours step apart.
func axisNumber(lang assets.Language) func(v, step float64) string {
	return func(v, step float64) string {
		size, unit := format.Scale(lang, v)
		return format.ExactTo(v/size, decimalsOf(step/size)) + unit
	}
}

// axisPercent writes the percentages of an axis, with their sign.
func axisPercent(v, step float64) string {
	s := format.ExactTo(v, decimalsOf(step))
	if v > 0 && strings.Trim(s, "0.") != "" {
		s = "+" + s
	}
	return s + " %"
}

// decimalsOf is how many decimals a multiple of step has.
func decimalsOf(step float64) int {
	if step = math.Abs(step); !(step > 0) {
		return 0
	}
	for n := range 12 {
		if x := step * math.Pow10(n); x >= 1 && math.Abs(x-math.Round(x)) < 1e-6*x {
			return n
		}
	}
	return min(12, max(0, int(math.Ceil(-math.Log10(step)))+1))
}

// timeAxis is the axis of times, in the zone that all times on screen are in.
func timeAxis(lang assets.Language, end, now time.Time) charts.TimeAxis {
	return charts.TimeAxis{Zone: format.ZoneName(end), Location: format.Zone(), Format: axisTime(lang, now)}
}

// axisTime writes the ticks of the time axis in a language. Hours have their year
// below them where that is not the present one.
func axisTime(lang assets.Language, now time.Time) func(t time.Time, step time.Duration) (label, context string) {
	const day = 24 * time.Hour
	if lang != assets.Chinese {
		return func(t time.Time, step time.Duration) (string, string) {
			label, context := charts.FormatTime(t, step)
			if step < day && t.Year() != now.In(format.Zone()).Year() {
				context += t.Format(" 2006")
			}
			return label, context
		}
	}
	return func(t time.Time, step time.Duration) (string, string) {
		date := strconv.Itoa(int(t.Month())) + "月" + strconv.Itoa(t.Day()) + "日"
		year := strconv.Itoa(t.Year()) + "年"
		if step < day && t.Year() != now.In(format.Zone()).Year() {
			date = year + date
		}
		switch {
		case step < time.Minute:
			return t.Format("15:04:05"), date
		case step < day:
			return t.Format("15:04"), date
		case step < 28*day:
			return date, year
		case step < 365*day:
			return strconv.Itoa(int(t.Month())) + "月", year
		}
		return year, ""
	}
}

// roundNumber writes a factor between units, which are round numbers: 100, 2.5.
func roundNumber(x float64) string {
	if math.Abs(x-math.Round(x)) < 1e-6*x {
		return format.ExactTo(x, 0)
	}
	return format.ExactTo(x, 1)
}

// unitFormat adds the unit to a number.
func unitFormat(f func(float64) string, unit string) func(float64) string {
	return func(x float64) string { return f(x) + " " + unit }
}

// capital begins a word with a capital letter, where the script has them.
func capital(s string) string {
	for i, c := range s {
		if i == 0 {
			return strings.ToUpper(string(c)) + s[len(string(c)):]
		}
	}
	return s
}

func contractsRead(lang assets.Language, q *market.Quote) func(float64) string {
	precision := 0
	if q != nil {
		precision = q.Contract.QuantityPrecision
	}
	return func(x float64) string { return format.Contracts(lang, x, precision) }
}

func pricePrecision(q *market.Quote) int {
	if q == nil {
		return 4
	}
	return q.Contract.PricePrecision
}
