package signal

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// closeNumbers are apart by about one in 10 million, some of them equal: as close
// as the hours of a contract with billions open can be, and closer than float32
// can tell.
func closeNumbers(r *rand.Rand, n int) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = 1e9 + float64(r.IntN(10_000))/8
		if i > 0 && r.IntN(4) == 0 {
			xs[i] = xs[r.IntN(i)]
		}
	}
	return xs
}

// However close the numbers are, what a rank decides is decided as the
// definition says, and the rank that is told is off by no more than those
// numbers that agree with x in seven digits.
func TestRanksDecideExactly(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for round := range 400 {
		n := 1 + r.IntN(800)
		xs := closeNumbers(r, n)
		if round%2 == 0 {
			for i := range xs {
				xs[i] = math.Exp(r.NormFloat64()) // far apart: nothing is lost
			}
		}
		var k ranks
		k.set(newSorted(slices.Clone(xs)))
		for _, x := range xs[:min(n, 20)] {
			for _, x := range []float64{x, math.Nextafter(x, 0), math.Nextafter(x, 1e300), x * 1.1, -1} {
				got, want := k.rank(x), naiveRank(xs, x)
				if (got >= crowdedRank) != (want >= crowdedRank) {
					t.Fatalf("%d numbers, %v: rank %v, by the definition %v", n, x, got, want)
				}
				twins := 0
				for _, y := range xs {
					if y > x && float32(y) == float32(x) {
						twins++
					}
				}
				if math.Abs(got-want) > share(twins, n)+1e-9 {
					t.Fatalf("%d numbers, %v: rank %v, by the definition %v, with %d twins", n, x, got, want, twins)
				}
			}
		}
	}
}

// With numbers that nobody has, nothing panics, and a rank stays a rank.
func TestRanksOfOddNumbers(t *testing.T) {
	var none ranks
	if x := none.rank(1); !math.IsNaN(x) {
		t.Errorf("rank among none: %v", x)
	}
	var k ranks
	k.set(newSorted([]float64{1e-300, 1, 1e300, math.MaxFloat64}))
	for _, x := range []float64{-1, 1e-300, 1, 1e299, 1e300, math.MaxFloat64, math.Inf(1)} {
		if r := k.rank(x); r < 0 || r > 100 || (r >= crowdedRank) != (x >= math.MaxFloat64) {
			t.Errorf("rank of %v: %v", x, r)
		}
	}
}

// A percentile is the share of the moves that are at most x, rounded down to a
// quarter of a percent.
func TestPercentilesAreTrue(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{1, 2, 100, 401, 8640} {
		xs := make([]float64, n)
		for i := range xs {
			xs[i] = math.Round(1e4*r.NormFloat64()) / 1e6 // quiet contracts have many moves alike
		}
		all := newSorted(slices.Clone(xs))
		var q quantiles
		q.set(all)
		for _, x := range append(xs[:min(n, 200)], 0, -1, 1) {
			picked := 0
			for j := range q {
				if all.values[j*(n-1)/rarityParts] <= x {
					picked++
				}
			}
			got, want := q.percentile(x), 100*float64(max(0, picked-1))/rarityParts
			if got != want {
				t.Fatalf("of %d, %v: percentile %v, want %v", n, x, got, want)
			}
			if rank := naiveRank(xs, x); n > rarityParts && math.Abs(rank-got) > 0.5 {
				t.Errorf("of %d, %v: percentile %v, rank %v", n, x, got, rank)
			}
		}
	}
}
