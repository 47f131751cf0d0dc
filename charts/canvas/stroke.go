package canvas

import (
	"image"
	"image/color"
	"math"
	"runtime"
	"sync"
)

// Step is one piece of a polyline. Where points are sparse it is a point: X, and
// all four heights the same. Where several points share a pixel column it is
// Dense: the column's middle, the heights of its first and last point, and the
// highest and lowest place the line visits.
type Step struct {
	X           float64
	First, Last float64 // y where the line enters and leaves
	Top, Bottom float64 // Top ≤ Bottom
	Dense       bool
	Break       bool // nothing joins this step to the one before
}

// Stroke is a polyline and how it is drawn.
type Stroke struct {
	Steps  []Step // from left to right
	Colour color.NRGBA
	Width  float64   // pixels
	Dash   []float64 // lengths on, off, on, … in pixels along x; nil: solid
	Fill   float64   // opacity of the area below, at the clip's top; it fades to nothing at its bottom
}

// gapOpacity is what remains of a dashed line between its dashes. Dashes are
// measured along x and never quite vanish between, because a spike that falls
// between two dashes must not be lost.
const gapOpacity = 0.2

// Strokes paints polylines, the later over the earlier, inside clip. Columns are
// shared out among the processors; each pixel's colour depends on the strokes
// alone, so the picture is the same however many there are.
func (c *Canvas) Strokes(clip image.Rectangle, strokes []Stroke) {
	clip = clip.Intersect(c.img.Rect)
	if clip.Empty() || len(strokes) == 0 {
		return
	}
	if c.vector != nil {
		c.vector.strokes(clip, strokes)
		return
	}
	const worthSharing = 200_000 // pixels; a goroutine costs less than a tenth of painting so many
	bands := 1
	if clip.Dx()*clip.Dy() >= worthSharing {
		bands = min(runtime.GOMAXPROCS(0), 8)
	}
	var wait sync.WaitGroup
	for i := 1; i < bands; i++ {
		wait.Go(func() { c.strokeBand(band(clip, i, bands), clip, strokes) })
	}
	c.strokeBand(band(clip, 0, bands), clip, strokes)
	wait.Wait()
}

func band(clip image.Rectangle, i, n int) image.Rectangle {
	x0, w := clip.Min.X, clip.Dx()
	return image.Rect(x0+w*i/n, clip.Min.Y, x0+w*(i+1)/n, clip.Max.Y)
}

func (c *Canvas) strokeBand(band, clip image.Rectangle, strokes []Stroke) {
	m := newMask(band)
	for i := range strokes {
		s := &strokes[i]
		if s.Fill > 0 {
			c.fillBelow(band, s)
		}
		m.polyline(s.Steps, max(s.Width, 0.5)/2)
		m.blendInto(c.img, s, clip.Min.X)
	}
	m.free()
}

// mask is the coverage of one line inside a band of the image, column-major, so
// that the vertical runs of a dense line are contiguous.
type mask struct {
	r          image.Rectangle
	cov        []uint8
	top, limit []int // the rows of each column that may be covered: [top, limit)
}

var masks = sync.Pool{New: func() any { return new(mask) }}

func newMask(r image.Rectangle) *mask {
	m := masks.Get().(*mask)
	m.r = r
	if n := r.Dx() * r.Dy(); cap(m.cov) < n {
		m.cov = make([]uint8, n)
	} else {
		m.cov = m.cov[:n]
	}
	m.top, m.limit = m.top[:0], m.limit[:0]
	for range r.Dx() {
		m.top, m.limit = append(m.top, r.Dy()), append(m.limit, 0)
	}
	return m
}

// free gives the mask back; blendInto has left it empty.
func (m *mask) free() { masks.Put(m) }

// polyline covers the pixels nearer than half (half the width) to the line.
func (m *mask) polyline(steps []Step, half float64) {
	if len(steps) == 0 {
		return
	}
	reach := half + 1
	left, right := float64(m.r.Min.X)-reach, float64(m.r.Max.X)+reach
	for i := range steps {
		s := &steps[i]
		if s.X > right && (i == 0 || steps[i-1].X > right) {
			break
		}
		alone := s.Break || i == 0
		if !alone && s.X >= left && !adjacent(&steps[i-1], s) {
			m.capsule(steps[i-1].X, steps[i-1].Last, s.X, s.First, half)
		}
		if s.Dense {
			top, bottom := reachOf(steps, i)
			m.run(s.X, top, bottom, half)
		} else if alone && (i+1 == len(steps) || steps[i+1].Break) {
			m.capsule(s.X, s.First, s.X, s.First, max(2*half, 1.5)) // a point on its own is a dot
		}
	}
}

// adjacent reports whether a and b are dense columns side by side. No segment
// joins these: each reaches half-way to the other, since the slope of so dense a
// line is that of its runs.
func adjacent(a, b *Step) bool { return a.Dense && b.Dense && !b.Break && b.X-a.X <= 1 }

