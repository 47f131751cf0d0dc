package charts

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/wcharczuk/go-chart/v2"
)

// timeScale maps instants to columns. It is the chart.Range of the time axis and
// provides its ticks.
type timeScale struct {
	from, to int64 // Unix ms, from < to
	domain   int   // pixels between them
	zone     *time.Location

	format   func(t time.Time, step time.Duration) (label, context string)
	width    func(text string) float64 // of a text in pixels
	gap      float64                   // pixels between labels, at least
	twoLines bool                      // contexts go below the labels; else they replace them
	hidden   bool                      // the axis is not shown
}

var (
	_ chart.Range         = (*timeScale)(nil)
	_ chart.TicksProvider = (*timeScale)(nil)
)

// timeStep is a distance between ticks: a number of milliseconds that divides a
// day, or a number of days or months.
type timeStep struct {
	millis       int64
	days, months int
}

const (
	minuteMillis = int64(60_000)
	hourMillis   = 60 * minuteMillis
	dayMillis    = 24 * hourMillis
)

var timeSteps = func() []timeStep {
	var steps []timeStep
	for _, ms := range []int64{1, 2, 5, 10, 20, 50, 100, 200, 500} {
		steps = append(steps, timeStep{millis: ms})
	}
	for _, s := range []int64{1, 2, 5, 10, 15, 30} {
		steps = append(steps, timeStep{millis: s * 1000})
	}
	for _, m := range []int64{1, 2, 5, 10, 15, 30} {
		steps = append(steps, timeStep{millis: m * minuteMillis})
	}
	for _, h := range []int64{1, 2, 3, 4, 6, 12} {
		steps = append(steps, timeStep{millis: h * hourMillis})
	}
	for _, d := range []int{1, 2, 5, 10, 15} {
		steps = append(steps, timeStep{days: d})
	}
	for _, m := range []int{1, 2, 3, 6} {
		steps = append(steps, timeStep{months: m})
	}
	for y := 1; y <= 1000; y *= 10 {
		for _, m := range []int{1, 2, 5} {
			steps = append(steps, timeStep{months: 12 * y * m})
		}
	}
	return steps
}()

// length is the step as a duration, a month counted as 30 days.
func (s timeStep) length() time.Duration {
	const longest = int64(math.MaxInt64 / int64(time.Millisecond))
	ms := s.millis + int64(s.days)*dayMillis + int64(s.months)*30*dayMillis
	if s.months >= 12 {
		ms = int64(s.months/12) * 365 * dayMillis
	}
	return time.Duration(min(ms, longest)) * time.Millisecond
}

// ticks returns the multiples of the step in [from, to], as clocks in a zone show
// them. Days are
// counted from the first of each month, and the last of them is left out where
// the next month's first is too near.
func (s timeStep) ticks(from, to int64, zone *time.Location) []int64 {
	var out []int64
	switch {
	case s.millis > 0:
		shift := offset(from, zone)
		first := from - ((from+shift)%s.millis+s.millis)%s.millis
		for t := first; t <= to; t += s.millis {
			if now := offset(t, zone); now != shift { // the clocks were changed
				t, shift = t+shift-now, now
			}
			if t >= from && t <= to && (len(out) == 0 || t > out[len(out)-1]) {
				out = append(out, t)
			}
		}
	case s.days > 0:
		t := time.UnixMilli(from).In(zone)
		for day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone); day.UnixMilli() <= to; day = day.AddDate(0, 0, 1) {
			k := day.Day() - 1
			left := time.Date(day.Year(), day.Month()+1, 1, 0, 0, 0, 0, zone).Sub(day) / (24 * time.Hour)
			if day.UnixMilli() >= from && k%s.days == 0 && 4*int(left) >= 3*s.days {
				out = append(out, day.UnixMilli())
			}
		}
	default:
		year, months := time.UnixMilli(from).In(zone).Year(), s.months
		if months > 12 {
			year -= year % (months / 12)
		}
		for m := 0; ; m += months {
			t := time.Date(year, time.Month(1+m), 1, 0, 0, 0, 0, zone).UnixMilli()
			if t > to {
				break
			}
			if t >= from {
				out = append(out, t)
			}
		}
	}
	return out
}

