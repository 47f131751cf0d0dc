package feed

import (
	"context"
	"errors"
	"fmt"
	"time"

	"openinterest/data/market"
)

// take applies an answer to everything that wants to know of it.
func (e *engine) take(a answer) {
	at := e.now()
	f := a.flight
	delete(e.flights, f)
	r := f.request
	if f.aborted {
		if f.probe {
			e.health.probeLost(at.elapsed)
		}
		e.settle(at, a, outcome{problem: &market.Problem{Kind: market.TimedOut, What: r.kind.String()}, global: true, aborted: true})
		return
	}
	if a.err == nil {
		a.err = e.verify(&a)
		a.received(at.wall)
	}
	was := e.health.outage
	var o outcome
	if a.err == nil {
		e.health.succeeded(at, f)
		o.newest = e.apply(a, at)
	} else {
		o.problem = problemOf(a.err, r)
		o.global = e.health.failed(at, f, o.problem)
		e.log.Debug("a request failed", "what", r.kind, "symbol", r.symbol, "global", o.global, "err", a.err)
	}
	switch r.kind {
	case askHistory:
		e.problems.history = o.problem
	case askRatios:
		e.problems.ratios = o.problem
	}
	e.settle(at, a, o)
	e.transition(f, was)
}

// verify refuses answers that cannot be true as a whole.
func (e *engine) verify(a *answer) error {
	bad := func(format string, args ...any) error {
		return &market.Problem{Kind: market.BadAnswer, What: a.flight.request.kind.String(), Err: fmt.Errorf(format, args...)}
	}
	switch a.flight.request.kind {
	case askContracts:
		a.contracts = distinct(a.contracts)
		if len(a.contracts) == 0 {
			return bad("no contracts")
		}
	case askTickers:
		if len(a.tickers) == 0 {
			return bad("no tickers")
		}
	case askMarks:
		if len(a.marks) == 0 {
			return bad("no mark prices")
		}
	case askFunding:
		if len(a.funding) == 0 { // the exchange always adjusts some
			return bad("no funding terms")
		}
	case askOpenInterest:
		if oi := &a.openInterest; !market.Known(oi.Contracts) || oi.Contracts < 0 {
			return bad("%v contracts", oi.Contracts)
		}
	case askHistory, askChart, askGap, askCheck:
		if a.series == nil {
			return bad("no series")
		}
	}
	return nil
}

// received says of an answer when it came, on the exchange's clock as it is
// known now: it may have been corrected since the client read it.
func (a *answer) received(at time.Time) {
	a.openInterest.Received = at
	for i := range a.tickers {
		a.tickers[i].Received = at
	}
	for i := range a.marks {
		a.marks[i].Received = at
	}
}

// distinct keeps the first contract of every symbol.
func distinct(list []market.Contract) []market.Contract {
	seen := make(map[string]bool, len(list))
	var kept []market.Contract
	for _, c := range list {
		if c.Symbol != "" && !seen[c.Symbol] {
			seen[c.Symbol] = true
			kept = append(kept, c)
		}
	}
	return kept
}

// apply puts a good answer into the table. Of a history it returns the newest stamp.
func (e *engine) apply(a answer, at instant) (newest int64) {
	wall := at.wall
	r := a.flight.request
	switch r.kind {
	case askContracts:
		e.applyContracts(a.contracts, at)
	case askTickers:
		e.table.setTickers(a.tickers)
		e.schedule.setVolumes(a.tickers)
		if e.lists.again == 0 && e.lists.short(priced(a.tickers)) { // they came after the list
			e.lists.again = absentAgain
			e.schedule.tableWithin(askContracts, at.elapsed, e.lists.again)
		}
	case askMarks:
		e.table.setMarks(a.marks)
	case askFunding:
		e.table.setFunding(a.funding)
	case askOpenInterest:
		e.table.setOpenInterest(r.symbol, a.openInterest, at.elapsed)
	case askHistory:
		e.applyHistory(r.symbol, a.series, wall)
		newest = a.series.Official
	case askChart:
		if r.period == market.Period5m {
			e.applyHistory(r.symbol, a.series, wall)
		}
	case askRatios, askRatioPage:
		newest = e.applyRatios(r.symbol, r.ratio, a.ratios, wall)
	case askGap:
		e.recorder.Stamps(r.wanted, a.series)
	case askPayments:
		e.recorder.Funding(r.wanted, a.payments, wall)
	case askCheck:
		e.recorder.Stamps(r.wanted, a.series)
	}
	return newest
}

