package binance

import (
	"time"

	"openinterest/data/market"
	"openinterest/data/quota"
)

// The names of the exchange's buckets.
const (
	weightBucket  = "weight"
	historyBucket = "history" // requests to any /futures/data route
	fundingBucket = "funding" // requests to fundingInfo and fundingRate
	ratiosBucket  = "ratios"  // this program's own: the part of the history bucket that ratios may spend
)

// The exchange's limits per address, by its documentation, and the weight that
// is served within reason: one request costs up to 40.
const (
	maxWeight = 2400 // a minute, shared by fapi and dapi since 2026-06-30
	minWeight = 100
)

// newQuota returns the exchange's limits, with the shares that this program
// allows itself: the rest is for requests of other programs that no header told of.
func newQuota() *quota.Quota {
	weight := func(n int) quota.Cost { return quota.Cost{Bucket: weightBucket, Amount: n} }
	return quota.New([]quota.Bucket{
		{Name: weightBucket, Span: time.Minute, Limit: maxWeight, Share: 0.8, Reported: true},
		{Name: historyBucket, Span: 5 * time.Minute, Limit: 1000, Share: 0.9},
		{Name: fundingBucket, Span: 5 * time.Minute, Limit: 500, Share: 0.8},
		{Name: ratiosBucket, Span: 5 * time.Minute, Limit: 1000, Share: 0.3},
	}, []quota.Route{
		{Name: market.RouteContracts, Costs: []quota.Cost{weight(1)}, Main: true},
		{Name: market.RouteOpenInterest, Costs: []quota.Cost{weight(1)}, Main: true},
		{Name: market.RouteTickers, Costs: []quota.Cost{weight(40)}, Main: true},
		{Name: market.RouteMarkPrices, Costs: []quota.Cost{weight(10)}, Main: true},
		{Name: market.RouteKlines, Costs: []quota.Cost{weight(2)}, Main: true}, // below 500 rows: see MaxKlineRows
		{Name: market.RouteHistory, Costs: []quota.Cost{weight(1), {Bucket: historyBucket, Amount: 1}}},
		// The exchange counts ratios with history. Their own bucket keeps them from what
		// history needs, and rests them alone where they are refused, also with 429: should
		// the exchange mean all of the history bucket, it says so to the next request for
		// history, and then both rest.
		{Name: market.RouteRatios, Costs: []quota.Cost{weight(1), {Bucket: historyBucket, Amount: 1}, {Bucket: ratiosBucket, Amount: 1}}},
		{Name: market.RouteFunding, Costs: []quota.Cost{{Bucket: fundingBucket, Amount: 1}}},
	})
}

// setLimit takes over the weight a minute that the exchange says it allows, if
// it is a sane number; a higher one than documented is not made use of.
func (c *Client) setLimit(limit int64) {
	if limit >= minWeight {
		c.quota.SetLimit(weightBucket, int(min(limit, maxWeight)))
	}
}

// Quota says what may be asked of the exchange now.
func (c *Client) Quota() *quota.Quota { return c.quota }

// Budget reports what was spent of the exchange's limits and what is left.
func (c *Client) Budget() market.Budget {
	now := c.Now()
	weight, history := c.quota.Use(now, weightBucket), c.quota.Use(now, historyBucket)
	b := market.Budget{
		Used: weight.Used, Own: weight.Own, Allowed: weight.Allowed, Limit: weight.Limit,
		HistoryUsed: history.Used, HistoryAllowed: history.Allowed,
	}
	if p := c.quota.Refused(market.RouteOpenInterest); p != nil && p.Until.After(now) {
		b.BlockedUntil = p.Until
	}
	return b
}
