package charts

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// klines are made-up candles and volumes, step apart.
func klines(seed uint64, start float64, n int, step time.Duration) (candles, volume Line) {
	r := rand.New(rand.NewPCG(seed, 9))
	v := start
	for i := range n {
		at := noon.Add(-time.Duration(n-i) * step).Truncate(step).UnixMilli()
		open := v
		v *= 1 + 0.003*r.NormFloat64()
		candles.Times = append(candles.Times, at)
		candles.Opens, candles.Values = append(candles.Opens, open), append(candles.Values, v)
		candles.Highs = append(candles.Highs, max(open, v)*(1+0.002*r.Float64()))
		candles.Lows = append(candles.Lows, min(open, v)*(1-0.002*r.Float64()))
		volume.Times, volume.Values = append(volume.Times, at), append(volume.Values, 1e6*(1+r.ExpFloat64()))
	}
	candles.Form, candles.Period, candles.Key, candles.MarkLast = Candles, step.Milliseconds(), "price", true
	volume.Form, volume.Period, volume.Key = Bars, step.Milliseconds(), "volume"
	return candles, volume
}

var rise, fall = color.NRGBA{0x3f, 0xcf, 0xa8, 255}, color.NRGBA{0xd5, 0x5e, 0x00, 255}

// below is the chart of one contract with all that can stand under it.
func below(req Request, span time.Duration) Request {
	n := int(span / fiveMinutes)
	req = history(req, n, fiveMinutes)
	oi := req.Lines[0]
	req.Lines = req.Lines[:1]
	candles, volume := klines(41, 67_300, n/3+1, 15*time.Minute)
	candles.Colour, candles.Down = rise, fall
	volume.Colour = oi.Colour
	change := Line{Key: "change", Form: Changes, Period: fiveMinutes.Milliseconds(), Times: oi.Times, Values: oi.Values, Gap: oi.Gap, Colour: rise, Down: fall}
	funding := Line{Key: "funding", Form: Bars, Period: 8 * hourMillis, Colour: rise, Down: fall}
	for i, at := 0, bucketOf(req.From, 8*hourMillis)+16*hourMillis; at < req.To; i, at = i+1, at+8*hourMillis {
		funding.Times, funding.Values = append(funding.Times, at), append(funding.Values, 0.01*math.Cos(float64(i)))
	}
	req.Below = []Plot{
		{Key: "price", Title: "Price, USD", Share: 0.2, Lines: []Line{candles}},
		{Key: "change", Title: "Change of open interest, contracts", Share: 0.14, Lines: []Line{change}},
		{Key: "volume", Title: "Volume, USD", Share: 0.14, Lines: []Line{volume}},
		{Key: "funding", Title: "Funding, %", Share: 0.12, Lines: []Line{funding}, Blanks: []Blank{{From: req.From, To: req.From + (req.To-req.From)/4, Text: "funding is kept since 10 March"}}},
	}
	return req
}

// All plots have the same columns; in each, pixels and values are each other's
// inverse, and what a line shows in the span lies within its plot.
func TestPlotsBelowShareTheColumns(t *testing.T) {
	for _, size := range []image.Point{{560, 400}, {1100, 700}, {2560, 1000}} {
		for _, scale := range []float64{1, 1.5, 2} {
			for _, span := range []time.Duration{3 * 24 * time.Hour, 14 * 24 * time.Hour} {
				req := below(request(size.X, size.Y, dark(), span), span)
				req.Scale = scale
				p, err := Draw(req)
				if err != nil {
					t.Fatal(err)
				}
				plots := p.Plots()
				if room := float64(size.Y) / scale; len(plots) < 2 || len(plots) < 5 && room >= 400 {
					t.Fatalf("%v at %v: %d plots", size, scale, len(plots))
				}
				for i, plot := range plots {
					if plot.Min.X != p.Plot.Min.X || plot.Max.X != p.Plot.Max.X {
						t.Errorf("%v at %v: plot %d has columns %d to %d, the main one %d to %d", size, scale, i, plot.Min.X, plot.Max.X, p.Plot.Min.X, p.Plot.Max.X)
					}
					if i > 0 && (plot.Min.Y <= plots[i-1].Max.Y || p.Borders()[i-1] <= plots[i-1].Max.Y || p.Borders()[i-1] >= plot.Min.Y) {
						t.Errorf("%v at %v: plot %d at rows %d to %d, below one that ends at %d", size, scale, i, plot.Min.Y, plot.Max.Y, plots[i-1].Max.Y)
					}
				}
				for line := range p.lines {
					plot := plots[p.plotOf(line)]
					for x := plot.Min.X; x < plot.Max.X; x += 13 {
						_, v, ok := p.Nearest(line, p.Time(float64(x)))
						if !ok {
							continue
						}
						row := p.Row(line, v)
						if row < float64(plot.Min.Y)-0.01 || row > float64(plot.Max.Y-1)+0.01 {
							t.Fatalf("line %d shows %v at row %v, its plot has %d to %d", line, v, row, plot.Min.Y, plot.Max.Y)
						}
						if back := p.of(line).Value(p.lines[line].Axis, row); math.Abs(back-v) > 1e-9*math.Max(1, math.Abs(v)) {
							t.Fatalf("line %d: %v is read back as %v", line, v, back)
						}
					}
				}
			}
		}
	}
}

