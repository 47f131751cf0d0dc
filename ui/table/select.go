package table

import (
	"slices"

	"openinterest/ui/columns"
)

// Select puts the keyboard's row on a symbol and scrolls it into sight: a chart
// highlights that contract. Where a filter hides it, the selection waits unseen.
func (t *Table) Select(symbol string) {
	if i := slices.IndexFunc(t.shown, func(r *columns.Row) bool { return r.Symbol == symbol }); i >= 0 {
		t.body.selectRow(i)
		return
	}
	t.selected = symbol
	t.body.ground()
}
