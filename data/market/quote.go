package market

import (
	"math"
	"time"
)

// OpenInterest is the exchange's answer to "how many contracts are open now".
type OpenInterest struct {
	Contracts float64
	Changed   time.Time // when the exchange last changed it; not a sign of life
	Received  time.Time // when the answer came, on the exchange's clock
}

// MarkPrice is the mark price of a contract and the funding that goes with it.
type MarkPrice struct {
	Symbol      string
	Price       float64   // USD
	Index       float64   // USD, the price of the underlying that the exchange computes; may be Unknown
	FundingRate float64   // per funding interval, a fraction; may be Unknown
	NextFunding time.Time // zero when not served
	Time        time.Time // of the event, as the exchange says; zero when not served
	Received    time.Time // on the exchange's clock
}

// Ticker is what the exchange sums up over the last 24 hours.
type Ticker struct {
	Symbol         string
	LastPrice      float64
	PriceChangePct float64 // %, over 24 h
	QuoteVolume    float64 // USD traded in 24 h
	Received       time.Time
}

// Quote is all that is known of one contract at one moment: a row of the
// table. It is immutable. The zero Quote knows nothing; absent parts have a
// zero Received time, and the methods then return Unknown.
type Quote struct {
	Contract     Contract
	OpenInterest OpenInterest
	Mark         MarkPrice
	Ticker       Ticker
	Funding      FundingTerms // IntervalHours 0: not known
	History      *Series      // 5-minute stamps, those of the last 28 hours; nil until had
	Ratios       [RatioCount]RatioReading
	Liquidations LiquidationsSeen

	// Problem is why the newest request for this contract failed, nil when it
	// did not; NextTry is when it is asked again.
	Problem *Problem
	NextTry time.Time
}

// Contracts returns the open interest in contracts.
func (q *Quote) Contracts() float64 {
	if q.OpenInterest.Received.IsZero() {
		return Unknown
	}
	return q.OpenInterest.Contracts
}

// Price returns the mark price in USD.
func (q *Quote) Price() float64 {
	if q.Mark.Received.IsZero() {
		return Unknown
	}
	return q.Mark.Price
}

// OpenInterestUSD returns contracts × mark price; Unknown while they are in
// different units.
func (q *Quote) OpenInterestUSD() float64 {
	if q.UnitUnclear() {
		return Unknown
	}
	return q.Contracts() * q.Price()
}

// OpenInterestChange returns by how many percent the contracts changed since
// the last 5-minute stamp at or before w ago, counted from when they were
// received. It is Unknown where that stamp is missing, and while the unit of now
// is unclear. Where the contract was
// redenominated in between, the stamp is converted to the unit of now.
func (q *Quote) OpenInterestChange(w Window) float64 {
	p, ok := q.stamp(q.OpenInterest.Received, w)
	if !ok {
		return Unknown
	}
	return PercentChange(p.Contracts*q.unitSince(p.Time, q.OpenInterest.Received), q.Contracts())
}

// PositionsUSD returns the position part of the change of open interest in USD
// since the last 5-minute stamp at or before w ago: see Positions. The rest of
// the change is PriceEffectUSD.
func (q *Quote) PositionsUSD(w Window) float64 {
	then, now, ok := q.ends(w)
	if !ok {
		return Unknown
	}
	return Positions(then, now)
}

// PriceEffectUSD returns the other part of that change: what the price did to the
// contracts that are open, Q̄·ΔP.
func (q *Quote) PriceEffectUSD(w Window) float64 {
	then, now, ok := q.ends(w)
	if !ok {
		return Unknown
	}
	return (then.Contracts + now.Contracts) / 2 * (now.Price - then.Price)
}

// ends are the stamp at or before w ago and the live values, in one unit.
func (q *Quote) ends(w Window) (then, now Point, ok bool) {
	received := q.OpenInterest.Received
	p, ok := q.stamp(received, w)
	if !ok {
		return p, p, false
	}
	unit := q.unitSince(p.Time, received)
	then = Point{Time: p.Time, Contracts: p.Contracts * unit, Price: p.Price / unit}
	return then, Point{Time: received.UnixMilli(), Contracts: q.Contracts(), Price: q.Price()}, true
}

// Positions is what the contracts opened less those closed between two points
// are worth in USD: their number × the mean of both prices. It is the first part
// of ΔUSD = P̄·ΔQ + Q̄·ΔP, in which nothing is left over.
func Positions(then, now Point) float64 {
	usd := (then.Price + now.Price) / 2 * (now.Contracts - then.Contracts)
	if !Known(usd) {
		return Unknown
	}
	return usd
}

