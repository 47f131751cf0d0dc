package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A damaged page costs what lies on it. Until somebody repairs the history, an
// export gives the rest and says on standard error what it lacks; backfill repairs
// it, and fetches again what was lost.
func TestWhatDamageTookIsSaidAndFetchedAgain(t *testing.T) {
	s, dir := newShelf(t), t.TempDir()
	s.aWeek(t, "ABCUSDT")
	backfill := []string{"backfill", "--symbol", "ABCUSDT", "--archive-url", s.URL, "--data-dir", dir, "--lang", "en"}
	export := []string{"export", "--symbol", "ABCUSDT", "--data-dir", dir, "--lang", "en"}
	if got := program(t, backfill...); got.code != 0 {
		t.Fatalf("backfill: %v", got.fault)
	}
	whole := program(t, export...)
	if whole.code != 0 || whole.err != "" {
		t.Fatalf("export: %v\n%s", whole.fault, whole.err)
	}
	path := filepath.Join(dir, "history", "history.db")
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	part := whole
	for page := len(file)/512 - 1; page > 20 && part.out == whole.out; page-- { // up to one on which a day lies
		damaged := bytes.Clone(file)
		copy(damaged[page*512:], bytes.Repeat([]byte{0xa5}, 512))
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		part = program(t, export...)
	}
	lost := strings.Count(whole.out, "\n") - strings.Count(part.out, "\n")
	if part.code != 0 || lost <= 0 || lost > 288*4 {
		t.Errorf("export from a damaged history: code %d, %v, %d of %d lines lacking\n%s", part.code, part.fault, lost, strings.Count(whole.out, "\n"), part.err)
	}
	if !strings.Contains(part.err, "ABCUSDT: what was kept") || !strings.Contains(part.err, "2026-01-0") || !strings.Contains(part.err, "the history is damaged there") {
		t.Errorf("it doesn't say what is lacking:\n%s", part.err)
	}
	for line := range strings.Lines(part.out) {
		if !strings.Contains(whole.out, line) {
			t.Fatalf("a line that was never kept: %s", line)
		}
	}

	s.asked = 0
	if got := program(t, backfill...); got.code != 0 || s.asked == 0 || s.asked > 4 {
		t.Errorf("backfill fetched %d days: %v\n%s%s", s.asked, got.fault, got.out, got.err)
	}
	if again := program(t, export...); again.code != 0 || again.out != whole.out || again.err != "" {
		t.Errorf("after fetching again: %v, %d of %d lines\n%s", again.fault, strings.Count(again.out, "\n"), strings.Count(whole.out, "\n"), again.err)
	}
}
