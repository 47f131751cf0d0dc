package watch

import (
	"time"

	"openinterest/data/market"
)

// Beyond is what a contract's signals and history add to its quote, in a market
// of these totals. A nil Sign adds nothing. What is too old to be the present is
// left out.
func (s *Sign) Beyond(t market.Totals) *market.Beyond {
	b := &market.Beyond{Totals: t, Z24h: market.Unknown}
	if s == nil {
		return b
	}
	if s.fresh {
		b.Z24h = s.Evaluation.Reading24h.ZOpenInterest
	}
	b.Week = s.Week
	return b
}

// weekLasts is for how long the stamps kept from a week ago are asked for: the
// hour of the baseline that they were read with, and the time that the next one
// takes to be made; all contracts get theirs within minutes.
const weekLasts = time.Hour + 30*time.Minute

// weekAgo picks the stamps from a week before newest on, in the unit of the last
// point; nil where there are none.
func weekAgo(points []market.Point, newest int64) *market.Week {
	from := hourOf(newest) - market.Window7d.Millis()
	all := market.Series{Points: points}
	last, ok := all.Last()
	if !ok {
		return nil
	}
	since := all.Between(from, last.Time)
	since = market.Rescale(since, market.UnitChanges(since))
	week := market.Series{Points: since}
	kept := week.Between(from, from+weekLasts.Milliseconds())
	if len(kept) == 0 {
		return nil
	}
	return &market.Week{Points: append([]market.Point(nil), kept...), AsOf: last.Time}
}
