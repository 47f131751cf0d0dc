package main

import (
	"regexp"
	"strconv"
	"testing"
	"time"
)

// A short soak, of half an hour of the market: the window lives through it, and
// the market is well again afterwards. The bounds are those of a slow machine
// with the race detector; “go run ./cmd/dev soak” has the real ones.
func TestTheWindowStandsAShortSoak(t *testing.T) {
	a := startWindow(t, openDisplay(t), t.TempDir(), "soak", "--for", "30s", "--market", "30m", "--seed", "4")
	select {
	case err := <-a.ended: // an error where a bound of the real soak was missed
		a.ended <- err
	case <-time.After(3 * time.Minute):
		t.Fatal("the soak did not end")
	}
	said := a.log.String()
	number := func(pattern string) string {
		found := regexp.MustCompile(`(?m)^\s*` + pattern).FindStringSubmatch(said)
		if found == nil {
			t.Fatalf("the report has no %q", pattern)
		}
		return found[1]
	}
	number(`panics +(none)`)
	number(`at the end +(live, all \d+ rows fresh)`)
	if n, _ := strconv.Atoi(number(`faults +(\d+)`)); n == 0 {
		t.Error("nothing went wrong, so nothing was shown")
	}
	if n, _ := strconv.Atoi(number(`the UI's goroutine +held (\d+) times`)); n < 50 {
		t.Errorf("the window was used %d times", n)
	}
	if held, err := time.ParseDuration(number(`the busiest +\S+, of which it ran for (\S+):`)); err != nil || held <= 0 || held > 20*heldLimit {
		t.Errorf("the UI's goroutine was busy for %v (%v)", held, err)
	}
	for _, what := range []string{"goroutines", "handles"} {
		first, _ := strconv.Atoi(number(what + ` +(\d+), \d+`))
		last, _ := strconv.Atoi(number(what + ` +\d+, (\d+)`))
		if first == 0 || last > 2*first {
			t.Errorf("%s: %d, then %d", what, first, last)
		}
	}
}
