package calculator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/data/liquidation"
	"openinterest/data/market"
	"openinterest/ui/look"
)

var today = time.Date(2026, 3, 1, 12, 2, 0, 0, time.UTC)

const btcBrackets = `[{"symbol": "BTCUSDT", "brackets": [
	{"bracket": 1, "initialLeverage": 125, "notionalCap": 50000, "notionalFloor": 0, "maintMarginRatio": 0.004, "cum": 0},
	{"bracket": 2, "initialLeverage": 100, "notionalCap": 600000, "notionalFloor": 50000, "maintMarginRatio": 0.005, "cum": 50}]}]`

// desk is the form in a window, and hands that type into it.
type desk struct {
	*Pane
	t      *testing.T
	queue  chan func()
	quotes map[string]*market.Quote
	series map[string]*market.Series
	states []State
	file   [2]string // name and text of the file that is chosen next
	closed int

	shown string // the line in the chart: symbol, side and price
	plot  bool
}

// Shown, Show, Hide and HasPlot are the chart's.
func (d *desk) Shown(symbol string) bool { return strings.HasPrefix(d.shown, symbol+" ") }
func (d *desk) Show(symbol string, price float64, side liquidation.Side) {
	d.shown, d.plot = fmt.Sprintf("%s %d %.1f", symbol, side, price), true
}
func (d *desk) Hide()         { d.shown = "" }
func (d *desk) HasPlot() bool { return d.plot }

// Load is the history: days of a price that goes up and down by 2 %.
func (d *desk) Load(_ context.Context, symbol string, r market.Range) (*market.Series, error) {
	if s := d.series[symbol]; s != nil && r == market.Range30d {
		return s, nil
	}
	return nil, errors.New("nothing is kept")
}

func days(n int) *market.Series {
	hour := time.Hour.Milliseconds()
	var points []market.Point
	for h := range n * 24 {
		at := today.UnixMilli()/hour*hour - int64(h)*hour
		points = append(points, market.Point{Time: at, Contracts: 1, Price: 100 + 2*float64(h/24%2)})
	}
	return market.NewSeries("", market.Period1h, points)
}

func quote(symbol string, price, rate float64, hours int) *market.Quote {
	return &market.Quote{Contract: market.Contract{Symbol: symbol, PricePrecision: 1}, Mark: market.MarkPrice{Symbol: symbol, Price: price, FundingRate: rate, Received: today},
		Funding: market.FundingTerms{IntervalHours: hours}}
}

func start(t *testing.T, change func(*Options)) *desk {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(look.New(look.Dark, false))
	d := &desk{t: t, queue: make(chan func(), 100), series: map[string]*market.Series{"BTCUSDT": days(31)}, quotes: map[string]*market.Quote{
		"BTCUSDT": quote("BTCUSDT", 20_000, 0.0001, 8), "ETHUSDT": quote("ETHUSDT", 1_500, -0.0002, 4), "PAXGUSDT": quote("PAXGUSDT", 4_000, 0, 8),
	}}
	o := Options{
		Context: t.Context(), Words: assets.NewWords(assets.English), Dispatch: func(f func()) { d.queue <- f }, Source: d, Now: func() time.Time { return today },
		Symbols: func() []string { return []string{"BTCUSDT", "ETHUSDT"} }, Quote: func(symbol string) *market.Quote { return d.quotes[symbol] }, Line: d,
		Load: func(take func(name, text string)) { take(d.file[0], d.file[1]) }, Escape: func() { d.closed++ },
		Symbol: "BTCUSDT", OnState: func(s State) { d.states = append(d.states, s) },
	}
	if change != nil {
		change(&o)
	}
	d.Pane = New(o)
	w := test.NewTempWindow(t, container.NewStack(d.Object()))
	w.Resize(fyne.NewSize(800, 600))
	d.settle()
	return d
}

// settle waits for what is being read.
func (d *desk) settle() {
	d.t.Helper()
	for d.Busy() {
		select {
		case f := <-d.queue:
			f()
		case <-time.After(20 * time.Second):
			d.t.Fatal("the usual move does not come")
		}
	}
}

// put types into a field in place of what is there.
func (d *desk) put(name liquidation.Field, text string) {
	d.t.Helper()
	d.fields[name].entry.SetText("")
	test.Type(d.fields[name].entry, text)
}

func (d *desk) wrong(name liquidation.Field) string {
	if l := d.fields[name].row.wrong; l.Visible() {
		return l.Text
	}
	return ""
}

