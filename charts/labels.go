package charts

import (
	"image"
	"math"
	"slices"
	"strings"

	"github.com/wcharczuk/go-chart/v2"

	"openinterest/charts/canvas"
)

// placedLabel is a text at a line's end or on its axis, and the pixels it covers.
type placedLabel struct {
	line int
	box  image.Rectangle
}

// decorate draws what go-chart has no notion of, over its chart.
func (f *frame) decorate(r chart.Renderer, _ chart.Box, _ chart.Style) {
	own, ok := r.(*renderer)
	if !ok || f.skips() {
		return
	}
	own.flush()
	c := own.canvas
	f.drawMarkers(c)
	f.drawMessage(c)
	f.drawReasons(c)
	if f.detail == bare {
		return
	}
	f.drawEndLabels(c)
	for _, a := range []Axis{Right, Left} {
		f.drawTags(c, a)
	}
	if !f.place.untimed {
		f.drawZone(c)
	}
	if f.place.below {
		f.drawTitle(c)
	} else {
		f.drawHeader(c)
	}
}

// baseline is where text whose capitals are centred on row y stands.
func (f *frame) baseline(y float64) int { return int(math.Round(y + f.metrics.Cap/2)) }

// The header above the plot names the axes' units and bears the watermark.

func (f *frame) hasHeader() bool {
	units := f.view.has(Left) && f.req.Left.Unit != "" || f.view.has(Right) && f.req.Right.Unit != ""
	return f.detail != bare && !f.place.below && (units || f.req.Watermark != "")
}

func (f *frame) drawHeader(c *canvas.Canvas) {
	y := f.baseline(float64(f.px(6)) + f.metrics.Line/2)
	pad, width := float64(f.px(padding)), float64(f.req.Width)
	colour := f.req.Theme.Axis
	unit := func(a Axis) (string, float64) {
		if !f.view.has(a) {
			return "", 0
		}
		u := f.req.axis(a).Unit
		return u, f.textWidth(u)
	}
	left, leftWidth := unit(Left)
	right, rightWidth := unit(Right)
	begin, end := width-pad, pad // what the watermark leaves to the units: to the left of begin, to the right of end
	if mark := f.font.Elide(f.size, f.req.Watermark, width-2*pad); mark != "" {
		w := f.textWidth(mark)
		x := float64(f.picture.Plot.Min.X+f.picture.Plot.Max.X)/2 - w/2
		if leftWidth > 0 {
			x = max(x, pad+leftWidth+2*pad) // it makes room for a long unit
		}
		if rightWidth > 0 {
			x = min(x, width-rightWidth-3*pad-w)
		}
		x = min(max(x, pad), width-pad-w)
		c.Text(f.font, f.size, mark, int(x), y, colour)
		begin, end = x-2*pad, x+w+2*pad
	}
	c.Text(f.font, f.size, f.font.Elide(f.size, left, begin-pad), int(pad), y, colour) // shortened rather than left out: it may say since when percent count
	if width-pad-rightWidth >= end {
		c.Text(f.font, f.size, right, int(width-pad-rightWidth), y, colour)
	}
}

// drawZone names the time zone left of the time labels, or right of them.
func (f *frame) drawZone(c *canvas.Canvas) {
	plot := f.picture.Plot
	y := plot.Max.Y - 1 + f.px(timeGap) + int(math.Ceil(f.metrics.Cap))
	ticks := f.time.GetTicks(nil, chart.Style{}, nil)
	width, pad := f.textWidth(f.req.Time.Zone), float64(f.px(padding))
	edge := func(t chart.Tick, side float64) float64 {
		label, _, _ := strings.Cut(t.Label, "\n")
		return float64(plot.Min.X+f.time.Translate(t.Value)) + side*(f.textWidth(label)/2+f.size)
	}
	switch right := float64(f.req.Width) - pad - width; {
	case f.req.Time.Zone == "" || len(ticks) == 0:
	case pad+width <= edge(ticks[0], -1):
		c.Text(f.font, f.size, f.req.Time.Zone, int(pad), y, f.req.Theme.Axis)
	case right >= edge(ticks[len(ticks)-1], 1):
		c.Text(f.font, f.size, f.req.Time.Zone, int(right), y, f.req.Theme.Axis)
	}
}

