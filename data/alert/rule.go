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
//   - Many at once are summed up (see Digest).
//
// DryRun runs the same rules along a contract's history.
package alert

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// FreshFor is how old data may be for an alert to be raised from it. Signals
// are not evaluated on older data either.
const FreshFor = 15 * time.Minute

// Rule says what to tell of. It is one of three kinds: Signal is set, or Column
// with its bound, or neither: then it tells of contracts that begin, or cease, to
// match all of Where. Of the other kinds, Where says what must hold besides. It is
// kept as JSON.
type Rule struct {
	ID   string `json:"id"`             // unique among the rules; stays when the rule is changed
	Name string `json:"name,omitempty"` // of the view that it was made from
	Off  bool   `json:"off,omitempty"`  // kept, but raises nothing

	Signal signal.EventKind `json:"signal,omitempty"` // tells of events of this kind, or of AnySignal

	Column    Column    `json:"column,omitempty"` // tells of this number …
	Direction Direction `json:"direction,omitempty"`
	Bound     float64   `json:"bound,omitempty"` // … crossing this, in the column's unit

	Where []Condition `json:"where,omitempty"` // all must hold
	On    Change      `json:"on,omitempty"`    // of a rule that has Where alone

	Scope  Scope  `json:"scope"`
	Symbol string `json:"symbol,omitempty"` // of ScopeOne
	List   string `json:"list,omitempty"`   // of ScopeList: the watchlist's name

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

// AnySignal stands for every kind of event but those on trial, which have yet to show
// that they mean anything: a rule may name one of those.
const AnySignal signal.EventKind = "any"

// Change is which way a contract crosses the border of what matches.
type Change string

// The changes.
const (
	Enters Change = ""     // it did not match, and does now
	Leaves Change = "left" // it matched, and does no longer
	Either Change = "both"
)

// Scope is which contracts a rule is about.
type Scope string

// The scopes.
const (
	ScopeAll        Scope = "all"
	ScopeFavourites Scope = "favourites"
	ScopeOne        Scope = "one"
	ScopeList       Scope = "list" // those of a watchlist
)

// What can be wrong with a rule.
var (
	ErrNoCondition = errors.New("the rule names neither a signal nor a column")
	ErrNoBound     = errors.New("the threshold is not a number")
	ErrNoDirection = errors.New("the threshold has no direction")
	ErrNoContract  = errors.New("the rule is about one contract, but names none")
	ErrNoList      = errors.New("the rule is about a watchlist, but names none")
	ErrChange      = errors.New("the rule does not say whether it tells of entering or of leaving")
	ErrNoScope     = errors.New("the rule is about no contracts")
	ErrCooldown    = errors.New("the cooldown is negative")
	ErrQuiet       = errors.New("the quiet hours are not times of day")
)

// Check returns what is wrong with the rule, one of the errors above, ErrCondition,
// or nil.
func (r *Rule) Check() error {
	switch {
	case r.Signal != "" && (!r.Signal.Valid() && r.Signal != AnySignal || r.Column != ""):
		return ErrNoCondition
	case r.Signal == "" && r.Column == "" && len(r.Where) == 0, r.Column != "" && r.Column.number() == nil:
		return ErrNoCondition
	case r.Column != "" && !market.Known(r.Bound):
		return ErrNoBound
	case r.Column != "" && r.Direction != Up && r.Direction != Down:
		return ErrNoDirection
	case r.On != Enters && r.On != Leaves && r.On != Either:
		return ErrChange
	case r.CooldownMinutes < 0:
		return ErrCooldown
	case r.Quiet != nil && !r.Quiet.valid():
		return ErrQuiet
	case len(r.Where) > mostConditions:
		return ErrCondition
	}
	for i := range r.Where {
		if err := r.Where[i].Check(); err != nil {
			return err
		}
	}
	return r.checkScope()
}

func (r *Rule) checkScope() error {
	switch r.Scope {
	case ScopeAll, ScopeFavourites:
		return nil
	case ScopeOne:
		if r.Symbol == "" {
			return ErrNoContract
		}
		return nil
	case ScopeList:
		if r.List == "" {
			return ErrNoList
		}
		return nil
	}
	return ErrNoScope
}

// Circle is which contracts the person cares for, by the lists that rules name.
type Circle struct {
	Favourites map[string]bool
	Lists      map[string]map[string]bool // of each watchlist, its symbols
}

// Symbols lists the contracts of favourites or of a watchlist, by name.
func (c Circle) Symbols(scope Scope, list string) []string {
	of := c.Favourites
	if scope == ScopeList {
		of = c.Lists[list]
	}
	return slices.Sorted(maps.Keys(of))
}

// Covers reports whether the rule is about a contract.
func (r *Rule) Covers(symbol string, c Circle) bool {
	switch r.Scope {
	case ScopeAll:
		return true
	case ScopeFavourites:
		return c.Favourites[symbol]
	case ScopeList:
		return c.Lists[r.List][symbol]
	}
	return r.Symbol == symbol
}

// Tells reports whether the rule is about events of a kind.
func (r *Rule) Tells(k signal.EventKind) bool {
	return r.Signal == k || r.Signal == AnySignal && !k.OnTrial()
}

// joins reports whether the rule tells of contracts that match Where.
func (r *Rule) joins() bool { return r.Signal == "" && r.Column == "" }

func (r *Rule) cooldown() time.Duration { return time.Duration(r.CooldownMinutes) * time.Minute }

// across reports whether a number lies beyond the bound.
func (r *Rule) across(x float64) bool {
	if r.Direction == Up {
		return x >= r.Bound
	}
	return x <= r.Bound
}

// condition is the part of a rule that says what counts as crossing, as text. Rules
// with the same one tell of the same crossings.
func (r *Rule) condition() string {
	where, err := json.Marshal(r.Where)
	if err != nil {
		return r.ID // bounds that are no numbers: it raises nothing
	}
	return fmt.Sprintf("%s %s %v %s %s", r.Column, r.Direction, r.Bound, r.On, where)
}

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
