package feed

import (
	"cmp"
	"slices"
	"time"

	"openinterest/data/market"
)

// What is kept free of the budget: all of it for charts a person opens; rows
// being watched, and the tables, may use a part so that they are not held up
// by the rest.
const (
	reserveRest     = 60
	reserveAttended = 20
	reserveHistory  = 20 // of the history bucket
)

// How far the schedule may get ahead of its pace: what can wait, one request
// for the tickers; watched rows, a screenful newly scrolled into view more.
const (
	maxDebt        = 40
	maxDebtWatched = 80
)

// How often rows are asked. Below 5 s faster asking shows nothing new.
const (
	attendedPeriod       = 5 * time.Second
	attendedPeriodHidden = 15 * time.Second
	restPeriodHidden     = 60 * time.Second
	attendedShare        = 0.75 // of the pace; what is left keeps the others moving
	heartbeat            = time.Second
)

// How often the tables are asked.
const (
	contractsPeriod     = 10 * time.Minute
	fundingPeriod       = 30 * time.Minute
	tickersPeriod       = 30 * time.Second
	tickersPeriodTight  = 60 * time.Second
	marksPeriod         = 5 * time.Second  // while the stream is down
	marksPeriodStale    = 60 * time.Second // while it leaves some contracts out
	marksStale          = 15 * time.Second
	tablesWeight        = 50   // what the tables cost a minute when the budget is tight
	tightWeight         = 1200 // left to this program a minute; below it the tickers slow down
	idle                = 250 * time.Millisecond
	contractRetryFirst  = 5 * time.Second
	contractRetryMost   = 2 * time.Minute
	tableRetryFirst     = time.Second
	tableRetryMost      = 30 * time.Second
	paceRefresh         = 100 * time.Millisecond
	foreignSlot         = 10 * time.Second
	defaultAllowed      = 1920
	defaultHistory      = 900
	weightWindow        = time.Minute
	historyWindow       = 5 * time.Minute
	minuteSlack         = time.Second // the exchange's clock is known only roughly
	burst               = 2.0         // requests that may go at once after a lull
	favouriteUrgency    = 2
	unknownSymbolPeriod = contractsPeriod
)

// tier orders contracts by how much the person cares.
type tier int

const (
	attended tier = iota // ticked, or on screen
	favourite
	rest
)

// entry is what the schedule knows of one contract.
type entry struct {
	symbol       string
	tier         tier
	volume       float64 // USD in 24 h; 0 until known
	openInterest lane
	history      lane
	official     int64 // newest stamp had from the exchange, Unix ms
	missing      int64 // oldest stamp that what is remembered lacks, Unix ms; 0: nothing is remembered
	past         past
}

// schedule decides what is asked next, within the budget, the most urgent
// first. It has no clock: now is the time since the feed started, wall the
// exchange's time in Unix ms.
type schedule struct {
	parallel int
	flying   int

	tables  [kinds]lane // those of the kinds that concern all contracts
	entries []*entry    // in order of tier, volume, symbol
	symbols map[string]*entry

	attention  Attention
	watched    int           // entries of tier attended
	lacking    bool          // some contract has no open interest or history yet
	marksEvery time.Duration // 0: the stream does it

	budget          market.Budget
	foreign         [7]int // peaks of what others behind the address spent, one per foreignSlot
	foreignSlot     int64
	nextMinute      time.Duration // until the exchange counts anew
	weight, bucket  *ledger
	pace            float64 // requests a second that can be kept up
	pacedAt         time.Duration
	credit          float64 // requests that may be sent without getting ahead of the pace
	creditAt        time.Duration
	askedRow        time.Duration // when open interest was last asked of any row
	topUps          topUps
	historyPause    lane // backs off when the history route fails as a whole
	historyFailures int  // in a row

	remembering bool // what is remembered is still being read: no history is asked
	backfill    backfill
}

func newSchedule(parallel int) *schedule {
	s := &schedule{
		parallel: parallel,
		symbols:  map[string]*entry{},
		weight:   newLedger(weightWindow), bucket: newLedger(historyWindow),
		askedRow: never, pacedAt: never,
		backfill: newBackfill(),
		topUps:   newTopUps(), historyPause: newLane(),
	}
	for k := range s.tables {
		s.tables[k] = newLane()
	}
	return s
}

// setContracts makes the entries those of symbols; what is known of those that
// stay is kept.
func (s *schedule) setContracts(symbols []string) {
	kept := make(map[string]*entry, len(symbols))
	s.entries = s.entries[:0]
	for _, symbol := range symbols {
		e := s.symbols[symbol]
		if e == nil {
			e = &entry{symbol: symbol, openInterest: newLane(), history: newLane(), past: past{planned: never, looked: never}}
		}
		kept[symbol] = e
		s.entries = append(s.entries, e)
	}
	s.symbols = kept
	s.order()
}

// setVolumes orders the contracts by what is traded.
func (s *schedule) setVolumes(tickers []market.Ticker) {
	for _, t := range tickers {
		if e := s.symbols[t.Symbol]; e != nil && market.Known(t.QuoteVolume) {
			e.volume = t.QuoteVolume
		}
	}
	s.order()
}

// attend gives each contract its tier.
func (s *schedule) attend(a Attention) {
	s.attention = a
	s.order()
}

