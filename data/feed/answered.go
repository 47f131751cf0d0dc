package feed

import (
	"time"

	"openinterest/data/market"
)

// outcome is what the schedule must know of an answer.
type outcome struct {
	problem *market.Problem // nil: a good answer
	global  bool            // the problem is everybody's: the question is not to blame
	aborted bool            // given up by the engine after a pause: ask again
	newest  int64           // of a history: its newest stamp, 0 when it is empty
}

// answered takes note of what came of a request that next or probe returned.
func (s *schedule) answered(at instant, r request, o outcome) {
	s.flying--
	if r.history() {
		s.historyFlying--
	}
	if r.fills() {
		s.fillAnswered(r, o)
		return
	}
	if r.ratios() {
		s.ratios.flying--
		s.ratioAnswered(at, r, o)
		return
	}
	if r.kind == askHistory && !o.global && !isUnknown(o.problem) {
		s.historyRoute.answered(at.elapsed, r.symbol, o.problem)
	}
	p, e := s.poll(r)
	if p == nil {
		return // delisted meanwhile, or nobody's: a chart, a check
	}
	switch {
	case o.problem == nil:
		p.succeeded()
		if r.kind == askHistory {
			s.historyHad(at, e, r, o)
		}
	case o.global:
		if p.drop(); o.aborted {
			p.forgive()
			p.urgent = true
		}
	default:
		p.fail(at.elapsed, retryFirst, retryMost)
		p.urgent = p.have // at its next try, not at its next turn: the row is a turn old already
		if until := o.problem.Until; until.After(at.wall) && o.problem.Told {
			p.notBefore = max(p.notBefore, at.elapsed+until.Sub(at.wall))
		}
		if e != nil && o.problem.Kind == market.UnknownSymbol {
			s.contractsSoon(at.elapsed)
		}
	}
}

// poll finds the question of a request, and the entry when it is a contract's.
func (s *schedule) poll(r request) (*poll, *entry) {
	if r.shows() || r.ratios() || r.kind == askCheck {
		return nil, nil
	}
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
func (s *schedule) historyHad(at instant, e *entry, r request, o outcome) {
	e.official = max(e.official, o.newest)
	if r.expect == 0 {
		return
	}
	age := time.Duration(at.millis()-r.expect) * time.Millisecond
	switch {
	case e.official >= r.expect:
		s.topUps.found(age)
		return
	case e.official >= r.expect-market.StepMillis: // not a contract whose history stands still
		s.topUps.missed()
	}
	e.history.notBefore = at.elapsed + topUpRetry
}

// contractsSoon brings the next look at the list of contracts forward, to at
// most one a minute: a contract unknown to the exchange was probably delisted.
func (s *schedule) contractsSoon(now time.Duration) { s.tableWithin(askContracts, now, time.Minute) }

// tableWithin has a table asked again no later than in a while.
func (s *schedule) tableWithin(k kind, now, within time.Duration) {
	p := &s.tables[k]
	p.asked = min(p.asked, now+within-s.period(k))
}

// period is how often a table is asked by itself.
func (s *schedule) period(k kind) time.Duration {
	if k == askContracts {
		return contractsPeriod
	}
	return fundingPeriod
}

// forgive ends every backoff: whatever failed is asked again at its turn.
func (s *schedule) forgive() {
	s.historyRoute.clear()
	for k := range s.tables {
		s.tables[k].forgive()
	}
	for _, e := range s.entries {
		e.openInterest.forgive()
		e.history.forgive()
	}
	s.forgiveRatios()
}

// Answers are slow when as many requests as may be have been under way for
// slowAfter; a burst of what is urgent is over sooner. Then rows that were asked
// longer than lateAfter ago are behind.
const (
	slowAfter = 5 * time.Second
	lateAfter = 10 * time.Second
)

// noteSlowness is called before a request is chosen. While answers are slow,
// rows are asked later than the pace allows. Once that is over, those that are
// behind are asked ahead of it.
func (s *schedule) noteSlowness(now time.Duration) {
	switch {
	case s.flying >= s.parallel:
		if s.crowded == never {
			s.crowded = now
		}
	case s.crowded != never && s.flying <= s.parallel/2:
		slow := now-s.crowded > slowAfter
		s.crowded = never
		for _, e := range s.entries {
			e.openInterest.urgent = e.openInterest.urgent || slow && now-e.openInterest.asked > lateAfter
		}
	}
}

// recovered makes every row urgent that was last asked before the fault ended.
func (s *schedule) recovered() {
	s.forgive()
	for _, e := range s.entries {
		e.openInterest.urgent = true
	}
}

// overdue makes everything due at once: the machine slept.
func (s *schedule) overdue() {
	s.recovered()
	for k := range s.tables {
		if kind(k) != askFunding {
			s.tables[k].asked = never
		}
	}
}

// isUnknown tells the problem of a contract that the exchange does not know,
// which says nothing of the route.
func isUnknown(p *market.Problem) bool { return p != nil && p.Kind == market.UnknownSymbol }
