package feed

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/market"
)

func TestColdStartFillsTheTableInFourSeconds(t *testing.T) {
	ex := newFakeExchange(517)
	world(t, ex, func(t *testing.T, f *Feed) {
		start := time.Now()
		f.Attend(Attention{Ticked: []string{"C300USDT"}, Favourites: []string{"C400USDT"}})
		partly := until(t, f, 2*time.Second, "partly filled table", func(s *market.Snapshot) bool { return s.Status.Ready > 32 })
		if partly.Quote("C300USDT").History == nil || partly.Quote("C400USDT").History == nil {
			t.Error("the ticked and the favourite contract are not among the first")
		}
		s := until(t, f, 4*time.Second, "full table", full)
		t.Logf("full after %v, %d snapshots, %d weight", time.Since(start), s.Sequence, s.Status.Budget.Own)
		if s.Sequence > 20 {
			t.Errorf("%d snapshots while the table filled, want at most about four a second", s.Sequence)
		}
		s = until(t, f, 3*time.Second, "live prices", func(s *market.Snapshot) bool { return s.Status.StreamLive })
		q := s.Quote("C001USDT")
		if s.Status.State != market.Live || q.Contracts() != 1000 || q.Price() != 3 || q.Funding.IntervalHours != 4 {
			t.Errorf("status %v, quote %+v", s.Status.State, q)
		}
		if s.Quote("C002USDT").Funding.IntervalHours != 8 || s.Quote("BTCUSD_PERP") != nil {
			t.Error("a contract without adjusted terms has the default ones; a foreign symbol has no row")
		}
		if got := q.OpenInterestChange(market.Window1h); !(got > 11.1 && got < 11.2) {
			t.Errorf("change over 1 h is %v, want 100/9 %%", got)
		}
		if !slices.IsSortedFunc(s.Quotes, func(a, b *market.Quote) int {
			if a.Contract.Symbol < b.Contract.Symbol {
				return -1
			}
			return 1
		}) {
			t.Error("quotes are not by symbol")
		}
	})
}

// Nothing is wrong in the first minutes, so nothing may seem to be: what the
// cold start took of the budget must not silence the feed.
func TestAHealthyFeedStaysLive(t *testing.T) {
	for _, a := range []Attention{{}, {Visible: []string{"C001USDT"}}, {Hidden: true}} {
		ex := newFakeExchange(517)
		world(t, ex, func(t *testing.T, f *Feed) {
			f.Attend(a)
			until(t, f, 4*time.Second, "full table", full)
			for range 600 {
				pass(200 * time.Millisecond)
				if s := f.Snapshot(); s.Status.State != market.Live || s.Status.Problem != nil || len(s.Status.Partial) > 0 && s.Status.StreamLive {
					t.Fatalf("%+v: state %v, problem %v", a, s.Status.State, s.Status.Problem)
				}
			}
		})
	}
}

func TestSnapshotsDoNotChange(t *testing.T) {
	ex := newFakeExchange(5)
	world(t, ex, func(t *testing.T, f *Feed) {
		old := until(t, f, 4*time.Second, "full table", full)
		before := *old.Quote("C001USDT")
		ex.set(func() { ex.level = 2000 })
		until(t, f, 20*time.Second, "new value", func(s *market.Snapshot) bool { return s.Quote("C001USDT").Contracts() == 2000 })
		if after := *old.Quote("C001USDT"); after.OpenInterest != before.OpenInterest || after.History != before.History {
			t.Error("a published quote changed")
		}
	})
}

func TestHangingRequestsAreDownWithinFourSecondsAndRecover(t *testing.T) {
	for _, contracts := range []int{3, 517} {
		ex := newFakeExchange(contracts)
		world(t, ex, func(t *testing.T, f *Feed) {
			until(t, f, 4*time.Second, "full table", full)
			pass(10 * time.Second)
			ex.set(func() { ex.fault = hang })
			pass(ex.latency) // what was on its way still answers
			s := until(t, f, 4*time.Second, "state down", inState(market.Offline))
			if s.Status.Problem == nil || s.Status.Problem.Kind != market.TimedOut {
				t.Errorf("down because of %v, want timed out", s.Status.Problem)
			}
			if !s.Status.StreamLive {
				t.Error("the stream is alive, which does not make the feed live")
			}
			pass(2 * time.Minute)
			asked := time.Now()
			pass(time.Minute)
			if n := ex.since(asked, anyRequest); n > 15 {
				t.Errorf("%d requests in a minute of silence: hammering", n)
			}
			ex.set(func() { ex.fault = nil })
			until(t, f, 10*time.Second, "state live", inState(market.Live))
			pass(10 * time.Second)
			recovered := time.Now()
			if pass(2 * time.Second); ex.since(recovered, ofKind(askOpenInterest)) < min(contracts, 20)/3 {
				t.Error("it does not resume at full pace")
			}
		})
	}
}

