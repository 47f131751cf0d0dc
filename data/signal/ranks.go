package signal

import (
	"math"
	"slices"
	"sort"
)

// Numbers that say where another one stands among them are kept as float32, of
// seven digits, in half the memory. Both sides are rounded before they are
// compared, and rounding keeps the order, so equal numbers stay equal and the
// place of x is off only by those numbers that agree with x in seven digits.

// upTo counts the values, in order, that are ≤ x.
func upTo(values []float32, x float64) int {
	rounded := float32(x)
	return sort.Search(len(values), func(i int) bool { return values[i] > rounded })
}

// rarityParts: a rarity is told in steps of a quarter of a percent.
const rarityParts = 400

// quantiles are evenly spaced values of many, the smallest and the largest among
// them.
type quantiles [rarityParts + 1]float32

// set takes those of s; nothing where s has none.
func (q *quantiles) set(s *sorted) {
	n := s.len()
	for j := 0; n > 0 && j < len(q); j++ {
		q[j] = float32(s.values[j*(n-1)/rarityParts])
	}
}

// percentile tells which share of the values is at most x, in %, rounded down to
// a quarter.
func (q *quantiles) percentile(x float64) float64 {
	return 100 * float64(max(0, upTo(q[:], x)-1)) / rarityParts
}

// ranks tells percentile ranks among numbers. A rank is told with three digits,
// but crowding is decided by whether it reaches crowdedRank: from where it does
// is kept to the last bit.
type ranks struct {
	values  []float32
	crowded float64 // the smallest number of that rank
}

// set takes the numbers of s, in the memory of those before.
func (r *ranks) set(s *sorted) {
	r.values = slices.Grow(r.values[:0], s.len())
	for _, x := range s.values {
		r.values = append(r.values, float32(x))
	}
	if n := s.len(); n > 0 {
		r.crowded = s.values[crowdedFrom(n)-1]
	}
}

func (r *ranks) len() int { return len(r.values) }

// rank returns the share of the numbers that are ≤ x, in percent; NaN when
// there are none.
func (r *ranks) rank(x float64) float64 {
	n := r.len()
	if n == 0 {
		return math.NaN()
	}
	i, crowded := upTo(r.values, x), crowdedFrom(n)
	if x >= r.crowded {
		i = max(i, crowded)
	} else {
		i = min(i, crowded-1)
	}
	return share(i, n)
}

// share is i of n, in percent.
func share(i, n int) float64 { return 100 * float64(i) / float64(n) }

// crowdedFrom is how many of n numbers make a rank of crowdedRank.
func crowdedFrom(n int) int {
	return 1 + sort.Search(n-1, func(i int) bool { return share(i+1, n) >= crowdedRank })
}
