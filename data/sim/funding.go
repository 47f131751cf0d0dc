package sim

import "math"

// interest8h is the interest part of an 8-hour funding rate, 0.01 %.
const interest8h = 0.0001

// fundingRate is the rate that the funding after ms is heading for, per
// funding interval, a fraction.
//
// The exchange's formula is used: rate = premium + clamp(interest − premium,
// ±0.05 %), so that a premium near zero gives exactly the interest. The
// premium is a slow noise plus what events add.
func (c *contract) fundingRate(ms int64, felt effect) float64 {
	hours := float64(ms) / 3.6e6
	swing := noise(c.own.seed+0x66, hours/70) + 0.6*noise(c.own.seed+0x67, hours/13) + 0.25*noise(c.own.seed+0x68, hours/2.5)
	premium := c.lean + c.premium*swing*math.Abs(swing)*0.6 + 1.25*felt.crowding
	rate := premium + min(0.0005, max(-0.0005, interest8h-premium))
	rate *= float64(c.fundingHours) / 8
	return round(min(c.fundingCap, max(-c.fundingCap, rate)), 8)
}

// fundingMillis is the time between fundings.
func (c *contract) fundingMillis() int64 { return int64(c.fundingHours) * 3_600_000 }

// nextFunding is the first funding after ms.
func (c *contract) nextFunding(ms int64) int64 {
	return floor(ms, c.fundingMillis()) + c.fundingMillis()
}

// floor rounds down to a multiple of step.
func floor(ms, step int64) int64 {
	r := ms % step
	if r < 0 {
		r += step
	}
	return ms - r
}