// applyHistory puts an answer into the table; the recorder keeps what is new in it.
func (e *engine) applyHistory(symbol string, s *market.Series, wall time.Time) {
	if r := e.table.symbols[symbol]; r != nil {
		e.recorder.Learned(symbol, r.quote.History, s, wall)
	}
	e.table.setHistory(symbol, s)
}

// applyContracts takes the contracts that are believed to trade.
func (e *engine) applyContracts(list []market.Contract, at instant) {
	had := e.table.listed
	list = e.lists.believed(at.elapsed, list, e.table.contracts(), priced(e.table.tickers), e.table.answeredAt)
	if e.lists.again > 0 {
		e.schedule.tableWithin(askContracts, at.elapsed, e.lists.again)
	}
	e.table.setContracts(list, e.lists.absent, at.wall)
	symbols := make([]string, len(list))
	for i, c := range list {
		symbols[i] = c.Symbol
	}
	e.schedule.setContracts(symbols)
	e.schedule.setVolumes(e.table.tickers)
	e.planHistories(at)
	if !e.schedule.recalling {
		e.table.dropKnown()
	}
	if had != len(list) {
		e.log.Info("contracts", "listed", e.lists.listed, "kept", len(list), "before", had)
	}
}

// settle tells schedule, row and callers what came of a flight.
func (e *engine) settle(at instant, a answer, o outcome) {
	r := a.flight.request
	e.schedule.answered(at, r, o)
	switch {
	case r.shows():
		e.settleChart(at, a, o.problem)
	case r.kind == askCheck || r.fills():
		if o.problem != nil && !e.schedule.asksAgain(r, o) {
			e.recorder.Failed(r.wanted)
		}
		e.decideCheck(at)
	case r.symbol == "":
		e.partial[r.kind] = o.problem
	case r.kind == askRatios: // the row has open interest to tell of
	default:
		if p, _ := e.schedule.poll(r); p != nil && o.problem != nil && !o.global {
			e.table.setProblem(r.symbol, r.kind == askHistory, failure{o.problem, at.wall.Add(p.notBefore - at.elapsed), p.failed, at.elapsed})
		}
	}
}

// settleChart hands an answer to who waits for it.
func (e *engine) settleChart(at instant, a answer, p *market.Problem) {
	var err error
	if p != nil {
		err = p
	}
	r := a.flight.request
	switch r.kind {
	case askKlines:
		key := klineKey{r.symbol, r.period, r.begin}
		e.klines.answered(key, a.candles, err, klineExpires(key, at.wall))
		return
	case askRatioPage:
		key := ratioPageKey{r.symbol, r.ratio, r.begin}
		e.pages.answered(key, a.ratios, err, pageExpires(key, at.wall))
		return
	}
	e.charts.answered(chartKey{r.symbol, r.period}, a.series, err, chartExpires(a.series, r.period, at.wall))
}

// transition logs the begin and end of an outage and resumes all at once. f is
// the request whose answer made the difference, nil when it was the silence.
func (e *engine) transition(f *flight, was *outage) {
	is := e.health.outage
	switch {
	case was == nil && is != nil:
		e.log.Warn("asking is paused", "problem", is.problem)
	case was != nil && is == nil:
		e.log.Info("asking again")
		e.schedule.recovered()
		e.hurry()
		if f.probe {
			e.giveUp(f.sent)
		}
	}
}

// giveUp abandons what was sent before a probe that was answered: it hangs on
// connections that died. Charts keep their time: somebody waits for them.
func (e *engine) giveUp(before time.Duration) {
	for f := range e.flights {
		if f.sent < before && !f.request.shows() {
			f.aborted = true
			f.cancel()
		}
	}
}

// problemOf finds the problem in err. An error without one is a fault of the
// line when it is about time, and otherwise a wrong answer.
func problemOf(err error, r request) *market.Problem {
	if p := market.ProblemOf(err); p != nil {
		return p
	}
	what := r.kind.String()
	if r.symbol != "" {
		what += " of " + r.symbol
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &market.Problem{Kind: market.TimedOut, What: what, Err: err}
	}
	return &market.Problem{Kind: market.BadAnswer, What: what, Err: err}
}
