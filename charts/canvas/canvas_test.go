package canvas

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var (
	white = color.NRGBA{255, 255, 255, 255}
	black = color.NRGBA{0, 0, 0, 255}
)

// ink is how much of a pixel is covered by black on white, 0 to 1.
func ink(c *Canvas, x, y int) float64 { return 1 - float64(c.Image().RGBAAt(x, y).R)/255 }

func columnInk(c *Canvas, x int) float64 {
	sum := 0.0
	for y := range c.Image().Rect.Dy() {
		sum += ink(c, x, y)
	}
	return sum
}

func near(a, b, within float64) bool { return math.Abs(a-b) <= within }

func points(xy ...float64) []Step {
	var out []Step
	for i := 0; i < len(xy); i += 2 {
		y := xy[i+1]
		out = append(out, Step{X: xy[i], First: y, Last: y, Top: y, Bottom: y})
	}
	return out
}

// A straight line has everywhere the thickness asked for, at any slope.
func TestLineKeepsItsWidth(t *testing.T) {
	for _, width := range []float64{1, 1.5, 3, 4.5} {
		for _, slope := range []float64{0, 0.1, -0.5, 1, -1.7} {
			c := New(100, 400, white)
			c.Strokes(c.Image().Rect, []Stroke{{Steps: points(0, 200, 99, 200+99*slope), Colour: black, Width: width}})
			want := width * math.Sqrt(1+slope*slope)
			for x := 20; x < 80; x++ {
				if got := columnInk(c, x); !near(got, want, 0.15*want) {
					t.Errorf("width %v, slope %v: column %d holds %.2f, want %.2f", width, slope, x, got, want)
					break
				}
			}
		}
	}
}

func TestSteepLineKeepsItsWidth(t *testing.T) {
	c := New(60, 200, white)
	c.Strokes(c.Image().Rect, []Stroke{{Steps: points(28.2, 0, 31.7, 199), Colour: black, Width: 1.5}})
	for y := 20; y < 180; y++ {
		sum := 0.0
		for x := range 60 {
			sum += ink(c, x, y)
		}
		if !near(sum, 1.5, 0.25) {
			t.Fatalf("row %d holds %.2f, want 1.5", y, sum)
		}
	}
}

// A dense line that is flat looks like a sparse one.
func TestDenseFlatLine(t *testing.T) {
	dense, sparse := New(60, 40, white), New(60, 40, white)
	var steps []Step
	for x := range 60 {
		steps = append(steps, Step{X: float64(x), First: 20.3, Last: 20.3, Top: 20.3, Bottom: 20.3, Dense: true})
	}
	dense.Strokes(dense.Image().Rect, []Stroke{{Steps: steps, Colour: black, Width: 1.5}})
	sparse.Strokes(sparse.Image().Rect, []Stroke{{Steps: points(0, 20.3, 59, 20.3), Colour: black, Width: 1.5}})
	for y := 15; y < 26; y++ {
		if a, b := ink(dense, 30, y), ink(sparse, 30, y); !near(a, b, 0.3) {
			t.Errorf("row %d: dense %.2f, sparse %.2f", y, a, b)
		}
	}
	if got := columnInk(dense, 30); !near(got, 1.5, 0.1) {
		t.Errorf("a dense flat line of 1.5 px covers %.2f", got)
	}
}

func TestDenseRunReachesAllItSpans(t *testing.T) {
	c := New(40, 120, white)
	c.Strokes(c.Image().Rect, []Stroke{{
		Steps:  []Step{{X: 20, First: 60, Last: 60, Top: 10, Bottom: 100, Dense: true}},
		Colour: black, Width: 1.5,
	}})
	for y := 10; y <= 100; y++ {
		if ink(c, 20, y) < 0.98 {
			t.Fatalf("row %d is not covered", y)
		}
	}
	if ink(c, 20, 8) > 0.3 || ink(c, 20, 102) > 0.3 {
		t.Error("the run overshoots")
	}
}

func TestBreaksLeaveNothing(t *testing.T) {
	steps := points(0, 20, 20, 20, 40, 20, 59, 20)
	steps[2].Break = true
	c := New(60, 40, white)
	c.Strokes(c.Image().Rect, []Stroke{{Steps: steps, Colour: black, Width: 1.5, Fill: 1}})
	for x := 23; x < 38; x++ {
		if columnInk(c, x) != 0 {
			t.Fatalf("something is drawn at %d, inside a break", x)
		}
	}
}

