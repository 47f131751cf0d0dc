// Package session is a running market without a window: the exchange's client,
// the feed that asks it, the history on this machine, the live signals, and the
// archive behind long charts, started and ended together.
//
//	flags ──► Options ──► Open ──► Session ──► window, record, snapshot, watch, screenshot
//
// Everybody who shows a market opens a session and reads its snapshots; what is
// tested on one holds for the others. Some parts cost work that not everybody
// wants, so they begin when asked for: Watch (signals), OpenLong (ranges beyond
// what the exchange keeps), Scores (scorecards and dry runs). Close ends all of
// it and returns when nothing of it runs any more.
//
// Commands that only read what is kept use Past instead, which needs no market.
package session

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"openinterest/data/binance"
	"openinterest/data/feed"
	"openinterest/data/history"
	"openinterest/data/history/bulk"
	"openinterest/data/market"
	"openinterest/data/proxy"
	"openinterest/data/sim"
)

// Session is a market at work. Its methods may be called from any goroutine,
// but for OpenLong and OpenBulk, which are called before anything loads, if at all.
type Session struct {
	options Options
	log     *slog.Logger

	feed   *feed.Feed
	client *binance.Client
	way    *proxy.Dialer // out of this computer, for all that is asked
	store  *storeAdapter // nil in the demo: what is simulated is not kept
	server *sim.Server   // the demo's exchange; nil otherwise
	long   *longHistory  // nil: nobody looks at long charts
	bulk   *bulk.Job     // nil: nobody may import the whole market

	ctx    context.Context // of everything the session runs
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// Open starts a market on what the options name: the exchange, another address,
// or the demo. It begins with the last known table, unless the options say
// otherwise. It ends with ctx or by Close, which has to be called either way.
func Open(ctx context.Context, o Options) (*Session, error) {
	s := &Session{options: o, log: o.Log, way: proxy.New(o.Proxy)}
	s.ctx, s.cancel = context.WithCancel(ctx)
	rest, stream := o.RESTURL, o.StreamURL
	if o.Demo {
		server, err := sim.Start(s.ctx, sim.Options{})
		if err != nil {
			s.cancel()
			return nil, fmt.Errorf("starting the demo market: %w", err)
		}
		s.server, rest, stream = server, server.RESTURL(), server.StreamURL()
		s.done.Go(server.Wait)
	}
	if o.Elapsed == nil {
		o.Elapsed = binance.ElapsedWithSleep()
	}
	client, err := binance.New(binance.Options{RESTURL: rest, StreamURL: stream, UserAgent: o.UserAgent, Logger: s.log, Now: o.Now, Elapsed: o.Elapsed, Dial: s.way.DialContext})
	if err != nil {
		s.Close()
		return nil, err
	}
	s.client = client
	options := feed.Options{Exchange: client, Logger: s.log}
	if !o.Demo {
		s.store = newStoreAdapter(o.HistoryDir(), s.log)
		s.store.noTable, s.store.room = o.Fresh, o.Room
		options.Store = s.store
		shared := newSpending(o.HistoryDir(), client, s.log)
		shared.read(time.Now())
		s.store.otherMarket = shared.otherMarket
		s.done.Go(func() { shared.run(s.ctx) })
	}
	s.feed = feed.New(options)
	s.done.Go(func() {
		if err := s.feed.Run(s.ctx); err != nil && s.ctx.Err() == nil {
			s.log.Error("the feed stopped", "error", err)
		}
	})
	return s, nil
}

// Close ends the session and waits until everything it started has ended and
// what is kept has been written.
func (s *Session) Close() {
	s.cancel()
	if s.long != nil {
		s.long.Close()
	}
	if s.bulk != nil {
		s.bulk.Close()
	}
	s.done.Wait()
	if s.store != nil {
		s.store.Close()
	}
	if s.client != nil {
		s.client.Close()
	}
}

// Demo reports whether the market is simulated.
func (s *Session) Demo() bool { return s.options.Demo }

// Now is the time on the exchange's clock.
func (s *Session) Now() time.Time { return s.client.Now() }

// Snapshot returns the newest snapshot; nil before the first.
func (s *Session) Snapshot() *market.Snapshot { return s.feed.Snapshot() }

// Updates receives after a new snapshot was published; it has one slot, for one
// reader.
func (s *Session) Updates() <-chan struct{} { return s.feed.Updates() }

// Attend says which contracts somebody cares for, so that they are asked first.
func (s *Session) Attend(a feed.Attention) { s.feed.Attend(a) }

// Retry asks again now, also where the exchange had refused: whoever taps Retry
// may have switched the network.
func (s *Session) Retry() {
	s.client.Quota().Retry(s.client.Now())
	s.feed.Retry()
}

// Load returns the open interest of one contract over the last r: from the
// exchange, or from what is kept where the range is longer than it remembers.
func (s *Session) Load(ctx context.Context, symbol string, r market.Range) (*market.Series, error) {
	if s.long != nil && r > market.Range30d {
		return s.long.Load(ctx, symbol, r)
	}
	return s.feed.Load(ctx, symbol, r)
}

// Klines returns the candles of one contract that began from from to to (Unix
// ms), from the exchange.
func (s *Session) Klines(ctx context.Context, symbol string, period market.Period, from, to int64) ([]market.Candle, error) {
	return s.feed.Klines(ctx, symbol, period, from, to)
}

// Storage is why what is learned is not being kept; nil: all is well.
func (s *Session) Storage() *market.StorageProblem { return s.feed.Storage() }

// Keeps reports whether the session keeps what it learns: the demo doesn't.
func (s *Session) Keeps() bool { return s.store != nil }

// History opens what is kept on this machine, for who shows or thins it. Only a
// session that keeps something has it. The store is the session's own: who asks
// for it doesn't close it.
func (s *Session) History(ctx context.Context) (*history.Store, error) { return s.store.open(ctx) }

// Spent is what the session asked of the exchange so far.
type Spent struct {
	Requests int // all of them
	Weight   int // in the last minute
}

// Spent counts what was asked.
func (s *Session) Spent() Spent {
	spent := Spent{Weight: s.client.Budget().Own}
	for _, n := range s.client.Stats().Requests {
		spent.Requests += n
	}
	return spent
}
