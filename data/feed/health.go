package feed

import (
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"

	"openinterest/data/market"
)

// When the feed gives up on the exchange, and how it tries again.
const (
	deadAfter    = 3400 * time.Millisecond // without open interest; the watchdog adds at most its period
	hangAfter    = 2 * time.Second         // a request this old, and nothing good since, hangs
	watchEvery   = 500 * time.Millisecond
	quietAfter   = 2 * time.Second // without a good answer, one failure is enough to stop asking
	softStreak   = 3               // failures in a row that concern all contracts
	badStreak    = 8               // wrong answers in a row: what answers is not the exchange
	probeFirst   = time.Second
	probeMost    = 30 * time.Second
	refusedFirst = 30 * time.Second
	refusedMost  = 5 * time.Minute
	waitGrace    = 2 * time.Second // for the probe that follows a wait
	untoldLimit  = time.Minute     // a limit without an end: the next minute
)

// gate says whether asking makes sense.
type gate int

const (
	gateOpen   gate = iota
	gateProbe       // one request may be sent, to see
	gateClosed      // nothing may be sent
)

// health judges from the answers whether the exchange can be asked at all. It
// has no clock: now is the time since the feed started, wall the exchange's.
type health struct {
	pause *pause // nil: asking

	goodRow     time.Duration // last good answer about open interest; at first the start
	anyRow      bool          // there was one
	good        time.Duration // last good answer of any kind
	goodWall    time.Time
	streak      int             // failures in a row, those of single unknown contracts aside
	lastProblem *market.Problem // of the newest request about open interest, nil when it was good
}

// pause is a time in which nothing is asked but probes.
type pause struct {
	problem *market.Problem
	until   time.Time     // when the exchange told; zero: it did not
	probeAt time.Duration // when it did not
	probing bool
	hang    bool // nothing failed, nothing came: any good answer ends the pause
	guess   bool // the client says that it is blocked; the answer that says why is on its way
	tries   *backoff.ExponentialBackOff
}

func newHealth() *health { return &health{good: never} }

func told(k market.ProblemKind) bool { return k == market.LimitedUntil || k == market.BannedUntil }

func refused(k market.ProblemKind) bool {
	return k == market.RefusedFirewall || k == market.RefusedLocation
}

// succeeded takes a good answer, which may end a pause.
func (h *health) succeeded(now time.Duration, wall time.Time, f *flight) {
	h.good, h.goodWall, h.streak = now, wall, 0
	if f.request.kind == askOpenInterest {
		h.goodRow, h.anyRow, h.lastProblem = now, true, nil
	}
	if h.pause != nil && (f.probe || h.pause.hang) {
		h.pause = nil
	}
}

// failed takes a failure and reports whether it is everybody's problem rather
// than that of the one request.
func (h *health) failed(now time.Duration, wall time.Time, f *flight, p *market.Problem) (global bool) {
	if f.request.kind == askOpenInterest {
		h.lastProblem = p
	}
	if p.Kind == market.UnknownSymbol {
		if f.probe { // it answered
			h.pause = nil
		}
		return false
	}
	switch {
	case told(p.Kind) || refused(p.Kind):
		global = true
	case f.request.history() || f.request.past(): // a route of its own, which may fail by itself
		return h.pause != nil && p.Kind.Global()
	default:
		h.streak++
		global = h.streak >= badStreak || p.Kind.Global() && (h.streak >= softStreak || now-h.good >= quietAfter)
	}
	if h.pause != nil && f.probe && !global {
		h.pause = nil // answered, if not well
		return false
	}
	if h.pause != nil && !f.probe && !told(p.Kind) && !(h.pause.guess && refused(p.Kind)) {
		return global || p.Kind.Global() // an echo of what paused
	}
	if global {
		h.stop(now, wall, p)
	}
	return global
}

