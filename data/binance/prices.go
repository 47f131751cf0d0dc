package binance

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/adshao/go-binance/v2/futures"

	"openinterest/data/market"
)

// Tickers returns the 24-hour sums of all symbols, one each. What is unusable
// in one is market.Unknown.
func (c *Client) Tickers(ctx context.Context) ([]market.Ticker, error) {
	return ask(ctx, c, tickersRoute, "", func(ctx context.Context) ([]*futures.PriceChangeStats, error) {
		return c.rest.NewListPriceChangeStatsService().Do(ctx)
	}, func(served []*futures.PriceChangeStats, a *answer) ([]market.Ticker, error) {
		now := c.Now()
		rows, err := sift(c, tickersRoute, a, served, func(s *futures.PriceChangeStats) (market.Ticker, reason) { return ticker(s, now) })
		return lastOfEach(rows, err, func(t market.Ticker) string { return t.Symbol })
	})
}

// ticker checks a row. One whose price makes no sense is dropped as a whole: a
// sick server says zero for price, change and volume alike.
func ticker(s *futures.PriceChangeStats, now time.Time) (market.Ticker, reason) {
	if !market.UsableSymbol(s.Symbol) {
		return market.Ticker{}, badSymbol
	}
	t := market.Ticker{
		Symbol:         s.Symbol,
		LastPrice:      priceOf(s.LastPrice),
		PriceChangePct: between(s.PriceChangePercent, -100, mostChange),
		QuoteVolume:    valueOf(s.QuoteVolume),
		Received:       now,
	}
	if !market.Known(t.LastPrice) {
		return market.Ticker{}, badNumber
	}
	return t, fine
}

// MarkPrices returns mark price and funding of all symbols, one each. A row
// without a price is dropped, and one that is minutes old; a funding rate that
// is not served is market.Unknown.
func (c *Client) MarkPrices(ctx context.Context) ([]market.MarkPrice, error) {
	return ask(ctx, c, markPricesRoute, "", func(ctx context.Context) ([]*futures.PremiumIndex, error) {
		return c.rest.NewPremiumIndexService().Do(ctx)
	}, func(served []*futures.PremiumIndex, a *answer) ([]market.MarkPrice, error) {
		now, received := c.timeOf(a), c.Now()
		rows, err := sift(c, markPricesRoute, a, served, func(s *futures.PremiumIndex) (market.MarkPrice, reason) {
			at, ok := millis(s.Time)
			switch {
			case !ok, at.After(now.Add(fresh)):
				at = time.Time{} // the price may be right nevertheless
			case now.Sub(at) > oldPrice && (a.date.IsZero() || a.date.Sub(at) > oldPrice):
				return market.MarkPrice{}, otherTime
			}
			m, why := markPrice(s.Symbol, s.MarkPrice, s.IndexPrice, s.LastFundingRate, s.NextFundingTime, cmp.Or(at, now))
			m.Time, m.Received = at, received
			return m, why
		})
		return lastOfEach(rows, err, func(m market.MarkPrice) string { return m.Symbol })
	})
}

const (
	oldPrice       = 2 * time.Minute // a price that is older by its own time comes from a cache or a server that stands still
	longestFunding = 24 * time.Hour  // until the next payment; the exchange has 8 at most
)

// markPrice checks a row that is of the time at. An odd index price or rate costs
// itself alone.
func markPrice(symbol, price, index, rate string, nextFunding int64, at time.Time) (market.MarkPrice, reason) {
	if !market.UsableSymbol(symbol) {
		return market.MarkPrice{}, badSymbol
	}
	m := market.MarkPrice{Symbol: symbol, Price: priceOf(price), Index: priceOf(index), FundingRate: rateOf(rate), Time: at}
	if !market.Known(m.Price) {
		return market.MarkPrice{}, badNumber
	}
	if t, ok := millis(nextFunding); ok && !apart(t, at, longestFunding) {
		m.NextFunding = t
	}
	return m, fine
}

var errNoRows = errors.New("the list is empty")

// lastOfEach keeps the last row of each symbol, where the first one stood. A
// list that is never empty on a working exchange must have rows.
func lastOfEach[T any](rows []T, err error, symbol func(T) string) ([]T, error) {
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errNoRows
	}
	at := make(map[string]int, len(rows))
	kept := rows[:0]
	for _, r := range rows {
		if i, seen := at[symbol(r)]; seen {
			kept[i] = r
			continue
		}
		at[symbol(r)] = len(kept)
		kept = append(kept, r)
	}
	return kept, nil
}
