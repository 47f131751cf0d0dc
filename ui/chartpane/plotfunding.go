package chartpane

import (
	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

const hourMillis = 3_600_000

// fundingRows are what the plot of funding shows: a bar from the payment before
// to each payment, in percent, and last what the running one would be now.
type fundingRows struct {
	times, ends []int64
	values      []float64
	next        int64 // when the running one will be paid; 0: that is not known
}

// add adds a payment that is for some hours.
func (r *fundingRows) add(at int64, hours float64, rate float64) {
	at = minuteOf(at)
	r.times, r.ends = append(r.times, at-int64(hours)*hourMillis), append(r.ends, at)
	r.values = append(r.values, 100*rate)
}

// paidIn is how many payments a bar puts together.
func (r *fundingRows) paidIn(b charts.Bucket) (n int) {
	for _, begin := range r.times {
		if begin >= b.From && begin < b.To {
			n++
		}
	}
	return n
}

// minuteOf is the minute that a payment was due: they come some ms late.
func minuteOf(ms int64) int64 { return (ms + 30_000) / 60_000 * 60_000 }

// fundingRows are those of all payments that were loaded.
func (h *History) fundingRows() fundingRows {
	return fundingRowsOf(h.snapshot.Quote(h.symbol), h.payments.rows)
}

// fundingRowsOf are those of payments, and of the one that a quote says is next.
func fundingRowsOf(q *market.Quote, rows []market.FundingPoint) (r fundingRows) {
	usual := float64(market.DefaultFundingTerms().IntervalHours)
	for i, f := range rows {
		hours := hoursOf(rows, i, q)
		if hours == 0 {
			hours = usual
		}
		r.add(f.Time, hours, f.Rate)
	}
	if q == nil || !market.Known(q.Mark.FundingRate) || q.Mark.NextFunding.IsZero() {
		return r
	}
	r.next = minuteOf(q.Mark.NextFunding.UnixMilli())
	n := len(r.ends)
	if n > 0 && r.next <= r.ends[n-1] {
		return r
	}
	hours := 0.0
	if n > 0 {
		hours = market.HoursBetween(r.ends[n-1], r.next)
	}
	switch {
	case hours > 0:
	case q.Funding.IntervalHours > 0:
		hours = float64(q.Funding.IntervalHours)
	default:
		hours = usual
	}
	r.add(r.next, hours, q.Mark.FundingRate)
	return r
}

// fundingKey changes with the running payment, where it is shown.
func (h *History) fundingKey() string {
	q := h.snapshot.Quote(h.symbol)
	if q == nil || !h.plots.Funding.On {
		return ""
	}
	return fundingRate(100*q.Mark.FundingRate) + q.Mark.NextFunding.String()
}

// fundingPlot is what was paid, each payment over the time that it was for, and
// last what the running one would be now.
func (h *History) fundingPlot(v *View) charts.Plot {
	w, p, rows := h.o.Words, look.Current(), h.fundingRows()
	line := charts.Line{Key: "funding", Form: charts.Bars, Times: rows.times, Ends: rows.ends, Values: rows.values, Colour: p.Up, Down: p.Down}
	sum := h.perBar(fundingRate)
	v.Reads = append(v.Reads, Read{Label: w.T("chart.pane_funding"), Format: fundingRate, Bucket: func(b charts.Bucket) string {
		switch {
		case rows.paidIn(b) > 1:
			return sum(b)
		case rows.next != 0 && b.To >= rows.next:
			return w.T("chart.pane_funding_next", assets.Args{"Rate": fundingRate(b.Close)})
		}
		return fundingRate(b.Close)
	}})
	plot := charts.Plot{
		Title: w.T("chart.pane_funding_title"), Lines: []charts.Line{line}, Left: charts.ValueAxis{Format: axisPercent},
		Message: h.plotMessage(w.T("chart.pane_funding"), &h.payments.plotLoad),
	}
	if from, to := h.axis.Span(); h.payments.had && len(rows.times) > 0 && rows.times[0] > from+rows.ends[0]-rows.times[0] {
		why := w.T("chart.pane_funding_none")
		if len(h.payments.rows) > 0 {
			why = w.T("chart.pane_funding_since", assets.Args{"Time": format.Stamp(rows.times[0])})
		}
		plot.Blanks = []charts.Blank{{From: from, To: min(to, rows.times[0]), Text: why}}
	}
	return plot
}
