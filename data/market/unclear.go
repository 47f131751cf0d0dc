package market

import (
	"math"
	"time"
)

// How it is recognized that only one of open interest and price is served in a
// new unit yet.
const (
	unclearFactor = 1.05             // how far the one that jumped may lie from a power of ten
	unclearStays  = 1.2              // and the other from what it was
	unclearMost   = 15 * time.Minute // how far the closed stamp with which they are compared may lie back
	unclearAfter  = time.Hour        // stamps there must be before it: a listing may fill tenfold in minutes
)

// UnitUnclear reports whether only one of open interest and price is in a new
// unit yet, so that nothing may be computed from both: the exchange serves them
// by different routes, and they change units some seconds or minutes apart.
//
// One of them differs from the newest closed stamp by a power of ten, while the
// other is what it was. A market does not do that within minutes. It ends when
// the other follows, when what jumped goes back, or when the exchange's own next
// stamp confirms both as they are. Where no stamp comes, what has lasted for a
// quarter of an hour is taken for a change of the market.
func (q *Quote) UnitUnclear() bool {
	now := q.OpenInterest.Received
	if q.Mark.Received.After(now) {
		now = q.Mark.Received
	}
	last, ok := q.History.Last()
	if !ok || q.OpenInterest.Received.IsZero() || q.Mark.Received.IsZero() {
		return false
	}
	// Nearly every contract ends here: rows are compared and painted by this.
	if !jumps(last.Contracts, q.OpenInterest.Contracts) && Known(last.Price) && !jumps(last.Price, q.Mark.Price) {
		return false
	}
	points := q.History.Points
	if !Known(last.Price) {
		last.Price = priceBefore(points, len(points)-1)
	}
	lies := now.Sub(time.UnixMilli(last.Time))
	if lies.Abs() > unclearMost || last.Time-points[0].Time < unclearAfter.Milliseconds() {
		return false
	}
	contracts, price := q.OpenInterest.Contracts/last.Contracts, q.Mark.Price/last.Price
	return tenfold(contracts) && stays(price) || tenfold(price) && stays(contracts)
}

// tenfold reports whether a ratio is a power of ten but 1, up to the move of
// some minutes.
func tenfold(ratio float64) bool {
	if !Known(ratio) || ratio <= 0 {
		return false
	}
	power := math.Round(math.Log10(ratio))
	return power != 0 && within(ratio, math.Pow(10, power), unclearFactor)
}

// stays reports whether a ratio is that of a number which is still in its unit.
func stays(ratio float64) bool { return within(ratio, 1, unclearStays) }
