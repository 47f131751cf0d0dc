package charts

import (
	"fmt"
	"image"
	"math"
	"sync"

	"github.com/wcharczuk/go-chart/v2"
	"github.com/wcharczuk/go-chart/v2/drawing"

	"openinterest/charts/canvas"
)

// Draw draws a chart. It fails on sizes and spans that make no picture, lines
// whose slices differ in length, and times that do not ascend; odd values
// (unknown, infinite, none) are drawn as well as they can be. It is safe for
// concurrent use.
func Draw(req Request) (*Picture, error) {
	if err := req.validate(); err != nil {
		return nil, fmt.Errorf("drawing a chart: %w", err)
	}
	draw := drawAlone
	if len(req.Below) > 0 {
		draw = drawStack
	}
	picture, err := draw(&req)
	if err != nil {
		return nil, fmt.Errorf("drawing a chart: %w", err)
	}
	return picture, nil
}

// drawAlone draws the main plot of a request.
func drawAlone(req *Request) (picture *Picture, err error) {
	if req.Lines, err = req.gathered(req.Lines); err != nil {
		return nil, err
	}
	view, err := look(req)
	if err != nil {
		return nil, err
	}
	for detail := everything; ; detail++ { // until the plot has room
		f := newFrame(req, view, detail, place{})
		c := req.newCanvas()
		if err := f.draw(c); err != nil {
			return nil, err
		}
		if !f.cramped {
			f.picture.Image = c.Image()
			return f.picture, nil
		}
	}
}

// view is what of a request's lines is in its span.
type view struct {
	extents []extent
	log     [2]bool
	low     [2]float64 // of the values on each axis, low > high if there is none
	high    [2]float64
}

func (v *view) has(a Axis) bool { return v.low[a] <= v.high[a] }

func look(req *Request) (*view, error) {
	v := &view{log: [2]bool{req.Left.Log, req.Right.Log}}
	if err := v.measure(req); err != nil {
		return nil, err
	}
	again := false
	for _, a := range []Axis{Left, Right} {
		if v.log[a] && !v.has(a) { // nothing above zero: linear, then
			v.log[a], again = false, true
		}
	}
	if again {
		if err := v.measure(req); err != nil {
			return v, err
		}
	}
	if at := req.Left.Level; at != 0 && v.has(Left) && known(at, lowestOf(v.log[Left])) {
		v.low[Left], v.high[Left] = min(v.low[Left], at), max(v.high[Left], at)
	}
	return v, nil
}

