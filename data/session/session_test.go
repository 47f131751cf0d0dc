package session

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/adrg/xdg"

	"openinterest/data/sim"
)

// TestMain runs the tests with a data directory of their own: nothing they do
// is kept where a person's own history lies.
func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "openinterest-test-*")
	if err == nil {
		err = os.Setenv("XDG_DATA_HOME", dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	xdg.Reload()
	return m.Run()
}

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

// against are the options of a session on a simulated exchange, with a
// directory of its own.
func against(t *testing.T, s *sim.Server) Options {
	return Options{RESTURL: s.RESTURL(), StreamURL: s.StreamURL(), DataDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)}
}

// open opens a session that ends with the test.
func open(t *testing.T, o Options) *Session {
	t.Helper()
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// waitFor polls until holds reports true, and fails with what it said last
// where that takes too long.
func waitFor(t *testing.T, limit time.Duration, holds func() (bool, string)) {
	t.Helper()
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	again := time.NewTicker(40 * time.Millisecond)
	defer again.Stop()
	for {
		ok, state := holds()
		if ok {
			return
		}
		select {
		case <-again.C:
		case <-deadline.C:
			t.Fatalf("after %v: %s", limit, state)
		}
	}
}

// Another exchange's numbers never stand in for the real one's.
func TestEachExchangeHasItsOwnHistory(t *testing.T) {
	real := Options{}.HistoryDir()
	spelled := Options{RESTURL: "https://fapi.binance.com/"}.HistoryDir()
	other := Options{RESTURL: "http://127.0.0.1:9900"}.HistoryDir()
	slash := Options{RESTURL: "http://127.0.0.1:9900/"}.HistoryDir()
	third := Options{RESTURL: "http://127.0.0.1:9901"}.HistoryDir()
	if filepath.Base(real) != "history" || spelled != real || other == real || other == third || other != slash {
		t.Errorf("%s, %s, %s, %s, %s", real, spelled, other, slash, third)
	}
}

// What was recorded with one set of flags is found with another.
func TestADirectoryOfOnesOwnHasOneHistory(t *testing.T) {
	recorded := Options{DataDir: "d", RESTURL: "http://127.0.0.1:9900"}.HistoryDir()
	read := Options{DataDir: "d"}.HistoryDir()
	if recorded != read || read != filepath.Join("d", "history") {
		t.Errorf("%s, %s", recorded, read)
	}
}
