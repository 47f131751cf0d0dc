package table

import (
	"strconv"
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
	on     cellKey       // what it last moved on; zero: on no cell
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
	b.table.opts.Tips.Out()
	b.table.resort()
}

func (b *body) moveTo(e *desktop.MouseEvent) {
	b.pointer.at = e.AbsolutePosition
	b.pointer.local = e.Position.Subtract(b.table.scroll.Offset)
	b.point()
}

// find finds the cell under the pointer; false: there is none.
func (b *body) find() (cellKey, bool) {
	row, place := b.hit(b.pointer.local.Add(b.table.scroll.Offset))
	if row != b.pointer.row {
		b.pointer.row = row
		b.ground()
	}
	b.pointer.place = place
	if row < 0 || place < 0 {
		b.pointer.on = cellKey{}
		return cellKey{}, false
	}
	return cellKey{b.table.shown[row].Symbol, b.table.grid.places[place].column.ID}, true
}

// slide is for a pointer that rests while rows move below it: a tooltip of
// another row must not stay, and none comes until the pointer moves.
func (b *body) slide() {
	if key, ok := b.find(); !ok || key != b.pointer.on {
		b.table.opts.Tips.Leave()
	}
}

// point is for a pointer that moves: the tooltip of the cell below it comes.
func (b *body) point() {
	key, ok := b.find()
	if !ok {
		b.table.opts.Tips.Out()
		return
	}
	b.pointer.on = key
	symbol, at := key.symbol, b.table.grid.places[b.pointer.place]
	b.table.opts.Tips.Point(key, b.pointer.at, func() tip.Content {
		if r := b.table.index[symbol]; r != nil {
			return b.tip(r, at.column)
		}
		return tip.Content{}
	})
}

// hit returns the row and the place of the grid at a position of the body.
func (b *body) hit(p fyne.Position) (row, place int) {
	row = int(p.Y / b.table.rowHeight)
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
		content := c.Tip(r)
		if content.Footer != "" {
			content.OnFooter = func() { b.explain(r, c.Guide) }
		}
		return content
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
	b.showCursor(false)
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
		t.toggleTick(r.Symbol)
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
		b.explain(r, "")
	}
}

func (b *body) open(r *columns.Row) {
	if b.table.opts.OnOpen != nil {
		b.table.opts.OnOpen(r.Symbol)
	}
}

// explain opens the guide at a section; at that of the row's signal for "".
func (b *body) explain(r *columns.Row, section string) {
	if section == "" {
		section = r.GuideSection()
	}
	if b.table.opts.OnGuide != nil {
		b.table.opts.OnGuide(section)
	}
}

// FocusGained shows which row and which cell the keyboard is on.
func (b *body) FocusGained() {
	b.focused, b.cursor.shown = true, true
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

// rowPosition is the absolute position of a row's left end.
func (b *body) rowPosition(i int) fyne.Position {
	origin := fyne.CurrentApp().Driver().AbsolutePositionForObject(b.table.scroll)
	return origin.AddXY(0, float32(i)*b.table.rowHeight-b.table.scroll.Offset.Y)
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
	top, bottom := float32(i)*b.table.rowHeight, float32(i+1)*b.table.rowHeight
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
	b.table.lookedAt(b.table.selected)
}
