package canvas

import (
	"image"
	"math"
)

// blendInto lays the mask in the stroke's colour over img, and empties it.
// Dashes are counted from column origin.
func (m *mask) blendInto(img *image.RGBA, s *Stroke, origin int) {
	h := m.r.Dy()
	r, g, b := uint32(s.Colour.R), uint32(s.Colour.G), uint32(s.Colour.B)
	for col := range m.top {
		top, limit := m.top[col], m.limit[col]
		if top >= limit {
			continue
		}
		m.top[col], m.limit[col] = h, 0
		opacity := scale256(s.Colour.A)
		if len(s.Dash) > 1 {
			opacity = uint32(float64(opacity) * dashOpacity(s.Dash, float64(m.r.Min.X+col-origin)))
		}
		at := img.PixOffset(m.r.Min.X+col, m.r.Min.Y+top)
		cov := m.cov[col*h+top : col*h+limit]
		for i, v := range cov {
			if v == 255 && opacity == 256 {
				p := img.Pix[at : at+3]
				p[0], p[1], p[2] = s.Colour.R, s.Colour.G, s.Colour.B
			} else if v != 0 {
				blend(img.Pix[at:at+3], r, g, b, scale256(v)*opacity>>8)
			}
			cov[i] = 0
			at += img.Stride
		}
	}
}

// dashOpacity is the opacity of the column [x, x+1) of a dash pattern that starts at 0.
func dashOpacity(dash []float64, x float64) float64 {
	period := 0.0
	for _, d := range dash {
		period += max(d, 0)
	}
	if !(period >= 1) || math.IsInf(period, 0) {
		return 1
	}
	on, start := 0.0, 0.0
	x = math.Mod(x, period)
	for i := range 2 * len(dash) { // the column may reach into the next period
		d := max(dash[i%len(dash)], 0)
		if i%len(dash)%2 == 0 {
			on += max(min(start+d, x+1)-max(start, x), 0)
		}
		start += d
	}
	return gapOpacity + (1-gapOpacity)*min(on, 1)
}

// fillBelow tints the area between the line and the bottom of the band.
func (c *Canvas) fillBelow(band image.Rectangle, s *Stroke) {
	top, bottom := float64(band.Min.Y), float64(band.Max.Y-1)
	opacity := make([]uint32, band.Dy())
	for i := range opacity {
		opacity[i] = uint32(256 * min(s.Fill, 1) * (1 - float64(i)/float64(len(opacity))))
	}
	r, g, b := uint32(s.Colour.R), uint32(s.Colour.G), uint32(s.Colour.B)
	column := func(x int, y float64) {
		y = min(max(y, top), bottom)
		row := int(math.Ceil(y))
		if row > band.Min.Y { // the row that the line cuts
			part := uint32((float64(row) - y) * float64(opacity[row-1-band.Min.Y]))
			blend(c.img.Pix[c.img.PixOffset(x, row-1):], r, g, b, part)
		}
		at := c.img.PixOffset(x, row)
		for _, a := range opacity[row-band.Min.Y:] {
			blend(c.img.Pix[at:at+3], r, g, b, a)
			at += c.img.Stride
		}
	}
	eachColumn(band, s.Steps, column)
}

// eachColumn calls f once for each column of the band that the line crosses,
// with the line's height there; of a dense column, with its lowest place.
func eachColumn(band image.Rectangle, steps []Step, f func(x int, y float64)) {
	next := band.Min.X // columns before it are done
	for i := range steps {
		s := &steps[i]
		if i > 0 && !s.Break {
			a := &steps[i-1]
			slope := (s.First - a.Last) / max(s.X-a.X, 1e-9)
			end := floorInt(s.X)
			if s.Dense {
				end = floorInt(s.X+0.5) - 1
			}
			for x := max(next, floorInt(a.X)+1); x <= min(end, band.Max.X-1); x++ {
				f(x, a.Last+slope*(float64(x)-a.X))
				next = x + 1
			}
		}
		if x := floorInt(s.X + 0.5); s.Dense && x >= next && x < band.Max.X {
			f(x, s.Bottom)
			next = x + 1
		}
	}
}
