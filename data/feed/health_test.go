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
