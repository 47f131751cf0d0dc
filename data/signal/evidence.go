package signal

import (
	"math"
	"slices"
	"time"

	"openinterest/data/market"
)

// Evidence is everything that a kind was computed from at one stamp, fit to be
// shown and to be kept. Unknown numbers are null in JSON. Percentages are
// percentages.
type Evidence struct {
	Window       string      `json:"window,omitempty"` // W: "24h"; none for crowding
	Price        Side        `json:"price"`
	OpenInterest Side        `json:"open_interest"` // in contracts
	USD          Split       `json:"usd"`           // of the change over W
	Thresholds   []Threshold `json:"thresholds"`
	Pronounced   bool        `json:"pronounced,omitempty"` // readings: both |z| ≥ 1

	// Percentile is the share of the contract's moves over W in the last 30 days
	// that are at most this one, in %, in steps of a quarter; for crowding and
	// divergences, which are about levels, see Funding and Divergence.
	Percentile Number `json:"percentile"`

	Divergence   *Divergence   `json:"divergence,omitempty"`
	Funding      *Funding      `json:"funding,omitempty"`
	Liquidations *Liquidations `json:"liquidations,omitempty"` // flushes and liquidations; nil when nobody listened
	Ratio        *RatioExtreme `json:"ratio,omitempty"`        // extremes of ratios

	UnitChange  *UnitChange `json:"unit_change,omitempty"` // the newest within 30 days
	Eligibility Eligibility `json:"eligibility"`
	Missing     []Shortage  `json:"missing,omitempty"` // why something is undefined
}

// Side is one series at both ends of the window. For crowding, Then and what
// follows it are unknown; for divergences they belong to t*.
type Side struct {
	Now    Number `json:"now"`
	Then   Number `json:"then"`
	Pct    Number `json:"change_pct"`
	Z      Number `json:"z"`       // robust z; about zero for readings
	Median Number `json:"median"`  // m of the last 30 days, as ln; what z is taken about unless about zero
	Scale  Number `json:"scale"`   // 1.4826·MAD, as ln
	Stamps int    `json:"samples"` // that both are from
}

// Threshold is one test of the condition.
type Threshold struct {
	Name  string `json:"name"`  // "open_interest_z"
	Value Number `json:"value"` // what it was
	Bound Number `json:"bound"` // from where it counts
	Upper bool   `json:"upper"` // value ≥ bound counts; else value ≤ bound
	Met   State  `json:"met"`   // 1 yes, 0 not known, −1 no
}

// Divergence is the earlier extreme that a new one is compared with.
type Divergence struct {
	Time      time.Time `json:"time"` // t*
	Price     Number    `json:"price"`
	Contracts Number    `json:"contracts"`
}

// Funding is what crowding is computed from.
type Funding struct {
	Time                   time.Time `json:"time"` // of the newest payment
	Rate                   Number    `json:"rate"` // per interval, a fraction
	IntervalHours          int       `json:"interval_hours"`
	APR                    Number    `json:"apr_pct"`
	APRPercentile          Number    `json:"apr_percentile"`
	OpenInterestPercentile Number    `json:"open_interest_percentile"`
	AtCap                  bool      `json:"at_cap"` // the rate is at its cap or floor
}

// Liquidations are those seen in the hour up to the stamp. The exchange shows at most
// the largest of each contract and second: that there were some may be said, and that
// they came to so many USD at least; how many there were in all may not.
type Liquidations struct {
	Long     int    `json:"long"` // seen
	Short    int    `json:"short"`
	LongUSD  Number `json:"long_usd"` // at least
	ShortUSD Number `json:"short_usd"`
	Listened Number `json:"listened"` // the part of the hour in which somebody listened
}

// RatioExtreme is a ratio and what it is usually within.
type RatioExtreme struct {
	Name  string    `json:"name"`  // "long_short_accounts": market.RatioKind's field
	Time  time.Time `json:"time"`  // its stamp, within 15 minutes
	Value Number    `json:"value"` // longs for each short, bought for each sold
	Low   Number    `json:"low"`   // the 5th percentile of the full hours of 30 days
	High  Number    `json:"high"`  // the 95th
	Hours int       `json:"hours"` // of those, at which it is known
}

// UnitChange is a redenomination of the contract. Contracts and prices of before
// were converted; where the factor is not known they were left out.
type UnitChange struct {
	Time   time.Time `json:"time"`   // the first stamp in the new unit
	Factor Number    `json:"factor"` // new contracts for one before
}

