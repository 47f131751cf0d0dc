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

// storeAdapter fits the history on this machine to what the recorder asks of a
// store.
// The store is opened when it is first needed, which is not while a window
// waits to be shown, and again later where that failed.
type storeAdapter struct {
	dir     string
	log     *slog.Logger
	noTable bool         // the last known table is not taken over: only its histories are
	room    func() error // see Options.Room

	otherMarket func() // called when what is kept turns out to be of another market; may be nil

	mu      sync.Mutex
	store   *history.Store // nil: not open
	scratch string         // where another market's history lies until Close; empty: there is none

	current atomic.Pointer[history.Store] // store, for who must not wait while it is opened
	turns   atomic.Int32                  // how often what is kept became another market's
}

func newStoreAdapter(dir string, log *slog.Logger) *storeAdapter {
	return &storeAdapter{dir: dir, log: log}
}

// notesSetting is the name under which the store keeps the recorder's notes.
const notesSetting = "feed.notes"

// open returns the store.
func (a *storeAdapter) open(ctx context.Context) (*history.Store, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.store != nil {
		return a.store, nil
	}
	store, err := history.Open(ctx, a.dir, history.Options{Log: a.log, Room: a.room})
	if err != nil {
		return nil, storageProblem("opening the history", err)
	}
	a.store = store
	a.current.Store(store)
	return store, nil
}

// Load implements recorder.Store.
func (a *storeAdapter) Load(ctx context.Context, stamps int) (recorder.Kept, error) {
	store, err := a.open(ctx)
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
	if a.noTable {
		r = historiesOf(r)
	}
	if err := a.loadSeen(ctx, &r, table.Saved); err != nil {
		a.log.Warn("liquidations that are kept were not read", "error", err)
	}
	r.Notice = a.Notice()
	return r, nil
}

// Losses grows when something that was kept is found to be lost, or when what is
// kept becomes another market's: what was complete may be so no longer, gaps are to
// be looked for again, and Notice may say something new. It never waits.
func (a *storeAdapter) Losses() int {
	losses := int(a.turns.Load())
	if store := a.current.Load(); store != nil {
		losses += store.Losses()
	}
	return losses
}

// Notice is what is worth saying of what is kept, the latest; nil: nothing is.
func (a *storeAdapter) Notice() *market.StorageProblem {
	store := a.current.Load()
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
func (a *storeAdapter) OtherMarket() {
	if a.otherMarket != nil {
		a.otherMarket()
	}
	dir, err := os.MkdirTemp("", "openinterest-other-market-")
	if err != nil {
		a.log.Error("the other market has no history of its own", "error", err)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.close()
	a.dir, a.scratch = dir, dir
	a.turns.Add(1)
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
func (a *storeAdapter) Claim(ctx context.Context) (bool, error) {
	store, err := a.open(ctx)
	if err != nil {
		return false, err
	}
	writes, err := store.TryBecomeWriter(ctx)
	return writes, storageProblem("becoming the one that keeps the history", err)
}

// KeepStamps implements recorder.Store.
func (a *storeAdapter) KeepStamps(ctx context.Context, stamps []recorder.Stamps) error {
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
	return a.use(ctx, "keeping stamps", func(store *history.Store) error {
		saved, err := store.SaveStamps(ctx, rows)
		if err == nil {
			a.log.Debug("stamps kept", "stored", saved.Stored, "known", saved.Known, "unusable", saved.Unusable)
		}
		return err
	})
}

// KeepFunding implements recorder.Store.
func (a *storeAdapter) KeepFunding(ctx context.Context, symbol string, payments []market.FundingPoint) error {
	return a.use(ctx, "keeping funding", func(store *history.Store) error {
		return store.SaveFunding(ctx, symbol, payments)
	})
}

// KeepTable implements recorder.Store.
func (a *storeAdapter) KeepTable(ctx context.Context, s *market.Snapshot) error {
	return a.use(ctx, "keeping the table", func(store *history.Store) error { return store.SaveTable(ctx, s) })
}

// KeepContracts keeps the exchange's list of contracts, once it is believed.
func (a *storeAdapter) KeepContracts(ctx context.Context, list []market.Contract, at time.Time) error {
	return a.use(ctx, "keeping the list of contracts", func(store *history.Store) error { return store.SaveContracts(ctx, list, at) })
}

// KeepNotes implements recorder.Store.
func (a *storeAdapter) KeepNotes(ctx context.Context, notes []byte) error {
	return a.use(ctx, "keeping the recorder's notes", func(store *history.Store) error {
		return store.SetSetting(ctx, notesSetting, string(notes))
	})
}

// Series implements recorder.Store.
func (a *storeAdapter) Series(ctx context.Context, symbol string, from, to int64) (s *market.Series, err error) {
	err = a.use(ctx, "reading stamps", func(store *history.Store) error {
		s, err = store.Series(ctx, symbol, from, to)
		return err
	})
	return s, err
}

// Gaps implements recorder.Store.
func (a *storeAdapter) Gaps(ctx context.Context, symbol string, from, to int64) (spans []recorder.Span, err error) {
	err = a.use(ctx, "looking for gaps", func(store *history.Store) error {
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
func (a *storeAdapter) Funding(ctx context.Context, symbol string, from, to int64) (payments []market.FundingPoint, err error) {
	err = a.use(ctx, "reading funding", func(store *history.Store) error {
		payments, err = store.Funding(ctx, symbol, from, to)
		return err
	})
	return payments, err
}

// use does something with the store, which mends itself where it is damaged.
func (a *storeAdapter) use(ctx context.Context, what string, do func(*history.Store) error) error {
	store, err := a.open(ctx)
	if err != nil {
		return err
	}
	return storageProblem(what, do(store))
}

// writes reports whether this process is the one that keeps the history.
func (a *storeAdapter) writes() bool {
	store := a.current.Load()
	return store != nil && store.Writes()
}

// Close lets another process keep the history. It is called when the feed has
// ended.
func (a *storeAdapter) Close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.close()
	if a.scratch != "" {
		if err := os.RemoveAll(a.scratch); err != nil {
			a.log.Warn("another market's history stays behind", "folder", a.scratch, "error", err)
		}
		a.scratch = ""
	}
}

// close closes the store; a.mu is held.
func (a *storeAdapter) close() {
	if a.store == nil {
		return
	}
	if err := a.store.Close(); err != nil {
		a.log.Warn("closing the history", "error", err)
	}
	a.store = nil
	a.current.Store(nil)
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
