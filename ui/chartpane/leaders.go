package chartpane

import (
	"cmp"
	"math"
	"slices"

	"fyne.io/fyne/v2"

	"openinterest/assets"
	"openinterest/data/market"
)

const (
	leadersShown = 5

	// leastOpen is the open interest in USD from which a contract counts among
	// those that changed the most: below, a single position moves it by tens of percent.
	leastOpen = 10e6
)

// leading is a way to pick contracts for a comparison.
type leading struct {
	key string // of its words
	by  func(*market.Quote) float64
}

var leadings = []leading{
	{"compare.top_oi", (*market.Quote).OpenInterestUSD},
	{"compare.top_change", func(q *market.Quote) float64 {
		if !(q.OpenInterestUSD() >= leastOpen) {
			return market.Unknown
		}
		return math.Abs(q.OpenInterestChange(market.Window24h))
	}},
	{"compare.top_volume", (*market.Quote).Volume24h},
}

// leaders are the contracts of a snapshot that lead by a number, the largest first.
func leaders(s *market.Snapshot, by func(*market.Quote) float64) []string {
	type ranked struct {
		symbol string
		number float64
	}
	if s == nil {
		return nil
	}
	var all []ranked
	for _, q := range s.Quotes {
		if x := by(q); market.Known(x) {
			all = append(all, ranked{q.Contract.Symbol, x})
		}
	}
	slices.SortStableFunc(all, func(a, b ranked) int { return cmp.Compare(b.number, a.number) })
	symbols := make([]string, 0, leadersShown)
	for _, r := range all[:min(leadersShown, len(all))] {
		symbols = append(symbols, r.symbol)
	}
	return symbols
}

// pickMenu is the menu that ticks the leaders, or nothing.
func (c *Compare) pickMenu() []*fyne.MenuItem {
	w := c.o.Words
	var items []*fyne.MenuItem
	for _, l := range leadings {
		symbols := leaders(c.snapshot, l.by)
		item := fyne.NewMenuItem(w.T(l.key, assets.Args{"Count": leadersShown, "Least": axisNumber(w.Lang())(leastOpen, leastOpen)}), func() { c.tick(symbols) })
		item.Disabled = len(symbols) == 0
		items = append(items, item)
	}
	none := fyne.NewMenuItem(w.T("compare.clear"), func() { c.tick(nil) })
	none.Disabled = len(c.symbols) == 0
	return append(items, fyne.NewMenuItemSeparator(), none)
}

func (c *Compare) tick(symbols []string) {
	if c.OnTick != nil {
		c.OnTick(symbols)
	}
}
