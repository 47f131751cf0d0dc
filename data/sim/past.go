package sim

import (
	"context"

	"openinterest/data/market"
)

// Series returns the 5-minute stamps of a contract with from ≤ time ≤ to (Unix
// ms) that have closed, as the exchange's history has them, however long ago and
// without the delay with which it publishes them. The demo has no month to wait
// until it knows what is usual for a contract. The error is the context's.
func (s *Server) Series(ctx context.Context, symbol string, from, to int64) (*market.Series, error) {
	u := s.market.Load()
	series := &market.Series{Symbol: symbol, Period: market.Period5m}
	c := u.bySymbol[symbol]
	if c == nil {
		return series, nil
	}
	v := s.views.Get().(*view)
	defer s.views.Put(v)
	to = min(to, millis(s.options.Now()))
	for t := floor(max(from, c.listed())+market.StepMillis-1, market.StepMillis); t <= to; t += market.StepMillis {
		if t%dayMillis == 0 && ctx.Err() != nil {
			return series, ctx.Err()
		}
		if !c.tradedAt(t) {
			continue
		}
		at := v.at(c, t)
		series.Points = append(series.Points, market.Point{Time: t, Contracts: at.contracts, Price: at.price})
		series.Official = t
	}
	return series, nil
}

// Funding returns the funding payments of a contract with from ≤ time ≤ to
// (Unix ms). The error is always nil.
func (s *Server) Funding(_ context.Context, symbol string, from, to int64) ([]market.FundingPoint, error) {
	u := s.market.Load()
	c := u.bySymbol[symbol]
	if c == nil || c.delivery != 0 && c.status == "TRADING" {
		return nil, nil
	}
	v := s.views.Get().(*view)
	defer s.views.Put(v)
	var points []market.FundingPoint
	step := c.fundingMillis()
	to = min(to, millis(s.options.Now()))
	for t := floor(max(from, c.listed())+step-1, step); t <= to && c.tradedAt(t); t += step {
		points = append(points, market.FundingPoint{Time: t, Rate: c.fundingRate(t, v.at(c, t).effect)})
	}
	return points, nil
}
