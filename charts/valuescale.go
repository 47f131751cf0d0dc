package charts

import (
	"fmt"
	"math"
	"slices"

	"github.com/wcharczuk/go-chart/v2"
)

// valueScale maps values to heights. It is the chart.Range of a value axis, and
// provides the axis' ticks once go-chart has told it how many pixels it has.
type valueScale struct {
	min, max float64 // min < max, both finite; > 0 if log
	log      bool
	domain   int     // pixels from min to max
	level    float64 // the value across which a line is drawn, whose label stays before all others

	spacing float64            // pixels wanted between ticks
	label   func(*tick)        // writes a tick's label; nil: the axis is not shown
	hidden  func(float64) bool // whether a label at this height above min must go; nil: none
}

// tick is a value on an axis and the step that tells it from its neighbours.
type tick struct {
	value, step float64
	text        string
}

var (
	_ chart.Range         = (*valueScale)(nil)
	_ chart.TicksProvider = (*valueScale)(nil)
)

// fit spans the values lo … hi, with some air.
func (s *valueScale) fit(lo, hi float64, log bool) {
	s.log = log
	if s.log {
		air := math.Max(0.06*math.Log(hi/lo), 0.01)
		s.min, s.max = lo*math.Exp(-air), hi*math.Exp(air)
		return
	}
	const nothing = 1e-290 // steps of so small numbers would not be numbers any more
	size := math.Max(math.Abs(lo), math.Abs(hi))
	switch air := 0.06 * (hi - lo); {
	case size < nothing:
		s.min, s.max = -1, 1
	case hi-lo < 1e-9*size: // constant, as far as labels could tell
		s.min, s.max = lo-0.05*size, hi+0.05*size
	default:
		s.min, s.max = lo-air, hi+air
		if lo >= 0 { // no room below zero for what is never negative
			s.min = math.Max(s.min, 0)
		}
		if hi <= 0 {
			s.max = math.Min(s.max, 0)
		}
	}
}

// fraction is how far v lies from min (0) to max (1).
func (s *valueScale) fraction(v float64) float64 {
	if s.log {
		return math.Log(v/s.min) / math.Log(s.max/s.min)
	}
	return (v - s.min) / (s.max - s.min)
}

// value is the inverse of fraction.
func (s *valueScale) value(fraction float64) float64 {
	if s.log {
		return s.min * math.Exp(fraction*math.Log(s.max/s.min))
	}
	return s.min + fraction*(s.max-s.min)
}

// Translate is the height of v above min, in whole pixels.
func (s *valueScale) Translate(v float64) int {
	return int(math.Round(math.Max(-1e6, math.Min(1e6, s.fraction(v)*float64(s.domain)))))
}

// GetTicks returns the ticks that fit the pixels. go-chart draws no grid line at
// the first and the last tick: these are the ends of the axis, unlabelled.
func (s *valueScale) GetTicks(chart.Renderer, chart.Style, chart.ValueFormatter) []chart.Tick {
	if s.label == nil {
		return nil
	}
	ticks := []chart.Tick{{Value: s.min}}
	for _, t := range s.ticks() {
		s.label(&t)
		if s.hidden != nil && s.hidden(s.fraction(t.value)*float64(s.domain)) {
			t.text = ""
		}
		ticks = append(ticks, chart.Tick{Value: t.value, Label: t.text})
	}
	return append(ticks, chart.Tick{Value: s.max})
}

// ticks chooses round values at least spacing pixels apart; closer if there
// would be fewer than two.
func (s *valueScale) ticks() []tick {
	var best []tick
	for _, spacing := range []float64{s.spacing, s.spacing * 0.7, s.spacing * 0.5} {
		found := s.linearTicks(spacing)
		if s.log && s.max/s.min > 8 {
			found = s.logTicks(spacing)
		}
		if len(found) > len(best) {
			best = found
		}
		if len(best) >= 2 {
			break
		}
	}
	if len(best) < 2 {
		for finer := 1.0; finer <= 4 && len(best) < 2; finer *= 2 {
			sparse := s.sparseTicks(s.spacing*0.36, finer)
			named := s.level != 0 && len(best) < 2 && slices.ContainsFunc(sparse, func(t tick) bool { return t.value == s.level })
			if len(sparse) > len(best) || named {
				best = sparse
			}
		}
	}
	return best
}

