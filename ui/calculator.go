package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"

	"openinterest/data/liquidation"
	"openinterest/data/market"
	"openinterest/ui/alerts"
	"openinterest/ui/calculator"
	"openinterest/ui/chartpane"
	"openinterest/ui/settings"
)

// paneCalculator is the name under which side, mode and leverage are kept.
const paneCalculator = "calculator"

// priceLine is the line at a liquidation price, which outlives the panes.
type priceLine struct {
	symbol string
	price  float64
	side   liquidation.Side
}

// ShowCalculator opens the liquidation calculator on a contract, once; on that of
// the row that is selected, else of the chart, where none is named.
func (u *UI) ShowCalculator(symbol string) {
	if len(u.dialogs) > 0 {
		return
	}
	if symbol == "" {
		symbol = u.panes.table.Selected()
	}
	if symbol == "" {
		symbol = u.panes.history.State().Symbol
	}
	var state calculator.State
	u.o.Settings.Get(func(s *settings.Settings) { s.Pane(paneCalculator, &state) })
	p := calculator.New(calculator.Options{
		Context: u.ctx, Words: u.words, Dispatch: u.o.Dispatch, Source: stamps{u.o.Past, u.o.Feed, u.o.Now}, Now: u.o.Now,
		Symbols: u.symbols, Line: chartLine{u}, Load: u.loadBrackets, Escape: u.escape,
		Quote: func(symbol string) *market.Quote {
			if u.snapshot == nil {
				return nil
			}
			return u.snapshot.Quote(symbol)
		},
		Symbol: symbol, State: state, Values: u.calculated,
		OnState: func(s calculator.State) { u.save(paneCalculator, s) },
	})
	u.calculator = p
	d := dialog.NewCustom(u.words.T("calculator.title"), u.words.T("calculator.close"), p.Object(), u.o.Window)
	u.open(d, func() {
		u.calculated = p.Values()
		p.Close()
		if u.calculator == p {
			u.calculator = nil
		}
	})
	d.Resize(u.dialogSize())
	u.o.Window.Canvas().Focus(p.Focus())
}

// loadBrackets asks for a file with brackets of the exchange.
func (u *UI) loadBrackets(take func(name, text string)) {
	u.loadNamed("calculator.load_title", take)
}

// calculatorTool is the button of the calculator.
func (u *UI) calculatorTool() fyne.CanvasObject {
	return u.icon(theme.NewThemedResource(calculatorIcon), u.words.T("calculator.tip"), func() { u.ShowCalculator("") })
}

// calculatorIcon is a pocket calculator.
var calculatorIcon = fyne.NewStaticResource("calculator.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">`+
	`<path fill="#000" fill-rule="evenodd" d="M6 2h12a2 2 0 0 1 2 2v16a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2zM7 5v4h10V5zM7 12v2h2v-2zM11 12v2h2v-2zM15 12v2h2v-2zM7 16v2h2v-2zM11 16v2h2v-2zM15 16v2h2v-2z"/></svg>`))

// stamps are where the calculator has the past of a price from: what is kept on this
// computer, and where that is too little, what the exchange has.
type stamps struct {
	past alerts.Past // nil: nothing is kept
	feed Feed
	now  func() time.Time
}

// Load implements calculator.Source.
func (s stamps) Load(ctx context.Context, symbol string, r market.Range) (*market.Series, error) {
	if s.past != nil {
		to := s.now()
		known, err := s.past.Past(ctx, symbol, to.Add(-time.Duration(r)-24*time.Hour), to, "")
		if err == nil && liquidation.UsualMove(known.Points, to.UnixMilli()).Enough() {
			return &market.Series{Symbol: symbol, Period: market.Period5m, Points: known.Points}, nil
		}
	}
	return s.feed.Load(ctx, symbol, r)
}

// chartLine is the line in the chart, as the calculator draws it.
type chartLine struct{ u *UI }

// Shown implements calculator.Line.
func (l chartLine) Shown(symbol string) bool {
	return l.u.line.symbol == symbol && l.u.line.price > 0
}

// Show draws the line in the plot of the price of its contract, which it brings to
// the front.
func (l chartLine) Show(symbol string, price float64, side liquidation.Side) {
	u := l.u
	u.line = priceLine{symbol, price, side}
	u.panes.history.SetSymbol(symbol)
	u.panes.history.ShowPrice()
	u.panes.showLine(u)
	if u.shell.front != tabCharts {
		u.shell.show(tabCharts)
	}
}

// Hide removes it.
func (l chartLine) Hide() { l.u.panes.history.SetLevel(chartpane.Level{}) }

// HasPlot implements calculator.Line.
func (l chartLine) HasPlot() bool { return l.u.panes.history.ShowsPrice() }

// showLine has the chart draw the line, where there is one, and tell when it is gone.
func (p *panes) showLine(u *UI) {
	p.history.OnLevel = func(level chartpane.Level) {
		if level == (chartpane.Level{}) {
			u.line = priceLine{}
		}
	}
	if u.line.price > 0 {
		p.history.SetLevel(chartpane.Level{Symbol: u.line.symbol, Price: u.line.price, Label: calculator.LineName(p.words, u.line.side)})
	}
}
