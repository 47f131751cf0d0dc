package chartpane

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
	"openinterest/ui/pick"
	"openinterest/ui/tabs"
)

// The units of a chart, as they are kept in a state.
const (
	UnitContracts = "contracts"
	UnitUSD       = "usd"
	UnitPercent   = "percent" // of Compare only
)

// HistoryState is what a person chose in a History pane. Its zero value is
// BTCUSDT over 24 hours in contracts.
type HistoryState struct {
	Symbol string `json:"symbol"`
	Range  string `json:"range"` // as market.Range.String names it
	Unit   string `json:"unit"`  // UnitContracts or UnitUSD
}

// History shows the open interest of one contract, and its price on the second axis.
type History struct {
	widget.BaseWidget

	OnState func(HistoryState) // the person chose otherwise; nil: nobody listens

	o        Options
	cancel   context.CancelFunc
	loader   *loader
	firings  *firings
	snapshot *market.Snapshot
	symbol   string
	span     int // index in o.Ranges
	unit     string
	built    string // the key of the view shown
	noted    string // what notes say

	chart   *Chart
	picker  *pick.Picker
	ranges  *tabs.Strip
	units   *tabs.Strip
	notes   *fyne.Container
	fetch   *fetchNote
	content *fyne.Container
}

var historyUnits = []string{UnitContracts, UnitUSD}

// NewHistory builds the pane.
func NewHistory(o Options, s HistoryState) *History {
	o = o.complete()
	h := &History{o: o, symbol: s.Symbol, unit: s.Unit, span: rangeNamed(o.Ranges, s.Range)}
	if h.symbol == "" {
		h.symbol = "BTCUSDT"
	}
	if !slices.Contains(historyUnits, h.unit) {
		h.unit = historyUnits[0]
	}
	h.o.Context, h.cancel = context.WithCancel(o.Context)
	h.loader = newLoader(h.o.Context, h.o, h.update)
	h.firings = newFirings(h.o.Context, h.o, h.update)
	h.chart = newChart(h.o.Context, h.o)
	w := o.Words
	h.picker = pick.New(pick.Options{
		Names: func() []string { return symbolsOf(h.snapshot) }, Initial: h.symbol, OnPick: h.SetSymbol,
		Of: w.T("chart.open_interest"), Tip: w.T("chart.choose_tip"), Hint: w.T("chart.choose"), None: w.T("chart.none_such"),
	})
	h.units = tabs.New([]string{w.T("chart.contracts"), w.T("chart.usd")}, slices.Index(historyUnits, h.unit))
	h.units.OnChange = func(i int) { h.unit = historyUnits[i]; h.chosen() }
	h.ranges = tabs.New(rangeNames(w, o.Ranges), h.span)
	h.ranges.OnChange = func(i int) { h.show(h.symbol, i) }
	h.fetch = newFetchNote(h.o, h.update)
	h.notes = container.New(layout.NewCustomPaddedVBoxLayout(0))
	header := container.New(headerWrap, h.picker, h.units)
	if b := exportButton(h.o, h.Export); b != nil {
		header.Add(b)
	}
	header.Add(h.ranges)
	h.content = container.New(paneLayout{}, header, container.New(wrap{}), h.chart, h.notes)
	h.ExtendBaseWidget(h)
	h.update()
	return h
}

// Close ends loading and drawing.
func (h *History) Close() { h.cancel() }

// State returns what is chosen.
func (h *History) State() HistoryState {
	return HistoryState{Symbol: h.symbol, Range: h.o.Ranges[h.span].String(), Unit: h.unit}
}

// SetSymbol shows another contract.
func (h *History) SetSymbol(symbol string) { h.show(symbol, h.span) }

// ShowMoment shows a contract at an instant (Unix ms): over a range that
// reaches back to it, with the crosshair on it.
func (h *History) ShowMoment(symbol string, at int64) {
	ago := now(h.snapshot).Sub(time.UnixMilli(at))
	reaches := slices.IndexFunc(h.o.Ranges, func(r market.Range) bool { return time.Duration(r) > ago })
	h.show(symbol, max(h.span, reaches))
	h.chart.point(at)
}

// show changes the contract and the range at once, so that nothing is loaded
// for one of them alone.
func (h *History) show(symbol string, span int) {
	if symbol == "" {
		symbol = h.symbol
	}
	if symbol == h.symbol && span == h.span {
		return
	}
	h.symbol, h.span = symbol, span
	h.picker.Choose(symbol)
	h.ranges.Choose(span)
	h.chosen()
	h.content.Refresh() // a longer name takes more room
}

// SetSnapshot hands over the newest snapshot.
func (h *History) SetSnapshot(s *market.Snapshot) {
	h.snapshot = s
	h.update()
}

// Busy reports whether something that will be seen is still being loaded or drawn.
func (h *History) Busy() bool {
	return h.loader.busy() || h.firings.busy() || h.chart.Busy() || h.fetch.now.active()
}

// Chart returns the chart itself, for focus and pictures.
func (h *History) Chart() *Chart { return h.chart }

// chosen follows a choice.
func (h *History) chosen() {
	h.update()
	if h.OnState != nil {
		h.OnState(h.State())
	}
}

// now is the time of the snapshot: the exchange's clock.
func now(s *market.Snapshot) time.Time {
	if s == nil {
		return time.Time{}
	}
	return s.Time
}

