package feed

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/market"
	"openinterest/data/recorder/storetest"
)

func ofRatioKinds(r request) bool { return r.kind == askRatios || r.kind == askRatioPage }

// Ratios are asked for only while somebody wants them, and only of rows that are
// attended to: at first 500 stamps, then what is new, once a stamp.
func TestRatiosAreAskedForAttendedRowsAlone(t *testing.T) {
	ex, m := newFakeExchange(50), storetest.New()
	synctest.Test(t, func(t *testing.T) {
		run(t, ex, m, func(f *Feed) {
			ticked, visible := ex.symbols[7:9], ex.symbols[20:23]
			f.Attend(Attention{Ticked: ticked, Visible: visible})
			untilFull(t, f)
			pass(time.Minute)
			if n := ex.since(time.Time{}, ofRatioKinds); n != 0 {
				t.Fatalf("%d requests for what nobody wants", n)
			}
			f.Attend(Attention{Ticked: ticked, Visible: visible, Ratios: true})
			began := time.Now()
			known := func(s *market.Snapshot) bool {
				for _, symbol := range slices.Concat(ticked, visible) {
					q := s.Quote(symbol)
					for _, kind := range market.RatioKinds() {
						if r := q.Ratios[kind]; r.Received.IsZero() || r.Time != market.FloorStamp(ex.Now().Add(-ex.late).UnixMilli()) || r.Value != fakeRatio(kind, r.Time) || q.Ratio(kind) != r.Value {
							return false
						}
					}
				}
				return true
			}
			until(t, f, 5*time.Second, "ratios", known)
			if n := ex.since(began, func(r request) bool { return r.kind == askRatios && r.limit != 500 }); n != 0 {
				t.Errorf("%d first requests were for less than 500 stamps", n)
			}
			pass(30 * time.Minute)
			until(t, f, 2*time.Minute, "newest ratios", known)
			n := ex.since(began, ofRatioKinds)
			if most := 5 * 4 * 8; n > most {
				t.Errorf("%d requests in half an hour, want ≤ %d", n, most)
			}
			if n := ex.since(began.Add(time.Minute), func(r request) bool { return r.kind == askRatios && r.limit > 4 }); n != 0 {
				t.Errorf("%d later requests were for more than what is new", n)
			}
			if n := ex.since(began, func(r request) bool {
				return ofRatioKinds(r) && !slices.Contains(ticked, r.symbol) && !slices.Contains(visible, r.symbol)
			}); n != 0 {
				t.Errorf("%d requests for rows that nobody looks at", n)
			}
			f.Attend(Attention{})
			pass(time.Second)
			began = time.Now()
			pass(10 * time.Minute)
			if n := ex.since(began, ofRatioKinds); n != 0 {
				t.Errorf("%d requests after nobody wanted them", n)
			}
			if q := f.Snapshot().Quote(ticked[0]); !market.Known(q.Ratio(market.TakerBuySell)) || ex.Now().Sub(q.Ratios[0].Received) < 10*time.Minute {
				t.Error("what nobody looks at does not age")
			}
		})
		kept := m.Ratio[ex.symbols[7]]
		if len(kept) < 500 || slices.ContainsFunc(kept[10:500], func(r market.Ratios) bool {
			return slices.ContainsFunc(market.RatioKinds(), func(k market.RatioKind) bool { return r.Values[k] != fakeRatio(k, r.Time) })
		}) {
			t.Errorf("kept are %d stamps", len(kept))
		}
	})
}

