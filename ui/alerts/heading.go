package alerts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"openinterest/ui/look"
)

// heading is a bold title with a label's size and padding, to stand in line
// with labels and buttons. A label itself can only ask for the theme's bold
// style, which costs four fonts (look.SetBold).
type heading struct {
	widget.BaseWidget
	text *canvas.Text
}

func newHeading(text string) *heading {
	h := &heading{text: canvas.NewText(text, nil)}
	h.text.TextSize = look.TextSize
	look.SetBold(h.text, true)
	h.ExtendBaseWidget(h)
	return h
}

// SetText changes the title.
func (h *heading) SetText(text string) {
	h.text.Text = text
	h.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (h *heading) CreateRenderer() fyne.WidgetRenderer {
	r := &headingRenderer{h}
	r.Refresh()
	return r
}

type headingRenderer struct{ h *heading }

func (r *headingRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.h.text} }
func (r *headingRenderer) Destroy()                     {}

func (r *headingRenderer) MinSize() fyne.Size {
	return r.h.text.MinSize().Add(fyne.NewSquareSize(2 * theme.InnerPadding()))
}

func (r *headingRenderer) Layout(size fyne.Size) {
	pad := theme.InnerPadding()
	r.h.text.Move(fyne.NewPos(pad, pad))
	r.h.text.Resize(fyne.NewSize(size.Width-2*pad, r.h.text.MinSize().Height))
}

func (r *headingRenderer) Refresh() {
	r.h.text.Color = look.Current().Text
	canvas.Refresh(r.h)
}
