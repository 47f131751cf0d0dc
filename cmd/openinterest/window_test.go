package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"openinterest/assets"
	"openinterest/ui/settings"
)

// Settings that could not be read are said in the window, with where they are
// now, in its language, and not for ever.
func TestDamagedSettingsAreSaid(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "settings.json")
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, damage := settings.Open(dir)
	w := &window{damage: damage, begun: time.Now()}
	for _, lang := range assets.Languages() {
		if got := w.notes(assets.NewWords(lang)); len(got) != 1 || !strings.Contains(got[0], file+".damaged") {
			t.Errorf("%s: it says %q", lang, got)
		}
	}
	w.begun = time.Now().Add(-11 * time.Minute)
	if got := w.notes(assets.NewWords(assets.English)); len(got) != 0 {
		t.Errorf("eleven minutes later it says %q", got)
	}
	if got := (&window{begun: time.Now()}).notes(assets.NewWords(assets.English)); len(got) != 0 {
		t.Errorf("of good settings it says %q", got)
	}
}
