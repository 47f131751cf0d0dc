package chartpane

import (
	"math"
	"time"

	"openinterest/data/market"
)

// TimeAxis is the span of time that a pane's charts show, and the instant that
// their crosshair is at. Gestures and keys change it; whoever draws something
// over it subscribes. It shows the range chosen, up to now, until it is zoomed or
// scrolled; then it shows another length, or stays where it was scrolled to
// while now goes on.
//
// Axes that are linked (see Link) are kept equal. All methods belong to the UI's
// goroutine, as do the calls to who subscribed.
type TimeAxis struct {
	timeState
	link     *Link        // nil: alone
	now      time.Time    // the exchange's clock; zero: not known yet
	first    func() int64 // the time of the first point that there is; nil: now
	earliest func() int64 // that of the first that there could be; nil: now

	ladder  []market.Range // what can be loaded, the shortest first
	moved   []func()
	crossed []func()
}

// timeState is what linked axes have in common.
type timeState struct {
	chosen market.Range
	length int64 // ms shown where it was zoomed; 0: as long as the range chosen
	to     int64 // the right edge where it was scrolled back; 0: it follows now

	at      int64 // the crosshair, Unix ms
	pointed bool  // there is one
}

const (
	shortest = int64(10 * time.Minute / time.Millisecond) // two stamps
	edgeFine = 1500                                       // steps of the right edge, as many as a wide chart has pixels
)

// newTimeAxis returns an axis over a range, of which those of a ladder can be loaded.
func newTimeAxis(chosen market.Range, ladder []market.Range) *TimeAxis {
	return &TimeAxis{timeState: timeState{chosen: chosen}, ladder: ladder}
}

// Subscribe has moved called when the span is another, also by way of a linked
// axis, and crossed when the crosshair is.
func (a *TimeAxis) Subscribe(moved, crossed func()) {
	a.moved, a.crossed = append(a.moved, moved), append(a.crossed, crossed)
}

// advance tells the time. It calls nobody: who tells it draws what is new anyway.
func (a *TimeAxis) advance(now time.Time) { a.now = now }

// Span is what is shown. The right edge of an axis that follows now lies a
// little after it, and moves in steps too small to be seen, so that a chart at
// rest is not drawn again.
func (a *TimeAxis) Span() (from, to int64) {
	length := a.Length()
	to = a.to
	if a.Follows() {
		to = a.edge(length)
	}
	return to - length, to
}

// Length is that of the span in ms.
func (a *TimeAxis) Length() int64 {
	switch {
	case a.length != 0:
		return a.length
	case a.chosen != market.RangeAll:
		return time.Duration(a.chosen).Milliseconds()
	}
	return max(a.millis()-a.least((*TimeAxis).firstPoint), time.Hour.Milliseconds())
}

// Follows reports whether the right edge is now.
func (a *TimeAxis) Follows() bool { return a.to == 0 }

// Zoomed reports whether something else is shown than the range chosen, up to now.
func (a *TimeAxis) Zoomed() bool { return a.length != 0 || a.to != 0 }

// Chosen is the range chosen.
func (a *TimeAxis) Chosen() market.Range { return a.chosen }

// Needs is the shortest range that reaches back as far as what is shown: one that
// is offered, or a number of years.
func (a *TimeAxis) Needs() market.Range {
	if a.chosen == market.RangeAll && !a.Zoomed() {
		return market.RangeAll
	}
	from, _ := a.Span()
	return a.reaching(from)
}

func (a *TimeAxis) reaching(from int64) market.Range {
	for _, r := range a.ladder {
		if r == market.RangeAll { // not more of everything than is looked at
			years := max(0, a.millis()-from)/time.Duration(market.Range1y).Milliseconds() + 1
			return market.Range(years) * market.Range1y
		}
		if a.millis()-time.Duration(r).Milliseconds() <= from {
			return r
		}
	}
	return a.ladder[len(a.ladder)-1]
}

// Fits is the shortest range that is as long as what is shown.
func (a *TimeAxis) Fits() market.Range {
	length := a.Length()
	for _, r := range a.ladder {
		if r == market.RangeAll || time.Duration(r).Milliseconds() >= length {
			return r
		}
	}
	return a.ladder[len(a.ladder)-1]
}

// least is the earliest instant that this axis or one linked to it has.
func (a *TimeAxis) least(of func(*TimeAxis) int64) int64 {
	first := of(a)
	for _, other := range a.link.others(a) {
		first = min(first, of(other))
	}
	return first
}

func (a *TimeAxis) firstPoint() int64    { return a.ask(a.first) }
func (a *TimeAxis) firstPossible() int64 { return a.ask(a.earliest) }

func (a *TimeAxis) ask(of func() int64) int64 {
	if of == nil {
		return a.millis()
	}
	return of()
}

// millis is now; the beginning of all times while it isn't known.
func (a *TimeAxis) millis() int64 {
	if a.now.IsZero() {
		return 0
	}
	return a.now.UnixMilli()
}

