package alert

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// Alert is one thing told.
type Alert struct {
	Time   time.Time // when it was raised
	Rule   Rule      // as it was then
	Symbol string
	Quiet  bool // in quiet hours: logged only

	Event *signal.Event // what fired, with its evidence; nil for thresholds

	// Of thresholds: the number, the one before that lay on the other side, and
	// the contract, for the number's decimals.
	Value, Before float64
	Contract      market.Contract

	Left     bool      // of a rule of conditions alone: the contract matches no longer
	Readings []Reading // what the rule's conditions saw
}

// Input is what the engine is shown.
type Input struct {
	Now      time.Time // the exchange's clock
	Local    *time.Location
	Snapshot *market.Snapshot
	Events   []signal.Event // that fired lately; the same may be given again and again
	Circle   Circle

	// Shows tells whether a contract shows a signal, by the name that conditions give
	// it; nil: it is not known of any.
	Shows func(symbol, name string) (holds, isKnown bool)

	// Beyond is what is known of a contract beyond its quote; nil: nothing is.
	Beyond func(symbol string) *market.Beyond
}

// beyond is what is known of a contract beyond its quote.
func (in *Input) beyond(symbol string) *market.Beyond {
	if in.Beyond == nil {
		return nil
	}
	return in.Beyond(symbol)
}

// Memory is what must survive a restart, so that nothing is told twice.
type Memory struct {
	Seen map[string]int64 `json:"seen,omitempty"` // event → its stamp, Unix ms; the fresh ones
	Last map[string]int64 `json:"last,omitempty"` // rule and contract → when it last raised an alert, Unix ms
}

// Engine raises alerts. It is not safe for concurrent use.
type Engine struct {
	rules  []Rule
	memory Memory
	sides  map[side]position
}

// side is a threshold of a rule, held against a contract.
type side struct {
	rule, symbol string
}

// position is where a number stood when it was last known.
type position struct {
	value    float64
	across   bool
	readings []Reading    // of a rule of conditions
	point    market.Point // contracts and price at that time, which tell a change of unit
}

// sameUnit reports whether the contract is still counted as it was at p: a
// redenomination carries a price or a number of contracts across a bound that
// nobody crossed.
func (p position) sameUnit(now position) bool {
	return market.UnitChanges([]market.Point{p.point, now.point}) == nil
}

// NewEngine returns an engine with these rules that remembers m. Rules that
// cannot be understood raise nothing.
func NewEngine(rules []Rule, m Memory) *Engine {
	e := &Engine{memory: m, sides: map[side]position{}}
	if e.memory.Seen == nil {
		e.memory.Seen = map[string]int64{}
	}
	if e.memory.Last == nil {
		e.memory.Last = map[string]int64{}
	}
	e.SetRules(rules)
	return e
}

// SetRules replaces the rules. A threshold that changed starts anew: it fires
// at its next crossing.
func (e *Engine) SetRules(rules []Rule) {
	before := map[string]string{}
	for i := range e.rules {
		before[e.rules[i].ID] = e.rules[i].condition()
	}
	e.rules = slices.Clone(rules)
	after := map[string]bool{}
	for i := range e.rules {
		r := &e.rules[i]
		after[r.ID] = !r.Off && r.Check() == nil && before[r.ID] == r.condition()
	}
	for s := range e.sides {
		if !after[s.rule] {
			delete(e.sides, s)
		}
	}
}

// Memory returns a copy of what the engine remembers.
func (e *Engine) Memory() Memory {
	m := Memory{Seen: map[string]int64{}, Last: map[string]int64{}}
	for k, v := range e.memory.Seen {
		m.Seen[k] = v
	}
	for k, v := range e.memory.Last {
		m.Last[k] = v
	}
	return m
}

// hydrated is the share of the contracts that must be known for the market to
// count as there. It is not all of them: one that the exchange never answers
// for must not silence the alerts of the others.
const hydrated = 0.9

// Hydrating reports whether the market is still coming in.
func Hydrating(s *market.Snapshot) bool {
	return s == nil || s.Status.Total == 0 || s.Status.State == market.Loading ||
		float64(s.Status.Ready+s.Status.Unanswered) < hydrated*float64(s.Status.Total)
}

// Observe takes the market as it is now and returns the alerts that it gives rise to,
// signals before thresholds. News reports whether Memory changed.
func (e *Engine) Observe(in Input) (alerts []Alert, news bool) {
	if Hydrating(in.Snapshot) {
		return nil, false
	}
	news = e.forget(in.Now)
	for i := range in.Events {
		a, isNew := e.signalled(&in, &in.Events[i])
		news = news || isNew
		if a != nil {
			alerts = append(alerts, *a)
		}
	}
	crossed := e.crossings(&in)
	return append(alerts, crossed...), news || len(crossed) > 0
}

// forget drops what cannot matter any more.
func (e *Engine) forget(now time.Time) (any bool) {
	for k, at := range e.memory.Seen {
		if now.UnixMilli()-at > 2*FreshFor.Milliseconds() {
			delete(e.memory.Seen, k)
			any = true
		}
	}
	longest := time.Duration(0)
	for i := range e.rules {
		longest = max(longest, e.rules[i].cooldown())
	}
	for k, at := range e.memory.Last {
		if now.UnixMilli()-at > longest.Milliseconds() {
			delete(e.memory.Last, k)
			any = true
		}
	}
	return any
}

