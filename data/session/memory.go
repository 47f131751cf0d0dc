package session

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"openinterest/data/history"
	"openinterest/data/market"
	"openinterest/data/recorder"
)

// memory fits the history on this machine to what the recorder asks of a store.
// The store is opened when it is first needed, which is not while a window
// waits to be shown, and again later where that failed.
type memory struct {
	dir     string
	log     *slog.Logger
	noTable bool // the last known table is not taken over: only its histories are

	otherMarket func() // called when what is kept turns out to be of another market; may be nil

	mu      sync.Mutex
	store   *history.Store // nil: not open
	scratch string         // where another market's history lies until Close; empty: there is none

	current atomic.Pointer[history.Store] // store, for who must not wait while it is opened
	turns   atomic.Int32                  // how often what is kept became another market's
}

func newMemory(dir string, log *slog.Logger) *memory { return &memory{dir: dir, log: log} }

// notesSetting is the name under which the store keeps the recorder's notes.
const notesSetting = "feed.notes"

// open returns the store.
func (m *memory) open(ctx context.Context) (*history.Store, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.store != nil {
		return m.store, nil
	}
	store, err := history.Open(ctx, m.dir, history.Options{Log: m.log})
	if err != nil {
		return nil, storageProblem("opening the history", err)
	}
	m.store = store
	m.current.Store(store)
	return store, nil
}

// Load implements recorder.Store.
func (m *memory) Load(ctx context.Context, stamps int) (recorder.Kept, error) {
	store, err := m.open(ctx)
	if err != nil {
		return recorder.Kept{}, err
	}
	var table *history.Table
	var notes string
	if table, err = store.LoadTable(ctx, stamps); err == nil {
		notes, err = store.Setting(ctx, notesSetting)
	}
	if err != nil {
		return recorder.Kept{}, storageProblem("loading the last known table", err)
	}
	r := recorder.Kept{Saved: table.Saved, Contracts: table.Contracts, Quotes: table.Quotes, Notes: []byte(notes)}
	if m.noTable {
		r = historiesOf(r)
	}
	r.Notice = m.Notice()
	return r, nil
}

// Losses grows when something that was kept is found to be lost, or when what is
// kept becomes another market's: what was complete may be so no longer, gaps are to
// be looked for again, and Notice may say something new. It never waits.
func (m *memory) Losses() int {
	losses := int(m.turns.Load())
	if store := m.current.Load(); store != nil {
		losses += store.Losses()
	}
	return losses
}

// Notice is what is worth saying of what is kept, the latest; nil: nothing is.
func (m *memory) Notice() *market.StorageProblem {
	store := m.current.Load()
	if store == nil {
		return nil
	}
	aside, begun := store.SetAside(), store.BegunAnew()
	switch {
	case aside != nil && aside.At.After(begun):
		return &market.StorageProblem{Kind: market.StorageSetAside, What: aside.Path, Err: aside.Why}
	case !begun.IsZero():
		return &market.StorageProblem{Kind: market.StorageReplaced, What: store.Path()}
	}
	return nil
}

