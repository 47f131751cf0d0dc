package feed

import (
	"context"
	"slices"
	"testing"
	"time"

	"openinterest/data/market"
)

func TestListingsAppearAndDelistingsLeaveWithANotice(t *testing.T) {
	ex := newFakeExchange(10)
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 4*time.Second, "full table", full)
		if n := f.Snapshot().Notices; len(n) != 0 {
			t.Errorf("the first list is news: %v", n)
		}
		ex.set(func() { ex.symbols = append(ex.symbols[1:len(ex.symbols):len(ex.symbols)], "币安人生USDT") })
		s := until(t, f, 11*time.Minute, "new contract", func(s *market.Snapshot) bool { return s.Quote("币安人生USDT") != nil })
		if s.Quote("C000USDT") == nil {
			t.Error("one list is enough to give a contract up")
		}
		s = until(t, f, 10*time.Second, "delisting", func(s *market.Snapshot) bool { return s.Quote("C000USDT") == nil })
		if len(s.Quotes) != 10 {
			t.Errorf("%d quotes", len(s.Quotes))
		}
		got := map[string]market.NoticeKind{}
		for _, n := range s.Notices {
			got[n.Symbol] = n.Kind
		}
		if len(got) != 2 || got["C000USDT"] != market.Delisted || got["币安人生USDT"] != market.Listed {
			t.Errorf("notices %v", s.Notices)
		}
		until(t, f, 5*time.Second, "full table", full)
	})
}

func TestASuspiciousListOfContractsIsNotBelieved(t *testing.T) {
	for name, list := range map[string][]string{"empty": nil, "less than half": {"C001USDT", "C002USDT"}} {
		t.Run(name, func(t *testing.T) {
			ex := newFakeExchange(10)
			world(t, ex, func(t *testing.T, f *Feed) {
				until(t, f, 4*time.Second, "full table", full)
				ex.set(func() { ex.distrust, ex.listed = true, list })
				s := until(t, f, 11*time.Minute, "problem", func(s *market.Snapshot) bool { return len(s.Status.Partial) > 0 })
				if len(s.Quotes) != 10 || s.Status.State != market.Live || s.Status.Partial[0].Kind != market.BadAnswer {
					t.Errorf("%d quotes, state %v, problem %v", len(s.Quotes), s.Status.State, s.Status.Partial)
				}
			})
		})
	}
}

// A contract that the exchange does not know is asked again every few seconds,
// as any that fails, and the list is looked at sooner for it.
func TestAnUnknownContractIsAskedAgainWhenTheListStillHasIt(t *testing.T) {
	ex := newFakeExchange(10)
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 4*time.Second, "full table", full)
		ex.set(func() {
			ex.fault = func(ctx context.Context, k kind, symbol string) error {
				if symbol == "C003USDT" {
					return failing(market.UnknownSymbol)(ctx, k, symbol)
				}
				return nil
			}
		})
		began := time.Now()
		until(t, f, 10*time.Second, "problem", func(s *market.Snapshot) bool { return s.Quote("C003USDT").Problem != nil })
		pass(50 * time.Second)
		if n := ex.since(began, func(r request) bool { return r.symbol == "C003USDT" && r.kind == askOpenInterest }); n < 8 || n > 20 {
			t.Errorf("asked %d times in a minute", n)
		}
		ex.set(func() { ex.fault = nil })
		until(t, f, 8*time.Second, "good row", func(s *market.Snapshot) bool { return s.Quote("C003USDT").Problem == nil })
	})
}

func TestUnknownFundingTermsStayUnknown(t *testing.T) {
	ex := newFakeExchange(5)
	ex.fault = func(ctx context.Context, k kind, symbol string) error {
		if k == askFunding {
			return failing(market.BadAnswer)(ctx, k, symbol)
		}
		return nil
	}
	world(t, ex, func(t *testing.T, f *Feed) {
		s := until(t, f, 4*time.Second, "full table", full)
		if q := s.Quote("C002USDT"); q.Funding.IntervalHours != 0 || market.Known(q.FundingAPR()) {
			t.Errorf("interval %d h, APR %v: nobody told", q.Funding.IntervalHours, q.FundingAPR())
		}
		s = until(t, f, 5*time.Second, "problem", func(s *market.Snapshot) bool { return len(s.Status.Partial) > 0 })
		if s.Status.State != market.Live || s.Status.Partial[0].Route != market.RouteFunding {
			t.Errorf("state %v with problem %v", s.Status.State, s.Status.Partial)
		}
		ex.set(func() { ex.fault = nil })
		s = until(t, f, time.Minute, "terms", func(s *market.Snapshot) bool { return s.Quote("C002USDT").Funding.IntervalHours == 8 })
		if s.Quote("C001USDT").Funding.IntervalHours != 4 {
			t.Errorf("adjusted terms %+v", s.Quote("C001USDT").Funding)
		}
	})
}