// Requests sent into a line that died hang long after it is back: they are
// given up, so that their rows do not wait for them.
func TestHungRequestsAreGivenUpOnceTheLineIsBack(t *testing.T) {
	ex := newFakeExchange(20)
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 4*time.Second, "full table", full)
		pass(10 * time.Second)
		ex.set(func() { ex.fault = hang })
		until(t, f, 5*time.Second, "state down", inState(market.Offline))
		ex.set(func() { ex.fault = nil })
		f.Retry()
		until(t, f, time.Second, "state live", inState(market.Live))
		pass(1500 * time.Millisecond)
		s := f.Snapshot()
		for _, q := range s.Quotes {
			if age, _ := q.Age(s.Time); age > 6*time.Second {
				t.Fatalf("%s is %v old", q.Contract.Symbol, age)
			}
		}
	})
}

func TestOfflineAtStartConnectsOnceThereIsALine(t *testing.T) {
	ex := newFakeExchange(5)
	ex.fault = failing(market.Unreachable)
	world(t, ex, func(t *testing.T, f *Feed) {
		s := until(t, f, time.Second, "state down", inState(market.Offline))
		if s.Status.Problem == nil || s.Status.Problem.Kind != market.Unreachable || len(s.Quotes) != 0 {
			t.Errorf("problem %v with %d quotes", s.Status.Problem, len(s.Quotes))
		}
		pass(5 * time.Minute)
		until(t, f, 6*time.Second, "time of the next try", func(s *market.Snapshot) bool { return s.Status.Until.After(s.Time) })
		asked := time.Now()
		pass(5 * time.Minute)
		if n := ex.since(asked, anyRequest); n > 80 || n < 40 {
			t.Errorf("%d requests in five minutes offline, want one each 5 s", n)
		}
		ex.set(func() { ex.fault = nil })
		f.Retry()
		until(t, f, 2*time.Second, "full table after Retry", full)
	})
}

func TestLimitAndBanAreWaitedOutWhateverThePersonAsks(t *testing.T) {
	for _, fault := range []market.ProblemKind{market.LimitedUntil, market.BannedUntil} {
		t.Run(string(fault), func(t *testing.T) {
			ex := newFakeExchange(50)
			ex.offset = -5 * time.Hour
			world(t, ex, func(t *testing.T, f *Feed) {
				until(t, f, 4*time.Second, "full table", full)
				end := ex.Now().Add(3 * time.Minute)
				ex.set(func() {
					ex.fault = func(context.Context, kind, string) error {
						return &market.Problem{Kind: fault, Until: end, Told: true}
					}
				})
				s := until(t, f, 3*time.Second, "state waiting", inState(market.Refused))
				if !s.Status.Until.Equal(end) || s.Status.Problem.Kind != fault {
					t.Errorf("waiting until %v because of %v, want %v", s.Status.Until, s.Status.Problem, end)
				}
				ex.set(func() { ex.fault = nil })
				pass(time.Second)
				asked := time.Now()
				f.Retry()
				pass(2 * time.Minute)
				if n := ex.since(asked, anyRequest); n > 0 {
					t.Errorf("%d requests while told to wait", n)
				}
				if f.Snapshot().Status.State != market.Refused {
					t.Errorf("state %v", f.Snapshot().Status.State)
				}
				until(t, f, time.Minute+2*time.Second, "state live", inState(market.Live))
			})
		})
	}
}

// Others behind the address spend everything: nothing is asked, which is
// neither live nor a fault of the line.
func TestAQuotaSpentByOthersIsWaitedFor(t *testing.T) {
	ex := newFakeExchange(100)
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 4*time.Second, "full table", full)
		pass(time.Minute)
		ex.set(func() { ex.others = 2000 })
		s := until(t, f, 5*time.Second, "state stale", inState(market.Stale))
		if p := s.Status.Problem; p == nil || p.Kind != market.QuotaSpent || p.Allowed != 1920 || p.Used < 1900 || !s.Status.Until.After(s.Time) {
			t.Errorf("waiting until %v because of %+v", s.Status.Until, p)
		}
		asked := time.Now()
		for range 50 {
			pass(time.Second)
			s := f.Snapshot()
			if p := s.Status.Problem; p != nil && (p.Used < 1900 || !s.Status.Until.After(s.Time)) {
				t.Fatalf("the share is spent until %v by %d of %d", s.Status.Until, p.Used, p.Allowed)
			}
		}
		if n := ex.since(asked, anyRequest); n > 2 { // one in each minute learns of it
			t.Errorf("%d requests beyond the quota", n)
		}
		ex.set(func() { ex.others = 0 })
		until(t, f, 15*time.Second, "state live", inState(market.Live))
	})
}

