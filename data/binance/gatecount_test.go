package binance

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

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

func TestGateBelievesOnlySaneLimits(t *testing.T) {
	for served, want := range map[int64]int{1200: 1200, 2400: 2400, 6000: 2400, 0: 2400, -7: 2400, 5: 2400, 1 << 60: 2400} {
		g := testGate()
		g.setLimit(served)
		if b := g.budget(); b.Limit != want || b.Allowed != want*80/100 {
			t.Errorf("limit %d served: %d of %d allowed, want of %d", served, b.Allowed, b.Limit, want)
		}
	}
}
