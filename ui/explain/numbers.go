package explain

import (
	"math"
	"strconv"
	"strings"

	"openinterest/assets"
	"openinterest/data/signal"
	"openinterest/ui/format"
)

// robustZ writes a robust z: "+3.8".
func robustZ(z signal.Number) string {
	if !z.Known() {
		return ""
	}
	return format.Signed(float64(z), 1)
}

// percent writes a change with its sign and unit.
func percent(x signal.Number) string { return format.PercentUnit(float64(x)) }

// size writes a change without its sign.
func size(x signal.Number) string { return strings.TrimLeft(percent(x), "+−") }

// share writes a percentage of cases: "98.5 %".
func share(x signal.Number) string {
	return strconv.FormatFloat(math.Round(float64(x)*10)/10, 'f', -1, 64) + " %"
}

// bound writes a threshold: few digits, no zeros.
func bound(x signal.Number) string {
	return strings.Replace(strconv.FormatFloat(float64(x), 'f', -1, 64), "-", "−", 1)
}

// dollars writes USD with its sign.
func (w *Words) dollars(x signal.Number) string {
	if !x.Known() {
		return ""
	}
	s := format.Compact(w.words.Lang(), math.Abs(float64(x)))
	switch {
	case x > 0:
		s = "+" + s
	case x < 0:
		s = "−" + s
	}
	return w.words.T("column.tip.usd", assets.Args{"Value": s})
}
