package feed

import (
	"time"

	"openinterest/data/market"
)

// recallPatience is for how long requests for history wait for what is
// remembered. A disk that takes longer is not waited for.
const recallPatience = 3 * time.Second

// memoryAnswer is what came of Load.
type memoryAnswer struct {
	remembered Remembered
	err        error
}

// readMemory reads the memory, on a goroutine of its own.
func (e *engine) readMemory() {
	r, err := e.memory.Load(e.ctx, keptPoints)
	e.recalled <- memoryAnswer{r, err} // one slot, one answer
}

// recall takes what the memory had: the last known table is published at once.
func (e *engine) recall(a memoryAnswer) {
	at := e.now()
	if a.err != nil {
		e.schedule.recalling = false
		e.keeper.failed("reading what was kept", a.err)
		return
	}
	e.keeper.note(a.remembered.Notice)
	e.notes = readNotes(a.remembered.Notes, at.wall)
	if e.notes.Late > 0 {
		e.schedule.topUps.late = min(maxLate, max(minLate, time.Duration(e.notes.Late)*time.Second))
	}
	e.table.recall(a.remembered)
	e.beginCheck(a.remembered.Quotes, at)
	e.promptUntil, e.published = at.elapsed+promptFor, never
	e.log.Info("the last known table was read", "contracts", len(a.remembered.Quotes), "saved", a.remembered.Saved, "after", at.elapsed)
}

// planHistories decides what to ask of each contract's history, once the
// exchange's list and clock are known: nothing where what is kept reaches far
// enough, what is missing since where it has no holes, else what there is.
func (e *engine) planHistories(at instant) {
	if !e.believed {
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
	absent := e.notes.of(c.Symbol)
	for at := from; at <= s.Official; at += market.StepMillis {
		if _, ok := s.At(at); !ok && !absent.has(at) {
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
// every row remembered is shown; those of contracts that are not in the list
// leave with it.
func (t *table) recall(m Remembered) {
	t.saved = m.Saved
	t.known = make(map[string]*market.Quote, len(m.Quotes))
	for _, q := range m.Quotes {
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

// recallRow gives a row what is remembered of its contract, where it has nothing
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

// forget lets go of what is remembered once the exchange's list has sorted out
// what is needed.
func (t *table) forget() { t.known, t.saved = nil, time.Time{} }

// news reports whether a difference between the exchange's list and the one
// before is worth telling: the first list of a run is none, unless the list of
// the run before is not long ago.
func (t *table) news(wall time.Time) bool {
	return t.listed > 0 || !t.saved.IsZero() && wall.Sub(t.saved) < newsFor
}

// covered takes that a row's remembered history needs nothing for now.
func (t *table) covered(r *row) {
	was := r.ready()
	r.covered = true
	t.ready += step(was, r.ready())
}
