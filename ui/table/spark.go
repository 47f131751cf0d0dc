package table

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	paint "openinterest/charts/canvas"
	"openinterest/ui/columns"
)

// sparkCache keeps the painted lines of the rows on screen, as opacities: a row
// is painted about once a second, its line changes once in five minutes.
type sparkCache struct {
	size  image.Point // of all of them, in the screen's pixels
	masks map[*columns.Spark]*image.Alpha
}

// sparksKept is more than the rows of any screen, those just scrolled away
// included.
const sparksKept = 256

// mask returns a line at a size, painted now if it is not there.
func (c *sparkCache) mask(s *columns.Spark, size image.Point, scale float64) *image.Alpha {
	if c.size != size || c.masks == nil || len(c.masks) >= sparksKept {
		c.size, c.masks = size, map[*columns.Spark]*image.Alpha{}
	}
	m := c.masks[s]
	if m == nil {
		m = paintSpark(s, size, scale)
		c.masks[s] = m
	}
	return m
}

// sparkWidth is that of the line, in Fyne's pixels.
const sparkWidth = 1.25

// paintSpark draws a line white on black, which is its opacity.
func paintSpark(s *columns.Spark, size image.Point, scale float64) *image.Alpha {
	sheet := paint.New(size.X, size.Y, color.NRGBA{A: 255})
	edge := math.Ceil(sparkWidth * scale)
	width, height := float64(size.X)-2*edge, float64(size.Y)-2*edge
	points := s.Points()
	steps := make([]paint.Step, len(points))
	for i, p := range points {
		y := edge + (1-p.Y)*height
		steps[i] = paint.Step{X: edge + p.X*width, First: y, Last: y, Top: y, Bottom: y, Break: p.Break}
	}
	sheet.Strokes(sheet.Image().Rect, []paint.Stroke{{Steps: steps, Colour: color.NRGBA{255, 255, 255, 255}, Width: sparkWidth * scale}})
	m := image.NewAlpha(sheet.Image().Rect)
	for i := range m.Pix {
		m.Pix[i] = sheet.Image().Pix[4*i]
	}
	return m
}

// spark lays a cell's line into the row.
func (p *rowPainter) spark(at place, left float32, visible image.Rectangle, c cell) {
	inset := p.px(4)
	size := image.Pt(p.px(textWidth(at.column, at.width)), p.height-2*inset)
	if visible.Empty() || size.X < 4*inset || size.Y < 4 {
		return
	}
	m := p.sparks.mask(c.spark, size, p.scale)
	origin := image.Pt(p.px(left+leftPad(at.column)), inset)
	box := m.Rect.Add(origin).Intersect(visible)
	draw.DrawMask(p.sheet.Image(), box, image.NewUniform(c.ink), image.Point{}, m, box.Min.Sub(origin), draw.Over)
}
