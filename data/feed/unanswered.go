package feed

import (
	"time"

	"openinterest/data/market"
)

// A contract has no answer once it failed this often in a row, and for so long,
// while others answered: it is not waited for any more.
const (
	unansweredTimes = 4
	unansweredFor   = 8 * time.Second
)

// countUnanswered gives up waiting for the rows that fail again and again.
func (t *table) countUnanswered(at instant) {
	t.unanswered = 0
	for _, r := range t.rows {
		f := r.shown()
		was := r.unanswered
		r.unanswered = f.problem != nil && f.times >= unansweredTimes && at.elapsed-r.failing >= unansweredFor
		if r.unanswered && !r.ready() {
			t.unanswered++
		}
		t.dirty = t.dirty || was != r.unanswered
	}
}

// unansweredProblem is that of a contract without an answer; nil when there is none.
func (t *table) unansweredProblem() *market.Problem {
	for _, r := range t.rows {
		if r.unanswered {
			return r.shown().problem
		}
	}
	return nil
}
