// Package calculator is the form that says at which price a position is
// liquidated, and the sentences about it, which the subcommand prints as well.
// What is computed is package liquidation's.
//
// What a person types is read at each key. A number that makes no position has its
// sentence below its field, and a position that the exchange would refuse has it in
// place of the price. All of it belongs to one contract: another one begins anew,
// but for side, margin mode and leverage. A line at the price can be drawn in the
// chart, which the window does; it follows the form while that is open.
//
// Every method must be called on the UI's goroutine. How far the price usually
// moves is read on another, which ends with the options' context.
package calculator

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/liquidation"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
	"openinterest/ui/pick"
	"openinterest/ui/tabs"
)

// Source has the stamps of a contract; see chartpane.Source.
type Source interface {
	Load(ctx context.Context, symbol string, r market.Range) (*market.Series, error)
}

// Line is the line in the chart, as the window draws it.
type Line interface {
	Shown(symbol string) bool // a contract has one
	Show(symbol string, price float64, side liquidation.Side)
	Hide()
	HasPlot() bool // the chart shows the plot that the line is drawn in
}

// State is what is kept between runs.
type State struct {
	Side     string `json:"side,omitempty"` // "long", "short"; empty: long
	Mode     string `json:"mode,omitempty"` // "isolated", "cross"; empty: isolated
	Leverage string `json:"leverage,omitempty"`
}

// Values are what was typed for a contract, and the brackets that were loaded.
// They are kept while the program runs. The zero Values are none.
type Values struct {
	Symbol string
	Texts  map[liquidation.Field]string

	File   string // the name of the file that Tables are from
	Tables []*liquidation.Table
}

// Options are what a pane is made from. All but Values and OnState are required.
type Options struct {
	Context  context.Context // ends what is being read
	Words    *assets.Words
	Dispatch func(func()) // runs a function on the UI's goroutine
	Source   Source
	Now      func() time.Time // the exchange's clock
	Symbols  func() []string
	Quote    func(symbol string) *market.Quote // the newest; nil: there is none
	Line     Line
	Load     func(take func(name, text string)) // asks for a file
	Escape   func()                             // closes the form

	Symbol  string // the contract at first
	State   State
	Values  Values // of that contract or of another one, which counts for the file alone
	OnState func(State)
}

// Pane is the form.
type Pane struct {
	o      Options
	w      *assets.Words
	symbol string
	file   string
	tables []*liquidation.Table
	flaw   string // what is wrong with the file that was loaded last; empty: nothing

	picker     *pick.Picker
	side, mode *tabs.Strip
	fields     map[liquidation.Field]*field
	crossOnly  []*field
	results    *results
	line       *widget.Button
	filled     string // the entry price that nobody typed
	follows    bool   // the line was drawn from this form: it goes with the price

	move    liquidation.Move
	reading context.CancelFunc // of the move; nil: it is not being read

	position liquidation.Position
	result   *liquidation.Result // nil: there is none
	content  *flow
	object   fyne.CanvasObject
}

// The choices of the two strips, in their order.
var (
	sides = []liquidation.Side{liquidation.Long, liquidation.Short}
	modes = []liquidation.Mode{liquidation.Isolated, liquidation.Cross}
)

// New builds the form.
func New(o Options) *Pane {
	p := &Pane{o: o, w: o.Words, file: o.Values.File, tables: o.Values.Tables}
	p.build()
	if o.State.Side == "short" {
		p.side.Choose(1)
	}
	if o.State.Mode == string(liquidation.Cross) {
		p.mode.Choose(1)
	}
	p.fields[liquidation.FieldLeverage].entry.SetText(o.State.Leverage)
	p.begin(o.Symbol)
	if o.Values.Symbol == o.Symbol {
		for name, f := range p.fields {
			if text, ok := o.Values.Texts[name]; ok {
				f.entry.SetText(text)
			}
		}
	}
	for _, f := range p.fields {
		f.entry.OnChanged = func(string) { p.changed() }
	}
	p.changed()
	return p
}

// Object is what goes into a window.
func (p *Pane) Object() fyne.CanvasObject { return p.object }

// Focus is where the keyboard goes at first.
func (p *Pane) Focus() fyne.Focusable { return p.fields[liquidation.FieldQuantity].entry }

// Values are what is typed now, for the next form.
func (p *Pane) Values() Values {
	v := Values{Symbol: p.symbol, Texts: map[liquidation.Field]string{}, File: p.file, Tables: p.tables}
	for name, f := range p.fields {
		v.Texts[name] = f.entry.Text
	}
	if v.Texts[liquidation.FieldEntry] == p.filled { // nobody typed it: the next form takes the mark price of then
		delete(v.Texts, liquidation.FieldEntry)
	}
	return v
}

// Busy reports whether something that is shown is still being read.
func (p *Pane) Busy() bool { return p.reading != nil }

// Close ends what is being read.
func (p *Pane) Close() {
	if p.reading != nil {
		p.reading()
		p.reading = nil
	}
}

// Update shows what the newest snapshot changes: funding.
func (p *Pane) Update() { p.showFunding() }

