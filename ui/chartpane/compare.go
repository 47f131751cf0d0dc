package chartpane

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/signal"
	"openinterest/ui/format"
	"openinterest/ui/look"
	"openinterest/ui/tabs"
)

// CompareState is what a person chose in a Compare pane, and the colours of the
// symbols. Its zero value is the open interest in percent over 24 hours.
type CompareState struct {
	Range  string            `json:"range"`
	Metric string            `json:"metric,omitempty"` // MetricOpenInterest, MetricPrice or MetricFunding
	Unit   string            `json:"unit"`             // of open interest: UnitPercent, UnitUSD, UnitContracts, UnitZ or UnitShare
	Others map[string]string `json:"others,omitempty"` // the units of the other metrics
	Linear bool              `json:"linear"`           // not logarithmic, in USD and contracts
	Slots  map[string]int    `json:"slots"`            // the palette slot of each symbol
}

// Compare shows open interest, price or funding of the ticked contracts.
type Compare struct {
	pane

	OnUntick    func(symbol string)    // the cross of a chip was tapped
	OnTick      func(symbols []string) // these are to be ticked, and no others
	OnHighlight func(symbol string)    // a line was clicked; empty: once more
	OnState     func(CompareState)     // the person chose otherwise

	symbols []string
	more    bool // more were ticked than are shown
	slots   map[string]int
	metric  string
	unitOf  map[string]string // by metric
	linear  bool
	pinned  string   // the symbol clicked; empty: none
	lit     string   // the symbol highlighted: that under the pointer, or pinned
	lines   []string // the symbol of each line
	paid    *fundings

	title  *canvas.Text
	by     *dropdown // chooses the metric
	strips map[string]*tabs.Strip
	scale  *tabs.Strip
	legend *ribbon
}

// NewCompare builds the pane, with nothing ticked.
func NewCompare(o Options, s CompareState) *Compare {
	c := &Compare{linear: s.Linear, slots: s.Slots}
	c.open(o, s.Range, s.Unit, unitsOfMetric[MetricOpenInterest], c.update, c.chosen)
	c.paid = newFundings(c.o, c.update)
	c.openMetrics(s)
	c.chart.OnHoverLabel = func(line int) {
		if line >= 0 && line < len(c.lines) {
			c.highlight(c.lines[line])
		} else {
			c.highlight("")
		}
	}
	c.chart.OnTapLine = func(line int) {
		if line < len(c.lines) {
			c.pin(c.lines[line])
		}
	}
	c.chart.OnMeasure, c.subject = c.measure, c.named
	c.title = canvas.NewText("", look.Current().Text)
	c.title.TextSize = look.TextSize
	look.SetFont(c.title, true)
	scales := []bool{true, false} // linear or not
	c.scale = tabs.New([]string{o.Words.T("chart.linear"), o.Words.T("chart.log")}, slices.Index(scales, c.linear))
	c.scale.OnChange = func(i int) { c.linear = scales[i]; c.chosen() }
	c.legend = newRibbon()
	words := c.o.Words
	c.by = newDropdown("", words.T("compare.metric_tip"), func(below fyne.CanvasObject) { look.OpenMenu(below, c.metricMenu()...) })
	top := newDropdown(words.T("compare.top", assets.Args{"Count": leadersShown}), words.T("compare.top_tip"),
		func(below fyne.CanvasObject) { look.OpenMenu(below, c.pickMenu()...) })
	head := container.New(layout.NewCustomPaddedHBoxLayout(10), c.title, c.by, top)
	c.arrange(container.New(oneLine{}, c.legend), c.Export, head, c.scale, c.strips[MetricPrice], c.strips[MetricFunding])
	c.ExtendBaseWidget(c)
	c.showTicked()
	return c
}

// State returns what is chosen.
func (c *Compare) State() CompareState {
	s := CompareState{Range: c.axis.Chosen().String(), Metric: c.metric, Unit: c.unitOf[MetricOpenInterest], Linear: c.linear, Slots: maps.Clone(c.slots)}
	for _, m := range metrics[1:] {
		if c.unitOf[m] != unitsOfMetric[m][0] {
			if s.Others == nil {
				s.Others = map[string]string{}
			}
			s.Others[m] = c.unitOf[m]
		}
	}
	return s
}

// chosen follows a choice.
func (c *Compare) chosen() {
	c.unitOf[c.metric] = c.unit
	c.update()
	if c.OnState != nil {
		c.OnState(c.State())
	}
}

