package chartpane

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"openinterest/charts"
)

// levelOf is the line of the level in the plot of the price that is shown.
func levelOf(h *History) (line charts.Line, there bool) {
	for _, p := range h.chart.shown.Request.Below {
		if i := slices.IndexFunc(p.Lines, func(l charts.Line) bool { return l.Key == "level" }); i >= 0 {
			return p.Lines[i], true
		}
	}
	return charts.Line{}, false
}

// noted is the note below the chart that says of the level what a text says.
func noted(h *History, text string) bool {
	return slices.ContainsFunc(h.notes.said, func(s string) bool { return strings.Contains(s, text) })
}

func TestALevelHasItsLineInThePlotOfThePrice(t *testing.T) {
	d := newDesk(t, HistoryState{Symbol: "BTCUSDT", Plots: PlotsState{Price: PlotState{On: true}}}, nil)
	h := d.history
	var told []Level
	h.OnLevel = func(l Level) { told = append(told, l) }
	low, high := h.candles.rows[0].Low, h.candles.rows[0].High
	for _, k := range h.candles.rows {
		low, high = min(low, k.Low), max(high, k.High)
	}
	near := Level{Symbol: "BTCUSDT", Price: low - (high-low)/2, Label: "Liquidation price, Long"}
	h.SetLevel(near)
	d.look()
	line, there := levelOf(h)
	if !there || line.Values[0] != near.Price || line.Values[len(line.Values)-1] != near.Price {
		t.Fatalf("the line is %v %v, want at %v", there, line.Values, near.Price)
	}
	plots := h.chart.picture.Plots()
	if row := h.chart.picture.Row(2, near.Price); int(row) < plots[1].Min.Y || int(row) > plots[1].Max.Y {
		t.Errorf("the line is at row %v, outside of the plot %v", row, plots[1])
	}
	if !noted(h, "Liquidation price, Long") || !noted(h, "The line") {
		t.Errorf("the notes: %q", h.notes.said)
	}
	before, _ := nearestStamp(h.chart.picture, View{Request: h.chart.shown.Request, Reads: slices.DeleteFunc(slices.Clone(h.chart.shown.Reads), func(r Read) bool { return r.still })}, h.now().UnixMilli())
	if after, ok := nearestStamp(h.chart.picture, h.chart.shown, h.now().UnixMilli()); !ok || after != before {
		t.Errorf("the crosshair goes to %v, and without the line to %v", after, before)
	}
	h.SetSymbol("ETHUSDT")
	d.look()
	if _, there := levelOf(h); there || noted(h, "Liquidation") {
		t.Error("the line of BTCUSDT is drawn for ETHUSDT")
	}
	h.SetSymbol("BTCUSDT")
	d.look()
	if _, there := levelOf(h); !there {
		t.Error("back at BTCUSDT its line is gone")
	}
	far := near
	far.Price = low / 2
	h.SetLevel(far)
	d.look()
	if _, there := levelOf(h); there || !noted(h, "too far off") {
		t.Errorf("a line far off is drawn, or not told of: %q", h.notes.said)
	}
	h.plots.Price.On = false
	h.SetLevel(near)
	d.look()
	if h.ShowsPrice() || !noted(h, "is not shown") {
		t.Errorf("without the plot of the price: %q", h.notes.said)
	}
	h.ShowPrice()
	d.look()
	if _, there := levelOf(h); !there || !h.State().Plots.Price.On {
		t.Error("the plot is offered, and does not come with its line")
	}
	tapButton(t, h.notes.box, "Remove the line")
	d.look()
	if _, there := levelOf(h); there || h.Level() != (Level{}) || told[len(told)-1] != (Level{}) {
		t.Errorf("after it was removed the line is %v, told %v", there, told)
	}
}

// tapButton taps the button of a label below an object.
func tapButton(t *testing.T, o fyne.CanvasObject, label string) {
	t.Helper()
	var find func(fyne.CanvasObject) bool
	find = func(o fyne.CanvasObject) bool {
		switch o := o.(type) {
		case *widget.Button:
			if o.Text == label {
				test.Tap(o)
				return true
			}
		case *fyne.Container:
			return slices.ContainsFunc(o.Objects, find)
		}
		return false
	}
	if !find(o) {
		t.Fatalf("there is no button %q", label)
	}
}