// The run before left so little of the minute that the table can't be filled:
// that is said, and with the next minute it is full.
func TestATableThatCannotBeFilledInThisMinuteSaysSo(t *testing.T) {
	ex := newFakeExchange(517)
	ex.others = 1500
	world(t, ex, func(t *testing.T, f *Feed) {
		for range 54 {
			pass(time.Second)
			if s := f.Snapshot(); time.Now().Second() > 5 && (s.Status.State != market.Loading || s.Status.Problem == nil || s.Status.Problem.Kind != market.QuotaSpent || !s.Status.Until.After(s.Time)) {
				t.Fatalf("at %v: state %v, problem %v until %v", s.Time, s.Status.State, s.Status.Problem, s.Status.Until)
			}
		}
		ex.set(func() { ex.others = 0 })
		until(t, f, 9*time.Second, "full table", full)
	})
}

func TestARefusedLocationIsAskedRarely(t *testing.T) {
	ex := newFakeExchange(5)
	ex.fault = failing(market.RefusedLocation)
	world(t, ex, func(t *testing.T, f *Feed) {
		s := until(t, f, time.Second, "state refused", inState(market.Refused))
		if s.Status.Problem.Kind != market.RefusedLocation {
			t.Errorf("problem %v", s.Status.Problem)
		}
		asked := time.Now()
		pass(10 * time.Minute)
		if n := ex.since(asked, anyRequest); n > 6 {
			t.Errorf("%d requests in ten minutes to who refuses", n)
		}
		ex.set(func() { ex.fault = nil })
		f.Retry() // another way to the internet, say
		until(t, f, 3*time.Second, "full table", full)
	})
}

// What answers everything with something else is not the exchange.
func TestOnlyWrongAnswersAreDown(t *testing.T) {
	ex := newFakeExchange(100)
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 4*time.Second, "full table", full)
		ex.set(func() { ex.fault = failing(market.BadAnswer) })
		s := until(t, f, 5*time.Second, "state stale", inState(market.Stale))
		if s.Status.Problem == nil || s.Status.Problem.Kind != market.BadAnswer {
			t.Errorf("problem %v", s.Status.Problem)
		}
		pass(time.Minute)
		asked := time.Now()
		pass(time.Minute)
		if n := ex.since(asked, anyRequest); n > 15 {
			t.Errorf("%d requests a minute to what is not the exchange", n)
		}
		ex.set(func() { ex.fault = nil })
		until(t, f, 10*time.Second, "state live", inState(market.Live))
	})
}

func TestOneBadContractCostsNothingToItsNeighbours(t *testing.T) {
	for _, fault := range []market.ProblemKind{market.BadAnswer, market.TimedOut, market.ExchangeDown, market.Unreachable} {
		t.Run(string(fault), func(t *testing.T) {
			ex := newFakeExchange(50)
			world(t, ex, func(t *testing.T, f *Feed) {
				until(t, f, 4*time.Second, "full table", full)
				ex.set(func() {
					ex.fault = func(ctx context.Context, k kind, symbol string) error {
						if k == askOpenInterest && symbol == "C007USDT" {
							return failing(fault)(ctx, k, symbol)
						}
						return nil
					}
				})
				began := time.Now()
				s := until(t, f, 20*time.Second, "problem in the row", func(s *market.Snapshot) bool { return s.Quote("C007USDT").Problem != nil })
				q := s.Quote("C007USDT")
				if q.Problem.Kind != fault || q.Contracts() != 1000 || !q.NextTry.After(s.Time) {
					t.Errorf("problem %v, %v contracts, next try %v", q.Problem, q.Contracts(), q.NextTry)
				}
				pass(5 * time.Minute)
				s = f.Snapshot()
				for _, q := range s.Quotes {
					if age, _ := q.Age(s.Time); age > 8*time.Second && q.Contract.Symbol != "C007USDT" {
						t.Fatalf("%s is %v old", q.Contract.Symbol, age)
					}
				}
				if s.Status.State != market.Live {
					t.Errorf("state %v", s.Status.State)
				}
				n := ex.since(began, func(r request) bool { return r.kind == askOpenInterest && r.symbol == "C007USDT" })
				if n > 75 {
					t.Errorf("the bad contract was asked %d times in five minutes", n)
				}
				ex.set(func() { ex.fault = nil })
				until(t, f, 8*time.Second, "good row", func(s *market.Snapshot) bool { return s.Quote("C007USDT").Problem == nil })
			})
		})
	}
}

