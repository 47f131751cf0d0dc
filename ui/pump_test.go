package ui

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// While a snapshot comes every second the window is painted once a second, and
// no more: each time costs software OpenGL the whole window. Ages go on where
// the feed fell silent, and slowly where nobody can see them.
func TestTheWindowIsPaintedOnceForEachSnapshot(t *testing.T) {
	for _, c := range []struct {
		name        string
		every       time.Duration // between two snapshots; 0: none come
		hidden      bool
		least, most int // times that it is shown in a minute
	}{
		{"live", time.Second + 3*time.Millisecond, false, 59, 60},
		{"filling", 250 * time.Millisecond, false, 239, 240},
		{"silent", 0, false, 45, 60},
		{"minimised", 5*time.Second + 3*time.Millisecond, true, 11, 13},
		{"minimised, silent", 0, true, 9, 11},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			snapshots := make(chan struct{}, 1) // one slot, as the feed's
			if c.every > 0 {
				go func() {
					ticks := time.NewTicker(c.every)
					defer ticks.Stop()
					for {
						select {
						case <-ticks.C:
							snapshots <- struct{}{}
						case <-ctx.Done():
							return
						}
					}
				}()
			}
			var hidden atomic.Bool
			hidden.Store(c.hidden)
			shown, saved := 0, 0
			follow(ctx, snapshots, nil, hidden.Load, func() { saved++ }, func() { shown++ })
			if shown < c.least || shown > c.most {
				t.Errorf("%s: shown %d times in a minute, not between %d and %d", c.name, shown, c.least, c.most)
			}
			if saved < 59 {
				t.Errorf("%s: settings were saved %d times in a minute", c.name, saved)
			}
		})
	}
}