// offset is by how many milliseconds a zone's clocks are ahead of UTC at a time.
func offset(ms int64, zone *time.Location) int64 {
	_, seconds := time.UnixMilli(ms).In(zone).Zone()
	return int64(seconds) * 1000
}

// location is the zone of the labels.
func (s *timeScale) location() *time.Location {
	if s.zone == nil {
		return time.UTC
	}
	return s.zone
}

// GetTicks returns the finest ticks whose labels leave each other room.
func (s *timeScale) GetTicks(chart.Renderer, chart.Style, chart.ValueFormatter) []chart.Tick {
	if s.hidden || s.domain <= 0 {
		return nil
	}
	perPixel := float64(s.to-s.from) / float64(s.domain)
	const narrowest = 12 // pixels: no label is narrower
	for _, step := range timeSteps {
		if float64(step.length().Milliseconds()) < narrowest*perPixel {
			continue
		}
		if ticks, ok := s.label(step, perPixel); ok {
			return ticks
		}
	}
	return nil
}

// label writes the ticks of a step, and reports whether they fit.
func (s *timeScale) label(step timeStep, perPixel float64) ([]chart.Tick, bool) {
	ticks := s.write(step)
	end := math.Inf(-1) // of the label before
	for _, t := range ticks {
		label, context, _ := strings.Cut(t.Label, "\n")
		width := math.Max(s.width(label), s.width(context))
		x := (t.Value - float64(s.from)) / perPixel
		if x-width/2 < end+s.gap {
			return nil, false
		}
		end = x + width/2
	}
	return ticks, true
}

// write labels the ticks of a step. The context is written below the first and
// wherever it changes. Where there is one line only, a changed context replaces
// the label, since it changes at midnight or at the turn of a year; if it never
// does, the first tick shows both.
func (s *timeScale) write(step timeStep) []chart.Tick {
	var ticks []chart.Tick
	var contexts []string
	changes, length := 0, step.length()
	for _, ms := range step.ticks(s.from, s.to, s.location()) {
		label, context := s.format(time.UnixMilli(ms).In(s.location()), length)
		changed := len(contexts) > 0 && context != contexts[len(contexts)-1]
		switch first := len(contexts) == 0; {
		case context == "":
		case s.twoLines && (first || changed):
			label += "\n" + context
		case changed:
			label = context
			changes++
		}
		ticks = append(ticks, chart.Tick{Value: float64(ms), Label: label})
		contexts = append(contexts, context)
	}
	if !s.twoLines && changes == 0 && len(ticks) > 0 && contexts[0] != "" && step.days+step.months == 0 {
		ticks[0].Label = contexts[0] + " " + ticks[0].Label
	}
	return ticks
}

// Translate is the distance of an instant from the left end, in whole pixels.
func (s *timeScale) Translate(ms float64) int {
	x := (ms - float64(s.from)) / float64(s.to-s.from) * float64(s.domain)
	return int(math.Round(math.Max(-1e6, math.Min(1e6, x))))
}

// What follows is chart.Range, as for valueScale.

// GetMin returns the left end.
func (s *timeScale) GetMin() float64 { return float64(s.from) }

// GetMax returns the right end.
func (s *timeScale) GetMax() float64 { return float64(s.to) }

// GetDelta returns the span.
func (s *timeScale) GetDelta() float64 { return float64(s.to - s.from) }

// GetDomain returns the pixels of the axis.
func (s *timeScale) GetDomain() int { return s.domain }

// SetDomain sets the pixels of the axis.
func (s *timeScale) SetDomain(domain int) { s.domain = domain }

// SetMin keeps the span.
func (s *timeScale) SetMin(float64) {}

// SetMax keeps the span.
func (s *timeScale) SetMax(float64) {}

// IsZero reports false: the span is always set.
func (s *timeScale) IsZero() bool { return false }

// IsDescending reports false: time runs to the right.
func (s *timeScale) IsDescending() bool { return false }

// String describes the scale.
func (s *timeScale) String() string {
	return fmt.Sprintf("times %d to %d over %d px", s.from, s.to, s.domain)
}