// The history route fails by itself: open interest goes on.
func TestHistoryDownIsNotTheEnd(t *testing.T) {
	ex := newFakeExchange(200)
	ex.fault = func(ctx context.Context, k kind, symbol string) error {
		if k == askHistory {
			return failing(market.ExchangeDown)(ctx, k, symbol)
		}
		return nil
	}
	world(t, ex, func(t *testing.T, f *Feed) {
		s := until(t, f, 10*time.Second, "all open interest", func(s *market.Snapshot) bool {
			return s.Status.Total > 0 && !slices.ContainsFunc(s.Quotes, func(q *market.Quote) bool { return !market.Known(q.Contracts()) })
		})
		s = until(t, f, 5*time.Second, "state live", inState(market.Live))
		if s.Status.Ready != 0 {
			t.Errorf("state %v, %d ready", s.Status.State, s.Status.Ready)
		}
		pass(time.Minute)
		asked := time.Now()
		pass(time.Minute)
		if n := ex.since(asked, ofKind(askHistory)); n > 80 {
			t.Errorf("%d history requests a minute to a route that is down", n)
		}
		ex.set(func() { ex.fault = nil })
		until(t, f, 15*time.Second, "full table", full)
	})
}

// Patience with single contracts ends with an outage of everything: once the
// line is back, all is asked at once.
func TestAfterAnOutageEverythingResumesAtOnce(t *testing.T) {
	ex := newFakeExchange(100)
	ex.fault = func(ctx context.Context, k kind, symbol string) error {
		if k == askHistory {
			return failing(market.BadAnswer)(ctx, k, symbol)
		}
		return nil
	}
	world(t, ex, func(t *testing.T, f *Feed) {
		pass(3 * time.Minute)
		ex.set(func() { ex.fault = failing(market.Unreachable) })
		until(t, f, 5*time.Second, "state down", inState(market.Offline))
		ex.set(func() { ex.fault = nil })
		until(t, f, 8*time.Second, "state live", inState(market.Live))
		until(t, f, 3*time.Second, "full table", full)
	})
}

// The time of a route that rests may pass during an outage, in which it is not
// tried: it is not told any more then.
func TestNoTimeIsToldThatHasPassed(t *testing.T) {
	ex := newFakeExchange(100)
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 4*time.Second, "full table", full)
		ex.set(func() {
			ex.fault = func(ctx context.Context, k kind, symbol string) error {
				if k == askHistory || k == askFunding {
					return failing(market.RefusedFirewall)(ctx, k, symbol)
				}
				return nil
			}
		})
		until(t, f, 15*time.Minute, "refused route", func(s *market.Snapshot) bool { return len(s.Status.Partial) > 0 })
		ex.set(func() { ex.fault = failing(market.Unreachable) })
		until(t, f, 5*time.Second, "state down", inState(market.Offline))
		pass(time.Minute)
		ex.set(func() { ex.fault = nil })
		s := until(t, f, 8*time.Second, "state live", inState(market.Live))
		for _, p := range s.Status.Partial {
			if !p.Until.IsZero() && !p.Until.After(s.Time) {
				t.Errorf("at %v the next try of %s is told for %v", s.Time, p.Route, p.Until)
			}
		}
		if len(s.Status.Partial) == 0 {
			t.Error("nothing rests any more: this test tests nothing")
		}
	})
}

func TestRunEndsWithEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ex := newFakeExchange(50)
		ctx, stop := context.WithCancel(t.Context())
		f := New(Options{Exchange: ex})
		ended := make(chan error)
		go func() { ended <- f.Run(ctx) }()
		until(t, f, 4*time.Second, "full table", full)
		ex.set(func() { ex.fault = hang })
		pass(3 * time.Second) // requests hang as the feed is stopped
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run returned %v", err)
		}
		if err := f.Run(t.Context()); !errors.Is(err, ErrEnded) {
			t.Errorf("a second Run returned %v", err)
		}
		if _, err := f.Load(t.Context(), "C001USDT", market.Range7d); !errors.Is(err, ErrEnded) {
			t.Errorf("Load after the end returned %v", err)
		}
	})
}
