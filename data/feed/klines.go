package feed

import (
	"context"
	"fmt"
	"time"

	"openinterest/data/market"
)

// Candles are asked for and kept in pages of so many, which begin at multiples
// of their length: a chart that is panned asks for one page more. An answer of
// so few costs weight 2.
const klinePage = 400

const (
	mostPages  = 8                // of one call; a chart has room for two
	klineFresh = 45 * time.Second // the page that is not over serves for so long: charts ask once a minute
	klineFinal = 100 * time.Hour  // one that is over, until the room is needed
)

// klineKey names a page of candles.
type klineKey struct {
	symbol string
	period market.Period
	begin  int64 // Unix ms
}

// length is that of the page in ms.
func (k klineKey) length() int64 { return klinePage * k.period.Millis() }

// klineCall is one caller of Klines.
type klineCall struct {
	key    klineKey
	answer chan<- result[[]market.Candle] // one slot
}

// Klines returns the candles of one contract that began from from to to (Unix
// ms), the oldest first; the last may not be over. They are asked of the
// exchange in pages when somebody wants to see them, within the quota, and
// kept. Of a span of more than a few pages, only the end is returned. Errors
// are as Load's.
func (f *Feed) Klines(ctx context.Context, symbol string, period market.Period, from, to int64) ([]market.Candle, error) {
	key := klineKey{symbol: symbol, period: period}
	length := key.length()
	to = min(to, f.exchange.Now().UnixMilli())
	first, last := from/length, to/length
	first = max(first, last-mostPages+1)
	var out []market.Candle
	for page := first; page <= last; page++ {
		key.begin = page * length
		candles, err := f.askKlines(ctx, key)
		if err != nil {
			return nil, err
		}
		for _, k := range candles {
			if k.Time >= from && k.Time <= to {
				out = append(out, k)
			}
		}
	}
	return out, nil
}

// askKlines has the engine get a page.
func (f *Feed) askKlines(ctx context.Context, key klineKey) ([]market.Candle, error) {
	answers := make(chan result[[]market.Candle], 1)
	candles, err := askEngine(ctx, f, f.klines, klineCall{key, answers}, answers)
	if err != nil {
		return nil, fmt.Errorf("loading candles of %s: %w", key.symbol, err)
	}
	return candles, nil
}

// kline serves a caller of Klines.
func (e *engine) kline(c klineCall) {
	why := e.refusal(market.RouteKlines)
	switch {
	case e.isUnlisted(c.key.symbol):
		c.answer <- result[[]market.Candle]{err: &market.Problem{Kind: market.UnknownSymbol, What: "candles of " + c.key.symbol}}
	case why != nil && e.klines.refused(c.key, c.answer, why):
	case e.klines.call(c.key, c.answer, e.now().wall):
		e.schedule.charts = append(e.schedule.charts, request{kind: askKlines, symbol: c.key.symbol, period: c.key.period, begin: c.key.begin, limit: klinePage})
	}
}

// klineExpires is until when a page serves.
func klineExpires(k klineKey, wall time.Time) time.Time {
	const settled = 10 * time.Second // the last candle is final then
	if wall.UnixMilli() > k.begin+k.length()+settled.Milliseconds() {
		return wall.Add(klineFinal)
	}
	return wall.Add(klineFresh)
}
