package ui

import (
	"fmt"
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// stop is something that Tab reaches, and how much of the window shows it.
type stop struct {
	what   fyne.Focusable
	name   string
	at     fyne.Position
	size   fyne.Size
	pixels int // that have another colour with the focus than without
	strong int // that differ so much that nobody overlooks it
}

// stops goes through the window with Tab until it is where it began.
func (r *rig) stops() (all []stop) {
	r.t.Helper()
	c := r.window.Canvas()
	c.Unfocus()
	driver := fyne.CurrentApp().Driver()
	for range 300 {
		c.(interface{ FocusNext() }).FocusNext()
		on := c.Focused()
		if on == nil || len(all) > 0 && all[0].what == on {
			return all
		}
		r.settle()
		with := c.Capture()
		c.Unfocus()
		r.settle()
		without := c.Capture()
		c.Focus(on)
		o := on.(fyne.CanvasObject)
		s := stop{what: on, name: fmt.Sprintf("%T", on), at: driver.AbsolutePositionForObject(o), size: o.Size()}
		s.pixels, s.strong = differing(with, without)
		all = append(all, s)
	}
	r.t.Fatal("Tab does not come back to where it began")
	return nil
}

func differing(a, b image.Image) (any, strong int) {
	distance := func(x, y color.Color) uint32 {
		r1, g1, b1, _ := x.RGBA()
		r2, g2, b2, _ := y.RGBA()
		d := func(p, q uint32) uint32 { return max(p, q) - min(p, q) }
		return max(d(r1, r2), d(g1, g2), d(b1, b2)) >> 8
	}
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			switch d := distance(a.At(x, y), b.At(x, y)); {
			case d > 24:
				strong++
				any++
			case d > 0:
				any++
			}
		}
	}
	return any, strong
}

// What can be clicked can be reached by the keyboard.
func TestWhatCanBeClickedCanBeReached(t *testing.T) {
	for _, pane := range []string{tabCharts, tabMap, tabScorecard, tabAlerts} {
		r := start(t, setup{})
		r.ShowPane(pane)
		r.tick("ETHUSDT")
		r.settle()
		for _, o := range test.LaidOutObjects(r.window.Content()) {
			_, clicked := o.(fyne.Tappable)
			_, reached := o.(fyne.Focusable)
			if clicked && !reached && o.Visible() && o.Size().Width > 0 {
				t.Logf("%s: %T at %v, %v", pane, o, fyne.CurrentApp().Driver().AbsolutePositionForObject(o), o.Size())
			}
		}
	}
}

// Everything that Tab reaches shows that the keyboard is on it.
func TestFocusIsAlwaysSeen(t *testing.T) {
	for _, pane := range []string{tabCharts, tabMap, tabScorecard, tabAlerts} {
		r := start(t, setup{})
		r.ShowPane(pane)
		r.settle()
		for i, s := range r.stops() {
			t.Logf("%s %d %s at %v size %v: %d pixels, %d strong", pane, i, s.name, s.at, s.size, s.pixels, s.strong)
			if s.strong < 30 {
				t.Errorf("%s: nothing shows that the keyboard is on %s at %v", pane, s.name, s.at)
			}
		}
	}
}
