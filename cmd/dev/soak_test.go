package main

import (
	"strings"
	"testing"
)

func TestTheSoakIsBuiltAndItsFailureIsOurs(t *testing.T) {
	f := newFake(t)
	f.goos = "darwin" // where the window has a display, and none is opened for it
	f.fails, f.code = "soak", 7
	if code := f.run(t, "soak", "--", "--seed", "5"); code != 7 {
		t.Errorf("exit code %d, want 7", code)
	}
	if len(f.done) != 2 || !strings.Contains(f.done[0], "./cmd/openinterest") || !strings.HasSuffix(f.done[1], "soak --seed 5") {
		t.Errorf("ran %q", f.done)
	}
}
