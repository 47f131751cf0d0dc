package alert

import (
	"errors"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// SignalColumn is the column of a Condition on what a contract shows. It is no
// number: a threshold cannot be set on it.
const SignalColumn Column = "signal"

// Condition is one filter of the table, as it is kept there: a number that lies
// between bounds, or a signal that is one of some. A rule joins several with "and".
type Condition struct {
	Column Column   `json:"column"`
	Min    *float64 `json:"min,omitempty"` // in the column's unit; nil: no bound
	Max    *float64 `json:"max,omitempty"`
	Is     []string `json:"is,omitempty"` // of SignalColumn: readings over 24 h, or kinds of events
}

// ErrCondition is what is wrong with a rule one of whose conditions has no meaning.
var ErrCondition = errors.New("one of the rule's conditions names no filter of the table")

// mostConditions is how many conditions a rule may join.
const mostConditions = 30

// Check returns ErrCondition where the condition has no meaning: it may come from a file.
func (c *Condition) Check() error {
	if c.Column == SignalColumn {
		for _, name := range c.Is {
			if !signal.EventKind(name).Valid() && !readingName(name) {
				return ErrCondition
			}
		}
		if len(c.Is) == 0 {
			return ErrCondition
		}
		return nil
	}
	known := func(x *float64) bool { return x == nil || market.Known(*x) }
	if c.Column.number() == nil || c.Min == nil && c.Max == nil || !known(c.Min) || !known(c.Max) || c.Min != nil && c.Max != nil && *c.Min > *c.Max {
		return ErrCondition
	}
	return nil
}

func readingName(name string) bool {
	for _, k := range append(signal.ReadingKinds(), signal.Neutral) {
		if name == string(k) {
			return true
		}
	}
	return false
}

// holds reports whether a number passes.
func (c *Condition) holds(x float64) bool {
	return (c.Min == nil || x >= *c.Min) && (c.Max == nil || x <= *c.Max)
}

// Reading is what one condition of a rule saw when the rule raised an alert: the
// evidence of rules that join conditions.
type Reading struct {
	Column Column  `json:"column"`
	Value  float64 `json:"value,omitempty"`  // of a number
	Signal string  `json:"signal,omitempty"` // of SignalColumn: the first that held; empty: none did
}

// truth is whether something holds, where it may not be known.
type truth int8

const (
	unknown truth = iota
	no
	yes
)

func truthOf(holds bool) truth {
	if holds {
		return yes
	}
	return no
}

// view is what conditions are held against: one contract at one moment.
type view struct {
	number func(Column) float64                    // Unknown where it is not known, or too old
	shows  func(name string) (holds, isKnown bool) // whether the contract shows a signal
}

// judge tells whether all conditions hold, and what each of them saw. One that does not
// hold settles it, whatever is known of the others; else all of them must be known.
func (v *view) judge(where []Condition) (truth, []Reading) {
	all := yes
	var readings []Reading
	for i := range where {
		t, r := v.one(&where[i])
		readings = append(readings, r)
		if t == no || t == unknown && all == yes {
			if all = t; t == no {
				return no, readings
			}
		}
	}
	return all, readings
}

// one tells whether a condition holds, and what it saw.
func (v *view) one(c *Condition) (truth, Reading) {
	r := Reading{Column: c.Column}
	if c.Column != SignalColumn {
		if r.Value = v.number(c.Column); !market.Known(r.Value) {
			r.Value = 0
			return unknown, r
		}
		return truthOf(c.holds(r.Value)), r
	}
	result := no
	for _, name := range c.Is {
		switch holds, isKnown := v.shows(name); {
		case isKnown && holds:
			r.Signal = name
			return yes, r
		case !isKnown:
			result = unknown
		}
	}
	return result, r
}

// viewOf is what is known of a contract now.
func (in *Input) viewOf(q *market.Quote) *view {
	symbol := q.Contract.Symbol
	return &view{
		number: func(c Column) float64 { return c.Value(q, in.beyond(symbol), in.Now) },
		shows: func(name string) (holds, isKnown bool) {
			if in.Shows == nil {
				return false, false
			}
			return in.Shows(symbol, name)
		},
	}
}

// view is what is known of a contract at a closed stamp.
func (p *Past) view(points []market.Point, i int) *view {
	return &view{
		number: func(c Column) float64 {
			if n := c.number(); n != nil && n.Past != nil {
				return n.Past(points, i)
			}
			return market.Unknown
		},
		shows: func(name string) (holds, isKnown bool) {
			if p.Shows == nil {
				return false, false
			}
			return p.Shows(points[i].Time, name)
		},
	}
}

// stampAt is the index of the newest stamp at or before a time; −1 where there is none
// within FreshFor.
func stampAt(points []market.Point, at time.Time) int {
	for i := len(points) - 1; i >= 0; i-- {
		if ms := points[i].Time; ms <= at.UnixMilli() {
			if at.UnixMilli()-ms > FreshFor.Milliseconds() {
				return -1
			}
			return i
		}
	}
	return -1
}
