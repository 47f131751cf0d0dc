package fundingheat

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// header names the columns: the days of the month, and the month where it begins.
type header struct {
	widget.BaseWidget
	w          *assets.Words
	from       int64
	sheet      *look.Sheet
	name, mean *canvas.Text
	days       []*canvas.Text
}

func newHeader(w *assets.Words) *header {
	h := &header{w: w, name: newText(fyne.TextAlignLeading), mean: newText(fyne.TextAlignTrailing)}
	objects := []fyne.CanvasObject{h.name, h.mean}
	for range Days {
		t := newText(fyne.TextAlignCenter)
		h.days, objects = append(h.days, t), append(objects, t)
	}
	h.sheet = look.NewSheet(objects...)
	h.ExtendBaseWidget(h)
	return h
}

// show names the days from an instant on.
func (h *header) show(from int64) {
	h.from = from
	h.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (h *header) CreateRenderer() fyne.WidgetRenderer { return &headerRenderer{h} }

type headerRenderer struct{ h *header }

func (r *headerRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.h.sheet} }
func (r *headerRenderer) Destroy()                     {}
func (r *headerRenderer) MinSize() fyne.Size           { return fyne.NewSize(200, rowHeight+4) }

func (r *headerRenderer) Layout(size fyne.Size) {
	r.h.sheet.Resize(size)
	r.Refresh()
}

// Refresh writes the names anew. Days for which there is no room are left out, but
// for each fifth, counted from today.
func (r *headerRenderer) Refresh() {
	h := r.h
	if h.Size().Width == 0 {
		return
	}
	p, colour, height := planOf(h.Size().Width), look.Current().Muted, h.Size().Height
	h.name.Text, h.mean.Text = h.w.T("heat.contract"), h.w.T("heat.average")
	h.name.Color, h.mean.Color = colour, colour
	look.SetFont(h.name, false)
	look.SetFont(h.mean, false)
	look.Place(h.name, sidePad, 0, p.name, height)
	look.Place(h.mean, sidePad+p.name, 0, p.mean-6, height)
	every := 1
	if p.cell < 16 {
		every = 5
	}
	for i, t := range h.days {
		t.Text, t.Color = "", colour
		if h.from > 0 && (Days-1-i)%every == 0 {
			t.Text = strconv.Itoa(time.UnixMilli(h.from + int64(i)*dayMillis).UTC().Day())
		}
		look.Place(t, p.days+float32(i)*p.cell-8, 0, p.cell-cellGap+16, height)
	}
	h.sheet.Refresh()
}

// scale shows which rate has which colour.
type scale struct {
	widget.BaseWidget
	sheet *look.Sheet
	unit  *canvas.Text
	boxes []*canvas.Rectangle
	texts []*canvas.Text
}

var scaleRates = []float64{-100, -30, -10, 0, 10, 30, 100, 300}

const scaleCell float32 = 34

func newScale(w *assets.Words) *scale {
	s := &scale{unit: newText(fyne.TextAlignLeading)}
	s.unit.Text = w.T("heat.scale")
	look.SetFont(s.unit, false)
	objects := []fyne.CanvasObject{s.unit}
	for range scaleRates {
		box, text := canvas.NewRectangle(nil), newText(fyne.TextAlignCenter)
		s.boxes, s.texts = append(s.boxes, box), append(s.texts, text)
		objects = append(objects, box, text)
	}
	s.sheet = look.NewSheet(objects...)
	s.ExtendBaseWidget(s)
	return s
}

// CreateRenderer implements fyne.Widget.
func (s *scale) CreateRenderer() fyne.WidgetRenderer { return &scaleRenderer{s} }

type scaleRenderer struct{ s *scale }

func (r *scaleRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.s.sheet} }
func (r *scaleRenderer) Destroy()                     {}
func (r *scaleRenderer) MinSize() fyne.Size           { return fyne.NewSize(0, rowHeight) }

func (r *scaleRenderer) Layout(size fyne.Size) {
	r.s.sheet.Resize(size)
	r.Refresh()
}

// Refresh paints the scale anew, or nothing where it has no room.
func (r *scaleRenderer) Refresh() {
	s, size := r.s, r.s.Size()
	unit := look.Painted(s, s.unit) + 8
	room := (size.Width - 16 - unit) / scaleCell
	y := (size.Height - rowHeight) / 2
	s.unit.Color = look.Current().Muted
	look.SetVisible(room >= float32(len(scaleRates)), s.unit)
	look.Place(s.unit, 8, y, unit, rowHeight)
	for i, rate := range scaleRates {
		box, text := s.boxes[i], s.texts[i]
		look.SetVisible(room >= float32(len(scaleRates)), box, text)
		box.FillColor, text.Color = ground(rate)
		text.Text = format.Signed(rate, 0)
		x := 8 + unit + float32(i)*scaleCell
		look.Place(box, x, y, scaleCell-cellGap, rowHeight)
		look.Place(text, x, y, scaleCell-cellGap, rowHeight)
	}
	s.sheet.Refresh()
}
