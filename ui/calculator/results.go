package calculator

import (
	"image/color"
	"math"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/liquidation"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// results are what follows from the form: the price, large, or the sentence why
// there is none; rows; and sentences.
type results struct {
	w     *assets.Words
	title *widget.Label
	price *canvas.Text
	why   *widget.Label

	distance, moves, maintenance, bracket, value, margin, loss, funding *row

	line          *widget.Button
	notes, source *widget.Label
	moveNote      *widget.Label
}

// priceSize is that of the price that all of this is about.
const priceSize float32 = 24

func newResults(w *assets.Words, line *widget.Button) *results {
	r := &results{w: w, title: quiet(w.T("calculator.price")), price: canvas.NewText("", color.Transparent), why: wrapped(widget.WarningImportance),
		line: line, notes: wrapped(widget.MediumImportance), source: wrapped(widget.LowImportance), moveNote: wrapped(widget.LowImportance)}
	r.price.TextSize = priceSize
	for _, x := range []struct {
		into **row
		name string
	}{
		{&r.distance, "distance"}, {&r.moves, "moves"}, {&r.maintenance, "maintenance"}, {&r.bracket, "bracket"},
		{&r.value, "value"}, {&r.margin, "margin"}, {&r.loss, "loss"}, {&r.funding, "funding"},
	} {
		*x.into = newRow(w.T("calculator."+x.name), answer())
	}
	return r
}

func (r *results) objects() []fyne.CanvasObject {
	rows := []fyne.CanvasObject{r.title, container.NewPadded(r.price), r.why}
	for _, x := range r.rows() {
		rows = append(rows, x.Container)
	}
	return append(rows, container.NewHBox(look.Outlined(r.line)), r.moveNote, r.notes, r.source)
}

func (r *results) rows() []*row {
	return []*row{r.distance, r.moves, r.maintenance, r.bracket, r.value, r.margin, r.loss, r.funding}
}

// fail says why there is no price, as a warning or, while something is still to be
// typed, quietly.
func (r *results) fail(why string, importance widget.Importance) {
	r.setPrice(format.Unknown)
	r.why.Importance = importance
	r.why.SetText(why)
	look.SetVisible(why != "", r.why)
	for _, x := range r.rows() {
		x.set(format.Unknown)
	}
	r.moveNote.SetText("")
	look.SetVisible(false, r.moveNote)
	r.notes.SetText(r.w.T("calculator.outside"))
}

func (r *results) setPrice(text string) {
	r.price.Text, r.price.Color = text, look.Current().Text
	look.SetFont(r.price, true)
	r.price.Refresh()
}

// show shows a result.
func (r *results) show(x *liquidation.Result, mode liquidation.Mode, t *liquidation.Table) {
	w, l := r.w, &x.Liquidation
	r.why.SetText("")
	look.SetVisible(false, r.why)
	r.value.set(r.usdt(x.Notional))
	r.margin.name(w.T("calculator.margin"))
	if mode == liquidation.Cross {
		r.margin.name(w.T("calculator.initial_margin"))
	}
	r.margin.set(r.usdt(x.Margin))
	r.loss.name(w.T("calculator.loss"))
	r.loss.set(format.Unknown)
	if s := &x.Stop; s.Given && !s.Late {
		if s.Profit {
			r.loss.name(w.T("calculator.profit"))
		}
		r.loss.set(r.usdt(math.Abs(s.Loss)))
	}
	r.notes.SetText(Joined(w, Notes(w, x, mode)))
	if l.Never {
		r.setPrice(w.T("calculator.never"))
		for _, row := range []*row{r.distance, r.moves, r.maintenance, r.bracket} {
			row.set(format.Unknown)
		}
		return
	}
	r.setPrice(w.T("calculator.usdt", assets.Args{"Amount": price(l.Price)}))
	r.distance.set(format.PercentUnit(l.Distance))
	r.maintenance.set(r.usdt(l.Maintenance))
	if t.Single() {
		r.bracket.set(w.T("calculator.bracket_single", assets.Args{"Rate": percent(l.Bracket.Rate)}))
		return
	}
	other := ""
	if x.Opening.Number != l.Bracket.Number {
		other = strconv.Itoa(x.Opening.Number)
	}
	r.bracket.set(w.T("calculator.bracket_value", assets.Args{"Bracket": l.Bracket.Number, "Rate": percent(l.Bracket.Rate), "Cum": format.Exact(math.Round(100*l.Bracket.Cum) / 100), "Other": other}))
}

func (r *results) usdt(x float64) string {
	return r.w.T("calculator.usdt", assets.Args{"Amount": amount(x)})
}

// showMove says how many usual daily moves the price is away.
func (p *Pane) showMove() {
	r, w := p.results, p.w
	if p.result == nil {
		return
	}
	text, note := format.Unknown, ""
	switch {
	case p.result.Liquidation.Never:
	case p.reading != nil:
		note = w.T("calculator.moves_loading")
	case !p.move.Enough() || p.move.Pct == 0:
		note = w.T("calculator.moves_unknown", assets.Args{"Days": p.move.Days})
	default:
		text = w.T("calculator.moves_value", assets.Args{"N": format.Ratio(math.Abs(p.result.Liquidation.Distance) / p.move.Pct), "Move": format.Ratio(p.move.Pct)})
		note = w.T("calculator.moves_tip", assets.Args{"Days": p.move.Days})
	}
	r.moves.set(text)
	r.moveNote.SetText(note)
	look.SetVisible(note != "", r.moveNote)
	p.content.Refresh()
}

// showFunding says what the position pays or receives in a day at the rate of now.
func (p *Pane) showFunding() {
	if p.result == nil {
		return
	}
	w, text := p.w, format.Unknown
	if a := p.fundingADay(); market.Known(a) {
		args := assets.Args{"Amount": amount(math.Abs(a))}
		switch {
		case a > 0:
			text = w.T("calculator.funding_pays", args)
		case a < 0:
			text = w.T("calculator.funding_gets", args)
		default:
			text = w.T("calculator.funding_none")
		}
	}
	p.results.funding.set(text)
}

// fundingADay is what the position pays in a day, negative for what it receives; at
// the rate and the mark price of now.
func (p *Pane) fundingADay() float64 {
	q := p.o.Quote(p.symbol)
	if q == nil || q.Funding.IntervalHours <= 0 || q.Mark.Received.IsZero() {
		return market.Unknown
	}
	return float64(p.position.Side) * p.position.Quantity * q.Price() * q.Mark.FundingRate * 24 / float64(q.Funding.IntervalHours)
}

// showLine says on the button what it does, and moves the line that was drawn from
// this form.
func (p *Pane) showLine() {
	has := p.result != nil && !p.result.Liquidation.Never
	if p.follows {
		if has {
			p.o.Line.Show(p.symbol, p.result.Liquidation.Price, p.position.Side)
		} else {
			p.o.Line.Hide()
		}
	}
	switch {
	case p.o.Line.Shown(p.symbol):
		p.line.SetText(p.w.T("calculator.line_hide"))
		p.line.Enable()
		return
	case p.o.Line.HasPlot():
		p.line.SetText(p.w.T("calculator.line_show"))
	default:
		p.line.SetText(p.w.T("calculator.line_plot"))
	}
	if has {
		p.line.Enable()
	} else {
		p.line.Disable()
	}
}

// toggleLine draws the line, or removes it.
func (p *Pane) toggleLine() {
	if p.o.Line.Shown(p.symbol) {
		p.follows = false
		p.o.Line.Hide()
	} else {
		p.follows = true
	}
	p.showLine()
	p.content.Refresh()
}

// LineName is what the line in the chart is called.
func LineName(w *assets.Words, side liquidation.Side) string {
	return w.T("calculator.level", assets.Args{"Side": sideName(w, side)})
}

// plain is a symbol for a sentence in a label of Fyne's, which has no font for the
// names of some contracts.
func plain(w *assets.Words, symbol string) string {
	for _, r := range symbol {
		if r > 0x7f {
			return w.T("calculator.this_contract")
		}
	}
	return symbol
}
