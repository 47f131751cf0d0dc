// Package scorecard shows what followed the signals: per signal and horizon how
// often the price was higher afterwards, against how often it is at any time,
// with intervals, and above all whether open interest adds anything to price
// (OI lift). What cannot be told apart from chance is called that, in words.
//
//	Source ──► Book ──► Pane
//
// The Source has histories and the events seen live. The Book computes scorecards
// from them on goroutines of its own and keeps them; it outlives the Pane, which
// is built anew for another language. The Pane is a list of rows, each with a
// small forest plot, and the sentence for the row that is chosen.
package scorecard

import (
	"context"
	"errors"
	"sync"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// Pooled stands for all contracts together, where a symbol is asked for.
const Pooled = ""

// Source has what scorecards are computed from. It is called from several
// goroutines.
type Source interface {
	// Symbols lists the contracts that belong to the pooled scorecard.
	Symbols() []string
	// Subject loads a contract: all that is stored of it, and what was seen live.
	// For the pooled scorecard, which needs every contract, it may load less.
	Subject(ctx context.Context, symbol string, pooled bool) (signal.Subject, error)
}

// keepFor is how long a scorecard is good: an hour brings one more base period
// at most, a pooled one takes a minute of both processors.
const (
	keepFor       = time.Hour
	keepPooledFor = 6 * time.Hour
)

// State is what is known of one scorecard.
type State struct {
	Cards *signal.Cards // nil: none yet
	At    time.Time     // when it was computed

	Running     bool
	Done, Total int // contracts, while running

	Err     error // why the last attempt failed; nil where it did not
	Stopped bool  // the last attempt was cancelled
	Failed  int   // contracts that could not be loaded
}

// Book computes scorecards and keeps them. Its methods may be called from any
// goroutine; OnChange is called by dispatch.
type Book struct {
	source   Source
	now      func() time.Time
	dispatch func(func())
	ctx      context.Context
	close    context.CancelFunc
	jobs     sync.WaitGroup

	mu       sync.Mutex
	states   map[string]*State
	stop     map[string]context.CancelFunc
	onChange func(symbol string)
}

// NewBook returns an empty book. Close ends what it computes.
func NewBook(ctx context.Context, source Source, now func() time.Time, dispatch func(func())) *Book {
	b := &Book{source: source, now: now, dispatch: dispatch, states: map[string]*State{}, stop: map[string]context.CancelFunc{}}
	b.ctx, b.close = context.WithCancel(ctx)
	return b
}

// Close ends what is being computed and waits for it.
func (b *Book) Close() {
	b.close()
	b.jobs.Wait()
}

// OnChange says whom to tell that a state changed; nil: nobody.
func (b *Book) OnChange(f func(symbol string)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.onChange = f
}

// Symbols lists the contracts that the source has.
func (b *Book) Symbols() []string { return b.source.Symbols() }

// State returns what is known of a contract's scorecard, or of the pooled one.
func (b *Book) State(symbol string) State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return *b.of(symbol)
}

// of is the state of a scorecard, made where there is none. The lock is held.
func (b *Book) of(symbol string) *State {
	s := b.states[symbol]
	if s == nil {
		s = &State{}
		b.states[symbol] = s
	}
	return s
}

// Want has a scorecard computed, unless there is a good one or it is under way.
func (b *Book) Want(symbol string) {
	s := b.State(symbol)
	keep := keepFor
	if symbol == Pooled {
		keep = keepPooledFor
	}
	old := s.Cards == nil || b.now().Sub(s.At) > keep
	if old && !s.Stopped && s.Err == nil { // what was stopped or failed is computed again when somebody asks for that
		b.Compute(symbol)
	}
}

// Compute computes a scorecard, also where there is one, unless it is under way.
// The pooled one computes those of all contracts.
func (b *Book) Compute(symbol string) {
	if b.begin(symbol) {
		b.tell(symbol)
	}
}

