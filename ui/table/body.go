package table

import (
	"image/color"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"openinterest/ui/columns"
	"openinterest/ui/look"
)

const rowHeight = look.RowHeight

// body draws the rows on screen, out of all that the scroller could show.
type body struct {
	widget.BaseWidget
	table *Table

	slots   []*slot // row i is drawn by slot i mod len(slots)
	objects []fyne.CanvasObject
	palette *look.Palette

	// Bands behind the rows: under the pointer, and where the keyboard is. Each
	// is there twice, since pinned columns lie above the others.
	hoverBand, selectedBand             *canvas.Rectangle
	pinned, pinnedHover, pinnedSelected *canvas.Rectangle
	pinnedEdge, mark                    *canvas.Rectangle

	pointer pointer
	hovered bool // the pointer is over the rows
	focused bool
}

// slot draws one row.
type slot struct {
	index   int // of the row drawn, −1: none
	row     *columns.Row
	ticked  bool
	starred bool
	texts   []*canvas.Text // one a place of the grid
	line    *canvas.Rectangle
}

func newBody(t *Table) *body {
	b := &body{table: t, pointer: pointer{row: -1, place: -1}}
	band := func() *canvas.Rectangle {
		r := canvas.NewRectangle(color.Transparent)
		r.Hide()
		return r
	}
	b.hoverBand, b.selectedBand = band(), band()
	b.pinned, b.pinnedHover, b.pinnedSelected = band(), band(), band()
	b.pinnedEdge, b.mark = band(), band()
	b.paint()
	b.ExtendBaseWidget(b)
	return b
}

// MinSize is the size of all rows together, which is what the scroller needs.
func (b *body) MinSize() fyne.Size {
	return fyne.NewSize(b.table.grid.width, float32(len(b.table.shown))*rowHeight)
}

// CreateRenderer draws what the body keeps.
func (b *body) CreateRenderer() fyne.WidgetRenderer { return &bodyRenderer{b} }

// Refresh draws everything anew: the theme may have changed.
func (b *body) Refresh() {
	if look.Current() != b.palette {
		b.paint()
		b.forget()
	}
	b.update()
	b.BaseWidget.Refresh()
}

// paint colours what is not a cell.
func (b *body) paint() {
	p := look.Current()
	b.palette = p
	b.hoverBand.FillColor, b.pinnedHover.FillColor = p.RowHover, p.RowHover
	b.selectedBand.FillColor, b.pinnedSelected.FillColor = p.RowSelected, p.RowSelected
	b.pinned.FillColor, b.pinnedEdge.FillColor, b.mark.FillColor = p.Background, p.Border, p.Accent
	for _, s := range b.slots {
		s.line.FillColor = p.Hairline
	}
}

// forget makes the next update write every cell.
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
	first = min(n, max(0, int(view.Offset.Y/rowHeight)))
	last = min(n, int((view.Offset.Y+view.Size().Height)/rowHeight)+1)
	return first, max(first, last)
}

// update brings the rows on screen up to date. It is the whole cost of a
// refresh: texts that stay as they are are not touched.
func (b *body) update() {
	first, last := b.window()
	b.ensureSlots(last - first)
	for i := first; i < last; i++ {
		s := b.slots[i%len(b.slots)]
		b.position(s, i)
		b.fill(s, b.table.shown[i])
	}
	for _, s := range b.slots {
		if s.index >= 0 && (s.index < first || s.index >= last) {
			s.hide()
		}
	}
	b.placeBands()
}

// ensureSlots makes as many slots as rows fit.
func (b *body) ensureSlots(n int) {
	if len(b.slots) >= n && b.objects != nil {
		return
	}
	for len(b.slots) < n {
		b.slots = append(b.slots, newSlot(b.table.grid.places, b.palette))
	}
	for _, s := range b.slots { // which slot draws which row has changed
		s.hide()
	}
	b.collect()
}

func newSlot(places []place, p *look.Palette) *slot {
	s := &slot{index: -1, line: canvas.NewRectangle(p.Hairline)}
	s.line.Hide()
	for _, at := range places {
		text := canvas.NewText("", p.Text)
		text.TextSize = look.TextSize
		text.Alignment = alignment(at.column.Align)
		text.TextStyle.Bold = at.column.ID == columns.Symbol
		text.Hide()
		s.texts = append(s.texts, text)
	}
	return s
}

// collect lists what is drawn, from the back to the front.
func (b *body) collect() {
	free, fixed := []fyne.CanvasObject{b.hoverBand, b.selectedBand}, []fyne.CanvasObject{b.pinned, b.pinnedHover, b.pinnedSelected}
	for i, at := range b.table.grid.places { // column by column: equal texts are one texture, and cost less in a row
		for _, s := range b.slots {
			if at.column.Pinned {
				fixed = append(fixed, s.texts[i])
			} else {
				free = append(free, s.texts[i])
			}
		}
	}
	b.objects = append(free, fixed...)
	for _, s := range b.slots {
		b.objects = append(b.objects, s.line)
	}
	b.objects = append(b.objects, b.pinnedEdge, b.mark)
	b.BaseWidget.Refresh()
}

