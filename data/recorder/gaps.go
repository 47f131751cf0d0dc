package recorder

import (
	"context"
	"iter"
	"time"

	"openinterest/data/market"
)

// How often it is looked for what is missing of a contract.
const (
	lookEvery = 6 * time.Hour
	lookSoon  = 10 * time.Minute // after a request or a lookup that failed
	enough    = 4                // requests for gaps that wait; then no more are looked for
)

// contract is what is known of what is kept of one contract.
type contract struct {
	gapsLooked time.Time // when its gaps were last looked for
	looked     time.Time // when what is kept of it was last looked at
	payments   payments
}

// again has the contract looked at once more before long: something failed.
func (c *contract) again() {
	soon := time.Now().Add(lookSoon - lookEvery)
	c.gapsLooked, c.looked = soon, soon
}

// contract returns what is known of a contract, which may be nothing yet.
func (r *Recorder) contract(symbol string) *contract {
	c := r.contracts[symbol]
	if c == nil {
		c = &contract{}
		r.contracts[symbol] = c
	}
	return c
}

// Look returns what the feed is to ask for now. quotes are all contracts, the
// most important first: in that order they are looked at. waiting is how many
// gaps are still to be asked for. Nothing is wanted while another process writes,
// or a lot waits to be written.
func (r *Recorder) Look(quotes iter.Seq[*market.Quote], waiting int, wall time.Time) []Request {
	if r == nil {
		return nil
	}
	wanted := r.collect(wall)
	if !r.writer.idle() {
		return wanted
	}
	if r.writer.takeLost() {
		r.LookAgain()
	}
	waiting += len(wanted)
	wanted = append(wanted, r.duePayments(quotes, wall)...)
	if !r.looking {
		r.lookAtNext(quotes, waiting < enough, wall)
	}
	return wanted
}

// LookAgain has every contract looked at again: the machine slept, or the store
// lost something.
func (r *Recorder) LookAgain() {
	if r == nil {
		return
	}
	for _, c := range r.contracts {
		c.gapsLooked, c.looked = time.Time{}, time.Time{}
	}
}

// lookAtNext has the store read for the first contract that was not looked at
// lately; for its gaps only where gaps are wanted.
func (r *Recorder) lookAtNext(quotes iter.Seq[*market.Quote], gaps bool, wall time.Time) {
	for q := range quotes {
		c := r.contract(q.Contract.Symbol)
		itsGaps := gaps && time.Since(c.gapsLooked) >= lookEvery
		if !itsGaps && time.Since(c.looked) < lookEvery {
			continue
		}
		c.looked, r.looking = time.Now(), true
		if itsGaps {
			c.gapsLooked = c.looked
		}
		r.lookups <- lookup{q.Contract.Symbol, pastOf(q.Contract, wall), itsGaps} // one slot, one at a time
		return
	}
}

// collect returns the gaps that a lookup found, if one has ended.
func (r *Recorder) collect(wall time.Time) []Request {
	var f finding
	select {
	case f = <-r.found:
	default:
		return nil
	}
	r.looking = false
	c := r.contract(f.symbol)
	if f.err != nil {
		r.writer.failed("looking for gaps", f.err)
		c.again()
		return nil
	}
	r.lookedUp(f, c, wall)
	return gapRequests(f.symbol, r.notes.of(f.symbol).less(f.gaps))
}

// lookup is what Run's goroutine is to read: what is kept of a contract.
type lookup struct {
	symbol string
	span   Span
	gaps   bool // look for gaps, too
}

// finding is what a lookup found.
type finding struct {
	symbol string
	gaps   []Span // where they were looked for
	paid   int64  // newest funding payment kept; 0: none
	err    error
}

// read reads the store. Run's goroutine calls it.
func (l lookup) read(ctx context.Context, store Store) finding {
	f := finding{symbol: l.symbol}
	if l.gaps && l.span.From <= l.span.To {
		if f.gaps, f.err = store.Gaps(ctx, l.symbol, l.span.From, l.span.To); f.err != nil {
			return f
		}
	}
	var paid []market.FundingPoint
	paid, f.err = store.Funding(ctx, l.symbol, l.span.From, 1<<62)
	for _, p := range paid {
		f.paid = max(f.paid, p.Time)
	}
	return f
}
