package look

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

func palettes() map[string]*Palette {
	all := map[string]*Palette{}
	for _, mode := range []Mode{Dark, Light} {
		for _, upRed := range []bool{false, true} {
			all[fmt.Sprintf("%s, up red %t", mode, upRed)] = New(mode, upRed).Palette(theme.VariantDark)
		}
	}
	return all
}

func TestTextIsReadableOnEveryRow(t *testing.T) {
	for name, p := range palettes() {
		rows := map[string]color.NRGBA{"background": p.Background, "hover": p.RowHover, "selected": p.RowSelected, "raised": p.Raised, "overlay": p.Overlay}
		inks := map[string]color.NRGBA{"text": p.Text, "muted": p.Muted, "faint": p.Faint, "up": p.Up, "down": p.Down, "accent": p.Accent, "good": p.Good, "warning": p.Warning, "error": p.Error}
		for row, bg := range rows {
			for ink, fg := range inks {
				if got := Contrast(fg, bg); got < 4.5 {
					t.Errorf("%s: %s on %s has contrast %.2f, want at least 4.5", name, ink, row, got)
				}
			}
			if got := Contrast(p.Outline, bg); got < 3 {
				t.Errorf("%s: a control's outline on %s has contrast %.2f, want at least 3", name, row, got)
			}
		}
	}
}

// What a stock control draws itself with comes from the palette, so that the
// contrast measured above is the one on screen.
func TestStockControlsHaveThePalettesOutline(t *testing.T) {
	for _, mode := range []Mode{Dark, Light} {
		l := New(mode, false)
		p := l.Palette(theme.VariantDark)
		if got := l.Color(theme.ColorNameInputBorder, theme.VariantDark); got != p.Outline {
			t.Errorf("%s: inputs are outlined in %v, want %v", mode, got, p.Outline)
		}
		if got := l.Color(theme.ColorNameDisabled, theme.VariantDark); got != p.Faint {
			t.Errorf("%s: what is disabled is written in %v, want %v", mode, got, p.Faint)
		}
	}
}

func TestUpAndDownStayApartForColourBlindPeople(t *testing.T) {
	for name, p := range palettes() {
		if d := math.Abs(lab(p.Up)[0] - lab(p.Down)[0]); d < 10 {
			t.Errorf("%s: lightness of up and down differs by %.1f, want at least 10", name, d)
		}
		for kind, m := range colourBlindness {
			if d := distance(simulate(m, p.Up), simulate(m, p.Down)); d < 20 {
				t.Errorf("%s: with %s, up and down are %.1f apart (CIE76), want at least 20", name, kind, d)
			}
		}
	}
}

// Whichever of up and down is red, how the program does is told in colours that
// the market has no part in.
func TestMarketColoursNeverMeanStatus(t *testing.T) {
	for name, p := range palettes() {
		for status, c := range map[string]color.NRGBA{"good": p.Good, "warning": p.Warning, "error": p.Error} {
			for _, market := range []color.NRGBA{p.Up, p.Down} {
				if d := distance(linear(c), linear(market)); d < 20 {
					t.Errorf("%s: %s is %.1f from a market colour (CIE76), want at least 20", name, status, d)
				}
			}
		}
	}
	plain, swapped := New(Dark, false), New(Dark, true)
	for _, colour := range []fyne.ThemeColorName{theme.ColorNameSuccess, theme.ColorNameWarning, theme.ColorNameError} {
		if plain.Color(colour, 0) != swapped.Color(colour, 0) {
			t.Errorf("%s changes with the market's colours", colour)
		}
	}
}

func TestModeDecidesThePalette(t *testing.T) {
	if !New(Dark, false).Palette(theme.VariantLight).Dark {
		t.Error("dark mode follows the system")
	}
	if New(Light, false).Palette(theme.VariantDark).Dark {
		t.Error("light mode follows the system")
	}
	system := New(System, false)
	if !system.Palette(theme.VariantDark).Dark || system.Palette(theme.VariantLight).Dark {
		t.Error("system mode does not follow the system")
	}
	plain, swapped := New(Dark, false).Palette(0), New(Dark, true).Palette(0)
	if plain.Up != swapped.Down || plain.Down != swapped.Up {
		t.Error("red up does not swap up and down")
	}
}

func TestCurrentIsThePaletteOfTheAppsTheme(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(New(Light, false))
	if Current().Dark {
		t.Error("a light look is set, the current palette is dark")
	}
	app.Settings().SetTheme(New(Dark, false))
	if !Current().Dark {
		t.Error("a dark look is set, the current palette is light")
	}
	app.Settings().SetTheme(test.Theme())
	if Current() == nil {
		t.Error("no palette under a foreign theme")
	}
}

