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
	streamSilent     = 4 * time.Second  // without a price: ask by REST meanwhile
	streamStuck      = 20 * time.Second // without a price: connect again
	streamRetryFirst = time.Second
	streamRetryMost  = time.Minute
	streamHealthy    = time.Minute // connected and delivering this long: patience starts again
)

// stream keeps one connection for mark prices going and collects what it
// delivers until the engine takes it.
type stream struct {
	began time.Time // of the feed

	mu        sync.Mutex
	pending   map[string]market.MarkPrice
	arrived   time.Duration // last delivery; never at first
	connected time.Duration // when the connection was begun
	hangUp    context.CancelFunc
	problem   *market.Problem
}

func newStream(began time.Time) *stream {
	return &stream{began: began, pending: map[string]market.MarkPrice{}, arrived: never}
}

// run connects again and again until ctx ends.
func (s *stream) run(ctx context.Context, ex Exchange) {
	retries := newBackoff(streamRetryFirst, streamRetryMost)
	for ctx.Err() == nil {
		connection, hangUp := context.WithCancel(ctx)
		start := time.Since(s.began)
		s.mu.Lock()
		s.connected, s.hangUp = start, hangUp
		s.mu.Unlock()

		err := ex.StreamMarkPrices(connection, s.deliver)
		if connection.Err() != nil {
			err = errStreamSilent
		}
		hangUp()

		s.mu.Lock()
		s.problem = streamProblem(err)
		if s.arrived-start >= streamHealthy {
			retries.Reset()
		}
		s.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-time.After(retries.NextBackOff()):
		}
	}
}

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
	return &market.Problem{Kind: market.Unreachable, What: "streaming mark prices", Err: err}
}

// deliver is called by the connection's reader and must be quick.
func (s *stream) deliver(prices []market.MarkPrice) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range prices {
		s.pending[p.Symbol] = p
	}
	s.problem = nil
}

// take applies what was delivered since the last time. Only prices of
// contracts in the table are a sign of life: the exchange streams others too.
func (s *stream) take(now time.Duration, t *table) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for symbol, p := range s.pending {
		if t.setMark(p) {
			s.arrived = now
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
}
