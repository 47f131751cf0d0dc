package chartpane

import (
	"slices"
	"sync"

	"openinterest/charts"
	"openinterest/ui/look"
)

// View is what a Chart shows: a request without its size, and how the read-out
// writes the values of each of its lines.
type View struct {
	Request charts.Request // Width, Height and Scale are the chart's affair
	Reads   []Read         // one for each of Request.Lines

	// Curves give the times and values of Request.Lines, where those are not
	// there yet: they are computed where the picture is drawn.
	Curves []Curve

	marks   []mark      // events; once built, those of Request.Markers
	samples [][]float64 // of each line's values; built with the curves
}

// Curve is what one line shows.
type Curve struct {
	track *track
	of    func(*track) []float64
}

// built returns the view with the slices that are drawn. It takes four
// milliseconds for ten years of 5-minute points, so it has no business on the
// UI's goroutine.
func (v View) built() View {
	lines := slices.Clone(v.Request.Lines)
	v.samples = make([][]float64, len(lines))
	var wait sync.WaitGroup
	for i := range lines {
		wait.Go(func() {
			if i < len(v.Curves) {
				c := v.Curves[i]
				lines[i].Times, lines[i].Values = c.track.times(), c.of(c.track)
			}
			v.samples[i] = samples(lines[i].Values)
		})
	}
	wait.Wait()
	v.Request.Lines, v.Curves = lines, nil
	if len(v.marks) > 0 {
		v.Request.Markers, v.marks = markers(v.marks, lines)
	}
	return v
}

// chartTheme is the look of a picture.
func chartTheme(p *look.Palette) charts.Theme {
	return charts.Theme{Background: p.Background, Text: p.Text, Axis: p.Muted, Grid: p.Grid, Font: look.Font(false), FontSize: 11}
}

// Read is how the read-out names a line and writes its values.
type Read struct {
	Label  string
	Format func(float64) string
}

// samples are values whose texts are likely the widest: the extremes, and those
// between where a sign or a unit changes.
func samples(values []float64) []float64 {
	if len(values) == 0 {
		return nil
	}
	lo, hi := values[0], values[0]
	for _, v := range values {
		switch { // hardly ever true, but for unknown values at the beginning
		case v < lo || lo != lo:
			lo = v
		case v > hi || hi != hi:
			hi = v
		}
	}
	return []float64{lo, hi, values[len(values)/2], values[len(values)-1]}
}
