package binance

import (
	"strconv"
	"strings"
	"time"

	"openinterest/data/market"
)

// number reads a decimal, also one with an exponent; market.Unknown for
// anything else, such as "", "NaN", "Infinity", "0x10" or "1e999".
func number(s string) float64 {
	if s == "" || strings.Trim(s, "0123456789+-.eE") != "" {
		return market.Unknown
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || !market.Known(x) {
		return market.Unknown
	}
	return x
}

// What can be meant. Each bound leaves the largest and smallest real value room
// of a thousand times or so, for a year in which something gets very cheap or
// dear; what lies beyond comes from a fault at the other end, and would be
// drawn, sorted and averaged like everything else.
const (
	leastContracts, mostContracts = 1e-9, 1e15 // the cheapest coins have 1e11 open
	leastPrice, mostPrice         = 1e-12, 1e9 // USD; from 1e-9 for the cheapest coins to 1e5
	mostUSD                       = 1e13       // all open interest is 1e11, all trade of a day 3e11
	mostFunding                   = 0.2        // a fraction per interval; the exchange's own limits are a few percent
	mostChange                    = 1e6        // % in 24 h; that is times 10,000
)

// between is number where only what lies in between, both ends included, makes
// sense.
func between(s string, least, most float64) float64 {
	if x := number(s); x >= least && x <= most {
		return x
	}
	return market.Unknown
}

// contractsOf is a number of contracts. Zero is none: where a contract trades,
// some are open, and a sick server says zero for all of them.
func contractsOf(s string) float64 { return between(s, leastContracts, mostContracts) }

// priceOf is a price in USD.
func priceOf(s string) float64 { return between(s, leastPrice, mostPrice) }

// valueOf is an amount in USD.
func valueOf(s string) float64 { return between(s, 0, mostUSD) }

// rateOf is a rate of funding, or a limit of it.
func rateOf(s string) float64 { return between(s, -mostFunding, mostFunding) }

// millis reads a Unix time in ms; false if it is nobody's clock.
func millis(ms int64) (time.Time, bool) {
	t := time.UnixMilli(ms).UTC()
	return t, plausible(t)
}
