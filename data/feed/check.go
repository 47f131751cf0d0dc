package feed

import (
	"math"
	"slices"
	"time"

	"openinterest/data/market"
)

// What is kept is only of use if it is of the market that answers now. Another
// address may have been given, or the market behind an address may be another
// one: a replay, a test network. So before anything is built on it, a few
// contracts are asked for a handful of stamps that are kept.
const (
	checkContracts = 6
	checkStamps    = 12
	checkReach     = 29 * 24 * time.Hour // the exchange keeps 30 days
	checkTimeout   = 2500 * time.Millisecond
	sameContracts  = 1e-6 // relative; the exchange serves what it served, to the digit
)

// check holds what is kept against what the exchange serves.
type check struct {
	kept    map[string]*market.Series // of the contracts asked, by symbol
	until   time.Duration             // then it is decided with what has come
	pending int                       // answers that have not come

	agree, differ int // stamps
}

// beginCheck has the exchange asked whether it still says what is kept of it.
func (e *engine) beginCheck(kept []*market.Quote, at instant) {
	e.check = &check{kept: map[string]*market.Series{}, until: at.elapsed + checkTimeout}
	for _, s := range checkable(kept, at.wall) {
		e.check.kept[s.Symbol] = s
		e.check.pending++
		e.schedule.checks = append(e.schedule.checks, request{kind: askCheck, symbol: s.Symbol, period: market.Period5m,
			limit: checkStamps, span: Span{From: s.Official - (checkStamps-1)*market.StepMillis, To: s.Official}})
	}
	if e.check.pending == 0 {
		e.decideCheck(at)
	}
}

// checkable picks histories across the whole market whose newest official
// stamp the exchange must still have.
func checkable(quotes []*market.Quote, wall time.Time) []*market.Series {
	oldest := wall.Add(-checkReach).UnixMilli()
	var able []*market.Series
	for _, q := range quotes {
		if q.History.Len() > 0 && q.History.Official > oldest {
			able = append(able, q.History)
		}
	}
	if len(able) <= checkContracts {
		return able
	}
	var picked []*market.Series
	for i := range checkContracts {
		picked = append(picked, able[i*len(able)/checkContracts])
	}
	return picked
}

// compare counts the stamps that both know, by whether they say the same.
func (c *check) compare(symbol string, served *market.Series) {
	if c == nil || c.kept[symbol] == nil {
		return
	}
	for _, p := range served.Points {
		known, ok := c.kept[symbol].At(p.Time)
		switch {
		case !ok:
		case math.Abs(known.Contracts-p.Contracts) <= sameContracts*p.Contracts:
			c.agree++
		default:
			c.differ++
		}
	}
}

// checked takes that one of the answers has come, good or not.
func (e *engine) checked(at instant) {
	if e.check == nil {
		return
	}
	if e.check.pending--; e.check.pending == 0 {
		e.decideCheck(at)
	}
}

// watchCheck decides without the answers that take too long. Where the exchange
// cannot be asked, what is kept is believed.
func (e *engine) watchCheck(at instant) {
	if e.check != nil && at.elapsed >= e.check.until {
		e.decideCheck(at)
	}
}

// decideCheck acts on the comparison. What is kept of another market leaves the
// table; what was received in this run stays, and all history is asked for.
func (e *engine) decideCheck(at instant) {
	same := e.check.differ <= e.check.agree
	e.check, e.schedule.checks = nil, nil
	e.schedule.recalling = false
	if same {
		e.believed = true
		if e.table.listed > 0 {
			e.planHistories(at)
			e.table.forget()
		}
		return
	}
	e.log.Warn("what is kept is of another market than the one that answers; it is not used")
	e.table.dropKept()
	e.notes = &notes{}
	e.memory.OtherMarket()
	e.keeper.begin()
}

// dropKept takes what is kept out of the table: also prices, sums of 24 h and
// funding terms for which nothing came in this run yet.
func (t *table) dropKept() {
	for _, r := range t.rows {
		if k := t.known[r.quote.Contract.Symbol]; k != nil {
			if r.quote.Mark.Received.Equal(k.Mark.Received) {
				r.quote.Mark = market.MarkPrice{}
			}
			if r.quote.Ticker.Received.Equal(k.Ticker.Received) {
				r.quote.Ticker = market.Ticker{}
			}
			if t.funding == nil {
				r.quote.Funding = market.FundingTerms{}
			}
			t.touch(r)
		}
		if !r.covered && r.quote.History != nil {
			r.quote.History = nil
			t.touch(r)
		}
		if !r.live && !r.quote.OpenInterest.Received.IsZero() {
			r.quote.OpenInterest = market.OpenInterest{}
			t.touch(r)
		}
	}
	if t.listed == 0 {
		t.rows, t.symbols = slices.Clip(t.rows[:0]), map[string]*row{}
	}
	t.forget()
}
