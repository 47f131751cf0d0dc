package feed

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/market"
	"openinterest/data/recorder/storetest"
)

// run is one run of the program, in fake time.
func run(t *testing.T, ex *fakeExchange, m *storetest.Store, test func(f *Feed)) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	f := New(Options{Exchange: ex, Store: m})
	ended := make(chan error)
	go func() { ended <- f.Run(ctx) }()
	test(f)
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Run returned %v", err)
	}
}

func untilFull(t *testing.T, f *Feed) *market.Snapshot {
	t.Helper()
	return until(t, f, 5*time.Second, "full table", full)
}

func TestARestartAsksForNoHistory(t *testing.T) {
	ex, m := newFakeExchange(517), storetest.New()
	synctest.Test(t, func(t *testing.T) {
		run(t, ex, m, func(f *Feed) { untilFull(t, f) })
		pass(30 * time.Second)
		again := time.Now()
		run(t, ex, m, func(f *Feed) {
			s := untilFull(t, f)
			if n := ex.since(again, ofKind(askHistory)); n > 5 {
				t.Errorf("%d requests for history half a minute later", n)
			}
			q := s.Quote("C002USDT")
			for _, w := range []market.Window{market.Window15m, market.Window1h, market.Window4h, market.Window24h} {
				if got := q.OpenInterestChange(w); !(got > 11.1 && got < 11.2) {
					t.Errorf("change over %v is %v, want 100/9 %%", w, got)
				}
			}
		})
	})
}

// At first a contract is asked for as much as the table needs, and all of that is kept.
func TestTheFirstAnswerIsKept(t *testing.T) {
	ex, m := newFakeExchange(10), storetest.New()
	synctest.Test(t, func(t *testing.T) {
		run(t, ex, m, func(f *Feed) {
			s := untilFull(t, f)
			if n := s.Quote("C002USDT").History.Len(); n < keptPoints-1 || n > keptPoints {
				t.Errorf("the table has %d stamps, want %d", n, keptPoints)
			}
		})
	})
	if n := len(m.Points["C002USDT"]); n < keptPoints-1 {
		t.Errorf("%d stamps are kept of %d", n, keptPoints)
	}
}

// Whoever comes back after hours asks once a contract, for what is missing.
func TestALaterRestartAsksForWhatIsMissingSince(t *testing.T) {
	ex, m := newFakeExchange(50), storetest.New()
	synctest.Test(t, func(t *testing.T) {
		run(t, ex, m, func(f *Feed) { untilFull(t, f) })
		pass(10 * time.Hour)
		again := time.Now()
		run(t, ex, m, func(f *Feed) { untilFull(t, f) })
		limits := map[string]int{}
		ex.since(again, func(r request) bool {
			if r.kind == askHistory {
				limits[r.symbol] = max(limits[r.symbol], r.limit)
			}
			return false
		})
		for symbol, limit := range limits {
			if limit < 10*12 || limit > 10*12+5 {
				t.Errorf("%s was asked for %d points, of which it lacks 120", symbol, limit)
			}
		}
		if len(limits) != 50 {
			t.Errorf("%d contracts were asked for", len(limits))
		}
	})
}

// A hole in what is kept makes a change unknown, so it is asked for.
func TestAHoleInTheLastDayIsAskedFor(t *testing.T) {
	ex, m := newFakeExchange(20), storetest.New()
	synctest.Test(t, func(t *testing.T) {
		run(t, ex, m, func(f *Feed) { untilFull(t, f) })
		hole := market.FloorStamp(time.Now().Add(-20 * time.Hour).UnixMilli())
		delete(m.Points["C003USDT"], hole)
		again := time.Now()
		run(t, ex, m, func(f *Feed) {
			s := untilFull(t, f)
			if _, ok := s.Quote("C003USDT").History.At(hole); !ok {
				t.Error("the hole is still there")
			}
		})
		if n := ex.since(again, ofKind(askHistory)); n != 1 {
			t.Errorf("%d requests for one hole", n)
		}
	})
}

// What the exchange does not have is not asked for at every start.
func TestAHoleOfTheExchangeIsAskedForOnce(t *testing.T) {
	ex, m := newFakeExchange(20), storetest.New()
	synctest.Test(t, func(t *testing.T) {
		hole := market.FloorStamp(time.Now().Add(-20 * time.Hour).UnixMilli())
		ex.lacks = func(symbol string, at int64) bool { return symbol == "C003USDT" && at == hole }
		run(t, ex, m, func(f *Feed) { untilFull(t, f) })
		again := time.Now()
		run(t, ex, m, func(f *Feed) { untilFull(t, f) })
		if n := ex.since(again, ofKind(askHistory)); n != 0 {
			t.Errorf("%d requests for what is not there", n)
		}
	})
}

