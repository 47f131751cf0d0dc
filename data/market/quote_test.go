package market_test

import (
	"math"
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/data/recorded"
)

func at(hour, minute, second int) time.Time {
	return time.Date(2026, 1, 2, hour, minute, second, 0, time.UTC)
}

func quoteAt(now time.Time, points ...market.Point) *market.Quote {
	return &market.Quote{
		OpenInterest: market.OpenInterest{Contracts: 110, Received: now},
		Mark:         market.MarkPrice{Price: 50, FundingRate: 0.0001, Received: now},
		Ticker:       market.Ticker{PriceChangePct: -3, QuoteVolume: 2_200, Received: now},
		Funding:      market.FundingTerms{IntervalHours: 8},
		History:      market.NewSeries("X", market.Period5m, points),
	}
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*math.Max(1, math.Abs(want)) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func TestChangeComparesWithTheStampAtOrBeforeTheWindow(t *testing.T) {
	now := at(12, 7, 30) // 1 h ago is 11:07:30, so the stamp is 11:05
	q := quoteAt(now,
		market.Point{Time: at(11, 0, 0).UnixMilli(), Contracts: 1, Price: 1},
		market.Point{Time: at(11, 5, 0).UnixMilli(), Contracts: 100, Price: 40},
		market.Point{Time: at(11, 10, 0).UnixMilli(), Contracts: 1, Price: 1})
	near(t, "open interest change", q.OpenInterestChange(market.Window1h), 10)
	near(t, "price change", q.PriceChange(market.Window1h), 25)
}

func TestChangeIsUnknownWhereTheStampIsMissing(t *testing.T) {
	now := at(12, 7, 30)
	q := quoteAt(now, market.Point{Time: at(11, 0, 0).UnixMilli(), Contracts: 100, Price: 40})
	if x := q.OpenInterestChange(market.Window1h); market.Known(x) {
		t.Errorf("change over a missing stamp = %v; a neighbour must not stand in", x)
	}
	q.OpenInterest = market.OpenInterest{}
	if x := q.OpenInterestUSD(); market.Known(x) {
		t.Errorf("USD of an unknown open interest = %v", x)
	}
}

func TestDerivedNumbers(t *testing.T) {
	q := quoteAt(at(12, 0, 0))
	near(t, "USD", q.OpenInterestUSD(), 5_500)
	near(t, "OI/volume", q.OpenInterestToVolume(), 2.5)
	near(t, "APR of 0.01 % each 8 h", q.FundingAPR(), 10.95)
	near(t, "24 h price change", q.PriceChange24h(), -3)
	q.Funding.IntervalHours = 0
	if market.Known(q.FundingAPR()) {
		t.Error("an APR needs an interval")
	}
	q.Ticker.QuoteVolume = 0
	if market.Known(q.OpenInterestToVolume()) {
		t.Error("a ratio to no volume is not a number")
	}
	if age, ok := q.Age(at(12, 0, 7)); !ok || age != 7*time.Second {
		t.Errorf("age %v %v", age, ok)
	}
}

func TestNothingIsKnownOfTheZeroQuote(t *testing.T) {
	var q market.Quote
	for name, x := range map[string]float64{
		"contracts": q.Contracts(), "price": q.Price(), "USD": q.OpenInterestUSD(), "24 h": q.PriceChange24h(),
		"volume": q.Volume24h(), "ratio": q.OpenInterestToVolume(), "funding": q.FundingRate(), "APR": q.FundingAPR(),
		"OI change": q.OpenInterestChange(market.Window4h), "price change": q.PriceChange(market.Window4h),
	} {
		if market.Known(x) {
			t.Errorf("%s of the zero quote = %v", name, x)
		}
	}
	if _, ok := q.Age(at(0, 0, 0)); ok {
		t.Error("the zero quote has no age")
	}
}

// Real data: every change agrees with the file, read independently.
func TestChangesOnRecordings(t *testing.T) {
	for _, symbol := range []string{"BTCUSDT", "SOLUSDT", "DOGEUSDT"} {
		rows := recorded.Rows(t, symbol+"_oi_5m.csv")
		byStamp := map[int64][2]float64{}
		for _, r := range rows {
			ms := int64(recorded.Number(t, r[0])) / 300_000 * 300_000
			byStamp[ms] = [2]float64{recorded.Number(t, r[1]), recorded.Number(t, r[2])}
		}
		history := recorded.Series(t, symbol)
		checked := 0
		for i := 3_000; i < history.Len(); i += 97 {
			p := history.Points[i]
			now := time.UnixMilli(p.Time + 137_000)
			q := &market.Quote{
				OpenInterest: market.OpenInterest{Contracts: p.Contracts, Received: now},
				Mark:         market.MarkPrice{Price: p.Price, Received: now}, History: history}
			for _, minutes := range []int64{5, 15, 60, 240, 1440} {
				w := market.Window(time.Duration(minutes) * time.Minute)
				then, ok := byStamp[p.Time-minutes*60_000]
				if got := q.OpenInterestChange(w); market.Known(got) != ok {
					t.Fatalf("%s %v: known %v, the file has the stamp: %v", symbol, w, market.Known(got), ok)
				} else if ok {
					near(t, symbol+" OI "+w.String(), got, (p.Contracts-then[0])/then[0]*100)
					near(t, symbol+" price "+w.String(), q.PriceChange(w), (p.Price/(then[1]/then[0])-1)*100)
					checked++
				}
			}
		}
		if checked < 1_000 {
			t.Errorf("%s: only %d changes checked", symbol, checked)
		}
	}
}
