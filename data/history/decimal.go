package history

import (
	"math"
	"math/bits"
)

// mostDecimals is how many decimal places a number may have to be kept as a
// scaled integer. The exchange gives prices at most eight. Two such numbers multiplied stay within upow10.
const mostDecimals = 9

// exactInt is the first integer that a float64 may not hold.
const exactInt = 1 << 53

var (
	pow10  [23]float64 // powers that a float64 holds exactly
	upow10 [20]uint64  // powers that a uint64 holds
)

func init() {
	f, u := 1.0, uint64(1)
	for i := range pow10 {
		pow10[i] = f
		f *= 10
	}
	for i := range upow10 {
		upow10[i] = u
		u *= 10
	}
}

// decimalOf finds the integer n and the fewest decimal places e with
// n / 10^e = x, to the last bit. Dividing two exact float64 rounds correctly,
// so what was parsed from a decimal of up to 15 digits is found again.
func decimalOf(x float64) (n int64, e int, ok bool) {
	for e = 0; e <= mostDecimals; e++ {
		r := math.Round(x * pow10[e])
		if !(math.Abs(r) < exactInt) {
			break
		}
		if r/pow10[e] == x {
			return int64(r), e, true
		}
	}
	return 0, 0, false
}

// product returns a·b / 10^e, correctly rounded: the float64 that parsing the
// exact decimal would give. It reports false outside a, b > 0, 0 ≤ e < 20 and
// a result below 2^63, where nothing that is traded lies.
func product(a, b int64, e int) (float64, bool) {
	if a <= 0 || b <= 0 || e < 0 || e >= len(upow10) {
		return 0, false
	}
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi == 0 && lo < exactInt {
		return float64(lo) / pow10[e], true
	}
	// Shift the dividend until the quotient has 63 or 64 bits. More than the
	// 53 that stay, so a remainder can be remembered in the lowest.
	d := upow10[e]
	length := bits.Len64(lo)
	if hi != 0 {
		length = 64 + bits.Len64(hi)
	}
	shift := bits.Len64(d) + 63 - length
	if shift < 0 {
		return 0, false
	}
	hi, lo = shiftLeft(hi, lo, uint(shift))
	quotient, rest := bits.Div64(hi, lo, d)
	if rest != 0 {
		quotient |= 1
	}
	return float64(quotient) * math.Float64frombits(uint64(1023-shift)<<52), true // × 2^-shift, exactly
}

func shiftLeft(hi, lo uint64, by uint) (uint64, uint64) {
	if by >= 64 {
		return lo << (by - 64), 0
	}
	return hi<<by | lo>>(64-by), lo << by
}
