package table

import (
	"slices"

	"fyne.io/fyne/v2"

	"openinterest/ui/columns"
)

// HeadingPlace is where the heading of a column is in the window; false where the
// column is not on screen. The marks of a first start point at it.
func (t *Table) HeadingPlace(id columns.ID) (fyne.Position, fyne.Size, bool) {
	x, width, ok := t.columnPlace(id)
	if !ok {
		return fyne.Position{}, fyne.Size{}, false
	}
	origin := fyne.CurrentApp().Driver().AbsolutePositionForObject(t.header)
	return origin.AddXY(x, 0), fyne.NewSize(width, t.grid.headerHeight()), true
}

// CellPlace is where a cell of the n-th row on screen is in the window; false where
// there is no such row, or its column is not on screen.
func (t *Table) CellPlace(id columns.ID, n int) (fyne.Position, fyne.Size, bool) {
	x, width, ok := t.columnPlace(id)
	first := int((t.scroll.Offset.Y + t.rowHeight - 1) / t.rowHeight)
	y := float32(first+n)*t.rowHeight - t.scroll.Offset.Y
	if !ok || first+n >= len(t.shown) || y+t.rowHeight > t.scroll.Size().Height {
		return fyne.Position{}, fyne.Size{}, false
	}
	origin := fyne.CurrentApp().Driver().AbsolutePositionForObject(t.scroll)
	return origin.AddXY(x, y), fyne.NewSize(width, t.rowHeight), true
}

// enoughSeen is how much of a column must be on screen to be pointed at.
const enoughSeen float32 = 28

// columnPlace is where a column begins, and how much of its width is on screen.
func (t *Table) columnPlace(id columns.ID) (x, width float32, ok bool) {
	i := slices.IndexFunc(t.grid.places, func(p place) bool { return p.column.ID == id })
	if i < 0 {
		return 0, 0, false
	}
	p := t.grid.places[i]
	x = t.grid.left(i, t.scroll.Offset.X)
	if !p.column.Pinned && x < t.grid.pinned {
		return 0, 0, false
	}
	width = min(p.width, t.scroll.Size().Width-x)
	return x, width, width >= min(p.width, enoughSeen)
}
