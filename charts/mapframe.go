package charts

import (
	"cmp"
	"image"
	"image/color"
	"math"
	"slices"

	"github.com/wcharczuk/go-chart/v2"
	"github.com/wcharczuk/go-chart/v2/drawing"

	"openinterest/charts/canvas"
)

// mapFrame is one attempt at the picture of a map: go-chart lays it out and draws
// axes and grid; the neutral band, dots and labels are a series of ours.
type mapFrame struct {
	req      *MapRequest
	bare     bool // the dots alone: there is no room for axes
	renderer *renderer
	picture  *MapPicture
	x, y     mapScale

	font    *Font
	size    float64 // of the font in pixels
	metrics canvas.Metrics
	cramped bool
}

func newMapFrame(req *MapRequest, bare bool) *mapFrame {
	f := &mapFrame{req: req, bare: bare, font: req.Theme.Font, size: req.Theme.FontSize * req.Scale}
	f.metrics = f.font.Metrics(f.size)
	f.picture = &MapPicture{scale: req.Scale}
	f.x, f.y = mapScale{root: req.Root}, mapScale{root: req.Root}
	f.measure()
	f.x.spacing, f.y.spacing = 5.5*f.size, min(max(float64(req.Height)/9, 2.2*f.metrics.Line), 4.5*f.metrics.Line)
	if !bare {
		f.x.label, f.y.label = req.Format, req.Format
	}
	f.renderer = &renderer{
		canvas: canvas.New(req.Width, req.Height, req.Theme.Background),
		font:   f.font,
		classes: map[string]class{
			leftClass: {alignRight: true, extra: f.px(axisGap) - goChartMargin - 1},
			timeClass: {height: f.px(timeGap) - goChartMargin},
		},
	}
	return f
}

// px is units in device pixels.
func (f *mapFrame) px(units float64) int { return int(math.Round(units * f.req.Scale)) }

// shows reports whether a dot is on the map.
func (d *Dot) shows() bool { return known(d.X, -limit) && known(d.Y, -limit) }

// measure fits both axes to the dots, orders the dots by size, and makes room for
// the largest of them at the ends of the axes.
func (f *mapFrame) measure() {
	lo, hi := [2]float64{}, [2]float64{} // zero is always shown
	largest := 0.0
	for i := range f.req.Dots {
		d := &f.req.Dots[i]
		if !d.shows() {
			continue
		}
		f.picture.dots = append(f.picture.dots, placedDot{index: i})
		lo[0], hi[0], lo[1], hi[1] = min(lo[0], d.X), max(hi[0], d.X), min(lo[1], d.Y), max(hi[1], d.Y)
		if known(d.Size, 0) {
			largest = max(largest, d.Size)
		}
	}
	f.x.fit(lo[0], hi[0], 1.6*f.req.Threshold)
	f.y.fit(lo[1], hi[1], 1.6*f.req.Threshold)
	most := min(largestDot*f.req.Scale, 0.05*float64(min(f.req.Width, f.req.Height)))
	least := min(smallestDot*f.req.Scale, most)
	reach := 0.0
	for i := range f.picture.dots {
		p := &f.picture.dots[i]
		d := &f.req.Dots[p.index]
		p.radius = least
		if known(d.Size, 0) && largest > 0 {
			p.radius = max(least, most*math.Sqrt(d.Size/largest))
		}
		p.reach = p.radius
		if d.Sign.Shape == TriangleUp || d.Sign.Shape == TriangleDown {
			p.reach *= cornerOf
		}
		reach = max(reach, p.reach)
	}
	slices.SortStableFunc(f.picture.dots, func(a, b placedDot) int { return cmp.Compare(b.radius, a.radius) })
	f.x.inset = int(math.Ceil(reach)) + f.px(3)
	f.y.inset = f.x.inset
}

