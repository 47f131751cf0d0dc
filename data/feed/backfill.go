package feed

import (
	"context"
	"time"

	"openinterest/data/market"
)

// How the memory's gaps are filled.
const (
	pastSpan      = 30 * 24 * time.Hour // what the exchange remembers
	pastMargin    = time.Hour           // of it that is left alone: it goes while the request is on its way
	settled       = 2 * time.Hour       // stamps older than this are not late any more
	fillEvery     = time.Second
	fillHidden    = 500 * time.Millisecond
	fillReserve   = 330 // of the history bucket, for the top-ups
	fillQueue     = 4   // requests known; then the next contract is looked at
	replanEvery   = 6 * time.Hour
	replanFailed  = 10 * time.Minute
	fundingEvery  = time.Second     // between requests
	fundingLate   = 2 * time.Minute // after it took place a payment is there
	fundingRetry  = 10 * time.Minute
	maxPayments   = 1000 // in one answer; 30 days of hourly payments are 720
	fundingFlying = 4
	lateChange    = 30 // seconds by which the lateness of stamps must differ to be noted
)

// past is what is known of the filling of one contract's gaps.
type past struct {
	planned time.Duration // when gaps were last looked for
	looked  time.Duration // when funding payments last were
	paid    int64         // newest funding payment known, Unix ms; 0: none
	due     int64         // when payments are asked for next, Unix ms; 0: not before they are looked up
	asking  bool          // for payments
}

// again has the contract looked at once more before long: something failed.
func (p *past) again(now time.Duration) {
	p.planned, p.looked = now-replanEvery+replanFailed, now-replanEvery+replanFailed
}

// backfill is what the schedule asks for the memory, when nothing else is urgent.
type backfill struct {
	gaps       []request // to be asked, the most urgent first
	payments   []request
	nextGap    time.Duration // the pace
	nextPaid   time.Duration
	flyingPaid int
	planning   bool
}

func newBackfill() backfill { return backfill{nextGap: never, nextPaid: never} }

// mayFill reports whether a gap may be asked for now.
func (s *schedule) mayFill(at instant) bool {
	return len(s.backfill.gaps) > 0 && at.elapsed >= s.backfill.nextGap && s.historyOpen(at) &&
		s.pace.freeHistory(at) > fillReserve && s.pace.sustained(at) >= tightWeight
}

// fill asks for a gap.
func (s *schedule) fill(at instant) *ask {
	a := s.take(at, s.backfill.gaps[0], reserveRest)
	if a == nil {
		return nil
	}
	s.backfill.gaps = s.backfill.gaps[1:]
	every := fillEvery
	if s.attention.Hidden {
		every = fillHidden
	}
	s.backfill.nextGap = at.elapsed + every
	return a
}

func (s *schedule) mayAskFunding(now time.Duration) bool {
	return len(s.backfill.payments) > 0 && now >= s.backfill.nextPaid && s.backfill.flyingPaid < fundingFlying
}

// askFunding asks for a contract's funding payments.
func (s *schedule) askFunding(at instant) *ask {
	a := s.take(at, s.backfill.payments[0], 0)
	if a == nil {
		return nil
	}
	s.backfill.payments = s.backfill.payments[1:]
	s.backfill.nextPaid = at.elapsed + fundingEvery
	s.backfill.flyingPaid++
	return a
}

// pastAnswered takes what came of a request for the memory. What was lost in
// everybody's problem is asked again; what failed by itself, once the contract
// is looked at again.
func (s *schedule) pastAnswered(at instant, r request, o outcome) {
	e := s.symbols[r.symbol]
	if r.kind == askPaid {
		s.backfill.flyingPaid--
		if e != nil {
			e.past.asking = false
		}
	}
	switch {
	case o.problem == nil || e == nil:
	case o.global && r.kind == askPast:
		s.backfill.gaps = append([]request{r}, s.backfill.gaps...)
	case !o.global:
		e.past.again(at.elapsed)
		if r.kind == askPaid {
			e.past.due = 0 // until then
		}
	}
}

// nextPlan returns the contract that is looked at next, in the order in which
// contracts are hydrated, and whether its gaps are looked for too: not while
// there are enough to fill. nil when all were looked at lately.
func (s *schedule) nextPlan(now time.Duration) (e *entry, gaps bool) {
	for _, e := range s.entries {
		if gaps = len(s.backfill.gaps) < fillQueue && now-e.past.planned >= replanEvery; gaps || now-e.past.looked >= replanEvery {
			return e, gaps
		}
	}
	return nil, false
}

