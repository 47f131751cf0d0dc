package feed

import (
	"errors"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/market"
	"openinterest/data/recorder/storetest"
)

// forced has the exchange push a liquidation that traded just now, and returns it.
func force(ex *fakeExchange, symbol string, long bool, usd float64) market.Liquidation {
	l := market.Liquidation{Symbol: symbol, Long: long, Price: 2, Contracts: usd / 2, Time: ex.Now().UTC()}
	ex.forced() <- forcedOrSign{forced: &l}
	return l
}

// live is a sign of life, as a ping is one.
func live(ex *fakeExchange) { ex.forced() <- forcedOrSign{} }

// listen keeps the connection alive for a while.
func listen(ex *fakeExchange, d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		pass(min(15*time.Second, time.Until(end)))
		live(ex)
	}
	pass(2 * time.Second)
}

func seenOf(f *Feed, symbol string) market.LiquidationsSeen {
	return f.Snapshot().Quote(symbol).Liquidations
}

func TestLiquidationsAreSummedUpOverAnHourAndADay(t *testing.T) {
	ex := newFakeExchange(5)
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 4*time.Second, "full table", full)
		listen(ex, time.Minute)
		if s := seenOf(f, "C001USDT"); s.Hour.Count != 0 || s.Hour.Listened < 50*time.Second || s.Hour.Listened > 75*time.Second || s.Received.IsZero() {
			t.Fatalf("before the first: %+v", s)
		}
		first := force(ex, "C001USDT", true, 1000)
		force(ex, "C002USDT", false, 70)
		force(ex, "BTCUSD_PERP", true, 1e6) // not ours
		ex.forced() <- forcedOrSign{forced: &first}
		pass(30 * time.Minute)
		force(ex, "C001USDT", true, 500)
		force(ex, "C001USDT", false, 40)
		pass(2 * time.Second)
		q := f.Snapshot().Quote("C001USDT")
		if got := q.Liquidations.Hour; got.Longs != 1500 || got.Shorts != 40 || got.Count != 3 {
			t.Errorf("in an hour: %+v", got)
		}
		if q.LiquidatedUSD(market.Window1h, true) != 1500 || q.LiquidatedUSD(market.Window24h, false) != 40 || f.Snapshot().Quote("C003USDT").LiquidatedUSD(market.Window1h, true) != 0 {
			t.Error("what was seen is not what the numbers say")
		}
		if got, listened := f.Liquidations("C001USDT", 0, 1<<60); len(got) != 3 || !slices.IsSortedFunc(got, func(a, b market.Liquidation) int { return a.Time.Compare(b.Time) }) || len(listened) != 1 {
			t.Errorf("seen %v, listened %v", got, listened)
		}
		news, mark := f.LiquidationsAfter(0)
		force(ex, "C004USDT", true, 1)
		pass(time.Second)
		if more, _ := f.LiquidationsAfter(mark); len(news) != 4 || len(more) != 1 || more[0].Symbol != "C004USDT" {
			t.Errorf("news %v, then %v", news, more)
		}
		pass(29*time.Minute + 55*time.Second - 3*time.Second)
		if got := seenOf(f, "C001USDT").Hour; got.Count != 3 {
			t.Errorf("before the hour is over: %+v", got)
		}
		pass(10 * time.Second) // the first leaves by itself
		if got := seenOf(f, "C001USDT"); got.Hour.Longs != 500 || got.Hour.Count != 2 || got.Day.Longs != 1500 {
			t.Errorf("an hour later: %+v", got)
		}
	})
}

// What no position in the contract can be is a fault at the other end: it would stand
// in the sums for a day, and in what is kept.
func TestLiquidationsThatCannotBeAreDropped(t *testing.T) {
	ex := newFakeExchange(5)
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 10*time.Second, "mark prices", func(s *market.Snapshot) bool { return full(s) && s.Quote("C001USDT").Mark.Price > 0 })
		q := f.Snapshot().Quote("C001USDT")
		open, price := q.OpenInterest.Contracts, q.Mark.Price
		push := func(contracts, at float64) {
			l := market.Liquidation{Symbol: "C001USDT", Long: true, Price: at, Contracts: contracts, Time: ex.Now().UTC()}
			ex.forced() <- forcedOrSign{forced: &l}
			pass(time.Second)
		}
		push(1, price)
		push(20*open, price)
		push(1e15, price)
		push(1, 20*price)
		push(1, price/20)
		push(open, price)
		push(1, 5*price)
		pass(2 * time.Second)
		if got, want := seenOf(f, "C001USDT").Hour, (6+open)*price; got.Count != 3 || math.Abs(got.Longs-want) > 1e-9*want {
			t.Errorf("%+v, want 3 of %g", got, want)
		}
	})
}

