package feed

import (
	"slices"
	"time"

	"openinterest/data/market"
)

// When ratios are asked for, within what history leaves of the bucket that they
// share: 40 rows need 160 requests each 5 minutes, one for each kind and stamp.
const (
	ratioReserve   = 80 // of the history bucket: what the top-ups need until what the ratios spent is allowed again
	ratioCharts    = 80 // of the ratios' own bucket, kept for charts
	ratioEvery     = 50 * time.Millisecond
	ratioRetryMost = time.Minute
	ratioAgainMost = 5 * time.Minute // while a stamp is late
	ratioRefused   = time.Minute     // a kind that alone is refused rests for so long at first
)

// ratios is what the schedule knows of asking for ratios: only of contracts that are
// ticked or on screen, and only while somebody wants them.
type ratios struct {
	lateness topUps        // learns how late the exchange publishes
	next     time.Duration // the pace
	route    streak
	flying   int
	refusals [market.RatioCount]ratioRefusal
}

func newRatios() ratios { return ratios{lateness: newTopUps(), next: never, route: newStreak()} }

// ratioRefusal is that the exchange refuses the route of one kind of ratio. The four
// rest together, as the quota has it, but after that the kinds that are not refused go
// first: else the one that is never had would be tried again and again in their stead.
type ratioRefusal struct {
	poll
	problem *market.Problem // nil: it is not refused
}

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
	if !s.attention.Ratios || at.elapsed < r.next || r.route.pauses(at.elapsed) || r.route.fails() && r.flying > 0 {
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
	if due, kind = s.oldestRatio(at, false); due == nil {
		due, kind = s.oldestRatio(at, true)
	}
	return due, kind
}

// oldestRatio is dueRatio among the kinds that are refused, or those that are not.
func (s *schedule) oldestRatio(at instant, refused bool) (due *entry, kind market.RatioKind) {
	var oldest *ratioPoll
	all := s.ratios.allRefused()
	for _, e := range s.entries { // those attended come first
		if e.tier != attended {
			break
		}
		if e.ratios == nil {
			e.ratios = newRatioPolls()
		}
		for k := range e.ratios {
			p, r := &e.ratios[k], &s.ratios.refusals[k]
			if (r.problem != nil) != refused || at.elapsed < r.notBefore && !all {
				continue
			}
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
	credit := s.pace.credit
	defer func() { s.pace.credit = credit }() // no row is asked later for it: the pace takes it into account once it is spent
	a := s.take(at, r, reserveRest)
	if a != nil {
		s.ratios.next = max(s.ratios.next, at.elapsed-lookEvery) + ratioEvery // two leave at a look
		p.sent(at.elapsed)
	}
	return a
}

// ratioAnswered takes note of what came of a question for a ratio.
func (s *schedule) ratioAnswered(at instant, r request, o outcome) {
	s.ratios.refusedAlone(at.elapsed, r.ratio, o)
	if !o.global && !isUnknown(o.problem) {
		s.ratios.route.answered(at.elapsed, r.symbol, o.problem)
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

// refusedAlone takes note of whether the route of a kind is refused. Where all were, and
// one is not any more, nor are the others.
func (r *ratios) refusedAlone(now time.Duration, kind market.RatioKind, o outcome) {
	switch p := o.problem; {
	case p == nil:
		if r.allRefused() {
			r.refusals = [market.RatioCount]ratioRefusal{}
		}
		r.refusals[kind] = ratioRefusal{}
	case !o.aborted && refused(p.Kind) && p.Kind != market.QuotaSpent:
		x := &r.refusals[kind]
		x.fail(now, ratioRefused, ratioAgainMost)
		x.problem = p
	}
}

// allRefused reports whether every kind is: then the quota's pause says when to try again.
func (r *ratios) allRefused() bool {
	return !slices.ContainsFunc(r.refusals[:], func(x ratioRefusal) bool { return x.problem == nil })
}

// refusal is why a kind is not asked for now, or a kind that rests where the kind is -1;
// nil: none does.
func (r *ratios) refusal(at instant, kind market.RatioKind) *market.Problem {
	for k := range r.refusals {
		if x := &r.refusals[k]; x.problem != nil && at.elapsed < x.notBefore && !r.allRefused() && (kind < 0 || int(kind) == k) {
			p := *x.problem
			p.Route, p.Until, p.Told = market.RouteRatios, at.wall.Add(x.notBefore-at.elapsed), false
			return &p
		}
	}
	return nil
}

// ratioHad moves the newest stamp on. Where the one hoped for is not there yet, it is
// asked for again in a while, and later each time.
func (s *schedule) ratioHad(at instant, p *ratioPoll, r request, o outcome) {
	p.newest = max(p.newest, o.newest)
	wanted := r.expect
	if wanted == 0 {
		wanted = market.FloorStamp(at.millis() - s.ratios.lateness.late.Milliseconds())
	}
	if p.newest >= wanted {
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

// forgiveRatios ends every backoff of theirs.
func (s *schedule) forgiveRatios() {
	s.ratios.route.clear()
	s.ratios.refusals = [market.RatioCount]ratioRefusal{}
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
	if !s.attention.Ratios || s.watched == 0 {
		return nil
	}
	switch p := s.quota.Refused(market.RouteRatios); {
	case p != nil && p.Route == market.RouteRatios: // what rests history, too, is said of that
		return p
	case p != nil:
		return nil
	case s.ratios.route.pauses(at.elapsed) || s.ratios.route.fails():
		return e.problems.ratios
	}
	return s.ratios.refusal(at, -1)
}
