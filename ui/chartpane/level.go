package chartpane

import (
	"fmt"
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// Level is a price of a contract at which its plot of the price has a line, such as
// that at which a position is liquidated. The zero Level is none.
type Level struct {
	Symbol string
	Price  float64
	Label  string // what it is: "Liquidation price, long"
}

// levelReach is how many times higher the plot of the price may become for the
// sake of the line; further off it is not drawn, for the candles would be flat.
const levelReach = 3

// SetLevel draws a line at a price while its contract is shown, in place of the one
// before; the zero Level removes it. A note below the chart names it, says where it
// is not in the picture, and removes it.
func (h *History) SetLevel(l Level) {
	if l == h.level {
		return
	}
	h.level = l
	h.update()
	if h.OnLevel != nil {
		h.OnLevel(l)
	}
}

// Level is the line that SetLevel drew; zero: none.
func (h *History) Level() Level { return h.level }

// ShowsPrice reports whether the price has a plot of its own.
func (h *History) ShowsPrice() bool { return h.plots.Price.On }

// ShowPrice gives the price a plot of its own, in which a Level has its line.
func (h *History) ShowPrice() {
	if !h.plots.Price.On {
		h.plots.Price.On = true
		h.chosen()
	}
}

// hasLevel reports whether the contract shown has a line.
func (h *History) hasLevel() bool { return h.level.Symbol == h.symbol && h.level.Price > 0 }

// levelIsNear reports whether the line is near enough to the candles shown.
func (h *History) levelIsNear() bool {
	from, to := h.axis.Span()
	low, high := math.Inf(1), math.Inf(-1)
	for _, k := range h.candles.rows {
		if k.Time >= from-h.candles.period.Millis() && k.Time <= to && market.Known(k.Low) && market.Known(k.High) {
			low, high = min(low, k.Low), max(high, k.High)
		}
	}
	p := h.level.Price
	return low <= high && max(high, p)-min(low, p) <= levelReach*(high-low)
}

// levelLine adds the line to the plot of the price, after the price's own.
func (h *History) levelLine(v *View, p *charts.Plot) {
	if !h.hasLevel() || !h.levelIsNear() {
		return
	}
	from, to := h.axis.Span()
	colour, _ := charts.Palette(3, look.Current().Background)
	line := charts.Line{Key: "level", Colour: colour, Width: 1.2, Dash: []float64{5, 4}, MarkLast: true}
	line.Times = append(line.Times, from)
	for _, k := range h.candles.rows { // what is read out lies beside the crosshair
		if k.Time > from && k.Time < to {
			line.Times = append(line.Times, k.Time)
		}
	}
	line.Times = append(line.Times, to)
	line.Values = slices.Repeat([]float64{h.level.Price}, len(line.Times))
	p.Lines = append(p.Lines, line)
	q := h.snapshot.Quote(h.symbol)
	v.Reads = append(v.Reads, Read{Label: h.level.Label, still: true, Format: func(x float64) string { return format.Price(x, pricePrecision(q)) }})
}

// levelKey changes with the line.
func (h *History) levelKey() string {
	if !h.hasLevel() {
		return ""
	}
	return fmt.Sprint(h.level)
}

// levelNotes name the line, and say where it is not in the picture.
func (h *History) levelNotes() []note {
	if !h.hasLevel() {
		return nil
	}
	w, key := h.o.Words, "calculator.level_note"
	switch {
	case !h.plots.Price.On:
		key = "calculator.level_no_plot"
	case h.candles.had && !h.levelIsNear():
		key = "calculator.level_far"
	}
	sentence := w.T(key, assets.Args{"Label": h.level.Label, "Price": format.Price(h.level.Price, pricePrecision(h.snapshot.Quote(h.symbol)))})
	return []note{{says: sentence, object: func() fyne.CanvasObject {
		text := newNoteText()
		text.set(sentence)
		buttons := container.NewHBox()
		if !h.plots.Price.On {
			buttons.Add(noteButton(w.T("calculator.level_show"), h.ShowPrice))
		}
		buttons.Add(noteButton(w.T("calculator.level_remove"), func() { h.SetLevel(Level{}) }))
		return noteLine(text, buttons)
	}}}
}
