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

	// Robust z of both moves, about zero; market.Unknown where the history is
	// too short, and then the test |z| ≥ 0.5 was left out.
	ZPrice, ZOpenInterest float64
	Pronounced            bool // a direction, and both |z| ≥ 1
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
// window earlier, without a baseline: no z is tested.
func ReadPriceOpenInterest(h *market.Series, w market.Window) Reading {
	r := Reading{Window: w, PricePct: market.Unknown, OpenInterestPct: market.Unknown, ThresholdPct: ThresholdPct(w),
		ZPrice: market.Unknown, ZOpenInterest: market.Unknown}
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
	none := math.NaN()
	unit := market.UnitFactor(market.UnitChanges(h.Between(then.Time, now.Time)), then.Time)
	r.read(change{ratio: now.Contracts / (then.Contracts * unit), zero: none}, change{ratio: now.Price / (then.Price / unit), zero: none})
	return r
}

// reading is the reading of a stamp against its baseline.
func (v *view) reading(w market.Window) Reading {
	k := in24h
	if w == market.Window4h {
		k = in4h
	}
	r := Reading{Window: w, Stamp: v.stamp, ThresholdPct: ThresholdPct(w)}
	q, p := v.changes[ofContracts][k], v.changes[ofPrice][k]
	switch {
	case math.IsNaN(v.now[ofContracts]):
		r.Missing = NoHistory
	case math.IsNaN(q.then):
		r.Missing = NoStartStamp
	}
	r.read(q, p)
	return r
}

// read names what the changes of open interest and price come to.
func (r *Reading) read(q, p change) {
	r.OpenInterestPct, r.PricePct = q.percent(), p.percent()
	r.ZOpenInterest, r.ZPrice = q.zero, p.zero
	if r.Missing != NothingMissing {
		return
	}
	if !market.Known(r.PricePct) || !market.Known(r.OpenInterestPct) {
		r.Missing = NoPrice
		return
	}
	price, interest := direction(p, r.Window), direction(q, r.Window)
	switch {
	case price == 0 || interest == 0:
		r.Kind = Neutral
		return
	case price > 0 && interest > 0:
		r.Kind = StrongBullish
	case price > 0:
		r.Kind = WeakeningRally
	case interest > 0:
		r.Kind = StrongBearish
	default:
		r.Kind = WeakeningSelloff
	}
	r.Pronounced = math.Abs(p.zero) >= pronouncedZ && math.Abs(q.zero) >= pronouncedZ
}

// direction is +1 or −1 for a move that counts as one, else 0. A z that is not
// defined is not tested.
func direction(c change, w market.Window) int {
	if math.Abs(c.zero) < readingZ {
		return 0
	}
	switch up, down := bounds(w); {
	case c.ratio >= up:
		return 1
	case c.ratio <= down:
		return -1
	}
	return 0
}
