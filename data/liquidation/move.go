package liquidation

import (
	"math"
	"slices"
	"time"

	"openinterest/data/market"
)

const (
	dayMillis  = int64(24 * time.Hour / time.Millisecond)
	moveDays   = 30 // over which moves are looked at
	leastMoves = 7  // days of which a move must be known
)

// Move is how far a contract's price usually goes in a day.
type Move struct {
	Pct  float64 // the median absolute change over 24 h, in percent; Unknown where too few days are known
	Days int     // on which a change over 24 h is known
}

// Enough reports whether the move is known.
func (m Move) Enough() bool { return market.Known(m.Pct) }

// UsualMove is the median of the absolute changes of the price over 24 h, at all
// stamps of the last 30 days from which the stamp 24 h before is there, too. Changes
// of the unit are taken out. now is the time on the exchange's clock, Unix ms.
func UsualMove(points []market.Point, now int64) Move {
	from := now - moveDays*dayMillis
	prices := map[int64]float64{}
	changes := market.UnitChanges(points)
	unit, k := 1.0, 0 // prices in the unit of the first point
	for _, p := range points {
		for ; k < len(changes) && changes[k].Time <= p.Time; k++ {
			if unit *= changes[k].Factor; !market.Known(unit) { // by how much is not known: begin anew
				prices, unit = map[int64]float64{}, 1
			}
		}
		if market.Known(p.Price) && p.Price > 0 && p.Time <= now {
			prices[p.Time] = p.Price * unit
		}
	}
	var moves []float64
	days := map[int64]bool{}
	for at, price := range prices {
		if before, ok := prices[at-dayMillis]; ok && at > from {
			moves = append(moves, 100*math.Abs(price/before-1))
			days[(now-at)/dayMillis] = true // of 24 h, counted back: a date that is not over is none
		}
	}
	if len(days) < leastMoves {
		return Move{Pct: market.Unknown, Days: len(days)}
	}
	slices.Sort(moves)
	n := len(moves)
	return Move{Pct: (moves[(n-1)/2] + moves[n/2]) / 2, Days: len(days)}
}