func (f *frame) drawMessage(c *canvas.Canvas) {
	if f.req.Message == "" || f.view.has(Left) || f.view.has(Right) {
		return
	}
	plot, line := f.picture.Plot, math.Ceil(f.metrics.Line)
	rows, ok := f.wrap(f.req.Message, float64(plot.Dx()))
	if !ok || float64(len(rows))*line > float64(plot.Dy()) {
		rows = []string{f.font.Elide(f.size, f.req.Message, float64(plot.Dx()))}
	}
	for k, text := range rows {
		x := float64(plot.Min.X+plot.Max.X)/2 - f.textWidth(text)/2
		y := float64(plot.Min.Y+plot.Max.Y)/2 + (float64(k)-float64(len(rows)-1)/2)*line
		c.Text(f.font, f.size, text, int(x), f.baseline(y), f.req.Theme.Axis)
	}
}

// drawTitle names a plot below, above its upper left corner.
func (f *frame) drawTitle(c *canvas.Canvas) {
	plot := f.picture.Plot
	text := f.font.Elide(f.size, f.place.title, float64(plot.Dx()))
	y := f.place.top + f.px(plotGap) + int(math.Ceil(f.metrics.Cap))
	c.Text(f.font, f.size, text, plot.Min.X, y, f.req.Theme.Axis)
	f.drawKey(c, float64(plot.Min.X)+f.textWidth(text), y)
}

// drawKey says beside a title what the plot's lines are that have a label: a piece
// of each, and its name. What finds no room is left out.
func (f *frame) drawKey(c *canvas.Canvas, x float64, y int) {
	units := f.req.Scale
	for i := range f.req.Lines {
		l := &f.req.Lines[i]
		begin, width := x+16*units, f.textWidth(l.Label)
		name := begin + 20*units
		if l.Label == "" || name+width > float64(f.picture.Plot.Max.X) {
			continue
		}
		middle := float64(y) - f.metrics.Cap/2
		piece := canvas.Stroke{
			Steps:  []canvas.Step{{X: begin, First: middle, Last: middle, Break: true}, {X: begin + 15*units, First: middle, Last: middle}},
			Colour: l.Colour, Width: 1.5 * l.width(units),
		}
		for _, d := range l.Dash {
			piece.Dash = append(piece.Dash, d*units)
		}
		c.Strokes(c.Image().Rect, []canvas.Stroke{piece})
		c.Text(f.font, f.size, l.Label, int(math.Round(name)), y, f.req.Theme.Axis)
		x = name + width
	}
}

// End labels stand in a column right of the plot, each as near as possible to
// the end of its line.

// tightest is how close end labels may stand where there are many, in heights of
// their line: capitals do not touch, and a line without a name could be taken for
// another's of its colour.
const tightest = 0.75

// ends are the lines that get an end label, by their index.
func (f *frame) ends() []int {
	if !f.req.EndLabels || f.detail >= withoutEndLabels {
		return nil
	}
	var out []int
	for i := range f.req.Lines {
		if l := &f.req.Lines[i]; l.Axis != Right && l.Label != "" && !f.view.extents[i].empty() {
			out = append(out, i)
		}
	}
	return out
}

func (f *frame) endLabel(line int) string {
	return f.font.Elide(f.size, f.req.Lines[line].Label, 0.3*float64(f.req.Width))
}

func (f *frame) measureEndLabels() int {
	width := 0.0
	ends := f.ends()
	for _, i := range ends {
		width = max(width, f.textWidth(f.endLabel(i)))
	}
	if len(ends) == 0 {
		return 0
	}
	return f.px(endGap) + int(math.Ceil(width))
}

