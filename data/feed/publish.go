package feed

import (
	"fmt"
	"time"

	"openinterest/data/market"
)

// publish makes a snapshot if it is time for one, and returns when to look again.
func (e *engine) publish(at instant) time.Duration {
	status := e.composeStatus(at)
	gap := publishEvery
	switch {
	case e.table.dirty && (at.elapsed < e.promptUntil || e.table.ready != e.ready):
		gap = publishSoon
	case e.schedule.attention.Hidden:
		gap = publishHidden
	}
	since := at.elapsed - e.published
	if since < gap && sameHealth(status, e.status) {
		return gap - since
	}
	e.stream.take(at, e.table)
	e.liquidations.take(at, e.table)
	e.liquidations.fill(at.wall, e.table)
	e.sequence++
	e.feed.newest.Store(e.table.snapshot(e.sequence, at.wall, status))
	signal(e.feed.updates)
	e.published, e.status, e.ready = at.elapsed, status, e.table.ready
	return publishSoon
}

// composeStatus says how the feed is doing.
func (e *engine) composeStatus(at instant) market.Status {
	sincePrice, _, streamProblem := e.stream.silence(at.elapsed)
	s := market.Status{
		StreamLive: min(sincePrice, at.elapsed) <= streamSilent, // in the first moments it is just being connected
		LastGood:   e.health.goodWall,
		Ready:      e.table.ready,
		Unanswered: e.table.unanswered,
		Total:      len(e.table.rows),
		Storage:    e.recorder.Status(),
		Budget:     e.exchange.Budget(),
	}
	e.state(&s, at)
	if s.State == market.Live || s.State == market.Loading {
		s.Partial = e.partialProblems(at, s.StreamLive, streamProblem)
	}
	return s
}

// state fills in the state, why it is not live, and when that is tried again.
func (e *engine) state(s *market.Status, at instant) {
	if p := e.exchange.Quota().Refused(market.RouteOpenInterest); p != nil {
		s.State, s.Problem, s.Until = market.Refused, p, future(p.Until, at.wall)
		return
	}
	h := e.health
	if o := h.outage; o != nil && (h.dead(at.elapsed) || !h.anyRow) {
		s.State, s.Problem = downState(o.problem.Kind), o.problem
		if s.Until = future(o.problem.Until, at.wall); s.Until.IsZero() && at.elapsed < o.probeAt {
			s.Until = at.wall.Add(o.probeAt - at.elapsed)
		}
		return
	}
	filling := !e.filled(s, at)
	keep := reserveAttended
	if filling { // what nobody watches is waited for, too
		keep = reserveRest
	}
	spent := e.schedule.spent(at, keep)
	switch {
	case filling:
		s.State = market.Loading
		if spent != nil {
			s.Problem, s.Until = spent, spent.Until
		} else if h.dead(at.elapsed) {
			s.Problem = h.lastProblem
		}
	case !h.dead(at.elapsed):
		s.State = market.Live
	case spent != nil:
		s.State, s.Problem, s.Until = market.Stale, spent, spent.Until
	default:
		s.State, s.Problem = market.Stale, h.lastProblem
		if s.Problem != nil {
			s.State = downState(s.Problem.Kind)
		}
	}
}

// filled reports whether the table has been as full as it gets in this run.
// History that is refused is not waited for.
func (e *engine) filled(s *market.Status, at instant) bool {
	if s.Total > 2*e.filledTotal { // a list that was cut short filled it with a few
		e.wasFilled = false
	}
	if !e.wasFilled {
		e.wasFilled = s.Filled() ||
			s.Total > 0 && e.table.answered+s.Unanswered >= s.Total && (e.exchange.Quota().Refused(market.RouteHistory) != nil || e.schedule.historyRoute.pauses(at.elapsed))
	}
	if e.wasFilled {
		e.filledTotal = max(e.filledTotal, s.Total)
	}
	return e.wasFilled
}

// future is t where it lies ahead, else zero.
func future(t, now time.Time) time.Time {
	if t.After(now) {
		return t
	}
	return time.Time{}
}

// downState is the state in which an outage leaves the feed.
func downState(k market.ProblemKind) market.FeedState {
	switch k {
	case market.Unreachable, market.TimedOut, market.BadCertificate, market.ProxyUnreachable, market.ProxyLogin, market.ProxyRefused:
		return market.Offline
	}
	return market.Stale
}

// tableRoutes are the kinds that concern all contracts, the weightiest first,
// and the routes by which the screen speaks of them.
var tableRoutes = []struct {
	kind  kind
	route market.Route
}{
	{askContracts, market.RouteContracts}, {askTickers, market.RouteTickers}, {askMarks, market.RouteMarkPrices}, {askFunding, market.RouteFunding},
}

// partialProblems lists what fails while open interest is answered, the
// weightiest first.
func (e *engine) partialProblems(at instant, streamLive bool, stream *market.Problem) (all []*market.Problem) {
	add := func(p *market.Problem, r market.Route) {
		if p == nil {
			return
		}
		of := *p
		of.Route, of.Until = r, future(p.Until, at.wall) // a time that has passed is told no more: it is tried as soon as it fits
		all = append(all, &of)
	}
	for _, r := range []market.Route{market.RouteHistory, market.RouteFunding} {
		add(e.exchange.Quota().Refused(r), r)
	}
	if e.schedule.historyRoute.pauses(at.elapsed) {
		add(e.problems.history, market.RouteHistory)
	}
	add(e.schedule.historySpent(at), market.RouteHistory)
	add(e.ratiosProblem(at), market.RouteRatios)
	for _, t := range tableRoutes {
		lasting := e.schedule.tables[t.kind].failed > 1 && !(t.kind == askMarks && streamLive)
		if p := e.partial[t.kind]; lasting && p != nil && !refused(p.Kind) {
			add(p, t.route)
		}
	}
	add(e.lists.problem(), market.RouteContracts)
	if !streamLive {
		add(stream, market.RouteStream)
	}
	add(e.liquidations.failing(at.elapsed), market.RouteLiquidations)
	add(e.table.unansweredProblem(), market.EveryRoute)
	add(e.schedule.crowdedOut(at), market.EveryRoute)
	return all
}

// sameHealth reports whether two statuses say the same about the feed's
// health, so that the newer one need not be published at once.
func sameHealth(a, b market.Status) bool {
	return a.State == b.State && a.StreamLive == b.StreamLive && a.Storage == b.Storage && a.Unanswered == b.Unanswered &&
		says(a.Problem) == says(b.Problem) && saysAll(a.Partial) == saysAll(b.Partial)
}

// says is what a person reads of a problem, as far as it is told at once.
func says(p *market.Problem) string {
	if p == nil {
		return ""
	}
	return fmt.Sprint(p.Kind, p.Route, p.Told)
}

func saysAll(all []*market.Problem) (s string) {
	for _, p := range all {
		s += says(p) + "\n"
	}
	return s
}