// edge is where now is the right edge of a span.
func (a *TimeAxis) edge(length int64) int64 {
	step := max(1000, length/edgeFine)
	return (a.millis()/step + 1) * step
}

// Choose shows a range, up to now.
func (a *TimeAxis) Choose(r market.Range) {
	s := a.timeState
	s.chosen, s.length, s.to = r, 0, 0
	a.set(s)
}

// Reset shows the range chosen, up to now.
func (a *TimeAxis) Reset() { a.Choose(a.chosen) }

// Follow goes back to now, as far zoomed as it was.
func (a *TimeAxis) Follow() {
	s := a.timeState
	s.to = 0
	a.set(s)
}

// Show shows a span. One that reaches now follows it from then on; one that is
// longer than all there could be, or lies beyond it, is brought back to it.
func (a *TimeAxis) Show(from, to int64) {
	s := a.timeState
	begin, length := a.limits()
	length = min(length, max(shortest, to-from))
	edge := a.edge(length)
	s.length, s.to = length, min(edge, max(begin+length, from+length))
	if s.to > edge-max(1, length/edgeFine) {
		s.to = 0
	}
	if s.to == 0 && a.chosen != market.RangeAll && length == time.Duration(a.chosen).Milliseconds() {
		s.length = 0
	}
	a.set(s)
}

// Jump shows a span that was written down, also where there could be nothing.
func (a *TimeAxis) Jump(from, to int64) {
	s := a.timeState
	s.length = max(shortest, to-from)
	if s.to = from + s.length; s.to >= a.edge(s.length) {
		s.to = a.edge(s.length)
		s.length = s.to - from
		s.to = 0
	}
	a.set(s)
}

// limits are how far to the left an axis can be scrolled, and how long it can
// be: a third of it may lie before anything that there could be, so that it can
// say why there is nothing.
func (a *TimeAxis) limits() (begin, length int64) {
	least := a.least((*TimeAxis).firstPossible)
	if a.chosen != market.RangeAll {
		least = min(least, a.edge(0)-time.Duration(a.chosen).Milliseconds())
	}
	all := a.edge(0) - least
	return least - min(a.Length(), all)/3, max(shortest, all+all/3)
}

// Zoom multiplies the length by a factor, so that what is at a fraction of the
// width stays there. At the right end of an axis that follows now, one zooms into now.
func (a *TimeAxis) Zoom(factor, fraction float64) {
	const right = 0.97
	if fraction = min(1, max(0, fraction)); fraction > right && a.Follows() {
		fraction = 1
	}
	from, to := a.Span()
	_, most := a.limits()
	length := math.Round(min(float64(most), max(float64(shortest), float64(to-from)*factor)))
	begin := float64(from) + fraction*(float64(to-from)-length)
	a.Show(int64(math.Round(begin)), int64(math.Round(begin))+int64(length))
}

// Pan moves the span by a part of its length; by less than 0 into the past.
func (a *TimeAxis) Pan(part float64) {
	from, to := a.Span()
	by := int64(math.Round(part * float64(to-from)))
	a.Show(from+by, to+by)
}

// Oldest shows the beginning of what has been loaded, or of the range chosen: it
// does not have years fetched, as scrolling on from there does.
func (a *TimeAxis) Oldest() {
	least := a.least((*TimeAxis).firstPoint)
	if a.chosen != market.RangeAll {
		least = min(least, a.edge(0)-time.Duration(a.chosen).Milliseconds())
	}
	a.Show(least, least+a.Length())
}

// Reveal pans just as far as brings an instant into view.
func (a *TimeAxis) Reveal(ms int64) {
	from, to := a.Span()
	switch margin := (to - from) / 50; {
	case ms < from:
		a.Show(ms-margin, to-from+ms-margin)
	case ms > to:
		a.Show(from+ms+margin-to, ms+margin)
	}
}

// Crosshair is the instant that is read out.
func (a *TimeAxis) Crosshair() (ms int64, ok bool) { return a.at, a.pointed }

// Point puts the crosshair at an instant.
func (a *TimeAxis) Point(ms int64) {
	s := a.timeState
	s.at, s.pointed = ms, true
	a.set(s)
}

// Unpoint takes the crosshair away.
func (a *TimeAxis) Unpoint() {
	s := a.timeState
	s.pointed = false
	a.set(s)
}

// set changes the axis and those linked to it.
func (a *TimeAxis) set(s timeState) {
	a.take(s)
	for _, other := range a.link.others(a) {
		other.take(s)
	}
}

// take changes the axis alone.
func (a *TimeAxis) take(s timeState) {
	before := a.timeState
	a.timeState = s
	if before.chosen != s.chosen || before.length != s.length || before.to != s.to {
		for _, f := range a.moved {
			f()
		}
	}
	if before.at != s.at || before.pointed != s.pointed {
		for _, f := range a.crossed {
			f()
		}
	}
}
