package chartpane

import (
	"math"
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// What a person does with a chart: the wheel zooms around the pointer, dragging
// pans, a double click goes back to the range chosen, and keys do the same.

const (
	wheelNotch = 25   // units that the toolkit reports for a notch of the wheel
	zoomNotch  = 1.25 // by how much a notch, or a key, zooms
	panKey     = 0.1  // of the span, by an arrow key with shift
	panPage    = 0.5
)

// gesture is what the pointer is doing since its button went down.
type gesture struct {
	pressed  bool
	from, to int64   // the span then
	x        float64 // the column then
	width    float64 // of the plot then, in columns
	shift    bool    // the key is held
	selects  bool    // it marks a span instead of panning
}

// plot is the first column of the plot shown, and how many follow it.
func (c *Chart) plot() (left, width float64) {
	if c.picture == nil {
		return 0, 1
	}
	return float64(c.picture.Plot.Min.X), float64(max(1, c.picture.Plot.Dx()-1))
}

// column is that of a position in the picture.
func (c *Chart) column(p fyne.Position) float64 { return float64(p.X) * c.pictureScale() }

// Scrolled zooms around the pointer; with shift, or a wheel that turns sideways, it pans.
func (c *Chart) Scrolled(e *fyne.ScrollEvent) {
	if c.picture == nil {
		return
	}
	dx, dy := float64(e.Scrolled.DX), float64(e.Scrolled.DY)
	if c.gesture.shift && dx == 0 {
		dx, dy = dy, 0
	}
	if dy != 0 {
		left, width := c.plot()
		c.axis.Zoom(math.Pow(zoomNotch, -dy/wheelNotch), (c.column(e.Position)-left)/width)
	}
	if dx != 0 {
		c.axis.Pan(-panKey * dx / wheelNotch)
	}
}

// MouseDown begins a drag, and has the keys come here.
func (c *Chart) MouseDown(e *desktop.MouseEvent) {
	if e.Button != desktop.MouseButtonPrimary {
		return
	}
	c.focus()
	c.gesture.shift = e.Modifier&fyne.KeyModifierShift != 0
	c.press(e.Position)
	if c.gesture.shift && c.picture != nil {
		c.gesture.selects = true
		c.mark(c.instant(e.Position), true)
	}
}

// instant is that of a position, within the plot.
func (c *Chart) instant(p fyne.Position) int64 {
	from, to := c.axis.Span()
	left, width := c.plot()
	part := min(1, max(0, (c.column(p)-left)/width))
	return from + int64(math.Round(part*float64(to-from)))
}

func (c *Chart) press(p fyne.Position) {
	g := &c.gesture
	g.pressed, g.x = true, c.column(p)
	g.from, g.to = c.axis.Span()
	_, g.width = c.plot()
}

// MouseUp ends a drag.
func (c *Chart) MouseUp(*desktop.MouseEvent) { c.DragEnd() }

// Dragged pans: what was below the pointer when it went down follows it. With
// shift it marks a span.
func (c *Chart) Dragged(e *fyne.DragEvent) {
	if c.picture == nil {
		return
	}
	if !c.gesture.pressed { // by a finger
		c.press(e.Position.SubtractXY(e.Dragged.DX, e.Dragged.DY))
	}
	if c.gesture.selects {
		c.mark(c.instant(e.Position), false)
		return
	}
	g := &c.gesture
	by := int64(math.Round((c.column(e.Position) - g.x) / g.width * float64(g.to-g.from)))
	c.axis.Show(g.from-by, g.to-by)
}

// DragEnd ends a drag; the toolkit calls it, MouseUp, or both.
func (c *Chart) DragEnd() {
	if c.gesture.selects {
		c.finish()
	}
	c.gesture.pressed, c.gesture.selects = false, false
}

// DoubleTapped shows the range chosen again, up to now.
func (c *Chart) DoubleTapped(*fyne.PointEvent) { c.axis.Reset() }

// KeyDown learns that shift is held.
func (c *Chart) KeyDown(k *fyne.KeyEvent) {
	if k.Name == desktop.KeyShiftLeft || k.Name == desktop.KeyShiftRight {
		c.gesture.shift = true
	}
}

// KeyUp learns that it no longer is.
func (c *Chart) KeyUp(k *fyne.KeyEvent) {
	if k.Name == desktop.KeyShiftLeft || k.Name == desktop.KeyShiftRight {
		c.gesture.shift = false
	}
}

// TypedRune zooms around the crosshair, or around the middle: + in, − out, and 0
// back to the range chosen; m begins a selection at the crosshair.
func (c *Chart) TypedRune(r rune) {
	switch r {
	case '+', '=':
		c.zoomKey(1 / zoomNotch)
	case '-', '−', '_':
		c.zoomKey(zoomNotch)
	case '0':
		c.axis.Reset()
	case 'm', 'M':
		if at, ok := c.axis.Crosshair(); ok && c.picture != nil {
			c.mark(at, true)
			c.selection.byKeys, c.selection.marking = true, false
			c.place()
		}
	default:
		c.passOn(r)
	}
}

// passOn gives a rune that means nothing here to the window, which may have a use
// for it; passOnKey does so with a key.
func (c *Chart) passOn(r rune) {
	if cv := fyne.CurrentApp().Driver().CanvasForObject(c); cv != nil && cv.OnTypedRune() != nil {
		cv.OnTypedRune()(r)
	}
}

func (c *Chart) zoomKey(factor float64) {
	from, to := c.axis.Span()
	fraction := 0.5
	if at, ok := c.axis.Crosshair(); ok && at >= from && at <= to {
		fraction = float64(at-from) / float64(to-from)
	} else if c.axis.Follows() {
		fraction = 1
	}
	c.axis.Zoom(factor, fraction)
}

// TypedKey moves the crosshair by a stamp with the arrows; shift and the arrows
// pan by a tenth, page up and down by half of what is shown, Home goes to the
// oldest there is, End back to now. Enter zooms into what is selected, and Escape
// takes that away, then the crosshair.
func (c *Chart) TypedKey(k *fyne.KeyEvent) {
	if c.picture == nil {
		return
	}
	switch k.Name {
	case fyne.KeyLeft:
		c.arrow(-1)
	case fyne.KeyRight:
		c.arrow(1)
	case fyne.KeyPageUp:
		c.axis.Pan(-panPage)
	case fyne.KeyPageDown:
		c.axis.Pan(panPage)
	case fyne.KeyHome:
		c.axis.Oldest()
	case fyne.KeyEnd:
		c.axis.Follow()
	case fyne.KeyReturn, fyne.KeyEnter:
		if c.selection.on {
			c.zoomIn()
		}
	case fyne.KeyEscape:
		if _, pointed := c.axis.Crosshair(); c.selection.on {
			c.deselect()
		} else if pointed {
			c.axis.Unpoint()
		} else {
			c.passOnKey(k)
		}
	default:
		c.passOnKey(k)
	}
}

func (c *Chart) passOnKey(k *fyne.KeyEvent) {
	if cv := fyne.CurrentApp().Driver().CanvasForObject(c); cv != nil && cv.OnTypedKey() != nil {
		cv.OnTypedKey()(k)
	}
}

func (c *Chart) arrow(by int) {
	if c.gesture.shift {
		c.axis.Pan(float64(by) * panKey)
		return
	}
	c.step(by)
}

// step moves the crosshair by one stamp of the line that has the most, and the
// span with it; the first step starts at the right end.
func (c *Chart) step(by int) {
	var times []int64
	for _, l := range c.shown.Request.Lines {
		if len(l.Times) > len(times) {
			times = l.Times
		}
	}
	if len(times) == 0 {
		return
	}
	from, to := c.axis.Span()
	at, ok := c.axis.Crosshair()
	if !ok || at < from || at > to {
		at, by = to, -1
	}
	i := sort.Search(len(times), func(i int) bool { return times[i] >= at })
	if by > 0 && i < len(times) && times[i] > at {
		by = 0
	}
	at = times[min(len(times)-1, max(0, i+by))]
	c.axis.Reveal(at)
	c.axis.Point(at)
	if c.selection.on && c.selection.byKeys {
		c.mark(at, false)
	}
}