// Shortage is something there is not enough of yet: "3 of 7 days".
type Shortage struct {
	What string `json:"what"` // one of the Short… constants
	Have Number `json:"have_days"`
	Need Number `json:"need_days"`
}

// What there can be too little of.
const (
	ShortOpenInterest = "open_interest_history" // moves of open interest, for a z
	ShortPrice        = "price_history"         // moves of the price, for a z
	ShortHours        = "open_interest_30d"     // hours, for a percentile
	ShortFunding      = "funding_30d"           // payments, for a percentile
	ShortStamp        = "stamp"                 // a stamp at either end of the window, or its price
	ShortSpread       = "spread"                // enough stamps, but all moves alike: MAD = 0
	ShortRatios       = "ratio_30d"             // hours of a ratio, for its percentiles
	ShortRatio        = "ratio"                 // its value within the last 15 minutes
	ShortListening    = "listening"             // for liquidations, through the hour
)

// Evidence collects what a kind was computed from; it need not hold.
func (e *Evaluation) Evidence(k EventKind) Evidence {
	i, v, b := k.index(), &e.view, e.baseline
	x := Evidence{Window: windowName(k), USD: Split{unknown, unknown, unknown}, Percentile: unknown}
	x.Eligibility = e.Eligibility
	x.Price, x.OpenInterest = level(v.now[ofPrice]), level(v.now[ofContracts])
	if c := v.change; c.Time != 0 && v.stamp-c.Time < baselineMillis {
		x.UnitChange = &UnitChange{instant(c.Time), Number(c.Factor)}
	}
	switch {
	case e.Stamp == 0 || i < 0:
		return x
	case i < atHigh:
		x.ofReading(v, b, k)
	case i <= atLow:
		x.ofDivergence(v, b, i)
	case i <= atFlush:
		x.ofSpeed(v, b, i)
	case i < atRatios:
		x.ofCrowding(v, b, i, e.input.Terms)
	case i < atLiquidatedLongs:
		x.ofRatio(v, k)
	default:
		x.ofLiquidations(v, b, i)
	}
	if i == atFlush || i >= atLiquidatedLongs {
		x.Liquidations = v.liquidations()
	}
	now := instant(v.stamp).Add(time.Duration(float64(e.Eligibility.DataAge) * float64(time.Second)))
	x.Eligibility = eligibility(e.input, b, v, now, k.Window())
	return x
}

const (
	riseBound = true
	fallBound = false
)

var unknown = Number(market.Unknown)

// windowName is the window as evidence tells it: empty for crowding, which has none.
func windowName(k EventKind) string {
	if w := k.Window(); w > 0 {
		return w.String()
	}
	return ""
}

// level is a side of which only the present value is told.
func level(now float64) Side {
	return Side{Now: Number(now), Then: unknown, Pct: unknown, Z: unknown, Median: unknown, Scale: unknown}
}

// windowIndex is the index of the kind's window in steps; that of 24 h for the kinds
// with a longer one, or none.
func windowIndex(k EventKind) int {
	switch k.Window() {
	case market.Window1h:
		return in1h
	case market.Window4h:
		return in4h
	}
	return in24h
}

// moved fills both sides and the USD split with the changes over window j, and
// notes what the tested series lack.
func (x *Evidence) moved(v *view, b *Baseline, j int, aboutZero bool, tested ...int) {
	for s, side := range [...]*Side{ofContracts: &x.OpenInterest, ofPrice: &x.Price} {
		c, spread := v.changes[s][j], b.spreads[s][j]
		*side = Side{Now: Number(v.now[s]), Then: Number(c.then), Pct: Number(c.percent()), Z: Number(c.z),
			Median: Number(spread.median), Scale: Number(spread.scale()), Stamps: spread.n}
		if aboutZero {
			side.Z = Number(c.zero)
		}
		if spread.n == 0 {
			side.Median = unknown
		}
		if slices.Contains(tested, s) {
			x.lacks(s, c, spread)
		}
	}
	q, p := v.changes[ofContracts][j], v.changes[ofPrice][j]
	x.USD = SplitUSD(market.Point{Contracts: q.then, Price: p.then}, market.Point{Contracts: v.now[ofContracts], Price: v.now[ofPrice]})
	x.Percentile = Number(b.percentile(j, q.log))
}

