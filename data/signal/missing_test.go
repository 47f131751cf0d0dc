package signal_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// With single stamps and prices missing here and there, what holds at a stamp
// is still what the text says.
func TestConditionsWithMissingStampsAgreeWithTheText(t *testing.T) {
	in := noise(12, 40*288)
	r := rand.New(rand.NewPCG(5, 5))
	kept := in.Points[:0:0]
	missed := true
	for _, p := range in.Points {
		if missed = !missed && r.IntN(25) == 0; missed {
			continue
		}
		if r.IntN(40) == 0 {
			p.Price = market.Unknown
		}
		kept = append(kept, p)
	}
	in.Points = kept
	text, held := newNaive(in), map[signal.EventKind]int{}
	for range 150 {
		i := len(kept) - 1 - r.IntN(8*288)
		if r.IntN(2) == 0 { // on the hour, where divergences are
			for i > 0 && kept[i].Time%hour != 0 {
				i--
			}
		}
		now := *in
		now.Points = kept[:i+1]
		stamp := kept[i].Time
		e, want := signal.Evaluate(&now, new(signal.Workspace).Baseline(&now, stamp), time.UnixMilli(stamp)), text.holds(stamp)
		for _, k := range signal.EventKinds() {
			if holds := e.State(k) == signal.True; holds != want[string(k)] {
				t.Errorf("%v %s: holds %v, by the text %v: %s", time.UnixMilli(stamp).UTC(), k, holds, want[string(k)], asJSON(t, e.Evidence(k)))
			} else if holds {
				held[k]++
			}
		}
	}
	if len(held) < 8 {
		t.Errorf("only %v held: the test shows little", held)
	}
}
