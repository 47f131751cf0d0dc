package signal_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// crowd gives noise ratios that drift, with holes, one that is never known, and one
// that never changes; and liquidations, heard now and then.
func crowd(seed uint64, stamps int) *signal.Input {
	in := noise(seed, stamps)
	r := rand.New(rand.NewPCG(seed, 11))
	level := [market.RatioCount]float64{1.2, 1.5, 2, 1}
	silent := 0
	for i, p := range in.Points {
		row := market.NoRatios(p.Time)
		for k := range level {
			level[k] *= math.Exp(0.01*r.NormFloat64() - 0.002*math.Log(level[k]))
			row.Values[k] = math.Round(level[k]*1e4) / 1e4 // ties, as served
		}
		row.Values[market.TopLongShortPositions] = 1.5
		if r.Float64() < 0.03 {
			row.Values[market.LongShortAccounts] = market.Unknown
		}
		if silent = max(0, silent-1); silent == 0 && r.Float64() < 0.004 {
			silent = r.IntN(8)
		}
		if silent == 0 {
			in.Ratios = append(in.Ratios, row)
		}
		if r.Float64() < 0.1 {
			usd := in.Points[max(0, i-12)].Contracts * p.Price * 0.004 * math.Exp(0.6*r.NormFloat64())
			in.Liquidations = append(in.Liquidations, market.Liquidation{Symbol: in.Symbol, Long: r.Float64() < 0.5, Price: p.Price, Contracts: usd / p.Price,
				Time: time.UnixMilli(p.Time - r.Int64N(five))})
		}
		if i%700 < 600 { // a break now and then, and short ones
			from, to := p.Time-five, p.Time
			if r.Float64() < 0.03 {
				to -= r.Int64N(90_000)
			}
			if n := len(in.Listened); n > 0 && in.Listened[n-1].To == from {
				in.Listened[n-1].To = to
			} else {
				in.Listened = append(in.Listened, market.Span{From: from, To: to})
			}
		}
	}
	slices.SortStableFunc(in.Liquidations, func(a, b market.Liquidation) int { return a.Time.Compare(b.Time) })
	return in
}

