package market

import "time"

// Liquidation is one forced order that the exchange chose to show. It shows
// only the largest per contract and second, so liquidations are a sample: they
// may be listed, but a sum of them means nothing.
type Liquidation struct {
	Symbol    string
	Long      bool      // a long position was closed, by selling
	Price     float64   // USD, the average price filled; the order's price where none is served
	Contracts float64   // > 0
	Time      time.Time // when it traded, on the exchange's clock
}
