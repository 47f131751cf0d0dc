package market

import (
	"strconv"
	"time"
)

// Window is a span over which change is measured.
type Window time.Duration

// The windows of the table and of the signals.
const (
	Window5m  = Window(5 * time.Minute)
	Window15m = Window(15 * time.Minute)
	Window1h  = Window(time.Hour)
	Window4h  = Window(4 * time.Hour)
	Window24h = Window(24 * time.Hour)
	Window7d  = Window(7 * 24 * time.Hour)
)

// Millis returns the window's length in milliseconds.
func (w Window) Millis() int64 { return time.Duration(w).Milliseconds() }

// String names the window the way traders do: "5m", "4h", "7d".
func (w Window) String() string { return spanName(time.Duration(w)) }

// Range is a span of time that a chart shows, counted back from now.
// RangeAll means everything there is.
type Range time.Duration

// The ranges a chart offers.
const (
	Range4h  = Range(4 * time.Hour)
	Range24h = Range(24 * time.Hour)
	Range3d  = Range(3 * 24 * time.Hour)
	Range7d  = Range(7 * 24 * time.Hour)
	Range14d = Range(14 * 24 * time.Hour)
	Range30d = Range(30 * 24 * time.Hour)
	Range90d = Range(90 * 24 * time.Hour)
	Range1y  = Range(365 * 24 * time.Hour)
	RangeAll = Range(1<<63 - 1)
)

// String names the range as its button does: "4h", "30d", "1y", "All".
func (r Range) String() string {
	switch r {
	case RangeAll:
		return "All"
	case Range1y:
		return "1y"
	}
	return spanName(time.Duration(r))
}

// Period is the spacing of the points of a series.
type Period time.Duration

// The periods that the exchange serves open-interest history in.
const (
	Period5m  = Period(5 * time.Minute)
	Period15m = Period(15 * time.Minute)
	Period30m = Period(30 * time.Minute)
	Period1h  = Period(time.Hour)
	Period2h  = Period(2 * time.Hour)
	Period4h  = Period(4 * time.Hour)
	Period6h  = Period(6 * time.Hour)
	Period12h = Period(12 * time.Hour)
	Period1d  = Period(24 * time.Hour)
)

// Millis returns the period's length in milliseconds.
func (p Period) Millis() int64 { return time.Duration(p).Milliseconds() }

// String is the exchange's name of the period: "5m", "1h", "1d".
func (p Period) String() string {
	if p == Period1d {
		return "1d"
	}
	return spanName(time.Duration(p))
}

// spanName writes a span of whole minutes, hours or days in its largest unit.
func spanName(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d == day: // the field says "24h" of windows and ranges, "1d" only of periods
		return "24h"
	case d >= day && d%day == 0:
		return strconv.Itoa(int(d/day)) + "d"
	case d >= time.Hour && d%time.Hour == 0:
		return strconv.Itoa(int(d/time.Hour)) + "h"
	default:
		return strconv.Itoa(int(d/time.Minute)) + "m"
	}
}
