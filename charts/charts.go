// Package charts draws time series as pictures: open interest, price and
// comparisons of contracts. It knows no toolkit; a Picture is an image plus the
// geometry that maps its pixels to times and values, so that a crosshair can
// move over it without drawing it again.
//
// go-chart lays the chart out, and owns its axes, ticks, grid and series. Two
// things are the package's own, because go-chart's take several frames' time or
// are made for a handful of points:
//
//   - Each series is thinned to the pixel columns shown: first, last, lowest and
//     highest value of each column, so that no spike is lost (thin.go).
//   - go-chart draws through a chart.Renderer of ours that paints polylines by
//     column and keeps drawn strings (renderer.go, package canvas).
//
// Under the main plot others may stand (Request.Below), over the same span and
// one time axis: each is a chart of go-chart's own on the same image (plots.go).
// A Line may also be bars or candles, which are put together in buckets wide
// enough to be seen (form.go).
//
// Lengths in a Request are in units; one unit is Request.Scale device pixels.
// Lengths in a Picture are device pixels, whose integer values lie in the middle
// of a pixel. Times are Unix milliseconds, UTC.
package charts

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"time"

	"openinterest/charts/canvas"
)

// Font is a font; it keeps what was drawn with it, so parse it once.
type Font = canvas.Font

// Axis is the value axis that a line or marker is measured on.
type Axis uint8

// The two value axes.
const (
	Left Axis = iota
	Right
)

// Line is one series. Draw reads its slices without copying them, and the
// Picture keeps them for read-outs: they must not change afterwards.
type Line struct {
	Key   string // the caller's name for it
	Label string // drawn at its end if Request.EndLabels; of a plot below, beside its title
	Axis  Axis

	Times  []int64   // ascending
	Values []float64 // as many; NaN: unknown. On a logarithmic axis only values > 0 are shown
	Gap    int64     // ms: the line breaks over a longer step; 0: never

	// Base, unless 0, has the line show by how many percent each value differs
	// from it. The slices stay as they are, so another base costs nothing: a
	// comparison that is moved counts from another point in each frame. One that
	// is no positive number shows nothing.
	Base float64

	// Form is how the line is drawn. What follows is for forms other than Curve.
	Form               Form
	Opens, Highs, Lows []float64   // of Candles, whose closes are Values; nil: candles of Values, which are samples
	Closes             []float64   // of Bars with Opens: a bar has the colour of the candle from its open to its close
	Ends               []int64     // of Bars, when what a value counts ended; nil: Period after its time
	Period             int64       // ms between neighbours: no bar or candle spans less
	Down               color.NRGBA // of bars below zero, and of candles that fell; zero: Colour

	Colour   color.NRGBA
	Dash     []float64 // units on, off, on, …; nil: solid
	Width    float64   // units; 0: 1.5
	Fill     bool      // tint the area below
	MarkLast bool      // tag the last value shown on its axis
}

// Shape is the form of a Marker.
type Shape uint8

// The shapes of markers. A triangle points at its value: Up from below, Down from above.
const (
	Circle Shape = iota
	Diamond
	TriangleUp
	TriangleDown
	Square
)

// Marker is a sign at one instant, such as a signal that fired. Of two that would
// cover one another, one stands on the other; for more, their number stands.
type Marker struct {
	Key    string
	Time   int64
	Value  float64
	Axis   Axis
	Shape  Shape
	Colour color.NRGBA
}

// Blank is a part of the span of which nothing is known: it is hatched, and
// Text says why, where there is room for it and any line has a value.
type Blank struct {
	From, To int64
	Text     string
}

// ValueAxis describes the left or right axis. Its span follows from the lines shown.
type ValueAxis struct {
	Unit string // drawn above the axis, such as "USD" or "contracts"

	// Format writes a value so that neighbours step apart differ; nil: FormatValue.
	Format func(v, step float64) string

	Log bool // logarithmic, if there is any value > 0

	// Level is a value that the axis always shows, with a line across the plot in
	// place of that of zero; 0: none. Of the left axis only.
	Level float64
}

// TimeAxis describes the horizontal axis.
type TimeAxis struct {
	Zone string // the time zone's name, drawn beside the axis: "UTC"

	// Location is the zone in which days begin and labels are written; nil: UTC.
	Location *time.Location

	// Format writes a tick: its label, and the context (date, year) that is
	// written below the first tick and wherever it changes; nil: FormatTime.
	Format func(t time.Time, step time.Duration) (label, context string)
}

