package archive

import (
	"math"
	"testing"

	"openinterest/data/history"
	"openinterest/data/market"
)

// Days that an earlier version of the program imported have no ratios. They are
// fetched again only when asked for, and once.
func TestDaysImportedBeforeAreFetchedForTheirRatiosWhenAsked(t *testing.T) {
	f := newFake()
	publish(f, "XUSDT", 6)
	s, err := history.Open(t.Context(), t.TempDir(), history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	a := f.archive(t, dayN(100))
	for n := range 4 {
		if _, err := s.SaveArchiveDay(t.Context(), history.ArchiveDay{Symbol: "XUSDT", Day: dayN(n), State: history.Imported}, nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		request       Request
		done, skipped int
		days          int // with ratios
	}{
		{Request{}, 2, 4, 2},
		{Request{Ratios: true, From: dayN(2)}, 2, 2, 4},
		{Request{Ratios: true}, 2, 4, 6},
		{Request{Ratios: true}, 0, 6, 6},
		{Request{}, 0, 6, 6},
	} {
		step.request.Symbol = "XUSDT"
		got := run(t, a, s, step.request)
		if got.Done != step.done || got.Skipped != step.skipped || got.Failed != 0 {
			t.Errorf("%+v: %d days were fetched, %d skipped", step.request, got.Done, got.Skipped)
		}
		rows, err := s.Ratios(t.Context(), "XUSDT", 0, math.MaxInt64)
		if err != nil || len(rows) != 288*step.days {
			t.Errorf("%+v: %d ratios, %v", step.request, len(rows), err)
		}
		for _, r := range rows {
			if r.Values != [market.RatioCount]float64{1.3, 1.1, 1.2, 0.95} {
				t.Fatalf("%v", r)
			}
		}
	}
}

// A file without ratios is not fetched for them again and again.
func TestAFileWithoutRatiosIsAskedForThemOnce(t *testing.T) {
	f := newFake()
	table := "create_time,symbol,sum_open_interest,sum_open_interest_value\n" + day1.Format("2006-01-02") + " 00:05:00,XUSDT,10,20\n"
	f.put("XUSDT", day1, table)
	s, err := history.Open(t.Context(), t.TempDir(), history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	a := f.archive(t, dayN(100))
	for n, want := range []int{1, 0} {
		if got := run(t, a, s, Request{Symbol: "XUSDT", Ratios: true}); got.Done != want {
			t.Errorf("time %d: %d days were fetched", n, got.Done)
		}
	}
}
