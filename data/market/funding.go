package market

import "time"

// FundingPoint is one funding payment that took place.
type FundingPoint struct {
	Time int64   // Unix ms, UTC, as the exchange stamped it: up to some milliseconds past the full hour
	Rate float64 // per funding interval, a fraction; longs pay shorts when positive
}

// FundingTerms are a contract's funding interval and the limits of its rate.
type FundingTerms struct {
	IntervalHours int
	Cap, Floor    float64 // fractions; Unknown when not served
}

// DefaultFundingTerms are those of a contract that the exchange's list of
// adjusted contracts does not name.
func DefaultFundingTerms() FundingTerms {
	return FundingTerms{IntervalHours: 8, Cap: Unknown, Floor: Unknown}
}

// gridSlack is by how much a payment may be off the full hour.
const gridSlack = time.Minute

// Fits reports whether a next payment agrees with the interval. Payments are
// made at its multiples in the UTC day, each 8 hours at 00:00, 08:00 and 16:00,
// and the next one is no further off than the interval; now is when the
// exchange named it, zero where it did not say. If it does not fit, the
// exchange has changed the interval since the terms were had. An interval that
// is not known fits nothing.
func (f FundingTerms) Fits(next, now time.Time) bool {
	if f.IntervalHours <= 0 {
		return false
	}
	interval := time.Duration(f.IntervalHours) * time.Hour
	off := next.Sub(next.Truncate(24*time.Hour)) % interval
	if off > gridSlack && off < interval-gridSlack {
		return false
	}
	return now.IsZero() || next.Sub(now) <= interval+gridSlack
}
