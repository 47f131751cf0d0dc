package market

// FundingPoint is one funding payment that took place.
type FundingPoint struct {
	Time int64   // Unix ms, UTC, as the exchange stamped it: up to some milliseconds past the full hour
	Rate float64 // per funding interval, a fraction; longs pay shorts when positive
}
