package binance

import (
	"cmp"
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"time"

	"github.com/adshao/go-binance/v2/futures"

	"openinterest/data/market"
)

// MaxKlineRows is the most candles in one answer. The exchange has more to give,
// at a higher weight: 1 below 100, 2 below 500, 5 up to 1000, 10 beyond.
const MaxKlineRows = 499

// klineFields are the types of a candle's fields as the library reads them, by
// their place; it takes no row with fewer.
var klineFields = func() (types []reflect.Type) {
	text, whole := reflect.TypeFor[string](), reflect.TypeFor[int64]()
	for _, isText := range []bool{false, true, true, true, true, true, false, true, false, true, true} {
		if isText {
			types = append(types, text)
		} else {
			types = append(types, whole)
		}
	}
	return types
}()

// tidyKlines tidies a list of candles, which are lists themselves.
func tidyKlines(body []byte) (clean []byte, rows, lost int, err error) {
	if err := isJSON(body, '['); err != nil {
		return nil, 0, 0, err
	}
	var raws []json.RawMessage
	if err := json.Unmarshal(body, &raws); err != nil {
		return nil, 0, 0, err
	}
	kept := make([][]json.RawMessage, 0, len(raws))
	for _, raw := range raws {
		var fields []json.RawMessage
		if isJSON(raw, '[') != nil || json.Unmarshal(raw, &fields) != nil || len(fields) < len(klineFields) {
			continue
		}
		fields = fields[:len(klineFields)]
		for i, t := range klineFields {
			if fixed, ok := convert(fields[i], t); ok {
				fields[i] = fixed
			} else {
				fields[i] = json.RawMessage("null") // which the library takes for nothing
			}
		}
		kept = append(kept, fields)
	}
	clean, err = json.Marshal(kept)
	return clean, len(raws), len(raws) - len(kept), err
}

// Klines returns up to limit candles of a symbol's price, at most and by default
// MaxKlineRows, ascending in time: those that began from from on, the last of
// which may not have ended yet. Nothing may be known of so long ago: there are
// none, then.
func (c *Client) Klines(ctx context.Context, symbol string, period market.Period, from time.Time, limit int) ([]market.Candle, error) {
	return ask(ctx, c, klinesRoute, symbol, func(ctx context.Context) ([]*futures.Kline, error) {
		s := c.rest.NewKlinesService().Symbol(symbol).Interval(period.String()).Limit(rowLimit(limit, MaxKlineRows))
		until := from.Add(time.Duration(period)*time.Duration(rowLimit(limit, MaxKlineRows)) - time.Millisecond)
		if now := c.Now(); now.After(from) && now.Before(until) {
			until = now
		}
		return s.StartTime(from.UnixMilli()).EndTime(until.UnixMilli()).Do(ctx)
	}, func(served []*futures.Kline, a *answer) ([]market.Candle, error) {
		latest := c.timeOf(a).Add(fresh)
		candles, err := sift(c, klinesRoute, a, served, func(s *futures.Kline) (market.Candle, reason) {
			return candle(period, from, latest, s)
		})
		slices.SortStableFunc(candles, func(x, y market.Candle) int { return cmp.Compare(x.Time, y.Time) })
		return slices.CompactFunc(candles, func(x, y market.Candle) bool { return x.Time == y.Time }), err
	})
}

// candle checks a row. One whose prices contradict each other is dropped as a whole.
func candle(period market.Period, from, latest time.Time, s *futures.Kline) (market.Candle, reason) {
	t, ok := millis(s.OpenTime)
	if !ok || t.Before(from) || s.OpenTime%period.Millis() != 0 {
		return market.Candle{}, badTime
	}
	if t.After(latest) {
		return market.Candle{}, fromFuture
	}
	k := market.Candle{
		Time: s.OpenTime, Open: priceOf(s.Open), High: priceOf(s.High), Low: priceOf(s.Low), Close: priceOf(s.Close),
		Volume: between(s.Volume, 0, mostContracts), USD: valueOf(s.QuoteAssetVolume),
	}
	if !(k.Low <= min(k.Open, k.Close) && k.High >= max(k.Open, k.Close)) { // nor is any of them unknown
		return market.Candle{}, badNumber
	}
	return k, fine
}
