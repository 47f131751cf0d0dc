package chartpane

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"openinterest/ui/look"
)

const (
	ribbonGap  float32 = 5
	arrowWidth float32 = 16
	wheelRow   float32 = 3 // units of a ribbon for one that the toolkit reports of the wheel
)

// ribbon shows objects beside each other on one line. Where that is too short for
// them, the wheel scrolls it, and so do the arrows at its ends, which are there
// while something lies beyond them.
type ribbon struct {
	widget.BaseWidget
	items       []fyne.CanvasObject
	place       *fyne.Container // the items, inside clip
	clip        *container.Clip
	back, forth *arrow
	offset      float32
}

func newRibbon() *ribbon {
	r := &ribbon{place: container.NewWithoutLayout()}
	r.clip = container.NewClip(r.place)
	r.back = newArrow("‹", func() { r.scroll(-r.Size().Width / 2) })
	r.forth = newArrow("›", func() { r.scroll(r.Size().Width / 2) })
	r.ExtendBaseWidget(r)
	return r
}

// set replaces the objects.
func (r *ribbon) set(items []fyne.CanvasObject) {
	r.items, r.place.Objects = items, items
	r.Refresh()
}

// length is that of all objects in a row.
func (r *ribbon) length() float32 {
	width := float32(0)
	for i, o := range r.items {
		if i > 0 {
			width += ribbonGap
		}
		width += o.MinSize().Width
	}
	return width
}

// window is where objects are seen, and how wide it is: at the beginning there is
// no arrow to the left.
func (r *ribbon) window() (left, width float32) {
	size := r.Size().Width
	switch {
	case r.length() <= size:
		return 0, size
	case r.offset <= 0:
		return 0, max(0, size-arrowWidth)
	}
	return arrowWidth, max(0, size-2*arrowWidth)
}

func (r *ribbon) scroll(by float32) {
	r.offset += by
	r.arrange()
	r.clip.Refresh()
}

// reveal scrolls as little as shows an object whole.
func (r *ribbon) reveal(item fyne.CanvasObject) {
	_, width := r.window()
	if width == 0 { // not laid out yet
		return
	}
	left, right := r.offset+item.Position().X, r.offset+item.Position().X+item.MinSize().Width
	switch {
	case left < r.offset:
		r.scroll(left - r.offset)
	case right > r.offset+width:
		r.scroll(right - width - r.offset)
	}
}

// arrange moves the objects to where the offset has them.
func (r *ribbon) arrange() {
	size := r.Size()
	most := float32(0)
	if length := r.length(); length > size.Width {
		most = length - max(0, size.Width-2*arrowWidth)
	}
	r.offset = max(0, min(r.offset, most))
	left, width := r.window()
	look.Place(r.clip, left, 0, width, size.Height)
	look.Place(r.back, 0, 0, arrowWidth, size.Height)
	look.Place(r.forth, size.Width-arrowWidth, 0, arrowWidth, size.Height)
	look.SetVisible(r.offset > 0.5, r.back)
	look.SetVisible(r.offset < most-0.5, r.forth)
	x := -r.offset
	for _, o := range r.items {
		min := o.MinSize()
		look.Place(o, x, (size.Height-min.Height)/2, min.Width, min.Height)
		x += min.Width + ribbonGap
	}
}

// Scrolled moves the objects, whichever way the wheel turns.
func (r *ribbon) Scrolled(e *fyne.ScrollEvent) {
	by := e.Scrolled.DX
	if by == 0 {
		by = e.Scrolled.DY
	}
	r.scroll(-by * wheelRow)
}

// MinSize is any width: the line scrolls. Without objects there is no line.
func (r *ribbon) MinSize() fyne.Size {
	if len(r.items) == 0 {
		return fyne.Size{}
	}
	return fyne.NewSize(60, chipHeight)
}

// CreateRenderer implements fyne.Widget.
func (r *ribbon) CreateRenderer() fyne.WidgetRenderer { return &ribbonRenderer{r} }

type ribbonRenderer struct{ r *ribbon }

func (r *ribbonRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.r.clip, r.r.back, r.r.forth}
}
func (r *ribbonRenderer) MinSize() fyne.Size { return r.r.MinSize() }
func (r *ribbonRenderer) Layout(fyne.Size)   { r.r.arrange() }
func (r *ribbonRenderer) Destroy()           {}
func (r *ribbonRenderer) Refresh() {
	r.r.arrange()
	r.r.clip.Refresh()
	r.r.back.Refresh()
	r.r.forth.Refresh()
}

// arrow is at an end of a ribbon.
type arrow struct {
	widget.BaseWidget
	sign  *canvas.Text
	onTap func()
}

func newArrow(sign string, onTap func()) *arrow {
	a := &arrow{sign: canvas.NewText(sign, nil), onTap: onTap}
	a.sign.TextSize, a.sign.Alignment = look.TextSize+2, fyne.TextAlignCenter
	look.SetFont(a.sign, true)
	a.ExtendBaseWidget(a)
	return a
}

// Tapped scrolls.
func (a *arrow) Tapped(*fyne.PointEvent) { a.onTap() }

// DoubleTapped scrolls as far as two taps.
func (a *arrow) DoubleTapped(*fyne.PointEvent) { a.onTap(); a.onTap() }

// Cursor is a pointing hand.
func (a *arrow) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (a *arrow) CreateRenderer() fyne.WidgetRenderer {
	r := &arrowRenderer{a}
	r.Refresh()
	return r
}

type arrowRenderer struct{ a *arrow }

func (r *arrowRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.a.sign} }
func (r *arrowRenderer) MinSize() fyne.Size           { return fyne.NewSize(arrowWidth, chipHeight) }
func (r *arrowRenderer) Destroy()                     {}
func (r *arrowRenderer) Layout(size fyne.Size) {
	h := r.a.sign.MinSize().Height
	look.Place(r.a.sign, 0, (size.Height-h)/2, size.Width, h)
}
func (r *arrowRenderer) Refresh() {
	r.a.sign.Color = look.Current().Text
	canvas.Refresh(r.a)
}
