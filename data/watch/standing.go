package watch

import (
	"context"
	"slices"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// ratiosFor is for how long a contract's ratios are kept here: the stamps of a
// baseline's hour are evaluated, and a ratio counts for 15 minutes.
const ratiosFor = 2 * time.Hour

// present is the contract as the signals see it at the newest of points.
func (w *Watch) present(c *contract, points []market.Point) *signal.Input {
	in := c.input(points)
	in.Ratios = c.ratios
	if n := len(points); n > 0 && w.o.Heard != nil {
		stamp := market.FloorStamp(points[n-1].Time)
		in.Liquidations, in.Listened = w.o.Heard(c.symbol, stamp-hour, stamp)
	}
	return in
}

// recallStanding reads the ratios of the days of a baseline, and joins them with what
// was learned since. Liquidations say something of single hours alone, so that they are
// read where the days are walked through, and not each hour again.
func (w *Watch) recallStanding(ctx context.Context, c *contract, past *signal.Input, newest int64, walks bool) error {
	from := hourOf(newest) - reach.Milliseconds()
	if err := w.recallRatios(ctx, past, from, newest); err != nil {
		return err
	}
	past.Ratios = market.MergeRatios(past.Ratios, c.ratios)
	recent := market.RatiosBetween(past.Ratios, newest-ratiosFor.Milliseconds(), newest+hour)
	c.ratios = slices.Clone(recent) // so that 31 days are not held for two hours
	if !walks {
		return nil
	}
	return w.recallLiquidations(ctx, past, from, newest)
}

// recallRatios fills in the ratios of a contract that are kept.
func (w *Watch) recallRatios(ctx context.Context, in *signal.Input, from, to int64) (err error) {
	if w.o.Standing != nil {
		in.Ratios, err = w.o.Standing.Ratios(ctx, in.Symbol, from, to)
	}
	return err
}

// recallLiquidations fills in its liquidations, and when somebody listened.
func (w *Watch) recallLiquidations(ctx context.Context, in *signal.Input, from, to int64) (err error) {
	if w.o.Standing != nil {
		in.Liquidations, in.Listened, err = w.o.Standing.Liquidations(ctx, in.Symbol, from, to)
	}
	return err
}

// learnRatios takes the newest ratios from the contract's row.
func (c *contract) learnRatios() {
	for k, r := range c.quote.Ratios {
		if r.Received.IsZero() {
			continue
		}
		at := market.FloorStamp(r.Time)
		i, known := slices.BinarySearchFunc(c.ratios, at, func(a market.Ratios, t int64) int { return int(a.Time - t) })
		switch {
		case known && c.ratios[i].Values[k] == r.Value:
			continue
		case !known && i == 0 && len(c.ratios) > 0: // older than all that count
			continue
		case !known && len(c.ratios) > 0 && at-c.ratios[0].Time > ratiosFor.Milliseconds():
			c.ratios = market.RatiosBetween(c.ratios, at-ratiosFor.Milliseconds(), at)
		}
		row := market.NoRatios(at)
		row.Values[k] = r.Value
		c.ratios = market.MergeRatios(c.ratios, []market.Ratios{row}) // a new list: evaluations may hold the old one
	}
}
