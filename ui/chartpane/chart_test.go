package chartpane

import (
	"errors"
	"image"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/ui/look"
)

// drawing is a drawer that draws when the test lets it.
type drawing struct {
	begun chan charts.Request
	let   chan struct{}
}

func (d *drawing) draw(r charts.Request) (*charts.Picture, error) {
	d.begun <- r
	<-d.let
	return charts.Draw(r)
}

func simpleView(n int) View {
	l := charts.Line{Key: "oi", Colour: look.Current().Accent}
	for i := range n {
		l.Times, l.Values = append(l.Times, int64(i)*1000), append(l.Values, float64(i%7))
	}
	return View{
		Request: charts.Request{From: 0, To: int64(n-1) * 1000, Lines: []charts.Line{l}, Theme: chartTheme(look.Current())},
		Reads:   []Read{{Label: "x", Format: func(x float64) string { return charts.FormatValue(x, 1) }}},
	}
}

func TestNewestPictureWins(t *testing.T) {
	o, s, _ := begin(t, assets.English, look.Dark)
	d := &drawing{begun: make(chan charts.Request), let: make(chan struct{})}
	o.Draw = d.draw
	c := newChart(o.complete(), &TimeAxis{})
	w := window(t, c, 300, 200)
	c.SetView(simpleView(10))
	w.Canvas().Capture() // tells the size
	if r := <-d.begun; r.To != 9_000 || r.Width != 300 || r.Height != 200 {
		t.Fatalf("draws %d × %d up to %d", r.Width, r.Height, r.To)
	}
	for n := 11; n <= 20; n++ { // while it draws
		c.SetView(simpleView(n))
	}
	d.let <- struct{}{}
	if r := <-d.begun; r.To != 19_000 {
		t.Errorf("draws what ends at %d next; the newest ends at 19000", r.To)
	}
	s.until(t, func() bool { return c.picture != nil })
	if c.shown.Request.To != 9_000 {
		t.Errorf("shows what ends at %d; only the first is drawn", c.shown.Request.To)
	}
	if !c.Busy() {
		t.Error("not busy, with a picture being drawn")
	}
	d.let <- struct{}{}
	s.until(t, func() bool { return c.shown.Request.To == 19_000 })
	if c.Busy() {
		t.Error("still busy")
	}
	select {
	case r := <-d.begun:
		t.Errorf("draws again, up to %d", r.To)
	default:
	}
}

func TestOldPictureStaysWhileTheNextIsDrawn(t *testing.T) {
	o, s, _ := begin(t, assets.English, look.Dark)
	d := &drawing{begun: make(chan charts.Request, 1), let: make(chan struct{}, 1)}
	o.Draw = d.draw
	c := newChart(o.complete(), &TimeAxis{})
	w := window(t, c, 300, 200)
	c.SetView(simpleView(10))
	w.Canvas().Capture()
	<-d.begun
	d.let <- struct{}{}
	s.until(t, func() bool { return c.picture != nil })
	first := c.picture
	w.Resize(fyne.NewSize(500, 260))
	if got := c.paint(500, 260); got != image.Image(first.Image) {
		t.Error("the picture is gone while the next one is being drawn")
	}
	if r := <-d.begun; r.Width != 500 || r.Height != 260 {
		t.Errorf("draws %d × %d", r.Width, r.Height)
	}
	d.let <- struct{}{}
	s.until(t, func() bool { return c.picture != first })
	if got := c.picture.Image.Rect.Size(); got != image.Pt(500, 260) {
		t.Errorf("shows a picture of %v", got)
	}
}

func TestPictureHasExactDevicePixels(t *testing.T) {
	o, _, _ := begin(t, assets.English, look.Dark)
	o.Synchronous = true
	c := newChart(o.complete(), &TimeAxis{})
	w := window(t, c, 301, 199)
	c.SetView(simpleView(10))
	w.Canvas().(interface{ SetScale(float32) }).SetScale(2)
	w.Canvas().Capture()
	if got := c.picture.Image.Rect.Size(); got != image.Pt(602, 398) || c.request(c.view).Scale != 2 {
		t.Errorf("a picture of %v at scale %v", got, c.request(c.view).Scale)
	}
}

// ready is a chart with a picture.
func ready(t testing.TB, v View) (*Chart, fyne.Window) {
	o, _, _ := begin(t, assets.English, look.Dark)
	o.Synchronous = true
	axis := &TimeAxis{timeState: timeState{length: v.Request.To, to: v.Request.To}}
	c := newChart(o.complete(), axis)
	axis.Subscribe(func() {}, c.place)
	w := window(t, c, 600, 300)
	c.SetView(v)
	w.Canvas().Capture()
	return c, w
}

