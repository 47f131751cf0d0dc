package chartpane

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2/canvas"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// PlotSource has what plots under the open interest show. Its methods are like
// Source.Load: safe for concurrent use, and they end early when their context does.
type PlotSource interface {
	// Klines returns the candles of the price that began from from to to (Unix ms).
	Klines(ctx context.Context, symbol string, period market.Period, from, to int64) ([]market.Candle, error)
	// Funding returns the payments with from ≤ time ≤ to (Unix ms) that are known.
	Funding(ctx context.Context, symbol string, from, to int64) ([]market.FundingPoint, error)
	// Ratios returns what is known of a contract's ratios with from ≤ time ≤ to (Unix
	// ms), the oldest first; an error beside them says why older ones may lack.
	Ratios(ctx context.Context, symbol string, from, to int64) ([]market.Ratios, error)
	// Liquidations returns those of a contract that were seen with from ≤ time ≤ to
	// (Unix ms), the oldest first, and the spans in which somebody listened, ascending
	// and disjoint.
	Liquidations(ctx context.Context, symbol string, from, to int64) (seen []market.Liquidation, listened []market.Span, err error)
}

// The forms of lines, as they are kept in a state.
const (
	FormArea    = "area" // of open interest only: a line, and the area below it tinted
	FormLine    = "line"
	FormCandles = "candles"
)

// PlotState is whether a plot is shown under the open interest, and how high.
type PlotState struct {
	On    bool    `json:"on,omitempty"`
	Share float64 `json:"share,omitempty"` // of the chart's height; 0: as at first
}

// PlotsState is what a person chose to see under the open interest, and in which
// forms. Its zero value is nothing, the open interest as an area, the price as candles.
type PlotsState struct {
	Form      string `json:"form,omitempty"`       // of open interest
	PriceForm string `json:"price_form,omitempty"` // FormLine or FormCandles

	Change  PlotState `json:"change,omitzero"`
	Price   PlotState `json:"price,omitzero"`
	Volume  PlotState `json:"volume,omitzero"`
	Funding PlotState `json:"funding,omitzero"`

	LongShort    PlotState `json:"longshort,omitzero"`
	Taker        PlotState `json:"taker,omitzero"`
	Liquidations PlotState `json:"liquidations,omitzero"`
}

// plotKind is one of the plots that can be switched on.
type plotKind struct {
	name  string // as words and keys have it
	share float64
	state func(*PlotsState) *PlotState
	build func(*History, *View) charts.Plot // adds its lines' reads to the view
}

const changeKey = "change"

// plotKinds are in the order in which they stand. The change comes first: it is
// computed of the same track as the lines above it (see View.Curves).
var plotKinds = []plotKind{
	{changeKey, 0.13, func(s *PlotsState) *PlotState { return &s.Change }, (*History).changePlot},
	{"price", 0.21, func(s *PlotsState) *PlotState { return &s.Price }, (*History).pricePlot},
	{"volume", 0.13, func(s *PlotsState) *PlotState { return &s.Volume }, (*History).volumePlot},
	{"funding", 0.12, func(s *PlotsState) *PlotState { return &s.Funding }, (*History).fundingPlot},
	{"longshort", 0.15, func(s *PlotsState) *PlotState { return &s.LongShort }, (*History).longShortPlot},
	{"taker", 0.12, func(s *PlotsState) *PlotState { return &s.Taker }, (*History).takerPlot},
	{"liquidations", 0.13, func(s *PlotsState) *PlotState { return &s.Liquidations }, (*History).liquidationPlot},
}

// leastShare of the chart's height is the lowest that one can drag a plot to.
const leastShare = 0.08

// SwitchOn switches a plot on by its name: change, price, volume, funding,
// longshort, taker or liquidations.
func (s *PlotsState) SwitchOn(name string) {
	for _, k := range plotKinds {
		if k.name == name {
			k.state(s).On = true
		}
	}
}

// shown are the kinds switched on.
func (s *PlotsState) shown() []plotKind {
	return slices.DeleteFunc(slices.Clone(plotKinds), func(k plotKind) bool { return !k.state(s).On })
}

// shareOf is the share of a plot.
func (k plotKind) shareOf(s *PlotsState) float64 {
	if share := k.state(s).Share; share >= leastShare && share <= 1 {
		return share
	}
	return k.share
}

// resize moves the border above the i-th plot shown down by a part of the
// chart's height: what it loses, the plot above gains.
func (s *PlotsState) resize(i int, by float64) {
	shown := s.shown()
	if i < 0 || i >= len(shown) {
		return
	}
	whole := 0.0
	for _, k := range shown {
		k.state(s).Share = k.shareOf(s) // all of them stay as they are from now on
		whole += k.shareOf(s)
	}
	const mostBelow = 0.6
	share := &shown[i].state(s).Share
	by = min(by, *share-leastShare)
	if i > 0 {
		above := &shown[i-1].state(s).Share
		by = max(by, leastShare-*above)
		*above += by
	} else {
		by = max(by, whole-mostBelow)
	}
	*share -= by
}

