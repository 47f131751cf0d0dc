package marketmap

import (
	"testing"

	"fyne.io/fyne/v2"

	"openinterest/ui/columns/columnstest"
)

// For another language or theme there is another pane; Fyne keeps the one before
// for a while, which must not keep the market, nor go on drawing it.
func TestAClosedPaneHoldsNoMarket(t *testing.T) {
	r := start(t, setup{size: fyne.NewSize(900, 420), snapshot: columnstest.Snapshot()})
	late := *r.view.d
	r.Close()
	r.show(late) // it was being drawn
	if r.snapshot != nil || r.view.d != nil || r.painter.Busy() {
		t.Error("it is held")
	}
	if r.o.Context.Err() == nil {
		t.Error("it goes on drawing")
	}
}
