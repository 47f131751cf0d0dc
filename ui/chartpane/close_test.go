package chartpane

import (
	"testing"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/ui/look"
)

// Fyne keeps a widget that is gone for a while; it must not keep its history too.
func TestAClosedPaneHoldsNoHistory(t *testing.T) {
	o, s, _ := begin(t, assets.English, look.Dark)
	h := NewHistory(o, HistoryState{})
	h.SetSnapshot(snapshot(clock))
	s.until(t, func() bool { return !h.loader.busy() })
	late := drawn{picture: &charts.Picture{}, view: h.chart.view.built(new(curves))}
	h.chart.setPicture(late)
	if len(h.loader.loads) == 0 || h.Chart().Picture() == nil || h.chart.shown.Request.Lines == nil {
		t.Fatal("the pane shows nothing")
	}
	h.Close()
	h.chart.setPicture(late) // it was being drawn
	if len(h.loader.loads) > 0 || h.snapshot != nil || h.Chart().Picture() != nil || h.chart.view.Curves != nil || h.chart.shown.Request.Lines != nil {
		t.Error("it is held")
	}
}
