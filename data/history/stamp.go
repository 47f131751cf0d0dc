package history

import (
	"fmt"
	"math"
	"time"

	"openinterest/data/market"
)

// Source is where a stamp came from. Where several know the same stamp, the
// greater one is kept: the official archive before the exchange's API before a
// sample taken live as the stamp closed. Of one source, the last word counts.
type Source uint8

// The sources of stamps.
const (
	Live    Source = 1 // sampled by this program as the stamp closed
	API     Source = 2 // from the exchange's open-interest history
	Archive Source = 3 // from the exchange's public archive
)

// String names the source.
func (s Source) String() string {
	switch s {
	case Live:
		return "live"
	case API:
		return "api"
	case Archive:
		return "archive"
	}
	return fmt.Sprintf("source %d", uint8(s))
}

// Stamp is one closed 5-minute stamp of a contract as it was served: what goes
// in comes out, to the last bit.
type Stamp struct {
	Time      int64   // end of the period: Unix ms, UTC, a multiple of 5 minutes
	Contracts float64 // > 0
	USD       float64 // the value that was served; Unknown where none was
	Price     float64 // USD / Contracts, or the mark price of a live sample; Unknown where USD is
	Source    Source
}

// Point is the stamp as the rest of the program knows it.
func (s Stamp) Point() market.Point {
	return market.Point{Time: s.Time, Contracts: s.Contracts, Price: s.Price}
}

// same reports whether two stamps are equal, unknown numbers included.
func (s Stamp) same(o Stamp) bool {
	if !market.Known(s.Price) && !market.Known(o.Price) {
		s.Price, s.USD, o.Price, o.USD = 0, 0, 0, 0
	}
	return s == o
}

// Row is a stamp of a contract, to be saved.
type Row struct {
	Symbol string
	Point  market.Point

	// USD is the open interest in USD as it was served; 0 or Unknown: it is
	// inferred from the point, the shortest decimal price that explains it.
	USD    float64
	Source Source

	// Inexact says that its time is not as it was written. The midnight between
	// two days is in the archive's files of both: an inexact row replaces none
	// that another file gave.
	Inexact bool
}

// stamp brings a row into the form that is kept. It reports false for a row
// without a usable time, number of contracts or source.
func (r Row) stamp() (Stamp, bool) {
	s := Stamp{Time: market.FloorStamp(r.Point.Time), Contracts: r.Point.Contracts, Price: r.Point.Price, USD: r.USD, Source: r.Source}
	if s.Time <= 0 || s.Time >= noLater || !UsableContracts(s.Contracts) || s.Source < Live || s.Source > Archive {
		return Stamp{}, false
	}
	switch {
	case usable(s.USD) && !usable(s.Price):
		s.Price = s.USD / s.Contracts
	case usable(s.Price) && !usable(s.USD):
		s.USD = impliedUSD(s.Contracts, s.Price)
	}
	if !UsableUSD(s.USD, s.Contracts) || !usable(s.Price) || s.Price > mostPrice {
		s.Price, s.USD = market.Unknown, market.Unknown
	}
	return s, true
}

// What can be meant. The cheapest coins have 1e11 contracts open, prices go from
// 1e-9 to 1e5, and all open interest together is 1e11 USD; each bound leaves room of
// a thousand times or so. What lies beyond comes from a fault at the other end, and
// once kept it would be drawn, averaged and exported for good.
const (
	leastContracts, mostContracts = 1e-9, 1e15
	leastPrice, mostPrice         = 1e-12, 1e9
	mostUSD                       = 1e13
)

// noLater is the year 2100: Unix ms.
var noLater = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()

// UsableContracts reports whether x can be an open interest in contracts. Zero
// is none: where a contract trades, some are open.
func UsableContracts(x float64) bool { return x >= leastContracts && x <= mostContracts }

// UsableUSD reports whether x can be the value of so many contracts.
func UsableUSD(x, contracts float64) bool {
	price := x / contracts
	return x > 0 && x <= mostUSD && price >= leastPrice && price <= mostPrice
}

// usable reports whether x can be kept in a block.
func usable(x float64) bool { return market.Known(x) && x > 0 }

// impliedUSD finds the value that was served from the price it implied. The
// price is a quotient, so its last digits are rounding; the value comes of the
// shortest decimal price whose value, divided by contracts, gives the quotient.
func impliedUSD(contracts, price float64) float64 {
	if n, e, ok := decimalOf(contracts); ok {
		for places := 0; places <= mostDecimals; places++ {
			p := math.Round(price * pow10[places])
			if !(p < exactInt) {
				break
			}
			if usd, ok := product(n, int64(p), e+places); ok && usd/contracts == price {
				return usd
			}
		}
		if p, places, ok := decimalOf(price); ok { // a mark price, not a quotient
			if usd, ok := product(n, p, e+places); ok {
				return usd
			}
		}
	}
	return contracts * price
}

// A block holds one contract's stamps of one day. The day of a stamp is the
// one in which its period began, so that a day ends with the stamp at
// midnight, as the files of the archive do.
const (
	dayMillis = int64(24 * 60 * 60 * 1000)
	dayStamps = int(dayMillis / market.StepMillis) // 288
	lastDay   = 65_535                             // in the year 2149
)

// dayOf returns the day of a stamp, in days since 1970-01-01.
func dayOf(stamp int64) int64 { return floorDiv(stamp-market.StepMillis, dayMillis) }

// stampOf returns the i-th stamp of a day, counted from 0.
func stampOf(day int64, i int) int64 { return day*dayMillis + int64(i+1)*market.StepMillis }

// indexOf is the inverse of stampOf.
func indexOf(stamp int64) int {
	return int((stamp - market.StepMillis - dayOf(stamp)*dayMillis) / market.StepMillis)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
