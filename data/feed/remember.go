package feed

import (
	"time"

	"openinterest/data/market"
)

// newsFor is for how long after a table was saved a contract that came or went
// since is still news.
const newsFor = 24 * time.Hour

// remember fills the table with what was known at the end of an earlier run.
// What was received in this run stays. Until the exchange's list has come,
// every row remembered is shown; those of contracts that are not in the list
// leave with it.
func (t *table) remember(m Remembered) {
	t.saved = m.Saved
	t.known = make(map[string]*market.Quote, len(m.Quotes))
	for _, q := range m.Quotes {
		symbol := q.Contract.Symbol
		t.known[symbol] = q
		if t.listed == 0 && !q.OpenInterest.Received.IsZero() && t.symbols[symbol] == nil {
			r := &row{}
			r.quote.Contract = q.Contract
			t.symbols[symbol] = r
			t.rows = append(t.rows, r)
		}
		if r := t.symbols[symbol]; r != nil {
			t.recall(r)
		}
	}
	t.sort()
}

// recall gives a row what is remembered of its contract, where it has nothing
// newer.
func (t *table) recall(r *row) {
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
	if r.covered = true; !was && r.ready() {
		t.ready++
	}
}
