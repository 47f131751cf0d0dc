// Package columnstest is a small market for the tests of whatever shows rows:
// fixed numbers of real magnitudes, with every oddity a row can have.
package columnstest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"openinterest/data/market"
)

// Now is the moment of the snapshots.
var Now = time.Date(2025, 6, 17, 12, 4, 9, 0, time.UTC)

// contract is a line of the market: price and contracts now, and by how many
// percent each moved over 24 hours.
type contract struct {
	symbol                 string
	price, contracts       float64
	pricePct, contractsPct float64
	volume                 float64
	pricePrecision         int
	quantityPrecision      int
	funding                float64
	hours                  int
}

var contracts = []contract{
	{"BTCUSDT", 67440.6, 79068.312, -0.75, -1.30, 14.21e9, 2, 3, 0.000048, 8},
	{"ETHUSDT", 2541.87, 2120487.155, 1.62, 3.41, 12.02e9, 2, 3, 0.0000721, 8},
	{"SOLUSDT", 148.312, 9846201, 2.84, -2.15, 4.11e9, 4, 0, -0.0000413, 8},
	{"XRPUSDT", 2.1684, 334812004.1, -3.05, 2.76, 1.83e9, 4, 1, 0.0001, 8},
	{"BNBUSDT", 648.21, 611204.55, 0.12, 0.35, 402e6, 2, 2, 0.0000331, 8},
	{"DOGEUSDT", 0.16912, 2.8174e9, -4.42, -6.13, 1.27e9, 5, 0, 0.0000918, 8},
	{"1000PEPEUSDT", 0.0105531, 2.2131e10, -5.31, 4.02, 1.06e9, 7, 0, 0.0001, 8},
	{"ADAUSDT", 0.6182, 451209334, 0.44, -0.21, 318e6, 4, 0, 0.0001, 8},
	{"SUIUSDT", 2.9143, 98112053.3, 3.71, 5.52, 712e6, 4, 1, 0.000082, 8},
	{"LINKUSDT", 13.042, 18992017.4, 1.13, 2.48, 266e6, 3, 2, 0.0001, 8},
	{"HYPEUSDT", 41.337, 14211820.72, 6.93, 9.44, 1.31e9, 3, 2, 0.000125, 4},
	{"XAUUSDT", 3388.41, 21042.118, 0.31, 1.74, 148e6, 2, 3, 0.0000125, 8},
	{"1000SATSUSDT", 0.00003871, 1.98e11, -2.12, -1.91, 21.4e6, 8, 0, 0.0001, 4},
	{"币安人生USDT", 0.12345, 88120400, 24.81, 61.3, 96.2e6, 5, 0, -0.00731, 1},
	{"1000000MOGUSDT", 0.8842, 9120450.1, -1.22, 1.71, 11.8e6, 4, 1, 0.00005, 4},
	{"TRBUSDT", 42.113, 812044.1, -1.85, -3.96, 38.1e6, 3, 1, 0.0001, 4},
	{"LTCUSDT", 84.97, 2301184.212, 0.86, 0.92, 208e6, 2, 3, 0.0000514, 8},
	{"AVAXUSDT", 19.021, 11020387, 1.44, -2.22, 171e6, 4, 0, 0.0001, 8},
	{"OMUSDT", 0.2731, 61203388, 0, 0.03, 9.1e6, 5, 1, -0.002, 4},
	{"NEWUSDT", 1.0214, 4120993, 12.4, market.Unknown, 44e6, 4, 0, 0.00034, 4},
}

