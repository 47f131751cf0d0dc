package watch_test

import (
	"bytes"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/data/watch"
)

func (w *world) fail(reads int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fails = reads
}

func (w *world) reads() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.asked)
}

func hasZ(wt *watch.Watch, symbol string) bool {
	s := wt.Board().Sign(symbol)
	return s != nil && market.Known(s.Evaluation.Reading24h.ZOpenInterest)
}

// One read that fails costs seconds, not the hour: at the start, and when a full
// hour closes.
func TestAFailedReadOfThePastIsTriedAgainSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld("AUSDT", "BUSDT")
		w.fails = 1
		var log bytes.Buffer
		wt, stop := watching(w, func(o *watch.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
		defer stop()
		pass(4 * time.Second)
		if !hasZ(wt, "AUSDT") || !hasZ(wt, "BUSDT") {
			t.Error("a failed read at the start still costs the z four seconds later")
		}
		for range 2 { // over a full hour
			pass(time.Until(time.Now().Truncate(time.Hour).Add(time.Hour)))
			w.fail(2)
			pass(10 * time.Second)
			for _, symbol := range []string{"AUSDT", "BUSDT"} {
				if s := wt.Board().Sign(symbol); !hasZ(wt, symbol) || s.Evaluation.Stamp != in(0).UnixMilli() {
					t.Errorf("ten seconds into the hour, %s is evaluated as of %v, with z: %v", symbol, time.UnixMilli(s.Evaluation.Stamp).UTC(), hasZ(wt, symbol))
				}
			}
		}
		if n := strings.Count(log.String(), "\n"); n < 1 || n > 3 {
			t.Errorf("%d lines in the log:\n%s", n, log.String())
		}
	})
}

// A past that can't be read for long is not waited for, nor asked all the time,
// nor lamented: it is said once.
func TestAPastThatStaysAwayIsSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld("AUSDT", "BUSDT", "CUSDT")
		w.fails = 1_000_000
		var log bytes.Buffer
		wt, stop := watching(w, func(o *watch.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
		defer stop()
		pass(15 * time.Second)
		if s := wt.Board().Sign("AUSDT"); s == nil || hasZ(wt, "AUSDT") {
			t.Error("without a past there is a reading without z")
		}
		before := w.reads()
		pass(time.Minute)
		if n := w.reads() - before; n < 3*10 || n > 3*15 {
			t.Errorf("the past of three contracts was asked for %d times in a minute", n)
		}
		if n := strings.Count(log.String(), "\n"); n != 1 {
			t.Errorf("%d lines in the log:\n%s", n, log.String())
		}
		w.fail(0)
		pass(8 * time.Second)
		for _, symbol := range []string{"AUSDT", "BUSDT", "CUSDT"} {
			if !hasZ(wt, symbol) {
				t.Errorf("eight seconds after its past could be read, %s has no z", symbol)
			}
		}
		before = w.reads()
		pass(time.Minute)
		if n := w.reads() - before; n != 0 {
			t.Errorf("what is known was read %d times again", n)
		}
	})
}

// When what is kept turns out to be of another market, nothing that was computed
// on it stays.
func TestTheSignsOfAnotherMarketAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld("AUSDT")
		w.change("AUSDT", in(-300), in(-240), 1.10, 1) // what the other market had
		w.logged = []signal.Event{{Time: in(-120), Symbol: "AUSDT", Kind: signal.CrowdedLongs, DefinitionVersion: signal.DefinitionVersion}}
		var turns atomic.Int64
		wt, stop := watching(w, func(o *watch.Options) { o.Turns = func() int { return int(turns.Load()) } })
		defer stop()
		pass(5 * time.Second)
		events, err := wt.Events(t.Context(), "AUSDT", in(-24*60), in(0))
		if b := wt.Board(); len(b.Events) < 2 || err != nil || len(events) == 0 || !hasZ(wt, "AUSDT") {
			t.Fatalf("before it is found out, the board has %v, a chart %v, %v", b.Events, events, err)
		}
		w.mu.Lock()
		w.short, w.logged = true, nil
		w.change("AUSDT", in(-300), in(-240), 1/1.10, 1)
		w.mu.Unlock()
		turns.Add(1)
		pass(3 * time.Second)
		if b := wt.Board(); len(b.Events) != 0 || hasZ(wt, "AUSDT") {
			t.Errorf("after it was found out, the board has %v, with z: %v", b.Events, hasZ(wt, "AUSDT"))
		}
		if events, err := wt.Events(t.Context(), "AUSDT", in(-24*60), in(0)); err != nil || slices.ContainsFunc(events, func(e signal.Event) bool { return e.Kind == signal.Spike1h }) {
			t.Errorf("a chart has %v, %v", events, err)
		}
	})
}
