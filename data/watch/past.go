package watch

import (
	"context"
	"fmt"
	"maps"
	"sort"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// walked are the events of a contract's whole history.
type walked struct {
	events []signal.Event
	at     time.Time // when it was walked
}

const (
	walkAgain = 5 * time.Minute // a new stamp may have closed, or an import gone on
	keepWalks = 32              // contracts
)

// Events returns the events of a contract with from ≤ time ≤ to, the oldest
// first, computed on its whole history. The first call for a contract takes a
// few hundred milliseconds for each year of it; the answer is kept for some
// minutes. It runs on the caller's goroutine.
func (w *Watch) Events(ctx context.Context, symbol string, from, to time.Time) ([]signal.Event, error) {
	w.mu.Lock()
	known := w.past[symbol]
	w.mu.Unlock()
	now, turns := w.o.Now(), w.turns()
	if known == nil || now.Sub(known.at) >= walkAgain {
		fresh, err := w.walkAll(ctx, symbol, now)
		if err != nil {
			return nil, err
		}
		w.mu.Lock()
		// What would be walked again is in nobody's way, but of years of a few dozen
		// contracts it is tens of megabytes.
		maps.DeleteFunc(w.past, func(_ string, old *walked) bool { return now.Sub(old.at) >= walkAgain })
		if len(w.past) >= keepWalks {
			clear(w.past)
		}
		if w.turns() == turns { // else it is another market's
			w.past[symbol] = fresh
		}
		w.mu.Unlock()
		known = fresh
	}
	i := sort.Search(len(known.events), func(i int) bool { return !known.events[i].Time.Before(from) })
	j := sort.Search(len(known.events), func(j int) bool { return known.events[j].Time.After(to) })
	return known.events[i:max(i, j):max(i, j)], nil
}

// walkAll detects the events of a contract's whole history. Events calls it where
// none are kept.
func (w *Watch) walkAll(ctx context.Context, symbol string, now time.Time) (*walked, error) {
	var history *market.Series
	in := &signal.Input{Symbol: symbol, Terms: market.DefaultFundingTerms(), Volume: market.Unknown}
	if q := w.o.Market.Snapshot().Quote(symbol); q != nil {
		history, in.Terms, in.Listed = q.History, q.Funding, q.Contract.Listed
	}
	if w.o.Past != nil {
		series, err := w.o.Past.Series(ctx, symbol, 0, now.UnixMilli())
		if err != nil {
			return nil, fmt.Errorf("reading the history of %s: %w", symbol, err)
		}
		if series.Len() > 0 {
			history = series.Merge(history, 0)
		}
		if in.Funding, err = w.o.Past.Funding(ctx, symbol, 0, now.UnixMilli()); err != nil {
			return nil, fmt.Errorf("reading the funding of %s: %w", symbol, err)
		}
	}
	if history.Len() == 0 {
		return &walked{at: now}, nil
	}
	err := w.recallRatios(ctx, in, 0, now.UnixMilli())
	if err == nil {
		err = w.recallLiquidations(ctx, in, 0, now.UnixMilli())
	}
	if err != nil {
		return nil, fmt.Errorf("reading who stood where in %s: %w", symbol, err)
	}
	in.Points = history.Points
	events, _, err := signal.Walk(ctx, in)
	if err != nil {
		return nil, err
	}
	return &walked{events: events, at: now}, nil
}
