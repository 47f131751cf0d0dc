package feed

import (
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/market"
	"openinterest/data/recorder"
	"openinterest/data/recorder/storetest"
)

// The market behind an address may be another one than yesterday: a replay, a
// test network. Nothing of the old one may then stand in the table.
func TestWhatIsKeptOfAnotherMarketIsNotUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ex, m := newFakeExchange(60), storetest.New()
		run(t, ex, m, func(f *Feed) {
			untilFull(t, f)
			pass(2 * time.Minute)
		})
		ex.larger = 3
		run(t, ex, m, func(f *Feed) {
			for _, q := range untilFull(t, f).Quotes {
				if n := q.History.Len(); n < 300 {
					t.Fatalf("%s has a history of %d stamps", q.Contract.Symbol, n)
				}
				for _, p := range q.History.Points {
					if p.Time <= q.History.Official && p.Contracts != 2700 {
						t.Fatalf("%s: %v contracts at %d are the other market's", q.Contract.Symbol, p.Contracts, p.Time)
					}
				}
			}
			if !m.Other {
				t.Error("the store was not told")
			}
			claims := 0
			m.Set(func() { claims = m.Claims })
			pass(30 * time.Second)
			m.Set(func() { claims = m.Claims - claims })
			if claims < 1 { // it is another one now
				t.Error("the writing of the new market's history was not claimed")
			}
		})
	})
}

// Prices, sums and funding terms of the other market leave the table, too; those
// that came in this run stay.
func TestNothingOfAnotherMarketStaysInTheTable(t *testing.T) {
	before, now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	var kept recorder.Kept
	var list []market.Contract
	for _, symbol := range []string{"AUSDT", "BUSDT"} {
		c := market.Contract{Symbol: symbol}
		list = append(list, c)
		kept.Quotes = append(kept.Quotes, &market.Quote{
			Contract: c, OpenInterest: market.OpenInterest{Contracts: 5, Received: before},
			Mark:    market.MarkPrice{Symbol: symbol, Price: 7, FundingRate: 0.1, Received: before},
			Ticker:  market.Ticker{Symbol: symbol, QuoteVolume: 9, Received: before},
			Funding: market.FundingTerms{IntervalHours: 1},
		})
	}
	tb := newTable()
	tb.recall(kept)
	tb.setContracts(list, nil, now)
	tb.setMark(market.MarkPrice{Symbol: "BUSDT", Price: 2, Time: now, Received: now})
	tb.dropKept()
	a, b := tb.symbols["AUSDT"].quote, tb.symbols["BUSDT"].quote
	if !a.OpenInterest.Received.IsZero() || !a.Mark.Received.IsZero() || !a.Ticker.Received.IsZero() || a.Funding.IntervalHours != 0 {
		t.Errorf("of the other market there is still %+v", a)
	}
	if b.Mark.Price != 2 || !b.Ticker.Received.IsZero() {
		t.Errorf("of two that had a price it is %+v", b)
	}
}
