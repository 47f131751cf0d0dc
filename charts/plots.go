package charts

import (
	"fmt"
	"image"
	"math"

	"openinterest/charts/canvas"
)

// Plot is a plot under the main one. It has the main plot's span and columns,
// and value axes of its own.
type Plot struct {
	Key   string  // the caller's name for it
	Title string  // drawn in its upper left corner, with its unit; beside it, what its lines are that have a Label
	Share float64 // of the picture's height, 0 … 1; all of them leave the main plot two fifths

	Lines       []Line
	Left, Right ValueAxis
	Blanks      []Blank
	Message     string // drawn in the middle when no line has a value in the span
}

const (
	leastMain  = 0.4 // of the height, for the main plot
	leastBelow = 14  // units: a lower plot is cramped
	leastShare = 46  // units: that of a plot below, with its title, if there is room
	plotGap    = 5   // units above and below the border between two plots
	titleGap   = 4   // units between a title and its plot
)

// part is a plot of a picture, as a request of its own.
type part struct {
	req   Request
	view  *view
	place place
}

// place is where in the picture a part is drawn.
type place struct {
	top, bottom int  // its rows; bottom 0: all there are
	below       bool // it is not the main plot
	untimed     bool // the time axis is another's
	title       string
	left, right int  // room besides what its own axes need: all parts have the same columns
	measuring   bool // nothing is drawn: only the plot's place is wanted
}

// drawStack draws a request with plots below: each is laid out alone first, to
// learn which columns they can have in common. Where there is no room for all of
// them, the lowest are left out.
func drawStack(req *Request) (*Picture, error) {
	all, err := req.parts()
	if err != nil {
		return nil, err
	}
	for n := len(all); n > 1; n-- {
		parts := all[:n]
		if !req.share(parts) {
			continue
		}
		for detail := everything; detail < bare; detail++ {
			if ok, err := align(parts, detail); err != nil {
				return nil, err
			} else if ok {
				return drawParts(parts, detail)
			}
		}
	}
	return drawAlone(&all[0].req)
}

