package charts

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"strings"

	"github.com/golang/freetype/truetype"
	"github.com/wcharczuk/go-chart/v2"
	"github.com/wcharczuk/go-chart/v2/drawing"

	"openinterest/charts/canvas"
)

// class is what go-chart's constants leave open about the text of one axis, by
// the style's class name, as a style sheet would say it. go-chart keeps 10
// pixels between plot and labels, whatever the scale.
type class struct {
	minWidth      int  // room is kept for texts so wide
	alignRight    bool // within that room
	dx            int  // shifts the text, and adds to its width
	extra, height int  // added to the measured width and height
}

const goChartMargin = chart.DefaultYAxisMargin // and DefaultXAxisMargin: the same

// renderer is a chart.Renderer onto a canvas. Unlike go-chart's own it skips what
// is transparent, keeps drawn strings, and takes thinned lines whole (addLine),
// which it paints together. Font sizes are pixels, and all text is in one font,
// upright; class names and the resolution serve go-chart's layout only.
type renderer struct {
	canvas  *canvas.Canvas
	font    *Font
	classes map[string]class

	dpi          float64
	class        class
	strokeColour color.NRGBA
	fillColour   color.NRGBA
	fontColour   color.NRGBA
	strokeWidth  float64
	dash         []float64
	fontSize     float64
	path         [][]canvas.Point

	pending []func() canvas.Stroke
	clip    image.Rectangle
}

var _ chart.Renderer = (*renderer)(nil)

// addLine takes a polyline to be thinned and painted, inside clip, before
// anything else is drawn.
func (r *renderer) addLine(clip image.Rectangle, stroke func() canvas.Stroke) {
	r.clip = clip
	r.pending = append(r.pending, stroke)
}

// flush paints the lines pending, in the order in which they came.
func (r *renderer) flush() {
	if len(r.pending) == 0 {
		return
	}
	strokes := make([]canvas.Stroke, len(r.pending))
	parallel(len(strokes), func(i int) { strokes[i] = r.pending[i]() })
	r.pending = r.pending[:0]
	r.canvas.Strokes(r.clip, strokes)
}

// ResetStyle forgets colours, widths and the path.
func (r *renderer) ResetStyle() {
	r.class, r.dash, r.strokeWidth, r.path = class{}, nil, 0, r.path[:0]
	r.strokeColour, r.fillColour, r.fontColour = color.NRGBA{}, color.NRGBA{}, color.NRGBA{}
}

// GetDPI returns what SetDPI set.
func (r *renderer) GetDPI() float64 { return r.dpi }

// SetDPI keeps the resolution for GetDPI; sizes are pixels.
func (r *renderer) SetDPI(dpi float64) { r.dpi = dpi }

// SetClassName chooses the class that text is set by.
func (r *renderer) SetClassName(name string) { r.class = r.classes[name] }

// SetStrokeColor sets the colour of Stroke.
func (r *renderer) SetStrokeColor(c drawing.Color) { r.strokeColour = color.NRGBA(c) }

// SetFillColor sets the colour of Fill.
func (r *renderer) SetFillColor(c drawing.Color) { r.fillColour = color.NRGBA(c) }

// SetStrokeWidth sets the width of Stroke in pixels.
func (r *renderer) SetStrokeWidth(width float64) { r.strokeWidth = width }

// SetStrokeDashArray sets the dashes of Stroke in pixels along x.
func (r *renderer) SetStrokeDashArray(dash []float64) { r.dash = dash }

// MoveTo starts a new part of the path.
func (r *renderer) MoveTo(x, y int) {
	r.path = append(r.path, []canvas.Point{{X: float64(x), Y: float64(y)}})
}

// LineTo adds a straight line to the path.
func (r *renderer) LineTo(x, y int) { r.lineTo(float64(x), float64(y)) }

func (r *renderer) lineTo(x, y float64) {
	p := canvas.Point{X: x, Y: y}
	if len(r.path) == 0 {
		r.path = append(r.path, nil)
	}
	part := &r.path[len(r.path)-1]
	*part = append(*part, p)
}

func (r *renderer) pen() canvas.Point {
	if n := len(r.path); n > 0 && len(r.path[n-1]) > 0 {
		return r.path[n-1][len(r.path[n-1])-1]
	}
	return canvas.Point{}
}

const curvePieces = 16 // straight pieces of a curve: enough for what charts draw

// QuadCurveTo adds a quadratic Bézier curve to the path.
func (r *renderer) QuadCurveTo(cx, cy, x, y int) {
	p := r.pen()
	for i := 1; i <= curvePieces; i++ {
		t := float64(i) / curvePieces
		a, b, c := (1-t)*(1-t), 2*t*(1-t), t*t
		r.lineTo(a*p.X+b*float64(cx)+c*float64(x), a*p.Y+b*float64(cy)+c*float64(y))
	}
}

// ArcTo adds an arc of an ellipse to the path, angles in radians.
func (r *renderer) ArcTo(cx, cy int, rx, ry, startAngle, delta float64) {
	for i := 0; i <= curvePieces; i++ {
		sin, cos := math.Sincos(startAngle + delta*float64(i)/curvePieces)
		r.lineTo(float64(cx)+rx*cos, float64(cy)+ry*sin)
	}
}

