package signal

import (
	"math"
	"slices"
	"time"

	"openinterest/data/market"
)

// Input is all that is known of one contract.
type Input struct {
	Symbol string

	// Points are closed 5-minute stamps, strictly increasing: the Points of a
	// market.Series of Period5m. What a function needs of the past is told there.
	Points []market.Point

	// Funding are the payments that took place, increasing in time; those of the
	// last 30 days are what crowding needs.
	Funding []market.FundingPoint
	Terms   market.FundingTerms // IntervalHours is used where payments do not tell; cap and floor mark a rate "at cap"

	// Volume is the 24-hour quote volume in USD, market.Unknown when it is not
	// known, as in history: then thinness goes by open interest alone, and the
	// evidence says that volume is missing.
	Volume float64

	// Listed is the first day of trading. Zero when not known: then the rules
	// on a contract's age are left out and the evidence says so. (The first
	// stamp that happens to be stored is no listing date.)
	Listed time.Time

	Delisted bool // trading has ended: nothing fires

	// Ratios at stamps, increasing in time; those of the last 30 days are what their
	// extremes need. One that is not known is market.Unknown.
	Ratios []market.Ratios

	// Liquidations of the contract that were seen, increasing in time, and when
	// somebody listened for them: disjoint, increasing. Outside of those spans none
	// seen says nothing.
	Liquidations []market.Liquidation
	Listened     []market.Span
}

// withoutSeries is what an evaluation keeps of its input for the evidence. It
// outlives the series by up to an hour, and all the market's are megabytes.
func (in *Input) withoutSeries() *Input {
	kept := *in
	kept.Points, kept.Funding, kept.Ratios, kept.Liquidations, kept.Listened = nil, nil, nil, nil, nil
	return &kept
}

// fundingIntervals are the hours between payments that the exchange uses.
var fundingIntervals = [...]int64{1, 4, 8}

// payment is one funding payment as a yearly percentage.
type payment struct {
	at    int64 // floored to its stamp: payments are stamped milliseconds late
	rate  float64
	apr   float64 // %, rate × (24 / interval hours) × 365 × 100
	hours int64
}

// payments gives every payment its interval. Intervals change by themselves, so
// each is taken from the time since the payment before. After a hole, where that
// is no interval of the exchange's, the interval before it goes on; the first
// payment takes the contract's present terms. Nothing looks ahead.
func (in *Input) payments() []payment {
	ps := make([]payment, 0, len(in.Funding))
	for _, f := range in.Funding {
		at := market.FloorStamp(f.Time)
		if !market.Known(f.Rate) || len(ps) > 0 && at <= ps[len(ps)-1].at {
			continue
		}
		ps = append(ps, payment{at: at, rate: f.Rate})
	}
	hours := int64(in.Terms.IntervalHours)
	if hours <= 0 {
		hours = int64(market.DefaultFundingTerms().IntervalHours)
	}
	for i := range ps {
		p := &ps[i]
		if i > 0 {
			hours = interval(p.at-ps[i-1].at, hours)
		}
		p.hours = hours
		p.apr = p.rate * 24 / float64(p.hours) * 365 * 100
	}
	return ps
}

// interval is the funding interval in hours that a time between payments stands for;
// otherwise where it is none that the exchange uses.
func interval(millis, otherwise int64) int64 {
	hours := millis / hourMillis
	if millis%hourMillis == 0 && slices.Contains(fundingIntervals[:], hours) {
		return hours
	}
	return otherwise
}

// Split is a change of open interest in USD, divided into what the price did
// and what positions did: ΔUSD = P̄·ΔQ + Q̄·ΔP with the means of both ends.
type Split struct {
	Change    Number `json:"change"`    // USD; the sum of the other two, to the last bit
	Positions Number `json:"positions"` // USD: mean price × contracts opened less closed
	Price     Number `json:"price"`     // USD: mean contracts × price change
}

// SplitUSD splits the change from one stamp to a later one.
func SplitUSD(from, to market.Point) Split {
	positions := (from.Price + to.Price) / 2 * (to.Contracts - from.Contracts)
	price := (from.Contracts + to.Contracts) / 2 * (to.Price - from.Price)
	if !market.Known(positions) || !market.Known(price) {
		nan := Number(math.NaN())
		return Split{nan, nan, nan}
	}
	return Split{Change: Number(positions + price), Positions: Number(positions), Price: Number(price)}
}