// Where there is no room for several plots, the main one is drawn alone.
func TestPlotsBelowGiveWay(t *testing.T) {
	for _, size := range []image.Point{{16, 16}, {80, 60}, {200, 90}, {4000, 16}, {16, 4000}} {
		p, err := Draw(below(request(size.X, size.Y, dark(), 24*time.Hour), 24*time.Hour))
		if err != nil {
			t.Fatalf("%v: %v", size, err)
		}
		if len(p.Plots()) != 1 {
			t.Errorf("%v has %d plots", size, len(p.Plots()))
		}
		if row := p.Row(3, 1); !math.IsNaN(row) {
			t.Errorf("%v: a line that is not drawn has row %v", size, row)
		}
	}
}

// Buckets are wide enough to be seen, of a length that a person knows, and
// begin with it; their sums and extremes are those of what lies in them.
func TestBucketsHoldWhatLiesInThem(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for range 400 {
		span := int64(math.Exp(r.Float64()*9)) * 20 * minuteMillis
		units := 100 + 2500*r.Float64()
		period := []int64{minuteMillis, 5 * minuteMillis, hourMillis, 8 * hourMillis, dayMillis}[r.IntN(5)]
		step := BucketStep(span, units, period)
		if width := float64(step) / float64(span) * units; width < leastBucket*0.999 {
			t.Fatalf("a bucket of %v is %.2f units wide in %v of %v", step, width, span, units)
		}
		if step%period != 0 {
			t.Fatalf("buckets of %d cut what counts for %d", step, period)
		}
	}
	candles, volume := klines(5, 100, 3000, 5*time.Minute)
	from, to := candles.Times[100], candles.Times[2900]
	for _, step := range bucketSteps {
		c, err1 := gather(&candles, from, to, step)
		v, err2 := gather(&volume, from, to, step)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		for i, at := range c.Times {
			if bucketOf(at, step) != at || at+step <= from || at > to || i > 0 && at <= c.Times[i-1] {
				t.Fatalf("a bucket of %d begins at %d", step, at)
			}
			open, high, low, last, sum := math.NaN(), math.Inf(-1), math.Inf(1), 0.0, 0.0
			for k, ms := range candles.Times {
				if ms < at || ms >= at+step {
					continue
				}
				if open != open {
					open = candles.Opens[k]
				}
				high, low, last = max(high, candles.Highs[k]), min(low, candles.Lows[k]), candles.Values[k]
				sum += volume.Values[k]
			}
			if c.Opens[i] != open || c.Highs[i] != high || c.Lows[i] != low || c.Values[i] != last || math.Abs(v.Values[i]-sum) > 1e-6*sum {
				t.Fatalf("step %d, bucket %d: %v %v %v %v %v, want %v %v %v %v %v", step, i, c.Opens[i], c.Highs[i], c.Lows[i], c.Values[i], v.Values[i], open, high, low, last, sum)
			}
		}
	}
}

// A change belongs to the bucket in which it took place; what happened in a gap
// is nobody's.
func TestChangesOfSamples(t *testing.T) {
	l := Line{Form: Changes, Gap: 9 * minuteMillis}
	for i, v := range []float64{10, 12, 15, 18, math.NaN(), 20, 21, 19} {
		l.Times, l.Values = append(l.Times, int64(i)*5*minuteMillis), append(l.Values, v)
	}
	l.Times[7] += 30 * minuteMillis // after a gap
	got, err := gather(&l, 0, 4*hourMillis, 15*minuteMillis)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got.Times, got.Values) != fmt.Sprint([]int64{0, 15 * minuteMillis}, []float64{8, 1}) {
		t.Errorf("changes %v at %v", got.Values, got.Times)
	}
	l.Form = Candles
	if got, err = gather(&l, 0, 4*hourMillis, 15*minuteMillis); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got.Opens, got.Highs, got.Lows, got.Values) != "[10 20 19] [18 21 19] [10 20 19] [18 21 19]" {
		t.Errorf("candles %v %v %v %v", got.Opens, got.Highs, got.Lows, got.Values)
	}
}

