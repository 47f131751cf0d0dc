package chartpane

import (
	"context"

	"fyne.io/fyne/v2"

	"openinterest/charts"
	"openinterest/ui/paint"
)

// A Drawer draws a picture; charts.Draw is one.
type Drawer func(charts.Request) (*charts.Picture, error)

// A job is a view to be drawn at a size.
type job struct {
	view    View
	request charts.Request
}

// drawn is a picture and the view it shows.
type drawn struct {
	picture *charts.Picture
	view    View
}

// painter draws views off the UI's goroutine.
type painter struct {
	*paint.Painter[job, drawn]
}

func newPainter(ctx context.Context, draw Drawer, dispatch func(func()), show func(drawn)) *painter {
	kept := new(curves) // of the painter's goroutine
	return &painter{paint.New(ctx, func(j job) (drawn, bool) { return j.paint(draw, kept) }, dispatch, show)}
}

// request asks for a picture; it never waits.
func (p *painter) request(j job) { p.Request(j) }

// busy reports whether something asked for isn't shown yet.
func (p *painter) busy() bool { return p.Busy() }

// paint reports false for what can't be drawn. It keeps the slices that it makes
// of a view's curves, for the next picture of the same.
func (j job) paint(draw Drawer, kept *curves) (drawn, bool) {
	j.view = j.view.built(kept)
	j.request.Lines, j.request.Markers, j.request.Blanks = j.view.Request.Lines, j.view.Request.Markers, j.view.Request.Blanks
	j.request.Below = j.view.Request.Below
	picture, err := draw(j.request)
	if err != nil { // only a fault of this package's makes such a request
		fyne.LogError("drawing a chart", err)
		return drawn{}, false
	}
	return drawn{picture, j.view}, true
}
