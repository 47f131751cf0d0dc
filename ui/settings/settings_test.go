package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

type pane struct{ Symbol string }

func TestChoicesSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	first, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	first.Update(func(s *Settings) {
		s.Language, s.RedUp = "zh", true
		s.SetPane("history", pane{"SOLUSDT"})
	})
	if err := first.Save(); err != nil {
		t.Fatal(err)
	}
	second, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	second.Get(func(s *Settings) {
		p := pane{"BTCUSDT"}
		s.Pane("history", &p)
		if s.Language != "zh" || !s.RedUp || p.Symbol != "SOLUSDT" {
			t.Errorf("after a restart: %+v, pane %+v", s, p)
		}
	})
}

func TestDamagedFileIsSetAsideAndSaid(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "settings.json")
	if err := os.WriteFile(path, []byte(`{"language": "z`), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(dir)
	if err == nil || !strings.Contains(err.Error(), ".damaged") {
		t.Fatalf("error %v does not say where the damaged file went", err)
	}
	if _, err := os.Stat(path + ".damaged"); err != nil {
		t.Error("the damaged file was lost:", err)
	}
	s.Update(func(s *Settings) { s.Language = "en" })
	if err := s.Save(); err != nil {
		t.Error("a store opened on a damaged file must still keep choices:", err)
	}
}

// What was set aside once is not lost by the next damage.
func TestEachDamagedFileIsSetAsideByItself(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "settings.json")
	var asides []string
	for _, text := range []string{`{"language": "one`, `{"language": "two`, `{"language": "three`} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(dir)
		var damaged *Damaged
		if !errors.As(err, &damaged) {
			t.Fatalf("%s: %v", text, err)
		}
		asides = append(asides, damaged.Aside)
		if kept, err := os.ReadFile(damaged.Aside); err != nil || string(kept) != text {
			t.Errorf("%s has %q, %v", damaged.Aside, kept, err)
		}
	}
	if first, err := os.ReadFile(asides[0]); err != nil || string(first) != `{"language": "one` {
		t.Errorf("the first has %q by now, %v", first, err)
	}
}