// update loads what is missing, and has the chart drawn if it would look different.
func (h *History) update() {
	at := now(h.snapshot)
	if at.IsZero() {
		h.setView(View{Request: h.request(time.UnixMilli(0), 0)}, "nothing")
		return
	}
	span := h.o.Ranges[h.span]
	h.loader.want([]string{h.symbol}, span, at)
	h.firings.want([]string{h.symbol}, span, at)
	ld, q := h.loader.loads[h.symbol], h.snapshot.Quote(h.symbol)
	fetch := readFetching(h.o.Archive, []string{h.symbol}, span)
	h.showNotes(ld, fetch, span)
	key := fmt.Sprint(h.symbol, span, h.unit, ld.of, ld.loading(), fetch.active(), seriesKey(ld.series), liveKey(q, span, at), h.firings.key(h.symbol))
	if key != h.built {
		h.setView(h.view(ld, q, span, at), key)
	}
}

func (h *History) setView(v View, key string) {
	if key != h.built {
		h.built = key
		h.chart.SetView(v)
	}
}

// seriesKey tells one series from another.
func seriesKey(s *market.Series) string { return fmt.Sprintf("%p/%d", s, s.Len()) }

// liveKey tells whether the end of a line would look different: its live point,
// rounded as it is shown, and the right edge of the chart.
func liveKey(q *market.Quote, r market.Range, at time.Time) string {
	_, to := span(r, at, 0)
	if q == nil {
		return fmt.Sprint(to)
	}
	digits := 6
	if isLong(r) { // as many as are seen at the end of a year
		digits = 4
	}
	return fmt.Sprintf("%d %.*g %.*g %d", to, digits, q.Contracts(), digits, q.Price(), q.History.Len())
}

// request is what all of the pane's views have in common.
func (h *History) request(at time.Time, first int64) charts.Request {
	w := h.o.Words
	from, to := span(h.o.Ranges[h.span], at, first)
	number := axisNumber(w.Lang())
	return charts.Request{
		From: from, To: to, Theme: chartTheme(look.Current()), Watermark: h.o.watermark(),
		Left:    charts.ValueAxis{Unit: w.T("chart." + h.unit), Format: number},
		Right:   charts.ValueAxis{Unit: w.T("chart.price_axis"), Format: func(v, step float64) string { return format.ExactTo(v, decimalsOf(step)) }},
		Time:    charts.TimeAxis{Zone: "UTC", Format: axisTime(w.Lang())},
		Message: w.T("chart.loading", assets.Args{"Symbols": h.symbol}),
	}
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

// view is the contract's open interest and price.
func (h *History) view(ld *load, q *market.Quote, r market.Range, at time.Time) View {
	w, background := h.o.Words, look.Current().Background
	v := View{Request: h.request(at, ld.first(at))}
	switch {
	case h.fetch.now.active():
		v.Request.Message = w.T("history.coming")
	case !ld.running:
		v.Request.Message = w.T("chart.no_data")
	}
	t := newTrack(ld.series, q, v.Request.From)
	values, read := (*track).contracts, contractsRead(w.Lang(), q)
	if h.unit == UnitUSD {
		values, read = (*track).usd, func(x float64) string { return format.Compact(w.Lang(), x) }
	}
	main, _ := charts.Palette(0, background)
	second, _ := charts.Palette(1, background)
	v.Request.Lines = []charts.Line{
		{Key: "oi", Gap: t.gap, Colour: main, Fill: true, MarkLast: true},
		{Key: "price", Axis: charts.Right, Gap: t.gap, Colour: second, Width: 1.2, MarkLast: true},
	}
	v.Curves = []Curve{{t, values}, {t, (*track).prices}}
	for _, e := range h.firings.of(h.symbol, r) {
		v.marks = append(v.marks, newMark(e, 0, nil))
	}
	v.Reads = []Read{
		{Label: capital(w.T("chart.open_interest")), Format: unitFormat(read, w.T("chart."+h.unit))},
		{Label: w.T("chart.price"), Format: func(x float64) string { return format.Price(x, pricePrecision(q)) }},
	}
	return v
}

// unitFormat adds the unit to a number.
func unitFormat(f func(float64) string, unit string) func(float64) string {
	return func(x float64) string { return f(x) + " " + unit }
}

// capital begins a word with a capital letter, where the script has them.
func capital(s string) string {
	for i, c := range s {
		if i == 0 {
			return strings.ToUpper(string(c)) + s[len(string(c)):]
		}
	}
	return s
}

func contractsRead(lang assets.Language, q *market.Quote) func(float64) string {
	precision := 0
	if q != nil {
		precision = q.Contract.QuantityPrecision
	}
	return func(x float64) string { return format.Contracts(lang, x, precision) }
}

func pricePrecision(q *market.Quote) int {
	if q == nil {
		return 4
	}
	return q.Contract.PricePrecision
}

// showNotes says below the chart why loading failed, if it did, and how far the
// archive is.
func (h *History) showNotes(ld *load, fetch fetching, span market.Range) {
	said := ""
	if ld.err != nil && !ld.running {
		said = failure(h.o.Words, h.symbol, ld.err)
	}
	if h.fetch.show(fetch, span, false) {
		said += "\n"
	}
	if said == h.noted {
		return
	}
	h.noted = said
	var notes []fyne.CanvasObject
	if ld.err != nil && !ld.running {
		notes = []fyne.CanvasObject{note(failure(h.o.Words, h.symbol, ld.err), h.o.Words.T("chart.retry"), func() {
			h.loader.retry(h.symbol, now(h.snapshot))
			h.update()
		})}
	}
	if strings.HasSuffix(said, "\n") {
		notes = append(notes, h.fetch.object)
	}
	setNotes(h.content, h.notes, notes)
}

// setNotes replaces the notes of a pane, and makes room for them.
func setNotes(content, notes *fyne.Container, objects []fyne.CanvasObject) {
	if len(objects) == 0 && len(notes.Objects) == 0 {
		return
	}
	notes.Objects = objects
	content.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (h *History) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(h.content) }
