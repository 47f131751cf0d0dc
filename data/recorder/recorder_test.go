package recorder_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/market"
	"openinterest/data/recorder"
	"openinterest/data/recorder/storetest"
)

// record runs a recorder on a store, in fake time, and returns once it has
// written its last.
func record(t *testing.T, store *storetest.Store, snapshot func() *market.Snapshot, test func(r *recorder.Recorder)) {
	t.Helper()
	if snapshot == nil {
		snapshot = func() *market.Snapshot { return nil }
	}
	ctx, stop := context.WithCancel(t.Context())
	r := recorder.New(recorder.Options{Store: store, Log: slog.New(slog.DiscardHandler), Snapshot: snapshot, Stamps: 336})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.Run(ctx)
	}()
	test(r)
	stop()
	<-ended
}

// recall takes what is kept, and what to ask to see whether it may be used.
func recall(t *testing.T, r *recorder.Recorder) (recorder.Kept, []recorder.Request) {
	t.Helper()
	kept, checks, ok := r.Recall(<-r.Loaded(), time.Now())
	if !ok {
		t.Fatal("what is kept could not be read")
	}
	return kept, checks
}

// begun is a recorder of which it is decided that it may write.
func begun(t *testing.T, r *recorder.Recorder) {
	t.Helper()
	if recall(t, r); r.Decide() != recorder.SameMarket {
		t.Fatal("an empty store is of any market")
	}
}

const step = market.StepMillis

// stamps is a run of stamps that ends a while ago, each of so many contracts.
func stamps(n int, ago time.Duration, contracts float64) []market.Point {
	last := market.FloorStamp(time.Now().Add(-ago).UnixMilli())
	var points []market.Point
	for i := range n {
		points = append(points, market.Point{Time: last - int64(n-1-i)*step, Contracts: contracts, Price: 1})
	}
	return points
}

// keptMarket fills a store with what an earlier run has left.
func keptMarket(store *storetest.Store, symbols ...string) {
	var quotes []*market.Quote
	for _, symbol := range symbols {
		quotes = append(quotes, &market.Quote{Contract: market.Contract{Symbol: symbol}, OpenInterest: market.OpenInterest{Contracts: 900, Received: time.Now().Add(-time.Hour)}})
		store.Points[symbol] = map[int64]storetest.Point{}
		for _, p := range stamps(300, time.Hour, 900) {
			store.Points[symbol][p.Time] = storetest.Point{Point: p}
		}
	}
	store.Table = market.NewSnapshot(market.Snapshot{Time: time.Now().Add(-time.Hour), Quotes: quotes})
}

// answer answers a check as an exchange does on which so many contracts are open.
func answer(r *recorder.Recorder, q recorder.Request, contracts float64) {
	var points []market.Point
	for at := q.Span.From; at <= q.Span.To; at += step {
		points = append(points, market.Point{Time: at, Contracts: contracts, Price: 1})
	}
	r.Stamps(q, market.NewSeries(q.Symbol, market.Period5m, points))
}

// What is kept is used once the exchange says the same, and not at all where it
// says something else. Silence is no reason to doubt it.
func TestWhatIsKeptMustBeOfThisMarket(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(r *recorder.Recorder, q recorder.Request)
		wait   time.Duration
		want   recorder.Verdict
	}{
		"the same":      {func(r *recorder.Recorder, q recorder.Request) { answer(r, q, 900) }, 0, recorder.SameMarket},
		"another":       {func(r *recorder.Recorder, q recorder.Request) { answer(r, q, 901) }, 0, recorder.OtherMarket},
		"failing":       {func(r *recorder.Recorder, q recorder.Request) { r.Failed(q) }, 0, recorder.SameMarket},
		"not answering": {func(*recorder.Recorder, recorder.Request) {}, 3 * time.Second, recorder.SameMarket},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := storetest.New()
				keptMarket(store, "AUSDT", "BUSDT", "CUSDT")
				record(t, store, nil, func(r *recorder.Recorder) {
					kept, checks := recall(t, r)
					if len(kept.Quotes) != 3 || len(checks) != 3 || r.Decide() != recorder.Undecided || r.Believed() {
						t.Fatalf("%d quotes, %d checks, believed %t", len(kept.Quotes), len(checks), r.Believed())
					}
					for _, q := range checks {
						c.answer(r, q)
					}
					time.Sleep(c.wait)
					if got := r.Decide(); got != c.want {
						t.Errorf("decided %v, want %v", got, c.want)
					}
					if r.Believed() != (c.want == recorder.SameMarket) || store.Other != (c.want == recorder.OtherMarket) {
						t.Errorf("believed %t, the store was told %t", r.Believed(), store.Other)
					}
					if r.Decide() != recorder.Undecided {
						t.Error("it is decided twice")
					}
				})
			})
		})
	}
}

// A run that ends before it is known which market answered leaves nothing of it
// in the history of what may be another one.
func TestNothingIsWrittenBeforeTheMarketIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := storetest.New()
		keptMarket(store, "AUSDT")
		record(t, store, nil, func(r *recorder.Recorder) {
			recall(t, r)
			r.Keep([]recorder.Stamps{{Symbol: "AUSDT", Points: stamps(1, 0, 5), Live: true}}, time.Minute)
		})
		if store.Writes > 0 {
			t.Errorf("%d writes", store.Writes)
		}
	})
}