// Snapshot returns twenty contracts. Of them OMUSDT is stale, TRBUSDT failed at
// its last request, NEWUSDT has no history, and LTCUSDT is not there yet.
func Snapshot() *market.Snapshot {
	var quotes []*market.Quote
	for i, c := range contracts {
		q := quote(c, Now.Add(-time.Duration(2+i%7)*time.Second))
		switch c.symbol {
		case "OMUSDT":
			q.OpenInterest.Received = Now.Add(-95 * time.Second)
		case "TRBUSDT":
			q.Problem = &market.Problem{Kind: market.BadAnswer, What: "open interest of TRBUSDT"}
			q.NextTry = Now.Add(21 * time.Second)
		case "LTCUSDT":
			q = &market.Quote{Contract: q.Contract}
		}
		quotes = append(quotes, q)
	}
	return snapshot(quotes)
}

// Large returns a market of n made-up contracts, the same each time.
func Large(n int) *market.Snapshot {
	rng := rand.New(rand.NewPCG(7, 11))
	quotes := make([]*market.Quote, n)
	for i := range quotes {
		quotes[i] = quote(contract{
			symbol: fmt.Sprintf("C%03dUSDT", i), price: math.Exp(rng.Float64()*14 - 7), contracts: math.Exp(8 + rng.Float64()*12),
			pricePct: rng.NormFloat64() * 3, contractsPct: rng.NormFloat64() * 4, volume: math.Exp(12 + rng.Float64()*8),
			pricePrecision: 5, quantityPrecision: 1, funding: rng.NormFloat64() * 1e-4, hours: 8,
		}, Now.Add(-time.Duration(rng.IntN(15))*time.Second))
	}
	return snapshot(quotes)
}

func snapshot(quotes []*market.Quote) *market.Snapshot {
	slices.SortFunc(quotes, func(a, b *market.Quote) int { return strings.Compare(a.Contract.Symbol, b.Contract.Symbol) })
	return market.NewSnapshot(market.Snapshot{Time: Now, Quotes: quotes, Status: market.Status{State: market.Live, Ready: len(quotes), Total: len(quotes)}})
}

func quote(c contract, received time.Time) *market.Quote {
	kind := market.Perpetual
	if c.symbol == "XAUUSDT" {
		kind = market.TradFiPerpetual
	}
	return &market.Quote{
		Contract: market.Contract{
			Symbol: c.symbol, BaseAsset: strings.TrimSuffix(c.symbol, "USDT"), Type: kind,
			PricePrecision: c.pricePrecision, QuantityPrecision: c.quantityPrecision,
			Listed: time.Date(2021, 3, 4, 8, 0, 0, 0, time.UTC),
		},
		OpenInterest: market.OpenInterest{Contracts: c.contracts, Changed: received.Add(-time.Second), Received: received},
		Mark:         market.MarkPrice{Symbol: c.symbol, Price: c.price, FundingRate: c.funding, NextFunding: Now.Truncate(8 * time.Hour).Add(8 * time.Hour), Received: Now},
		Ticker:       market.Ticker{Symbol: c.symbol, LastPrice: c.price, PriceChangePct: c.pricePct, QuoteVolume: c.volume, Received: Now},
		Funding:      market.FundingTerms{IntervalHours: c.hours, Cap: 0.02, Floor: -0.02},
		History:      history(c),
	}
}

// history runs straight from 24 hours ago, with a ripple, to now.
func history(c contract) *market.Series {
	if !market.Known(c.contractsPct) {
		return nil
	}
	const stamps = 24*12 + 2
	scale := math.Pow10(c.quantityPrecision)
	last := market.FloorStamp(Now.UnixMilli())
	points := make([]market.Point, 0, stamps)
	for i := range stamps {
		back := float64(stamps-1-i) / 288 // days before the newest stamp
		ripple := 1 + 0.004*math.Sin(9*back)*back
		points = append(points, market.Point{
			Time:      last - int64(stamps-1-i)*market.StepMillis,
			Contracts: math.Round(c.contracts/(1+back*c.contractsPct/100)*ripple*scale) / scale,
			Price:     c.price / (1 + back*c.pricePct/100),
		})
	}
	return market.NewSeries(c.symbol, market.Period5m, points)
}