func (f *frame) lastPoint(line int) (x, y float64) {
	l, at := &f.req.Lines[line], f.view.extents[line].last
	return f.picture.X(min(l.anchor(at), f.req.To)), f.picture.Y(l.Axis, l.Shown(l.Values[at]))
}

func (f *frame) drawEndLabels(c *canvas.Canvas) {
	plot := f.picture.Plot
	height := math.Ceil(f.metrics.Line)
	ends := f.ends()
	room := int(float64(plot.Dy()-1)/(tightest*height)) + 1
	ends = ends[:min(len(ends), max(room, 1))] // the last lines are the least
	wanted := make([]float64, len(ends))
	for k, i := range ends {
		_, wanted[k] = f.lastPoint(i)
	}
	placed := spread(wanted, height, float64(plot.Min.Y), float64(plot.Max.Y-1))
	left := plot.Max.X - 1 + f.px(endGap)
	tall := min(height, math.Floor(float64(plot.Dy()-1)/float64(max(1, len(ends)-1)))-1)
	for k, i := range ends {
		y, colour := math.Round(placed[k]), f.req.Lines[i].Colour
		f.drawLeader(c, i, y, float64(left))
		text := f.endLabel(i)
		c.Text(f.font, f.size, text, left, f.baseline(y), colour)
		box := image.Rect(left-f.px(3), int(y-tall/2), left+int(f.textWidth(text))+f.px(3), int(y+tall/2))
		f.picture.labels = append(f.picture.labels, placedLabel{line: i, box: box})
	}
}

// drawLeader joins a line's end to its label where they are apart.
func (f *frame) drawLeader(c *canvas.Canvas, line int, y, left float64) {
	x0, y0 := f.lastPoint(line)
	edge := float64(f.picture.Plot.Max.X - 1)
	units := f.req.Scale
	early, moved := edge-x0 > 6*units, math.Abs(y-y0) > 2*units
	if !early && !moved {
		return
	}
	point := func(x, y float64) canvas.Step { return canvas.Step{X: x, First: y, Last: y} }
	steps := []canvas.Step{point(edge+units, y0), point(left-3*units, y)}
	if early { // the line ended before the right edge: follow its level there
		steps = append([]canvas.Step{point(x0+3*units, y0)}, steps...)
	}
	c.Strokes(c.Image().Rect, []canvas.Stroke{{Steps: steps, Colour: fade(f.req.Lines[line].Colour, 0.55), Width: 0.8 * units}})
}

// spread moves heights as little as possible (least squares) so that neighbours
// are at least apart from each other, all within low … high; if there is too
// little room for that, they overlap evenly.
func spread(wanted []float64, apart, low, high float64) []float64 {
	n := len(wanted)
	if n == 0 {
		return nil
	}
	if n > 1 {
		apart = min(apart, (high-low)/float64(n-1))
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case wanted[a] < wanted[b]:
			return -1
		case wanted[a] > wanted[b]:
			return 1
		}
		return 0
	})
	// Less the room of those before it, each height must not fall below its
	// predecessor's: isotonic regression, by pooling adjacent violators.
	type pool struct {
		sum float64
		n   int
	}
	mean := func(p pool) float64 { return p.sum / float64(p.n) }
	var pools []pool
	for rank, i := range order {
		pools = append(pools, pool{wanted[i] - float64(rank)*apart, 1})
		for k := len(pools) - 1; k > 0 && mean(pools[k-1]) > mean(pools[k]); k-- {
			pools[k-1] = pool{pools[k-1].sum + pools[k].sum, pools[k-1].n + pools[k].n}
			pools = pools[:k]
		}
	}
	out := make([]float64, n)
	rank := 0
	for _, p := range pools {
		level := max(min(mean(p), high-float64(n-1)*apart), low)
		for range p.n {
			out[order[rank]] = level + float64(rank)*apart
			rank++
		}
	}
	return out
}
