package signal_test

import (
	"context"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()

// noise is a market without memory: price and contracts are independent random
// walks with heavy tails, and funding drifts.
func noise(seed uint64, stamps int) *signal.Input {
	r := rand.New(rand.NewPCG(seed, 7))
	in := &signal.Input{Symbol: "NOISE" + strconv.FormatUint(seed, 10) + "USDT", Volume: 1e9, Terms: market.DefaultFundingTerms()}
	q, p, rate := 1e6, 100.0, 0.0001
	step := func() float64 { return 0.0015 * r.NormFloat64() * math.Exp(0.7*r.NormFloat64()) }
	for i := range stamps {
		q, p = q*math.Exp(step()), p*math.Exp(step())
		t := start + int64(i)*five
		in.Points = append(in.Points, market.Point{Time: t, Contracts: q, Price: p})
		if t%(8*hour) == 0 {
			rate += 0.0001*r.NormFloat64() - 0.1*(rate-0.0001)
			in.Funding = append(in.Funding, market.FundingPoint{Time: t + 3, Rate: rate})
		}
	}
	return in
}

func BenchmarkContractYear(b *testing.B) {
	in := noise(1, 105_120)
	for b.Loop() {
		events, _, err := signal.Walk(context.Background(), in)
		if err != nil || len(events) == 0 {
			b.Fatal(len(events), err)
		}
	}
}

func BenchmarkBaseline(b *testing.B) {
	in := noise(1, 31*288+1)
	b.ReportAllocs()
	for b.Loop() {
		new(signal.Workspace).Baseline(in, in.Points[len(in.Points)-1].Time)
	}
}

// A new stamp of the whole market, given the baselines of its hour.
func BenchmarkEvaluate517(b *testing.B) {
	type contract struct {
		in *signal.Input
		b  *signal.Baseline
		d  *signal.Detector
	}
	var market []contract
	for seed := range uint64(517) {
		in := noise(seed%8, 31*288+1)
		last := in.Points[len(in.Points)-1].Time
		c := contract{in, new(signal.Workspace).Baseline(in, last), signal.NewDetector(in.Symbol)}
		in.Points = in.Points[len(in.Points)-500:]
		market = append(market, c)
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, c := range market {
			now := time.UnixMilli(c.in.Points[len(c.in.Points)-1].Time)
			c.d.Observe(signal.Evaluate(c.in, c.b, now))
		}
	}
}
