package charts

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

func mustDraw(t testing.TB, req Request) *Picture {
	t.Helper()
	p, err := Draw(req)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func at(img *image.RGBA, x, y int) color.NRGBA {
	c := img.RGBAAt(x, y)
	return color.NRGBA{c.R, c.G, c.B, c.A}
}

func TestDrawRefuses(t *testing.T) {
	good := pane()
	for name, spoil := range map[string]func(*Request){
		"no width":           func(r *Request) { r.Width = 0 },
		"negative height":    func(r *Request) { r.Height = -5 },
		"a huge picture":     func(r *Request) { r.Width = 1 << 30 },
		"no span":            func(r *Request) { r.To = r.From },
		"a span run back":    func(r *Request) { r.From, r.To = r.To, r.From },
		"the end of time":    func(r *Request) { r.To = math.MaxInt64 },
		"scale NaN":          func(r *Request) { r.Scale = math.NaN() },
		"scale −1":           func(r *Request) { r.Scale = -1 },
		"fewer values":       func(r *Request) { r.Lines[0].Values = r.Lines[0].Values[:3] },
		"times out of order": func(r *Request) { r.Lines[0].Times[250] = r.From },
	} {
		t.Run(name, func(t *testing.T) {
			req := good
			req.Lines = append([]Line(nil), good.Lines...)
			req.Lines[0].Times = append([]int64(nil), good.Lines[0].Times...)
			spoil(&req)
			_, err := Draw(req)
			if err == nil {
				t.Fatal("drawn")
			}
			if name == "times out of order" && !errors.Is(err, ErrUnsorted) {
				t.Errorf("error %v is no ErrUnsorted", err)
			}
		})
	}
}

// Nothing may be cut off: the outermost pixels stay background at any size and scale.
func TestNothingIsCutOff(t *testing.T) {
	for _, size := range []image.Point{{220, 120}, {300, 200}, {560, 260}, {1800, 300}, {400, 1200}, {4000, 2000}} {
		for _, scale := range []float64{1, 1.25, 2, 3} {
			if float64(size.X) < 220*scale || float64(size.Y) < 120*scale {
				continue
			}
			for name, req := range map[string]Request{
				"history":    history(request(size.X, size.Y, dark(), 41*time.Hour), 493, fiveMinutes),
				"comparison": comparison(request(size.X, size.Y, dark(), 41*time.Hour), symbols, 493, fiveMinutes),
			} {
				req.Scale, req.Watermark = scale, "DEMO — simulated market"
				p := mustDraw(t, req)
				if !borderIs(p.Image, req.Theme.Background) {
					t.Errorf("%s at %v × %v: something touches the border", name, size, scale)
				}
				if p.Plot.Dx() < size.X/3 || p.Plot.Dy() < size.Y/3 {
					t.Errorf("%s at %v × %v: the plot is only %v", name, size, scale, p.Plot)
				}
			}
		}
	}
}

func borderIs(img *image.RGBA, c color.NRGBA) bool {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	for x := range w {
		if at(img, x, 0) != c || at(img, x, h-1) != c {
			return false
		}
	}
	for y := range h {
		if at(img, 0, y) != c || at(img, w-1, y) != c {
			return false
		}
	}
	return true
}

// A long unit is shortened where it must be, and the watermark makes room for
// it: it may say since when the percent count.
func TestALongUnitIsNotLeftOut(t *testing.T) {
	header := func(unit, watermark string, width int) (ink int) {
		req := request(width, 200, dark(), 24*time.Hour)
		req.Lines = []Line{{Times: []int64{req.From, req.To}, Values: []float64{1, 2}}}
		req.Left.Unit, req.Watermark = unit, watermark
		p, err := Draw(req)
		if err != nil {
			t.Fatal(err)
		}
		for y := range 18 {
			for x := range width {
				if p.Image.RGBAAt(x, y) != p.Image.RGBAAt(0, 0) {
					ink++
				}
			}
		}
		return ink
	}
	const long, mark = "% since 2025-06-17 12:05 UTC", "DEMO — simulated market"
	for width, want := range map[int]float64{480: 1, 340: 1, 260: 0.6} { // how much of the unit is to be seen
		shown := float64(header(long, mark, width)-header("", mark, width)) / float64(header(long, "", 480)-header("", "", 480))
		if math.Abs(shown-want) > 0.1 {
			t.Errorf("at a width of %d, %.2f of the unit are shown beside the watermark", width, shown)
		}
	}
}

func TestSmallestPicturesKeepTheLine(t *testing.T) {
	for _, size := range []image.Point{{16, 16}, {60, 40}, {2000, 20}, {20, 900}} {
		req := history(request(size.X, size.Y, dark(), 41*time.Hour), 493, fiveMinutes)
		p := mustDraw(t, req)
		if countInk(p, p.Image.Rect, req.Lines[0].Colour) == 0 {
			t.Errorf("%v: no line to be seen", size)
		}
	}
}

// countInk counts the pixels of r near colour c.
func countInk(p *Picture, r image.Rectangle, c color.NRGBA) int {
	n := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			g := at(p.Image, x, y)
			if distance(g.R, c.R)+distance(g.G, c.G)+distance(g.B, c.B) < 60 {
				n++
			}
		}
	}
	return n
}

