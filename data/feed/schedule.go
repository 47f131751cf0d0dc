package feed

import (
	"cmp"
	"slices"
	"time"

	"openinterest/data/market"
	"openinterest/data/quota"
)

// How often rows are asked. Below 5 s faster asking shows nothing new.
const (
	attendedPeriod       = 5*time.Second - lookEvery // a row is asked at the last look before it is 5 s old
	attendedPeriodHidden = 15 * time.Second
	restPeriodHidden     = 60 * time.Second
	attendedShare        = 0.75 // of the pace; what is left keeps the others moving
	heartbeat            = time.Second
	favouriteUrgency     = 2
)

// How often the tables are asked.
const (
	contractsPeriod    = 10 * time.Minute
	fundingPeriod      = 30 * time.Minute
	tickersPeriod      = 30 * time.Second
	tickersPeriodTight = 60 * time.Second
	marksPeriod        = 5 * time.Second  // while the stream is down
	marksPeriodStale   = 60 * time.Second // while it leaves some contracts out
	marksStale         = 15 * time.Second
	idle               = 250 * time.Millisecond
	lookEvery          = 100 * time.Millisecond // requests leave together: to wake up costs more than to ask
)

// How soon what failed is asked again. A fault that is over shows within ten
// seconds, so nothing waits for longer than half of that.
const (
	retryFirst = time.Second
	retryMost  = 5 * time.Second
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
	openInterest poll
	history      poll
	official     int64                         // newest stamp had from the exchange, Unix ms
	missing      int64                         // oldest stamp that what is kept lacks, Unix ms; 0: nothing is kept
	ratios       *[market.RatioCount]ratioPoll // nil: nobody wanted them
}

// schedule decides what is asked next, the most urgent first, within what the
// quota allows. It has no clock: time is passed in.
type schedule struct {
	quota    *quota.Quota
	parallel int
	flying   int
	crowded  time.Duration // since when as many requests are under way as may be, or were and half of them still are; never: they aren't

	tables  [kinds]poll // those of the kinds that concern all contracts
	entries []*entry    // in order of tier, volume, symbol
	symbols map[string]*entry
	charts  []request // that a person waits for, the first come first
	checks  []request // whether what is kept is of this market

	attention  Attention
	watched    int           // entries of tier attended
	marksEvery time.Duration // 0: the stream does it

	pace          pace
	askedRow      time.Duration // when open interest was last asked of any row
	topUps        topUps
	historyRoute  streak
	historyFlying int

	ratios    ratios
	recalling bool  // what is kept is still being read: no history is asked
	fills     fills // what the recorder wants
}

