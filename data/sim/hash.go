package sim

import "math"

// The market is drawn from hashes, not from a random generator with state, so
// that any instant can be computed alone. mix is the finaliser of SplitMix64
// (Steele, Lea, Flood 2014), a bijection that passes the usual batteries.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// key folds numbers into a seed. The order matters.
func key(seed uint64, parts ...uint64) uint64 {
	for _, p := range parts {
		seed = mix(seed ^ mix(p))
	}
	return seed
}

// keyOf folds a string into a seed (FNV-1a, then mixed).
func keyOf(seed uint64, s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return mix(seed ^ h)
}

// uniform turns a hash into a number in [0, 1).
func uniform(h uint64) float64 { return float64(h>>11) / (1 << 53) }

// between turns a hash into a number in [lo, hi).
func between(h uint64, lo, hi float64) float64 { return lo + (hi-lo)*uniform(h) }

// pick turns a hash into an index below n.
func pick(h uint64, n int) int { return int(uniform(h) * float64(n)) }

// gauss turns a hash into a nearly normal number, mean 0 and variance 1: the
// sum of four uniform 16-bit numbers, which never leaves ±3.47. That is no
// loss: the market's fat tails come from its volatility, not from here.
func gauss(h uint64) float64 {
	sum := (h & 0xffff) + (h >> 16 & 0xffff) + (h >> 32 & 0xffff) + h>>48
	const unit = 65536
	return (float64(sum) - 2*(unit-1)) / (unit * 0.57735026918962576) // √(4/12)
}

// noise is value noise: hashed values on the integers, joined by a smooth
// step. Its variance between integers is a little below 1.
func noise(seed uint64, x float64) float64 {
	f := math.Floor(x)
	i := uint64(int64(f))
	w := smooth(x - f)
	return gauss(mix(seed^mix(i)))*(1-w) + gauss(mix(seed^mix(i+1)))*w
}

// smooth is the cubic step: 0 below 0, 1 above 1, level at both ends.
func smooth(x float64) float64 {
	switch {
	case x <= 0:
		return 0
	case x >= 1:
		return 1
	}
	return x * x * (3 - 2*x)
}
