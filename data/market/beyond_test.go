package market_test

import (
	"testing"
	"time"

	"openinterest/data/market"
)

func TestPositionsAndPricePartsMakeTheWholeChange(t *testing.T) {
	now := at(12, 7, 30)
	q := quoteAt(now, market.Point{Time: at(11, 5, 0).UnixMilli(), Contracts: 100, Price: 40})
	near(t, "positions", q.PositionsUSD(market.Window1h), (40+50)/2.0*10)
	near(t, "price", q.PriceEffectUSD(market.Window1h), (100+110)/2.0*10)
	near(t, "both", q.PositionsUSD(market.Window1h)+q.PriceEffectUSD(market.Window1h), 110*50-100*40)
	if x := q.PositionsUSD(market.Window4h); market.Known(x) {
		t.Errorf("without the stamp of 4 hours ago positions are %v", x)
	}
}

func TestShareIsOfAMarketThatIsKnown(t *testing.T) {
	quotes := []*market.Quote{}
	for range 40 {
		quotes = append(quotes, quoteAt(at(12, 0, 0)))
	}
	s := market.NewSnapshot(market.Snapshot{Quotes: quotes})
	near(t, "share", quotes[0].OpenInterestShare(&market.Beyond{Totals: s.Totals()}), 2.5)
	quotes[1], quotes[2] = &market.Quote{}, &market.Quote{}
	if got := s.Totals(); !market.Known(got.USD) || got.Known != 38 || got.All != 40 {
		t.Errorf("38 of 40 contracts come to %+v", got)
	}
	quotes[3] = &market.Quote{}
	if got := s.Totals(); market.Known(got.USD) {
		t.Errorf("37 of 40 contracts are taken for the market: %+v", got)
	}
	if x := quotes[0].OpenInterestShare(nil); market.Known(x) {
		t.Errorf("a share of nothing is %v", x)
	}
}

func TestChangeOverAWeekTakesTheStampAndItsUnit(t *testing.T) {
	now := at(12, 7, 30)
	week := &market.Week{AsOf: at(11, 0, 0).UnixMilli(), Points: []market.Point{
		{Time: at(12, 5, 0).Add(-7 * 24 * time.Hour).UnixMilli(), Contracts: 100, Price: 40},
		{Time: at(12, 10, 0).Add(-7 * 24 * time.Hour).UnixMilli(), Contracts: 1, Price: 1},
	}}
	q := quoteAt(now, market.Point{Time: at(11, 0, 0).UnixMilli(), Contracts: 105, Price: 45}, market.Point{Time: at(12, 5, 0).UnixMilli(), Contracts: 108, Price: 49})
	near(t, "change", q.OpenInterestChange7d(&market.Beyond{Week: week}), 10)
	q.OpenInterest.Contracts, q.Mark.Price = 1100, 5 // 1 : 10, since the newest stamp
	near(t, "change in another unit", q.OpenInterestChange7d(&market.Beyond{Week: week}), 10)
	q = quoteAt(now, market.Point{Time: at(10, 0, 0).UnixMilli(), Contracts: 105, Price: 49}, market.Point{Time: at(12, 5, 0).UnixMilli(), Contracts: 108, Price: 50})
	q.OpenInterest.Contracts = 1080 // and the price has not followed yet
	if x := q.OpenInterestChange7d(&market.Beyond{Week: week}); market.Known(x) {
		t.Errorf("while the unit is unclear the change is %v", x)
	}
	for name, b := range map[string]*market.Beyond{"nothing": nil, "no week": {}, "another time": {Week: &market.Week{Points: week.Points[1:]}}} {
		if x := q.OpenInterestChange7d(b); market.Known(x) {
			t.Errorf("%s: %v", name, x)
		}
	}
}

func TestNextFundingCountsDown(t *testing.T) {
	n := market.NumberOf(market.NumberNextFunding)
	q := quoteAt(at(12, 0, 0))
	if x := n.Value(q, nil, at(12, 0, 0)); market.Known(x) {
		t.Errorf("nobody named the next funding, yet it is in %v s", x)
	}
	q.Mark.NextFunding = at(16, 0, 0)
	near(t, "seconds", n.Value(q, nil, at(15, 59, 30)), 30)
	if x := n.Value(q, nil, at(16, 0, 1)); market.Known(x) {
		t.Errorf("after it was paid it is in %v s", x)
	}
}
