package charts

import (
	"image"
	"math"

	"openinterest/charts/canvas"
)

// A tag shows the last value of a line on its axis, in the line's colour; a
// dotted hairline leads to the point it belongs to.

// tagged are the lines with a tag on an axis, by their index.
func (f *frame) tagged(a Axis) []int {
	var out []int
	for i := range f.req.Lines {
		if l := &f.req.Lines[i]; l.MarkLast && l.Axis&1 == a && !f.view.extents[i].empty() {
			out = append(out, i)
		}
	}
	return out
}

// tagText writes the last value a hundred times as finely as the ticks: that is
// what a tag is for.
func (f *frame) tagText(line int) string {
	l := &f.req.Lines[line]
	value := l.Shown(l.Values[f.view.extents[line].last])
	s := f.scales[l.Axis&1]
	s.domain = f.height() // the plot's height, nearly: it is not known yet
	step := s.max - s.min
	if ticks := s.ticks(); s.log {
		step = value
	} else if len(ticks) > 0 {
		step = ticks[0].step
	}
	fine := math.Pow(10, math.Floor(math.Log10(step))-2)
	return f.elide(f.req.axis(l.Axis).Format(value, fine))
}

func (f *frame) tagWidth(a Axis) int {
	width := 0.0
	for _, i := range f.tagged(a) {
		width = max(width, f.textWidth(f.tagText(i)))
	}
	return int(math.Ceil(width))
}

func (f *frame) tagHeight() int { return int(math.Ceil(f.metrics.Cap)) + 2*f.px(3.5) }

// placeTags returns the middles of an axis' tags as heights above the bottom of
// a plot so high.
func (f *frame) placeTags(a Axis, height float64) []float64 {
	tags := f.tagged(a)
	wanted := make([]float64, len(tags))
	for k, i := range tags {
		l := &f.req.Lines[i]
		wanted[k] = f.scales[a].fraction(l.Shown(l.Values[f.view.extents[i].last])) * height
	}
	return spread(wanted, float64(f.tagHeight()+1), 0, height)
}

// hiddenByTags reports which tick labels an axis' tags would cover.
func (f *frame) hiddenByTags(a Axis) func(height float64) bool {
	return func(height float64) bool {
		for _, tag := range f.placeTags(a, float64(f.scales[a].domain)) {
			if math.Abs(tag-height) < (float64(f.tagHeight())+f.metrics.Cap)/2+f.req.Scale {
				return true
			}
		}
		return false
	}
}

func (f *frame) drawTags(c *canvas.Canvas, a Axis) {
	plot := f.picture.Plot
	tags := f.tagged(a)
	for k, above := range f.placeTags(a, float64(plot.Dy()-1)) {
		line := &f.req.Lines[tags[k]]
		f.drawLast(c, tags[k])
		text := f.tagText(tags[k])
		width, inset := int(math.Ceil(f.textWidth(text))), f.px(tagInset)
		x := plot.Min.X - f.px(axisGap) - width
		if a == Right {
			x = plot.Max.X - 1 + f.px(axisGap) + f.endWidth
		}
		y := float64(plot.Max.Y-1) - math.Round(above)
		top := int(math.Round(y)) - f.tagHeight()/2
		box := image.Rect(x-inset, top, x+width+inset, top+f.tagHeight())
		colour := line.colourOf(f.view.extents[tags[k]].last)
		c.RoundRect(box, 2*f.req.Scale, colour)
		middle := float64(box.Min.Y+box.Max.Y-1) / 2
		c.Text(f.font, f.size, text, x, f.baseline(middle), onTop(colour))
		f.picture.labels = append(f.picture.labels, placedLabel{line: tags[k], box: box})
	}
}

// drawLast marks a line's last point, and the level from there to its axis.
func (f *frame) drawLast(c *canvas.Canvas, line int) {
	l, plot, units := &f.req.Lines[line], f.picture.Plot, f.req.Scale
	x, y := f.lastPoint(line)
	from, to := float64(plot.Min.X), x-5*units
	if l.Axis == Right {
		from, to = x+5*units, float64(plot.Max.X-1)
	}
	dot, size := fade(l.colourOf(f.view.extents[line].last), 0.7), max(1, f.px(1))
	for at := from; at <= to; at += 4 * units {
		px, py := int(math.Round(at)), int(math.Round(y))
		c.Rect(image.Rect(px, py, px+size, py+size), dot)
	}
	if l.Form != Curve {
		return
	}
	c.Disc(x, y, 4*units, f.req.Theme.Background)
	c.Disc(x, y, 2.75*units, l.Colour)
}
