package signal_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/data/recorded"
	"openinterest/data/signal"
)

func recordedInput(t testing.TB, symbol string) *signal.Input {
	return &signal.Input{Symbol: symbol, Points: recorded.Series(t, symbol).Points, Volume: market.Unknown, Terms: market.DefaultFundingTerms()}
}

func firings(events []signal.Event) []firing {
	var out []firing
	for _, e := range events {
		out = append(out, firing{e.Time.UnixMilli(), string(e.Kind)})
	}
	sortFirings(out)
	return out
}

// The events on the recordings are those that a straightforward reading of the
// definition finds: none missed, none invented, flushes among them.
func TestEventsOnRecordingsAgreeWithTheText(t *testing.T) {
	want := map[string][2]int{"BTCUSDT": {307, 7}, "SOLUSDT": {365, 6}, "DOGEUSDT": {389, 14}} // all, flushes
	for symbol, counts := range want {
		t.Run(symbol, func(t *testing.T) {
			t.Parallel()
			in := recordedInput(t, symbol)
			events, _, err := signal.Walk(context.Background(), in)
			if err != nil {
				t.Fatal(err)
			}
			got, plain := firings(events), newNaive(in).events()
			if !slices.Equal(got, plain) {
				t.Errorf("%d events, the text gives %d:\n%s", len(got), len(plain), difference(got, plain))
			}
			flushes := 0
			for _, e := range events {
				if e.Kind == signal.Flush1h {
					flushes++
					t.Logf("flush %s: open interest %+.2f %% (z %.1f), price %+.2f %% (z %.1f)", e.Time.Format(time.RFC3339),
						e.Evidence.OpenInterest.Pct, e.Evidence.OpenInterest.Z, e.Evidence.Price.Pct, e.Evidence.Price.Z)
				}
			}
			if len(got) != counts[0] || flushes != counts[1] {
				t.Errorf("%d events, %d flushes; want %v", len(got), flushes, counts)
			}
		})
	}
}

func difference(a, b []firing) (s string) {
	for _, f := range a {
		if !slices.Contains(b, f) {
			s += fmt.Sprintf("only here: %s %s\n", time.UnixMilli(f.time).UTC(), f.kind)
		}
	}
	for _, f := range b {
		if !slices.Contains(a, f) {
			s += fmt.Sprintf("only in the text: %s %s\n", time.UnixMilli(f.time).UTC(), f.kind)
		}
	}
	return s
}

// recordedFunding are the payments of a contract as they were recorded.
func recordedFunding(t testing.TB, symbol string) []market.FundingPoint {
	t.Helper()
	var paid []market.FundingPoint
	for _, row := range recorded.Rows(t, symbol+"_funding.csv") {
		at, err := strconv.ParseInt(row[0], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		paid = append(paid, market.FundingPoint{Time: at, Rate: recorded.Number(t, row[1])})
	}
	return paid
}

// With the funding that was paid, crowding is found as the text says, and nothing
// else changes.
func TestCrowdingOnRecordedFundingAgreesWithTheText(t *testing.T) {
	want := map[string]int{"BTCUSDT": 0, "SOLUSDT": 2, "DOGEUSDT": 1} // of crowding
	for symbol, count := range want {
		t.Run(symbol, func(t *testing.T) {
			t.Parallel()
			in := recordedInput(t, symbol)
			without, _, err := signal.Walk(context.Background(), in)
			if err != nil {
				t.Fatal(err)
			}
			in.Funding = recordedFunding(t, symbol)
			events, _, err := signal.Walk(context.Background(), in)
			if err != nil {
				t.Fatal(err)
			}
			got, plain := firings(events), newNaive(in).events()
			if !slices.Equal(got, plain) {
				t.Errorf("%d events, the text gives %d:\n%s", len(got), len(plain), difference(got, plain))
			}
			crowded := func(f firing) bool {
				return f.kind == string(signal.CrowdedLongs) || f.kind == string(signal.CrowdedShorts)
			}
			if n := len(got) - len(without); n != count {
				t.Errorf("%d events of crowding, want %d", n, count)
			}
			for _, f := range got {
				if crowded(f) {
					t.Logf("%s %s", time.UnixMilli(f.time).UTC(), f.kind)
				}
			}
			if rest := slices.DeleteFunc(slices.Clone(got), crowded); !slices.Equal(rest, firings(without)) {
				t.Errorf("funding changes other events:\n%s", difference(rest, firings(without)))
			}
		})
	}
}