// One odd point among 105,120 must be seen, wherever it falls.
func TestNoSpikeIsLost(t *testing.T) {
	for _, k := range []int{10_000, 40_001, 77_777, 105_000} {
		req := request(800, 300, dark(), 365*24*time.Hour)
		times, values := constant(365*288, 100)
		values[k] = 150
		req = one(req, times, values)
		req.Lines[0].MarkLast = false
		p := mustDraw(t, req)
		x, y := int(p.X(times[k])+0.5), int(p.Y(Left, 125)+0.5) // half-way up the spike
		if countInk(p, image.Rect(x-1, y, x+2, y+1), req.Lines[0].Colour) == 0 {
			t.Errorf("the spike at point %d is lost at %d, %d", k, x, y)
		}
	}
}

func TestLinesBreakOverGaps(t *testing.T) {
	times, values := constant(289, 100)
	for i := 100; i < 140; i++ {
		values[i] = math.NaN()
	}
	times = append(append([]int64(nil), times[:180]...), times[220:]...)
	values = append(append([]float64(nil), values[:180]...), values[220:]...)
	req := one(request(800, 300, dark(), 24*time.Hour), times, values)
	req.Lines[0].MarkLast = false
	joined := req
	joined.Lines = []Line{req.Lines[0]}
	joined.Lines[0].Gap = 0
	for i, want := range map[int]bool{50: true, 95: true, 105: false, 120: false, 135: false, 150: true, 175: true, 185: false, 215: false, 250: true} {
		x := noon.Add(-time.Duration(288-i) * fiveMinutes).UnixMilli()
		for name, p := range map[string]*Picture{"with a gap": mustDraw(t, req), "without": mustDraw(t, joined)} {
			left, y := int(p.X(x)), int(p.Y(Left, 100)+0.5)
			drawn := countInk(p, image.Rect(left, y-1, left+1, y+2), req.Lines[0].Colour) > 0
			expected := want || name == "without" && i >= 180 // what is unknown breaks a line all the same
			if drawn != expected {
				t.Errorf("%s, at point %d: drawn %v, want %v", name, i, drawn, expected)
			}
		}
	}
}

func TestLonePointIsADot(t *testing.T) {
	times, values := constant(289, 100)
	for i := range values {
		if i%40 != 0 {
			values[i] = math.NaN()
		}
	}
	req := one(request(800, 300, dark(), 24*time.Hour), times, values)
	req.Lines[0].MarkLast = false
	p := mustDraw(t, req)
	x, y := int(p.X(times[120])+0.5), int(p.Y(Left, 100)+0.5)
	if n := countInk(p, image.Rect(x-4, y-4, x+5, y+5), req.Lines[0].Colour); n < 4 || n > 16 {
		t.Errorf("a lone point covers %d pixels", n)
	}
}

