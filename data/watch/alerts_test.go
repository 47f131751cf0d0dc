package watch

import (
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// What filters call by name holds, does not hold, or is not known: then no alert comes of it.
func TestWhatAContractShowsIsKnownOrNot(t *testing.T) {
	e := &signal.Evaluation{Symbol: "X", Stamp: time.Date(2026, 1, 9, 12, 0, 0, 0, time.UTC).UnixMilli()}
	e.Reading24h.Kind = signal.Neutral
	now := time.UnixMilli(e.Stamp)
	old := &signal.Evaluation{Symbol: "OLD", Stamp: e.Stamp}
	old.Reading24h.Kind = signal.Neutral
	b := NewBoard(now, []*Sign{NewSign(e, nil, nil, now), NewSign(old, nil, nil, now.Add(time.Hour))})
	for _, c := range []struct {
		symbol, name   string
		holds, isKnown bool
	}{
		{"X", string(signal.Neutral), true, true}, {"X", string(signal.ReadingKinds()[0]), false, true},
		{"X", string(signal.Spike1h), false, false}, // it was not evaluated
		{"OLD", string(signal.Neutral), false, false}, {"ABSENT", string(signal.Neutral), false, false},
	} {
		if holds, isKnown := b.Holds(c.symbol, c.name); holds != c.holds || isKnown != c.isKnown {
			t.Errorf("%s of %s: holds %v, known %v", c.name, c.symbol, holds, isKnown)
		}
	}
	var none *Board
	if _, isKnown := none.Holds("X", string(signal.Neutral)); isKnown || none.LiveEvents() != nil || market.Known(none.BeyondIn(&market.Snapshot{})("X").Z24h) {
		t.Error("without a board something is known")
	}
}

func TestLiveEventsLeaveOutWhatWasComputed(t *testing.T) {
	b := &Board{Events: []Event{{Event: signal.Event{Symbol: "A"}, Live: true}, {Event: signal.Event{Symbol: "B"}}}}
	if got := b.LiveEvents(); len(got) != 1 || got[0].Symbol != "A" {
		t.Errorf("live are %+v", got)
	}
}
