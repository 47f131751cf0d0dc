package signal

import (
	"math"
	"slices"
)

// madToSigma makes the median absolute deviation estimate the standard
// deviation of normally distributed values.
const madToSigma = 1.4826

// sorted is a multiset of numbers kept in order, so that medians, deviations
// and ranks are found by search. Walking a year of hours, each hour twelve
// numbers leave and twelve come; replace moves what lies between as blocks,
// which is several times faster than sorting anew or than a tree.
type sorted struct {
	values []float64
	spare  []float64
}

// replace takes the numbers of out away, each of which must be present, and
// adds those of in. It sorts both.
func (s *sorted) replace(out, in []float64) {
	if len(out) == 0 && len(in) == 0 {
		return
	}
	slices.Sort(out)
	slices.Sort(in)
	if len(s.values) == 0 {
		s.values = append(s.values, in...)
		return
	}
	src, dst := s.values, slices.Grow(s.spare[:0], len(s.values)+len(in))
	for len(out) > 0 || len(in) > 0 {
		if len(in) == 0 || len(out) > 0 && out[0] <= in[0] {
			i, _ := slices.BinarySearch(src, out[0])
			dst, src, out = append(dst, src[:i]...), src[i+1:], out[1:]
			continue
		}
		i, _ := slices.BinarySearch(src, in[0])
		dst, src, in = append(append(dst, src[:i]...), in[0]), src[i:], in[1:]
	}
	s.values, s.spare = append(dst, src...), s.values
}

// clear takes all numbers away and keeps the memory.
func (s *sorted) clear() { s.values = s.values[:0] }

func (s *sorted) len() int { return len(s.values) }

// median is the middle number, or the mean of the two in the middle.
func (s *sorted) median() float64 {
	n := len(s.values)
	if n == 0 {
		return math.NaN()
	}
	if n%2 == 1 {
		return s.values[n/2]
	}
	return (s.values[n/2-1] + s.values[n/2]) / 2
}

// mad is the median of |x − m|, without computing all of those: to the left
// and to the right of m the deviations are in order already, so the k-th
// smallest is found by asking how many come from the right.
func (s *sorted) mad(m float64) float64 {
	n := len(s.values)
	if n == 0 {
		return math.NaN()
	}
	if n%2 == 1 {
		return s.deviation(m, n/2)
	}
	return (s.deviation(m, n/2-1) + s.deviation(m, n/2)) / 2
}

// deviation returns the k-th smallest |x − m|, counting from 0.
func (s *sorted) deviation(m float64, k int) float64 {
	mid, _ := slices.BinarySearch(s.values, m)
	left, right := mid, len(s.values)-mid // numbers below m, and from m up
	below := func(i int) float64 { return m - s.values[mid-1-i] }
	above := func(i int) float64 { return s.values[mid+i] - m }
	// The smallest number r of deviations from the right such that the k
	// smallest of all are r from the right and k − r from the left.
	lo, hi := max(0, k-left), min(k, right)
	for lo < hi {
		r := (lo + hi) / 2
		if k-r-1 >= 0 && below(k-r-1) > above(r) {
			lo = r + 1
		} else {
			hi = r
		}
	}
	next := math.Inf(1)
	if lo < right {
		next = above(lo)
	}
	if k-lo < left {
		next = math.Min(next, below(k-lo))
	}
	return next
}

// rank returns the share of the numbers that are ≤ x, in percent; NaN when
// there are none.
func (s *sorted) rank(x float64) float64 {
	if len(s.values) == 0 {
		return math.NaN()
	}
	i, _ := slices.BinarySearchFunc(s.values, x, func(v, x float64) int {
		if v <= x {
			return -1
		}
		return 1
	})
	return share(i, len(s.values))
}
