package watch

import (
	"cmp"
	"slices"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// Board is what the whole market shows at one moment. It is immutable.
type Board struct {
	Sequence     uint64
	Time         time.Time // on the exchange's clock
	Ready, Total int       // contracts with a baseline of their own, of all that are watched
	Events       []Event   // of the last 24 h, the oldest first

	signs     map[string]*Sign
	evaluated map[signal.EventKind]int
}

// Sign returns what a contract shows; nil where it was not evaluated yet.
func (b *Board) Sign(symbol string) *Sign {
	if b == nil {
		return nil
	}
	return b.signs[symbol]
}

// Evaluated is on how many of the Total contracts it is known whether the
// condition of a kind holds now. Of the others nothing may be said.
func (b *Board) Evaluated(k signal.EventKind) int {
	if b == nil {
		return 0
	}
	return b.evaluated[k]
}

// Lacking lists the contracts on which a kind is not evaluated because their
// history is too short, by symbol.
func (b *Board) Lacking(k signal.EventKind) []string {
	if b == nil {
		return nil
	}
	var symbols []string
	for symbol, s := range b.signs {
		if s.fresh && s.evaluation(k).Lacks(k) {
			symbols = append(symbols, symbol)
		}
	}
	slices.Sort(symbols)
	return symbols
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
	Hourly     *signal.Evaluation // at the last full hour, on which divergences are evaluated; nil: none
	Events     []Event            // of the last 24 h, the oldest first
	Week       *market.Week       // where the contract stood a week ago; nil: the history does not reach back so far

	fresh bool               // the newest stamp is no older than 15 minutes
	now   []signal.EventKind // what holds; empty unless fresh
}

// NewSign is what a contract shows by these evaluations, as of now: nothing
// where the newest is older than 15 minutes. hourly may be nil.
func NewSign(newest, hourly *signal.Evaluation, events []Event, now time.Time) *Sign {
	s := &Sign{Symbol: newest.Symbol, Evaluation: newest, Events: events}
	if hourly != nil && newest.Stamp-hourly.Stamp <= hourLasts.Milliseconds() {
		s.Hourly = hourly
	}
	if s.fresh = now.UnixMilli()-newest.Stamp <= freshBy.Milliseconds(); s.fresh {
		s.now = showing(newest, s.Hourly)
	}
	return s
}

// NewBoard is the board of these contracts.
func NewBoard(at time.Time, signs []*Sign) *Board {
	b := &Board{Time: at, Ready: len(signs), Total: len(signs), signs: make(map[string]*Sign, len(signs)), evaluated: map[signal.EventKind]int{}}
	lists := make([][]Event, len(signs))
	for i, s := range signs {
		b.signs[s.Symbol] = s
		lists[i] = s.Events
		for _, k := range signal.EventKinds() {
			if s.Evaluated(k) {
				b.evaluated[k]++
			}
		}
	}
	b.Events = slices.Concat(lists...)
	slices.SortFunc(b.Events, func(a, b Event) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Symbol, b.Symbol), cmp.Compare(a.Kind, b.Kind))
	})
	return b
}

// Showing lists the kinds whose condition holds now, in the order of
// signal.EventKinds: at the newest stamp; divergences as of the last full hour.
// They need a z or rank, so nothing is listed while the history is too short. Kinds on
// trial are not listed: they have no mark in the table.
func (s *Sign) Showing() []signal.EventKind {
	if s == nil {
		return nil
	}
	return s.now
}

// Shows reports whether the condition of a kind holds now.
func (s *Sign) Shows(k signal.EventKind) bool {
	if s != nil && k.OnTrial() {
		return s.fresh && s.Evaluation.State(k) == signal.True
	}
	return s != nil && slices.Contains(s.now, k)
}

// Evaluated reports whether it is known if the condition of a kind holds now.
func (s *Sign) Evaluated(k signal.EventKind) bool {
	return s != nil && s.fresh && (!hourly(k) || s.Hourly != nil) && s.evaluation(k).State(k) != signal.Undefined
}

// Thin reports whether the contract is too small to be taken seriously.
func (s *Sign) Thin() bool { return s != nil && s.Evaluation.Eligibility.Thin }

// Evidence has the numbers of a kind, as of when it was evaluated last.
func (s *Sign) Evidence(k signal.EventKind) signal.Evidence { return s.evaluation(k).Evidence(k) }

// Stamp is when a kind was evaluated last, Unix ms.
func (s *Sign) Stamp(k signal.EventKind) int64 { return s.evaluation(k).Stamp }

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

// evaluation is the one that a kind is told from: divergences belong to the hour.
func (s *Sign) evaluation(k signal.EventKind) *signal.Evaluation {
	if hourly(k) && s.Hourly != nil {
		return s.Hourly
	}
	return s.Evaluation
}

// hourly reports whether a kind is evaluated on full hours only.
func hourly(k signal.EventKind) bool {
	return k == signal.DivergenceHigh || k == signal.DivergenceLow
}

// showing collects the kinds that hold.
func showing(newest, onHour *signal.Evaluation) []signal.EventKind {
	var kinds []signal.EventKind
	for _, k := range signal.EventKinds() {
		if k.OnTrial() {
			continue
		}
		e := newest
		if hourly(k) {
			if e = onHour; e == nil {
				continue
			}
		}
		if e.State(k) == signal.True {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// hourLasts is how long what was evaluated on a full hour is the present: until
// the next one is evaluated, which may take some minutes.
const hourLasts = time.Hour + 10*time.Minute

// publish makes a board if anything changed.
func (w *Watch) publish() {
	if !w.changed {
		return
	}
	w.changed = false
	w.sequence++
	ready, signs := 0, make([]*Sign, 0, len(w.contracts))
	for _, c := range w.contracts {
		if c.baseline != nil {
			ready++
		}
		if c.sign != nil {
			signs = append(signs, c.sign)
		}
	}
	b := NewBoard(w.o.Now(), signs)
	b.Sequence, b.Ready, b.Total = w.sequence, ready, len(w.contracts)
	w.board.Store(b)
	select {
	case w.updates <- struct{}{}:
	default: // one signal for many boards
	}
}
