package signal

import (
	"math"
	"testing"

	"openinterest/data/market"
)

// still is a view in which nothing moved and every z is defined: all conditions
// are false. Tests change what they are about.
func still() view {
	v := view{stamp: 40 * dayMillis, now: [2]float64{1000, 100}, onHour: true, apr: 0, rankAPR: 50, rankContracts: 50}
	for x := range v.changes {
		for k := range v.changes[x] {
			v.changes[x][k] = change{then: 1, ratio: 1}
		}
	}
	v.high = extreme{newest: False, priceRatio: 1, bound: -0.02}
	v.low = v.high
	v.before, v.listened = 1e6, hourMillis
	for k := range v.ratios {
		v.ratios[k], v.bounds[k] = ratioNow{1, v.stamp}, extremesWithin(0.5, 2)
	}
	return v
}

func extremesWithin(low, high float64) extremes { return extremes{fullHours, low, high} }

const unlikely = 1e9 // a z beyond any threshold

var nan = math.NaN()

func TestConditionsAtTheirBoundaries(t *testing.T) {
	type set func(v *view)
	oi := func(k int, ratio, z float64) set {
		return func(v *view) { v.changes[ofContracts][k] = change{then: 1, ratio: ratio, z: z, zero: z} }
	}
	price := func(k int, ratio, z float64) set {
		return func(v *view) { v.changes[ofPrice][k] = change{then: 1, ratio: ratio, z: z, zero: z} }
	}
	below := func(x float64) float64 { return math.Nextafter(x, -unlikely) }
	above := func(x float64) float64 { return math.Nextafter(x, unlikely) }
	extremes := func(kind EventKind, newest State, ratio, log, bound float64) set {
		return func(v *view) {
			e := extreme{newest: newest, priceRatio: ratio, log: log, bound: bound}
			if kind == DivergenceHigh {
				v.high = e
			} else {
				v.low = e
			}
		}
	}
	crowd := func(rank, apr, aprRank float64) set {
		return func(v *view) { v.rankContracts, v.apr, v.rankAPR = rank, apr, aprRank }
	}
	ratio := func(k market.RatioKind, x, low, high float64) set {
		return func(v *view) { v.ratios[k], v.bounds[k] = ratioNow{x, v.stamp}, extremesWithin(low, high) }
	}
	heard := func(longs, shorts, before float64, listened int64) set {
		return func(v *view) { v.usd, v.before, v.listened = [2]float64{longs, shorts}, before, listened }
	}
	for _, c := range []struct {
		name string
		kind EventKind
		want State
		sets []set
	}{
		{"both at 1 % and z ½", StrongBullish24h, True, []set{oi(in24h, 1.01, 0.5), price(in24h, 1.01, 0.5)}},
		{"101 of 100", StrongBullish24h, True, []set{oi(in24h, 101.0/100, 1), price(in24h, 30.3/30, 1)}},
		{"open interest short of 1 %", StrongBullish24h, False, []set{oi(in24h, below(1.01), 9), price(in24h, 1.2, 9)}},
		{"price short of 1 %", StrongBullish24h, False, []set{oi(in24h, 1.2, 9), price(in24h, below(1.01), 9)}},
		{"z of price short of ½", StrongBullish24h, False, []set{oi(in24h, 1.2, 9), price(in24h, 1.2, below(0.5))}},
		{"z of open interest short of ½", StrongBullish24h, False, []set{oi(in24h, 1.2, below(0.5)), price(in24h, 1.2, 9)}},
		{"z not defined", StrongBullish24h, Undefined, []set{oi(in24h, 1.2, nan), price(in24h, 1.2, 9)}},
		{"z not defined, but price flat", StrongBullish24h, False, []set{oi(in24h, 1.2, nan), price(in24h, 1, 0)}},
		{"price missing", StrongBullish24h, Undefined, []set{oi(in24h, 1.2, 9), price(in24h, nan, nan)}},
		{"rally on falling open interest", WeakeningRally24h, True, []set{oi(in24h, 0.99, -0.5), price(in24h, 1.01, 0.5)}},
		{"99 of 100", WeakeningRally24h, True, []set{oi(in24h, 99.0/100, -0.5), price(in24h, 1.01, 0.5)}},
		{"not quite 99", WeakeningRally24h, False, []set{oi(in24h, above(0.99), -9), price(in24h, 1.01, 0.5)}},
		{"fall on rising open interest", StrongBearish24h, True, []set{oi(in24h, 1.01, 0.5), price(in24h, 0.99, -0.5)}},
		{"both fall", WeakeningSelloff24h, True, []set{oi(in24h, 0.99, -0.5), price(in24h, 0.99, -0.5)}},
		{"4 h: 201 of 200", StrongBullish4h, True, []set{oi(in4h, 201.0/200, 0.5), price(in4h, 1.005, 0.5)}},
		{"4 h: less", StrongBullish4h, False, []set{oi(in4h, below(1.005), 9), price(in4h, 1.1, 9)}},
		{"4 h: 199 of 200", WeakeningSelloff4h, True, []set{oi(in4h, 199.0/200, -0.5), price(in4h, 0.995, -0.5)}},
		{"4 h is not 24 h", StrongBullish4h, False, []set{oi(in24h, 1.2, 9), price(in24h, 1.2, 9)}},

		{"at 3 % and z 3", Spike1h, True, []set{oi(in1h, 103.0/100, 3)}},
		{"below 3 %", Spike1h, False, []set{oi(in1h, below(1.03), 9)}},
		{"below z 3", Spike1h, False, []set{oi(in1h, 1.2, below(3))}},
		{"a fall is no spike", Spike1h, False, []set{oi(in1h, 0.9, -9)}},
		{"no z, no spike", Spike1h, Undefined, []set{oi(in1h, 1.2, nan)}},
		{"no z, but no rise either", Spike1h, False, []set{oi(in1h, 1, nan)}},
		{"4 h at 5 %", Spike4h, True, []set{oi(in4h, 105.0/100, 3)}},
		{"4 h below 5 %", Spike4h, False, []set{oi(in4h, below(1.05), 9)}},
		{"4 h below z 3", Spike4h, False, []set{oi(in4h, 1.2, below(3))}},

		{"flush down", Flush1h, True, []set{oi(in1h, 97.0/100, -3), price(in1h, 0.98, -1.5)}},
		{"flush up", Flush1h, True, []set{oi(in1h, 0.97, -3), price(in1h, 1.02, 1.5)}},
		{"less than 3 % fell", Flush1h, False, []set{oi(in1h, above(0.97), -9), price(in1h, 0.9, -9)}},
		{"z above −3", Flush1h, False, []set{oi(in1h, 0.9, above(-3)), price(in1h, 0.9, -9)}},
		{"price calm", Flush1h, False, []set{oi(in1h, 0.9, -9), price(in1h, 0.9, above(-1.5))}},
		{"price without z", Flush1h, Undefined, []set{oi(in1h, 0.9, -9), price(in1h, 0.9, nan)}},
		{"a missing stamp is no flush", Flush1h, Undefined, []set{oi(in1h, nan, nan), price(in1h, 0.9, -9)}},

		{"new high unconfirmed", DivergenceHigh, True, []set{extremes(DivergenceHigh, True, 1.0025, -0.02, -0.02)}},
		{"ratio short", DivergenceHigh, False, []set{extremes(DivergenceHigh, True, below(1.0025), -1, -0.02)}},
		{"open interest holds", DivergenceHigh, False, []set{extremes(DivergenceHigh, True, 1.1, above(-0.02), -0.02)}},
		{"wide spread asks for more", DivergenceHigh, False, []set{extremes(DivergenceHigh, True, 1.1, -0.03, -0.031)}},
		{"not the newest high", DivergenceHigh, False, []set{extremes(DivergenceHigh, False, 1.1, -1, -0.02)}},
		{"no spread", DivergenceHigh, Undefined, []set{extremes(DivergenceHigh, True, 1.1, -1, nan)}},
		{"between the hours", DivergenceHigh, Undefined, []set{extremes(DivergenceHigh, True, 1.1, -1, -0.02), func(v *view) { v.onHour = false }}},
		{"new low unconfirmed", DivergenceLow, True, []set{extremes(DivergenceLow, True, 1/1.0025, -0.02, -0.02)}},
		{"low not low enough", DivergenceLow, False, []set{extremes(DivergenceLow, True, above(1/1.0025), -1, -0.02)}},

		{"crowded longs", CrowdedLongs, True, []set{crowd(90, 20, 95)}},
		{"open interest not high", CrowdedLongs, False, []set{crowd(below(90), 99, 99)}},
		{"funding below 20 %", CrowdedLongs, False, []set{crowd(99, below(20), 99)}},
		{"funding usual", CrowdedLongs, False, []set{crowd(99, 99, below(95))}},
		{"less than 30 days", CrowdedLongs, Undefined, []set{crowd(nan, 99, 99)}},
		{"crowded shorts", CrowdedShorts, True, []set{crowd(90, -10, 5)}},
		{"funding above −10 %", CrowdedShorts, False, []set{crowd(99, above(-10), 1)}},
		{"negative funding usual", CrowdedShorts, False, []set{crowd(99, -99, above(5))}},
		{"funding not known", CrowdedShorts, Undefined, []set{crowd(99, nan, nan)}},

		{"at the 95th percentile", LongShortAccountsHigh, True, []set{ratio(market.LongShortAccounts, 2, 0.5, 2)}},
		{"below it", LongShortAccountsHigh, False, []set{ratio(market.LongShortAccounts, below(2), 0.5, 2)}},
		{"a low is no high", LongShortAccountsHigh, False, []set{ratio(market.LongShortAccounts, 0.1, 0.5, 2)}},
		{"at the 5th percentile", LongShortAccountsLow, True, []set{ratio(market.LongShortAccounts, 0.5, 0.5, 2)}},
		{"above it", LongShortAccountsLow, False, []set{ratio(market.LongShortAccounts, above(0.5), 0.5, 2)}},
		{"another ratio", TopLongShortAccountsHigh, False, []set{ratio(market.LongShortAccounts, 9, 0.5, 2)}},
		{"top accounts", TopLongShortAccountsHigh, True, []set{ratio(market.TopLongShortAccounts, 9, 0.5, 2)}},
		{"top positions", TopLongShortPositionsLow, True, []set{ratio(market.TopLongShortPositions, 0, 0.5, 2)}},
		{"takers", TakerBuySellHigh, True, []set{ratio(market.TakerBuySell, 9, 0.5, 2)}},
		{"the ratio is not known", TakerBuySellHigh, Undefined, []set{ratio(market.TakerBuySell, nan, 0.5, 2)}},
		{"less than 30 days of it", TakerBuySellLow, Undefined, []set{ratio(market.TakerBuySell, 0, nan, nan)}},

		{"1 % of open interest", LiquidatedLongs1h, True, []set{heard(10e3, 0, 1e6, hourMillis)}},
		{"less", LiquidatedLongs1h, False, []set{heard(below(10e3), 0, 1e6, hourMillis)}},
		{"shorts are not longs", LiquidatedLongs1h, False, []set{heard(0, 90e3, 1e6, hourMillis)}},
		{"shorts", LiquidatedShorts1h, True, []set{heard(0, 90e3, 1e6, hourMillis)}},
		{"enough though little was heard", LiquidatedShorts1h, True, []set{heard(0, 90e3, 1e6, 1)}},
		{"not enough, and not all was heard", LiquidatedShorts1h, Undefined, []set{heard(0, 1, 1e6, hourMillis-listenSlack-1)}},
		{"all but a minute was heard", LiquidatedShorts1h, False, []set{heard(0, 1, 1e6, hourMillis-listenSlack)}},
		{"nobody listened", LiquidatedShorts1h, Undefined, []set{heard(0, 0, 1e6, 0)}},
		{"open interest not known", LiquidatedShorts1h, Undefined, []set{heard(0, 90e3, nan, hourMillis)}},
	} {
		v := still()
		for k, s := range v.states() {
			if s != False {
				t.Fatalf("a still market gives %s = %d", eventKinds[k], s)
			}
		}
		for _, set := range c.sets {
			set(&v)
		}
		s := v.states()
		if got := s[c.kind.index()]; got != c.want {
			t.Errorf("%s: %s = %d, want %d", c.kind, c.name, got, c.want)
		}
	}
}

