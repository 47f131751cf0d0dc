package main

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A short soak, of half an hour of the market: the window lives through it, and
// the market is well again afterwards. The bounds are those of a slow machine
// with the race detector; “go run ./cmd/dev soak” has the real ones.
func TestTheWindowStandsAShortSoak(t *testing.T) {
	t.Parallel()
	a := startWindow(t, openDisplay(t), t.TempDir(), "soak", "--for", "12s", "--market", "30m", "--seed", "4")
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
		if first == 0 || last > first*3/2 {
			t.Errorf("%s: %d, then %d", what, first, last)
		}
	}
}

// What grew during a soak is out of bounds, and so is what held the UI's
// goroutine; a connection more is neither.
func TestASoakSeesWhatGrew(t *testing.T) {
	at := func(memory int64, goroutines, handles int) sample {
		return sample{memory: memory, goroutines: goroutines, handles: handles}
	}
	for name, c := range map[string]struct {
		last sample
		busy time.Duration
		says string // empty: it is within its bounds
	}{
		"nothing":    {at(219e6, 108, 54), 20 * time.Millisecond, ""},
		"memory":     {at(221e6, 100, 50), 0, "resident memory in MB grew from 200 to 221"},
		"goroutines": {at(200e6, 109, 50), 0, "goroutines grew from 100 to 109"},
		"handles":    {at(200e6, 100, 55), 0, "handles grew from 50 to 55"},
		"the loop":   {at(200e6, 100, 50), 60 * time.Millisecond, "held for 60ms"},
	} {
		s := &soak{meter: newHeldMeter()}
		s.rest.rests = []sample{at(200e6, 100, 50), at(900e6, 900, 900), c.last}
		s.meter.longest = held{name: "sorting", wall: c.busy}
		wrong := strings.Join(s.outOfBounds(s.rest.moments()), "\n")
		if !strings.Contains(wrong, c.says) || c.says == "" && wrong != "" {
			t.Errorf("%s: it says %q", name, wrong)
		}
	}
}

// What runs on the UI's goroutine is measured, under its name or the one it gives.
func TestWhatHoldsTheLoopIsMeasured(t *testing.T) {
	m := newHeldMeter()
	for range 99 {
		m.around(func() {})
	}
	m.around(func() {
		m.called("working")
		for began := time.Now(); time.Since(began) < heldLimit+time.Millisecond; {
		}
		m.watch()
	})
	if m.longest.name != "working" || m.longest.wall <= heldLimit || m.total != 100 {
		t.Errorf("of %d the longest is %s", m.total, m.longest)
	}
	if m.slow["working"] != m.longest || !strings.Contains(m.stacks["working"], "TestWhatHoldsTheLoopIsMeasured") {
		t.Errorf("it is remembered as %v, in %q", m.slow, m.stacks)
	}
	if p := m.percentile(0.99); p > heldLimit {
		t.Errorf("99 %% of them took %s at most", p)
	}
}
