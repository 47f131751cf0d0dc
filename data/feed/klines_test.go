package feed

import (
	"context"
	"sync"
	"testing"
	"time"

	"openinterest/data/market"
)

func TestKlinesAreAskedOnceAndOnlyOnDemand(t *testing.T) {
	ex := newFakeExchange(5)
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 4*time.Second, "full table", full)
		pass(time.Minute)
		if n := ex.since(time.Time{}, ofKind(askKlines)); n != 0 {
			t.Errorf("%d requests for candles that nobody looks at", n)
		}
		now := ex.Now().UnixMilli()
		from := now - 24*3600_000
		asked := time.Now()
		load := func(from, to int64) []market.Candle {
			t.Helper()
			got, err := f.Klines(t.Context(), "C001USDT", market.Period15m, from, to)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		var callers sync.WaitGroup
		for range 10 {
			callers.Go(func() {
				got, err := f.Klines(t.Context(), "C001USDT", market.Period15m, from, now)
				if err != nil || len(got) < 95 || len(got) > 97 || got[0].Time < from || got[len(got)-1].Time > now {
					t.Errorf("%d candles, %v", len(got), err)
				}
			})
		}
		callers.Wait()
		most := 1
		if from/(klinePage*900_000) != now/(klinePage*900_000) { // two pages
			most = 2
		}
		if n := ex.since(asked, ofKind(askKlines)); n > most {
			t.Errorf("%d requests for ten callers", n)
		}
		asked = time.Now()
		load(from, now)
		if n := ex.since(asked, ofKind(askKlines)); n != 0 {
			t.Errorf("%d requests for what was just had", n)
		}
		pass(61 * time.Second)
		load(from, now)
		if n := ex.since(asked, ofKind(askKlines)); n != 1 {
			t.Errorf("%d requests for the candle that is not over", n)
		}
		past := now - 40*24*3600_000
		load(past, past+1000)
		pass(time.Hour)
		asked = time.Now()
		load(past, past+1000)
		if n := ex.since(asked, ofKind(askKlines)); n != 0 {
			t.Errorf("%d requests for candles that are over", n)
		}
	})
}

func TestKlinesSayWhyTheyCannotBeHad(t *testing.T) {
	ex := newFakeExchange(5)
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 4*time.Second, "full table", full)
		now := ex.Now().UnixMilli()
		if _, err := f.Klines(t.Context(), "NOSUCHUSDT", market.Period1h, now, now); kindOf(err) != market.UnknownSymbol {
			t.Errorf("a contract that is not listed: %v", err)
		}
		if _, err := f.Klines(t.Context(), "C001USDT", market.Period1h, now, now); err != nil {
			t.Fatal(err)
		}
		ex.set(func() { ex.fault = failing(market.BannedUntil) })
		until(t, f, 20*time.Second, "ban", inState(market.Refused))
		asked := time.Now()
		if _, err := f.Klines(t.Context(), "C002USDT", market.Period1h, now, now); kindOf(err) != market.BannedUntil {
			t.Errorf("during a ban: %v", err)
		}
		pass(2 * time.Minute)
		if got, err := f.Klines(t.Context(), "C001USDT", market.Period1h, now, now+1); err != nil || len(got) > 1 {
			t.Errorf("what was had before the ban: %d, %v", len(got), err)
		}
		if n := ex.since(asked, ofKind(askKlines)); n != 0 {
			t.Errorf("%d requests during a ban", n)
		}
	})
}

// A fault of this route alone is no reason to stop asking for the table.
func TestKlinesFailAlone(t *testing.T) {
	ex := newFakeExchange(5)
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 4*time.Second, "full table", full)
		ex.set(func() {
			ex.fault = func(_ context.Context, k kind, _ string) error {
				if k != askKlines {
					return nil
				}
				return &market.Problem{Kind: market.ExchangeDown}
			}
		})
		now := ex.Now().UnixMilli()
		for range 20 {
			if _, err := f.Klines(t.Context(), "C001USDT", market.Period1h, now, now); kindOf(err) != market.ExchangeDown {
				t.Fatalf("a fault of the route: %v", err)
			}
		}
		pass(5 * time.Second)
		if s := f.Snapshot(); s.Status.State != market.Live {
			t.Errorf("state %v", s.Status.State)
		}
	})
}
