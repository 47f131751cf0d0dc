package binance

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/adshao/go-binance/v2/futures"

	"openinterest/data/market"
)

// StreamMarkPrices delivers mark prices and funding as the exchange pushes
// them, each second, in several messages. It may name contracts that this
// program does not show, coin-margined ones included. deliver is called on the
// reading goroutine and owns what it gets; it must be quick.
//
// One call is one connection. It returns once that breaks, brings nothing
// usable for 4 seconds, or ctx ends; the caller connects again, with backoff.
func (c *Client) StreamMarkPrices(ctx context.Context, deliver func([]market.MarkPrice)) error {
	return c.follow(ctx, markStream, func(message []byte) bool {
		rows, dropped := streamedMarkPrices(message, c.Now())
		c.report(markStream, dropped)
		if len(rows) == 0 {
			return false
		}
		deliver(rows)
		return true
	})
}

// StreamLiquidations delivers the liquidations that the exchange shows, a
// sample. It works like StreamMarkPrices, but for that nothing may come for
// minutes.
func (c *Client) StreamLiquidations(ctx context.Context, deliver func(market.Liquidation)) error {
	return c.follow(ctx, liquidationStream, func(message []byte) bool {
		rows, dropped := streamedLiquidations(message)
		c.report(liquidationStream, dropped)
		for _, r := range rows {
			deliver(r)
		}
		return len(rows) > 0
	})
}

func (c *Client) report(s stream, dropped map[reason]int) {
	for why, n := range dropped {
		c.tally.drop(s.name, string(why), n)
	}
}

const (
	noEvent    reason = "no such event"
	noMessage  reason = "no JSON"
	otherEvent reason = "another kind of event"
)

// streamedMarkPrices decodes a message of the mark-price stream.
func streamedMarkPrices(message []byte, now time.Time) ([]market.MarkPrice, map[reason]int) {
	return streamed(message, "markPriceUpdate", func(e futures.WsMarkPriceEvent) (market.MarkPrice, reason) {
		return markPrice(e.Symbol, e.MarkPrice, e.FundingRate, e.NextFundingTime, now)
	}, func(e futures.WsMarkPriceEvent) string { return e.Event })
}

// streamedLiquidations decodes a message of the liquidation stream.
func streamedLiquidations(message []byte) ([]market.Liquidation, map[reason]int) {
	return streamed(message, "forceOrder", liquidation, func(e futures.WsLiquidationOrderEvent) string { return e.Event })
}

func liquidation(e futures.WsLiquidationOrderEvent) (market.Liquidation, reason) {
	o := e.LiquidationOrder
	if !market.UsableSymbol(o.Symbol) {
		return market.Liquidation{}, badSymbol
	}
	t, ok := millis(o.TradeTime)
	if !ok {
		return market.Liquidation{}, badTime
	}
	price := positive(o.AvgPrice)
	if !market.Known(price) {
		price = positive(o.Price)
	}
	contracts := positive(o.OrigQuantity)
	if !market.Known(price) || !market.Known(contracts) || o.Side != futures.SideTypeSell && o.Side != futures.SideTypeBuy {
		return market.Liquidation{}, badNumber
	}
	return market.Liquidation{Symbol: o.Symbol, Long: o.Side == futures.SideTypeSell, Price: price, Contracts: contracts, Time: t}, fine
}

// streamed decodes the events of a message one by one, and counts those that
// had to be dropped.
func streamed[L, T any](message []byte, kind string, check func(L) (T, reason), kindOf func(L) string) ([]T, map[reason]int) {
	dropped := map[reason]int{}
	list, broken, err := decoded[L](message)
	if err != nil {
		dropped[noMessage]++
		return nil, dropped
	}
	if broken > 0 {
		dropped[noEvent] = broken
	}
	rows := make([]T, 0, len(list))
	for _, event := range list {
		if kindOf(*event) != kind {
			dropped[otherEvent]++
			continue
		}
		row, why := check(*event)
		if why != fine {
			dropped[why]++
			continue
		}
		rows = append(rows, row)
	}
	return rows, dropped
}

// decoded is the events of a message, and how many of them cannot be mended.
func decoded[L any](message []byte) (list []*L, broken int, err error) {
	if isJSON(message, '[') == nil && json.Unmarshal(message, &list) == nil && !slices.Contains(list, nil) {
		return list, 0, nil // as nearly always, and each second: at a quarter of the garbage
	}
	raws, err := events(message)
	if err != nil {
		return nil, 0, err
	}
	list = make([]*L, 0, len(raws))
	for _, raw := range raws {
		event := new(L)
		clean, err := mend[L](raw)
		if err != nil || json.Unmarshal(clean, event) != nil {
			broken++
			continue
		}
		list = append(list, event)
	}
	return list, broken, nil
}
