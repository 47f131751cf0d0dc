package feed

import (
	"time"

	"openinterest/data/market"
)

// outcome is what the schedule must know of an answer.
type outcome struct {
	problem *market.Problem // nil: a good answer
	global  bool            // the problem is everybody's: the lane is not to blame
	aborted bool            // given up by the engine after a pause: ask again
	newest  int64           // of a history: its newest stamp, 0 when it is empty
}

// answered takes note of what came of a request that next or probe returned.
func (s *schedule) answered(now time.Duration, wall int64, r request, o outcome) {
	s.flying--
	if r.past() {
		s.pastAnswered(now, r, o)
		return
	}
	if r.kind == askHistory && !o.global {
		s.historyAnswered(now, o)
	}
	l, e := s.lane(r)
	if l == nil {
		return // delisted meanwhile
	}
	switch {
	case o.problem == nil:
		l.succeeded()
		if r.kind == askHistory {
			s.historyHad(now, wall, e, r, o)
		}
	case o.global:
		if l.dropped(); o.aborted {
			l.forgive()
		}
	case e == nil:
		l.failed(now, tableRetryFirst, tableRetryMost)
	case o.problem.Kind == market.UnknownSymbol:
		l.flying, l.unknown, l.notBefore = false, true, now+unknownSymbolPeriod
		s.contractsSoon(now)
	default:
		l.failed(now, contractRetryFirst, contractRetryMost)
		if until := o.problem.Until; !until.IsZero() {
			l.notBefore = max(l.notBefore, now+time.Duration(until.UnixMilli()-wall)*time.Millisecond)
		}
	}
}

// lane finds the lane of a request, and the entry when it is a contract's.
func (s *schedule) lane(r request) (*lane, *entry) {
	if r.symbol == "" {
		return &s.tables[r.kind], nil
	}
	e := s.symbols[r.symbol]
	if e == nil {
		return nil, nil
	}
	if r.kind == askHistory {
		return &e.history, e
	}
	return &e.openInterest, e
}

// historyHad moves a contract's newest official stamp on. When the stamp hoped
// for is not there yet, the contract waits a while.
func (s *schedule) historyHad(now time.Duration, wall int64, e *entry, r request, o outcome) {
	e.official = max(e.official, o.newest)
	if r.expect == 0 {
		return
	}
	age := time.Duration(wall-r.expect) * time.Millisecond
	switch {
	case e.official >= r.expect:
		s.topUps.found(age)
		return
	case e.official >= r.expect-market.StepMillis: // not a contract whose history stands still
		s.topUps.missed()
	}
	e.history.notBefore = now + topUpRetry
}

// historyAnswered pauses the history route as a whole when it fails again and
// again while open interest is being answered.
func (s *schedule) historyAnswered(now time.Duration, o outcome) {
	if o.problem == nil {
		s.historyFailures = 0
		s.historyPause.forgive()
		return
	}
	if s.historyFailures++; s.historyFailures >= softStreak && now >= s.historyPause.notBefore {
		s.historyPause.failed(now, contractRetryFirst, time.Minute)
	}
}

// contractsSoon brings the next look at the list of contracts forward, to at
// most one a minute: a contract unknown to the exchange was probably delisted.
func (s *schedule) contractsSoon(now time.Duration) {
	l := &s.tables[askContracts]
	l.asked = min(l.asked, now+time.Minute-contractsPeriod)
}

// contractsHad gives the contracts that are still listed another chance, if
// the exchange did not know them.
func (s *schedule) contractsHad() {
	for _, e := range s.entries {
		for _, l := range []*lane{&e.openInterest, &e.history} {
			if l.unknown {
				l.forgive()
			}
		}
	}
}

// forgive ends every back-off: whatever failed is asked again at its turn.
func (s *schedule) forgive() {
	s.historyPause.forgive()
	s.historyFailures = 0
	for k := range s.tables {
		s.tables[k].forgive()
	}
	for _, e := range s.entries {
		e.openInterest.forgive()
		e.history.forgive()
	}
}

// overdue makes everything due at once: the machine slept, or its clock was set.
func (s *schedule) overdue() {
	s.forgive()
	for k := range s.tables {
		if kind(k) != askFunding {
			s.tables[k].asked = never
		}
	}
	for _, e := range s.entries {
		e.openInterest.asked = never
	}
}
