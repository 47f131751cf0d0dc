// Package recorder keeps what outlives the program: every stamp of every
// contract, the funding payments, and the last known table. The feed owns one
// [Recorder] and is its only user.
//
// # What flows
//
//	           Learned, Keep (stamps)                     KeepStamps, …
//	feed ─────────────────────────────────► Recorder ──────────────────► Store
//	     ◄───────────────────────────────── (one goroutine ◄────────────
//	       Recall: the last known table,     does the disk)  Load, Gaps, Funding
//	       Look:   requests to be made
//
// The feed tells the recorder what it learned. The recorder tells the feed what
// was known at the end of the last run, and what to ask the exchange for: what
// to ask is decided here, when to ask is decided by the feed's schedule, which
// knows what the exchange allows. The answers come back by Stamps and Funding;
// a request that fails by itself, by Failed.
//
// # At the start
//
// Run reads what is kept ([Store.Load]); Recall hands it to the feed, which
// publishes the last known table before the exchange has said a word. What is
// kept is only of use if it is of the market that answers now, so Recall also
// returns a few requests for stamps that are kept (check.go). Decide says what
// came of them: the same market, and the feed asks only for the history that is
// missing since; or another one, and the store begins a history of its own.
// Nothing is written before that is decided.
//
// # Gaps and payments
//
// Look is called twice a second once the table is had. It reads what is kept of
// one contract at a time and wants what is missing of the 30 days that the
// exchange keeps, as few requests as possible, the newest first (gaps.go): 18
// for a contract of which nothing is kept. What the exchange turns out not to
// have is noted (notes.go), so that it is not asked for again, in this run or
// the next. One request gets the funding payments of the last 30 days, later
// ones each payment as it takes place, and those of the past, back to the
// contract's listing, when nothing newer is wanted (payments.go).
//
// # Ratios and liquidations
//
// Ratios that the exchange answered, liquidations that were seen, and the spans in
// which the feed listened to those are written like the rest (seen.go). Load returns
// the liquidations and spans of the last 24 hours, which go on counting in the table
// once it is decided that they are of this market.
//
// # Writing
//
// The feed's goroutine only ever appends to lists in memory; the recorder's
// goroutine writes them to the store every few seconds, in transactions of
// bounded size (writer.go). So a slow disk delays nothing, a full one costs the
// oldest of what waits once that is too much, and Status says so. Of several
// processes on one store, one writes; the next takes over when it ends.
package recorder

import (
	"context"
	"log/slog"
	"time"

	"openinterest/data/market"
)

// Options are what a Recorder is made from.
type Options struct {
	Store    Store
	Log      *slog.Logger
	Snapshot func() *market.Snapshot // the newest; nil before the first. From any goroutine
	Stamps   int                     // how many of each contract Recall returns at most
}

// Recorder keeps what the feed learns. But for Run and Status, its methods are
// called by the goroutine that owns the feed's state; none of them waits for the
// store. A nil Recorder, of a feed that keeps nothing, does nothing and wants
// nothing.
type Recorder struct {
	store  Store
	log    *slog.Logger
	stamps int
	writer *writer

	loaded  chan Loaded  // one slot, one answer
	lookups chan lookup  // one slot: what the goroutine of Run reads next
	found   chan finding // one slot: what it found
	looking bool         // there is a lookup under way

	notes     *notes
	check     *check // whether what is kept is of this market; nil: not being checked
	believed  bool   // it is
	contracts map[string]*contract
}

// New returns a recorder that does nothing until Run; nil without a store.
func New(o Options) *Recorder {
	if o.Store == nil {
		return nil
	}
	return &Recorder{
		store: o.Store, log: o.Log, stamps: o.Stamps,
		writer: newWriter(o.Store, o.Log, o.Snapshot),

		loaded:    make(chan Loaded, 1),
		lookups:   make(chan lookup, 1),
		found:     make(chan finding, 1),
		notes:     &notes{},
		contracts: map[string]*contract{},
	}
}

