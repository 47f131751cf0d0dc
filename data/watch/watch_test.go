package watch_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/data/watch"
)

func TestASpikeIsShownAndLoggedOnceAsItHappens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld("AUSDT", "BUSDT")
		w.change("AUSDT", in(20), in(24*60), 1.10, 1)
		wt, stop := watching(w)
		defer stop()
		pass(10 * time.Second)
		b := wt.Board()
		if b == nil || b.Ready != 2 || b.Total != 2 {
			t.Fatalf("after ten seconds the board is %+v", b)
		}
		if z := b.Sign("AUSDT").Evaluation.Reading24h.ZOpenInterest; !market.Known(z) {
			t.Error("with a month of history there is a z")
		}
		for range 3 {
			toNextStamp()
		}
		if wt.Board().Sign("AUSDT").Shows(signal.Spike1h) {
			t.Fatal("a spike before there is one")
		}
		toNextStamp()
		s := wt.Board().Sign("AUSDT")
		if !s.Shows(signal.Spike1h) || wt.Board().Sign("BUSDT").Shows(signal.Spike1h) {
			t.Fatalf("showing %v, of the other %v", s.Showing(), wt.Board().Sign("BUSDT").Showing())
		}
		e, ok := s.Last(signal.Spike1h)
		if !ok || !e.Live || !e.Time.Equal(in(0)) {
			t.Fatalf("the event is %+v", e)
		}
		if x := s.Evidence(signal.Spike1h); !(x.OpenInterest.Z > 3) || !(x.Percentile > 99) {
			t.Errorf("evidence: z %v, percentile %v", x.OpenInterest.Z, x.Percentile)
		}
		for range 30 {
			toNextStamp()
		}
		if got := w.kinds(); slices.Index(got, signal.Spike1h) < 0 || count(got, signal.Spike1h) != 1 || count(got, signal.Spike4h) != 1 {
			t.Errorf("logged %v: each once", got)
		}
		if wt.Board().Sign("AUSDT").Shows(signal.Spike1h) {
			t.Error("two hours later nothing spikes any more")
		}
		if len(wt.Board().Events) == 0 {
			t.Error("the board remembers the day's events")
		}
	})
}

func count[T comparable](list []T, x T) int {
	n := 0
	for _, y := range list {
		if x == y {
			n++
		}
	}
	return n
}

func TestWithoutAHistoryThereAreReadingsWithoutZ(t *testing.T) {
	for name, change := range map[string]func(*world, *watch.Options){
		"no past":    func(_ *world, o *watch.Options) { o.Past, o.Log = nil, nil },
		"empty past": func(w *world, _ *watch.Options) { w.short = true },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld("AUSDT")
				w.change("AUSDT", in(-120), in(24*60), 1.10, 1.05)
				wt, stop := watching(w, func(o *watch.Options) { change(w, o) })
				defer stop()
				toNextStamp()
				s := wt.Board().Sign("AUSDT")
				if s.Evaluation.Reading24h.Kind != signal.StrongBullish || market.Known(s.Evaluation.Reading24h.ZPrice) {
					t.Errorf("reading %+v", s.Evaluation.Reading24h)
				}
				if len(s.Showing()) != 0 || len(s.Events) != 0 {
					t.Errorf("shows %v, events %v", s.Showing(), s.Events)
				}
				x := s.Evidence(signal.Spike1h)
				if len(x.Missing) == 0 || x.Missing[0].Need != 7 || !(x.Missing[0].Have > 1.5 && x.Missing[0].Have < 1.8) {
					t.Errorf("missing %+v; about 1.7 of 7 days are there", x.Missing)
				}
			})
		})
	}
}

