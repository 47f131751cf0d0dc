package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"openinterest/data/market"
	"openinterest/ui/columns/columnstest"
	"openinterest/ui/marketmap"
	"openinterest/ui/settings"
)

// The map is a tab of the lower area; what is chosen there is kept, what is ticked
// there is ticked in the table, and a click shows the chart.
func TestTheMapIsATab(t *testing.T) {
	kept := settings.InMemory()
	r := start(t, setup{settings: kept})
	r.tap(r.find("Map", inLower))
	r.window.Canvas().Capture()
	r.settle()
	r.find("18 of 20 contracts · 2 without a reading", inLower)
	r.tap(r.find("4h", inLower))
	r.tap(r.find("Treemap", inLower))

	again := start(t, setup{settings: kept})
	again.window.Canvas().Capture()
	if s := again.panes.market.State(); s.Window != market.Window4h.String() || s.Kind != marketmap.KindTree {
		t.Errorf("kept was %+v", s)
	}
	again.tap(again.find("Map", func(s seen) bool { return inLower(s) && s.at.Y > 565 })) // the choice, below the tab
	drag(again, fyne.NewPos(60, 640), fyne.NewPos(1000, 640), fyne.NewPos(1000, 820), fyne.NewPos(60, 820))
	if n := len(again.panes.table.State().Ticked); n != 12 {
		t.Errorf("the lasso ticked %d in the table", n)
	}
	if !again.sees("Ticked the 12 largest of 1") {
		t.Error("the lasso doesn't say what it ticked")
	}
	if !again.isTicked("BTCUSDT") {
		t.Error("the largest contract is not ticked")
	}
	again.tick("BTCUSDT") // the table unticks it; the map follows
	again.window.Canvas().Capture()
	again.settle()
	for x := float32(40); x < 1040 && again.shell.front == tabMap; x += 6 { // some dot is under one of these
		for y := float32(620); y < 830 && again.shell.front == tabMap; y += 6 {
			test.TapCanvas(again.window.Canvas(), fyne.NewPos(x, y))
		}
	}
	again.settle()
	if again.shell.front != tabCharts {
		t.Error("a click on a dot does not open the chart")
	}
}

// drag draws a line through places of the window, on what lies under the first.
func drag(r *rig, places ...fyne.Position) {
	r.t.Helper()
	r.window.Canvas().Capture()
	r.settle()
	var under fyne.Draggable
	var at fyne.Position
	walk(r.window.Canvas().Content(), fyne.Position{}, area{size: r.window.Canvas().Size()}, func(o fyne.CanvasObject, pos fyne.Position) {
		in := places[0].X >= pos.X && places[0].Y >= pos.Y && places[0].X < pos.X+o.Size().Width && places[0].Y < pos.Y+o.Size().Height
		if d, ok := o.(fyne.Draggable); ok && in {
			under, at = d, pos
		}
	})
	if under == nil {
		r.t.Fatalf("nothing at %v can be dragged", places[0])
	}
	for i, p := range places {
		e := &fyne.DragEvent{PointEvent: fyne.PointEvent{Position: p.Subtract(at)}}
		if i > 0 {
			e.Dragged = fyne.NewDelta(p.X-places[i-1].X, p.Y-places[i-1].Y)
		}
		under.Dragged(e)
	}
	under.DragEnd()
	r.settle()
}

func TestTheMapShowsTheMarketOnlyInFront(t *testing.T) {
	r := start(t, setup{})
	r.show(columnstest.Snapshot())
	if r.sees("contracts ·") {
		t.Error("the map is read behind the charts")
	}
}
