package signal

import (
	"math"
	"slices"
	"sort"

	"openinterest/data/market"
)

// longestHistory bounds the memory that a hostile stamp can ask for: what lies
// longer before the newest is left out.
const longestHistory = 20 * 366 * dayMillis

// grid is a contract's stamps laid out densely, NaN where there is none, so
// that the stamp a window earlier is found by counting. All are in the unit of
// the newest.
type grid struct {
	start  int64 // stamp of index 0
	q, p   []float64
	gaps   []gap             // increasing
	change market.UnitChange // the newest change of unit that was undone; Time 0: none
	cut    bool              // stamps before start were left out: they are in a unit that cannot be converted
}

// gap is a stretch without stamps longer than longestGap, between two that are there.
type gap struct{ from, to int64 }

// newGrid lays out the points with from ≤ time ≤ to.
func newGrid(points []market.Point, from, to int64) *grid {
	g := &grid{}
	g.lay(points, from, to)
	return g
}

// lay lays out the points with from ≤ time ≤ to, in the memory of those before.
func (g *grid) lay(points []market.Point, from, to int64) {
	*g = grid{q: g.q[:0], p: g.p[:0], gaps: g.gaps[:0]}
	i := sort.Search(len(points), func(i int) bool { return points[i].Time >= from })
	j := sort.Search(len(points), func(i int) bool { return points[i].Time > to })
	if i >= j {
		return
	}
	points = points[i:j]
	if changes := market.UnitChanges(points); changes != nil {
		all := len(points)
		points = market.Rescale(points, changes)
		g.change, g.cut = changes[len(changes)-1], len(points) < all
	}
	newest := points[len(points)-1].Time
	for len(points) > 0 && points[0].Time < newest-longestHistory {
		points = points[1:]
	}
	g.start = market.FloorStamp(points[0].Time)
	n := int((newest-g.start)/market.StepMillis) + 1
	g.q, g.p = fill(g.q, n), fill(g.p, n)
	last := g.start
	for _, pt := range points {
		k := (pt.Time - g.start) / market.StepMillis
		if k < 0 || k >= int64(n) || !market.Known(pt.Contracts) || pt.Contracts <= 0 {
			continue // zero contracts are missing contracts, at a delisting too
		}
		at := g.start + k*market.StepMillis
		if at-last > longestGap.Milliseconds() {
			g.gaps = append(g.gaps, gap{last, at})
		}
		last = at
		g.q[k] = pt.Contracts
		if market.Known(pt.Price) && pt.Price > 0 {
			g.p[k] = pt.Price
		}
	}
}

func filled(n int) []float64 { return fill(nil, n) }

// fill makes n numbers that nobody knows, in the memory of xs where they fit.
func fill(xs []float64, n int) []float64 {
	xs = slices.Grow(xs[:0], n)[:n]
	for i := range xs {
		xs[i] = math.NaN()
	}
	return xs
}

func (g *grid) len() int { return len(g.q) }

// index of a stamp; it may lie outside.
func (g *grid) index(ms int64) int { return int((ms - g.start) / market.StepMillis) }

func (g *grid) time(i int) int64 { return g.start + int64(i)*market.StepMillis }

// last is the newest stamp that is there; zero when there is none.
func (g *grid) last() market.Point {
	for i := g.len() - 1; i >= 0; i-- {
		if !math.IsNaN(g.q[i]) {
			return market.Point{Time: g.time(i), Contracts: g.q[i], Price: g.p[i]}
		}
	}
	return market.Point{}
}

// at returns xs[i], NaN outside.
func at(xs []float64, i int) float64 {
	if i < 0 || i >= len(xs) {
		return math.NaN()
	}
	return xs[i]
}

// logMove returns ln(X_i / X_{i−w}), NaN where either is missing, or where the
// quotient leaves the range of numbers.
func logMove(xs []float64, i, w int) float64 {
	if i < w || i >= len(xs) {
		return math.NaN()
	}
	d := math.Log(xs[i] / xs[i-w])
	if math.IsInf(d, 0) {
		return math.NaN()
	}
	return d
}

// lastGap is the newest gap that ends at or before ms; zero when there is none.
func (g *grid) lastGap(ms int64) gap {
	i := sort.Search(len(g.gaps), func(i int) bool { return g.gaps[i].to > ms })
	if i == 0 {
		return gap{}
	}
	return g.gaps[i-1]
}

// inside reports whether more than longestGap of the gap lies in [from, …].
// Of several, only the newest can be wholly inside when any is, so it decides.
func (g gap) inside(from int64) bool { return g.to-max(g.from, from) > longestGap.Milliseconds() }
