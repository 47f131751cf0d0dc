package charts

import (
	"math"

	"openinterest/charts/canvas"
)

// Point is a place on a picture in device pixels.
type Point = canvas.Point

// Box is what a mark of a picture covers, in device pixels, for what is drawn
// over it under the pointer.
type Box struct {
	X, Y, Width, Height float64
	Round               bool // it is a circle
}

// contains reports whether a place is in a polygon, by the even-odd rule. The
// last corner is joined to the first.
func contains(polygon []Point, x, y float64) bool {
	in := false
	for i, j := 0, len(polygon)-1; i < len(polygon); j, i = i, i+1 {
		a, b := polygon[i], polygon[j]
		if (a.Y > y) != (b.Y > y) && x < (b.X-a.X)*(y-a.Y)/(b.Y-a.Y)+a.X {
			in = !in
		}
	}
	return in
}

// placed is the middle of a mark.
type placed struct {
	index int
	x, y  float64
}

// nextOf is the mark nearest to another in a direction; what lies aside counts
// twice. The first of all where there is none to start from.
func nextOf(all []placed, from, dx, dy int) (next int, ok bool) {
	if len(all) == 0 {
		return 0, false
	}
	var start *placed
	for i := range all {
		if all[i].index == from {
			start = &all[i]
		}
	}
	if start == nil {
		return all[0].index, true
	}
	best := math.Inf(1)
	for i := range all {
		x, y := all[i].x-start.x, all[i].y-start.y
		along, aside := x*float64(dx)+y*float64(dy), math.Abs(x*float64(dy))+math.Abs(y*float64(dx))
		if along > 0 && along+2*aside < best {
			best, next, ok = along+2*aside, all[i].index, true
		}
	}
	return next, ok
}

// dotIndex finds dots by their place: it has the dots of each square of the plot.
type dotIndex struct {
	left, top     float64
	cell          float64
	columns, rows int
	first         []int32 // of each cell, in order; one more at the end
	order         []int32 // indexes of dots, cell by cell
	largest       float64 // radius
}

// newDotIndex sorts dots into squares of so many pixels by counting.
func newDotIndex(dots []placedDot, left, top, width, height, cell float64) dotIndex {
	x := dotIndex{left: left, top: top, cell: cell}
	x.columns, x.rows = max(1, int(math.Ceil(width/cell))), max(1, int(math.Ceil(height/cell)))
	x.first = make([]int32, x.columns*x.rows+1)
	x.order = make([]int32, len(dots))
	for i := range dots {
		x.first[x.cellOf(dots[i].x, dots[i].y)+1]++
		x.largest = max(x.largest, dots[i].radius)
	}
	for i := 1; i < len(x.first); i++ {
		x.first[i] += x.first[i-1]
	}
	next := append([]int32(nil), x.first...)
	for i := range dots {
		c := x.cellOf(dots[i].x, dots[i].y)
		x.order[next[c]] = int32(i)
		next[c]++
	}
	return x
}

func (x *dotIndex) column(px float64) int {
	return min(x.columns-1, max(0, int(math.Floor((px-x.left)/x.cell))))
}

func (x *dotIndex) row(py float64) int {
	return min(x.rows-1, max(0, int(math.Floor((py-x.top)/x.cell))))
}

func (x *dotIndex) cellOf(px, py float64) int { return x.row(py)*x.columns + x.column(px) }

// nearest is the index of the dot whose edge is nearest to a place and at most
// reach away, of several that cover it the smallest; −1: none.
func (x *dotIndex) nearest(dots []placedDot, px, py, reach float64) int {
	if len(x.order) == 0 || !(math.Abs(px) < 1e6 && math.Abs(py) < 1e6) {
		return -1
	}
	best, distance := -1, reach
	far := reach + x.largest
	left, right := x.column(px-far), x.column(px+far)
	for row := x.row(py - far); row <= x.row(py+far); row++ {
		for _, i := range x.order[x.first[row*x.columns+left]:x.first[row*x.columns+right+1]] {
			d := &dots[i]
			from := max(0, math.Hypot(px-d.x, py-d.y)-d.radius)
			if from < distance || from == distance && (best < 0 || nearer(d, &dots[best], px, py)) {
				best, distance = int(i), from
			}
		}
	}
	return best
}

// nearer decides between two dots whose edges are equally far, as they are where
// both cover the place: the smaller one, then the one whose middle is nearer.
func nearer(a, b *placedDot, x, y float64) bool {
	if a.radius != b.radius {
		return a.radius < b.radius
	}
	if da, db := math.Hypot(x-a.x, y-a.y), math.Hypot(x-b.x, y-b.y); da != db {
		return da < db
	}
	return a.index < b.index
}
