package session

import (
	"context"
	"sync"
	"time"

	"openinterest/data/market"
)

// reachTimeout is how long a host may take to answer a test.
const reachTimeout = 15 * time.Second

// leastTurn is the least time between two tries to have a request sent.
const leastTurn = 20 * time.Millisecond

// SetProxy takes another proxy: see Options. Connections by the one before end,
// and all is asked again at once.
func (s *Session) SetProxy(address string) {
	s.way.Set(address)
	s.client.Close() // what is idle
	s.Retry()
}

// TestReach tries to reach each host once, side by side, and tells of each as soon
// as it is known, on a goroutine of its own. It returns when all are, or ctx ends.
// It asks within the same limits as everything else.
func (s *Session) TestReach(ctx context.Context, tell func(market.Reached)) {
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	stop := context.AfterFunc(s.ctx, cancel)
	defer stop()
	var all sync.WaitGroup
	for host, reach := range map[market.Host]func(context.Context) error{
		market.HostREST: s.reachREST, market.HostStream: s.client.ReachStream, market.HostArchive: s.reachArchive,
	} {
		all.Go(func() {
			began := time.Now()
			err := reach(ctx)
			if ctx.Err() == context.Canceled {
				return // nobody waits for it any more
			}
			r := market.Reached{Host: host, Took: time.Since(began), Problem: market.ProblemOf(err)}
			if err != nil && r.Problem == nil {
				r.Problem = &market.Problem{Kind: market.TimedOut, What: string(host), Err: err}
			}
			tell(r)
		})
	}
	all.Wait()
}

// reachREST waits its turn: what the feed asks, and what the limit has no room for
// right now, goes first.
func (s *Session) reachREST(ctx context.Context) error {
	for {
		err := s.client.ReachREST(ctx)
		p := market.ProblemOf(err)
		if p == nil || p.Kind != market.QuotaSpent {
			return err
		}
		turn := time.NewTimer(max(p.Until.Sub(s.Now()), leastTurn))
		select {
		case <-turn.C:
		case <-ctx.Done():
			turn.Stop()
			return err
		}
	}
}

func (s *Session) reachArchive(ctx context.Context) error {
	from, err := s.openArchive()
	if err != nil {
		return err
	}
	return from.Reach(ctx)
}
