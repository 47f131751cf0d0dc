// Package look is how the program looks: a Fyne theme of our own (small
// padding, hairlines, one accent colour, one font for every glyph) and the
// palette that everything drawn by hand takes its colours from.
//
// The window sets a Look as the app's theme, once; whatever draws asks Current for
// the palette each time it refreshes. When the desktop's colours change, Fyne
// refreshes everything; when a person changes those of the Look, the window
// builds its panes anew.
package look

import (
	"image/color"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"openinterest/assets"
)

// Mode is which palette is used.
type Mode string

// The modes. System follows the desktop's setting.
const (
	Dark   Mode = "dark"
	Light  Mode = "light"
	System Mode = "system"
)

// Density is how high the rows of the table are.
type Density string

// The densities.
const (
	Compact Density = "compact"
	Normal  Density = ""
	Roomy   Density = "roomy"
)

// RowHeight is the height of a row of the table.
func (d Density) RowHeight() float32 {
	switch d {
	case Compact:
		return 22
	case Roomy:
		return 32
	}
	return RowHeight
}

// Sizes that several panes share, in Fyne's device-independent pixels.
const (
	RowHeight     float32 = 26 // a row of the table at normal density, a line of a list
	HeaderHeight  float32 = 26
	CellPad       float32 = 6 // left and right of a cell's text
	Hairline      float32 = 1
	TextSize      float32 = 13
	SmallTextSize float32 = 11.5
)

// Look is the program's theme. Its colours may change while it is in use, see Change.
type Look struct {
	colours atomic.Pointer[colours]
	base    fyne.Theme
}

// colours are what a Look has in one mode. Immutable.
type colours struct {
	mode        Mode
	dark, light Palette
}

// New returns the look of a mode; one that does not exist follows the system.
// With upRed, Up and Down change colours, as is usual in China.
func New(mode Mode, upRed bool) *Look {
	l := &Look{base: theme.DefaultTheme()}
	l.Change(mode, upRed)
	return l
}

// Change takes other colours, which whatever is built or refreshed from now on
// has. To give Fyne another theme instead would have it open its fonts again:
// several megabytes, of which its shaper keeps the last 32 for ever, and tens of
// milliseconds.
func (l *Look) Change(mode Mode, upRed bool) {
	c := &colours{mode: mode, dark: darkPalette(), light: lightPalette()}
	if upRed {
		c.dark.Up, c.dark.Down = c.dark.Down, c.dark.Up
		c.light.Up, c.light.Down = c.light.Down, c.light.Up
	}
	l.colours.Store(c)
}

// Current returns the palette in use now: that of the app's theme, or the dark
// one where the theme is not a Look.
func Current() *Palette {
	app := fyne.CurrentApp()
	if app == nil {
		return fallback.Palette(theme.VariantDark)
	}
	l, ok := app.Settings().Theme().(*Look)
	if !ok {
		l = fallback
	}
	return l.Palette(app.Settings().ThemeVariant())
}

var fallback = New(Dark, false)

// Palette returns the palette used when the desktop asks for variant.
func (l *Look) Palette(variant fyne.ThemeVariant) *Palette {
	c := l.colours.Load()
	if c.mode == Dark || c.mode != Light && variant == theme.VariantDark {
		return &c.dark
	}
	return &c.light
}

// Color maps Fyne's colour names onto the palette.
func (l *Look) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	p := l.Palette(variant)
	switch name {
	case theme.ColorNameBackground:
		return p.Background
	case theme.ColorNameForeground:
		return p.Text
	case theme.ColorNameHeaderBackground, theme.ColorNameInputBackground, theme.ColorNameButton:
		return p.Raised
	case theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground:
		return p.Overlay
	case theme.ColorNamePlaceHolder:
		return p.Muted
	case theme.ColorNameDisabled:
		return p.Faint
	case theme.ColorNameDisabledButton:
		return p.Raised
	case theme.ColorNameInputBorder:
		return p.Outline
	case theme.ColorNameSeparator:
		return p.Hairline
	case theme.ColorNameHover:
		return WithAlpha(p.Text, 0.07)
	case theme.ColorNamePressed:
		return WithAlpha(p.Text, 0.14)
	case theme.ColorNamePrimary, theme.ColorNameHyperlink:
		return p.Accent
	case theme.ColorNameFocus:
		return WithAlpha(p.Accent, 0.35)
	case theme.ColorNameSelection:
		return WithAlpha(p.Accent, 0.28)
	case theme.ColorNameScrollBar:
		return WithAlpha(p.Text, 0.28)
	case theme.ColorNameScrollBarBackground:
		return color.Transparent
	case theme.ColorNameSuccess:
		return p.Good
	case theme.ColorNameWarning:
		return p.Warning
	case theme.ColorNameError:
		return p.Error
	case theme.ColorNameForegroundOnPrimary:
		return p.Background
	case theme.ColorNameShadow:
		return shadow(p)
	}
	return l.base.Color(name, l.variant(p))
}

// shadow is the colour of drop shadows and of the dark edge at the end of what
// scrolls: barely there, since hairlines do the separating.
func shadow(p *Palette) color.Color {
	if p.Dark {
		return color.NRGBA{A: 0x50}
	}
	return color.NRGBA{A: 0x1C}
}

func (l *Look) variant(p *Palette) fyne.ThemeVariant {
	if p.Dark {
		return theme.VariantDark
	}
	return theme.VariantLight
}

// Icon returns Fyne's own icons.
func (l *Look) Icon(name fyne.ThemeIconName) fyne.Resource {
	if r, ok := l.base.Icon(name).(*theme.ThemedResource); ok {
		return theme.NewThemedResource(icon{r})
	}
	return l.base.Icon(name)
}

// icon is an icon of Fyne's under a name that tells in which colours: Fyne keeps
// what it painted by name, until it is given another theme.
type icon struct{ *theme.ThemedResource }

func (i icon) Name() string {
	if Current().Dark {
		return "dark_" + i.ThemedResource.Name()
	}
	return "light_" + i.ThemedResource.Name()
}

// Size returns the sizes of a dense instrument.
func (l *Look) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNamePadding:
		return 4
	case theme.SizeNameInnerPadding:
		return 6
	case theme.SizeNameLineSpacing:
		return 3
	case theme.SizeNameText:
		return TextSize
	case theme.SizeNameCaptionText:
		return SmallTextSize
	case theme.SizeNameSubHeadingText:
		return 15
	case theme.SizeNameHeadingText:
		return 19
	case theme.SizeNameInlineIcon:
		return 16
	case theme.SizeNameSeparatorThickness, theme.SizeNameInputBorder:
		return Hairline
	case theme.SizeNameInputRadius, theme.SizeNameButtonRadius, theme.SizeNameSelectionRadius:
		return 4
	case theme.SizeNameScrollBar:
		return 10
	case theme.SizeNameScrollBarSmall:
		return 4
	}
	return l.base.Size(name)
}

// Font returns the program's own font for every style: one family has every
// glyph the screen shows, Chinese and symbols included, and figures of equal
// width, which is all that a monospace style is used for here.
func (l *Look) Font(style fyne.TextStyle) fyne.Resource {
	if style.Bold {
		return bold
	}
	return regular
}

var (
	regular = fyne.NewStaticResource("OpenInterestSans-Regular.otf", assets.FontRegular())
	bold    = fyne.NewStaticResource("OpenInterestSans-Bold.otf", assets.FontBold())
)
