package table

import "testing"

func TestAChartHighlightsARow(t *testing.T) {
	r := full(t, setup{})
	var order []string
	for _, row := range r.shown {
		order = append(order, row.Symbol)
	}
	last := order[len(order)-1]
	r.Table.Select(last)
	if i := r.Table.body.selectedIndex(); i != len(order)-1 {
		t.Errorf("row %d is selected, want that of %s, %d", i, last, len(order)-1)
	}
	if top := r.Table.scroll.Offset.Y; float32(len(order))*r.rowHeight > top+r.Table.scroll.Size().Height+0.5 {
		t.Errorf("the row is not in sight: scrolled to %v", top)
	}
	r.Table.SetSearch("BTC")
	r.Table.Select(order[1])
	r.Table.SetSearch("")
	if got := r.Table.selected; got != order[1] {
		t.Errorf("after the filter went, %q is selected, want %s", got, order[1])
	}
	r.Table.Select("")
	if i := r.Table.body.selectedIndex(); i >= 0 {
		t.Errorf("row %d stays selected", i)
	}
}