func TestBucketAtAnInstant(t *testing.T) {
	candles, _ := klines(5, 100, 300, time.Hour)
	candles.Colour = rise
	req := request(600, 300, dark(), 10*24*time.Hour)
	req.Lines = []Line{candles}
	p, err := Draw(req)
	if err != nil {
		t.Fatal(err)
	}
	at := req.To - 5*hourMillis - 1000
	b, ok := p.Bucket(0, at)
	if !ok || at < b.From || at >= b.To || b.High < max(b.Open, b.Close) || b.Low > min(b.Open, b.Close) {
		t.Errorf("at %d: %+v, %v", at, b, ok)
	}
	if middle, v, ok := p.Nearest(0, at); !ok || middle != (b.From+b.To)/2 || v != b.Close {
		t.Errorf("nearest %d %v %v", middle, v, ok)
	}
	if _, ok := p.Bucket(0, req.To+7*24*hourMillis); ok {
		t.Error("there is a candle in the future")
	}
}

// A candle that rose is hollow, one that fell filled.
func TestCandlesDifferInForm(t *testing.T) {
	req := request(400, 300, dark(), 8*time.Hour)
	at := bucketOf(req.From, hourMillis) + 2*hourMillis
	req.Lines = []Line{{Form: Candles, Period: hourMillis, Colour: rise, Down: fall,
		Times: []int64{at, at + 2*hourMillis}, Opens: []float64{10, 20}, Values: []float64{20, 10}, Highs: []float64{22, 21}, Lows: []float64{9, 8}}}
	p, err := Draw(req)
	if err != nil {
		t.Fatal(err)
	}
	pixel := func(ms int64, v float64) color.NRGBA {
		return color.NRGBAModel.Convert(p.Image.At(int(p.X(ms)+0.5), int(math.Round(p.Y(Left, v))))).(color.NRGBA)
	}
	if got := pixel(at+hourMillis/2, 15); got == rise || got == fall {
		t.Errorf("the middle of a candle that rose is %v", got)
	}
	if got := pixel(at+hourMillis/2, 20); got != rise {
		t.Errorf("the close of a candle that rose is %v", got)
	}
	if got := pixel(at+2*hourMillis+hourMillis/2, 15); got != fall {
		t.Errorf("the middle of a candle that fell is %v", got)
	}
}

// BenchmarkBelow is a chart with four plots under it, at half of a window of
// 2560 × 1440: a year of 5-minute points and their changes.
func BenchmarkBelow(b *testing.B) {
	benchmarkDraw(b, below(request(1280, 1000, dark(), 365*24*time.Hour), 365*24*time.Hour))
}

// barsOf draws bars below a line, and returns them as the picture has them.
func barsOf(t *testing.T, bars Line, span time.Duration) (list []Bucket) {
	t.Helper()
	req := history(request(1100, 500, dark(), span), int(span/fiveMinutes), fiveMinutes)
	n := len(req.Lines)
	req.Below = []Plot{{Share: 0.3, Lines: []Line{bars}}}
	p, err := Draw(req)
	if err != nil {
		t.Fatal(err)
	}
	for at := req.From; at < req.To; {
		b, ok := p.Bucket(n, at)
		if !ok {
			at += minuteMillis
			continue
		}
		list, at = append(list, b), b.To
	}
	return list
}

// Payments that come every eight hours and then every hour: each is over its own
// time, and where those of an hour are too narrow, eight hours are put together.
func TestBarsOfUnequalLength(t *testing.T) {
	funding := Line{Key: "funding", Form: Bars, Colour: rise, Down: fall}
	end, change := noon.UnixMilli(), noon.UnixMilli()-24*hourMillis
	change -= change % (8 * hourMillis)
	for at := change - 14*24*hourMillis; at < end; {
		length := int64(8 * hourMillis)
		if at >= change {
			length = hourMillis
		}
		funding.Times, funding.Ends, funding.Values = append(funding.Times, at), append(funding.Ends, at+length), append(funding.Values, 1)
		at += length
	}
	lengths := map[int64]int{}
	for _, b := range barsOf(t, funding, 3*24*time.Hour) {
		lengths[b.To-b.From]++
		if b.Close != 1 || (b.To-b.From == hourMillis) != (b.From >= change) {
			t.Errorf("%v hours from %v have %v", (b.To-b.From)/hourMillis, time.UnixMilli(b.From).UTC(), b.Close)
		}
	}
	if len(lengths) != 2 || lengths[8*hourMillis] < 5 || lengths[hourMillis] < 20 {
		t.Errorf("bars by length: %v", lengths)
	}
	for _, b := range barsOf(t, funding, 12*24*time.Hour) {
		want := 1.0
		if b.From >= change {
			want = min(8, float64((end-b.From+hourMillis-1)/hourMillis))
		}
		if b.To-b.From != 8*hourMillis || b.Close != want {
			t.Errorf("%v hours from %v have %v, want %v", (b.To-b.From)/hourMillis, time.UnixMilli(b.From).UTC(), b.Close, want)
		}
	}
}

