package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Bold texts name their font instead of asking for the theme's bold style: for
// each style in use Fyne opens four fonts (the theme's, its own, one of symbols
// and one of the system) and keeps them, 6 to 8 MB; for a font that is named,
// that one alone. The program's has every glyph that its words need.
//
// Buttons' labels are bold by default, without a font of their own; here they
// are as heavy as the other texts.
func init() { widget.RichTextStyleStrong.TextStyle.Bold = false }

// SetBold makes a text bold, or not.
func SetBold(t *canvas.Text, on bool) {
	t.FontSource = nil
	if on {
		t.FontSource = bold
	}
}

// MeasureText is the size of one line of text, bold or not.
func MeasureText(s string, size float32, isBold bool) fyne.Size {
	if !isBold {
		return fyne.MeasureText(s, size, fyne.TextStyle{})
	}
	t := canvas.Text{Text: s, TextSize: size, FontSource: bold}
	return t.MinSize()
}