// lacks notes why a z is not defined.
func (x *Evidence) lacks(series int, c change, s spread) {
	what := ShortOpenInterest
	if series == ofPrice {
		what = ShortPrice
	}
	perDay := float64(24 * stepsPerHour)
	switch {
	case math.IsNaN(c.log):
		x.Missing = append(x.Missing, Shortage{What: ShortStamp, Have: unknown, Need: unknown})
	case s.n < minimumStamps:
		x.Missing = append(x.Missing, Shortage{What: what, Have: Number(float64(s.n) / perDay), Need: minimumStamps / Number(perDay)})
	case math.IsNaN(s.scale()):
		x.Missing = append(x.Missing, Shortage{What: ShortSpread, Have: unknown, Need: unknown})
	}
}

// test notes one threshold, and whether it is met.
func (x *Evidence) test(name string, value, bound float64, upper bool) {
	met := atMost(value, bound)
	if upper {
		met = atLeast(value, bound)
	}
	x.Thresholds = append(x.Thresholds, Threshold{Name: name, Value: Number(value), Bound: Number(bound), Upper: upper, Met: met})
}

// testMove tests a ratio as the condition does, and tells it in percent.
func (x *Evidence) testMove(name string, c change, ratio float64, upper bool) {
	x.test(name, c.ratio, ratio, upper)
	t := &x.Thresholds[len(x.Thresholds)-1]
	t.Value, t.Bound = Number(c.percent()), Number(math.Round(1e6*(ratio-1))/1e4)
}

// ofReading collects the evidence of a reading (S1). Evidence calls it, as it calls
// the three below for the other families.
func (x *Evidence) ofReading(v *view, b *Baseline, k EventKind) {
	j := windowIndex(k)
	x.moved(v, b, j, true, ofContracts, ofPrice)
	up, down := bounds(k.Window())
	reading := k.Reading()
	test := func(name string, c change, rising bool) {
		bound, z := up, readingZ
		if !rising {
			bound, z = down, -readingZ
		}
		x.testMove(name+"_change_pct", c, bound, rising)
		x.test(name+"_z", c.zero, z, rising)
	}
	q, p := v.changes[ofContracts][j], v.changes[ofPrice][j]
	test("price", p, reading == StrongBullish || reading == WeakeningRally)
	test("open_interest", q, reading == StrongBullish || reading == StrongBearish)
	x.Pronounced = math.Abs(p.zero) >= pronouncedZ && math.Abs(q.zero) >= pronouncedZ
}

// ofSpeed collects the evidence of spikes and flushes (S3, S4).
func (x *Evidence) ofSpeed(v *view, b *Baseline, i int) {
	j := windowIndex(eventKinds[i])
	q := v.changes[ofContracts][j]
	switch i {
	case atSpike1h, atSpike4h:
		x.moved(v, b, j, false, ofContracts)
		ratio := spikeRatio1h
		if i == atSpike4h {
			ratio = spikeRatio4h
		}
		x.testMove("open_interest_change_pct", q, ratio, riseBound)
		x.test("open_interest_z", q.z, spikeZ, riseBound)
	case atFlush:
		x.moved(v, b, j, false, ofContracts, ofPrice)
		x.testMove("open_interest_change_pct", q, flushRatio, fallBound)
		x.test("open_interest_z", q.z, flushZ, fallBound)
		x.test("price_z_size", math.Abs(v.changes[ofPrice][j].z), flushPriceZ, riseBound)
	}
}

// ofDivergence collects the evidence of divergences (S2).
func (x *Evidence) ofDivergence(v *view, b *Baseline, i int) {
	e, s := v.high, b.spreads[ofContracts][in24h]
	if i == atLow {
		e = v.low
	}
	x.lacks(ofContracts, change{log: e.log}, s)
	x.OpenInterest.Then, x.Price.Then = Number(e.contracts), Number(e.price)
	x.OpenInterest.Pct, x.Price.Pct = Number(market.PercentChange(e.contracts, v.now[ofContracts])), Number(100*(e.priceRatio-1))
	x.OpenInterest.Scale, x.OpenInterest.Stamps = Number(s.scale()), s.n
	x.USD = SplitUSD(market.Point{Contracts: e.contracts, Price: e.price}, market.Point{Contracts: v.now[ofContracts], Price: v.now[ofPrice]})
	if e.at != 0 {
		x.Divergence = &Divergence{Time: instant(e.at), Price: Number(e.price), Contracts: Number(e.contracts)}
	}
	x.Thresholds = append(x.Thresholds, Threshold{Name: "newest_extreme_7d", Value: unknown, Bound: unknown, Upper: i == atHigh, Met: e.newest})
	if i == atHigh {
		x.test("price_ratio", e.priceRatio, divergeRatio, riseBound)
	} else {
		x.test("price_ratio", e.priceRatio, 1/divergeRatio, fallBound)
	}
	x.test("open_interest_ln", e.log, e.bound, fallBound)
}