func TestTranslucentLineDoesNotDarkenAtItsJoints(t *testing.T) {
	c := New(60, 40, white)
	c.Strokes(c.Image().Rect, []Stroke{{Steps: points(0, 20, 30, 20, 30.5, 20, 59, 20), Colour: color.NRGBA{0, 0, 0, 128}, Width: 3}})
	for x := 5; x < 55; x++ {
		if !near(ink(c, x, 20), 0.5, 0.02) {
			t.Fatalf("column %d has opacity %.2f", x, ink(c, x, 20))
		}
	}
}

func TestStrokesStayInTheirClip(t *testing.T) {
	c := New(60, 40, white)
	clip := image.Rect(10, 10, 50, 30)
	wild := points(-1e300, -1e300, 20, 20, 25, 1e12, 30, -1e12, 1e300, 1e300)
	wild = append(wild, Step{X: math.NaN(), First: math.NaN()}, Step{X: math.Inf(1), Top: math.Inf(-1), Bottom: math.Inf(1), Dense: true})
	c.Strokes(clip, []Stroke{{Steps: wild, Colour: black, Width: 1.5, Fill: 0.5}})
	for y := range 40 {
		for x := range 60 {
			if !image.Pt(x, y).In(clip) && ink(c, x, y) != 0 {
				t.Fatalf("pixel %d, %d outside the clip is painted", x, y)
			}
		}
	}
	if columnInk(c, 30) == 0 {
		t.Error("the vertical part inside the clip is missing")
	}
}

func TestDashes(t *testing.T) {
	c := New(200, 20, white)
	c.Strokes(c.Image().Rect, []Stroke{{Steps: points(0, 10, 199, 10), Colour: black, Width: 2, Dash: []float64{6, 4}}})
	for x, want := range map[int]float64{2: 1, 5: 1, 7: gapOpacity, 9: gapOpacity, 12: 1, 102: 1, 108: gapOpacity} {
		if got := ink(c, x, 10); !near(got, want, 0.05) {
			t.Errorf("column %d: opacity %.2f, want %.2f", x, got, want)
		}
	}
	for _, dash := range [][]float64{{math.NaN(), 1}, {0, 0}, {math.Inf(1), 3}, {-4, -4}} {
		if got := dashOpacity(dash, 3); got != 1 {
			t.Errorf("a dash of %v gives opacity %v; it should be solid", dash, got)
		}
	}
}

func TestFillFadesToTheBottom(t *testing.T) {
	c := New(60, 101, white)
	c.Strokes(c.Image().Rect, []Stroke{{Steps: points(0, 20, 59, 20), Colour: black, Width: 1, Fill: 0.4}})
	if above, top, middle, bottom := ink(c, 30, 10), ink(c, 30, 25), ink(c, 30, 60), ink(c, 30, 100); above != 0 || !(top > middle && middle > bottom) || !near(top, 0.3, 0.03) {
		t.Errorf("opacities %v above the line, then %v, %v, %v", above, top, middle, bottom)
	}
}

func TestShapes(t *testing.T) {
	area := func(c *Canvas) (sum float64) {
		for x := range c.Image().Rect.Dx() {
			sum += columnInk(c, x)
		}
		return sum
	}
	c := New(60, 60, white)
	c.Disc(30, 30, 10, black)
	if got := area(c); !near(got, 100*math.Pi, 4) {
		t.Errorf("a disc of radius 10 covers %.1f", got)
	}
	c = New(60, 60, white)
	c.Polygon([][]Point{{{10, 10}, {30, 10}, {10, 30}}}, black)
	if got := area(c); !near(got, 200, 3) {
		t.Errorf("a triangle of 200 covers %.1f", got)
	}
	c = New(60, 60, white)
	c.RoundRect(image.Rect(10, 10, 40, 30), 4, black)
	if got := area(c); !near(got, 600-(4-math.Pi)*16, 4) {
		t.Errorf("a rounded rectangle covers %.1f", got)
	}
	if ink(c, 10, 20) < 0.99 || ink(c, 9, 20) > 0.01 || ink(c, 10, 10) > 0.2 {
		t.Error("its edges are not sharp, or its corners not round")
	}
	c = New(60, 60, white)
	c.Rect(image.Rect(-5, 50, 100, 100), color.NRGBA{0, 0, 0, 128})
	if got := area(c); !near(got, 300, 5) {
		t.Errorf("a translucent rectangle over the corner covers %.1f", got)
	}
}

