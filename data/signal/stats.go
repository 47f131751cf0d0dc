package signal

import (
	"math"
	"slices"
)

// confidence of every interval, two-sided.
const confidence = 0.95

var normal = normalQuantile(confidence) // 1.96

// Interval is an estimate with its 95 % confidence interval; unknown where
// there is too little to estimate from.
type Interval struct {
	Value Number `json:"value"`
	Low   Number `json:"low"`
	High  Number `json:"high"`
}

var noInterval = Interval{unknown, unknown, unknown}

// Holds reports whether x lies in the interval; an unknown one holds everything.
func (i Interval) Holds(x float64) bool {
	return !(float64(i.Low) > x) && !(float64(i.High) < x)
}

// Wilson is the share hits/n with Wilson's score interval (1927), which keeps
// its coverage for small n and for shares near 0 and 1.
func Wilson(hits, n float64) Interval {
	if !(n > 0) {
		return noInterval
	}
	p, z2 := hits/n, normal*normal
	centre := (p + z2/(2*n)) / (1 + z2/n)
	half := normal / (1 + z2/n) * math.Sqrt(p*(1-p)/n+z2/(4*n*n))
	return Interval{Number(p), Number(max(0, centre-half)), Number(min(1, centre+half))}
}

// MeanInterval is the mean of independent values with Student's t interval;
// the interval is unknown for fewer than two.
func MeanInterval(xs []float64) Interval {
	if len(xs) == 0 {
		return noInterval
	}
	mean, variance := meanVariance(xs)
	if len(xs) == 1 {
		return Interval{Number(mean), unknown, unknown}
	}
	n := float64(len(xs))
	half := studentQuantile(n-1, confidence) * math.Sqrt(variance/n)
	return Interval{Number(mean), Number(mean - half), Number(mean + half)}
}

// Difference is a − b with the interval that follows from those of both
// (Newcombe 1998, method 10, when they are Wilson's; the same square-and-add
// for t intervals).
func Difference(a, b Interval) Interval {
	d := a.Value - b.Value
	return Interval{d,
		d - Number(math.Hypot(float64(a.Value-a.Low), float64(b.High-b.Value))),
		d + Number(math.Hypot(float64(a.High-a.Value), float64(b.Value-b.Low)))}
}

// proportionsP is the two-sided p-value of equal shares (the score test that
// Newcombe's interval goes with).
func proportionsP(hits1, n1, hits2, n2 float64) float64 {
	p := (hits1 + hits2) / (n1 + n2)
	se := math.Sqrt(p * (1 - p) * (1/n1 + 1/n2))
	if !(se > 0) {
		return 1
	}
	return normalTails((hits1/n1 - hits2/n2) / se)
}

// meansP is the two-sided p-value of equal means, by Welch's t test.
func meansP(a, b []float64) float64 {
	if len(a) < 2 || len(b) < 2 {
		return 1
	}
	meanA, varA := meanVariance(a)
	meanB, varB := meanVariance(b)
	ea, eb := varA/float64(len(a)), varB/float64(len(b))
	if !(ea+eb > 0) {
		return 1
	}
	nu := (ea + eb) * (ea + eb) / (ea*ea/float64(len(a)-1) + eb*eb/float64(len(b)-1))
	return studentTails(nu, (meanA-meanB)/math.Sqrt(ea+eb))
}

// BenjaminiHochberg turns p-values into q-values: calling everything with
// q < 0.10 a finding makes at most a tenth of the findings false, on average.
// Unknown p-values stay unknown and count for nothing.
func BenjaminiHochberg(p []float64) []float64 {
	q := make([]float64, len(p))
	var order []int
	for i, x := range p {
		q[i] = math.NaN()
		if !math.IsNaN(x) {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		if p[a] < p[b] {
			return -1
		} else if p[a] > p[b] {
			return 1
		}
		return 0
	})
	least, m := 1.0, float64(len(order))
	for k := len(order) - 1; k >= 0; k-- {
		least = min(least, p[order[k]]*m/float64(k+1))
		q[order[k]] = least
	}
	return q
}