func TestReadOutFollowsPointerAndKeys(t *testing.T) {
	c, w := ready(t, simpleView(61)) // stamps 0 … 60 s
	x := c.picture.X(30_000)
	test.MoveMouse(w.Canvas(), fyne.NewPos(float32(x)+1, 150))
	if c.cross.placed != 30_000 || c.cross.rows[0].value.Text != "2" || !c.cross.box.Visible() {
		t.Errorf("at 30 s the read-out says %q of %d", c.cross.rows[0].value.Text, c.cross.placed)
	}
	dot := c.cross.rows[0].dot.Position().AddXY(dotSize/2, dotSize/2)
	if dx := float64(dot.X) - x - 0.5; dx > 0.01 || dx < -0.01 {
		t.Errorf("the dot is %v px beside the point", dx)
	}
	test.Tap(c)
	for range 3 {
		c.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	}
	c.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	if c.cross.placed != 32_000 {
		t.Errorf("after right, right, right, left: %d", c.cross.placed)
	}
	c.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if c.cross.box.Visible() {
		t.Error("Escape leaves the read-out")
	}
	test.MoveMouse(w.Canvas(), fyne.NewPos(float32(x)+1, 150))
	c.MouseOut()
	if c.cross.box.Visible() || c.cross.line.Visible() {
		t.Error("the read-out stays when the pointer leaves")
	}
}

func TestReadOutStaysInTheChart(t *testing.T) {
	c, w := ready(t, simpleView(61))
	for x := float32(0); x < 600; x += 7 {
		test.MoveMouse(w.Canvas(), fyne.NewPos(x, 280))
		if !c.cross.box.Visible() {
			continue
		}
		p, s := c.cross.box.Position(), c.cross.box.Size()
		if p.X < 0 || p.Y < 0 || p.X+s.Width > 600 || p.Y+s.Height > 300 {
			t.Fatalf("pointer at %v: the box is at %v, %v large", x, p, s)
		}
	}
}

func TestTinyChartIsNotDrawn(t *testing.T) {
	o, _, _ := begin(t, assets.English, look.Dark)
	c := newChart(o.complete(), &TimeAxis{})
	c.SetView(simpleView(3))
	c.raster.Resize(fyne.NewSize(20, 4))
	if c.paint(20, 4); c.Busy() {
		t.Error("a chart of 20 × 4 pixels is drawn")
	}
	c.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	c.MouseMoved(&desktop.MouseEvent{})
}

func BenchmarkCrosshairMove(b *testing.B) {
	v := simpleView(500)
	for range maxLines - 1 {
		v.Request.Lines = append(v.Request.Lines, v.Request.Lines[0])
		v.Reads = append(v.Reads, v.Reads[0])
	}
	c, _ := ready(b, v)
	x := float32(60)
	for b.Loop() {
		if x++; x > 560 {
			x = 60
		}
		c.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, 100)}})
	}
}

func BenchmarkSnapshot(b *testing.B) {
	o, s, _ := begin(b, assets.English, look.Dark)
	p := NewCompare(o, CompareState{})
	p.SetTicked([]string{"BTCUSDT", "ETHUSDT", "SOLUSDT", "DOGEUSDT"})
	snap := snapshot(clock)
	p.SetSnapshot(snap)
	for p.loader.busy() {
		(<-s.queue)()
	}
	for b.Loop() {
		p.SetSnapshot(snap)
	}
}

// BenchmarkPanUI is what the UI's goroutine does for one step of a drag, of a
// history and a comparison of nine that are linked; drawing is the painters'.
func BenchmarkPanUI(b *testing.B) {
	o, s, src := begin(b, assets.English, look.Dark)
	points := make([]market.Point, 105_120)
	first := clock.Truncate(market.Step).Add(-365*24*time.Hour).UnixMilli() + market.StepMillis
	for i := range points {
		points[i] = market.Point{Time: first + int64(i)*market.StepMillis, Contracts: float64(i%977) + 1000, Price: 3}
	}
	src.series = market.NewSeries("X", market.Period5m, points)
	o.Link, o.Ranges = NewLink(true), Ranges(true)
	o.Draw = func(charts.Request) (*charts.Picture, error) { return nil, errors.New("not here") }
	h, p := NewHistory(o, HistoryState{Range: "1y"}), NewCompare(o, CompareState{})
	p.SetTicked([]string{"A", "B", "C", "BTCUSDT", "DOGEUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "1000PEPEUSDT"})
	h.SetSnapshot(snapshot(clock))
	p.SetSnapshot(snapshot(clock))
	for h.Busy() || p.Busy() {
		(<-s.queue)()
	}
	h.axis.Zoom(0.5, 0.5)
	from, to := h.axis.Span()
	step := int64(0)
	b.ReportAllocs()
	for b.Loop() {
		step = (step + 1) % 300
		h.axis.Show(from-step*hour, to-step*hour)
	}
}