// stop pauses, or prolongs the pause.
func (h *health) stop(now time.Duration, wall time.Time, p *market.Problem) {
	if told(p.Kind) && p.Until.IsZero() {
		q := *p
		q.Until = wall.Add(untoldLimit)
		p = &q
	}
	if h.pause == nil || refused(p.Kind) != refused(h.pause.problem.Kind) {
		first, most := probeFirst, probeMost
		if refused(p.Kind) {
			first, most = refusedFirst, refusedMost
		}
		h.pause = &pause{tries: newBackoff(first, most)}
	}
	if p.Until.IsZero() || h.pause.guess || p.Until.After(h.pause.until) {
		h.pause.problem, h.pause.until = p, p.Until
	}
	h.pause.hang, h.pause.probing, h.pause.guess = false, false, false
	h.pause.probeAt = now + h.pause.tries.NextBackOff()
}

// blocked pauses because the exchange's client says that it is told to wait.
func (h *health) blocked(now time.Duration, wall, until time.Time) {
	if h.pause != nil || !until.After(wall) {
		return
	}
	h.stop(now, wall, &market.Problem{Kind: market.LimitedUntil, Until: until, What: "asking the exchange"})
	h.pause.guess = true
}

// gate says what may be sent now.
func (h *health) gate(now time.Duration, wall time.Time) gate {
	p := h.pause
	switch {
	case p == nil:
		return gateOpen
	case p.probing || wall.Before(p.until) || p.until.IsZero() && now < p.probeAt:
		return gateClosed
	}
	return gateProbe
}

// watch pauses when requests hang: oldest is how long ago the oldest request
// still on its way was sent.
func (h *health) watch(now, oldest time.Duration) {
	if h.pause != nil || !h.dead(now) || oldest < hangAfter {
		return
	}
	h.pause = &pause{
		problem: &market.Problem{Kind: market.TimedOut, What: "asking the exchange", Err: errHangs},
		hang:    true, probeAt: now, tries: newBackoff(probeFirst, probeMost),
	}
}

var (
	errHangs     = errors.New("requests are sent, but no answer comes")
	errExhausted = errors.New("this address has spent its requests for now")
)

func (h *health) dead(now time.Duration) bool { return now-h.goodRow > deadAfter }

// retry makes the next probe due now, even if one is hanging, unless the
// exchange told when.
func (h *health) retry(now time.Duration) {
	if p := h.pause; p != nil && (p.until.IsZero() || !told(p.problem.Kind)) {
		p.until, p.probeAt, p.probing = time.Time{}, now, false
		p.tries.Reset()
	}
}

// probeLost takes that a probe was never sent: another follows.
func (h *health) probeLost(now time.Duration) {
	if p := h.pause; p != nil {
		p.probing, p.probeAt = false, now+p.tries.NextBackOff()
	}
}

// fill completes a status with state, problem and until, which is zero while a
// try is under way. partial is a problem of something other than open interest.
func (h *health) fill(s *market.Status, now time.Duration, wall time.Time, partial *market.Problem) {
	s.LastGood = h.goodWall
	if partial != nil {
		s.Partial = []*market.Problem{partial}
	}
	if p := h.pause; p != nil {
		s.Problem, s.Until = p.problem, p.until
		if s.Until.IsZero() && now < p.probeAt {
			s.Until = wall.Add(p.probeAt - now)
		}
	}
	switch {
	case h.pause != nil && told(h.pause.problem.Kind) && wall.Before(h.pause.until.Add(waitGrace)):
		s.State = market.Refused
	case h.anyRow && !h.dead(now):
		s.State = market.Live
	case h.pause == nil && !h.anyRow && !h.dead(now) && partial == nil:
		s.State = market.Loading
	default:
		if h.pause == nil && h.lastProblem != nil {
			s.Problem = h.lastProblem
		}
		s.State = downState(s.Problem)
	}
}

// downState is the state in which a problem leaves the feed.
func downState(p *market.Problem) market.FeedState {
	switch {
	case p == nil:
		return market.Offline
	case told(p.Kind) || refused(p.Kind):
		return market.Refused
	case p.Kind == market.Unreachable || p.Kind == market.TimedOut || p.Kind == market.BadCertificate:
		return market.Offline
	}
	return market.Stale
}
