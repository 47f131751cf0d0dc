package feed

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/data/quota"
)

// simulation drives a schedule against an imagined exchange, in no time.
type simulation struct {
	t        *testing.T
	quota    *quota.Quota
	schedule *schedule
	now      time.Duration
	wall     time.Time // at now 0
	latency  time.Duration
	symbols  []string
	foreign  func(now time.Duration) int // what others have spent of the exchange's minute
	late     func(symbol string) time.Duration
	odd      func(symbol string) bool // open interest is answered with nonsense

	sent      []sentRequest
	minute    int64 // of the exchange's clock
	weight    int   // spent in it by this program
	own       rolling
	five      rolling
	flying    []sentRequest
	received  map[string]time.Duration
	hydrated  time.Duration
	histories map[string]int
	ages      func(now time.Duration) // called each half second
	looked    time.Duration
}

// rolling sums what was sent within a window.
type rolling struct{ first, sum int }

// expire drops what left the window and returns the sum of the rest.
func (r *rolling) expire(sent []sentRequest, since time.Time, cost func(request) int) int {
	for r.first < len(sent) && !sent[r.first].wall.After(since) {
		r.sum -= cost(sent[r.first].request)
		r.first++
	}
	return r.sum
}

func historyCost(r request) int {
	if r.history() || r.ratios() {
		return 1
	}
	return 0
}

type sentRequest struct {
	request
	permit *quota.Permit
	at     time.Duration
	wall   time.Time
}

func newSimulation(t *testing.T, contracts int) *simulation {
	q := newFakeQuota()
	s := &simulation{
		t: t, quota: q, schedule: newSchedule(q, 32), latency: 60 * time.Millisecond,
		wall:      time.Date(2026, 11, 22, 12, 3, 0, 0, time.UTC),
		foreign:   func(time.Duration) int { return 0 },
		late:      func(string) time.Duration { return 7 * time.Minute },
		odd:       func(string) bool { return false },
		received:  map[string]time.Duration{},
		histories: map[string]int{},
		ages:      func(time.Duration) {},
	}
	for i := range contracts {
		s.symbols = append(s.symbols, fmt.Sprintf("C%03dUSDT", i))
	}
	return s
}

func (s *simulation) instant() instant { return instant{s.now, s.wall.Add(s.now)} }

func (s *simulation) wallNow() int64 { return s.instant().millis() }

// run simulates until the given time, checking throughout that no limit of the
// exchange is exceeded: 80 % of its weight in any minute and in its own one,
// whatever others spend, and 90 % of the history bucket.
func (s *simulation) run(until time.Duration) {
	s.t.Helper()
	for s.now < until {
		for len(s.flying) > 0 && s.flying[0].at+s.latency <= s.now {
			s.land(s.flying[0])
			s.flying = s.flying[1:]
		}
		for s.looked <= s.now {
			s.ages(s.looked)
			s.looked += 500 * time.Millisecond
		}
		own := s.own.expire(s.sent, s.instant().wall.Add(-time.Minute), weightOf)
		history := s.five.expire(s.sent, s.instant().wall.Add(-5*time.Minute), historyCost)
		if own > 1920-reserveAttended || history > 900 {
			s.t.Fatalf("at %v: %d weight in a minute, %d histories in five", s.now, own, history)
		}
		a, wait := s.schedule.next(s.instant())
		if a != nil {
			r := sentRequest{a.request, a.permit, s.now, s.instant().wall}
			s.sent = append(s.sent, r)
			s.own.sum += weightOf(a.request)
			s.five.sum += historyCost(a.request)
			s.flying = append(s.flying, r)
			continue
		}
		if wait <= 0 {
			s.t.Fatalf("at %v: told to wait %v", s.now, wait)
		}
		if len(s.flying) > 0 {
			wait = min(wait, s.flying[0].at+s.latency-s.now)
		}
		s.now += max(wait, time.Millisecond)
	}
}

// land delivers the answer of a request.
func (s *simulation) land(r sentRequest) {
	if minute := s.wallNow() / 60_000; minute != s.minute {
		s.minute, s.weight = minute, 0
	}
	s.weight += weightOf(r.request)
	r.permit.Settle(s.instant().wall, quota.Outcome{Used: s.weight + s.foreign(s.now), Answered: true})
	o := outcome{}
	switch r.kind {
	case askContracts:
		s.schedule.setContracts(s.symbols)
	case askTickers:
		s.schedule.setVolumes(s.tickers())
	case askOpenInterest:
		if s.odd(r.symbol) {
			o.problem = &market.Problem{Kind: market.BadAnswer}
			break
		}
		s.received[r.symbol] = s.now
	case askRatios:
		o.newest = market.FloorStamp(s.wallNow() - s.late(r.symbol).Milliseconds())
	case askHistory:
		s.histories[r.symbol]++
		o.newest = market.FloorStamp(s.wallNow() - s.late(r.symbol).Milliseconds())
	}
	s.schedule.answered(s.instant(), r.request, o)
	if s.hydrated == 0 && len(s.received) == len(s.symbols) && len(s.histories) == len(s.symbols) {
		s.hydrated = s.now
	}
}

// tickers gives C000 the most volume, C001 the next, and so on.
func (s *simulation) tickers() (list []market.Ticker) {
	for i, symbol := range s.symbols {
		list = append(list, market.Ticker{Symbol: symbol, QuoteVolume: 1e9 / float64(i+1)})
	}
	return list
}

// collect gathers the ages of symbols from time from on.
func (s *simulation) collect(from time.Duration, groups map[string][]string) map[string]*[]time.Duration {
	ages := map[string]*[]time.Duration{}
	for name := range groups {
		ages[name] = &[]time.Duration{}
	}
	s.ages = func(now time.Duration) {
		if now < from {
			return
		}
		for name, symbols := range groups {
			for _, symbol := range symbols {
				*ages[name] = append(*ages[name], now-s.received[symbol])
			}
		}
	}
	return ages
}

func quantile(ages *[]time.Duration, q float64) time.Duration {
	slices.Sort(*ages)
	return (*ages)[int(q*float64(len(*ages)-1))]
}
