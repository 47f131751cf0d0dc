package market

import (
	"math"
	"time"
)

// Unit is what a number is counted in.
type Unit string

// The units. A heading over percentages says so, on screen ("%") and in files
// ("_pct"); fractions stand under headings that don't.
const (
	UnitUSD       Unit = "usd"
	UnitPercent   Unit = "percent"
	UnitFraction  Unit = "fraction"
	UnitContracts Unit = "contracts"
	UnitRatio     Unit = "ratio"
	UnitZ         Unit = "z" // standard deviations
	UnitHours     Unit = "hours"
	UnitSeconds   Unit = "seconds"
)

// NumberID names a number of a contract. Columns of the table and rules of
// alerts are kept under it.
type NumberID string

// The numbers.
const (
	NumberPrice           NumberID = "price"
	NumberPriceChange1h   NumberID = "price_change_1h"
	NumberPriceChange4h   NumberID = "price_change_4h"
	NumberPriceChange24h  NumberID = "price_change_24h"
	NumberOIUSD           NumberID = "oi_usd"
	NumberOIShare         NumberID = "oi_share"
	NumberOIContracts     NumberID = "oi_contracts"
	NumberOIChange5m      NumberID = "oi_change_5m"
	NumberOIChange15m     NumberID = "oi_change_15m"
	NumberOIChange1h      NumberID = "oi_change_1h"
	NumberOIChange4h      NumberID = "oi_change_4h"
	NumberOIChange24h     NumberID = "oi_change_24h"
	NumberOIChange7d      NumberID = "oi_change_7d"
	NumberOIPositions24h  NumberID = "oi_positions_24h"
	NumberOIZ24h          NumberID = "oi_z_24h"
	NumberFunding         NumberID = "funding"
	NumberFundingRate     NumberID = "funding_rate"
	NumberFundingInterval NumberID = "funding_interval_hours"
	NumberFundingAPR      NumberID = "funding_apr"
	NumberNextFunding     NumberID = "next_funding"
	NumberVolume24h       NumberID = "volume_24h"
	NumberOIVolume        NumberID = "oi_volume"
	NumberAge             NumberID = "age"

	NumberLongShortAccounts     NumberID = "long_short_accounts"
	NumberTopLongShortAccounts  NumberID = "top_long_short_accounts"
	NumberTopLongShortPositions NumberID = "top_long_short_positions"
	NumberTakerBuySell          NumberID = "taker_buy_sell"
	NumberBasis                 NumberID = "basis"
	NumberLiquidatedLongs1h     NumberID = "liquidated_longs_1h"
	NumberLiquidatedShorts1h    NumberID = "liquidated_shorts_1h"
	NumberLiquidatedLongs24h    NumberID = "liquidated_longs_24h"
	NumberLiquidatedShorts24h   NumberID = "liquidated_shorts_24h"
)

// Number is one number of a contract: what it is called, what it is counted in,
// and how it is read. The table, alerts, files and the headless output read it
// here, so that one name means one number everywhere.
type Number struct {
	ID     NumberID
	Field  string // its name for programs, in CSV and JSON: it never changes
	Unit   Unit
	Column bool // the table has a column of it, and alerts can be set on it

	// Value is the number now, Unknown where it is not known. Few numbers need
	// what is known beyond the quote, which may be nil.
	Value func(q *Quote, b *Beyond, now time.Time) float64
	// Received is when the oldest part of it came; zero: it did not.
	Received func(q *Quote) time.Time
	// Past is the number at a closed stamp, points being 5-minute stamps in one
	// unit (see Rescale); nil where they do not tell. Funding is not among them:
	// the rate on screen is the one being built up for the next payment, and only
	// payments are kept.
	Past func(points []Point, i int) float64
}

