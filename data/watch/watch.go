// Package watch keeps the signals of the whole market live: what every contract
// shows now, held against its own last 31 days, and the events of the last 24
// hours. It publishes immutable Boards, as the feed publishes snapshots.
//
// # Who does what
//
// One goroutine, that of [Watch.Run], owns all state. Once a second it takes
// the newest snapshot; what it does then depends on what came:
//
//   - A stamp closed: every contract with a new stamp is evaluated against the
//     baseline of its hour and shown to its detector, 517 contracts within a few
//     milliseconds. Events that fire are put on the board and logged.
//   - A full hour closed, or a contract is new: its baseline is computed from
//     the last 31 days. With reading them that takes about 10 ms a contract, so
//     it is done one by one with a rest of three times as long after each, ticked
//     and visible contracts first, then by volume. Until it is done the board
//     keeps the evaluation before, and the stamps that close meanwhile are made
//     up for, in order: divergences are evaluated on the full hour alone.
//
// # No event is told twice
//
// A detector is not saved. When the program starts it is walked along the
// contract's history, which brings it to where it would be had it never
// stopped; the events found on the way are shown as computed, not as seen live.
// The log of live events then says what was told already: an event within the
// cooldown of a logged one of the same kind is not told again, even where the
// history was corrected in between.
//
// Where the program slept through stamps, or the history grew (an import, gaps
// filled), the detector is walked anew, so that an old condition that becomes
// known late is not told as news.
//
// # Without a history
//
// With a nil Past everything is computed from the 28 hours that the feed keeps:
// readings without z, no events, and the evidence says how many of the 7 days
// are missing.
package watch

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// Market has the newest snapshot; *feed.Feed is one.
type Market interface{ Snapshot() *market.Snapshot }

// Past has what is known of contracts beyond the feed's 28 hours. Times are Unix
// milliseconds, both ends included; nothing known is no error. It is called
// from several goroutines. *history.Store is one.
type Past interface {
	Series(ctx context.Context, symbol string, from, to int64) (*market.Series, error)
	Funding(ctx context.Context, symbol string, from, to int64) ([]market.FundingPoint, error)
}

// Standing has the ratios and the liquidations of contracts, as far as they are kept;
// it is used as Past is. What there is none of costs nothing.
type Standing interface {
	Ratios(ctx context.Context, symbol string, from, to int64) ([]market.Ratios, error)
	Liquidations(ctx context.Context, symbol string, from, to int64) (seen []market.Liquidation, listened []market.Span, err error)
}

// Log keeps the events that were seen live. It is append-only, and keeps an
// event (by symbol, kind, time and version) once however often it is told.
type Log interface {
	Append(ctx context.Context, events []signal.Event, seen time.Time) error
	// Since returns those with a time from then on, the oldest first.
	Since(ctx context.Context, from time.Time) ([]signal.Event, error)
}

// Options are what a Watch is made from.
type Options struct {
	Market Market
	Now    func() time.Time // the exchange's clock
	Past   Past             // nil: nothing is known beyond the feed's 28 hours
	Log    Log              // nil: live events are forgotten with the program

	// Standing has who stood where in the past, nil: it is not known; Heard the
	// liquidations of one contract that were seen lately, and when somebody listened,
	// without waiting. Nil: nobody listens.
	Standing Standing
	Heard    func(symbol string, from, to int64) ([]market.Liquidation, []market.Span)

	Logger *slog.Logger // nil: silent
	Hurry  bool         // no rests between baselines: somebody waits for all of them

	// Turns is how often Past and Log became those of another market than they
	// had been taken for; nil: they never do. What was computed on them before is
	// forgotten then.
	Turns func() int
}

// Watch keeps a Board. Its methods may be called from any goroutine, before,
// during and after Run.
type Watch struct {
	o       Options
	log     *slog.Logger
	board   atomic.Pointer[Board]
	updates chan struct{}
	first   atomic.Pointer[[]string] // symbols that are attended to

	// Of the goroutine of Run alone.
	contracts map[string]*contract
	seen      *market.Snapshot // the newest followed
	changed   bool             // the board is out of date
	sequence  uint64
	space     *signal.Workspace // while baselines are made
	unlogged  []signal.Event    // seen live, to be logged
	logFails  bool              // said once

	mu    sync.Mutex // guards what follows
	past  map[string]*walked
	grown []string // contracts whose history was said to have grown
}

