package watch

import (
	"testing"
	"time"

	"openinterest/data/market"
)

// Whoever lists signals works when a stamp has closed or the board is another, not
// with every price.
func TestAFingerprintIsOfStampsAndBoard(t *testing.T) {
	stamp := time.Unix(1_750_000_200, 0).UnixMilli() / market.StepMillis * market.StepMillis
	quote := func(price float64, stamps ...int64) *market.Quote {
		var points []market.Point
		for _, at := range stamps {
			points = append(points, market.Point{Time: at, Contracts: 1, Price: 1})
		}
		return &market.Quote{Mark: market.MarkPrice{Price: price}, History: market.NewSeries("BTCUSDT", market.Period5m, points)}
	}
	of := func(b *Board, q ...*market.Quote) Fingerprint {
		return FingerprintOf(market.NewSnapshot(market.Snapshot{Quotes: q}), b)
	}
	first := of(nil, quote(1, stamp))
	if of(nil, quote(2, stamp)) != first {
		t.Error("another price is another market")
	}
	for what, other := range map[string]Fingerprint{
		"a stamp that closed": of(nil, quote(1, stamp, stamp+market.StepMillis)),
		"a stamp that moved":  of(nil, quote(1, stamp+market.StepMillis)),
		"a contract":          of(nil, quote(1, stamp), quote(1)),
		"a board":             of(&Board{}, quote(1, stamp)),
	} {
		if other == first {
			t.Errorf("%s changes nothing", what)
		}
	}
}