// At most one of the four readings holds at a time, and a reading with every z
// is the event's condition.
func TestReadingAndConditionAgree(t *testing.T) {
	ratios, zs := []float64{0.98, 0.99, 0.995, 1, 1.005, 1.01, 1.02}, []float64{-2, -1, -0.5, -0.4, 0, 0.4, 0.5, 1, 2}
	for _, w := range []market.Window{market.Window24h, market.Window4h} {
		k := in24h
		if w == market.Window4h {
			k = in4h
		}
		for _, p := range ratios {
			for _, q := range ratios {
				for _, zp := range zs {
					for _, zq := range zs {
						if (p-1)*zp < 0 || (q-1)*zq < 0 {
							continue // z about zero has the move's sign
						}
						v := still()
						v.changes[ofPrice][k] = change{then: 1, ratio: p, zero: zp}
						v.changes[ofContracts][k] = change{then: 1, ratio: q, zero: zq}
						r, states := v.reading(w), v.states()
						for i, kind := range ReadingKinds() {
							event := ReadingEvent(kind, w)
							if event.Reading() != kind || event.Window() != w {
								t.Fatalf("%s %v gives %s", kind, w, event)
							}
							if (states[event.index()] == True) != (r.Kind == kind) {
								t.Errorf("price ×%v z %v, open interest ×%v z %v: reading %s, event %d %d", p, zp, q, zq, r.Kind, i, states[event.index()])
							}
						}
						if want := r.Kind != Neutral && math.Abs(zp) >= 1 && math.Abs(zq) >= 1; r.Pronounced != want {
							t.Errorf("pronounced = %v with z %v and %v, %s", r.Pronounced, zp, zq, r.Kind)
						}
					}
				}
			}
		}
	}
}

