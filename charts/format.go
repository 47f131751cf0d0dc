package charts

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// FormatValue writes a number with K, M, B, T and as many decimals as tell
// neighbours step apart, with U+2212 for minus: 79.5K, −0.25, 1.2B.
func FormatValue(v, step float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	size, text := math.Abs(v), ""
	if size != 0 && (size < 1e-6 || size >= 1e18) {
		text = strings.Replace(strconv.FormatFloat(size, 'e', significant(size, step), 64), "-", "−", 1)
	} else {
		unit := ""
		for _, u := range valueUnits {
			if size >= u.size {
				size, step, unit = size/u.size, step/u.size, u.name
				break
			}
		}
		text = strconv.FormatFloat(size, 'f', decimals(step), 64) + unit
	}
	if v < 0 && strings.Trim(text, "0.") != "" {
		text = "−" + text
	}
	return text
}

var valueUnits = []struct {
	size float64
	name string
}{{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "K"}}

// decimals is how many digits after the point tell multiples of step apart.
func decimals(step float64) int {
	step = math.Abs(step)
	if !(step > 0) || step >= 1e15 {
		return 0
	}
	for n := range 12 {
		if x := step * math.Pow10(n); math.Abs(x-math.Round(x)) < 1e-6*x {
			return n
		}
	}
	return max(0, int(math.Ceil(-math.Log10(step))))
}

func significant(size, step float64) int {
	if !(step > 0) {
		return 1
	}
	return min(max(int(math.Ceil(math.Log10(size)-math.Log10(step))), 1), 15)
}

// FormatTime writes a tick of the time axis in English.
func FormatTime(t time.Time, step time.Duration) (label, context string) {
	const day = 24 * time.Hour
	switch {
	case step < time.Minute:
		return t.Format("15:04:05"), t.Format("2 Jan")
	case step < day:
		return t.Format("15:04"), t.Format("2 Jan")
	case step < 28*day:
		return t.Format("2 Jan"), t.Format("2006")
	case step < 365*day:
		return t.Format("Jan"), t.Format("2006")
	}
	return t.Format("2006"), ""
}
