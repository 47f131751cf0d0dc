package feed

import (
	"time"

	"openinterest/data/market"
	"openinterest/data/quota"
)

// When ratios are asked for, within what history leaves of the bucket that they
// share: 40 rows need 160 requests each 5 minutes, one for each kind and stamp.
const (
	ratioReserve   = 120 // of the history bucket: what the top-ups need until what the ratios spent is allowed again
	ratioCharts    = 100 // of the ratios' own bucket, kept for charts
	ratioEvery     = 100 * time.Millisecond
	ratioRetryMost = time.Minute
	ratioAgainMost = 5 * time.Minute // while a stamp is late
)

// ratios is what the schedule knows of asking for ratios: only of contracts that are
// ticked or on screen, and only while somebody wants them.
type ratios struct {
	lateness topUps        // learns how late the exchange publishes
	next     time.Duration // the pace
	pause    poll          // backs off when the routes fail as a whole
	failed   int           // contracts in a row
	failedOf string        // the newest of them
	flying   int
}

func newRatios() ratios { return ratios{lateness: newTopUps(), next: never, pause: newPoll()} }

// ratioPoll is the question for one kind of ratio of one contract.
type ratioPoll struct {
	poll
	newest int64 // stamp had, Unix ms; 0: none
	late   int   // how often in a row the stamp hoped for was not there
}

// due reports whether there should be a stamp that was not had.
func (p *ratioPoll) due(at instant, late time.Duration) bool {
	return p.open(at.elapsed) && (!p.have || at.millis() >= p.newest+market.StepMillis+late.Milliseconds())
}

// ratiosOpen reports whether ratios may be asked for now. While the routes fail as a
// whole, one request at a time tries them.
func (s *schedule) ratiosOpen(at instant) bool {
	r := &s.ratios
	if !s.attention.Ratios || at.elapsed < r.next || at.elapsed < r.pause.notBefore || r.failed >= softStreak && r.flying > 0 {
		return false
	}
	return s.pace.freeHistory(at) > ratioReserve && s.quota.Room(at.wall, market.RouteRatios) > ratioCharts &&
		s.pace.free(at) > reserveRest && s.quota.Open(at.wall, market.RouteRatios)
}

// dueRatio is the most urgent question for a ratio: of what was never had, in the
// order of the rows, then of what was had the longest ago. nil: none is due.
func (s *schedule) dueRatio(at instant) (due *entry, kind market.RatioKind) {
	if !s.ratiosOpen(at) {
		return nil, 0
	}
	var oldest *ratioPoll
	for _, e := range s.entries { // those attended come first
		if e.tier != attended {
			break
		}
		if e.ratios == nil {
			e.ratios = newRatioPolls()
		}
		for k := range e.ratios {
			p := &e.ratios[k]
			if !p.due(at, s.ratios.lateness.late) || oldest != nil && (!oldest.have || p.have && p.newest >= oldest.newest) {
				continue
			}
			due, kind, oldest = e, market.RatioKind(k), p
		}
	}
	return due, kind
}

func newRatioPolls() *[market.RatioCount]ratioPoll {
	all := &[market.RatioCount]ratioPoll{}
	for k := range all {
		all[k].poll = newPoll()
	}
	return all
}

// askRatio asks for the most urgent ratio that is due: at first as many stamps as
// an answer has, so that a chart has them at once, then those that lack and the one
// before them.
func (s *schedule) askRatio(at instant) *ask {
	e, kind := s.dueRatio(at)
	if e == nil {
		return nil
	}
	p := &e.ratios[kind]
	r := request{kind: askRatios, symbol: e.symbol, period: market.Period5m, ratio: kind, limit: maxPoints}
	if p.newest > 0 {
		r.limit = int(min(maxPoints, max(1, (market.FloorStamp(at.millis())-p.newest)/market.StepMillis)+1))
		r.expect = market.FloorStamp(at.millis() - s.ratios.lateness.late.Milliseconds())
	}
	a := s.take(at, r, reserveRest)
	if a != nil {
		s.ratios.next = at.elapsed + ratioEvery
		p.sent(at.elapsed)
	}
	return a
}

// ratioAnswered takes note of what came of a question for a ratio.
func (s *schedule) ratioAnswered(at instant, r request, o outcome) {
	if !o.global && !isUnknown(o.problem) {
		s.ratiosFailing(at.elapsed, r.symbol, o)
	}
	e := s.symbols[r.symbol]
	if r.kind != askRatios || e == nil || e.ratios == nil {
		return
	}
	p := &e.ratios[r.ratio]
	switch {
	case o.problem == nil:
		p.succeeded()
		s.ratioHad(at, p, r, o)
	case o.global:
		if p.drop(); o.aborted {
			p.forgive()
		}
	default:
		p.fail(at.elapsed, retryFirst, ratioRetryMost)
		if isUnknown(o.problem) {
			s.contractsSoon(at.elapsed)
		}
	}
}

