package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"openinterest/data/alert"
	"openinterest/ui/alerts"
	"openinterest/ui/look"
	"openinterest/ui/settings"
	"openinterest/ui/table"
)

// For each style of text in use Fyne opens four fonts and keeps them, 6 to 8 MB
// (see look.SetFont). A single text that asks for bold, italics or a monospace
// style costs that much, whoever made it: our own drawing, or a button, label
// or list of Fyne's. So all texts of the window have the plain style, those that
// are bold name their font, and this looks at every one of them, hidden or
// shown, after everything that a person sees day by day was on screen. Dialogs
// are not among it: their titles are Fyne's and bold, but few people open one.
func TestAllTextsShareOneStyle(t *testing.T) {
	kept := settings.InMemory()
	kept.Update(func(s *settings.Settings) {
		s.SetPane(paneTable, table.State{Ticked: []string{"BTCUSDT", "ETHUSDT"}})
		s.SetPane(paneAlerts, alerts.State{Rules: []alert.Rule{
			{ID: "rule-1", Column: alert.Price, Direction: alert.Up, Bound: 9000, Scope: alert.ScopeOne, Symbol: "ETHUSDT"}}})
	})
	enough := &shelf{days: 120} // for rates that are not faint, and so are bold
	r := start(t, setup{settings: kept, with: func(o *Options) { o.Scores = enough }})
	told := map[string]bool{}
	plain := func(where, shows string) {
		t.Helper()
		r.settle()
		if !r.sees(shows) {
			t.Fatalf("%s does not show %q", where, shows)
		}
		r.plain(where, told)
	}

	r.pass(2 * time.Second)
	r.show(priced("ETHUSDT", 9100, r.now())) // raises the alert
	plain("the window at its start", "Compare")
	r.tap(r.find("Scorecard", inLower))
	plain("the scorecard", "OI lift")
	r.tap(r.find("Alerts (1)", inLower))
	plain("the alerts", "ETHUSDT: Mark price")
	r.tap(r.find("New rule", inLower))
	plain("the form of an alert", "Cancel")

	r.window.Resize(fyne.NewSize(1100, 800))
	r.settle()
	r.ShowPane("guide")
	plain("the guide as a tab", "Open interest, tracked live")
	look.OpenMenu(r.shell.strip, r.colourItems()...)
	plain("a menu", "Dark")
}

// plain checks the style of every text of the window, and complains of each
// words once.
func (r *rig) plain(where string, told map[string]bool) {
	r.t.Helper()
	texts, bold := 0, 0
	check := func(o fyne.CanvasObject) {
		everything(o, func(o fyne.CanvasObject) {
			text, ok := o.(*canvas.Text)
			if !ok {
				return
			}
			texts++
			if text.FontSource != nil {
				bold++
			}
			if text.TextStyle != (fyne.TextStyle{}) && !told[text.Text] {
				told[text.Text] = true
				r.t.Errorf("%s: %q asks for the style %+v", where, text.Text, text.TextStyle)
			}
		})
	}
	check(r.window.Canvas().Content())
	for _, o := range r.window.Canvas().Overlays().List() {
		check(o)
	}
	if texts < 100 || bold < 10 { // what is below the table alone has more
		r.t.Errorf("%s: only %d texts were looked at, %d of them bold", where, texts, bold)
	}
}

// everything visits an object and all that is in it, what is hidden or
// scrolled away too: it may have been measured already, and that opens fonts.
func everything(o fyne.CanvasObject, visit func(fyne.CanvasObject)) {
	if o == nil {
		return
	}
	visit(o)
	var children []fyne.CanvasObject
	switch c := o.(type) {
	case *fyne.Container:
		children = c.Objects
	case *look.Sheet:
		children = c.Objects()
	case fyne.Widget:
		children = test.WidgetRenderer(c).Objects()
	}
	for _, child := range children {
		everything(child, visit)
	}
}