// position puts a slot where row i is.
func (b *body) position(s *slot, i int) {
	view := b.table.scroll
	if s.index != i {
		s.index, s.row = i, nil
		s.show()
	}
	y := float32(i) * rowHeight
	for j, at := range b.table.grid.places {
		x := at.x
		if at.column.Pinned {
			x += view.Offset.X
		}
		s.texts[j].Move(fyne.NewPos(x+leftPad(at.column), y))
		s.texts[j].Resize(fyne.NewSize(textWidth(at.column, at.width), rowHeight-look.Hairline))
	}
	s.line.Move(fyne.NewPos(view.Offset.X, y+rowHeight-look.Hairline))
	s.line.Resize(fyne.NewSize(view.Size().Width, look.Hairline))
}

func (s *slot) show() {
	for _, t := range s.texts {
		t.Show()
	}
	s.line.Show()
}

func (s *slot) hide() {
	s.index, s.row = -1, nil
	for _, t := range s.texts {
		t.Hide()
	}
	s.line.Hide()
}

// fill writes a row's cells.
func (b *body) fill(s *slot, r *columns.Row) {
	q := b.table.query.Load()
	ticked, starred := q.Ticked[r.Symbol], q.Favourites[r.Symbol]
	if s.row == r && s.ticked == ticked && s.starred == starred {
		return
	}
	s.row, s.ticked, s.starred = r, ticked, starred
	for i, at := range b.table.grid.places {
		switch at.column.ID {
		case columns.Tick:
			b.write(s.texts[i], choose(ticked, "☑", "☐"), choose(ticked, b.palette.Accent, b.palette.Faint))
		case columns.Star:
			b.write(s.texts[i], choose(starred, "★", "☆"), choose(starred, b.palette.Accent, b.palette.Faint))
		default:
			c := r.Cell(at.index)
			b.write(s.texts[i], fitCell(c, textWidth(at.column, at.width), s.texts[i].TextStyle), b.ink(c.Tone, r.Stale()))
		}
	}
}

func choose[T any](yes bool, a, b T) T {
	if yes {
		return a
	}
	return b
}

func (b *body) write(t *canvas.Text, s string, ink color.NRGBA) {
	if t.Text == s && t.Color == ink {
		return
	}
	t.Text, t.Color = s, ink
	t.Refresh()
}

// ink is the colour of a tone. What is stale recedes, keeping its hue.
func (b *body) ink(tone columns.Tone, stale bool) color.NRGBA {
	p := b.palette
	c := p.Text
	switch tone {
	case columns.Up:
		c = p.Up
	case columns.Down:
		c = p.Down
	case columns.Muted:
		c = p.Muted
	case columns.Faint:
		c = p.Faint
	case columns.Warning:
		return p.Warning
	}
	if stale {
		return look.WithAlpha(c, 0.5)
	}
	return c
}

// fitCell writes a cell in full, or in its tight form where there is less room.
func fitCell(c columns.Cell, width float32, style fyne.TextStyle) string {
	text := fit(c.Text, width, look.TextSize, style)
	if text == c.Text || c.Tight == "" {
		return text
	}
	return fit(c.Tight, width, look.TextSize, style)
}

// widestLetter bounds what a letter of the program's font takes, as a part of
// the text size, so that most texts need not be measured.
const widestLetter = 1.05

// fit cuts a text that is wider than width, and says so with an ellipsis.
func fit(s string, width, size float32, style fyne.TextStyle) string {
	if float32(utf8.RuneCountInString(s))*widestLetter*size <= width {
		return s
	}
	if fyne.MeasureText(s, size, style).Width <= width+1 {
		return s
	}
	runes := []rune(s)
	for n := len(runes) - 1; n > 0; n-- {
		cut := strings.TrimRight(string(runes[:n]), " ") + "…"
		if fyne.MeasureText(cut, size, style).Width <= width {
			return cut
		}
	}
	return "…"
}

func alignment(a columns.Align) fyne.TextAlign {
	switch a {
	case columns.Center:
		return fyne.TextAlignCenter
	case columns.Trailing:
		return fyne.TextAlignTrailing
	}
	return fyne.TextAlignLeading
}

// placeBands moves the bands to the row under the pointer and the selected one.
func (b *body) placeBands() {
	view := b.table.scroll
	x, width := view.Offset.X, max(view.Size().Width, b.table.grid.width)
	band := func(r *canvas.Rectangle, row int, shown bool, w float32) {
		if !shown || row < 0 || row >= len(b.table.shown) {
			r.Hide()
			return
		}
		r.Move(fyne.NewPos(x, float32(row)*rowHeight))
		r.Resize(fyne.NewSize(w, rowHeight-look.Hairline))
		r.Show()
	}
	scrolled := x > 0
	hover, selected := b.pointer.row, b.selectedIndex()
	overHover := hover != selected
	band(b.hoverBand, hover, overHover, width)
	band(b.selectedBand, selected, true, width)
	band(b.pinnedHover, hover, scrolled && overHover, b.table.grid.pinned)
	band(b.pinnedSelected, selected, scrolled, b.table.grid.pinned)
	band(b.mark, selected, b.focused, 2)
	for _, r := range []*canvas.Rectangle{b.pinned, b.pinnedEdge} {
		if !scrolled {
			r.Hide()
			continue
		}
		r.Move(fyne.NewPos(x, view.Offset.Y))
		r.Resize(fyne.NewSize(b.table.grid.pinned, view.Size().Height))
		r.Show()
	}
	b.pinnedEdge.Move(fyne.NewPos(x+b.table.grid.pinned-look.Hairline, view.Offset.Y))
	b.pinnedEdge.Resize(fyne.NewSize(look.Hairline, view.Size().Height))
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
