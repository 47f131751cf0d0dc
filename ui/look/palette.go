package look

import (
	"image/color"
	"math"
)

// Palette is the set of colours of one mode. Everything that draws by itself
// (the table's cells, the charts) takes its colours from here, everything that
// is a stock widget gets the same ones through the theme.
//
// Text, Muted, Faint, Up, Down, Accent, Good, Warning and Error keep a contrast of at
// least 4.5 : 1 on every ground, and Outline one of 3 : 1 (WCAG 2.1, AA). Up and Down differ in hue and, by 10 units of CIE L* or more, in
// lightness, so that they stay apart for colour-blind people; screens show a
// sign beside them all the same.
type Palette struct {
	Dark bool

	Background  color.NRGBA // window, table, charts
	Raised      color.NRGBA // header, toolbar buttons, inputs
	Overlay     color.NRGBA // tooltips, menus, pop-ups
	RowHover    color.NRGBA // the row under the pointer
	RowSelected color.NRGBA // the row the keyboard is on
	Hairline    color.NRGBA // the line between rows and panes
	Border      color.NRGBA // the edge of overlays and of the pinned columns
	Outline     color.NRGBA // the edge of a control, by which it is known as one
	Grid        color.NRGBA // a chart's horizontal lines

	Text   color.NRGBA
	Muted  color.NRGBA // labels, headers, units
	Faint  color.NRGBA // rows whose numbers are old, and what is not known
	Accent color.NRGBA // the one accent: selection marks, focus, links
	Up     color.NRGBA // of the market, and nothing else
	Down   color.NRGBA

	// How the program does; apart from Up and Down, whichever way those stand.
	Good    color.NRGBA
	Warning color.NRGBA
	Error   color.NRGBA
}

// darkPalette and lightPalette start from the bluish green and the vermilion
// of Okabe and Ito (2008), "Color Universal Design": #009E73 and #D55E00, moved
// in lightness until they read well on each background.
func darkPalette() Palette {
	return Palette{
		Dark:        true,
		Background:  hex(0x12161B),
		Raised:      hex(0x1A2027),
		Overlay:     hex(0x222A33),
		RowHover:    hex(0x1B2129),
		RowSelected: hex(0x1E2C3D),
		Hairline:    hex(0x222932),
		Border:      hex(0x36414D),
		Outline:     hex(0x6E7A87),
		Grid:        hex(0x262E38),
		Text:        hex(0xE9EDF1),
		Muted:       hex(0x98A3AF),
		Faint:       hex(0x8894A1),
		Accent:      hex(0x5AA9F0),
		Up:          hex(0x3FCFA8),
		Down:        hex(0xF0783C),
		Good:        hex(0x7CC4F5),
		Warning:     hex(0xE6B450),
		Error:       hex(0xFF8A8A),
	}
}

func lightPalette() Palette {
	return Palette{
		Background:  hex(0xFFFFFF),
		Raised:      hex(0xF5F7F9),
		Overlay:     hex(0xFFFFFF),
		RowHover:    hex(0xF1F4F7),
		RowSelected: hex(0xE3EEFA),
		Hairline:    hex(0xE9EDF1),
		Border:      hex(0xC6CFD8),
		Outline:     hex(0x7C8793),
		Grid:        hex(0xE6EAEE),
		Text:        hex(0x11161C),
		Muted:       hex(0x5A6572),
		Faint:       hex(0x616C78),
		Accent:      hex(0x0A64B4),
		Up:          hex(0x005A45),
		Down:        hex(0xB84600),
		Good:        hex(0x1A6FA8),
		Warning:     hex(0x8A5A00),
		Error:       hex(0xB0203A),
	}
}

// WithAlpha returns c with an opacity between 0 and 1: the axes of a chart are
// WithAlpha(Text, 0.6).
func WithAlpha(c color.NRGBA, opacity float64) color.NRGBA {
	c.A = uint8(math.Round(255 * min(1, max(0, opacity))))
	return c
}

// Mix is a colour with a share of another in it, for a ground: it covers what lies below.
func Mix(a, b color.NRGBA, share float64) color.NRGBA {
	part := func(x, y uint8) uint8 { return uint8(math.Round(float64(x)*(1-share) + float64(y)*share)) }
	return color.NRGBA{R: part(a.R, b.R), G: part(a.G, b.G), B: part(a.B, b.B), A: 0xFF}
}

// Contrast is that of two colours, 1 to 21, as WCAG 2.1 defines it.
func Contrast(a, b color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	luminance := func(c color.NRGBA) float64 { return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B) }
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func hex(rgb uint32) color.NRGBA {
	return color.NRGBA{R: uint8(rgb >> 16), G: uint8(rgb >> 8), B: uint8(rgb), A: 0xFF}
}
