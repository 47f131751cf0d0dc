package liquidation

import (
	"math"
	"sort"
)

// Bracket is a range of notionals, with the leverage that is allowed there and the
// rate of the maintenance margin.
type Bracket struct {
	Number      int     // from 1; 0 where there is a single rate instead of brackets
	MaxLeverage float64 // 0: not known
	Floor, Cap  float64 // USDT; the floor itself belongs to the bracket before
	Rate        float64 // of the maintenance margin, a fraction
	Cum         float64 // USDT, taken off the maintenance margin: see Table
}

// maintenance is the maintenance margin of a notional in the bracket.
func (b *Bracket) maintenance(notional float64) float64 { return notional*b.Rate - b.Cum }

// Table is the brackets of a contract, ascending. The first begins at zero, each
// begins where the one before ends, and rates do not fall. The maintenance margin
// of a notional N in bracket b is N·Rate_b − Cum_b, with
//
//	Cum_1 = 0, Cum_n = Floor_n·(Rate_n − Rate_{n−1}) + Cum_{n−1}
//
// so that it does not jump where a bracket ends. Decode and SingleRate make one.
type Table struct {
	Symbol   string
	Brackets []Bracket

	Source string  // who says so: an address, or the name of a file
	Date   string  // of when that is, such as 2025-12-05; empty: not said
	Coef   float64 // notionalCoef of the exchange's answer; 0: there was none
}

// SingleRate is a table for any notional, without brackets: the caller says what
// the rate of the maintenance margin is.
func SingleRate(symbol string, rate float64) (*Table, error) {
	if !(rate > 0 && rate < 1) {
		return nil, &InputError{FieldRate, FaultRate}
	}
	return &Table{Symbol: symbol, Brackets: []Bracket{{Cap: math.Inf(1), Rate: rate}}}, nil
}

// Single reports whether the table is a single rate.
func (t *Table) Single() bool { return len(t.Brackets) == 1 && t.Brackets[0].Number == 0 }

// Cap is the largest notional that may be opened.
func (t *Table) Cap() float64 { return t.Brackets[len(t.Brackets)-1].Cap }

// At is the bracket that holds a notional; the last, and true, for one above its
// cap: a position that the price has carried there is kept at the last rate.
func (t *Table) At(notional float64) (b Bracket, beyond bool) {
	last := len(t.Brackets) - 1
	i := sort.Search(last, func(i int) bool { return notional <= t.Brackets[i].Cap })
	return t.Brackets[i], notional > t.Brackets[last].Cap
}
