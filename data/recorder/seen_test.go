package recorder_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/market"
	"openinterest/data/recorder"
	"openinterest/data/recorder/storetest"
)

func ratiosOf(kind market.RatioKind, value float64, stamps ...int64) (rows []market.Ratios) {
	for _, at := range stamps {
		r := market.NoRatios(at * step)
		r.Values[kind] = value
		rows = append(rows, r)
	}
	return rows
}

// Ratios, liquidations and spans are written within seconds, once it is decided that
// the store is of this market, and again after a disk that failed.
func TestWhatWasSeenIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := storetest.New()
		now := time.Now().UTC()
		one := market.Liquidation{Symbol: "AUSDT", Long: true, Price: 2, Contracts: 3, Time: now}
		two := market.Liquidation{Symbol: "BUSDT", Price: 1, Contracts: 4, Time: now.Add(time.Second)}
		record(t, store, nil, func(r *recorder.Recorder) {
			kept, _ := recall(t, r)
			if len(kept.Liquidations)+len(kept.Listened) != 0 {
				t.Errorf("kept are %+v", kept)
			}
			r.KeepRatios("AUSDT", ratiosOf(market.LongShortAccounts, 1.5, 10, 11))
			r.KeepLiquidations([]market.Liquidation{one}, []market.Span{{From: 100, To: 200}})
			r.KeepLiquidations(nil, []market.Span{{From: 200, To: 260}})
			time.Sleep(10 * time.Second)
			store.Set(func() {
				if len(store.Ratio)+len(store.Seen)+len(store.Heard) != 0 {
					t.Error("something was written before it was decided whose it is")
				}
			})
			if r.Decide() != recorder.SameMarket {
				t.Fatal("not decided")
			}
			store.Set(func() { store.Full = &market.StorageProblem{Kind: market.StorageFull, Err: errors.New("full")} })
			r.KeepRatios("AUSDT", ratiosOf(market.TakerBuySell, 0.5, 11, 12))
			r.KeepLiquidations([]market.Liquidation{two}, []market.Span{{From: 900, To: 950}})
			time.Sleep(10 * time.Second)
			if p := r.Status(); p == nil || p.Kind != market.StorageFull {
				t.Errorf("status %v", p)
			}
			store.Set(func() { store.Full = nil })
			time.Sleep(10 * time.Second)
			if p := r.Status(); p != nil {
				t.Errorf("status %v", p)
			}
			store.Set(func() {
				if got := store.Ratio["AUSDT"]; len(got) != 3 || got[1].Values[market.LongShortAccounts] != 1.5 || got[1].Values[market.TakerBuySell] != 0.5 {
					t.Errorf("ratios %v", got)
				}
				if !slices.Equal(store.Seen, []market.Liquidation{one, two}) || !slices.Equal(store.Heard, []market.Span{{From: 100, To: 260}, {From: 900, To: 950}}) {
					t.Errorf("seen %v, heard %v", store.Seen, store.Heard)
				}
			})
			r.KeepLiquidations(nil, []market.Span{{From: 951, To: 1000}})
			r.Shift(time.Second) // the exchange's clock turned out to be wrong before that was written
		})
		if want := (market.Span{From: 1951, To: 2000}); store.Heard[len(store.Heard)-1] != want {
			t.Errorf("heard %v, want %v at the end", store.Heard, want)
		}
		record(t, store, nil, func(r *recorder.Recorder) {
			if kept, _ := recall(t, r); len(kept.Liquidations) != 2 || len(kept.Listened) != 3 {
				t.Errorf("kept are %v and %v", kept.Liquidations, kept.Listened)
			}
		})
	})
}

// What is of another market's time is not written into this one's store, and what waits
// while another process writes is bounded.
func TestWhatWasSeenIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := storetest.New()
		store.Taken = true
		record(t, store, nil, func(r *recorder.Recorder) {
			begun(t, r)
			time.Sleep(time.Second)
			now := time.Now()
			for i := range 300 {
				r.KeepRatios("AUSDT", ratiosOf(market.LongShortAccounts, 1, slices.Collect(func(yield func(int64) bool) {
					for j := range int64(500) {
						if !yield(int64(i)*500 + j) {
							return
						}
					}
				})...))
				r.KeepLiquidations(make([]market.Liquidation, 100), []market.Span{{From: now.UnixMilli(), To: now.UnixMilli() + int64(i)}})
			}
			r.KeepLiquidations([]market.Liquidation{{Symbol: "LAST", Time: now}}, nil)
			store.Set(func() { store.Taken = false }) // the other ends
			time.Sleep(30 * time.Second)
		})
		if n := len(store.Ratio["AUSDT"]); n < 15_000 || n > 20_000 {
			t.Errorf("%d ratios were kept back", n)
		}
		if n := len(store.Seen); n != 2 || len(store.Heard) != 1 { // all the same, and the last
			t.Errorf("%d liquidations, spans %v", n, store.Heard)
		}
	})
}
