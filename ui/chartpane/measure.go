package chartpane

import (
	"time"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/format"
)

// change is what became of a contract over a span: from its first stamp in it to
// its last, both in the unit of the newest point, so that a change of the
// contract's unit is no change of its open interest.
type change struct {
	from, to market.Point
	known    bool // there are two stamps
}

// changeOf finds the change of a track over a span.
func changeOf(t *track, from, to int64) change {
	part := t.from(from).until(to)
	n := part.len()
	if n < 2 {
		return change{}
	}
	c := change{known: true}
	c.from, c.to = part.at(0), part.at(n-1)
	return c
}

// percent is that of the contracts.
func (c change) percent() float64 {
	if !c.known {
		return market.Unknown
	}
	return market.PercentChange(c.from.Contracts, c.to.Contracts)
}

// price is the price's change in percent.
func (c change) price() float64 {
	if !c.known {
		return market.Unknown
	}
	return market.PercentChange(c.from.Price, c.to.Price)
}

// usd is the change of open interest in USD, which signal.SplitUSD divides:
//
//	positions = mean price × (contracts at the end − contracts at the beginning)
//	price     = mean contracts × (price at the end − price at the beginning)
//
// with the means of both ends, so that the two add up to the whole.
func (c change) usd() signal.Split {
	if !c.known {
		nan := signal.Number(market.Unknown)
		return signal.Split{Change: nan, Positions: nan, Price: nan}
	}
	return signal.SplitUSD(c.from, c.to)
}

// signedCompact writes a change in USD.
func signedCompact(lang assets.Language, x signal.Number) string {
	s := format.Compact(lang, float64(x))
	if float64(x) > 0 {
		s = "+" + s
	}
	return s
}

// measure writes what changed of the contract over a span.
func (h *History) measure(from, to int64) Measurement {
	w, c := h.o.Words, change{}
	if ld := h.loader.loads[h.symbol]; ld != nil {
		c = changeOf(ld.track(h.snapshot.Quote(h.symbol), 0), from, to)
	}
	usd := c.usd()
	return Measurement{
		measuredSpan(w, from, to, c),
		{w.T("span.contracts"), format.PercentUnit(c.percent())},
		{w.T("span.usd"), signedCompact(w.Lang(), usd.Change)},
		{"    " + w.T("span.positions"), signedCompact(w.Lang(), usd.Positions)},
		{"    " + w.T("span.by_price"), signedCompact(w.Lang(), usd.Price)},
		{w.T("span.price"), format.PercentUnit(c.price())},
	}
}

// measuredSpan heads a measurement: how long the span is that was measured, and
// where it begins.
func measuredSpan(w *assets.Words, from, to int64, c change) []string {
	if c.known {
		from, to = c.from.Time, c.to.Time
	}
	return []string{format.Stamp(from), format.Age(w.Lang(), time.Duration(to-from)*time.Millisecond)}
}

// measure writes what changed of each contract over a span.
func (c *Compare) measure(from, to int64) Measurement {
	w := c.o.Words
	head := format.Age(w.Lang(), time.Duration(to-from)*time.Millisecond)
	m := Measurement{{head, w.T("span.contracts"), w.T("span.positions"), w.T("span.by_price"), w.T("span.price")}}
	for _, s := range c.symbols {
		ld := c.loader.loads[s]
		if ld == nil || ld.series == nil {
			continue
		}
		x := changeOf(ld.track(c.snapshot.Quote(s), 0), from, to)
		usd := x.usd()
		m = append(m, []string{s, format.PercentUnit(x.percent()), signedCompact(w.Lang(), usd.Positions),
			signedCompact(w.Lang(), usd.Price), format.PercentUnit(x.price())})
	}
	return m
}
