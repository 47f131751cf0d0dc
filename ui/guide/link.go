package guide

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"openinterest/ui/look"
)

// underline is how far above the end of a link its line is.
const underline float32 = 2

// link is what can be tapped of a link on one line. The words and a faint line
// under them are on the paragraph's sheet; under the pointer the line is strong.
type link struct {
	widget.BaseWidget
	line   *canvas.Rectangle
	ring   look.Ring
	target string
	onTap  func(target string)
	onKey  func(*fyne.KeyEvent) bool // what else keys do; nil: nothing
}

func newLink(target string, onTap func(string)) *link {
	l := &link{target: target, onTap: onTap, line: canvas.NewRectangle(color.Transparent), ring: look.NewRing()}
	l.ExtendBaseWidget(l)
	return l
}

// Tapped follows the link.
func (l *link) Tapped(*fyne.PointEvent) { l.onTap(l.target) }

// FocusGained shows that the keyboard is on it.
func (l *link) FocusGained() { l.ring.Show(true) }

// FocusLost shows that it is no more.
func (l *link) FocusLost() { l.ring.Show(false) }

// TypedRune does nothing: keys press it.
func (l *link) TypedRune(rune) {}

// TypedKey follows the link with Space or Enter.
func (l *link) TypedKey(k *fyne.KeyEvent) {
	switch {
	case look.Presses(k):
		l.onTap(l.target)
	case l.onKey != nil:
		l.onKey(k)
	}
}

// Cursor is a pointing hand.
func (l *link) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn draws the underline strongly.
func (l *link) MouseIn(*desktop.MouseEvent) { l.draw(look.Current().Accent) }

// MouseMoved does nothing.
func (l *link) MouseMoved(*desktop.MouseEvent) {}

// MouseOut draws the underline faintly again.
func (l *link) MouseOut() { l.draw(color.Transparent) }

func (l *link) draw(c color.Color) {
	l.line.FillColor = c
	l.line.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (l *link) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(&fyne.Container{Layout: linkLayout{}, Objects: []fyne.CanvasObject{l.line, l.ring.Edge}})
}

// linkLayout puts the line below the words.
type linkLayout struct{}

func (linkLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (linkLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.NewPos(0, size.Height-underline))
	objects[0].Resize(fyne.NewSize(size.Width, look.Hairline))
	look.Place(objects[1], -2, -1, size.Width+4, size.Height+2)
}
