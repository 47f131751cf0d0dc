// Package alert decides when the person is told something: a signal that
// fired, or a number of the table that crossed a line. It is pure: the market,
// the events and the time go in, alerts come out. Showing them is for others.
//
// # What keeps alerts honest
//
//   - A threshold fires when a number crosses it, not while it lies beyond: the
//     first number known after a start only tells on which side things stand.
//   - Nothing is raised while the market is still coming in (see Hydrating),
//     nor from data older than FreshFor.
//   - One event gives one alert, whatever the number of rules that match it, and
//     also after a restart: the engine's Memory is kept with the rules.
//   - After an alert a rule is silent about that contract for its cooldown.
//   - In quiet hours an alert is logged, but nobody is disturbed.
//
// DryRun runs the same rules along a contract's history.
package alert

import (
	"errors"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// FreshFor is how old data may be for an alert to be raised from it. Signals
// are not evaluated on older data either.
const FreshFor = 15 * time.Minute

// Rule says what to tell of. It is one of two kinds: Signal is set, or Column
// with its bound. It is kept as JSON.
type Rule struct {
	ID  string `json:"id"`            // unique among the rules; stays when the rule is changed
	Off bool   `json:"off,omitempty"` // kept, but raises nothing

	Signal signal.EventKind `json:"signal,omitempty"` // tells of events of this kind

	Column    Column    `json:"column,omitempty"` // tells of this number …
	Direction Direction `json:"direction,omitempty"`
	Bound     float64   `json:"bound,omitempty"` // … crossing this, in the column's unit

	Scope  Scope  `json:"scope"`
	Symbol string `json:"symbol,omitempty"` // of ScopeOne

	CooldownMinutes int    `json:"cooldown_min"`
	Quiet           *Quiet `json:"quiet,omitempty"` // nil: none
}

// Direction is which way a number crosses its bound.
type Direction string

// The directions. At the bound counts as across.
const (
	Up   Direction = "up"   // from below to at or above
	Down Direction = "down" // from above to at or below
)

// Scope is which contracts a rule is about.
type Scope string

// The scopes.
const (
	ScopeAll        Scope = "all"
	ScopeFavourites Scope = "favourites"
	ScopeOne        Scope = "one"
)

// What can be wrong with a rule.
var (
	ErrNoCondition = errors.New("the rule names neither a signal nor a column")
	ErrNoBound     = errors.New("the threshold is not a number")
	ErrNoDirection = errors.New("the threshold has no direction")
	ErrNoContract  = errors.New("the rule is about one contract, but names none")
	ErrNoScope     = errors.New("the rule is about no contracts")
	ErrCooldown    = errors.New("the cooldown is negative")
	ErrQuiet       = errors.New("the quiet hours are not times of day")
)

// Check returns what is wrong with the rule, one of the errors above, or nil.
func (r *Rule) Check() error {
	switch {
	case r.Signal != "" && (!r.Signal.Valid() || r.Column != ""):
		return ErrNoCondition
	case r.Signal == "" && r.Column.number() == nil:
		return ErrNoCondition
	case r.Column != "" && !market.Known(r.Bound):
		return ErrNoBound
	case r.Column != "" && r.Direction != Up && r.Direction != Down:
		return ErrNoDirection
	case r.Scope == ScopeOne && r.Symbol == "":
		return ErrNoContract
	case r.Scope != ScopeOne && r.Scope != ScopeAll && r.Scope != ScopeFavourites:
		return ErrNoScope
	case r.CooldownMinutes < 0:
		return ErrCooldown
	case r.Quiet != nil && !r.Quiet.valid():
		return ErrQuiet
	}
	return nil
}

// Covers reports whether the rule is about a contract.
func (r *Rule) Covers(symbol string, favourites map[string]bool) bool {
	switch r.Scope {
	case ScopeAll:
		return true
	case ScopeFavourites:
		return favourites[symbol]
	}
	return r.Symbol == symbol
}

func (r *Rule) cooldown() time.Duration { return time.Duration(r.CooldownMinutes) * time.Minute }

// across reports whether a number lies beyond the bound.
func (r *Rule) across(x float64) bool {
	if r.Direction == Up {
		return x >= r.Bound
	}
	return x <= r.Bound
}

// condition is the part of a threshold rule that says what counts as crossing.
// Rules with the same one tell of the same events.
type condition struct {
	column    Column
	direction Direction
	bound     float64
}

func (r *Rule) condition() condition { return condition{r.Column, r.Direction, r.Bound} }

// minutesPerDay bounds the times of Quiet.
const minutesPerDay = 24 * 60

// Quiet are the hours in which nobody is to be disturbed, every day.
type Quiet struct {
	From  int  `json:"from"`  // minute of the day
	To    int  `json:"to"`    // minute of the day, not included; before From: on the next day
	Local bool `json:"local"` // in the time of this machine; else UTC
}

func (q *Quiet) valid() bool {
	return q.From >= 0 && q.From < minutesPerDay && q.To >= 0 && q.To < minutesPerDay
}

// Holds reports whether t lies in the quiet hours. Local names the zone of this
// machine. Equal ends mean the whole day.
func (q *Quiet) Holds(t time.Time, local *time.Location) bool {
	if q == nil {
		return false
	}
	t = t.UTC()
	if q.Local && local != nil {
		t = t.In(local)
	}
	m := t.Hour()*60 + t.Minute()
	if q.From < q.To {
		return m >= q.From && m < q.To
	}
	return m >= q.From || m < q.To
}
