package charts

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"openinterest/charts/canvas"
)

func TestValueTicks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		size := math.Pow(10, r.Float64()*24-10)
		lo := size * (r.Float64() - 0.5)
		hi := lo + size*math.Pow(10, -6*r.Float64())
		s := valueScale{domain: 60 + r.IntN(1500), spacing: 34}
		s.fit(lo, hi, false)
		if !(s.min <= lo && hi <= s.max && s.min < s.max) {
			t.Fatalf("%g … %g lies outside the axis %g … %g", lo, hi, s.min, s.max)
		}
		ticks := s.ticks()
		if len(ticks) < 1 || len(ticks) < 2 && s.domain > 100 || len(ticks) > s.domain/16+2 {
			t.Fatalf("%g … %g over %d px has %d ticks", lo, hi, s.domain, len(ticks))
		}
		for i, k := range ticks {
			if k.value < s.min || k.value > s.max || i > 0 && k.value <= ticks[i-1].value {
				t.Fatalf("%g … %g: tick %g is out of place", lo, hi, k.value)
			}
			if i > 0 && FormatValue(k.value, k.step) == FormatValue(ticks[i-1].value, k.step) {
				t.Fatalf("%g … %g: two ticks read %s", lo, hi, FormatValue(k.value, k.step))
			}
		}
	}
}

// A plot as low as those below the open interest has a scale: bars on both sides
// of zero are not labelled with zero alone.
func TestALowPlotHasAScale(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		size := math.Pow(10, r.Float64()*12-6)
		lo, hi := -size*r.Float64(), size*(0.01+r.Float64())
		s := valueScale{domain: 36 + r.IntN(60), spacing: 34}
		s.fit(lo, hi, false)
		ticks := s.ticks()
		zero := false
		for i, k := range ticks {
			zero = zero || k.value == 0
			if i > 0 && s.Translate(k.value)-s.Translate(ticks[i-1].value) < 12 {
				t.Fatalf("%g … %g over %d px: ticks %g and %g touch", lo, hi, s.domain, ticks[i-1].value, k.value)
			}
		}
		if len(ticks) < 2 || !zero {
			t.Fatalf("%g … %g over %d px has ticks %v", lo, hi, s.domain, ticks)
		}
	}
}

func TestAxisOfConstantsAndExtremes(t *testing.T) {
	for _, v := range []float64{0, 1, -1, 79_068, 1e13, 1e-9, -1e-9, 1e149, 1e-300, -5e-324} {
		s := valueScale{domain: 300, spacing: 34}
		s.fit(v, v, false)
		if !(s.min < v && v < s.max) || len(s.ticks()) < 2 {
			t.Errorf("constant %g: axis %g … %g with %d ticks", v, s.min, s.max, len(s.ticks()))
		}
	}
	s := valueScale{domain: 300, spacing: 34}
	s.fit(0, 1000, false)
	if s.min != 0 {
		t.Errorf("an axis of what is never negative begins at %g", s.min)
	}
	s.fit(-1e150, 1e150, false)
	if len(s.ticks()) < 2 {
		t.Error("no ticks between the limits")
	}
}

func TestLogTicks(t *testing.T) {
	for _, c := range []struct{ lo, hi float64 }{{1, 1e10}, {3e5, 4e8}, {5, 40}, {100, 130}, {1e-9, 1e13}, {7, 7}} {
		s := valueScale{domain: 300, spacing: 34}
		s.fit(c.lo, c.hi, true)
		ticks := s.ticks()
		if len(ticks) < 2 {
			t.Errorf("%v: %d ticks", c, len(ticks))
		}
		for i := 1; i < len(ticks); i++ {
			if apart := float64(s.Translate(ticks[i].value) - s.Translate(ticks[i-1].value)); apart < 16 {
				t.Errorf("%v: ticks %g and %g are %v px apart", c, ticks[i-1].value, ticks[i].value, apart)
			}
		}
	}
}

// Time labels never touch, ticks lie on natural boundaries, and the date can
// always be read, over spans from a second to centuries.
func TestTimeTicks(t *testing.T) {
	width := func(text string) float64 { return 6 * float64(len([]rune(text))) }
	for _, span := range []time.Duration{time.Second, time.Minute, 4 * time.Hour, 24 * time.Hour, 72 * time.Hour,
		7 * 24 * time.Hour, 14 * 24 * time.Hour, 30 * 24 * time.Hour, 90 * 24 * time.Hour, 365 * 24 * time.Hour,
		3650 * 24 * time.Hour, 100_000 * 24 * time.Hour} {
		for pixels := 120; pixels < 4000; pixels += 97 {
			for _, two := range []bool{true, false} {
				end := noon.Add(time.Duration(pixels) * 7 * time.Hour)
				s := timeScale{from: end.Add(-span).UnixMilli(), to: end.UnixMilli(), domain: pixels,
					format: FormatTime, width: width, gap: 12, twoLines: two}
				ticks := s.GetTicks(nil, noStyle, nil)
				if len(ticks) == 0 {
					t.Fatalf("%v over %d px: no ticks", span, pixels)
				}
				right, dated := math.Inf(-1), false
				for i, k := range ticks {
					line, context, _ := strings.Cut(k.Label, "\n")
					w := max(width(line), width(context)) / 2
					x := float64(s.Translate(k.Value))
					if x-w < right+10 {
						t.Fatalf("%v over %d px: label %d (%q) touches its neighbour", span, pixels, i, k.Label)
					}
					right = x + w
					dated = dated || strings.ContainsAny(k.Label, "JFMASOND") || span > 9000*time.Hour
					at := time.UnixMilli(int64(k.Value)).UTC()
					if span >= time.Hour && at.Second() != 0 || span >= 8760*time.Hour && (at.Day()%5 != 1 || at.Hour() != 0) {
						t.Fatalf("%v over %d px: a tick at %v", span, pixels, at)
					}
					if !strings.Contains(k.Label, ":") && len(ticks) > 1 && span <= 90*24*time.Hour && at.Hour() != 0 {
						t.Fatalf("%v over %d px: the date %q stands at %v", span, pixels, k.Label, at)
					}
				}
				if !dated {
					t.Fatalf("%v over %d px: no date to be read: %v", span, pixels, ticks)
				}
			}
		}
	}
}

