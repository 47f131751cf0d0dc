package binance

import (
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

func ticker(s *futures.PriceChangeStats, now time.Time) (market.Ticker, reason) {
	if !market.UsableSymbol(s.Symbol) {
		return market.Ticker{}, badSymbol
	}
	t := market.Ticker{
		Symbol:         s.Symbol,
		LastPrice:      positive(s.LastPrice),
		PriceChangePct: number(s.PriceChangePercent),
		QuoteVolume:    notNegative(s.QuoteVolume),
		Received:       now,
	}
	if t.PriceChangePct < -100 {
		t.PriceChangePct = market.Unknown
	}
	if !market.Known(t.LastPrice) && !market.Known(t.PriceChangePct) && !market.Known(t.QuoteVolume) {
		return market.Ticker{}, badNumber
	}
	return t, fine
}

// MarkPrices returns mark price and funding of all symbols, one each. A row
// without a price is dropped; a funding rate not served is market.Unknown.
func (c *Client) MarkPrices(ctx context.Context) ([]market.MarkPrice, error) {
	return ask(ctx, c, markPricesRoute, "", func(ctx context.Context) ([]*futures.PremiumIndex, error) {
		return c.rest.NewPremiumIndexService().Do(ctx)
	}, func(served []*futures.PremiumIndex, a *answer) ([]market.MarkPrice, error) {
		now := c.Now()
		rows, err := sift(c, markPricesRoute, a, served, func(s *futures.PremiumIndex) (market.MarkPrice, reason) {
			return markPrice(s.Symbol, s.MarkPrice, s.LastFundingRate, s.NextFundingTime, now)
		})
		return lastOfEach(rows, err, func(m market.MarkPrice) string { return m.Symbol })
	})
}

func markPrice(symbol, price, rate string, nextFunding int64, now time.Time) (market.MarkPrice, reason) {
	if !market.UsableSymbol(symbol) {
		return market.MarkPrice{}, badSymbol
	}
	m := market.MarkPrice{Symbol: symbol, Price: positive(price), FundingRate: number(rate), Received: now}
	if !market.Known(m.Price) {
		return market.MarkPrice{}, badNumber
	}
	if t, ok := millis(nextFunding); ok {
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
