package watch_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing/synctest"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/data/watch"
)

const step = market.StepMillis

// world is a market with a past: what stamps will be is known beforehand, and
// at any moment those that closed can be asked for.
type world struct {
	mu     sync.Mutex
	series map[string][]market.Point
	volume map[string]float64
	asked  []string // whose past was asked for, in order
	logged []signal.Event
	broken bool // the log fails
	short  bool // the past knows nothing
	fails  int  // reads of the past that fail from now on
	frozen time.Time
}

// newWorld has 32 days of quiet noise behind it and a day before it.
func newWorld(symbols ...string) *world {
	w := &world{series: map[string][]market.Point{}, volume: map[string]float64{}}
	begin := market.FloorStamp(time.Now().Add(-32 * 24 * time.Hour).UnixMilli())
	for i, s := range symbols {
		r := rand.New(rand.NewPCG(uint64(i), 3))
		var points []market.Point
		q, p := 1e6, 100.0
		for t := begin; t <= time.Now().Add(25*time.Hour).UnixMilli(); t += step {
			q, p = 1e6+0.95*(q-1e6)+300*r.NormFloat64(), 100+0.95*(p-100)+0.03*r.NormFloat64()
			points = append(points, market.Point{Time: t, Contracts: q, Price: p})
		}
		w.series[s], w.volume[s] = points, 1e9-float64(i)*1e6
	}
	return w
}

// change alters the stamps of a symbol from an instant until another.
func (w *world) change(symbol string, from, to time.Time, contracts, price float64) {
	for i, p := range w.series[symbol] {
		if p.Time >= from.UnixMilli() && p.Time < to.UnixMilli() {
			w.series[symbol][i].Contracts *= contracts
			w.series[symbol][i].Price *= price
		}
	}
}

func (w *world) closed(symbol string) []market.Point {
	now := time.Now()
	if !w.frozen.IsZero() {
		now = w.frozen
	}
	all := w.series[symbol]
	return all[:slices.IndexFunc(all, func(p market.Point) bool { return p.Time > now.UnixMilli() })]
}

func (w *world) Snapshot() *market.Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := market.Snapshot{Time: time.Now()}
	for symbol := range w.series {
		points := w.closed(symbol)
		points = slices.Clone(points[len(points)-500:])
		s.Quotes = append(s.Quotes, &market.Quote{
			Contract: market.Contract{Symbol: symbol}, Funding: market.FundingTerms{IntervalHours: 8},
			Ticker:  market.Ticker{QuoteVolume: w.volume[symbol], Received: time.Now()},
			History: market.NewSeries(symbol, market.Period5m, points),
		})
	}
	slices.SortFunc(s.Quotes, func(a, b *market.Quote) int { return int(w.volume[b.Contract.Symbol] - w.volume[a.Contract.Symbol]) })
	return market.NewSnapshot(s)
}

func (w *world) Series(_ context.Context, symbol string, from, to int64) (*market.Series, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, symbol)
	if w.fails > 0 {
		w.fails--
		return nil, errors.New("the disk doesn't answer")
	}
	if w.short {
		return &market.Series{Symbol: symbol, Period: market.Period5m}, nil
	}
	s := market.NewSeries(symbol, market.Period5m, slices.Clone(w.closed(symbol)))
	s.Points = s.Between(from, to)
	return s, nil
}

func (w *world) Funding(context.Context, string, int64, int64) ([]market.FundingPoint, error) {
	return nil, nil
}

func (w *world) Append(_ context.Context, events []signal.Event, _ time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken {
		return errors.New("the disk is full")
	}
	w.logged = append(w.logged, events...)
	return nil
}

func (w *world) Since(_ context.Context, from time.Time) ([]signal.Event, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.logged), func(e signal.Event) bool { return e.Time.Before(from) }), nil
}

func (w *world) kinds() []signal.EventKind {
	w.mu.Lock()
	defer w.mu.Unlock()
	var kinds []signal.EventKind
	for _, e := range w.logged {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// watching runs a watch over the world until stop.
func watching(w *world, change ...func(*watch.Options)) (wt *watch.Watch, stop func()) {
	o := watch.Options{Market: w, Now: time.Now, Past: w, Log: w}
	for _, f := range change {
		f(&o)
	}
	wt = watch.New(o)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		wt.Run(ctx)
	}()
	return wt, func() {
		cancel()
		<-done
	}
}

// pass lets time go by.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// toNextStamp lets time go by until some seconds after a stamp closed.
func toNextStamp() {
	pass(time.UnixMilli(market.FloorStamp(time.Now().UnixMilli()) + step).Add(3 * time.Second).Sub(time.Now()))
}

func in(minutes int) time.Time {
	return time.UnixMilli(market.FloorStamp(time.Now().UnixMilli())).Add(time.Duration(minutes) * time.Minute)
}
