package binance

import "time"

// window counts what was spent in the last span and tells when there is room
// for more. What is spent counts from before the request leaves until span
// after its answer came, so that the count is right for whoever counts at the
// other end, however long a request was on its way: it arrived somewhere
// between the two.
//
// It is not safe for concurrent use; the gate's lock guards it.
type window struct {
	span    time.Duration
	max     int     // what may be spent in any span
	flying  int     // spent by requests without an answer yet
	settled int     // the sum of done
	done    []spend // answered, by time

	others []time.Time // when other processes spent one each, the oldest first
}

type spend struct {
	at     time.Time // when the answer came
	amount int
}

// never is the wait for room that only outstanding answers can make.
const never = time.Duration(-1)

// used is what counts against max at now.
func (w *window) used(now time.Time) int {
	i := 0
	for i < len(w.done) && now.Sub(w.done[i].at) > w.span {
		w.settled -= w.done[i].amount
		i++
	}
	w.done = w.done[i:]
	return w.flying + w.settled + w.spentByOthers(now)
}

// wait returns how long until amount more fits: 0 for now, never when only an
// answer can make room.
func (w *window) wait(now time.Time, amount int) time.Duration {
	excess := w.used(now) + amount - w.max
	if excess <= 0 {
		return 0
	}
	others := w.others[len(w.others)-w.spentByOthers(now):]
	for mine := w.done; len(mine)+len(others) > 0; { // both are by time: what ends first makes room first
		var s spend
		if len(others) == 0 || len(mine) > 0 && mine[0].at.Before(others[0]) {
			s, mine = mine[0], mine[1:]
		} else {
			s, others = spend{others[0], 1}, others[1:]
		}
		if excess -= s.amount; excess <= 0 {
			return s.at.Add(w.span).Sub(now) + time.Millisecond // past the span, not at its edge
		}
	}
	return never
}

// take spends amount.
func (w *window) take(amount int) { w.flying += amount }

// refund takes back what was never sent.
func (w *window) refund(amount int) { w.flying -= amount }

// settle notes that the answer to a request that cost amount came.
func (w *window) settle(now time.Time, amount int) {
	w.flying -= amount
	if amount > 0 {
		w.settled += amount
		w.done = append(w.done, spend{now, amount})
	}
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
