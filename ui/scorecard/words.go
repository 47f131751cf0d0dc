package scorecard

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/explain"
	"openinterest/ui/format"
)

// KindName names a kind of event as the person reads it, with the window where
// two kinds differ by it.
func KindName(w *assets.Words, k signal.EventKind) string {
	if r := k.Reading(); r != signal.Unknown {
		return w.T("score.reading", assets.Args{"Reading": w.T("signal." + string(r) + ".name"), "Window": WindowName(w, k.Window())})
	}
	return w.T("signal." + string(k) + ".name")
}

// WindowName writes a span: "24 h", "7 d".
func WindowName(w *assets.Words, win market.Window) string {
	hours := int64(win.Millis() / market.Window1h.Millis())
	if hours >= 48 {
		return w.T("score.days", assets.Args{"N": hours / 24})
	}
	return w.T("score.hours", assets.Args{"N": hours})
}

// whole writes a fraction as a percentage without decimals and unit.
func whole(x signal.Number) string {
	if !x.Known() {
		return format.Unknown
	}
	return fmt.Sprintf("%.0f", 100*float64(x))
}

func share(x signal.Number) string {
	if !x.Known() {
		return format.Unknown
	}
	return whole(x) + " %"
}

// shares writes an interval of fractions: "40–69 %".
func shares(i signal.Interval) string {
	if !i.Low.Known() || !i.High.Known() {
		return format.Unknown
	}
	return whole(i.Low) + "–" + whole(i.High) + " %"
}

// points writes a difference of fractions in percentage points: "+3", "−12".
func points(x signal.Number) string {
	if !x.Known() {
		return format.Unknown
	}
	return format.Signed(100*float64(x), 0)
}

// span writes a value with its interval: "+3 (−12 … +18)".
func span(i signal.Interval, write func(signal.Number) string) string {
	if !i.Value.Known() {
		return format.Unknown
	}
	if !i.Low.Known() || !i.High.Known() {
		return write(i.Value)
	}
	return fmt.Sprintf("%s (%s … %s)", write(i.Value), write(i.Low), write(i.High))
}

// mean writes a mean: a return in percent, a volatility as a multiple.
func mean(c *signal.Cell) string {
	if c.Measure == signal.VolatilityHigher {
		return span(c.Mean, func(x signal.Number) string { return fmt.Sprintf("%.2f×", float64(x)) })
	}
	decimals := 2
	if math.Abs(float64(c.Mean.Low)) >= 10 || math.Abs(float64(c.Mean.High)) >= 10 {
		decimals = 1
	}
	text := span(c.Mean, func(x signal.Number) string { return format.Signed(float64(x), decimals) })
	if !c.Mean.Value.Known() {
		return text
	}
	return text + " %"
}

func qValue(q signal.Number) string {
	switch {
	case !q.Known():
		return format.Unknown
	case q < 0.001:
		return "<0.001"
	case q < 0.1:
		return fmt.Sprintf("%.3f", float64(q))
	}
	return fmt.Sprintf("%.2f", float64(q))
}

// qSaid writes a q-value as a sentence does: "q = 0.04".
func qSaid(q signal.Number) string {
	if text, less := strings.CutPrefix(qValue(q), "<"); less {
		return "q < " + text
	}
	return "q = " + qValue(q)
}

// cases writes n; unknown where the kind could not be evaluated at any time.
func cases(c *signal.Cell) string {
	if never(c) {
		return format.Unknown
	}
	return strconv.Itoa(c.Cases)
}

// halves writes by how many points each half of the period differs from its
// base rate: "+4 / −2".
func halves(c *signal.Cell) string {
	if c.Grade == signal.NotEnough {
		return format.Unknown
	}
	return points(c.Halves[0].Difference) + " / " + points(c.Halves[1].Difference)
}

// verdict says in words what a comparison comes to.
func verdict(w *assets.Words, v signal.Verdict, difference signal.Number) string {
	switch {
	case v == signal.TooFew:
		return w.T("score.verdict_few")
	case v != signal.Differs:
		return w.T("score.verdict_chance")
	case difference > 0:
		return w.T("score.verdict_above")
	}
	return w.T("score.verdict_below")
}

