package fundingheat

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"openinterest/data/market"
)

// Days is how many days the table shows, up to today.
const Days = 30

const (
	dayMillis = int64(24 * time.Hour / time.Millisecond)
	yearHours = 365 * 24
)

// cell is what is known of a day's funding.
type cell struct {
	apr      float64 // percent in a year; Unknown where no payment is
	paid     float64 // the sum of the rates, percent
	payments int
	hours    float64 // for how long they were
}

// contract is one row of the table.
type contract struct {
	symbol string
	days   [Days]cell // the oldest first
	mean   cell       // over all days that are known
}

// firstDay is when the oldest day shown began, where now is today.
func firstDay(now time.Time) int64 {
	return now.UnixMilli()/dayMillis*dayMillis - (Days-1)*dayMillis
}

// summarise sums a contract's payments up by the UTC day in which they were made,
// each for the hours since the one before; hours is the interval that holds now, 0
// where that is not known. Those before from only tell for how long the first was.
func summarise(symbol string, points []market.FundingPoint, hours int, from int64) contract {
	c := contract{symbol: symbol}
	for i, p := range points {
		day := (p.Time - from) / dayMillis // stamps are some milliseconds late, never early
		if p.Time < from || day >= Days || !market.Known(p.Rate) {
			continue
		}
		length := market.FundingHours(points, i, hours)
		if length == 0 {
			length = float64(market.DefaultFundingTerms().IntervalHours)
		}
		for _, to := range []*cell{&c.days[day], &c.mean} {
			to.paid += 100 * p.Rate
			to.hours += length
			to.payments++
		}
	}
	for i := range c.days {
		c.days[i].average()
	}
	c.mean.average()
	return c
}

func (c *cell) average() {
	c.apr = market.Unknown
	if c.payments > 0 {
		c.apr = c.paid / c.hours * yearHours
	}
}

// knownDays is of how many days anything is known.
func (c *contract) knownDays() (n int) {
	for i := range c.days {
		if c.days[i].payments > 0 {
			n++
		}
	}
	return n
}

// The ways to sort the table, as they are kept in a state.
const (
	ByHighest = "" // the highest average first
	ByLowest  = "lowest"
	ByName    = "name"
)

// ordered are the contracts whose name contains a text, in an order. What is not
// known comes last in any.
func ordered(all []contract, text, by string) []contract {
	text = strings.ToUpper(strings.TrimSpace(text))
	shown := make([]contract, 0, len(all))
	for _, c := range all {
		if strings.Contains(strings.ToUpper(c.symbol), text) {
			shown = append(shown, c)
		}
	}
	slices.SortStableFunc(shown, func(a, b contract) int {
		x, y := a.mean.apr, b.mean.apr
		switch {
		case by == ByName:
		case !market.Known(x) || !market.Known(y):
			if market.Known(x) != market.Known(y) {
				return cmp.Compare(b.mean.payments, a.mean.payments)
			}
		case x != y && by == ByLowest:
			return cmp.Compare(x, y)
		case x != y:
			return cmp.Compare(y, x)
		}
		return strings.Compare(a.symbol, b.symbol)
	})
	return shown
}

const (
	quietAPR = 8   // percent in a year: what is far below has hardly any colour
	mostAPR  = 300 // and from here on it is as strong as it gets
)

// strength is how strong the colour of a rate is, −1 … 1: by its size, small ones
// apart and large ones too, so that neither the usual 11 % nor 300 % drowns the other.
func strength(apr float64) float64 {
	return max(-1, min(1, math.Asinh(apr/quietAPR)/math.Asinh(mostAPR/float64(quietAPR))))
}
