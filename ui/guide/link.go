package guide

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"openinterest/ui/look"
)

// link is the part of a link that stands on one line: text, underlined.
type link struct {
	widget.BaseWidget
	text   *canvas.Text
	under  *canvas.Rectangle
	target string
	onTap  func(target string)
}

func newLink(text *canvas.Text, target string, onTap func(string)) *link {
	l := &link{text: text, target: target, onTap: onTap, under: canvas.NewRectangle(nil)}
	l.ExtendBaseWidget(l)
	l.hover(false)
	return l
}

func (l *link) hover(on bool) {
	opacity := 0.4
	if on {
		opacity = 1
	}
	l.under.FillColor = look.WithAlpha(look.Current().Accent, opacity)
	l.under.Refresh()
}

// Tapped follows the link.
func (l *link) Tapped(*fyne.PointEvent) { l.onTap(l.target) }

// Cursor is a pointing hand.
func (l *link) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn draws the underline strongly.
func (l *link) MouseIn(*desktop.MouseEvent) { l.hover(true) }

// MouseMoved does nothing.
func (l *link) MouseMoved(*desktop.MouseEvent) {}

// MouseOut draws the underline faintly again.
func (l *link) MouseOut() { l.hover(false) }

// CreateRenderer implements fyne.Widget.
func (l *link) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{Layout: linkLayout{}, Objects: []fyne.CanvasObject{l.text, l.under}})
}

// linkLayout puts the underline below the text.
type linkLayout struct{}

func (linkLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

func (linkLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size)
	objects[1].Move(fyne.NewPos(0, size.Height-2))
	objects[1].Resize(fyne.NewSize(size.Width, look.Hairline))
}
