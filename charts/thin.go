package charts

import (
	"fmt"
	"math"
	"runtime"
	"sort"
	"sync"
	"sync/atomic"

	"openinterest/charts/canvas"
)

// parallel calls f(0) … f(n−1) on as many goroutines as there are processors,
// and returns when all are done.
func parallel(n int, f func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	var next atomic.Int64
	work := func() {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			f(i)
		}
	}
	var wait sync.WaitGroup
	for range workers - 1 {
		wait.Go(work)
	}
	work()
	wait.Wait()
}

// extent is what a line shows in the span of a request.
type extent struct {
	begin, end int     // its points in the span, and one neighbour on either side
	low, high  float64 // of the values shown, low > high if there is none
	last       int     // the last point shown; −1: none
}

func (e *extent) empty() bool { return e.last < 0 }

// measure finds what a line shows; its values below lowest are unknown.
func measure(l *Line, from, to int64, lowest float64) (extent, error) {
	n := len(l.Times)
	first := sort.Search(n, func(i int) bool { return l.Times[i] >= from })
	stop := sort.Search(n, func(i int) bool { return l.Times[i] > to })
	stop = max(stop, first) // unsorted times may disagree
	e := extent{begin: max(first-1, 0), end: min(stop+1, n), last: -1}
	before := int64(math.MinInt64)
	for i, ms := range l.Times[e.begin:e.end] {
		if ms < before {
			return e, fmt.Errorf("line %s, point %d: %w", l.Key, e.begin+i, ErrUnsorted)
		}
		before = ms
	}
	e.low, e.high = bounds(l.Values[first:stop], lowest)
	for e.last = stop - 1; e.last >= first && !known(l.Values[e.last], lowest); {
		e.last--
	}
	if e.last < first {
		e.last = -1
	}
	e.include(l, first-1, from, lowest)
	e.include(l, stop-1, to, lowest)
	if e.low <= e.high {
		e.low, e.high = l.Shown(e.low), l.Shown(e.high)
	}
	return e, nil
}

// include widens the extent to where the segment from point i to the next
// crosses the instant at.
func (e *extent) include(l *Line, i int, at int64, lowest float64) {
	if i < 0 || i+1 >= len(l.Times) || !known(l.Values[i], lowest) || !known(l.Values[i+1], lowest) {
		return
	}
	step := l.Times[i+1] - l.Times[i]
	if step <= 0 || l.Gap > 0 && step > l.Gap {
		return
	}
	v := l.Values[i] + (l.Values[i+1]-l.Values[i])*(float64(at-l.Times[i])/float64(step))
	e.low, e.high = min(e.low, v), max(e.high, v)
}

func known(v, lowest float64) bool { return v >= lowest && v <= limit }

// bounds is the least and the greatest known value; low > high if there is none.
func bounds(values []float64, lowest float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range values { // no comparison with NaN is true
		if v < low {
			low = v
		}
		if v > high {
			high = v
		}
	}
	if known(low, lowest) && known(high, lowest) {
		return low, high
	}
	return knownBounds(values, lowest)
}

// columnBounds is bounds for the few dozen points of a pixel column. It compares
// floats as integers of the same order, which compiles without branches: where a
// new minimum can hardly be predicted, this takes a third of the time. (Over a
// whole series new minima are rare, and bounds is the faster.)
func columnBounds(values []float64, lowest float64) (low, high float64) {
	least, greatest := int64(math.MaxInt64), int64(math.MinInt64)
	for _, v := range values {
		k := sortable(math.Float64bits(v))
		least, greatest = min(least, k), max(greatest, k)
	}
	// The inverse of sortable is itself. NaNs sort outside the infinities.
	low = math.Float64frombits(uint64(sortable(uint64(least))))
	high = math.Float64frombits(uint64(sortable(uint64(greatest))))
	if known(low, lowest) && known(high, lowest) {
		return low, high
	}
	return knownBounds(values, lowest)
}

func knownBounds(values []float64, lowest float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if known(v, lowest) {
			low, high = min(low, v), max(high, v)
		}
	}
	return low, high
}

// sortable maps the bits of floats to integers of the same order: those of
// negative floats, which sort backwards, are flipped all but the sign.
func sortable(bits uint64) int64 {
	return int64(bits ^ uint64(int64(bits)>>63)>>1)
}

// thin reduces the points of a line to steps of a polyline, at most two for each
// pixel column: columns with up to two points keep them as they are; of the
// others remain the first, last, lowest and highest value, so that the picture
// covers the same pixels as that of all points. Breaks inside a column are too
// small to see; those between columns stay.
func thin(l *Line, e extent, g *geometry) []canvas.Step {
	lowest := l.lowest(g.scales[l.Axis&1].log)
	t := thinner{line: l, g: g, lowest: lowest, previous: -1}
	t.steps = make([]canvas.Step, 0, min(e.end-e.begin, 2*(g.Plot.Dx()+2)))
	count := 1
	for i := e.begin; i < e.end; {
		column := math.Floor(g.X(l.Times[i]) + 0.5)
		j := t.advance(i, min(i+count, e.end), e.end, g.firstAfter(column))
		count = j - i
		if count <= 2 {
			for k := i; k < j; k++ {
				t.point(k)
			}
		} else {
			t.column(column, i, j)
		}
		i = j
	}
	return t.steps
}

type thinner struct {
	line     *Line
	g        *geometry
	lowest   float64
	steps    []canvas.Step
	previous int  // the last known point; −1: none
	broken   bool // an unknown point came after it
}

// advance finds the end of the points before bound, from a guess: neighbouring
// columns hold about as many.
func (t *thinner) advance(begin, guess, end int, bound int64) int {
	j := max(guess, begin+1)
	for j < end && t.line.Times[j] < bound {
		j++
	}
	for j > begin+1 && t.line.Times[j-1] >= bound {
		j--
	}
	return j
}

// breaks reports whether nothing joins known point i to the last one.
func (t *thinner) breaks(i int) bool {
	l := t.line
	return t.previous < 0 || t.broken || l.Gap > 0 && l.Times[i]-l.Times[t.previous] > l.Gap
}

func (t *thinner) point(i int) {
	v := t.line.Values[i]
	if !known(v, t.lowest) {
		t.broken = true
		return
	}
	y := t.g.Y(t.line.Axis, t.line.Shown(v))
	t.steps = append(t.steps, canvas.Step{
		X: t.g.X(t.line.Times[i]), First: y, Last: y, Top: y, Bottom: y, Break: t.breaks(i),
	})
	t.previous, t.broken = i, false
}

func (t *thinner) column(x float64, i, j int) {
	values := t.line.Values
	first, last := i, j-1
	for first < j && !known(values[first], t.lowest) {
		first++
	}
	if first == j {
		t.broken = true
		return
	}
	for !known(values[last], t.lowest) {
		last--
	}
	t.broken = t.broken || first > i
	low, high := columnBounds(values[first:last+1], t.lowest)
	y := func(v float64) float64 { return t.g.Y(t.line.Axis, t.line.Shown(v)) }
	t.steps = append(t.steps, canvas.Step{
		X: x, Dense: true, Break: t.breaks(first),
		First: y(values[first]), Last: y(values[last]), Top: y(high), Bottom: y(low),
	})
	t.previous, t.broken = last, last < j-1
}
