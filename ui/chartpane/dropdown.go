package chartpane

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"

	"openinterest/ui/look"
)

// dropdown is a quiet word with a ▾ in a header, which opens something below it.
type dropdown struct {
	ttwidget.ToolTipWidget
	word *canvas.Text
	ring look.Ring
	open func(below fyne.CanvasObject)
}

func newDropdown(word, tip string, open func(below fyne.CanvasObject)) *dropdown {
	d := &dropdown{word: canvas.NewText("", nil), ring: look.NewRing(), open: open}
	d.word.TextSize = look.TextSize
	d.ExtendBaseWidget(d)
	d.SetToolTip(tip)
	d.say(word)
	return d
}

// say changes the word, and reports whether that is news.
func (d *dropdown) say(word string) bool {
	if word += " ▾"; word == d.word.Text {
		return false
	}
	d.word.Text = word
	d.Refresh()
	return true
}

// Tapped opens what is below; a tooltip must not lie over that.
func (d *dropdown) Tapped(*fyne.PointEvent) {
	d.MouseOut()
	d.open(d)
}

// FocusGained shows that the keyboard is on it.
func (d *dropdown) FocusGained() { d.ring.Show(true) }

// FocusLost shows that it is no more.
func (d *dropdown) FocusLost() { d.ring.Show(false) }

// TypedRune does nothing: keys press it.
func (d *dropdown) TypedRune(rune) {}

// TypedKey opens it with Space, Enter or ↓.
func (d *dropdown) TypedKey(k *fyne.KeyEvent) {
	if look.Presses(k) || k.Name == fyne.KeyDown {
		d.Tapped(nil)
	}
}

// Cursor is a pointing hand.
func (d *dropdown) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (d *dropdown) CreateRenderer() fyne.WidgetRenderer {
	r := &dropdownRenderer{d}
	r.Refresh()
	return r
}

type dropdownRenderer struct{ d *dropdown }

func (r *dropdownRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.d.word, r.d.ring.Edge}
}
func (r *dropdownRenderer) Destroy() {}
func (r *dropdownRenderer) MinSize() fyne.Size {
	return fyne.NewSize(r.d.word.MinSize().Width, headerRow)
}
func (r *dropdownRenderer) Layout(size fyne.Size) {
	word := r.d.word.MinSize()
	look.Place(r.d.word, 0, (size.Height-word.Height)/2, word.Width, word.Height)
	look.Place(r.d.ring.Edge, -4, 0, size.Width+8, size.Height)
}
func (r *dropdownRenderer) Refresh() {
	r.d.word.Color = look.Current().Muted
	look.SetFont(r.d.word, false)
	canvas.Refresh(r.d)
}
