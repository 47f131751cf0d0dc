package feed

import (
	"time"

	"openinterest/data/market"
)

// publish makes a snapshot if it is time for one, and returns when to look again.
func (e *engine) publish(now time.Duration, wall time.Time) time.Duration {
	status := e.composeStatus(now, wall)
	gap := publishEvery
	switch {
	case e.table.dirty && (now < e.promptUntil || e.table.ready != e.ready):
		gap = publishSoon
	case e.schedule.attention.Hidden:
		gap = publishHidden
	}
	since := now - e.published
	if since < gap && sameHealth(status, e.status) {
		return gap - since
	}
	e.stream.take(now, e.table)
	e.sequence++
	e.feed.newest.Store(e.table.snapshot(e.sequence, wall, status))
	signal(e.feed.updates)
	e.published, e.status, e.ready = now, status, e.table.ready
	return publishSoon
}

// composeStatus says how the feed is doing.
func (e *engine) composeStatus(now time.Duration, wall time.Time) market.Status {
	sincePrice, _, streamProblem := e.stream.silence(now)
	s := market.Status{
		StreamLive: sincePrice <= streamSilent,
		Ready:      e.table.ready,
		Total:      len(e.table.rows),
		Storage:    e.keeper.status(),
		Budget:     e.schedule.budget,
	}
	e.health.fill(&s, now, wall, e.partialProblem(s.StreamLive, streamProblem))
	if wait := e.schedule.exhausted(now); isDown(s.State) && e.health.pause == nil && wait > 0 {
		s.State = market.Stale
		s.Until = wall.Add(wait)
		s.Problem = &market.Problem{Kind: market.QuotaSpent, Until: s.Until, What: "asking the exchange", Err: errExhausted}
	}
	return s
}

// partialProblem returns the weightiest problem of what is not open interest.
func (e *engine) partialProblem(streamLive bool, stream *market.Problem) *market.Problem {
	for _, k := range []kind{askContracts, askTickers, askFunding, askMarks} {
		if p := e.partial[k]; p != nil {
			return p
		}
	}
	if !streamLive {
		return stream
	}
	return nil
}

// sameHealth reports whether two statuses say the same about the feed's
// health, so that the newer one need not be published at once.
func sameHealth(a, b market.Status) bool {
	if a.State != b.State || len(a.Partial) != len(b.Partial) || a.StreamLive != b.StreamLive || (a.Problem == nil) != (b.Problem == nil) || a.Storage != b.Storage {
		return false
	}
	return a.Problem == nil || a.Problem.Kind == b.Problem.Kind
}

func isDown(s market.FeedState) bool { return s != market.Live && s != market.Loading }
