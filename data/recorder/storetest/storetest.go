// Package storetest has a store for the tests of the recorder and of whoever
// feeds it: in memory, with the faults of a disk, and open to inspection.
package storetest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"openinterest/data/market"
	"openinterest/data/recorder"
)

// Store implements recorder.Store. Its fields may be read and written directly
// while nobody uses it, and within Set at any time.
type Store struct {
	mu      sync.Mutex
	Table   *market.Snapshot
	Points  map[string]map[int64]Point
	Paid    map[string]map[int64]float64
	Ratio   map[string][]market.Ratios
	Seen    []market.Liquidation
	Heard   []market.Span
	Notes   []byte
	List    []market.Contract
	Writes  int   // calls that kept something
	Taken   bool  // another process writes
	Err     error // of every call
	Full    error // of every call that keeps something
	Hanging bool  // calls hang until their context ends

	Other  bool                   // what is kept was found to be of another market
	Claims int                    // how often the writing was claimed
	Lost   int                    // what Losses returns
	Said   *market.StorageProblem // what Notice returns
}

var _ recorder.Store = (*Store)(nil)

// Point is a point that is kept.
type Point struct {
	market.Point
	Live bool
}

// New returns an empty store.
func New() *Store {
	return &Store{Points: map[string]map[int64]Point{}, Paid: map[string]map[int64]float64{}, Ratio: map[string][]market.Ratios{}}
}

// Set changes fields, or reads them, while the store is in use.
func (st *Store) Set(change func()) {
	st.mu.Lock()
	defer st.mu.Unlock()
	change()
}

func (st *Store) call(ctx context.Context) error {
	st.mu.Lock()
	hanging, err := st.Hanging, st.Err
	st.mu.Unlock()
	if hanging {
		<-ctx.Done()
		return ctx.Err()
	}
	return err
}

// keep is call, for what keeps something.
func (st *Store) keep(ctx context.Context) error {
	st.mu.Lock()
	full := st.Full
	st.mu.Unlock()
	return errors.Join(st.call(ctx), full)
}

func (st *Store) Load(ctx context.Context, stamps int) (recorder.Kept, error) {
	if err := st.call(ctx); err != nil {
		return recorder.Kept{}, err
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	r := recorder.Kept{Notes: st.Notes, Contracts: st.List, Liquidations: slices.Clone(st.Seen), Listened: slices.Clone(st.Heard)}
	if st.Table == nil {
		return r, nil
	}
	r.Saved = st.Table.Time
	for _, q := range st.Table.Quotes {
		k := *q
		k.History = st.series(q.Contract.Symbol, 0, 1<<62)
		if n := k.History.Len(); n > stamps {
			k.History.Points = k.History.Points[n-stamps:]
		}
		r.Quotes = append(r.Quotes, &k)
	}
	return r, nil
}

func (st *Store) KeepContracts(ctx context.Context, list []market.Contract, _ time.Time) error {
	if err := st.keep(ctx); err != nil {
		return err
	}
	st.Set(func() { st.List = list })
	return nil
}

func (st *Store) Losses() int {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.Lost
}

func (st *Store) Notice() *market.StorageProblem {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.Said
}

func (st *Store) OtherMarket() { st.Set(func() { st.Other = true }) }

func (st *Store) series(symbol string, from, to int64) *market.Series {
	s := &market.Series{Symbol: symbol, Period: market.Period5m}
	for _, at := range slices.Sorted(maps.Keys(st.Points[symbol])) {
		if p := st.Points[symbol][at]; at >= from && at <= to {
			s.Points = append(s.Points, p.Point)
			if !p.Live {
				s.Official = at
			}
		}
	}
	return s
}

func (st *Store) Claim(ctx context.Context) (bool, error) {
	err := st.call(ctx)
	st.mu.Lock()
	defer st.mu.Unlock()
	st.Claims++
	return err == nil && !st.Taken, err
}

func (st *Store) KeepStamps(ctx context.Context, stamps []recorder.Stamps) error {
	if err := st.keep(ctx); err != nil {
		return err
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	st.Writes++
	for _, s := range stamps {
		of := st.Points[s.Symbol]
		if of == nil {
			of = map[int64]Point{}
			st.Points[s.Symbol] = of
		}
		for _, p := range s.Points {
			if had, ok := of[p.Time]; !ok || had.Live || !s.Live {
				of[p.Time] = Point{p, s.Live}
			}
		}
	}
	return nil
}

func (st *Store) KeepFunding(ctx context.Context, symbol string, payments []market.FundingPoint) error {
	if err := st.keep(ctx); err != nil {
		return err
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.Paid[symbol] == nil {
		st.Paid[symbol] = map[int64]float64{}
	}
	for _, p := range payments {
		st.Paid[symbol][p.Time] = p.Rate
	}
	return nil
}

func (st *Store) KeepRatios(ctx context.Context, symbol string, rows []market.Ratios) error {
	if err := st.keep(ctx); err != nil {
		return err
	}
	st.Set(func() { st.Ratio[symbol] = market.MergeRatios(st.Ratio[symbol], rows) })
	return nil
}

func (st *Store) Ratios(ctx context.Context, symbol string, from, to int64) ([]market.Ratios, error) {
	if err := st.call(ctx); err != nil {
		return nil, err
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	return slices.Clone(market.RatiosBetween(st.Ratio[symbol], from, to)), nil
}

func (st *Store) KeepLiquidations(ctx context.Context, seen []market.Liquidation, listened []market.Span) error {
	if err := st.keep(ctx); err != nil {
		return err
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, l := range seen {
		if !slices.Contains(st.Seen, l) {
			st.Seen = append(st.Seen, l)
		}
	}
	st.Heard = market.JoinSpans(append(st.Heard, listened...), 1)
	return nil
}

func (st *Store) KeepTable(ctx context.Context, s *market.Snapshot) error {
	if err := st.keep(ctx); err != nil {
		return err
	}
	st.Set(func() { st.Table, st.Writes = s, st.Writes+1 })
	return nil
}

func (st *Store) KeepNotes(ctx context.Context, notes []byte) error {
	if err := st.keep(ctx); err != nil {
		return err
	}
	st.Set(func() { st.Notes = notes })
	return nil
}

func (st *Store) Series(ctx context.Context, symbol string, from, to int64) (*market.Series, error) {
	if err := st.call(ctx); err != nil {
		return nil, err
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.series(symbol, from, to), nil
}

func (st *Store) Gaps(ctx context.Context, symbol string, from, to int64) (gaps []recorder.Span, err error) {
	if err := st.call(ctx); err != nil {
		return nil, err
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	for at := from; at <= to; at += market.StepMillis {
		if _, ok := st.Points[symbol][at]; ok {
			continue
		}
		if n := len(gaps); n > 0 && gaps[n-1].To == at-market.StepMillis {
			gaps[n-1].To = at
			continue
		}
		gaps = append(gaps, recorder.Span{From: at, To: at})
	}
	return gaps, nil
}

func (st *Store) Funding(ctx context.Context, symbol string, from, to int64) (list []market.FundingPoint, err error) {
	if err := st.call(ctx); err != nil {
		return nil, err
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, at := range slices.Sorted(maps.Keys(st.Paid[symbol])) {
		if at >= from && at <= to {
			list = append(list, market.FundingPoint{Time: at, Rate: st.Paid[symbol][at]})
		}
	}
	return list, nil
}
