package feed

import (
	"iter"
	"time"

	"openinterest/data/market"
	"openinterest/data/recorder"
)

// When what the recorder wants is asked for.
const (
	fillEvery      = time.Second // between gaps
	fillHidden     = 500 * time.Millisecond
	fillReserve    = 330         // of the history bucket, for the top-ups
	paymentsEvery  = time.Second // between requests
	paymentsFlying = 4
)

// fills is what the schedule asks for the recorder, when nothing else is urgent.
type fills struct {
	gaps           []request // to be asked, the most urgent first
	payments       []request
	nextGap        time.Duration // the pace
	nextPayments   time.Duration
	flyingPayments int
}

func newFills() fills { return fills{nextGap: never, nextPayments: never} }

// want takes what the recorder wants to know.
func (s *schedule) want(wanted []recorder.Request) {
	for _, w := range wanted {
		switch r := requestOf(w); r.kind {
		case askCheck:
			s.checks = append(s.checks, r)
		case askPayments:
			s.fills.payments = append(s.fills.payments, r)
		default:
			s.fills.gaps = append(s.fills.gaps, r)
		}
	}
}

// mayFill reports whether a gap may be asked for now.
func (s *schedule) mayFill(at instant) bool {
	return len(s.fills.gaps) > 0 && at.elapsed >= s.fills.nextGap && s.historyOpen(at) &&
		s.pace.freeHistory(at) > fillReserve && s.pace.sustained(at) >= tightWeight
}

// fill asks for a gap.
func (s *schedule) fill(at instant) *ask {
	a := s.take(at, s.fills.gaps[0], reserveRest)
	if a == nil {
		return nil
	}
	s.fills.gaps = s.fills.gaps[1:]
	every := fillEvery
	if s.attention.Hidden {
		every = fillHidden
	}
	s.fills.nextGap = at.elapsed + every
	return a
}

func (s *schedule) mayAskPayments(now time.Duration) bool {
	return len(s.fills.payments) > 0 && now >= s.fills.nextPayments && s.fills.flyingPayments < paymentsFlying
}

// askPayments asks for a contract's funding payments.
func (s *schedule) askPayments(at instant) *ask {
	a := s.take(at, s.fills.payments[0], 0)
	if a == nil {
		return nil
	}
	s.fills.payments = s.fills.payments[1:]
	s.fills.nextPayments = at.elapsed + paymentsEvery
	s.fills.flyingPayments++
	return a
}

// fillAnswered takes what came of a gap or of payments. What was lost in
// everybody's problem is asked again.
func (s *schedule) fillAnswered(r request, o outcome) {
	if r.kind == askPayments {
		s.fills.flyingPayments--
	}
	if !s.asksAgain(r, o) {
		return
	}
	queue := &s.fills.gaps
	if r.kind == askPayments {
		queue = &s.fills.payments
	}
	*queue = append([]request{r}, *queue...)
}

// asksAgain reports whether what the recorder wants is asked again by itself,
// so that the recorder need not know that it failed.
func (s *schedule) asksAgain(r request, o outcome) bool {
	return r.fills() && o.global && s.symbols[r.symbol] != nil
}

// fill asks the recorder what it wants once nearly all of the table is had.
// The watchdog calls it.
func (e *engine) fill(at instant) {
	if e.table.listed == 0 || e.health.outage != nil || float64(e.table.ready) < fillShare*float64(len(e.table.rows)) {
		return
	}
	e.schedule.want(e.recorder.Look(e.quotes(), len(e.schedule.fills.gaps), at.wall))
}

// fillShare is the part of the rows that must be had before anything is asked
// for the recorder.
const fillShare = 0.9

// quotes are the contracts as they are known now, in the order in which the
// schedule cares for them.
func (e *engine) quotes() iter.Seq[*market.Quote] {
	return func(yield func(*market.Quote) bool) {
		for _, entry := range e.schedule.entries {
			if r := e.table.symbols[entry.symbol]; r != nil && !yield(&r.quote) {
				return
			}
		}
	}
}