func TestReadingLeavesOutAnUndefinedZ(t *testing.T) {
	v := still()
	v.changes[ofPrice][in24h] = change{then: 1, ratio: 1.02, zero: nan}
	v.changes[ofContracts][in24h] = change{then: 1, ratio: 0.98, zero: nan}
	if r := v.reading(market.Window24h); r.Kind != WeakeningRally || r.Pronounced {
		t.Errorf("without z: %+v", r)
	}
	if s := v.states(); s[WeakeningRally24h.index()] != Undefined {
		t.Error("an event needs every z")
	}
}

// A z needs 2,016 stamps and a spread.
func TestZIsUndefinedWithoutSevenDaysOrSpread(t *testing.T) {
	s := spread{n: 2016, median: 0.001, mad: 0.01}
	if z, want := s.z(0.031), 0.03/(1.4826*0.01); !(math.Abs(z-want) <= 1e-12) {
		t.Errorf("z = %v, want %v", z, want)
	}
	if z, want := s.zero(0.031), 0.031/(1.4826*0.01); !(math.Abs(z-want) <= 1e-12) {
		t.Errorf("z about zero = %v, want %v", z, want)
	}
	for _, s := range []spread{{n: 2015, mad: 0.01}, {n: 9000, mad: 0}, {n: 0, median: nan, mad: nan}} {
		if !math.IsNaN(s.z(1)) || !math.IsNaN(s.zero(1)) {
			t.Errorf("%+v gives a z", s)
		}
	}
}

