package charts

import (
	"github.com/wcharczuk/go-chart/v2"
	"github.com/wcharczuk/go-chart/v2/drawing"

	"openinterest/charts/canvas"
)

// lineSeries is one line as go-chart sees it.
type lineSeries struct {
	frame *frame
	index int
}

var _ chart.Series = (*lineSeries)(nil)

// GetName returns the line's key.
func (s *lineSeries) GetName() string {
	return s.frame.req.Lines[s.index].Key
}

// GetYAxis returns go-chart's axis: its secondary is the left one.
func (s *lineSeries) GetYAxis() chart.YAxisType {
	if s.frame.req.Lines[s.index].Axis == Right {
		return chart.YAxisPrimary
	}
	return chart.YAxisSecondary
}

// GetStyle returns the line's style.
func (s *lineSeries) GetStyle() chart.Style {
	l := &s.frame.req.Lines[s.index]
	return chart.Style{StrokeColor: drawing.Color(l.Colour), StrokeWidth: l.width(s.frame.req.Scale), StrokeDashArray: s.dash()}
}

// Validate finds nothing: Draw has validated the request.
func (s *lineSeries) Validate() error { return nil }

func (s *lineSeries) dash() []float64 {
	l := &s.frame.req.Lines[s.index]
	dash := make([]float64, len(l.Dash))
	for i, d := range l.Dash {
		dash[i] = d * s.frame.req.Scale
	}
	return dash
}

func (s *lineSeries) thinned() []canvas.Step {
	f := s.frame
	return thin(&f.req.Lines[s.index], f.view.extents[s.index], &f.picture.geometry)
}

const fillOpacity = 0.2

func (s *lineSeries) stroke() canvas.Stroke {
	l := &s.frame.req.Lines[s.index]
	fill := 0.0
	if l.Fill {
		fill = fillOpacity
	}
	return canvas.Stroke{Steps: s.thinned(), Colour: l.Colour, Width: l.width(s.frame.req.Scale), Dash: s.dash(), Fill: fill}
}

// Render draws the thinned line: whole, where the renderer can take it, or by
// the path operations of any other.
func (s *lineSeries) Render(r chart.Renderer, box chart.Box, _, _ chart.Range, _ chart.Style) {
	f := s.frame
	f.start(box)
	if f.skips() {
		return
	}
	if f.req.Lines[s.index].Form != Curve {
		s.renderFigures(r)
		return
	}
	if own, ok := r.(*renderer); ok {
		own.addLine(f.picture.Plot, s.stroke)
		return
	}
	s.GetStyle().WriteDrawingOptionsToRenderer(r)
	for _, step := range s.thinned() {
		x, y := int(step.X), int(step.First)
		if step.Break {
			r.MoveTo(x, y)
		} else {
			r.LineTo(x, y)
		}
		if step.Dense {
			r.LineTo(x, int(step.Top))
			r.LineTo(x, int(step.Bottom))
			r.LineTo(x, int(step.Last))
		}
	}
	r.Stroke()
}

// zeroSeries draws the line of the left axis' level, which is zero unless another
// was asked for, a little stronger than the grid, if it lies inside the axis.
type zeroSeries struct{ frame *frame }

var _ chart.Series = (*zeroSeries)(nil)

// GetName returns nothing: it has no name.
func (*zeroSeries) GetName() string { return "" }

// GetYAxis returns go-chart's name for the left axis.
func (*zeroSeries) GetYAxis() chart.YAxisType { return chart.YAxisSecondary }

// GetStyle returns the line's style.
func (z *zeroSeries) GetStyle() chart.Style {
	return chart.Style{StrokeColor: drawing.Color(z.frame.req.Theme.Zero), StrokeWidth: float64(z.frame.hair())}
}

// Validate finds nothing.
func (*zeroSeries) Validate() error { return nil }

// Render draws the line.
func (z *zeroSeries) Render(r chart.Renderer, box chart.Box, _, left chart.Range, _ chart.Style) {
	z.frame.start(box)
	z.frame.drawBlanks(r)
	s := &z.frame.scales[Left]
	if z.frame.skips() || z.frame.hides(Left) || s.log && s.level == 0 || s.min >= s.level || s.max < s.level {
		return
	}
	z.GetStyle().WriteDrawingOptionsToRenderer(r)
	y := box.Bottom - left.Translate(s.level)
	r.MoveTo(box.Left, y)
	r.LineTo(box.Right, y)
	r.Stroke()
}
