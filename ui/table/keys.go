package table

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"openinterest/assets"
	"openinterest/ui/columns"
	"openinterest/ui/look/toast"
)

// TypedRune starts a search on "/" and shows the tooltip of the cell where the
// keyboard is on "i". All else is the window's.
func (b *body) TypedRune(r rune) {
	switch {
	case r == '/':
		b.table.FocusSearch()
	case r == 'i' || r == 'I':
		b.inform()
	case b.table.opts.Gestures.OnRune != nil:
		b.table.opts.Gestures.OnRune(r)
	}
}

// TypedKey moves the selection and the cell cursor, ticks, opens, explains and
// clears. A key takes the tooltip away: whoever types is not pointing at anything.
// Only left and right carry on a tooltip that a key asked for.
func (b *body) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		b.escape()
		return
	}
	b.showCursor(true)
	switch e.Name {
	case fyne.KeyLeft:
		b.moveCursor(-1)
		return
	case fyne.KeyRight:
		b.moveCursor(1)
		return
	}
	b.table.opts.Tips.Leave()
	page := max(1, int(b.table.scroll.Size().Height/b.table.rowHeight)-1)
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
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyF1, desktop.KeyMenu:
		if at >= 0 {
			b.act(e.Name, at)
		}
	}
}

// escape hides the tooltip that a key asked for, else closes whatever the window has
// open; a table by itself clears its filters.
func (b *body) escape() {
	if b.informed() {
		b.table.opts.Tips.Leave()
		return
	}
	if b.table.opts.Gestures.OnEscape != nil {
		b.table.opts.Gestures.OnEscape()
		return
	}
	b.table.clearFilters()
}

// act does to the selected row what a key asks.
func (b *body) act(key fyne.KeyName, at int) {
	r := b.table.shown[at]
	switch key {
	case fyne.KeySpace:
		b.table.toggleTick(r.Symbol)
	case fyne.KeyF1:
		b.explain(r, "")
	case desktop.KeyMenu:
		b.openMenu(r, b.rowPosition(at).AddXY(b.symbolLeft(), b.table.rowHeight))
	default:
		b.open(r)
	}
}

// symbolLeft is where the symbol's column begins.
func (b *body) symbolLeft() float32 {
	for i, p := range b.table.grid.places {
		if p.column.ID == columns.Symbol {
			return b.table.grid.left(i, b.table.scroll.Offset.X)
		}
	}
	return 0
}

// TypedShortcut copies the selected row. All else is the window's.
func (b *body) TypedShortcut(s fyne.Shortcut) {
	if _, ok := s.(*fyne.ShortcutCopy); !ok {
		if b.table.opts.Gestures.OnShortcut != nil {
			b.table.opts.Gestures.OnShortcut(s)
		}
		return
	}
	if i := b.selectedIndex(); i >= 0 {
		b.table.copyRow(b.table.shown[i])
	}
}

// copyRow puts a row on the clipboard.
func (t *Table) copyRow(r *columns.Row) {
	fyne.CurrentApp().Clipboard().SetContent(t.copyText(r))
	t.tell(toast.Toast{Text: t.words.T("menu.copied_row", assets.Args{"Symbol": r.Symbol})})
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
