package chartpane

import (
	"time"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
	"openinterest/ui/look/tip"
)

// newLiquidationMark is made on the UI's goroutine, where the palette is. A square
// is none of the signals' shapes; its colour is that of the way the order pushed.
func newLiquidationMark(one market.Liquidation, line int) mark {
	m := mark{large: &one, line: line, shape: charts.Square, colour: look.Current().Up}
	if one.Long {
		m.colour = look.Current().Down
	}
	return m
}

func (m mark) time() time.Time {
	if m.large != nil {
		return m.large.Time
	}
	return m.event.Time
}

func (m mark) symbol() string {
	if m.large != nil {
		return m.large.Symbol
	}
	return m.event.Symbol
}

// countWord names what a count is of: signals, or marks where liquidations are among them.
func countWord(marks []mark) string {
	for _, m := range marks {
		if m.large != nil {
			return "markers.count_marks"
		}
	}
	return "markers.count"
}

// nameOf is what a mark is called in the list of a count.
func (c *Chart) nameOf(m mark) string {
	if m.large == nil {
		return c.marking.Name(m.event.Kind)
	}
	return c.words.T(liquidationName(*m.large), assets.Args{"Sum": "$" + format.Compact(c.words.Lang(), m.large.USD())})
}

func liquidationName(one market.Liquidation) string {
	if one.Long {
		return "markers.long_liquidated"
	}
	return "markers.short_liquidated"
}

// explainLiquidation is what the tooltip of a large liquidation says.
func (c *Chart) explainLiquidation(one market.Liquidation) tip.Content {
	w := c.words
	return tip.Content{
		Title: one.Symbol + " · " + c.nameOf(mark{large: &one}),
		Facts: []tip.Fact{
			{Label: w.T("markers.liquidation_time"), Value: format.Stamp(one.Time.UnixMilli())},
			{Label: w.T("markers.liquidation_worth"), Value: "$" + format.ExactTo(one.USD(), 0)},
			{Label: w.T("markers.liquidation_contracts"), Value: format.Exact(one.Contracts) + " " + format.Coin(one.Symbol)},
			{Label: w.T("markers.liquidation_price"), Value: format.Exact(one.Price)},
		},
		Paragraphs: []tip.Paragraph{
			{Text: w.T("markers.liquidation_large", assets.Args{"Share": format.ExactTo(100*largeShare, 1)})},
			{Text: w.T("markers.liquidation_sample"), Quiet: true},
		},
	}
}
