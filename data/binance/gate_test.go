package binance

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/market"
)

// testGate is a gate on the test's clock.
func testGate() *gate { return newGate(time.Now, time.Now) }

var (
	light   = cost{weight: 1}
	history = cost{weight: 1, lane: historyLane}
	funding = cost{lane: fundingLane}
	heavy   = cost{weight: 40}
)

func enter(t *testing.T, g *gate, c cost) *pass {
	t.Helper()
	p, err := g.enter(t.Context(), c)
	if err != nil {
		t.Fatalf("enter: %v", err)
	}
	return p
}

// spendAll makes n requests of a cost that are answered at once.
func spendAll(t *testing.T, g *gate, c cost, n int) {
	t.Helper()
	for range n {
		enter(t, g, c).leave(outcome{used: -1, answered: true})
	}
}

// waiting starts a request and returns a function that tells whether it was
// let go.
func waiting(ctx context.Context, g *gate, c cost) func() (*pass, error, bool) {
	type result struct {
		p   *pass
		err error
	}
	done := make(chan result, 1)
	go func() {
		p, err := g.enter(ctx, c)
		done <- result{p, err}
	}()
	return func() (*pass, error, bool) {
		synctest.Wait()
		select {
		case r := <-done:
			return r.p, r.err, true
		default:
			return nil, nil, false
		}
	}
}

// arrival is one request as the exchange sees it.
type arrival struct {
	at   time.Time
	cost cost
}

// No matter how requests arrive and how long each is on its way, whoever
// counts them at the exchange never sees more than allowed in any span.
func TestGateNeverExceedsRollingLimits(t *testing.T) {
	for name, mix := range map[string][]cost{
		"weight":  {light, light, light, light, history, funding, heavy},
		"history": {history, history, history, light},
		"funding": {funding, funding, funding, history, light},
	} {
		for seed := range uint64(4) {
			t.Run(name+strconv.FormatUint(seed, 10), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					arrivals := crowd(t, rand.New(rand.NewPCG(seed, 1)), mix, 5000)
					neverMore(t, name == "weight", arrivals, weightSpan, allowedWeight(maxWeight), func(c cost) int { return c.weight })
					neverMore(t, name == "history", arrivals, bucketSpan, maxHistory, inLane(historyLane))
					neverMore(t, name == "funding", arrivals, bucketSpan, maxFunding, inLane(fundingLane))
				})
			})
		}
	}
}

func inLane(l lane) func(cost) int {
	return func(c cost) int {
		if c.lane == l {
			return 1
		}
		return 0
	}
}

// crowd sends n requests through a gate, in bursts, each answered after its
// own latency, and returns when each arrived at the exchange.
func crowd(t *testing.T, r *rand.Rand, mix []cost, n int) []arrival {
	g := testGate()
	var mu sync.Mutex
	var arrivals []arrival
	var all sync.WaitGroup
	for range n {
		if r.IntN(50) == 0 {
			time.Sleep(time.Duration(r.Int64N(int64(20 * time.Second))))
		}
		c := mix[r.IntN(len(mix))]
		there := time.Duration(r.ExpFloat64() * float64(300*time.Millisecond))
		back := time.Duration(r.ExpFloat64() * float64(300*time.Millisecond))
		all.Go(func() {
			p, err := g.enter(t.Context(), c)
			if err != nil {
				t.Error(err)
				return
			}
			time.Sleep(there)
			mu.Lock()
			arrivals = append(arrivals, arrival{time.Now(), c})
			mu.Unlock()
			time.Sleep(back)
			p.leave(outcome{used: -1, answered: true})
		})
	}
	all.Wait()
	if len(arrivals) != n {
		t.Errorf("%d of %d requests were let go", len(arrivals), n)
	}
	return arrivals
}

// neverMore checks every span that ends with an arrival; no other can hold
// more. pressed tells that requests were so many that the limit was all used.
func neverMore(t *testing.T, pressed bool, arrivals []arrival, span time.Duration, most int, amount func(cost) int) {
	t.Helper()
	sum, first, peak := 0, 0, 0
	for _, a := range arrivals {
		sum += amount(a.cost)
		for a.at.Sub(arrivals[first].at) > span {
			sum -= amount(arrivals[first].cost)
			first++
		}
		peak = max(peak, sum)
	}
	if peak > most {
		t.Errorf("%d spent in %s, %d are allowed", peak, span, most)
	}
	if pressed && peak < most*9/10 {
		t.Errorf("only %d of %d were ever used in %s", peak, most, span)
	}
}

func TestGateUsesAllThatIsAllowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate()
		start := time.Now()
		spendAll(t, g, light, 1920)
		if d := time.Since(start); d != 0 {
			t.Errorf("the first 1920 took %s, want no wait", d)
		}
		spendAll(t, g, light, 1)
		if d := time.Since(start); d < time.Minute || d > time.Minute+10*time.Millisecond {
			t.Errorf("the next went after %s, want just over a minute", d)
		}
	})
}

func TestGateLetsGoInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate()
		spendAll(t, g, light, 1900)
		big := waiting(t.Context(), g, heavy)
		if _, _, gone := big(); gone {
			t.Fatal("40 went where 20 were left")
		}
		small := waiting(t.Context(), g, light)
		if _, _, gone := small(); gone {
			t.Fatal("a light request overtook the one before it, which could starve")
		}
		time.Sleep(time.Minute + time.Second)
		if _, _, gone := big(); !gone {
			t.Error("the first was not let go after a minute")
		}
		if _, _, gone := small(); !gone {
			t.Error("the second was not let go after a minute")
		}
	})
}

func TestGateFullLaneHoldsUpOnlyItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate()
		spendAll(t, g, history, maxHistory)
		stuck := waiting(t.Context(), g, history)
		if _, _, gone := stuck(); gone {
			t.Fatal("one more than allowed was let go")
		}
		if _, _, gone := waiting(t.Context(), g, light)(); !gone {
			t.Error("a request of no lane waits behind the full lane")
		}
		if _, _, gone := waiting(t.Context(), g, funding)(); !gone {
			t.Error("a request of another lane waits behind the full lane")
		}
		if b := g.budget(); b.HistoryUsed != 900 || b.HistoryAllowed != 900 {
			t.Errorf("history budget %d of %d, want 900 of 900", b.HistoryUsed, b.HistoryAllowed)
		}
		time.Sleep(bucketSpan + time.Second)
		if _, _, gone := stuck(); !gone {
			t.Error("not let go after five minutes")
		}
	})
}

func TestGateWhoGivesUpCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate()
		spendAll(t, g, light, 1900)
		ctx, cancel := context.WithCancel(t.Context())
		big, small := waiting(ctx, g, heavy), waiting(t.Context(), g, light)
		synctest.Wait()
		cancel()
		if _, err, gone := big(); !gone || !errors.Is(err, context.Canceled) {
			t.Errorf("who gave up got %v, %v", err, gone)
		}
		if _, _, gone := small(); !gone {
			t.Error("the next still waits for who gave up")
		}
		if own := g.budget().Own; own != 1901 {
			t.Errorf("own weight %d, want 1901", own)
		}
		if _, err := g.enter(ctx, light); !errors.Is(err, context.Canceled) {
			t.Errorf("entering with an ended context gave %v", err)
		}
	})
}

// Who gives up in the very moment of being let go either goes or costs nothing.
func TestGateGivingUpWhileLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 200 {
			g := testGate()
			spendAll(t, g, light, 1919)
			last := enter(t, g, light)
			ctx, cancel := context.WithCancel(t.Context())
			waiter := waiting(ctx, g, light)
			synctest.Wait()
			g.mu.Lock()
			g.weight.max++
			cancel()
			g.admit()
			g.mu.Unlock()
			want := 1920
			if p, _, _ := waiter(); p != nil {
				want++
			}
			if own := g.budget().Own; own != want {
				t.Fatalf("own weight %d, want %d", own, want)
			}
			last.leave(outcome{used: -1, answered: true})
		}
	})
}

func TestGateFollowsTheExchangesCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate()
		time.Sleep(10 * time.Second) // into the minute
		enter(t, g, light).leave(outcome{used: 1915, answered: true})
		if b := g.budget(); b.Used != 1915 || b.Own != 1 || b.Allowed != 1920 || b.Limit != 2400 {
			t.Errorf("budget %+v", b)
		}
		var out []*pass
		for range 5 {
			out = append(out, enter(t, g, light))
		}
		next := waiting(t.Context(), g, light)
		if _, _, gone := next(); gone {
			t.Error("the 1921st of the minute was let go")
		}
		// The count of one that left before the others does not make room.
		out[0].leave(outcome{used: 1916, answered: true})
		if _, _, gone := next(); gone {
			t.Error("the 1921st of the minute was let go after an early count")
		}
		time.Sleep(50*time.Second + minuteSlack + time.Millisecond) // the next minute
		if _, _, gone := next(); !gone {
			t.Error("still waiting in the exchange's next minute")
		}
	})
}

func TestGateIgnoresCountsThatWereOvertaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate()
		time.Sleep(10 * time.Second)
		slow, quick := enter(t, g, light), enter(t, g, light)
		time.Sleep(time.Second)
		quick.leave(outcome{used: 1800, answered: true})
		slow.leave(outcome{used: 1200, answered: true}) // counted before quick, delivered after
		if used := g.budget().Used; used < 1800 {
			t.Errorf("used %d, want at least 1800", used)
		}
		// One that left later and was told less: the exchange's minute is a new one.
		time.Sleep(time.Second)
		p := enter(t, g, light)
		time.Sleep(time.Second)
		p.leave(outcome{used: 7, answered: true})
		if used := g.budget().Used; used != 7 {
			t.Errorf("used %d after a new minute began, want 7", used)
		}
	})
}

// A request that left in the old minute and came back in the new one was
// told the old minute's count.
func TestGateCountOfTheOldMinuteDoesNotBurdenTheNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate()
		time.Sleep(59 * time.Second)
		slow := enter(t, g, light)
		time.Sleep(3 * time.Second)
		enter(t, g, light).leave(outcome{used: 300, answered: true})
		slow.leave(outcome{used: 2399, answered: true})
		if used := g.budget().Used; used < 300 || used > 310 {
			t.Errorf("used %d in the new minute, of which 300 was said", used)
		}
	})
}

func TestGateIgnoresSenselessCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate()
		for _, used := range []int{-1, -5, 1 << 40} {
			enter(t, g, light).leave(outcome{used: used, answered: true})
		}
		if used := g.budget().Used; used != 3 {
			t.Errorf("used %d, want the own 3", used)
		}
	})
}

// The exchange counts by minutes of its own clock, tells in headers, and others
// spend behind the same address: together they stay within what is allowed,
// but for what others spent while requests were under way.
func TestGateSharesWithOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const perSecond, latency = 20, 100 * time.Millisecond
		skew := 7*time.Hour + 13*time.Second
		g := newGate(time.Now, func() time.Time { return time.Now().Round(0).Add(skew) })
		var mu sync.Mutex
		var minute int64
		counted, ours, peak := 0, map[int64]int{}, 0
		count := func(n int, own bool) int {
			mu.Lock()
			defer mu.Unlock()
			if m := time.Now().Add(skew).Unix() / 60; m != minute {
				minute, counted = m, 0
			}
			counted += n
			if own {
				ours[minute] += n
				peak = max(peak, counted)
			}
			return counted
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		var all sync.WaitGroup
		all.Go(func() {
			for ctx.Err() == nil {
				count(perSecond/10, false)
				time.Sleep(time.Second / 10)
			}
		})
		for range 32 {
			all.Go(func() {
				for {
					p, err := g.enter(ctx, light)
					if err != nil {
						return
					}
					time.Sleep(latency / 2)
					used := count(1, true)
					time.Sleep(latency / 2)
					p.leave(outcome{used: used, answered: true})
				}
			})
		}
		all.Wait()
		if most := 1920 + perSecond; peak > most {
			t.Errorf("with others, %d were used in a minute when we asked; want at most %d", peak, most)
		}
		for m, n := range ours {
			if m != minute && n < 500 && m > slices.Min(keys(ours)) {
				t.Errorf("only %d were let go in a minute that had more left", n)
			}
		}
	})
}