func TestASilentStreamIsReplacedByRestAndReconnected(t *testing.T) {
	ex := newFakeExchange(5)
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 5*time.Second, "stream", func(s *market.Snapshot) bool { return s.Status.StreamLive })
		healthy := time.Now()
		pass(5 * time.Minute)
		if n := ex.since(healthy, ofKind(askMarks)); n > 1 {
			t.Errorf("%d mark prices asked by REST while the stream lives", n)
		}
		ex.set(func() { ex.streaming = false })
		silent := time.Now()
		s := until(t, f, 6*time.Second, "notice of silence", func(s *market.Snapshot) bool { return !s.Status.StreamLive })
		if s.Status.State != market.Live {
			t.Errorf("state %v: open interest is fine", s.Status.State)
		}
		until(t, f, 5*time.Second, "price by REST", func(s *market.Snapshot) bool { return s.Quote("C001USDT").Price() == 2 })
		pass(time.Minute)
		if n := ex.since(silent, ofKind(askMarks)); n < 10 || n > 14 {
			t.Errorf("%d mark prices by REST in a good minute, want one each 5 s", n)
		}
		ex.set(func() { ex.streaming = true })
		until(t, f, 70*time.Second, "stream", func(s *market.Snapshot) bool { return s.Status.StreamLive })
	})
	if len(ex.connects) < 2 {
		t.Error("a stuck connection was not given up")
	}
}

// A small table is full before the first prices are pushed: the stream is not
// down then, but is being connected.
func TestAStreamThatIsBeingConnectedIsNotDown(t *testing.T) {
	world(t, newFakeExchange(5), func(t *testing.T, f *Feed) {
		until(t, f, 2*time.Second, "state live", inState(market.Live))
		for range 50 {
			if s := f.Snapshot().Status; !s.StreamLive || len(s.Partial) > 0 {
				t.Fatalf("stream live %v, what fails: %v", s.StreamLive, s.Partial)
			}
			pass(200 * time.Millisecond)
		}
	})
}

func TestAStreamThatFailsIsTriedEveryFewSeconds(t *testing.T) {
	ex := newFakeExchange(5)
	ex.streamRefus = true
	world(t, ex, func(t *testing.T, f *Feed) {
		pass(10 * time.Minute)
		s := f.Snapshot()
		if s.Status.StreamLive || len(s.Status.Partial) != 1 || s.Status.Partial[0].Route != market.RouteStream || s.Status.State != market.Live || s.Quote("C001USDT").Price() != 2 {
			t.Errorf("status %+v, price %v", s.Status, s.Quote("C001USDT").Price())
		}
	})
	// 1, 2, 4, 5, 5 … s, each ± 20 %
	if n := len(ex.connects); n < 100 || n > 160 {
		t.Errorf("%d attempts in ten minutes", n)
	}
	gaps := []time.Duration{}
	for i := 1; i < len(ex.connects); i++ {
		gaps = append(gaps, ex.connects[i].Sub(ex.connects[i-1]))
	}
	if gaps[0] > 1300*time.Millisecond || slices.Max(gaps) > 6100*time.Millisecond {
		t.Errorf("attempts apart by %v", gaps)
	}
}

// As a stamp closes, the last answer before it stands in until the exchange
// publishes its own.
func TestLivePointsStandInForStampsNotPublishedYet(t *testing.T) {
	ex := newFakeExchange(20)
	world(t, ex, func(t *testing.T, f *Feed) {
		start := time.Now() // synctest starts at midnight
		pass(5*time.Minute + 2*time.Second)
		stamp := start.Add(5 * time.Minute).UnixMilli()
		s := f.Snapshot()
		for _, q := range s.Quotes {
			p, ok := q.History.At(stamp)
			if !ok || p.Contracts != 1000 || p.Price != 3 || q.History.Official >= stamp {
				t.Fatalf("%s: point %+v at the stamp, official until %d", q.Contract.Symbol, p, q.History.Official)
			}
			if got := q.OpenInterestChange(market.Window5m); market.Known(got) {
				t.Errorf("%s: change over 5 min is %v, but the stamp at 00:00 is not known", q.Contract.Symbol, got)
			}
		}
		pass(5*time.Minute + 6*time.Second)
		if got := f.Snapshot().Quote("C001USDT").OpenInterestChange(market.Window5m); got != 0 {
			t.Errorf("change over 5 min is %v, want 0 from the live point", got)
		}
		s = until(t, f, 10*time.Minute, "official stamp", func(s *market.Snapshot) bool {
			return !slices.ContainsFunc(s.Quotes, func(q *market.Quote) bool { return q.History.Official < stamp })
		})
		q := s.Quote("C001USDT")
		if p, _ := q.History.At(stamp); p.Contracts != 900 || p.Price != 2 {
			t.Errorf("the official point is %+v, want the exchange's 900 at 2", p)
		}
		if last, _ := q.History.Last(); last.Time <= q.History.Official || last.Contracts != 1000 {
			t.Errorf("the newest point %+v is not live", last)
		}
	})
}

