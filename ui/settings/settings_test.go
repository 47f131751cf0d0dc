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