const (
	pollEvery = time.Second
	restRatio = 3 // rests between baselines, as a multiple of the time that one took

	// publishEvery is how often a board is made while baselines are: each has the
	// events of the whole market, and some twenty baselines come a second.
	publishEvery = 250 * time.Millisecond

	day     = 24 * time.Hour
	reach   = 31 * day         // of a baseline, into the past
	freshBy = 15 * time.Minute // a stamp older than this is no present
	tooOld  = 30 * time.Minute // and with this one no baseline is worth the while

	keepLog = 10_000 // events that wait for a log that fails
)

// New returns a Watch that does nothing until Run.
func New(o Options) *Watch {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Watch{o: o, log: o.Logger, updates: make(chan struct{}, 1), contracts: map[string]*contract{}, past: map[string]*walked{}}
}

// Board returns the newest board; nil before the first.
func (w *Watch) Board() *Board { return w.board.Load() }

// Updates signals that there is a newer board. The channel has one slot and is
// never closed.
func (w *Watch) Updates() <-chan struct{} { return w.updates }

// Attend says which contracts the person looks at: their baselines come first.
func (w *Watch) Attend(symbols []string) {
	first := append([]string(nil), symbols...)
	w.first.Store(&first)
}

// Grown says that more history of a contract is there than before: its baseline
// and its events are computed anew.
func (w *Watch) Grown(symbol string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.past, symbol)
	w.grown = append(w.grown, symbol)
}

// takeGrown has the baselines of the contracts that grew computed again. Run
// calls it every second.
func (w *Watch) takeGrown() {
	w.mu.Lock()
	symbols := w.grown
	w.grown = nil
	w.mu.Unlock()
	for _, symbol := range symbols {
		if c := w.contracts[symbol]; c != nil {
			c.tried = 0
		}
	}
}

// Run watches until ctx ends.
func (w *Watch) Run(ctx context.Context) {
	told := w.toldBefore(ctx)
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	rest := time.NewTimer(0)
	defer rest.Stop()
	var published time.Time
	turns := w.turns()
	for {
		select {
		case <-poll.C:
		case <-rest.C:
		case <-ctx.Done():
			return
		}
		if now := w.turns(); now != turns {
			turns, told = now, w.forget(ctx)
		}
		w.follow(w.o.Market.Snapshot(), told)
		w.takeGrown()
		c := w.next()
		if c == nil {
			w.space = nil // not needed for an hour
		} else {
			began := time.Now()
			w.prepare(ctx, c, told)
			pause := restRatio * time.Since(began)
			if w.o.Hurry {
				pause = 0
			}
			rest.Reset(pause)
		}
		if now := time.Now(); c == nil || now.Sub(published) >= publishEvery {
			w.publish()
			published = now
		}
		w.write(ctx)
	}
}

func (w *Watch) turns() int {
	if w.o.Turns == nil {
		return 0
	}
	return w.o.Turns()
}

// forget drops all that was computed on another market's past or read from its
// log, and begins anew.
func (w *Watch) forget(ctx context.Context) map[string][]Event {
	clear(w.contracts)
	w.seen, w.unlogged, w.changed = nil, nil, true
	w.mu.Lock()
	clear(w.past)
	w.mu.Unlock()
	return w.toldBefore(ctx)
}

// toldBefore reads from the log what was told in the last day.
func (w *Watch) toldBefore(ctx context.Context) map[string][]Event {
	told := map[string][]Event{}
	if w.o.Log == nil {
		return told
	}
	events, err := w.o.Log.Since(ctx, w.o.Now().Add(-day))
	if err != nil {
		w.log.Warn("the log of live events cannot be read", "error", err)
	}
	for _, e := range events {
		told[e.Symbol] = append(told[e.Symbol], Event{Event: e, Live: true})
	}
	return told
}

// write logs what was seen live. What fails is tried again with the next.
func (w *Watch) write(ctx context.Context) {
	if w.o.Log == nil || len(w.unlogged) == 0 {
		w.unlogged = nil
		return
	}
	err := w.o.Log.Append(ctx, w.unlogged, w.o.Now())
	if err != nil {
		if !w.logFails && ctx.Err() == nil {
			w.log.Warn("live events are not kept", "error", err)
		}
		w.logFails = true
		w.unlogged = w.unlogged[max(0, len(w.unlogged)-keepLog):]
		return
	}
	w.unlogged, w.logFails = nil, false
}