// Whatever is thinned covers the same heights of each pixel column.
func TestThinKeepsEachColumnsEnvelope(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 300 {
		n := 1 + r.IntN(4000)
		l := Line{Times: make([]int64, n), Values: make([]float64, n)}
		ms := int64(-100_000)
		for i := range n {
			ms += int64(r.IntN(600))
			l.Times[i], l.Values[i] = ms, r.NormFloat64()*1000
			switch r.IntN(30) {
			case 0:
				l.Values[i] = math.NaN()
			case 1:
				l.Values[i] = math.Inf(1 - 2*r.IntN(2))
			}
		}
		g := geometry{from: 0, to: 500_000}
		g.Plot.Min.X, g.Plot.Max.X, g.Plot.Max.Y = 40, 40+20+r.IntN(900), 301
		g.scales[Left].fit(-3000, 3000, false)
		e, err := measure(&l, g.from, g.to, lowestOf(false))
		if err != nil {
			t.Fatal(err)
		}
		compareEnvelopes(t, round, &g, &l, thin(&l, e, &g))
	}
}

type span struct{ top, bottom float64 }

func (s *span) add(top, bottom float64) {
	s.top, s.bottom = min(s.top, top), max(s.bottom, bottom)
}

func compareEnvelopes(t *testing.T, round int, g *geometry, l *Line, steps []canvas.Step) {
	t.Helper()
	column := func(x float64) int { return int(math.Floor(x + 0.5)) }
	naive, got := map[int]*span{}, map[int]*span{}
	grow := func(m map[int]*span, col int, top, bottom float64) {
		if m[col] == nil {
			m[col] = &span{math.Inf(1), math.Inf(-1)}
		}
		m[col].add(top, bottom)
	}
	for i, ms := range l.Times {
		if y := g.Y(Left, l.Values[i]); ms >= g.from && ms <= g.to && known(l.Values[i], lowestOf(false)) {
			grow(naive, column(g.X(ms)), y, y)
		}
	}
	for i, s := range steps {
		if i > 0 && s.X < steps[i-1].X {
			t.Fatalf("round %d: step %d runs back", round, i)
		}
		grow(got, column(s.X), s.Top, s.Bottom)
	}
	for col, want := range naive {
		if got[col] == nil || math.Abs(got[col].top-want.top) > 1e-9 || math.Abs(got[col].bottom-want.bottom) > 1e-9 {
			if col != g.Plot.Min.X && col != g.Plot.Max.X-1 { // the first and last column also hold a neighbour
				t.Fatalf("round %d, column %d: %v, want %v", round, col, got[col], *want)
			}
		}
	}
	if limit := 2*g.Plot.Dx() + 4; len(steps) > limit {
		t.Fatalf("round %d: %d steps for %d columns", round, len(steps), g.Plot.Dx())
	}
}

func TestSpread(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		wanted := make([]float64, 1+r.IntN(14))
		for i := range wanted {
			wanted[i] = r.Float64() * 300
		}
		got := spread(wanted, 14, 0, 300)
		for i := range got {
			if got[i] < -1e-9 || got[i] > 300+1e-9 {
				t.Fatalf("%v spread to %v: outside", wanted, got)
			}
			for k := range i {
				if math.Abs(got[i]-got[k]) < 14-1e-9 {
					t.Fatalf("%v spread to %v: too close", wanted, got)
				}
				if (wanted[i]-wanted[k])*(got[i]-got[k]) < 0 {
					t.Fatalf("%v spread to %v: order changed", wanted, got)
				}
			}
		}
	}
	if got := spread([]float64{10, 100, 200}, 14, 0, 300); got[0] != 10 || got[1] != 100 || got[2] != 200 {
		t.Errorf("labels with room were moved: %v", got)
	}
	if got := spread([]float64{100, 100}, 14, 0, 300); got[0] != 93 || got[1] != 107 {
		t.Errorf("two on one place: %v", got)
	}
}
