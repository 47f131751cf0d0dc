package scorecard

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/look"
)

var (
	noon = time.Date(2025, 6, 17, 12, 0, 0, 0, time.UTC)
	num  = func(x float64) signal.Number { return signal.Number(x) }
)

func clock() time.Time { return noon }

func between(low, value, high float64) signal.Interval {
	return signal.Interval{Value: num(value), Low: num(low), High: num(high)}
}

// noise is some days of a market without memory.
func noise(symbol string, days int) *signal.Input {
	r := rand.New(rand.NewPCG(uint64(len(symbol)), 7))
	in := &signal.Input{Symbol: symbol, Volume: market.Unknown, Terms: market.DefaultFundingTerms()}
	q, p := 1e6, 100.0
	first := noon.Add(-time.Duration(days) * 24 * time.Hour).UnixMilli()
	for i := range days * 288 {
		q, p = q*math.Exp(0.002*r.NormFloat64()), p*math.Exp(0.002*r.NormFloat64())
		in.Points = append(in.Points, market.Point{Time: first + int64(i)*market.StepMillis, Contracts: q, Price: p})
	}
	return in
}

// shelf is a source with contracts of 40 days.
type shelf struct {
	symbols []string
	broken  map[string]error
	asked   chan string // tells of each load; nil: nobody listens
	gate    chan bool   // lets each load go on; nil: at once

	days       int // days that a contract has; 0: 40
	pooledDays int // days that the pooled scorecard is given; 0: as many
}

func (s *shelf) Symbols() []string { return s.symbols }

func (s *shelf) Subject(ctx context.Context, symbol string, pooled bool) (signal.Subject, error) {
	if s.asked != nil {
		s.asked <- symbol
	}
	if s.gate != nil {
		select {
		case <-s.gate:
		case <-ctx.Done():
			return signal.Subject{}, ctx.Err()
		}
	}
	if err := s.broken[symbol]; err != nil {
		return signal.Subject{}, err
	}
	if pooled && s.pooledDays > 0 {
		return signal.Subject{Input: noise(symbol, s.pooledDays)}, nil
	}
	return signal.Subject{Input: noise(symbol, cmp.Or(s.days, 40))}, nil
}

// cells are what a scorecard can hold: a finding, something that is none,
// chance, few cases, nearly none.
func cells() []signal.Cell {
	since := time.Date(2024, 6, 17, 0, 0, 0, 0, time.UTC)
	var all []signal.Cell
	for _, k := range signal.EventKinds() {
		for _, h := range signal.Horizons() {
			all = append(all, signal.Cell{Kind: k, Horizon: h.String(), Window: h, Measure: k.Measure(), Since: since, Cases: 4, Fired: 6,
				Grade: signal.NotEnough, Verdict: signal.TooFew, Rate: unknownInterval, BaseRate: unknownInterval,
				Difference: unknownInterval, Mean: unknownInterval, BaseMean: unknownInterval, P: unknown, Q: unknown})
		}
	}
	set := func(k signal.EventKind, n int, grade signal.Grade, rate, base, difference, mean signal.Interval, q float64, v signal.Verdict, badge bool) {
		for i := range all {
			c := &all[i]
			if c.Kind != k || c.Window != market.Window24h {
				continue
			}
			c.Cases, c.Events, c.Grade, c.Rate, c.BaseRate, c.Difference, c.Mean, c.Q, c.Verdict = n, n, grade, rate, base, difference, mean, num(q), v
			c.Badge, c.Holds = badge, badge
			c.Halves = [2]signal.Half{{Difference: difference.Value - 0.02}, {Difference: difference.Value + 0.03}}
		}
	}
	base := between(0.47, 0.52, 0.57)
	set(signal.StrongBullish24h, 42, signal.Enough, between(0.40, 0.55, 0.69), base, between(-0.12, 0.03, 0.18), between(-0.4, 0.31, 1.02), 0.81, signal.Chance, false)
	set(signal.StrongBearish24h, 61, signal.Enough, between(0.24, 0.34, 0.46), base, between(-0.30, -0.18, -0.04), between(-1.62, -0.84, -0.06), 0.041, signal.Differs, true)
	set(signal.WeakeningRally24h, 38, signal.Enough, between(0.56, 0.71, 0.83), base, between(0.03, 0.19, 0.33), between(0.12, 1.2, 2.28), 0.07, signal.Differs, false)
	set(signal.DivergenceHigh, 14, signal.Few, between(0.27, 0.50, 0.73), base, between(-0.26, -0.02, 0.23), between(-2.1, 0.1, 2.3), 0.93, signal.Chance, false)
	set(signal.Spike1h, 33, signal.Enough, between(0.62, 0.76, 0.87), between(0.36, 0.41, 0.46), between(0.19, 0.35, 0.47), between(1.12, 1.31, 1.5), 0.0004, signal.Differs, true)
	return all
}

func card() signal.Scorecard {
	s := signal.Scorecard{Symbol: "BTCUSDT", Contracts: 1, Origin: signal.FromHistory, DefinitionVersion: 1,
		From: time.Date(2024, 6, 17, 0, 0, 0, 0, time.UTC), To: noon, Days: 365, Cells: cells()}
	for _, move := range []market.Window{market.Window24h, market.Window4h} {
		for _, h := range signal.Horizons() {
			for _, mirror := range []bool{false, true} {
				l := signal.Lift{Mirror: mirror, Move: move.String(), Horizon: h.String(), Window: h, CasesRising: 42, CasesFalling: 38,
					Grade: signal.Enough, Difference: between(-0.37, -0.16, 0.06), Q: 0.6, AddsNothing: true, Verdict: signal.Chance}
				if move == market.Window4h && mirror {
					l.CasesFalling, l.Grade, l.Verdict, l.AddsNothing, l.Difference = 7, signal.NotEnough, signal.TooFew, false, unknownInterval
				}
				s.Lifts = append(s.Lifts, l)
			}
		}
	}
	return s
}

// begin sets up an app with the program's look, and runs what is dispatched at once.
func begin(t testing.TB, mode look.Mode) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(look.New(mode, false))
}

// filled is a book that holds one scorecard.
func filled(t testing.TB, source Source, symbol string, cards signal.Cards) *Book {
	b := NewBook(context.Background(), source, clock, func(func()) {})
	t.Cleanup(b.Close)
	*b.of(symbol) = State{Cards: &cards, At: noon}
	return b
}

func window(t testing.TB, o fyne.CanvasObject, w, h float32) fyne.Window {
	t.Helper()
	win := test.NewTempWindow(t, o)
	win.SetPadded(false)
	win.Resize(fyne.NewSize(w, h))
	return win
}

func english() *assets.Words { return assets.NewWords(assets.English) }
