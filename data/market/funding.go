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

// MostFundingHours is the longest interval that the exchange has, and that of most
// contracts.
const MostFundingHours = 8

// FundingHours is for how many hours the i-th of a contract's payments was: those
// since the one before. The first, and one after a hole, is taken to be like the one
// that follows, or else as payments are now, every so many hours (0: not known); 0
// where that is not known either. A contract's interval may change.
func FundingHours(points []FundingPoint, i, now int) float64 {
	hours := 0.0
	if i > 0 {
		hours = HoursBetween(points[i-1].Time, points[i].Time)
	}
	if hours == 0 && i+1 < len(points) {
		hours = HoursBetween(points[i].Time, points[i+1].Time)
	}
	if hours == 0 {
		hours = float64(now)
	}
	return hours
}

// HoursBetween is how many hours lie between two payments (Unix ms); 0 for what is
// no interval that the exchange has.
func HoursBetween(from, to int64) float64 {
	const hour = int64(time.Hour / time.Millisecond)
	hours := (to - from + hour/2) / hour // they come some seconds late
	if hours < 1 || hours > MostFundingHours {
		return 0
	}
	return float64(hours)
}
