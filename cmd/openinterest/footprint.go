package main

import (
	"context"
	"os"
	"runtime/debug"
	"time"

	"openinterest/data/market"
)

// gcPercent is how much the heap of the window grows between two collections,
// in percent of what is alive. Go's own 100 suits servers; a window that stays
// open all day beside other programs had rather be smaller. Two windows side by
// side with 517 contracts, for 90 s, twice: at 50, 195 MB and 11.5 and 14.1 % of
// a core; at 15, 187 MB and 13.0 and 15.3 %. At 100 another had 203 MB, and an
// empty window of Fyne's has 122.
const gcPercent = 50

// snapshots is where the newest snapshot is had; a feed is one.
type snapshots interface{ Snapshot() *market.Snapshot }

// keepSmall sets the pace of collections, unless the person did by GOGC.
func keepSmall() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

// freeWhenFull calls free (debug.FreeOSMemory) once, when the table is full for
// the first time, or ctx ends: filling it decodes some 20 MB of history, and the
// runtime would keep that memory for later, which does not come.
func freeWhenFull(ctx context.Context, feed snapshots, free func()) {
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case <-second.C:
			s := feed.Snapshot()
			if s != nil && s.Status.Filled() {
				free()
				return
			}
		case <-ctx.Done():
			return
		}
	}
}
