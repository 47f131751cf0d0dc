package binance

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/adshao/go-binance/v2/futures"

	"openinterest/data/market"
)

// maxHistoryRows is the most points of open-interest history in one answer.
const maxHistoryRows = 500

// OpenInterest returns how many contracts of a symbol are open now.
func (c *Client) OpenInterest(ctx context.Context, symbol string) (market.OpenInterest, error) {
	return ask(ctx, c, openInterestRoute, symbol, func(ctx context.Context) (*futures.OpenInterest, error) {
		return c.rest.NewGetOpenInterestService().Symbol(symbol).Do(ctx)
	}, func(served *futures.OpenInterest, a *answer) (market.OpenInterest, error) {
		return c.openInterest(symbol, served, a)
	})
}

// openInterest checks an answer. The time of the last change does not make the
// number wrong: where that lies in the future, it is left out.
func (c *Client) openInterest(symbol string, served *futures.OpenInterest, a *answer) (market.OpenInterest, error) {
	if served == nil {
		return market.OpenInterest{}, errors.New("the answer is null")
	}
	if served.Symbol != symbol {
		return market.OpenInterest{}, fmt.Errorf("the answer is about %q", served.Symbol)
	}
	contracts := contractsOf(served.OpenInterest)
	if !market.Known(contracts) {
		return market.OpenInterest{}, fmt.Errorf("%q is no number of contracts", served.OpenInterest)
	}
	changed, ok := millis(served.Time)
	if !ok {
		return market.OpenInterest{}, fmt.Errorf("%d is no time", served.Time)
	}
	if changed.After(c.timeOf(a).Add(fresh)) {
		c.tally.drop("change of open interest", string(fromFuture), 1)
		changed = time.Time{}
	}
	return market.OpenInterest{Contracts: contracts, Changed: changed, Received: c.Now()}, nil
}

// OpenInterestHistory returns up to limit closed stamps of a symbol, at most
// and by default 500, from the last 30 days: those from from to to, or the
// newest where these are zero. The price of a stamp is what its value in USD
// implies. Nothing may be known of a contract just listed: the series is then
// empty.
func (c *Client) OpenInterestHistory(ctx context.Context, symbol string, period market.Period, from, to time.Time, limit int) (*market.Series, error) {
	return ask(ctx, c, historyRoute, symbol, func(ctx context.Context) ([]*futures.OpenInterestStatistic, error) {
		s := c.rest.NewOpenInterestStatisticsService().Symbol(symbol).Period(period.String()).Limit(rowLimit(limit, maxHistoryRows))
		if !from.IsZero() {
			s.StartTime(from.UnixMilli())
		}
		if !to.IsZero() {
			s.EndTime(to.UnixMilli())
		}
		return s.Do(ctx)
	}, func(served []*futures.OpenInterestStatistic, a *answer) (*market.Series, error) {
		latest := c.timeOf(a).Add(time.Duration(period))
		points, err := sift(c, historyRoute, a, served, func(s *futures.OpenInterestStatistic) (market.Point, reason) {
			return point(symbol, latest, s)
		})
		if err != nil {
			return nil, err
		}
		return market.NewSeries(symbol, period, points), nil
	})
}

// timeOf is the exchange's time when an answer came: by its own Date while the
// clock is not measured, so that what it says of times can be read.
func (c *Client) timeOf(a *answer) time.Time {
	if !c.clock.isMeasured() && plausible(a.date) {
		return a.date
	}
	return c.Now()
}

// point checks a stamp. One later than latest is from the future: it would pass
// for the newest until then.
func point(symbol string, latest time.Time, s *futures.OpenInterestStatistic) (market.Point, reason) {
	if s.Symbol != symbol {
		return market.Point{}, otherSymbol
	}
	t, ok := millis(s.Timestamp)
	if !ok {
		return market.Point{}, badTime
	}
	if t.After(latest) {
		return market.Point{}, fromFuture
	}
	contracts := contractsOf(s.SumOpenInterest)
	if !market.Known(contracts) {
		return market.Point{}, badNumber
	}
	price := valueOf(s.SumOpenInterestValue) / contracts
	if !(price >= leastPrice && price <= mostPrice) {
		price = market.Unknown
	}
	return market.Point{Time: s.Timestamp, Contracts: contracts, Price: price}, fine
}

// rowLimit is limit, or most where it is not between 1 and that.
func rowLimit(limit, most int) int {
	if limit <= 0 || limit > most {
		return most
	}
	return limit
}
