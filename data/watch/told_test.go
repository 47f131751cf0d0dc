package watch_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/signal"
)

func TestARestartTellsNoEventTwice(t *testing.T) {
	for _, corrected := range []bool{false, true} {
		t.Run(fmt.Sprintf("corrected=%v", corrected), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld("AUSDT")
				jump := in(10)
				w.change("AUSDT", jump, in(24*60), 1.10, 1)
				_, stop := watching(w)
				for range 3 {
					toNextStamp()
				}
				stop()
				if got := w.kinds(); count(got, signal.Spike1h) != 1 {
					t.Fatalf("logged %v", got)
				}
				if corrected { // the official stamp says that it jumped five minutes later
					w.change("AUSDT", jump, jump.Add(time.Minute), 1/1.10, 1)
				}
				wt, stop := watching(w)
				defer stop()
				for range 6 {
					toNextStamp()
				}
				if got := w.kinds(); count(got, signal.Spike1h) != 1 {
					t.Errorf("after a restart the log has %v", got)
				}
				s := wt.Board().Sign("AUSDT")
				n := 0
				for _, e := range s.Events {
					if e.Kind == signal.Spike1h {
						n++
						if !e.Live || !e.Time.Equal(jump) {
							t.Errorf("the board forgot that it was seen live, at %v: %v %v", jump, e.Live, e.Time)
						}
					}
				}
				if n != 1 {
					t.Errorf("the board lists it %d times", n)
				}
			})
		})
	}
}

// An event that was told, and that the corrected history puts at a later time,
// is not told again when that time comes.
func TestAnEventPutOffByACorrectionIsNotToldAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld("AUSDT")
		jump := in(10)
		w.change("AUSDT", jump, in(24*60), 1.10, 1)
		_, stop := watching(w)
		for range 2 {
			toNextStamp()
		}
		stop()
		w.change("AUSDT", jump, jump.Add(20*time.Minute), 1/1.10, 1)
		wt, stop := watching(w)
		defer stop()
		for range 6 {
			toNextStamp()
		}
		if !wt.Board().Sign("AUSDT").Shows(signal.Spike1h) {
			t.Error("it is a spike all the same, and shown")
		}
		if got := w.kinds(); count(got, signal.Spike1h) != 1 {
			t.Errorf("logged %v", got)
		}
	})
}

// Stamps that come together are evaluated one by one.
func TestStampsThatComeLateAreMadeUpFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld("AUSDT")
		w.change("AUSDT", in(10), in(15), 1.10, 1) // for one stamp
		wt, stop := watching(w)
		defer stop()
		pass(10 * time.Second)
		w.mu.Lock()
		w.frozen = time.Now()
		w.mu.Unlock()
		for range 3 {
			toNextStamp()
		}
		w.mu.Lock()
		w.frozen = time.Time{}
		w.mu.Unlock()
		pass(3 * time.Second)
		if e, ok := wt.Board().Sign("AUSDT").Last(signal.Spike1h); !ok || !e.Live || !e.Time.Equal(in(-5)) {
			t.Errorf("the spike of one stamp: %t %+v", ok, e)
		}
	})
}

// What happened while the machine slept is found afterwards, but was not seen live.
func TestASleepOfHoursIsWalked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld("AUSDT")
		w.change("AUSDT", in(90), in(100), 1.10, 1)
		wt, stop := watching(w)
		defer stop()
		pass(10 * time.Second)
		w.mu.Lock()
		w.frozen = time.Now()
		w.mu.Unlock()
		at := in(90)
		pass(3 * time.Hour)
		w.mu.Lock()
		w.frozen = time.Time{}
		w.mu.Unlock()
		toNextStamp()
		if e, ok := wt.Board().Sign("AUSDT").Last(signal.Spike1h); !ok || e.Live || !e.Time.Equal(at) {
			t.Errorf("the spike at %v: %t %+v %v", at, ok, e.Live, e.Time)
		}
		if got := w.kinds(); count(got, signal.Spike1h) != 0 {
			t.Errorf("logged as seen live: %v", got)
		}
	})
}

// What happened while nobody looked is listed, but was not seen live.
func TestWhatHappenedBeforeTheStartIsComputed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld("AUSDT")
		w.change("AUSDT", in(-180), in(24*60), 1.10, 1)
		wt, stop := watching(w)
		defer stop()
		pass(10 * time.Second)
		e, ok := wt.Board().Sign("AUSDT").Last(signal.Spike1h)
		if !ok || e.Live || !e.Time.Equal(in(-180)) {
			t.Errorf("got %+v", e)
		}
		if got := w.kinds(); len(got) != 0 {
			t.Errorf("logged as seen live: %v", got)
		}
	})
}
