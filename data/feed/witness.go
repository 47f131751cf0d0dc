package feed

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"openinterest/data/market"
)

// What is remembered is only of use if it is of the market that answers now.
// Another address may have been given, or the market behind an address may be
// another one: a replay, a test network. So before anything is built on it, a
// few contracts are asked for a handful of stamps that are remembered.
const (
	witnesses      = 6
	witnessStamps  = 12
	witnessReach   = 29 * 24 * time.Hour // the exchange keeps 30 days
	witnessTimeout = 2500 * time.Millisecond
	sameContracts  = 1e-6 // relative; the exchange serves what it served, to the digit
)

// testify asks, on a goroutine of its own, whether the exchange still says what
// is remembered of it. Where it cannot be asked, the memory is believed.
func (e *engine) testify(remembered []*market.Quote, wall time.Time) {
	called := witnessesOf(remembered, wall)
	ctx, cancel := context.WithTimeout(e.ctx, witnessTimeout)
	defer cancel()
	var agree, differ int
	var counting sync.Mutex
	var group sync.WaitGroup
	for _, s := range called {
		group.Go(func() {
			to := s.Official
			from := to - (witnessStamps-1)*market.StepMillis
			served, err := e.exchange.OpenInterestHistory(ctx, s.Symbol, market.Period5m, time.UnixMilli(from), time.UnixMilli(to), witnessStamps)
			if err != nil {
				return
			}
			if served == nil {
				return
			}
			a, d := compare(s, served)
			counting.Lock()
			agree, differ = agree+a, differ+d
			counting.Unlock()
		})
	}
	group.Wait()
	e.verdict <- differ <= agree // one slot, one verdict
}

// witnessesOf picks histories across the whole market whose newest official
// stamp the exchange must still have.
func witnessesOf(quotes []*market.Quote, wall time.Time) []*market.Series {
	oldest := wall.Add(-witnessReach).UnixMilli()
	var able []*market.Series
	for _, q := range quotes {
		if q.History.Len() > 0 && q.History.Official > oldest {
			able = append(able, q.History)
		}
	}
	if len(able) <= witnesses {
		return able
	}
	var called []*market.Series
	for i := range witnesses {
		called = append(called, able[i*len(able)/witnesses])
	}
	return called
}

// compare counts the stamps that both know, by whether they say the same.
func compare(remembered, served *market.Series) (agree, differ int) {
	for _, p := range served.Points {
		known, ok := remembered.At(p.Time)
		switch {
		case !ok:
		case math.Abs(known.Contracts-p.Contracts) <= sameContracts*p.Contracts:
			agree++
		default:
			differ++
		}
	}
	return agree, differ
}

// judged acts on the verdict. A memory of another market is dropped from the
// table; what was received in this run stays, and all history is asked for.
func (e *engine) judged(same bool) {
	_, wall := e.clock()
	e.schedule.remembering = false
	if same {
		e.believed = true
		if e.table.listed > 0 {
			e.judgeHistories(wall)
			e.table.forget()
		}
		return
	}
	e.log.Warn("what is kept is of another market than the one that answers; it is not used")
	e.table.disown()
	e.notes = &notes{}
	e.memory.Disowned()
	e.keeper.begin()
}

// disown takes what is remembered out of the table.
func (t *table) disown() {
	for _, r := range t.rows {
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
