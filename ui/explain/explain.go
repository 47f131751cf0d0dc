// Package explain says in plain words what a signal is, why it fired and what
// it was judged by: for the tooltips of the table, the markers on the charts,
// and wherever else an event is told. Nothing here knows a widget.
package explain

import (
	"math"
	"strconv"
	"strings"
	"time"

	"openinterest/assets"
	"openinterest/data/signal"
	"openinterest/ui/format"
	"openinterest/ui/look/tip"
)

// Words tells signals in one language.
type Words struct {
	words    *assets.Words
	sections map[string]string // the guide's titles by id

	// Score returns the scorecard's line about a kind: of one contract, or of
	// all where symbol is empty. It may be nil, and the line empty.
	Score func(k signal.EventKind, symbol string) string
}

// New returns words of a language.
func New(w *assets.Words) *Words {
	titles := map[string]string{}
	for _, s := range assets.Guide(w.Lang()) {
		titles[s.ID] = strings.TrimSpace(s.Title)
	}
	return &Words{words: w, sections: titles}
}

func (w *Words) say(key string, args ...assets.Args) string {
	return w.words.T("evidence."+key, args...)
}

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
	case signal.CrowdedLongs, signal.CrowdedShorts:
		return "🔄"
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
	if r := k.Reading(); r != signal.Unknown {
		return string(r)
	}
	return "signals"
}

// More points to the section of the guide that says more.
func (w *Words) More(section string) string {
	return w.words.T("signal.tip.guide", assets.Args{"Section": w.sections[section]})
}

// means and not are what a kind means and does not mean.
func (w *Words) means(k signal.EventKind) (means, not string) {
	key := "signal." + string(k)
	if r := k.Reading(); r != signal.Unknown {
		key = "signal." + string(r)
	}
	return w.words.T(key + ".means"), w.words.T(key + ".not")
}

// Scored is the scorecard's line, empty where there is none.
func (w *Words) Scored(k signal.EventKind, symbol string) string {
	if w.Score == nil {
		return ""
	}
	return w.Score(k, symbol)
}

// Event tells an event of the past whole: what fired, when, why, what it means
// and what not. live: it was seen as it happened.
func (w *Words) Event(e signal.Event, live bool) tip.Content {
	x := &e.Evidence
	c := tip.Content{Title: e.Symbol + " · " + w.Name(e.Kind), Facts: w.Facts(x)}
	if x.Pronounced {
		c.Title += " · " + w.say("pronounced")
	}
	add := func(p tip.Paragraph) {
		if p.Text != "" {
			c.Paragraphs = append(c.Paragraphs, p)
		}
	}
	add(tip.Paragraph{Text: w.Why(e.Kind, x)})
	means, not := w.means(e.Kind)
	if e.Kind == signal.Flush1h {
		means += " " + w.side(x)
	}
	add(tip.Paragraph{Heading: w.words.T("signal.tip.means"), Text: means})
	add(tip.Paragraph{Heading: w.words.T("signal.tip.not"), Text: not})
	add(tip.Paragraph{Text: w.Thin(&x.Eligibility), Warning: true})
	add(tip.Paragraph{Text: w.Scored(e.Kind, e.Symbol), Quiet: true})
	origin := "computed"
	if live {
		origin = "live"
	}
	add(tip.Paragraph{Text: w.say(origin, assets.Args{"Time": format.Stamp(e.Time.UnixMilli())}), Quiet: true})
	c.Footer = w.More(Section(e.Kind))
	return c
}

// side says whose positions a flush closed.
func (w *Words) side(x *signal.Evidence) string {
	if x.Price.Pct > 0 {
		return w.words.T("signal.flush_1h.squeeze")
	}
	return w.words.T("signal.flush_1h.long")
}

