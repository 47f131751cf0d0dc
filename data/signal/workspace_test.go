package signal_test

import (
	"context"
	"testing"
	"time"

	"openinterest/data/signal"
)

// What is made in a workspace does not depend on what was made in it before,
// nor change when something else is.
func TestAWorkspaceLeavesNoTraces(t *testing.T) {
	long, short, holed := noise(1, 40*288), noise(2, 9*288), noise(3, 34*288)
	short.Funding = nil
	holed.Points = append(holed.Points[:20*288:20*288], holed.Points[20*288+40:]...)
	inputs := []*signal.Input{long, short, holed, {Symbol: "NONE"}, long, {Symbol: "ONE", Points: long.Points[:1]}, short, holed}
	var space signal.Workspace
	var baselines []*signal.Baseline
	var walks [][]signal.Event
	for _, in := range inputs {
		events, _, err := space.Walk(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		stamp := start
		if n := len(in.Points); n > 0 {
			stamp = in.Points[n-1].Time
		}
		baselines, walks = append(baselines, space.Baseline(in, stamp)), append(walks, events)
	}
	for i, in := range inputs {
		if got, want := asJSON(t, walks[i]), asJSON(t, walk(t, in)); got != want {
			t.Errorf("walk %d along %s:\n%s\nalone:\n%s", i, in.Symbol, got, want)
		}
		stamp := start
		if n := len(in.Points); n > 0 {
			stamp = in.Points[n-1].Time
		}
		got := signal.Evaluate(in, baselines[i], time.UnixMilli(stamp))
		want := signal.Evaluate(in, new(signal.Workspace).Baseline(in, stamp), time.UnixMilli(stamp))
		for _, k := range signal.EventKinds() {
			if a, b := asJSON(t, got.Evidence(k)), asJSON(t, want.Evidence(k)); a != b || got.State(k) != want.State(k) {
				t.Errorf("baseline %d of %s:\n%s\nalone:\n%s", i, in.Symbol, a, b)
			}
		}
	}
}
