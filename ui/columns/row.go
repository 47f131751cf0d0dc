package columns

import (
	"math"
	"strings"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/data/watch"
)

// StaleAfter is the age from which a row is dimmed: the feed promises that
// open interest is younger than 25 s in 99 of 100 cases.
const StaleAfter = 30 * time.Second

// Row is one contract as the table shows it. It is immutable.
type Row struct {
	Symbol  string
	Quote   *market.Quote
	Reading signal.Reading // price × open interest over 24 h
	Sign    *watch.Sign    // what the contract shows; nil: not evaluated yet

	Age      time.Duration // of the open interest, in whole seconds
	AgeKnown bool

	made   time.Time // as of when
	beyond *market.Beyond
	summed int    // which sum of the market it has at least
	spark  *Spark // of the quote's history; nil: it has too little
	names  searchNames
}

// Stale reports whether the row's numbers are too old to be trusted as the
// present.
func (r *Row) Stale() bool { return r.AgeKnown && r.Age > StaleAfter }

// Maker makes rows of snapshots, and keeps those whose quote did not change. The
// zero Maker has made none yet. It is not safe for concurrent use.
type Maker struct {
	totals  market.Totals
	drifted float64 // the sum that every row has taken
	summed  int     // counts those
	rows    map[string]*Row
}

// Rows returns a row for each quote of the snapshot, in its order, as of now,
// with what it shows by the board, which may be nil. A row is the same as last
// time if nothing on it changed, so that whoever shows rows can compare pointers.
func (m *Maker) Rows(s *market.Snapshot, b *watch.Board, now time.Time) []*Row {
	if s == nil {
		return nil
	}
	m.total(s)
	rows := make([]*Row, len(s.Quotes))
	kept := make(map[string]*Row, len(s.Quotes))
	for i, q := range s.Quotes {
		rows[i] = m.row(q, b.Sign(q.Contract.Symbol), now)
		kept[q.Contract.Symbol] = rows[i]
	}
	m.rows = kept
	return rows
}

// totalsDrift is by how much, as a part, the market's open interest may have
// changed before the share of a contract with nothing new is computed again.
const totalsDrift = 0.01

// total sums up the market. Every row with news takes the new sum; the others do
// once it has drifted.
func (m *Maker) total(s *market.Snapshot) {
	m.totals = s.Totals()
	usd := m.totals.USD
	if !(math.Abs(usd/m.drifted-1) <= totalsDrift) && (market.Known(usd) || market.Known(m.drifted)) {
		m.drifted = usd
		m.summed++
	}
}

// Index returns the rows made last, by symbol. It never changes; the next Rows
// makes another.
func (m *Maker) Index() map[string]*Row { return m.rows }

// row makes one row, or returns the one made last if nothing on it changed.
func (m *Maker) row(q *market.Quote, sign *watch.Sign, now time.Time) *Row {
	age, known := q.Age(now)
	age = age.Truncate(time.Second)
	old := m.rows[q.Contract.Symbol]
	if old != nil && old.Quote == q && old.Sign == sign && old.summed == m.summed {
		if old.Age == age && old.AgeKnown == known {
			return old
		}
		aged := *old
		aged.Age, aged.made = age, now
		return &aged
	}
	r := &Row{Symbol: q.Contract.Symbol, Quote: q, Sign: sign, Age: age, AgeKnown: known, made: now, beyond: sign.Beyond(m.totals), summed: m.summed}
	if old != nil && old.Quote.History == q.History {
		r.spark = old.spark
	} else {
		r.spark = newSpark(q.History)
	}
	switch {
	case sign != nil:
		r.Reading = sign.Evaluation.Reading24h
	case old != nil && old.Sign == nil && old.Quote.History == q.History:
		r.Reading = old.Reading
	default:
		r.Reading = signal.ReadPriceOpenInterest(q.History, market.Window24h)
	}
	if old != nil && old.Quote.Contract.BaseAsset == q.Contract.BaseAsset {
		r.names = old.names
	} else {
		r.names = searchNames{strings.ToLower(r.Symbol), strings.ToLower(q.Contract.BaseAsset)}
	}
	return r
}
