package feed

import "time"

// ledgerSlots is how finely a ledger's window is divided. Spending is counted
// until the end of its slot plus the window, so the ledger errs by at most one
// slot (0.4 % of the window), on the safe side.
const ledgerSlots = 240

// ledger counts what was spent in a rolling window.
type ledger struct {
	slot  time.Duration
	spent [ledgerSlots + 1]int // a ring; the slot after the newest is the oldest
	head  int64                // the newest slot, counted from time 0
	used  int                  // the sum of spent
}

func newLedger(window time.Duration) *ledger {
	return &ledger{slot: window / ledgerSlots}
}

// advance lets the spending of slots that left the window go.
func (l *ledger) advance(now time.Duration) {
	current := int64(now / l.slot)
	if current-l.head > int64(len(l.spent)) {
		l.head = current - int64(len(l.spent))
	}
	for l.head < current {
		l.head++
		i := l.head % int64(len(l.spent))
		l.used -= l.spent[i]
		l.spent[i] = 0
	}
}

func (l *ledger) spend(now time.Duration, weight int) {
	l.advance(now)
	l.spent[l.head%int64(len(l.spent))] += weight
	l.used += weight
}

// release calls f with the time from now until each slot leaves the window and
// what has been released by then, the soonest first, until f returns false.
func (l *ledger) release(f func(after time.Duration, released int) bool) {
	released := 0
	for i := 1; i <= len(l.spent); i++ {
		released += l.spent[(l.head+int64(i))%int64(len(l.spent))]
		if !f(time.Duration(i)*l.slot, released) {
			return
		}
	}
}

// rate returns the highest constant rate per second at which spending may go
// on so that the window never holds more than allowed. Right after a burst it
// spreads what remains over the time until the burst leaves the window; in the
// steady state it is allowed / window. Releases closer than a second away are
// left to the caller's check of what is free, so that single requests do not
// make the rate jump.
func (l *ledger) rate(now time.Duration, allowed int) float64 {
	l.advance(now)
	free := allowed - l.used
	lowest := float64(allowed) / (time.Duration(ledgerSlots) * l.slot).Seconds()
	l.release(func(after time.Duration, released int) bool {
		if after >= time.Second {
			lowest = min(lowest, float64(free+released)/after.Seconds())
		}
		return true
	})
	return max(0, lowest)
}

// freeIn returns how long it takes until n of allowed are free; the whole
// window when even an empty ledger would not do.
func (l *ledger) freeIn(now time.Duration, allowed, n int) time.Duration {
	l.advance(now)
	if allowed-l.used >= n {
		return 0
	}
	wait := time.Duration(ledgerSlots) * l.slot
	l.release(func(after time.Duration, released int) bool {
		if allowed-l.used+released >= n {
			wait = after
			return false
		}
		return true
	})
	return wait
}