func (d *desk) says(row *row, want string) {
	d.t.Helper()
	if row.answer.Text != want {
		d.t.Errorf("%s: %q, want %q", row.caption.Text, row.answer.Text, want)
	}
}

func (d *desk) price(want string) {
	d.t.Helper()
	if d.results.price.Text != want {
		d.t.Errorf("the price reads %q, want %q (%s)", d.results.price.Text, want, d.results.why.Text)
	}
}

func TestResultsFollowWhatIsTyped(t *testing.T) {
	d := start(t, nil)
	if text := d.fields[liquidation.FieldEntry].entry.Text; text != "20,000.0" {
		t.Fatalf("the entry is %q at first, want the mark price", text)
	}
	d.price("–")
	d.file = [2]string{"mine.json", btcBrackets}
	d.load()
	if d.results.why.Text != "Quantity: a number is needed here" {
		t.Errorf("before anything was typed: %q", d.results.why.Text)
	}
	d.put(liquidation.FieldQuantity, "10")
	if d.results.why.Text != "leverage or margin is needed" {
		t.Errorf("without leverage: %q", d.results.why.Text)
	}
	d.put(liquidation.FieldLeverage, "10x")
	d.put(liquidation.FieldStop, "19,000")
	d.price("18,085.4 USDT") // (200,000 − 20,000 − 50) / 9.95
	d.says(d.results.distance, "−9.57 %")
	d.says(d.results.maintenance, "854.27 USDT")
	d.says(d.results.bracket, "2, 0.5 % less 50 USDT")
	d.says(d.results.loss, "10,000.00 USDT")
	d.says(d.results.value, "200,000.00 USDT")
	d.says(d.results.margin, "20,000.00 USDT")
	d.says(d.results.moves, "4.83 × 1.98 %")
	d.says(d.results.funding, "pays 60.00 USDT") // 200,000 × 0.01 % × 3
	for _, want := range []string{"mine.json", "not checked"} {
		if !strings.Contains(d.results.source.Text, want) {
			t.Errorf("the source reads %q, without %q", d.results.source.Text, want)
		}
	}
	if !strings.Contains(d.results.notes.Text, "Fees, the insurance fund and auto-deleveraging") {
		t.Errorf("the notes: %q", d.results.notes.Text)
	}
	test.Type(d.fields[liquidation.FieldQuantity].entry, "0") // 100: above the last bracket
	d.price("–")
	if !strings.Contains(d.results.why.Text, "would refuse") {
		t.Errorf("a position that is too large: %q", d.results.why.Text)
	}
	d.put(liquidation.FieldQuantity, "2.4")
	d.side.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight}) // short
	d.price("21,911.3 USDT")                             // (48,000 + 4,800 + 50) / (2.4 × 1.005)
	d.says(d.results.bracket, "2, 0.5 % less 50 USDT (at the entry 1)")
	d.says(d.results.funding, "receives 14.40 USDT")
	d.says(d.results.loss, "2,400.00 USDT")
	if d.results.loss.caption.Text != "Profit at the stop" {
		t.Errorf("a stop on the side of profit is called %q", d.results.loss.caption.Text)
	}
	d.quotes["BTCUSDT"].Mark.FundingRate = 0
	d.Update()
	d.says(d.results.funding, "nothing: the rate is zero")
	if last := d.states[len(d.states)-1]; last != (State{Side: "short", Leverage: "10x"}) {
		t.Errorf("kept: %+v", last)
	}
}

func TestCrossAsksForTheWallet(t *testing.T) {
	d := start(t, nil)
	d.file = [2]string{"mine.json", btcBrackets}
	d.load()
	if d.fields[liquidation.FieldWallet].row.Visible() {
		t.Error("isolated, a wallet is asked for")
	}
	d.put(liquidation.FieldQuantity, "10")
	d.put(liquidation.FieldLeverage, "10")
	d.mode.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	if !d.fields[liquidation.FieldWallet].row.Visible() || d.results.why.Text != "Wallet balance: a number is needed here" {
		t.Errorf("cross: %q", d.results.why.Text)
	}
	d.put(liquidation.FieldWallet, "50K")
	d.put(liquidation.FieldOthersMaintenance, "1000")
	d.put(liquidation.FieldOthersProfit, "-4000")
	d.price("15,572.9 USDT")
	if !strings.Contains(d.results.notes.Text, "Other positions") || d.results.margin.caption.Text != "Initial margin" {
		t.Errorf("cross: %q, %q", d.results.notes.Text, d.results.margin.caption.Text)
	}
}

