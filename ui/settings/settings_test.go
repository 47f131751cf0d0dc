package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

type pane struct{ Symbol string }

func TestChoicesSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	first, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	err = first.Update(func(s *Settings) {
		s.Language, s.RedUp = "zh", true
		if err := s.SetPane("history", pane{"SOLUSDT"}); err != nil {
			t.Fatal(err)
		}
	})
	if err != nil {
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
	if err := s.Update(func(s *Settings) { s.Language = "en" }); err != nil {
		t.Error("a store opened on a damaged file must still keep choices:", err)
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
