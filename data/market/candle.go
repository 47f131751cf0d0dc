package market

// Candle is what a contract's price did, and what was traded, in one period.
type Candle struct {
	Time                   int64   // when the period began: Unix ms, UTC
	Open, High, Low, Close float64 // USD
	Volume                 float64 // contracts; may be Unknown
	USD                    float64 // the same in USD; may be Unknown
}
