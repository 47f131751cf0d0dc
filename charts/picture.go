package charts

import (
	"image"
	"math"
	"sort"
)

// Picture is a chart drawn, and what lies where on it. It is immutable.
type Picture struct {
	Image    *image.RGBA // opaque; shared, not to be drawn on
	geometry             // of the main plot

	lines   []Line // of all plots, from the top
	below   []belowPlot
	scale   float64
	room    [2]int
	labels  []placedLabel
	markers []placedMarker
}

// geometry maps times and values to device pixels, whose integer values lie in
// the middle of a pixel.
type geometry struct {
	// Plot is the area of the lines: its first column shows From, its last To;
	// its first row the top of both value axes, its last their bottom.
	Plot image.Rectangle

	from, to int64
	scales   [2]valueScale // by Axis
}

// X is the column of an instant; outside Plot for one outside the span.
func (g *geometry) X(ms int64) float64 {
	return float64(g.Plot.Min.X) + float64(ms-g.from)/float64(g.to-g.from)*float64(g.Plot.Dx()-1)
}

// Time is the instant at column x, the inverse of X.
func (g *geometry) Time(x float64) int64 {
	part := (x - float64(g.Plot.Min.X)) / float64(max(g.Plot.Dx()-1, 1))
	part = max(min(part, 1e3), -1e3) // far enough outside, without overflow
	if part != part {
		part = 0
	}
	return g.from + int64(math.Round(part*float64(g.to-g.from)))
}

// firstAfter is the first instant whose pixel column lies right of column.
func (g *geometry) firstAfter(column float64) int64 {
	part := (column + 0.5 - float64(g.Plot.Min.X)) / float64(max(g.Plot.Dx()-1, 1))
	return g.from + int64(math.Ceil(part*float64(g.to-g.from)))
}

// Y is the row of a value on an axis; NaN for an unknown one.
func (g *geometry) Y(a Axis, v float64) float64 {
	s := &g.scales[a&1]
	return float64(g.Plot.Max.Y-1) - s.fraction(v)*float64(g.Plot.Dy()-1)
}

// Value is the value at row y on an axis, the inverse of Y.
func (g *geometry) Value(a Axis, y float64) float64 {
	s := &g.scales[a&1]
	return s.value((float64(g.Plot.Max.Y-1) - y) / float64(max(g.Plot.Dy()-1, 1)))
}

// Log reports whether an axis is logarithmic: it is not, whatever was asked for,
// where no value is > 0.
func (g *geometry) Log(a Axis) bool { return g.scales[a&1].log }

// lowest is the least value that can be shown on an axis.
func (g *geometry) lowest(a Axis) float64 { return lowestOf(g.scales[a&1].log) }

// Room is what the labels of each axis take, for Request.Room.
func (p *Picture) Room() [2]int { return p.room }

// Nearest is the point of a line in the span shown that is nearest to an instant,
// for a crosshair's read-out. Lines are counted through all plots, the main one's
// first. Of bars and candles it is the one at the instant, in its middle. It is
// unknown (ok false) where the line shows nothing:
// in a gap, or before the first or after the last point, more than 4 units away
// from any point.
func (p *Picture) Nearest(line int, ms int64) (at int64, value float64, ok bool) {
	if line < 0 || line >= len(p.lines) {
		return 0, math.NaN(), false
	}
	l := &p.lines[line]
	if l.Form != Curve {
		b, ok := p.Bucket(line, ms)
		return b.From + (b.To-b.From)/2, b.Close, ok
	}
	lowest := l.lowest(p.of(line).scales[l.Axis&1].log)
	after := sort.Search(len(l.Times), func(i int) bool { return l.Times[i] >= ms })
	before := after - 1
	best := after
	if after == len(l.Times) || before >= 0 && ms-l.Times[before] < l.Times[after]-ms {
		best = before
	}
	if best >= 0 && l.Times[best] < p.from {
		best++
	} else if best < len(l.Times) && best >= 0 && l.Times[best] > p.to {
		best--
	}
	if best < 0 || best >= len(l.Times) || l.Times[best] < p.from || l.Times[best] > p.to || !known(l.Values[best], lowest) {
		return 0, math.NaN(), false
	}
	joined := before >= 0 && after < len(l.Times) &&
		known(l.Values[before], lowest) && known(l.Values[after], lowest) &&
		(l.Gap <= 0 || l.Times[after]-l.Times[before] <= l.Gap)
	if !joined && math.Abs(p.X(l.Times[best])-p.X(ms)) > 4*p.scale {
		return 0, math.NaN(), false
	}
	return l.Times[best], l.Shown(l.Values[best]), true
}

// LabelAt is the line whose end label or axis tag covers the pixel, the index in Request.Lines.
func (p *Picture) LabelAt(x, y float64) (line int, ok bool) {
	at := image.Pt(int(math.Floor(x+0.5)), int(math.Floor(y+0.5)))
	for i := len(p.labels) - 1; i >= 0; i-- {
		if at.In(p.labels[i].box) {
			return p.labels[i].line, true
		}
	}
	return 0, false
}

// MarkersAt are the markers that stand nearest to the pixel within their own size,
// their indexes in Request.Markers: one, or those that a count stands for.
func (p *Picture) MarkersAt(x, y float64) (markers []int) {
	nearest := math.Inf(1)
	for i := range p.markers {
		m := &p.markers[i]
		if d := math.Hypot(x-m.x, y-m.y); d <= 1.5*m.radius && d < nearest {
			markers, nearest = m.members, d
		}
	}
	return markers
}
