package scorecard

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func book(t *testing.T, s Source) *Book {
	t.Helper()
	b := NewBook(t.Context(), s, time.Now, func(f func()) { f() })
	t.Cleanup(b.Close)
	return b
}

func TestContractIsScoredOnceAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{symbols: []string{"BTCUSDT"}, asked: make(chan string, 10)}
		b := book(t, s)
		loads := func() int {
			b.Want("BTCUSDT")
			synctest.Wait()
			return len(s.asked)
		}
		if n := loads(); n != 1 {
			t.Fatalf("%d loads, want 1", n)
		}
		st := b.State("BTCUSDT")
		if st.Cards == nil || st.Running || st.Cards.History.Symbol != "BTCUSDT" || st.Cards.History.Days < 39 {
			t.Errorf("the state is %+v", st)
		}
		if n := loads(); n != 1 {
			t.Error("loaded again although the scorecard is fresh")
		}
		time.Sleep(61 * time.Minute) // fake time
		if n := loads(); n != 2 {
			t.Error("not loaded again after an hour")
		}
	})
}

func TestPooledScoresEveryContractAndTellsHowFarItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{symbols: []string{"BTCUSDT", "ETHUSDT", "BROKENUSDT", "XRPUSDT"}, gate: make(chan bool),
			broken: map[string]error{"BROKENUSDT": errors.New("the disk is on fire")}}
		b := book(t, s)
		var told atomic.Int32
		b.OnChange(func(string) { told.Add(1) })
		b.Want(Pooled)
		s.gate <- true
		s.gate <- true
		synctest.Wait()
		if st := b.State(Pooled); !st.Running || st.Done != 2 || st.Total != 4 {
			t.Errorf("half way: %+v", st)
		}
		close(s.gate)
		synctest.Wait()
		st := b.State(Pooled)
		if st.Cards == nil || st.Cards.History.Contracts != 3 || st.Failed != 1 || st.Running || told.Load() == 0 {
			t.Errorf("at the end: %+v, told %d times", st, told.Load())
		}
		if own := b.State("XRPUSDT"); own.Cards == nil || own.Cards.History.Symbol != "XRPUSDT" {
			t.Error("the contract behind the broken one has no scorecard of its own")
		}
	})
}

func TestCancelStopsAndKeepsWhatWasThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{symbols: []string{"BTCUSDT", "ETHUSDT"}, gate: make(chan bool, 2)}
		b := book(t, s)
		s.gate <- true
		s.gate <- true
		b.Compute(Pooled)
		synctest.Wait()
		before := b.State(Pooled).Cards
		b.Compute(Pooled)
		synctest.Wait()
		b.Cancel(Pooled)
		synctest.Wait()
		st := b.State(Pooled)
		if st.Running || !st.Stopped || st.Cards == nil || st.Cards != before {
			t.Errorf("after the cancel: %+v", st)
		}
	})
}

func TestFailureIsKeptAndNotTriedAgainByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{broken: map[string]error{"BTCUSDT": errors.New("unreadable")}, asked: make(chan string, 10)}
		b := book(t, s)
		b.Want("BTCUSDT")
		synctest.Wait()
		b.Want("BTCUSDT")
		synctest.Wait()
		if st := b.State("BTCUSDT"); st.Err == nil || len(s.asked) != 1 {
			t.Errorf("%+v after %d loads", st, len(s.asked))
		}
	})
}

func TestMoreHistoryMakesScorecardsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := book(t, &shelf{symbols: []string{"BTCUSDT"}})
		b.Want(Pooled)
		synctest.Wait()
		b.Forget("BTCUSDT")
		if b.State(Pooled).Cards != nil || b.State("BTCUSDT").Cards != nil {
			t.Error("scorecards without the new history are still shown")
		}
	})
}

func TestCloseEndsWhatIsComputed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBook(context.Background(), &shelf{gate: make(chan bool)}, time.Now, func(f func()) { f() })
		b.Compute("BTCUSDT")
		synctest.Wait()
		b.Close() // would hang, and the bubble with it
		b.Compute("BTCUSDT")
		if b.State("BTCUSDT").Running {
			t.Error("computes after it was closed")
		}
	})
}

func TestPooledNeverReplacesALongerScorecard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := book(t, &shelf{symbols: []string{"BTCUSDT", "ETHUSDT"}, pooledDays: 20})
		b.Want("BTCUSDT")
		synctest.Wait()
		b.Want(Pooled)
		synctest.Wait()
		if own, other := b.State("BTCUSDT").Cards.History.Days, b.State("ETHUSDT").Cards.History.Days; own < 39 || other > 21 {
			t.Errorf("%v days of the contract scored by itself, %v of the other; want 40 and 20", own, other)
		}
	})
}

// A pane wants the scorecard whenever it is told of it. One that is old and
// cannot be computed anew must not be tried for ever.
func TestAnOldScorecardThatFailsIsTriedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{symbols: []string{"BTCUSDT"}, broken: map[string]error{}, asked: make(chan string, 1000)}
		b := book(t, s)
		b.Want("BTCUSDT")
		synctest.Wait()
		b.OnChange(func(symbol string) {
			if len(s.asked) < 100 { // enough to see that it does not end
				b.Want(symbol)
			}
		})
		time.Sleep(2 * time.Hour) // fake time
		s.broken["BTCUSDT"] = errors.New("unreadable")
		b.Want("BTCUSDT")
		synctest.Wait()
		if st := b.State("BTCUSDT"); len(s.asked) != 2 || st.Err == nil || st.Cards == nil {
			t.Errorf("loaded %d times, want 2; the state is %+v", len(s.asked), st)
		}
	})
}

// Who removed a part of the history, and computes anew, gets what is left.
func TestAShorterHistoryReplacesTheScorecard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{symbols: []string{"BTCUSDT"}}
		b := book(t, s)
		b.Want("BTCUSDT")
		synctest.Wait()
		s.days = 20
		b.Compute("BTCUSDT")
		synctest.Wait()
		if days := b.State("BTCUSDT").Cards.History.Days; days > 21 {
			t.Errorf("the scorecard is still of %v days", days)
		}
	})
}
