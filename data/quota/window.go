package quota

import "time"

// window counts what this program spent in the last span and tells when there
// is room for more. What is spent counts from before the request leaves until
// span after its answer came: it arrived somewhere between the two. The quota's
// lock guards it.
type window struct {
	span    time.Duration
	max     int     // what may be spent in any span
	flying  int     // spent by requests without an answer yet
	settled int     // the sum of done
	done    []spend // answered, by time
}

type spend struct {
	began, at time.Time // when the first and the last of its answers came
	amount    int
}

// closeTogether is how far apart answers may be that are noted as one.
const closeTogether = 50 * time.Millisecond

// unknownWait is how long to wait before asking again where only an answer that
// is still on its way can make room.
const unknownWait = 100 * time.Millisecond

// used is what counts against max at now.
func (w *window) used(now time.Time) int {
	i := 0
	for i < len(w.done) && now.Sub(w.done[i].at) > w.span {
		w.settled -= w.done[i].amount
		i++
	}
	w.done = w.done[i:]
	return w.flying + w.settled
}

// wait returns how long until amount more fits beside what others spent; 0 for
// now. others are the times at which they spent one each, the oldest first.
func (w *window) wait(now time.Time, amount int, others []time.Time) time.Duration {
	excess := w.used(now) + len(others) + amount - w.max
	if excess <= 0 {
		return 0
	}
	for mine := w.done; len(mine)+len(others) > 0; { // both are by time: what ends first makes room first
		var s spend
		if len(others) == 0 || len(mine) > 0 && mine[0].at.Before(others[0]) {
			s, mine = mine[0], mine[1:]
		} else {
			s, others = spend{others[0], others[0], 1}, others[1:]
		}
		if excess -= s.amount; excess <= 0 {
			return max(time.Millisecond, s.at.Add(w.span).Sub(now)+time.Millisecond) // past the span, not at its edge
		}
	}
	return unknownWait
}

// take spends amount.
func (w *window) take(amount int) { w.flying += amount }

// refund takes back what was never sent.
func (w *window) refund(amount int) { w.flying -= amount }

// settle notes that the answer to a request that cost amount came. What comes
// close together is one entry, of its last moment: rather late than early.
func (w *window) settle(now time.Time, amount int) {
	w.flying -= amount
	if amount <= 0 {
		return
	}
	w.settled += amount
	if n := len(w.done); n > 0 && !now.Before(w.done[n-1].at) && now.Sub(w.done[n-1].began) < closeTogether {
		w.done[n-1].at = now
		w.done[n-1].amount += amount
		return
	}
	w.done = append(w.done, spend{now, now, amount})
}

// since returns what was spent by requests that were answered at or after t or
// are still without an answer.
func (w *window) since(t time.Time) int {
	sum := w.flying
	for i := len(w.done) - 1; i >= 0 && !w.done[i].at.Before(t); i-- {
		sum += w.done[i].amount
	}
	return sum
}

// rate returns the highest constant rate per second at which spending may go on
// so that the window never holds more than allowed. Right after a burst it
// spreads what remains over the time until the burst leaves the window; in the
// steady state it is allowed / span. What leaves within a second is left to
// Take, so that single requests do not make the rate jump.
func (w *window) rate(now time.Time, allowed int) float64 {
	room := allowed - w.used(now)
	lowest := float64(allowed) / w.span.Seconds()
	released := 0
	for _, s := range w.done {
		released += s.amount
		if after := s.at.Add(w.span).Sub(now); after >= time.Second {
			lowest = min(lowest, float64(room+released)/after.Seconds())
		}
	}
	return max(0, lowest)
}

func (w *window) shift(by time.Duration) {
	for i := range w.done {
		w.done[i].began, w.done[i].at = w.done[i].began.Add(by), w.done[i].at.Add(by)
	}
}
