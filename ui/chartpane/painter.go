package chartpane

import (
	"context"
	"sync"
	"sync/atomic"

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
	show     func(drawn) // on the UI's goroutine

	mu   sync.Mutex
	next *job
	wake chan struct{} // holds one token while next is waiting

	newest  atomic.Pointer[drawn]
	hopping atomic.Bool  // a hop to the UI is under way
	pending atomic.Int32 // requests that aren't drawn yet
}

func newPainter(ctx context.Context, draw Drawer, dispatch func(func()), show func(drawn)) *painter {
	p := &painter{draw: draw, dispatch: dispatch, show: show, wake: make(chan struct{}, 1)}
	go p.run(ctx)
	return p
}

// request asks for a picture; it never waits.
func (p *painter) request(j job) {
	p.mu.Lock()
	if p.next == nil {
		p.pending.Add(1)
	}
	p.next = &j
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default: // the painter knows already that there is something to do
	}
}

// busy reports whether something asked for isn't shown yet.
func (p *painter) busy() bool { return p.pending.Load() > 0 || p.hopping.Load() }

func (p *painter) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
		}
		p.mu.Lock()
		j := p.next
		p.next = nil
		p.mu.Unlock()
		if j == nil {
			continue
		}
		j.view = j.view.built()
		j.request.Lines, j.request.Markers = j.view.Request.Lines, j.view.Request.Markers
		picture, err := p.draw(j.request)
		if err != nil { // only a fault of this package's makes a request that can't be drawn
			fyne.LogError("drawing a chart", err)
			p.pending.Add(-1)
			continue
		}
		p.newest.Store(&drawn{picture, j.view})
		first := p.hopping.CompareAndSwap(false, true)
		p.pending.Add(-1) // before the hop, after which nothing is pending
		if first {
			p.dispatch(p.land)
		}
	}
}

// land hands the newest picture to the UI, on the UI's goroutine.
func (p *painter) land() {
	p.hopping.Store(false)
	if d := p.newest.Swap(nil); d != nil {
		p.show(*d)
	}
}
