package signal

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"openinterest/data/market"
)

// walkOf is a contract whose log price moves by step each stamp.
func walkOf(stamps int, step func(i int) float64) *grid {
	g := &grid{start: 30 * dayMillis, q: filled(stamps), p: filled(stamps)}
	ln := math.Log(100)
	for i := range stamps {
		ln += step(i)
		g.q[i], g.p[i] = 1, math.Exp(ln)
	}
	return g
}

func tallyOf(g *grid, k EventKind, stamps ...int) *tally {
	t := &tally{symbol: "X", origin: FromHistory, o: newOutcomes(g)}
	for _, i := range stamps {
		t.fired[k.index()] = append(t.fired[k.index()], g.time(i))
	}
	for k := range t.since {
		t.since[k] = g.start
	}
	return t
}

// Returns start at the next close: what happens in the first five minutes
// after an event does not count, what happens at the last close does.
func TestForwardReturnsStartAtTheNextClose(t *testing.T) {
	jumps := map[int]float64{10: 0.5, 11: math.Log(1.1), 22: math.Log(1.2), 23: 0.7}
	g := walkOf(100, func(i int) float64 { return jumps[i] })
	o := newOutcomes(g)
	s, ok := o.after(g.time(9), market.Window1h, false) // from stamp 10 to stamp 22
	if !ok || math.Abs(s.value-32) > 1e-9 || s.hit != 1 || s.lower != 0 {
		t.Errorf("%+v %v, want +32 %%", s, ok)
	}
	if s, _ := o.after(g.time(40), market.Window1h, false); s.hit != 0 || s.lower != 0 {
		t.Errorf("an unchanged price is neither higher nor lower: %+v", s)
	}
	if !o.passed(g.time(86), market.Window1h) || o.passed(g.time(87), market.Window1h) {
		t.Error("the horizon of stamp 86 has just passed at stamp 99")
	}
	g.p[22] = math.NaN()
	if _, ok := o.after(g.time(9), market.Window1h, false); ok {
		t.Error("a missing price was made up")
	}
}

// The next case counts after max(W, h), and only when its horizon has passed.
func TestCasesAreSpaced(t *testing.T) {
	const day = 288
	g := walkOf(30*day, func(int) float64 { return 0.001 })
	tl := tallyOf(g, StrongBullish24h, 0, day-1, day, 2*day, 6*day, 7*day, 8*day, 29*day-2, 29*day-1)
	for _, c := range []struct {
		h              market.Window
		cases, pending int
	}{
		{market.Window1h, 7, 0},  // W = 24 h counts: one of the last two, and not the one at day − 1
		{market.Window24h, 7, 0}, // 29 d − 2 has just passed
		{market.Window7d, 2, 1},  // days 0 and 7; day 29 is pending
	} {
		got := tl.cases(StrongBullish24h.index(), c.h)
		if len(got.cases) != c.cases || got.pending != c.pending {
			t.Errorf("%v: %d cases, %d pending; want %d, %d", c.h, len(got.cases), got.pending, c.cases, c.pending)
		}
	}
	if got := tl.cases(Spike1h.index(), market.Window1h); len(got.cases)+got.pending != 0 {
		t.Errorf("another kind has cases: %+v", got)
	}
}

func TestSpikesAreScoredOnVolatility(t *testing.T) {
	sign := func(i int) float64 { return float64(1 - 2*(i%2)) }
	event := 10 * 288
	g := walkOf(12*288, func(i int) float64 {
		if i > event+1 && i <= event+1+12 {
			return 0.003 * sign(i)
		}
		return 0.001 * sign(i)
	})
	c := tallyOf(g, Spike1h, event, event+288).cases(Spike1h.index(), market.Window1h)
	if len(c.cases) != 2 || math.Abs(c.cases[0].value-3) > 1e-6 || c.cases[0].hit != 1 || c.cases[1].hit != 0 {
		t.Errorf("%+v", c)
	}
	early := tallyOf(g, Spike1h, 288).cases(Spike1h.index(), market.Window1h)
	if early.unscored != 1 {
		t.Error("without 7 days before there is nothing to compare with")
	}
}

func TestBaseRateIsOfNonOverlappingSpansOfTheSamePeriod(t *testing.T) {
	g := walkOf(10*288, func(i int) float64 {
		if i > 5*288 {
			return 0.001
		}
		return -0.001
	})
	tl := tallyOf(g, StrongBullish24h)
	k := StrongBullish24h.index()
	base := tl.baseOf(k, tl.bases(market.Window24h))
	if len(base) != 9 { // the tenth day's end is not there yet
		t.Fatalf("%d samples of ten days", len(base))
	}
	for i, s := range base {
		if s.at != g.start+int64(i)*dayMillis || s.hit != indicator(i >= 5) {
			t.Errorf("sample %d: %+v", i, s)
		}
	}
	tl.since[k], tl.until = g.start+3*dayMillis, g.start+7*dayMillis
	if base := tl.baseOf(k, tl.bases(market.Window24h)); len(base) != 4 || base[0].at != tl.since[k] {
		t.Errorf("of four days: %v", base)
	}
}

