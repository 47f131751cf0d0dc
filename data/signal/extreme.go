package signal

import (
	"math"

	"openinterest/data/market"
)

// peak is what a new high (or low) of the price at H is compared with. It says
// all that the 168 hours before H have to say, so that a baseline need not keep
// them.
type peak struct {
	price float64 // the highest P on the hours [H − 7 d, H − 1 h]; NaN when there is none

	at        int64   // t*, the hour of the highest P in [H − 7 d, H − 24 h]; the earliest of several; 0: none
	then      float64 // P_t*
	contracts float64 // Q_t*
}

var noPeak = peak{price: math.NaN(), then: math.NaN(), contracts: math.NaN()}

// inUnit is the peak in another unit, that has so many contracts for one.
func (k peak) inUnit(factor float64) peak {
	k.price, k.then, k.contracts = k.price/factor, k.then/factor, k.contracts*factor
	return k
}

// peakOf finds the highest price (sign 1) or the lowest (sign −1) of the week
// before an hour, whose prices and contracts on the hour begin 7 days before it.
// Hours without a price are passed over; that there are enough is for the rule
// on gaps to say.
func peakOf(prices, contracts []float64, hour int64, sign float64) peak {
	k := noPeak
	for i, p := range prices {
		if math.IsNaN(p) {
			continue
		}
		if math.IsNaN(k.price) || sign*p > sign*k.price {
			k.price = p
		}
		if at := hour - int64(weekHours-i)*hourMillis; at <= hour-dayMillis && (k.at == 0 || sign*p > sign*k.then) {
			k.at, k.then, k.contracts = at, p, contracts[i]
		}
	}
	return k
}

// extreme is the stamp as a new 7-day high (or low) of the price.
type extreme struct {
	newest     State   // P_t ≥ (≤) every hourly P in [t − 7 d, t)
	at         int64   // t*, the hour of the highest (lowest) P in [t − 7 d, t − 24 h]; the earliest of several
	price      float64 // P_t*
	contracts  float64 // Q_t*
	priceRatio float64 // P_t / P_t*
	log        float64 // ln(Q_t / Q_t*)
	bound      float64 // −max(0.02, 0.5·s)
}

// extremeOf looks for a new high (sign 1) or low (sign −1).
func (v *view) extremeOf(k peak, scale, sign float64) extreme {
	nan := math.NaN()
	price := v.now[ofPrice]
	if math.IsNaN(price) {
		return extreme{price: nan, contracts: nan, priceRatio: nan, log: nan, bound: nan}
	}
	e := extreme{at: k.at, price: k.then, contracts: k.contracts, priceRatio: price / k.then, log: market.LogChange(k.contracts, v.now[ofContracts]), bound: nan}
	switch {
	case math.IsNaN(k.price):
	case sign*k.price > sign*price:
		e.newest = False
	default:
		e.newest = True
	}
	if !math.IsNaN(scale) {
		e.bound = -max(0.02, 0.5*scale)
	}
	return e
}
