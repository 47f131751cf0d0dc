package ui

import (
	"context"
	"time"

	"openinterest/data/market"
	"openinterest/ui/chartpane"
	"openinterest/ui/columns"
	"openinterest/ui/look/tip"
	"openinterest/ui/marketmap"
	"openinterest/ui/settings"
	"openinterest/ui/takeaway"
)

// newMap builds the map of the market.
func (p *panes) newMap(u *UI, tips *tip.Layer) {
	var state marketmap.State
	u.o.Settings.Get(func(s *settings.Settings) { s.Pane(paneMap, &state) })
	o := marketmap.Options{
		Context: u.ctx, Words: u.words, Tips: tips, Dispatch: u.o.Dispatch, State: state,
		Max: chartpane.MaxSymbols, Demo: u.o.Demo, Synchronous: u.o.Still,
		OnState: func(s marketmap.State) { u.save(paneMap, s) },
		OnOpen: func(symbol string) {
			p.history.SetSymbol(symbol)
			u.shell.show(tabCharts)
		},
		OnTick:   func(symbols []string) { p.table.SetTicked(symbols) },
		OnExport: func(e takeaway.Export) { u.saveAs(e.Name, e.Write) },
		OnCopy:   u.copyPicture,
		After:    tip.SystemClock(u.o.Dispatch).After,
	}
	if u.panes != nil {
		o.At = u.panes.market.At()
	}
	if past := u.o.Past; past != nil {
		o.Past = func(ctx context.Context, symbol string, from, to time.Time) ([]market.Point, error) {
			known, err := past.Past(ctx, symbol, from, to, "")
			return known.Points, err
		}
	}
	p.market = marketmap.New(o)
	p.showQuadrant = p.market.ShowReading
	p.market.SetTicked(p.table.State().Ticked)
}

// takeRows keeps what the table has and is asked for, which the map goes by.
func (p *panes) takeRows(rows []*columns.Row, q *columns.Query) {
	p.rows, p.query = rows, q
	p.filterMap()
}

// filterMap lets the table's filter apply to the map, while that can be seen.
func (p *panes) filterMap() {
	if p.query == nil || p.market == nil || !p.market.Front() {
		return
	}
	set := map[string]bool{}
	for _, r := range p.rows {
		if p.query.Matches(r) {
			set[r.Symbol] = true
		}
	}
	if len(set) == len(p.rows) {
		p.market.SetShown(nil, "")
		return
	}
	p.market.SetShown(set, p.words.T("map.filtered"))
}

// showTicked tells the panes which contracts are ticked.
func (p *panes) showTicked(symbols []string) {
	p.compare.SetTicked(symbols)
	p.market.SetTicked(symbols)
}