// A change of colours is seen by whatever is painted afterwards, icons included,
// of which Fyne keeps the pictures by name.
func TestColoursChangeWithoutAnotherTheme(t *testing.T) {
	l := New(Dark, false)
	test.NewTempApp(t).Settings().SetTheme(l)
	painted := func() image.Image {
		w := test.NewTempWindow(t, canvas.NewImageFromResource(theme.SettingsIcon()))
		w.Resize(fyne.NewSize(32, 32))
		return w.Canvas().Capture()
	}
	row := func(img image.Image) (darkest, lightest uint32) {
		darkest = 0xFFFF
		for x := range img.Bounds().Dx() {
			r, _, _, _ := img.At(x, img.Bounds().Dy()/2).RGBA()
			darkest, lightest = min(darkest, r), max(lightest, r)
		}
		return darkest, lightest
	}
	if _, got := row(painted()); got < 0xA000 {
		t.Errorf("on a dark ground an icon is no lighter than %x", got)
	}
	l.Change(Light, false)
	if Current().Dark {
		t.Error("the palette is still dark")
	}
	if got, _ := row(painted()); got > 0x6000 {
		t.Errorf("on a light ground an icon is no darker than %x", got)
	}
}

// Every style must be the same family, and all digits and both signs of equal
// width, or columns of numbers dance as they change.
func TestFiguresAreTabular(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(New(Dark, false))
	for _, style := range []fyne.TextStyle{{}, {Bold: true}, {Monospace: true}, {Italic: true}} {
		want := fyne.MeasureText("00000000", TextSize, style).Width
		for _, digit := range "123456789" {
			s := ""
			for range 8 {
				s += string(digit)
			}
			if got := fyne.MeasureText(s, TextSize, style).Width; got != want {
				t.Errorf("style %+v: %q is %.2f wide, zeros %.2f", style, s, got, want)
			}
		}
		if plus, minus := fyne.MeasureText("++++", TextSize, style).Width, fyne.MeasureText("−−−−", TextSize, style).Width; plus != minus {
			t.Errorf("style %+v: + and − differ in width: %.2f, %.2f", style, plus, minus)
		}
	}
}

// A text that names the bold font is drawn and measured as the theme's bold
// style is, and may become regular again.
func TestBoldTextsMeasureAsTheBoldStyleDoes(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(New(Dark, false))
	const words = "Compute anew 重新计算 −16.5 %"
	for _, isBold := range []bool{true, false} {
		want := fyne.MeasureText(words, TextSize, fyne.TextStyle{Bold: isBold})
		if got := MeasureText(words, TextSize, isBold); got != want {
			t.Errorf("bold %t: measured %v, want %v", isBold, got, want)
		}
		text := canvas.NewText(words, color.Black)
		text.TextSize = TextSize
		SetFont(text, true)
		SetFont(text, isBold)
		if got := text.MinSize(); got != want {
			t.Errorf("bold %t: a text is %v, want %v", isBold, got, want)
		}
	}
	if MeasureText(words, TextSize, true) == MeasureText(words, TextSize, false) {
		t.Error("bold is no wider than regular: this test sees nothing")
	}
}

// The values that WCAG's own examples have.
func TestContrast(t *testing.T) {
	white := color.NRGBA{255, 255, 255, 255}
	for grey, want := range map[uint8]float64{0: 21, 255: 1, 0x76: 4.54, 0x95: 2.98} {
		if got := Contrast(color.NRGBA{grey, grey, grey, 255}, white); math.Abs(got-want) > 0.02 {
			t.Errorf("grey %#x on white has %.2f, want %.2f", grey, got, want)
		}
	}
}

type rgb [3]float64

func linear(c color.NRGBA) rgb {
	f := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return rgb{f(c.R), f(c.G), f(c.B)}
}

func luminance(c rgb) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }

// colourBlindness holds the matrices of Machado, Oliveira and Fernandes (2009)
// at severity 1, for linear RGB.
var colourBlindness = map[string][3]rgb{
	"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
}

func simulate(m [3]rgb, c color.NRGBA) rgb {
	in := linear(c)
	var out rgb
	for i := range out {
		out[i] = min(1, max(0, m[i][0]*in[0]+m[i][1]*in[1]+m[i][2]*in[2]))
	}
	return out
}

func distance(a, b rgb) float64 {
	x, y := labOf(a), labOf(b)
	return math.Sqrt((x[0]-y[0])*(x[0]-y[0]) + (x[1]-y[1])*(x[1]-y[1]) + (x[2]-y[2])*(x[2]-y[2]))
}

func lab(c color.NRGBA) [3]float64 { return labOf(linear(c)) }

// labOf converts linear sRGB to CIE L*a*b* under D65.
func labOf(c rgb) [3]float64 {
	f := func(t float64) float64 {
		if t > 216.0/24389 {
			return math.Cbrt(t)
		}
		return (24389.0/27*t + 16) / 116
	}
	x := f((0.4124564*c[0] + 0.3575761*c[1] + 0.1804375*c[2]) / 0.95047)
	y := f(0.2126729*c[0] + 0.7151522*c[1] + 0.0721750*c[2])
	z := f((0.0193339*c[0] + 0.1191920*c[1] + 0.9503041*c[2]) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}
