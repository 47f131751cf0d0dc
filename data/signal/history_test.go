package signal_test

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

func walk(t testing.TB, in *signal.Input) []signal.Event {
	t.Helper()
	events, _, err := signal.Walk(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// Made-up markets with funding agree with the text too, crowding among it.
func TestEventsOnNoiseAgreeWithTheText(t *testing.T) {
	kinds := map[string]int{}
	for _, seed := range []uint64{2, 3} {
		in := noise(seed, 42*288)
		for i := range in.Funding { // swings that widen, so that new extremes come on both sides
			in.Funding[i].Rate = 0.0003 * math.Sin(2.1*float64(i)) * (1 + float64(i)/50)
		}
		for i := range in.Points {
			in.Points[i].Contracts *= math.Exp(2e-5 * float64(i))
		}
		got, plain := firings(walk(t, in)), newNaive(in).events()
		if !slices.Equal(got, plain) {
			t.Errorf("seed %d:\n%s", seed, difference(got, plain))
		}
		for _, f := range got {
			kinds[f.kind]++
		}
	}
	for _, k := range signal.EventKinds() {
		if kinds[string(k)] == 0 && k != signal.Flush1h && !k.OnTrial() {
			t.Errorf("no %s among %v: the test shows nothing for it", k, kinds)
		}
	}
}

// Live, stamp by stamp against baselines computed from nothing, the same events
// fire on the same evidence as in a walk along the history; across a restart.
func TestLiveEqualsHistory(t *testing.T) {
	in := noise(4, 40*288)
	r := rand.New(rand.NewPCG(9, 9))
	kept := in.Points[:0:0]
	for i, p := range in.Points { // stamps and prices go missing, once an hour and a half
		if n := r.IntN(400); n == 0 || i > 9000 && i < 9018 {
			continue
		} else if n == 1 {
			p.Price = market.Unknown
		}
		kept = append(kept, p)
	}
	in.Points = kept
	all := walk(t, in)
	from := in.Points[len(in.Points)-4*288].Time

	before := *in
	cut, _ := slices.BinarySearchFunc(in.Points, from, func(p market.Point, at int64) int { return int(p.Time - at) })
	before.Points = in.Points[:cut]
	_, d, err := signal.Walk(context.Background(), &before)
	if err != nil {
		t.Fatal(err)
	}
	var live []signal.Event
	var b *signal.Baseline
	for i := cut; i < len(in.Points); i++ {
		now := *in
		now.Points = in.Points[max(0, i-31*288-20) : i+1]
		stamp := in.Points[i].Time
		if b == nil || b.Hour != stamp/hour*hour {
			b = new(signal.Workspace).Baseline(&now, stamp)
			saved, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			d = new(signal.Detector)
			if err := json.Unmarshal(saved, d); err != nil {
				t.Fatal(err)
			}
		}
		now.Points = in.Points[max(0, i-320) : i+1]
		live = append(live, d.Observe(signal.Evaluate(&now, b, time.UnixMilli(stamp)))...)
	}
	var want []signal.Event
	for _, e := range all {
		if e.Time.UnixMilli() >= from {
			want = append(want, e)
		}
	}
	if len(want) < 5 || len(live) != len(want) {
		t.Fatalf("%d events live, %d in the history", len(live), len(want))
	}
	for i := range want {
		a, b := asJSON(t, live[i]), asJSON(t, want[i])
		if a != b {
			t.Errorf("live %s\nhistory %s", a, b)
		}
	}
}

func asJSON(t testing.TB, x any) string {
	t.Helper()
	data, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestEventsReadBackFromJSON(t *testing.T) {
	for _, e := range walk(t, noise(1, 40*288)) {
		var back signal.Event
		text := asJSON(t, e)
		if err := json.Unmarshal([]byte(text), &back); err != nil {
			t.Fatal(err)
		}
		if again := asJSON(t, back); again != text {
			t.Fatalf("%s\nread back as\n%s", text, again)
		}
	}
}

// Contracts may be counted in other units, prices in another currency.
func TestScalingChangesNoSignal(t *testing.T) {
	in := noise(5, 45*288)
	want := firings(walk(t, in))
	for _, f := range [][2]float64{{1000, 1}, {1, 7.3}, {0.001, 0.013}} {
		scaled := *in
		scaled.Points = slices.Clone(in.Points)
		for i := range scaled.Points {
			scaled.Points[i].Contracts *= f[0]
			scaled.Points[i].Price *= f[1]
		}
		if got := firings(walk(t, &scaled)); !slices.Equal(got, want) {
			t.Errorf("contracts ×%v, price ×%v: %s", f[0], f[1], difference(got, want))
		}
	}
}

// What comes after a stamp changes nothing at it.
func TestTheFutureChangesNothing(t *testing.T) {
	in := noise(6, 45*288)
	r := rand.New(rand.NewPCG(3, 3))
	for range 4 {
		cut := 20*288 + r.IntN(24*288)
		at := in.Points[cut].Time
		other := *in
		other.Points, other.Funding = slices.Clone(in.Points), slices.Clone(in.Funding)
		rest := other.Points[cut+1:]
		times := make([]int64, len(rest))
		for i := range rest {
			times[i] = rest[i].Time
		}
		r.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
		for i := range rest {
			rest[i].Time = times[i]
			if r.IntN(50) == 0 {
				rest[i].Contracts = 0
			}
		}
		for i := range other.Funding {
			if other.Funding[i].Time > at {
				other.Funding[i].Rate = r.Float64() - 0.5
			}
		}
		a, err := signal.Events(context.Background(), in, time.UnixMilli(0), time.UnixMilli(at))
		if err != nil {
			t.Fatal(err)
		}
		var b []signal.Event
		for _, e := range walk(t, &other) {
			if e.Time.UnixMilli() <= at {
				b = append(b, e)
			}
		}
		if len(a) == 0 || asJSON(t, a) != asJSON(t, b) {
			t.Errorf("up to %v: %d events, %d with another future", at, len(a), len(b))
		}
	}
}

// The span asked for selects events; it changes none.
func TestEventsOfASpan(t *testing.T) {
	in := noise(7, 40*288)
	all := walk(t, in)
	from, to := all[len(all)/3].Time, all[2*len(all)/3].Time
	got, err := signal.Events(context.Background(), in, from, to)
	if err != nil {
		t.Fatal(err)
	}
	var want []signal.Event
	for _, e := range all {
		if !e.Time.Before(from) && !e.Time.After(to) {
			want = append(want, e)
		}
	}
	if asJSON(t, got) != asJSON(t, want) || len(want) < 3 {
		t.Errorf("%d events, want %d", len(got), len(want))
	}
}

func TestWalkStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := signal.Walk(ctx, noise(1, 300)); err == nil {
		t.Error("a cancelled walk went on")
	}
}

// spiking is calm noise in which contracts jump by 10 % at its end.
func spiking(stamps int) *signal.Input {
	in := noise(8, stamps)
	last := &in.Points[len(in.Points)-1]
	last.Contracts *= 1.1
	return in
}

func evaluateLast(in *signal.Input, age time.Duration) *signal.Evaluation {
	last := in.Points[len(in.Points)-1].Time
	return signal.Evaluate(in, new(signal.Workspace).Baseline(in, last), time.UnixMilli(last).Add(age))
}

func TestEligibility(t *testing.T) {
	now := start + (12*288-1)*five
	for _, c := range []struct {
		name  string
		alter func(in *signal.Input)
		age   time.Duration
		want  signal.State
		issue signal.Issue
		thin  bool
	}{
		{name: "in order", want: signal.True},
		{name: "15 minutes old", age: 15 * time.Minute, want: signal.True},
		{name: "older", age: 15*time.Minute + time.Millisecond, want: signal.Undefined, issue: signal.StaleData},
		{name: "delisted", alter: func(in *signal.Input) { in.Delisted = true }, want: signal.Undefined, issue: signal.NotTrading},
		{name: "listed 8 days ago", alter: func(in *signal.Input) { in.Listed = time.UnixMilli(now - 8*day) }, want: signal.True},
		{name: "less", alter: func(in *signal.Input) { in.Listed = time.UnixMilli(now - 8*day + 1) }, want: signal.Undefined, issue: signal.TooNew},
		{name: "listing unknown", want: signal.True, issue: signal.UnknownListing},
		{name: "volume unknown", alter: func(in *signal.Input) { in.Volume = market.Unknown }, want: signal.True, issue: signal.UnknownVolume},
		{name: "volume at 10M", alter: func(in *signal.Input) { in.Volume = 10e6 }, want: signal.True},
		{name: "thin volume", alter: func(in *signal.Input) { in.Volume = 9.9e6 }, want: signal.True, issue: signal.ThinVolume, thin: true},
		{name: "thin open interest", alter: func(in *signal.Input) {
			for i := range in.Points {
				in.Points[i].Price /= 100
			}
		}, want: signal.True, issue: signal.ThinOpenInterest, thin: true},
		{name: "two stamps missing", alter: func(in *signal.Input) { in.Points = slices.Delete(in.Points, 12*288-7, 12*288-5) }, want: signal.True},
		{name: "three missing", alter: func(in *signal.Input) { in.Points = slices.Delete(in.Points, 12*288-7, 12*288-4) }, want: signal.Undefined, issue: signal.DataGap},
		{name: "three missing, before the hour", alter: func(in *signal.Input) { in.Points = slices.Delete(in.Points, 12*288-20, 12*288-17) }, want: signal.True},
		{name: "the stamp an hour ago missing", alter: func(in *signal.Input) { in.Points = slices.Delete(in.Points, 12*288-13, 12*288-12) }, want: signal.Undefined},
	} {
		in := spiking(12 * 288)
		if c.alter != nil {
			c.alter(in)
		}
		e := evaluateLast(in, c.age)
		if got := e.State(signal.Spike1h); got != c.want {
			t.Errorf("%s: state %d, want %d", c.name, got, c.want)
		}
		found := e.Evidence(signal.Spike1h).Eligibility
		if c.issue != "" && !slices.Contains(found.Issues, c.issue) || found.Thin != c.thin || e.Eligibility.Thin != c.thin {
			t.Errorf("%s: %+v", c.name, found)
		}
	}
}

// Open interest that ends at zero is missing, not flushed.
func TestDelistingIsNoFlush(t *testing.T) {
	in := noise(9, 15*288)
	n := len(in.Points)
	for i := n - 6; i < n; i++ {
		in.Points[i].Contracts, in.Points[i].Price = 0, in.Points[i].Price*0.9
	}
	for _, e := range walk(t, in) {
		if e.Kind == signal.Flush1h {
			t.Errorf("flush at %v", e.Time)
		}
	}
	if e := evaluateLast(in, 0); e.State(signal.Flush1h) != signal.Undefined {
		t.Errorf("state at zero contracts: %d", e.State(signal.Flush1h))
	}
	in.Points[n-6].Contracts = in.Points[n-7].Contracts * 0.9 // 10 % fell, and the price with it: that is one
	in.Points = in.Points[:n-5]
	if e := evaluateLast(in, 0); e.State(signal.Flush1h) != signal.True {
		t.Errorf("a real flush: %d %s", e.State(signal.Flush1h), asJSON(t, e.Evidence(signal.Flush1h)))
	}
}

func TestEvidenceTellsWhy(t *testing.T) {
	in := spiking(12 * 288)
	e := evaluateLast(in, 90*time.Second)
	if !slices.Contains(e.Holding(), signal.Spike1h) {
		t.Fatalf("holding %v", e.Holding())
	}
	x := e.Evidence(signal.Spike1h)
	n := len(in.Points)
	now, then := in.Points[n-1], in.Points[n-13]
	if x.Window != "1h" || float64(x.OpenInterest.Now) != now.Contracts || float64(x.OpenInterest.Then) != then.Contracts {
		t.Errorf("inputs %s", asJSON(t, x))
	}
	z := (math.Log(now.Contracts/then.Contracts) - float64(x.OpenInterest.Median)) / float64(x.OpenInterest.Scale)
	if math.Abs(z-float64(x.OpenInterest.Z)) > 1e-9 || x.Percentile != 100 || x.OpenInterest.Stamps < 2016 || x.Eligibility.DataAge != 90 {
		t.Errorf("statistics %s", asJSON(t, x))
	}
	if x.USD.Positions+x.USD.Price != x.USD.Change || math.Abs(float64(x.USD.Change)-(now.USD()-then.USD())) > 1e-6*now.USD() {
		t.Errorf("split %+v", x.USD)
	}
	if len(x.Thresholds) != 2 || x.Thresholds[0].Bound != 3 || x.Thresholds[0].Met != signal.True || x.Thresholds[1].Bound != 3 {
		t.Errorf("thresholds %+v", x.Thresholds)
	}
	longs := e.Evidence(signal.CrowdedLongs)
	if longs.Funding == nil || len(longs.Missing) != 2 || longs.Missing[0].Need != 30 || math.Abs(float64(longs.Missing[0].Have)-12) > 0.1 {
		t.Errorf("what crowding lacks: %s", asJSON(t, longs))
	}
	for _, k := range signal.EventKinds() {
		asJSON(t, e.Evidence(k))
	}
}

func TestNotEnoughHistoryIsTold(t *testing.T) {
	in := spiking(3*288 + 13)
	e := evaluateLast(in, 0)
	x := e.Evidence(signal.Spike1h)
	if e.State(signal.Spike1h) != signal.Undefined || len(x.Missing) != 1 || x.Missing[0].What != signal.ShortOpenInterest || x.Missing[0].Need != 7 ||
		math.Abs(float64(x.Missing[0].Have)-3) > 0.05 {
		t.Errorf("3 of 7 days: %s", asJSON(t, x))
	}
	if r := e.Reading24h; r.Kind == signal.Unknown || market.Known(r.ZPrice) {
		t.Errorf("the reading stands without z: %+v", r)
	}
	b := new(signal.Workspace).Baseline(in, in.Points[len(in.Points)-1].Time)
	if d := b.Days(market.Window1h); math.Abs(d-3) > 0.05 {
		t.Errorf("%v days", d)
	}
}

func TestLiquidationsAreNamedOnlyWhenSeen(t *testing.T) {
	in := spiking(12 * 288)
	last := in.Points[len(in.Points)-1].Time
	if x := evaluateLast(in, 0).Evidence(signal.Flush1h); x.Liquidations != nil {
		t.Error("nobody looked")
	}
	at := func(ms int64) time.Time { return time.UnixMilli(ms) }
	in.Liquidations = []market.Liquidation{{Long: true, Time: at(last - hour)}, {Long: true, Time: at(last - hour + 1)}, {Time: at(last)}, {Time: at(last + 1)}}
	for i := range in.Liquidations {
		in.Liquidations[i].Contracts, in.Liquidations[i].Price = 2, 3
	}
	if x := evaluateLast(in, 0).Evidence(signal.Flush1h); *x.Liquidations != (signal.Liquidations{Long: 1, Short: 1, LongUSD: 6, ShortUSD: 6}) {
		t.Errorf("liquidations %+v", x.Liquidations)
	}
}

// With nothing, or with the baseline of another hour, there is a reading or
// none, but nothing holds and nothing panics.
func TestEvaluateWithoutMuch(t *testing.T) {
	empty := &signal.Input{Symbol: "X"}
	e := signal.Evaluate(empty, new(signal.Workspace).Baseline(empty, start), time.UnixMilli(start))
	if len(e.Holding()) != 0 || e.Reading24h.Missing != signal.NoHistory || e.Stamp != 0 {
		t.Errorf("of nothing: %+v", e)
	}
	for _, k := range signal.EventKinds() {
		asJSON(t, e.Evidence(k))
	}
	in := spiking(12 * 288)
	last := in.Points[len(in.Points)-1].Time
	for _, b := range []*signal.Baseline{nil, new(signal.Workspace).Baseline(in, last-hour)} {
		e := signal.Evaluate(in, b, time.UnixMilli(last))
		if len(e.Holding()) != 0 || e.Reading24h.Kind == signal.Unknown {
			t.Errorf("without a baseline: %v, %+v", e.Holding(), e.Reading24h)
		}
	}
	if !reflect.DeepEqual(walk(t, empty), []signal.Event(nil)) {
		t.Error("events of nothing")
	}
}
