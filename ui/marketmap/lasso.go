package marketmap

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"openinterest/ui/look"
)

// lasso is a line drawn around contracts: by hand, or as a rectangle.
type lasso struct {
	view     *view
	straight bool // the drag draws a rectangle
	corners  []fyne.Position
	lines    []*canvas.Line    // of the one drawn by hand, as long as it is drawn
	box      *canvas.Rectangle // of the other
}

const (
	lassoStep = 5   // units between two corners: shorter ones can't be seen
	lassoMost = 600 // corners
)

func (l *lasso) drawing() bool { return len(l.corners) > 0 }

func (l *lasso) begin(at fyne.Position) { l.corners = []fyne.Position{at} }

// to goes on to a position.
func (l *lasso) to(at fyne.Position) {
	if l.straight {
		from := l.corners[0]
		l.corners = []fyne.Position{from, fyne.NewPos(at.X, from.Y), at, fyne.NewPos(from.X, at.Y)}
		look.Place(l.box, min(from.X, at.X), min(from.Y, at.Y), max(from.X-at.X, at.X-from.X), max(from.Y-at.Y, at.Y-from.Y))
		l.box.Show()
		canvas.Refresh(l.box)
		return
	}
	last := l.corners[len(l.corners)-1]
	dx, dy := at.X-last.X, at.Y-last.Y
	if dx*dx+dy*dy < lassoStep*lassoStep || len(l.corners) >= lassoMost {
		return
	}
	line := canvas.NewLine(look.Current().Accent)
	line.StrokeWidth = 1.5
	line.Position1, line.Position2 = last, at
	l.corners, l.lines = append(l.corners, at), append(l.lines, line)
	canvas.Refresh(l.view)
}

// end takes the line away and returns its corners.
func (l *lasso) end() []fyne.Position {
	corners := l.corners
	l.corners, l.lines = nil, nil
	l.box.Hide()
	canvas.Refresh(l.view)
	return corners
}