// catalogue is every number, in the order of the table and of the files.
var catalogue = []Number{
	{NumberPrice, "price", UnitUSD, true, of((*Quote).Price), fromMark, pricePoint},
	priceChange(NumberPriceChange1h, Window1h),
	priceChange(NumberPriceChange4h, Window4h),
	{NumberPriceChange24h, "price_change_24h_pct", UnitPercent, true, of((*Quote).PriceChange24h), fromTicker, past(Window24h, priceChanged)},
	{NumberOIUSD, "oi_usd", UnitUSD, true, of((*Quote).OpenInterestUSD), oldest(fromAnswer, fromMark), usdPoint},
	{NumberOIShare, "oi_share_pct", UnitPercent, true, beyond((*Quote).OpenInterestShare), oldest(fromAnswer, fromMark), nil},
	{NumberOIContracts, "oi_contracts", UnitContracts, true, of((*Quote).Contracts), fromAnswer, contractsPoint},
	openInterestChange(NumberOIChange5m, Window5m),
	openInterestChange(NumberOIChange15m, Window15m),
	openInterestChange(NumberOIChange1h, Window1h),
	openInterestChange(NumberOIChange4h, Window4h),
	openInterestChange(NumberOIChange24h, Window24h),
	{NumberOIChange7d, "oi_change_7d_pct", UnitPercent, true, beyond((*Quote).OpenInterestChange7d), fromAnswer, past(Window7d, contractsChanged)},
	{NumberOIPositions24h, "oi_positions_24h_usd", UnitUSD, true, of((*Quote).positions24h), oldest(fromAnswer, fromMark), past(Window24h, Positions)},
	{NumberOIZ24h, "oi_change_24h_z", UnitZ, true, beyond((*Quote).zOfChange24h), fromAnswer, nil},
	{NumberFunding, "funding_pct", UnitPercent, true, of((*Quote).fundingPct), fromMark, nil},
	{NumberFundingRate, "funding_rate", UnitFraction, false, of((*Quote).FundingRate), fromMark, nil},
	{NumberFundingInterval, "funding_interval_hours", UnitHours, false, of((*Quote).fundingHours), fromMark, nil},
	{NumberFundingAPR, "funding_apr_pct", UnitPercent, true, of((*Quote).FundingAPR), fromMark, nil},
	{NumberNextFunding, "next_funding_s", UnitSeconds, true, untilFunding, fromMark, nil},
	{NumberVolume24h, "volume_24h_usd", UnitUSD, true, of((*Quote).Volume24h), fromTicker, nil},
	{NumberOIVolume, "oi_volume_ratio", UnitRatio, true, of((*Quote).OpenInterestToVolume), oldest(fromAnswer, fromMark, fromTicker), nil},
	ratio(NumberLongShortAccounts, LongShortAccounts),
	ratio(NumberTopLongShortAccounts, TopLongShortAccounts),
	ratio(NumberTopLongShortPositions, TopLongShortPositions),
	ratio(NumberTakerBuySell, TakerBuySell),
	{NumberBasis, "basis_pct", UnitPercent, true, of((*Quote).Basis), fromMark, nil},
	liquidated(NumberLiquidatedLongs1h, Window1h, true),
	liquidated(NumberLiquidatedShorts1h, Window1h, false),
	liquidated(NumberLiquidatedLongs24h, Window24h, true),
	liquidated(NumberLiquidatedShorts24h, Window24h, false),
	{NumberAge, "age_s", UnitSeconds, true, ageSeconds, fromAnswer, nil},
}

// Numbers lists every number, in the order of the table and of the files.
func Numbers() []Number { return append([]Number(nil), catalogue...) }

// NumberOf returns the number of an id; nil for an id that names none. Filters
// ask it for every row.
func NumberOf(id NumberID) *Number { return byID[id] }

var byID = func() map[NumberID]*Number {
	m := make(map[NumberID]*Number, len(catalogue))
	for i := range catalogue {
		m[catalogue[i].ID] = &catalogue[i]
	}
	return m
}()

// priceChange is the change of the price over w.
func priceChange(id NumberID, w Window) Number {
	return Number{id, string(id) + "_pct", UnitPercent, true,
		of(func(q *Quote) float64 { return q.PriceChange(w) }), fromMark, past(w, priceChanged)}
}

// openInterestChange is the change of open interest over w.
func openInterestChange(id NumberID, w Window) Number {
	return Number{id, string(id) + "_pct", UnitPercent, true,
		of(func(q *Quote) float64 { return q.OpenInterestChange(w) }), fromAnswer, past(w, contractsChanged)}
}

