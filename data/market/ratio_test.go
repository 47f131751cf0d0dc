package market

import (
	"math"
	"slices"
	"testing"
)

func TestMergingRatios(t *testing.T) {
	row := func(at int64, values ...float64) Ratios {
		r := NoRatios(at * StepMillis)
		copy(r.Values[:], values)
		return r
	}
	u := Unknown
	known := []Ratios{row(1, 1, u), row(2, 2, 2), row(4, 4, u)}
	more := []Ratios{row(0, 9), row(2, u, 3, 5), row(4, 7), row(6, u, 6)}
	want := []Ratios{row(0, 9), row(1, 1), row(2, 2, 3, 5), row(4, 7), row(6, u, 6)}
	got := MergeRatios(known, more)
	same := func(a, b Ratios) bool {
		return a.Time == b.Time && slices.EqualFunc(a.Values[:], b.Values[:], func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) })
	}
	if !slices.EqualFunc(got, want, same) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if known[1].Values[1] != 2 || !slices.EqualFunc(MergeRatios(nil, more), more, same) || !slices.EqualFunc(MergeRatios(known, nil), known, same) {
		t.Error("what was merged was changed, or nothing is something")
	}
	for _, test := range []struct{ from, to, n int64 }{{0, 9, 5}, {1, 4, 3}, {3, 3, 0}, {6, 6, 1}, {5, 1, 0}} {
		if got := RatiosBetween(want, test.from*StepMillis, test.to*StepMillis); int64(len(got)) != test.n {
			t.Errorf("%d to %d: %v", test.from, test.to, got)
		}
	}
}
