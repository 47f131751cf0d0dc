package chartpane

import (
	"math"
	"time"

	"openinterest/data/market"
)

// track is the open interest of one contract as a chart shows it: closed
// stamps and, last, the live point.
type track struct {
	times     []int64
	contracts []float64
	prices    []float64
	gap       int64 // a longer step is a gap, ms
}

// never is an instant later than any.
const never = math.MaxInt64 / 2

// newTrack takes the points of a series from an instant on and adds what the
// feed knows beyond it: the newest 5-minute stamps and the live quote.
func newTrack(s *market.Series, q *market.Quote, from int64) track {
	var t track
	if s.Len() > 0 {
		t.gap = 2*s.Period.Millis() - 1 // one missing stamp breaks the line
		t.add(s.Between(from, never)...)
	}
	if q == nil {
		return t
	}
	t.gap = max(t.gap, 2*market.StepMillis-1)
	t.add(q.History.Between(max(from, t.end()+1), never)...)
	if c := q.Contracts(); market.Known(c) && q.OpenInterest.Received.UnixMilli() > max(from, t.end()) {
		t.add(market.Point{Time: q.OpenInterest.Received.UnixMilli(), Contracts: c, Price: q.Price()})
	}
	return t
}

func (t *track) add(points ...market.Point) {
	for _, p := range points {
		t.times = append(t.times, p.Time)
		t.contracts = append(t.contracts, p.Contracts)
		t.prices = append(t.prices, p.Price)
	}
}

// end is the time of the last point.
func (t *track) end() int64 {
	if len(t.times) == 0 {
		return -never
	}
	return t.times[len(t.times)-1]
}

// usd returns contracts × price of each point.
func (t *track) usd() []float64 {
	values := make([]float64, len(t.times))
	for i := range values {
		values[i] = t.contracts[i] * t.prices[i]
	}
	return values
}

// percent returns by how many percent the contracts differ from those of the
// first point. The track must begin at the left edge of the chart.
func (t *track) percent() []float64 {
	values := make([]float64, len(t.times))
	for i := range values {
		values[i] = market.PercentChange(t.contracts[0], t.contracts[i])
	}
	return values
}

// span is the time a chart of a range shows. The right edge lies a little
// after now, and moves in steps too small to be seen, so that a chart at rest
// is not drawn again. A range without an end begins with the first point.
func span(r market.Range, now time.Time, first int64) (from, to int64) {
	length := time.Duration(r).Milliseconds()
	if r == market.RangeAll {
		length = max(now.UnixMilli()-first, time.Hour.Milliseconds())
	}
	const steps = 1500 // as many as a wide chart has pixels
	step := max(1000, length/steps)
	to = (now.UnixMilli()/step + 1) * step
	return to - length, to
}
