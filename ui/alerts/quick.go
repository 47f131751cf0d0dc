package alerts

import (
	"math"

	"openinterest/assets"
	"openinterest/data/alert"
	"openinterest/data/market"
	"openinterest/ui/columns"
)

// Quick is a rule on one contract that is made by choosing it from a menu.
type Quick struct {
	Label string
	Rule  alert.Rule
}

const (
	quickPrice    = 5.0  // percent, to either side of the price now
	quickInterest = 10.0 // likewise of open interest
	quickCooldown = 60
)

// QuickRules are rules on a contract as it stands now: on any of its signals, and on
// its price and its open interest leaving where they are.
func (s *Sayer) QuickRules(q *market.Quote) []Quick {
	base := alert.Rule{Scope: alert.ScopeOne, Symbol: q.Contract.Symbol, CooldownMinutes: quickCooldown}
	signals := base
	signals.Signal = alert.AnySignal
	all := []Quick{{Label: s.w.T("alert.any_signal"), Rule: signals}}
	for _, x := range []struct {
		column alert.Column
		value  float64
		away   float64
	}{{alert.Price, q.Price(), quickPrice}, {alert.OIContracts, q.Contracts(), quickInterest}} {
		if !market.Known(x.value) || x.value <= 0 {
			continue
		}
		low, high := significant(x.value*(1-x.away/100)), significant(x.value*(1+x.away/100))
		r := base
		r.On, r.Where = alert.Leaves, []alert.Condition{{Column: x.column, Min: &low, Max: &high}}
		all = append(all, Quick{Rule: r, Label: s.w.T("alert.quick_leaves", assets.Args{"Column": s.w.T("column." + string(x.column)), "Away": x.away,
			"Low": s.Value(x.column, low, &q.Contract), "High": s.Value(x.column, high, &q.Contract)})})
	}
	return all
}

// significant rounds to four significant figures: a bound is read by a person.
func significant(x float64) float64 {
	scale := math.Pow(10, 3-math.Floor(math.Log10(x)))
	return math.Round(x*scale) / scale
}

// ViewRule is a rule about the contracts that a view shows: it tells of those that enter.
// A view that filters by nothing but a list gives a rule on any signal of its contracts.
func ViewRule(name string, q *columns.Query) alert.Rule {
	r := alert.Rule{Name: name, Scope: alert.ScopeAll, CooldownMinutes: quickCooldown}
	switch {
	case q.List != "":
		r.Scope, r.List = alert.ScopeList, q.List
	case q.FavouritesOnly:
		r.Scope = alert.ScopeFavourites
	}
	for _, is := range []string{string(q.Kind), string(q.Event)} {
		if is != "" {
			r.Where = append(r.Where, alert.Condition{Column: alert.SignalColumn, Is: []string{is}})
		}
	}
	for _, c := range q.Where {
		r.Where = append(r.Where, alert.Condition{Column: alert.Column(c.Column), Min: c.Min, Max: c.Max, Is: c.Is})
	}
	if len(r.Where) == 0 {
		r.Signal = alert.AnySignal
	}
	return r
}