// signalled takes an event, and returns the alert it gives, nil for none.
func (e *Engine) signalled(in *Input, event *signal.Event) (_ *Alert, isNew bool) {
	age := in.Now.Sub(event.Time)
	if age > FreshFor || age < -FreshFor || !signal.SameDefinition(event.DefinitionVersion) {
		return nil, false
	}
	key := fmt.Sprintf("%s %s %d", event.Symbol, event.Kind, event.Time.UnixMilli())
	if _, seen := e.memory.Seen[key]; seen {
		return nil, false
	}
	// Seen by no rule is seen all the same: a rule made later tells of what
	// fires then.
	e.memory.Seen[key] = event.Time.UnixMilli()
	quote := in.Snapshot.Quote(event.Symbol)
	var matching []match
	for i := range e.rules {
		r := &e.rules[i]
		if r.Off || r.Check() != nil || !r.Tells(event.Kind) || !r.Covers(event.Symbol, in.Circle) {
			continue
		}
		if m, ok := in.besides(r, quote); ok {
			matching = append(matching, m)
		}
	}
	a := e.raise(in, event.Symbol, matching, false)
	if a != nil {
		a.Event, a.Value, a.Before = event, market.Unknown, market.Unknown
		if quote != nil {
			a.Contract = quote.Contract
		}
	}
	return a, true
}

// match is a rule that something just happened to, and what its conditions saw.
type match struct {
	rule     *Rule
	readings []Reading
}

// besides holds the conditions of a rule that tells of something else against a
// contract. What is not known does not hold.
func (in *Input) besides(r *Rule, q *market.Quote) (match, bool) {
	if len(r.Where) == 0 {
		return match{rule: r}, true
	}
	if q == nil {
		return match{}, false
	}
	holds, readings := in.viewOf(q).judge(r.Where)
	return match{r, readings}, holds == yes
}

// raise makes one alert for rules that match the same thing; nil when all of them are
// cooling down. A rule that may disturb goes before one that may not. What a contract
// left cools down by itself: that it entered shall not silence that.
func (e *Engine) raise(in *Input, symbol string, matching []match, left bool) *Alert {
	var a *Alert
	for _, m := range matching {
		r := m.rule
		key := r.ID + " " + symbol
		if left {
			key += " left"
		}
		last, told := e.memory.Last[key]
		if told && in.Now.UnixMilli()-last < r.cooldown().Milliseconds() {
			continue
		}
		e.memory.Last[key] = in.Now.UnixMilli()
		quiet := r.Quiet.Holds(in.Now, in.Local)
		if a == nil || a.Quiet && !quiet {
			a = &Alert{Time: in.Now, Rule: *r, Symbol: symbol, Quiet: quiet, Left: left, Readings: m.readings}
		}
	}
	return a
}

// crossing is a condition that a contract crossed just now.
type crossing struct {
	condition, symbol string
	left              bool
}

// crossed is what is known of a crossing.
type crossed struct {
	matching      []match
	value, before float64
}

// crossings holds every threshold, and all conditions, against every contract they are
// about.
func (e *Engine) crossings(in *Input) []Alert {
	found := map[crossing]*crossed{}
	for i := range e.rules {
		r := &e.rules[i]
		if r.Off || r.Signal != "" || r.Check() != nil {
			continue
		}
		for _, q := range in.Snapshot.Quotes {
			if r.Covers(q.Contract.Symbol, in.Circle) && !q.UnitUnclear() { // else it is held against what was before, later
				e.cross(in, r, q, found)
			}
		}
	}
	var alerts []Alert
	for c, x := range found {
		if a := e.raise(in, c.symbol, x.matching, c.left); a != nil {
			a.Value, a.Before, a.Contract = x.value, x.before, in.Snapshot.Quote(c.symbol).Contract
			alerts = append(alerts, *a)
		}
	}
	slices.SortFunc(alerts, func(a, b Alert) int {
		return cmp.Or(strings.Compare(a.Symbol, b.Symbol), strings.Compare(a.Rule.ID, b.Rule.ID))
	})
	return alerts
}

// cross holds one rule against one contract, and adds to found what just happened.
func (e *Engine) cross(in *Input, r *Rule, q *market.Quote, found map[crossing]*crossed) {
	s := side{r.ID, q.Contract.Symbol}
	before, known := e.sides[s]
	now, is := in.stand(r, q)
	if !is {
		delete(e.sides, s)
		return
	}
	e.sides[s] = now
	if !known || now.across == before.across || !before.sameUnit(now) {
		return
	}
	m, left := match{r, now.readings}, !now.across
	switch {
	case r.joins() && (left && r.On == Enters || !left && r.On == Leaves), !r.joins() && left:
		return
	case !r.joins():
		var holds bool
		if m, holds = in.besides(r, q); !holds {
			return
		}
	}
	c := crossing{r.condition(), s.symbol, left}
	if found[c] == nil {
		found[c] = &crossed{value: now.value, before: before.value}
	}
	found[c].matching = append(found[c].matching, m)
}

// stand is where a contract stands by a rule that tells of crossings; false when it is
// not known.
func (in *Input) stand(r *Rule, q *market.Quote) (now position, is bool) {
	if r.joins() {
		holds, readings := in.viewOf(q).judge(r.Where)
		now, is = position{value: market.Unknown, across: holds == yes, readings: readings}, holds != unknown
	} else {
		now, is = step(r, r.Column.Value(q, in.beyond(q.Contract.Symbol), in.Now))
	}
	now.point = market.Point{Time: in.Now.UnixMilli(), Contracts: q.Contracts(), Price: q.Price()}
	return now, is
}

// step is where a number stands; false when it is not known.
func step(r *Rule, x float64) (position, bool) {
	return position{value: x, across: r.across(x)}, market.Known(x)
}