// ratioHad moves the newest stamp on. Where the one hoped for is not there yet, it is
// asked for again in a while, and later each time.
func (s *schedule) ratioHad(at instant, p *ratioPoll, r request, o outcome) {
	p.newest = max(p.newest, o.newest)
	if p.newest >= market.FloorStamp(at.millis()-s.ratios.lateness.late.Milliseconds()) {
		if p.late = 0; r.expect > 0 {
			s.ratios.lateness.found(time.Duration(at.millis()-r.expect) * time.Millisecond)
		}
		return
	}
	if r.expect > 0 && p.late == 0 && p.newest >= r.expect-market.StepMillis { // not one whose ratios stand still
		s.ratios.lateness.missed()
	}
	p.notBefore = at.elapsed + min(ratioAgainMost, topUpRetry<<min(p.late, 3))
	p.late++
}

// ratiosFailing pauses the routes as a whole when they fail for one contract after
// the other.
func (s *schedule) ratiosFailing(now time.Duration, symbol string, o outcome) {
	r := &s.ratios
	if o.problem == nil {
		r.failed, r.failedOf = 0, ""
		r.pause.forgive()
		return
	}
	if symbol == r.failedOf {
		return // that contract's own
	}
	r.failedOf = symbol
	if r.failed++; r.failed >= softStreak && now >= r.pause.notBefore {
		r.pause.fail(now, retryFirst, retryMost)
	}
}

// forgiveRatios ends every backoff of theirs.
func (s *schedule) forgiveRatios() {
	s.ratios.pause.forgive()
	s.ratios.failed, s.ratios.failedOf = 0, ""
	for _, e := range s.entries {
		if e.ratios == nil {
			continue
		}
		for k := range e.ratios {
			e.ratios[k].forgive()
		}
	}
}

// ratiosShort says why a chart's ratios are not asked for: this program's share is
// spent, or what is left of it is for the rows; nil where they are.
func (s *schedule) ratiosShort(at instant) *market.Problem {
	if p := s.quota.Short(at.wall, market.RouteRatios, 1); p != nil {
		return p
	}
	if s.pace.freeHistory(at)-s.chartsFor(market.RouteRatios) > ratioReserve {
		return nil
	}
	return s.spentOnHistory(at.wall, ratioReserve+reserveHistory+1)
}

// spentOnHistory says that so many requests do not fit into the history bucket.
func (s *schedule) spentOnHistory(wall time.Time, n int) *market.Problem {
	p := s.quota.Short(wall, market.RouteHistory, n)
	if p == nil { // there is room again in this very moment
		p = &market.Problem{Kind: market.QuotaSpent, Until: wall.Add(time.Second)}
	}
	p.Route = market.RouteRatios
	return p
}

// chartsFor counts what charts wait for of a route.
func (s *schedule) chartsFor(route market.Route) (n int) {
	for _, r := range s.charts {
		if r.route() == route {
			n++
		}
	}
	return n
}

// applyRatios puts an answer into the row, and hands what is new in it to the recorder.
// It returns the newest stamp.
func (e *engine) applyRatios(symbol string, kind market.RatioKind, rows []market.Ratios, wall time.Time) (newest int64) {
	if len(rows) == 0 {
		return 0
	}
	e.recorder.KeepRatios(symbol, e.feed.ratios.learn(symbol, rows))
	last := rows[len(rows)-1]
	e.table.setRatio(symbol, kind, market.RatioReading{Value: last.Values[kind], Time: last.Time, Received: wall})
	return last.Time
}

// setRatio takes a ratio, unless a later one is known.
func (t *table) setRatio(symbol string, kind market.RatioKind, reading market.RatioReading) {
	r := t.symbols[symbol]
	if r == nil || r.quote.Ratios[kind].Time > reading.Time {
		return
	}
	r.quote.Ratios[kind] = reading
	t.touch(r)
}

// ratiosProblem is why ratios are not had that somebody wants; nil: they are.
func (e *engine) ratiosProblem(at instant) *market.Problem {
	s := e.schedule
	switch {
	case !s.attention.Ratios || s.watched == 0:
		return nil
	case s.quota.Refused(market.RouteRatios) != nil:
		return ofRatios(s.quota, e.exchange.Quota().Refused(market.RouteRatios))
	case at.elapsed < s.ratios.pause.notBefore || s.ratios.failed >= softStreak:
		return e.problems.ratios
	}
	return nil
}

// ofRatios is a refusal, where it is one of the ratios alone: what rests history as
// well is said of that.
func ofRatios(q *quota.Quota, p *market.Problem) *market.Problem {
	if q.Refused(market.RouteHistory) != nil {
		return nil
	}
	return p
}
