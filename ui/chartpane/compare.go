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

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/format"
	"openinterest/ui/look"
	"openinterest/ui/tabs"
)

// CompareState is what a person chose in a Compare pane, and the colours of the
// symbols. Its zero value is percent over 24 hours.
type CompareState struct {
	Range  string         `json:"range"`
	Unit   string         `json:"unit"`   // UnitPercent, UnitUSD or UnitContracts
	Linear bool           `json:"linear"` // not logarithmic, in USD and contracts
	Slots  map[string]int `json:"slots"`  // the palette slot of each symbol
}

// Compare shows the open interest of the ticked contracts.
type Compare struct {
	pane

	OnUntick func(symbol string) // a chip of the legend was tapped
	OnState  func(CompareState)  // the person chose otherwise

	symbols []string
	more    bool // more were ticked than are shown
	slots   map[string]int
	linear  bool
	lit     string   // the symbol highlighted; empty: none
	lines   []string // the symbol of each line

	title  *canvas.Text
	scale  *tabs.Strip
	legend *fyne.Container
}

// NewCompare builds the pane, with nothing ticked.
func NewCompare(o Options, s CompareState) *Compare {
	c := &Compare{linear: s.Linear, slots: s.Slots}
	c.open(o, s.Range, s.Unit, []string{UnitPercent, UnitUSD, UnitContracts}, c.update, c.chosen)
	c.chart.OnHoverLabel = func(line int) {
		if line >= 0 && line < len(c.lines) {
			c.highlight(c.lines[line])
		} else {
			c.highlight("")
		}
	}
	c.chart.OnMeasure = c.measure
	c.title = canvas.NewText("", look.Current().Text)
	c.title.TextSize = look.TextSize
	look.SetFont(c.title, true)
	scales := []bool{true, false} // linear or not
	c.scale = tabs.New([]string{o.Words.T("chart.linear"), o.Words.T("chart.log")}, slices.Index(scales, c.linear))
	c.scale.OnChange = func(i int) { c.linear = scales[i]; c.chosen() }
	c.legend = container.New(wrap{gap: 5, row: chipHeight})
	c.arrange(c.legend, c.Export, c.title, c.scale)
	c.ExtendBaseWidget(c)
	c.showTicked()
	return c
}

// State returns what is chosen.
func (c *Compare) State() CompareState {
	return CompareState{Range: c.axis.Chosen().String(), Unit: c.unit, Linear: c.linear, Slots: maps.Clone(c.slots)}
}

// chosen follows a choice.
func (c *Compare) chosen() {
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
	if !slices.Contains(c.symbols, c.lit) {
		c.lit = ""
	}
	c.title.Text = c.o.Words.T("chart.compare")
	if n := len(c.symbols); n > 0 {
		c.title.Text += "  " + strconv.Itoa(n)
	}
	chips := make([]fyne.CanvasObject, len(c.symbols))
	for i, s := range c.symbols {
		colour, dash := charts.Palette(c.slots[s], look.Current().Background)
		chips[i] = newChip(s, c.o.Words.T("chart.untick", assets.Args{"Symbol": s}), colour, dash != nil,
			func() {
				if c.OnUntick != nil {
					c.OnUntick(s)
				}
			}, func(on bool) {
				if on {
					c.highlight(s)
				} else if c.lit == s {
					c.highlight("")
				}
			})
	}
	c.legend.Objects = chips
	c.update()
	c.content.Refresh()
}

// highlight draws one symbol's line strongly and the others faintly.
func (c *Compare) highlight(symbol string) {
	if symbol != c.lit {
		c.lit = symbol
		c.update()
	}
}

// update loads what is missing, and has the chart drawn if it would look different.
func (c *Compare) update() {
	look.SetVisible(c.unit != UnitPercent, c.scale)
	at := c.now()
	if at.IsZero() {
		at = time.UnixMilli(0)
	} else {
		c.want(c.symbols)
	}
	from, to := c.axis.Span()
	begin := startsOf(c.tracks(from), to)
	var own []note
	if c.more {
		own = append(own, warning(c.o.Words.T("chart.too_many", assets.Args{"Max": MaxSymbols}), "", nil))
	}
	if c.unit == UnitPercent && begin.isCut(to-from) && c.complete() {
		own = append(own, remark(c.startNote(begin)))
	}
	if c.unit != UnitUSD {
		own = append(own, c.unitNotes(c.symbols, from)...)
	}
	c.showNotes(c.symbols, own...)
	key := fmt.Sprint(from, to, c.unit, c.linear, c.lit, c.fetch.now.state)
	for _, s := range c.symbols {
		key += "\n" + c.key(s)
	}
	c.draw(key, c.view)
	for _, o := range c.legend.Objects {
		chip := o.(*chip)
		ld := c.loader.loads[chip.symbol]
		chip.setState(ld == nil || ld.series == nil && ld.err == nil, c.lit == chip.symbol)
		if chip.setName(c.name(chip.symbol, begin, func(ms int64) string { return format.StampOf(ms, at) })) {
			defer c.content.Refresh() // another name takes another room
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
		Left: charts.ValueAxis{Unit: w.T("chart." + c.unit), Format: axisNumber(w.Lang()), Log: !c.linear},
		Time: charts.TimeAxis{Zone: "UTC", Format: axisTime(w.Lang(), c.now())},
	}}
	if c.unit == UnitPercent {
		v.Request.Left = charts.ValueAxis{Unit: w.T("chart.percent_axis", assets.Args{"Time": format.Stamp(begin.common)}), Format: axisPercent}
	}
	whole := c.tracks(0)
	v.Request.Blanks, v.gaps = c.blanks(whole.tracks), c.gapReasons()
	if v.Request.Message = c.message(); v.Request.Message == w.T("chart.no_data") {
		if why := c.whyEmpty(whole.tracks); why != "" {
			v.Request.Message = why
		}
	}
	cut := begin.isCut(to - from)
	if c.unit == UnitPercent && cut && c.complete() {
		v.Request.Blanks = []charts.Blank{{From: from, To: begin.common, Text: c.startNote(begin)}}
	}
	c.lines = nil
	for i, s := range all.symbols {
		q := c.snapshot.Quote(s)
		curve := Curve{track: whole.tracks[i], of: c.values()}
		line := charts.Line{Key: s, Label: short(s), Gap: curve.track.gap}
		if c.unit == UnitPercent {
			since := begin.since(s)
			line.Base = all.tracks[i].from(since).base()
			if _, late := begin.own[s]; cut || late { // else it comes in from the left
				curve.since = since
			}
		}
		line.Colour, line.Dash = charts.Palette(c.slots[s], p.Background)
		switch {
		case c.lit == s:
			line.Width = 2.4
		case c.lit != "":
			line.Colour = look.WithAlpha(line.Colour, 0.28)
		}
		v.Request.Lines = append(v.Request.Lines, line)
		v.Curves = append(v.Curves, curve)
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

// values are those of a track in the unit chosen; percent are contracts with a base.
func (c *Compare) values() quantity {
	if c.unit == UnitUSD {
		return usdOf
	}
	return contractsOf
}

// format writes the read-out's values.
func (c *Compare) format(q *market.Quote) func(float64) string {
	switch c.unit {
	case UnitUSD:
		return unitFormat(func(x float64) string { return format.Compact(c.o.Words.Lang(), x) }, c.o.Words.T("chart.usd"))
	case UnitContracts:
		return contractsRead(c.o.Words.Lang(), q)
	}
	return format.PercentUnit
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