func alternating(n, hits int) []sample {
	out := make([]sample, n)
	for i := range out {
		out[i] = sample{at: int64(i+1) * dayMillis, value: -1, lower: 1}
		if i*hits/n != (i+1)*hits/n {
			out[i] = sample{at: out[i].at, hit: 1, value: 1}
		}
	}
	return out
}

func TestGradesAndBadges(t *testing.T) {
	base := alternating(400, 200)
	for _, c := range []struct {
		n, hits int
		grade   Grade
		verdict Verdict
		badge   bool
	}{
		{9, 9, NotEnough, TooFew, false},
		{10, 10, Few, Differs, false},
		{29, 29, Few, Differs, false},
		{30, 30, Enough, Differs, true},
		{30, 17, Enough, Chance, false},
		{200, 140, Enough, Differs, true},
		{200, 60, Enough, Differs, true}, // a lower rate is a finding as well
	} {
		var cell Cell
		cases := alternating(c.n, c.hits)
		for i := range cases {
			cases[i].at = int64(i+1) * 400 / int64(c.n) * dayMillis
		}
		cell.Since = instant(0)
		cell.fill(cases, base, false)
		s := Scorecard{Cells: []Cell{cell}}
		s.adjust()
		cell = s.Cells[0]
		if cell.Grade != c.grade || cell.Verdict != c.verdict || cell.Badge != c.badge {
			t.Errorf("%d of %d: %s, %s, badge %v (q %v, halves %+v)", c.hits, c.n, cell.Grade, cell.Verdict, cell.Badge, cell.Q, cell.Halves)
		}
		if (c.grade == NotEnough) == cell.Rate.Value.Known() {
			t.Errorf("%d of %d: rate %v", c.hits, c.n, cell.Rate)
		}
	}
}

func TestABadgeHoldsInBothHalves(t *testing.T) {
	base := alternating(400, 200)
	cases := make([]sample, 200)
	for i := range cases {
		cases[i] = sample{at: int64(2*i+1) * dayMillis, hit: indicator(i < 100 || i%2 == 0)}
	}
	for i := 100; i < 104; i++ { // the second half a little below its base rate
		cases[i].hit = 0
	}
	cell := Cell{Since: instant(0)}
	cell.fill(cases, base, false)
	s := Scorecard{Cells: []Cell{cell}}
	s.adjust()
	if c := s.Cells[0]; c.Verdict != Differs || c.Holds || c.Badge {
		t.Errorf("half right: %s, holds %v, badge %v, %+v", c.Verdict, c.Holds, c.Badge, c.Halves)
	}
}

func TestLiftAndItsMirror(t *testing.T) {
	up, flat := alternating(50, 40), alternating(40, 20)
	l := lift(up, flat, false, false, market.Window24h, market.Window4h)
	if d := Difference(Wilson(40, 50), Wilson(20, 40)); l.Difference != d || l.AddsNothing || l.Move != "24h" || l.Horizon != "4h" || l.Grade != Enough {
		t.Errorf("lift %+v", l)
	}
	m := lift(up, flat, false, true, market.Window24h, market.Window4h)
	if d := Difference(Wilson(10, 50), Wilson(20, 40)); m.Difference != d {
		t.Errorf("mirror %+v, want %v", m, d)
	}
	if l := lift(flat, flat, false, false, market.Window24h, market.Window4h); !l.AddsNothing {
		t.Error("equal rates: open interest adds nothing")
	}
	if l := lift(up, flat[:9], false, false, market.Window24h, market.Window4h); l.Grade != NotEnough || l.Difference.Value.Known() || l.AddsNothing {
		t.Errorf("too few to tell: %+v", l)
	}
}

func TestPooledPeriodsDoNotOverlap(t *testing.T) {
	h := market.Window4h
	var cases []sample
	for i := range 400 {
		cases = append(cases, sample{at: int64(i*i%977) * 5 * stepMillis, hit: float64(i % 2)})
	}
	out, used := periods(cases, h)
	for i := range out[1:] {
		// the latest outcome of one period is in when the next begins
		if out[i+1].at-out[i].at < h.Millis()+h.Millis()/4 {
			t.Errorf("periods at %d and %d", out[i].at, out[i+1].at)
		}
	}
	if len(out) < 50 || used <= len(out) || used > len(cases) {
		t.Errorf("%d periods of %d of %d", len(out), used, len(cases))
	}
	at := func(minute int64, hit float64) sample {
		return sample{at: minute * 60_000, hit: hit, lower: 1 - hit, value: 4 * hit}
	}
	got, _ := periods([]sample{at(299, 1), at(300, 1), at(59, 0), at(0, 1), at(60, 0)}, h)
	if want := []sample{{at: 0, hit: 0.5, lower: 0.5, value: 2}, {at: 300 * 60_000, hit: 1, value: 4}}; !slices.Equal(got, want) {
		t.Errorf("periods %+v", got)
	}
}

