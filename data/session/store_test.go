package session

import (
	"errors"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/data/recorder"
)

// A session begins with the last known table, also with no exchange at all.
func TestASessionBeginsWithTheLastTable(t *testing.T) {
	s := counted(t, 60)
	o := against(t, s)
	first := open(t, o)
	waitFor(t, 20*time.Second, func() (bool, string) { return IsFull(first.feed.Snapshot()), "not full" })
	symbol := s.Symbols()[3]
	known := first.feed.Snapshot().Quote(symbol)
	first.Close()
	s.Close()

	began := time.Now()
	second := open(t, o)
	waitFor(t, 5*time.Second, func() (bool, string) {
		snap := second.feed.Snapshot()
		return snap != nil && len(snap.Quotes) == 60, "no table"
	})
	t.Logf("the last table after %v", time.Since(began))
	q := second.feed.Snapshot().Quote(symbol)
	if q.Contracts() != known.Contracts() || q.History.Len() != known.History.Len() || second.feed.Snapshot().Status.Ready != 0 {
		t.Errorf("%v contracts, %d stamps; it was %v, %d", q.Contracts(), q.History.Len(), known.Contracts(), known.History.Len())
	}
}

// What one process spent of the exchange's five-minute bucket counts in the next.
func TestProcessesTellEachOtherWhatTheySpent(t *testing.T) {
	s := counted(t, 40)
	o := against(t, s)
	first := open(t, o)
	first.Fill(t.Context(), 20*time.Second)
	first.Close()
	second := open(t, o)
	if n := second.client.Budget().HistoryUsed; n < 40 {
		t.Errorf("it begins with %d requests spent, want the 40 of the first run", n)
	}
}

// Files of processes that ended long ago, half written or of somebody else, tell nothing.
func TestOldTalesOfSpendingAreForgotten(t *testing.T) {
	s := counted(t, 3)
	o := against(t, s)
	dir := o.HistoryDir()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(dir, "requests-1-a.json")
	for name, text := range map[string]string{
		old:                                     `{"History":{"1":900}}`,
		filepath.Join(dir, "requests-2-b.json"): `{"History":{"17`,
		filepath.Join(dir, "requests-3-c.json"): `{"History":{"9999999999":100000000}}`,
		filepath.Join(dir, "requests-4-d.json.new"): `{}`,
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	hourAgo := time.Now().Add(-time.Hour)
	if err := os.Chtimes(old, hourAgo, hourAgo); err != nil {
		t.Fatal(err)
	}
	session := open(t, o)
	if n := session.client.Budget().HistoryUsed; n > mostSpent {
		t.Errorf("%d requests are said to be spent", n)
	}
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("the old file is still there: %v", err)
	}
}

// A damaged history is set aside, said, and begun anew.
func TestADamagedHistoryIsSetAside(t *testing.T) {
	s := counted(t, 10)
	o := against(t, s)
	if err := os.MkdirAll(o.HistoryDir(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(o.HistoryDir(), "history.db"), []byte(strings.Repeat("no database ", 2000)), 0o600); err != nil {
		t.Fatal(err)
	}
	session := open(t, o)
	waitFor(t, 20*time.Second, func() (bool, string) {
		snap := session.feed.Snapshot()
		if snap == nil || snap.Status.Storage == nil {
			return false, "nothing is said"
		}
		p := snap.Status.Storage
		return p.Kind == market.StorageSetAside && strings.Contains(p.What, o.HistoryDir()), p.Error()
	})
	waitFor(t, 20*time.Second, func() (bool, string) { return IsFull(session.feed.Snapshot()), "not full" })
}

var _ recorder.Store = (*storeAdapter)(nil)

// A history that goes away while it is kept is said, and begun anew.
func TestADeletedHistoryIsSaid(t *testing.T) {
	dir, ctx := filepath.Join(t.TempDir(), "history"), t.Context()
	a := newStoreAdapter(dir, slog.New(slog.DiscardHandler))
	defer a.Close()
	if writes, err := a.Claim(ctx); err != nil || !writes || a.Notice() != nil {
		t.Fatalf("claimed: %t, %v; notice %v", writes, err, a.Notice())
	}
	losses := archiveStore{a}.Losses()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if writes, err := a.Claim(ctx); err != nil || !writes {
		t.Errorf("after it was deleted: %t, %v", writes, err)
	}
	notice := a.Notice()
	if notice == nil || notice.Kind != market.StorageReplaced || notice.What != filepath.Join(dir, "history.db") {
		t.Errorf("it says %v", notice)
	}
	if got := (archiveStore{a}).Losses(); got == losses {
		t.Error("what fetches for charts is told nothing")
	}
	if _, err := os.Stat(filepath.Join(dir, "history.db")); err != nil {
		t.Error(err)
	}
}

// The list of contracts is remembered with those that never answered.
func TestTheListOfContractsIsKept(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	list := []market.Contract{{Symbol: "BTCUSDT", Type: market.Perpetual}, {Symbol: "SOLUSDT", Type: market.Perpetual}}
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	a := newStoreAdapter(dir, slog.New(slog.DiscardHandler))
	if err := a.KeepContracts(ctx, list, at); err != nil {
		t.Fatal(err)
	}
	a.Close()
	again := newStoreAdapter(dir, slog.New(slog.DiscardHandler))
	defer again.Close()
	store, err := again.open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	table, err := store.LoadTable(ctx, 1)
	if err != nil || !slices.Equal(table.Contracts, list) || !table.Listed.Equal(at) {
		t.Errorf("%+v, %v", table, err)
	}
}

// What another market says is not mixed into a history, and what that has is not
// shown as the other market's.
func TestAnotherMarketHasAHistoryOfItsOwn(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	point := func(contracts float64) []recorder.Stamps {
		return []recorder.Stamps{{Symbol: "BTCUSDT", Points: []market.Point{{Time: 1_700_000_100_000, Contracts: contracts, Price: 1}}}}
	}
	contracts := func(a *storeAdapter) float64 {
		t.Helper()
		s, err := a.Series(ctx, "BTCUSDT", 0, math.MaxInt64)
		if err != nil {
			t.Fatal(err)
		}
		if s.Len() == 0 {
			return 0
		}
		return s.Points[0].Contracts
	}
	keep := func(a *storeAdapter, contracts float64) {
		t.Helper()
		if writes, err := a.Claim(ctx); err != nil || !writes {
			t.Fatalf("claimed: %t, %v", writes, err)
		}
		if err := a.KeepStamps(ctx, point(contracts)); err != nil {
			t.Fatal(err)
		}
	}
	a := newStoreAdapter(dir, slog.New(slog.DiscardHandler))
	keep(a, 1)
	losses := archiveStore{a}.Losses()
	a.OtherMarket()
	if (archiveStore{a}).Losses() == losses {
		t.Error("what was complete for charts is still said to be")
	}
	if got := contracts(a); got != 0 {
		t.Errorf("the other market is said to have had %v contracts", got)
	}
	keep(a, 2)
	if got := contracts(a); got != 2 {
		t.Errorf("the other market's %v contracts, want 2", got)
	}
	scratch := a.scratch
	a.Close()
	if _, err := os.Stat(scratch); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what was kept for the run is still there: %v", err)
	}
	again := newStoreAdapter(dir, slog.New(slog.DiscardHandler))
	defer again.Close()
	if got := contracts(again); got != 1 {
		t.Errorf("the history has %v contracts, want 1", got)
	}
}
