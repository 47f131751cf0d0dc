package feed

import (
	"cmp"
	"slices"
	"time"

	"openinterest/data/market"
	"openinterest/data/recorder"
)

// maxNotices is how many changes of the list of contracts a snapshot tells.
const maxNotices = 20

// liveAge is how old an answer may be to stand for the stamp that closes.
const liveAge = time.Minute

// row is a contract being kept up to date. quote changes; what is published is
// a copy that never does.
type row struct {
	quote     market.Quote
	published *market.Quote // nil: quote changed since

	openInterest, history failure

	live       bool          // open interest was had in this run
	marked     bool          // so was a mark price
	ticked     bool          // so was a 24 h ticker
	answeredAt time.Duration // when it was last had
	covered    bool          // history was had in this run, or what is kept will do
	unlisted   bool          // kept of an earlier run, and in no list of this one
	noRate     bool          // the newest price came without a funding rate
	failing    time.Duration // since when the row's requests have failed; never: they do not
	unanswered bool          // it is not waited for any more
}

// failure is why the newest request of a kind failed; zero when it did not.
type failure struct {
	problem *market.Problem
	next    time.Time     // when it is asked again
	times   int           // in a row
	at      time.Duration // when it was
}

// table holds all rows, by symbol, and what was received for contracts that
// are not, or not yet, in it.
type table struct {
	rows       []*row // by symbol
	symbols    map[string]*row
	notices    []market.Notice
	closed     int64 // the last stamp for which live points were taken
	ready      int   // rows with live open interest, and history
	answered   int   // rows with live open interest
	unanswered int   // rows that have no answer
	dirty      bool  // something changed since the last snapshot

	tickers []market.Ticker
	marks   []market.MarkPrice             // those that came before the list of contracts
	funding map[string]market.FundingTerms // nil: not known

	listed  int                      // contracts in the exchange's list; 0 before the first of this run
	known   map[string]*market.Quote // what is kept of earlier runs, until the first list has come
	saved   time.Time                // when that was
	before  map[string]bool          // contracts that an earlier run knew: none of them is newly listed
	oldNews bool                     // what came and went since then is worth telling
	sampled []recorder.Stamps        // live points taken since they were last collected
}

func newTable() *table { return &table{symbols: map[string]*row{}} }

// touch marks a row as changed.
func (t *table) touch(r *row) {
	r.published = nil
	t.dirty = true
}

func (r *row) ready() bool { return r.live && r.covered && !r.unanswered }

// setContracts makes the rows those of the list and notes what came and went.
// absent are contracts among them that the exchange's list lacks.
func (t *table) setContracts(list []market.Contract, absent map[string]absence, wall time.Time) {
	news := t.news(wall)
	if t.listed == 0 {
		t.oldNews = news
	}
	t.listed = len(list)
	kept := make(map[string]*row, len(list))
	for _, c := range list {
		r := t.symbols[c.Symbol]
		if r == nil {
			r = &row{}
			r.quote.Contract = c
			t.recallRow(r)
			if news && !t.before[c.Symbol] {
				t.note(wall, c.Symbol, market.Listed)
			}
		}
		if r.quote.Contract != c {
			r.quote.Contract = c
			t.touch(r)
		}
		if _, lacking := absent[c.Symbol]; !lacking {
			r.unlisted = false
		}
		kept[c.Symbol] = r
	}
	for _, r := range t.rows {
		if symbol := r.quote.Contract.Symbol; kept[symbol] == nil && news && (!r.unlisted || t.oldNews) {
			t.note(wall, symbol, market.Delisted)
		}
	}
	t.symbols, t.rows = kept, t.rows[:0:0]
	for _, r := range kept {
		t.rows = append(t.rows, r)
	}
	t.count()
	t.sort()
	t.setTickers(t.tickers)
	t.setMarks(t.marks)
	t.marks = nil
	t.setFunding(t.funding)
}

// count counts the rows anew.
func (t *table) count() {
	t.ready, t.answered, t.unanswered = 0, 0, 0
	for _, r := range t.rows {
		t.ready += step(false, r.ready())
		t.answered += step(false, r.live && !r.unanswered)
		t.unanswered += step(false, r.unanswered)
	}
}

// contracts lists the contracts of the rows.
func (t *table) contracts() []market.Contract {
	list := make([]market.Contract, len(t.rows))
	for i, r := range t.rows {
		list[i] = r.quote.Contract
	}
	return list
}

