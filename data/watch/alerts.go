package watch

import (
	"openinterest/data/market"
	"openinterest/data/signal"
)

// LiveEvents are the events of the last 24 h that were seen as they happened, which is
// what rules of alerts are held against. There are none on a board that is nil.
func (b *Board) LiveEvents() []signal.Event {
	if b == nil {
		return nil
	}
	var events []signal.Event
	for _, e := range b.Events {
		if e.Live {
			events = append(events, e.Event)
		}
	}
	return events
}

// Holds reports whether a contract shows a signal now, by the name that filters of the
// table give it: a reading over 24 hours, or a kind of event.
func (b *Board) Holds(symbol, name string) (holds, isKnown bool) {
	s := b.Sign(symbol)
	if s == nil {
		return false, false
	}
	if k := signal.EventKind(name); k.Valid() {
		return s.Shows(k), s.Evaluated(k)
	}
	kind := s.Evaluation.Reading24h.Kind
	return s.fresh && string(kind) == name, s.fresh && kind != signal.Unknown
}

// BeyondIn tells what is known of a snapshot's contracts beyond their quotes. The
// market is summed up once, when the first is asked for.
func (b *Board) BeyondIn(snapshot *market.Snapshot) func(symbol string) *market.Beyond {
	var totals *market.Totals
	return func(symbol string) *market.Beyond {
		if totals == nil {
			t := snapshot.Totals()
			totals = &t
		}
		return b.Sign(symbol).Beyond(*totals)
	}
}
