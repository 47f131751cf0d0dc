package explain

import (
	"strings"

	"openinterest/assets"
	"openinterest/data/signal"
)

// Name is the kind's name, with its mark: "⚡ Spike, 1 h".
func (w *Words) Name(k signal.EventKind) string {
	return strings.TrimSpace(Mark(k) + " " + w.Plain(k))
}

// Plain is the kind's name without its mark.
func (w *Words) Plain(k signal.EventKind) string {
	r := k.Reading()
	if r == signal.Unknown {
		return w.words.T("signal." + string(k) + ".name")
	}
	return w.say("over", assets.Args{"Name": w.words.T("signal." + string(r) + ".name"), "Window": k.Window().String()})
}

// Mark is the sign of a kind. Those of one family share one.
func Mark(k signal.EventKind) string {
	switch k {
	case signal.DivergenceHigh, signal.DivergenceLow:
		return "⚠"
	case signal.Spike1h, signal.Spike4h:
		return "⚡"
	case signal.Flush1h:
		return "💥"
	case signal.LiquidatedLongs1h, signal.LiquidatedShorts1h:
		return "💥" // what a flush is in open interest
	case signal.CrowdedLongs, signal.CrowdedShorts:
		return "🔄"
	}
	if _, high, ok := k.Ratio(); ok {
		if high {
			return "↑"
		}
		return "↓"
	}
	switch k.Reading() {
	case signal.StrongBullish:
		return "▲"
	case signal.WeakeningRally:
		return "△"
	case signal.StrongBearish:
		return "▼"
	case signal.WeakeningSelloff:
		return "▽"
	}
	return ""
}

// means and not are what a kind means and does not mean.
func (w *Words) means(k signal.EventKind) (means, not string) {
	key := "signal." + string(k)
	if r := k.Reading(); r != signal.Unknown {
		key = "signal." + string(r)
	}
	return w.words.T(key + ".means"), w.words.T(key + ".not")
}

// Section is the section of the guide that says more about a kind.
func Section(k signal.EventKind) string {
	switch k {
	case signal.DivergenceHigh, signal.DivergenceLow:
		return "divergence"
	case signal.Spike1h, signal.Spike4h:
		return "spike"
	case signal.Flush1h:
		return "flush"
	case signal.CrowdedLongs, signal.CrowdedShorts:
		return "crowding"
	}
	switch r := k.Reading(); {
	case r != signal.Unknown:
		return string(r)
	case k.OnTrial():
		return "extremes"
	}
	return "signals"
}

// More points to the section of the guide that says more.
func (w *Words) More(section string) string {
	return w.words.T("signal.tip.guide", assets.Args{"Section": w.sections[section]})
}
