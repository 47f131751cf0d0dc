package binance

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"time"

	"github.com/adshao/go-binance/v2/futures"

	"openinterest/data/market"
)

const (
	maxFundingRows     = 1000 // in one answer
	longestFundingSpan = 24   // hours; the exchange has 1, 4 and 8
)

// FundingTerms returns the terms of the contracts that the exchange adjusted,
// by symbol. All others have market.DefaultFundingTerms. A row without an
// interval adjusts the limits of the rate alone, so the default interval holds;
// one that makes no sense is 0, which means not known.
func (c *Client) FundingTerms(ctx context.Context) (map[string]market.FundingTerms, error) {
	type named struct {
		symbol string
		terms  market.FundingTerms
	}
	return ask(ctx, c, fundingTermsRoute, "", func(ctx context.Context) ([]*futures.FundingRateInfo, error) {
		return c.rest.NewFundingRateInfoService().Do(ctx)
	}, func(served []*futures.FundingRateInfo, a *answer) (map[string]market.FundingTerms, error) {
		rows, err := sift(c, fundingTermsRoute, a, served, func(s *futures.FundingRateInfo) (named, reason) {
			terms, why := fundingTerms(s)
			return named{s.Symbol, terms}, why
		})
		if err != nil {
			return nil, err
		}
		all := make(map[string]market.FundingTerms, len(rows))
		for _, r := range rows {
			all[r.symbol] = r.terms
		}
		return all, nil
	})
}

// tidyFundingTerms tells an interval of 0, which makes no sense, from one that
// is absent. The library does not.
func tidyFundingTerms(body []byte) (clean []byte, rows, lost int, err error) {
	return tidyList[futures.FundingRateInfo](zeroInterval.ReplaceAll(body, []byte("${1}-1${2}")))
}

var zeroInterval = regexp.MustCompile(`("fundingIntervalHours"\s*:\s*)0(\s*[,}])`)

func fundingTerms(s *futures.FundingRateInfo) (market.FundingTerms, reason) {
	if !market.UsableSymbol(s.Symbol) {
		return market.FundingTerms{}, badSymbol
	}
	terms := market.FundingTerms{Cap: rateOf(s.AdjustedFundingRateCap), Floor: rateOf(s.AdjustedFundingRateFloor)}
	switch hours := s.FundingIntervalHours; {
	case hours == 0:
		terms.IntervalHours = market.DefaultFundingTerms().IntervalHours
	case hours > 0 && hours <= longestFundingSpan:
		terms.IntervalHours = int(hours)
	}
	return terms, fine
}

// FundingHistory returns up to limit funding payments of a symbol, at most and
// by default 1000, ascending in time: those from from to to, or the newest
// where these are zero.
func (c *Client) FundingHistory(ctx context.Context, symbol string, from, to time.Time, limit int) ([]market.FundingPoint, error) {
	return ask(ctx, c, fundingHistoryRoute, symbol, func(ctx context.Context) ([]*futures.FundingRate, error) {
		s := c.rest.NewFundingRateService().Symbol(symbol).Limit(rowLimit(limit, maxFundingRows))
		if !from.IsZero() {
			s.StartTime(from.UnixMilli())
		}
		if !to.IsZero() {
			s.EndTime(to.UnixMilli())
		}
		return s.Do(ctx)
	}, func(served []*futures.FundingRate, a *answer) ([]market.FundingPoint, error) {
		latest := c.timeOf(a).Add(fresh)
		points, err := sift(c, fundingHistoryRoute, a, served, func(s *futures.FundingRate) (market.FundingPoint, reason) {
			return fundingPoint(symbol, latest, s)
		})
		slices.SortStableFunc(points, func(x, y market.FundingPoint) int { return cmp.Compare(x.Time, y.Time) })
		return slices.CompactFunc(points, func(x, y market.FundingPoint) bool { return x.Time == y.Time }), err
	})
}

func fundingPoint(symbol string, latest time.Time, s *futures.FundingRate) (market.FundingPoint, reason) {
	if s.Symbol != symbol {
		return market.FundingPoint{}, otherSymbol
	}
	t, ok := millis(s.FundingTime)
	if !ok {
		return market.FundingPoint{}, badTime
	}
	if t.After(latest) {
		return market.FundingPoint{}, fromFuture
	}
	rate := rateOf(s.FundingRate)
	if !market.Known(rate) {
		return market.FundingPoint{}, badNumber
	}
	return market.FundingPoint{Time: s.FundingTime, Rate: rate}, fine
}