// While the exchange's list is missing, liquidations wait for it. Nobody may be told
// meanwhile that somebody listened, which would say that none was seen; nor may the
// recorder, as the clock is not known yet, either. Once the clock was corrected, the
// recorder is told of the whole run anew.
func TestListeningCountsOnceTheListHasCome(t *testing.T) {
	l, table, wall := newLiquidations(time.Now()), newTable(), time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	look := func(after time.Duration) time.Time {
		l.alive()
		l.lives[len(l.lives)-1].to = after
		l.take(instant{after, wall.Add(after)}, table)
		return wall.Add(after)
	}
	l.connection = 1
	for i := range 30 {
		look(time.Duration(i) * time.Second)
	}
	hour, _, until := l.listened(wall.Add(30 * time.Second))
	if seen, spans := l.unwritten(); hour != 0 || !until.IsZero() || len(seen)+len(spans)+len(l.all()) != 0 {
		t.Errorf("without a list: listened for %v until %v, told the recorder of %v", hour, until, spans)
	}
	table.listed = 1
	now := look(30 * time.Second)
	hour, _, _ = l.listened(now)
	if _, spans := l.unwritten(); hour != 30*time.Second || len(spans) != 1 || spans[0].To-spans[0].From != 30_000 {
		t.Errorf("with a list: listened for %v, told the recorder of %v", hour, spans)
	}
	if _, spans := l.unwritten(); len(spans) != 0 {
		t.Errorf("told twice: %v", spans)
	}
	l.shift(5 * time.Hour)
	want := market.Span{From: wall.Add(5 * time.Hour).UnixMilli(), To: now.Add(5 * time.Hour).UnixMilli()}
	if _, spans := l.unwritten(); !slices.Equal(spans, []market.Span{want}) {
		t.Errorf("after a correction: told the recorder of %v, want %v", spans, want)
	}
}

// A sum is exact at every moment: of what lies within its window then, whatever came
// in which order.
func TestSumsAreOfWhatLiesWithinTheirWindow(t *testing.T) {
	h, now := newHeard(), time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	var all []market.Liquidation
	naive := func(within time.Duration, at time.Time) (s market.Liquidated) {
		for _, l := range all {
			switch {
			case !l.Time.After(at.Add(-within)):
			case l.Long:
				s.Longs, s.Count = s.Longs+l.USD(), s.Count+1
			default:
				s.Shorts, s.Count = s.Shorts+l.USD(), s.Count+1
			}
		}
		return s
	}
	due := now
	for i := range 4000 {
		now = now.Add(time.Duration(i*7919%97) * time.Second)
		if i%3 == 0 {
			l := market.Liquidation{Symbol: "A", Long: i%2 == 0, Price: 0.1, Contracts: float64(i%13 + 1), Time: now.Add(-time.Duration(i*31%50) * time.Second)}
			if h.add(l) {
				all = append(all, l)
				due = time.Time{}
			}
			if h.add(l) {
				t.Fatal("the same is news twice")
			}
		}
		if due.After(now) {
			continue
		}
		due = h.contracts["A"].advance(now)
		got := h.contracts["A"].sums
		for w, sums := range map[time.Duration]market.Liquidated{time.Hour: got.Hour, 24 * time.Hour: got.Day} {
			want := naive(w, now)
			if sums.Count != want.Count || math.Abs(sums.Longs-want.Longs)+math.Abs(sums.Shorts-want.Shorts) > 1e-9 {
				t.Fatalf("over %v at step %d: %+v, want %+v", w, i, sums, want)
			}
		}
		if !due.After(now) {
			t.Fatalf("the next change is at %v, and it is %v", due, now)
		}
	}
	if naive(24*time.Hour, now).Count == len(all) {
		t.Error("nothing has left")
	}
}

// We have listened until the last sign of life of a connection that broke, and again
// from when the next one was open.
func TestListeningEndsWithTheLastSignOfLife(t *testing.T) {
	ex := newFakeExchange(3)
	world(t, ex, func(t *testing.T, f *Feed) {
		began := time.Now()
		until(t, f, 4*time.Second, "full table", full)
		listen(ex, 10*time.Minute)
		last := time.Since(began) - 2*time.Second
		pass(3 * time.Minute) // nothing, and then it turns out to be dead
		ex.set(func() { ex.deaf = true })
		ex.forced() <- forcedOrSign{end: errors.New("broken")}
		s := until(t, f, 10*time.Second, "problem", func(s *market.Snapshot) bool { return len(s.Status.Partial) > 0 })
		if p := s.Status.Partial[0]; p.Route != market.RouteLiquidations || p.Kind != market.RefusedLocation || s.Status.State != market.Live {
			t.Errorf("said is %v", p)
		}
		pass(5 * time.Minute)
		got := seenOf(f, "C001USDT")
		if d := got.Hour.Listened - last; d.Abs() > time.Second {
			t.Errorf("listened for %v, want %v", got.Hour.Listened, last)
		}
		if age := ex.Now().Sub(got.Received); age < 8*time.Minute || age > 9*time.Minute {
			t.Errorf("received %v ago", age)
		}
		ex.set(func() { ex.deaf = false })
		f.Retry()
		until(t, f, 2*time.Second, "recovery", func(s *market.Snapshot) bool { return len(s.Status.Partial) == 0 })
		listen(ex, time.Minute)
		if _, spans := f.Liquidations("", 0, 1<<60); len(spans) != 2 {
			t.Errorf("spans %v", spans)
		}
		if more := seenOf(f, "C001USDT").Hour.Listened - got.Hour.Listened; more < 55*time.Second || more > 75*time.Second {
			t.Errorf("%v more were listened to, want a minute", more)
		}
		pass(59 * time.Minute) // what was listened to leaves the hour as well
		if left := seenOf(f, "C001USDT").Hour.Listened; left > 3*time.Minute {
			t.Errorf("of the last hour %v were listened to", left)
		}
		pass(3 * time.Minute)
		if q := f.Snapshot().Quote("C001USDT"); market.Known(q.LiquidatedUSD(market.Window1h, true)) || !market.Known(q.LiquidatedUSD(market.Window24h, true)) {
			t.Errorf("nobody listened for an hour, and it says %+v", q.Liquidations)
		}
	})
}