func TestAnOfflineStartShowsTheLastTable(t *testing.T) {
	ex, m := newFakeExchange(50), storetest.New()
	synctest.Test(t, func(t *testing.T) {
		var last *market.Snapshot
		run(t, ex, m, func(f *Feed) { last = untilFull(t, f) })
		pass(3 * time.Hour)
		ex.set(func() { ex.fault = failing(market.Unreachable) })
		run(t, ex, m, func(f *Feed) {
			s := until(t, f, 300*time.Millisecond, "last known table", func(s *market.Snapshot) bool { return len(s.Quotes) == 50 })
			q := s.Quote("C007USDT")
			if age, _ := q.Age(s.Time); age < 3*time.Hour || q.Contracts() != 1000 || q.Funding.IntervalHours != 8 {
				t.Errorf("quote of age %v: %+v", age, q)
			}
			if q.OpenInterest.Received.After(last.Time.Add(time.Second)) || q.History.Len() < 300 {
				t.Errorf("received %v, %d stamps", q.OpenInterest.Received, q.History.Len())
			}
			if s.Status.Ready != 0 || s.Status.Total != 50 || !s.Status.LastGood.IsZero() {
				t.Errorf("what is kept passes for live: %+v", s.Status)
			}
			s = until(t, f, 5*time.Second, "state down", inState(market.Offline))
			if pass(time.Minute); len(f.Snapshot().Quotes) != 50 {
				t.Errorf("%d rows a minute later", len(s.Quotes))
			}
			if _, err := f.Load(t.Context(), "C007USDT", market.Range24h); err != nil {
				t.Errorf("the chart of a contract that is kept: %v", err)
			}
			ex.set(func() { ex.fault = nil })
			f.Retry()
			s = untilFull(t, f)
			if age, _ := s.Quote("C007USDT").Age(s.Time); s.Status.State != market.Live || age > 5*time.Second {
				t.Errorf("back on line: %v, age %v", s.Status.State, age)
			}
		})
	})
}

// A last known table is not replaced by one that knows less.
func TestAnOfflineRunLeavesTheLastTable(t *testing.T) {
	ex, m := newFakeExchange(20), storetest.New()
	synctest.Test(t, func(t *testing.T) {
		run(t, ex, m, func(f *Feed) { untilFull(t, f) })
		was := m.Table
		ex.fault = failing(market.Unreachable)
		run(t, ex, m, func(*Feed) { pass(5 * time.Minute) })
		if m.Table != was {
			t.Error("a table of an offline run was kept")
		}
	})
}

// Most of the market is gone since the last run. One list says so, which may be
// one that was cut short: the contracts stay until list after list lacks them,
// and none of them answers.
func TestContractsThatWentSinceLeaveOnceThatIsSure(t *testing.T) {
	for away, told := range map[time.Duration]bool{time.Hour: true, 72 * time.Hour: false} {
		ex, m := newFakeExchange(20), storetest.New()
		synctest.Test(t, func(t *testing.T) {
			run(t, ex, m, func(f *Feed) { untilFull(t, f) })
			pass(away)
			ex.symbols = append(slices.Clone(ex.symbols[:5]), "NEWUSDT")
			run(t, ex, m, func(f *Feed) {
				until(t, f, time.Second, "last known table", func(s *market.Snapshot) bool { return len(s.Quotes) > 0 })
				pass(time.Minute)
				s := f.Snapshot()
				if len(s.Quotes) != 21 || len(s.Status.Partial) == 0 || s.Status.Partial[0].Route != market.RouteContracts {
					t.Errorf("after a minute there are %d rows, and what fails is %v", len(s.Quotes), s.Status.Partial)
				}
				pass(2 * time.Minute)
				if s = f.Snapshot(); len(s.Quotes) != 6 || s.Quote("C010USDT") != nil || s.Quote("NEWUSDT") == nil || len(s.Status.Partial) > 0 {
					t.Errorf("%d rows, %v", len(s.Quotes), s.Status.Partial)
				}
				if n := len(s.Notices); told != (n == 16) || !told && n != 0 {
					t.Errorf("%v away: %d notices", away, n)
				}
			})
		})
	}
}

