package chartpane

import (
	"context"
	"math"
	"time"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// The plots of ratios: who is long and who short, and who took. A ratio of 0.5
// lies as far below 1 as 2 lies above, so that their axis is logarithmic.

// ratioLoad is the ratios that are known of one contract, in the slices that are
// drawn: a year has a hundred thousand stamps.
type ratioLoad struct {
	plotLoad
	symbol string
	rows   []market.Ratios
	times  []int64
	values [market.RatioCount][]float64
	gap    int64
	lacks  bool // older ones could not be asked for yet
	saved  int  // days that had come from the archive when they were read
}

// standings is what one question for ratios answers.
type standings struct {
	rows  []market.Ratios
	lacks bool
}

// take keeps an answer.
func (l *ratioLoad) take(answers []standings) {
	var rows []market.Ratios
	l.lacks = false
	for _, a := range answers {
		rows, l.lacks = a.rows, a.lacks
	}
	l.rows, l.times, l.values = rows, make([]int64, len(rows)), [market.RatioCount][]float64{}
	for k := range l.values {
		l.values[k] = make([]float64, len(rows))
	}
	step := int64(math.MaxInt64)
	for i, r := range rows {
		l.times[i] = r.Time
		for k, v := range r.Values {
			l.values[k][i] = v
		}
		if i > 0 {
			step = min(step, r.Time-rows[i-1].Time)
		}
	}
	l.gap = 2*market.StepMillis - 1 // one missing stamp breaks the line
	if len(rows) > 1 {
		l.gap = max(l.gap, 2*step-1)
	}
}

// wantRatios loads those of a span.
func (h *History) wantRatios(from, to int64, now time.Time) {
	l, symbol := &h.ratios, h.symbol
	if l.symbol != symbol {
		l.forget()
		l.symbol = symbol
		l.take(nil)
	}
	if saved := h.savedDays(); saved != l.saved && !l.running && now.Sub(l.tried) >= refreshSeldom {
		l.saved, l.question = saved, "" // the archive's days have ratios, too
	}
	if wanted, due := l.due(symbol, from, to, now); due {
		startPlot(&h.pane, &l.plotLoad, symbol, wanted, now, func(ctx context.Context, from, to int64) ([]standings, error) {
			rows, err := h.o.Source.Ratios(ctx, symbol, from, to)
			if len(rows) > 0 { // the status bar says of a refusal; the rest is asked for again
				return []standings{{rows, err != nil}}, nil
			}
			return nil, err
		}, l.take)
	}
}

// savedDays is how many days have come from the archive for the range shown.
func (h *History) savedDays() int {
	if r := h.axis.Chosen(); h.o.Archive != nil && isLong(r) {
		return h.o.Archive.Status(h.symbol, r).Saved
	}
	return h.ratios.saved
}

// longShortPlot is the three ratios of long to short, in the colours of the
// palette that neither open interest nor price has.
func (h *History) longShortPlot(v *View) charts.Plot {
	return h.ratioPlot(v, "longshort", []market.RatioKind{market.LongShortAccounts, market.TopLongShortAccounts, market.TopLongShortPositions}, 2)
}

// takerPlot is what takers bought over what they sold.
func (h *History) takerPlot(v *View) charts.Plot {
	return h.ratioPlot(v, "taker", []market.RatioKind{market.TakerBuySell}, 6)
}

// ratioPlot is a plot of some kinds. Where there are several, their names stand
// beside its title.
func (h *History) ratioPlot(v *View, name string, kinds []market.RatioKind, colour int) charts.Plot {
	w, l := h.o.Words, &h.ratios
	plot := charts.Plot{
		Title:   w.T("chart.pane_" + name + "_title"),
		Left:    charts.ValueAxis{Log: true, Level: 1, Format: func(v, step float64) string { return format.ExactTo(v, decimalsOf(min(step, 0.1))) }},
		Message: h.plotMessage(w.T("chart.pane_"+name), &l.plotLoad),
	}
	for i, k := range kinds {
		line := charts.Line{Key: k.Field(), Times: l.times, Values: l.values[k], Gap: l.gap, Width: 1.2} // no tag: it could cover the 1
		line.Colour, _ = charts.Palette(colour+i, look.Current().Background)
		if len(kinds) > 1 {
			line.Label = w.T("chart.ratio_" + k.Field())
		}
		plot.Lines = append(plot.Lines, line)
		v.Reads = append(v.Reads, Read{Label: w.T("chart.ratio_read_" + k.Field()), Format: format.Ratio})
	}
	plot.Blanks = h.ratioBlanks()
	return plot
}

// ratioBlanks say since when there are ratios, where that is in the span: there is
// nothing older, or it could not be asked for yet.
func (h *History) ratioBlanks() []charts.Blank {
	from, to := h.axis.Span()
	l := &h.ratios
	if !l.had || l.from > from || len(l.rows) == 0 {
		return nil
	}
	first := l.rows[0].Time
	if first-from < market.StepMillis || first-from < (to-from)/visibleShare {
		return nil
	}
	why := "chart.pane_ratios_since"
	switch {
	case h.fetch.now.active():
		why = "span.fetching"
	case l.lacks:
		why = "chart.pane_ratios_lack"
	}
	return []charts.Blank{{From: from, To: min(to, first), Text: h.o.Words.T(why, assets.Args{"Time": h.short(first)})}}
}
