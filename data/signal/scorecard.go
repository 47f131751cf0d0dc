package signal

import (
	"slices"
	"time"

	"openinterest/data/market"
)

// Measure is what a hit means.
type Measure string

// The measures. Kinds with a direction are all scored on whether the price was
// higher, so that their rates compare with each other and with one base rate;
// a signal that is followed by falls shows as a rate below it.
const (
	PriceHigher      Measure = "price_higher"      // the price was higher after the horizon
	VolatilityHigher Measure = "volatility_higher" // realised volatility was higher than in the 7 days before
)

// Measure is what the kind is scored on: spikes on volatility, for they claim no direction.
func (k EventKind) Measure() Measure {
	if k == Spike1h || k == Spike4h {
		return VolatilityHigher
	}
	return PriceHigher
}

// Grade says how much a number of cases carries.
type Grade string

// The grades.
const (
	NotEnough Grade = "not_enough_data" // n < 10: no rate is told
	Few       Grade = "few"             // 10–29: greyed
	Enough    Grade = "enough"          // 30 or more
)

const (
	fewestCases  = 10
	enoughCases  = 30
	findingQ     = 0.10
	archiveBelow = 90 // days of history, below which the archive is asked for
)

// gradeOf says how much n cases carry.
func gradeOf(n int) Grade {
	switch {
	case n < fewestCases:
		return NotEnough
	case n < enoughCases:
		return Few
	}
	return Enough
}

// Verdict is what a comparison comes to.
type Verdict string

// The verdicts.
const (
	TooFew  Verdict = "not_enough_data"
	Chance  Verdict = "chance"  // not distinguishable from chance
	Differs Verdict = "differs" // the interval of the difference leaves 0 out, and q < 0.10
)

// verdictOf puts a difference into words, given its q-value.
func verdictOf(g Grade, d Interval, q float64) Verdict {
	switch {
	case g == NotEnough:
		return TooFew
	case q < findingQ && !d.Holds(0):
		return Differs
	}
	return Chance
}

// Cell is one kind over one horizon. Rates are fractions; unknown while there
// are fewer than 10 cases.
type Cell struct {
	Kind    EventKind     `json:"kind"`
	Horizon string        `json:"horizon"` // "24h"
	Window  market.Window `json:"-"`       // the horizon
	Measure Measure       `json:"measure"`

	Contracts   int `json:"contracts"`    // on which the kind could be evaluated at any time
	OfContracts int `json:"of_contracts"` // that the scorecard is about

	Since    time.Time `json:"since"`    // from when on the kind could fire; zero: it never could be evaluated
	Fired    int       `json:"fired"`    // all events
	Cases    int       `json:"cases"`    // n: independent cases; in a pooled card, periods
	Events   int       `json:"events"`   // that those cases are made of
	Pending  int       `json:"pending"`  // horizon not passed yet
	Unscored int       `json:"unscored"` // a stamp that the outcome needs is missing
	Grade    Grade     `json:"grade"`

	Rate       Interval `json:"rate"`      // how often the measure was met
	BaseRate   Interval `json:"base_rate"` // how often at any time of the same period
	BaseCases  int      `json:"base_cases"`
	Difference Interval `json:"difference"`
	Mean       Interval `json:"mean"`      // forward return in %, or the volatility ratio
	BaseMean   Interval `json:"base_mean"` // the same at any time

	P      Number  `json:"p"`
	Q      Number  `json:"q"` // over all cells and lifts of the scorecard
	Halves [2]Half `json:"halves"`
	Holds  bool    `json:"holds_in_both_halves"` // the difference has the same sign in each, with at least 10 cases
	Badge  bool    `json:"badge"`                // q < 0.10, n ≥ 30, and it holds in both halves

	Verdict Verdict `json:"verdict"`
}

// Half is one half of the period, by calendar time.
type Half struct {
	Cases      int    `json:"cases"`
	Rate       Number `json:"rate"`
	BaseRate   Number `json:"base_rate"`
	Difference Number `json:"difference"`
}

// Lift tells what open interest adds to a price move: how often the price went
// on after a move that open interest confirmed, less how often after one that
// it did not.
type Lift struct {
	Mirror  bool          `json:"mirror"`  // false: P(up | price up, …); true: P(down | price down, …)
	Move    string        `json:"window"`  // W of the readings: "24h", "4h"
	Horizon string        `json:"horizon"` // "4h"
	Window  market.Window `json:"-"`       // the horizon

	CasesRising  int      `json:"cases_rising"` // open interest up
	CasesFalling int      `json:"cases_falling"`
	Rising       Interval `json:"rate_rising"`
	Falling      Interval `json:"rate_falling"`
	Difference   Interval `json:"lift"`
	P            Number   `json:"p"`
	Q            Number   `json:"q"`
	Grade        Grade    `json:"grade"` // by the smaller number of cases

	// AddsNothing: there are enough cases to tell, and the interval holds 0:
	// open interest added nothing beyond price.
	AddsNothing bool    `json:"adds_nothing"`
	Verdict     Verdict `json:"verdict"`
}

// Origin says where the events of a scorecard come from.
type Origin string

// The origins; they are never mixed.
const (
	FromHistory Origin = "history" // computed on stored stamps
	SeenLive    Origin = "live"    // told by this program as they happened
)

// Scorecard is what followed the events of one contract, or of many.
type Scorecard struct {
	Symbol            string    `json:"symbol,omitempty"` // empty: pooled
	Contracts         int       `json:"contracts"`        // that it covers
	Origin            Origin    `json:"origin"`
	DefinitionVersion int       `json:"definition_version"`
	From              time.Time `json:"from"` // of the stamps
	To                time.Time `json:"to"`
	Days              float64   `json:"days"`

	// ArchiveNeeded: the history is shorter than 90 days. 30 days hold about 9
	// independent 24 h events a contract, which leaves a rate open by ±26 points.
	ArchiveNeeded bool `json:"archive_needed"`

	Lifts []Lift `json:"lifts"` // the headline
	Cells []Cell `json:"cells"` // by kind, then horizon
}

// Cell finds a kind over a horizon; nil for one that is not scored.
func (s *Scorecard) Cell(k EventKind, horizon market.Window) *Cell {
	for i := range s.Cells {
		if s.Cells[i].Kind == k && s.Cells[i].Window == horizon {
			return &s.Cells[i]
		}
	}
	return nil
}

// ByLowerBound sorts cells by the lower bound of their rate, the highest first
// and those without one last.
func ByLowerBound(cells []Cell) []Cell {
	sorted := slices.Clone(cells)
	slices.SortStableFunc(sorted, func(a, b Cell) int {
		switch x, y := a.Rate.Low, b.Rate.Low; {
		case x == y || !x.Known() && !y.Known():
			return 0
		case !y.Known() || x > y:
			return -1
		}
		return 1
	})
	return sorted
}
