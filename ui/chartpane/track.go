package chartpane

import (
	"math"
	"slices"
	"sort"

	"openinterest/data/market"
)

// track is the open interest of one contract as a chart shows it: closed
// stamps and, last, the live point. It shares the points of the series, which
// may be a hundred thousand; the slices that a chart draws are made of it where
// it is drawn, off the UI's goroutine.
type track struct {
	body []market.Point // of the series
	tail []market.Point // newer ones
	gap  int64          // a longer step is a gap, ms

	changes []market.UnitChange // that were undone, the oldest first
}

// never is an instant later than any.
const never = math.MaxInt64 / 2

// newTrack takes the points of a series from an instant on and adds what the
// feed knows beyond it: the newest 5-minute stamps and the live quote.
func newTrack(s *market.Series, q *market.Quote, from int64) *track {
	t := &track{}
	if s.Len() > 0 {
		t.gap = 2*s.Period.Millis() - 1 // one missing stamp breaks the line
		t.body = s.Between(from, never)
	}
	if q == nil {
		return t
	}
	t.gap = max(t.gap, 2*market.StepMillis-1)
	t.tail = q.History.Between(max(from, t.end()+1), never)
	if c := q.Contracts(); market.Known(c) && !q.UnitUnclear() && q.OpenInterest.Received.UnixMilli() > max(from, t.end()) {
		t.tail = append(t.tail, market.Point{Time: q.OpenInterest.Received.UnixMilli(), Contracts: c, Price: q.Price()})
	}
	return t
}

// rescale undoes a change of unit that came after the body, or with its last
// point: the body is in the unit of its own end.
func (t *track) rescale() {
	if len(t.tail) == 0 {
		return
	}
	newest := t.tail
	if n := len(t.body); n > 0 {
		newest = slices.Concat(t.body[n-1:], t.tail)
	}
	if changes := market.UnitChanges(newest); changes != nil {
		t.body, t.tail = nil, market.Rescale(slices.Concat(t.body, t.tail), changes)
		t.changes = slices.Concat(t.changes, changes)
	}
}

// end is the time of the last point.
func (t *track) end() int64 {
	for _, points := range [][]market.Point{t.tail, t.body} {
		if n := len(points); n > 0 {
			return points[n-1].Time
		}
	}
	return -never
}

func (t *track) len() int { return len(t.body) + len(t.tail) }

// at is the i-th point.
func (t *track) at(i int) market.Point {
	if i < len(t.body) {
		return t.body[i]
	}
	return t.tail[i-len(t.body)]
}

func (t *track) times() []int64 {
	times := make([]int64, 0, t.len())
	for _, points := range [][]market.Point{t.body, t.tail} {
		for i := range points {
			times = append(times, points[i].Time)
		}
	}
	return times
}

func (t *track) contracts() []float64 {
	values := make([]float64, 0, t.len())
	for _, points := range [][]market.Point{t.body, t.tail} {
		for i := range points {
			values = append(values, points[i].Contracts)
		}
	}
	return values
}

func (t *track) prices() []float64 {
	values := make([]float64, 0, t.len())
	for _, points := range [][]market.Point{t.body, t.tail} {
		for i := range points {
			values = append(values, points[i].Price)
		}
	}
	return values
}

// usd returns contracts × price of each point.
func (t *track) usd() []float64 {
	values := t.contracts()
	for i, price := range t.prices() {
		values[i] *= price
	}
	return values
}

// position returns the sum, from the first point on, of what the contracts were
// worth that came less those that went, each at its price then: its change is
// that of the open interest in USD without what the price did to it.
func (t *track) position() []float64 {
	values := t.contracts()
	before, sum := market.Unknown, 0.0
	for i, price := range t.prices() {
		by := (values[i] - before) * price
		if before = values[i]; market.Known(by) {
			sum += by
		}
		values[i] = sum
	}
	return values
}

// from returns the part of a track from an instant on.
func (t *track) from(ms int64) *track {
	cut := *t
	for _, points := range []*[]market.Point{&cut.body, &cut.tail} {
		i := sort.Search(len(*points), func(i int) bool { return (*points)[i].Time >= ms })
		*points = (*points)[i:]
	}
	return &cut
}

// until returns the part of a track up to an instant.
func (t *track) until(ms int64) *track {
	cut := *t
	for _, points := range []*[]market.Point{&cut.body, &cut.tail} {
		i := sort.Search(len(*points), func(i int) bool { return (*points)[i].Time > ms })
		*points = (*points)[:i]
	}
	return &cut
}

// first is the time of the first point.
func (t *track) first() (int64, bool) {
	for _, points := range [][]market.Point{t.body, t.tail} {
		if len(points) > 0 {
			return points[0].Time, true
		}
	}
	return 0, false
}

// base is the first number of contracts, since which percent count; Unknown
// where there is none.
func (t *track) base() float64 {
	for _, points := range [][]market.Point{t.body, t.tail} {
		if len(points) > 0 {
			return points[0].Contracts
		}
	}
	return market.Unknown
}
