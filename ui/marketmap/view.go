package marketmap

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"openinterest/charts"
	"openinterest/ui/look"
)

// view shows a picture of the market, a ring around the contract under the
// pointer, and the lasso while it is drawn. The picture is drawn elsewhere, at
// exactly the pixels it is shown at; until it comes, the one before is stretched.
// Moving the pointer draws nothing anew.
//
//	pointer  its numbers     click   its chart      Space  tick it
//	drag     a lasso         Shift+drag  a rectangle
//	arrows   the next one    Enter   its chart      Esc    away with the lasso, or the ring
type view struct {
	widget.BaseWidget
	pane *Pane

	raster *canvas.Raster
	pixels image.Point // the size asked for last, in device pixels
	scale  float64     // device pixels per unit
	d      *drawn      // what is shown; nil before the first picture came
	stale  bool        // in synchronous mode: it is to be drawn anew

	hovered string // the symbol that the ring is around; empty: none
	ring    *canvas.Rectangle
	focus   *canvas.Rectangle
	lasso   lasso
	lent    bool // the keyboard is here because the pointer is
}

func newView(p *Pane) *view {
	v := &view{pane: p, ring: canvas.NewRectangle(color.Transparent), focus: canvas.NewRectangle(color.Transparent)}
	v.raster = canvas.NewRaster(v.paint)
	v.raster.ScaleMode = canvas.ImageScaleFastest
	v.ring.StrokeWidth, v.focus.StrokeWidth = 2, look.Hairline
	v.ring.Hide()
	v.focus.Hide()
	v.lasso.view = v
	v.lasso.box = canvas.NewRectangle(color.Transparent)
	v.lasso.box.Hide()
	v.ExtendBaseWidget(v)
	return v
}

// paint is asked by the toolkit for the image of a size in device pixels.
func (v *view) paint(w, h int) image.Image {
	if size := image.Pt(w, h); size != v.pixels && v.raster.Size().Width > 0 {
		v.pixels, v.scale, v.stale = size, float64(w)/float64(v.raster.Size().Width), true
		v.order()
	}
	if p := v.pane; p.o.Synchronous && v.stale && p.snapshot != nil && v.drawable() {
		v.stale = false
		if d, ok := p.newJob(v.pixels, v.scale).paint(p.o.Context); ok {
			v.d = &d
			p.replay.show(d.reads)
			p.note.tell(d.note(p.w))
		}
	}
	if v.d == nil {
		return image.NewUniform(look.Current().Background)
	}
	return v.d.image
}

// drawable reports whether the picture is large enough to say anything.
func (v *view) drawable() bool { return v.pixels.X >= 64 && v.pixels.Y >= 48 }

// order has the pane's picture drawn at the size known.
func (v *view) order() {
	p := v.pane
	if p.painter == nil {
		v.stale = true
		v.raster.Refresh()
		return
	}
	if p.snapshot != nil && p.front && v.drawable() {
		p.painter.Request(p.newJob(v.pixels, v.scale))
	}
}

// show shows a picture that was drawn. The ring stays with its contract.
func (v *view) show(d drawn) {
	v.d = &d
	v.raster.Refresh()
	v.placeRing()
}

// perUnit is how many of the picture's pixels make a unit; the picture may be one
// drawn for another size.
func (v *view) perUnit() float64 {
	if w := v.raster.Size().Width; w > 0 && v.d != nil {
		return float64(v.d.image.Rect.Dx()) / float64(w)
	}
	return max(v.scale, 0.1)
}

// at is the symbol at a position; empty: none.
func (v *view) at(pos fyne.Position) string {
	if v.d == nil {
		return ""
	}
	k := v.perUnit()
	if i, ok := v.d.plot.At(float64(pos.X)*k, float64(pos.Y)*k); ok {
		return v.d.contract(i).symbol
	}
	return ""
}

