// Package paint draws pictures off the UI's goroutine. A chart, and the map of
// the market, hand it what is to be drawn as often as they like; it draws the
// newest and forgets the rest.
package paint

import (
	"context"
	"sync"
)

// Painter makes a picture of type D of each job of type J. Of the jobs that come
// while it draws, it keeps the newest and forgets the rest; of its pictures, the
// UI gets the newest. Its goroutine ends with its context.
type Painter[J, D any] struct {
	draw     func(J) (D, bool)
	dispatch func(func())
	show     func(D)       // on the UI's goroutine
	wake     chan struct{} // holds one token while next is waiting

	mu      sync.Mutex
	next    *J   // to be drawn
	drawing bool // one is being drawn
	newest  *D   // to be shown
	hopping bool // a hop to the UI is under way
}

// New starts a painter. draw reports false for what can't be drawn; show is
// called on the UI's goroutine, through dispatch.
func New[J, D any](ctx context.Context, draw func(J) (D, bool), dispatch func(func()), show func(D)) *Painter[J, D] {
	p := &Painter[J, D]{draw: draw, dispatch: dispatch, show: show, wake: make(chan struct{}, 1)}
	go p.run(ctx)
	return p
}

// Request asks for a picture; it never waits.
func (p *Painter[J, D]) Request(j J) {
	p.mu.Lock()
	p.next = &j
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default: // the painter knows already that there is something to do
	}
}

// Busy reports whether something asked for isn't shown yet. It ends on the UI's
// goroutine, so who waits there for the hops sees the end of it.
func (p *Painter[J, D]) Busy() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.next != nil || p.drawing || p.hopping
}

func (p *Painter[J, D]) run(ctx context.Context) {
	defer func() { p.draw = nil }() // what it keeps goes with it
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
		}
		if j := p.take(); j != nil {
			p.finish(p.draw(*j))
		}
	}
}

func (p *Painter[J, D]) take() *J {
	p.mu.Lock()
	defer p.mu.Unlock()
	j := p.next
	p.next, p.drawing = nil, j != nil
	return j
}

// finish sees to it that the UI comes for a picture.
func (p *Painter[J, D]) finish(d D, ok bool) {
	p.mu.Lock()
	p.drawing = false
	if ok {
		p.newest = &d
	}
	first := !p.hopping
	p.hopping = true
	p.mu.Unlock()
	if first {
		p.dispatch(p.land)
	}
}

// land hands the newest picture to the UI, on the UI's goroutine.
func (p *Painter[J, D]) land() {
	p.mu.Lock()
	d := p.newest
	p.newest, p.hopping = nil, false
	p.mu.Unlock()
	if d != nil {
		p.show(*d)
	}
}
