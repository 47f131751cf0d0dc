package explain

import (
	"math"
	"strings"

	"openinterest/assets"
	"openinterest/data/signal"
	"openinterest/ui/format"
	"openinterest/ui/look/tip"
)

// Why says in a sentence or two what a kind was computed from and from where on it
// counts.
func (w *Words) Why(k signal.EventKind, x *signal.Evidence) string {
	var parts []string
	args := assets.Args{
		"Window": x.Window, "Change": size(x.OpenInterest.Pct), "Z": robustZ(x.OpenInterest.Z),
		"Price": size(x.Price.Pct), "PriceZ": robustZ(x.Price.Z),
	}
	switch k {
	case signal.Spike1h, signal.Spike4h:
		parts = append(parts, w.say("why_spike", args), w.rare(x))
	case signal.Flush1h:
		way := "why_flush_down"
		if x.Price.Pct > 0 {
			way = "why_flush_up"
		}
		parts = append(parts, w.say(way, args), w.rare(x), w.liquidations(x))
	case signal.DivergenceHigh, signal.DivergenceLow:
		if d := x.Divergence; d != nil {
			args["Time"] = format.Stamp(d.Time.UnixMilli())
			args["Then"] = format.Price(float64(d.Price), 8)
		}
		parts = append(parts, w.say("why_"+string(k), args))
	case signal.CrowdedLongs, signal.CrowdedShorts:
		if f := x.Funding; f != nil && f.APR.Known() {
			args["APR"] = format.APR(float64(f.APR)) + " %"
			args["Rank"], args["APRRank"] = share(f.OpenInterestPercentile), share(f.APRPercentile)
		}
		parts = append(parts, w.say("why_"+string(k), args))
	case signal.LiquidatedLongs1h, signal.LiquidatedShorts1h:
		parts = append(parts, w.liquidated(k, x))
	default:
		parts = append(parts, w.rare(x), w.ratio(k, x))
	}
	parts = append(parts, w.counts(x))
	return w.join(parts)
}

// side says whose positions a flush closed.
func (w *Words) side(x *signal.Evidence) string {
	if x.Price.Pct > 0 {
		return w.words.T("signal.flush_1h.squeeze")
	}
	return w.words.T("signal.flush_1h.long")
}

// rare says where the change of open interest stands among the contract's own.
func (w *Words) rare(x *signal.Evidence) string {
	if !x.Percentile.Known() || !x.OpenInterest.Pct.Known() {
		return ""
	}
	args := assets.Args{"Window": x.Window, "Share": share(x.Percentile)}
	switch fall := x.OpenInterest.Pct < 0; {
	case fall && x.Percentile <= 0:
		return w.say("rare_least", args)
	case !fall && x.Percentile >= 100:
		return w.say("rare_most", args)
	case fall:
		args["Share"] = share(100 - x.Percentile)
		return w.say("rare_fall", args)
	}
	return w.say("rare_rise", args)
}

// liquidations says whether any were seen: that nobody listened is another thing than
// that there was none to be seen.
func (w *Words) liquidations(x *signal.Evidence) string {
	switch {
	case x.Liquidations == nil:
		return w.say("not_listened")
	case x.Liquidations.Long+x.Liquidations.Short > 0:
		return w.say("liquidations")
	}
	return w.say("no_liquidations")
}

// counts lists the thresholds: "Counts from: open interest ≥ 3 %, z ≥ 3."
func (w *Words) counts(x *signal.Evidence) string {
	var tests []string
	for _, t := range x.Thresholds {
		name := w.say("test_" + t.Name)
		if name == "" {
			continue
		}
		if !t.Bound.Known() {
			tests = append(tests, name)
			continue
		}
		sign := "≤"
		if t.Upper {
			sign = "≥"
		}
		limit := bound(t.Bound)
		switch {
		case strings.HasSuffix(t.Name, "_pct"):
			limit += " %"
		case t.Name == "price_ratio":
			limit = percent(signal.Number(100 * (t.Bound - 1)))
		case t.Name == "open_interest_ln":
			limit = percent(signal.Number(100 * (math.Exp(float64(t.Bound)) - 1)))
		}
		tests = append(tests, name+" "+sign+" "+limit)
	}
	if len(tests) == 0 {
		return ""
	}
	return w.say("counts", assets.Args{"Tests": strings.Join(tests, w.words.T("guide.comma"))})
}

// join puts sentences together.
func (w *Words) join(sentences []string) string {
	var said []string
	for _, s := range sentences {
		if s != "" {
			said = append(said, s)
		}
	}
	if w.words.Lang() == assets.Chinese {
		return strings.Join(said, "")
	}
	return strings.Join(said, " ")
}

// Facts lists the numbers of a kind's evidence: first what open interest and
// price did, then the details.
func (w *Words) Facts(x *signal.Evidence) []tip.Fact {
	var facts []tip.Fact
	for _, f := range []tip.Fact{w.Moved("oi", x.Window, x.OpenInterest.Pct, x.OpenInterest.Z), w.Moved("price", x.Window, x.Price.Pct, x.Price.Z)} {
		if f.Value != format.Unknown {
			facts = append(facts, f)
		}
	}
	return append(facts, w.Details(x)...)
}

// Moved is the line of what open interest ("oi") or the price ("price") did over
// a window, with its z where that is known.
func (w *Words) Moved(what, window string, pct, z signal.Number) tip.Fact {
	value := percent(pct)
	if z := robustZ(z); z != "" && pct.Known() {
		value += "  z " + z
	}
	return tip.Fact{Label: w.say("fact_"+what, assets.Args{"Window": window}), Value: value}
}

// Details lists how rare the move is, the funding, and what changed the open
// interest in USD.
func (w *Words) Details(x *signal.Evidence) []tip.Fact {
	var facts []tip.Fact
	add := func(key, value string) {
		if value != "" && value != format.Unknown {
			facts = append(facts, tip.Fact{Label: w.say(key, assets.Args{"Window": x.Window}), Value: value})
		}
	}
	if x.Percentile.Known() {
		add("fact_percentile", share(x.Percentile))
	}
	if f := x.Funding; f != nil {
		if f.APR.Known() {
			apr := format.APR(float64(f.APR)) + " %"
			if f.AtCap {
				apr += " · " + w.say("at_cap")
			}
			add("fact_apr", apr)
		}
		if f.APRPercentile.Known() {
			add("fact_apr_percentile", share(f.APRPercentile))
		}
		if f.OpenInterestPercentile.Known() {
			add("fact_oi_percentile", share(f.OpenInterestPercentile))
		}
	}
	add("fact_usd", w.dollars(x.USD.Change))
	add("fact_usd_positions", w.dollars(x.USD.Positions))
	add("fact_usd_price", w.dollars(x.USD.Price))
	return facts
}
