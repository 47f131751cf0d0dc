package charts

import (
	"image/color"
	"math"

	"github.com/wcharczuk/go-chart/v2/roboto"

	"openinterest/charts/canvas"
)

// Theme is how a chart looks. The zero value is Light; single fields left zero
// are derived from Background and Text.
type Theme struct {
	Background color.NRGBA // always opaque
	Text       color.NRGBA
	Axis       color.NRGBA // axis labels; zero: Text at 60 %
	Grid       color.NRGBA // horizontal grid; zero: Text at 10 %
	Zero       color.NRGBA // the zero line; zero: Text at 32 %
	Font       *Font       // nil: go-chart's own, which has no Chinese
	FontSize   float64     // units; 0: 11
}

func (t Theme) complete() Theme {
	var none color.NRGBA
	if t.Background == none {
		t.Background = color.NRGBA{255, 255, 255, 255}
	}
	t.Background.A = 255
	if t.Text == none {
		t.Text = color.NRGBA{0x1f, 0x23, 0x28, 255}
		if luminance(t.Background) < 0.18 {
			t.Text = color.NRGBA{0xe8, 0xea, 0xed, 255}
		}
	}
	for _, part := range []struct {
		colour  *color.NRGBA
		opacity float64
	}{{&t.Axis, 0.6}, {&t.Grid, 0.1}, {&t.Zero, 0.32}} {
		if *part.colour == none {
			*part.colour = mix(t.Background, t.Text, part.opacity)
		}
	}
	if t.Font == nil {
		t.Font = defaultFont
	}
	if !(t.FontSize > 0) {
		t.FontSize = 11
	}
	t.FontSize = math.Min(t.FontSize, 100)
	return t
}

var defaultFont = func() *Font {
	f, err := canvas.ParseFont(roboto.Roboto)
	if err != nil { // go-chart embeds it
		panic(err)
	}
	return f
}()

// Palette returns the colour and dash of the i-th of several lines, for any
// i ≥ 0: the colour-blind safe hues of Okabe and Ito (2008, "Color Universal
// Design"), each moved away from the background until its contrast is at least
// 3:1 (WCAG 2.1, 1.4.11), solid for the first eight, then dashed.
func Palette(i int, background color.NRGBA) (colour color.NRGBA, dash []float64) {
	i = max(i, 0)
	dash = paletteDashes[i/len(paletteHues)%len(paletteDashes)]
	return legible(paletteHues[i%len(paletteHues)], background), dash
}

// Neighbours in the list differ most: charts of two or three lines are the rule.
// The last stands for Okabe and Ito's black: legible makes it light on dark.
var paletteHues = []color.NRGBA{
	{0x56, 0xB4, 0xE9, 255}, // sky blue
	{0xE6, 0x9F, 0x00, 255}, // orange
	{0x00, 0x9E, 0x73, 255}, // bluish green
	{0xCC, 0x79, 0xA7, 255}, // reddish purple
	{0xD5, 0x5E, 0x00, 255}, // vermilion
	{0xF0, 0xE4, 0x42, 255}, // yellow
	{0x00, 0x72, 0xB2, 255}, // blue
	{0x80, 0x80, 0x80, 255}, // grey
}

var paletteDashes = [][]float64{nil, {7, 4}, {2, 3}, {10, 3, 2, 3}}

// legible moves a colour towards black or white until it stands off the background.
func legible(c, background color.NRGBA) color.NRGBA {
	towards := color.NRGBA{255, 255, 255, 255}
	if luminance(background) > 0.18 {
		towards = color.NRGBA{0, 0, 0, 255}
	}
	for p := 0.0; p <= 1; p += 0.02 {
		if m := mix(c, towards, p); contrast(m, background) >= 3 {
			return m
		}
	}
	return towards
}

// mix returns a moved towards b by part p, opaque.
func mix(a, b color.NRGBA, p float64) color.NRGBA {
	channel := func(x, y uint8) uint8 { return uint8(float64(x)*(1-p) + float64(y)*p + 0.5) }
	return color.NRGBA{channel(a.R, b.R), channel(a.G, b.G), channel(a.B, b.B), 255}
}

// fade returns c with its opacity scaled by p.
func fade(c color.NRGBA, p float64) color.NRGBA {
	c.A = uint8(float64(c.A)*p + 0.5)
	return c
}

// luminance is the relative luminance of WCAG 2.1.
func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

// contrast is the contrast ratio of WCAG 2.1, 1 to 21.
func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// onTop is black or white, whichever is read better on c.
func onTop(c color.NRGBA) color.NRGBA {
	white, black := color.NRGBA{255, 255, 255, 255}, color.NRGBA{0x10, 0x10, 0x10, 255}
	if contrast(c, white) >= 3.5 && contrast(c, white)*1.6 > contrast(c, black) {
		return white
	}
	return black
}