// lines are those of all plots, the main one's first.
func (v *View) lines() []charts.Line {
	lines := slices.Clone(v.Request.Lines)
	for _, p := range v.Request.Below {
		lines = append(lines, p.Lines...)
	}
	return lines
}

// setLines takes lines as lines returns them.
func (v *View) setLines(all []charts.Line) {
	n := len(v.Request.Lines)
	v.Request.Lines = all[:n:n]
	v.Request.Below = slices.Clone(v.Request.Below)
	for i := range v.Request.Below {
		p := &v.Request.Below[i]
		m := n + len(p.Lines)
		p.Lines = all[n:m:m]
		n = m
	}
}

// nearestStamp is the point of any curve that is nearest to an instant. Where
// there are bars and candles only, it is the middle of the shortest at the instant.
func nearestStamp(p *charts.Picture, v View, at int64) (int64, bool) {
	var best int64
	found := false
	for i := range v.Reads {
		t, _, ok := p.Nearest(i, at)
		if !ok || !p.IsCurve(i) || v.Reads[i].still {
			continue
		}
		if next, _, ok := p.Nearest(i, t+1); ok && v.Reads[i].steps && next == t+1 {
			t = next
		}
		if !found || distance(t, at) < distance(best, at) {
			best, found = t, true
		}
	}
	if found {
		return best, true
	}
	if b, ok := shortestBucket(p, v, at); ok {
		return b.From + (b.To-b.From)/2, true
	}
	return 0, false
}

func shortestBucket(p *charts.Picture, v View, at int64) (shortest charts.Bucket, found bool) {
	for i := range v.Reads {
		if b, ok := p.Bucket(i, at); ok && (!found || b.To-b.From < shortest.To-shortest.From) {
			shortest, found = b, true
		}
	}
	return shortest, found
}

// stampText is what the read-out says of an instant: a stamp, or from when to
// when the bar or candle was that is read.
func stampText(p *charts.Picture, v View, stamp int64) string {
	for i := range v.Reads {
		if t, _, ok := p.Nearest(i, stamp); ok && p.IsCurve(i) && !v.Reads[i].still && t == stamp {
			return format.Stamp(stamp)
		}
	}
	b, ok := shortestBucket(p, v, stamp)
	if !ok {
		return format.Stamp(stamp)
	}
	return format.SpanOf(b.From, b.To)
}

// of is the instant whose bar is read at another.
func (r Read) of(at int64) int64 {
	if r.ends {
		return at - 1
	}
	return at
}

// write writes a line's value at an instant. A bar or candle is read off the
// upright line: its swatch has its own colour.
func (r *readRow) write(read Read, p *charts.Picture, line int, at int64, value float64) {
	text := read.Format(value)
	if b, ok := p.Bucket(line, read.of(at)); ok {
		if read.Bucket != nil {
			text = read.Bucket(b)
		}
		if r.swatch.FillColor != b.Colour {
			r.swatch.FillColor = b.Colour
			canvas.Refresh(r.swatch)
		}
	}
	setText(r.value, text)
}

// widest is a text as wide as that of a value may get.
func (r Read) widest(value float64) string {
	if r.Bucket != nil {
		const long = 55 * 60_000 // of those that buckets have, this is written widest, or nearly
		return r.Bucket(charts.Bucket{To: long, Open: value, High: value, Low: value, Close: value})
	}
	return r.Format(value)
}

// perBar writes what is summed up in a bar, and over how long.
func (h *History) perBar(f func(float64) string) func(charts.Bucket) string {
	w := h.o.Words
	return func(b charts.Bucket) string {
		length := time.Duration(b.To-b.From) * time.Millisecond
		return w.T("chart.pane_per_bar", assets.Args{"Value": f(b.Close), "Length": format.Age(w.Lang(), length)})
	}
}

// plotNotes say what is wrong with the plots below: what could not be loaded where
// something older is shown in its place, and what there is no room for.
func (h *History) plotNotes() []note {
	notes := h.roomNotes()
	w := h.o.Words
	add := func(on bool, what string, l *plotLoad, rows int) {
		if on && rows > 0 && l.err != nil && !l.running {
			notes = append(notes, warning(h.plotMessage(w.T("chart.pane_"+what), l), "", nil))
		}
	}
	name := "price"
	if !h.plots.Price.On {
		name = "volume"
	}
	add(h.plots.Price.On || h.plots.Volume.On, name, &h.candles.plotLoad, len(h.candles.rows))
	add(h.plots.Funding.On, "funding", &h.payments.plotLoad, len(h.payments.rows))
	name = "longshort"
	if !h.plots.LongShort.On {
		name = "taker"
	}
	add(h.plots.LongShort.On || h.plots.Taker.On, name, &h.ratios.plotLoad, len(h.ratios.rows))
	add(h.plots.Liquidations.On, "liquidations", &h.liquidations.plotLoad, len(h.liquidations.listened))
	return notes
}

