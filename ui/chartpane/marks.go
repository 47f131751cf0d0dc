package chartpane

import (
	"image/color"
	"slices"
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/format"
	"openinterest/ui/look"
	"openinterest/ui/look/tip"
)

// Marking is what a pane needs to mark events on its chart. A nil Events marks none.
type Marking struct {
	Events  Events
	Tips    *tip.Layer                     // where the tooltips of markers are shown
	Explain func(signal.Event) tip.Content // what a marker's tooltip says
	OnGuide func(signal.EventKind)         // a marker was clicked
	Name    func(signal.EventKind) string  // what a kind is called, in the list of a count and of what is marked
	Choice  *MarkerChoice                  // which kinds are marked; nil: all
}

// hasRoom reports whether a kind is marked on charts of a range: readings fire
// up to once a day each, those over 4 hours too, and of a year's other signals
// only the flushes, the rarest, leave the lines to be seen.
func hasRoom(k signal.EventKind, r market.Range) bool {
	switch {
	case k == signal.Flush1h:
		return true
	case k.Reading() == signal.Unknown:
		return r <= market.Range30d
	case k.Window() == market.Window4h:
		return r <= market.Range3d
	}
	return r <= market.Range7d
}

// mark is an event, or a liquidation, on one of a view's lines.
type mark struct {
	event  signal.Event
	large  *market.Liquidation // nil: it is an event
	line   int
	shape  charts.Shape
	colour color.NRGBA
}

// newMark is made on the UI's goroutine, where the palette is. colour is that
// of the contract where there are several, which says more than the kind's own.
func newMark(e signal.Event, line int, colour *color.NRGBA) mark {
	m := mark{event: e, line: line}
	m.shape, m.colour = signOf(e.Kind, look.Current())
	if colour != nil {
		m.colour = *colour
	}
	return m
}

// markers places the marks of a view on its lines, which must be built. The
// i-th marker is that of the i-th mark that is returned with them.
func markers(marks []mark, lines []charts.Line) ([]charts.Marker, []mark) {
	var placed []charts.Marker
	var kept []mark
	for _, m := range marks {
		at := m.time().UnixMilli()
		value, ok := valueAt(&lines[m.line], at)
		if !ok {
			continue
		}
		placed = append(placed, charts.Marker{
			Key: m.symbol() + " " + string(m.event.Kind), Time: at, Value: lines[m.line].Shown(value), Axis: lines[m.line].Axis, Shape: m.shape, Colour: m.colour,
		})
		kept = append(kept, m)
	}
	return placed, kept
}

// valueAt is where a line passes an instant: between two of its points, the
// straight line that is drawn between them.
func valueAt(l *charts.Line, at int64) (float64, bool) {
	n := len(l.Times)
	i := sort.Search(n, func(i int) bool { return l.Times[i] >= at })
	switch {
	case i < n && l.Times[i] == at:
		return l.Values[i], market.Known(l.Values[i])
	case i == 0 || i == n:
		return 0, false
	}
	from, to := l.Times[i-1], l.Times[i]
	if l.Gap > 0 && to-from > l.Gap {
		return 0, false
	}
	v := l.Values[i-1] + (l.Values[i]-l.Values[i-1])*float64(at-from)/float64(to-from)
	return v, market.Known(v)
}

// signOf is how a kind is drawn. A triangle points the way that open interest
// went, for a spike or a flush; the disc of a reading has the colour of the
// price's direction, a diamond is a warning about a level.
func signOf(k signal.EventKind, p *look.Palette) (charts.Shape, color.NRGBA) {
	switch k {
	case signal.Spike1h, signal.Spike4h:
		return charts.TriangleUp, p.Text
	case signal.Flush1h:
		return charts.TriangleDown, p.Text
	case signal.DivergenceHigh, signal.DivergenceLow:
		return charts.Diamond, p.Warning
	case signal.CrowdedLongs, signal.CrowdedShorts:
		return charts.Diamond, p.Error
	case signal.LiquidatedLongs1h, signal.LiquidatedShorts1h:
		return charts.TriangleDown, p.Warning
	}
	if _, _, ok := k.Ratio(); ok {
		return charts.Diamond, p.Text
	}
	switch k.Reading() {
	case signal.StrongBullish, signal.WeakeningRally:
		return charts.Circle, p.Up
	}
	return charts.Circle, p.Down
}

