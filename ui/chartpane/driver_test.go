package chartpane

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/look"
)

// What follows is the vocabulary of stories: a desk with both charts as in the
// window, and hands that do with one of them what a person does. Each gesture
// waits until what it changed is loaded and painted.

// desk is a history of BTCUSDT and a comparison, linked.
type desk struct {
	t       *testing.T
	stage   *stage
	source  *source
	now     time.Time
	history *History
	compare *Compare
}

func newDesk(t *testing.T, historyState HistoryState, change func(*Options)) *desk {
	t.Helper()
	o, s, src := begin(t, assets.English, look.Dark)
	o.Synchronous, o.Link = true, NewLink(true)
	if change != nil {
		change(&o)
	}
	d := &desk{t: t, stage: s, source: src, now: clock}
	d.history = NewHistory(o, historyState)
	d.compare = NewCompare(o, CompareState{})
	d.compare.SetTicked([]string{"BTCUSDT", "ETHUSDT", "SOLUSDT"})
	window(t, d.history, 700, 400)
	window(t, d.compare, 700, 400)
	d.pass(0)
	return d
}

// pass lets time go by, and a snapshot come.
func (d *desk) pass(by time.Duration) {
	d.now = d.now.Add(by)
	s := snapshot(d.now)
	d.history.SetSnapshot(s)
	d.compare.SetSnapshot(s)
	d.look()
}

// look waits for what is being loaded, and paints.
func (d *desk) look() {
	d.stage.until(d.t, func() bool { return d.source.calls != nil || !d.history.Busy() && !d.compare.Busy() })
	for _, c := range []*Chart{d.history.chart, d.compare.chart} { // as the toolkit would, but nothing else
		if size := c.raster.Size(); size.Width > 0 {
			c.paint(int(size.Width), int(size.Height))
		}
	}
}

// hand is what a person does with one chart; x is a fraction of its plot's width.
type hand struct {
	desk *desk
	c    *Chart
}

func (d *desk) onHistory() hand { return hand{d, d.history.chart} }
func (d *desk) onCompare() hand { return hand{d, d.compare.chart} }

func (h hand) at(x float64) fyne.Position {
	left, width := h.c.plot()
	return fyne.NewPos(float32((left+x*width)/h.c.pictureScale()), 150)
}

// Point moves the pointer there.
func (h hand) Point(x float64) {
	h.c.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: h.at(x)}})
	h.desk.look()
}

// Zoom turns the wheel by notches, towards the screen if there are more than 0.
func (h hand) Zoom(x, notches float64) {
	e := &fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, float32(notches*wheelNotch))}
	e.Position = h.at(x)
	h.c.Scrolled(e)
	h.desk.look()
}

// Drag moves the pointer along some places with its button down.
func (h hand) Drag(along ...float64) { h.drag(0, along) }

// Select is Drag with shift.
func (h hand) Select(along ...float64) { h.drag(fyne.KeyModifierShift, along) }

func (h hand) drag(modifier fyne.KeyModifier, along []float64) {
	places := make([]fyne.Position, len(along)) // on the picture as it is now
	for i, x := range along {
		places[i] = h.at(x)
	}
	down := &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: places[0]}, Button: desktop.MouseButtonPrimary, Modifier: modifier}
	h.c.MouseDown(down)
	for _, p := range places[1:] {
		h.c.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: p}})
		h.desk.look()
	}
	h.c.MouseUp(down)
	h.c.DragEnd()
	h.desk.look()
}

// Press presses a key: "Left", "Home", "shift Left", "+".
func (h hand) Press(key string) {
	shift := &fyne.KeyEvent{Name: desktop.KeyShiftLeft}
	if rest, ok := cutShift(key); ok {
		h.c.KeyDown(shift)
		defer h.c.KeyUp(shift)
		key = rest
	}
	if len([]rune(key)) == 1 {
		h.c.TypedRune([]rune(key)[0])
	} else {
		h.c.TypedKey(&fyne.KeyEvent{Name: fyne.KeyName(key)})
	}
	h.desk.look()
}

func cutShift(key string) (string, bool) {
	const shift = "shift "
	if len(key) > len(shift) && key[:len(shift)] == shift {
		return key[len(shift):], true
	}
	return key, false
}

// DoubleClick clicks twice.
func (h hand) DoubleClick() {
	h.c.DoubleTapped(&fyne.PointEvent{Position: h.at(0.5)})
	h.desk.look()
}

// Tap taps something over the chart, if it can be seen.
func (h hand) Tap(o interface {
	fyne.CanvasObject
	fyne.Tappable
}) {
	h.desk.t.Helper()
	if !o.Visible() {
		h.desk.t.Fatal("what is to be tapped is not there")
	}
	test.Tap(o)
	h.desk.look()
}

// span is what a chart shows: how long, and how long ago it ends; 0: now.
func (h hand) span() (length, ago time.Duration) {
	r := h.c.view.Request
	length = time.Duration(r.To-r.From) * time.Millisecond
	if end := h.desk.now.Sub(time.UnixMilli(r.To)); end > 0 {
		ago = end
	}
	return length, ago
}

// under is the instant that the chart shows at a place.
func (h hand) under(x float64) int64 {
	left, width := h.c.plot()
	return h.c.picture.Time(left + x*width)
}

// axisAt is an axis without a chart.
func axisAt(now time.Time, chosen market.Range) *TimeAxis {
	a := newTimeAxis(chosen, Ranges(true))
	a.earliest = func() int64 { return opened }
	a.advance(now)
	return a
}
