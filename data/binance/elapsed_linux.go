package binance

import (
	"time"

	"golang.org/x/sys/unix"
)

// ElapsedWithSleep is for Options.Elapsed: a clock that runs on while the
// machine sleeps, so that ages are true from the first moment after it, also
// where the exchange cannot be reached yet. Nil where there is no such clock.
func ElapsedWithSleep() func() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &t) != nil {
		return nil
	}
	return func() time.Duration {
		var t unix.Timespec
		_ = unix.ClockGettime(unix.CLOCK_BOOTTIME, &t) // it did not fail before
		return time.Duration(t.Nano())
	}
}
