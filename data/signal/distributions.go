package signal

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// The few statistics that intervals and tests need. gonum.org/v1/gonum/stat has
// them all, and brings linear algebra along that takes megabytes of a window
// left open all day; the special functions behind them come alone. The tests
// hold these against it.

// normalQuantile is the two-sided z of a confidence: 1.96 at 95 %.
func normalQuantile(confidence float64) float64 { return math.Sqrt2 * math.Erfinv(confidence) }

// normalTails is the chance of a standard normal number at least as far from
// zero as z: erfc(|z|/√2) (NIST Digital Library of Mathematical Functions, 7.20.1).
func normalTails(z float64) float64 { return math.Erfc(math.Abs(z) / math.Sqrt2) }

// Student's t with nu degrees of freedom: P(|T| ≥ t) = I_x(nu/2, 1/2) with
// x = nu/(nu + t²), I being the regularized incomplete beta function
// (Abramowitz & Stegun 1964, 26.7.1 and 26.5.27).

// studentTails is the chance of a t at least as far from zero.
func studentTails(nu, t float64) float64 { return mathext.RegIncBeta(nu/2, 0.5, nu/(nu+t*t)) }

// studentQuantile is the t that a confidence reaches to on both sides.
func studentQuantile(nu, confidence float64) float64 {
	x := mathext.InvRegIncBeta(nu/2, 0.5, 1-confidence)
	return math.Sqrt(nu * (1 - x) / x)
}

// meanVariance is the mean, and the unbiased variance of one value about it, NaN
// for fewer than two. It takes two passes, because a sum of squares far from
// zero has no digits left for what they differ by.
func meanVariance(xs []float64) (mean, variance float64) {
	n := float64(len(xs))
	for _, x := range xs {
		mean += x
	}
	mean /= n
	for _, x := range xs {
		variance += (x - mean) * (x - mean)
	}
	return mean, variance / (n - 1)
}
