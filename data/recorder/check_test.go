package recorder

import (
	"testing"
	"time"

	"openinterest/data/market"
)

func TestACheckAsksAcrossTheMarket(t *testing.T) {
	now := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	var quotes []*market.Quote
	for i := range 100 {
		at := now.Add(-time.Hour)
		if i%2 == 0 {
			at = now.Add(-40 * 24 * time.Hour) // the exchange forgot it
		}
		s := market.NewSeries(string(rune('A'+i)), market.Period5m, []market.Point{{Time: at.UnixMilli(), Contracts: 1, Price: 1}})
		quotes = append(quotes, &market.Quote{History: s})
	}
	called := map[string]bool{}
	for _, s := range checkable(quotes, now) {
		if s.Official < now.Add(-24*time.Hour).UnixMilli() {
			t.Error("asked for what the exchange has forgotten")
		}
		called[s.Symbol] = true
	}
	if len(called) != checkContracts {
		t.Errorf("%d contracts asked", len(called))
	}
}
