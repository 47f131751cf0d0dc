package table

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/columns"
	"openinterest/ui/columns/columnstest"
)

// filterBy makes a condition as a person does: "+ Filter", column, comparison,
// numbers, Enter.
func (r *rig) filterBy(column string, how int, low, high string) *conditionEditor {
	r.t.Helper()
	e := r.editCondition(-1, r.strip.add)
	e.column.SetSelected(column)
	e.how.SetSelectedIndex(how)
	e.low.SetText("")
	test.Type(e.low, low)
	e.high.SetText("")
	test.Type(e.high, high)
	e.low.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	return e
}

func (r *rig) pills() (names []string) {
	for _, p := range r.strip.pills {
		names = append(names, p.label.Text)
	}
	return names
}

func (r *rig) wantRows(what string, want ...string) {
	r.t.Helper()
	if got := r.order(); !slices.Equal(got, want) {
		r.t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestFiltersAreMadeChangedAndRemoved(t *testing.T) {
	r := full(t, setup{})
	r.filterBy("Open interest in USD", atLeast, "250M", "")
	r.filterBy("Price change, 24 hours", between, "−1", "2 %")
	r.wantRows("both", "ETH", "BTC", "BNB", "ADA")
	if got := r.pills(); !slices.Equal(got, []string{"OI (USD) ≥ 250 M", "Price 24h % −1 … 2"}) {
		t.Errorf("chips: %q", got)
	}
	e := r.editCondition(0, r.strip.pills[0])
	if e.low.Text != "250 M" || e.column.Selected != "Open interest in USD" {
		t.Errorf("the editor shows %q of %q", e.low.Text, e.column.Selected)
	}
	e.low.SetText("0.5亿")
	e.low.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.wantRows("changed", "ETH", "BTC", "BNB", "ADA", "LINK", "AVAX", "XAU")
	p := r.strip.pills[0]
	test.TapAt(p, fyne.NewPos(p.Size().Width-6, 10)) // ×
	if got := r.pills(); !slices.Equal(got, []string{"Price 24h % −1 … 2"}) {
		t.Errorf("after × the chips are %q", got)
	}
	if got := r.states[len(r.states)-1].Where; len(got) != 1 || got[0].Column != columns.PriceChange24h {
		t.Errorf("kept: %+v", got)
	}
	again := full(t, setup{state: r.State()})
	if !slices.Equal(again.order(), r.order()) || !slices.Equal(again.pills(), r.pills()) {
		t.Errorf("after a restart: %v, %q", again.order(), again.pills())
	}
}

func TestFilterBySignal(t *testing.T) {
	r := full(t, setup{signals: true})
	e := r.editCondition(-1, r.strip.add)
	e.column.SetSelected("Signal, 24 hours")
	if !e.list.Visible() || e.low.Visible() && e.bounds.Visible() {
		t.Error("the editor asks for numbers of a signal")
	}
	e.apply()
	if !strings.Contains(e.wrong.Text, "Tick at least one") || len(r.strip.pills) != 0 {
		t.Errorf("without a signal: %q", e.wrong.Text)
	}
	e.signals.SetSelected([]string{"Spike, 1 h", "Flush, 1 h"})
	e.apply()
	r.wantRows("spiked or flushed", "SOL", "DOGE")
}

func TestWhatIsNoNumberIsSaid(t *testing.T) {
	r := full(t, setup{})
	for _, c := range []struct{ low, high, want string }{
		{"many", "", "not a number"}, {"", "", "not a number"}, {"5", "−5", "above the second"},
	} {
		how := atLeast
		if c.high != "" {
			how = between
		}
		if e := r.filterBy("Price change, 24 hours", how, c.low, c.high); !strings.Contains(e.wrong.Text, c.want) || !e.wrong.Visible() || len(r.strip.pills) != 0 {
			t.Errorf("%q, %q: %q", c.low, c.high, e.wrong.Text)
		}
	}
	e := r.editCondition(-1, r.strip.add)
	e.low.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if e.popUp.Visible() {
		t.Error("Esc leaves the editor open")
	}
}

// Where contracts of two million crowd the top of what is sorted by a percentage,
// one click leaves them out.
func TestSmallContractsAreOfferedToBeHidden(t *testing.T) {
	r := start(t, setup{})
	var quotes []*market.Quote
	for i, q := range columnstest.Large(40).Quotes {
		q.Mark.Price, q.OpenInterest.Contracts, q.Ticker.PriceChangePct = 1, 1e6, 100-float64(i)
		if i >= 10 {
			q.OpenInterest.Contracts = 2e7
		}
		quotes = append(quotes, q)
	}
	r.Update(market.NewSnapshot(market.Snapshot{Quotes: quotes}), nil, columnstest.Now)
	r.drain()
	if r.strip.offers != nil {
		t.Error("offered though the largest are on top")
	}
	r.tapHeading(columns.PriceChange24h)
	if !slices.Contains(r.strip.object.Objects, fyne.CanvasObject(r.strip.offer)) || r.strip.offer.label.Text != "Hide OI below 5 M" {
		t.Fatalf("not offered: %q", r.strip.offer.label.Text)
	}
	r.Update(columnstest.Large(40), nil, columnstest.Now)
	r.drain()
	if r.strip.offers == nil {
		t.Error("the offer goes as rows trade places")
	}
	r.Update(market.NewSnapshot(market.Snapshot{Quotes: quotes}), nil, columnstest.Now)
	r.drain()
	test.Tap(r.strip.offer)
	if len(r.shown) != 30 || r.strip.offers != nil || !slices.Equal(r.pills(), []string{"OI (USD) ≥ 5 M"}) {
		t.Errorf("%d rows, offered still: %v, chips %q", len(r.shown), r.strip.offers, r.pills())
	}
}

// Chips go on in a second line where one is full, above the rows, which begin
// below it.
func TestManyFiltersTakeASecondLine(t *testing.T) {
	r := full(t, setup{size: fyne.NewSize(900, 420)})
	before := fyne.CurrentApp().Driver().AbsolutePositionForObject(r.header).Y
	for _, id := range []columns.ID{columns.OIUSD, columns.Volume24h, columns.Price, columns.OIContracts, columns.Funding} {
		r.setConditions(append(slices.Clone(r.state.Where), columns.AtLeast(id, -1)))
	}
	last := r.strip.pills[4]
	header := fyne.CurrentApp().Driver().AbsolutePositionForObject(r.header).Y
	if last.Position().Y <= 0 || last.Position().X+last.Size().Width > 900 || header != before+flowLine {
		t.Errorf("the last chip is at %v, the header at %v, before at %v", last.Position(), header, before)
	}
}

func TestEveryUnitHasAHint(t *testing.T) {
	for _, lang := range assets.Languages() {
		w := assets.NewWords(lang)
		for _, c := range columns.All(w, nil) {
			if n := c.Number(); n != nil && w.T("table.bound_"+string(n.Unit)) == "" {
				t.Errorf("%s: no hint for %s", lang, n.Unit)
			}
		}
	}
}

func TestARightClickOnAHeadingFiltersByIt(t *testing.T) {
	r := full(t, setup{})
	at := r.headingAt(columns.Funding)
	test.TapSecondaryAt(r.header, at)
	popUp := r.window.Canvas().Overlays().Top()
	if popUp == nil {
		t.Fatal("nothing opens")
	}
	if got := find[*widget.Select](popUp)[0].Selected; got != "Funding rate" {
		t.Errorf("the filter is of %q", got)
	}
}
