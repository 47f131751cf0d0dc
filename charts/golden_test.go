package charts

import (
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"openinterest/charts/canvas"
)

var update = flag.Bool("update", false, "write the golden pictures anew; look at each before committing it")

// walk is a random series: the same for the same seed.
type walk struct {
	seed            uint64
	start, noise    float64
	drift           float64 // per point
	n               int
	step            time.Duration
	end             time.Time
	swingAt, swing  float64 // a jump by swing (a fraction) at this part of the series
	missing, hidden [2]int  // points left out; points unknown
}

func (w walk) series() (times []int64, values []float64) {
	r := rand.New(rand.NewPCG(w.seed, 7))
	v := w.start
	for i := range w.n {
		v *= 1 + w.drift + w.noise*r.NormFloat64()
		if w.swing != 0 && i == int(w.swingAt*float64(w.n)) {
			v *= 1 + w.swing
		}
		if i >= w.missing[0] && i < w.missing[1] {
			continue
		}
		x := v
		if i >= w.hidden[0] && i < w.hidden[1] {
			x = math.NaN()
		}
		times = append(times, w.end.Add(-time.Duration(w.n-1-i)*w.step).UnixMilli())
		values = append(values, x)
	}
	return times, values
}

// percent turns values into changes since the first, in %.
func percent(values []float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = (v/values[0] - 1) * 100
	}
	return out
}

func formatPercent(v, step float64) string {
	if v > 0 {
		return "+" + FormatValue(v, step) + "%"
	}
	return FormatValue(v, step) + "%"
}

var noon = time.Date(2026, 3, 12, 11, 35, 0, 0, time.UTC)

const fiveMinutes = 5 * time.Minute

func request(w, h int, theme Theme, span time.Duration) Request {
	return Request{
		Width: w, Height: h, Scale: 1, Theme: theme,
		From: noon.Add(-span).UnixMilli(), To: noon.UnixMilli(),
		Time: TimeAxis{Zone: "UTC"},
	}
}

// history is the chart of one contract: open interest, and price on the right.
func history(req Request, n int, step time.Duration) Request {
	accent, _ := Palette(0, req.Theme.complete().Background)
	muted := mix(req.Theme.complete().Background, req.Theme.complete().Text, 0.42)
	t1, v1 := walk{seed: 3, start: 79_500, noise: 0.0011, n: n, step: step, end: noon, swingAt: 0.7, swing: -0.021}.series()
	t2, v2 := walk{seed: 5, start: 67_300, noise: 0.0012, n: n, step: step, end: noon, swingAt: 0.7, swing: -0.012}.series()
	req.Lines = []Line{
		{Key: "oi", Label: "BTCUSDT", Times: t1, Values: v1, Colour: accent, Fill: true, MarkLast: true, Gap: 3 * step.Milliseconds()},
		{Key: "price", Axis: Right, Times: t2, Values: v2, Colour: muted, Width: 1, MarkLast: true, Gap: 3 * step.Milliseconds()},
	}
	req.Left.Unit, req.Right.Unit = "contracts", "price, USDT"
	return req
}

func comparison(req Request, names []string, n int, step time.Duration) Request {
	for i, name := range names {
		w := walk{seed: uint64(i + 11), start: 100, noise: 0.0016, drift: float64(i%3-1) * 2e-5, n: n, step: step, end: noon}
		switch i {
		case 1:
			w.missing = [2]int{n / 4, n/4 + n/12}
		case 2:
			w.hidden = [2]int{n * 2 / 3, n*2/3 + n/20}
		case 4: // delisted
			w.missing = [2]int{n * 7 / 8, n}
		}
		t, v := w.series()
		colour, dash := Palette(i, req.Theme.complete().Background)
		req.Lines = append(req.Lines, Line{
			Key: name, Label: name, Times: t, Values: percent(v), Colour: colour, Dash: dash, Gap: 3 * step.Milliseconds(),
		})
	}
	req.EndLabels = true
	req.Left.Format = formatPercent
	req.Left.Unit = "change since the left edge"
	return req
}

var symbols = []string{"BTCUSDT", "ETHUSDT", "SOLUSDT", "DOGEUSDT", "1000PEPEUSDT", "XRPUSDT",
	"BNBUSDT", "ADAUSDT", "AVAXUSDT", "LINKUSDT", "LTCUSDT", "1000RATSUSDT"}

