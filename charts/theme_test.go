package charts

import (
	"fmt"
	"image/color"
	"math"
	"testing"
	"time"

	"github.com/wcharczuk/go-chart/v2"
)

var noStyle chart.Style

func TestPaletteIsLegibleAndDistinct(t *testing.T) {
	for name, background := range map[string]color.NRGBA{
		"light": light().Background, "dark": dark().Background, "black": {0, 0, 0, 255}, "paper": {0xf4, 0xf1, 0xea, 255},
	} {
		seen := map[string]bool{}
		for i := range 24 {
			c, dash := Palette(i, background)
			if got := contrast(c, background); got < 3 {
				t.Errorf("%s: colour %d (%v) has contrast %.2f", name, i, c, got)
			}
			key := fmt.Sprint(c, dash)
			if seen[key] {
				t.Errorf("%s: line %d looks like another", name, i)
			}
			seen[key] = true
			for k := range min(i, 8) {
				if other, _ := Palette(k, background); i < 8 && difference(c, other) < 18 {
					t.Errorf("%s: colours %d %v and %d %v differ by only %.0f", name, i, c, k, other, difference(c, other))
				}
			}
		}
	}
	if c, dash := Palette(-3, dark().Background); c.A != 255 || dash != nil {
		t.Error("a negative index must give the first line's look")
	}
}

// difference is the CIE 1976 colour difference ΔE*ab, white point D65.
func difference(a, b color.NRGBA) float64 {
	l1, a1, b1 := lab(a)
	l2, a2, b2 := lab(b)
	return math.Sqrt((l1-l2)*(l1-l2) + (a1-a2)*(a1-a2) + (b1-b2)*(b1-b2))
}

func lab(c color.NRGBA) (l, a, b float64) {
	linear := func(v uint8) float64 { return luminance(color.NRGBA{v, v, v, 255}) }
	r, g, bl := linear(c.R), linear(c.G), linear(c.B)
	f := func(t float64) float64 {
		if t > 216./24389 {
			return math.Cbrt(t)
		}
		return (24389./27*t + 16) / 116
	}
	x := f((0.4124*r + 0.3576*g + 0.1805*bl) / 0.9505)
	y := f(0.2126*r + 0.7152*g + 0.0722*bl)
	z := f((0.0193*r + 0.1192*g + 0.9505*bl) / 1.089)
	return 116*y - 16, 500 * (x - y), 200 * (y - z)
}

func TestThemeFillsItself(t *testing.T) {
	dark := Theme{Background: color.NRGBA{10, 10, 20, 255}}.complete()
	if contrast(dark.Text, dark.Background) < 7 || contrast(dark.Axis, dark.Background) < 4.5 {
		t.Error("text derived for a dark background is hard to read")
	}
	light := Theme{}.complete()
	if contrast(light.Text, light.Background) < 7 || contrast(light.Axis, light.Background) < 4 {
		t.Error("text derived for a light background is hard to read")
	}
	for _, c := range []color.NRGBA{{0x56, 0xB4, 0xE9, 255}, {0, 0x72, 0xB2, 255}, {0xF0, 0xE4, 0x42, 255}, {90, 90, 90, 255}} {
		if got := contrast(onTop(c), c); got < 3.5 {
			t.Errorf("text on %v has contrast %.1f", c, got)
		}
	}
}

func TestFormatValue(t *testing.T) {
	for _, c := range []struct {
		v, step float64
		want    string
	}{
		{0, 1, "0"}, {79_500, 500, "79.5K"}, {80_000, 500, "80.0K"}, {-0.25, 0.25, "−0.25"}, {1.2e9, 1e8, "1.2B"},
		{1e13, 1e12, "10T"}, {2e6, 1e6, "2M"}, {-1500, 500, "−1.5K"}, {-0.0001, 0.5, "0.0"}, {0.00012, 0.00002, "0.00012"},
		{1.5e-9, 5e-10, "1.5e−09"}, {67_244, 10, "67.24K"}, {1e26, 1e25, "1.0e+26"}, {math.NaN(), 1, "–"}, {math.Inf(1), 1, "–"},
	} {
		if got := FormatValue(c.v, c.step); got != c.want {
			t.Errorf("%g in steps of %g reads %s, want %s", c.v, c.step, got, c.want)
		}
	}
}

func TestFormatTime(t *testing.T) {
	at := time.Date(2026, 3, 2, 4, 5, 6, 0, time.UTC)
	const day = 24 * time.Hour
	for _, c := range []struct {
		step           time.Duration
		label, context string
	}{
		{time.Second, "04:05:06", "2 Mar"}, {time.Hour, "04:05", "2 Mar"}, {day, "2 Mar", "2026"},
		{30 * day, "Mar", "2026"}, {365 * day, "2026", ""},
	} {
		if label, context := FormatTime(at, c.step); label != c.label || context != c.context {
			t.Errorf("in steps of %v: %q, %q; want %q, %q", c.step, label, context, c.label, c.context)
		}
	}
}
