package table

import (
	"slices"

	"fyne.io/fyne/v2"

	"openinterest/ui/columns"
	"openinterest/ui/look/tip"
)

// cursor is the cell of the selected row that the keyboard is on. A person moves it
// with left and right, and asks for its tooltip with "i".
type cursor struct {
	column columns.ID // empty: none was chosen yet, the signal's is meant
	shown  bool       // the last thing done was done by the keyboard
}

// informKey is what the tooltip that a key asked for is about.
type informKey cellKey

// showCursor draws the cell cursor, or hides it while the mouse is used.
func (b *body) showCursor(on bool) {
	if b.cursor.shown != on {
		b.cursor.shown = on
		b.ground()
	}
}

// cursorPlace is the place of the grid that the cell cursor is on: the signal's until
// one was chosen, and where the one chosen is no longer shown; −1: there are no columns.
func (b *body) cursorPlace() int {
	for _, id := range []columns.ID{b.cursor.column, columns.Signal, columns.Symbol} {
		if i := slices.IndexFunc(b.table.grid.places, func(p place) bool { return p.column.ID == id }); i >= 0 {
			return i
		}
	}
	return len(b.table.grid.places) - 1
}

// moveCursor moves the cell cursor along the row, and a tooltip that a key asked for
// with it.
func (b *body) moveCursor(by int) {
	informed := b.informed()
	b.table.opts.Tips.Leave()
	i := b.cursorPlace()
	if i < 0 {
		return
	}
	i = max(0, min(i+by, len(b.table.grid.places)-1))
	b.cursor.column = b.table.grid.places[i].column.ID
	if b.selectedIndex() < 0 {
		first, _ := b.window()
		b.selectRow(first)
	}
	b.reveal(i)
	b.ground()
	if informed {
		b.inform()
	}
}

// reveal scrolls sideways until a column is in sight as a whole.
func (b *body) reveal(i int) {
	g, view := &b.table.grid, b.table.scroll
	p := g.places[i]
	if p.column.Pinned {
		return
	}
	x := max(view.Offset.X, p.x+p.width-view.Size().Width) // its right edge
	x = min(x, p.x-g.pinned)                               // its left edge matters more
	if x != view.Offset.X {
		view.ScrollToOffset(fyne.NewPos(max(0, x), view.Offset.Y))
		b.table.scrolled()
	}
}

// informed reports whether a tooltip is shown that a key asked for.
func (b *body) informed() bool {
	_, asked := b.table.opts.Tips.Key().(informKey)
	return asked
}

// inform shows the tooltip of the cell that the cursor is on, uncut, or takes away the
// one that a key asked for.
func (b *body) inform() {
	tips := b.table.opts.Tips
	asked := b.informed()
	tips.Leave()
	at, i := b.selectedIndex(), b.cursorPlace()
	if asked || at < 0 || i < 0 {
		return
	}
	b.showCursor(true)
	b.selectRow(at)
	b.reveal(i)
	r, p := b.table.shown[at], b.table.grid.places[i]
	left := b.table.grid.left(i, b.table.scroll.Offset.X)
	corner := b.rowPosition(at).AddXY(left, 0)
	cell := tip.Box{Position: corner, Size: fyne.NewSize(p.width, b.table.rowHeight)}
	tips.ShowBeside(informKey{r.Symbol, p.column.ID}, corner.AddXY(0, b.table.rowHeight/2), cell, b.tip(r, p.column))
}
