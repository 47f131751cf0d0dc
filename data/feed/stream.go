package feed

import (
	"context"
	"errors"
	"sync"
	"time"

	"openinterest/data/market"
)

// How the stream of mark prices is supervised.
const (
	streamSilent       = 4 * time.Second  // without a price: ask by REST meanwhile
	streamStuck        = 20 * time.Second // without a price: connect again
	streamRefusedFirst = 5 * time.Second  // who refuses is not asked every few seconds
	streamRefusedMost  = time.Minute
)

// stream keeps one connection for mark prices going and collects what it
// delivers until the engine takes it.
type stream struct {
	began time.Time // of the feed

	mu        sync.Mutex
	pending   map[string]delivery
	arrived   time.Duration // last delivery; never at first
	connected time.Duration // when the connection was begun
	hangUp    context.CancelFunc
	problem   *market.Problem
	hurried   chan struct{} // one slot: connect now
}

// delivery is a mark price and when it came, on the clock that is never
// corrected: the engine may not know yet by which one the client read it.
type delivery struct {
	price market.MarkPrice
	at    time.Duration // since the feed began
}

func newStream(began time.Time) *stream {
	return &stream{began: began, pending: map[string]delivery{}, arrived: never, hurried: make(chan struct{}, 1)}
}

// run connects again and again until ctx ends.
func (s *stream) run(ctx context.Context, ex Exchange) {
	retries, refusals := newBackoff(retryFirst, retryMost), newBackoff(streamRefusedFirst, streamRefusedMost)
	for ctx.Err() == nil {
		start, p := s.connect(ctx, ex)
		s.mu.Lock()
		s.problem = p
		if s.arrived > start {
			retries.Reset()
			refusals.Reset()
		}
		s.mu.Unlock()
		wait := retries
		if refused(p.Kind) {
			wait = refusals
		}
		select {
		case <-ctx.Done():
		case <-s.hurried:
		case <-time.After(wait.NextBackOff()):
		}
	}
}

// connect follows one connection until it ends, and returns when it was begun
// and why it ended.
func (s *stream) connect(ctx context.Context, ex Exchange) (start time.Duration, p *market.Problem) {
	connection, hangUp := context.WithCancel(ctx)
	defer hangUp()
	start = time.Since(s.began)
	s.mu.Lock()
	s.connected, s.hangUp = start, hangUp
	s.mu.Unlock()
	err := ex.StreamMarkPrices(connection, s.deliver)
	if connection.Err() != nil {
		err = errStreamSilent
	}
	return start, streamProblem(err)
}

// hurry has the next connection made now, where one is waited for.
func (s *stream) hurry() { signal(s.hurried) }

var (
	errStreamEnded  = errors.New("the stream of mark prices ended")
	errStreamSilent = errors.New("the stream of mark prices was silent")
)

func streamProblem(err error) *market.Problem {
	if err == nil {
		err = errStreamEnded
	}
	if p := market.ProblemOf(err); p != nil {
		return p
	}
	return &market.Problem{Kind: market.TimedOut, Route: market.RouteStream, What: "streaming mark prices", Err: err}
}

// deliver is called by the connection's reader and must be quick.
func (s *stream) deliver(prices []market.MarkPrice) {
	at := time.Since(s.began)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range prices {
		s.pending[p.Symbol] = delivery{p, at}
	}
}

// take applies what was delivered since the last time. Only news of contracts
// in the table are a sign of life: the exchange streams others too, and a sick
// one the same prices again and again.
func (s *stream) take(now instant, t *table) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for symbol, d := range s.pending {
		d.price.Received = now.wall.Add(d.at - now.elapsed)
		if t.setMark(d.price) {
			s.arrived, s.problem = now.elapsed, nil
		}
		delete(s.pending, symbol)
	}
}

// silence is how long ago the last price came; since the connection was begun
// when that is later.
func (s *stream) silence(now time.Duration) (sincePrice, sinceConnect time.Duration, p *market.Problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return now - s.arrived, now - max(s.arrived, s.connected), s.problem
}

// reconnect gives up the connection: the supervisor makes a new one.
func (s *stream) reconnect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hangUp != nil {
		s.hangUp()
	}
	clear(s.pending) // where the machine slept, they are as old as that
}
