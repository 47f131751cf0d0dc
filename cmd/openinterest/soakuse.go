package main

import (
	"math/rand/v2"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/ui/look"
)

// user uses the window of a soak at random, through what Fyne would call for a
// mouse at that place. It belongs to the UI's goroutine.
type user struct {
	random *rand.Rand
	w      *window
}

// span is one of the numbers from a to b.
func (u *user) span(a, b float32) float32 { return a + (b-a)*u.random.Float32() }

func (u *user) at(x0, x1, y0, y1 float32) fyne.Position {
	return fyne.NewPos(u.span(x0, x1), u.span(y0, y1))
}

// act does one thing and returns what it was. Where things are is that of the
// window at firstSize with the guide open; elsewhere a tap meets something else,
// or nothing, which is use as well. The buttons of the toolbar are left alone:
// they open the system's dialogs.
func (u *user) act() (name string) {
	canvas := u.w.window.Canvas()
	// Everything is built anew for these. A person does it rarely.
	if u.random.IntN(200) == 0 {
		if u.random.IntN(2) == 0 {
			all := assets.Languages()
			u.w.ui.SetLanguage(all[u.random.IntN(len(all))])
			return "changing the language"
		}
		u.w.ui.SetMode([]look.Mode{look.Dark, look.Light}[u.random.IntN(2)])
		return "changing the colours"
	}
	switch u.random.IntN(24) {
	case 0, 1, 2, 3, 4:
		test.Scroll(canvas, u.at(60, 1000, 80, 520), 0, u.span(-600, 600))
		return "scrolling the table"
	case 5, 6, 7:
		test.TapCanvas(canvas, u.at(6, 20, 112, 520))
		return "ticking"
	case 8, 9:
		test.TapCanvas(canvas, u.at(300, 1000, 54, 62))
		return "sorting"
	case 10, 11:
		test.TapCanvas(canvas, u.at(60, 1060, 112, 520))
		return "tapping a row"
	case 12, 13, 14, 15, 16:
		test.MoveMouse(canvas, u.at(0, 1060, 60, 860))
		return "moving the pointer"
	case 17, 18:
		test.TapCanvas(canvas, u.at(20, 310, 612, 622))
		return "choosing the range of the history"
	case 19, 20:
		test.TapCanvas(canvas, u.at(568, 860, 612, 622))
		return "choosing the range of the comparison"
	case 21:
		test.Scroll(canvas, u.at(1120, 1400, 80, 800), 0, u.span(-900, 900))
		return "scrolling the guide"
	case 22:
		panes := []string{"charts", "charts", "funding", "scorecard", "alerts"}
		u.w.ui.ShowPane(panes[u.random.IntN(len(panes))])
		return "switching the pane"
	default:
		u.w.ui.PointerLeft()
		return "leaving with the pointer"
	}
}
