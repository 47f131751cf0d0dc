package feed

import (
	"time"

	"openinterest/data/market"
)

// A contract has no answer once it failed this often in a row, and for so long,
// while others answered: it is not waited for any more.
const (
	unansweredTimes = 4
	unansweredFor   = 5 * time.Second
)

// countUnanswered notices the rows that fail again and again.
func (t *table) countUnanswered(at instant) {
	for _, r := range t.rows {
		f := r.openInterest
		if f.problem == nil && !r.covered {
			f = r.history
		}
		is := f.problem != nil && f.times >= unansweredTimes && at.elapsed-r.failing >= unansweredFor
		t.dirty = t.dirty || is != r.unanswered
		r.unanswered = is
	}
	t.count()
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