func (v *view) measure(req *Request) error {
	v.extents = make([]extent, len(req.Lines))
	errs := make([]error, len(req.Lines))
	parallel(len(req.Lines), func(i int) {
		l := &req.Lines[i]
		if l.Form != Curve {
			v.extents[i] = measureBuckets(l, lowestOf(v.log[l.Axis&1]))
			return
		}
		v.extents[i], errs[i] = measure(l, req.From, req.To, l.lowest(v.log[l.Axis&1]))
	})
	v.low, v.high = [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for i, e := range v.extents {
		if errs[i] != nil {
			return errs[i]
		}
		a := req.Lines[i].Axis & 1
		v.low[a], v.high[a] = min(v.low[a], e.low), max(v.high[a], e.high)
	}
	return nil
}

// detail is how much of a chart is drawn; the smaller, the less.
type detail int

const (
	everything detail = iota
	withoutEndLabels
	bare // the lines alone
)

// frame is one attempt at a picture.
type frame struct {
	req     *Request
	view    *view
	detail  detail
	place   place
	picture *Picture
	time    timeScale
	scales  [2]valueScale

	font    *Font
	size    float64 // of the font in pixels
	metrics canvas.Metrics

	endWidth int  // of the column of end labels
	started  bool // the plot's place is known
	cramped  bool // and it is too small
}

func newFrame(req *Request, v *view, d detail, at place) *frame {
	if at.bottom == 0 {
		at.bottom = req.Height
	}
	f := &frame{req: req, view: v, detail: d, place: at, font: req.Theme.Font, size: req.Theme.FontSize * req.Scale}
	f.metrics = f.font.Metrics(f.size)
	f.picture = &Picture{lines: req.Lines, scale: req.Scale}
	f.endWidth = f.measureEndLabels()
	f.time = timeScale{
		from: req.From, to: req.To, zone: req.Time.Location, format: req.Time.Format, width: f.textWidth,
		gap: 1.4 * f.size, twoLines: float64(req.Height) >= 11*f.metrics.Line, hidden: d == bare || at.untimed,
	}
	for _, a := range []Axis{Left, Right} {
		s := &f.scales[a]
		if !v.has(a) {
			s.fit(0, 0, false)
			continue
		}
		s.fit(v.low[a], v.high[a], v.log[a])
		if a == Left {
			s.level = req.Left.Level
		}
		s.spacing = min(max(float64(f.height())/9, 2.2*f.metrics.Line), 4.5*f.metrics.Line)
		if d != bare {
			s.label = func(t *tick) { t.text = f.elide(req.axis(a).Format(t.value, t.step)) }
			s.hidden = f.hiddenByTags(a)
		}
	}
	return f
}

// draw draws the frame on a canvas.
func (f *frame) draw(c *canvas.Canvas) error {
	return f.render(&renderer{canvas: c, font: f.font, classes: f.classes()})
}

// height is that of the frame's rows.
func (f *frame) height() int { return f.place.bottom - f.place.top }

// skips reports whether nothing is to be drawn.
func (f *frame) skips() bool { return f.cramped || f.place.measuring }

// px is units in device pixels.
func (f *frame) px(units float64) int { return int(math.Round(units * f.req.Scale)) }

func (f *frame) textWidth(text string) float64 { return f.font.Width(f.size, text) }

// elide shortens an axis label that would take the plot's room.
func (f *frame) elide(text string) string {
	return f.font.Elide(f.size, text, 0.35*float64(f.req.Width))
}

// The distances of the layout, in units.
const (
	padding  = 8
	axisGap  = 8  // between plot and value labels
	timeGap  = 8  // between plot and time labels
	endGap   = 12 // between plot and end labels: room for leaders
	tagInset = 4  // between a tag's text and its edge
	minPlot  = 40 // a plot narrower or lower than that is cramped
)

const (
	leftClass  = "left axis"
	rightClass = "right axis"
	timeClass  = "time axis"
)

func (f *frame) classes() map[string]class {
	beside := f.px(axisGap) - goChartMargin - 1 // go-chart adds the width of the axis line, 1
	return map[string]class{
		leftClass:  {minWidth: max(f.tagWidth(Left), f.req.Room[Left]), alignRight: true, extra: beside},
		rightClass: {minWidth: max(f.tagWidth(Right), f.req.Room[Right]), dx: beside + f.endWidth, extra: 1},
		timeClass:  {height: f.px(timeGap) - goChartMargin},
	}
}

// goChartFont makes go-chart load its own font once. Our renderer has no use
// for it, but Chart.Render asks for it, and looks first without a lock
// (font.go, GetDefaultFont): two charts drawn at once would race.
var goChartFont = sync.OnceValues(chart.GetDefaultFont)

// render has go-chart lay the chart out and draw it with r.
func (f *frame) render(r chart.Renderer) error {
	font, err := goChartFont()
	if err != nil {
		return err
	}
	c := f.chart()
	c.Font = font
	return c.Render(func(int, int) (chart.Renderer, error) { return r, nil }, &chart.ImageWriter{})
}

// chart describes the chart to go-chart, whose primary value axis is the right
// one and whose secondary is the left one.
func (f *frame) chart() chart.Chart {
	theme := &f.req.Theme
	text := chart.Style{
		FontColor: drawing.Color(theme.Axis), FontSize: f.size,
		StrokeColor: drawing.ColorTransparent, StrokeWidth: 1,
	}
	left, right, below := text, text, text
	left.ClassName, right.ClassName, below.ClassName = leftClass, rightClass, timeClass
	below.StrokeColor, below.StrokeWidth = drawing.Color(theme.Zero), float64(f.hair())
	left.Hidden, right.Hidden, below.Hidden = f.hides(Left), f.hides(Right), f.detail == bare || f.place.untimed
	grid := chart.Style{StrokeColor: drawing.Color(theme.Grid), StrokeWidth: float64(f.hair())}
	return chart.Chart{
		Width: f.req.Width, Height: f.req.Height,
		Background: chart.Style{Padding: f.padding(), FillColor: drawing.ColorTransparent},
		Canvas:     chart.Style{FillColor: drawing.ColorTransparent},
		XAxis: chart.XAxis{
			Style: below, Range: &f.time,
			GridMajorStyle: chart.Hidden(), GridMinorStyle: chart.Hidden(),
		},
		YAxisSecondary: chart.YAxis{
			Style: left, Range: &f.scales[Left], Zero: chart.GridLine{Style: chart.Hidden()},
			GridMajorStyle: grid, GridMinorStyle: grid,
		},
		YAxis: chart.YAxis{
			Style: right, Range: &f.scales[Right], Zero: chart.GridLine{Style: chart.Hidden()},
			GridMajorStyle: chart.Hidden(), GridMinorStyle: chart.Hidden(),
		},
		Series:   f.series(),
		Elements: []chart.Renderable{f.decorate},
	}
}

func (f *frame) hides(a Axis) bool { return f.detail == bare || !f.view.has(a) }

// hair is the width of hairlines in pixels.
func (f *frame) hair() int { return max(1, f.px(1)) }

func (f *frame) padding() chart.Box {
	if f.detail == bare {
		p := min(f.px(2), 4)
		return chart.NewBox(p, p, p, p)
	}
	pad := f.px(padding)
	box := chart.NewBox(f.place.top+pad, pad+f.place.left, pad, f.req.Height-f.place.bottom+int(f.metrics.Descent)+f.px(4))
	if f.hasHeader() {
		box.Top = f.px(6) + int(f.metrics.Line) + f.px(6)
	}
	if f.place.below {
		box.Top = f.place.top + f.px(plotGap) // go-chart adds half of a label's height
		if f.place.title != "" {
			box.Top += f.px(titleGap) + int(f.metrics.Cap/2)
		}
	}
	if f.place.untimed {
		box.Bottom = f.req.Height - f.place.bottom + f.px(plotGap)
	}
	if f.hides(Right) {
		box.Right += f.endWidth
	} else {
		box.Right = max(box.Right, f.px(tagInset+2))
	}
	box.Right += f.place.right
	return box
}

// series returns what go-chart draws over its axes, in that order. The zero line
// is a series and not go-chart's YAxis.Zero, which lies below the grid; and
// go-chart draws no chart without any series.
func (f *frame) series() []chart.Series {
	out := []chart.Series{&zeroSeries{f}}
	for _, a := range []Axis{Right, Left} {
		for i := len(f.req.Lines) - 1; i >= 0; i-- {
			if l := &f.req.Lines[i]; l.Axis&1 == a && !f.view.extents[i].empty() {
				out = append(out, &lineSeries{frame: f, index: i})
			}
		}
	}
	return out
}

// start learns where go-chart has put the plot.
func (f *frame) start(box chart.Box) {
	if f.started {
		return
	}
	f.started = true
	scales := f.scales
	for i := range scales { // the picture needs no labels: let go of the frame
		scales[i].label, scales[i].hidden = nil, nil
	}
	f.picture.geometry = geometry{
		Plot: image.Rect(box.Left, box.Top, box.Right+1, box.Bottom+1),
		from: f.req.From, to: f.req.To, scales: scales,
	}
	f.picture.room = f.room(box)
	wide, high := f.px(minPlot), f.px(minPlot)
	if f.place.below {
		high = f.px(leastBelow)
	}
	f.cramped = f.detail != bare && (box.Right-box.Left < wide || box.Bottom-box.Top < high)
}

// room is what the labels of each axis take, beside a plot that lies in box; 0
// for an axis that isn't shown.
func (f *frame) room(box chart.Box) (room [2]int) {
	padding := f.padding()
	if f.detail == bare {
		return room
	}
	if !f.hides(Left) {
		room[Left] = box.Left - padding.Left - f.px(axisGap) + 1
	}
	if !f.hides(Right) {
		room[Right] = f.req.Width - padding.Right - box.Right - f.px(axisGap) - f.endWidth
	}
	return room
}
