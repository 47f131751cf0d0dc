// Package canvas paints on an opaque RGBA image the few things a chart is made
// of: rectangles, polygons, text, and above all polylines of a time series.
//
// Coordinates are device pixels whose integer values lie in the middle of a
// pixel: a line at y = 10 fills row 10 evenly, and a point at x = 10.5 lies on
// the border of columns 10 and 11.
//
// Polylines are painted column by column. Each segment is the set of points
// nearer than half the line's width (round joins and caps), and its coverage of
// a pixel falls off linearly over one pixel with the distance from that set.
// Coverages of one line are joined by their maximum before they are blended, so
// a translucent line does not darken where it meets itself.
package canvas

import (
	"image"
	"image/color"
	"math"

	raster "golang.org/x/image/vector"
)

// Canvas is an opaque image being painted. It is not safe for concurrent use.
type Canvas struct {
	img    *image.RGBA
	vector *vector // nil: it has pixels
}

// New returns a canvas of w × h pixels filled with background, whose alpha is ignored.
func New(w, h int, background color.NRGBA) *Canvas {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	fill(img.Pix, background)
	return &Canvas{img: img}
}

// Clip returns a canvas that paints on the same pixels, but only within r.
func (c *Canvas) Clip(r image.Rectangle) *Canvas {
	if c.vector != nil { // that cuts rectangles and polylines; other shapes are drawn whole
		return &Canvas{img: &image.RGBA{Rect: c.img.Rect.Intersect(r), Stride: c.img.Stride}, vector: c.vector}
	}
	return &Canvas{img: c.img.SubImage(r).(*image.RGBA)}
}

// Image is the image painted on, alpha 255 everywhere.
func (c *Canvas) Image() *image.RGBA { return c.img }

func fill(pix []uint8, col color.NRGBA) {
	if len(pix) < 4 {
		return
	}
	pix[0], pix[1], pix[2], pix[3] = col.R, col.G, col.B, 255
	for n := 4; n < len(pix); n *= 2 {
		copy(pix[n:], pix[:n])
	}
}

// blend lays colour (r, g, b) with alpha a of 256 over the opaque pixel p.
func blend(p []uint8, r, g, b, a uint32) {
	_ = p[2]
	p[0] = uint8((uint32(p[0])*(256-a) + r*a) >> 8)
	p[1] = uint8((uint32(p[1])*(256-a) + g*a) >> 8)
	p[2] = uint8((uint32(p[2])*(256-a) + b*a) >> 8)
}

// scale256 widens 0…255 to 0…256, so that full coverage blends exactly.
func scale256(a uint8) uint32 { return uint32(a) + uint32(a>>7) }

// Rect fills the pixels of r.
func (c *Canvas) Rect(r image.Rectangle, col color.NRGBA) {
	r = r.Intersect(c.img.Rect)
	if r.Empty() || col.A == 0 {
		return
	}
	if c.vector != nil {
		c.vector.rect(r, 0, paint("fill", col))
		return
	}
	a := scale256(col.A)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := c.img.Pix[c.img.PixOffset(r.Min.X, y) : c.img.PixOffset(r.Max.X-1, y)+4]
		if col.A == 255 {
			fill(row, col)
			continue
		}
		for ; len(row) >= 4; row = row[4:] {
			blend(row, uint32(col.R), uint32(col.G), uint32(col.B), a)
		}
	}
}

// Hatch draws strokes of one pixel across r, from the lower left to the upper
// right, apart pixels from one another along x. They lie still on the canvas
// wherever r begins.
func (c *Canvas) Hatch(r image.Rectangle, apart int, col color.NRGBA) {
	r = r.Intersect(c.img.Rect)
	if c.vector != nil {
		c.vector.hatch(r, apart, col)
		return
	}
	a := scale256(col.A)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X + (apart-(r.Min.X+y)%apart)%apart; x < r.Max.X; x += apart {
			blend(c.img.Pix[c.img.PixOffset(x, y):], uint32(col.R), uint32(col.G), uint32(col.B), a)
		}
	}
}

// RoundRect fills the pixels of r, its corners rounded by radius pixels.
func (c *Canvas) RoundRect(r image.Rectangle, radius float64, col color.NRGBA) {
	if c.vector != nil {
		c.vector.rect(r, radius, paint("fill", col))
		return
	}
	cx, cy := float64(r.Min.X+r.Max.X-1)/2, float64(r.Min.Y+r.Max.Y-1)/2
	hw, hh := float64(r.Dx())/2-radius, float64(r.Dy())/2-radius
	c.shade(r, col, func(x, y float64) float64 {
		dx, dy := math.Abs(x-cx)-hw, math.Abs(y-cy)-hh
		return radius - math.Hypot(max(dx, 0), max(dy, 0)) - min(max(dx, dy), 0)
	})
}