// answeredAt is when a contract's open interest was last had in this run.
func (t *table) answeredAt(symbol string) time.Duration {
	if r := t.symbols[symbol]; r != nil && r.live {
		return r.answeredAt
	}
	return never
}

func (t *table) sort() {
	slices.SortFunc(t.rows, func(a, b *row) int { return cmp.Compare(a.quote.Contract.Symbol, b.quote.Contract.Symbol) })
}

func (t *table) note(wall time.Time, symbol string, kind market.NoticeKind) {
	t.notices = append(t.notices, market.Notice{Time: wall, Symbol: symbol, Kind: kind})
	if n := len(t.notices) - maxNotices; n > 0 {
		t.notices = slices.Clone(t.notices[n:]) // published slices are not written to
	}
	t.dirty = true
}

func (t *table) setTickers(tickers []market.Ticker) {
	t.tickers = tickers
	for _, k := range tickers {
		if r := t.symbols[k.Symbol]; r != nil {
			r.quote.Ticker, r.ticked = k, true
			t.touch(r)
		}
	}
}

// setMarks takes the mark prices of the REST answer, and keeps them when the
// list of contracts is still to come.
func (t *table) setMarks(marks []market.MarkPrice) {
	if t.listed == 0 {
		t.marks = marks
	}
	for _, m := range marks {
		t.setMark(m)
	}
}

// overtaken is by how much an answer may be older than one that came before
// it. Any older, and the clock was set back meanwhile.
const overtaken = time.Minute

// setMark takes one mark price, unless it was overtaken by a newer one, and
// reports whether it is news of a contract in the table.
func (t *table) setMark(m market.MarkPrice) bool {
	r := t.symbols[m.Symbol]
	if r == nil || !market.Known(m.Price) || m.Price <= 0 {
		return false
	}
	had := r.quote.Mark
	if older := had.Received.Sub(m.Received); older > 0 && older <= overtaken {
		return false
	}
	if !m.Time.IsZero() && had.Time.Sub(m.Time) >= 0 && had.Time.Sub(m.Time) <= overtaken {
		return false // the same event again, or one before it
	}
	r.noRate = !market.Known(m.FundingRate)
	if r.noRate { // a price without a rate says nothing of the rate
		m.FundingRate = had.FundingRate
		if had.Received.IsZero() {
			m.FundingRate = market.Unknown
		}
	}
	if m.NextFunding.IsZero() {
		m.NextFunding = had.NextFunding
	}
	r.quote.Mark, r.marked = m, true
	t.touch(r)
	return true
}

// setFunding takes the terms that differ from the default; nil: not known.
func (t *table) setFunding(terms map[string]market.FundingTerms) {
	t.funding = terms
	if terms == nil {
		return
	}
	for _, r := range t.rows {
		f, ok := terms[r.quote.Contract.Symbol]
		if !ok {
			f = market.DefaultFundingTerms()
		}
		r.quote.Funding = f
		t.touch(r)
	}
	t.checkFunding()
}

// checkFunding reports whether the next payment of some contract does not lie
// where its funding interval puts it. The interval has changed then, and is not
// known until the terms say so.
func (t *table) checkFunding() (misfits bool) {
	if t.funding == nil {
		return false
	}
	for _, r := range t.rows {
		next := r.quote.Mark.NextFunding
		if next.IsZero() || r.quote.Funding.Fits(next, r.quote.Mark.Time) {
			continue
		}
		misfits = true
		if r.quote.Funding.IntervalHours != 0 {
			r.quote.Funding.IntervalHours = 0
			t.touch(r)
		}
	}
	return misfits
}

// setOpenInterest takes a good answer.
func (t *table) setOpenInterest(symbol string, oi market.OpenInterest, now time.Duration) {
	t.change(symbol, func(r *row) {
		t.sample(r, market.FloorStamp(oi.Received.UnixMilli()))
		r.quote.OpenInterest, r.openInterest, r.live, r.answeredAt = oi, failure{}, true, now
	})
}

// setHistory takes a good answer; where it has the stamps of live points, it
// replaces them.
func (t *table) setHistory(symbol string, s *market.Series) {
	t.change(symbol, func(r *row) {
		r.quote.History, r.history, r.covered = r.quote.History.Merge(s, keptPoints), failure{}, true
	})
}

