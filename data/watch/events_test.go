package watch

import (
	"slices"
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// A board, a sign and the log's memory share lists of events: none is written to
// when another one grows.
func TestListsOfEventsAreSharedAndNeverWrittenTo(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	event := func(k signal.EventKind, ago time.Duration) signal.Event {
		return signal.Event{Symbol: "X", Kind: k, Time: now.Add(-ago)}
	}
	kinds := func(list []Event) (kinds []signal.EventKind) {
		for _, e := range list {
			kinds = append(kinds, e.Kind)
		}
		return kinds
	}
	w := New(Options{Now: func() time.Time { return now }})
	read := append(make([]Event, 0, 8), Event{Event: event(signal.Spike1h, 2*time.Hour)}) // as from a log, with memory to spare
	told := map[string][]Event{"X": read}
	c := &contract{symbol: "X", events: recent(told["X"], now)}
	if &c.events[0] != &read[0] {
		t.Error("a list of which nothing goes was copied")
	}
	w.tell(c, []signal.Event{event(signal.Flush1h, time.Hour)}, now, told) // too old to be seen live: the log has none of it
	c.sign = NewSign(&signal.Evaluation{Symbol: "X"}, nil, c.events, now)
	w.tell(c, []signal.Event{event(signal.Spike4h, 0)}, now, told)
	later := recent(c.events, now.Add(23*time.Hour+30*time.Minute)) // nothing older than a day
	for name, l := range map[string]struct{ got, want []signal.EventKind }{
		"sign":     {kinds(c.sign.Events), []signal.EventKind{signal.Spike1h, signal.Flush1h}},
		"contract": {kinds(c.events), []signal.EventKind{signal.Spike1h, signal.Flush1h, signal.Spike4h}},
		"log":      {kinds(told["X"]), []signal.EventKind{signal.Spike1h, signal.Spike4h}},
		"later":    {kinds(later), []signal.EventKind{signal.Spike4h}},
	} {
		if !slices.Equal(l.got, l.want) {
			t.Errorf("%s: %v, want %v", name, l.got, l.want)
		}
	}
}

// What was found in the histories of contracts that nobody looks at any more is
// forgotten as soon as it would have to be found again.
func TestOldWalksAreForgotten(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	w := New(Options{Now: func() time.Time { return now }, Market: silent{}})
	for _, symbol := range []string{"A", "B", "C"} {
		if _, err := w.Events(t.Context(), symbol, now, now); err != nil {
			t.Fatal(err)
		}
		now = now.Add(walkAgain - time.Minute)
	}
	if len(w.past) != 2 || w.past["A"] != nil {
		t.Errorf("it keeps %v", w.past)
	}
}

// silent is a market of which nothing is known.
type silent struct{}

func (silent) Snapshot() *market.Snapshot { return nil }