// A list cut short at the very first start is noticed by the prices of contracts
// that it lacks.
func TestAShortFirstListIsAskedAgain(t *testing.T) {
	ex := newFakeExchange(60)
	ex.distrust, ex.listed = true, ex.symbols[:3]
	world(t, ex, func(t *testing.T, f *Feed) {
		pass(20 * time.Second)
		ex.set(func() { ex.distrust = false })
		until(t, f, 40*time.Second, "whole market", func(s *market.Snapshot) bool { return len(s.Quotes) == 60 && full(s) })
	})
}

// A contract that never answers is known from run to run: it is newly listed in
// none of them.
func TestAContractWithoutAnAnswerIsNotNewlyListed(t *testing.T) {
	ex, st := newFakeExchange(10), storetest.New()
	ex.fault = func(ctx context.Context, k kind, symbol string) error {
		if symbol == "C003USDT" {
			return failing(market.BadAnswer)(ctx, k, symbol)
		}
		return nil
	}
	synctest.Test(t, func(t *testing.T) {
		for n := range 3 {
			run(t, ex, st, func(f *Feed) {
				s := until(t, f, 20*time.Second, "filled table", func(s *market.Snapshot) bool { return s.Status.Filled() })
				if s.Status.Unanswered != 1 || len(s.Notices) != 0 {
					t.Errorf("run %d: %d without an answer, notices %v", n, s.Status.Unanswered, s.Notices)
				}
				pass(70 * time.Second)
			})
			pass(time.Hour)
		}
	})
}

// A list cut short at the start costs nothing that is known: all of it is asked
// for, and none of it is news.
func TestAShortListCostsNothingThatIsKnown(t *testing.T) {
	ex, m := newFakeExchange(60), storetest.New()
	synctest.Test(t, func(t *testing.T) {
		run(t, ex, m, func(f *Feed) { untilFull(t, f) })
		pass(time.Hour)
		ex.distrust, ex.listed = true, ex.symbols[:3]
		run(t, ex, m, func(f *Feed) {
			pass(20 * time.Second)
			ex.set(func() { ex.distrust = false })
			s := untilFull(t, f)
			if len(s.Quotes) != 60 || len(s.Notices) != 0 {
				t.Errorf("%d rows, notices %v", len(s.Quotes), s.Notices)
			}
			until(t, f, 40*time.Second, "list that is believed", func(s *market.Snapshot) bool { return len(s.Status.Partial) == 0 })
		})
		if n := len(m.Table.Quotes); n != 60 {
			t.Errorf("a table of %d was kept", n)
		}
	})
}

func TestAFailingStoreChangesNothingElse(t *testing.T) {
	full507 := &market.StorageProblem{Kind: market.StorageFull, What: "keeping stamps", Err: errors.New("no space left")}
	for name, spoil := range map[string]func(*storetest.Store){
		"failing": func(m *storetest.Store) { m.Err = full507 },
		"hanging": func(m *storetest.Store) { m.Hanging = true },
	} {
		t.Run(name, func(t *testing.T) {
			ex, m := newFakeExchange(517), storetest.New()
			synctest.Test(t, func(t *testing.T) {
				spoil(m)
				run(t, ex, m, func(f *Feed) {
					s := until(t, f, 8*time.Second, "full table", full)
					if p := s.Status.Storage; name == "failing" && (p == nil || p.Kind != market.StorageFull) {
						t.Errorf("storage problem %v", p)
					}
					pass(100 * time.Second)
					if s = f.Snapshot(); s.Status.State != market.Live || s.Status.Problem != nil {
						t.Errorf("state %v, %v", s.Status.State, s.Status.Problem)
					}
					for _, q := range s.Quotes {
						if age, _ := q.Age(s.Time); age > 25*time.Second {
							t.Fatalf("%s is %v old", q.Contract.Symbol, age)
						}
					}
					m.Set(func() { m.Err, m.Hanging = nil, false })
					if name == "hanging" {
						return // that call will never end
					}
					until(t, f, time.Minute, "storage that works again", func(s *market.Snapshot) bool { return s.Status.Storage == nil })
					pass(20 * time.Second)
				})
				if name == "failing" {
					if n := len(m.Points); n != 517 {
						t.Errorf("stamps of %d contracts were kept once there was room again", n)
					}
				}
			})
		})
	}
}
