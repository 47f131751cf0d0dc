package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"openinterest/data/binance"
	"openinterest/data/feed"
	"openinterest/data/sim"
)

// session is a feed at work: the exchange's client, real or simulated, and the
// refresher that asks it. Close ends all of it.
type session struct {
	feed   *feed.Feed
	client *binance.Client
	demo   bool

	cancel context.CancelFunc
	done   sync.WaitGroup
}

// openSession starts a feed on what the flags name: the exchange, another
// address, or the demo market.
func openSession(ctx context.Context, g *globals, log *slog.Logger) (*session, error) {
	ctx, cancel := context.WithCancel(ctx)
	s := &session{demo: g.Demo, cancel: cancel}
	rest, stream := g.RestURL, g.StreamURL
	if g.Demo {
		server, err := sim.Start(ctx, sim.Options{})
		if err != nil {
			cancel()
			return nil, fmt.Errorf("starting the demo market: %w", err)
		}
		rest, stream = server.RESTURL(), server.StreamURL()
		s.done.Go(server.Wait)
	}
	client, err := binance.New(binance.Options{RESTURL: rest, StreamURL: stream, UserAgent: "openinterest/" + version, Logger: log})
	if err != nil {
		s.Close()
		return nil, err
	}
	s.client = client
	s.feed = feed.New(feed.Options{Exchange: client, Logger: log})
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
}

// Retry asks again now.
func (f windowFeed) Retry() {
	f.client.Reopen()
	f.Feed.Retry()
}

// Close stops the feed and waits until everything it started has ended.
func (s *session) Close() {
	s.cancel()
	s.done.Wait()
	if s.client != nil {
		s.client.Close()
	}
}
