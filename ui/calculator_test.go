package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/ui/look"
	"openinterest/ui/settings"
)

// calculate opens the calculator, as Ctrl+L does, of which the toolkit's window for
// tests knows nothing.
func (r *rig) calculate() {
	r.t.Helper()
	r.ShowCalculator("")
	r.settle()
}

// tab moves the keyboard on and types.
func (r *rig) tab(steps int, text string) {
	r.t.Helper()
	for range steps {
		r.window.Canvas().(interface{ FocusNext() }).FocusNext()
	}
	if text == "" {
		return
	}
	into, ok := r.window.Canvas().Focused().(fyne.Focusable)
	if !ok {
		r.t.Fatal("nothing has the keyboard")
	}
	test.Type(into, text)
	r.settle()
}

// A person asks for a position's liquidation price with the keyboard alone, has its
// line drawn, and removes it below the chart.
func TestTheCalculatorOfTheSelectedRow(t *testing.T) {
	store := settings.InMemory()
	r := start(t, setup{settings: store})
	r.panes.table.Select("ETHUSDT")
	r.calculate()
	if r.calculator == nil || !r.sees("Liquidation calculator") {
		t.Fatal("the calculator does not open")
	}
	r.tab(0, "2")  // quantity has the keyboard
	r.tab(1, "20") // leverage
	r.tab(3, "1")  // the rate, after margin and stop
	if symbol := r.calculator.Values().Symbol; symbol != "ETHUSDT" {
		t.Fatalf("it is of %s", symbol)
	}
	if r.sees("Liquidation price, Long") || !r.sees("Line in the chart, with the price plot") {
		t.Fatalf("before the line is drawn: %s", strings.Join(r.words(), " | "))
	}
	r.tab(2, "") // past the button of the brackets
	r.window.Canvas().Focused().(*widget.Button).TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	r.settle()
	if l := r.panes.history.Level(); l.Symbol != "ETHUSDT" || r.panes.history.State().Symbol != "ETHUSDT" || !r.panes.history.ShowsPrice() {
		t.Fatalf("the line is %+v, in a chart of %+v", l, r.panes.history.State())
	}
	r.press(fyne.KeyEscape)
	if r.calculator != nil || r.window.Canvas().Overlays().Top() != nil {
		t.Fatal("Esc leaves the calculator open")
	}
	r.SetLanguage(assets.Chinese)
	r.settle()
	if l := r.panes.history.Level(); l.Label != "强平价格，做多" {
		t.Errorf("in Chinese the line is %+v", l)
	}
	r.SetLanguage(assets.English)
	r.settle()
	r.calculate()
	if values := r.calculator.Values(); values.Texts["quantity"] != "2" || !r.sees("Remove the line") {
		t.Errorf("opened again: %v", values)
	}
	r.press(fyne.KeyEscape)
	r.tap(r.find("Remove the line", nil))
	if r.panes.history.Level().Price != 0 || r.line.price != 0 {
		t.Error("the line is not removed below the chart")
	}
	again := start(t, setup{settings: store})
	again.panes.table.Select("ETHUSDT")
	again.calculate()
	if values := again.calculator.Values(); values.Texts["quantity"] != "" || values.Texts["leverage"] != "20" {
		t.Errorf("at another start: %v", values)
	}
}

func TestTheMenuOfARowHasTheCalculator(t *testing.T) {
	for _, lang := range assets.Languages() {
		r := start(t, setup{lang: lang, mode: look.Light})
		r.panes.table.Select("SOLUSDT")
		r.ShowCalculator("BTCUSDT")
		r.ShowCalculator("SOLUSDT") // one is open already
		if r.calculator.Values().Symbol != "BTCUSDT" || len(r.dialogs) != 1 {
			t.Errorf("%s: of %s, with %d dialogs", lang, r.calculator.Values().Symbol, len(r.dialogs))
		}
		other := assets.Chinese
		if lang == assets.Chinese {
			other = assets.English
		}
		r.settle()
		if left := r.foreign(lang, other); len(left) > 0 {
			t.Errorf("%s: one reads %v", lang, left)
		}
		r.press(fyne.KeyEscape)
		r.show(r.snapshot)
	}
}