func TestEqualRequestsGiveEqualPictures(t *testing.T) {
	req := comparison(request(1200, 500, dark(), 30*24*time.Hour), symbols, 30*288, fiveMinutes)
	before := runtime.GOMAXPROCS(1)
	alone := mustDraw(t, req)
	runtime.GOMAXPROCS(4)
	defer runtime.GOMAXPROCS(before)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			p, err := Draw(req)
			if err != nil || !bytes.Equal(p.Image.Pix, alone.Image.Pix) {
				t.Errorf("drawn side by side, the pictures differ (error %v)", err)
			}
		})
	}
	wait.Wait()
}

func TestReadout(t *testing.T) {
	times, values := constant(289, 100)
	for i := range values {
		values[i] = float64(i)
	}
	values[50] = math.NaN()
	times, values = append(times[:100:100], times[150:]...), append(values[:100:100], values[150:]...)
	req := one(request(800, 300, dark(), 48*time.Hour), times, values)
	p := mustDraw(t, req)
	stamp := func(i float64) int64 {
		return noon.Add(-time.Duration((288 - i) * float64(fiveMinutes))).UnixMilli()
	}
	for _, c := range []struct {
		at, want float64
		ok       bool
	}{
		{0, 0, true}, {7.4, 7, true}, {7.6, 8, true}, {288, 288, true},
		{-60, 0, false}, {125, 0, false}, {50, 0, false},
		{99.4, 99, true}, {149.8, 150, true}, // beside a gap
	} {
		got, v, ok := p.Nearest(0, stamp(c.at))
		if ok != c.ok || ok && (v != c.want || got != stamp(c.want)) {
			t.Errorf("nearest to point %v: %v at %d, %v; want %v, %v", c.at, v, got, ok, c.want, c.ok)
		}
	}
	if _, _, ok := p.Nearest(7, times[0]); ok {
		t.Error("a line that is not there has a value")
	}
}

func TestGeometryIsInvertible(t *testing.T) {
	for name, req := range goldens(t) {
		p := mustDraw(t, req)
		for _, part := range []float64{0, 0.123, 0.5, 1} {
			x := float64(p.Plot.Min.X) + part*float64(p.Plot.Dx()-1)
			if back := p.X(p.Time(x)); math.Abs(back-x) > 0.01 {
				t.Errorf("%s: column %v became %v", name, x, back)
			}
			y := float64(p.Plot.Min.Y) + part*float64(p.Plot.Dy()-1)
			for _, a := range []Axis{Left, Right} {
				if back := p.Y(a, p.Value(a, y)); math.Abs(back-y) > 1e-6 {
					t.Errorf("%s: row %v became %v", name, y, back)
				}
			}
		}
		if p.X(req.From) != float64(p.Plot.Min.X) || p.X(req.To) != float64(p.Plot.Max.X-1) {
			t.Errorf("%s: the span does not fill the plot", name)
		}
	}
}

func TestEndLabelsNeverOverlap(t *testing.T) {
	for _, height := range []int{120, 200, 420} {
		p := mustDraw(t, comparison(request(700, height, dark(), 24*time.Hour), symbols, 289, fiveMinutes))
		if len(p.labels) == 0 {
			t.Fatalf("height %d: no labels", height)
		}
		for i, a := range p.labels {
			if !a.box.In(p.Image.Rect) {
				t.Errorf("height %d: label %d at %v is outside", height, i, a.box)
			}
			for _, b := range p.labels[:i] {
				if a.box.Overlaps(b.box) {
					t.Errorf("height %d: labels %v and %v overlap", height, a, b)
				}
			}
			middle := a.box.Min.Add(a.box.Max).Div(2)
			if line, ok := p.LabelAt(float64(middle.X), float64(middle.Y)); !ok || line != a.line {
				t.Errorf("height %d: a click on label %d hits line %d, %v", height, a.line, line, ok)
			}
		}
		if p.labels[0].line != 0 {
			t.Error("the first line lost its label before the last")
		}
	}
	if _, ok := mustDraw(t, pane()).LabelAt(1, 1); ok {
		t.Error("a label in the corner")
	}
}