// kept reads what lies on disk.
func kept(t *testing.T, dir string) map[string]any {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "settings.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

type tableState struct {
	Favourites []string        `json:"favourites,omitempty"`
	Visible    map[string]bool `json:"visible,omitempty"`
	Sort       string          `json:"sort,omitempty"`
}

type ruleState struct {
	ID    string  `json:"id"`
	Bound float64 `json:"bound"`
}

type alertState struct {
	Rules []ruleState      `json:"rules,omitempty"`
	Last  map[string]int64 `json:"last,omitempty"`
}

// Two windows are open on one directory. Whichever saves last, what the other
// one changed is kept.
func TestTwoWindowsKeepEachOthersChoices(t *testing.T) {
	dir := t.TempDir()
	window := func() *Store {
		s, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	set := func(s *Store, table tableState, alerts alertState, more func(*Settings)) {
		s.Update(func(s *Settings) {
			s.SetPane("table", table)
			s.SetPane("alerts", alerts)
			if more != nil {
				more(s)
			}
		})
		if err := s.Save(); err != nil {
			t.Fatal(err)
		}
	}
	begin := window()
	set(begin, tableState{Favourites: []string{"BTCUSDT", "ETHUSDT"}, Sort: "price"},
		alertState{Rules: []ruleState{{"a", 1}, {"b", 2}}, Last: map[string]int64{"a BTC": 1}}, func(s *Settings) { s.Language = "zh" })

	one, other := window(), window()
	set(one, tableState{Favourites: []string{"BTCUSDT", "ETHUSDT", "SOLUSDT"}, Sort: "price"},
		alertState{Rules: []ruleState{{"a", 10}, {"b", 2}, {"c", 3}}, Last: map[string]int64{"a BTC": 1, "c SOL": 3}}, func(s *Settings) { s.RedUp = true })
	set(other, tableState{Favourites: []string{"ETHUSDT", "ADAUSDT"}, Sort: "oi"},
		alertState{Rules: []ruleState{{"a", 1}, {"d", 4}}, Last: map[string]int64{"a BTC": 9}}, func(s *Settings) { s.Theme = "light" })
	check := func(when string) {
		t.Helper()
		got := window()
		var table tableState
		var alerts alertState
		got.Get(func(s *Settings) {
			s.Pane("table", &table)
			s.Pane("alerts", &alerts)
			if s.Language != "zh" || !s.RedUp || s.Theme != "light" {
				t.Errorf("%s: %+v", when, s)
			}
		})
		slices.Sort(table.Favourites)
		if !slices.Equal(table.Favourites, []string{"ADAUSDT", "ETHUSDT", "SOLUSDT"}) || table.Sort != "oi" {
			t.Errorf("%s: the table is %+v", when, table)
		}
		slices.SortFunc(alerts.Rules, func(a, b ruleState) int { return strings.Compare(a.ID, b.ID) })
		if !slices.Equal(alerts.Rules, []ruleState{{"a", 10}, {"c", 3}, {"d", 4}}) || alerts.Last["a BTC"] != 9 || alerts.Last["c SOL"] != 3 {
			t.Errorf("%s: the alerts are %+v", when, alerts)
		}
	}
	check("after the second window saved")
	// A window that changes nothing, however often it writes down what it shows.
	set(one, tableState{Favourites: []string{"BTCUSDT", "ETHUSDT", "SOLUSDT"}, Sort: "price"},
		alertState{Rules: []ruleState{{"a", 10}, {"b", 2}, {"c", 3}}, Last: map[string]int64{"a BTC": 1, "c SOL": 3}}, nil)
	check("after the first one closed")
}

// Windows that save at the same moment take turns.
func TestSavesAtTheSameTimeKeepEverything(t *testing.T) {
	dir := t.TempDir()
	const windows = 12
	var open []*Store // all of them before the first one saves: what a window read, and leaves out, it deletes
	for range windows {
		s, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, s)
	}
	var saving sync.WaitGroup
	for i, s := range open {
		saving.Go(func() {
			s.Update(func(s *Settings) { s.SetPane("table", tableState{Visible: map[string]bool{fmt.Sprint(i): true}}) })
			if err := s.Save(); err != nil {
				t.Error(err)
			}
		})
	}
	saving.Wait()
	if got := kept(t, dir)["panes"].(map[string]any)["table"].(map[string]any)["visible"].(map[string]any); len(got) != windows {
		t.Errorf("of %d windows %v are kept", windows, got)
	}
}

// A newer version's settings are not this one's to drop.
func TestUnknownSettingsStay(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "settings.json"), []byte(`{"language":"zh","venue":"bybit","panes":{"map":{"Symbol":"X","Zoom":3}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	s.Update(func(s *Settings) { s.Language = ""; s.SetPane("map", pane{"Y"}) })
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	got := kept(t, dir)
	if _, still := got["language"]; still || got["venue"] != "bybit" || got["panes"].(map[string]any)["map"].(map[string]any)["Symbol"] != "Y" {
		t.Errorf("kept are %v", got)
	}
}

// A file that another program damaged while the window was open.
func TestASaveOverDamageKeepsBoth(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "settings.json"), []byte(`[]`), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Update(func(s *Settings) { s.Language = "zh" })
	var damaged *Damaged
	if err := s.Save(); !errors.As(err, &damaged) {
		t.Fatalf("it says %v", err)
	}
	if text, err := os.ReadFile(damaged.Aside); err != nil || string(text) != "[]" {
		t.Errorf("aside is %q, %v", text, err)
	}
	if got := kept(t, dir); got["language"] != "zh" {
		t.Errorf("kept are %v", got)
	}
	if err := s.Save(); err != nil {
		t.Errorf("and then: %v", err)
	}
}

// The demo begins with a person's choices and changes none of them.
func TestWhatIsDoneInTheDemoIsNotKept(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	s.Update(func(s *Settings) { s.Language = "zh"; s.SetPane("history", pane{"SOLUSDT"}) })
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	demo := s.Detached()
	demo.Update(func(s *Settings) {
		p := pane{}
		if s.Pane("history", &p); s.Language != "zh" || p.Symbol != "SOLUSDT" {
			t.Errorf("the demo begins with %+v", s)
		}
		s.Language = "en"
		s.SetPane("history", pane{"XUSDT"})
	})
	if err := demo.Save(); err != nil {
		t.Fatal(err)
	}
	s.Update(func(s *Settings) { s.RedUp = true })
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	if got := kept(t, dir); got["language"] != "zh" || got["panes"].(map[string]any)["history"].(map[string]any)["Symbol"] != "SOLUSDT" {
		t.Errorf("kept are %v", got)
	}
}

func TestUnreadablePaneKeepsItsDefaultsAndItsNeighbours(t *testing.T) {
	dir := t.TempDir()
	text := `{"language":"zh","panes":{"history":{"Symbol":7},"other":{"Symbol":"ETHUSDT"}}}`
	if err := os.WriteFile(filepath.Join(dir, "settings.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	s.Get(func(s *Settings) {
		bad, good := pane{"BTCUSDT"}, pane{}
		s.Pane("history", &bad)
		s.Pane("other", &good)
		if bad.Symbol != "BTCUSDT" || good.Symbol != "ETHUSDT" || s.Language != "zh" {
			t.Errorf("got %+v %+v %q", bad, good, s.Language)
		}
	})
}

func TestAFailedSaveIsTriedAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(dir, nil, 0o600); err != nil { // a file where the directory should be
		t.Fatal(err)
	}
	s := &Store{path: filepath.Join(dir, "settings.json")}
	s.Update(func(s *Settings) { s.Language = "zh" })
	if err := s.Save(); err == nil {
		t.Fatal("nobody said that the choices were not kept")
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	again.Get(func(s *Settings) {
		if s.Language != "zh" {
			t.Error("the choice was lost with the failed save")
		}
	})
}