// Request is everything a picture depends on: equal requests give equal pictures.
type Request struct {
	Width, Height int     // device pixels, 16 … 16384
	Scale         float64 // device pixels per unit, 0.5 … 8; 0: 1
	From, To      int64   // the span shown

	Lines   []Line // the first is drawn on top; lines on the right axis below all others
	Markers []Marker
	Blanks  []Blank // the parts of the span of which nothing is known

	Left, Right ValueAxis

	// Room is how many device pixels the labels of each axis are given at least,
	// by Axis: that of a picture before (Picture.Room) keeps the plot in its place
	// while its span moves and labels get longer and shorter.
	Room [2]int

	Time  TimeAxis
	Theme Theme

	Below []Plot // plots under the main one, the uppermost first

	EndLabels bool   // each left line's Label at its end
	Watermark string // drawn above the plot, never covered
	Message   string // drawn in the middle when no line has a value in the span

	onto *canvas.Canvas // becomes a vector canvas with the picture; nil: it is drawn as pixels
}

// newCanvas is what a picture is drawn on. One that became too full is drawn anew,
// with less on it.
func (r *Request) newCanvas() *canvas.Canvas {
	if r.onto == nil {
		return canvas.New(r.Width, r.Height, r.Theme.Background)
	}
	*r.onto = *canvas.NewVector(r.Width, r.Height, r.Theme.Background)
	return r.onto
}

const (
	minSize, maxSize = 16, 16384
	defaultWidth     = 1.5
)

// The instants a chart can span: years 1 to 9999.
var (
	minTime = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	maxTime = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC).UnixMilli()
)

// ErrUnsorted is wrapped by Draw's error when a line's times do not ascend in the span shown.
var ErrUnsorted = errors.New("times do not ascend")

// validateSize refuses a picture that cannot be drawn; a scale of 0 becomes 1.
func validateSize(what string, width, height int, scale *float64) error {
	if *scale == 0 {
		*scale = 1
	}
	switch {
	case width < minSize || height < minSize || width > maxSize || height > maxSize:
		return fmt.Errorf("%s of %d × %d pixels: each side must have %d to %d", what, width, height, minSize, maxSize)
	case !(*scale >= 0.5 && *scale <= 8):
		return fmt.Errorf("%s at scale %v: must be 0.5 to 8", what, *scale)
	}
	return nil
}

func (r *Request) validate() error {
	if err := validateSize("a chart", r.Width, r.Height, &r.Scale); err != nil {
		return err
	}
	if r.From >= r.To || r.From < minTime || r.To > maxTime {
		return fmt.Errorf("a chart from %d to %d: the span must be positive and within the years 1 to 9999", r.From, r.To)
	}
	if err := validateLines(r.Lines); err != nil {
		return err
	}
	for i := range r.Below {
		if err := validateLines(r.Below[i].Lines); err != nil {
			return fmt.Errorf("plot %d below: %w", i, err)
		}
	}
	r.Theme = r.Theme.complete()
	if r.Left.Format == nil {
		r.Left.Format = FormatValue
	}
	if r.Right.Format == nil {
		r.Right.Format = FormatValue
	}
	if r.Time.Format == nil {
		r.Time.Format = FormatTime
	}
	return nil
}

func validateLines(lines []Line) error {
	for i := range lines {
		l := &lines[i]
		n := len(l.Times)
		if n != len(l.Values) {
			return fmt.Errorf("line %d (%s) has %d times and %d values", i, l.Key, n, len(l.Values))
		}
		if l.Form == Bars {
			if l.Opens != nil && (len(l.Opens) != n || len(l.Closes) != n) || l.Ends != nil && len(l.Ends) != n {
				return fmt.Errorf("line %d (%s) has %d times and %d, %d, %d opens, closes and ends", i, l.Key, n, len(l.Opens), len(l.Closes), len(l.Ends))
			}
		} else if l.Opens != nil && (len(l.Opens) != n || len(l.Highs) != n || len(l.Lows) != n) {
			return fmt.Errorf("line %d (%s) has %d times and %d, %d, %d opens, highs and lows", i, l.Key, n, len(l.Opens), len(l.Highs), len(l.Lows))
		}
	}
	return nil
}

// axis returns the description of a value axis.
func (r *Request) axis(a Axis) *ValueAxis {
	if a == Right {
		return &r.Right
	}
	return &r.Left
}

// limit bounds the values shown: beyond it, differences could overflow. Values
// outside are treated as unknown.
const limit = 1e150

// lowestOf is the least value that can be shown on an axis.
func lowestOf(log bool) float64 {
	if log {
		return 1 / limit
	}
	return -limit
}

// Shown is what the line shows for one of its values.
func (l *Line) Shown(value float64) float64 {
	if l.Base == 0 {
		return value
	}
	return 100 * (value/l.Base - 1)
}

// lowest is the least of the line's values that can be shown on an axis that is
// logarithmic or not.
func (l *Line) lowest(log bool) float64 {
	switch {
	case l.Base == 0:
		return lowestOf(log)
	case !(l.Base > 1/limit && l.Base < limit):
		return math.Inf(1)
	case log: // what is more than the base
		return math.Nextafter(l.Base, limit)
	}
	return max(-limit, -limit*l.Base)
}

// width is the line's width in device pixels.
func (l *Line) width(scale float64) float64 {
	if !(l.Width > 0) {
		return defaultWidth * scale
	}
	return math.Min(l.Width, 100) * scale
}
