package sim

import (
	"maps"
	"sync"
	"time"
)

// Stats is what clients did since the server started.
type Stats struct {
	Requests   map[string]int // by path; those to the archive are one
	Statuses   map[int]int    // answers by HTTP status
	UserAgents map[string]int

	PeakWeightMinute  int // in a calendar minute, which is what the exchange limits
	PeakWeightRolling int // in any 60 s, to the second
	PeakHistory       int // requests to /futures/data in any 5 min, to the second
	Refused           int // answered with 429 or 418 by the budgets
	WhileBlocked      int // requests that came before the time the client was told to wait for

	Connections     int // TCP connections accepted
	OpenConnections int
	Streams         int // stream handshakes that succeeded
	OpenStreams     int

	Symbols map[string]Polls // by symbol, those asked for at least once

	// Gaps between two polls of the same symbol's open interest, to a quarter
	// of a second: the median, the 99th percentile and the longest.
	GapMedian, GapP99, GapMax time.Duration
}

// Polls tells how often one symbol was asked for.
type Polls struct {
	Count        int // requests for open interest
	First, Last  time.Time
	LongestGap   time.Duration
	History      int // requests for its history
	FirstHistory time.Time
}

// Age is the time since the symbol's open interest was last asked for.
func (p Polls) Age(now time.Time) time.Duration { return now.Sub(p.Last) }

const (
	gapUnit = 250 * time.Millisecond
	gapMost = 4 * 600 // ten minutes
)

// tally collects Stats in bounded memory.
type tally struct {
	mu sync.Mutex
	s  Stats

	gaps [gapMost + 1]int
}

func newTally() *tally {
	return &tally{s: Stats{Requests: map[string]int{}, Statuses: map[int]int{}, UserAgents: map[string]int{}, Symbols: map[string]Polls{}}}
}

const manyKinds = 200 // of paths or user agents: more are not counted apart

func (t *tally) do(f func(*Stats)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f(&t.s)
}

func (t *tally) requested(path, agent string) {
	t.do(func(s *Stats) {
		bump(s.Requests, path)
		bump(s.UserAgents, agent)
	})
}

func bump(m map[string]int, k string) {
	if _, ok := m[k]; !ok && len(m) >= manyKinds {
		k = "…"
	}
	m[k]++
}

func (t *tally) answered(status int) { t.do(func(s *Stats) { s.Statuses[status]++ }) }

func (t *tally) polled(symbol string, now time.Time) {
	t.do(func(s *Stats) {
		p := s.Symbols[symbol]
		if p.Count == 0 {
			p.First = now
		} else {
			gap := now.Sub(p.Last)
			p.LongestGap = max(p.LongestGap, gap)
			s.GapMax = max(s.GapMax, gap)
			t.gaps[min(gapMost, max(0, int(gap/gapUnit)))]++
		}
		p.Count++
		p.Last = now
		s.Symbols[symbol] = p
	})
}

func (t *tally) historyAsked(symbol string, now time.Time) {
	t.do(func(s *Stats) {
		p := s.Symbols[symbol]
		if p.History == 0 {
			p.FirstHistory = now
		}
		p.History++
		s.Symbols[symbol] = p
	})
}

// copy returns what was collected, with quantiles.
func (t *tally) copy() Stats {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.s
	s.Requests, s.Statuses = maps.Clone(s.Requests), maps.Clone(s.Statuses)
	s.UserAgents, s.Symbols = maps.Clone(s.UserAgents), maps.Clone(s.Symbols)
	s.GapMedian, s.GapP99 = t.quantile(0.5), t.quantile(0.99)
	return s
}

func (t *tally) quantile(share float64) time.Duration {
	total := 0
	for _, n := range t.gaps {
		total += n
	}
	seen := 0
	for i, n := range t.gaps {
		if seen += n; n > 0 && float64(seen) >= share*float64(total) {
			return time.Duration(i) * gapUnit
		}
	}
	return 0
}

// Stats returns what clients did so far.
func (s *Server) Stats() Stats {
	stats := s.stats.copy()
	l := s.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	stats.PeakWeightMinute, stats.PeakWeightRolling, stats.PeakHistory = l.peakMinute, l.peakRolling, l.peakHistory
	stats.Refused, stats.WhileBlocked = l.refused, l.whileBlocked
	return stats
}
