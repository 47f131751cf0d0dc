package columns

import (
	"strings"
	"time"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look/tip"
)

// The columns of who stands where: ratios, basis, and liquidations seen. None is
// shown until somebody asks for it; ratios are asked for of few rows, and
// liquidations are lower bounds.

// whoColumns are those columns, in the order of the catalogue.
func (t *tips) whoColumns() []Column {
	var all []Column
	for i, id := range []ID{LongShortAccounts, TopLongShortAccounts, TopLongShortPositions, TakerBuySell} {
		kind := market.RatioKinds()[i]
		all = append(all, optional(number(id, 78, ratioNarrow, func(r *Row) tip.Content { return t.ratioTip(r, id, kind) },
			func(r *Row, x float64) Cell { return ratioCell(r, kind, x) })))
	}
	all = append(all, optional(number(Basis, 74, 62, t.basis, func(_ *Row, x float64) Cell { return signedCell(format.ExactTo(x, 3), x) })))
	for _, w := range []market.Window{market.Window1h, market.Window24h} {
		for _, long := range []bool{true, false} {
			id := liquidatedColumn(w, long)
			all = append(all, optional(number(id, 88, 82, func(r *Row) tip.Content { return t.liquidated(r, id, w) }, t.liquidatedCell)))
		}
	}
	for i := range all {
		section := "liquidations_seen"
		switch id := all[i].ID; {
		case IsRatio(id):
			section = "ratios"
		case id == Basis:
			section = "basis"
		}
		explained := all[i].Tip
		all[i].Guide = section
		all[i].Tip = func(r *Row) tip.Content {
			content := explained(r)
			content.Footer = t.explain.More(section)
			return content
		}
	}
	return all
}

// ratioNarrow is as narrow as a heading on two lines allows.
const ratioNarrow = 66

// optional is a column that is never shown by itself.
func optional(c Column) Column { return spare(0, c) }

func liquidatedColumn(w market.Window, long bool) ID {
	switch {
	case w == market.Window1h && long:
		return LiquidatedLongs1h
	case w == market.Window1h:
		return LiquidatedShorts1h
	case long:
		return LiquidatedLongs24h
	}
	return LiquidatedShorts24h
}

// IsRatio reports whether a column shows a ratio that must be asked for.
func IsRatio(id ID) bool {
	return id == LongShortAccounts || id == TopLongShortAccounts || id == TopLongShortPositions || id == TakerBuySell
}

// ratioCell dims a ratio whose stamp is no longer the newest or the one before: only
// rows that are ticked or on screen are asked for, the others age.
func ratioCell(r *Row, kind market.RatioKind, x float64) Cell {
	c := plain(format.Ratio(x))
	if !r.Quote.Ratios[kind].Fresh(r.made) {
		c.Tone = Faint
	}
	return c
}

// liquidatedCell writes a lower bound; where somebody listened and saw none, that
// none was seen, which is less than that there was none.
func (t *tips) liquidatedCell(_ *Row, x float64) Cell {
	switch {
	case x == 0:
		return Cell{Text: t.words.T("column.none_seen"), Tight: t.words.T("column.none_seen_short"), Tone: Muted}
	case !market.Known(x):
		return plain(format.Unknown)
	}
	return Cell{Text: "≥ $" + format.Compact(t.words.Lang(), x), Tight: "≥" + strings.ReplaceAll(format.Compact(t.words.Lang(), x), " ", "")}
}

// ratioTip says what is counted and what it does not mean, of which stamp the ratio
// is, and how old.
func (t *tips) ratioTip(r *Row, id ID, kind market.RatioKind) tip.Content {
	reading := r.Quote.Ratios[kind]
	var facts []tip.Fact
	if x := r.Quote.Ratio(kind); market.Known(x) {
		facts = append(facts, t.fact("ratio_value", format.Exact(round(x, 6))))
		if kind != market.TakerBuySell {
			facts = append(facts, t.fact("ratio_long", format.ExactTo(100*x/(1+x), 2)+" %"))
		}
		facts = append(facts,
			t.fact("ratio_stamp", format.Stamp(reading.Time)),
			t.fact("ratio_age", format.Age(t.words.Lang(), r.made.Sub(time.UnixMilli(reading.Time)))),
			t.fact("received", format.DateTime(reading.Received)))
		facts[len(facts)-1].Detail = true // rather than what is counted
	}
	c := t.content(r, t.name(id), facts...)
	if len(facts) > 0 && !reading.Fresh(r.made) {
		c.Paragraphs = append([]tip.Paragraph{{Text: t.say("ratio_old"), Warning: true}}, c.Paragraphs...)
	}
	if len(facts) == 0 {
		c.Paragraphs = append(c.Paragraphs, tip.Paragraph{Text: t.say("ratio_asked"), Quiet: true})
	}
	c.Paragraphs = append(c.Paragraphs, tip.Paragraph{Text: t.words.T("column." + string(id) + ".about"), Quiet: true})
	return c
}

// basis tells the two prices that it is computed from, which came in one message.
func (t *tips) basis(r *Row) tip.Content {
	m := r.Quote.Mark
	value := ""
	if x := r.Quote.Basis(); market.Known(x) {
		value = format.Signed(x, 4) + " %"
	}
	c := t.content(r, t.name(Basis),
		t.fact("basis", value),
		t.factAt(r, "mark_price", t.amount(r.Quote.Price(), "USDT"), m.Received),
		t.factAt(r, "index_price", t.amount(m.Index, "USDT"), m.Received))
	c.Paragraphs = append(c.Paragraphs, tip.Paragraph{Text: t.words.T("column.basis.about"), Quiet: true})
	return c
}

// liquidated tells both sides of a window, and for how much of it somebody listened.
func (t *tips) liquidated(r *Row, id ID, w market.Window) tip.Content {
	seen := r.Quote.Liquidations
	sums := seen.Seen(w)
	if sums.Listened <= 0 {
		c := t.content(r, t.name(id), t.fact("liquidated_listened", t.say("liquidated_not")))
		c.Paragraphs = append(c.Paragraphs, tip.Paragraph{Text: t.say("liquidated_deaf"), Quiet: true})
		return c
	}
	atLeast := func(key string, usd float64) tip.Fact {
		value := t.words.T("column.none_seen")
		if usd > 0 {
			value = t.say("liquidated_least", assets.Args{"USD": "$" + format.ExactTo(usd, 0), "Window": w.String()})
		}
		return t.fact(key, value)
	}
	listened := t.say("liquidated_of", assets.Args{
		"Listened": format.Age(t.words.Lang(), min(sums.Listened, time.Duration(w.Millis())*time.Millisecond)), "Window": w.String()})
	c := t.content(r, t.name(id),
		atLeast("liquidated_longs", sums.Longs), atLeast("liquidated_shorts", sums.Shorts),
		t.fact("liquidated_count", format.ExactTo(float64(sums.Count), 0)),
		t.fact("liquidated_listened", listened),
		t.fact("liquidated_until", format.DateTime(seen.Received)))
	c.Paragraphs = append(c.Paragraphs, tip.Paragraph{Text: t.say("liquidated_sample"), Quiet: true})
	return c
}