// The events of ratios and liquidations are those that a straightforward reading of
// their definition finds, and those of all other kinds are what they are without.
func TestEventsOfStandingAgreeWithTheText(t *testing.T) {
	in := crowd(4, 45*288)
	events, _, err := signal.Walk(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	got, plain := firings(events), newNaive(in).events()
	if !slices.Equal(got, plain) {
		t.Errorf("%d events, the text gives %d:\n%s", len(got), len(plain), difference(got, plain))
	}
	counts := map[signal.EventKind]int{}
	for _, e := range events {
		counts[e.Kind]++
	}
	for _, k := range signal.EventKinds() {
		of, _, ratio := k.Ratio()
		if still := ratio && of == market.TopLongShortPositions; k.OnTrial() && still != (counts[k] == 0) || counts[k] > 60 {
			t.Errorf("%d events of %s", counts[k], k)
		}
	}
	bare := *in
	bare.Ratios, bare.Liquidations, bare.Listened = nil, nil, nil
	without, _, err := signal.Walk(context.Background(), &bare)
	if err != nil {
		t.Fatal(err)
	}
	others := func(events []signal.Event) (list []string) {
		for _, e := range events {
			if e.Evidence.Liquidations = nil; !e.Kind.OnTrial() {
				list = append(list, asJSON(t, e))
			}
		}
		return list
	}
	if a, b := others(events), others(without); !slices.Equal(a, b) || len(without) != len(b) {
		t.Errorf("ratios and liquidations change other events: %d, %d without", len(a), len(b))
	}
}

// One stamp at a time, on a baseline made anew each hour from 31 days, gives what a
// walk along the history gives.
func TestStandingLiveIsStandingOfHistory(t *testing.T) {
	in := crowd(5, 40*288)
	walked, _, err := signal.Walk(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	begin := in.Points[len(in.Points)-5*288].Time
	var want, got []string
	for _, e := range walked {
		if e.Time.UnixMilli() > begin && e.Kind.OnTrial() {
			e.Evidence.Eligibility = signal.Eligibility{}
			want = append(want, asJSON(t, e))
		}
	}
	history := *in
	history.Points = in.Points[:len(in.Points)-5*288+1]
	_, d, err := signal.Walk(context.Background(), &history)
	if err != nil {
		t.Fatal(err)
	}
	var b *signal.Baseline
	space := new(signal.Workspace)
	for i := len(history.Points); i < len(in.Points); i++ {
		at := in.Points[i].Time
		recent := *in
		recent.Points = in.Points[:i+1]
		recent.Ratios = market.RatiosBetween(in.Ratios, at-31*day, at)
		if b == nil || b.Hour != at/hour*hour {
			b = space.Baseline(&recent, at)
		}
		recent.Ratios = market.RatiosBetween(in.Ratios, at-hour, at)
		for _, e := range d.Observe(signal.Evaluate(&recent, b, time.UnixMilli(at))) {
			if e.Kind.OnTrial() {
				e.Evidence.Eligibility = signal.Eligibility{}
				got = append(got, asJSON(t, e))
			}
		}
	}
	if len(want) < 5 || !slices.Equal(got, want) {
		t.Errorf("live %d events, of history %d\n%v\n%v", len(got), len(want), got, want)
	}
}

// A contract younger than 30 days has no extremes, though it has liquidations.
func TestAYoungContractHasNoExtremes(t *testing.T) {
	in := crowd(7, 45*288)
	in.Listed = time.UnixMilli(in.Points[20*288].Time)
	events, _, err := signal.Walk(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	liquidated := 0
	for _, e := range events {
		if _, _, ratio := e.Kind.Ratio(); ratio {
			t.Errorf("%s at %s", e.Kind, e.Time)
		} else if e.Kind.OnTrial() {
			liquidated++
		}
	}
	if liquidated == 0 {
		t.Error("no liquidations")
	}
}

// The evidence says what was seen, how much of the hour was listened to, and what a
// ratio is usually within; "nobody listened" is not "none was seen".
func TestTheEvidenceOfStanding(t *testing.T) {
	in := crowd(3, 40*288)
	last := in.Points[len(in.Points)-1].Time
	in.Liquidations, in.Listened = nil, nil
	in.Ratios = append(in.Ratios[:len(in.Ratios)-20], market.Ratios{Time: last - five, Values: [market.RatioCount]float64{50, 1, 1, 1}})
	b := new(signal.Workspace).Baseline(in, last)
	evaluate := func() *signal.Evaluation { return signal.Evaluate(in, b, time.UnixMilli(last)) }
	e := evaluate()
	if x := e.Evidence(signal.LiquidatedLongs1h); x.Liquidations != nil || e.State(signal.LiquidatedLongs1h) != signal.Undefined || x.Missing[0].What != signal.ShortListening {
		t.Errorf("nobody listened: %s", asJSON(t, x))
	}
	in.Listened = []market.Span{{From: last - hour/2, To: last + hour}}
	e = evaluate()
	if x := e.Evidence(signal.Flush1h); x.Liquidations == nil || *x.Liquidations != (signal.Liquidations{Listened: 0.5}) {
		t.Errorf("none seen in half an hour: %+v", x.Liquidations)
	}
	then := in.Points[len(in.Points)-13]
	in.Liquidations = []market.Liquidation{{Long: true, Price: then.Price, Contracts: then.Contracts / 50, Time: time.UnixMilli(last)}}
	e = evaluate()
	x := e.Evidence(signal.LiquidatedLongs1h)
	if e.State(signal.LiquidatedLongs1h) != signal.True || x.Liquidations.Long != 1 || math.Abs(float64(x.Thresholds[0].Value)-2) > 1e-9 || x.Thresholds[0].Bound != 1 || x.Window != "1h" {
		t.Errorf("2 %% seen: %s", asJSON(t, x))
	}
	if e.State(signal.LiquidatedShorts1h) != signal.Undefined {
		t.Error("of shorts it cannot be known")
	}
	r := e.Evidence(signal.LongShortAccountsHigh)
	if e.State(signal.LongShortAccountsHigh) != signal.True || r.Ratio == nil || r.Ratio.Value != 50 || r.Ratio.Time.UnixMilli() != last-five || !(r.Ratio.Low < r.Ratio.High) || r.Thresholds[0].Bound != r.Ratio.High {
		t.Errorf("an extreme: %s", asJSON(t, r))
	}
	if r := e.Evidence(signal.TopLongShortPositionsHigh); e.State(signal.TopLongShortPositionsHigh) != signal.Undefined || len(r.Missing) != 1 || r.Missing[0].What != signal.ShortSpread {
		t.Errorf("a ratio that never changes: %s", asJSON(t, r))
	}
	in.Ratios = in.Ratios[:len(in.Ratios)-1]
	if r := evaluate().Evidence(signal.LongShortAccountsHigh); len(r.Missing) != 1 || r.Missing[0].What != signal.ShortRatio || r.Ratio.Value.Known() {
		t.Errorf("a ratio of an hour ago: %s", asJSON(t, r))
	}
}
