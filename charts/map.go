package charts

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
)

// Sign is how a dot of a map looks, whatever its place and size.
type Sign struct {
	Shape  Shape
	Hollow bool // only its edge is painted
	Colour color.NRGBA
}

// Dot is one contract on a map.
type Dot struct {
	Label string
	X, Y  float64 // percent; a dot of which one is unknown is left out
	Size  float64 // its area is in proportion, down to a least one; unknown: the least
	Sign  Sign
	Lit   bool // a ring is drawn around it, and its label comes first
}

// Caption is a text in a corner of a map.
type Caption struct {
	Text   string
	Colour color.NRGBA
}

// The corners of a map, by their index in MapRequest.Corners.
const (
	TopRight = iota
	BottomRight
	TopLeft
	BottomLeft
)

// MapRequest is everything a map depends on: equal requests give equal pictures.
// Draw reads the dots without copying them; they must not change afterwards.
type MapRequest struct {
	Width, Height int     // device pixels, 16 … 16384
	Scale         float64 // device pixels per unit, 0.5 … 8; 0: 1

	Dots      []Dot
	Root      bool    // signed square root on both axes; else linear
	Threshold float64 // moves smaller than that, up or down, are in the neutral band; 0: there is none

	Corners [4]Caption
	Middle  Caption // of the neutral band
	XUnit   string  // names the axis across
	YUnit   string  // names the axis up

	// Format writes a value of an axis so that neighbours step apart differ; nil: FormatValue.
	Format func(v, step float64) string

	Lit       color.NRGBA // of the rings around dots that are lit
	Theme     Theme
	Watermark string // drawn above the plot
	Message   string // drawn in the middle when no dot is shown
}

func (r *MapRequest) validate() error {
	if err := validateSize("a map", r.Width, r.Height, &r.Scale); err != nil {
		return err
	}
	if math.IsNaN(r.Threshold) || r.Threshold < 0 || r.Threshold > 1e6 {
		return errors.New("a map's threshold must be a percentage from 0 up")
	}
	r.Theme = r.Theme.complete()
	if r.Format == nil {
		r.Format = FormatValue
	}
	return nil
}

// DrawMap draws dots in the plane of two percentages. It fails on sizes that
// make no picture only; odd values are drawn as well as they can be. It is safe
// for concurrent use.
func DrawMap(req MapRequest) (*MapPicture, error) {
	if err := req.validate(); err != nil {
		return nil, fmt.Errorf("drawing a map: %w", err)
	}
	for _, bare := range []bool{false, true} { // until the plot has room
		f := newMapFrame(&req, bare)
		if err := f.render(); err != nil {
			return nil, fmt.Errorf("drawing a map: %w", err)
		}
		if !f.cramped || bare {
			f.picture.Image = f.renderer.canvas.Image()
			return f.picture, nil
		}
	}
	return nil, nil // not reached: a bare map is never refused
}

// The sizes of dots, in units: the radius of the disc that has their area.
const (
	largestDot  = 15
	smallestDot = 2.7
	dotReach    = 10 // how far from its edge a dot is found
	litAway     = 4  // how far from its corners the ring is around one that is lit
)

// cornerOf is the distance of a triangle's corners from its middle, for one with
// the area of a disc of radius 1.
var cornerOf = math.Sqrt(4 * math.Pi / (3 * math.Sqrt(3)))

// placedDot is a dot on the picture.
type placedDot struct {
	index  int // in MapRequest.Dots
	x, y   float64
	radius float64 // of the disc with its area
	reach  float64 // how far its farthest corner is from its middle
}

// placedName is a dot's label on the picture, and the pixels it covers.
type placedName struct {
	dot int
	box image.Rectangle
}

// MapPicture is a map drawn, and what lies where on it. It is immutable.
type MapPicture struct {
	Image *image.RGBA     // opaque; shared, not to be drawn on
	Plot  image.Rectangle // the area of the dots

	x, y   mapScale
	dots   []placedDot  // those shown, the largest first
	labels []placedName // in the order in which they were placed
	index  dotIndex
	scale  float64
}

// Shown is how many dots are on the map: those of which both values are known.
func (p *MapPicture) Shown() int { return len(p.dots) }

// X is the column of a value of the axis across.
func (p *MapPicture) X(v float64) float64 { return float64(p.Plot.Min.X) + p.x.pixel(v) }

// Y is the row of a value of the axis up.
func (p *MapPicture) Y(v float64) float64 { return float64(p.Plot.Max.Y-1) - p.y.pixel(v) }

// XValue is the value at a column, the inverse of X.
func (p *MapPicture) XValue(x float64) float64 { return p.x.value(x - float64(p.Plot.Min.X)) }

// YValue is the value at a row, the inverse of Y.
func (p *MapPicture) YValue(y float64) float64 { return p.y.value(float64(p.Plot.Max.Y-1) - y) }

// At is the dot nearest to the pixel, the index in MapRequest.Dots: the one whose
// edge is nearest, of several that cover it the smallest. ok is false where there
// is none within ten units.
func (p *MapPicture) At(x, y float64) (dot int, ok bool) {
	i := p.index.nearest(p.dots, x, y, dotReach*p.scale)
	if i < 0 {
		return 0, false
	}
	return p.dots[i].index, true
}

// Inside lists the dots whose middle is in a polygon, the largest first.
func (p *MapPicture) Inside(polygon []Point) []int {
	var inside []int
	for i := range p.dots {
		if d := &p.dots[i]; contains(polygon, d.x, d.y) {
			inside = append(inside, d.index)
		}
	}
	return inside
}

// Box is the square around a dot's disc, and whether the dot is shown.
func (p *MapPicture) Box(dot int) (Box, bool) {
	for i := range p.dots {
		if d := &p.dots[i]; d.index == dot {
			r := max(d.radius, d.reach)
			return Box{X: d.x - r, Y: d.y - r, Width: 2 * r, Height: 2 * r, Round: true}, true
		}
	}
	return Box{}, false
}

// Next is the dot nearest in a direction, for the arrow keys: dx and dy are −1, 0
// or 1, down is 1. Without a dot to start from (−1) it is the largest.
func (p *MapPicture) Next(dot, dx, dy int) (next int, ok bool) {
	boxes := make([]placed, len(p.dots))
	for i, d := range p.dots {
		boxes[i] = placed{d.index, d.x, d.y}
	}
	return nextOf(boxes, dot, dx, dy)
}
