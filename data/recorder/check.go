package recorder

import (
	"math"
	"time"

	"openinterest/data/market"
)

// What is kept is only of use if it is of the market that answers now. Another
// address may have been given, or the market behind an address may be another
// one: a replay, a test network. So before anything is built on it, a few
// contracts are asked for a handful of stamps that are kept.
const (
	checkContracts = 6
	checkStamps    = 12
	checkReach     = 29 * 24 * time.Hour // the exchange keeps 30 days
	checkTimeout   = 2500 * time.Millisecond
	sameContracts  = 1e-6 // relative; the exchange serves what it served, to the digit
)

// Verdict is whether what is kept is of the market that answers.
type Verdict int

const (
	Undecided Verdict = iota
	SameMarket
	OtherMarket
)

// check compares what is kept with what the exchange serves.
type check struct {
	kept    map[string]*market.Series // of the contracts asked, by symbol
	until   time.Time                 // then it is decided with what has come
	pending int                       // answers that have not come

	agree, differ int // stamps
}

// beginCheck returns what the exchange is asked for, to see whether it still
// says what is kept of it.
func (r *Recorder) beginCheck(quotes []*market.Quote, wall time.Time) (requests []Request) {
	r.check = &check{kept: map[string]*market.Series{}, until: time.Now().Add(checkTimeout)}
	for _, s := range checkable(quotes, wall) {
		r.check.kept[s.Symbol] = s
		r.check.pending++
		requests = append(requests, Request{Kind: Check, Symbol: s.Symbol, Limit: checkStamps,
			Span: Span{From: s.Official - (checkStamps-1)*market.StepMillis, To: s.Official}})
	}
	return requests
}

// checkable picks histories across the whole market whose newest official
// stamp the exchange must still have.
func checkable(quotes []*market.Quote, wall time.Time) []*market.Series {
	oldest := wall.Add(-checkReach).UnixMilli()
	var able []*market.Series
	for _, q := range quotes {
		if q.History.Len() > 0 && q.History.Official > oldest {
			able = append(able, q.History)
		}
	}
	if len(able) <= checkContracts {
		return able
	}
	var picked []*market.Series
	for i := range checkContracts {
		picked = append(picked, able[i*len(able)/checkContracts])
	}
	return picked
}

// answered counts the stamps that both know, by whether they say the same.
// served is nil where there was no answer. An answer that comes after the
// decision changes nothing.
func (c *check) answered(symbol string, served *market.Series) {
	if c == nil || c.kept[symbol] == nil {
		return
	}
	c.pending--
	if served == nil {
		return
	}
	for _, p := range served.Points {
		known, ok := c.kept[symbol].At(p.Time)
		switch {
		case !ok:
		case math.Abs(known.Contracts-p.Contracts) <= sameContracts*p.Contracts:
			c.agree++
		default:
			c.differ++
		}
	}
}

// Decide says whether what is kept is of the market that answers. It says so
// once, as soon as all answers have come or they take too long; before and after,
// it is Undecided. Where the exchange cannot be asked, what is kept is believed.
// What is kept of another market stays as it is, and this one gets a history of
// its own.
func (r *Recorder) Decide() Verdict {
	if r == nil || r.check == nil {
		return Undecided
	}
	c := r.check
	if c.pending > 0 && time.Now().Before(c.until) {
		return Undecided
	}
	r.check = nil
	defer r.writer.release()
	if c.differ <= c.agree {
		r.believed = true
		return SameMarket
	}
	r.log.Warn("what is kept is of another market than the one that answers; it is not used")
	r.notes, r.contracts = &notes{}, map[string]*contract{}
	r.store.OtherMarket()
	r.writer.begin()
	return OtherMarket
}

// Believed reports whether Decide has said SameMarket.
func (r *Recorder) Believed() bool { return r != nil && r.believed }