func newSchedule(q *quota.Quota, parallel int) *schedule {
	s := &schedule{
		quota: q, parallel: parallel,
		symbols:  map[string]*entry{},
		pace:     newPace(q),
		askedRow: never,
		crowded:  never,
		fills:    newFills(),
		topUps:   newTopUps(), historyRoute: newStreak(), ratios: newRatios(),
	}
	for k := range s.tables {
		s.tables[k] = newPoll()
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
			e = &entry{symbol: symbol, openInterest: newPoll(), history: newPoll()}
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

// ask is a request that may be sent, with its permit.
type ask struct {
	request
	permit *quota.Permit
}

// next returns the most urgent request that may be sent now, already counted
// as sent; or nil and how long to wait at most before asking again.
func (s *schedule) next(at instant) (*ask, time.Duration) {
	s.noteSlowness(at.elapsed)
	if s.flying >= s.parallel {
		return nil, idle
	}
	s.pace.accrue(at, s.mostPace(at))
	if a := s.asked(at); a != nil {
		return a, 0
	}
	table, saving := s.dueTable(at)
	if table != askNothing {
		if a := s.take(at, request{kind: table}, reserveAttended); a != nil {
			s.tables[table].sent(at.elapsed)
			return a, 0
		}
		saving = true
	}
	c := s.scan(at)
	if a := s.nextOf(at, c, saving); a != nil {
		return a, 0
	}
	wait := min(idle, c.soonest-at.elapsed)
	if p := &s.pace; c.rest != nil && p.rate > 0 && p.credit < 1 {
		wait = min(wait, time.Duration((burst-p.credit)/p.rate*float64(time.Second)))
	}
	if r := s.ratios.next - at.elapsed; s.attention.Ratios && r > 0 {
		wait = min(wait, r)
	}
	return nil, max(wait, lookEvery)
}

// asked returns a request that somebody waits for: a chart, or a check of what
// is kept, without which it is not used.
func (s *schedule) asked(at instant) *ask {
	for _, queue := range []*[]request{&s.charts, &s.checks} {
		for i, r := range *queue { // one route may rest, and another not
			if a := s.take(at, r, 0); a != nil {
				*queue = slices.Delete(*queue, i, i+1)
				return a
			}
		}
	}
	return nil
}

// nextOf returns the most urgent request of what is due.
func (s *schedule) nextOf(at instant, c candidates, saving bool) *ask {
	now := at.elapsed
	patient := !saving && s.pace.credit > 1-maxDebt && s.pace.free(at) > reserveRest
	for _, try := range []struct {
		due bool
		ask func() *ask
	}{
		{c.rest != nil && now-s.askedRow >= heartbeat && s.pace.free(at) > reserveAttended, func() *ask { return s.refresh(at, c.rest, reserveAttended) }},
		{c.freshWatched != nil, func() *ask { return s.hydrate(at, c.freshWatched, reserveAttended) }},
		{c.watched != nil && s.pace.credit > 1-maxDebtWatched && s.pace.free(at) > reserveAttended, func() *ask { return s.refresh(at, c.watched, reserveAttended) }},
		{c.fresh != nil, func() *ask { return s.hydrate(at, c.fresh, reserveRest) }},
		{c.urgent != nil && s.pace.free(at) > reserveRest, func() *ask { return s.ahead(at, c.urgent) }},
		{c.topUp == nil && c.fresh == nil && s.historyWasRefused(at), func() *ask { return s.topUp(at, s.entries[0]) }},
		{c.topUp != nil && patient, func() *ask { return s.topUp(at, c.topUp) }},
		{c.fresh == nil && s.attention.Ratios, func() *ask { return s.askRatio(at) }},
		{c.fresh == nil && patient && s.mayFill(at), func() *ask { return s.fill(at) }},
		{c.fresh == nil && s.mayAskPayments(now), func() *ask { return s.askPayments(at) }},
		{c.rest != nil && s.pace.free(at) > reserveRest && s.pace.credit >= 1 && !saving, func() *ask { return s.refresh(at, c.rest, reserveRest) }},
	} {
		if try.due {
			if a := try.ask(); a != nil {
				return a
			}
		}
	}
	return nil
}

// historyWasRefused reports whether history is due for the first request after
// a refusal, which shows whether that is over, be it wanted now or not.
func (s *schedule) historyWasRefused(at instant) bool {
	return len(s.entries) > 0 && s.quota.Refused(market.RouteHistory) != nil && s.historyOpen(at)
}

// take gets the permit for a request, if that leaves keep of the weight free,
// and counts it as sent.
func (s *schedule) take(at instant, r request, keep int) *ask {
	permit, _ := s.quota.Take(at.wall, r.route(), keep)
	if permit == nil {
		return nil
	}
	s.flying++
	switch {
	case r.history():
		s.historyFlying++
	case r.ratios():
		s.ratios.flying++
	}
	s.pace.spend(s.quota.Amount(r.route()))
	return &ask{r, permit}
}

// dueTable returns the table to ask now. saving is true when one is due but
// does not fit: then what is not urgent waits until it does.
func (s *schedule) dueTable(at instant) (due kind, saving bool) {
	for k := askContracts; k <= askFunding; k++ {
		p := &s.tables[k]
		route := (request{kind: k}).route()
		every := s.every(at, k)
		wanted := !p.have || p.failed > 0 || every > 0 && at.elapsed >= p.asked+every || s.quota.Refused(route) != nil
		if !p.open(at.elapsed) || !wanted {
			continue
		}
		if !s.quota.Open(at.wall, route) {
			continue
		}
		if s.pace.free(at)-reserveAttended >= s.quota.Amount(route) || !p.have {
			return k, false
		}
		saving = true
	}
	return askNothing, saving
}

// every returns how often a table is asked; 0: only once.
func (s *schedule) every(at instant, k kind) time.Duration {
	switch k {
	case askContracts:
		return contractsPeriod
	case askFunding:
		return fundingPeriod
	case askTickers:
		if s.attention.Hidden || s.pace.sustained(at) < tightWeight {
			return tickersPeriodTight
		}
		return tickersPeriod
	}
	return s.marksEvery
}

// hydrate asks what a contract lacks, ahead of the pace.
func (s *schedule) hydrate(at instant, e *entry, keep int) *ask {
	credit := s.pace.credit
	defer func() { s.pace.credit = credit }() // the pace takes it into account once it is spent
	if !e.openInterest.have && e.openInterest.open(at.elapsed) {
		return s.refresh(at, e, keep)
	}
	limit := keptPoints
	if e.missing > 0 { // and one that is known, which the exchange may have corrected
		limit = int(min(maxPoints, max(0, market.FloorStamp(at.millis())-e.missing)/market.StepMillis+2))
	}
	a := s.take(at, request{kind: askHistory, symbol: e.symbol, period: market.Period5m, limit: limit}, keep)
	if a != nil {
		e.history.sent(at.elapsed)
	}
	return a
}

// ahead asks open interest ahead of the pace: a fault is over.
func (s *schedule) ahead(at instant, e *entry) *ask {
	credit := s.pace.credit
	defer func() { s.pace.credit = credit }()
	return s.refresh(at, e, reserveRest)
}

// refresh asks the open interest of a contract.
func (s *schedule) refresh(at instant, e *entry, keep int) *ask {
	a := s.take(at, request{kind: askOpenInterest, symbol: e.symbol}, keep)
	if a != nil {
		e.openInterest.sent(at.elapsed)
		s.askedRow = at.elapsed
	}
	return a
}

// probe returns one request that shows whether asking works again, whatever
// the pace, the backoffs and what is flying; nil when there is no permit, or all
// it could ask is on its way already. Open interest is what the person waits for.
func (s *schedule) probe(at instant) *ask {
	if len(s.entries) == 0 {
		p := &s.tables[askContracts]
		if p.flying {
			return nil
		}
		a := s.take(at, request{kind: askContracts}, 0)
		if a != nil {
			p.sent(at.elapsed)
		}
		return a
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
		return nil
	}
	return s.refresh(at, oldest, 0)
}

// mostPace bounds the pace while nobody looks: a little more than what a hidden
// window needs, so that its requests, too, are spread over the minute.
func (s *schedule) mostPace(at instant) float64 {
	if !s.attention.Hidden {
		return 0
	}
	rows := float64(len(s.entries))/restPeriodHidden.Seconds() + float64(s.watched)/attendedPeriodHidden.Seconds()
	tables := 40/tickersPeriodTight.Seconds() + topUpShare*float64(s.pace.sustained(at))/time.Minute.Seconds()
	return 1.1 * (rows + tables)
}

// spent returns why nothing that leaves keep of the weight free is asked of open
// interest now, if that is because this program's share is spent, by itself or
// by others behind the address.
func (s *schedule) spent(at instant, keep int) *market.Problem {
	if p := s.quota.Spent(at.wall, market.RouteOpenInterest, keep); p != nil {
		return p
	}
	if s.pace.free(at) > keep {
		return nil
	}
	return s.quota.Yield(at.wall, market.RouteOpenInterest)
}

// historySpent returns why contracts without history wait for it, if that is
// because this program's share of the history bucket is spent; nil otherwise.
func (s *schedule) historySpent(at instant) *market.Problem {
	if s.recalling || s.pace.freeHistory(at) >= 1 || s.quota.Refused(market.RouteHistory) != nil {
		return nil
	}
	for _, e := range s.entries {
		if !e.history.have {
			return s.quota.Short(at.wall, market.RouteHistory, reserveHistory+1)
		}
	}
	return nil
}

// crowdedOut says that others behind the address leave this program so little
// that rows which nobody watches grow old; nil where they do not.
func (s *schedule) crowdedOut(at instant) *market.Problem {
	left := s.quota.Sustained(at.wall)
	if left >= tightWeight {
		return nil
	}
	return &market.Problem{Kind: market.QuotaShared, Used: left, Allowed: s.quota.Share(), What: "asking the exchange"}
}
