package feed

import (
	"slices"
	"time"

	"openinterest/data/market"
	"openinterest/data/recorder"
)

// recallPatience is for how long requests for history wait for what is
// kept. A disk that takes longer is not waited for.
const recallPatience = 3 * time.Second

// recall takes what is kept of earlier runs: the last known table is published
// at once, and the exchange asked whether it is of its market.
func (e *engine) recall(l recorder.Loaded) {
	at := e.now()
	kept, checks, ok := e.recorder.Recall(l, at.wall)
	if !ok {
		e.schedule.recalling = false
		return
	}
	if late := e.recorder.Late(); late > 0 {
		e.schedule.topUps.late = min(maxLate, max(minLate, late))
	}
	e.recalled, e.schedule.recalling = true, true // until it is decided whether it is of this market
	e.kept = recorder.Kept{Liquidations: kept.Liquidations, Listened: kept.Listened}
	e.table.recall(kept)
	e.schedule.want(checks)
	e.decideCheck(at)
	e.promptUntil, e.published = at.elapsed+promptFor, never
	e.log.Info("the last known table was read", "contracts", len(kept.Quotes), "saved", kept.Saved, "after", at.elapsed)
}

// decideCheck acts once it is decided whether what is kept is of the market that
// answers. If it is, contracts are asked only for the history that is missing
// since. If it is of another market, it leaves the table; what was received in
// this run stays, and all history is asked for. It is called whenever the
// decision may have been made: after an answer, and by the watchdog.
func (e *engine) decideCheck(at instant) {
	verdict := e.recorder.Decide()
	if verdict == recorder.Undecided {
		return
	}
	e.schedule.recalling, e.schedule.checks = false, nil
	kept := e.kept
	e.kept = recorder.Kept{}
	if verdict == recorder.OtherMarket {
		e.table.dropKept()
		return
	}
	e.liquidations.remember(kept)
	if e.table.listed > 0 {
		e.planHistories(at)
		e.table.dropKnown()
	}
}

// planHistories decides what to ask of each contract's history, once the
// exchange's list and clock are known: nothing where what is kept reaches far
// enough, what is missing since where it has no holes, else what there is.
func (e *engine) planHistories(at instant) {
	if !e.recorder.Believed() {
		return
	}
	for _, r := range e.table.rows {
		symbol := r.quote.Contract.Symbol
		entry := e.schedule.symbols[symbol]
		if entry == nil || entry.history.have || entry.missing != 0 || r.quote.History.Len() == 0 {
			continue
		}
		missing, fresh := e.missing(r.quote.Contract, r.quote.History, at.wall)
		entry.missing, entry.official = missing, r.quote.History.Official
		if fresh {
			entry.history.have = true
			e.table.covered(r)
		}
	}
}

// How much of a history that is kept must be there.
const (
	coveredFor = 25 * time.Hour   // a change over 24 h, counted from a stamp up to an hour old
	freshFor   = 15 * time.Minute // the shortest change that the exchange's late stamps allow
)

// missing returns the oldest stamp that a history lacks and the exchange may
// have, and whether it will do until the next top-up.
func (e *engine) missing(c market.Contract, s *market.Series, wall time.Time) (oldest int64, fresh bool) {
	from := market.FloorStamp(wall.Add(-coveredFor).UnixMilli())
	if !c.Listed.IsZero() {
		from = max(from, market.FloorStamp(c.Listed.UnixMilli())+market.StepMillis)
	}
	for at := from; at <= s.Official; at += market.StepMillis {
		if _, ok := s.At(at); !ok && !e.recorder.Absent(c.Symbol, at) {
			return at, false
		}
	}
	_, reaches := s.At(market.FloorStamp(wall.Add(-freshFor).UnixMilli()))
	late := e.schedule.topUps.late.Milliseconds() + market.StepMillis
	return max(from, s.Official+market.StepMillis), reaches || s.Official >= market.FloorStamp(wall.UnixMilli()-late)
}

// newsFor is for how long after a table was saved a contract that came or went
// since is still news.
const newsFor = 24 * time.Hour

// recall fills the table with what was known at the end of an earlier run.
// What was received in this run stays. Until the exchange's list has come,
// every row kept is shown; those of contracts that are not in the list
// leave with it.
func (t *table) recall(k recorder.Kept) {
	t.saved = k.Saved
	t.known, t.before = make(map[string]*market.Quote, len(k.Quotes)), make(map[string]bool, len(k.Contracts))
	for _, c := range k.Contracts {
		t.before[c.Symbol] = true
	}
	for _, q := range k.Quotes {
		symbol := q.Contract.Symbol
		t.known[symbol] = q
		if t.listed == 0 && !q.OpenInterest.Received.IsZero() && t.symbols[symbol] == nil {
			r := &row{unlisted: true}
			r.quote.Contract = q.Contract
			t.symbols[symbol] = r
			t.rows = append(t.rows, r)
		}
		if r := t.symbols[symbol]; r != nil {
			t.recallRow(r)
		}
	}
	t.sort()
}

// recallRow gives a row what is kept of its contract, where it has nothing
// newer.
func (t *table) recallRow(r *row) {
	k := t.known[r.quote.Contract.Symbol]
	if k == nil {
		return
	}
	q := &r.quote
	if q.OpenInterest.Received.IsZero() {
		q.OpenInterest = k.OpenInterest
	}
	if q.Mark.Received.IsZero() {
		q.Mark = k.Mark
	}
	if q.Ticker.Received.IsZero() {
		q.Ticker = k.Ticker
	}
	if q.Funding.IntervalHours == 0 {
		q.Funding = k.Funding
	}
	if k.History.Len() > 0 {
		q.History = k.History.Merge(q.History, keptPoints)
	}
	t.touch(r)
}

// dropKnown drops what is kept of contracts without a row once the exchange's list has sorted out
// what is needed.
func (t *table) dropKnown() { t.known, t.saved = nil, time.Time{} }

// news reports whether a difference between the exchange's list and the one
// before is worth telling: the first list of a run is none, unless the list of
// the run before is not long ago.
func (t *table) news(wall time.Time) bool {
	return t.listed > 0 || !t.saved.IsZero() && wall.Sub(t.saved) < newsFor
}

// covered takes that a row's kept history needs nothing for now.
func (t *table) covered(r *row) {
	was := r.ready()
	r.covered = true
	t.ready += step(was, r.ready())
}

// dropKept takes what is kept of another market out of the table.
func (t *table) dropKept() {
	for _, r := range t.rows {
		q := &r.quote
		if !r.covered {
			q.History = nil
		}
		if !r.live {
			q.OpenInterest = market.OpenInterest{}
		}
		if !r.marked {
			q.Mark = market.MarkPrice{}
		}
		if !r.ticked {
			q.Ticker = market.Ticker{}
		}
		if t.funding == nil {
			q.Funding = market.FundingTerms{}
		}
		t.touch(r)
	}
	if t.listed == 0 {
		t.rows, t.symbols = slices.Clip(t.rows[:0]), map[string]*row{}
	}
	t.dropKnown()
}
