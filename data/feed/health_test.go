package feed

import (
	"testing"
	"time"

	"openinterest/data/market"
)

// One contract after the other that is unknown is everybody's problem, and not
// as many unknown contracts.
func TestOneUnknownContractAfterTheOtherIsAnOutage(t *testing.T) {
	h := newHealth()
	at := instant{time.Second, time.Unix(1_000_000, 0)}
	f := &flight{request: request{kind: askOpenInterest}}
	h.succeeded(at, f)
	for i := range badStreak {
		if global := h.failed(at, f, &market.Problem{Kind: market.UnknownSymbol}); global != (i == badStreak-1) {
			t.Fatalf("after %d failures global is %v", i+1, global)
		}
	}
	if h.outage == nil || h.outage.problem.Kind != market.BadAnswer {
		t.Fatalf("the outage is %+v", h.outage)
	}
	if h.mayProbe(at) || !h.mayProbe(instant{at.elapsed + 2*time.Second, at.wall}) {
		t.Error("the first probe is not a second later")
	}
}

// On a slow line, or where one route hangs, other answers still come. An outage
// that began and ended with each of them would be told of twenty times a second.
func TestAHangThatOthersOutliveIsNoOutage(t *testing.T) {
	h := newHealth()
	at := func(s time.Duration) instant { return instant{s, time.Unix(1_000_000, 0).Add(s)} }
	h.succeeded(at(time.Second), &flight{request: request{kind: askOpenInterest}})
	begun := 0
	for now := 2 * time.Second; now < 20*time.Second; now += 100 * time.Millisecond {
		h.succeeded(at(now), &flight{request: request{kind: askHistory}})
		if h.watch(now, now-2*time.Second); h.outage != nil {
			begun++
		}
	}
	if begun > 0 {
		t.Errorf("%d outages while answers came", begun)
	}
	if h.watch(30*time.Second, 10*time.Second); h.outage == nil {
		t.Error("no outage when no answer of any kind came for ten seconds")
	}
}
