package table

import (
	"slices"
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/ui/columns"
	"openinterest/ui/columns/columnstest"
)

func TestRowsHoldStillUnderThePointer(t *testing.T) {
	r := full(t, setup{})
	before := r.order()
	r.moveOver("SOLUSDT", columns.Price)
	r.Update(moved(map[string]float64{"XRPUSDT": 900}), nil, columnstest.Now) // would be first by far
	r.drain()
	if got := r.order(); !slices.Equal(got, before) {
		t.Errorf("under the pointer the order became %v", got)
	}
	if got := r.cellText("XRPUSDT", columns.Price); got != "900.0000" && got != "900.000" {
		t.Errorf("the value did not follow: %q", got)
	}
	r.leave()
	if got := r.order()[0]; got != "XRP" {
		t.Errorf("after the pointer left, %s leads", got)
	}
}

func TestRowsFindTheirOrderWhenThePointerLeavesTheWindow(t *testing.T) {
	r := full(t, setup{})
	r.moveOver("SOLUSDT", columns.Price)
	r.Update(moved(map[string]float64{"XRPUSDT": 900}), nil, columnstest.Now)
	r.drain()
	r.PointerLeft()
	if got := r.order()[0]; got != "XRP" {
		t.Errorf("after the pointer left the window, %s leads", got)
	}
}

// A pointer that rests over the table from the start must not freeze the order
// in which contracts happened to come in.
func TestRowsFindTheirOrderUnderThePointerWhileLoading(t *testing.T) {
	r := full(t, setup{})
	r.moveOver("SOLUSDT", columns.Price)
	s := *moved(map[string]float64{"XRPUSDT": 900})
	s.Status = market.Status{State: market.Loading, Ready: 1, Total: 2}
	r.Update(market.NewSnapshot(s), nil, columnstest.Now)
	r.drain()
	if got := r.order()[0]; got != "XRP" {
		t.Errorf("while loading, %s leads", got)
	}
}

func TestWhatThePersonAsksForHappensUnderThePointer(t *testing.T) {
	r := full(t, setup{})
	r.moveOver("SOLUSDT", columns.Price)
	r.SetSearch("doge")
	if got := r.order(); !slices.Equal(got, []string{"DOGE"}) {
		t.Errorf("search under the pointer: %v", got)
	}
}

func TestListingsAndDelistings(t *testing.T) {
	r := full(t, setup{})
	s := columnstest.Snapshot()
	fewer := slices.DeleteFunc(slices.Clone(s.Quotes), func(q *market.Quote) bool { return q.Contract.Symbol == "ETHUSDT" })
	r.Update(market.NewSnapshot(market.Snapshot{Quotes: fewer}), nil, columnstest.Now)
	r.drain()
	if len(r.shown) != 19 || slices.Contains(r.order(), "ETH") {
		t.Errorf("after the delisting: %v", r.order())
	}
	r.Update(s, nil, columnstest.Now)
	r.drain()
	if len(r.shown) != 20 {
		t.Errorf("after the listing: %d rows", len(r.shown))
	}
}

func TestOnePendingHopAndTheNewestWins(t *testing.T) {
	r := full(t, setup{})
	for _, price := range []float64{1, 2, 3} {
		r.Update(moved(map[string]float64{"BTCUSDT": price}), nil, columnstest.Now)
	}
	if len(r.hops) != 1 {
		t.Errorf("%d hops are pending", len(r.hops))
	}
	r.SetSearch("btc") // asked for after the rows were arranged
	r.drain()
	if got := r.cellText("BTCUSDT", columns.Price); got != "3.00" {
		t.Errorf("price %q, want the newest", got)
	}
	if got := r.order(); !slices.Equal(got, []string{"BTC"}) {
		t.Errorf("the search was forgotten: %v", got)
	}
}

func TestRowsAgeAndDim(t *testing.T) {
	r := full(t, setup{})
	ink := func() any { return r.cell("BTCUSDT", columns.Price).ink }
	fresh := ink()
	r.Update(columnstest.Snapshot(), nil, columnstest.Now.Add(40*time.Second))
	r.drain()
	if got := r.cellText("BTCUSDT", columns.Age); got != "42s" {
		t.Errorf("age %q", got)
	}
	if ink() == fresh {
		t.Error("a stale row is as bright as a fresh one")
	}
}

func TestLoading(t *testing.T) {
	r := start(t, setup{})
	if !r.empty.object.Visible() || r.empty.text.Text == "" || r.empty.button.Visible() {
		t.Errorf("before the first snapshot: %q", r.empty.text.Text)
	}
	r.SetReason("No connection.")
	if r.empty.text.Text != "No connection." {
		t.Errorf("without a connection: %q", r.empty.text.Text)
	}
	r.SetReason("")
	if r.empty.text.Text == "No connection." {
		t.Error("the reason stays though it is gone")
	}
	r.SetReason("The exchange is slow.")
	r.Update(columnstest.Snapshot(), nil, columnstest.Now)
	r.drain()
	if r.empty.object.Visible() {
		t.Error("with rows it still says why there are none")
	}
}

func TestUpdatesFromManyGoroutines(t *testing.T) {
	r := start(t, setup{})
	hops := make(chan func(), 64)
	r.opts.Dispatch = func(f func()) { hops <- f }
	done := make(chan struct{})
	for i := range 4 {
		go func() {
			defer func() { done <- struct{}{} }()
			for j := range 20 {
				r.Update(moved(map[string]float64{"BTCUSDT": float64(i*100 + j + 1)}), nil, columnstest.Now)
			}
		}()
	}
	for running := 4; running > 0; {
		select {
		case hop := <-hops:
			hop()
			r.sortBy(&r.columns[3]) // the person is busy meanwhile
		case <-done:
			running--
		}
	}
	for len(hops) > 0 {
		(<-hops)()
	}
	if len(r.shown) != 20 {
		t.Errorf("%d rows", len(r.shown))
	}
}

// Whoever shows the same market otherwise is told the rows and what is asked of
// them.
func TestRowsAreToldWithTheirFilter(t *testing.T) {
	r := full(t, setup{})
	var matching int
	r.opts.OnRows = func(rows []*columns.Row, q *columns.Query) {
		matching = 0
		for _, row := range rows {
			if q.Matches(row) {
				matching++
			}
		}
	}
	r.ShowView(ViewLiquid)
	if matching == 0 || matching != len(r.shown) {
		t.Errorf("%d rows match, %d are shown", matching, len(r.shown))
	}
	r.SetSearch("eth")
	if matching != 1 {
		t.Errorf("%d rows match a search for one", matching)
	}
}
