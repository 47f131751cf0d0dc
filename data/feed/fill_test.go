package feed

import (
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/market"
	"openinterest/data/recorder/storetest"
)

// What the exchange still has is fetched, once, within the budget, and what it
// does not have is not asked for again.
func TestGapsAreFilled(t *testing.T) {
	ex, m := newFakeExchange(30), storetest.New()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		gone := func(at int64) bool { // a day is missing
			ago := began.UnixMilli() - at
			return ago > (10*24*time.Hour).Milliseconds() && ago < (11*24*time.Hour).Milliseconds()
		}
		ex.lacks = func(symbol string, at int64) bool { return symbol == "C004USDT" && gone(at) }
		run(t, ex, m, func(f *Feed) {
			f.Attend(Attention{Ticked: []string{"C020USDT"}})
			untilFull(t, f)
			pass(40 * time.Second)
			if n := len(m.Paid); n != 30 { // whatever stamps there are to fetch
				t.Errorf("funding of %d contracts", n)
			}
			if n, other := len(m.Points["C020USDT"]), len(m.Points["C025USDT"]); n < 8600 || other > 1000 {
				t.Errorf("what is ticked has %d stamps, another %d", n, other)
			}
			pass(12 * time.Minute)
		})
		for _, symbol := range ex.symbols {
			want := 8640 - 20
			if symbol == "C004USDT" {
				want -= 288
			}
			if n := len(m.Points[symbol]); n < want {
				t.Fatalf("%s has %d stamps, want %d", symbol, n, want)
			}
			payments := 90
			if symbol == "C001USDT" { // pays every 4 hours
				payments = 180
			}
			if n := len(m.Paid[symbol]); n < payments-2 || n > payments {
				t.Errorf("%s has %d funding payments of 30 days", symbol, n)
			}
		}
		if n := ex.since(began, ofKind(askGap)); n > 30*18 {
			t.Errorf("%d requests for what 17 a contract bring", n)
		}
		const checks = 6 // of what is kept, at the start
		again := time.Now()
		run(t, ex, m, func(f *Feed) {
			untilFull(t, f)
			pass(5 * time.Minute)
		})
		if n := ex.since(again, ofKind(askGap)); n > checks {
			t.Errorf("%d requests for gaps in the next run", n-checks)
		}
		if n := ex.since(again, ofKind(askPayments)); n > 0 {
			t.Errorf("%d requests for funding in the next run", n)
		}
	})
}

func TestFundingIsKeptAsItIsPaid(t *testing.T) {
	ex, m := newFakeExchange(5), storetest.New()
	ex.terms["C003USDT"] = market.FundingTerms{IntervalHours: 1} // the others pay every 4 and 8 hours
	synctest.Test(t, func(t *testing.T) {
		run(t, ex, m, func(f *Feed) {
			untilFull(t, f)
			pass(time.Minute)
			had := len(m.Paid["C003USDT"])
			asked := time.Now()
			pass(2*time.Hour + 10*time.Minute)
			if n := len(m.Paid["C003USDT"]) - had; n != 2 {
				t.Errorf("%d payments in two hours", n)
			}
			if n := ex.since(asked, ofKind(askPayments)); n > 2+1 {
				t.Errorf("%d requests in two hours", n)
			}
		})
	})
}

func TestOneProcessKeepsAndTheNextTakesOver(t *testing.T) {
	ex, m := newFakeExchange(10), storetest.New()
	synctest.Test(t, func(t *testing.T) {
		m.Taken = true
		run(t, ex, m, func(f *Feed) {
			untilFull(t, f)
			pass(20 * time.Minute)
			if m.Writes != 0 || ex.since(time.Time{}, ofKind(askGap)) != 0 {
				t.Errorf("%d writes, %d gaps asked for, while another process keeps", m.Writes, ex.since(time.Time{}, ofKind(askGap)))
			}
			if p := f.Snapshot().Status.Storage; p != nil {
				t.Errorf("that is no problem: %v", p)
			}
			m.Set(func() { m.Taken = false })
			pass(20 * time.Second)
			if n := len(m.Points); m.Writes == 0 || n != 10 {
				t.Errorf("%d writes, %d contracts, once the other has ended", m.Writes, n)
			}
		})
	})
}

