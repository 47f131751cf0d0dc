package market

import "math"

// UnitChange is a redenomination: from one stamp on, the exchange counts a
// contract in another unit under the same symbol. After a change of 1 : 100
// there are 100 contracts for each one before, at a hundredth of the price.
//
// # How one is recognized
//
// Between two neighbouring points the contracts change by a factor k ≥ 5 or
// ≤ 1/5, the price by about 1/k, and the value in USD stays within 20 %.
// Neighbours are the points that are there: where stamps are missing between
// them, for minutes or for days, the change lies somewhere in the hole and is
// dated by the first stamp after it. Where a point has no price, the nearest
// price within an hour's points stands in. Without prices on both sides nothing
// is recognized, because a new listing may well multiply its contracts by five.
//
// The exact factor is the round number nearest to what the contracts and the
// price say: a whole number of one digit, 1.5 or 2.5, times a power of ten, or
// its inverse. Both must lie within 4 % of it (10 % of a power of ten, which
// nearly all redenominations are); otherwise the factor is not known.
type UnitChange struct {
	Time   int64   // the first stamp in the new unit, Unix ms
	Factor float64 // new contracts for one before: 100 for 1 : 100; Unknown where it cannot be told exactly
}

const (
	unitJump  = 5.0 // the smallest factor, either way
	unitValue = 0.2 // how far the value in USD may differ
	unitReach = 12  // points to either side in which a missing price is looked for

	powerTolerance = 1.1  // how far both measures may lie from a factor that is a power of ten
	roundTolerance = 1.04 // and from another round one
)

// UnitChanges finds the redenominations in points, which increase in time; nil
// for nearly every contract.
func UnitChanges(points []Point) (changes []UnitChange) {
	last := Unknown // contracts of the point before
	for i := range points {
		contracts := points[i].Contracts
		if !(contracts > 0 && contracts <= math.MaxFloat64) { // as Known: some thousand points are looked at for each screen of rows
			continue
		}
		if jumps(last, contracts) {
			if factor, is := redenominated(contracts/last, priceAfter(points, i)/priceBefore(points, i)); is {
				changes = append(changes, UnitChange{points[i].Time, factor})
			}
		}
		last = contracts
	}
	return changes
}

// unitChanges finds those between the points first and end, end not included.
func (s *Series) unitChanges(first, end int) []UnitChange {
	if s.oneUnit {
		return nil
	}
	return UnitChanges(s.Points[first:end])
}

// jumps reports whether contracts change by about unitJump or more, either way.
// It is asked of every point, before prices are compared.
func jumps(before, after float64) bool {
	const nearly = unitJump / powerTolerance
	return after >= nearly*before || before >= nearly*after
}

// priceBefore is the nearest known price before point i.
func priceBefore(points []Point, i int) float64 {
	for j := i - 1; j >= max(0, i-unitReach); j-- {
		if points[j].Price > 0 {
			return points[j].Price
		}
	}
	return Unknown
}

// priceAfter is the nearest known price at or after point i.
func priceAfter(points []Point, i int) float64 {
	for j := i; j < min(len(points), i+unitReach); j++ {
		if points[j].Price > 0 {
			return points[j].Price
		}
	}
	return Unknown
}

// redenominated reports whether contracts and price that changed by these
// ratios were redenominated, and by which factor.
func redenominated(contracts, price float64) (factor float64, is bool) {
	if !Known(contracts) || !Known(price) || math.Abs(contracts*price-1) > unitValue {
		return 1, false
	}
	if contracts >= 1 {
		factor = roundFactor(contracts, 1/price)
	} else {
		factor = 1 / roundFactor(1/contracts, price)
	}
	if !Known(factor) {
		return factor, math.Abs(math.Log(contracts/price)) >= 2*math.Log(unitJump)
	}
	return factor, factor >= unitJump || factor <= 1/unitJump
}

// roundFactor is the round number that a and b, both of them 1 or more, measure
// up to the move of one stamp; Unknown where they lie too far from any.
func roundFactor(a, b float64) float64 {
	middle := math.Sqrt(a * b)
	power := math.Pow(10, math.Floor(math.Log10(middle)))
	nearest, distance, tolerance := Unknown, math.Inf(1), 0.0
	for _, digit := range [...]float64{1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9, 10} {
		if d := math.Abs(math.Log(middle / (digit * power))); d < distance {
			nearest, distance, tolerance = digit*power, d, roundTolerance
			if digit == 1 || digit == 10 {
				tolerance = powerTolerance
			}
		}
	}
	if within(a, nearest, tolerance) && within(b, nearest, tolerance) {
		return nearest
	}
	return Unknown
}

// within reports whether x lies no further from of than by the factor tolerance.
func within(x, of, tolerance float64) bool { return x <= of*tolerance && x*tolerance >= of }

// UnitFactor is what contracts at a stamp must be multiplied by, and their price
// divided by, to be in the unit that holds after all changes: the product of
// the factors of those after the stamp. 1 where there are none, Unknown where
// one of them is.
func UnitFactor(changes []UnitChange, stamp int64) float64 {
	factor := 1.0
	for _, c := range changes {
		if c.Time > stamp {
			factor *= c.Factor
		}
	}
	return factor
}

// Rescale gives points in the unit of the newest: what lies before a change is
// multiplied by its factor. What lies before one whose factor is not known
// cannot be compared with the rest, and is left out. Changes are those that
// UnitChanges found in points; without any it returns points themselves.
func Rescale(points []Point, changes []UnitChange) []Point {
	if len(changes) == 0 {
		return points
	}
	scaled := append([]Point(nil), points...)
	factor, later := 1.0, len(changes)-1
	for i := len(scaled) - 1; i >= 0; i-- {
		for ; later >= 0 && changes[later].Time > scaled[i].Time; later-- {
			factor *= changes[later].Factor
		}
		if !Known(factor) || factor == 0 {
			return scaled[i+1:]
		}
		if factor != 1 {
			scaled[i].Contracts *= factor
			scaled[i].Price /= factor
		}
	}
	return scaled
}

// Rescaled returns the series in the unit of its newest point, and the changes
// of unit that were undone, the oldest first; s itself and nil where there are
// none. See Rescale for what is left out.
func (s *Series) Rescaled() (*Series, []UnitChange) {
	if s.Len() == 0 {
		return s, nil
	}
	changes := s.unitChanges(0, s.Len())
	if changes == nil {
		return s, nil
	}
	return &Series{Symbol: s.Symbol, Period: s.Period, Points: Rescale(s.Points, changes), Official: s.Official}, changes
}
