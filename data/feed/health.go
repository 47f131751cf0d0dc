package feed

import (
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"

	"openinterest/data/market"
)

// When the feed gives up on the exchange, and how it tries again. A fault that
// is over shows within ten seconds, so probes are at most five apart.
const (
	deadAfter  = 3400 * time.Millisecond // without open interest; the watchdog adds at most its period
	hangAfter  = 2 * time.Second         // a request this old, and nothing good since, hangs
	watchEvery = 500 * time.Millisecond
	quietAfter = 2 * time.Second // without a good answer, one failure is enough to stop asking
	badStreak  = 8               // wrong answers in a row: what answers is not the exchange
)

// health tells from the answers whether the exchange can be reached and gives
// answers of use. Refusals are not its affair: the quota keeps them. It has no
// clock: time is passed in.
type health struct {
	outage *outage // nil: asking makes sense

	goodRow     time.Duration // last good answer about open interest; at first the start
	anyRow      bool          // there was one
	good        time.Duration // last good answer of any kind
	goodWall    time.Time
	streak      int             // failures in a row
	rowStreak   int             // those of open interest
	lastProblem *market.Problem // of the newest request about open interest, nil when it was good
}

// outage is a time in which nothing is asked but probes.
type outage struct {
	problem *market.Problem
	probeAt time.Duration
	probing bool
	hang    bool // nothing failed, nothing came: any good answer ends the outage
	tries   *backoff.ExponentialBackOff
}

func newHealth() *health { return &health{good: never} }

// refused reports whether a problem is a refusal, which the quota keeps.
func refused(k market.ProblemKind) bool {
	switch k {
	case market.LimitedUntil, market.BannedUntil, market.RefusedFirewall, market.RefusedLocation, market.QuotaSpent:
		return true
	}
	return false
}

// succeeded takes a good answer, which may end an outage.
func (h *health) succeeded(at instant, f *flight) {
	h.good, h.goodWall, h.streak = at.elapsed, at.wall, 0
	if f.request.kind == askOpenInterest {
		h.goodRow, h.anyRow, h.lastProblem, h.rowStreak = at.elapsed, true, nil, 0
	}
	if h.outage != nil && (f.probe || h.outage.hang) {
		h.outage = nil
	}
}

// failed takes a failure and reports whether it is everybody's problem rather
// than that of the one request.
func (h *health) failed(at instant, f *flight, p *market.Problem) (global bool) {
	main := !f.request.history() && !f.request.ratios() && !f.request.funding() && f.request.kind != askKlines // others have a route of their own, which may fail by itself
	if f.request.kind == askOpenInterest {
		h.lastProblem = everybodys(p)
		h.rowStreak++
	}
	switch {
	case refused(p.Kind):
		if f.probe { // it answered, or was not sent
			h.outage = nil
		}
		return true
	case !main:
		return h.outage != nil && p.Kind.Global()
	}
	h.streak++
	global = max(h.streak, h.rowStreak) >= badStreak || p.Kind.Global() && (h.streak >= softStreak || at.elapsed-h.good >= quietAfter)
	switch {
	case h.outage != nil && f.probe && !global:
		h.outage = nil // answered, if not well
	case h.outage != nil && !f.probe:
		return global || p.Kind.Global() // an echo of what began the outage
	case global && f.probe: // one that hung has used up the time until the next already
		h.begin(f.sent, everybodys(p))
	case global:
		h.begin(at.elapsed, everybodys(p))
	}
	return global
}

// everybodys is a problem that all contracts have: an exchange that knows none
// of them answers nonsense.
func everybodys(p *market.Problem) *market.Problem {
	if p.Kind != market.UnknownSymbol {
		return p
	}
	return &market.Problem{Kind: market.BadAnswer, Code: p.Code, What: p.What, Err: fmt.Errorf("one contract after the other is unknown: %w", p)}
}

// begin begins an outage, or prolongs it. The next probe is counted from when:
// the failure, or the sending of the probe that failed.
func (h *health) begin(when time.Duration, p *market.Problem) {
	if h.outage == nil {
		h.outage = &outage{tries: newBackoff(retryFirst, retryMost)}
	}
	o := h.outage
	o.problem, o.hang, o.probing = p, false, false
	o.probeAt = when + o.tries.NextBackOff()
}

// mayProbe reports whether one request may be sent, to see whether the outage
// is over. An exchange that named a time is not asked before.
func (h *health) mayProbe(at instant) bool {
	o := h.outage
	return !o.probing && at.elapsed >= o.probeAt && !(o.problem.Told && o.problem.Until.After(at.wall))
}

// watch begins an outage when requests hang: oldest is how long ago the oldest
// request still on its way was sent. While others are answered the line is slow
// or one route hangs, which is no outage: it would begin and end with each of them.
func (h *health) watch(now, oldest time.Duration) {
	if h.outage != nil || !h.dead(now) || oldest < hangAfter || now-h.good < hangAfter {
		return
	}
	h.outage = &outage{
		problem: &market.Problem{Kind: market.TimedOut, What: "asking the exchange", Err: errHangs},
		hang:    true, probeAt: now, tries: newBackoff(retryFirst, retryMost),
	}
}

var errHangs = errors.New("requests are sent, but no answer comes")

// dead reports whether open interest has not been answered for too long.
func (h *health) dead(now time.Duration) bool { return now-h.goodRow > deadAfter }

// retry makes the next probe due now, even if one is hanging.
func (h *health) retry(now time.Duration) {
	if o := h.outage; o != nil {
		o.probeAt, o.probing = now, false
		o.tries.Reset()
	}
}

// probeLost takes that a probe was given up or never sent: another follows.
func (h *health) probeLost(now time.Duration) {
	if o := h.outage; o != nil {
		o.probing, o.probeAt = false, now+o.tries.NextBackOff()
	}
}