// A refusal of the ratios costs the ratios alone, and is said.
func TestRefusedRatiosCostNothingElse(t *testing.T) {
	for _, kind := range []market.ProblemKind{market.RefusedFirewall, market.RefusedLocation, market.LimitedUntil, market.BadAnswer} {
		t.Run(string(kind), func(t *testing.T) {
			ex := newFakeExchange(30)
			ex.fault = func(_ context.Context, k requestKind, _ string) error {
				if k == askRatios {
					return &market.Problem{Kind: kind, What: "ratios"}
				}
				return nil
			}
			world(t, ex, func(t *testing.T, f *Feed) {
				f.Attend(Attention{Visible: ex.symbols[:10], Ratios: true})
				began := time.Now()
				s := until(t, f, 20*time.Second, "problem", func(s *market.Snapshot) bool { return full(s) && len(s.Status.Partial) > 0 })
				if p := s.Status.Partial[0]; p.Route != market.RouteRatios || p.Kind != kind || s.Status.State != market.Live {
					t.Errorf("said is %v in %v", p, s.Status.State)
				}
				pass(12 * time.Minute)
				if n := ex.since(began.Add(time.Minute), ofKind(askHistory)); n < 30 {
					t.Errorf("%d requests for history in 11 minutes", n)
				}
				if n := ex.since(began, ofRatioKinds); n > 300 { // one each few seconds tries it; the backoffs are jittered
					t.Errorf("%d requests for what is refused", n)
				}
				ex.set(func() { ex.fault = nil })
				f.Retry()
				until(t, f, 6*time.Minute, "recovery", func(s *market.Snapshot) bool {
					return len(s.Status.Partial) == 0 && market.Known(s.Quote(ex.symbols[3]).Ratio(market.TakerBuySell))
				})
			})
		})
	}
}

// Where the route of one kind is refused, the others are had all the same, by rows and
// by charts; it is tried again now and then, and what is said of it is said on.
func TestOneRefusedRatioCostsNoOther(t *testing.T) {
	for _, refusal := range []market.ProblemKind{market.RefusedFirewall, market.LimitedUntil} {
		t.Run(string(refusal), func(t *testing.T) {
			ex := newFakeExchange(30)
			of := func(ctx context.Context) bool { return ctx.Value(ratioAsked{}) == market.LongShortAccounts }
			var tried atomic.Int64
			ex.fault = func(ctx context.Context, k requestKind, _ string) error {
				if (k == askRatios || k == askRatioPage) && of(ctx) {
					tried.Add(1)
					return &market.Problem{Kind: refusal, What: "ratios"}
				}
				return nil
			}
			world(t, ex, func(t *testing.T, f *Feed) {
				f.Attend(Attention{Visible: ex.symbols[:10], Ratios: true})
				others := func(s *market.Snapshot) bool {
					for _, symbol := range ex.symbols[:10] {
						for _, kind := range market.RatioKinds()[1:] {
							if r := s.Quote(symbol).Ratios[kind]; !r.Fresh(ex.Now()) {
								return false
							}
						}
					}
					return true
				}
				untilFull(t, f)
				until(t, f, time.Minute, "other ratios", others)
				for range 8 {
					pass(5 * time.Minute)
					until(t, f, 2*time.Minute, "other ratios", others)
				}
				if len(f.Snapshot().Status.Partial) == 0 {
					t.Error("nothing is said of it")
				}
				now := ex.Now().UnixMilli()
				rows, err := f.Ratios(t.Context(), ex.symbols[20], now-5*24*3600_000, now)
				for range 12 { // while all four rest
					if len(rows) >= 5*288-3 {
						break
					}
					pass(10 * time.Second)
					rows, err = f.Ratios(t.Context(), ex.symbols[20], now-5*24*3600_000, now)
				}
				if len(rows) < 5*288-3 || market.Known(rows[0].Values[0]) || !market.Known(rows[0].Values[1]) {
					t.Errorf("a chart has %d stamps, %v", len(rows), err)
				}
				if p := market.ProblemOf(err); p == nil || p.Route != market.RouteRatios { // of the one that is refused
					t.Errorf("a chart is told %v", err)
				}
				if tried.Load() > 60 { // 10 rows
					t.Errorf("it was tried %d times in 45 minutes", tried.Load())
				}
				ex.set(func() { ex.fault = nil })
				until(t, f, 7*time.Minute, "recovery", func(s *market.Snapshot) bool {
					return len(s.Status.Partial) == 0 && s.Quote(ex.symbols[3]).Ratios[0].Fresh(ex.Now())
				})
			})
		})
	}
}