func keys[K comparable, V any](m map[K]V) []K {
	var all []K
	for k := range m {
		all = append(all, k)
	}
	return all
}

func limited(d time.Duration) outcome {
	return outcome{used: -1, answered: true, problem: &market.Problem{Kind: market.LimitedUntil, Until: time.Now().Add(d)}}
}

func TestGateShutsWhenRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate()
		spendAll(t, g, light, 1919)
		last := enter(t, g, light)
		queued := waiting(t.Context(), g, light)
		synctest.Wait()
		last.leave(limited(30 * time.Second))
		if _, err, gone := queued(); !gone || market.ProblemOf(err) == nil {
			t.Fatalf("who waited got %v, %v; want to fail at once", err, gone)
		}
		_, err := g.enter(t.Context(), light)
		if p := market.ProblemOf(err); p == nil || p.Kind != market.LimitedUntil {
			t.Fatalf("who came got %v", err)
		}
		if until := g.budget().BlockedUntil; !until.Equal(time.Now().Add(30 * time.Second)) {
			t.Errorf("blocked until %s", until)
		}
		time.Sleep(30*time.Second - time.Millisecond)
		if _, err := g.enter(t.Context(), light); err == nil {
			t.Error("let go before the time given")
		}
	})
}

func TestGateSendsOneProbeFirst(t *testing.T) {
	for name, test := range map[string]struct {
		probe    outcome
		let, err bool // what becomes of the others
	}{
		"answered":        {outcome{used: -1, answered: true}, true, false},
		"answered badly":  {outcome{used: -1, answered: true, problem: &market.Problem{Kind: market.BadAnswer}}, true, false},
		"still refused":   {outcome{used: -1, answered: true, problem: &market.Problem{Kind: market.BannedUntil}}, false, true},
		"not answered":    {outcome{used: -1, problem: &market.Problem{Kind: market.Offline}}, false, true},
		"asker had gone":  {outcome{used: -1}, false, false},
		"others are sent": {outcome{used: 5, answered: true}, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := testGate()
				enter(t, g, light).leave(limited(10 * time.Second))
				time.Sleep(11 * time.Second)
				probe := enter(t, g, light)
				ctx, cancel := context.WithCancel(t.Context())
				var others []func() (*pass, error, bool)
				for range 30 {
					others = append(others, waiting(ctx, g, light))
				}
				for _, o := range others {
					if _, _, gone := o(); gone {
						t.Fatal("another was let go beside the probe")
					}
				}
				probe.leave(test.probe)
				let, failed := 0, 0
				for _, o := range others {
					if p, err, gone := o(); gone && p != nil {
						let++
					} else if gone && err != nil {
						failed++
					}
				}
				wantLet, wantFailed := 0, 0
				switch {
				case test.let:
					wantLet = 30
				case test.err:
					wantFailed = 30
				default:
					wantLet = 1 // the next is the probe
				}
				if let != wantLet || failed != wantFailed {
					t.Errorf("%d let go and %d failed, want %d and %d", let, failed, wantLet, wantFailed)
				}
				cancel()
				synctest.Wait()
			})
		})
	}
}

// Answers to requests sent before the gate was shut say nothing about now.
func TestGateStaysShutForStragglers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate()
		a, b, c := enter(t, g, light), enter(t, g, light), enter(t, g, light)
		a.leave(limited(time.Minute))
		b.leave(outcome{used: 1, answered: true})
		c.leave(limited(time.Second))
		if until := g.budget().BlockedUntil; !until.Equal(time.Now().Add(time.Minute)) {
			t.Errorf("blocked until %s, want a minute from now", until)
		}
	})
}

func TestGateBelievesOnlySaneLimits(t *testing.T) {
	for served, want := range map[int64]int{1200: 1200, 2400: 2400, 6000: 2400, 0: 2400, -7: 2400, 5: 2400, 1 << 60: 2400} {
		g := testGate()
		g.setLimit(served)
		if b := g.budget(); b.Limit != want || b.Allowed != want*80/100 {
			t.Errorf("limit %d served: %d of %d allowed, want of %d", served, b.Allowed, b.Limit, want)
		}
	}
}