// Stamps sampled live as they close are kept too, and give way to the exchange's.
func TestLiveStampsAreKept(t *testing.T) {
	ex, m := newFakeExchange(5), storetest.New()
	synctest.Test(t, func(t *testing.T) {
		run(t, ex, m, func(f *Feed) {
			untilFull(t, f)
			pass(21 * time.Minute)
		})
		live, official := 0, 0
		from := market.FloorStamp(time.Now().Add(-21*time.Minute).UnixMilli()) + market.StepMillis
		for at := from; at <= time.Now().UnixMilli(); at += market.StepMillis {
			p, ok := m.Points["C002USDT"][at]
			switch {
			case !ok:
				t.Errorf("no stamp %v ago", time.Since(time.UnixMilli(at)))
			case p.Live:
				live++
			default:
				official++
			}
		}
		if live == 0 || official == 0 {
			t.Errorf("%d live stamps, %d of the exchange", live, official)
		}
	})
}

func TestLongChartsComeFromWhatIsKept(t *testing.T) {
	ex, m := newFakeExchange(3), storetest.New()
	synctest.Test(t, func(t *testing.T) {
		run(t, ex, m, func(f *Feed) {
			untilFull(t, f)
			s, err := f.Load(t.Context(), "C001USDT", market.Range7d)
			if err != nil || s.Period != market.Period30m {
				t.Fatalf("before the gaps are filled: %v, %v", s, err)
			}
			pass(2 * time.Minute)
			asked := time.Now()
			for r, want := range map[market.Range]int{market.Range3d: 864, market.Range7d: 2016, market.Range30d: 8640} {
				s, err := f.Load(t.Context(), "C001USDT", r)
				if err != nil || s.Period != market.Period5m || s.Len() < want-15 || s.Len() > want {
					t.Errorf("%v: %d points of %v, %v", r, s.Len(), s.Period, err)
				}
			}
			if n := ex.since(asked, func(r request) bool { return r.kind == askHistory && r.period != market.Period5m }); n != 0 {
				t.Errorf("%d requests for what is kept", n)
			}
			ex.set(func() { ex.fault = failing(market.Unreachable) })
			until(t, f, 10*time.Second, "state down", inState(market.Offline))
			m.Set(func() { // a part is better than nothing where there is no line
				for at := range m.Points["C001USDT"] {
					if at < time.Now().Add(-20*24*time.Hour).UnixMilli() {
						delete(m.Points["C001USDT"], at)
					}
				}
			})
			if s, err := f.Load(t.Context(), "C001USDT", market.Range30d); err != nil || s.Len() < 5000 {
				t.Errorf("offline: %d points, %v", s.Len(), err)
			}
		})
	})
}

// Where the store loses something in the middle of a run, that is said, and what
// the exchange still has of it is fetched again.
func TestWhatTheStoreLosesIsFetchedAgain(t *testing.T) {
	ex, m := newFakeExchange(3), storetest.New()
	synctest.Test(t, func(t *testing.T) {
		run(t, ex, m, func(f *Feed) {
			untilFull(t, f)
			pass(10 * time.Minute)
			m.Set(func() {
				clear(m.Points["C001USDT"])
				m.Lost++
				m.Said = &market.StorageProblem{Kind: market.StorageReplaced, What: "history.db"}
			})
			pass(10 * time.Second)
			if p := f.Storage(); p == nil || p.Kind != market.StorageReplaced {
				t.Errorf("ten seconds later it says %v", p)
			}
			pass(5 * time.Minute)
		})
		if n := len(m.Points["C001USDT"]); n < 8600 {
			t.Errorf("%d stamps were fetched again", n)
		}
	})
}

// Who writes asks every few seconds whether it still does: the files may have been
// replaced, and another process may write now.
func TestAWriterNoticesThatItWritesNoMore(t *testing.T) {
	ex, m := newFakeExchange(3), storetest.New()
	synctest.Test(t, func(t *testing.T) {
		run(t, ex, m, func(f *Feed) {
			untilFull(t, f)
			pass(time.Minute)
			m.Set(func() { m.Taken = true })
			pass(10 * time.Second)
			writes := 0
			m.Set(func() { writes = m.Writes })
			pass(10 * time.Minute)
			m.Set(func() {
				if m.Writes != writes {
					t.Errorf("%d writes, while another process writes", m.Writes-writes)
				}
				m.Taken = false
			})
			pass(time.Minute)
			m.Set(func() {
				if m.Writes == writes {
					t.Error("it writes no more, though nobody else does")
				}
			})
		})
	})
}
