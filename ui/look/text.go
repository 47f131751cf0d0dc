package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// SetBold gives a text drawn by hand one of the two weights.
//
// The bold one names its font instead of leaving that to the theme: for each
// style that comes from the theme, Fyne opens its own font and the system's for
// the language beside ours, which costs 5 MB in memory, and more where the system's is Chinese.
// What is not in our font is looked for in the system's either way. The regular
// weight comes from the theme, because Fyne's own widgets open that anyway.
func SetBold(t *canvas.Text, on bool) {
	t.TextStyle.Bold = on
	t.FontSource = source(t.TextStyle)
}

// MeasureText is fyne.MeasureText for a text whose weight SetBold has set.
func MeasureText(text string, size float32, style fyne.TextStyle) fyne.Size {
	s, _ := fyne.CurrentApp().Driver().RenderedTextSize(text, size, style, source(style))
	return s
}

func source(style fyne.TextStyle) fyne.Resource {
	if style.Bold {
		return bold
	}
	return nil
}