// render has go-chart lay the map out and draw it.
func (f *mapFrame) render() error {
	font, err := goChartFont()
	if err != nil {
		return err
	}
	theme := &f.req.Theme
	axis := chart.Style{
		FontColor: drawing.Color(theme.Axis), FontSize: f.size, Hidden: f.bare,
		StrokeColor: drawing.ColorTransparent, StrokeWidth: 1,
	}
	left, below := axis, axis
	left.ClassName, below.ClassName = leftClass, timeClass
	grid := chart.Style{StrokeColor: drawing.Color(theme.Grid), StrokeWidth: float64(max(1, f.px(1)))}
	c := chart.Chart{
		Width: f.req.Width, Height: f.req.Height, Font: font,
		Background: chart.Style{Padding: f.padding(), FillColor: drawing.ColorTransparent},
		Canvas:     chart.Style{FillColor: drawing.ColorTransparent},
		XAxis:      chart.XAxis{Style: below, Range: &f.x, GridMajorStyle: grid, GridMinorStyle: grid},
		YAxisSecondary: chart.YAxis{
			Style: left, Range: &f.y, Zero: chart.GridLine{Style: chart.Hidden()}, GridMajorStyle: grid, GridMinorStyle: grid,
		},
		YAxis: chart.YAxis{
			Style: chart.Hidden(), Range: &mapScale{low: -1, high: 1}, Zero: chart.GridLine{Style: chart.Hidden()},
			GridMajorStyle: chart.Hidden(), GridMinorStyle: chart.Hidden(),
		},
		Series: []chart.Series{&dotSeries{f}},
	}
	return c.Render(func(int, int) (chart.Renderer, error) { return f.renderer, nil }, &chart.ImageWriter{})
}

func (f *mapFrame) padding() chart.Box {
	if f.bare {
		p := min(f.px(2), 4)
		return chart.NewBox(p, p, p, p)
	}
	pad := f.px(padding)
	return chart.NewBox(f.px(6)+int(f.metrics.Line)+f.px(6), pad, pad, int(f.metrics.Descent)+f.px(4))
}

// draw paints what go-chart has no notion of, into the plot it has made room for.
func (f *mapFrame) draw(box chart.Box) {
	plot := image.Rect(box.Left, box.Top, box.Right+1, box.Bottom+1)
	f.x.domain, f.y.domain = max(1, box.Width()), max(1, box.Height())
	f.cramped = !f.bare && (box.Width() < 2*f.px(minPlot) || box.Height() < f.px(minPlot))
	f.picture.Plot, f.picture.x, f.picture.y = plot, f.x, f.y
	f.picture.x.label, f.picture.y.label = nil, nil
	if f.cramped {
		return
	}
	for i := range f.picture.dots {
		d := &f.picture.dots[i]
		d.x, d.y = f.picture.X(f.req.Dots[d.index].X), f.picture.Y(f.req.Dots[d.index].Y)
	}
	c := f.renderer.canvas
	f.drawBand(c)
	f.drawDots(c)
	f.drawMessage(c)
	f.picture.index = newDotIndex(f.picture.dots, float64(plot.Min.X), float64(plot.Min.Y), float64(plot.Dx()), float64(plot.Dy()), 20*f.req.Scale)
	if !f.bare {
		taken := newOccupied(plot, 3*f.req.Scale)
		f.drawHeader(c)
		f.drawCaptions(c, taken)
		f.drawLabels(c, taken)
	}
}

// drawBand tints what is neutral, draws its edges, and the lines through zero.
func (f *mapFrame) drawBand(c *canvas.Canvas) {
	plot, theme := f.picture.Plot, &f.req.Theme
	line := func(v float64, up bool) image.Rectangle {
		if up {
			x := int(math.Round(f.picture.X(v)))
			return image.Rect(x, plot.Min.Y, x+max(1, f.px(1)), plot.Max.Y)
		}
		y := int(math.Round(f.picture.Y(v)))
		return image.Rect(plot.Min.X, y, plot.Max.X, y+max(1, f.px(1)))
	}
	if t := f.req.Threshold; t > 0 {
		tint := fade(theme.Axis, 0.075)
		across, up := line(t, false), line(t, true)
		across.Max.Y, up.Min.X = line(-t, false).Max.Y, line(-t, true).Min.X
		c.Rect(across, tint)
		above, below := up, up // but for what is tinted already
		above.Max.Y, below.Min.Y = across.Min.Y, across.Max.Y
		c.Rect(above, tint)
		c.Rect(below, tint)
		for _, v := range []float64{-t, t} {
			dashed(c, line(v, true), f.px(3), fade(theme.Axis, 0.45))
			dashed(c, line(v, false), f.px(3), fade(theme.Axis, 0.45))
		}
	}
	c.Rect(line(0, true), theme.Zero)
	c.Rect(line(0, false), theme.Zero)
}

