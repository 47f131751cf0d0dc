package chartpane

import (
	"encoding/csv"
	"io"
	"time"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/history/export"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// notional is what the cost of a position is said for, besides percent: USD.
const notional = 10_000

// nearLimit is from which part of the cap or the floor on a rate has both drawn
// unasked. Most rates are a hundredth of them, and would be flat lines.
const nearLimit = 0.25

// view is the rate of each payment above, and below what they have cost.
func (f *Funding) view() View {
	w, p := f.o.Words, look.Current()
	v := View{Request: f.request()}
	from, to := f.axis.Span()
	v.Request.Lines = []charts.Line{f.rateLine(from, to)}
	v.Reads = []Read{{Label: w.T("funding.rate"), Format: fundingRate, Bucket: f.readPayment, ends: true}}
	if v.Request.Lines[0].Form == charts.Curve {
		v.Reads[0].Bucket, v.Reads[0].ends = nil, false
		apr := v.Request.Lines[0]
		v.Reads[0].Format = func(x float64) string { return f.readRate(apr, x) }
	}
	for _, l := range f.limitLines(from, to) {
		v.Request.Lines = append(v.Request.Lines, l)
		v.Reads = append(v.Reads, Read{Label: w.T("funding." + l.Key), Format: f.rateText})
	}
	v.Request.Blanks = f.fundingBlanks(from, to)
	cost := charts.Line{Key: "cost", Width: 1.6, MarkLast: true}
	cost.Colour, _ = charts.Palette(1, p.Background)
	cost.Times, cost.Values = f.cost(from, to)
	since := from
	if len(cost.Times) > 0 {
		since = max(from, cost.Times[0])
	}
	v.Reads = append(v.Reads, Read{Label: w.T("funding.cost_" + f.unit), Format: f.readCost, steps: true})
	blanks := append([]charts.Blank(nil), v.Request.Blanks...)
	for i := range blanks {
		blanks[i].Text = ""
	}
	v.Request.Below = []charts.Plot{{
		Key: "cost", Title: w.T("funding.cost_title_"+f.unit, assets.Args{"Time": f.short(since)}), Share: 0.38,
		Lines: []charts.Line{cost}, Left: charts.ValueAxis{Format: axisPercent}, Blanks: blanks, Message: v.Request.Message,
	}}
	return v
}

// rateLine has a bar for each payment, over the time that it was for; where bars
// would be too narrow to be seen, a line through the rates: sums of several could
// not be held against a cap.
func (f *Funding) rateLine(from, to int64) charts.Line {
	p, r := look.Current(), &f.rows
	l := charts.Line{Key: "funding", Times: r.times, Ends: r.ends, Values: f.rates(), Form: charts.Bars, Colour: p.Up, Down: p.Down}
	shortest := int64(fundingBasis * hourMillis)
	for i := range r.ends {
		if r.ends[i] > from && r.times[i] < to {
			shortest = min(shortest, r.ends[i]-r.times[i])
		}
	}
	if width := float64(f.chart.Size().Width); charts.BucketStep(to-from, max(width, 240), shortest) > shortest {
		l.Form, l.Times, l.Ends, l.Gap, l.Width = charts.Curve, r.ends, nil, fundingGap, 1.2
		l.Colour, _ = charts.Palette(0, p.Background)
	}
	return l
}

// rates are those of the payments in percent, as they were paid or in a year.
func (f *Funding) rates() []float64 {
	if !f.yearly {
		return f.rows.values
	}
	rates := make([]float64, len(f.rows.values))
	for i := range rates {
		rates[i] = f.rows.apr(i)
	}
	return rates
}

// rateText writes a rate as it is drawn.
func (f *Funding) rateText(x float64) string {
	if f.yearly {
		return aprText(x)
	}
	return fundingRate(x)
}

// limitLines are the cap and the floor that hold now, where they are served, and
// asked for or near.
func (f *Funding) limitLines(from, to int64) (lines []charts.Line) {
	q := f.snapshot.Quote(f.symbol)
	if q == nil || len(f.rows.ends) == 0 {
		return nil
	}
	near, scale := f.limits, 100.0
	if f.yearly {
		hours := q.Funding.IntervalHours
		if hours <= 0 {
			return nil // nobody can tell what they come to
		}
		scale *= 365 * 24 / float64(hours)
	}
	for i, end := range f.rows.ends {
		if v := f.rows.values[i]; end > from && f.rows.times[i] < to {
			near = near || v >= 100*nearLimit*q.Funding.Cap && v > 0 || v <= 100*nearLimit*q.Funding.Floor && v < 0
		}
	}
	for _, limit := range []struct {
		key   string
		value float64
	}{{"cap", q.Funding.Cap}, {"floor", q.Funding.Floor}} {
		if near && market.Known(limit.value) {
			lines = append(lines, charts.Line{
				Key: limit.key, Times: []int64{from, to}, Values: []float64{scale * limit.value, scale * limit.value},
				Colour: look.Current().Muted, Dash: []float64{6, 4}, Width: 1.2, MarkLast: true,
			})
		}
	}
	return lines
}

// fundingBlanks are where no payment is known.
func (f *Funding) fundingBlanks(from, to int64) (blanks []charts.Blank) {
	w, r := f.o.Words, &f.rows
	if n := len(r.times); f.payments.had && n > 0 && r.times[0] > from+r.ends[0]-r.times[0] {
		why := w.T("chart.pane_funding_none")
		if len(f.payments.rows) > 0 {
			why = w.T("chart.pane_funding_since", assets.Args{"Time": format.Stamp(r.times[0])})
		}
		blanks = append(blanks, charts.Blank{From: from, To: min(to, r.times[0]), Text: why})
	}
	for _, h := range r.holes(from, to, f.axis.millis()) {
		blanks = append(blanks, charts.Blank{From: h.from, To: h.to, Text: w.T("funding.not_kept")})
	}
	return blanks
}

// cost is what a position that was worth the same at each payment has paid, in
// percent of that, since the left edge of the span. What a long pays, a short gets.
// It steps at each payment that took place.
func (f *Funding) cost(from, to int64) (times []int64, values []float64) {
	sum, sign := 0.0, 1.0
	if f.unit == SideShort {
		sign = -1
	}
	r := &f.rows
	for i, at := range r.ends {
		if at <= from || at > to || at == r.next {
			continue
		}
		if times == nil {
			times, values = append(times, max(from, r.times[i])), append(values, 0)
		}
		times, values = append(times, at-1), append(values, sum)
		sum += sign * r.values[i]
		times, values = append(times, at), append(values, sum)
	}
	if n := len(times); n > 0 && times[n-1] < min(to, f.axis.millis()) {
		times, values = append(times, min(to, f.axis.millis())), append(values, sum)
	}
	return times, values
}

// readPayment writes the bar of a payment.
func (f *Funding) readPayment(b charts.Bucket) string {
	i := f.rows.payment(b.To)
	if i < 0 || f.rows.times[i] != b.From { // the window became narrower, and bars sum up several
		if f.yearly {
			return format.Unknown
		}
		length := time.Duration(b.To-b.From) * time.Millisecond
		return f.o.Words.T("chart.pane_per_bar", assets.Args{"Value": fundingRate(b.Close), "Length": format.Age(f.o.Words.Lang(), length)})
	}
	key := "funding.read"
	if f.rows.ends[i] == f.rows.next {
		key = "funding.read_next"
	}
	return f.o.Words.T(key, assets.Args{"Rate": fundingRate(f.rows.values[i]), "Hours": (b.To - b.From) / hourMillis, "APR": aprText(f.rows.apr(i))})
}

// readRate writes a rate of a line through many: payments of the same rate may be
// for different hours, so that the one under the crosshair is looked up.
func (f *Funding) readRate(l charts.Line, x float64) string {
	if at, ok := f.axis.Crosshair(); ok {
		if i := f.rows.payment(at); i >= 0 {
			for _, k := range []int{i, i - 1, i + 1} {
				if k >= 0 && k < len(l.Values) && l.Values[k] == x {
					return f.o.Words.T("funding.read", assets.Args{"Rate": fundingRate(f.rows.values[k]), "Hours": (f.rows.ends[k] - f.rows.times[k]) / hourMillis, "APR": aprText(f.rows.apr(k))})
				}
			}
		}
	}
	return f.rateText(x)
}

// readCost writes what was paid, or got, in percent and for a round position.
func (f *Funding) readCost(x float64) string {
	key := "funding.paid"
	if x < 0 {
		key, x = "funding.received", -x
	}
	return f.o.Words.T(key, assets.Args{"Percent": format.ExactTo(x, 4) + " %", "USD": "$" + format.ExactTo(x/100*notional, 2), "Notional": "$" + format.ExactTo(notional, 0)})
}

// measure writes what was paid over a span that one selects.
func (f *Funding) measure(from, to int64) Measurement {
	w := f.o.Words
	sum, hours, n := 0.0, 0.0, 0
	for i, at := range f.rows.ends {
		if at > from && at <= to && at != f.rows.next {
			sum += f.rows.values[i]
			hours += float64(at-f.rows.times[i]) / hourMillis
			n++
		}
	}
	head := []string{format.Stamp(from), format.Age(w.Lang(), time.Duration(to-from)*time.Millisecond)}
	if n == 0 {
		return Measurement{head, {w.T("funding.payments"), "0"}}
	}
	if f.unit == SideShort {
		sum = -sum
	}
	usd := format.Signed(sum/100*notional, 2)
	return Measurement{
		head,
		{w.T("funding.payments"), format.ExactTo(float64(n), 0)},
		{w.T("funding.cost_" + f.unit), fundingRate(sum)},
		{w.T("funding.per_notional", assets.Args{"Notional": "$" + format.ExactTo(notional, 0)}), usd + " USD"},
		{w.T("funding.mean_apr"), format.PercentUnit(sum * 365 * 24 / hours)},
	}
}

// Export returns what the chart shows: a line a payment.
func (f *Funding) Export() Export {
	from, to := f.axis.Span()
	rows, side := f.rows, f.unit
	return Export{Name: f.fileName(f.symbol+"-funding", ".csv"), Write: func(w io.Writer) error {
		out := csv.NewWriter(w)
		_ = out.Write([]string{"time", "funding_pct", "funding_interval_hours", "funding_apr_pct", "cost_" + side + "_pct"}) // what fails, Flush tells
		sum, sign := 0.0, 1.0
		if side == SideShort {
			sign = -1
		}
		for i, at := range rows.ends {
			if at <= from || at > to || at == rows.next {
				continue
			}
			sum += sign * rows.values[i]
			_ = out.Write([]string{export.Time(at), export.Number(rows.values[i]), export.Number(float64(rows.ends[i]-rows.times[i]) / hourMillis),
				export.Number(rows.apr(i)), export.Number(sum)})
		}
		return flushed(out)
	}}
}
