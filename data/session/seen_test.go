package session

import (
	"log/slog"
	"math"
	"slices"
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/data/sim"
)

// What the store has and what this run has seen are one, and nothing is there twice.
func TestLiquidationsAreThoseKeptAndThoseOfThisRun(t *testing.T) {
	s, err := sim.Start(t.Context(), sim.Options{Contracts: 200, StreamEvery: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	o := Options{RESTURL: s.RESTURL(), StreamURL: s.StreamURL(), DataDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)}
	seen := func(session *Session) (all []market.Liquidation, spans []market.Span) {
		t.Helper()
		all, spans, err := session.Liquidations(t.Context(), "", 0, math.MaxInt64/2)
		if err != nil {
			t.Fatal(err)
		}
		for i := range all {
			if i > 0 && (all[i].Time.Before(all[i-1].Time) || all[i] == all[i-1]) {
				t.Fatalf("%+v follows %+v", all[i], all[i-1])
			}
		}
		return all, spans
	}
	first := open(t, o)
	waitFor(t, 30*time.Second, func() (bool, string) {
		kept, _, err := first.store.liquidations(t.Context(), "", 0, math.MaxInt64/2)
		return err == nil && len(kept) > 2, "nothing was kept"
	})
	first.Close()
	kept, _, err := open(t, o).store.liquidations(t.Context(), "", 0, math.MaxInt64/2)
	if err != nil {
		t.Fatal(err)
	}
	second := open(t, o)
	defer second.Close()
	waitFor(t, 30*time.Second, func() (bool, string) {
		news, _ := second.LiquidationsAfter(0)
		_, spans := seen(second)
		return len(news) > 0 && len(spans) >= 2, "nothing is seen"
	})
	all, _ := seen(second)
	for _, l := range kept {
		if !slices.ContainsFunc(all, func(a market.Liquidation) bool {
			return a.Symbol == l.Symbol && a.Time.Equal(l.Time) && a.Price == l.Price
		}) {
			t.Errorf("%+v is lost", l)
		}
	}
	waitFor(t, 10*time.Second, func() (bool, string) { // what is kept counts in the table
		sum, has := 0, second.Snapshot()
		for _, q := range has.Quotes {
			sum += q.Liquidations.Day.Count
		}
		return sum >= len(kept), "the table does not count what is kept"
	})
}