// ratio is the newest ratio of a kind.
func ratio(id NumberID, k RatioKind) Number {
	return Number{id, k.Field(), UnitRatio, true,
		of(func(q *Quote) float64 { return q.Ratio(k) }), func(q *Quote) time.Time { return q.Ratios[k].Received }, nil}
}

// liquidated is at least how much of one side was liquidated within w.
func liquidated(id NumberID, w Window, long bool) Number {
	return Number{id, string(id) + "_usd", UnitUSD, true,
		of(func(q *Quote) float64 { return q.LiquidatedUSD(w, long) }), func(q *Quote) time.Time { return q.Liquidations.Received }, nil}
}

// of makes a Value of a method that needs the quote alone.
func of(value func(*Quote) float64) func(*Quote, *Beyond, time.Time) float64 {
	return func(q *Quote, _ *Beyond, _ time.Time) float64 { return value(q) }
}

// beyond makes a Value of a method that needs no time.
func beyond(value func(*Quote, *Beyond) float64) func(*Quote, *Beyond, time.Time) float64 {
	return func(q *Quote, b *Beyond, _ time.Time) float64 { return value(q, b) }
}

// positions24h is what was opened less closed within 24 hours, in USD.
func (q *Quote) positions24h() float64 { return q.PositionsUSD(Window24h) }

// zOfChange24h is how unusual the change of open interest over 24 hours is.
func (q *Quote) zOfChange24h(b *Beyond) float64 {
	if b == nil {
		return Unknown
	}
	return b.Z24h
}

// untilFunding is how many seconds are left until the next payment; Unknown once
// it is over and the exchange has not named another.
func untilFunding(q *Quote, _ *Beyond, now time.Time) float64 {
	if q.Mark.NextFunding.IsZero() || now.After(q.Mark.NextFunding) {
		return Unknown
	}
	return q.Mark.NextFunding.Sub(now).Seconds()
}

func ageSeconds(q *Quote, _ *Beyond, now time.Time) float64 {
	age, ok := q.Age(now)
	if !ok {
		return Unknown
	}
	return age.Seconds()
}

// fundingPct is the funding rate per interval in percent, without the noise that
// binary fractions add to a decimal rate: rates have eight decimals.
func (q *Quote) fundingPct() float64 { return math.Round(q.FundingRate()*1e12) / 1e10 }

func (q *Quote) fundingHours() float64 {
	if q.Funding.IntervalHours <= 0 {
		return Unknown
	}
	return float64(q.Funding.IntervalHours)
}

func fromAnswer(q *Quote) time.Time { return q.OpenInterest.Received }
func fromMark(q *Quote) time.Time   { return q.Mark.Received }
func fromTicker(q *Quote) time.Time { return q.Ticker.Received }

// oldest is when the oldest of several parts came.
func oldest(parts ...func(*Quote) time.Time) func(*Quote) time.Time {
	return func(q *Quote) time.Time {
		first := parts[0](q)
		for _, part := range parts[1:] {
			if t := part(q); t.Before(first) {
				first = t
			}
		}
		return first
	}
}

func pricePoint(points []Point, i int) float64     { return points[i].Price }
func contractsPoint(points []Point, i int) float64 { return points[i].Contracts }
func usdPoint(points []Point, i int) float64       { return points[i].USD() }

func priceChanged(then, now Point) float64     { return PercentChange(then.Price, now.Price) }
func contractsChanged(then, now Point) float64 { return PercentChange(then.Contracts, now.Contracts) }

// past is what a stamp comes to against the one w before; Unknown where that
// one is missing.
func past(w Window, compare func(then, now Point) float64) func([]Point, int) float64 {
	return func(points []Point, i int) float64 {
		then := points[i].Time - w.Millis()
		// Stamps may be missing, never doubled: the one looked for is at most so far back.
		for j := max(0, i-int(w.Millis()/StepMillis)); j < i; j++ {
			switch t := points[j].Time; {
			case t == then:
				return compare(points[j], points[i])
			case t > then:
				return Unknown
			}
		}
		return Unknown
	}
}
