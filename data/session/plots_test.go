package session

import (
	"log/slog"
	"math"
	"testing"
	"time"

	"openinterest/data/market"
)

// What charts show below the open interest is of the same market: candles close
// where the points' prices are, and there are payments.
func TestWhatStandsBelowTheOpenInterest(t *testing.T) {
	s := open(t, Options{Demo: true, DataDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	var series *market.Series
	waitFor(t, time.Minute, func() (bool, string) {
		q := s.Snapshot().Quote("BTCUSDT")
		if q == nil || q.History.Len() < 20 {
			return false, "there is no history"
		}
		series = q.History
		return true, ""
	})
	from, to := series.Points[0].Time, series.Official
	candles, err := s.Klines(t.Context(), "BTCUSDT", market.Period5m, from, to)
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, k := range candles {
		p, ok := series.At(k.Time + market.StepMillis)
		if !ok || p.Time > to {
			continue
		}
		compared++
		if math.Abs(k.Close/p.Price-1) > 1e-5 || !(k.USD > 0) {
			t.Fatalf("the candle of %d closes at %v, the point says %v; %v USD", k.Time, k.Close, p.Price, k.USD)
		}
	}
	if compared < 15 {
		t.Errorf("%d of %d candles have a point", compared, len(candles))
	}
	payments, err := s.Funding(t.Context(), "BTCUSDT", to-3*24*3600_000, to)
	if err != nil || len(payments) < 8 {
		t.Errorf("%d payments in three days, %v", len(payments), err)
	}
}