func TestAWrongClockOfThisMachineDoesNotMatter(t *testing.T) {
	ex := newFakeExchange(20)
	ex.offset = -7 * time.Hour
	world(t, ex, func(t *testing.T, f *Feed) {
		s := until(t, f, 4*time.Second, "full table", full)
		if age, _ := s.Quote("C001USDT").Age(ex.Now()); age > 5*time.Second || s.Time.Sub(ex.Now()).Abs() > 5*time.Second {
			t.Errorf("age %v, snapshot of %v at %v", age, s.Time, ex.Now())
		}
		if !market.Known(s.Quote("C001USDT").OpenInterestChange(market.Window1h)) {
			t.Error("change over 1 h is unknown")
		}
		pass(30 * time.Second)
		for _, offset := range []time.Duration{0, -3 * time.Hour} { // set while it runs, ahead and back
			ex.set(func() { ex.offset = offset })
			pass(8 * time.Second)
			s = f.Snapshot()
			q := s.Quote("C001USDT")
			if age, _ := q.Age(s.Time); age > 6*time.Second || s.Status.State != market.Live {
				t.Errorf("after the clock was set: age %v, state %v", age, s.Status.State)
			}
			if off := s.Time.Sub(q.Mark.Received).Abs(); off > 3*time.Second {
				t.Errorf("after the clock was set the price is %v off", off)
			}
		}
	})
}

// The machine sleeps: the exchange's clock runs on, the monotonic one does not.
func TestAfterSleepEverythingIsFreshAndTheHoleIsFilled(t *testing.T) {
	ex := newFakeExchange(517)
	world(t, ex, func(t *testing.T, f *Feed) {
		f.Attend(Attention{Visible: []string{"C400USDT", "C401USDT"}})
		until(t, f, 4*time.Second, "full table", full)
		pass(time.Minute)
		ex.set(func() { ex.offset += 5 * time.Hour })
		pass(1500 * time.Millisecond)
		s := f.Snapshot()
		if age, _ := s.Quote("C400USDT").Age(s.Time); age > 2*time.Second {
			t.Errorf("1.5 s after waking a visible row is %v old", age)
		}
		worst := 0
		for range 180 {
			pass(time.Second)
			worst = max(worst, ex.spent(time.Minute, weightOf))
		}
		if n := ex.spent(5*time.Minute, historyCost); worst > 1920 || n > 900 {
			t.Errorf("%d weight in a minute, %d histories in five", worst, n)
		}
		s = f.Snapshot()
		for _, q := range s.Quotes {
			if !market.Known(q.OpenInterestChange(market.Window1h)) {
				t.Fatalf("%s: change over 1 h is unknown three minutes after waking", q.Contract.Symbol)
			}
		}
	})
}

// A process that was stopped is told so by no clock: all of them went on.
func TestAfterTheProcessStoodStillEverythingIsFresh(t *testing.T) {
	ex := newFakeExchange(517)
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 4*time.Second, "full table", full)
		pass(30 * time.Second)
		ex.set(func() { ex.stopped = time.Minute })
		pass(time.Minute + 10*time.Second)
		s := f.Snapshot()
		for _, q := range s.Quotes {
			if age, _ := q.Age(s.Time); age > 12*time.Second {
				t.Fatalf("%s is %v old ten seconds after", q.Contract.Symbol, age)
			}
		}
	})
}

func TestAttentionIsPublishedPromptly(t *testing.T) {
	ex := newFakeExchange(517)
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 4*time.Second, "full table", full)
		pass(30 * time.Second)
		f.Attend(Attention{Visible: []string{"C516USDT"}})
		until(t, f, time.Second, "fresh row", func(s *market.Snapshot) bool {
			age, _ := s.Quote("C516USDT").Age(s.Time)
			return age < 500*time.Millisecond
		})
	})
}

func TestSteadyStatePublishesOnceASecond(t *testing.T) {
	ex := newFakeExchange(517)
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 4*time.Second, "full table", full)
		pass(10 * time.Second)
		before := f.Snapshot().Sequence
		pass(30 * time.Second)
		if n := f.Snapshot().Sequence - before; n < 28 || n > 35 {
			t.Errorf("%d snapshots in half a minute, want about 30", n)
		}
	})
}

// A stamp that closes while only open interest is in a new unit gets no live
// point: it would be of two units, and stay for ever.
func TestNoPointOfTwoUnitsIsTaken(t *testing.T) {
	ex := newFakeExchange(3)
	ex.level = 900                                // as its history has it
	ex.late, ex.streaming = 30*time.Second, false // the prices of its stream are others
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 4*time.Second, "full table", full)
		ex.set(func() { ex.level, ex.late = 90_000, time.Hour })
		s := until(t, f, time.Minute, "unclear unit", func(s *market.Snapshot) bool { return s.Quotes[0].UnitUnclear() })
		if market.Known(s.Quotes[0].OpenInterestUSD()) {
			t.Errorf("%v USD are in two units", s.Quotes[0].OpenInterestUSD())
		}
		for range 90 { // of five seconds: two stamps close
			pass(5 * time.Second)
			for _, q := range f.Snapshot().Quotes {
				if last, _ := q.History.Last(); last.Contracts != 900 {
					t.Fatalf("%s has a point of %v contracts at %v USD", q.Contract.Symbol, last.Contracts, last.Price)
				}
			}
		}
	})
}
