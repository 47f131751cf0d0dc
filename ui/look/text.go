package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
)

// Bold texts name their font instead of asking for the theme's bold style: for
// each style in use Fyne opens four fonts (the theme's, its own, one of symbols
// and one of the system) and keeps them, 6 to 8 MB; for a font that is named,
// that one alone. The program's has every glyph that its words need.
//
// Buttons' labels are bold by default, without a font of their own; here they
// are as heavy as the other texts.
func init() { widget.RichTextStyleStrong.TextStyle.Bold = false }

// SetFont gives a text the font that its words need: bold or not, or that of
// names, if it has hanzi which no sentence of the program's uses. So it is to be
// called again when the words change, where a contract's name may be among them.
func SetFont(t *canvas.Text, isBold bool) { t.FontSource = fontFor(t.Text, isBold) }

// MeasureText is the size of one line of text in the font that SetFont gives it.
func MeasureText(s string, size float32, isBold bool) fyne.Size {
	font := fontFor(s, isBold)
	if font == nil {
		return fyne.MeasureText(s, size, fyne.TextStyle{})
	}
	t := canvas.Text{Text: s, TextSize: size, FontSource: font}
	return t.MinSize()
}

// fontFor returns nil for the theme's own.
func fontFor(s string, isBold bool) fyne.Resource {
	switch {
	case hasHanzi(s) && !Font(isBold).HasItself(s):
		if isBold {
			return boldNames
		}
		return names
	case isBold:
		return bold
	}
	return nil
}

// isBold tells what SetFont was told of a text.
func isBold(t *canvas.Text) bool { return t.FontSource == bold || t.FontSource == boldNames }

// hasHanzi is quick to say no: most texts have none.
func hasHanzi(s string) bool {
	for _, r := range s {
		if r >= 0x2E80 {
			return true
		}
	}
	return false
}

var (
	names     = fyne.NewStaticResource("OpenInterestSans-Names.otf", assets.FontNames())
	boldNames = fyne.NewStaticResource("OpenInterestSans-BoldNames.otf", assets.FontNames())
)
