package signal_test

import (
	"context"
	"math"
	"slices"
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/data/recorded"
	"openinterest/data/signal"
)

// redenominated is the same market, counted in another unit from point i on.
func redenominated(in *signal.Input, i int, factor float64) *signal.Input {
	other := *in
	other.Points = slices.Clone(in.Points)
	for j := i; j < len(other.Points); j++ {
		other.Points[j].Contracts *= factor
		other.Points[j].Price /= factor
	}
	return &other
}

// swinging is a market in which crowding fires too.
func swinging(seed uint64, stamps int) *signal.Input {
	in := noise(seed, stamps)
	for i := range in.Funding {
		in.Funding[i].Rate = 0.0003 * math.Sin(2.1*float64(i)) * (1 + float64(i)/50)
	}
	for i := range in.Points {
		in.Points[i].Contracts *= math.Exp(2e-5 * float64(i))
	}
	return in
}

// Case 13: on BNXUSDT, redenominated 1 : 100, the events are those that the text
// gives for stamps that were all counted in one unit, up to the hole of two days.
func TestEventsOfTheRecordedChangeOfUnitAgreeWithTheText(t *testing.T) {
	served := recorded.ArchiveDays(t, "13-change-of-unit", "BNXUSDT").Points
	midnight := time.Date(2026, 8, 31, 0, 0, 0, 0, time.UTC)
	in := &signal.Input{Symbol: "BNXUSDT", Points: served, Volume: market.Unknown, Terms: market.DefaultFundingTerms()}
	all := walk(t, in)

	hole := slices.IndexFunc(served, func(p market.Point) bool { return p.Time >= midnight.Add(72*time.Hour).UnixMilli() })
	plain := *in
	plain.Points = slices.Clone(served[:hole])
	for i := range plain.Points {
		if p := &plain.Points[i]; p.Time < midnight.UnixMilli() {
			p.Contracts, p.Price = p.Contracts*100, p.Price/100
		}
	}
	var got []firing
	for _, f := range firings(all) {
		if f.time <= plain.Points[hole-1].Time {
			got = append(got, f)
		}
	}
	if want := newNaive(&plain).events(); !slices.Equal(got, want) || len(got) < 20 {
		t.Errorf("%d events, the text gives %d:\n%s", len(got), len(want), difference(got, want))
	}
	if raw := newNaive(&signal.Input{Points: served[:hole], Terms: in.Terms}).events(); slices.Equal(got, raw) {
		t.Error("the change of unit makes no difference here: the test shows nothing")
	}
	for _, e := range all {
		if since := e.Time.Sub(midnight); since >= 0 && since < 30*24*time.Hour {
			if c := e.Evidence.UnitChange; c == nil || !c.Time.Equal(midnight) || c.Factor != 100 {
				t.Errorf("%s %s: the evidence says of the unit %v", e.Time, e.Kind, c)
			}
		} else if e.Evidence.UnitChange != nil {
			t.Errorf("%s %s: the evidence knows of a change that was to come", e.Time, e.Kind)
		}
	}
}

// A market fires the same whatever it is counted in, also where the change lies
// in a hole or within an hour, and what was told before it is not told anew in
// other numbers.
func TestAChangeOfUnitChangesNoEvent(t *testing.T) {
	plain := swinging(2, 42*288)
	hole := slices.Delete(slices.Clone(plain.Points), 8000, 8040)
	holed := *plain
	holed.Points = hole
	for _, x := range []struct {
		name   string
		in     *signal.Input
		at     int
		factor float64
	}{{"on the hour", plain, 40 * 288, 100}, {"within the hour", plain, 35*288 + 7, 0.001}, {"in a hole", &holed, 8000, 10}} {
		t.Run(x.name, func(t *testing.T) {
			other := redenominated(x.in, x.at, x.factor)
			want, got := walk(t, x.in), walk(t, other)
			if a, b := firings(got), firings(want); !slices.Equal(a, b) || len(a) < 20 {
				t.Fatalf("%d events, %d without the change:\n%s", len(a), len(b), difference(a, b))
			}
			change := other.Points[x.at].Time
			for i := range want {
				if got[i].Time.UnixMilli() < change {
					if a, b := asJSON(t, got[i]), asJSON(t, want[i]); a != b {
						t.Errorf("told before the change: %s\nafterwards: %s", b, a)
					}
				} else if a, b := float64(got[i].Evidence.OpenInterest.Pct), float64(want[i].Evidence.OpenInterest.Pct); math.Abs(a-b) > 1e-9 {
					t.Errorf("%s %s: open interest %v %%, %v %% without the change", got[i].Time, got[i].Kind, a, b)
				}
			}
		})
	}
}

