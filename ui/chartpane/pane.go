package chartpane

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/tabs"
)

// The units of a chart, as they are kept in a state.
const (
	UnitContracts = "contracts"
	UnitUSD       = "usd"
	UnitPercent   = "percent" // of Compare only
)

// pane is what History and Compare have in common: the choice of a range and a
// unit, what is loaded of the contracts shown, and a chart of it between a
// header and notes.
type pane struct {
	widget.BaseWidget

	o        Options
	cancel   context.CancelFunc
	changed  func() // what is shown may have changed: the update of History or Compare
	chosen   func() // the person chose otherwise: an update, and the state is told
	loader   *loader
	firings  *firings
	snapshot *market.Snapshot
	axis     *TimeAxis
	told     market.Range // the range chosen that the state said last
	unit     string
	drawnKey string // of the view shown

	chart   *Chart
	link    fyne.CanvasObject // nil: there is nothing to link to
	ranges  *tabs.Strip
	picking *rangePick // the one opened last
	units   *tabs.Strip
	notes   *notes
	subject func() subject // of files and pictures
	fetch   *fetchNote
	content *fyne.Container
}

// open begins with the range and the unit of a state, or the first of units;
// chosen is called when the person chose another of either.
func (p *pane) open(o Options, rangeName, unit string, units []string, changed, chosen func()) {
	o = o.complete()
	p.changed, p.chosen, p.unit = changed, chosen, unit
	o.Context, p.cancel = context.WithCancel(o.Context)
	p.o = o
	p.loader = newLoader(o, changed)
	p.firings = newFirings(o, changed)
	p.axis = newTimeAxis(rangeNamed(o.Ranges, rangeName), o.Ranges)
	p.axis.first, p.axis.earliest = p.first, p.earliest
	p.link = p.linkButton()
	p.told = p.axis.Chosen()
	p.chart = newChart(o, p.axis)
	p.axis.Subscribe(p.moved, p.chart.place)
	p.fetch = newFetchNote(o, changed)
	p.notes = newNotes()

	if !slices.Contains(units, unit) {
		p.unit = units[0]
	}
	names := make([]string, len(units))
	for i, u := range units {
		names[i] = o.Words.T("chart." + u)
	}
	p.units = tabs.New(names, slices.Index(units, p.unit))
	p.units.OnChange = func(i int) { p.unit = units[i]; chosen() }
	p.ranges = tabs.New(rangeNames(o.Words, o.Ranges), 0)
	p.ranges.OnChange = p.pickRange
	p.ranges.OnAgain = p.pickRange
	p.showRange()
}

// pickRange shows the i-th range of the strip, or asks for any other.
func (p *pane) pickRange(i int) {
	if i < len(p.o.Ranges) {
		p.axis.Choose(p.o.Ranges[i])
		return
	}
	p.showRange() // it is not chosen yet
	p.picking = openRangePick(p.axis, p.o.Words, p.ranges)
}

// moved follows the axis.
func (p *pane) moved() {
	p.showRange()
	if r := p.axis.Chosen(); r != p.told {
		p.told = r
		p.chosen()
		return
	}
	p.changed()
}

// showRange marks the range chosen in the strip, and names it there if it was
// typed; none where something else is shown.
func (p *pane) showRange() {
	last := len(p.o.Ranges)
	i, name := slices.Index(p.o.Ranges, p.axis.Chosen()), more
	if i < 0 {
		i, name = last, p.axis.Chosen().String()+more
	}
	if p.axis.Zoomed() {
		i = -1
	}
	p.ranges.Choose(i)
	if p.ranges.Rename(last, name) && p.content != nil {
		p.content.Refresh()
	}
}

// arrange puts the pane together: its title and choices, a legend, the chart,
// and the notes.
func (p *pane) arrange(legend *fyne.Container, export func() Export, header ...fyne.CanvasObject) {
	header = append(header, p.units)
	if b := markerButton(p.o); b != nil {
		header = append(header, b)
	}
	if b := p.saveButton(export); b != nil {
		header = append(header, b)
	}
	if p.link != nil {
		header = append(header, p.link)
	}
	top := container.New(headerWrap, append(header, p.ranges)...)
	p.content = container.New(paneLayout{}, top, legend, p.chart, p.notes.box)
}

// Close ends loading and drawing, and lets go of what was loaded: Fyne keeps a
// pane that is gone for a minute, and years of ten contracts are tens of megabytes.
func (p *pane) Close() {
	p.cancel()
	p.loader.forget()
	p.firings.forget()
	p.chart.forget()
	p.snapshot, p.drawnKey = nil, ""
}

// SetSnapshot hands over the newest snapshot.
func (p *pane) SetSnapshot(s *market.Snapshot) {
	p.snapshot = s
	p.axis.advance(p.now())
	p.changed()
}

// Busy reports whether something that will be seen is still being loaded or drawn.
func (p *pane) Busy() bool {
	return p.loader.busy() || p.firings.busy() || p.chart.Busy() || p.fetch.now.active()
}