// SetTicked says which symbols are compared, in the order they were ticked. Of
// more than MaxSymbols, the rest is left out, and a sentence says so.
func (c *Compare) SetTicked(symbols []string) {
	c.symbols, c.more = firstUnique(symbols, MaxSymbols)
	c.slots = assignSlots(c.slots, c.symbols)
	c.showTicked()
}

// showTicked shows what is ticked, in title, legend and chart.
func (c *Compare) showTicked() {
	if !slices.Contains(c.symbols, c.pinned) {
		c.pinned = ""
	}
	if !slices.Contains(c.symbols, c.lit) {
		c.lit = c.pinned
	}
	c.title.Text = c.o.Words.T("chart.compare")
	if n := len(c.symbols); n > 0 {
		c.title.Text += "  " + strconv.Itoa(n)
	}
	chips := make([]fyne.CanvasObject, len(c.symbols))
	for i, s := range c.symbols {
		colour, dash := charts.Palette(c.slots[s], look.Current().Background)
		chip := newChip(s, c.o.Words.T("compare.chip_tip", assets.Args{"Symbol": s}), colour, dash)
		chip.onTap = func() { c.pin(s) }
		chip.onCross = func() {
			if c.OnUntick != nil {
				c.OnUntick(s)
			}
		}
		chip.onHover = func(on bool) {
			if on {
				c.highlight(s)
			} else if c.lit == s {
				c.highlight("")
			}
		}
		chips[i] = chip
	}
	c.legend.set(chips)
	c.update()
	c.content.Refresh()
}

// highlight draws one symbol's line strongly and the others faintly; with an
// empty one, that which was clicked, or all the same.
func (c *Compare) highlight(symbol string) {
	if symbol == "" {
		symbol = c.pinned
	}
	if symbol != c.lit {
		c.lit = symbol
		c.update()
	}
}

// pin keeps a symbol highlighted until it, or another, is clicked.
func (c *Compare) pin(symbol string) {
	if symbol == c.pinned {
		symbol = ""
	}
	c.pinned = symbol
	c.highlight("")
	for _, o := range c.legend.items {
		if o.(*chip).symbol == symbol {
			c.legend.reveal(o)
		}
	}
	if c.OnHighlight != nil {
		c.OnHighlight(symbol)
	}
}

// metricMenu offers what can be compared.
func (c *Compare) metricMenu() []*fyne.MenuItem {
	items := make([]*fyne.MenuItem, len(metrics))
	for i, m := range metrics {
		items[i] = fyne.NewMenuItem(capital(c.o.Words.T(metricWords[m])), func() { c.compareBy(m) })
		items[i].Checked = m == c.metric
	}
	return items
}

// Busy reports whether something that will be seen is still being loaded or drawn.
func (c *Compare) Busy() bool { return c.pane.Busy() || c.paid.busy() }

// update loads what is missing, and has the chart drawn if it would look different.
func (c *Compare) update() {
	c.showChoices()
	at := c.now()
	if at.IsZero() {
		at = time.UnixMilli(0)
	} else {
		c.want(c.symbols)
		if c.metric == MetricFunding {
			c.paid.want(c.symbols, c.axis.Needs(), at)
		}
	}
	from, to := c.axis.Span()
	all := c.tracks(from)
	begin := startsOf(all, to)
	var own []note
	if c.more {
		own = append(own, warning(c.o.Words.T("chart.too_many", assets.Args{"Max": MaxSymbols}), "", nil))
	}
	if c.unit == UnitPercent && begin.isCut(to-from) && c.complete() {
		own = append(own, remark(c.startNote(begin)))
	}
	own = append(own, c.metricNotes(all, from, to)...)
	if c.unit != UnitUSD && c.unit != UnitShare && c.metric != MetricFunding {
		own = append(own, c.unitNotes(c.symbols, from)...)
	}
	c.showNotes(c.symbols, own...)
	key := fmt.Sprint(from, to, c.metric, c.unit, c.linear, c.lit, c.fetch.now.state)
	for _, s := range c.symbols {
		key += "\n" + c.key(s)
		if c.metric == MetricFunding {
			points, came := c.paid.of(s)
			key += fmt.Sprint(len(points), came)
		}
	}
	c.draw(key, c.view)
	for _, o := range c.legend.items {
		chip := o.(*chip)
		ld := c.loader.loads[chip.symbol]
		chip.setState(ld == nil || ld.series == nil && ld.err == nil, c.lit == chip.symbol)
		if chip.setName(c.name(chip.symbol, begin, func(ms int64) string { return format.StampOf(ms, at) })) {
			defer c.legend.Refresh() // another name takes another room
		}
	}
}

