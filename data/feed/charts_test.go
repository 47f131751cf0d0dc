package feed

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"openinterest/data/market"
)

func TestLoadTakesShortRangesFromMemory(t *testing.T) {
	ex := newFakeExchange(5)
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 4*time.Second, "full table", full)
		asked := time.Now()
		for r, points := range map[market.Range]int{market.Range4h: 46, market.Range24h: 286} {
			s, err := f.Load(t.Context(), "C001USDT", r)
			if err != nil {
				t.Fatal(err)
			}
			if s.Period != market.Period5m || s.Len() < points || s.Len() > points+2 || s.Points[0].Time < ex.Now().Add(-time.Duration(r)).UnixMilli() {
				t.Errorf("%v: %d points of %v", r, s.Len(), s.Period)
			}
		}
		if n := ex.since(asked, ofKind(askHistory)); n != 0 {
			t.Errorf("%d requests for what is in memory", n)
		}
	})
}

func TestLoadAsksOnceForAllCallersUntilTheNextStamp(t *testing.T) {
	ex := newFakeExchange(5)
	ex.late = 0
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 4*time.Second, "full table", full)
		asked := time.Now()
		coarse := func(r request) bool { return r.kind == askHistory && r.period != market.Period5m }
		var callers sync.WaitGroup
		for range 10 {
			callers.Go(func() {
				s, err := f.Load(t.Context(), "C001USDT", market.Range7d)
				if err != nil || s.Period != market.Period30m || s.Len() < 335 || s.Len() > 337 {
					t.Errorf("7 days: %d points, %v", s.Len(), err)
				}
			})
		}
		callers.Wait()
		if n := ex.since(asked, coarse); n != 1 {
			t.Errorf("%d requests for ten callers", n)
		}
		pass(29 * time.Minute)
		if _, err := f.Load(t.Context(), "C001USDT", market.Range7d); err != nil || ex.since(asked, coarse) != 1 {
			t.Errorf("before the next stamp: %d requests, %v", ex.since(asked, coarse), err)
		}
		pass(2 * time.Minute)
		if _, err := f.Load(t.Context(), "C001USDT", market.Range7d); err != nil || ex.since(asked, coarse) != 2 {
			t.Errorf("after the next stamp: %d requests, %v", ex.since(asked, coarse), err)
		}
	})
}

func TestLoadAsksInThePeriodOfItsRange(t *testing.T) {
	ex := newFakeExchange(5)
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 4*time.Second, "full table", full)
		for r, period := range map[market.Range]market.Period{
			market.Range3d: market.Period15m, market.Range7d: market.Period30m, market.Range14d: market.Period1h,
			market.Range30d: market.Period2h, market.Range1y: market.Period2h, market.RangeAll: market.Period2h,
		} {
			s, err := f.Load(t.Context(), "C001USDT", r)
			if err != nil || s.Period != period || s.Len() < 280 || s.Len() > 500 {
				t.Errorf("%v: %d points of %v, %v", r, s.Len(), s.Period, err)
			}
		}
	})
}

func TestLoadSaysWhyItCannot(t *testing.T) {
	ex := newFakeExchange(5)
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 4*time.Second, "full table", full)
		kept, err := f.Load(t.Context(), "C001USDT", market.Range3d)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Load(t.Context(), "NOSUCHUSDT", market.Range7d); kindOf(err) != market.UnknownSymbol {
			t.Errorf("an unlisted contract: %v", err)
		}
		ex.set(func() { ex.fault = hang })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := f.Load(ctx, "C001USDT", market.Range7d); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a caller that gives up: %v", err)
		}
		ex.set(func() {
			ex.fault = failing(market.BannedUntil)
		})
		until(t, f, 20*time.Second, "ban", inState(market.Refused))
		asked := time.Now()
		if _, err := f.Load(t.Context(), "C002USDT", market.Range7d); kindOf(err) != market.BannedUntil {
			t.Errorf("during a ban: %v", err)
		}
		pass(20 * time.Second)
		if again, err := f.Load(t.Context(), "C001USDT", market.Range3d); err != nil || again.Len() == 0 || again.Len() > kept.Len() {
			t.Errorf("what was had before the ban: %v", err)
		}
		if n := ex.since(asked, ofKind(askHistory)); n != 0 {
			t.Errorf("%d requests during a ban", n)
		}
	})
}

// Before the contract's turn in hydration, a chart does not wait for it.
func TestLoadBeforeTheTableHasTheHistory(t *testing.T) {
	ex := newFakeExchange(5)
	world(t, ex, func(t *testing.T, f *Feed) {
		s, err := f.Load(t.Context(), "C001USDT", market.Range24h)
		if err != nil || s.Len() < 286 {
			t.Errorf("%d points, %v", s.Len(), err)
		}
	})
}

func kindOf(err error) market.ProblemKind {
	if p := market.ProblemOf(err); p != nil {
		return p.Kind
	}
	return ""
}