// markKey names a marker, or a count, to the tooltip layer.
type markKey struct {
	chart  *Chart
	symbol string
	kind   signal.EventKind
	at     int64
	count  int
}

// marksAt are the marks at a pixel of the picture: one, or those of a count, in
// the order in which they fired.
func (c *Chart) marksAt(x, y float64) (marks []mark) {
	if c.picture == nil {
		return nil
	}
	for _, i := range c.picture.MarkersAt(x, y) {
		if i < len(c.shown.marks) {
			marks = append(marks, c.shown.marks[i])
		}
	}
	slices.SortStableFunc(marks, func(a, b mark) int { return a.time().Compare(b.time()) })
	return marks
}

// hoverMark explains the marker under the pointer, beside the read-out.
func (c *Chart) hoverMark(x, y float64, at fyne.Position) {
	if c.marking.Tips == nil || c.marking.Explain == nil {
		return
	}
	marks := c.marksAt(x, y)
	if len(marks) > 0 {
		first := marks[0]
		key := markKey{c, first.symbol(), first.event.Kind, first.time().UnixMilli(), len(marks)}
		c.marking.Tips.PointBeside(key, at, c.readOut(), func() tip.Content { return c.explain(marks) })
	} else if c.onMark {
		c.marking.Tips.Out()
	}
	c.onMark = len(marks) > 0
}

// leaveMark takes the explanation away: a click did something else.
func (c *Chart) leaveMark() {
	c.onMark = false
	if c.marking.Tips != nil {
		c.marking.Tips.Leave()
	}
}

// readOut is where the read-out is in the window; empty while there is none.
func (c *Chart) readOut() tip.Box {
	if !c.cross.box.Visible() {
		return tip.Box{}
	}
	origin := fyne.CurrentApp().Driver().AbsolutePositionForObject(c)
	return tip.Box{Position: origin.Add(c.cross.box.Position()), Size: c.cross.box.Size()}
}

// listed is how many of the markers that a count stands for its tooltip names.
const listed = 8

// explain says what fired, or was liquidated.
func (c *Chart) explain(marks []mark) tip.Content {
	if len(marks) == 1 || c.marking.Name == nil {
		first := marks[0]
		if first.large != nil {
			return c.explainLiquidation(*first.large)
		}
		content := c.marking.Explain(first.event)
		if c.marking.OnGuide != nil {
			content.OnFooter = func() {
				c.leaveMark()
				c.marking.OnGuide(first.event.Kind)
			}
		}
		return content
	}
	content := tip.Content{Title: c.words.T(countWord(marks), assets.Args{"Count": len(marks)}), Footer: c.words.T("markers.zoom")}
	for _, m := range marks[:min(listed, len(marks))] {
		content.Facts = append(content.Facts, tip.Fact{Label: format.Stamp(m.time().UnixMilli()), Value: m.symbol() + " · " + c.nameOf(m)})
	}
	if more := len(marks) - listed; more > 0 {
		content.Paragraphs = append(content.Paragraphs, tip.Paragraph{Text: c.words.T("markers.more", assets.Args{"Count": more}), Quiet: true})
	}
	return content
}

// tapMarks has the guide explain a marker, or zooms into a count until its
// markers stand apart; where they never will, the guide explains the first. It
// reports whether there is anything at the pixel.
func (c *Chart) tapMarks(x, y float64) bool {
	marks := c.marksAt(x, y)
	if len(marks) == 0 {
		return false
	}
	first, last := marks[0].time().UnixMilli(), marks[len(marks)-1].time().UnixMilli()
	if around := last - first; around > shortest/2 {
		c.leaveMark()
		c.axis.Show(first-around/4, last+around/4)
		return true
	}
	if c.marking.OnGuide == nil || marks[0].large != nil {
		return false
	}
	c.leaveMark()
	c.marking.OnGuide(marks[0].event.Kind)
	return true
}

// Cursor says that a click on a marker does something.
func (c *Chart) Cursor() desktop.Cursor {
	if c.onMark || c.onLine {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}
