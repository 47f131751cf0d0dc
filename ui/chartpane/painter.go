package chartpane

import (
	"context"
	"sync"

	"fyne.io/fyne/v2"

	"openinterest/charts"
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

// painter draws pictures off the UI's goroutine. Of the requests that come
// while it draws, it keeps the newest and forgets the rest; of its pictures,
// the UI gets the newest. Its goroutine ends with its context.
type painter struct {
	draw     Drawer
	dispatch func(func())
	show     func(drawn)   // on the UI's goroutine
	wake     chan struct{} // holds one token while next is waiting
	curves   curves        // of its goroutine

	mu      sync.Mutex
	next    *job   // to be drawn
	drawing bool   // one is being drawn
	newest  *drawn // to be shown
	hopping bool   // a hop to the UI is under way
}

func newPainter(ctx context.Context, draw Drawer, dispatch func(func()), show func(drawn)) *painter {
	p := &painter{draw: draw, dispatch: dispatch, show: show, wake: make(chan struct{}, 1)}
	go p.run(ctx)
	return p
}

// request asks for a picture; it never waits.
func (p *painter) request(j job) {
	p.mu.Lock()
	p.next = &j
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default: // the painter knows already that there is something to do
	}
}

// busy reports whether something asked for isn't shown yet. It ends on the UI's
// goroutine, so who waits there for the hops sees the end of it.
func (p *painter) busy() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.next != nil || p.drawing || p.hopping
}

func (p *painter) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
		}
		if j := p.take(); j != nil {
			p.finish(p.paint(*j))
		}
	}
}

func (p *painter) take() *job {
	p.mu.Lock()
	defer p.mu.Unlock()
	j := p.next
	p.next, p.drawing = nil, j != nil
	return j
}

// paint returns nil for what can't be drawn.
func (p *painter) paint(j job) *drawn {
	j.view = j.view.built(&p.curves)
	j.request.Lines, j.request.Markers, j.request.Blanks = j.view.Request.Lines, j.view.Request.Markers, j.view.Request.Blanks
	j.request.Below = j.view.Request.Below
	picture, err := p.draw(j.request)
	if err != nil { // only a fault of this package's makes such a request
		fyne.LogError("drawing a chart", err)
		return nil
	}
	return &drawn{picture, j.view}
}

// finish sees to it that the UI comes for a picture.
func (p *painter) finish(d *drawn) {
	p.mu.Lock()
	p.drawing = false
	if d != nil {
		p.newest = d
	}
	first := !p.hopping
	p.hopping = true
	p.mu.Unlock()
	if first {
		p.dispatch(p.land)
	}
}

// land hands the newest picture to the UI, on the UI's goroutine.
func (p *painter) land() {
	p.mu.Lock()
	d := p.newest
	p.newest, p.hopping = nil, false
	p.mu.Unlock()
	if d != nil {
		p.show(*d)
	}
}