// hover puts the ring around a contract; empty: around none.
func (v *view) hover(symbol string) {
	if symbol != v.hovered {
		v.hovered = symbol
		v.placeRing()
	}
}

func (v *view) placeRing() {
	box, ok := v.box(v.hovered)
	if !ok {
		look.SetVisible(false, v.ring)
		return
	}
	k := v.perUnit()
	const away = 2 // units between the mark and the ring
	look.Place(v.ring, float32(box.X/k)-away, float32(box.Y/k)-away, float32(box.Width/k)+2*away, float32(box.Height/k)+2*away)
	v.ring.CornerRadius = 2
	if box.Round {
		v.ring.CornerRadius = v.ring.Size().Width / 2
	}
	look.SetVisible(true, v.ring)
	canvas.Refresh(v.ring)
}

// box is what a contract covers on the picture.
func (v *view) box(symbol string) (charts.Box, bool) {
	if v.d == nil || symbol == "" {
		return charts.Box{}, false
	}
	i := v.d.index(symbol)
	if i < 0 {
		return charts.Box{}, false
	}
	return v.d.plot.Box(i)
}

// MouseIn begins to follow the pointer. Space works at once, unless something
// else has the keyboard.
func (v *view) MouseIn(e *desktop.MouseEvent) {
	if c := v.canvas(); c != nil && c.Focused() == nil {
		v.lent = true
		c.Focus(v)
	}
	v.MouseMoved(e)
}

// MouseMoved puts ring and tooltip on the contract under the pointer.
func (v *view) MouseMoved(e *desktop.MouseEvent) {
	if v.lasso.drawing() {
		return
	}
	symbol := v.at(e.Position)
	v.hover(symbol)
	if symbol == "" {
		v.pane.o.Tips.Leave()
		return
	}
	v.pane.o.Tips.Point(tipKey{symbol}, e.AbsolutePosition, func() tipContent { return v.pane.tip(symbol) })
}

// MouseOut takes ring and tooltip away, and gives the keyboard back.
func (v *view) MouseOut() {
	v.hover("")
	v.pane.o.Tips.Leave()
	if c := v.canvas(); v.lent && c != nil && c.Focused() == fyne.Focusable(v) {
		c.Unfocus()
	}
	v.lent = false
}

func (v *view) canvas() fyne.Canvas { return fyne.CurrentApp().Driver().CanvasForObject(v) }

// Cursor is a pointing hand where a click opens something.
func (v *view) Cursor() desktop.Cursor {
	if v.hovered != "" {
		return desktop.PointerCursor
	}
	return desktop.CrosshairCursor
}

// Tapped opens the chart of the contract under the pointer.
func (v *view) Tapped(e *fyne.PointEvent) {
	v.pane.o.Tips.Leave()
	if c := v.canvas(); c != nil {
		v.lent = false
		c.Focus(v)
	}
	if symbol := v.at(e.Position); symbol != "" {
		v.pane.open(symbol)
	}
}

// MouseDown notes whether a drag that begins here draws a rectangle.
func (v *view) MouseDown(e *desktop.MouseEvent) {
	v.lasso.straight = e.Modifier&fyne.KeyModifierShift != 0
}

// MouseUp does nothing: DragEnd comes where something was dragged.
func (v *view) MouseUp(*desktop.MouseEvent) {}

// Dragged draws the lasso to the pointer.
func (v *view) Dragged(e *fyne.DragEvent) {
	if !v.lasso.drawing() {
		v.hover("")
		v.pane.o.Tips.Leave()
		v.lasso.begin(e.Position.SubtractXY(e.Dragged.DX, e.Dragged.DY))
	}
	v.lasso.to(e.Position)
}

// DragEnd ticks what is inside.
func (v *view) DragEnd() {
	polygon := v.lasso.end()
	if len(polygon) < 3 || v.d == nil {
		return
	}
	k := v.perUnit()
	scaled := make([]charts.Point, len(polygon))
	for i, p := range polygon {
		scaled[i] = charts.Point{X: float64(p.X) * k, Y: float64(p.Y) * k}
	}
	v.pane.tickAll(v.d.largest(v.d.plot.Inside(scaled)))
}