type requestKind = kind

// A chart gets what is kept and what was had, and asks for what lacks, once.
func TestChartsOfRatiosAskForWhatLacks(t *testing.T) {
	ex, m := newFakeExchange(5), storetest.New()
	synctest.Test(t, func(t *testing.T) {
		run(t, ex, m, func(f *Feed) {
			untilFull(t, f)
			now := ex.Now().UnixMilli()
			load := func(hours int64) []market.Ratios {
				t.Helper()
				rows, err := f.Ratios(t.Context(), "C001USDT", now-hours*3600_000, now)
				if err != nil {
					t.Fatal(err)
				}
				for i, r := range rows {
					if r.Time < now-hours*3600_000 || r.Time > now || i > 0 && rows[i-1].Time >= r.Time {
						t.Fatalf("row %d of %d is of %d", i, len(rows), r.Time)
					}
					for _, kind := range market.RatioKinds() {
						if r.Values[kind] != fakeRatio(kind, r.Time) {
							t.Fatalf("%s at %d is %v", kind.Field(), r.Time, r.Values[kind])
						}
					}
				}
				return rows
			}
			if rows := load(7 * 24); len(rows) < 7*288-3 {
				t.Errorf("%d stamps of a week", len(rows))
			}
			n := ex.since(time.Time{}, ofRatioKinds)
			if n > 4*6 {
				t.Errorf("%d requests for a week", n)
			}
			load(24)
			load(7 * 24)
			if again := ex.since(time.Time{}, ofRatioKinds); again != n {
				t.Errorf("%d more requests for what was had", again-n)
			}
			pass(10 * time.Second)
			// More than the exchange keeps: the rest is left out.
			if rows := load(90 * 24); len(rows) < 28*288 {
				t.Errorf("%d stamps of all", len(rows))
			}
			if _, err := f.Ratios(t.Context(), "NONEUSDT", now-3600_000, now); market.ProblemOf(err) == nil || market.ProblemOf(err).Kind != market.UnknownSymbol {
				t.Errorf("of a contract that there is not: %v", err)
			}
			if ex.spent(5*time.Minute, historyCost) > 900 {
				t.Error("the bucket is overspent")
			}
		})
		pass(time.Minute)
		again := time.Now()
		run(t, ex, m, func(f *Feed) { // what is kept need not be asked for
			untilFull(t, f)
			now := ex.Now().UnixMilli()
			if rows, err := f.Ratios(t.Context(), "C001USDT", now-20*24*3600_000, now); err != nil || len(rows) < 20*288-10 {
				t.Errorf("%d rows, %v", len(rows), err)
			}
			if n := ex.since(again, ofRatioKinds); n > 4 {
				t.Errorf("%d requests for what is kept", n)
			}
		})
	})
}

// What the budget does not allow is left out, and why is said beside what is known.
func TestChartsOfRatiosStayWithinTheBudget(t *testing.T) {
	ex := newFakeExchange(517)
	world(t, ex, func(t *testing.T, f *Feed) {
		until(t, f, 6*time.Second, "full table", full)
		now := ex.Now().UnixMilli()
		refused := 0
		for _, symbol := range ex.symbols[:20] {
			rows, err := f.Ratios(t.Context(), symbol, now-29*24*3600_000, now)
			if p := market.ProblemOf(err); err != nil && (p == nil || p.Kind != market.QuotaSpent || p.Route != market.RouteRatios || p.Until.Before(ex.Now())) {
				t.Fatalf("%d rows, %v", len(rows), err)
			} else if err != nil {
				refused++
			} else if len(rows) < 28*288 {
				t.Fatalf("%d rows of 29 days, and no word of those that lack", len(rows))
			}
		}
		if refused == 0 || refused == 20 {
			t.Errorf("%d of 20 were refused", refused)
		}
		if n := ex.spent(5*time.Minute, historyCost); n > 900-ratioReserve {
			t.Errorf("%d of the bucket are spent", n)
		}
	})
}