// Run reads what is kept, then writes what is learned until ctx ends, and then
// what is left. The feed ends ctx when it has handed over the last.
func (r *Recorder) Run(ctx context.Context) {
	kept, err := r.store.Load(ctx, r.stamps)
	r.loaded <- Loaded{kept, err}
	r.writer.claim(ctx)
	again := time.NewTicker(flushEvery)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			r.writer.end(ctx)
			return
		case l := <-r.lookups:
			r.found <- l.read(ctx, r.store)
		case <-again.C:
			r.writer.write(ctx)
		}
	}
}

// Loaded is what came of reading what is kept; Recall takes it.
type Loaded struct {
	kept Kept
	err  error
}

// Loaded receives once, as soon as what is kept was read.
func (r *Recorder) Loaded() <-chan Loaded {
	if r == nil {
		return nil
	}
	return r.loaded
}

// Recall returns what is kept of earlier runs, and what to ask to see whether
// it is of the market that answers; Decide says whether. wall is the exchange's
// clock. ok is false where it could not be read.
func (r *Recorder) Recall(l Loaded, wall time.Time) (kept Kept, checks []Request, ok bool) {
	if l.err != nil {
		r.writer.failed("reading what was kept", l.err)
		r.writer.release()
		return Kept{}, nil, false
	}
	r.writer.note(l.kept.Notice)
	r.notes = readNotes(l.kept.Notes, wall)
	return l.kept, r.beginCheck(l.kept.Quotes, wall), true
}

// Late is how long after a stamp closes the exchange published it, as learned in
// earlier runs; 0: not known.
func (r *Recorder) Late() time.Duration { return time.Duration(r.notes.Late) * time.Second }

// Absent reports whether the exchange was asked for a stamp and does not have it.
func (r *Recorder) Absent(symbol string, stamp int64) bool { return r.notes.of(symbol).has(stamp) }

// Learned takes the newest history of a contract as the exchange answered it.
// had is what was known of it before.
func (r *Recorder) Learned(symbol string, had, got *market.Series, wall time.Time) {
	if r == nil {
		return
	}
	r.writer.keep(Stamps{Symbol: symbol, Points: unknownOf(had, got)})
	if got.Len() > 0 {
		r.notes.asked(symbol, Span{got.Points[0].Time, min(got.Official, newest(wall))}, got.Points)
	}
}

// unknownOf returns the points of an answer from the first on that is not known
// to be official already.
func unknownOf(had, got *market.Series) []market.Point {
	if had == nil {
		return got.Points
	}
	for i, p := range got.Points {
		if q, ok := had.At(p.Time); !ok || q != p || p.Time > had.Official {
			return got.Points[i:]
		}
	}
	return nil
}

// Keep takes the live points that were sampled since it was last called, and how
// late the exchange's stamps are now. The feed calls it twice a second, and once
// more at its end.
func (r *Recorder) Keep(live []Stamps, late time.Duration) {
	if r == nil {
		return
	}
	for _, s := range live {
		r.writer.keep(s)
	}
	r.notes.setLate(late)
	if r.notes.changed {
		r.writer.keepNotes(r.notes.encode())
	}
}

// Stamps takes the answer to a request for stamps.
func (r *Recorder) Stamps(q Request, s *market.Series) {
	if q.Kind == Check {
		r.check.answered(q.Symbol, s)
		return
	}
	r.writer.keep(Stamps{Symbol: q.Symbol, Points: s.Between(q.Span.From, q.Span.To)})
	r.notes.asked(q.Symbol, q.Span, s.Points)
}

// Failed takes that a request has no answer, and will not be made again by the
// feed. Its contract is looked at again before long.
func (r *Recorder) Failed(q Request) {
	if q.Kind == Check {
		r.check.answered(q.Symbol, nil)
		return
	}
	c := r.contract(q.Symbol)
	c.again()
	if q.Kind == Payments {
		c.payments.asking, c.payments.known = false, false
	}
}

// Status is why nothing is kept for now, or what is worth saying of what is kept;
// nil: all is well. It may be called from any goroutine, also after Run.
func (r *Recorder) Status() *market.StorageProblem {
	if r == nil {
		return nil
	}
	return r.writer.status()
}
