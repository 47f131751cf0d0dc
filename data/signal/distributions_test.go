package signal

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// near compares relatively, and absolutely below a size at which the reference
// itself has no digits left.
func near(got, want, digits, floor float64) bool {
	return math.Abs(got-want) <= max(digits*math.Abs(want), floor)
}

var degrees = []float64{0.1, 0.5, 1, 1.7, 2, 3, 4.5, 9, 29, 120, 1e3, 1e4, 1e6}

func TestTailsAgreeWithTheReference(t *testing.T) {
	for _, x := range []float64{0, 1e-12, 1e-6, 1e-3, 0.1, 0.5, 1, 1.96, 2.5758, 3, 5, 8, 20, 40, 1e3, 1e8} {
		for _, sign := range []float64{1, -1} {
			// The reference is 1 − erf, which has no digits of its own below 1e-16.
			if got, want := normalTails(sign*x), 2*distuv.UnitNormal.Survival(x); !near(got, want, 1e-12, 3e-16) {
				t.Errorf("normal tails beyond %v: %v, want %v", sign*x, got, want)
			}
			for _, nu := range degrees {
				if got, want := studentTails(nu, sign*x), 2*(distuv.StudentsT{Sigma: 1, Nu: nu}).Survival(x); !near(got, want, 1e-12, 0) {
					t.Errorf("Student's tails of %v beyond %v: %v, want %v", nu, sign*x, got, want)
				}
			}
		}
	}
}

func TestQuantilesAgreeWithTheReference(t *testing.T) {
	for _, confidence := range []float64{1e-9, 1e-3, 0.1, 0.5, 0.8, 0.95, 0.99, 0.999, 1 - 1e-6, 1 - 1e-9} {
		upper := 1 - (1-confidence)/2
		// 1 − p loses what p has not: half a unit of 1, over what is left of it.
		loss := 1e-12 + 4e-16/(1-confidence)
		if got, want := normalQuantile(confidence), distuv.UnitNormal.Quantile(upper); !near(got, want, loss, 1e-15) {
			t.Errorf("normal quantile at %v: %v, want %v", confidence, got, want)
		}
		for _, nu := range degrees {
			got, want := studentQuantile(nu, confidence), distuv.StudentsT{Sigma: 1, Nu: nu}.Quantile(upper)
			if !near(got, want, loss/min(1, nu), 1e-7) {
				t.Errorf("Student's quantile of %v at %v: %v, want %v", nu, confidence, got, want)
			}
		}
	}
}

// From tables, so that the reference is not the only source: the NIST/SEMATECH
// e-Handbook of Statistical Methods, 1.3.6.7.1 and 1.3.6.7.2, and tails too far
// out for a 1 − p (Abramowitz & Stegun 1964, table 26.2).
func TestDistributionsMatchTables(t *testing.T) {
	closeTo(t, "z", Number(normal), 1.959963984540054, 1e-15)
	for nu, want := range map[float64]float64{1: 12.706, 2: 4.303, 5: 2.571, 10: 2.228, 30: 2.042, 100: 1.984} {
		closeTo(t, "t", Number(studentQuantile(nu, confidence)), want, 5e-4)
	}
	closeTo(t, "−log₁₀ of the tail beyond 10", Number(-math.Log10(normalTails(10)/2)), 23.11805, 5e-6)
	closeTo(t, "−log₁₀ of the tail beyond 30", Number(-math.Log10(normalTails(30)/2)), 197.30921, 5e-6)
}

func TestMeanAndVarianceAgreeWithTheReference(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{2, 3, 10, 1000} {
		for _, far := range []float64{0, 1, 1e9} { // a plain sum of squares fails far from zero
			xs := make([]float64, n)
			for i := range xs {
				xs[i] = far + r.NormFloat64()
			}
			mean, variance := meanVariance(xs)
			wantMean, want := stat.MeanVariance(xs, nil)
			if !near(mean, wantMean, 1e-14, 1e-14) || !near(variance, want, 1e-9, 0) {
				t.Errorf("%d values about %v: %v ± %v, want %v ± %v", n, far, mean, variance, wantMean, want)
			}
		}
	}
	if _, v := meanVariance([]float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.1}); !(v >= 0 && v < 1e-30) {
		t.Errorf("equal values have variance %v", v)
	}
	if _, v := meanVariance([]float64{1}); !math.IsNaN(v) {
		t.Errorf("one value has variance %v", v)
	}
}
