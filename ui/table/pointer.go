package table

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"openinterest/assets"
	"openinterest/ui/columns"
	"openinterest/ui/look/tip"
)

// pointer is where the mouse is over the rows, and when it last clicked.
type pointer struct {
	row    int           // −1: on none
	place  int           // of the grid; −1: on none
	at     fyne.Position // absolute
	local  fyne.Position // within the scroller's view
	tapped string        // the symbol clicked last
	when   time.Time
}

// doubleClick is the longest time between two clicks on one row that count as
// one double click. Fyne's own double tap would hold back every single click
// until it is sure that no second one follows.
const doubleClick = 400 * time.Millisecond

// cellKey names a cell to the tooltip layer.
type cellKey struct {
	symbol string
	column columns.ID
}

// MouseIn makes the rows hold still.
func (b *body) MouseIn(e *desktop.MouseEvent) {
	b.hold(true)
	b.moveTo(e)
}

// MouseMoved follows the pointer from cell to cell. It is all that Fyne tells
// when the pointer comes back to where it left the window.
func (b *body) MouseMoved(e *desktop.MouseEvent) {
	b.hold(true)
	b.moveTo(e)
}

// MouseOut lets the rows find their places again.
func (b *body) MouseOut() {
	b.hold(false)
	b.pointer.row, b.pointer.place = -1, -1
	b.table.opts.Tips.Leave()
	b.table.resort()
}

func (b *body) moveTo(e *desktop.MouseEvent) {
	b.pointer.at = e.AbsolutePosition
	b.pointer.local = e.Position.Subtract(b.table.scroll.Offset)
	b.point()
}

// point finds the cell under the pointer. The pointer may rest while the rows
// scroll, so it is asked for again then.
func (b *body) point() {
	row, place := b.hit(b.pointer.local.Add(b.table.scroll.Offset))
	if row != b.pointer.row {
		b.pointer.row = row
		b.ground()
	}
	b.pointer.place = place
	if row < 0 || place < 0 {
		b.table.opts.Tips.Leave()
		return
	}
	symbol, at := b.table.shown[row].Symbol, b.table.grid.places[place]
	b.table.opts.Tips.Point(cellKey{symbol, at.column.ID}, b.pointer.at, func() tip.Content {
		if r := b.table.index[symbol]; r != nil {
			return b.tip(r, at.column)
		}
		return tip.Content{}
	})
}

// hit returns the row and the place of the grid at a position of the body.
func (b *body) hit(p fyne.Position) (row, place int) {
	row = int(p.Y / rowHeight)
	if p.Y < 0 || row >= len(b.table.shown) {
		return -1, -1
	}
	offset := b.table.scroll.Offset.X
	return row, b.table.grid.at(p.X-offset, offset)
}

// tip is the tooltip of a cell.
func (b *body) tip(r *columns.Row, c *columns.Column) tip.Content {
	w, q := b.table.words, b.table.query.Load()
	switch {
	case c.Tip != nil:
		return c.Tip(r)
	case c.ID == columns.Tick:
		return tip.Content{Title: r.Symbol, Paragraphs: []tip.Paragraph{{
			Text: w.T("table.tick", assets.Args{"Count": strconv.Itoa(len(q.Ticked))})}}}
	case q.Favourites[r.Symbol]:
		return tip.Content{Title: r.Symbol, Paragraphs: []tip.Paragraph{{Text: w.T("table.star_remove")}}}
	default:
		return tip.Content{Title: r.Symbol, Paragraphs: []tip.Paragraph{{Text: w.T("table.star_add")}}}
	}
}

// Cursor shows where a click does more than select.
func (b *body) Cursor() desktop.Cursor {
	if i := b.pointer.place; i >= 0 && i < len(b.table.grid.places) {
		switch b.table.grid.places[i].column.ID {
		case columns.Tick, columns.Star, columns.Signal:
			return desktop.PointerCursor
		}
	}
	return desktop.DefaultCursor
}

// Tapped selects a row; on a tick box, a star or a signal it does what that is
// for; twice on a row opens its chart.
func (b *body) Tapped(e *fyne.PointEvent) {
	b.table.opts.Tips.Leave()
	focus(b)
	row, place := b.hit(e.Position)
	if row < 0 {
		return
	}
	t := b.table
	r := t.shown[row]
	b.selectRow(row)
	id := columns.Symbol
	if place >= 0 {
		id = t.grid.places[place].column.ID
	}
	switch id {
	case columns.Tick:
		t.toggleTick(r.Symbol, e.AbsolutePosition)
		return
	case columns.Star:
		t.toggleFavourite(r.Symbol)
		return
	}
	now := t.opts.Clock.Now()
	if b.pointer.tapped == r.Symbol && now.Sub(b.pointer.when) <= doubleClick {
		b.pointer.tapped = ""
		if at := r.Moment(); id == columns.Signal && at != 0 && t.opts.OnMoment != nil {
			t.opts.OnMoment(r.Symbol, at)
			return
		}
		b.open(r)
		return
	}
	b.pointer.tapped, b.pointer.when = r.Symbol, now
	if id == columns.Signal {
		b.explain(r)
	}
}