func TestMarkersAreHit(t *testing.T) {
	req := goldens(t)["markers"]
	p := mustDraw(t, req)
	if len(p.markers) != len(req.Markers) {
		t.Fatalf("%d of %d markers drawn", len(p.markers), len(req.Markers))
	}
	for i := range p.markers {
		m := &p.markers[i]
		if got := p.MarkersAt(m.x+1, m.y-1); !slices.Equal(got, m.members) {
			t.Errorf("markers %v: hit %v", m.members, got)
		}
		if c := at(p.Image, int(m.x+0.5), int(m.y+0.5)); c != req.Markers[m.members[0]].Colour {
			t.Errorf("markers %v: colour %v in their middle", m.members, c)
		}
	}
	if got := p.MarkersAt(p.X(req.From), float64(p.Plot.Max.Y)); got != nil {
		t.Error("hit a marker where there is none")
	}
}

func TestLogarithmicNeedsPositiveValues(t *testing.T) {
	times, values := constant(289, 0)
	req := one(request(400, 200, dark(), 24*time.Hour), times, values)
	req.Left.Log = true
	if mustDraw(t, req).Log(Left) {
		t.Error("logarithmic without any positive value")
	}
	values[100], values[101] = 5, 5000
	p := mustDraw(t, req)
	if !p.Log(Left) {
		t.Error("not logarithmic")
	}
	if _, v, ok := p.Nearest(0, times[50]); ok {
		t.Errorf("zero is shown as %v on a logarithmic axis", v)
	}
}

func TestAxisTextsStayLegibleWhateverTheFormat(t *testing.T) {
	req := pane()
	req.Left.Format = func(v, step float64) string { return fmt.Sprintf("%0500f", v) }
	p := mustDraw(t, req)
	if p.Plot.Dx() < 100 || !borderIs(p.Image, req.Theme.Background) {
		t.Errorf("labels of 500 characters leave a plot of %v", p.Plot)
	}
}

func TestManyMarkersBecomeACount(t *testing.T) {
	req := Request{Width: 600, Height: 300, From: 0, To: 1e6}
	req.Lines = []Line{{Times: []int64{0, 1e6}, Values: []float64{1, 2}, Colour: color.NRGBA{80, 160, 240, 255}}}
	mark := func(at int64, value float64) {
		req.Markers = append(req.Markers, Marker{Time: at, Value: value, Colour: color.NRGBA{200, 80, 40, 255}})
	}
	for i := range int64(7) {
		mark(500_000+i*1000, 1.5)
	}
	mark(100_000, 1.1) // two that are close
	mark(103_000, 1.1)
	mark(900_000, 1.9)
	p, err := Draw(req)
	if err != nil {
		t.Fatal(err)
	}
	counted := 0
	for _, m := range p.markers {
		counted += len(m.members)
	}
	if len(p.markers) != 4 || counted != len(req.Markers) {
		t.Fatalf("%d signs stand for %d of %d markers, want 4 for all", len(p.markers), counted, len(req.Markers))
	}
	if got := p.MarkersAt(p.X(503_000), p.Y(Left, 1.5)); !slices.Equal(got, []int{0, 1, 2, 3, 4, 5, 6}) {
		t.Errorf("in the place of seven stand %v", got)
	}
	if got := p.MarkersAt(p.X(900_000), p.Y(Left, 1.9)); !slices.Equal(got, []int{9}) {
		t.Errorf("in the place of one stand %v", got)
	}
}

func TestALineIsHitWhereItIsDrawn(t *testing.T) {
	req := Request{Width: 600, Height: 300, From: 0, To: 1e6}
	req.Lines = []Line{
		{Times: []int64{0, 400_000, 1e6}, Values: []float64{1, 1, 2}, Gap: 500_000},
		{Times: []int64{0, 1e6}, Values: []float64{2, 1.8}},
	}
	p, err := Draw(req)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		at    int64
		value float64
		dy    float64
		line  int
	}{{200_000, 1, 3, 0}, {200_000, 1.96, 2, 1}, {200_000, 1.5, 0, -1}, {700_000, 1.5, 0, -1}, {1_200_000, 1.8, 0, -1}} {
		line, ok := p.LineAt(p.X(c.at), p.Y(Left, c.value)+c.dy, 5)
		if ok != (c.line >= 0) || ok && line != c.line {
			t.Errorf("at %d, %v: line %d, %v; want %d", c.at, c.value, line, ok, c.line)
		}
	}
}
