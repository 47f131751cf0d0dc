package session

import (
	"context"
	"fmt"
	"sync"
	"time"

	"openinterest/data/alert"
	"openinterest/data/feed"
	"openinterest/data/history"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/data/sim"
)

// Scores has what the window's scorecards, and the dry runs of its alerts, are
// computed from: the history on this machine, or the demo's.
type Scores struct {
	feed   *feed.Feed
	now    func() time.Time // the exchange's clock
	store  *storeAdapter    // nil in the demo
	server *sim.Server      // of the demo

	mu     sync.Mutex
	past   *Past // what contracts have in common, of the store it was read from
	readAt time.Time
}

// Scores returns what scorecards and dry runs of this session's market are
// computed from.
func (s *Session) Scores() *Scores {
	return &Scores{feed: s.feed, now: s.client.Now, store: s.store, server: s.server}
}

const (
	// What the demo scores: a year of a contract is computed in a second; for all
	// of them the quarter that its signals know takes about a minute.
	demoScored = 365 * 24 * time.Hour
	demoPooled = simulatedDays * 24 * time.Hour

	// rereadEvery is for how long what contracts have in common is good.
	rereadEvery = time.Minute

	// What a signal of the past is judged by before it: 31 days of a baseline, and
	// a day of cooldown.
	judgedBy = 33 * 24 * time.Hour
)

// Symbols lists the contracts that trade, which make the pooled scorecard.
func (s *Scores) Symbols() []string {
	snapshot := s.feed.Snapshot()
	if snapshot == nil {
		return nil
	}
	symbols := make([]string, len(snapshot.Quotes))
	for i, q := range snapshot.Quotes {
		symbols[i] = q.Contract.Symbol
	}
	return symbols
}

// Subject loads a contract: all that is stored of it, and what was seen live. For
// the pooled scorecard, which needs every contract, the demo loads less.
func (s *Scores) Subject(ctx context.Context, symbol string, pooled bool) (signal.Subject, error) {
	if s.server != nil {
		span := demoScored
		if pooled {
			span = demoPooled
		}
		in, err := s.simulated(ctx, symbol, s.now().Add(-span))
		return signal.Subject{Input: in}, err
	}
	var subject signal.Subject
	err := s.store.use(ctx, "loading what is scored", func(store *history.Store) error {
		past, err := s.common(ctx, store)
		if err != nil {
			return err
		}
		subject, err = past.Subject(ctx, symbol)
		return err
	})
	return subject, err
}

// common reads what contracts have in common, at most once a minute.
func (s *Scores) common(ctx context.Context, store *history.Store) (*Past, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.past != nil && s.past.store == store && time.Since(s.readAt) < rereadEvery {
		return s.past, nil
	}
	past, err := readPast(ctx, store)
	if err != nil {
		return nil, err
	}
	s.past, s.readAt = past, time.Now()
	return past, nil
}

// simulated is a contract of the demo, from a time on.
func (s *Scores) simulated(ctx context.Context, symbol string, from time.Time) (*signal.Input, error) {
	in := s.known(symbol)
	to := s.now().UnixMilli()
	series, err := s.server.Series(ctx, symbol, from.UnixMilli(), to)
	if err != nil {
		return in, fmt.Errorf("loading %s: %w", symbol, err)
	}
	in.Points = series.Points
	if in.Funding, err = s.server.Funding(ctx, symbol, from.UnixMilli(), to); err != nil {
		return in, fmt.Errorf("loading the funding of %s: %w", symbol, err)
	}
	return in, nil
}

// known is what the feed knows of a contract besides its history.
func (s *Scores) known(symbol string) *signal.Input {
	in := &signal.Input{Symbol: symbol, Terms: market.DefaultFundingTerms(), Volume: market.Unknown}
	if q := s.quote(symbol); q != nil {
		in.Listed = q.Contract.Listed
		if q.Funding.IntervalHours > 0 {
			in.Terms = q.Funding
		}
	}
	return in
}

func (s *Scores) quote(symbol string) *market.Quote {
	snapshot := s.feed.Snapshot()
	if snapshot == nil {
		return nil
	}
	return snapshot.Quote(symbol)
}

// Past loads a contract's past from a day before from, with its events computed
// on it, and for how long it is known whether kind held; thresholds ask for none,
// the empty kind.
func (s *Scores) Past(ctx context.Context, symbol string, from, to time.Time, kind signal.EventKind) (alert.Past, error) {
	p := alert.Past{Contract: market.Contract{Symbol: symbol}}
	if q := s.quote(symbol); q != nil {
		p.Contract = q.Contract
	}
	reach := from.Add(-25 * time.Hour) // changes look back a day
	if kind != "" {
		reach = from.Add(-judgedBy)
	}
	in, err := s.input(ctx, symbol, reach, to, kind != "")
	if err != nil {
		return p, err
	}
	p.Points = in.Points
	if kind != "" {
		span, err := signal.DetectShown(ctx, in, from, to)
		if err != nil {
			return p, fmt.Errorf("looking for signals of %s: %w", symbol, err)
		}
		p.Events, p.Evaluated, p.Shows = span.Events, evaluated(span, kind), span.Shows
	}
	return p, nil
}

// evaluated is for how long it is known whether a kind held; of any kind, whether each
// of them did.
func evaluated(span *signal.Span, kind signal.EventKind) time.Duration {
	if kind != alert.AnySignal {
		return span.Evaluated(kind)
	}
	least := span.Evaluated(signal.EventKinds()[0])
	for _, k := range signal.EventKinds() {
		if !k.OnTrial() { // a rule for any signal does not tell of those
			least = min(least, span.Evaluated(k))
		}
	}
	return least
}

// input loads a span of a contract's history, with funding where signals ask for it.
func (s *Scores) input(ctx context.Context, symbol string, from, to time.Time, funding bool) (*signal.Input, error) {
	if s.server != nil {
		return s.simulated(ctx, symbol, from)
	}
	in := s.known(symbol)
	series, err := s.store.Series(ctx, symbol, from.UnixMilli(), to.UnixMilli())
	if err != nil {
		return in, fmt.Errorf("loading %s: %w", symbol, err)
	}
	// What the feed has is there before the store has it.
	if q := s.quote(symbol); q != nil && q.History.Len() > 0 {
		series = series.Merge(q.History, 0)
	}
	in.Points = series.Between(from.UnixMilli(), to.UnixMilli())
	if funding {
		if in.Funding, err = s.store.Funding(ctx, symbol, from.UnixMilli(), to.UnixMilli()); err != nil {
			return in, fmt.Errorf("loading the funding of %s: %w", symbol, err)
		}
		err := s.store.use(ctx, "loading who stood where", func(store *history.Store) error {
			return loadStanding(ctx, store, in, from.UnixMilli(), to.UnixMilli())
		})
		if err != nil {
			return in, err
		}
	}
	return in, nil
}
