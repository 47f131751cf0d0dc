package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"openinterest/data/alert"
	"openinterest/data/alert/deliver"
	"openinterest/data/sim"
	"openinterest/ui/alerts"
	"openinterest/ui/settings"
	"openinterest/ui/table"
)

// keepRules keeps rules in a data directory, as a window does.
func keepRules(t *testing.T, dir string, state alerts.State) {
	t.Helper()
	store, err := settings.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	store.Update(func(s *settings.Settings) {
		s.SetPane("alerts", state)
		s.SetPane("table", table.State{Favourites: []string{"BTCUSDT"}, Watchlists: []table.Watchlist{{Name: "Mine", Symbols: []string{"ETHUSDT"}}}})
	})
	if err := store.Save(); err != nil {
		t.Fatal(err)
	}
}

// Two recorders on one data directory raise the rules that a window kept there. Each
// alert reaches the webhook once, worded.
func TestRecordDeliversTheRulesOfAWindowOnce(t *testing.T) {
	market, err := sim.Start(context.Background(), sim.Options{Contracts: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(market.Close)
	var mu sync.Mutex
	var told []deliver.Message
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		var m deliver.Message
		if err := json.Unmarshal(data, &m); err != nil {
			t.Errorf("%s: %v", data, err)
		}
		mu.Lock()
		defer mu.Unlock()
		told = append(told, m)
	}))
	t.Cleanup(hook.Close)
	dir := t.TempDir()
	keepRules(t, dir, alerts.State{Delivery: deliver.Settings{Hook: deliver.Hook{URL: hook.URL + "/s3cret"}},
		Rules: []alert.Rule{{ID: "r", Column: alert.Age, Direction: alert.Up, Bound: 2, Scope: alert.ScopeAll, CooldownMinutes: 600}}})
	ctx, cancel := context.WithCancel(t.Context())
	var logs [2]buffer
	var both sync.WaitGroup
	for i := range logs {
		both.Go(func() {
			if err := run(ctx, against(market, "record", "--data-dir", dir), streams{out: io.Discard, err: &logs[i], started: time.Now()}); err != nil {
				t.Errorf("record ended with %v", err)
			}
		})
	}
	symbols := func() (all []string) {
		mu.Lock()
		defer mu.Unlock()
		for _, m := range told {
			for _, a := range m.Alerts {
				all = append(all, a.Symbol)
			}
		}
		return all
	}
	waitFor(t, 90*time.Second, func() (bool, string) { return len(symbols()) >= 3, logs[0].String() + logs[1].String() })
	cancel()
	both.Wait() // what is held back is told at the end
	got := symbols()
	slices.Sort(got)
	if len(slices.Compact(slices.Clone(got))) != len(got) {
		t.Errorf("some were told twice: %v", got)
	}
	if title := told[0].Title; !strings.Contains(title, "rises to 2s") {
		t.Errorf("the title is %q", title)
	}
	for i := range logs {
		if strings.Contains(logs[i].String(), "s3cret") {
			t.Error("the log has the webhook's token")
		}
	}
}

// A recorder reads the rules again when a window changed them, and keeps those it has
// where the file cannot be read. It never writes.
func TestARecorderFollowsTheRulesOfAWindow(t *testing.T) {
	dir := t.TempDir()
	k := &keptWishes{dir: dir, log: slog.New(slog.DiscardHandler)}
	look := func() []alert.Rule {
		k.looked = time.Time{}
		return k.now().Rules
	}
	if got := look(); len(got) != 0 {
		t.Errorf("without settings there are %v", got)
	}
	rule := func(id string) alert.Rule {
		return alert.Rule{ID: id, Signal: alert.AnySignal, Scope: alert.ScopeList, List: "Mine"}
	}
	keepRules(t, dir, alerts.State{Rules: []alert.Rule{rule("a")}})
	if got := look(); len(got) != 1 || !k.wishes.Circle.Favourites["BTCUSDT"] || !k.wishes.Circle.Lists["Mine"]["ETHUSDT"] || k.wishes.Digest != 5*time.Minute {
		t.Errorf("read %+v", k.wishes)
	}
	path := filepath.Join(dir, settings.FileName)
	touch := func(i int) {
		at := time.Now().Add(time.Duration(i) * time.Minute)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	keepRules(t, dir, alerts.State{Rules: []alert.Rule{rule("a"), rule("b")}})
	touch(1)
	if got := look(); len(got) != 2 {
		t.Errorf("after a change: %v", got)
	}
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	touch(2)
	if got := look(); len(got) != 2 {
		t.Errorf("while the file is damaged: %v", got)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "{" {
		t.Errorf("the file became %q, %v", data, err)
	}
}
