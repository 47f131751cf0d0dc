package binance

import (
	"testing"
	"time"
)

// The clock goes as fast as Go's own while the machine is awake.
func TestElapsedWithSleepGoes(t *testing.T) {
	elapsed := ElapsedWithSleep()
	if elapsed == nil {
		t.Fatal("Linux has a clock that runs on in sleep")
	}
	began, from := time.Now(), elapsed()
	for time.Since(began) < 20*time.Millisecond {
	}
	if off := (elapsed() - from) - time.Since(began); off.Abs() > 5*time.Millisecond {
		t.Errorf("it is %v off after 20 ms", off)
	}
}