func one(req Request, times []int64, values []float64) Request {
	colour, _ := Palette(0, req.Theme.complete().Background)
	req.Lines = []Line{{Key: "a", Label: "BTCUSDT", Times: times, Values: values, Colour: colour, MarkLast: true, Gap: 900_000}}
	return req
}

func constant(n int, v float64) (times []int64, values []float64) {
	times, values = walk{n: n, step: fiveMinutes, end: noon}.series()
	for i := range values {
		values[i] = v
	}
	return times, values
}

func programFont(t testing.TB) *Font {
	t.Helper()
	ttf, err := os.ReadFile(filepath.Join("..", "assets", "fonts", "OpenInterestSans-Regular.otf"))
	if err != nil {
		t.Fatalf("the program's font: %v", err)
	}
	f, err := canvas.ParseFont(ttf)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func goldens(t testing.TB) map[string]Request {
	day := 24 * time.Hour
	out := map[string]Request{
		"history-dark":      history(request(560, 260, dark(), 41*time.Hour), 493, fiveMinutes),
		"history-light":     history(request(900, 360, light(), 7*day), 7*288, fiveMinutes),
		"history-scale2":    history(request(1120, 520, dark(), 4*time.Hour), 49, fiveMinutes),
		"history-scale3":    history(request(1500, 750, light(), 30*day), 30*288, fiveMinutes),
		"history-small":     history(request(220, 120, dark(), 24*time.Hour), 289, fiveMinutes),
		"comparison-light":  comparison(request(720, 320, light(), 24*time.Hour), symbols[:6], 289, fiveMinutes),
		"comparison-twelve": comparison(request(900, 420, dark(), 3*day), symbols, 3*288+1, fiveMinutes),
		"comparison-small":  comparison(request(300, 140, light(), 4*time.Hour), symbols[:8], 49, fiveMinutes),
		"year":              history(request(1200, 420, dark(), 365*day), 365*24, time.Hour),
	}
	two := out["history-scale2"]
	two.Scale, two.Watermark = 2, "DEMO — simulated market"
	out["history-scale2"] = two
	three := out["history-scale3"]
	three.Scale = 3
	out["history-scale3"] = three

	chinese := comparison(request(640, 280, dark(), 24*time.Hour), []string{"BTCUSDT", "币安人生USDT", "我踏马来了USDT", "SOLUSDT"}, 289, fiveMinutes)
	chinese.Left.Unit, chinese.Watermark = "自左端起的变化", "演示 — 模拟行情"
	chinese.Time.Format = func(t time.Time, step time.Duration) (string, string) {
		return t.Format("15:04"), fmt.Sprintf("%d月%d日", t.Month(), t.Day())
	}
	out["comparison-chinese"] = chinese

	empty := request(560, 260, dark(), day)
	empty.Message = "Tick symbols in the table to compare them"
	out["empty"] = empty

	times, values := constant(289, 79_068)
	out["constant"] = one(request(480, 220, light(), day), times, values)
	out["single-point"] = one(request(480, 220, dark(), day), times[200:201], values[200:201])

	negative := one(request(480, 220, light(), day), times, values)
	_, negative.Lines[0].Values = walk{seed: 23, start: 100, noise: 0.0004, drift: -0.0001, n: 289, step: fiveMinutes, end: noon}.series()
	negative.Lines[0].Values = percent(negative.Lines[0].Values)
	negative.Left.Format = formatPercent
	out["negative"] = negative

	logarithmic := request(640, 300, light(), day)
	for i, start := range []float64{5.3e9, 2.1e9, 4.2e8, 3.1e7, 1.2e6} {
		t, v := walk{seed: uint64(i + 31), start: start, noise: 0.004, n: 289, step: fiveMinutes, end: noon}.series()
		colour, dash := Palette(i, logarithmic.Theme.Background)
		logarithmic.Lines = append(logarithmic.Lines, Line{Label: symbols[i], Times: t, Values: v, Colour: colour, Dash: dash})
	}
	logarithmic.EndLabels, logarithmic.Left = true, ValueAxis{Unit: "USD", Log: true}
	out["logarithmic"] = logarithmic

	marked := history(request(720, 300, dark(), 3*day), 3*288+1, fiveMinutes)
	oi := marked.Lines[0]
	for i, shape := range []Shape{Circle, Diamond, TriangleUp, TriangleDown, TriangleDown} {
		k := 120 + 140*min(i, 3)
		colour, _ := Palette(i+1, marked.Theme.Background)
		marked.Markers = append(marked.Markers, Marker{Key: fmt.Sprint(i), Time: oi.Times[k], Value: oi.Values[k], Shape: shape, Colour: colour})
	}
	out["markers"] = marked

	blank := history(request(720, 280, light(), 3*day), 2*288, fiveMinutes)
	blank.Blanks = []Blank{{From: blank.From, To: blank.Lines[0].Times[0], Text: "Before 03-10 11:40: the exchange keeps 30 days"}}
	out["blank"] = blank

	both := history(request(720, 280, light(), day), 289, fiveMinutes)
	both.EndLabels = true
	out["end-label-and-price"] = both

	out["below-dark"] = below(request(760, 560, dark(), 3*day), 3*day)
	candles := below(request(640, 480, light(), 7*day), 7*day)
	candles.Lines[0].Form, candles.Lines[0].Period, candles.Lines[0].Down = Candles, fiveMinutes.Milliseconds(), fall
	candles.Below = candles.Below[1:3]
	candles.Below[1].Lines, candles.Below[1].Message = nil, "Volume could not be loaded: the exchange cannot be reached; it is tried again at 11:36."
	out["below-candles-light"] = candles

	out["huge"] = scaled(history(request(480, 220, dark(), day), 289, fiveMinutes), 1.4e8)
	out["tiny"] = scaled(history(request(480, 220, dark(), day), 289, fiveMinutes), 1.7e-14)
	font := programFont(t)
	for name, req := range out {
		if name != "empty" { // one shows go-chart's own
			req.Theme.Font = font
			out[name] = req
		}
	}
	return out
}

func scaled(req Request, factor float64) Request {
	for _, l := range req.Lines {
		for i := range l.Values {
			l.Values[i] *= factor
		}
	}
	return req
}

// Goldens are compared with a tolerance because floating-point contraction
// (fused multiply-add on arm64) moves a coverage by a step or two of 255, and
// rounds an odd pixel differently; a label that moved or a line that is missing
// changes far more. The program's font is on all but one: a new cut of it needs -update.
const (
	pixelTolerance = 6     // of 255, in any channel
	tolerated      = 0.001 // of all pixels may differ by more
)

func TestGoldens(t *testing.T) {
	for name, req := range goldens(t) {
		t.Run(name, func(t *testing.T) {
			p, err := Draw(req)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name+".png")
			if *update {
				writePNG(t, file, p.Image)
				return
			}
			want := readPNG(t, file)
			if part := differing(p.Image, want); part > tolerated {
				failed := filepath.Join("testdata", "failed", name+".png")
				writePNG(t, failed, p.Image)
				t.Errorf("%.3f %% of the pixels differ from %s; see %s", 100*part, file, failed)
			}
		})
	}
}

// differing is the part of the pixels that differ more than pixelTolerance.
func differing(got, want image.Image) float64 {
	if got.Bounds() != want.Bounds() {
		return 1
	}
	n, b := 0, got.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			g, w := color.NRGBAModel.Convert(got.At(x, y)).(color.NRGBA), color.NRGBAModel.Convert(want.At(x, y)).(color.NRGBA)
			if distance(g.R, w.R) > pixelTolerance || distance(g.G, w.G) > pixelTolerance || distance(g.B, w.B) > pixelTolerance {
				n++
			}
		}
	}
	return float64(n) / float64(b.Dx()*b.Dy())
}

func distance(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }

func writePNG(t *testing.T, file string, img image.Image) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func readPNG(t *testing.T, file string) image.Image {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatalf("%v (go test ./charts -update writes it)", err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// light and dark are themes for a light and a dark window.
func light() Theme {
	return Theme{Background: color.NRGBA{255, 255, 255, 255}, Text: color.NRGBA{0x1f, 0x23, 0x28, 255}}.complete()
}

func dark() Theme {
	return Theme{Background: color.NRGBA{0x16, 0x18, 0x1c, 255}, Text: color.NRGBA{0xe8, 0xea, 0xed, 255}}.complete()
}