// sparseTicks are round values of a step so many times finer, of which only those stay that are
// at least spacing pixels apart, the level (zero, where there is no other) before all others: a low plot would have no
// scale with but one label.
func (s *valueScale) sparseTicks(spacing, finer float64) []tick {
	fine := s.linearTicks(spacing / finer)
	pivot := 0
	for i, t := range fine {
		if t.value == s.level {
			pivot = i
		}
	}
	apart := func(a, b tick) bool {
		return math.Abs(s.fraction(a.value)-s.fraction(b.value))*float64(s.domain) >= spacing
	}
	var ticks []tick
	for i, t := range fine {
		last := i == len(fine)-1 || i == 0 // the ends say most of the scale
		if i == pivot || last && apart(t, fine[pivot]) {
			ticks = append(ticks, t)
		}
	}
	return ticks
}

func (s *valueScale) linearTicks(spacing float64) []tick {
	if s.domain <= 0 {
		return nil
	}
	step := niceStep((s.max - s.min) * spacing / float64(s.domain))
	first, last := math.Ceil(s.min/step), math.Floor(s.max/step)
	if !(step > 0) || math.IsInf(step, 0) || !(last-first < 200) {
		return nil
	}
	var ticks []tick
	for i := range int(last-first) + 1 {
		if v := (first + float64(i)) * step; s.log && v <= 0 {
			continue
		} else {
			ticks = append(ticks, tick{value: v + 0, step: step}) // + 0 turns −0 into 0
		}
	}
	return ticks
}

// niceStep is the least of 1, 2, 2.5, 5 × 10^n that is at least x.
func niceStep(x float64) float64 {
	base := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*base >= x*(1-1e-9) {
			return m * base
		}
	}
	return 10 * base
}

// logTicks are 1, 2 and 5 of each decade, or powers of ten, or every n-th of them.
func (s *valueScale) logTicks(spacing float64) []tick {
	decade := float64(s.domain) / math.Log10(s.max/s.min) // pixels
	mantissas, every := []float64{1, 2, 5}, 1
	switch {
	case decade*math.Log10(2) >= spacing:
	case decade*math.Log10(3) >= spacing:
		mantissas = []float64{1, 3}
	default:
		mantissas, every = []float64{1}, max(1, int(math.Ceil(spacing/decade)))
	}
	var ticks []tick
	first, last := int(math.Floor(math.Log10(s.min))), int(math.Floor(math.Log10(s.max)))
	for e := first; e <= last; e++ {
		if (e%every+every)%every != 0 {
			continue
		}
		for _, m := range mantissas {
			base := math.Pow(10, float64(e))
			if v := m * base; v >= s.min && v <= s.max {
				ticks = append(ticks, tick{value: v, step: base})
			}
		}
	}
	return ticks
}

// What follows is chart.Range. go-chart sets the domain; the rest is ours to keep.

// GetMin returns the least value on the axis.
func (s *valueScale) GetMin() float64 { return s.min }

// GetMax returns the greatest value on the axis.
func (s *valueScale) GetMax() float64 { return s.max }

// GetDelta returns the span of the axis.
func (s *valueScale) GetDelta() float64 { return s.max - s.min }

// GetDomain returns the pixels of the axis.
func (s *valueScale) GetDomain() int { return s.domain }

// SetDomain sets the pixels of the axis.
func (s *valueScale) SetDomain(domain int) { s.domain = domain }

// SetMin keeps the span: go-chart would set it from the ticks.
func (s *valueScale) SetMin(float64) {}

// SetMax keeps the span, like SetMin.
func (s *valueScale) SetMax(float64) {}

// IsZero reports false: the span is always set.
func (s *valueScale) IsZero() bool { return false }

// IsDescending reports false: larger values lie higher.
func (s *valueScale) IsDescending() bool { return false }

// String describes the scale.
func (s *valueScale) String() string {
	return fmt.Sprintf("values %g to %g over %d px", s.min, s.max, s.domain)
}
