package signal

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Event is a signal that fired.
type Event struct {
	Time              time.Time `json:"time"` // the stamp, UTC
	Symbol            string    `json:"symbol"`
	Kind              EventKind `json:"kind"`
	DefinitionVersion int       `json:"definition_version"`
	Evidence          Evidence  `json:"evidence"`
}

// memory is what a kind remembers between stamps.
type memory struct {
	last  int64 // stamp of the last event; 0 when there was none
	rearm bool  // the condition has been false since
}

// Detector turns conditions into events, for one contract: a kind fires at the
// first stamp at which its condition holds, and again at the first one at which
// it holds, has been false since the last event, and the cooldown has passed.
// A stamp at which the condition is undefined changes nothing.
//
// It is saved as JSON, so that a program that starts again goes on where it
// stopped and tells no event twice. It is not safe for concurrent use.
type Detector struct {
	symbol string
	stamp  int64 // the newest observed
	memory [kindCount]memory
}

// NewDetector returns one that has observed nothing.
func NewDetector(symbol string) *Detector { return &Detector{symbol: symbol} }

// Symbol names the contract.
func (d *Detector) Symbol() string { return d.symbol }

// Stamp is the newest stamp observed, Unix ms; 0 before the first.
func (d *Detector) Stamp() int64 { return d.stamp }

// Observe takes the next stamp and returns the events that fire at it. Stamps
// at or before one that was observed already, and other contracts, are ignored.
func (d *Detector) Observe(e *Evaluation) []Event {
	if e.Symbol != d.symbol {
		return nil
	}
	var events []Event
	for i, fires := range d.observe(e.Stamp, &e.states) {
		if fires {
			events = append(events, e.event(i))
		}
	}
	return events
}

// event is the event of kind i, with its evidence. Observe and walks call it when
// the kind fires.
func (e *Evaluation) event(i int) Event {
	return Event{Time: instant(e.Stamp), Symbol: e.Symbol, Kind: eventKinds[i], DefinitionVersion: DefinitionVersion,
		Evidence: e.Evidence(eventKinds[i])}
}

// observe takes the states of the next stamp and says which kinds fire. Live
// evaluations and walks along a history both come through here.
func (d *Detector) observe(stamp int64, states *[kindCount]State) (fires [kindCount]bool) {
	if stamp <= d.stamp {
		return fires
	}
	d.stamp = stamp
	for i, s := range states {
		m := &d.memory[i]
		switch s {
		case False:
			m.rearm = true
		case True:
			if m.last == 0 || m.rearm && stamp-m.last >= eventKinds[i].Cooldown().Milliseconds() {
				fires[i] = true
				*m = memory{last: stamp}
			}
		}
	}
	return fires
}

type savedMemory struct {
	Last  int64 `json:"last"`
	Rearm bool  `json:"rearm"`
}

type savedDetector struct {
	Version int                       `json:"definition_version"`
	Symbol  string                    `json:"symbol"`
	Stamp   int64                     `json:"stamp"`
	Kinds   map[EventKind]savedMemory `json:"kinds"`
}

// ErrOtherDefinition says that a saved detector followed other definitions and
// must be made anew, by Walk.
var ErrOtherDefinition = errors.New("saved under another definition of the signals")

// MarshalJSON saves the detector.
func (d *Detector) MarshalJSON() ([]byte, error) {
	s := savedDetector{Version: DefinitionVersion, Symbol: d.symbol, Stamp: d.stamp, Kinds: map[EventKind]savedMemory{}}
	for i, m := range d.memory {
		if m != (memory{}) {
			s.Kinds[eventKinds[i]] = savedMemory{m.last, m.rearm}
		}
	}
	return json.Marshal(s)
}

// UnmarshalJSON loads a saved detector; ErrOtherDefinition when definitions changed since.
func (d *Detector) UnmarshalJSON(data []byte) error {
	var s savedDetector
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("reading a saved detector: %w", err)
	}
	if s.Version != DefinitionVersion {
		return fmt.Errorf("reading a saved detector of version %d: %w", s.Version, ErrOtherDefinition)
	}
	*d = Detector{symbol: s.Symbol, stamp: s.Stamp}
	for i, k := range eventKinds {
		d.memory[i] = memory{s.Kinds[k].Last, s.Kinds[k].Rearm}
	}
	return nil
}
