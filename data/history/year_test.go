package history

import (
	"math"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"
)

// TestAYearOfTheMarket keeps a year of as many contracts as OI_YEAR says, and
// tells what that takes. Without the variable it keeps one.
func TestAYearOfTheMarket(t *testing.T) {
	many := 1
	if n, err := strconv.Atoi(os.Getenv("OI_YEAR")); err == nil {
		many = n
	}
	dir := t.TempDir()
	s := openStore(t, dir)
	const points = 365 * dayStamps
	var writing time.Duration
	for number := range many {
		rows := rowsOf(symbolOf(number), invent(number, 0, points))
		start := time.Now()
		save(t, s, rows)
		writing += time.Since(start)
	}
	perPoint := float64(fileSize(t, s)) / float64(points*many)
	start := time.Now()
	s.Close()
	s = openStore(t, dir)
	opening := time.Since(start)
	start = time.Now()
	if recent, err := s.Recent(t.Context(), 500); err != nil || len(recent) != many || recent[symbolOf(0)].Len() != 500 {
		t.Fatal(len(recent), err)
	}
	warm := time.Since(start)
	slowest := time.Duration(0)
	for number := 0; number < many; number += 1 + many/20 {
		start = time.Now()
		got, err := s.Series(t.Context(), symbolOf(number), 0, math.MaxInt64)
		if err != nil || got.Len() != points {
			t.Fatal(got.Len(), err)
		}
		slowest = max(slowest, time.Since(start))
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	t.Logf("%d contracts, %d points: %.2f bytes a point on disk; written in %v; reopened in %v; last 500 stamps of all in %v; "+
		"slowest year in %v; %d MB from the system", many, points*many, perPoint, writing, opening, warm, slowest, memory.Sys>>20)
	if perPoint > 8 {
		t.Errorf("%.2f bytes a point", perPoint)
	}
}
