package charts

import (
	"fmt"
	"math"

	"github.com/wcharczuk/go-chart/v2"
)

// mapScale maps percentages to pixels of one axis of a map. It is the chart.Range
// of the axis, and provides its ticks once go-chart has told it how many pixels
// it has. Both ends keep room for the dots that lie outermost.
type mapScale struct {
	root      bool    // signed square root
	low, high float64 // bent, of what is shown; low < 0 < high
	inset     int     // pixels kept free at both ends
	domain    int     // pixels of the axis

	spacing float64                       // pixels wanted between ticks
	label   func(v, step float64) string  // nil: the axis is not shown
	hidden  func(pixel float64) (no bool) // whether a label there must go; nil: none
}

var (
	_ chart.Range         = (*mapScale)(nil)
	_ chart.TicksProvider = (*mapScale)(nil)
)

// fit spans the values lo … hi, and at least those from −least to least.
func (s *mapScale) fit(lo, hi, least float64) {
	if !(least > 0) {
		least = 0.1
	}
	s.low, s.high = s.bend(min(lo, -least)), s.bend(max(hi, least))
}

// bend is the place of a value on an axis without pixels.
func (s *mapScale) bend(v float64) float64 {
	if !s.root {
		return v
	}
	return math.Copysign(math.Sqrt(math.Abs(v)), v)
}

// unbend is the inverse of bend.
func (s *mapScale) unbend(b float64) float64 {
	if !s.root {
		return b
	}
	return math.Copysign(b*b, b)
}

// ends are the pixels of the outermost values.
func (s *mapScale) ends() (first, room float64) {
	inset := float64(min(s.inset, s.domain/4))
	return inset, max(float64(s.domain)-2*inset, 1)
}

// pixel is how many pixels a value lies from the beginning of the axis.
func (s *mapScale) pixel(v float64) float64 {
	first, room := s.ends()
	return first + (s.bend(v)-s.low)/(s.high-s.low)*room
}

// value is the inverse of pixel.
func (s *mapScale) value(pixel float64) float64 {
	first, room := s.ends()
	return s.unbend(s.low + (pixel-first)/room*(s.high-s.low))
}

// Translate is the pixel of a value, whole.
func (s *mapScale) Translate(v float64) int {
	return int(math.Round(math.Max(-1e6, math.Min(1e6, s.pixel(v)))))
}

// GetTicks returns the ticks that fit the pixels. go-chart draws no grid line at
// the first and the last tick: these are the ends of the axis, unlabelled.
func (s *mapScale) GetTicks(chart.Renderer, chart.Style, chart.ValueFormatter) []chart.Tick {
	if s.label == nil {
		return nil
	}
	ticks := []chart.Tick{{Value: s.GetMin()}}
	for _, t := range s.ticks() {
		c := chart.Tick{Value: t.value}
		if s.hidden == nil || !s.hidden(s.pixel(t.value)) {
			c.Label = s.label(t.value, t.step)
		}
		ticks = append(ticks, c)
	}
	return append(ticks, chart.Tick{Value: s.GetMax()})
}

// ticks chooses round values at least spacing pixels apart, zero among them.
func (s *mapScale) ticks() []tick {
	if s.domain <= 0 {
		return nil
	}
	lo, hi := s.GetMin(), s.GetMax()
	if s.root {
		return append(append(s.rootTicks(-1, -lo), tick{step: 1}), s.rootTicks(1, hi)...)
	}
	step := niceStep((hi - lo) * s.spacing / float64(s.domain))
	first, last := math.Ceil(lo/step), math.Floor(hi/step)
	if !(step > 0) || math.IsInf(step, 0) || !(last-first < 200) {
		return nil
	}
	var ticks []tick
	for i := range int(last-first) + 1 {
		ticks = append(ticks, tick{value: (first+float64(i))*step + 0, step: step}) // + 0 turns −0 into 0
	}
	return ticks
}

// rootTicks are 1, 2 and 5 of each decade on one side of zero, as many as have
// room, in the order of the axis.
func (s *mapScale) rootTicks(sign, most float64) []tick {
	var ticks []tick
	last := s.pixel(0)
	for e := -2; e <= 12; e++ {
		base := math.Pow(10, float64(e))
		for _, m := range []float64{1, 2, 5} {
			v := sign * m * base
			if at := s.pixel(v); m*base <= most && math.Abs(at-last) >= s.spacing {
				ticks, last = append(ticks, tick{value: v, step: base}), at
			}
		}
	}
	if sign < 0 {
		for i, j := 0, len(ticks)-1; i < j; i, j = i+1, j-1 {
			ticks[i], ticks[j] = ticks[j], ticks[i]
		}
	}
	return ticks
}

// What follows is chart.Range. go-chart sets the domain; the rest is ours to keep.

// GetMin returns the value at the beginning of the axis.
func (s *mapScale) GetMin() float64 { return s.value(0) }

// GetMax returns the value at the end of the axis.
func (s *mapScale) GetMax() float64 { return s.value(float64(max(s.domain, 1))) }

// GetDelta returns the span of the axis.
func (s *mapScale) GetDelta() float64 { return s.GetMax() - s.GetMin() }

// GetDomain returns the pixels of the axis.
func (s *mapScale) GetDomain() int { return s.domain }

// SetDomain sets the pixels of the axis.
func (s *mapScale) SetDomain(domain int) { s.domain = domain }

// SetMin keeps the span: go-chart would set it from the ticks.
func (s *mapScale) SetMin(float64) {}

// SetMax keeps the span, like SetMin.
func (s *mapScale) SetMax(float64) {}

// IsZero reports false: the span is always set.
func (s *mapScale) IsZero() bool { return false }

// IsDescending reports false: larger values lie further along.
func (s *mapScale) IsDescending() bool { return false }

// String describes the scale.
func (s *mapScale) String() string {
	return fmt.Sprintf("percentages %g to %g over %d px", s.GetMin(), s.GetMax(), s.domain)
}
