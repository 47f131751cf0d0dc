package columnstest

import (
	"math"
	"math/rand/v2"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/data/watch"
)

// Board returns what the contracts of Snapshot show, with a quiet month behind
// each. On SOLUSDT open interest has just spiked, on DOGEUSDT it was flushed,
// HYPEUSDT is crowded with longs, LINKUSDT makes a high that is not confirmed,
// OMUSDT is thin, and AVAXUSDT has three days of history only.
func Board() *watch.Board {
	var signs []*watch.Sign
	for i, q := range Snapshot().Quotes {
		if q.History.Len() > 0 {
			signs = append(signs, sign(q, uint64(i)))
		}
	}
	return watch.NewBoard(Now, signs)
}

func sign(q *market.Quote, seed uint64) *watch.Sign {
	days := 31
	if q.Contract.Symbol == "AVAXUSDT" {
		days = 3
	}
	in := &signal.Input{Symbol: q.Contract.Symbol, Terms: q.Funding, Volume: q.Volume24h(), Listed: q.Contract.Listed}
	in.Points = append(quiet(q, days, seed), q.History.Points...)
	in.Funding = payments(q, in.Points[0].Time)
	happen(in)
	newest := in.Points[len(in.Points)-1].Time
	b := new(signal.Workspace).Baseline(in, newest)
	e := signal.Evaluate(in, b, Now)
	var events []watch.Event
	for _, k := range e.Holding() {
		if k.Reading() == signal.Unknown {
			events = append(events, watch.Event{Live: true, Event: signal.Event{
				Time: time.UnixMilli(newest).UTC(), Symbol: in.Symbol, Kind: k, DefinitionVersion: signal.DefinitionVersion, Evidence: e.Evidence(k)}})
		}
	}
	return watch.NewSign(e, e, events, Now)
}

// quiet is what came before a quote's history: noise about its first stamp.
func quiet(q *market.Quote, days int, seed uint64) []market.Point {
	r := rand.New(rand.NewPCG(seed, 5))
	first := q.History.Points[0]
	var points []market.Point
	x, y := 0.0, 0.0
	for t := first.Time - int64(days)*24*time.Hour.Milliseconds(); t < first.Time; t += market.StepMillis {
		x, y = 0.97*x+0.0008*r.NormFloat64(), 0.97*y+0.0005*r.NormFloat64()
		points = append(points, market.Point{Time: t, Contracts: first.Contracts * math.Exp(x), Price: first.Price * math.Exp(y)})
	}
	return points
}

func payments(q *market.Quote, from int64) []market.FundingPoint {
	step := int64(max(1, q.Funding.IntervalHours)) * time.Hour.Milliseconds()
	var points []market.FundingPoint
	for t := from - from%step + step; t <= Now.UnixMilli(); t += step {
		points = append(points, market.FundingPoint{Time: t, Rate: 0.0001})
	}
	return points
}

// happen changes the last hour, or day, of a contract.
func happen(in *signal.Input) {
	n := len(in.Points)
	last := &in.Points[n-1]
	switch in.Symbol {
	case "SOLUSDT":
		last.Contracts *= 1.081
	case "DOGEUSDT":
		last.Contracts *= 0.92
		last.Price *= 0.97
	case "HYPEUSDT":
		in.Funding[len(in.Funding)-1].Rate = 0.0008
	case "LINKUSDT":
		for i := n - 3*288 - 6; i < n-3*288+6; i++ {
			in.Points[i].Contracts *= 1.12
			in.Points[i].Price *= 1.02
		}
		last.Price *= 1.04
	}
}
