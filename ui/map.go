package ui

import (
	"context"
	"time"

	"openinterest/data/market"
	"openinterest/ui/chartpane"
	"openinterest/ui/look/tip"
	"openinterest/ui/marketmap"
	"openinterest/ui/settings"
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
		OnTick: func(symbols []string) { p.table.SetTicked(symbols) },
	}
	if past := u.o.Past; past != nil {
		o.Past = func(ctx context.Context, symbol string, from, to time.Time) ([]market.Point, error) {
			known, err := past.Past(ctx, symbol, from, to, "")
			return known.Points, err
		}
	}
	p.market = marketmap.New(o)
	p.market.SetTicked(p.table.State().Ticked)
}

// showTicked tells the panes which contracts are ticked.
func (p *panes) showTicked(symbols []string) {
	p.compare.SetTicked(symbols)
	p.market.SetTicked(symbols)
}
