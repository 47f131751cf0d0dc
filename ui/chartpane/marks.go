package chartpane

import (
	"image/color"
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/look"
	"openinterest/ui/look/tip"
)

// Marking is what a pane needs to mark events on its chart. A nil Events marks none.
type Marking struct {
	Events  Events
	Tips    *tip.Layer                     // where the tooltips of markers are shown
	Explain func(signal.Event) tip.Content // what a marker's tooltip says
	OnGuide func(signal.EventKind)         // a marker was clicked
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

// mark is an event on one of a view's lines.
type mark struct {
	event  signal.Event
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
		at := m.event.Time.UnixMilli()
		value, ok := valueAt(&lines[m.line], at)
		if !ok {
			continue
		}
		placed = append(placed, charts.Marker{
			Key: m.event.Symbol + " " + string(m.event.Kind), Time: at, Value: lines[m.line].Shown(value), Axis: lines[m.line].Axis, Shape: m.shape, Colour: m.colour,
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
	}
	switch k.Reading() {
	case signal.StrongBullish, signal.WeakeningRally:
		return charts.Circle, p.Up
	}
	return charts.Circle, p.Down
}

// markKey names a marker to the tooltip layer.
type markKey struct {
	chart  *Chart
	symbol string
	kind   signal.EventKind
	at     int64
}

// markAt is the mark at a pixel of the picture.
func (c *Chart) markAt(x, y float64) (signal.Event, bool) {
	if c.picture == nil {
		return signal.Event{}, false
	}
	i, ok := c.picture.MarkerAt(x, y)
	if !ok || i >= len(c.shown.marks) {
		return signal.Event{}, false
	}
	return c.shown.marks[i].event, true
}

// hoverMark explains the marker under the pointer.
func (c *Chart) hoverMark(x, y float64, at fyne.Position) {
	if c.marking.Tips == nil || c.marking.Explain == nil {
		return
	}
	e, ok := c.markAt(x, y)
	if ok {
		c.marking.Tips.Point(markKey{c, e.Symbol, e.Kind, e.Time.UnixMilli()}, at, func() tip.Content { return c.marking.Explain(e) })
	} else if c.onMark {
		c.marking.Tips.Leave()
	}
	c.onMark = ok
}

// Cursor says that a click on a marker does something.
func (c *Chart) Cursor() desktop.Cursor {
	if c.onMark || c.onLine {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}
