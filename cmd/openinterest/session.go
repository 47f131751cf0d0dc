package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"openinterest/data/binance"
	"openinterest/data/feed"
	"openinterest/data/market"
	"openinterest/data/sim"
)

// session is a feed at work: the exchange's client, real or simulated, the
// refresher that asks it, and the history on this machine. Close ends all of it.
type session struct {
	feed   *feed.Feed
	client *binance.Client
	memory *memory     // nil in the demo: what is simulated is not kept
	server *sim.Server // the demo's exchange; nil otherwise
	demo   bool
	long   *longHistory // nil: nobody looks at charts

	cancel context.CancelFunc
	done   sync.WaitGroup
}

// openSession starts a feed on what the flags name: the exchange, another
// address, or the demo market. It begins with the last known table.
func openSession(ctx context.Context, g *globals, log *slog.Logger) (*session, error) {
	return openSessionOn(ctx, g, log, newMemory(g.historyDir(), log))
}

// openSessionNow starts a feed that shows only what it is told now. It uses
// the stamps that are kept, since they say when they were, but not the last
// known table.
func openSessionNow(ctx context.Context, g *globals, log *slog.Logger) (*session, error) {
	m := newMemory(g.historyDir(), log)
	m.noTable = true
	return openSessionOn(ctx, g, log, m)
}

func openSessionOn(ctx context.Context, g *globals, log *slog.Logger, m *memory) (*session, error) {
	ctx, cancel := context.WithCancel(ctx)
	s := &session{demo: g.Demo, cancel: cancel}
	rest, stream := g.RestURL, g.StreamURL
	if g.Demo {
		server, err := sim.Start(ctx, sim.Options{})
		if err != nil {
			cancel()
			return nil, fmt.Errorf("starting the demo market: %w", err)
		}
		s.server, rest, stream = server, server.RESTURL(), server.StreamURL()
		s.done.Go(server.Wait)
	}
	client, err := binance.New(binance.Options{RESTURL: rest, StreamURL: stream, UserAgent: "openinterest/" + version, Logger: log})
	if err != nil {
		s.Close()
		return nil, err
	}
	s.client = client
	options := feed.Options{Exchange: client, Logger: log}
	if !g.Demo {
		s.memory, options.Memory = m, m
		shared := newSpending(g.historyDir(), client, log)
		shared.read(time.Now())
		m.disowned = shared.disown
		s.done.Go(func() { shared.run(ctx) })
	}
	s.feed = feed.New(options)
	s.done.Go(func() {
		if err := s.feed.Run(ctx); err != nil && ctx.Err() == nil {
			log.Error("the feed stopped", "error", err)
		}
	})
	return s, nil
}

// windowFeed is the feed as the window knows it: who taps Retry may have
// switched the network, so a refusal is not waited out.
type windowFeed struct {
	*feed.Feed
	client *binance.Client
	long   *longHistory // nil: nothing beyond what the exchange keeps
}

// Load returns the open interest of one contract over the last r: beyond what
// the exchange keeps, from the history.
func (f windowFeed) Load(ctx context.Context, symbol string, r market.Range) (*market.Series, error) {
	if f.long != nil && r > market.Range30d {
		return f.long.Load(ctx, symbol, r)
	}
	return f.Feed.Load(ctx, symbol, r)
}

// Retry asks again now.
func (f windowFeed) Retry() {
	f.client.Reopen()
	f.Feed.Retry()
}

// Close stops the feed and waits until everything it started has ended.
func (s *session) Close() {
	s.cancel()
	if s.long != nil {
		s.long.Close()
	}
	s.done.Wait()
	if s.memory != nil {
		s.memory.Close()
	}
	if s.client != nil {
		s.client.Close()
	}
}