func (s *schedule) order() {
	for _, e := range s.entries {
		e.tier = rest
	}
	mark := func(symbols []string, t tier) {
		for _, symbol := range symbols {
			if e := s.symbols[symbol]; e != nil {
				e.tier = t
			}
		}
	}
	mark(s.attention.Favourites, favourite)
	if !s.attention.Hidden {
		mark(s.attention.Visible, attended)
	}
	mark(s.attention.Ticked, attended)
	s.watched = 0
	for _, e := range s.entries {
		if e.tier == attended {
			s.watched++
		}
	}
	slices.SortFunc(s.entries, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.tier, b.tier), cmp.Compare(b.volume, a.volume), cmp.Compare(a.symbol, b.symbol))
	})
}

// next returns the most urgent request that may be sent now, already counted
// as sent; or askNothing and how long to wait at most before asking again.
func (s *schedule) next(now time.Duration, wall int64) (request, time.Duration) {
	if s.flying >= s.parallel {
		return request{}, idle
	}
	s.accrue(now)
	free, freeWatched := s.free(now, reserveRest), s.free(now, reserveAttended)

	table, saving := s.dueTable(now, freeWatched)
	if table != askNothing {
		s.tables[table].sent(now)
		return s.commit(now, request{kind: table}), 0
	}
	c := s.scan(now, wall)
	switch {
	case c.freshWatched != nil && s.freeNow(now, reserveAttended) >= 1:
		return s.hydrate(now, wall, c.freshWatched), 0
	case c.watched != nil && freeWatched >= 1 && s.credit > 1-maxDebtWatched:
		return s.refresh(now, c.watched), 0
	case c.fresh != nil && s.freeNow(now, reserveRest) >= 1:
		return s.hydrate(now, wall, c.fresh), 0
	case c.topUp != nil && free >= 1 && s.credit > 1-maxDebt && !saving:
		return s.topUp(now, wall, c.topUp), 0
	case c.fresh == nil && free >= 1 && s.credit > 1-maxDebt && !saving && s.mayFill(now):
		return s.fill(now), 0
	case c.fresh == nil && s.mayAskFunding(now):
		return s.askFunding(now), 0
	case c.rest != nil && free >= 1 && (s.credit >= 1 && !saving || now-s.askedRow >= heartbeat):
		return s.refresh(now, c.rest), 0
	}
	wait := min(idle, c.soonest-now)
	if c.rest != nil && s.pace > 0 && s.credit < 1 {
		wait = min(wait, time.Duration((1-s.credit)/s.pace*float64(time.Second)))
	}
	return request{}, max(wait, 5*time.Millisecond)
}

// dueTable returns the table to ask now. saving is true when one is due but
// does not fit: then what is not urgent waits until it does.
func (s *schedule) dueTable(now time.Duration, free int) (due kind, saving bool) {
	for k := askContracts; k <= askFunding; k++ {
		l := &s.tables[k]
		every := s.every(k)
		if !l.open(now) || l.have && (every == 0 || now < l.asked+every) {
			continue
		}
		if free >= (request{kind: k}).weight() {
			return k, false
		}
		saving = true
	}
	return askNothing, saving
}

// every returns how often a table is asked; 0: only once.
func (s *schedule) every(k kind) time.Duration {
	switch k {
	case askContracts:
		return contractsPeriod
	case askFunding:
		return fundingPeriod
	case askTickers:
		if s.attention.Hidden || s.sustained() < tightWeight {
			return tickersPeriodTight
		}
		return tickersPeriod
	}
	return s.marksEvery
}

// hydrate asks what a contract lacks, ahead of the pace.
func (s *schedule) hydrate(now time.Duration, wall int64, e *entry) request {
	credit := s.credit
	defer func() { s.credit = credit }() // the pace takes it into account once it is spent
	if !e.openInterest.have && e.openInterest.open(now) {
		return s.refresh(now, e)
	}
	e.history.sent(now)
	limit := maxPoints
	if e.missing > 0 { // and one that is known, which the exchange may have corrected
		limit = int(min(maxPoints, max(0, market.FloorStamp(wall)-e.missing)/market.StepMillis+2))
	}
	return s.commit(now, request{kind: askHistory, symbol: e.symbol, period: market.Period5m, limit: limit})
}

func (s *schedule) refresh(now time.Duration, e *entry) request {
	e.openInterest.sent(now)
	s.askedRow = now
	return s.commit(now, request{kind: askOpenInterest, symbol: e.symbol})
}

func (s *schedule) commit(now time.Duration, r request) request {
	s.flying++
	s.spend(now, r)
	return r
}

// probe returns one request that shows whether asking works again, whatever
// the pace, the back-offs and what is flying; askNothing when all it could ask
// is on its way already.
func (s *schedule) probe(now time.Duration) request {
	if len(s.entries) == 0 {
		l := &s.tables[askContracts]
		if l.flying {
			return request{}
		}
		l.sent(now)
		return s.commit(now, request{kind: askContracts})
	}
	var oldest *entry
	for _, e := range s.entries { // in order of tier: what is watched first
		if e.openInterest.flying {
			continue
		}
		if oldest == nil || e.tier == oldest.tier && e.openInterest.asked < oldest.openInterest.asked {
			oldest = e
		}
	}
	if oldest == nil {
		return request{}
	}
	return s.refresh(now, oldest)
}
