package quota

import (
	"time"

	"openinterest/data/market"
)

// pause is a time in which the routes of a bucket, or all routes, are not asked
// because the venue refuses them.
type pause struct {
	why      *market.Problem // with Until, and whether the venue named it
	began    time.Time
	until    time.Time
	absolute bool      // until was named as a point in time
	refusals int       // in a row that named no time
	probe    *Permit   // the request that goes first after until; nil: none is on its way
	probed   time.Time // when the last of them left; zero: none did
}

// How long the routes rest where the venue named no time. Its documentation has
// bans of 2 minutes to 3 days.
const (
	guessedBan   = 2 * time.Minute
	venueFirst   = time.Minute // 403 or 451 on a main route: a change of network mends it, or nothing does
	venueMost    = 5 * time.Minute
	routeFirst   = 15 * time.Second // a route alone
	routeMost    = 5 * time.Minute
	pageFirst    = 2 * time.Second // a web page: as likely a login page that will be gone
	pageMost     = time.Minute
	lostFirst    = time.Second // a probe that nobody answered
	lostMost     = 5 * time.Second
	maxDoublings = 8
)

// doubled is first, doubled n times, at most most.
func doubled(first, most time.Duration, n int) time.Duration {
	return min(most, first<<min(n, maxDoublings))
}

// again is when the next request may try whether the pause is over.
func (p *pause) again(now time.Time) time.Time {
	at := p.until
	if p.probe != nil {
		at = later(at, now.Add(pollAfter))
	}
	if !p.probed.IsZero() {
		at = later(at, p.probed.Add(minProbeGap))
	}
	return at
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// shift moves the pause with the clock, unless its end was named as a point in time.
func (p *pause) shift(by time.Duration) {
	p.began = p.began.Add(by)
	if !p.probed.IsZero() {
		p.probed = p.probed.Add(by)
	}
	if !p.absolute {
		p.end(p.until.Add(by))
	}
}

// end sets when the pause ends, and says so in its reason.
func (p *pause) end(at time.Time) {
	p.until = at
	why := *p.why
	why.Until = at
	p.why = &why
}

// resting returns the pauses that a route is under. One of a bucket that is not the
// route's own concerns it where a limit was exceeded, which they share; that its
// neighbour is refused for another reason says nothing of it.
func (q *Quota) resting(r *Route) (all []*pause) {
	if p := q.pauses[everything]; p != nil {
		all = append(all, p)
	}
	for i, c := range r.Costs {
		own := i == len(r.Costs)-1
		if p := q.pauses[c.Bucket]; p != nil && (own || p.why.Kind == market.LimitedUntil) {
			all = append(all, p)
		}
	}
	return all
}

// isRefusal tells the problems that rest more than the one request.
func isRefusal(o Outcome) bool {
	if o.Problem == nil {
		return false
	}
	switch o.Problem.Kind {
	case market.LimitedUntil, market.BannedUntil, market.RefusedFirewall, market.RefusedLocation:
		return true
	}
	return false
}

// reach returns whom a refusal of a route concerns: everything, or a bucket's name.
func (q *Quota) reach(r *Route, k market.ProblemKind) string {
	switch {
	case k == market.BannedUntil:
		return everything
	case !r.Main:
		return r.Costs[len(r.Costs)-1].Bucket
	case k == market.LimitedUntil:
		return r.Costs[0].Bucket
	}
	return everything
}

// settlePauses begins, prolongs and ends pauses by what came of a request.
func (q *Quota) settlePauses(p *Permit, now time.Time, o Outcome) {
	refused := isRefusal(o) || o.Page && o.Problem != nil && !p.route.Main // without a problem the asker gave up
	if refused {
		q.refuse(p, now, o)
	}
	for _, pause := range p.first {
		if pause.probe != p {
			continue
		}
		pause.probe = nil
		switch {
		case refused: // prolonged, where it is this pause that it concerns
		case o.Answered:
			q.lift(pause)
		default:
			pause.refusals++
			pause.end(now.Add(doubled(lostFirst, lostMost, pause.refusals-1)))
		}
	}
}

// lift ends a pause for everybody.
func (q *Quota) lift(p *pause) {
	for reach, other := range q.pauses {
		if other == p {
			delete(q.pauses, reach)
		}
	}
}

// refuse begins or prolongs the pause that a refusal imposes.
func (q *Quota) refuse(permit *Permit, now time.Time, o Outcome) {
	kind := o.Problem.Kind
	reach := q.reach(permit.route, kind)
	p := q.pauses[reach]
	if p == nil {
		p = &pause{began: now}
		q.pauses[reach] = p
	} else if !permit.taken.After(p.began) || p.probe != nil && p.probe != permit {
		// Sent before the pause began: it refuses the same thing once more.
		if o.Problem.Until.After(p.until) {
			p.why, p.absolute = q.reason(permit.route, reach, o), o.Absolute
			p.end(o.Problem.Until)
		}
		return
	}
	if p.why != nil && p.why.Kind != kind {
		p.refusals = 0
	}
	p.began, p.absolute = now, o.Absolute
	p.why = q.reason(permit.route, reach, o)
	if o.Problem.Until.After(now) {
		p.refusals = 0
		p.end(later(o.Problem.Until, now.Add(minProbeGap)))
		return
	}
	p.why.Told = false
	if mayRetry(kind) && !permit.taken.After(q.retried) { // the person has asked for another try since it left
		p.end(now.Add(minProbeGap))
		return
	}
	p.end(now.Add(q.guess(permit.route, reach, now, o, p.refusals)))
	p.refusals++
}

// mayRetry reports whether another try makes sense at any time: a switch of the
// network may end such a refusal, but no limit.
func mayRetry(k market.ProblemKind) bool {
	return k != market.BannedUntil && k != market.LimitedUntil
}

// reason is a refusal as it is told: with the route that rests, where only one does.
func (q *Quota) reason(r *Route, reach string, o Outcome) *market.Problem {
	why := *o.Problem
	why.Route = market.EveryRoute
	if reach != everything && !r.Main {
		why.Route = r.Name
	}
	return &why
}

// guess is how long to rest after n refusals before this one, none of which
// named a time.
func (q *Quota) guess(r *Route, reach string, now time.Time, o Outcome, n int) time.Duration {
	switch {
	case o.Problem.Kind == market.BannedUntil:
		return guessedBan
	case o.Problem.Kind == market.LimitedUntil && r.Main:
		b := q.bucket(reach)
		if b.Reported { // counted anew with the venue's next span
			return b.nextSpan(now).Sub(now)
		}
		return max(minProbeGap, b.Span)
	case reach == everything:
		return doubled(venueFirst, venueMost, n)
	case isRefusal(o):
		return doubled(routeFirst, routeMost, n)
	}
	return doubled(pageFirst, pageMost, n)
}

// Refused returns the refusal that rests a route, until a first request after
// it was answered; nil where the route may be asked.
func (q *Quota) Refused(route market.Route) *market.Problem {
	q.mu.Lock()
	defer q.mu.Unlock()
	var longest *pause
	for _, p := range q.resting(q.routes[route]) {
		if longest == nil || p.until.After(longest.until) {
			longest = p
		}
	}
	if longest == nil {
		return nil
	}
	return longest.why
}

// Retry ends the pauses whose length was this program's own guess: the person
// may have switched the network. What the venue told to wait for is waited for.
func (q *Quota) Retry(now time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.retried = now
	for _, p := range q.pauses {
		if !p.why.Told && mayRetry(p.why.Kind) {
			p.refusals = 0
			p.end(now)
		}
	}
}
