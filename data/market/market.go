// Package market holds the words of the domain: contracts, quotes, series of
// open interest, the windows over which change is measured, and the snapshot
// that the feed publishes and everything else reads.
//
// There is no I/O here and no clock: time is always passed in. Three
// conventions hold in the whole program:
//
//   - A number that nobody has is Unknown (NaN), never zero. Test it with Known.
//   - Instants inside series are int64 Unix milliseconds, UTC, because the
//     exchange speaks them and a year of 5-minute points has 105,120; instants
//     elsewhere are time.Time.
//   - Percentages are percentages: 1.5 means 1.5 %. Funding rates are
//     fractions, as the exchange gives them: 0.0001 means 0.01 %.
//
// Everything reachable from a Snapshot is immutable once published.
package market

import (
	"math"
	"time"
)

// Unknown stands for a number that is not known. It is NaN, so arithmetic with
// it stays unknown and no comparison with it is ever true.
var Unknown = math.NaN()

// Known reports whether x is a number that may be shown: neither Unknown nor infinite.
func Known(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// Step is the spacing of the exchange's open-interest stamps.
const Step = 5 * time.Minute

// StepMillis is Step in the unit of Point.Time.
const StepMillis = int64(Step / time.Millisecond)

// FloorStamp returns the last 5-minute stamp at or before ms. Recorded stamps
// may lie a second or two off the grid, so stamps are floored, never compared
// for equality with what was served.
func FloorStamp(ms int64) int64 { return floorTo(ms, StepMillis) }

func floorTo(ms, step int64) int64 {
	r := ms % step
	if r < 0 {
		r += step
	}
	return ms - r
}