// A connection that breaks is made again within seconds.
func TestAConnectionForLiquidationsIsMadeAgainSoon(t *testing.T) {
	ex := newFakeExchange(3)
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 4*time.Second, "full table", full)
		for range 10 {
			ex.set(func() { ex.listeners = 0 })
			ex.forced() <- forcedOrSign{end: errors.New("broken")}
			pass(6 * time.Second)
			ex.set(func() {
				if ex.listeners == 0 {
					t.Error("after six seconds nobody listens")
				}
			})
		}
	})
}

// Nobody listens while the machine sleeps, and the spans move with the exchange's
// clock where that was wrong. The times of liquidations are the exchange's own.
func TestListeningKnowsOfSleepAndOfTheClock(t *testing.T) {
	ex := newFakeExchange(3)
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 4*time.Second, "full table", full)
		listen(ex, 2*time.Minute)
		before := seenOf(f, "C001USDT").Day.Listened
		ex.set(func() { ex.offset += 3 * time.Hour }) // asleep
		pass(3 * time.Second)
		listen(ex, time.Minute)
		_, spans := f.Liquidations("", 0, 1<<60)
		if len(spans) != 2 || spans[1].From-spans[0].To < (3*time.Hour-5*time.Second).Milliseconds() {
			t.Errorf("a sleep of three hours lies between %v", spans)
		}
		if more := seenOf(f, "C001USDT").Day.Listened - before; more < 50*time.Second || more > 75*time.Second {
			t.Errorf("%v were listened to since, want a minute", more)
		}
		const by = -5 * time.Hour
		ex.set(func() { ex.offset, ex.corrections = ex.offset+by, by })
		l := force(ex, "C001USDT", true, 10)
		pass(2 * time.Second)
		seen, moved := f.Liquidations("C001USDT", 0, 1<<60)
		if len(moved) != 2 || moved[0].From != spans[0].From+by.Milliseconds() || len(seen) != 1 || !seen[0].Time.Equal(l.Time) {
			t.Errorf("spans %v became %v, seen %v", spans, moved, seen)
		}
		if s := seenOf(f, "C001USDT"); s.Hour.Longs != 10 || s.Received.Sub(ex.Now()).Abs() > 20*time.Second {
			t.Errorf("%+v at %v", s, ex.Now())
		}
	})
}

// What an earlier run has seen counts in the next, with the spans of it.
func TestLiquidationsOutliveTheProgram(t *testing.T) {
	ex, m := newFakeExchange(10), storetest.New()
	synctest.Test(t, func(t *testing.T) {
		run(t, ex, m, func(f *Feed) {
			untilFull(t, f)
			listen(ex, 10*time.Minute)
			force(ex, "C001USDT", true, 300)
			pass(3 * time.Second)
		})
		if len(m.Seen) != 1 || len(m.Heard) != 1 {
			t.Fatalf("kept are %v and %v", m.Seen, m.Heard)
		}
		pass(20 * time.Minute)
		run(t, ex, m, func(f *Feed) {
			untilFull(t, f)
			force(ex, "C001USDT", true, 50)
			listen(ex, time.Minute)
			s := seenOf(f, "C001USDT")
			if s.Hour.Longs != 350 || s.Hour.Listened < 10*time.Minute || s.Hour.Listened > 12*time.Minute {
				t.Errorf("after the restart %+v", s)
			}
			if news, _ := f.LiquidationsAfter(0); len(news) != 1 {
				t.Errorf("what an earlier run saw is no news: %v", news)
			}
		})
		if len(m.Seen) != 2 || len(m.Heard) != 2 {
			t.Errorf("kept are %v and %v", m.Seen, m.Heard)
		}
		run(t, withAnotherMarket(ex), m, func(f *Feed) {
			untilFull(t, f)
			pass(5 * time.Second)
			if s := seenOf(f, "C001USDT"); s.Day.Count != 0 {
				t.Errorf("another market's liquidations: %+v", s)
			}
		})
	})
}

func withAnotherMarket(*fakeExchange) *fakeExchange {
	other := newFakeExchange(10)
	other.larger = 7
	return other
}
