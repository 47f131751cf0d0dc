package binance

import (
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/market"
)

// Whatever other processes spent of a bucket, all together never spend more
// than it holds in any five minutes.
func TestWhatOthersSpentCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := New(Options{})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		others := make([]time.Time, 0, 600)
		for i := range 600 { // one a tenth of a second, in the last minute
			others = append(others, began.Add(-time.Duration(i)*100*time.Millisecond))
		}
		c.SpentElsewhere(Spent{History: others})
		if b := c.Budget(); b.HistoryUsed != 600 || b.HistoryAllowed != 900 || b.Own != 0 {
			t.Errorf("budget %+v", b)
		}
		spendAll(t, c.gate, history, 300)
		next := waiting(t.Context(), c.gate, history)
		if _, _, ok := next(); ok {
			t.Fatal("request 901 of five minutes was let go")
		}
		<-time.After(4*time.Minute - time.Second)
		if _, _, ok := next(); ok {
			t.Fatal("it was let go before any of the others' left the five minutes")
		}
		<-time.After(3 * time.Second)
		if p, err, ok := next(); !ok || err != nil {
			t.Fatalf("once there is room it waits on: %v", err)
		} else {
			p.leave(outcome{used: -1, answered: true})
		}
		if n := len(c.Spent().History); n != 301 {
			t.Errorf("%d requests of its own, want 301: the others' are not", n)
		}
	})
}

func TestSpentHoldsWhatIsOnItsWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := New(Options{})
		if err != nil {
			t.Fatal(err)
		}
		spendAll(t, c.gate, history, 3)
		<-time.After(time.Minute)
		p := enter(t, c.gate, history)
		enter(t, c.gate, funding).leave(outcome{used: -1, answered: true})
		s := c.Spent()
		if len(s.History) != 4 || time.Since(s.History[0]) != time.Minute || time.Since(s.History[3]) != 0 || len(s.Funding) != 1 {
			t.Errorf("spent %v", s)
		}
		p.leave(outcome{used: -1, problem: &market.Problem{Kind: market.Unreachable}})
		<-time.After(5*time.Minute + time.Second)
		if s := c.Spent(); len(s.History)+len(s.Funding) != 0 {
			t.Errorf("after five minutes: %v", s)
		}
	})
}

// A clock that was set leaves times to come, which must not block for hours.
func TestTimesToComeAreNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := New(Options{})
		if err != nil {
			t.Fatal(err)
		}
		c.SpentElsewhere(Spent{History: []time.Time{time.Now().Add(7 * time.Hour), time.Now().Add(-time.Hour)}})
		if n := c.Budget().HistoryUsed; n != 1 {
			t.Errorf("%d used", n)
		}
		<-time.After(5*time.Minute + time.Second)
		if n := c.Budget().HistoryUsed; n != 0 {
			t.Errorf("%d used after five minutes", n)
		}
	})
}
