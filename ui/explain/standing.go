package explain

import (
	"math"

	"openinterest/assets"
	"openinterest/data/signal"
	"openinterest/ui/format"
)

// ratio says what a ratio is, and what it is usually within; nothing for a kind that is
// no extreme of one, or where it is not known.
func (w *Words) ratio(k signal.EventKind, x *signal.Evidence) string {
	r := x.Ratio
	if _, _, ok := k.Ratio(); !ok || r == nil || !r.Value.Known() || !r.Low.Known() {
		return ""
	}
	return w.say("why_ratio", assets.Args{"Name": w.say("ratio_" + r.Name), "Value": format.Ratio(float64(r.Value)),
		"Low": format.Ratio(float64(r.Low)), "High": format.Ratio(float64(r.High)), "Time": format.Stamp(r.Time.UnixMilli())})
}

// liquidated says how much of a side was seen liquidated, and for how much of the hour
// somebody listened.
func (w *Words) liquidated(k signal.EventKind, x *signal.Evidence) string {
	seen := x.Liquidations
	if seen == nil || len(x.Thresholds) == 0 || !x.Thresholds[0].Value.Known() {
		return ""
	}
	usd, count := w.Liquidated(k, seen)
	return w.say("why_liquidated_"+Side(k), assets.Args{"USD": format.Compact(w.words.Lang(), usd), "Count": count,
		"Share": format.PercentUnit(float64(x.Thresholds[0].Value)), "Minutes": int(math.Round(float64(seen.Listened) * 60))})
}

// Liquidated is what was seen of the side that a kind is about.
func (w *Words) Liquidated(k signal.EventKind, seen *signal.Liquidations) (usd float64, orders int) {
	if k == signal.LiquidatedShorts1h {
		return float64(seen.ShortUSD), seen.Short
	}
	return float64(seen.LongUSD), seen.Long
}

// Side is the side whose liquidations a kind is about, as keys of words name it.
func Side(k signal.EventKind) string {
	if k == signal.LiquidatedShorts1h {
		return "shorts"
	}
	return "longs"
}