func TestGapInsideTheWindow(t *testing.T) {
	min := int64(60_000)
	for _, c := range []struct {
		from, to, window int64
		want             bool
	}{
		{100, 115, 0, false},  // two stamps missing: 15 minutes are allowed
		{100, 120, 0, true},   // three
		{100, 200, 180, true}, // partly before the window, 20 minutes inside
		{100, 200, 185, false},
		{100, 200, 300, false}, // before it
	} {
		if got := (gap{c.from * min, c.to * min}).inside(c.window * min); got != c.want {
			t.Errorf("gap %d–%d, window from %d: %v", c.from, c.to, c.window, got)
		}
	}
}

func TestNewGapsAreFound(t *testing.T) {
	var points []market.Point
	for _, minute := range []int64{0, 5, 20, 40, 45, 90} {
		points = append(points, market.Point{Time: minute * 60_000, Contracts: 1, Price: 1})
	}
	g := newGrid(points, 0, 1<<60)
	if len(g.gaps) != 2 || g.gaps[0] != (gap{20 * 60_000, 40 * 60_000}) || g.gaps[1] != (gap{45 * 60_000, 90 * 60_000}) {
		t.Errorf("gaps %v", g.gaps)
	}
	if g.lastGap(39*60_000) != (gap{}) || g.lastGap(40*60_000) != g.gaps[0] || g.lastGap(1<<40) != g.gaps[1] {
		t.Error("the newest gap before an instant")
	}
}