// Disc fills the circle around (x, y).
func (c *Canvas) Disc(x, y, radius float64, col color.NRGBA) {
	if !(math.Abs(x) < 1e6 && math.Abs(y) < 1e6) {
		return
	}
	if c.vector != nil {
		c.vector.disc(x, y, radius, col)
		return
	}
	r := image.Rect(int(x-radius-1), int(y-radius-1), int(x+radius+3), int(y+radius+3))
	c.shade(r, col, func(px, py float64) float64 { return radius - math.Hypot(px-x, py-y) })
}

// Ring draws the edge of the circle around (x, y), so many pixels wide, inwards.
func (c *Canvas) Ring(x, y, radius, width float64, col color.NRGBA) {
	if !(math.Abs(x) < 1e6 && math.Abs(y) < 1e6) {
		return
	}
	r := image.Rect(int(x-radius-1), int(y-radius-1), int(x+radius+3), int(y+radius+3))
	c.shade(r, col, func(px, py float64) float64 {
		d := radius - math.Hypot(px-x, py-y)
		return min(d, width-d)
	})
}

// Triangle fills the triangle with equal sides whose corners lie radius from
// (x, y); one of them points up, or down. With a width it draws only the edge, so
// many pixels wide, inwards.
func (c *Canvas) Triangle(x, y, radius float64, down bool, width float64, col color.NRGBA) {
	if !(math.Abs(x) < 1e6 && math.Abs(y) < 1e6) {
		return
	}
	flip := 1.0
	if down {
		flip = -1
	}
	const cos30 = 0.8660254037844386
	r := image.Rect(int(x-radius-1), int(y-radius-1), int(x+radius+3), int(y+radius+3))
	c.shade(r, col, func(px, py float64) float64 {
		dx, dy := math.Abs(px-x), flip*(py-y)
		d := radius/2 - max(dy, cos30*dx-dy/2)
		if width > 0 {
			d = min(d, width-d)
		}
		return d
	})
}

// shade fills the pixels of r as far as inside (the distance to the shape's
// edge, positive within) says.
func (c *Canvas) shade(r image.Rectangle, col color.NRGBA, inside func(x, y float64) float64) {
	r = r.Intersect(c.img.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			cov := min(inside(float64(x), float64(y))+0.5, 1)
			if cov <= 0 {
				continue
			}
			a := scale256(uint8(cov*float64(col.A) + 0.5))
			blend(c.img.Pix[c.img.PixOffset(x, y):], uint32(col.R), uint32(col.G), uint32(col.B), a)
		}
	}
}

// Point is a place on the canvas.
type Point struct{ X, Y float64 }

// Polygon fills the closed shapes whose corners are given, by the non-zero rule.
func (c *Canvas) Polygon(shapes [][]Point, col color.NRGBA) {
	bounds := polygonBounds(shapes).Intersect(c.img.Rect)
	if bounds.Empty() || col.A == 0 {
		return
	}
	if c.vector != nil {
		c.vector.polygon(shapes, col)
		return
	}
	z := raster.NewRasterizer(bounds.Dx(), bounds.Dy())
	at := func(p Point) (x, y float32) { // the rasterizer's integers lie on pixel borders
		return float32(p.X + 0.5 - float64(bounds.Min.X)), float32(p.Y + 0.5 - float64(bounds.Min.Y))
	}
	for _, shape := range shapes {
		for i, p := range shape {
			if x, y := at(p); i == 0 {
				z.MoveTo(x, y)
			} else {
				z.LineTo(x, y)
			}
		}
		z.ClosePath()
	}
	z.Draw(c.img, bounds, image.NewUniform(col), image.Point{})
}

func polygonBounds(shapes [][]Point) image.Rectangle {
	const far = 1 << 20
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, shape := range shapes {
		for _, p := range shape {
			x0, y0, x1, y1 = min(x0, p.X), min(y0, p.Y), max(x1, p.X), max(y1, p.Y)
		}
	}
	if !(x0 > -far && y0 > -far && x1 < far && y1 < far) {
		return image.Rectangle{}
	}
	return image.Rect(int(math.Floor(x0)), int(math.Floor(y0)), int(math.Ceil(x1))+2, int(math.Ceil(y1))+2)
}
