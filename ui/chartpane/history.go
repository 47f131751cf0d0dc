package chartpane

import (
	"fmt"
	"slices"
	"time"

	"fyne.io/fyne/v2/container"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
	"openinterest/ui/pick"
)

// HistoryState is what a person chose in a History pane. Its zero value is
// BTCUSDT over 24 hours in contracts.
type HistoryState struct {
	Symbol string `json:"symbol"`
	Range  string `json:"range"` // as market.Range.String names it
	Unit   string `json:"unit"`  // UnitContracts or UnitUSD

	Plots PlotsState `json:"plots,omitzero"` // what stands under the open interest
}

// History shows the open interest of one contract, and its price on the second
// axis or, with others that can be switched on, in a plot of its own below.
type History struct {
	pane

	OnState func(HistoryState) // the person chose otherwise; nil: nobody listens
	OnLevel func(Level)        // another line is drawn, or none any more; nil: nobody listens

	symbol string
	picker *pick.Picker

	plots    PlotsState
	candles  candleLoad
	payments paymentLoad
	menu     *plotMenu // the one opened last
	level    Level     // see SetLevel

	ratios       ratioLoad
	liquidations liquidationLoad
}

// NewHistory builds the pane.
func NewHistory(o Options, s HistoryState) *History {
	h := &History{symbol: s.Symbol, plots: s.Plots}
	if h.symbol == "" {
		h.symbol = "BTCUSDT"
	}
	h.open(o, s.Range, s.Unit, []string{UnitContracts, UnitUSD}, h.update, h.chosen)
	w := o.Words
	h.picker = pick.New(pick.Options{
		Names: func() []string { return symbolsOf(h.snapshot) }, Initial: h.symbol, OnPick: h.SetSymbol,
		Of: w.T("chart.open_interest"), Tip: w.T("chart.choose_tip"), Hint: w.T("chart.choose"), None: w.T("chart.none_such"),
	})
	h.chart.OnMeasure, h.chart.OnResize, h.subject = h.measure, h.resizePlot, h.named
	h.arrange(container.New(wrap{}), h.Export, h.picker, h.plotButton())
	h.ExtendBaseWidget(h)
	h.update()
	return h
}

// symbolsOf are the contracts of a snapshot, in its order.
func symbolsOf(s *market.Snapshot) []string {
	if s == nil {
		return nil
	}
	symbols := make([]string, len(s.Quotes))
	for i, q := range s.Quotes {
		symbols[i] = q.Contract.Symbol
	}
	return symbols
}

// State returns what is chosen.
func (h *History) State() HistoryState {
	return HistoryState{Symbol: h.symbol, Range: h.axis.Chosen().String(), Unit: h.unit, Plots: h.plots}
}

// Busy reports whether something that will be seen is still being loaded or drawn.
func (h *History) Busy() bool {
	return h.pane.Busy() || h.candles.running || h.payments.running || h.ratios.running || h.liquidations.running
}

// resizePlot moves the border above a plot; the state is told once it is let go.
func (h *History) resizePlot(plot int, by float64, ended bool) {
	if ended {
		h.chosen()
		return
	}
	h.plots.resize(plot, by)
	h.update()
}

// chosen follows a choice.
func (h *History) chosen() {
	h.update()
	if h.OnState != nil {
		h.OnState(h.State())
	}
}

// SetSymbol shows another contract.
func (h *History) SetSymbol(symbol string) { h.turnTo(symbol, 0) }

// ShowMoment shows a contract at an instant (Unix ms): over a range that
// reaches back to it, with the crosshair on it.
func (h *History) ShowMoment(symbol string, at int64) {
	var r market.Range
	if from, to := h.axis.Span(); at < from || at > to {
		r = max(h.axis.Chosen(), h.axis.reaching(at))
	}
	h.turnTo(symbol, r)
	h.axis.Point(at)
}

// turnTo changes the contract and, unless 0, the range at once, so that nothing
// is loaded for one of them alone.
func (h *History) turnTo(symbol string, r market.Range) {
	if symbol == "" {
		symbol = h.symbol
	}
	other := symbol != h.symbol
	h.symbol = symbol
	if r != 0 {
		h.axis.Choose(r)
	}
	if other {
		h.picker.Choose(symbol)
		h.chosen()
		h.content.Refresh() // another name takes another room
	}
}

