package chartpane

import (
	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// candleRows are the candles in the unit of the lines above them.
func (h *History) candleRows(v *View) []market.Candle {
	return market.RescaleCandles(h.candles.rows, h.candles.period, v.Curves[0].track.changes)
}

// pricePlot is the price, from its candles.
func (h *History) pricePlot(v *View) charts.Plot {
	w, p, q := h.o.Words, look.Current(), h.snapshot.Quote(h.symbol)
	price := func(x float64) string { return format.Price(x, pricePrecision(q)) }
	read := Read{Label: w.T("chart.price"), Format: price}
	line := charts.Line{Key: "candles", MarkLast: true}
	rows, period := h.candleRows(v), h.candles.period.Millis()
	if h.plots.PriceForm == FormLine {
		line.Colour, _ = charts.Palette(1, p.Background)
		line.Gap = 2*period - 1
		for _, k := range rows { // where it ended; the last has not
			line.Times, line.Values = append(line.Times, min(k.Time+period, h.now().UnixMilli())), append(line.Values, k.Close)
		}
	} else {
		line.Form, line.Period, line.Colour, line.Down = charts.Candles, period, p.Up, p.Down
		line.Opens, line.Highs, line.Lows = []float64{}, []float64{}, []float64{}
		for _, k := range rows {
			line.Times, line.Values = append(line.Times, k.Time), append(line.Values, k.Close)
			line.Opens, line.Highs, line.Lows = append(line.Opens, k.Open), append(line.Highs, k.High), append(line.Lows, k.Low)
		}
		read.Bucket = h.readCandle(price)
	}
	v.Reads = append(v.Reads, read)
	plot := charts.Plot{
		Title: w.T("chart.pane_price_title"), Lines: []charts.Line{line},
		Left:    charts.ValueAxis{Format: func(v, step float64) string { return format.ExactTo(v, decimalsOf(step)) }},
		Blanks:  h.candleBlanks(),
		Message: h.plotMessage(w.T("chart.pane_price"), &h.candles.plotLoad),
	}
	h.levelLine(v, &plot)
	return plot
}

// readCandle writes a candle whose values f writes.
func (h *History) readCandle(f func(float64) string) func(charts.Bucket) string {
	return func(b charts.Bucket) string {
		return h.o.Words.T("chart.pane_candle", assets.Args{"Open": f(b.Open), "High": f(b.High), "Low": f(b.Low), "Close": f(b.Close)})
	}
}

// volumePlot is what was traded, in the unit of the open interest. A bar has the
// colour of its candle.
func (h *History) volumePlot(v *View) charts.Plot {
	w := h.o.Words
	line := charts.Line{Key: "volume", Form: charts.Bars, Period: h.candles.period.Millis()}
	line.Colour, line.Down = look.Current().Up, look.Current().Down
	line.Opens, line.Closes = []float64{}, []float64{}
	for _, k := range h.candleRows(v) {
		value := k.Volume
		if h.unit == UnitUSD {
			value = k.USD
		}
		line.Times, line.Values = append(line.Times, k.Time), append(line.Values, value)
		line.Opens, line.Closes = append(line.Opens, k.Open), append(line.Closes, k.Close)
	}
	f := h.readUnit()
	v.Reads = append(v.Reads, Read{Label: w.T("chart.pane_volume"), Format: f, Bucket: h.perBar(f)})
	return charts.Plot{
		Title: w.T("chart.pane_volume_title", assets.Args{"Unit": w.T("chart." + h.unit)}), Lines: []charts.Line{line},
		Left:    charts.ValueAxis{Format: axisNumber(w.Lang())},
		Blanks:  h.candleBlanks(),
		Message: h.plotMessage(w.T("chart.pane_volume"), &h.candles.plotLoad),
	}
}

// candleBlanks say since when there are candles, where that is in the span: all
// that was asked for came, and there was nothing older.
func (h *History) candleBlanks() []charts.Blank {
	from, to := h.axis.Span()
	l := &h.candles
	if !l.had || l.from > from || len(l.rows) == 0 {
		return nil
	}
	first := l.rows[0].Time
	if first-from < l.period.Millis() || first-from < (to-from)/visibleShare {
		return nil
	}
	return []charts.Blank{{From: from, To: min(to, first), Text: h.o.Words.T("chart.pane_candles_since", assets.Args{"Time": h.short(first)})}}
}
