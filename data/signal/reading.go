// Package signal reads series of open interest: pure functions, no I/O and no
// clock, from market.Series to what they show. Signals describe the present;
// they do not predict.
//
// Everything is computed on closed 5-minute stamps, from contracts and never
// from USD: ln(OI in USD) = ln(contracts) + ln(price), so with no position
// opened or closed a 5 % price move would read as 5 % more open interest.
package signal

import (
	"math"

	"openinterest/data/market"
)

// Kind names what a reading says. The empty Kind means unknown.
type Kind string

// The four readings of price × open interest, and none of them.
const (
	Unknown          Kind = ""
	StrongBullish    Kind = "strong_bullish"    // price up, open interest up: new money enters with the move
	WeakeningRally   Kind = "weakening_rally"   // price up, open interest down: shorts closing
	StrongBearish    Kind = "strong_bearish"    // price down, open interest up: new money enters against
	WeakeningSelloff Kind = "weakening_selloff" // price down, open interest down: longs closing
	Neutral          Kind = "neutral"           // one of the two hardly moved
)

// ReadingKinds lists the four readings in the order the screen shows them.
func ReadingKinds() []Kind {
	return []Kind{StrongBullish, WeakeningRally, StrongBearish, WeakeningSelloff}
}

// Missing says why a reading is unknown.
type Missing string

// What a reading can lack.
const (
	NothingMissing Missing = ""
	NoHistory      Missing = "no_history" // no closed stamp at all
	NoStartStamp   Missing = "no_start"   // the stamp one window earlier is missing
	NoPrice        Missing = "no_price"   // one of the two stamps carries no price
)

// Reading is what price and open interest did over a window, and what that is
// called.
type Reading struct {
	Kind            Kind
	Window          market.Window
	Stamp           int64   // Unix ms of the newest closed stamp, the end of the window; 0 when there is none
	PricePct        float64 // %, between the two stamps; may be market.Unknown
	OpenInterestPct float64 // %, in contracts, between the two stamps; may be market.Unknown
	ThresholdPct    float64 // a move counts from this size on, in %
	Missing         Missing
}

// ThresholdPct returns the smallest move that counts as one over a window:
// 1 % over 24 h, 0.5 % over 4 h. The sizes are this project's own choice.
func ThresholdPct(w market.Window) float64 {
	if w == market.Window4h {
		return 0.5
	}
	return 1
}

// ReadPriceOpenInterest reads the newest closed stamp of h against the one a
// window earlier.
func ReadPriceOpenInterest(h *market.Series, w market.Window) Reading {
	r := Reading{Window: w, PricePct: market.Unknown, OpenInterestPct: market.Unknown, ThresholdPct: ThresholdPct(w)}
	now, ok := h.Last()
	if !ok {
		r.Missing = NoHistory
		return r
	}
	r.Stamp = now.Time
	then, ok := h.At(now.Time - w.Millis())
	if !ok {
		r.Missing = NoStartStamp
		return r
	}
	r.OpenInterestPct = market.PercentChange(then.Contracts, now.Contracts)
	r.PricePct = market.PercentChange(then.Price, now.Price)
	if !market.Known(r.PricePct) {
		r.Missing = NoPrice
		return r
	}
	r.Kind = matrix(r.PricePct, r.OpenInterestPct, r.ThresholdPct)
	return r
}

func matrix(pricePct, openInterestPct, threshold float64) Kind {
	if math.Abs(pricePct) < threshold || math.Abs(openInterestPct) < threshold {
		return Neutral
	}
	switch up, more := pricePct > 0, openInterestPct > 0; {
	case up && more:
		return StrongBullish
	case up:
		return WeakeningRally
	case more:
		return StrongBearish
	default:
		return WeakeningSelloff
	}
}