func (b *body) open(r *columns.Row) {
	if b.table.opts.OnOpen != nil {
		b.table.opts.OnOpen(r.Symbol)
	}
}

func (b *body) explain(r *columns.Row) {
	if b.table.opts.OnGuide != nil {
		b.table.opts.OnGuide(r.GuideSection())
	}
}

// FocusGained shows which row the keyboard is on.
func (b *body) FocusGained() {
	b.focused = true
	if b.selectedIndex() < 0 && len(b.table.shown) > 0 {
		first, _ := b.window()
		b.table.selected = b.table.shown[first].Symbol
	}
	b.ground()
}

// FocusLost hides it.
func (b *body) FocusLost() {
	b.focused = false
	b.ground()
}

// TypedRune starts a search on "/".
func (b *body) TypedRune(r rune) {
	if r == '/' {
		b.table.FocusSearch()
	}
}

// TypedKey moves the selection, ticks, opens, explains and clears.
func (b *body) TypedKey(e *fyne.KeyEvent) {
	page := max(1, int(b.table.scroll.Size().Height/rowHeight)-1)
	at := b.selectedIndex()
	switch e.Name {
	case fyne.KeyDown:
		b.selectRow(at + 1)
	case fyne.KeyUp:
		b.selectRow(max(0, at-1))
	case fyne.KeyPageDown:
		b.selectRow(at + page)
	case fyne.KeyPageUp:
		b.selectRow(max(0, at-page))
	case fyne.KeyHome:
		b.selectRow(0)
	case fyne.KeyEnd:
		b.selectRow(len(b.table.shown) - 1)
	case fyne.KeyLeft:
		b.scrollSideways(-rowHeight * 2)
	case fyne.KeyRight:
		b.scrollSideways(rowHeight * 2)
	case fyne.KeyEscape:
		b.table.clearFilters()
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyF1:
		if at >= 0 {
			b.act(e.Name, at)
		}
	}
}

// act does to the selected row what a key asks.
func (b *body) act(key fyne.KeyName, at int) {
	r := b.table.shown[at]
	switch key {
	case fyne.KeySpace:
		b.table.toggleTick(r.Symbol, b.rowPosition(at))
	case fyne.KeyF1:
		b.explain(r)
	default:
		b.open(r)
	}
}

// rowPosition is the absolute position of a row's left end.
func (b *body) rowPosition(i int) fyne.Position {
	origin := fyne.CurrentApp().Driver().AbsolutePositionForObject(b.table.scroll)
	return origin.AddXY(0, float32(i)*rowHeight-b.table.scroll.Offset.Y)
}

// selectRow puts the keyboard on row i, or the last one, and scrolls it into
// sight.
func (b *body) selectRow(i int) {
	n := len(b.table.shown)
	if n == 0 {
		return
	}
	i = max(0, min(i, n-1))
	b.table.selected = b.table.shown[i].Symbol
	view := b.table.scroll
	top, bottom := float32(i)*rowHeight, float32(i+1)*rowHeight
	offset := view.Offset
	if top < offset.Y {
		offset.Y = top
	} else if bottom > offset.Y+view.Size().Height {
		offset.Y = bottom - view.Size().Height
	}
	if offset != view.Offset {
		view.ScrollToOffset(offset)
		b.table.scrolled()
	}
	b.ground()
}

func (b *body) scrollSideways(by float32) {
	view := b.table.scroll
	most := max(0, b.table.grid.width-view.Size().Width)
	x := min(most, max(0, view.Offset.X+by))
	view.ScrollToOffset(fyne.NewPos(x, view.Offset.Y))
	b.table.scrolled()
}

// TypedShortcut copies the selected row.
func (b *body) TypedShortcut(s fyne.Shortcut) {
	if _, ok := s.(*fyne.ShortcutCopy); !ok {
		return
	}
	if i := b.selectedIndex(); i >= 0 {
		fyne.CurrentApp().Clipboard().SetContent(b.table.copyText(b.table.shown[i]))
	}
}

// copyText is a row as a spreadsheet takes it: a line of headings and one of
// exact values, of the columns shown, separated by tabs.
func (t *Table) copyText(r *columns.Row) string {
	var titles, values []string
	for _, p := range t.grid.places {
		if p.column.Exact != nil {
			titles = append(titles, p.column.Title)
			values = append(values, p.column.Exact(r))
		}
	}
	return strings.Join(titles, "\t") + "\n" + strings.Join(values, "\t")
}
