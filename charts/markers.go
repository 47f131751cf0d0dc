package charts

import (
	"image/color"
	"math"

	"openinterest/charts/canvas"
)

// placedMarker is a marker on the picture: its middle and size in pixels.
type placedMarker struct {
	index        int
	x, y, radius float64
}

const markerRadius = 5.5 // units

// markerStack is how many markers may stand on one another. What finds no room
// is left out: a tower says no more than its lowest floors.
const markerStack = 3

// drawMarkers draws the markers in the span, each beside its value, stacked
// away from it where another one is.
func (f *frame) drawMarkers(c *canvas.Canvas) {
	plot, radius := f.picture.Plot, markerRadius*f.req.Scale
	for i := range f.req.Markers {
		m := &f.req.Markers[i]
		if m.Time < f.req.From || m.Time > f.req.To || !known(m.Value, f.picture.lowest(m.Axis)) {
			continue
		}
		x, y := f.picture.X(m.Time), f.picture.Y(m.Axis, m.Value)
		if y < float64(plot.Min.Y) || y >= float64(plot.Max.Y) {
			continue
		}
		away := -1.0 // up
		switch m.Shape {
		case TriangleUp:
			away = 1
			y += 2.2 * radius
		case TriangleDown:
			y -= 2.2 * radius
		}
		for floor := 1; floor < markerStack && f.occupied(x, y, 2*radius); floor++ {
			y += away * 2.2 * radius
		}
		if f.occupied(x, y, 2*radius) || y < float64(plot.Min.Y)+radius || y > float64(plot.Max.Y)-radius {
			continue
		}
		f.picture.markers = append(f.picture.markers, placedMarker{index: i, x: x, y: y, radius: radius})
		drawShape(c, m.Shape, x, y, radius+1.5*f.req.Scale, f.req.Theme.Background)
		drawShape(c, m.Shape, x, y, radius, m.Colour)
	}
}

func (f *frame) occupied(x, y, distance float64) bool {
	for i := range f.picture.markers {
		m := &f.picture.markers[i]
		if math.Abs(m.x-x) < distance && math.Abs(m.y-y) < distance {
			return true
		}
	}
	return false
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
	case Diamond:
		corners = []canvas.Point{at(0), at(1. / 4), at(1. / 2), at(3. / 4)}
	default:
		c.Disc(x, y, radius*0.9, colour)
		return
	}
	c.Polygon([][]canvas.Point{corners}, colour)
}
