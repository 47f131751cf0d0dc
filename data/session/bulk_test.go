package session

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"openinterest/data/history"
	"openinterest/data/market"
	"openinterest/data/sim"
)

// An import of the whole market doesn't go by a table of last week, in which what was
// listed since is not; where nobody answers, it does.
func TestAnOldTableIsNotTheMarket(t *testing.T) {
	server, err := sim.Start(t.Context(), sim.Options{Contracts: 12})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		age  time.Duration
		rest string
		want int
	}{
		{"of today", time.Hour, server.RESTURL(), 2},
		{"of last week", 7 * 24 * time.Hour, server.RESTURL(), 12},
		{"of last week, and nobody answers", 7 * 24 * time.Hour, "http://127.0.0.1:1", 2},
	} {
		dir := t.TempDir()
		store, err := history.Open(t.Context(), filepath.Join(dir, "history"), history.Options{})
		if err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-c.age)
		old := &market.Snapshot{Time: at, Quotes: []*market.Quote{{
			Contract: market.Contract{Symbol: "BTCUSDT"}, OpenInterest: market.OpenInterest{Contracts: 5, Received: at}, Mark: market.MarkPrice{Symbol: "BTCUSDT", Price: 2, Received: at},
		}}}
		list := []market.Contract{{Symbol: "BTCUSDT"}, {Symbol: "NEVERUSDT"}} // that one never had an answer
		if err := store.SaveContracts(t.Context(), list, at); err != nil {
			t.Fatal(err)
		}
		if err := store.SaveTable(t.Context(), old); err != nil {
			t.Fatal(err)
		}
		quotes, _, err := Known(t.Context(), Options{DataDir: dir, RESTURL: c.rest, StreamURL: server.StreamURL(), ArchiveURL: server.ArchiveURL(), Log: slog.New(slog.DiscardHandler)}, store, 3*time.Second)
		if err != nil || len(quotes) != c.want {
			t.Errorf("a table %s: %d contracts, want %d; %v", c.name, len(quotes), c.want, err)
		}
		store.Close()
	}
}