// Z writes a robust z: "+3.8".
func Z(z signal.Number) string {
	if !z.Known() {
		return ""
	}
	s := strconv.FormatFloat(math.Abs(float64(z)), 'f', 1, 64)
	if s == "0.0" {
		return s
	}
	if z < 0 {
		return "−" + s
	}
	return "+" + s
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
	s := strings.TrimLeft(format.Compact(w.words.Lang(), math.Abs(float64(x))), "+−")
	switch {
	case x > 0:
		s = "+" + s
	case x < 0:
		s = "−" + s
	}
	return w.words.T("column.tip.usd", assets.Args{"Value": s})
}

// Facts lists the numbers that a kind was judged by.
func (w *Words) Facts(x *signal.Evidence) []tip.Fact {
	var facts []tip.Fact
	add := func(key, value string) {
		if value != "" && value != format.Unknown {
			facts = append(facts, tip.Fact{Label: w.say(key, assets.Args{"Window": x.Window}), Value: value})
		}
	}
	add("fact_oi", moved(x.OpenInterest))
	add("fact_price", moved(x.Price))
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

// moved writes a change and its z.
func moved(s signal.Side) string {
	if !s.Pct.Known() {
		return ""
	}
	text := percent(s.Pct)
	if z := Z(s.Z); z != "" {
		text += "  z " + z
	}
	return text
}

// Why says in a sentence or two what a kind was judged by and from where on it
// counts.
func (w *Words) Why(k signal.EventKind, x *signal.Evidence) string {
	var parts []string
	args := assets.Args{
		"Window": x.Window, "Change": size(x.OpenInterest.Pct), "Z": Z(x.OpenInterest.Z),
		"Price": size(x.Price.Pct), "PriceZ": Z(x.Price.Z),
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
	default:
		parts = append(parts, w.rare(x))
	}
	parts = append(parts, w.counts(x))
	return w.join(parts)
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

func (w *Words) liquidations(x *signal.Evidence) string {
	switch {
	case x.Liquidations == nil:
		return ""
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

// Short says how much history there is and how much it takes, where there is
// too little: "Not enough history yet (3 of 7 days): …". Empty where there is
// enough.
func (w *Words) Short(missing []signal.Shortage) string {
	for _, m := range missing {
		if !m.Need.Known() {
			continue
		}
		have := strconv.FormatFloat(math.Floor(float64(m.Have)*10)/10, 'f', -1, 64)
		return w.say("short_"+m.What, assets.Args{"Have": have, "Need": bound(m.Need)})
	}
	return ""
}

// Thin says why a contract is shown greyed; empty where it is not.
func (w *Words) Thin(e *signal.Eligibility) string {
	if !e.Thin {
		return ""
	}
	var why []string
	for _, issue := range e.Issues {
		switch issue {
		case signal.ThinOpenInterest:
			why = append(why, w.say("thin_oi", assets.Args{"Value": format.Compact(w.words.Lang(), float64(e.MedianUSD))}))
		case signal.ThinVolume:
			why = append(why, w.say("thin_volume", assets.Args{"Value": format.Compact(w.words.Lang(), float64(e.Volume))}))
		}
	}
	return w.say("thin", assets.Args{"Why": strings.Join(why, w.words.T("guide.comma"))})
}

// Blocked says what keeps a contract's signals from being told; empty: nothing.
func (w *Words) Blocked(e *signal.Eligibility) string {
	for _, issue := range e.Issues {
		switch issue {
		case signal.NotTrading, signal.TooNew, signal.StaleData:
			return w.say("blocked_" + string(issue))
		case signal.DataGap:
			if e.Gap != nil {
				return w.say("blocked_data_gap", assets.Args{"From": format.Stamp(e.Gap.From.UnixMilli()), "To": format.Stamp(e.Gap.To.UnixMilli())})
			}
		}
	}
	return ""
}

// Fired says in a line what fired when: "⚡ Spike, 1 h — 07:35 UTC, 3 h ago".
func (w *Words) Fired(k signal.EventKind, at, now time.Time) string {
	return w.say("fired", assets.Args{
		"Name": w.Name(k), "Time": at.UTC().Format("15:04 UTC"), "Age": format.Age(w.words.Lang(), max(0, now.Sub(at)).Truncate(time.Minute)),
	})
}