// ofCrowding collects the evidence of crowding (S5).
func (x *Evidence) ofCrowding(v *view, b *Baseline, i int, terms market.FundingTerms) {
	f := &Funding{APR: Number(v.apr), APRPercentile: Number(v.rankAPR), OpenInterestPercentile: Number(v.rankContracts), Rate: unknown}
	if v.paid.at != 0 {
		f.Time, f.Rate, f.IntervalHours = instant(v.paid.at), Number(v.paid.rate), int(v.paid.hours)
		f.AtCap = v.paid.rate >= terms.Cap || v.paid.rate <= terms.Floor
	}
	x.Funding = f
	if math.IsNaN(v.rankContracts) {
		x.Missing = append(x.Missing, Shortage{What: ShortHours, Have: Number(float64(b.hours.len()) / 24), Need: 30})
	}
	if math.IsNaN(v.rankAPR) {
		x.Missing = append(x.Missing, Shortage{What: ShortFunding, Have: Number(float64(b.paidHours) / 24), Need: 30})
	}
	x.test("open_interest_percentile", v.rankContracts, crowdedRank, riseBound)
	if i == atLongs {
		x.test("apr_pct", v.apr, longsAPR, riseBound)
		x.test("apr_percentile", v.rankAPR, longsAPRRank, riseBound)
		return
	}
	x.test("apr_pct", v.apr, shortsAPR, fallBound)
	x.test("apr_percentile", v.rankAPR, shortsAPRRank, fallBound)
}

// ofRatio collects the evidence of a ratio's extreme.
func (x *Evidence) ofRatio(v *view, k EventKind) {
	of, high, _ := k.Ratio()
	now, e := v.ratios[of], v.bounds[of]
	r := &RatioExtreme{Name: of.Field(), Value: Number(now.value), Low: Number(e.low), High: Number(e.high), Hours: e.hours}
	if now.at != 0 {
		r.Time = instant(now.at)
	} else {
		x.Missing = append(x.Missing, Shortage{What: ShortRatio, Have: unknown, Need: unknown})
	}
	x.Ratio = r
	switch {
	case e.hours < fullHours:
		x.Missing = append(x.Missing, Shortage{What: ShortRatios, Have: Number(float64(e.hours) / 24), Need: 30})
	case math.IsNaN(e.low):
		x.Missing = append(x.Missing, Shortage{What: ShortSpread, Have: unknown, Need: unknown})
	}
	bound := e.low
	if high {
		bound = e.high
	}
	x.test(of.Field(), now.value, bound, high)
}

// ofLiquidations collects the evidence of liquidations seen.
func (x *Evidence) ofLiquidations(v *view, b *Baseline, i int) {
	side, name := 0, "liquidated_longs_pct"
	if i == atLiquidatedShorts {
		side, name = 1, "liquidated_shorts_pct"
	}
	x.moved(v, b, in1h, false)
	x.test(name, v.liquidatedPct(side), liquidated, riseBound)
	t := &x.Thresholds[len(x.Thresholds)-1]
	t.Met = v.wasLiquidated(side)
	if math.IsNaN(v.before) {
		x.Missing = append(x.Missing, Shortage{What: ShortStamp, Have: unknown, Need: unknown})
	}
	if t.Met == Undefined && !v.heardAll() {
		x.Missing = append(x.Missing, Shortage{What: ShortListening, Have: Number(float64(v.listened) / float64(dayMillis)), Need: Number(1. / 24)})
	}
}

// liquidations are those seen in the hour; nil when nobody listened in any of it.
func (s *standing) liquidations() *Liquidations {
	if s.listened == 0 && s.count == [2]int{} {
		return nil
	}
	return &Liquidations{Long: s.count[0], Short: s.count[1], LongUSD: Number(s.usd[0]), ShortUSD: Number(s.usd[1]),
		Listened: Number(float64(s.listened) / float64(hourMillis))}
}
