package chartpane

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"openinterest/charts"
	"openinterest/ui/look"
)

// Measurement is what changed over a span, as rows of cells: names left, numbers
// right. The first row names the columns.
type Measurement [][]string

// selection is a span that one marked on a chart, and what changed over it: a
// band over the plot, and a box with the measurement and what can be done. It
// moves with the chart while that is zoomed and panned.
type selection struct {
	on       bool
	anchor   int64 // where it began, Unix ms
	end      int64
	marking  bool // it still changes: the box has no buttons
	byKeys   bool // the crosshair moves its end
	measured Measurement

	band  *canvas.Rectangle
	box   *canvas.Rectangle
	cells [][]*canvas.Text
	zoom  *pill
	close *pill
	group *fyne.Container // all of them
}

func newSelection(zoom, closed string, onZoom, onClose func()) *selection {
	s := &selection{band: canvas.NewRectangle(nil), box: canvas.NewRectangle(nil)}
	s.band.StrokeWidth, s.box.StrokeWidth, s.box.CornerRadius = look.Hairline, look.Hairline, 4
	s.zoom, s.close = newPill(zoom, onZoom), newPill(closed, onClose)
	s.group = loose(s.band, s.box, s.zoom, s.close)
	s.group.Hide()
	return s
}

func loose(objects ...fyne.CanvasObject) *fyne.Container {
	return fyne.NewContainerWithoutLayout(objects...)
}

// span is the selection from left to right.
func (s *selection) span() (from, to int64) { return min(s.anchor, s.end), max(s.anchor, s.end) }

// show takes the measurement of a span, and makes texts for it.
func (s *selection) show(m Measurement) {
	s.measured = m
	fits := len(m) == len(s.cells)
	for i := range m {
		fits = fits && len(m[i]) == len(s.cells[i])
	}
	if !fits {
		s.cells = make([][]*canvas.Text, len(m))
		objects := []fyne.CanvasObject{s.band, s.box}
		for i, row := range m {
			for range row {
				t := newText(false)
				s.cells[i] = append(s.cells[i], t)
				objects = append(objects, t)
			}
		}
		s.group.Objects = append(objects, s.zoom, s.close)
	}
	for i, row := range m {
		for k, words := range row {
			if t := s.cells[i][k]; t.Text != words {
				t.Text = words
				look.SetFont(t, false)
				canvas.Refresh(t)
			}
		}
	}
}

// paint takes the colours from the palette.
func (s *selection) paint() {
	p := look.Current()
	s.band.FillColor, s.band.StrokeColor = look.WithAlpha(p.Accent, 0.14), look.WithAlpha(p.Accent, 0.6)
	s.box.FillColor, s.box.StrokeColor = look.WithAlpha(p.Overlay, 0.96), p.Border
	for i, row := range s.cells {
		for k, t := range row {
			t.Color = p.Text
			if i == 0 || k == 0 {
				t.Color = p.Muted
			}
		}
	}
}

// place puts band and box where the selection is in a picture; what is out of
// the plot is cut off.
func (s *selection) place(p *charts.Picture, scale float64, size fyne.Size) {
	look.SetVisible(s.on, s.group)
	if !s.on {
		return
	}
	s.paint()
	unit := func(pixel float64) float32 { return float32((pixel + 0.5) / scale) }
	from, to := s.span()
	left, right := float64(p.Plot.Min.X), float64(p.Plot.Max.X-1)
	x0, x1 := min(right, max(left, p.X(from))), min(right, max(left, p.X(to)))
	top, bottom := unit(float64(p.Plot.Min.Y)), unit(float64(p.Plot.Max.Y-1))
	look.Place(s.band, unit(x0), top, unit(x1)-unit(x0), bottom-top)
	look.SetVisible(x1 > x0, s.band)
	s.layBox(unit(x0), unit(x1), bottom, size)
}

// What a chart does with its selection.

// mark begins a selection at an instant, or moves its end.
func (c *Chart) mark(at int64, begin bool) {
	s := c.selection
	if begin {
		s.on, s.marking, s.anchor, s.byKeys = true, true, at, false
	}
	s.end = at
	c.measureSelection()
}

// finish ends the marking; one of no width is none.
func (c *Chart) finish() {
	from, to := c.selection.span()
	if left, width := c.axis.Span(); float64(to-from) < 3*float64(width-left)/float64(max(1, c.pixels.X)) {
		c.deselect()
		return
	}
	c.selection.marking = false
	c.place()
}

func (c *Chart) deselect() {
	c.selection.on, c.selection.byKeys = false, false
	c.place()
}

// zoomIn shows the span selected.
func (c *Chart) zoomIn() {
	from, to := c.selection.span()
	c.deselect()
	c.axis.Show(from, to)
}

// measureSelection writes what changed over the span selected.
func (c *Chart) measureSelection() {
	if s := c.selection; s.on && c.OnMeasure != nil {
		from, to := s.span()
		s.show(c.OnMeasure(from, to))
	}
	c.place()
}
