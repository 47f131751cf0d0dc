package charts

import (
	"math"
	"sort"
)

// LineAt is the line drawn nearest to a pixel, at most reach pixels away: the
// index in Request.Lines.
func (p *Picture) LineAt(x, y, reach float64) (line int, ok bool) {
	least := reach
	for i := range p.lines {
		if !p.IsCurve(i) {
			continue
		}
		if d := p.of(i).distance(&p.lines[i], x, y, reach); d <= least {
			line, least, ok = i, d, true
		}
	}
	return line, ok
}

// distance is how far a pixel is from a line, as far as that is in reach.
func (g *geometry) distance(l *Line, x, y, reach float64) float64 {
	nearest := math.Inf(1)
	if x < float64(g.Plot.Min.X)-reach || x > float64(g.Plot.Max.X)+reach {
		return nearest
	}
	lowest := l.lowest(g.scales[l.Axis&1].log)
	from, to := max(g.from, g.Time(x-reach)), min(g.to, g.Time(x+reach))
	first := sort.Search(len(l.Times), func(i int) bool { return l.Times[i] >= from })
	for i := max(1, first); i < len(l.Times); i++ {
		a, b := i-1, i
		joined := known(l.Values[a], lowest) && known(l.Values[b], lowest) && (l.Gap <= 0 || l.Times[b]-l.Times[a] <= l.Gap)
		if joined {
			nearest = min(nearest, segmentDistance(x, y,
				g.X(l.Times[a]), g.Y(l.Axis, l.Shown(l.Values[a])), g.X(l.Times[b]), g.Y(l.Axis, l.Shown(l.Values[b]))))
		}
		if l.Times[b] > to {
			break
		}
	}
	return nearest
}

// segmentDistance is how far a point is from a straight line between two others.
func segmentDistance(x, y, x0, y0, x1, y1 float64) float64 {
	dx, dy := x1-x0, y1-y0
	part := 0.0
	if length := dx*dx + dy*dy; length > 0 {
		part = max(0, min(1, ((x-x0)*dx+(y-y0)*dy)/length))
	}
	return math.Hypot(x-x0-part*dx, y-y0-part*dy)
}