// Chart returns the chart itself, for focus and pictures.
func (p *pane) Chart() *Chart { return p.chart }

// CreateRenderer implements fyne.Widget.
func (p *pane) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(p.content) }

// now is the time of the snapshot: the exchange's clock.
func (p *pane) now() time.Time {
	if p.snapshot == nil {
		return time.Time{}
	}
	return p.snapshot.Time
}

// first is the time of the first point there is of any contract shown.
func (p *pane) first() int64 {
	first := p.axis.millis()
	for _, ld := range p.loader.loads {
		first = min(first, ld.first(first))
	}
	return first
}

// earliest is when the contracts shown could have begun.
func (p *pane) earliest() int64 {
	first, now := p.first(), p.axis.millis()
	for symbol := range p.loader.loads {
		first = min(first, p.begins(symbol))
	}
	if p.o.Archive == nil {
		first = max(first, now-time.Duration(market.Range30d).Milliseconds())
	}
	return first
}

// opened is when the exchange began to trade such contracts.
var opened = time.Date(2019, 9, 8, 0, 0, 0, 0, time.UTC).UnixMilli()

// begins is the first day of trading of a contract; opened while that isn't known.
func (p *pane) begins(symbol string) int64 {
	if q := p.snapshot.Quote(symbol); q != nil && !q.Contract.Listed.IsZero() {
		return q.Contract.Listed.UnixMilli()
	}
	return opened
}

// want loads the contracts that are shown.
func (p *pane) want(symbols []string) {
	r := p.axis.Needs()
	p.loader.want(symbols, r, p.now())
	p.firings.want(symbols, r, p.now())
}

// draw has a view drawn, unless that of the same key is shown.
func (p *pane) draw(key string, view func() View) {
	if key != p.drawnKey {
		p.drawnKey = key
		p.chart.SetView(view())
	}
}

// key tells whether a contract's lines and markers would look different: its
// series, its live point, rounded as it is shown, and its events.
func (p *pane) key(symbol string) string {
	var series string
	if ld := p.loader.loads[symbol]; ld != nil {
		series = fmt.Sprintf("%v %t %t %p/%d", ld.of, ld.awaited(), ld.err != nil, ld.series, ld.series.Len())
	}
	live := ""
	if q := p.snapshot.Quote(symbol); q != nil {
		digits := 6
		if isLong(p.axis.Fits()) { // as many as are seen at the end of a year
			digits = 4
		}
		live = fmt.Sprintf("%.*g %.*g %d", digits, q.Contracts(), digits, q.Price(), q.History.Len())
	}
	return fmt.Sprint(symbol, " ", series, " ", live, " ", p.firings.key(symbol))
}

// unitNotes say of contracts shown from an instant on that their unit changed.
func (p *pane) unitNotes(symbols []string, from int64) (notes []note) {
	for _, s := range symbols {
		ld := p.loader.loads[s]
		if ld == nil {
			continue
		}
		for _, c := range ld.track(p.snapshot.Quote(s), from).changes {
			if c.Time > from {
				args := assets.Args{"Symbol": s, "Time": format.Stamp(c.Time), "Old": "", "New": ""}
				if market.Known(c.Factor) {
					args["Old"], args["New"] = roundNumber(max(1, 1/c.Factor)), roundNumber(max(1, c.Factor))
				}
				notes = append(notes, remark(p.o.Words.T("chart.unit_changed", args)))
			}
		}
	}
	return notes
}

// failures say which loads failed and why, those with the same reason in one note.
func (p *pane) failures(symbols []string) (notes []note) {
	failed := map[string][]string{} // symbols, by sentence
	var sentences []string
	for _, s := range symbols {
		ld := p.loader.loads[s]
		if ld == nil || ld.err == nil || ld.running {
			continue
		}
		sentence := reason(p.o.Words, s, ld.err)
		if failed[sentence] == nil {
			sentences = append(sentences, sentence)
		}
		failed[sentence] = append(failed[sentence], s)
	}
	w := p.o.Words
	for _, sentence := range sentences {
		of := failed[sentence]
		text := w.T("chart.failed", assets.Args{"Symbol": format.Symbols(w, of, 2), "Sentence": sentence})
		notes = append(notes, warning(text, w.T("chart.retry"), func() {
			for _, s := range of {
				p.loader.retry(s, p.now())
			}
			p.changed()
		}))
	}
	return notes
}

// showNotes says below the chart what could not be loaded and why, how far the
// archive is, and before that what the pane has to say itself.
func (p *pane) showNotes(symbols []string, own ...note) {
	lines := append(own, p.failures(symbols)...)
	r := p.axis.Needs()
	if p.fetch.show(readFetching(p.o.Archive, symbols, r), r, len(symbols) > 1) {
		lines = append(lines, note{says: "archive", object: func() fyne.CanvasObject { return p.fetch.object }})
	}
	if p.notes.show(lines) {
		p.content.Refresh()
	}
}