// OtherMarket implements recorder.Store. What is kept stays as it is; until the end
// this market has a history of its own, so that neither gets anything of the
// other's. What other processes spent was spent on other limits then, too.
func (m *memory) OtherMarket() {
	if m.otherMarket != nil {
		m.otherMarket()
	}
	dir, err := os.MkdirTemp("", "openinterest-other-market-")
	if err != nil {
		m.log.Error("the other market has no history of its own", "error", err)
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.close()
	m.dir, m.scratch = dir, dir
	m.turns.Add(1)
}

// historiesOf is what is kept without anything that could be taken for
// the present: the stamps, which say of themselves when they were.
func historiesOf(r recorder.Kept) recorder.Kept {
	only := recorder.Kept{Notes: r.Notes}
	for _, q := range r.Quotes {
		symbol := market.Contract{Symbol: q.Contract.Symbol}
		only.Quotes = append(only.Quotes, &market.Quote{Contract: symbol, History: q.History})
	}
	return only
}

// Claim implements recorder.Store. It is called every few seconds by who keeps, too:
// so it is noticed that the files were deleted or replaced.
func (m *memory) Claim(ctx context.Context) (bool, error) {
	store, err := m.open(ctx)
	if err != nil {
		return false, err
	}
	writes, err := store.TryBecomeWriter(ctx)
	return writes, storageProblem("becoming the one that keeps the history", err)
}

// KeepStamps implements recorder.Store.
func (m *memory) KeepStamps(ctx context.Context, stamps []recorder.Stamps) error {
	var rows []history.Row
	for _, s := range stamps {
		source := history.API
		if s.Live {
			source = history.Live
		}
		for _, p := range s.Points {
			rows = append(rows, history.Row{Symbol: s.Symbol, Point: p, Source: source})
		}
	}
	return m.use(ctx, "keeping stamps", func(store *history.Store) error {
		saved, err := store.SaveStamps(ctx, rows)
		if err == nil {
			m.log.Debug("stamps kept", "stored", saved.Stored, "known", saved.Known, "unusable", saved.Unusable)
		}
		return err
	})
}

// KeepFunding implements recorder.Store.
func (m *memory) KeepFunding(ctx context.Context, symbol string, payments []market.FundingPoint) error {
	return m.use(ctx, "keeping funding", func(store *history.Store) error {
		return store.SaveFunding(ctx, symbol, payments)
	})
}

// KeepTable implements recorder.Store.
func (m *memory) KeepTable(ctx context.Context, s *market.Snapshot) error {
	return m.use(ctx, "keeping the table", func(store *history.Store) error { return store.SaveTable(ctx, s) })
}

// KeepContracts keeps the exchange's list of contracts, once it is believed.
func (m *memory) KeepContracts(ctx context.Context, list []market.Contract, at time.Time) error {
	return m.use(ctx, "keeping the list of contracts", func(store *history.Store) error { return store.SaveContracts(ctx, list, at) })
}

// KeepNotes implements recorder.Store.
func (m *memory) KeepNotes(ctx context.Context, notes []byte) error {
	return m.use(ctx, "keeping the recorder's notes", func(store *history.Store) error {
		return store.SetSetting(ctx, notesSetting, string(notes))
	})
}

// Series implements recorder.Store.
func (m *memory) Series(ctx context.Context, symbol string, from, to int64) (s *market.Series, err error) {
	err = m.use(ctx, "reading stamps", func(store *history.Store) error {
		s, err = store.Series(ctx, symbol, from, to)
		return err
	})
	return s, err
}

// Gaps implements recorder.Store.
func (m *memory) Gaps(ctx context.Context, symbol string, from, to int64) (spans []recorder.Span, err error) {
	err = m.use(ctx, "looking for gaps", func(store *history.Store) error {
		gaps, err := store.Gaps(ctx, symbol, from, to)
		spans = make([]recorder.Span, len(gaps))
		for i, g := range gaps {
			spans[i] = recorder.Span{From: g.From, To: g.To}
		}
		return err
	})
	return spans, err
}

// Funding implements recorder.Store.
func (m *memory) Funding(ctx context.Context, symbol string, from, to int64) (payments []market.FundingPoint, err error) {
	err = m.use(ctx, "reading funding", func(store *history.Store) error {
		payments, err = store.Funding(ctx, symbol, from, to)
		return err
	})
	return payments, err
}

// use does something with the store, which mends itself where it is damaged.
func (m *memory) use(ctx context.Context, what string, do func(*history.Store) error) error {
	store, err := m.open(ctx)
	if err != nil {
		return err
	}
	return storageProblem(what, do(store))
}

// Close lets another process keep the history. It is called when the feed has
// ended.
func (m *memory) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.close()
	if m.scratch != "" {
		if err := os.RemoveAll(m.scratch); err != nil {
			m.log.Warn("another market's history stays behind", "folder", m.scratch, "error", err)
		}
		m.scratch = ""
	}
}

// close closes the store; m.mu is held.
func (m *memory) close() {
	if m.store == nil {
		return
	}
	if err := m.store.Close(); err != nil {
		m.log.Warn("closing the history", "error", err)
	}
	m.store = nil
	m.current.Store(nil)
}

// storageKinds are the store's kinds of failure in the program's words.
var storageKinds = map[history.Kind]market.StorageKind{
	history.Full:      market.StorageFull,
	history.Damaged:   market.StorageDamaged,
	history.Newer:     market.StorageNewer,
	history.Forbidden: market.StorageForbidden,
}

func storageProblem(what string, err error) error {
	if err == nil {
		return nil
	}
	var p *market.StorageProblem
	if errors.As(err, &p) {
		return err
	}
	kind, ok := storageKinds[history.KindOf(err)]
	if !ok {
		kind = market.StorageFailed
	}
	return &market.StorageProblem{Kind: kind, What: what, Err: err}
}
