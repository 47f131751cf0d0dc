package signal

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func naiveMedian(xs []float64) float64 {
	xs = slices.Sorted(slices.Values(xs))
	n := len(xs)
	if n%2 == 1 {
		return xs[n/2]
	}
	return (xs[n/2-1] + xs[n/2]) / 2
}

func naiveMAD(xs []float64) float64 {
	m, dev := naiveMedian(xs), make([]float64, len(xs))
	for i, x := range xs {
		dev[i] = math.Abs(x - m)
	}
	return naiveMedian(dev)
}

func naiveRank(xs []float64, x float64) float64 {
	n := 0
	for _, v := range xs {
		if v <= x {
			n++
		}
	}
	return 100 * float64(n) / float64(len(xs))
}

// Numbers with many ties, so that every boundary of the searches is met.
func TestSortedAgreesWithTheDefinitions(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 3000 {
		draw := func(n int) []float64 {
			xs := make([]float64, n)
			for i := range xs {
				xs[i] = float64(r.IntN(1 + round%40))
				if round%2 == 0 {
					xs[i] = r.NormFloat64()
				}
			}
			return xs
		}
		all := draw(1 + r.IntN(30))
		s := newSorted(slices.Clone(all))
		for range 4 {
			k := r.IntN(len(all))
			in := draw(k)
			s.replace(slices.Clone(all[:k]), slices.Clone(in))
			all = append(slices.Clone(all[k:]), in...)
			if m, want := s.median(), naiveMedian(all); m != want {
				t.Fatalf("median of %v = %v, want %v", all, m, want)
			}
			if mad, want := s.mad(s.median()), naiveMAD(all); mad != want {
				t.Fatalf("MAD of %v = %v, want %v", all, mad, want)
			}
			x := all[r.IntN(len(all))]
			if got, want := s.rank(x), naiveRank(all, x); got != want {
				t.Fatalf("rank of %v in %v = %v, want %v", x, all, got, want)
			}
		}
	}
}

func BenchmarkHourOfOneStatistic(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	xs := make([]float64, 8640+12*1000)
	for i := range xs {
		xs[i] = r.NormFloat64()
	}
	s, at := newSorted(slices.Clone(xs[:8640])), 0
	out, in := make([]float64, 12), make([]float64, 12)
	for b.Loop() {
		if at+8640+12 > len(xs) {
			s, at = newSorted(slices.Clone(xs[:8640])), 0
		}
		copy(out, xs[at:])
		copy(in, xs[at+8640:])
		s.replace(out, in)
		_ = s.mad(s.median())
		at += 12
	}
}

// newSorted takes ownership of values.
func newSorted(values []float64) *sorted {
	s := &sorted{values: values}
	slices.Sort(s.values)
	return s
}