// replan looks for everybody's gaps again: the machine slept, or the memory lost
// something.
func (s *schedule) replan() {
	for _, e := range s.entries {
		e.past.planned, e.past.looked = never, never
	}
}

// plan is what a contract lacks.
type plan struct {
	symbol string
	gaps   []Span // where they were looked for
	paid   int64  // newest funding payment kept; 0: none
	err    error
}

// fillGaps looks for what the memory lacks, one contract at a time, once the
// table is had, and has funding payments asked for when they are due.
func (e *engine) fillGaps(at instant) {
	now, wall := at.elapsed, at.wall
	if e.keeper == nil || e.table.listed == 0 || e.health.outage != nil || !e.keeper.idle() {
		return
	}
	if float64(e.table.ready) < keepShare*float64(len(e.table.rows)) {
		return
	}
	if e.keeper.takeLost() {
		e.schedule.replan()
	}
	e.dueFunding(wall)
	b := &e.schedule.backfill
	if b.planning {
		return
	}
	next, gaps := e.schedule.nextPlan(now)
	if next == nil {
		return
	}
	b.planning, next.past.looked = true, now
	if gaps {
		next.past.planned = now
	}
	symbol, span := next.symbol, e.pastOf(next.symbol, wall)
	e.group.Go(func() {
		p := look(e.ctx, e.memory, symbol, span, gaps)
		select {
		case e.plans <- p:
		case <-e.ctx.Done():
		}
	})
}

// pastOf is the span in which the exchange has stamps of a contract that are
// not late any more.
func (e *engine) pastOf(symbol string, wall time.Time) Span {
	s := Span{
		From: market.FloorStamp(wall.Add(pastMargin-pastSpan).UnixMilli()) + market.StepMillis,
		To:   market.FloorStamp(wall.Add(-settled).UnixMilli()),
	}
	if r := e.table.symbols[symbol]; r != nil && !r.quote.Contract.Listed.IsZero() {
		s.From = max(s.From, market.FloorStamp(r.quote.Contract.Listed.UnixMilli())+market.StepMillis)
	}
	return s
}

// look finds what the memory lacks of a contract.
func look(ctx context.Context, m Memory, symbol string, s Span, gaps bool) plan {
	p := plan{symbol: symbol}
	if gaps && s.From <= s.To {
		p.gaps, p.err = m.Gaps(ctx, symbol, s.From, s.To)
	}
	if p.err != nil {
		return p
	}
	var payments []market.FundingPoint
	payments, p.err = m.Funding(ctx, symbol, s.From, 1<<62)
	for _, f := range payments {
		p.paid = max(p.paid, f.Time)
	}
	return p
}

// planned takes what a contract lacks.
func (e *engine) planned(p plan) {
	at := e.now()
	now, wall := at.elapsed, at.wall
	e.schedule.backfill.planning = false
	entry := e.schedule.symbols[p.symbol]
	if entry == nil {
		return
	}
	if p.err != nil {
		e.keeper.failed("looking for gaps", p.err)
		entry.past.again(now)
		return
	}
	e.schedule.backfill.gaps = append(e.schedule.backfill.gaps, gapRequests(p.symbol, e.notes.of(p.symbol).less(p.gaps))...)
	entry.past.paid = max(entry.past.paid, p.paid)
	if from := wall.Add(pastMargin - pastSpan).UnixMilli(); e.notes.funding(p.symbol) == 0 || e.notes.funding(p.symbol) > from+settled.Milliseconds() {
		entry.past.paid = 0 // only the latest are known: ask for all
	}
	entry.past.due = e.nextPayment(entry, wall)
}

// gapRequests covers gaps with as few requests as possible, the newest first.
func gapRequests(symbol string, gaps []Span) (requests []request) {
	const most = maxPoints * market.StepMillis
	var windows []Span
	for _, g := range gaps {
		for g.From <= g.To {
			if n := len(windows); n > 0 && g.From < windows[n-1].From+most {
				end := min(g.To, windows[n-1].From+most-market.StepMillis)
				windows[n-1].To = end
				g.From = end + market.StepMillis
				continue
			}
			windows = append(windows, Span{g.From, g.From})
		}
	}
	for i := len(windows) - 1; i >= 0; i-- {
		limit := int((windows[i].To-windows[i].From)/market.StepMillis) + 1
		requests = append(requests, request{kind: askPast, symbol: symbol, period: market.Period5m, limit: limit, span: windows[i]})
	}
	return requests
}

