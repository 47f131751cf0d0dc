//go:build !race

// These tests paint the window some hundred times, on one goroutine: under the
// race detector they would take five minutes and find nothing.

package ui

import (
	"fmt"
	"image"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
)

// stop is something that Tab reaches, and how much of the window shows it.
type stop struct {
	what   fyne.Focusable
	name   string
	at     fyne.Position
	size   fyne.Size
	looked bool
	strong int // pixels that have another colour with the focus than without
}

// stops goes through the window with Tab until it is where it began. Those at
// places that are known already it does not look at, and adds the others.
func (r *rig) stops(known map[fyne.Position]bool) (all []stop) {
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
		o := on.(fyne.CanvasObject)
		s := stop{what: on, name: fmt.Sprintf("%T", on), at: driver.AbsolutePositionForObject(o), size: o.Size()}
		if known[s.at] {
			all = append(all, s)
			continue
		}
		known[s.at], s.looked = true, true
		with := c.Capture()
		c.Unfocus()
		r.settle()
		without := c.Capture()
		c.Focus(on)
		s.strong = differing(with, without, image.Rect(int(s.at.X), int(s.at.Y), int(s.at.X+s.size.Width), int(s.at.Y+s.size.Height)).Inset(-6))
		all = append(all, s)
	}
	r.t.Fatal("Tab does not come back to where it began")
	return nil
}

// differing counts the pixels of a part of two pictures that nobody takes for the same.
func differing(a, b image.Image, part image.Rectangle) (count int) {
	apart := func(p, q uint32) bool { return max(p, q)-min(p, q) > 24<<8 }
	part = part.Intersect(a.Bounds())
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			r1, g1, b1, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			if apart(r1, r2) || apart(g1, g2) || apart(b1, b2) {
				count++
			}
		}
	}
	return count
}

// What can be clicked can be reached by the keyboard.
func TestFocusReachesWhatCanBeClicked(t *testing.T) {
	for _, pane := range []string{tabCharts, tabMap, tabFunding, tabScorecard, tabAlerts} {
		r := start(t, setup{})
		r.ShowPane(pane)
		r.tick("ETHUSDT")
		r.settle()
		for _, o := range test.LaidOutObjects(r.window.Content()) {
			_, clicked := o.(fyne.Tappable)
			_, reached := o.(fyne.Focusable)
			switch name := fmt.Sprintf("%T", o); {
			case strings.HasPrefix(name, "*widget.scrollBar"):
				continue // keys scroll what it scrolls
			case name == "*widget.listItem":
				continue // the list takes the keys: arrows go through it, and choose
			}
			if clicked && !reached && o.Visible() && o.Size().Width > 0 {
				t.Errorf("%s: the keyboard does not reach %T at %v, %v", pane, o, fyne.CurrentApp().Driver().AbsolutePositionForObject(o), o.Size())
			}
		}
	}
}

// Everything that Tab reaches shows that the keyboard is on it.
func TestFocusIsAlwaysSeen(t *testing.T) {
	known := map[fyne.Position]bool{}
	for _, pane := range []string{tabCharts, tabMap, tabFunding, tabScorecard, tabAlerts} {
		r := start(t, setup{size: fyne.NewSize(1300, 700)})
		r.ShowPane(pane)
		r.settle()
		stops := r.stops(known)
		if len(stops) < 20 {
			t.Errorf("%s: Tab reaches %d things only", pane, len(stops))
		}
		for _, s := range stops {
			if s.looked && s.strong < 60 {
				t.Errorf("%s: %d pixels show that the keyboard is on %s at %v", pane, s.strong, s.name, s.at)
			}
		}
	}
}

// So it is with the dialogs that the window opens by itself.
func TestFocusIsSeenInDialogs(t *testing.T) {
	for name, open := range map[string]func(r *rig){
		"settings": func(r *rig) { r.showSettings() },
		"sheet":    func(r *rig) { r.showSheet() },
		"news":     func(r *rig) { r.showNews(assets.News(assets.English)) },
		"question": func(r *rig) { r.askUp() },
	} {
		r := start(t, setup{size: fyne.NewSize(1000, 640), with: func(o *Options) { o.Desktop = &fakeDesktop{tray: true} }})
		open(r)
		known := map[fyne.Position]bool{}
		stops := r.stops(known)
		if len(stops) == 0 {
			t.Errorf("%s: Tab reaches nothing", name)
		}
		for _, s := range stops {
			inSight := s.at.Y > 0 && s.at.Y < 640
			if s.looked && inSight && s.strong < 60 {
				t.Errorf("%s: %d pixels show that the keyboard is on %s at %v", name, s.strong, s.name, s.at)
			}
		}
		r.press(fyne.KeyEscape)
	}
}
