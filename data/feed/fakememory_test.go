package feed

import (
	"context"
	"maps"
	"slices"
	"sync"

	"openinterest/data/market"
)

// fakeMemory keeps in memory what a store would keep on disk.
type fakeMemory struct {
	mu      sync.Mutex
	table   *market.Snapshot
	stamps  map[string]map[int64]keptPoint
	paid    map[string]map[int64]float64
	notes   []byte
	writes  int   // calls that kept something
	taken   bool  // another process keeps
	err     error // of every call
	hanging bool  // calls hang until their context ends

	otherMarket bool // was found to be of another market
	claims      int  // how often the keeping was claimed
	losses      int
	notice      *market.StorageProblem
}

type keptPoint struct {
	market.Point
	live bool
}

func newFakeMemory() *fakeMemory {
	return &fakeMemory{stamps: map[string]map[int64]keptPoint{}, paid: map[string]map[int64]float64{}}
}

func (m *fakeMemory) set(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
}

func (m *fakeMemory) call(ctx context.Context) error {
	m.mu.Lock()
	hanging, err := m.hanging, m.err
	m.mu.Unlock()
	if hanging {
		<-ctx.Done()
		return ctx.Err()
	}
	return err
}

func (m *fakeMemory) Load(ctx context.Context, stamps int) (Remembered, error) {
	if err := m.call(ctx); err != nil {
		return Remembered{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	r := Remembered{Notes: m.notes}
	if m.table == nil {
		return r, nil
	}
	r.Saved = m.table.Time
	for _, q := range m.table.Quotes {
		k := *q
		k.History = m.series(q.Contract.Symbol, 0, 1<<62)
		if n := k.History.Len(); n > stamps {
			k.History.Points = k.History.Points[n-stamps:]
		}
		r.Quotes = append(r.Quotes, &k)
	}
	return r, nil
}

func (m *fakeMemory) Losses() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.losses
}

func (m *fakeMemory) Notice() *market.StorageProblem {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.notice
}

func (m *fakeMemory) OtherMarket() { m.set(func() { m.otherMarket = true }) }

func (m *fakeMemory) series(symbol string, from, to int64) *market.Series {
	s := &market.Series{Symbol: symbol, Period: market.Period5m}
	for _, at := range slices.Sorted(maps.Keys(m.stamps[symbol])) {
		if p := m.stamps[symbol][at]; at >= from && at <= to {
			s.Points = append(s.Points, p.Point)
			if !p.live {
				s.Official = at
			}
		}
	}
	return s
}

func (m *fakeMemory) Claim(ctx context.Context) (bool, error) {
	err := m.call(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.claims++
	return err == nil && !m.taken, err
}

func (m *fakeMemory) KeepStamps(ctx context.Context, stamps []Stamps) error {
	if err := m.call(ctx); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.writes++
	for _, s := range stamps {
		of := m.stamps[s.Symbol]
		if of == nil {
			of = map[int64]keptPoint{}
			m.stamps[s.Symbol] = of
		}
		for _, p := range s.Points {
			if had, ok := of[p.Time]; !ok || had.live || !s.Live {
				of[p.Time] = keptPoint{p, s.Live}
			}
		}
	}
	return nil
}

func (m *fakeMemory) KeepFunding(ctx context.Context, symbol string, payments []market.FundingPoint) error {
	if err := m.call(ctx); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.paid[symbol] == nil {
		m.paid[symbol] = map[int64]float64{}
	}
	for _, p := range payments {
		m.paid[symbol][p.Time] = p.Rate
	}
	return nil
}

func (m *fakeMemory) KeepTable(ctx context.Context, s *market.Snapshot) error {
	if err := m.call(ctx); err != nil {
		return err
	}
	m.set(func() { m.table, m.writes = s, m.writes+1 })
	return nil
}

func (m *fakeMemory) KeepNotes(ctx context.Context, notes []byte) error {
	if err := m.call(ctx); err != nil {
		return err
	}
	m.set(func() { m.notes = notes })
	return nil
}

func (m *fakeMemory) Series(ctx context.Context, symbol string, from, to int64) (*market.Series, error) {
	if err := m.call(ctx); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.series(symbol, from, to), nil
}

func (m *fakeMemory) Gaps(ctx context.Context, symbol string, from, to int64) (gaps []Span, err error) {
	if err := m.call(ctx); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for at := from; at <= to; at += market.StepMillis {
		if _, ok := m.stamps[symbol][at]; ok {
			continue
		}
		if n := len(gaps); n > 0 && gaps[n-1].To == at-market.StepMillis {
			gaps[n-1].To = at
			continue
		}
		gaps = append(gaps, Span{at, at})
	}
	return gaps, nil
}

func (m *fakeMemory) Funding(ctx context.Context, symbol string, from, to int64) (list []market.FundingPoint, err error) {
	if err := m.call(ctx); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, at := range slices.Sorted(maps.Keys(m.paid[symbol])) {
		if at >= from && at <= to {
			list = append(list, market.FundingPoint{Time: at, Rate: m.paid[symbol][at]})
		}
	}
	return list, nil
}
