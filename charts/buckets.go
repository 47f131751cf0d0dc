package charts

import (
	"image"
	"image/color"
	"math"

	"github.com/wcharczuk/go-chart/v2"
	"github.com/wcharczuk/go-chart/v2/drawing"

	"openinterest/charts/canvas"
)

// figure is a bar or candle in pixels. A candle that rose is hollow: up and down
// differ in form, too.
type figure struct {
	body, wick image.Rectangle // the wick of bars is empty
	hollow     bool
	colour     color.NRGBA
}

// figures are the bars or candles of the line, from left to right.
func (s *lineSeries) figures() []figure {
	f := s.frame
	l := &f.req.Lines[s.index]
	lowest := f.picture.lowest(l.Axis)
	row := func(v float64) int { return int(math.Round(f.picture.Y(l.Axis, max(v, lowest)))) }
	out := make([]figure, 0, len(l.Times))
	for i, v := range l.Values {
		if !known(v, lowest) {
			continue
		}
		g := figure{colour: l.colourOf(i)}
		from := 0.0
		if l.Form == Candles {
			from = l.Opens[i]
			g.hollow = v > from
		}
		left, right := f.bucketColumns(l.Times[i], l.end(i))
		top, bottom := row(max(v, from)), row(min(v, from))
		g.body = image.Rect(left, top, right, max(bottom, top+f.hair()))
		if l.Form == Candles {
			x := left + (right-left-f.hair())/2
			g.wick = image.Rect(x, row(l.Highs[i]), x+f.hair(), max(row(l.Lows[i]), bottom)+1)
		}
		out = append(out, g)
	}
	return out
}

// mostAir is the most air between two bars or candles, in units.
const mostAir = 4

// colourOf is that of the i-th bar or candle.
func (l *Line) colourOf(i int) color.NRGBA {
	var fell bool
	switch {
	case l.Form == Candles:
		fell = l.Values[i] < l.Opens[i]
	case l.Form == Bars && l.Closes != nil:
		fell = l.Closes[i] < l.Opens[i]
	case l.Form == Bars:
		fell = l.Values[i] < 0
	}
	if fell && l.Down != (color.NRGBA{}) {
		return l.Down
	}
	return l.Colour
}

// bucketColumns are the columns of a bucket, less the air between it and the next.
func (f *frame) bucketColumns(from, to int64) (left, right int) {
	left, right = int(math.Round(f.picture.X(from))), int(math.Round(f.picture.X(to)))
	air := min(max(1, (right-left)/5), f.px(mostAir))
	left += (air + 1) / 2
	return left, max(left+1, right-air/2)
}

// renderFigures draws bars or candles: as whole pixels where the renderer is
// ours, or by the path operations of any other.
func (s *lineSeries) renderFigures(r chart.Renderer) {
	f := s.frame
	own, ok := r.(*renderer)
	if !ok {
		for _, g := range s.figures() {
			r.SetFillColor(drawing.Color(g.colour))
			for _, box := range []image.Rectangle{g.wick, g.body} {
				chart.Draw.Box(r, chart.Box{Left: box.Min.X, Top: box.Min.Y, Right: box.Max.X, Bottom: box.Max.Y}, chart.Style{FillColor: drawing.Color(g.colour)})
			}
		}
		return
	}
	own.flush()
	c := own.canvas.Clip(f.picture.Plot)
	for _, g := range s.figures() {
		g.draw(c, f.hair())
	}
}

func (g *figure) draw(c *canvas.Canvas, hair int) {
	above, below := g.wick, g.wick
	above.Max.Y, below.Min.Y = g.body.Min.Y, g.body.Max.Y
	c.Rect(above, g.colour)
	c.Rect(below, g.colour)
	inner := g.body.Inset(hair)
	if !g.hollow || inner.Empty() {
		c.Rect(g.body, g.colour)
		return
	}
	c.Rect(image.Rect(g.body.Min.X, g.body.Min.Y, g.body.Max.X, inner.Min.Y), g.colour)
	c.Rect(image.Rect(g.body.Min.X, inner.Max.Y, g.body.Max.X, g.body.Max.Y), g.colour)
	c.Rect(image.Rect(g.body.Min.X, inner.Min.Y, inner.Min.X, inner.Max.Y), g.colour)
	c.Rect(image.Rect(inner.Max.X, inner.Min.Y, g.body.Max.X, inner.Max.Y), g.colour)
}