func programFont(t testing.TB) *Font {
	t.Helper()
	ttf, err := os.ReadFile(filepath.Join("..", "..", "assets", "fonts", "OpenInterestSans-Regular.otf"))
	if err != nil {
		t.Fatalf("the program's font: %v", err)
	}
	f, err := ParseFont(ttf)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestText(t *testing.T) {
	f := programFont(t)
	if a, b := f.Width(11, "持仓量"), f.Width(22, "持仓量"); !near(b, 2*a, 0.5) || !near(a, 33, 1) {
		t.Errorf("three hanzi at 11 and 22 px are %v and %v wide", a, b)
	}
	if a, b := f.Width(11, "1111.1"), f.Width(11, "8888.8"); a != b {
		t.Errorf("figures are not tabular: %v and %v", a, b)
	}
	c := New(80, 30, white)
	c.Text(f, 11, "79.5K", 10, 20, black)
	m := f.Metrics(11)
	left, right, top, bottom := 80, 0, 30, 0
	for y := range 30 {
		for x := range 80 {
			if ink(c, x, y) > 0.25 {
				left, right, top, bottom = min(left, x), max(right, x), min(top, y), max(bottom, y)
			}
		}
	}
	if width := int(f.Width(11, "79.5K")); left < 10 || right > 10+width || !near(float64(20-top), m.Cap, 1.5) || bottom != 19 {
		t.Errorf("text of width %d and height %.1f at 10, 20 covers %d … %d, %d … %d", width, m.Cap, left, right, top, bottom)
	}
}

// Contours overlap in fonts cut from variable ones, such as the program's: the
// overlap must not become a hole.
func TestOverlappingContoursAreSolid(t *testing.T) {
	c := New(80, 90, white)
	c.Text(programFont(t), 80, "D", 5, 75, black)
	for y := 25; y < 70; y++ {
		left := 0
		for ink(c, left, y) < 0.9 {
			left++
		}
		for x := left; x < left+4; x++ {
			if ink(c, x, y) < 0.9 {
				t.Fatalf("row %d: the stem of D has a hole at column %d", y, x)
			}
		}
	}
}

// A character that the font lacks is that of the next which has it, in width
// and in shape.
func TestCharactersOfAnotherFont(t *testing.T) {
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join("..", "..", "assets", "fonts", name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	parse := func(data []byte, more ...[]byte) *Font {
		f, err := ParseFont(data, more...)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	few, many := read("OpenInterestSans-Regular.otf"), read("OpenInterestSans-Names.otf")
	alone, both, other := parse(few), parse(few, many), parse(many)
	const rare = "貔貅"
	if alone.Has(rare) || both.HasItself(rare) || !both.Has(rare) || !both.HasItself("持仓 BTC") || both.Has("\U0010FFFD") {
		t.Error("what the fonts have is not what they say")
	}
	if a, b := both.Width(13, rare+"BTC"), other.Width(13, rare)+alone.Width(13, "BTC"); a != b {
		t.Errorf("the text is %v wide, its parts are %v", a, b)
	}
	drawn := func(f *Font) []uint8 {
		c := New(40, 20, white)
		c.Text(f, 13, rare, 2, 15, black)
		return c.Image().Pix
	}
	if got := drawn(both); !bytes.Equal(got, drawn(other)) || bytes.Equal(got, drawn(alone)) {
		t.Error("the characters do not look like those of the other font")
	}
}

func TestElide(t *testing.T) {
	f := programFont(t)
	if got := f.Elide(11, "BTCUSDT", 500); got != "BTCUSDT" {
		t.Errorf("shortened to %q though there was room", got)
	}
	got := f.Elide(11, "1000RATSUSDT", 60)
	if f.Width(11, got) > 60 || len([]rune(got)) < 6 || got[len(got)-3:] != "…" {
		t.Errorf("shortened to %q", got)
	}
	if got := f.Elide(11, strings.Repeat("a", 5000), 1e6); !strings.HasSuffix(got, "…") || len(got) > 1000 {
		t.Errorf("of more than is ever drawn, %d bytes are left", len(got))
	}
	if got := f.Elide(11, "BTCUSDT", 2); got != "" {
		t.Errorf("%q is wider than 2 px", got)
	}
}

func FuzzParseFont(f *testing.F) {
	f.Add([]byte("no font"))
	f.Add([]byte{0, 1, 0, 0, 0, 1, 0, 0})
	f.Fuzz(func(t *testing.T, ttf []byte) {
		if font, err := ParseFont(ttf); err == nil && font == nil {
			t.Error("neither a font nor an error")
		}
	})
}
