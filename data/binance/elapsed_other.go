//go:build !linux

package binance

import "time"

// ElapsedWithSleep is for Options.Elapsed. On this system there is no clock
// that runs on while the machine sleeps; the wall clock's movement tells of a
// sleep, once an answer of the exchange agrees with it.
func ElapsedWithSleep() func() time.Duration { return nil }