// parts are the plots of the request, from the top.
func (r *Request) parts() ([]part, error) {
	main := *r
	main.Below = nil
	parts := []part{{req: main}}
	for _, p := range r.Below {
		sub := Request{
			Width: r.Width, Height: r.Height, Scale: r.Scale, From: r.From, To: r.To, Time: r.Time, Theme: r.Theme,
			Room: r.Room, Lines: p.Lines, Left: p.Left, Right: p.Right, Blanks: p.Blanks, Message: p.Message,
		}
		if err := sub.validate(); err != nil {
			return nil, err
		}
		parts = append(parts, part{req: sub, place: place{below: true, title: p.Title}})
	}
	for i := range parts {
		p := &parts[i]
		lines, err := r.gathered(p.req.Lines)
		if err != nil {
			return nil, err
		}
		p.req.Lines = lines
		if p.view, err = look(&p.req); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// share gives each part its rows, and reports whether there are enough. The time
// axis is beside what is shared.
func (r *Request) share(parts []part) bool {
	m := r.Theme.Font.Metrics(r.Theme.FontSize * r.Scale)
	axis := math.Ceil(timeGap*r.Scale + m.Cap + m.Line + m.Descent)
	rows := max(float64(r.Height)-axis, 0)
	heights, sum := make([]float64, len(parts)), 0.0
	for i := 1; i < len(parts); i++ {
		heights[i] = max(leastShare*r.Scale, rows*max(0, min(r.Below[i-1].Share, 1)))
		sum += heights[i]
	}
	factor := min(1, rows*(1-leastMain)/sum)
	at := float64(r.Height)
	for i := len(parts) - 1; i > 0; i-- {
		p := &parts[i].place
		p.untimed = i < len(parts)-1
		p.bottom = int(math.Round(at))
		if !p.untimed {
			at -= axis
		}
		at -= factor * heights[i]
		p.top = int(math.Round(at))
		if factor*heights[i] < 0.85*leastShare*r.Scale {
			return false
		}
	}
	parts[0].place.untimed, parts[0].place.bottom = true, int(math.Round(at))
	return true
}

// align finds the columns that all parts can have, and reports whether each has
// room for its plot.
func align(parts []part, detail detail) (bool, error) {
	for i := range parts {
		parts[i].place.left, parts[i].place.right = 0, 0
	}
	const tries = 4 // labels of time may need a little more room once they have moved
	for range tries {
		plots := make([]image.Rectangle, len(parts))
		left, right := 0, math.MaxInt
		for i := range parts {
			p := parts[i]
			p.place.measuring = true
			f := newFrame(&p.req, p.view, detail, p.place)
			if err := f.draw(canvas.New(1, 1, p.req.Theme.Background)); err != nil {
				return false, err
			}
			if f.cramped {
				return false, nil
			}
			plots[i] = f.picture.Plot
			left, right = max(left, plots[i].Min.X), min(right, plots[i].Max.X)
		}
		even := true
		for i := range parts {
			p := &parts[i].place
			even = even && plots[i].Min.X == left && plots[i].Max.X == right
			p.left += left - plots[i].Min.X
			p.right += plots[i].Max.X - right
		}
		if even {
			return true, nil
		}
	}
	return false, fmt.Errorf("the plots of a chart of %d × %d pixels find no common columns", parts[0].req.Width, parts[0].req.Height)
}

// drawParts draws them on one image.
func drawParts(parts []part, detail detail) (*Picture, error) {
	first := &parts[0].req
	c := first.newCanvas()
	picture := &Picture{}
	for i := range parts {
		p := &parts[i]
		if i > 0 {
			y, hair := p.place.top, max(1, int(math.Round(first.Scale)))
			c.Rect(image.Rect(0, y, first.Width, y+hair), first.Theme.Grid)
		}
		f := newFrame(&p.req, p.view, detail, p.place)
		if err := f.draw(c); err != nil {
			return nil, err
		}
		if i == 0 {
			picture = f.picture
			continue
		}
		picture.add(f.picture, p.place.top)
	}
	picture.Image = c.Image()
	return picture, nil
}

// add takes the lines of a plot below, whose rows begin at top.
func (p *Picture) add(plot *Picture, top int) {
	for _, label := range plot.labels {
		label.line += len(p.lines)
		p.labels = append(p.labels, label)
	}
	p.room = [2]int{max(p.room[Left], plot.room[Left]), max(p.room[Right], plot.room[Right])}
	p.below = append(p.below, belowPlot{geometry: plot.geometry, lines: len(p.lines), border: top})
	p.lines = append(p.lines[:len(p.lines):len(p.lines)], plot.lines...)
}

// belowPlot is a plot below the main one, as a picture knows it.
type belowPlot struct {
	geometry
	lines  int // how many of the picture's lines stand above it
	border int // the row of the border to what is above
}

// Plots are the areas of all plots, the main one first; their columns are the same.
func (p *Picture) Plots() []image.Rectangle {
	all := []image.Rectangle{p.Plot}
	for i := range p.below {
		all = append(all, p.below[i].Plot)
	}
	return all
}

// Borders are the rows of the borders above the plots below, from the top.
func (p *Picture) Borders() []int {
	rows := make([]int, len(p.below))
	for i := range p.below {
		rows[i] = p.below[i].border
	}
	return rows
}

// plotOf is the index in Plots of the one that a line is in.
func (p *Picture) plotOf(line int) int {
	for i := len(p.below) - 1; i >= 0; i-- {
		if line >= p.below[i].lines {
			return i + 1
		}
	}
	return 0
}

// of is the geometry that a line is drawn by.
func (p *Picture) of(line int) *geometry {
	if i := p.plotOf(line); i > 0 {
		return &p.below[i-1].geometry
	}
	return &p.geometry
}

// Row is the row of a value of a line; NaN for an unknown one.
func (p *Picture) Row(line int, v float64) float64 {
	if line < 0 || line >= len(p.lines) {
		return math.NaN()
	}
	return p.of(line).Y(p.lines[line].Axis, v)
}
