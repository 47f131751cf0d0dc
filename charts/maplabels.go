package charts

import (
	"cmp"
	"image"
	"math"
	"slices"

	"openinterest/charts/canvas"
)

// occupied is which small squares of a plot are taken by dots and labels.
type occupied struct {
	plot    image.Rectangle
	cell    float64
	columns int
	rows    int
	taken   []bool
}

func newOccupied(plot image.Rectangle, cell float64) *occupied {
	o := &occupied{plot: plot, cell: max(1, cell)}
	o.columns, o.rows = int(math.Ceil(float64(plot.Dx())/o.cell)), int(math.Ceil(float64(plot.Dy())/o.cell))
	o.taken = make([]bool, o.columns*o.rows)
	return o
}

func (o *occupied) clone() *occupied {
	c := *o
	c.taken = slices.Clone(o.taken)
	return &c
}

// cells are the squares that a rectangle touches, cut to the plot.
func (o *occupied) cells(r image.Rectangle) (x0, y0, x1, y1 int) {
	r = r.Intersect(o.plot).Sub(o.plot.Min)
	at := func(pixel int) int { return int(float64(pixel) / o.cell) }
	return at(r.Min.X), at(r.Min.Y), min(o.columns, at(r.Max.X-1)+1), min(o.rows, at(r.Max.Y-1)+1)
}

// free reports whether a rectangle is inside the plot, and none of it taken.
func (o *occupied) free(r image.Rectangle) bool {
	if !r.In(o.plot) {
		return false
	}
	x0, y0, x1, y1 := o.cells(r)
	for y := y0; y < y1; y++ {
		if slices.Contains(o.taken[y*o.columns+x0:y*o.columns+x1], true) {
			return false
		}
	}
	return true
}

// take marks a rectangle as taken.
func (o *occupied) take(r image.Rectangle) {
	if r.Intersect(o.plot).Empty() {
		return
	}
	x0, y0, x1, y1 := o.cells(r)
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			o.taken[y*o.columns+x] = true
		}
	}
}

// drawHeader names both axes above the plot.
func (f *mapFrame) drawHeader(c *canvas.Canvas) {
	y := int(math.Round(float64(f.px(6)) + f.metrics.Line/2 + f.metrics.Cap/2))
	pad, width := float64(f.px(padding)), float64(f.req.Width)
	text := func(s string, x float64) {
		c.Text(f.font, f.size, s, int(math.Round(x)), y, f.req.Theme.Axis)
	}
	up := f.font.Elide(f.size, f.req.YUnit, width/2-2*pad)
	across := f.font.Elide(f.size, f.req.XUnit, width/2-2*pad)
	upWidth, acrossWidth := f.font.Width(f.size, up), f.font.Width(f.size, across)
	text(up, pad)
	text(across, width-pad-acrossWidth)
	room := width - upWidth - acrossWidth - 6*pad
	if mark := f.font.Elide(f.size, f.req.Watermark, room); mark != "" && room > 4*f.size {
		text(mark, pad+upWidth+2*pad+(room-f.font.Width(f.size, mark))/2)
	}
}

// drawCaptions names the corners and the neutral band.
func (f *mapFrame) drawCaptions(c *canvas.Canvas, taken *occupied) {
	plot, gap := f.picture.Plot, f.px(6)
	height := int(math.Ceil(f.metrics.Line))
	place := func(caption Caption, right bool, top int) {
		text := f.font.Elide(f.size, caption.Text, float64(plot.Dx())/2-2*float64(gap))
		if text == "" {
			return
		}
		width := int(math.Ceil(f.font.Width(f.size, text)))
		x, inwards := plot.Min.X+gap, max(1, f.px(6))
		if right {
			x, inwards = plot.Max.X-gap-width, -inwards
		}
		box := f.clearOfDots(image.Rect(x-gap/2, top, x+width+gap/2, top+height), inwards)
		x = box.Min.X + gap/2
		c.Rect(box, fade(f.req.Theme.Background, 0.6)) // dots may be there
		c.Text(f.font, f.size, text, x, top+int(math.Round((f.metrics.Line+f.metrics.Cap)/2)), caption.Colour)
		taken.take(box)
	}
	top, bottom := plot.Min.Y+gap/2, plot.Max.Y-gap/2-height
	place(f.req.Corners[TopRight], true, top)
	place(f.req.Corners[BottomRight], true, bottom)
	place(f.req.Corners[TopLeft], false, top)
	place(f.req.Corners[BottomLeft], false, bottom)
	middle := int(math.Round(f.picture.Y(f.req.Threshold))) - height - f.px(2)
	if middle-top > 2*height && bottom-middle > 2*height {
		place(f.req.Middle, true, middle)
	}
}