// begin starts a job, unless there is one.
func (b *Book) begin(symbol string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.of(symbol)
	if s.Running || b.ctx.Err() != nil {
		return false
	}
	ctx, cancel := context.WithCancel(b.ctx)
	b.stop[symbol] = cancel
	s.Running, s.Stopped, s.Err, s.Done, s.Total = true, false, nil, 0, 1
	b.jobs.Go(func() {
		defer cancel()
		b.compute(ctx, symbol)
	})
	return true
}

// Cancel ends the computing of a scorecard. The one before stays.
func (b *Book) Cancel(symbol string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if cancel := b.stop[symbol]; cancel != nil {
		cancel()
	}
}

// Forget drops the scorecards that a contract is part of, because its history
// grew; those being computed are computed to their end.
func (b *Book) Forget(symbol string) {
	for _, s := range []string{symbol, Pooled} {
		b.mu.Lock()
		if st := b.of(s); !st.Running {
			*st = State{}
		}
		b.mu.Unlock()
		b.tell(s)
	}
}

// tell has a change shown. The lock is not held: who shows it asks for State.
func (b *Book) tell(symbol string) {
	b.mu.Lock()
	f := b.onChange
	b.mu.Unlock()
	if f != nil && b.ctx.Err() == nil {
		b.dispatch(func() { f(symbol) })
	}
}

// errNothing says that a report has no scorecard.
var errNothing = errors.New("no contract could be scored")

// compute scores a contract, or all of them, on the goroutine of begin's job.
func (b *Book) compute(ctx context.Context, symbol string) {
	symbols := []string{symbol}
	if symbol == Pooled {
		symbols = b.source.Symbols()
	}
	b.progress(symbol, 0, len(symbols))
	report, err := signal.Score(ctx, b.subjects(ctx, symbols, symbol == Pooled), func(done int) { b.progress(symbol, done, len(symbols)) })
	b.finish(ctx, symbol, report, err)
	b.tell(symbol)
}

// finish keeps what came of a job.
func (b *Book) finish(ctx context.Context, symbol string, report *signal.Report, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.stop, symbol)
	s := b.of(symbol)
	s.Running = false
	switch {
	case ctx.Err() != nil:
		s.Stopped = true
	case err != nil:
		s.Err = err
	case len(report.Contracts) == 0:
		s.Err = errNothing
		if len(report.Failed) > 0 {
			s.Err = report.Failed[0].Err
		}
	default:
		b.file(symbol, report)
	}
}

// file keeps what a report has. The lock is held.
func (b *Book) file(symbol string, r *signal.Report) {
	now := b.now()
	for _, c := range r.Contracts {
		s := b.of(c.History.Symbol)
		if symbol == Pooled && s.Cards != nil && s.Cards.History.Days > c.History.Days+1 {
			continue // the pooled one had less history
		}
		s.Cards, s.At, s.Err, s.Stopped = &c, now, nil, false
	}
	if symbol == Pooled {
		s := b.of(Pooled)
		s.Cards, s.At, s.Failed = &r.Pooled, now, len(r.Failed)
	}
}

// progress notes how far a job is. It tells at most a hundred times.
func (b *Book) progress(symbol string, done, total int) {
	b.mu.Lock()
	s := b.of(symbol)
	s.Done, s.Total = done, total
	b.mu.Unlock()
	if every := max(1, total/100); done%every == 0 {
		b.tell(symbol)
	}
}

// subjects loads one contract after the other, as signal.Score asks for them.
func (b *Book) subjects(ctx context.Context, symbols []string, pooled bool) func(yield func(signal.Subject, error) bool) {
	return func(yield func(signal.Subject, error) bool) {
		for _, symbol := range symbols {
			s, err := b.source.Subject(ctx, symbol, pooled)
			if err != nil || s.Input == nil {
				s.Input = &signal.Input{Symbol: symbol}
			}
			if !yield(s, err) {
				return
			}
		}
	}
}

// Cell finds a contract's kind over a horizon, on history; nil where no
// scorecard was computed. Nothing is computed for it.
func (b *Book) Cell(symbol string, k signal.EventKind, horizon market.Window) *signal.Cell {
	if s := b.State(symbol); s.Cards != nil {
		return s.Cards.History.Cell(k, horizon)
	}
	return nil
}