// roomNotes say which plots have no room in the picture that is shown.
func (h *History) roomNotes() []note {
	p := h.chart.Picture()
	shown := h.plots.shown()
	if p == nil || len(h.chart.shown.Request.Below) != len(shown) || len(p.Plots()) > len(shown) {
		return nil
	}
	var names []string
	for _, k := range shown[len(p.Plots())-1:] {
		names = append(names, h.o.Words.T("chart.pane_"+k.name))
	}
	return []note{remark(h.o.Words.T("chart.pane_no_room", assets.Args{"Plots": strings.Join(names, h.o.Words.T("chart.comma"))}))}
}

// addPlots adds the plots that are switched on to a view whose main lines have
// their curves.
func (h *History) addPlots(v *View) {
	for _, k := range h.plots.shown() {
		p := k.build(h, v)
		p.Key, p.Share = k.name, k.shareOf(&h.plots)
		v.Request.Below = append(v.Request.Below, p)
	}
}

// form gives the line of open interest the form chosen.
func (h *History) form(l *charts.Line) {
	p := look.Current()
	switch h.plots.Form {
	case FormLine:
		l.Fill = false
	case FormCandles:
		l.Form, l.Period, l.Fill = charts.Candles, h.period().Millis(), false
		l.Colour, l.Down = p.Up, p.Down
	}
}

// period is that of the open interest's points.
func (h *History) period() market.Period {
	if ld := h.loader.loads[h.symbol]; ld != nil && ld.series.Len() > 0 {
		return ld.series.Period
	}
	return market.Period5m
}

// changePlot is the change of open interest in each bar: of contracts, or what
// the contracts that came or went are worth, without the change of their price.
func (h *History) changePlot(v *View) charts.Plot {
	w, p := h.o.Words, look.Current()
	t := v.Curves[0].track
	v.Curves = append(v.Curves, Curve{track: t, of: h.unitOf(contractsOf, positionOf)})
	message := v.Request.Message // nothing is known, as above
	if _, ok := t.first(); ok {
		message = w.T("chart.pane_no_change")
	}
	f := withSign(h.readUnit())
	v.Reads = append(v.Reads, Read{Label: w.T("chart.pane_change_read"), Format: f, Bucket: h.perBar(f)})
	return charts.Plot{
		Title: w.T("chart.pane_change_title", assets.Args{"Unit": w.T("chart." + h.unit)}),
		Left:  charts.ValueAxis{Format: axisNumber(w.Lang())}, Message: message,
		Lines: []charts.Line{{Key: changeKey, Form: charts.Changes, Period: h.period().Millis(), Gap: t.gap, Colour: p.Up, Down: p.Down}},
	}
}

// plotMessage is what stands in a plot without anything to show: that it is
// coming, or why it isn't.
func (h *History) plotMessage(what string, l *plotLoad) string {
	return h.loadMessage(h.symbol, what, l)
}

func (p *pane) loadMessage(symbol, what string, l *plotLoad) string {
	w := p.o.Words
	switch {
	case l.err != nil && !l.running:
		return w.T("chart.pane_failed", assets.Args{"What": what, "Sentence": reason(w, symbol, l.err), "Time": format.Clock(l.again)})
	case !l.had:
		return w.T("chart.loading", assets.Args{"Symbols": what})
	}
	return w.T("chart.no_data")
}

// unitOf is the first of two in contracts, the second in USD.
func (h *History) unitOf(contracts, usd quantity) quantity {
	if h.unit == UnitUSD {
		return usd
	}
	return contracts
}

// readUnit writes an amount in the unit chosen.
func (h *History) readUnit() func(float64) string {
	w := h.o.Words
	read := contractsRead(w.Lang(), h.snapshot.Quote(h.symbol))
	if h.unit == UnitUSD {
		read = func(x float64) string { return format.Compact(w.Lang(), x) }
	}
	return unitFormat(read, h.unitWord())
}

// withSign adds the plus that numbers above zero don't have.
func withSign(f func(float64) string) func(float64) string {
	return func(x float64) string {
		if x > 0 {
			return "+" + f(x)
		}
		return f(x)
	}
}

// fundingRate writes a rate in percent as finely as the exchange does.
func fundingRate(x float64) string {
	return withSign(func(x float64) string { return format.ExactTo(x, 4) })(x) + " %"
}
