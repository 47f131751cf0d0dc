package binance

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
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