// Funding intervals change by themselves: each payment is for the time since
// the one before; after a hole the old interval goes on.
func TestPaymentsKnowTheirInterval(t *testing.T) {
	h := hourMillis
	in := &Input{Terms: market.FundingTerms{IntervalHours: 8}, Funding: []market.FundingPoint{
		{Time: 8*h + 3, Rate: 0.0001}, {Time: 16*h + 1, Rate: 0.0001}, {Time: 20 * h, Rate: 0.0001}, {Time: 21 * h, Rate: 0.0001},
		{Time: 24 * h, Rate: 0.0001}, {Time: 24*h + 2, Rate: 9}, {Time: 25 * h, Rate: math.Inf(1)}}}
	want := []int64{8, 8, 4, 1, 1}
	ps := in.payments()
	if len(ps) != len(want) {
		t.Fatalf("%d payments", len(ps))
	}
	for i, p := range ps {
		if p.hours != want[i] || p.at%h != 0 || math.Abs(p.apr-0.0001*24/float64(want[i])*36500) > 1e-12 {
			t.Errorf("payment %d: %+v, want %d h", i, p, want[i])
		}
	}
}

func TestSplitAddsUp(t *testing.T) {
	s := SplitUSD(market.Point{Contracts: 100, Price: 10}, market.Point{Contracts: 120, Price: 15})
	// ΔUSD = 1800 − 1000; 12.5 · 20 from positions, 110 · 5 from the price.
	if s.Change != 800 || s.Positions != 250 || s.Price != 550 {
		t.Errorf("split %+v", s)
	}
	if s := SplitUSD(market.Point{Contracts: 1, Price: nan}, market.Point{Contracts: 1, Price: 1}); s.Change.Known() || s.Price.Known() || s.Positions.Known() {
		t.Error("a split without a price")
	}
}