// Of how many contracts a kind is known is told with what shows it: with a short
// history a quiet market is known to show nothing, and a moving one is not.
func TestTheBoardSaysOnHowManyContractsAKindIsEvaluated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld("AUSDT", "BUSDT", "CUSDT")
		w.short = true
		w.change("AUSDT", in(0), in(600), 1.08, 1)
		wt, stop := watching(w)
		defer stop()
		toNextStamp()
		pass(20 * time.Second)
		b := wt.Board()
		if n := b.Evaluated(signal.Spike1h); n != 2 || b.Total != 3 {
			t.Errorf("spikes are evaluated on %d of %d, want 2 of 3", n, b.Total)
		}
		if lacking := b.Lacking(signal.Spike1h); !slices.Equal(lacking, []string{"AUSDT"}) {
			t.Errorf("history is lacking of %v", lacking)
		}
		w.mu.Lock()
		w.short = false
		w.mu.Unlock()
		wt.Grown("AUSDT") // an import ended
		pass(20 * time.Second)
		b = wt.Board()
		if n := b.Evaluated(signal.Spike1h); n != 3 || !b.Sign("AUSDT").Shows(signal.Spike1h) || len(b.Lacking(signal.Spike1h)) != 0 {
			t.Errorf("with the history there: evaluated on %d, %v", n, b.Sign("AUSDT").Showing())
		}
		pass(20 * time.Minute)
		w.mu.Lock()
		w.frozen = time.Now()
		w.mu.Unlock()
		pass(20 * time.Minute)
		if n := wt.Board().Evaluated(signal.Spike1h); n != 0 {
			t.Errorf("on data of 20 minutes ago %d contracts count as evaluated", n)
		}
	})
}

// Divergences are evaluated on the full hour, which closes minutes before the
// baseline of that hour can be ready, and are shown until the next one.
func TestADivergenceStaysForItsHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pass(30 * time.Minute) // to half past
		w := newWorld("AUSDT")
		w.change("AUSDT", in(-3*24*60-60), in(-3*24*60+60), 1.10, 1.05) // the earlier high, with more contracts
		w.change("AUSDT", in(20), in(24*60), 1, 1.08)
		wt, stop := watching(w)
		defer stop()
		for range 5 {
			toNextStamp()
		}
		if s := wt.Board().Sign("AUSDT"); s.Shows(signal.DivergenceHigh) {
			t.Fatal("shown before the full hour")
		}
		for range 3 {
			toNextStamp()
		}
		s := wt.Board().Sign("AUSDT")
		if !s.Shows(signal.DivergenceHigh) || s.Stamp(signal.DivergenceHigh)%time.Hour.Milliseconds() != 0 {
			t.Fatalf("a quarter past, it shows %v (%v)", s.Showing(), s.Evidence(signal.DivergenceHigh).Thresholds)
		}
		if x := s.Evidence(signal.DivergenceHigh); x.Divergence == nil {
			t.Error("the evidence names the earlier high")
		}
		if got := w.kinds(); count(got, signal.DivergenceHigh) != 1 {
			t.Errorf("logged %v", got)
		}
	})
}

func TestAttendedContractsComeFirstThenByVolume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld("AUSDT", "BUSDT", "CUSDT", "DUSDT")
		w.mu.Lock() // until it is known who is attended to
		wt := watch.New(watch.Options{Market: w, Now: time.Now, Past: w})
		wt.Attend([]string{"DUSDT", "GONE", "CUSDT"})
		ctx, cancel := context.WithCancel(t.Context())
		go wt.Run(ctx)
		w.mu.Unlock()
		pass(30 * time.Second)
		cancel()
		synctest.Wait()
		if want := []string{"DUSDT", "CUSDT", "AUSDT", "BUSDT"}; !slices.Equal(w.asked, want) {
			t.Errorf("in the order %v, want %v", w.asked, want)
		}
	})
}

// A board has the events of the whole market: one for each of hundreds of
// baselines would be hundreds of megabytes of garbage, each hour.
func TestBaselinesComeOnFewBoards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld("AUSDT", "BUSDT", "CUSDT", "DUSDT", "EUSDT", "FUSDT")
		wt, stop := watching(w)
		defer stop()
		pass(100 * time.Millisecond)
		if b := wt.Board(); b.Ready != 6 || b.Sequence > 2 {
			t.Errorf("%d baselines on %d boards", b.Ready, b.Sequence)
		}
	})
}

func TestALogThatFailsIsWrittenLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld("AUSDT")
		w.broken = true
		w.change("AUSDT", in(5), in(24*60), 1.10, 1)
		wt, stop := watching(w)
		defer stop()
		pass(10 * time.Second)
		toNextStamp()
		if !wt.Board().Sign("AUSDT").Shows(signal.Spike1h) {
			t.Fatal("a failing log costs the board nothing")
		}
		w.mu.Lock()
		w.broken = false
		w.mu.Unlock()
		pass(5 * time.Second)
		if got := w.kinds(); count(got, signal.Spike1h) != 1 {
			t.Errorf("logged %v", got)
		}
	})
}

func TestNothingIsShownOnDataThatAreTooOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld("AUSDT")
		w.change("AUSDT", in(5), in(24*60), 1.10, 1)
		wt, stop := watching(w)
		defer stop()
		pass(10 * time.Second)
		toNextStamp()
		w.mu.Lock()
		w.frozen = time.Now()
		w.mu.Unlock()
		pass(10 * time.Minute)
		if !wt.Board().Sign("AUSDT").Shows(signal.Spike1h) {
			t.Error("ten minutes are not too old")
		}
		pass(6 * time.Minute)
		s := wt.Board().Sign("AUSDT")
		if len(s.Showing()) != 0 || !slices.Contains(s.Evaluation.Eligibility.Issues, signal.StaleData) {
			t.Errorf("sixteen minutes later it still shows %v", s.Showing())
		}
	})
}

func TestADelistedContractLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld("AUSDT", "BUSDT")
		wt, stop := watching(w)
		defer stop()
		pass(10 * time.Second)
		w.mu.Lock()
		delete(w.series, "AUSDT")
		w.mu.Unlock()
		pass(5 * time.Second)
		if b := wt.Board(); b.Sign("AUSDT") != nil || b.Sign("BUSDT") == nil || b.Total != 1 {
			t.Errorf("board %+v", b)
		}
	})
}

// A day watched live gives the events that are computed on the same day
// afterwards: at the same stamps, no more and no fewer.
func TestADayWatchedGivesTheEventsOfItsHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld("AUSDT")
		points := w.series["AUSDT"]
		r := rand.New(rand.NewPCG(9, 9))
		f, g := 1.0, 1.0
		for i := range points { // a lively market
			f, g = f*math.Exp(0.003*r.NormFloat64()*math.Exp(r.NormFloat64())), g*math.Exp(0.003*r.NormFloat64()*math.Exp(r.NormFloat64()))
			points[i].Contracts, points[i].Price = points[i].Contracts*f, points[i].Price*g
		}
		w.change("AUSDT", in(35), in(24*60), 1.12, 1.02)
		w.change("AUSDT", in(400), in(24*60), 0.85, 0.9)
		wt, stop := watching(w)
		defer stop()
		pass(2 * time.Second)
		begun := in(0)
		for range 240 {
			toNextStamp()
		}
		want, err := signal.Events(t.Context(), &signal.Input{Symbol: "AUSDT", Points: points, Terms: market.DefaultFundingTerms(), Volume: market.Unknown},
			begun.Add(time.Minute), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if len(want) < 3 {
			t.Fatalf("the market is too quiet for this test: %d events", len(want))
		}
		if got := names(w.logged); !slices.Equal(got, names(want)) {
			t.Errorf("seen live %v\ncomputed  %v", got, names(want))
		}
		later, err := wt.Events(t.Context(), "AUSDT", begun.Add(time.Minute), time.Now())
		if err != nil || !slices.Equal(names(later), names(want)) {
			t.Errorf("for a chart: %v, %v", names(later), err)
		}
	})
}

func names(events []signal.Event) []string {
	var list []string
	for _, e := range events {
		list = append(list, e.Time.UTC().Format("15:04 ")+string(e.Kind))
	}
	slices.Sort(list)
	return list
}

func TestEventsOfAHistoryAreKeptForSomeMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld("AUSDT")
		w.change("AUSDT", in(-600), in(-300), 1.10, 1)
		wt := watch.New(watch.Options{Market: w, Now: time.Now, Past: w})
		for range 3 {
			events, err := wt.Events(t.Context(), "AUSDT", in(-24*60), in(0))
			if err != nil || !slices.ContainsFunc(events, func(e signal.Event) bool { return e.Kind == signal.Spike1h }) {
				t.Fatalf("%v %v", names(events), err)
			}
		}
		if len(w.asked) != 1 {
			t.Errorf("the past was read %d times", len(w.asked))
		}
		if events, err := wt.Events(t.Context(), "AUSDT", in(-100), in(0)); err != nil || len(events) != 0 {
			t.Errorf("none after the flush of five hours ago: %v %v", names(events), err)
		}
		pass(6 * time.Minute)
		if _, err := wt.Events(t.Context(), "AUSDT", in(-100), in(0)); err != nil || len(w.asked) != 2 {
			t.Errorf("a new stamp is taken in: %d, %v", len(w.asked), err)
		}
	})
}