// applyPast keeps the points of a gap, and notes which the exchange lacks.
func (e *engine) applyPast(r request, s *market.Series) {
	e.keeper.keep(Stamps{Symbol: r.symbol, Points: s.Between(r.span.From, r.span.To)})
	e.notes.asked(r.symbol, r.span, s.Points)
}

// dueFunding has the payments asked for that are due.
func (e *engine) dueFunding(wall time.Time) {
	ms := wall.UnixMilli()
	for _, entry := range e.schedule.entries {
		p := &entry.past
		if p.due == 0 || p.due > ms || p.asking {
			continue
		}
		from := p.paid + 1
		if p.paid == 0 {
			from = wall.Add(pastMargin - pastSpan).UnixMilli()
		}
		p.asking = true
		e.schedule.backfill.payments = append(e.schedule.backfill.payments,
			request{kind: askPaid, symbol: entry.symbol, limit: maxPayments, span: Span{From: from}})
	}
}

// nextPayment is when a contract's next payment can be asked for: now where
// none is known.
func (e *engine) nextPayment(entry *entry, wall time.Time) int64 {
	hours := market.DefaultFundingTerms().IntervalHours
	if r := e.table.symbols[entry.symbol]; r != nil && r.quote.Funding.IntervalHours > 0 {
		hours = r.quote.Funding.IntervalHours
	}
	if entry.past.paid == 0 {
		return wall.UnixMilli()
	}
	return entry.past.paid + int64(hours)*time.Hour.Milliseconds() + fundingLate.Milliseconds()
}

// applyPaid keeps funding payments.
func (e *engine) applyPaid(r request, points []market.FundingPoint, wall time.Time) {
	e.keeper.keepFunding(r.symbol, points)
	entry := e.schedule.symbols[r.symbol]
	if entry == nil {
		return
	}
	if entry.past.paid == 0 {
		e.notes.contract(r.symbol).Funding = r.span.From
	}
	for _, p := range points {
		entry.past.paid = max(entry.past.paid, p.Time)
	}
	entry.past.due = max(e.nextPayment(entry, wall), wall.Add(fundingRetry).UnixMilli())
}

// funding is since when a contract's payments were asked for; 0: they were not.
func (n *notes) funding(symbol string) int64 {
	if c := n.Contracts[symbol]; c != nil {
		return c.Funding
	}
	return 0
}

// applyHistory puts an answer into the table and has what is new in it kept.
func (e *engine) applyHistory(symbol string, s *market.Series, wall time.Time) {
	if e.keeper != nil {
		if r := e.table.symbols[symbol]; r != nil {
			e.keeper.keep(Stamps{Symbol: symbol, Points: news(r.quote.History, s)})
		}
		if first, ok := firstOf(s); ok {
			span := Span{first, min(s.Official, market.FloorStamp(wall.Add(-settled).UnixMilli()))}
			e.notes.asked(symbol, span, s.Points)
		}
	}
	e.table.setHistory(symbol, s)
}

func firstOf(s *market.Series) (int64, bool) {
	if s.Len() == 0 {
		return 0, false
	}
	return s.Points[0].Time, true
}

// news returns the points of an answer from the first on that is not known to
// be official already.
func news(had, got *market.Series) []market.Point {
	if had == nil {
		return got.Points
	}
	for i, p := range got.Points {
		if q, ok := had.At(p.Time); !ok || q != p || p.Time > had.Official {
			return got.Points[i:]
		}
	}
	return nil
}

// keepWhatIsNew hands live points, and from time to time the notes, to the keeper.
func (e *engine) keepWhatIsNew() {
	sampled := e.table.sampled
	e.table.sampled = nil
	if e.keeper == nil {
		return
	}
	for _, s := range sampled {
		e.keeper.keep(s)
	}
	if late := int(e.schedule.topUps.late / time.Second); late-e.notes.Late >= lateChange || e.notes.Late-late >= lateChange {
		e.notes.Late, e.notes.changed = late, true
	}
	if e.notes.changed {
		e.keeper.keepNotes(e.notes.encode())
	}
}
