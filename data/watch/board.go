package watch

import (
	"slices"
	"time"

	"openinterest/data/signal"
)

// Board is what the whole market shows at one moment. It is immutable.
type Board struct {
	Sequence     uint64
	Time         time.Time // on the exchange's clock
	Ready, Total int       // contracts with a baseline of their own, of all that are watched
	Events       []Event   // of the last 24 h, the oldest first

	signs map[string]*Sign
}

// Sign returns what a contract shows; nil where it was not judged yet.
func (b *Board) Sign(symbol string) *Sign {
	if b == nil {
		return nil
	}
	return b.signs[symbol]
}

// Event is a signal that fired.
type Event struct {
	signal.Event
	Live bool // seen as it happened; else computed from history
}

// Sign is what one contract shows. It is immutable.
type Sign struct {
	Symbol     string
	Evaluation *signal.Evaluation // at the newest stamp
	Hourly     *signal.Evaluation // at the last full hour, on which divergences are judged; nil: none
	Events     []Event            // of the last 24 h, the oldest first

	now []signal.EventKind
}

// Showing lists the kinds whose condition holds now, in the order of
// signal.EventKinds: at the newest stamp; divergences as of the last full hour.
// They need a z or rank, so nothing is listed while the history is too short.
func (s *Sign) Showing() []signal.EventKind {
	if s == nil {
		return nil
	}
	return s.now
}

// Shows reports whether the condition of a kind holds now.
func (s *Sign) Shows(k signal.EventKind) bool { return s != nil && slices.Contains(s.now, k) }

// Thin reports whether the contract is too small to be taken seriously.
func (s *Sign) Thin() bool { return s != nil && s.Evaluation.Eligibility.Thin }

// Evidence is what a kind was judged by, when it was judged last.
func (s *Sign) Evidence(k signal.EventKind) signal.Evidence { return s.judged(k).Evidence(k) }

// Stamp is when a kind was judged last, Unix ms.
func (s *Sign) Stamp(k signal.EventKind) int64 { return s.judged(k).Stamp }

// Last is the newest event of a kind within 24 h.
func (s *Sign) Last(k signal.EventKind) (Event, bool) {
	if s != nil {
		for _, e := range slices.Backward(s.Events) {
			if e.Kind == k {
				return e, true
			}
		}
	}
	return Event{}, false
}

func (s *Sign) judged(k signal.EventKind) *signal.Evaluation {
	if hourly(k) && s.Hourly != nil {
		return s.Hourly
	}
	return s.Evaluation
}

// hourly reports whether a kind is judged on full hours only.
func hourly(k signal.EventKind) bool {
	return k == signal.DivergenceHigh || k == signal.DivergenceLow
}

// showing collects the kinds that hold.
func showing(newest, onHour *signal.Evaluation) []signal.EventKind {
	var kinds []signal.EventKind
	for _, k := range signal.EventKinds() {
		e := newest
		if hourly(k) {
			e = onHour
			if e == nil || newest.Stamp-e.Stamp > hourLasts.Milliseconds() {
				continue
			}
		}
		if e.State(k) == signal.True {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// hourLasts is how long what was judged on a full hour is the present: until
// the next one is judged, which may take some minutes.
const hourLasts = time.Hour + 10*time.Minute

// publish makes a board if anything changed.
func (w *Watch) publish() {
	if !w.changed {
		return
	}
	w.changed = false
	w.sequence++
	b := &Board{Sequence: w.sequence, Time: w.o.Now(), Total: len(w.contracts), signs: make(map[string]*Sign, len(w.contracts))}
	for symbol, c := range w.contracts {
		if c.baseline != nil {
			b.Ready++
		}
		if c.sign != nil {
			b.signs[symbol] = c.sign
			b.Events = append(b.Events, c.sign.Events...)
		}
	}
	slices.SortStableFunc(b.Events, func(a, b Event) int {
		if c := a.Time.Compare(b.Time); c != 0 {
			return c
		}
		if a.Symbol < b.Symbol {
			return -1
		}
		return 1
	})
	w.board.Store(b)
	select {
	case w.updates <- struct{}{}:
	default: // one signal for many boards
	}
}
