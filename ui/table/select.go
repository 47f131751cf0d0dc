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

// Selected is the contract whose row is selected; "" for none.
func (t *Table) Selected() string { return t.selected }

// SetAlerted marks the rows of contracts that an alert came of and that nobody looked at
// yet: see Options.OnLook.
func (t *Table) SetAlerted(symbols map[string]bool) {
	t.alerted = symbols
	t.body.ground()
}

// lookedAt is called when the person goes to a row.
func (t *Table) lookedAt(symbol string) {
	if t.opts.OnLook != nil && t.alerted[symbol] {
		t.opts.OnLook(symbol)
	}
}