// build puts the form together.
func (p *Pane) build() {
	w := p.w
	p.picker = pick.New(pick.Options{Names: p.o.Symbols, Initial: p.o.Symbol, Tip: w.T("calculator.choose_tip"), Hint: w.T("calculator.choose"), None: w.T("calculator.none_such"),
		OnPick: func(symbol string) {
			p.begin(symbol)
			p.changed()
		}})
	strip := func(names ...string) *tabs.Strip {
		s := tabs.New(names, 0)
		s.SetGround(look.Current().Overlay)
		s.OnChange = func(int) { p.changed() }
		return s
	}
	p.side = strip(w.T("calculator.long"), w.T("calculator.short"))
	p.mode = strip(w.T("calculator.isolated"), w.T("calculator.cross"))
	form := []fyne.CanvasObject{p.picker, newRow(w.T("calculator.side"), container.NewHBox(p.side)).Container, newRow(w.T("calculator.mode"), container.NewHBox(p.mode)).Container}
	p.fields = map[liquidation.Field]*field{}
	for _, f := range []struct {
		name liquidation.Field
		hint string
	}{
		{liquidation.FieldEntry, ""}, {liquidation.FieldQuantity, ""}, {liquidation.FieldLeverage, ""}, {liquidation.FieldMargin, w.T("calculator.hint_margin")},
		{liquidation.FieldWallet, ""}, {liquidation.FieldOthersMaintenance, w.T("calculator.hint_optional")}, {liquidation.FieldOthersProfit, w.T("calculator.hint_optional")},
		{liquidation.FieldStop, w.T("calculator.hint_optional")}, {liquidation.FieldRate, w.T("calculator.hint_rate")},
	} {
		x := newField(w.T("calculator.field_"+string(f.name)), f.hint, p.o.Escape)
		p.fields[f.name] = x
		form = append(form, x.row.Container)
	}
	p.crossOnly = []*field{p.fields[liquidation.FieldWallet], p.fields[liquidation.FieldOthersMaintenance], p.fields[liquidation.FieldOthersProfit]}
	load := widget.NewButton(w.T("calculator.load"), p.load)
	form = append(form, newRow(w.T("calculator.brackets"), container.NewHBox(look.Outlined(load))).Container)
	p.line = widget.NewButton("", p.toggleLine)
	p.results = newResults(w, p.line)
	p.content = newFlow(form, p.results.objects())
	p.object = container.NewVScroll(p.content.box)
}

// begin turns to a contract: entry is its mark price, and all that was typed for
// another is gone, but for the leverage.
func (p *Pane) begin(symbol string) {
	p.symbol, p.follows, p.flaw, p.filled = symbol, false, "", ""
	p.picker.Choose(symbol)
	for name, f := range p.fields {
		if name != liquidation.FieldLeverage {
			f.entry.SetText("")
		}
	}
	coin := ""
	if plain(p.w, symbol) == symbol {
		coin = format.Coin(symbol)
	}
	p.fields[liquidation.FieldQuantity].entry.SetPlaceHolder(coin)
	if q := p.o.Quote(symbol); q != nil && market.Known(q.Price()) {
		p.filled = format.Price(q.Price(), q.Contract.PricePrecision)
		p.fields[liquidation.FieldEntry].entry.SetText(p.filled)
	}
	p.readMove()
}

// changed reads the form and shows what follows.
func (p *Pane) changed() {
	cross := p.mode.Chosen() == 1
	for _, f := range p.crossOnly {
		look.SetVisible(cross, f.row.Container)
	}
	var wrong *liquidation.InputError
	p.position, wrong = p.read()
	table, rateWrong := p.table()
	p.result = nil
	for name, f := range p.fields {
		f.complain("")
		for _, e := range []*liquidation.InputError{wrong, rateWrong} {
			if e != nil && e.Field == name && (f.entry.Text != "" || e.Fault != liquidation.FaultMissing) {
				f.complain(p.faultOf(e))
			}
		}
	}
	switch {
	case wrong != nil || rateWrong != nil:
		if wrong == nil {
			wrong = rateWrong
		}
		p.results.fail(p.missing(wrong), widget.LowImportance)
	case table == nil:
		p.results.fail(Joined(p.w, []string{p.w.T("calculator.no_table", assets.Args{"Symbol": plain(p.w, p.symbol)}), p.w.T("calculator.rate_or_file")}), widget.MediumImportance)
	default:
		p.calculate(table)
	}
	p.showSource(table)
	p.showLine()
	p.content.Refresh()
	p.tell()
}

// calculate shows the price, or why there is none.
func (p *Pane) calculate(table *liquidation.Table) {
	r, err := liquidation.Calculate(p.position, table)
	if err != nil {
		p.results.fail(Sentence(p.w, err), widget.WarningImportance)
		return
	}
	p.result = &r
	p.results.show(&r, p.position.Mode, table)
	p.showMove()
	p.showFunding()
}

// faultOf is the sentence below a field.
func (p *Pane) faultOf(e *liquidation.InputError) string { return fault(p.w, e, "") }

// missing is the sentence in place of the price, with the name of the field, while
// something is still to be typed. What is wrong stands below its field.
func (p *Pane) missing(e *liquidation.InputError) string {
	if e.Fault != liquidation.FaultMissing {
		return ""
	}
	if e.Field == liquidation.FieldLeverage {
		return p.w.T("calculator.need_either")
	}
	return Sentence(p.w, e)
}

// tell tells what is kept between runs.
func (p *Pane) tell() {
	s := State{Leverage: strings.TrimSpace(p.fields[liquidation.FieldLeverage].entry.Text)}
	if p.side.Chosen() == 1 {
		s.Side = "short"
	}
	if p.mode.Chosen() == 1 {
		s.Mode = string(liquidation.Cross)
	}
	if s != p.o.State {
		p.o.State = s
		if p.o.OnState != nil {
			p.o.OnState(s)
		}
	}
}
