package sim

import (
	"math"
	"testing"
	"time"
)

// The past is what the exchange serves, reaching further back.
func TestThePastIsWhatTheHistoryServes(t *testing.T) {
	s := started(t)
	now := s.options.Now()
	series, err := s.Series(t.Context(), "BTCUSDT", now.Add(-31*24*time.Hour).UnixMilli(), now.UnixMilli())
	if err != nil || series.Len() != 31*288+1 && series.Len() != 31*288 {
		t.Fatalf("%d stamps of 31 days, %v", series.Len(), err)
	}
	for _, p := range series.Points[series.Len()-300:] {
		q, price, ok := s.Truth("BTCUSDT", time.UnixMilli(p.Time))
		if !ok || q != p.Contracts || price != p.Price {
			t.Fatalf("at %d: %v × %v, the truth is %v × %v", p.Time, p.Contracts, p.Price, q, price)
		}
	}
	funding, err := s.Funding(t.Context(), "BTCUSDT", now.Add(-31*24*time.Hour).UnixMilli(), now.UnixMilli())
	if err != nil || len(funding) < 30*3 {
		t.Fatalf("%d payments, %v", len(funding), err)
	}
	served := ask[[]struct {
		FundingTime int64
		FundingRate decimal
	}](t, s, "/fapi/v1/fundingRate?symbol=BTCUSDT&limit=50")
	for i, p := range funding[len(funding)-len(served):] {
		if p.Time != served[i].FundingTime || math.Abs(p.Rate-float64(served[i].FundingRate)) > 1e-12 {
			t.Errorf("payment %d: %+v, served %+v", i, p, served[i])
		}
	}
	if gone, err := s.Series(t.Context(), "NOSUCH", 0, now.UnixMilli()); err != nil || gone.Len() != 0 {
		t.Errorf("of an unknown contract: %d, %v", gone.Len(), err)
	}
}

func BenchmarkPast31Days(b *testing.B) {
	s := started(b)
	now := s.options.Now().UnixMilli()
	for b.Loop() {
		if x, _ := s.Series(b.Context(), "SOLUSDT", now-31*dayMillis, now); x.Len() == 0 {
			b.Fatal("nothing")
		}
	}
}