// Live, with a baseline that was made before the unit changed within its hour,
// the same fires as along the history.
func TestAChangeOfUnitWithinTheHourLive(t *testing.T) {
	in := redenominated(swinging(3, 42*288), 36*288+7, 100)
	from := 36*288 - 30
	before := *in
	before.Points = in.Points[:from]
	_, d, err := signal.Walk(context.Background(), &before)
	if err != nil {
		t.Fatal(err)
	}
	var live []firing
	var b *signal.Baseline
	crowded := false
	for i := from; i < len(in.Points); i++ {
		now := *in
		stamp := in.Points[i].Time
		if b == nil || b.Hour != stamp/hour*hour {
			now.Points = in.Points[max(0, i-31*288-20) : i+1]
			b = new(signal.Workspace).Baseline(&now, stamp)
		}
		now.Points = in.Points[max(0, i-320) : i+1]
		if i%3 == 0 { // a program that just started may have no more than what closed after the hour
			now.Points = in.Points[i-i%12 : i+1]
		}
		e := signal.Evaluate(&now, b, time.UnixMilli(stamp))
		if i < 36*288+12 {
			rank := e.Evidence(signal.CrowdedLongs).Funding.OpenInterestPercentile
			crowded = crowded || rank.Known() && rank < 100
		}
		if i%3 != 0 {
			for _, e := range d.Observe(e) {
				live = append(live, firing{e.Time.UnixMilli(), string(e.Kind)})
			}
		} else if e.Reading24h.OpenInterestPct > 50 {
			t.Fatalf("at stamp %d open interest rose by %v %%", i, e.Reading24h.OpenInterestPct)
		}
	}
	sortFirings(live)
	if len(live) < 5 || !crowded {
		t.Fatalf("%d events, ranks seen: %v", len(live), crowded)
	}
	want := firings(walk(t, in))
	for _, f := range live { // of every third stamp nothing was observed, so some fire a stamp later
		if !slices.ContainsFunc(want, func(w firing) bool { return w.kind == f.kind && f.time-w.time >= 0 && f.time-w.time <= 2*five }) {
			t.Errorf("only live: %s %s", time.UnixMilli(f.time).UTC(), f.kind)
		}
	}
}

// Where the exact factor cannot be known, what lies before counts for nothing:
// nothing spans it, and z needs seven days of the new unit.
func TestAChangeOfUnitByAnUnknownFactor(t *testing.T) {
	change := 20 * 288
	in := redenominated(swinging(2, 42*288), change, 13.3)
	at := in.Points[change].Time
	fired := map[bool]int{}
	for _, e := range walk(t, in) {
		after := e.Time.UnixMilli() >= at
		fired[after]++
		if after && e.Time.UnixMilli() < at+7*day {
			t.Errorf("%s %s fires on less than seven days", e.Time, e.Kind)
		}
	}
	if fired[false] == 0 || fired[true] == 0 {
		t.Errorf("events before and after: %v", fired)
	}
	i := change + 200 // less than a day after
	now := *in
	now.Points = in.Points[:i+1]
	e := signal.Evaluate(&now, new(signal.Workspace).Baseline(&now, in.Points[i].Time), time.UnixMilli(in.Points[i].Time))
	if r := e.Reading24h; r.Kind != signal.Unknown || market.Known(r.OpenInterestPct) {
		t.Errorf("24 h across the change read %+v", r)
	}
	if r := e.Reading4h; r.Kind == signal.Unknown || market.Known(r.ZPrice) {
		t.Errorf("4 h after the change read %+v", r)
	}
	if r := signal.ReadPriceOpenInterest(market.NewSeries("X", market.Period5m, slices.Clone(now.Points)), market.Window24h); r.Kind != signal.Unknown {
		t.Errorf("without a baseline 24 h across the change read %+v", r)
	}
}

// What followed an event does not span a change of unit either.
func TestScorecardAcrossAChangeOfUnit(t *testing.T) {
	plain := swinging(2, 42*288)
	score := func(in *signal.Input) []signal.Cell {
		report, err := signal.Score(context.Background(), func(yield func(signal.Subject, error) bool) { yield(signal.Subject{Input: in}, nil) }, nil)
		if err != nil {
			t.Fatal(err)
		}
		return report.Contracts[0].History.Cells
	}
	want, got := score(plain), score(redenominated(plain, 30*288+5, 100))
	for i := range want {
		a, b := got[i], want[i]
		if a.Cases != b.Cases || a.BaseCases != b.BaseCases || !alike(a.BaseMean.Value, b.BaseMean.Value) || !alike(a.Mean.Value, b.Mean.Value) {
			t.Errorf("%s %s: %d cases, mean %v, base %v; without the change %d, %v, %v", a.Kind, a.Horizon, a.Cases, a.Mean.Value, a.BaseMean.Value, b.Cases, b.Mean.Value, b.BaseMean.Value)
		}
	}
}

func alike(a, b signal.Number) bool {
	return !a.Known() && !b.Known() || math.Abs(float64(a-b)) < 1e-9
}