// What is wrong stands below its field, and goes as soon as it is right.
func TestWhatIsWrongStandsBelowItsField(t *testing.T) {
	d := start(t, nil)
	for _, c := range []struct {
		field       liquidation.Field
		text, right string
		says        string
	}{
		{liquidation.FieldEntry, "abc", "20000", "this is no number"},
		{liquidation.FieldQuantity, "1,5", "1.5", "this is no number"},
		{liquidation.FieldQuantity, "-2", "2", "it must be above zero"},
		{liquidation.FieldQuantity, "0", "2", "it must be above zero"},
		{liquidation.FieldLeverage, "2.5", "2", "whole numbers"},
		{liquidation.FieldStop, "x", "", "this is no number"},
		{liquidation.FieldRate, "100", "0.4 %", "below 100 %"},
		{liquidation.FieldQuantity, "1e20", "2", "no position has such a number"},
	} {
		d.put(c.field, c.text)
		if !strings.Contains(d.wrong(c.field), c.says) {
			t.Errorf("%s %q: below it stands %q, want %q", c.field, c.text, d.wrong(c.field), c.says)
		}
		d.price("–")
		d.put(c.field, c.right)
		if d.wrong(c.field) != "" {
			t.Errorf("%s %q: below it still stands %q", c.field, c.right, d.wrong(c.field))
		}
	}
	d.price("10,040.2 USDT") // 20,000 × 0.5 / 0.996
	d.put(liquidation.FieldLeverage, "1")
	d.price("none")
	d.says(d.results.distance, "–")
	if !strings.Contains(d.results.notes.Text, "No price liquidates") {
		t.Errorf("fully covered: %q", d.results.notes.Text)
	}
}

func TestBracketsSayWhereTheyAreFrom(t *testing.T) {
	d := start(t, nil)
	d.put(liquidation.FieldQuantity, "1")
	d.put(liquidation.FieldLeverage, "10")
	if !strings.Contains(d.results.why.Text, "No brackets of BTCUSDT are built in") {
		t.Errorf("without brackets: %q", d.results.why.Text)
	}
	for name, c := range map[string]struct{ text, says string }{
		"odd.json":   {strings.Replace(btcBrackets, `"cum": 50`, `"cum": 51`, 1), "cum is 51, and by the rule it is 50"},
		"none.json":  {"{", "is not of the form"},
		"other.json": {strings.Replace(btcBrackets, "BTCUSDT", "XRPUSDT", 1), "has no brackets of BTCUSDT"},
	} {
		d.file = [2]string{name, c.text}
		d.load()
		if !strings.Contains(d.results.source.Text, c.says) || !strings.Contains(d.results.source.Text, name) {
			t.Errorf("%s: %q, want %q", name, d.results.source.Text, c.says)
		}
		d.price("–")
	}
	d.begin("PAXGUSDT")
	d.put(liquidation.FieldQuantity, "1")
	d.settle()
	d.price("3,636.36 USDT") // 3,600 / 0.99
	for _, want := range []string{"2025-12-05", "https://www.binance.", "may have changed"} {
		if !strings.Contains(d.results.source.Text, want) {
			t.Errorf("what is built in is told as %q, without %q", d.results.source.Text, want)
		}
	}
	d.says(d.results.funding, "nothing: the rate is zero")
	d.says(d.results.moves, "–")
	if !strings.Contains(d.results.moveNote.Text, "not known") {
		t.Errorf("without history: %q", d.results.moveNote.Text)
	}
}

// Another contract begins anew, but for side, mode and leverage.
func TestValuesBelongToTheirContract(t *testing.T) {
	d := start(t, func(o *Options) { o.State = State{Side: "short", Leverage: "20"} })
	d.put(liquidation.FieldQuantity, "1")
	d.put(liquidation.FieldStop, "21000")
	d.put(liquidation.FieldRate, "0.4")
	d.price("20,916.3 USDT") // 20,000 × 1.05 / 1.004
	kept := d.Values()
	d.picker.Choose("ETHUSDT")
	d.begin("ETHUSDT")
	d.changed()
	d.settle()
	for name, f := range d.fields {
		want := map[liquidation.Field]string{liquidation.FieldEntry: "1,500.0", liquidation.FieldLeverage: "20"}[name]
		if f.entry.Text != want {
			t.Errorf("%s of another contract is %q, want %q", name, f.entry.Text, want)
		}
	}
	again := start(t, func(o *Options) { o.State, o.Values = State{Side: "short", Leverage: "20"}, kept })
	again.price("20,916.3 USDT")
	other := start(t, func(o *Options) { o.Symbol, o.Values = "ETHUSDT", kept })
	if text := other.fields[liquidation.FieldStop].entry.Text; text != "" {
		t.Errorf("the stop of BTCUSDT, %q, is that of ETHUSDT", text)
	}
}

