package chartpane

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/look"
)

// clock is the time at which all tests happen.
var clock = time.Date(2025, 6, 17, 12, 4, 9, 0, time.UTC)

// contract is a made-up contract.
type contract struct {
	symbol           string
	contracts, price float64
	qty, digits      int
	seed             uint64
}

var contracts = []contract{
	{"1000PEPEUSDT", 2.1e10, 0.0105, 0, 7, 5},
	{"BTCUSDT", 79068, 105440.6, 3, 1, 1},
	{"DOGEUSDT", 1.35e9, 0.171, 0, 5, 4},
	{"ETHUSDT", 1.9e6, 2520.4, 3, 2, 2},
	{"SOLUSDT", 7.4e6, 148.3, 2, 3, 3},
	{"XRPUSDT", 3.1e8, 2.17, 1, 4, 6},
	{"币安人生USDT", 4.2e7, 0.33, 0, 5, 7},
}

// walk is the made-up history of a contract: the same for every period.
func (c contract) walk(p market.Period, r market.Range, now time.Time) []market.Point {
	rng := rand.New(rand.NewPCG(c.seed, 7))
	var points []market.Point
	last := now.UnixMilli() / p.Millis() * p.Millis()
	n := int(time.Duration(r).Milliseconds() / p.Millis())
	oi, price := c.contracts, c.price
	for i := range n {
		points = append(points, market.Point{Time: last - int64(i)*p.Millis(), Contracts: oi, Price: price})
		oi *= math.Exp(0.004 * rng.NormFloat64())
		price *= math.Exp(0.003 * rng.NormFloat64())
	}
	return points
}

func snapshot(now time.Time) *market.Snapshot {
	s := market.Snapshot{Time: now, Status: market.Status{State: market.Live}}
	for _, c := range contracts {
		s.Quotes = append(s.Quotes, &market.Quote{
			Contract:     market.Contract{Symbol: c.symbol, PricePrecision: c.digits, QuantityPrecision: c.qty},
			OpenInterest: market.OpenInterest{Contracts: c.contracts * 1.002, Received: now.Add(-3 * time.Second)},
			Mark:         market.MarkPrice{Symbol: c.symbol, Price: c.price * 1.001, Received: now},
		})
	}
	return market.NewSnapshot(s)
}

// call is a Load that waits for its answer.
type call struct {
	ctx    context.Context
	symbol string
	span   market.Range
	answer chan error // nil: the made-up series
}

// source answers at once, or, with calls, when told to.
type source struct {
	calls chan *call
	gapAt time.Duration // before now: stamps missing for an hour

	listed map[string]time.Time // contracts whose history begins then
	series *market.Series       // what is answered instead; nil: the made-up series

	refuse  error                 // of candles; nil: made-up ones
	candles []market.Period       // those asked for
	paid    []market.FundingPoint // funding

	ratios       []market.Ratios
	liquidated   []market.Liquidation
	listened     []market.Span
	refuseRatios error // and liquidations

	mu    sync.Mutex
	asked []string
}

func (s *source) Ratios(context.Context, string, int64, int64) ([]market.Ratios, error) {
	return s.ratios, s.refuseRatios
}

func (s *source) Liquidations(_ context.Context, _ string, from, to int64) ([]market.Liquidation, []market.Span, error) {
	return s.liquidated, s.listened, s.refuseRatios
}

func (s *source) Load(ctx context.Context, symbol string, r market.Range) (*market.Series, error) {
	s.mu.Lock()
	s.asked = append(s.asked, symbol+" "+r.String())
	s.mu.Unlock()
	if s.calls != nil {
		c := &call{ctx, symbol, r, make(chan error, 1)}
		select {
		case s.calls <- c:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		select {
		case err := <-c.answer:
			if err != nil {
				return nil, err
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if s.series != nil {
		return s.series, nil
	}
	period := map[market.Range]market.Period{market.Range3d: market.Period15m, market.Range7d: market.Period30m,
		market.Range14d: market.Period1h, market.Range30d: market.Period2h}[r]
	if period == 0 {
		period = market.Period5m
	}
	for _, c := range contracts {
		if c.symbol == symbol {
			points := c.walk(period, r, clock)
			if s.gapAt > 0 {
				from := clock.Add(-s.gapAt).UnixMilli()
				kept := points[:0]
				for _, p := range points {
					if p.Time < from || p.Time > from+4*3600_000 {
						kept = append(kept, p)
					}
				}
				points = kept
			}
			begins := s.listed[symbol].UnixMilli()
			return market.NewSeries(symbol, period, slices.DeleteFunc(points, func(p market.Point) bool { return p.Time < begins })), nil
		}
	}
	return nil, &market.Problem{Kind: market.UnknownSymbol, What: "history of " + symbol, Err: errors.New("code -1121")}
}

// Klines answers with made-up candles.
func (s *source) Klines(_ context.Context, symbol string, p market.Period, from, to int64) (list []market.Candle, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.candles = append(s.candles, p)
	if s.refuse != nil {
		return nil, s.refuse
	}
	rng := rand.New(rand.NewPCG(uint64(len(symbol)), 5))
	price := 105_000.0
	for at := from / p.Millis() * p.Millis(); at <= to; at += p.Millis() {
		k := market.Candle{Time: at, Open: price, Volume: 900 * rng.ExpFloat64()}
		price *= math.Exp(0.003 * rng.NormFloat64())
		k.Close, k.High, k.Low = price, max(k.Open, price)*1.001, min(k.Open, price)*0.999
		k.USD = k.Volume * price
		if at >= from && at >= s.listed["candles"].UnixMilli() {
			list = append(list, k)
		}
	}
	return list, nil
}

// Funding answers with what is kept.
func (s *source) Funding(_ context.Context, _ string, from, to int64) (list []market.FundingPoint, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.paid {
		if f.Time >= from && f.Time <= to {
			list = append(list, f)
		}
	}
	return list, nil
}

// stage is the UI's goroutine of a test: what was dispatched to it runs when
// the test says so.
type stage struct{ queue chan func() }

func newStage() *stage { return &stage{queue: make(chan func(), 1000)} }

func (s *stage) dispatch(f func()) { s.queue <- f }

// until runs what is dispatched until done. The deadline ends a test that would
// hang; no test that passes comes near it, on a loaded machine neither.
func (s *stage) until(t *testing.T, done func() bool) {
	t.Helper()
	deadline := time.After(2 * time.Minute)
	for !done() {
		select {
		case f := <-s.queue:
			f()
		case <-deadline:
			t.Fatal("what was waited for did not happen")
		}
	}
}

// begin sets up an app with the program's look, and options for panes.
func begin(t testing.TB, lang assets.Language, mode look.Mode) (Options, *stage, *source) {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.New(mode, false))
	s, src := newStage(), &source{}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	return Options{Context: ctx, Source: src, Words: assets.NewWords(lang), Dispatch: s.dispatch}, s, src
}

func window(t testing.TB, o fyne.CanvasObject, w, h float32) fyne.Window {
	t.Helper()
	win := test.NewTempWindow(t, o)
	win.SetPadded(false)
	win.Resize(fyne.NewSize(w, h))
	return win
}
