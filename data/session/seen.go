package session

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"openinterest/data/history"
	"openinterest/data/market"
	"openinterest/data/recorder"
)

// seenFor is for how long liquidations count in the table.
const seenFor = 24 * time.Hour

// loadSeen reads the liquidations of the last 24 hours, and when somebody listened.
// This machine's clock may be ahead: those before the table was last saved, which
// was by the exchange's clock, are among them.
func (a *storeAdapter) loadSeen(ctx context.Context, r *recorder.Kept, saved time.Time) error {
	from := time.Now()
	if !saved.IsZero() && saved.Before(from) {
		from = saved
	}
	since := from.Add(-seenFor).UnixMilli()
	store, err := a.open(ctx)
	if err != nil {
		return err
	}
	if r.Liquidations, err = store.Liquidations(ctx, "", since, math.MaxInt64); err != nil {
		return storageProblem("reading liquidations", err)
	}
	r.Listened, err = store.Listened(ctx, since, math.MaxInt64)
	return storageProblem("reading when somebody listened", err)
}

// KeepRatios implements recorder.Store.
func (a *storeAdapter) KeepRatios(ctx context.Context, symbol string, rows []market.Ratios) error {
	return a.use(ctx, "keeping ratios", func(store *history.Store) error { return store.SaveRatios(ctx, symbol, rows, history.API) })
}

// Ratios implements recorder.Store.
func (a *storeAdapter) Ratios(ctx context.Context, symbol string, from, to int64) (rows []market.Ratios, err error) {
	err = a.use(ctx, "reading ratios", func(store *history.Store) error {
		rows, err = store.Ratios(ctx, symbol, from, to)
		return err
	})
	return rows, err
}

// KeepLiquidations implements recorder.Store.
func (a *storeAdapter) KeepLiquidations(ctx context.Context, seen []market.Liquidation, listened []market.Span) error {
	return a.use(ctx, "keeping liquidations", func(store *history.Store) error { return store.SaveLiquidations(ctx, seen, listened) })
}

// liquidations returns those kept with from ≤ time ≤ to (Unix ms), and the spans of it
// in which somebody listened.
func (a *storeAdapter) liquidations(ctx context.Context, symbol string, from, to int64) (seen []market.Liquidation, listened []market.Span, err error) {
	err = a.use(ctx, "reading liquidations", func(store *history.Store) error {
		if seen, err = store.Liquidations(ctx, symbol, from, to); err != nil {
			return err
		}
		listened, err = store.Listened(ctx, from, to)
		return err
	})
	return seen, listened, err
}

// Ratios returns the ratios of one contract with from ≤ time ≤ to (Unix ms),
// ascending: what is kept joined with what the exchange answers now, which is asked
// where something is missing of the last 30 days, as far as its limit allows. An
// error beside ratios says why older ones may lack.
func (s *Session) Ratios(ctx context.Context, symbol string, from, to int64) ([]market.Ratios, error) {
	return s.feed.Ratios(ctx, symbol, from, to)
}

// Liquidations returns those of one contract, or of all for "", that were seen with
// from ≤ time ≤ to (Unix ms), by time, and the spans of it in which somebody listened:
// what is kept, and what this run has. Where what is kept cannot be read, it returns
// why beside the rest.
func (s *Session) Liquidations(ctx context.Context, symbol string, from, to int64) (seen []market.Liquidation, listened []market.Span, err error) {
	now, heard := s.feed.Liquidations(symbol, from, to)
	if s.store == nil {
		return now, heard, nil
	}
	seen, listened, err = s.store.liquidations(ctx, symbol, from, to)
	return joined(seen, now), market.JoinSpans(append(listened, heard...), 1), err
}

// LiquidationsAfter returns the liquidations that came after those of which an earlier
// call told, and what the next call is to be given; the first is given 0.
func (s *Session) LiquidationsAfter(mark uint64) (news []market.Liquidation, next uint64) {
	return s.feed.LiquidationsAfter(mark)
}

// joined are the liquidations of both, by time, each once.
func joined(a, b []market.Liquidation) []market.Liquidation {
	all := append(slices.Clone(a), b...)
	slices.SortStableFunc(all, func(a, b market.Liquidation) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Symbol, b.Symbol), cmp.Compare(a.Price, b.Price), cmp.Compare(a.Contracts, b.Contracts))
	})
	return slices.CompactFunc(all, market.Liquidation.Equal)
}
