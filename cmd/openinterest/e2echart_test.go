package main

import (
	"context"
	"fmt"
	"image"
	"testing"

	"openinterest/data/sim"
	"openinterest/ui/look"
)

// Where the lower area's parts are in the window of 1440 × 900, with the guide open.
var (
	historyPlot = image.Rect(80, 670, 470, 825)
	lowerArea   = image.Rect(10, 590, 1080, 860)
	mapTab      = image.Pt(75, 553)
	favourites  = image.Pt(265, 50) // the view's tab
	allView     = image.Pt(19, 50)
)

// A person zooms into a chart with the wheel, comes back with a double click, looks
// at the market as a map, and at a view of the table.
func TestAPersonZoomsAndLooksAtTheMap(t *testing.T) {
	d := openDisplay(t)
	s, err := sim.Start(context.Background(), sim.Options{Contracts: 60})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	a := openWindow(t, d, t.TempDir(), "--rest-url", s.RESTURL(), "--stream-url", s.StreamURL())
	a.waitForFullTable()
	a.sees("a chart", func(img *screen) (bool, string) {
		n := near(img.within(historyPlot), 0, 0, 1, 1, lineColour(0, look.Dark))
		return n > 150, fmt.Sprintf("%d pixels of a line", n)
	})
	before := d.look()
	changed := func(more bool, share float64) func(*screen) (bool, string) {
		return func(img *screen) (bool, string) {
			is := changedShare(before, img, historyPlot)
			return (is > share) == more, fmt.Sprintf("%.1f %% of the plot differ from the beginning", 100*is)
		}
	}
	middle := image.Pt((historyPlot.Min.X+historyPlot.Max.X)/2, historyPlot.Max.Y-20)
	d.moveTo(middle.X, middle.Y)
	d.do("click", "--repeat", "4", "--delay", "60", "4")
	d.moveTo(parking.X, parking.Y)
	a.sees("a part of the chart", changed(true, 0.1))
	d.moveTo(middle.X, middle.Y)
	d.do("click", "--repeat", "2", "--delay", "60", "1")
	d.moveTo(parking.X, parking.Y)
	a.sees("the whole range again", changed(false, 0.1))

	d.click(mapTab.X, mapTab.Y)
	a.sees("the map", func(img *screen) (bool, string) {
		lower := img.within(lowerArea)
		up, down := near(lower, 0, 0, 1, 1, dark.Up), near(lower, 0, 0, 1, 1, dark.Down)
		return up > 60 && down > 60, fmt.Sprintf("%d and %d pixels of contracts that rose and fell", up, down)
	})
	d.click(favourites.X, favourites.Y)
	a.sees("a view without rows", func(img *screen) (bool, string) {
		ok, state := hasRows(img)
		return !ok, state
	})
	d.click(allView.X, allView.Y)
	a.sees("all rows", hasRows)
	a.terminate()
}