// Circle adds a circle to the path.
func (r *renderer) Circle(radius float64, x, y int) {
	r.path = append(r.path, nil)
	r.ArcTo(x, y, radius, radius, 0, 2*math.Pi)
}

// Close joins the path's end to its beginning.
func (r *renderer) Close() {
	if n := len(r.path); n > 0 && len(r.path[n-1]) > 0 {
		first := r.path[n-1][0]
		r.lineTo(first.X, first.Y)
	}
}

// Fill fills the path and ends it.
func (r *renderer) Fill() {
	r.fill()
	r.path = r.path[:0]
}

// Stroke draws the path and ends it.
func (r *renderer) Stroke() {
	r.stroke()
	r.path = r.path[:0]
}

// FillStroke fills the path, draws it and ends it.
func (r *renderer) FillStroke() {
	r.fill()
	r.stroke()
	r.path = r.path[:0]
}

func (r *renderer) fill() {
	if r.fillColour.A == 0 {
		return
	}
	r.flush()
	r.canvas.Polygon(r.path, r.fillColour)
}

func (r *renderer) stroke() {
	if r.strokeColour.A == 0 || !(r.strokeWidth > 0) {
		return
	}
	r.flush()
	for _, part := range r.path {
		if !r.hairline(part) {
			r.polyline(part)
		}
	}
}

// hairline draws the horizontal and vertical lines of grid, axes and ticks in
// whole pixels, so that they are sharp.
func (r *renderer) hairline(part []canvas.Point) bool {
	if len(part) != 2 || len(r.dash) > 0 || part[0].X != part[1].X && part[0].Y != part[1].Y {
		return false
	}
	width := max(1, int(r.strokeWidth+0.5))
	x0, x1 := int(min(part[0].X, part[1].X)), int(max(part[0].X, part[1].X))
	y0, y1 := int(min(part[0].Y, part[1].Y)), int(max(part[0].Y, part[1].Y))
	if x0 == x1 {
		x0 -= (width - 1) / 2
		x1 = x0 + width - 1
	} else {
		y0 -= (width - 1) / 2
		y1 = y0 + width - 1
	}
	r.canvas.Rect(image.Rect(x0, y0, x1+1, y1+1), r.strokeColour)
	return true
}

func (r *renderer) polyline(part []canvas.Point) {
	for i := 1; i < len(part); i++ { // piece by piece: a path may run to the left
		a, b := part[i-1], part[i]
		if a.X > b.X {
			a, b = b, a
		}
		r.canvas.Strokes(r.canvas.Image().Rect, []canvas.Stroke{{
			Steps:  []canvas.Step{{X: a.X, First: a.Y, Last: a.Y}, {X: b.X, First: b.Y, Last: b.Y}},
			Colour: r.strokeColour, Width: r.strokeWidth, Dash: r.dash,
		}})
	}
}

// SetFont keeps the theme's font: a chart has one.
func (r *renderer) SetFont(*truetype.Font) {}

// SetFontColor sets the colour of Text.
func (r *renderer) SetFontColor(c drawing.Color) { r.fontColour = color.NRGBA(c) }

// SetFontSize sets the size of Text in pixels.
func (r *renderer) SetFontSize(size float64) { r.fontSize = size }

// Text draws lines of text; y is the baseline of the last.
func (r *renderer) Text(body string, x, y int) {
	if body == "" || r.fontColour.A == 0 {
		return
	}
	r.flush()
	lines := strings.Split(body, "\n")
	width, line := r.width(lines), math.Ceil(r.font.Metrics(r.fontSize).Line)
	for i, text := range lines {
		own := r.font.Width(r.fontSize, text)
		left := float64(x + r.class.dx)
		if r.class.alignRight {
			left = float64(x) + float64(max(width, r.class.minWidth)) - own
		} else if len(lines) > 1 {
			left += (float64(width) - own) / 2
		}
		baseline := float64(y) - line*float64(len(lines)-1-i)
		r.canvas.Text(r.font, r.fontSize, text, int(math.Round(left)), int(baseline), r.fontColour)
	}
}

func (r *renderer) width(lines []string) int {
	width := 0.0
	for _, text := range lines {
		width = max(width, r.font.Width(r.fontSize, text))
	}
	return int(math.Ceil(width))
}

// MeasureText is the room that lines of text take: from the top of the first
// line's capitals to the baseline of the last, so that digits are centred on ticks.
func (r *renderer) MeasureText(body string) chart.Box {
	lines := strings.Split(body, "\n")
	m := r.font.Metrics(r.fontSize)
	return chart.Box{
		Right:  max(r.width(lines), r.class.minWidth) + r.class.dx + r.class.extra,
		Bottom: int(math.Ceil(m.Cap)+math.Ceil(m.Line)*float64(len(lines)-1)) + r.class.height,
	}
}

// SetTextRotation does nothing: text is upright.
func (r *renderer) SetTextRotation(float64) {}

// ClearTextRotation does nothing.
func (r *renderer) ClearTextRotation() {}

// Save hands the image to a chart.RGBACollector, or writes it as PNG.
func (r *renderer) Save(w io.Writer) error {
	r.flush()
	if collector, ok := w.(chart.RGBACollector); ok {
		collector.SetRGBA(r.canvas.Image())
		return nil
	}
	if err := png.Encode(w, r.canvas.Image()); err != nil {
		return fmt.Errorf("writing a chart as PNG: %w", err)
	}
	return nil
}
