package chartpane

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"openinterest/ui/look"
)

const pillHeight float32 = 20

// pill is a word over a picture that can be tapped.
type pill struct {
	widget.BaseWidget
	back  *canvas.Rectangle
	word  *canvas.Text
	hover bool
	onTap func()
}

func newPill(word string, onTap func()) *pill {
	p := &pill{back: canvas.NewRectangle(nil), word: newText(false), onTap: onTap}
	p.word.Text = word
	p.back.CornerRadius, p.back.StrokeWidth = 4, look.Hairline
	look.SetFont(p.word, false)
	p.ExtendBaseWidget(p)
	return p
}

// Tapped does what the word says.
func (p *pill) Tapped(*fyne.PointEvent) { p.onTap() }

// Cursor is a pointing hand.
func (p *pill) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn lights the word.
func (p *pill) MouseIn(*desktop.MouseEvent) { p.hover = true; p.Refresh() }

// MouseMoved does nothing.
func (p *pill) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends that.
func (p *pill) MouseOut() { p.hover = false; p.Refresh() }

// MinSize holds the word.
func (p *pill) MinSize() fyne.Size { return fyne.NewSize(p.word.MinSize().Width+16, pillHeight) }

// CreateRenderer implements fyne.Widget.
func (p *pill) CreateRenderer() fyne.WidgetRenderer {
	r := &pillRenderer{p}
	r.Refresh()
	return r
}

type pillRenderer struct{ p *pill }

func (r *pillRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.p.back, r.p.word}
}
func (r *pillRenderer) MinSize() fyne.Size { return r.p.MinSize() }
func (r *pillRenderer) Destroy()           {}

func (r *pillRenderer) Layout(size fyne.Size) {
	r.p.back.Resize(size)
	word := r.p.word.MinSize()
	look.Place(r.p.word, (size.Width-word.Width)/2, (size.Height-word.Height)/2, word.Width, word.Height)
}

func (r *pillRenderer) Refresh() {
	p := look.Current()
	r.p.back.FillColor, r.p.back.StrokeColor = p.Raised, p.Border
	if r.p.hover {
		r.p.back.FillColor = p.RowSelected
	}
	r.p.word.Color = p.Accent
	r.Layout(r.p.Size())
	canvas.Refresh(r.p)
}
