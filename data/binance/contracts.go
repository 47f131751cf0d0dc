package binance

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/adshao/go-binance/v2/futures"

	"openinterest/data/market"
)

// maxPrecision is the most decimal places that a float64 is worth showing with.
const maxPrecision = 15

// Contracts returns the contracts that this program shows, by symbol,
// ascending. An exchange on which nothing trades is a problem, not an empty list.
// The answer also sets the exchange's clock and the limit of weight.
func (c *Client) Contracts(ctx context.Context) ([]market.Contract, error) {
	return ask(ctx, c, contractsRoute, "", func(ctx context.Context) (*futures.ExchangeInfo, error) {
		return c.rest.NewExchangeInfoService().Do(ctx)
	}, c.readContracts)
}

func (c *Client) readContracts(info *futures.ExchangeInfo, a *answer) ([]market.Contract, error) {
	if server, ok := millis(info.ServerTime); ok {
		a.server = server
	}
	for _, l := range info.RateLimits {
		if l.RateLimitType == "REQUEST_WEIGHT" && l.Interval == "MINUTE" && l.IntervalNum == 1 {
			c.setLimit(l.Limit)
		}
	}
	trading := slices.DeleteFunc(info.Symbols, func(s futures.Symbol) bool {
		return !market.Shown(s.QuoteAsset, s.Status, string(s.ContractType))
	})
	if len(trading) == 0 {
		return nil, fmt.Errorf("none of %d contracts is a USDT perpetual that trades", a.rows)
	}
	contracts, err := sift(c, contractsRoute, a, trading, contract)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(contracts, func(x, y market.Contract) int { return cmp.Compare(x.Symbol, y.Symbol) })
	return slices.CompactFunc(contracts, func(x, y market.Contract) bool { return x.Symbol == y.Symbol }), nil
}

func contract(s futures.Symbol) (market.Contract, reason) {
	if !market.UsableSymbol(s.Symbol) {
		return market.Contract{}, badSymbol
	}
	base := s.BaseAsset
	if !market.UsableSymbol(base) {
		base = strings.TrimSuffix(s.Symbol, s.QuoteAsset)
	}
	var listed time.Time
	if t, ok := millis(s.OnboardDate); ok {
		listed = t
	}
	return market.Contract{
		Symbol:            s.Symbol,
		BaseAsset:         base,
		Type:              market.ContractType(s.ContractType),
		PricePrecision:    min(max(s.PricePrecision, 0), maxPrecision),
		QuantityPrecision: min(max(s.QuantityPrecision, 0), maxPrecision),
		Listed:            listed,
	}, fine
}
