package market

import "time"

// Liquidation is one forced order that the exchange chose to show. It shows at
// most the largest of each contract and second, so liquidations are a sample: a
// sum of them is a lower bound of what was liquidated, and is called that wherever
// it is shown.
type Liquidation struct {
	Symbol    string
	Long      bool      // a long position was closed, by selling
	Price     float64   // USD, the average price filled; the order's price where none is served
	Contracts float64   // > 0
	Time      time.Time // when it traded, on the exchange's clock
}

// USD is what the liquidation was worth at its price.
func (l Liquidation) USD() float64 { return l.Contracts * l.Price }

// Equal reports whether both are the same order: the exchange, and who keeps them,
// may tell of one more than once.
func (l Liquidation) Equal(o Liquidation) bool {
	return l.Symbol == o.Symbol && l.Long == o.Long && l.Price == o.Price && l.Contracts == o.Contracts && l.Time.Equal(o.Time)
}

// Liquidated sums up the liquidations of one contract that were seen within a
// window up to now. Its sums are lower bounds.
type Liquidated struct {
	Longs, Shorts float64       // USD at least
	Count         int           // liquidations seen
	Listened      time.Duration // how much of the window this program listened; 0: nothing can be said
}

// LiquidationsSeen are the liquidations of a contract that were seen lately. The
// zero value says that nobody listened.
type LiquidationsSeen struct {
	Hour, Day Liquidated // the last hour, and the last 24
	Received  time.Time  // up to when, on the exchange's clock; zero: nobody listened
}

// Seen are the sums of a window, of one hour or of 24.
func (s *LiquidationsSeen) Seen(w Window) Liquidated {
	if w == Window1h {
		return s.Hour
	}
	return s.Day
}

// LiquidatedUSD returns at least how many USD of longs, or of shorts, were
// liquidated within a window of one hour or of 24; Unknown where nobody listened
// in any of it. Zero means that none was seen.
func (q *Quote) LiquidatedUSD(w Window, long bool) float64 {
	sums := q.Liquidations.Seen(w)
	switch {
	case sums.Listened <= 0:
		return Unknown
	case long:
		return sums.Longs
	}
	return sums.Shorts
}
