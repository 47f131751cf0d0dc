package market_test

import (
	"testing"
	"time"

	"openinterest/data/market"
)

// Between the moments at which open interest and price change units, whichever
// is first, nothing is computed from both; the numbers that are served stay.
func TestTheUnitIsUnclearWhileOnlyOneHasChanged(t *testing.T) {
	const contracts, price = 1_000.0, 50.0
	hour := func(missing ...int) (points []market.Point) {
		for i := range 13 {
			points = append(points, market.Point{Time: at(11, 5*i, 0).UnixMilli(), Contracts: contracts, Price: price})
		}
		for _, i := range missing {
			points[len(points)-i].Price = market.Unknown
		}
		return points
	}
	for name, c := range map[string]struct {
		contracts, price float64 // by which they changed since the newest stamp, of 12:00
		points           []market.Point
		now              time.Time
		unclear          bool
	}{
		"nothing happens":                  {1.02, 0.99, hour(), at(12, 4, 0), false},
		"open interest first":              {101, 1.01, hour(), at(12, 4, 0), true},
		"price first":                      {0.98, 0.0101, hour(), at(12, 4, 0), true},
		"1 : 10, open interest first":      {10.3, 1.1, hour(), at(12, 4, 0), true},
		"1000 : 1, open interest first":    {0.00102, 0.95, hour(), at(12, 4, 0), true},
		"1000 : 1, price first":            {1, 1004, hour(), at(12, 4, 0), true},
		"the newest stamp has no price":    {101, 1.01, hour(1), at(12, 4, 0), true},
		"both":                             {101, 0.01, hour(), at(12, 4, 0), false},
		"a listing fills":                  {10, 1, hour()[8:], at(12, 4, 0), false},
		"a factor that is no power of ten": {30, 1, hour(), at(12, 4, 0), false},
		"both jump, each by itself":        {100, 0.5, hour(), at(12, 4, 0), false},
		"after a quarter of an hour":       {101, 1.01, hour(), at(12, 16, 0), false},
		"delisted":                         {0, 1, hour(), at(12, 4, 0), false},
		"no stamps":                        {100, 1, nil, at(12, 4, 0), false},
		"the exchange's stamp confirms it": {101, 1.01, append(hour(), market.Point{Time: at(12, 5, 0).UnixMilli(), Contracts: 100 * contracts, Price: price}), at(12, 11, 0), false},
		"its stamp has both before us":     {1, 1, append(hour(), market.Point{Time: at(12, 5, 0).UnixMilli(), Contracts: 100 * contracts, Price: price / 100}), at(12, 11, 0), false},
		"its stamp has one before us":      {100, 1, append(hour(), market.Point{Time: at(12, 5, 0).UnixMilli(), Contracts: 100 * contracts, Price: price / 100}), at(12, 11, 0), true},
	} {
		q := quoteAt(c.now, c.points...)
		q.OpenInterest.Contracts, q.Mark.Price = contracts*c.contracts, price*c.price
		if got := q.UnitUnclear(); got != c.unclear {
			t.Errorf("%s: unclear is %t", name, got)
		}
		if x := q.PriceChange24h(); c.unclear && market.Known(x) {
			t.Errorf("%s: its 24 h price change is %v", name, x)
		}
		if !market.Known(q.Contracts()) || !market.Known(q.Price()) {
			t.Errorf("%s: what is served is not shown", name)
		}
		computed := map[string]float64{"value": q.OpenInterestUSD(), "ratio": q.OpenInterestToVolume()}
		if len(c.points) > 11 {
			computed["change"], computed["price change"] = q.OpenInterestChange(market.Window5m), q.PriceChange(market.Window5m)
		}
		for what, x := range computed {
			if market.Known(x) == c.unclear && c.contracts > 0 && c.now.Before(at(12, 11, 0)) {
				t.Errorf("%s: its %s is %v", name, what, x)
			}
		}
	}
	q := &market.Quote{}
	if q.UnitUnclear() {
		t.Error("nothing known is unclear")
	}
}
