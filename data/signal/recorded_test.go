package signal_test

import (
	"context"
	"fmt"
	"slices"
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