// startNote says since when a comparison counts.
func (c *Compare) startNote(begin starts) string {
	return c.o.Words.T("chart.common_start", assets.Args{"Time": format.Stamp(begin.common), "Symbol": begin.by})
}

// name is a symbol as legend and read-out have it: with the instant since which
// its line counts, where that is not the others'.
func (c *Compare) name(symbol string, begin starts, write func(ms int64) string) string {
	at, late := begin.own[symbol]
	if !late || c.unit != UnitPercent || !c.complete() { // what is still loading begins later than the contract
		return symbol
	}
	return c.o.Words.T("chart.own_start", assets.Args{"Symbol": symbol, "Time": write(at)})
}

// view is the lines of all symbols that have one.
func (c *Compare) view() View {
	w, p := c.o.Words, look.Current()
	from, to := c.axis.Span()
	all := c.tracks(from)
	begin := startsOf(all, to)
	v := View{Request: charts.Request{
		From: from, To: to, Theme: chartTheme(p), Watermark: c.o.watermark(), EndLabels: true,
		Left: c.valueAxis(begin, len(all.symbols)),
		Time: timeAxis(w.Lang(), time.UnixMilli(to), c.now()),
	}}
	v.derive, v.sorted = c.derivation(), true
	whole, cut := c.tracks(0), begin.isCut(to-from)
	v.Request.Message = c.message()
	if c.metric != MetricFunding {
		v.Request.Blanks, v.gaps = c.blanks(whole.tracks), c.gapReasons()
		if why := c.whyEmpty(whole.tracks); why != "" && v.Request.Message == w.T("chart.no_data") {
			v.Request.Message = why
		}
	}
	if c.unit == UnitPercent && cut && c.complete() {
		v.Request.Blanks = []charts.Blank{{From: from, To: begin.common, Text: c.startNote(begin)}}
	}
	c.lines = nil
	for i, s := range all.symbols {
		q := c.snapshot.Quote(s)
		curve := Curve{track: whole.tracks[i], of: c.values()}
		line := charts.Line{Gap: curve.track.gap}
		switch {
		case c.metric == MetricFunding:
			line = c.funding(s, q)
		case c.unit == UnitPercent:
			since := begin.since(s)
			line.Base = c.base(all.tracks[i].from(since))
			if _, late := begin.own[s]; cut || late { // else it comes in from the left
				curve.since = since
			}
		}
		line.Key, line.Label = s, short(s)
		line.Colour, line.Dash = charts.Palette(c.slots[s], p.Background)
		switch {
		case c.lit == s:
			line.Width = 2.4
		case c.lit != "":
			line.Colour = look.WithAlpha(line.Colour, 0.28)
		}
		v.Request.Lines = append(v.Request.Lines, line)
		if c.metric != MetricFunding {
			v.Curves = append(v.Curves, curve)
		}
		v.Reads = append(v.Reads, Read{Label: c.name(s, begin, format.Stamp), Format: c.format(q)})
		c.lines = append(c.lines, s)
		if c.lit == "" || c.lit == s {
			for _, e := range c.firings.of(s, c.axis.Fits()) {
				if e.Kind.Reading() == signal.Unknown { // of several contracts there is no room for readings
					v.marks = append(v.marks, newMark(e, len(c.lines)-1, &line.Colour))
				}
			}
		}
	}
	return v
}

// showChoices shows what can be chosen of the metric and the unit.
func (c *Compare) showChoices() {
	for m, strip := range c.strips {
		look.SetVisible(m == c.metric, strip)
	}
	look.SetVisible(c.unit == UnitUSD || c.unit == UnitContracts, c.scale)
	c.by.say(c.o.Words.T(metricWords[c.metric]))
}

// message is what stands in the middle of a chart without lines.
func (c *Compare) message() string {
	w := c.o.Words
	if len(c.symbols) == 0 {
		return w.T("chart.compare_empty")
	}
	if c.fetch.now.active() {
		return w.T("history.coming")
	}
	message := "chart.no_data"
	for _, s := range c.symbols {
		switch ld := c.loader.loads[s]; {
		case ld == nil || ld.awaited():
			return w.T("chart.loading", assets.Args{"Symbols": strings.Join(c.symbols, w.T("chart.comma"))})
		case ld.err != nil:
			message = "chart.not_loaded"
		}
	}
	return w.T(message)
}

// short is a symbol as a line's end has room for it: without what all have in common.
func short(symbol string) string {
	if base, ok := strings.CutSuffix(symbol, "USDT"); ok && base != "" {
		return base
	}
	return symbol
}