// clearOfDots moves a caption's box away from its edge until no dot is under it: what
// is farthest out lies in a corner. It stays in its half, and where it was if that is
// full.
func (f *mapFrame) clearOfDots(box image.Rectangle, step int) image.Rectangle {
	middle := (f.picture.Plot.Min.X + f.picture.Plot.Max.X) / 2
	for moved := box; step < 0 && moved.Min.X > middle || step > 0 && moved.Max.X < middle; moved = moved.Add(image.Pt(step, 0)) {
		if !slices.ContainsFunc(f.picture.dots, func(d placedDot) bool {
			return d.x+d.reach > float64(moved.Min.X) && d.x-d.reach < float64(moved.Max.X) &&
				d.y+d.reach > float64(moved.Min.Y) && d.y-d.reach < float64(moved.Max.Y)
		}) {
			return moved
		}
	}
	return box
}

func (f *mapFrame) drawMessage(c *canvas.Canvas) {
	if f.req.Message == "" || len(f.picture.dots) > 0 {
		return
	}
	plot := f.picture.Plot
	text := f.font.Elide(f.size, f.req.Message, float64(plot.Dx()))
	x := float64(plot.Min.X+plot.Max.X)/2 - f.font.Width(f.size, text)/2
	y := float64(plot.Min.Y+plot.Max.Y)/2 - 2*f.metrics.Line
	pad := f.px(6)
	ground := image.Rect(int(x)-pad, int(y-f.metrics.Cap)-pad, int(x+f.font.Width(f.size, text))+pad, int(y)+pad)
	c.Rect(ground, f.req.Theme.Background) // no line of the grid runs through the words
	c.Text(f.font, f.size, text, int(x), int(y), f.req.Theme.Axis)
}

// mostLabels is how many dots are asked whether there is room for their name:
// what comes after them is small, in the middle, and says least.
const mostLabels = 400

// mostNamed is how many of the largest dots have their name in any case: beside
// those that are lit, they are what people look for. Where dots leave no room, it
// stands over them, on a ground of its own.
const mostNamed = 5

// drawLabels names dots where there is room: those that are lit, then the largest
// and those farthest out.
func (f *mapFrame) drawLabels(c *canvas.Canvas, taken *occupied) {
	names := taken.clone() // but for the dots
	for i := range f.picture.dots {
		d := &f.picture.dots[i]
		taken.take(image.Rect(int(d.x-d.reach), int(d.y-d.reach), int(d.x+d.reach+1), int(d.y+d.reach+1)))
	}
	size := f.size * 0.95
	height := int(math.Ceil(f.font.Metrics(size).Cap)) + f.px(4)
	for _, i := range f.labelled() {
		d := &f.picture.dots[i]
		label := f.req.Dots[d.index].Label
		if label == "" {
			continue
		}
		width := int(math.Ceil(f.font.Width(size, label))) + f.px(4)
		box, ok := f.placeLabel(taken, d, width, height)
		if !ok && (i < mostNamed || f.req.Dots[d.index].Lit) {
			if box, ok = f.placeLabel(names, d, width, height); ok {
				c.Rect(box, fade(f.req.Theme.Background, 0.75))
			}
		}
		if !ok {
			continue
		}
		taken.take(box)
		names.take(box)
		f.picture.labels = append(f.picture.labels, placedName{dot: d.index, box: box})
		c.Text(f.font, size, label, box.Min.X+f.px(2), box.Max.Y-f.px(2), f.req.Theme.Text)
	}
}

// labelled are dots in the order in which they get names.
func (f *mapFrame) labelled() []int {
	middle := Point{X: f.picture.X(0), Y: f.picture.Y(0)}
	wide, high := float64(f.picture.Plot.Dx()), float64(f.picture.Plot.Dy())
	type candidate struct {
		dot   int
		worth float64
	}
	all := make([]candidate, len(f.picture.dots))
	largest := 1.0
	if len(f.picture.dots) > 0 {
		largest = max(f.picture.dots[0].radius, 1)
	}
	for i := range f.picture.dots {
		d := &f.picture.dots[i]
		worth := d.radius/largest + 1.4*math.Hypot((d.x-middle.X)/wide, (d.y-middle.Y)/high)
		if f.req.Dots[d.index].Lit || i < mostNamed {
			worth += 10
		}
		all[i] = candidate{i, worth}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.worth, a.worth) })
	order := make([]int, min(mostLabels, len(all)))
	for i := range order {
		order[i] = all[i].dot
	}
	return order
}

// placeLabel finds room for a label beside a dot: right of it, left, above, below.
func (f *mapFrame) placeLabel(taken *occupied, d *placedDot, width, height int) (image.Rectangle, bool) {
	away := d.reach + taken.cell + 1 // beyond the squares of the dot itself
	if f.req.Dots[d.index].Lit {
		away += litAway * f.req.Scale
	}
	x, y := int(math.Round(d.x)), int(math.Round(d.y))
	beside, over := int(math.Ceil(away)), int(math.Ceil(away))
	for _, at := range []image.Point{
		{x + beside, y - height/2}, {x - beside - width, y - height/2},
		{x - width/2, y - over - height}, {x - width/2, y + over},
	} {
		box := image.Rectangle{at, at.Add(image.Pt(width, height))}
		if taken.free(box) {
			return box, true
		}
	}
	return image.Rectangle{}, false
}