// reachOf is what dense step i covers, half the way to adjacent ones included.
func reachOf(steps []Step, i int) (top, bottom float64) {
	s := &steps[i]
	top, bottom = s.Top, s.Bottom
	if i > 0 && adjacent(&steps[i-1], s) {
		middle := (steps[i-1].Last + s.First) / 2
		top, bottom = min(top, middle), max(bottom, middle)
	}
	if i+1 < len(steps) && adjacent(s, &steps[i+1]) {
		middle := (s.Last + steps[i+1].First) / 2
		top, bottom = min(top, middle), max(bottom, middle)
	}
	return top, bottom
}

// run covers a vertical stroke at column x.
func (m *mask) run(x, top, bottom, half float64) {
	col := int(math.Floor(x+0.5)) - m.r.Min.X
	n := int(half + 0.5)
	for k := -n; k <= n; k++ {
		if col+k < 0 || col+k >= m.r.Dx() {
			continue
		}
		d := math.Abs(float64(k))
		side := min(half+0.5-d, 1)
		if side <= 0 {
			continue
		}
		reach := math.Sqrt(max(half*half-d*d, 0))
		m.bar(col+k, top-reach, bottom+reach, side)
	}
}

// bar covers column col between two heights with coverage cov ≤ 1, its ends by the part of a pixel they reach.
func (m *mask) bar(col int, top, bottom, cov float64) {
	y0, h := float64(m.r.Min.Y)-0.5, float64(m.r.Dy())
	top, bottom = max(top-y0, 0), min(bottom-y0, h) // now in rows from the band's upper border
	if !(top < bottom) {
		return
	}
	first, last := int(top), min(int(bottom), m.r.Dy()-1)
	m.touch(col, first, last)
	column := m.cov[col*m.r.Dy() : (col+1)*m.r.Dy()]
	if first == last {
		raise(column, first, cov*(bottom-top))
		return
	}
	raise(column, first, cov*(float64(first+1)-top))
	raise(column, last, cov*(bottom-float64(last)))
	full := uint8(cov*255 + 0.5)
	inner := column[first+1 : last]
	for i := range inner {
		if inner[i] < full {
			inner[i] = full
		}
	}
}

func raise(column []uint8, row int, cov float64) {
	if v := uint8(cov*255 + 0.5); v > column[row] {
		column[row] = v
	}
}

func (m *mask) touch(col, first, last int) {
	m.top[col] = min(m.top[col], first)
	m.limit[col] = max(m.limit[col], last+1)
}

// capsule covers the points nearer than half to the segment.
func (m *mask) capsule(x0, y0, x1, y1, half float64) {
	dx, dy := x1-x0, y1-y0
	reach := half + 0.5
	first := max(m.r.Min.X, floorInt(x0-reach))
	last := min(m.r.Max.X-1, floorInt(x1+reach)+1)
	top, bottom := float64(m.r.Min.Y), float64(m.r.Max.Y-1)
	length := math.Hypot(dx, dy)
	inv, slope := 0.0, 0.0
	if length > 0 {
		inv = 1 / length
	}
	if dx > 0 {
		slope = dy / dx
	}
	for x := first; x <= last; x++ {
		ya, yb := y0, y1
		if dx > 0 {
			ya = y0 + slope*(max(float64(x)-reach, x0)-x0)
			yb = y0 + slope*(min(float64(x)+reach, x1)-x0)
		}
		if ya > yb {
			ya, yb = yb, ya
		}
		ya, yb = max(ya-reach, top), min(yb+reach, bottom)
		if !(ya <= yb) {
			continue
		}
		m.capsuleColumn(x, floorInt(ya), floorInt(yb)+1, segment{x0, y0, x1, y1, dx * inv, dy * inv, length}, half)
	}
}

// segment is a straight line with its direction (ux, uy) and length.
type segment struct{ x0, y0, x1, y1, ux, uy, length float64 }

func (m *mask) capsuleColumn(x, first, last int, s segment, half float64) {
	first, last = max(first, m.r.Min.Y), min(last, m.r.Max.Y-1)
	if first > last {
		return
	}
	col, h := x-m.r.Min.X, m.r.Dy()
	m.touch(col, first-m.r.Min.Y, last-m.r.Min.Y)
	column := m.cov[col*h : (col+1)*h]
	px := float64(x) - s.x0
	for y := first; y <= last; y++ {
		py := float64(y) - s.y0
		var d float64
		switch along := px*s.ux + py*s.uy; {
		case along <= 0:
			d = math.Sqrt(px*px + py*py)
		case along >= s.length:
			ex, ey := float64(x)-s.x1, float64(y)-s.y1
			d = math.Sqrt(ex*ex + ey*ey)
		default:
			d = math.Abs(px*s.uy - py*s.ux)
		}
		if cov := half + 0.5 - d; cov > 0 {
			raise(column, y-m.r.Min.Y, min(cov, 1))
		}
	}
}

// floorInt is ⌊x⌋, kept within what an image can hold, so that wild
// coordinates stay off the canvas instead of wrapping round.
func floorInt(x float64) int {
	const far = 1 << 24
	return int(math.Floor(min(max(x, -far), far)))
}
