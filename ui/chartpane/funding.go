package chartpane

import (
	"fmt"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
	"openinterest/ui/pick"
)

// The sides whose cost Funding counts: what one pays, the other gets.
const (
	SideLong  = "long"
	SideShort = "short"
)

// fundingRanges are those that Funding offers: payments are kept as long as the
// history, and hours say little of them.
var fundingRanges = []market.Range{market.Range7d, market.Range30d, market.Range90d, market.Range1y, market.RangeAll}

// FundingState is what a person chose in a Funding pane. Its zero value is BTCUSDT
// over 30 days, as a long pays it.
type FundingState struct {
	Symbol string `json:"symbol,omitempty"`
	Range  string `json:"range,omitempty"`
	Side   string `json:"side,omitempty"`   // SideLong or SideShort
	Limits bool   `json:"limits,omitempty"` // cap and floor are drawn wherever they lie
	Yearly bool   `json:"yearly,omitempty"` // rates are drawn as what they come to in a year
}

// Funding shows the payments of one contract: the rate of each, with its limits
// where rates come near them, and what they have cost a position over the span.
type Funding struct {
	pane

	OnState func(FundingState) // the person chose otherwise; nil: nobody listens

	symbol   string
	limits   bool
	yearly   bool
	picker   *pick.Picker
	terms    *noteText
	check    *widget.Check // of limits
	annual   *widget.Check // of yearly
	payments paymentLoad
	rows     fundingRows
	rowsKey  string // of rows
}

// NewFunding builds the pane.
func NewFunding(o Options, s FundingState) *Funding {
	f := &Funding{symbol: s.Symbol, limits: s.Limits, yearly: s.Yearly}
	if f.symbol == "" {
		f.symbol = "BTCUSDT"
	}
	if s.Range == "" {
		s.Range = market.Range30d.String()
	}
	o.Ranges, o.Archive, o.Link, o.Marking = fundingRanges, nil, nil, Marking{}
	f.open(o, s.Range, s.Side, []string{SideLong, SideShort}, f.update, f.chosen)
	f.axis.first, f.axis.earliest = f.firstPayment, func() int64 { return f.begins(f.symbol) }
	w := o.Words
	f.picker = pick.New(pick.Options{
		Names: func() []string { return symbolsOf(f.snapshot) }, Initial: f.symbol, OnPick: f.SetSymbol,
		Of: w.T("chart.pane_funding"), Tip: w.T("chart.choose_tip"), Hint: w.T("chart.choose"), None: w.T("chart.none_such"),
	})
	f.terms = newNoteText()
	f.check = f.newCheck("funding.limits", &f.limits)
	f.annual = f.newCheck("funding.yearly", &f.yearly)
	f.chart.OnMeasure, f.subject = f.measure, f.named
	f.arrange(container.New(beside{}, f.terms, container.NewHBox(f.annual, f.check)), f.Export, f.picker)
	f.ExtendBaseWidget(f)
	f.update()
	return f
}

// newCheck is a box that says whether on, as it is now and is from then on.
func (f *Funding) newCheck(key string, on *bool) *widget.Check {
	check := widget.NewCheck(f.o.Words.T(key), nil)
	check.SetChecked(*on)
	check.OnChanged = func(now bool) {
		*on = now
		f.chosen()
	}
	return check
}

// State returns what is chosen.
func (f *Funding) State() FundingState {
	return FundingState{Symbol: f.symbol, Range: f.axis.Chosen().String(), Side: f.unit, Limits: f.limits, Yearly: f.yearly}
}

// Busy reports whether something that will be seen is still being loaded or drawn.
func (f *Funding) Busy() bool { return f.pane.Busy() || f.payments.running }

// SetSymbol shows another contract.
func (f *Funding) SetSymbol(symbol string) {
	if symbol == "" || symbol == f.symbol {
		return
	}
	f.symbol = symbol
	f.picker.Choose(symbol)
	f.chosen()
	f.content.Refresh() // another name takes another room
}

func (f *Funding) chosen() {
	f.update()
	if f.OnState != nil {
		f.OnState(f.State())
	}
}

// firstPayment is when the first payment known begins; while none is, when the
// contract could have begun.
func (f *Funding) firstPayment() int64 {
	if l := &f.payments; l.symbol == f.symbol && l.had && len(l.rows) > 0 {
		return l.rows[0].Time
	}
	return f.begins(f.symbol)
}

// update loads what is missing, and has the chart drawn if it would look different.
func (f *Funding) update() {
	at := f.now()
	if at.IsZero() {
		f.draw(fmt.Sprint(f.axis.Chosen(), f.unit, f.symbol), func() View { return View{Request: f.request()} })
		return
	}
	from, to := f.axis.Span()
	if f.axis.Chosen() == market.RangeAll && !f.axis.Zoomed() {
		from = min(from, f.begins(f.symbol))
	}
	f.wantPayments(&f.payments, f.symbol, from, to, at)
	f.gather()
	from, to = f.axis.Span()
	f.terms.set(f.termsText())
	if q := f.snapshot.Quote(f.symbol); q == nil || !market.Known(q.Funding.Cap) && !market.Known(q.Funding.Floor) {
		f.check.Disable()
	} else {
		f.check.Enable()
	}
	f.showNotes(nil, f.fundingNotes(from, to)...)
	key := fmt.Sprint(from, to, f.unit, f.limits, f.yearly, f.symbol, f.payments.version, f.rowsKey)
	f.draw(key, f.view)
}

