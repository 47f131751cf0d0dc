package scorecard

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"openinterest/data/signal"
	"openinterest/ui/look"
)

// axis is the span of values that forest plots below each other share.
type axis struct{ lo, hi float64 }

// place is where a value lies on a plot of some width.
func (a axis) place(x float64, width float32) float32 {
	return float32((min(a.hi, max(a.lo, x)) - a.lo) / (a.hi - a.lo) * float64(width))
}

// rateAxis holds the intervals and base rates of cells, in steps of ten points,
// and always the middle.
func rateAxis(cells []signal.Cell) axis {
	a := axis{0.4, 0.6}
	for i := range cells {
		a = a.with(cells[i].Rate.Low, cells[i].Rate.High)
		if cells[i].Grade != signal.NotEnough {
			a = a.with(cells[i].BaseRate.Value, cells[i].BaseRate.Value)
		}
	}
	return axis{math.Floor(10*a.lo) / 10, math.Ceil(10*a.hi) / 10}
}

// liftAxis holds the intervals of differences, the same way to both sides of 0.
func liftAxis(lifts []*signal.Lift) axis {
	a := axis{-0.2, 0.2}
	for _, l := range lifts {
		if l != nil {
			a = a.with(l.Difference.Low, l.Difference.High)
		}
	}
	end := math.Ceil(10*max(-a.lo, a.hi)) / 10
	return axis{-end, end}
}

func (a axis) with(low, high signal.Number) axis {
	if low.Known() {
		a.lo = min(a.lo, float64(low))
	}
	if high.Known() {
		a.hi = max(a.hi, float64(high))
	}
	return a
}

// forest is one line of a forest plot: the interval, the point, and the tick of
// what they are held against. Its parts are placed by whoever owns it.
type forest struct {
	grid     *canvas.Line
	interval *canvas.Line
	tick     *canvas.Line
	point    *canvas.Circle
}

const (
	pointSize float32 = 7
	tickSize  float32 = 12
)

func newForest() *forest {
	f := &forest{grid: canvas.NewLine(nil), interval: canvas.NewLine(nil), tick: canvas.NewLine(nil), point: canvas.NewCircle(nil)}
	f.grid.StrokeWidth, f.interval.StrokeWidth, f.tick.StrokeWidth = look.Hairline, 1.5, 1.5
	return f
}

func (f *forest) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{f.grid, f.tick, f.interval, f.point}
}

// mark says what a forest line shows.
type mark struct {
	interval signal.Interval
	against  signal.Number // the base rate, or 0
	middle   float64       // a faint line all rows share
	verdict  signal.Verdict
	faint    bool
}

// draw places the parts in the box at x, of some width, as high as the row.
func (f *forest) draw(m mark, a axis, x, width, height float32) {
	p := look.Current()
	middle, half := height/2, tickSize/2
	vertical(f.grid, x+a.place(m.middle, width), 0, height, p.Grid)
	known := m.interval.Value.Known() && m.interval.Low.Known() && m.interval.High.Known()
	for _, o := range []fyne.CanvasObject{f.interval, f.point, f.tick} {
		if known {
			o.Show()
		} else {
			o.Hide()
		}
	}
	if !known {
		return
	}
	c := p.Text
	switch {
	case m.faint:
		c = p.Faint
	case m.verdict == signal.Differs && m.interval.Value > m.against:
		c = p.Up
	case m.verdict == signal.Differs:
		c = p.Down
	}
	lo, hi := x+a.place(float64(m.interval.Low), width), x+a.place(float64(m.interval.High), width)
	f.interval.Position1, f.interval.Position2 = fyne.NewPos(lo, middle), fyne.NewPos(hi, middle)
	f.interval.StrokeColor = look.WithAlpha(c, 0.8)
	if m.against.Known() {
		vertical(f.tick, x+a.place(float64(m.against), width), middle-half, middle+half, p.Accent)
	} else {
		f.tick.Hide()
	}
	at := x + a.place(float64(m.interval.Value), width)
	f.point.FillColor = c
	f.point.Move(fyne.NewPos(at-pointSize/2, middle-pointSize/2))
	f.point.Resize(fyne.NewSquareSize(pointSize))
}

func vertical(l *canvas.Line, x, top, bottom float32, c color.Color) {
	l.Position1, l.Position2, l.StrokeColor = fyne.NewPos(x, top), fyne.NewPos(x, bottom), c
}

var unknownInterval = signal.Interval{Value: unknown, Low: unknown, High: unknown}

var unknown = signal.Number(math.NaN())