// dashed fills an upright or level line in dashes as long as their gaps.
func dashed(c *canvas.Canvas, line image.Rectangle, dash int, colour color.NRGBA) {
	dash = max(1, dash)
	if line.Dx() > line.Dy() {
		for x := line.Min.X; x < line.Max.X; x += 2 * dash {
			c.Rect(image.Rect(x, line.Min.Y, min(x+dash, line.Max.X), line.Max.Y), colour)
		}
		return
	}
	for y := line.Min.Y; y < line.Max.Y; y += 2 * dash {
		c.Rect(image.Rect(line.Min.X, y, line.Max.X, min(y+dash, line.Max.Y)), colour)
	}
}

// drawDots paints the dots, in several bands of the picture at once.
func (f *mapFrame) drawDots(c *canvas.Canvas) {
	const bands = 4
	parallel(bands, func(i int) {
		band := c.Image().Rect
		band.Min.Y, band.Max.Y = i*f.req.Height/bands, (i+1)*f.req.Height/bands
		f.drawDotsOf(c.Clip(band))
	})
}

// drawDotsOf paints the dots of a band, the largest first, so that none is hidden.
// Each keeps off what is under it by a rim in the colour of the background.
func (f *mapFrame) drawDotsOf(c *canvas.Canvas) {
	rim, edge := 0.9*f.req.Scale, 1.2*f.req.Scale
	for i := range f.picture.dots {
		p := &f.picture.dots[i]
		d := &f.req.Dots[p.index]
		if box, far := c.Image().Rect, p.reach+4*f.req.Scale; p.y+far < float64(box.Min.Y) || p.y-far > float64(box.Max.Y) {
			continue
		}
		drawSign(c, d.Sign, p, rim, 0, f.req.Theme.Background)
		body := d.Sign.Colour
		if !d.Sign.Hollow {
			drawSign(c, d.Sign, p, 0, 0, fade(body, 0.82))
			continue
		}
		drawSign(c, d.Sign, p, 0, 0, fade(body, 0.12))
		drawSign(c, d.Sign, p, 0, edge, body)
	}
	for i := range f.picture.dots {
		if p := &f.picture.dots[i]; f.req.Dots[p.index].Lit {
			c.Ring(p.x, p.y, p.reach+litAway*f.req.Scale, 1.6*f.req.Scale, f.req.Lit)
		}
	}
}

// drawSign paints a dot's shape, larger by so many pixels all around; with an edge
// only that.
func drawSign(c *canvas.Canvas, s Sign, p *placedDot, larger, edge float64, colour color.NRGBA) {
	switch {
	case s.Shape == TriangleUp || s.Shape == TriangleDown:
		c.Triangle(p.x, p.y, p.reach+2*larger, s.Shape == TriangleDown, edge, colour)
	case edge > 0:
		c.Ring(p.x, p.y, p.radius+larger, edge, colour)
	default:
		c.Disc(p.x, p.y, p.radius+larger, colour)
	}
}

// dotSeries is a map's dots as go-chart sees them.
type dotSeries struct{ frame *mapFrame }

var _ chart.Series = (*dotSeries)(nil)

// GetName returns nothing: there is no legend.
func (s *dotSeries) GetName() string { return "" }

// GetYAxis returns go-chart's secondary axis, the left one.
func (s *dotSeries) GetYAxis() chart.YAxisType { return chart.YAxisSecondary }

// GetStyle returns none: each dot has its own.
func (s *dotSeries) GetStyle() chart.Style { return chart.Style{} }

// Validate finds nothing: DrawMap has validated the request.
func (s *dotSeries) Validate() error { return nil }

// Render draws the dots and everything around them.
func (s *dotSeries) Render(_ chart.Renderer, box chart.Box, _, _ chart.Range, _ chart.Style) {
	s.frame.draw(box)
}