// gather makes the rows anew where they would be others.
func (f *Funding) gather() {
	q := f.snapshot.Quote(f.symbol)
	key := fmt.Sprint(f.symbol, f.payments.version)
	if q != nil {
		key += fmt.Sprint(fundingRate(100*q.Mark.FundingRate), q.Mark.NextFunding.UnixMilli(), q.Funding)
	}
	if key != f.rowsKey {
		f.rowsKey, f.rows = key, fundingRowsOf(q, f.payments.rows)
	}
}

// termsText are the terms that hold now, and the rate that is being built up.
func (f *Funding) termsText() string {
	w, q := f.o.Words, f.snapshot.Quote(f.symbol)
	if q == nil {
		return ""
	}
	limit := func(x float64) string {
		if !market.Known(x) {
			return format.Unknown
		}
		return fundingRate(100 * x)
	}
	hours := format.Unknown
	if q.Funding.IntervalHours > 0 {
		hours = fmt.Sprint(q.Funding.IntervalHours)
	}
	rate := format.Unknown
	if market.Known(q.FundingRate()) {
		rate = fundingRate(100 * q.FundingRate())
	}
	return w.T("funding.terms", assets.Args{"Hours": hours, "Rate": rate, "APR": aprText(q.FundingAPR()), "Cap": limit(q.Funding.Cap), "Floor": limit(q.Funding.Floor)})
}

// aprText writes a rate of a year.
func aprText(x float64) string {
	if !market.Known(x) {
		return format.Unknown
	}
	return format.APR(x) + " %"
}

// fundingNotes say what could not be loaded while something older is shown, and
// which payments the cost leaves out.
func (f *Funding) fundingNotes(from, to int64) (notes []note) {
	w, l := f.o.Words, &f.payments
	if l.err != nil && !l.running && len(l.rows) > 0 {
		notes = append(notes, warning(f.loadMessage(f.symbol, w.T("chart.pane_funding"), &l.plotLoad), "", nil))
	}
	for _, h := range f.rows.holes(from, to, f.axis.millis()) {
		notes = append(notes, remark(w.T("funding.hole", assets.Args{"From": format.Stamp(h.from), "To": format.Stamp(h.to)})))
		break // one says enough; all of them are hatched
	}
	return notes
}

// request is what all of the pane's views have in common.
func (f *Funding) request() charts.Request {
	w, unit := f.o.Words, "funding.rate_unit"
	if f.yearly {
		unit = "funding.apr_unit"
	}
	from, to := f.axis.Span()
	return charts.Request{
		From: from, To: to, Theme: chartTheme(look.Current()), Watermark: f.o.watermark(),
		Left:    charts.ValueAxis{Unit: w.T(unit), Format: axisPercent},
		Time:    timeAxis(w.Lang(), time.UnixMilli(to), f.now()),
		Message: f.loadMessage(f.symbol, w.T("chart.pane_funding"), &f.payments.plotLoad),
	}
}

// named is the contract.
func (f *Funding) named() subject {
	return subject{f.symbol + "-funding", f.symbol + " · " + f.o.Words.T("chart.pane_funding")}
}

// beside places a text, which takes what room there is, and a control at its right.
type beside struct{}

func (beside) place(objects []fyne.CanvasObject, width float32, move bool) float32 {
	if move {
		right := objects[1].MinSize()
		look.Place(objects[0], -6, (headerRow-objects[0].MinSize().Height)/2, width-right.Width, objects[0].MinSize().Height)
		look.Place(objects[1], width-right.Width, (headerRow-right.Height)/2, right.Width, right.Height)
	}
	return headerRow
}

// MinSize implements fyne.Layout.
func (beside) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(objects[1].MinSize().Width+60, headerRow)
}

// Layout implements fyne.Layout.
func (b beside) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	b.place(objects, size.Width, true)
}

// lateMillis is how long a payment may take until it is kept: before that it is not missing.
const lateMillis = hourMillis / 2

// holes are where payments are missing between two that are known, in a span.
func (r *fundingRows) holes(from, to, now int64) (holes []hole) {
	for i := 1; i < len(r.ends); i++ {
		if r.ends[i] == r.next && now-r.times[i] < lateMillis {
			continue
		}
		if a, b := r.ends[i-1], r.times[i]; b-a > hourMillis/2 && b > from && a < to {
			holes = append(holes, hole{a, b})
		}
	}
	return holes
}

// payment is the index of the one that an instant belongs to; −1: none.
func (r *fundingRows) payment(at int64) int {
	i, _ := slices.BinarySearch(r.ends, at)
	if i == len(r.ends) || at < r.times[i] {
		return -1
	}
	return i
}

// apr is what the i-th payment comes to in a year, in percent.
func (r *fundingRows) apr(i int) float64 {
	return r.values[i] * 365 * 24 * hourMillis / float64(max(hourMillis, r.ends[i]-r.times[i]))
}
