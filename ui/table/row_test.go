package table

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"

	"openinterest/data/market"
	"openinterest/ui/columns"
	"openinterest/ui/columns/columnstest"
	"openinterest/ui/look"
)

// A contract may be named with characters that the program's font lacks: Fyne
// looks for them in the system's fonts, in the place where the name stands.
func TestNamesBeyondTheFontAreFynes(t *testing.T) {
	r := start(t, setup{})
	q := *columnstest.Snapshot().Quotes[0]
	q.Contract.Symbol = "龘USDT"
	r.Update(market.NewSnapshot(market.Snapshot{Quotes: []*market.Quote{&q, columnstest.Snapshot().Quotes[1]}}), nil, columnstest.Now)
	r.drain()
	row := r.body.slots[r.rowOf("龘USDT")]
	at := r.grid.places[r.placeOf(columns.Symbol)]
	if !row.foreign.Visible() || row.foreign.Text != "龘USDT" || row.foreign.Position() != fyne.NewPos(at.x+leftPad(at.column), row.picture.Position().Y) {
		t.Errorf("the name is shown: %t, %q at %v", row.foreign.Visible(), row.foreign.Text, row.foreign.Position())
	}
	for i, s := range r.body.slots {
		if s != row && s.foreign.Visible() {
			t.Errorf("row %d shows %q as well", i, s.foreign.Text)
		}
	}
	r.SetSearch("usdt")
	r.SetSearch("none of them")
	if row.foreign.Visible() {
		t.Error("the name stays though its row is gone")
	}
}

// The ground of a row goes to its very edges, whatever stands on it.
func TestGroundOfTheRowUnderThePointer(t *testing.T) {
	r := full(t, setup{})
	r.moveOver("SOLUSDT", columns.Price)
	img := r.body.slots[r.rowOf("SOLUSDT")].paint(1440, int(r.rowHeight))
	want := look.Current().RowHover
	for _, x := range []int{0, 1439} {
		if got := color.NRGBAModel.Convert(img.At(x, 3)); got != want {
			t.Errorf("at %d the row is %v, want %v", x, got, want)
		}
	}
	if got := color.NRGBAModel.Convert(img.At(700, int(r.rowHeight)-1)); got != look.Current().Hairline {
		t.Errorf("the line under the row is %v", got)
	}
}
