package charts

import (
	"cmp"
	"image"
	"image/color"
	"math"
	"slices"
	"strconv"

	"openinterest/charts/canvas"
)

// placedMarker is a marker on the picture, or a count of several: the middle and
// half the size in pixels, and which they are.
type placedMarker struct {
	members      []int
	x, y, radius float64
}

const markerRadius = 5.5 // units

const (
	markerStack = 3 // so many markers may stand on one another …
	markerGroup = 3 // … and from so many on that are closer than their size, their number stands for them
)

// drawMarkers draws the markers in the span, each beside its value.
func (f *frame) drawMarkers(c *canvas.Canvas) {
	radius := markerRadius * f.req.Scale
	for _, group := range groups(f.wantedMarkers(radius), 2*radius) {
		if len(group) >= markerGroup {
			f.placeCount(group, radius)
			continue
		}
		for _, m := range group {
			f.placeMarker(m, radius)
		}
	}
	for i := range f.picture.markers {
		if m := &f.picture.markers[i]; len(m.members) > 1 {
			f.drawCount(c, m)
		} else {
			one := &f.req.Markers[m.members[0]]
			drawShape(c, one.Shape, m.x, m.y, radius+1.5*f.req.Scale, f.req.Theme.Background)
			drawShape(c, one.Shape, m.x, m.y, radius, one.Colour)
		}
	}
}

// wantedMarkers are the markers in the plot, each where it would stand alone, from
// left to right.
func (f *frame) wantedMarkers(radius float64) []placedMarker {
	plot := f.picture.Plot
	var all []placedMarker
	for i := range f.req.Markers {
		m := &f.req.Markers[i]
		if m.Time < f.req.From || m.Time > f.req.To || !known(m.Value, f.picture.lowest(m.Axis)) {
			continue
		}
		x, y := f.picture.X(m.Time), f.picture.Y(m.Axis, m.Value)
		if y < float64(plot.Min.Y) || y >= float64(plot.Max.Y) {
			continue
		}
		switch m.Shape {
		case TriangleUp:
			y += 2.2 * radius
		case TriangleDown:
			y -= 2.2 * radius
		}
		all = append(all, placedMarker{members: []int{i}, x: x, y: y, radius: radius})
	}
	slices.SortStableFunc(all, func(a, b placedMarker) int { return cmp.Compare(a.x, b.x) })
	return all
}

// groups puts markers, which come from left to right, together with the first one
// that is closer than apart.
func groups(all []placedMarker, apart float64) [][]placedMarker {
	var groups [][]placedMarker
	open := 0 // groups before it lie too far to the left
	for _, m := range all {
		for open < len(groups) && m.x-groups[open][0].x >= apart {
			open++
		}
		i := slices.IndexFunc(groups[open:], func(g []placedMarker) bool {
			return m.x-g[0].x < apart && math.Abs(m.y-g[0].y) < 1.5*apart
		})
		if i < 0 {
			groups = append(groups, []placedMarker{m})
		} else {
			groups[open+i] = append(groups[open+i], m)
		}
	}
	return groups
}

// placeMarker places one, stacked away from its value where another one is, or
// counts it with that where there is no room.
func (f *frame) placeMarker(m placedMarker, radius float64) {
	plot, away, y := f.picture.Plot, -1.0, m.y // up
	if f.req.Markers[m.members[0]].Shape == TriangleUp {
		away = 1
	}
	for range markerStack {
		if y < float64(plot.Min.Y)+radius || y > float64(plot.Max.Y)-radius {
			break
		}
		if f.occupant(m.x, y, 2*radius) == nil {
			m.y = y
			f.picture.markers = append(f.picture.markers, m)
			return
		}
		y += away * 2.2 * radius
	}
	if there := f.occupant(m.x, m.y, 2*radius); there != nil {
		there.members = append(there.members, m.members...)
		return
	}
	m.y = min(max(m.y, float64(plot.Min.Y)+radius), float64(plot.Max.Y)-radius)
	f.picture.markers = append(f.picture.markers, m)
}

// placeCount places the number of several in their middle.
func (f *frame) placeCount(group []placedMarker, radius float64) {
	plot, count := f.picture.Plot, placedMarker{radius: 1.2 * radius}
	for _, m := range group {
		count.members = append(count.members, m.members...)
		count.x += m.x / float64(len(group))
		count.y += m.y / float64(len(group))
	}
	count.y = min(max(count.y, float64(plot.Min.Y)+count.radius), float64(plot.Max.Y)-count.radius)
	if there := f.occupant(count.x, count.y, 2*radius); there != nil {
		there.members = append(there.members, count.members...)
		return
	}
	f.picture.markers = append(f.picture.markers, count)
}

// occupant is the marker placed nearer than distance; nil: none.
func (f *frame) occupant(x, y, distance float64) *placedMarker {
	for i := range f.picture.markers {
		m := &f.picture.markers[i]
		if math.Abs(m.x-x) < distance && math.Abs(m.y-y) < distance {
			return m
		}
	}
	return nil
}

// drawCount draws how many markers are in one place, in their colour if they have
// one in common.
func (f *frame) drawCount(c *canvas.Canvas, m *placedMarker) {
	m.radius = 1.3 * markerRadius * f.req.Scale
	colour := f.req.Markers[m.members[0]].Colour
	for _, i := range m.members {
		if f.req.Markers[i].Colour != colour {
			colour = f.req.Theme.Text
		}
	}
	text := strconv.Itoa(len(m.members))
	width := f.textWidth(text)
	half := max(m.radius, width/2+0.7*m.radius)
	box := func(more float64) image.Rectangle {
		return image.Rect(int(math.Round(m.x-half-more)), int(math.Round(m.y-m.radius-more)),
			int(math.Round(m.x+half+more))+1, int(math.Round(m.y+m.radius+more))+1)
	}
	around := 1.5 * f.req.Scale
	c.RoundRect(box(around), m.radius+around, f.req.Theme.Background)
	c.RoundRect(box(0), m.radius, colour)
	c.Text(f.font, f.size, text, int(math.Round(m.x-width/2+0.5)), f.baseline(m.y), onTop(colour))
}

// drawShape draws a shape whose corners lie radius from its middle.
func drawShape(c *canvas.Canvas, shape Shape, x, y, radius float64, colour color.NRGBA) {
	at := func(angle float64) canvas.Point { // clockwise from the top, in turns
		sin, cos := math.Sincos(2 * math.Pi * angle)
		return canvas.Point{X: x + radius*sin, Y: y - radius*cos}
	}
	var corners []canvas.Point
	switch shape {
	case TriangleUp:
		corners = []canvas.Point{at(0), at(1. / 3), at(2. / 3)}
	case TriangleDown:
		corners = []canvas.Point{at(1. / 2), at(5. / 6), at(1. / 6)}
	case Square:
		corners = []canvas.Point{at(1. / 8), at(3. / 8), at(5. / 8), at(7. / 8)}
	case Diamond:
		corners = []canvas.Point{at(0), at(1. / 4), at(1. / 2), at(3. / 4)}
	default:
		c.Disc(x, y, radius*0.9, colour)
		return
	}
	c.Polygon([][]canvas.Point{corners}, colour)
}
