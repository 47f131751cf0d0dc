package market

import (
	"testing"
	"time"
)

func TestFundingTermsFit(t *testing.T) {
	day := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	at := func(hours float64) time.Time { return day.Add(time.Duration(hours * float64(time.Hour))) }
	for _, test := range []struct {
		interval  int
		next, now time.Time
		fits      bool
	}{
		{8, at(8), time.Time{}, true},
		{8, at(16), at(8.1), true},
		{8, at(24), at(23.9), true},
		{8, at(8).Add(3 * time.Millisecond), at(1), true}, // stamps are some ms late
		{8, at(8).Add(-3 * time.Millisecond), at(1), true},
		{8, at(9), time.Time{}, false}, // now 1 h
		{8, at(4), time.Time{}, false}, // now 4 h
		{8, at(8.5), time.Time{}, false},
		{4, at(4), at(3), true},
		{4, at(20), at(16), true},
		{4, at(21), time.Time{}, false},
		{4, at(8), at(1), false}, // 8 h again: on the grid, but too far off
		{1, at(5), at(4.2), true},
		{1, at(8), at(1), false},
		{1, at(8), time.Time{}, true}, // nobody knows how far off that is
		{24, at(24), at(1), true},
		{24, at(8), at(1), false},
		{8, at(8).In(time.FixedZone("", 5*3600+1800)), at(1), true}, // the grid is UTC's
		{0, at(8), at(1), false},
	} {
		if got := (FundingTerms{IntervalHours: test.interval}).Fits(test.next, test.now); got != test.fits {
			t.Errorf("each %d h, next %s, now %s: fits %v", test.interval, test.next, test.now, got)
		}
	}
}