// update loads what is missing, and has the chart drawn if it would look different.
func (h *History) update() {
	at := h.now()
	if at.IsZero() {
		h.draw(fmt.Sprint(h.axis.Chosen(), h.unit, h.symbol), func() View { return View{Request: h.request()} })
		return
	}
	h.want([]string{h.symbol})
	h.wantPlots(at)
	ld := h.loader.loads[h.symbol]
	from, to := h.axis.Span()
	h.showNotes([]string{h.symbol}, slices.Concat(h.levelNotes(), h.unitNotes([]string{h.symbol}, from), h.plotNotes())...)
	key := fmt.Sprint(from, to, h.unit, h.fetch.now.state, h.plots, h.candles.version, h.payments.version, h.ratios.version, h.liquidations.version,
		h.o.Marking.Choice.ShowsLiquidations(), h.fundingKey(), h.levelKey(), h.key(h.symbol))
	h.draw(key, func() View { return h.view(ld) })
}

// request is what all of the pane's views have in common.
func (h *History) request() charts.Request {
	w := h.o.Words
	from, to := h.axis.Span()
	return charts.Request{
		From: from, To: to, Theme: chartTheme(look.Current()), Watermark: h.o.watermark(),
		Left:    charts.ValueAxis{Unit: w.T("chart." + h.unit), Format: axisNumber(w.Lang())},
		Right:   charts.ValueAxis{Unit: w.T("chart.price_axis"), Format: func(v, step float64) string { return format.ExactTo(v, decimalsOf(step)) }},
		Time:    timeAxis(w.Lang(), time.UnixMilli(to), h.now()),
		Message: w.T("chart.loading", assets.Args{"Symbols": h.symbol}),
	}
}

// view is the contract's open interest and price.
func (h *History) view(ld *load) View {
	w, background, q := h.o.Words, look.Current().Background, h.snapshot.Quote(h.symbol)
	v := View{Request: h.request()}
	switch {
	case h.fetch.now.active():
		v.Request.Message = w.T("history.coming")
	case ld.err != nil && !ld.running:
		v.Request.Message = w.T("chart.not_loaded")
	case !ld.awaited():
		v.Request.Message = w.T("chart.no_data")
	}
	t := ld.track(q, 0)
	v.Request.Blanks, v.gaps = h.blanks([]*track{t}), h.gapReasons()
	if why := h.whyEmpty([]*track{t}); why != "" && !ld.awaited() {
		v.Request.Message = why
	}
	values, read := contractsOf, contractsRead(w.Lang(), q)
	if h.unit == UnitUSD {
		values, read = usdOf, func(x float64) string { return format.Compact(w.Lang(), x) }
	}
	main, _ := charts.Palette(0, background)
	second, _ := charts.Palette(1, background)
	v.Request.Lines = []charts.Line{
		{Key: "oi", Gap: t.gap, Colour: main, Fill: true, MarkLast: true},
		{Key: "price", Axis: charts.Right, Gap: t.gap, Colour: second, Width: 1.2, MarkLast: true},
	}
	v.Curves = []Curve{{track: t, of: values}, {track: t, of: priceOf}}
	h.form(&v.Request.Lines[0])
	for _, e := range h.firings.of(h.symbol, h.axis.Fits()) {
		v.marks = append(v.marks, newMark(e, 0, nil))
	}
	for _, one := range h.largeLiquidations(t) {
		v.marks = append(v.marks, newLiquidationMark(one, 0))
	}
	v.Reads = []Read{
		{Label: capital(w.T("chart.open_interest")), Format: unitFormat(read, h.unitWord())},
		{Label: w.T("chart.price"), Format: func(x float64) string { return format.Price(x, pricePrecision(q)) }},
	}
	if h.plots.Price.On { // it has a plot of its own
		v.Request.Lines, v.Curves, v.Reads = v.Request.Lines[:1], v.Curves[:1], v.Reads[:1]
	}
	if h.plots.Form == FormCandles {
		v.Reads[0].Bucket = h.readCandle(read)
	}
	h.addPlots(&v)
	return v
}

// unitWord is what stands after a number of the read-out: the coin that
// contracts are counted in, or USD.
func (h *History) unitWord() string {
	if h.unit == UnitContracts {
		return format.Coin(h.symbol)
	}
	return h.o.Words.T("chart." + h.unit)
}