// An extreme is compared with every hour of the week before, equal ones allow a
// new high, and t* is the earliest of equal ones at least a day back.
func TestExtremesOfTheWeek(t *testing.T) {
	v := still()
	v.now = [2]float64{1900, 110}
	week := func(set map[int]float64, sign float64) peak { // by hours before now
		prices, contracts := filled(weekHours), filled(weekHours)
		for k := range prices {
			prices[k], contracts[k] = 100, 1000
		}
		for before, p := range set {
			prices[weekHours-before], contracts[weekHours-before] = p, float64(2000+before)
		}
		return peakOf(prices, contracts, v.stamp, sign)
	}
	for _, c := range []struct {
		name   string
		set    map[int]float64
		newest State
		star   int // hours before now
	}{
		{"one high", map[int]float64{50: 105}, True, 50},
		{"an equal one", map[int]float64{50: 110}, True, 50},
		{"a higher one", map[int]float64{50: 110.01}, False, 50},
		{"a higher one an hour ago", map[int]float64{50: 105, 1: 111}, False, 50},
		{"the first hour of the week", map[int]float64{168: 105}, True, 168},
		{"exactly a day ago", map[int]float64{24: 105, 60: 104}, True, 24},
		{"less than a day ago does not count as t*", map[int]float64{23: 109, 60: 104}, True, 60},
		{"the earliest of equal ones", map[int]float64{30: 105, 60: 105, 100: 105}, True, 100},
		{"a missing hour is passed over", map[int]float64{30: nan, 60: 105}, True, 60},
	} {
		e := v.extremeOf(week(c.set, 1), 0.1, 1)
		if e.newest != c.newest || e.at != v.stamp-int64(c.star)*hourMillis || e.contracts != float64(2000+c.star) {
			t.Errorf("%s: %+v, t* %d h ago", c.name, e, (v.stamp-e.at)/hourMillis)
		}
		if e.priceRatio != 110/e.price || e.log != math.Log(1900/e.contracts) || e.bound != -0.05 {
			t.Errorf("%s: %+v", c.name, e)
		}
	}
	low := v
	low.now[ofPrice] = 90
	if e := low.extremeOf(week(map[int]float64{40: 95, 70: 90, 90: 90}, -1), 0.01, -1); e.newest != True || e.at != v.stamp-90*hourMillis || e.bound != -0.02 {
		t.Errorf("new low: %+v", e)
	}
	for name, nothing := range map[string]peak{"no baseline": noBaseline.high, "no prices": peakOf(filled(weekHours), filled(weekHours), v.stamp, 1), "no hours": peakOf(nil, nil, v.stamp, 1)} {
		if e := v.extremeOf(nothing, nan, 1); e.newest != Undefined || e.at != 0 || !math.IsNaN(e.priceRatio) || !math.IsNaN(e.log) {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

// Ranks need 30 days of both, and of those nine tenths.
func TestRanksNeedThirtyDays(t *testing.T) {
	hour := 100 * dayMillis
	baseline := func(hours int) *Baseline {
		b := &Baseline{Hour: hour, oldest: hour - baselineMillis}
		known := &sorted{}
		for i := range hours {
			known.values = append(known.values, float64(i))
		}
		b.hours.set(known)
		return b
	}
	if b := baseline(fullHours); b.rankContracts(fullHours/2-1) != 50 || b.rankContracts(-1) != 0 || !math.IsNaN(b.rankContracts(nan)) {
		t.Errorf("rank %v", b.rankContracts(fullHours/2-1))
	}
	young, none := baseline(fullHours), baseline(fullHours)
	young.oldest++
	none.oldest = 0
	for name, b := range map[string]*Baseline{"younger history": young, "no history": none, "too many holes": baseline(fullHours - 1)} {
		if r := b.rankContracts(1); !math.IsNaN(r) {
			t.Errorf("%s: %v", name, r)
		}
	}

	paying := func() *walker {
		return &walker{payments: []payment{{at: hour - baselineMillis}}, Workspace: &Workspace{aprs: *newSorted([]float64{1, 2, 3, 4})},
			baseline: Baseline{Hour: hour, latest: payment{at: hour, apr: 3}, paidHours: fullHours}}
	}
	if r := paying().rankAPR(); r != 75 {
		t.Errorf("rank of the rate %v", r)
	}
	for name, less := range map[string]func(w *walker){
		"younger payments":       func(w *walker) { w.payments[0].at++ },
		"too few payments":       func(w *walker) { w.baseline.paidHours-- },
		"no payments whatsoever": func(w *walker) { w.payments, w.baseline.latest = nil, payment{} },
	} {
		w := paying()
		less(w)
		if r := w.rankAPR(); !math.IsNaN(r) {
			t.Errorf("%s: %v", name, r)
		}
	}
}

// A rate is current until the next payment is overdue.
func TestFundingGoesOutOfDate(t *testing.T) {
	b := &Baseline{latest: payment{at: 40 * dayMillis, rate: 0.0001, apr: 10.95, hours: 8}}
	for late, want := range map[int64]float64{0: 10.95, 8*hourMillis + 3*stepMillis: 10.95, 8*hourMillis + 4*stepMillis: nan} {
		v := still()
		v.stamp, v.apr = b.latest.at+late, nan
		v.funding(b)
		if v.apr != want && !(math.IsNaN(want) && math.IsNaN(v.apr)) {
			t.Errorf("after %d minutes: %v", late/60_000, v.apr)
		}
	}
}

// Zero or negative contracts are missing contracts; a price that is none is unknown.
func TestGridHoldsOnlyWhatIsKnown(t *testing.T) {
	var points []market.Point
	for i, q := range []float64{5, 0, -1, nan, math.Inf(1), 6} {
		points = append(points, market.Point{Time: int64(i) * stepMillis, Contracts: q, Price: 1})
	}
	points[5].Price = 0
	g := newGrid(points, 0, 1<<60)
	for i := range points {
		if known := !math.IsNaN(g.q[i]); known != (i == 0 || i == 5) {
			t.Errorf("contracts %v on the grid: %v", points[i].Contracts, g.q[i])
		}
	}
	if !math.IsNaN(g.p[5]) || g.p[0] != 1 {
		t.Errorf("prices %v", g.p)
	}
	if last := g.last(); last.Time != 5*stepMillis || last.Contracts != 6 {
		t.Errorf("last stamp %v", last)
	}
	old := newGrid([]market.Point{{Time: 0, Contracts: 1}, {Time: 1 << 50, Contracts: 1}}, 0, 1<<60)
	if old.len() != 1 {
		t.Errorf("a stamp from another age lays out %d stamps", old.len())
	}
}
