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
}

// Input is what the engine is shown.
type Input struct {
	Now        time.Time // the exchange's clock
	Local      *time.Location
	Snapshot   *market.Snapshot
	Events     []signal.Event // that fired lately; the same may be given again and again
	Favourites map[string]bool

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
	value  float64
	across bool
	point  market.Point // contracts and price at that time, which tell a change of unit
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
	before := map[string]condition{}
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
	var matching []*Rule
	for i := range e.rules {
		if r := &e.rules[i]; !r.Off && r.Check() == nil && r.Signal == event.Kind && r.Covers(event.Symbol, in.Favourites) {
			matching = append(matching, r)
		}
	}
	a := e.raise(in, event.Symbol, matching)
	if a != nil {
		a.Event, a.Value, a.Before = event, market.Unknown, market.Unknown
		if q := in.Snapshot.Quote(event.Symbol); q != nil {
			a.Contract = q.Contract
		}
	}
	return a, true
}

// raise makes one alert for rules that match the same event; nil when all of
// them are cooling down. A rule that may disturb goes before one that may not.
func (e *Engine) raise(in *Input, symbol string, matching []*Rule) *Alert {
	var a *Alert
	for _, r := range matching {
		last, told := e.memory.Last[r.ID+" "+symbol]
		if told && in.Now.UnixMilli()-last < r.cooldown().Milliseconds() {
			continue
		}
		e.memory.Last[r.ID+" "+symbol] = in.Now.UnixMilli()
		quiet := r.Quiet.Holds(in.Now, in.Local)
		if a == nil || a.Quiet && !quiet {
			a = &Alert{Time: in.Now, Rule: *r, Symbol: symbol, Quiet: quiet}
		}
	}
	return a
}

// crossing is a condition that a contract crossed just now.
type crossing struct {
	condition
	symbol string
}

// crossings holds every threshold against every contract it is about.
func (e *Engine) crossings(in *Input) []Alert {
	matching := map[crossing][]*Rule{}
	values := map[crossing][2]float64{}
	for i := range e.rules {
		r := &e.rules[i]
		if r.Off || r.Column == "" || r.Check() != nil {
			continue
		}
		for _, q := range in.Snapshot.Quotes {
			symbol := q.Contract.Symbol
			if !r.Covers(symbol, in.Favourites) || q.UnitUnclear() { // it is held against what was before, later
				continue
			}
			s := side{r.ID, symbol}
			before, known := e.sides[s]
			now, is := step(r, r.Column.Value(q, in.beyond(symbol), in.Now))
			now.point = market.Point{Time: in.Now.UnixMilli(), Contracts: q.Contracts(), Price: q.Price()}
			if !is {
				delete(e.sides, s)
				continue
			}
			e.sides[s] = now
			if known && now.across && !before.across && before.sameUnit(now) {
				c := crossing{r.condition(), symbol}
				matching[c] = append(matching[c], r)
				values[c] = [2]float64{now.value, before.value}
			}
		}
	}
	var alerts []Alert
	for c, rules := range matching {
		if a := e.raise(in, c.symbol, rules); a != nil {
			a.Value, a.Before, a.Contract = values[c][0], values[c][1], in.Snapshot.Quote(c.symbol).Contract
			alerts = append(alerts, *a)
		}
	}
	slices.SortFunc(alerts, func(a, b Alert) int {
		return cmp.Or(strings.Compare(a.Symbol, b.Symbol), strings.Compare(a.Rule.ID, b.Rule.ID))
	})
	return alerts
}

// step is where a number stands; false when it is not known.
func step(r *Rule, x float64) (position, bool) {
	return position{value: x, across: r.across(x)}, market.Known(x)
}