func TestByLowerBound(t *testing.T) {
	cell := func(low float64) Cell { return Cell{Rate: Interval{Low: Number(low)}} }
	var lows []string
	for _, c := range ByLowerBound([]Cell{cell(nan), cell(0.4), cell(0.6), cell(nan), cell(0.5)}) {
		lows = append(lows, fmt.Sprint(c.Rate.Low))
	}
	if fmt.Sprint(lows) != "[0.6 0.5 0.4 NaN NaN]" {
		t.Errorf("order %v", lows)
	}
}

// On simulated markets without any effect, the intervals hold the truth in 95 %
// of cases: those of one contract on spaced events, and those of the pool on
// periods, although contracts move together. The naive pooled interval does not.
func TestIntervalsCoverOnSimulatedNulls(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 13))
	var wilson, mean, difference, pooledRate, pooledMean, pooledDifference, naive coverage
	const contracts, stamps = 6, 12 * 24 * 8
	h, k := market.Window1h, StrongBullish24h.index()
	one := 1
	for range 700 {
		common := make([]float64, stamps)
		for i := range common {
			common[i] = 0.001 * r.NormFloat64()
		}
		p := newPool(FromHistory)
		var hitsOfAll, all float64
		for range contracts {
			g := walkOf(stamps, func(i int) float64 { return common[i] + 0.0005*r.NormFloat64() })
			tl := tallyOf(g, StrongBullish24h)
			// Events of all contracts come together, and several fall into one hour.
			for i := r.IntN(8); i < stamps; i += one + 12 + r.IntN(30) {
				tl.fired[k] = append(tl.fired[k], g.time(i-i%24+i%5))
			}
			tl.fired[k] = slices.Compact(tl.fired[k])
			cases := spacedFor(tl, k, h)
			base := tl.baseOf(k, tl.bases(h))
			c := compare(cases, base, false, hits)
			wilson.see(c.rate, 0.5)
			difference.see(c.difference, 0)
			mean.see(MeanInterval(logs(cases)), 0)
			hitsOfAll, all = hitsOfAll+sum(pick(cases, hits)), all+float64(len(cases))
			p.contracts++
			cell := &p.cells[k][0]
			cell.cases = append(cell.cases, cases...)
			addBase(cell, base, float64(len(cases)))
		}
		naive.see(Wilson(hitsOfAll, all), 0.5)
		cell := &p.cells[k][0]
		averaged, _ := periods(cell.cases, h)
		c := compare(averaged, cell.averages(), true, hits)
		pooledRate.see(c.rate, 0.5)
		pooledDifference.see(c.difference, 0)
		pooledMean.see(MeanInterval(logs(averaged)), 0)
	}
	wilson.within(t, "Wilson")
	mean.within(t, "the t interval")
	pooledRate.within(t, "the pooled rate's interval")
	pooledMean.within(t, "the pooled mean's interval")
	for what, c := range map[string]coverage{"Newcombe's difference": difference, "the pooled difference": pooledDifference} {
		share := 100 * float64(c.held) / float64(c.all)
		t.Logf("%s covers %.1f %%", what, share)
		if share < 93 { // wider than needed: cases and base rate share part of their data
			t.Errorf("%s covers %.1f %%", what, share)
		}
	}
	if share := 100 * float64(naive.held) / float64(naive.all); share > 85 {
		t.Errorf("counting all contracts' events as independent covers %.1f %%: the simulation shows nothing", share)
	}
}

// spacedFor spaces events by the horizon alone, to have many of them.
func spacedFor(t *tally, k int, h market.Window) []sample {
	var out []sample
	next := int64(0)
	for _, at := range t.fired[k] {
		if at < next || !t.o.passed(at, h) {
			continue
		}
		next = at + h.Millis()
		if s, ok := t.o.after(at, h, false); ok {
			out = append(out, s)
		}
	}
	return out
}

func addBase(c *pooledCell, base []sample, weight float64) {
	if c.base == nil {
		c.base = map[int64]*sum3{}
	}
	for _, s := range base {
		b := c.base[s.at]
		if b == nil {
			b = &sum3{}
			c.base[s.at] = b
		}
		*b = sum3{b.weight + weight, b.hit + weight*s.hit, b.value + weight*s.value}
	}
}

// logs are log returns, whose mean is 0 on a walk without drift.
func logs(samples []sample) []float64 {
	xs := pick(samples, values)
	for i, x := range xs {
		xs[i] = math.Log1p(x / 100)
	}
	return xs
}