// The line follows the form that drew it, and can be removed.
func TestTheLineFollowsTheForm(t *testing.T) {
	d := start(t, nil)
	d.put(liquidation.FieldQuantity, "1")
	d.put(liquidation.FieldLeverage, "10")
	if !d.line.Disabled() {
		t.Error("there is no price, and a line can be drawn")
	}
	d.put(liquidation.FieldRate, "0.4")
	if d.line.Text != "Line in the chart, with the price plot" || d.line.Disabled() {
		t.Errorf("the button reads %q", d.line.Text)
	}
	test.Tap(d.line)
	if d.shown != "BTCUSDT 1 18072.3" || d.line.Text != "Remove the line" {
		t.Errorf("drawn: %q; the button reads %q", d.shown, d.line.Text)
	}
	d.put(liquidation.FieldLeverage, "20")
	if d.shown != "BTCUSDT 1 19076.3" {
		t.Errorf("after another leverage: %q", d.shown)
	}
	d.put(liquidation.FieldLeverage, "1")
	if d.shown != "" {
		t.Errorf("no price liquidates it, and the line is %q", d.shown)
	}
	d.put(liquidation.FieldLeverage, "10")
	test.Tap(d.line)
	d.put(liquidation.FieldLeverage, "20")
	if d.shown != "" || d.line.Text != "Line in the chart" {
		t.Errorf("after it was removed: %q, %q", d.shown, d.line.Text)
	}
}

func TestEscapeClosesFromAnyField(t *testing.T) {
	d := start(t, nil)
	d.fields[liquidation.FieldStop].entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if d.closed != 1 {
		t.Error("Esc in a field does not close the form")
	}
}

// Every size has all of it: beside each other, or below each other in a narrow one.
func TestTheFormFitsItsRoom(t *testing.T) {
	for _, lang := range assets.Languages() {
		d := start(t, func(o *Options) { o.Words = assets.NewWords(lang); o.State.Mode = "cross" })
		for _, width := range []float32{320, 560, 700, 900} {
			w := test.NewTempWindow(t, container.NewStack(d.Object()))
			w.Resize(fyne.NewSize(width, 400))
			d.put(liquidation.FieldQuantity, "1,5")
			var last float32
			all := slices.Concat(d.content.columns[0], d.content.columns[1])
			for _, o := range all {
				if !o.Visible() {
					continue
				}
				if o.Position().X+o.Size().Width > width {
					t.Errorf("%s, %v wide: something ends at %v", lang, width, o.Position().X+o.Size().Width)
				}
				last = max(last, o.Position().Y+o.Size().Height)
			}
			if last > d.content.box.Size().Height {
				t.Errorf("%s, %v wide: the form is %v high, and ends at %v", lang, width, d.content.box.Size().Height, last)
			}
		}
	}
}

// The next form of the contract begins with the mark price of then, unless somebody
// typed another entry.
func TestAnEntryThatNobodyTypedIsNotKept(t *testing.T) {
	d := start(t, nil)
	d.put(liquidation.FieldQuantity, "2")
	later := func(kept Values) *desk {
		return start(t, func(o *Options) {
			o.Values = kept
			o.Quote = func(string) *market.Quote { return quote("BTCUSDT", 21_000, 0.0001, 8) }
		})
	}
	next := later(d.Values())
	if entry, quantity := next.fields[liquidation.FieldEntry].entry.Text, next.fields[liquidation.FieldQuantity].entry.Text; entry != "21,000.0" || quantity != "2" {
		t.Errorf("entry %q and quantity %q, want the mark price of now and what was typed", entry, quantity)
	}
	d.put(liquidation.FieldEntry, "19500")
	if entry := later(d.Values()).fields[liquidation.FieldEntry].entry.Text; entry != "19500" {
		t.Errorf("entry %q, want what was typed", entry)
	}
}