// Sentence says what a cell holds, for a person who reads no table. symbol is
// the contract's, or Pooled.
func Sentence(w *assets.Words, symbol string, c *signal.Cell) string {
	args := assets.Args{
		"N": c.Cases, "Events": c.Events, "Symbol": symbol, "Horizon": WindowName(w, c.Window),
		"Since": "", "Rate": share(c.Rate.Value), "CI": shares(c.Rate), "Base": share(c.BaseRate.Value),
	}
	if !c.Since.IsZero() {
		args["Since"] = format.Day(c.Since)
	}
	who := "one"
	if symbol == Pooled {
		who = "pooled"
	}
	key := "score.sentence_" + who
	switch {
	case never(c):
		if c.Kind.OnTrial() && c.Kind.Window() > 0 {
			who += "_heard"
		}
		return w.T("score.never_"+who, assets.Args{"Symbol": symbol, "Kind": KindName(w, c.Kind), "Days": explain.Days(c.Kind)})
	case c.Grade == signal.NotEnough:
		return joined(w, append([]string{w.T(key+"_few", args)}, coverage(w, c)...))
	case c.Measure == signal.VolatilityHigher:
		key += "_volatility"
	}
	parts := []string{w.T(key, args)}
	if c.Verdict == signal.Differs {
		parts = append(parts, w.T("score.differs", assets.Args{"Difference": points(c.Difference.Value),
			"Low": points(c.Difference.Low), "High": points(c.Difference.High), "Q": qSaid(c.Q)}))
		if c.Badge {
			parts = append(parts, w.T("score.holds"))
		} else {
			parts = append(parts, w.T("score.not_yet"))
		}
	} else {
		parts = append(parts, w.T("score.chance"))
	}
	return joined(w, append(parts, coverage(w, c)...))
}

// coverage says on how many contracts a cell rests, where it is not all.
func coverage(w *assets.Words, c *signal.Cell) []string {
	if c.Contracts >= c.OfContracts {
		return nil
	}
	return []string{w.T("score.coverage", assets.Args{"N": c.Contracts, "Total": c.OfContracts, "Days": explain.Days(c.Kind)})}
}

// never reports whether a kind could not be evaluated at any time: that it never
// fired means nothing then.
func never(c *signal.Cell) bool { return c.Since.IsZero() && c.Cases == 0 && c.Fired == 0 }

// joined puts sentences behind each other, as the language does.
func joined(w *assets.Words, sentences []string) string {
	if w.Lang() == assets.Chinese {
		return strings.Join(sentences, "")
	}
	return strings.Join(sentences, " ")
}

// LiftSentence says what open interest added to price.
func LiftSentence(w *assets.Words, l *signal.Lift) string {
	args := assets.Args{"Window": WindowName(w, moveOf(l)), "Horizon": WindowName(w, l.Window),
		"Rising": l.CasesRising, "Falling": l.CasesFalling, "Difference": points(l.Difference.Value),
		"Low": points(l.Difference.Low), "High": points(l.Difference.High), "Q": qSaid(l.Q),
		"Mirror": l.Mirror, "More": l.Difference.Value > 0}
	switch {
	case l.Grade == signal.NotEnough:
		return w.T("score.lift_few", args)
	case l.AddsNothing:
		return w.T("score.lift_nothing", args)
	case l.Verdict == signal.Differs:
		return w.T("score.lift_differs", args)
	}
	return w.T("score.lift_chance", args)
}

// moveOf is the window of the readings that a lift compares.
func moveOf(l *signal.Lift) market.Window {
	if l.Move == market.Window4h.String() {
		return market.Window4h
	}
	return market.Window24h
}

// Line is the scorecard's word on a kind, for tooltips and the guide: the
// contract's where it has enough cases, else that of all contracts; empty while
// neither was computed.
func (b *Book) Line(w *assets.Words, k signal.EventKind, symbol string) string {
	own := b.Cell(symbol, k, market.Window24h)
	if own != nil && own.Grade != signal.NotEnough {
		return Sentence(w, symbol, own)
	}
	if all := b.Cell(Pooled, k, market.Window24h); all != nil && symbol != Pooled {
		return Sentence(w, Pooled, all)
	}
	if own != nil {
		return Sentence(w, symbol, own)
	}
	return ""
}
