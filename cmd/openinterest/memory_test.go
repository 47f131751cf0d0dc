package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"openinterest/data/feed"
	"openinterest/data/history"
	"openinterest/data/market"
	"openinterest/data/sim"
)

// counted starts a simulated exchange that refuses who asks too much.
func counted(t *testing.T, contracts int) *sim.Server {
	t.Helper()
	s, err := sim.Start(context.Background(), sim.Options{Contracts: contracts, EnforceBudgets: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// A second run asks for almost no history, and prints as much.
func TestASecondSnapshotIsCheap(t *testing.T) {
	s := counted(t, 300)
	dir := t.TempDir()
	first := program(t, against(s, "snapshot", "--data-dir", dir)...)
	if first.code != 0 || first.err != "" {
		t.Fatalf("the first: %d, %v\n%s", first.code, first.fault, first.err)
	}
	asked := s.Stats().Requests[historyPath]
	second := program(t, against(s, "snapshot", "--data-dir", dir)...)
	if second.code != 0 || second.err != "" {
		t.Fatalf("the second: %d, %v\n%s", second.code, second.fault, second.err)
	}
	if n := s.Stats().Requests[historyPath] - asked; n >= 50 {
		t.Errorf("%d requests for history in the second run, %d in the first", n, asked)
	}
	if s.Stats().Refused != 0 {
		t.Errorf("%d requests were refused", s.Stats().Refused)
	}
	rows, before := parseCSV(t, second.out), parseCSV(t, first.out)
	for symbol, row := range rows {
		for name, value := range row {
			if value == nil && before[symbol][name] != nil && name != "oi_change_5m_pct" { // the newest stamp may have closed meanwhile
				t.Errorf("%s: %s is known in the first run, not in the second", symbol, name)
			}
		}
	}
}

// The snapshot is of now: what was known before is not printed as if it were new.
func TestASnapshotOfNothingPrintsNothingOld(t *testing.T) {
	s := counted(t, 20)
	dir := t.TempDir()
	if first := program(t, against(s, "snapshot", "--data-dir", dir)...); first.code != 0 {
		t.Fatal(first.fault)
	}
	s.Close()
	again := program(t, against(s, "snapshot", "--data-dir", dir, "--patience", "1s")...)
	if again.code != 1 || again.out != "" {
		t.Errorf("with the exchange gone: code %d, printed\n%s", again.code, again.out)
	}
}

// A session begins with the last known table, also with no exchange at all.
func TestASessionBeginsWithTheLastTable(t *testing.T) {
	s := counted(t, 60)
	g := &globals{RestURL: s.RESTURL(), StreamURL: s.StreamURL(), DataDir: t.TempDir()}
	log := slog.New(slog.DiscardHandler)
	first, err := openSession(t.Context(), g, log)
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, 20*time.Second, func() (bool, string) { return isFull(first.feed.Snapshot()), "not full" })
	symbol := s.Symbols()[3]
	known := first.feed.Snapshot().Quote(symbol)
	first.Close()
	s.Close()

	began := time.Now()
	second, err := openSession(t.Context(), g, log)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
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
	dir := t.TempDir()
	if first := program(t, against(s, "snapshot", "--data-dir", dir)...); first.code != 0 {
		t.Fatal(first.fault)
	}
	g := &globals{RestURL: s.RESTURL(), StreamURL: s.StreamURL(), DataDir: dir}
	second, err := openSession(t.Context(), g, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if n := second.client.Budget().HistoryUsed; n < 40 {
		t.Errorf("it begins with %d requests spent, want the 40 of the first run", n)
	}
}

// Files of processes that ended long ago, half written or of somebody else, tell nothing.
func TestOldTalesOfSpendingAreForgotten(t *testing.T) {
	s := counted(t, 3)
	g := &globals{RestURL: s.RESTURL(), StreamURL: s.StreamURL(), DataDir: t.TempDir()}
	dir := g.historyDir()
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
	session, err := openSession(t.Context(), g, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	if n := session.client.Budget().HistoryUsed; n > mostSpent {
		t.Errorf("%d requests are said to be spent", n)
	}
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("the old file is still there: %v", err)
	}
}

// The demo's numbers are nobody's history.
func TestTheDemoKeepsNothing(t *testing.T) {
	dir := t.TempDir()
	if got := program(t, "snapshot", "--demo", "--data-dir", dir); got.code != 0 {
		t.Fatal(got.fault)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
		t.Errorf("the demo left %v, %v", files, err)
	}
}

// A damaged history is set aside, said, and begun anew.
func TestADamagedHistoryIsSetAside(t *testing.T) {
	s := counted(t, 10)
	g := &globals{RestURL: s.RESTURL(), StreamURL: s.StreamURL(), DataDir: t.TempDir()}
	if err := os.MkdirAll(g.historyDir(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(g.historyDir(), "history.db"), []byte(strings.Repeat("no database ", 2000)), 0o600); err != nil {
		t.Fatal(err)
	}
	session, err := openSession(t.Context(), g, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	waitFor(t, 20*time.Second, func() (bool, string) {
		snap := session.feed.Snapshot()
		if snap == nil || snap.Status.Storage == nil {
			return false, "nothing is said"
		}
		p := snap.Status.Storage
		return p.Kind == market.StorageSetAside && strings.Contains(p.What, g.historyDir()), p.Error()
	})
	waitFor(t, 20*time.Second, func() (bool, string) { return isFull(session.feed.Snapshot()), "not full" })
}

// A folder that cannot be written to costs the history, nothing else.
func TestWithoutAFolderTheProgramGoesOn(t *testing.T) {
	s := counted(t, 10)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got := program(t, against(s, "snapshot", "--data-dir", file)...)
	if got.code != 0 || len(parseCSV(t, got.out)) != 10 {
		t.Errorf("code %d, %v", got.code, got.fault)
	}
	if n := strings.Count(got.err, "history is not being kept"); n != 1 {
		t.Errorf("it is said %d times:\n%s", n, got.err)
	}
}

func TestRecordKeepsTheHistoryAndStopsWhenTold(t *testing.T) {
	s := counted(t, 30)
	dir := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	var errs buffer
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, against(s, "record", "--data-dir", dir), streams{out: io.Discard, err: &errs, started: time.Now()})
	}()
	waitFor(t, 30*time.Second, func() (bool, string) { return strings.Contains(errs.String(), "every contract is live"), errs.String() })
	stop()
	if err := <-ended; err != nil {
		t.Fatalf("told to stop, it failed: %v", err)
	}
	if !strings.Contains(errs.String(), "stopped") {
		t.Errorf("it says:\n%s", errs.String())
	}
	g := globals{RestURL: s.RESTURL(), DataDir: dir}
	store, err := history.Open(t.Context(), g.historyDir(), history.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	table, err := store.LoadTable(t.Context(), 500)
	if err != nil {
		t.Fatal(err)
	}
	var symbols []string
	for _, q := range table.Quotes {
		symbols = append(symbols, q.Contract.Symbol)
		if q.History.Len() < 2 || !market.Known(q.Contracts()) {
			t.Errorf("%s: %d stamps, %v contracts", q.Contract.Symbol, q.History.Len(), q.Contracts())
		}
	}
	if !slices.Equal(symbols, s.Symbols()) {
		t.Errorf("%d contracts were kept, want %d", len(symbols), len(s.Symbols()))
	}
}

var _ feed.Memory = (*memory)(nil)

// What another market says is not mixed into a history, and what that has is not
// shown as the other market's.
func TestAnotherMarketHasAHistoryOfItsOwn(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	point := func(contracts float64) []feed.Stamps {
		return []feed.Stamps{{Symbol: "BTCUSDT", Points: []market.Point{{Time: 1_700_000_100_000, Contracts: contracts, Price: 1}}}}
	}
	contracts := func(m *memory) float64 {
		t.Helper()
		s, err := m.Series(ctx, "BTCUSDT", 0, math.MaxInt64)
		if err != nil {
			t.Fatal(err)
		}
		if s.Len() == 0 {
			return 0
		}
		return s.Points[0].Contracts
	}
	keep := func(m *memory, contracts float64) {
		t.Helper()
		if writes, err := m.Claim(ctx); err != nil || !writes {
			t.Fatalf("claimed: %t, %v", writes, err)
		}
		if err := m.KeepStamps(ctx, point(contracts)); err != nil {
			t.Fatal(err)
		}
	}
	m := newMemory(dir, slog.New(slog.DiscardHandler))
	keep(m, 1)
	m.Disowned()
	if got := contracts(m); got != 0 {
		t.Errorf("the other market is said to have had %v contracts", got)
	}
	keep(m, 2)
	if got := contracts(m); got != 2 {
		t.Errorf("the other market's %v contracts, want 2", got)
	}
	scratch := m.scratch
	m.Close()
	if _, err := os.Stat(scratch); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what was kept for the run is still there: %v", err)
	}
	again := newMemory(dir, slog.New(slog.DiscardHandler))
	defer again.Close()
	if got := contracts(again); got != 1 {
		t.Errorf("the history has %v contracts, want 1", got)
	}
}