// FocusGained shows that the keys work here.
func (v *view) FocusGained() { look.SetVisible(!v.lent, v.focus); v.Refresh() }

// FocusLost shows that they don't.
func (v *view) FocusLost() { look.SetVisible(false, v.focus); v.Refresh() }

// TypedRune leaves what is typed to the window: "/" searches.
func (v *view) TypedRune(r rune) {
	if c := v.canvas(); c != nil && r != ' ' {
		if typed := c.OnTypedRune(); typed != nil {
			typed(r)
		}
	}
}

// TypedKey moves the ring, ticks, opens; the other keys are the window's.
func (v *view) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyLeft:
		v.step(-1, 0)
	case fyne.KeyRight:
		v.step(1, 0)
	case fyne.KeyUp:
		v.step(0, -1)
	case fyne.KeyDown:
		v.step(0, 1)
	case fyne.KeySpace:
		if v.hovered != "" {
			v.pane.toggle(v.hovered)
		}
	case fyne.KeyReturn, fyne.KeyEnter:
		if v.hovered != "" {
			v.pane.open(v.hovered)
		}
	case fyne.KeyEscape:
		if !v.lasso.drawing() && v.hovered == "" {
			v.passOnKey(k)
			return
		}
		v.lasso.end()
		v.pane.o.Tips.Leave()
		v.hover("")
	default:
		v.passOnKey(k)
	}
}

// passOnKey gives a key that means nothing here to the window.
func (v *view) passOnKey(k *fyne.KeyEvent) {
	if c := v.canvas(); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(k)
	}
}

// step moves the ring to the next contract in a direction, and shows its numbers.
func (v *view) step(dx, dy int) {
	if v.d == nil {
		return
	}
	next, ok := v.d.plot.Next(v.d.index(v.hovered), dx, dy)
	if !ok {
		return
	}
	symbol := v.d.contract(next).symbol
	v.hover(symbol)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(v).Add(v.ring.Position()).AddXY(v.ring.Size().Width, v.ring.Size().Height)
	v.pane.o.Tips.Show(tipKey{symbol}, at, v.pane.tip(symbol))
}

// MinSize is the least that shows dots between their axes.
func (v *view) MinSize() fyne.Size { return fyne.NewSize(160, 80) }

// CreateRenderer implements fyne.Widget.
func (v *view) CreateRenderer() fyne.WidgetRenderer {
	r := &viewRenderer{v}
	r.colour()
	return r
}

type viewRenderer struct{ v *view }

func (r *viewRenderer) colour() {
	p := look.Current()
	r.v.ring.StrokeColor, r.v.focus.StrokeColor = p.Text, look.WithAlpha(p.Accent, 0.6)
	r.v.lasso.box.StrokeColor, r.v.lasso.box.StrokeWidth = p.Accent, 1.5
	r.v.lasso.box.FillColor = look.WithAlpha(p.Accent, 0.08)
}

func (r *viewRenderer) Layout(size fyne.Size) {
	r.v.raster.Resize(size)
	r.v.focus.Resize(size)
	r.v.placeRing()
}
func (r *viewRenderer) MinSize() fyne.Size { return r.v.MinSize() }
func (r *viewRenderer) Destroy()           {}
func (r *viewRenderer) Refresh() {
	r.colour()
	canvas.Refresh(r.v)
}

// Objects are the picture and what moves over it.
func (r *viewRenderer) Objects() []fyne.CanvasObject {
	all := []fyne.CanvasObject{r.v.raster, r.v.ring, r.v.focus, r.v.lasso.box}
	for _, l := range r.v.lasso.lines {
		all = append(all, l)
	}
	return all
}
