package table

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	paint "openinterest/charts/canvas"
	"openinterest/ui/look"
)

// body shows the rows on screen, out of all that the scroller could show.
type body struct {
	widget.BaseWidget
	table *Table

	slots   []*slot // row i is shown by slot i mod len(slots)
	objects []fyne.CanvasObject
	palette *look.Palette
	sheet   *paint.Canvas // what rows are painted on, one after the other
	sparks  sparkCache

	pointer pointer
	cursor  cursor
	hovered bool // the pointer is over the rows
	focused bool
}

func newBody(t *Table) *body {
	b := &body{table: t, pointer: pointer{row: -1, place: -1}, palette: look.Current()}
	b.ExtendBaseWidget(b)
	return b
}

// MinSize is the size of all rows together, which is what the scroller needs.
func (b *body) MinSize() fyne.Size {
	return fyne.NewSize(b.table.grid.width, float32(len(b.table.shown))*b.table.rowHeight)
}

// CreateRenderer draws what the body keeps.
func (b *body) CreateRenderer() fyne.WidgetRenderer { return &bodyRenderer{b} }

// Refresh draws everything anew: the theme, or the screen's scale, may have
// changed.
func (b *body) Refresh() {
	if look.Current() != b.palette {
		b.palette = look.Current()
		b.forget()
	}
	b.update()
	b.BaseWidget.Refresh()
}

// forget makes the next update paint every row.
func (b *body) forget() {
	for _, s := range b.slots {
		s.index, s.row = -1, nil
	}
}

// relayout follows a changed grid: other columns, or other widths.
func (b *body) relayout() {
	b.slots, b.objects = nil, nil
	b.update()
}

// window returns the range of rows that the scroller shows.
func (b *body) window() (first, last int) {
	view, n := b.table.scroll, len(b.table.shown)
	first = min(n, max(0, int(view.Offset.Y/b.table.rowHeight)))
	last = min(n, int((view.Offset.Y+view.Size().Height)/b.table.rowHeight)+1)
	return first, max(first, last)
}

// update brings the rows on screen up to date. It is the whole cost of a
// refresh: rows that stay as they are are not painted again.
func (b *body) update() {
	first, last := b.window()
	b.ensureSlots(last - first)
	size := b.rowSize()
	for i := first; i < last; i++ {
		s := b.slots[i%len(b.slots)]
		s.place(i, b.table.scroll.Offset.X, size)
		b.fill(s, b.table.shown[i])
	}
	for _, s := range b.slots {
		if s.index >= 0 && (s.index < first || s.index >= last) {
			s.hide()
		}
	}
	b.ground()
}

// hold makes rows hold still while the pointer is over them; the header says so.
func (b *body) hold(still bool) {
	if b.hovered != still {
		b.hovered = still
		b.table.header.Refresh()
	}
}

// ensureSlots makes as many slots as rows fit.
func (b *body) ensureSlots(n int) {
	if len(b.slots) >= n && b.objects != nil {
		return
	}
	for len(b.slots) < n {
		b.slots = append(b.slots, newSlot(b))
	}
	b.objects = make([]fyne.CanvasObject, 0, 2*len(b.slots))
	for _, s := range b.slots { // which slot shows which row has changed
		s.hide()
		b.objects = append(b.objects, s.picture)
	}
	for _, s := range b.slots {
		b.objects = append(b.objects, s.foreign)
	}
	b.BaseWidget.Refresh()
}

// rowSize is the size of a row's picture. A row may reach into the next by less
// than a pixel, where neither has anything but its ground.
func (b *body) rowSize() fyne.Size {
	return look.WholePixels(b, fyne.NewSize(b.table.scroll.Size().Width, b.table.rowHeight))
}

// alertedShare is how much of the colour of warnings is in the ground of a row that an
// alert came of.
const alertedShare = 0.13

func choose[T any](yes bool, a, b T) T {
	if yes {
		return a
	}
	return b
}

// ground colours what is behind the rows: the one under the pointer, the one where the
// keyboard is, and those that an alert came of.
func (b *body) ground() {
	hover, selected := b.pointer.row, b.selectedIndex()
	marked := -1
	if b.cursor.shown {
		marked = b.cursorPlace()
	}
	for _, s := range b.slots {
		if s.index < 0 {
			continue
		}
		alerted := s.row != nil && b.table.alerted[s.row.Symbol]
		colour := b.palette.Background
		switch {
		case s.index == selected:
			colour = b.palette.RowSelected
		case s.index == hover:
			colour = b.palette.RowHover
		case alerted:
			colour = look.Mix(b.palette.Background, b.palette.Warning, alertedShare)
		}
		g := ground{colour: colour, offset: b.table.scroll.Offset.X, cursor: -1, alerted: alerted}
		if g.marked = s.index == selected && b.focused; g.marked {
			g.cursor = marked
		}
		s.lay(g)
	}
}

// selectedIndex is where the selected symbol stands, −1 if it is not shown.
func (b *body) selectedIndex() int {
	if b.table.selected == "" {
		return -1
	}
	for i, r := range b.table.shown {
		if r.Symbol == b.table.selected {
			return i
		}
	}
	return -1
}

type bodyRenderer struct{ body *body }

func (r *bodyRenderer) Layout(fyne.Size)             {}
func (r *bodyRenderer) MinSize() fyne.Size           { return r.body.MinSize() }
func (r *bodyRenderer) Refresh()                     { canvas.Refresh(r.body) }
func (r *bodyRenderer) Objects() []fyne.CanvasObject { return r.body.objects }
func (r *bodyRenderer) Destroy()                     {}