// A disk that fails costs nothing that fits into memory; it is said while it
// lasts.
func TestAFailingDiskDelaysOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := storetest.New()
		record(t, store, nil, func(r *recorder.Recorder) {
			begun(t, r)
			store.Set(func() {
				store.Full = &market.StorageProblem{Kind: market.StorageFull, What: "keeping stamps", Err: errors.New("no space left")}
			})
			for i := range 100 {
				r.Learned("AUSDT", nil, market.NewSeries("AUSDT", market.Period5m, stamps(500, time.Duration(i)*500*market.Step, 1)), time.Now())
				time.Sleep(time.Second)
			}
			if p := r.Status(); p == nil || p.Kind != market.StorageFull {
				t.Errorf("it says %v", p)
			}
			store.Set(func() { store.Full = nil })
			time.Sleep(10 * time.Second)
			if p := r.Status(); p != nil {
				t.Errorf("there is room again, but it says %v", p)
			}
		})
		if n := len(store.Points["AUSDT"]); n < 100*500 {
			t.Errorf("%d stamps were written", n)
		}
	})
}

// A table that knows less than the last known one does not replace it.
func TestOnlyAFullTableIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for ready, kept := range map[int]bool{0: false, 89: false, 90: true, 100: true} {
			store := storetest.New()
			s := market.NewSnapshot(market.Snapshot{Status: market.Status{Ready: ready, Total: 100}})
			record(t, store, func() *market.Snapshot { return s }, func(r *recorder.Recorder) { begun(t, r) })
			if (store.Table != nil) != kept {
				t.Errorf("of 100 rows %d are had: kept %t", ready, !kept)
			}
		}
	})
}

// look asks for what is wanted of one contract as the feed does, twice a second.
func look(r *recorder.Recorder, q *market.Quote, d time.Duration) (wanted []recorder.Request) {
	for range d / (500 * time.Millisecond) {
		wanted = append(wanted, r.Look(slices.Values([]*market.Quote{q}), 0, time.Now())...)
		time.Sleep(500 * time.Millisecond)
	}
	return wanted
}

func ofKind(requests []recorder.Request, k recorder.Kind) (n int) {
	for _, q := range requests {
		if q.Kind == k {
			n++
		}
	}
	return n
}

// What failed is wanted again, but not at once, nor what was had.
func TestWhatFailsIsWantedAgainBeforeLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, quote := storetest.New(), &market.Quote{Contract: market.Contract{Symbol: "AUSDT"}}
		record(t, store, nil, func(r *recorder.Recorder) {
			begun(t, r)
			wanted := look(r, quote, 10*time.Second)
			if ofKind(wanted, recorder.Gap) != 18 || ofKind(wanted, recorder.Payments) != 1 {
				t.Fatalf("of a contract of which nothing is kept: %v", wanted)
			}
			for _, q := range wanted[1:] {
				if q.Kind == recorder.Gap {
					answer(r, q, 1)
				} else {
					r.Funding(q, nil, time.Now()) // it has paid nothing yet
				}
			}
			r.Failed(wanted[0])
			if early := look(r, quote, 9*time.Minute); len(early) > 0 {
				t.Errorf("within nine minutes: %v", early)
			}
			again := look(r, quote, 2*time.Minute)
			if ofKind(again, recorder.Gap) != 1 || ofKind(again, recorder.Payments) != 1 {
				t.Errorf("then: %v, want again %v, and payments", again, wanted[0])
			}
		})
	})
}

// Of several processes one fills gaps: that which writes.
func TestWhoDoesNotWriteWantsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, quote := storetest.New(), &market.Quote{Contract: market.Contract{Symbol: "AUSDT"}}
		store.Taken = true
		record(t, store, nil, func(r *recorder.Recorder) {
			begun(t, r)
			if wanted := look(r, quote, 10*time.Minute); len(wanted) > 0 || store.Writes > 0 {
				t.Errorf("wanted %v, %d writes", wanted, store.Writes)
			}
			store.Set(func() { store.Taken = false })
			if wanted := look(r, quote, 20*time.Second); len(wanted) == 0 {
				t.Error("it does not take over")
			}
		})
	})
}

// Of a feed that keeps nothing there is no recorder, and the feed need not know.
func TestWithoutAStoreThereIsNothingToDo(t *testing.T) {
	r := recorder.New(recorder.Options{})
	r.Keep([]recorder.Stamps{{Symbol: "AUSDT", Points: stamps(1, 0, 5)}}, time.Minute)
	r.Learned("AUSDT", nil, market.NewSeries("AUSDT", market.Period5m, stamps(5, 0, 1)), time.Now())
	r.LookAgain()
	if r.Status() != nil || r.Loaded() != nil || r.Believed() || r.Decide() != recorder.Undecided || r.Look(nil, 0, time.Now()) != nil {
		t.Error("something is wanted")
	}
}