// PriceChange returns by how many percent the mark price differs from the
// price implied by the stamp at or before w ago, converted as in
// OpenInterestChange. The 24-hour change that the table shows is the
// exchange's own: PriceChange24h.
func (q *Quote) PriceChange(w Window) float64 {
	p, ok := q.stamp(q.Mark.Received, w)
	if !ok {
		return Unknown
	}
	return PercentChange(p.Price/q.unitSince(p.Time, q.Mark.Received), q.Price())
}

// stamp is the closed stamp at or before w before now, exactly; false where it is
// missing, or in which unit now is cannot be told.
func (q *Quote) stamp(now time.Time, w Window) (Point, bool) {
	if now.IsZero() || q.UnitUnclear() {
		return Point{}, false
	}
	return q.History.At(FloorStamp(now.UnixMilli() - w.Millis()))
}

// UnitChanges returns the redenominations after a moment, as far as the history
// reaches back, the oldest first. One between the newest stamp and the live
// values is dated by when the live ones came.
func (q *Quote) UnitChanges(since time.Time) []UnitChange {
	return q.unitChanges(since.UnixMilli(), q.OpenInterest.Received)
}

// unitChanges are those after the stamp from, up to live values received at now.
func (q *Quote) unitChanges(from int64, now time.Time) []UnitChange {
	first := max(0, q.History.search(from+1)-1) // the newest at or before from
	end := q.History.search(FloorStamp(now.UnixMilli()) + 1)
	if now.IsZero() || first >= end {
		return nil
	}
	changes, last := q.History.unitChanges(first, end), q.History.Points[end-1]
	if contracts := q.Contracts(); jumps(last.Contracts, contracts) {
		factor, is := redenominated(contracts/last.Contracts, q.Price()/last.Price)
		if !Known(q.Price()) || !Known(last.Price) {
			factor, is = Unknown, true // without prices nobody can tell
		}
		if is {
			changes = append(changes, UnitChange{now.UnixMilli(), factor})
		}
	}
	return changes
}

// unitSince is what contracts at the stamp from must be multiplied by to be in
// the unit of the live values, which came at now.
func (q *Quote) unitSince(from int64, now time.Time) float64 {
	return UnitFactor(q.unitChanges(from, now), from)
}

// PriceChange24h returns the 24-hour ticker's price change in percent. For a
// day after a redenomination that compares prices of two units, so the change
// is computed from the stamps instead.
func (q *Quote) PriceChange24h() float64 {
	now := q.Ticker.Received
	if now.IsZero() || q.UnitUnclear() {
		return Unknown
	}
	if q.unitChanges(FloorStamp(now.UnixMilli()-Window24h.Millis()), now) != nil {
		return q.PriceChange(Window24h)
	}
	return q.Ticker.PriceChangePct
}

// Volume24h returns the USD traded in the last 24 hours.
func (q *Quote) Volume24h() float64 {
	if q.Ticker.Received.IsZero() {
		return Unknown
	}
	return q.Ticker.QuoteVolume
}

// OpenInterestToVolume returns open interest in USD ÷ 24-hour volume in USD;
// Unknown where nothing was traded.
func (q *Quote) OpenInterestToVolume() float64 {
	v := q.Volume24h()
	if !(v > 0) {
		return Unknown
	}
	return q.OpenInterestUSD() / v
}

// FundingRate returns the rate per funding interval, as a fraction.
func (q *Quote) FundingRate() float64 {
	if q.Mark.Received.IsZero() {
		return Unknown
	}
	return q.Mark.FundingRate
}

// FundingAPR returns the funding rate as a yearly percentage without
// compounding: rate × (24 / interval hours) × 365 × 100.
func (q *Quote) FundingAPR() float64 {
	if q.Funding.IntervalHours <= 0 {
		return Unknown
	}
	return q.FundingRate() * 24 / float64(q.Funding.IntervalHours) * 365 * 100
}

// Age returns how long ago the last good answer about open interest came;
// false when there was none.
func (q *Quote) Age(now time.Time) (time.Duration, bool) {
	if q.OpenInterest.Received.IsZero() {
		return 0, false
	}
	return max(0, now.Sub(q.OpenInterest.Received)), true
}

// PercentChange returns 100·(to/from − 1); Unknown unless both are known and
// from is positive.
func PercentChange(from, to float64) float64 {
	if !Known(from) || !Known(to) || from <= 0 {
		return Unknown
	}
	return 100 * (to/from - 1)
}

// LogChange returns ln(to/from), the dX of the signals; Unknown unless both
// are positive.
func LogChange(from, to float64) float64 {
	if !(from > 0) || !(to > 0) {
		return Unknown
	}
	return math.Log(to / from)
}
