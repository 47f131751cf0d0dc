package watch

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// BenchmarkNewStamp517 is what a stamp of the whole market costs: each contract
// is evaluated, shown to its detector, and put on a new board.
func BenchmarkNewStamp517(b *testing.B) {
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	last := begin.Add(31 * 24 * time.Hour)
	w := New(Options{Now: func() time.Time { return last.Add(10 * time.Second) }})
	var quotes []*market.Quote
	for i := range 517 {
		r := rand.New(rand.NewPCG(uint64(i%8), 1))
		var points []market.Point
		q, p := 1e6, 100.0
		for at := begin; !at.After(last); at = at.Add(market.Step) {
			q, p = q*math.Exp(0.002*r.NormFloat64()), p*math.Exp(0.002*r.NormFloat64())
			points = append(points, market.Point{Time: at.UnixMilli(), Contracts: q, Price: p})
		}
		symbol := fmt.Sprintf("C%03dUSDT", i)
		c := &contract{symbol: symbol}
		c.baseline = new(signal.Workspace).Baseline(&signal.Input{Symbol: symbol, Points: points}, last.UnixMilli())
		quotes = append(quotes, &market.Quote{Contract: market.Contract{Symbol: symbol},
			History: market.NewSeries(symbol, market.Period5m, points[len(points)-500:])})
		w.contracts[symbol] = c
	}
	s := market.NewSnapshot(market.Snapshot{Time: last, Quotes: quotes})
	b.ReportAllocs()
	for b.Loop() {
		for symbol, c := range w.contracts {
			c.detector, c.events = signal.NewDetector(symbol), nil // everything that holds fires: the worst case
		}
		w.follow(s, map[string][]Event{})
		w.publish()
	}
	if w.Board().Ready != 517 || w.Board().Sign("C000USDT") == nil {
		b.Fatal("nothing was evaluated")
	}
}
