package feed

import (
	"math/rand/v2"
	"testing"
	"time"
)

// An exact log and the ledger are fed the same spending: the ledger never
// counts less than the log, and at most a slot's worth of time longer.
func TestLedgerNeverCountsLessThanWasSpent(t *testing.T) {
	type spending struct {
		at     time.Duration
		weight int
	}
	random := rand.New(rand.NewPCG(1, 2))
	l := newLedger(time.Minute)
	var log []spending
	within := func(now, window time.Duration) (sum int) {
		for _, s := range log {
			if s.at > now-window {
				sum += s.weight
			}
		}
		return sum
	}
	now := time.Duration(0)
	for range 5000 {
		now += time.Duration(random.Int64N(int64(300 * time.Millisecond)))
		if random.IntN(400) == 0 {
			now += 2 * time.Minute // a lull empties it
		}
		weight := 1 + random.IntN(40)
		l.spend(now, weight)
		log = append(log, spending{now, weight})
		if least, most := within(now, time.Minute), within(now, time.Minute+l.slot); l.used < least || l.used > most {
			t.Fatalf("at %v the ledger counts %d, want %d … %d", now, l.used, least, most)
		}
	}
}

func TestLedgerRateSpreadsWhatABurstLeft(t *testing.T) {
	l := newLedger(time.Minute)
	if got := l.rate(0, 1860); got < 30.8 || got > 31 {
		t.Errorf("an empty ledger allows %v a second, want 31", got)
	}
	l.spend(0, 1090)
	if got, want := l.rate(4*time.Second, 1860), 770.0/56; got < want-0.5 || got > want+0.5 {
		t.Errorf("after a cold start the rate is %v, want about %v", got, want)
	}
	if got := l.rate(61*time.Second, 1860); got < 30.8 || got > 31 {
		t.Errorf("once the burst left the window the rate is %v, want 31", got)
	}
	l.spend(61*time.Second, 2000)
	if got := l.rate(62*time.Second, 1860); got != 0 {
		t.Errorf("overspent, the rate is %v, want 0", got)
	}
	if got := l.freeIn(62*time.Second, 1860, 1); got < 58*time.Second || got > 60*time.Second {
		t.Errorf("overspent, something is free in %v, want about 59 s", got)
	}
}
