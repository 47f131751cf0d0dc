package feed

import (
	"testing"
	"time"

	"openinterest/data/market"
)

// The client shuts its gate before the answer that says why has been seen.
func TestTheReasonForABlockReplacesTheGuess(t *testing.T) {
	for _, kind := range []market.ProblemKind{market.BannedUntil, market.RefusedLocation} {
		wall := time.Unix(1_000_000, 0)
		end := wall.Add(10 * time.Minute)
		h := newHealth()
		h.blocked(time.Second, wall, end)
		if g := h.gate(time.Second, wall); g != gateClosed {
			t.Fatalf("blocked, the gate is %v", g)
		}
		f := &flight{request: request{kind: askContracts}}
		h.failed(time.Second, wall, f, &market.Problem{Kind: kind, Until: end})
		if got := h.pause.problem.Kind; got != kind {
			t.Errorf("the problem is %v, want %v", got, kind)
		}
	}
}

// Of several refusals the one that lasts longest counts, and an echo of other
// failures does not shorten it.
func TestALimitIsNotShortened(t *testing.T) {
	wall := time.Unix(1_000_000, 0)
	h := newHealth()
	f := &flight{request: request{kind: askOpenInterest}}
	for _, seconds := range []int{30, 60, 40} {
		h.failed(0, wall, f, &market.Problem{Kind: market.LimitedUntil, Until: wall.Add(time.Duration(seconds) * time.Second)})
	}
	h.failed(0, wall, f, &market.Problem{Kind: market.Unreachable})
	h.retry(0)
	if got := h.pause.until.Sub(wall); got != time.Minute {
		t.Errorf("paused for %v, want a minute", got)
	}
	if h.gate(0, wall.Add(59*time.Second)) != gateClosed || h.gate(0, wall.Add(time.Minute)) != gateProbe {
		t.Error("the gate does not keep to the minute")
	}
}