// Bars of volume have the colour of their candle, put together or not.
func TestBarsHaveTheColourOfTheirCandle(t *testing.T) {
	for _, span := range []time.Duration{24 * time.Hour, 14 * 24 * time.Hour} {
		candles, volume := klines(43, 67_300, int(span/(15*time.Minute))+1, 15*time.Minute)
		volume.Colour, volume.Down, volume.Opens, volume.Closes = rise, fall, candles.Opens, candles.Values
		candles.Colour, candles.Down = rise, fall
		colours := map[color.NRGBA]int{}
		want := barsOf(t, candles, span)
		for i, b := range barsOf(t, volume, span) {
			colours[b.Colour]++
			if b.From != want[i].From || b.Colour != want[i].Colour {
				t.Fatalf("%v: bar %d from %v has colour %v, its candle from %v %v", span, i, b.From, b.Colour, want[i].From, want[i].Colour)
			}
		}
		if colours[rise] < 5 || colours[fall] < 5 {
			t.Errorf("%v: %v", span, colours)
		}
	}
}

// The level of the last candle has the candle's colour, as its tag does.
func TestTheLastLevelHasItsCandlesColour(t *testing.T) {
	req := request(1100, 500, dark(), 24*time.Hour)
	candles, _ := klines(43, 67_300, 97, 15*time.Minute)
	candles.Colour, candles.Down = rise, fall
	n := len(candles.Times) - 1
	for _, c := range []struct {
		open float64
		want color.NRGBA
	}{{candles.Values[n] * 1.004, fall}, {candles.Values[n] * 0.996, rise}} {
		candles.Opens[n] = c.open
		candles.Highs[n], candles.Lows[n] = max(c.open, candles.Values[n]), min(c.open, candles.Values[n])
		req.Lines = []Line{candles}
		p, err := Draw(req)
		if err != nil {
			t.Fatal(err)
		}
		r, g, _, _ := p.Image.At(p.Plot.Min.X, int(math.Round(p.Row(0, candles.Values[n])))).RGBA()
		if red := r > g; red != (c.want == fall) {
			t.Errorf("the level of a candle from %v to %v has red %d, green %d", c.open, candles.Values[n], r>>8, g>>8)
		}
	}
}

// An axis shows its level, and labels it before all others; on a logarithmic one a
// half lies as far below 1 as twice lies above.
func TestAnAxisShowsItsLevel(t *testing.T) {
	line := Line{Key: "ratio"}
	for i := range 100 {
		line.Times, line.Values = append(line.Times, int64(i)*minuteMillis), append(line.Values, 3+math.Sin(float64(i)/9))
	}
	req := Request{
		Width: 600, Height: 300, From: 0, To: 99 * minuteMillis, Lines: []Line{line},
		Below: []Plot{{Share: 0.4, Lines: []Line{line}, Left: ValueAxis{Log: true, Level: 1}}},
	}
	p, err := Draw(req)
	if err != nil {
		t.Fatal(err)
	}
	box := p.Plots()[1]
	half, one, two := p.Row(1, 0.5), p.Row(1, 1), p.Row(1, 2)
	if one < float64(box.Min.Y) || one >= float64(box.Max.Y) || math.Abs((half-one)-(one-two)) > 1e-6 {
		t.Errorf("0.5, 1 and 2 on rows %v, %v, %v of a plot at %v", half, one, two, box)
	}
	zero := p.Image.RGBAAt(box.Min.X+5, int(math.Round(one)))
	if around := p.Image.RGBAAt(box.Min.X+5, int(math.Round(one))+3); zero == around {
		t.Errorf("there is no line at 1: %v", zero)
	}
}

// However low a plot is, its level is named where any value is.
func TestALowPlotNamesItsLevel(t *testing.T) {
	for _, span := range [][2]float64{{1, 2.6}, {0.8, 1.4}, {0.3, 9}, {2.9, 3.1}} {
		s := valueScale{spacing: 60, level: 1, domain: 22}
		s.fit(min(1, span[0]), max(1, span[1]), true)
		if !slices.ContainsFunc(s.ticks(), func(k tick) bool { return k.value == 1 }) {
			t.Errorf("%v: ticks %v", span, s.ticks())
		}
	}
}