// setProblem notes why a request for one contract failed.
func (t *table) setProblem(symbol string, history bool, f failure) {
	t.change(symbol, func(r *row) {
		if history {
			r.history = f
		} else {
			r.openInterest = f
		}
		if r.failing == 0 {
			r.failing = f.at
		}
	})
}

// change changes a row, and counts and shows what follows from it.
func (t *table) change(symbol string, f func(*row)) {
	r := t.symbols[symbol]
	if r == nil {
		return // delisted meanwhile
	}
	ready, answered, unanswered := r.ready(), r.live && !r.unanswered, r.unanswered
	f(r)
	shown := r.shown()
	if shown.problem == nil {
		r.failing, r.unanswered = 0, false
	}
	t.ready += step(ready, r.ready())
	t.answered += step(answered, r.live && !r.unanswered)
	t.unanswered += step(unanswered, r.unanswered)
	r.quote.Problem, r.quote.NextTry = shown.problem, shown.next
	t.touch(r)
}

// step is by how much a count changes.
func step(was, is bool) int {
	switch {
	case was == is:
		return 0
	case is:
		return 1
	}
	return -1
}

// shown is the failure that a row tells of.
func (r *row) shown() failure {
	if r.openInterest.problem != nil {
		return r.openInterest
	}
	return r.history
}

// shift moves the times at which things were received along with the exchange's
// clock, which turned out to have been wrong by that much.
func (t *table) shift(by time.Duration) {
	for i := range t.tickers {
		t.tickers[i].Received = t.tickers[i].Received.Add(by)
	}
	for i := range t.marks {
		t.marks[i].Received = t.marks[i].Received.Add(by)
	}
	for _, r := range t.rows {
		q := &r.quote
		if r.live {
			q.OpenInterest.Received = q.OpenInterest.Received.Add(by)
		}
		q.Mark.Received, q.Ticker.Received = shifted(q.Mark.Received, by), shifted(q.Ticker.Received, by)
		for k := range q.Ratios {
			q.Ratios[k].Received = shifted(q.Ratios[k].Received, by)
		}
		t.touch(r)
	}
}

// closeStamps takes a live point of every row once a stamp has closed.
func (t *table) closeStamps(wall time.Time) {
	stamp := market.FloorStamp(wall.UnixMilli())
	if stamp == t.closed {
		return
	}
	t.closed = stamp
	for _, r := range t.rows {
		t.sample(r, stamp)
	}
}

// sample makes the open interest that a row has its live point at stamp, if
// it was received in the minute before it. It is called before a newer answer
// replaces it, too, since that may come before the stamp is noticed. A point of two
// units is none: the exchange's own is waited for.
func (t *table) sample(r *row, stamp int64) {
	at := time.UnixMilli(stamp)
	oi := r.quote.OpenInterest
	if oi.Received.After(at) || at.Sub(oi.Received) > liveAge || !(oi.Contracts > 0) || r.quote.UnitUnclear() {
		return
	}
	price := market.Unknown
	if !r.quote.Mark.Received.IsZero() && at.Sub(r.quote.Mark.Received).Abs() <= liveAge {
		price = r.quote.Mark.Price
	}
	live := market.Point{Time: stamp, Contracts: oi.Contracts, Price: price}
	grown := r.quote.History.WithLive(live, keptPoints)
	if grown != r.quote.History {
		r.quote.History = grown
		// A copy: while nobody can keep it, a point of the series would hold all of that.
		t.sampled = append(t.sampled, recorder.Stamps{Symbol: r.quote.Contract.Symbol, Points: []market.Point{live}, Live: true})
		t.touch(r)
	}
}

// staleMarks counts the rows whose mark price is older than age, or came
// without a funding rate.
func (t *table) staleMarks(wall time.Time, age time.Duration) int {
	n := 0
	for _, r := range t.rows {
		if r.noRate || wall.Sub(r.quote.Mark.Received) > age {
			n++
		}
	}
	return n
}

// snapshot publishes what changed: a row that did not shares its quote with
// the snapshot before.
func (t *table) snapshot(sequence uint64, wall time.Time, status market.Status) *market.Snapshot {
	quotes := make([]*market.Quote, len(t.rows))
	for i, r := range t.rows {
		if r.published == nil {
			q := r.quote
			r.published = &q
		}
		quotes[i] = r.published
	}
	t.dirty = false
	return market.NewSnapshot(market.Snapshot{
		Sequence: sequence, Time: wall, Quotes: quotes, Notices: t.notices[:len(t.notices):len(t.notices)], Status: status,
	})
}
