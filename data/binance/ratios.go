package binance

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/adshao/go-binance/v2/futures"

	"openinterest/data/market"
)

// MaxRatioRows is the most ratios in one answer.
const MaxRatioRows = 500

// ratioRoutes are the routes of the ratios, by kind.
var ratioRoutes = [market.RatioCount]route{ // 60 kB for 500 rows
	market.LongShortAccounts:     {"long/short ratio of accounts", market.RouteRatios, tidyList[futures.LongShortRatio], 512 << 10},
	market.TopLongShortAccounts:  {"long/short ratio of top traders' accounts", market.RouteRatios, tidyList[futures.TopLongShortAccountRatio], 512 << 10},
	market.TopLongShortPositions: {"long/short ratio of top traders' positions", market.RouteRatios, tidyList[futures.TopLongShortPositionRatio], 512 << 10},
	market.TakerBuySell:          {"buy/sell ratio of takers", market.RouteRatios, tidyList[futures.TakerLongShortRatio], 512 << 10},
}

// Ratios returns up to limit ratios of one kind and contract, at most and by
// default MaxRatioRows, one for each 5 minutes, ascending in time: those from
// from to to, or the newest where these are zero. The exchange has the last 30
// days. Only the kind asked for is known in a row, and not even that where it would
// be a ratio to nothing. Nothing may be known of a contract just listed: there are
// none, then.
func (c *Client) Ratios(ctx context.Context, symbol string, kind market.RatioKind, from, to time.Time, limit int) ([]market.Ratios, error) {
	q := ratioQuestion{symbol, kind, from, to, rowLimit(limit, MaxRatioRows)}
	switch kind {
	case market.LongShortAccounts:
		return ask(ctx, c, ratioRoutes[kind], symbol, func(ctx context.Context) ([]*futures.LongShortRatio, error) {
			s := c.rest.NewLongShortRatioService().Symbol(symbol).Period(market.Period5m.String()).Limit(q.limit)
			q.span(func(ms int64) { s.StartTime(ms) }, func(ms int64) { s.EndTime(ms) })
			return s.Do(ctx)
		}, readRatios(c, q, func(s *futures.LongShortRatio) servedRatio {
			return servedRatio{&s.Symbol, s.Timestamp, s.LongShortRatio, s.LongAccount, s.ShortAccount}
		}))
	case market.TopLongShortAccounts:
		return ask(ctx, c, ratioRoutes[kind], symbol, func(ctx context.Context) ([]*futures.TopLongShortAccountRatio, error) {
			s := c.rest.NewTopLongShortAccountRatioService().Symbol(symbol).Period(market.Period5m.String()).Limit(uint32(q.limit))
			q.span(func(ms int64) { s.StartTime(uint64(ms)) }, func(ms int64) { s.EndTime(uint64(ms)) })
			return s.Do(ctx)
		}, readRatios(c, q, func(s *futures.TopLongShortAccountRatio) servedRatio {
			return servedRatio{&s.Symbol, int64(s.Timestamp), s.LongShortRatio, s.LongAccount, s.ShortAccount}
		}))
	case market.TopLongShortPositions:
		return ask(ctx, c, ratioRoutes[kind], symbol, func(ctx context.Context) ([]*futures.TopLongShortPositionRatio, error) {
			s := c.rest.NewTopLongShortPositionRatioService().Symbol(symbol).Period(market.Period5m.String()).Limit(uint32(q.limit))
			q.span(func(ms int64) { s.StartTime(uint64(ms)) }, func(ms int64) { s.EndTime(uint64(ms)) })
			return s.Do(ctx)
		}, readRatios(c, q, func(s *futures.TopLongShortPositionRatio) servedRatio {
			return servedRatio{&s.Symbol, int64(s.Timestamp), s.LongShortRatio, s.LongAccount, s.ShortAccount}
		}))
	}
	return ask(ctx, c, ratioRoutes[market.TakerBuySell], symbol, func(ctx context.Context) ([]*futures.TakerLongShortRatio, error) {
		s := c.rest.NewTakerLongShortRatioService().Symbol(symbol).Period(market.Period5m.String()).Limit(uint32(q.limit))
		q.span(func(ms int64) { s.StartTime(uint64(ms)) }, func(ms int64) { s.EndTime(uint64(ms)) })
		return s.Do(ctx)
	}, readRatios(c, q, func(s *futures.TakerLongShortRatio) servedRatio {
		return servedRatio{nil, int64(s.Timestamp), s.BuySellRatio, s.BuyVol, s.SellVol}
	}))
}

// ratioQuestion is what was asked for.
type ratioQuestion struct {
	symbol   string
	kind     market.RatioKind
	from, to time.Time
	limit    int
}

// span sets the ends of the span, where there are any.
func (q ratioQuestion) span(from, to func(ms int64)) {
	if !q.from.IsZero() {
		from(q.from.UnixMilli())
	}
	if !q.to.IsZero() {
		to(q.to.UnixMilli())
	}
}

// servedRatio is a row as served. Those of takers name no symbol.
type servedRatio struct {
	symbol      *string
	time        int64
	ratio       string
	over, under string // of what it is the ratio
}

// isOfNothing reports whether a ratio divides by zero: nobody was short, or nobody
// sold. Such rows occur where nothing trades, and what is served in them, often a
// zero, would say the opposite. A part that is not served, or makes no sense, tells
// nothing, nor does one that is zero by rounding beside a ratio that is as large.
func (s servedRatio) isOfNothing(ratio float64) bool {
	const rounded = 1e4 // parts have four decimals
	return number(s.under) == 0 && !(ratio >= rounded && market.UsableRatio(ratio))
}

// readRatios checks the rows of an answer.
func readRatios[L any](c *Client, q ratioQuestion, of func(L) servedRatio) func([]L, *answer) ([]market.Ratios, error) {
	return func(served []L, a *answer) ([]market.Ratios, error) {
		latest := c.timeOf(a).Add(market.Step)
		if otherPeriod(served, of) {
			c.tally.drop(ratioRoutes[q.kind].what, string(otherStep), len(served))
			return nil, errOtherPeriod
		}
		rows, err := sift(c, ratioRoutes[q.kind], a, served, func(s L) (market.Ratios, reason) { return q.row(latest, of(s)) })
		if err != nil {
			return nil, err
		}
		slices.SortStableFunc(rows, func(x, y market.Ratios) int { return cmp.Compare(x.Time, y.Time) })
		return lastOfEachStamp(rows), nil
	}
}

// row checks a row. One later than latest is from the future: it would pass for
// the newest until then.
func (q ratioQuestion) row(latest time.Time, s servedRatio) (market.Ratios, reason) {
	if s.symbol != nil && *s.symbol != q.symbol {
		return market.Ratios{}, otherSymbol
	}
	t, ok := millis(s.time)
	switch {
	case !ok, s.time != market.FloorStamp(s.time):
		return market.Ratios{}, badTime
	case t.After(latest):
		return market.Ratios{}, fromFuture
	case !q.from.IsZero() && t.Before(q.from), !q.to.IsZero() && t.After(q.to):
		return market.Ratios{}, otherSpan
	}
	ratio := number(s.ratio)
	r := market.NoRatios(s.time)
	switch {
	case s.isOfNothing(ratio): // which is known, and no fault: a list of nothing but such rows is in order
	case !market.UsableRatio(ratio):
		return market.Ratios{}, badNumber
	default:
		r.Values[q.kind] = ratio
	}
	return r, fine
}

// lastOfEachStamp keeps the last row of each stamp, as the exchange may serve one twice.
func lastOfEachStamp(rows []market.Ratios) []market.Ratios {
	kept := rows[:0]
	for _, r := range rows {
		if n := len(kept); n > 0 && kept[n-1].Time == r.Time {
			kept[n-1] = r
			continue
		}
		kept = append(kept, r)
	}
	return kept
}

// fewRows are too few to tell their period: stamps may be missing.
const fewRows = 4

// otherPeriod reports whether the rows are of another period than 5 minutes: all
// of them lie apart by multiples of a longer one.
func otherPeriod[L any](served []L, of func(L) servedRatio) bool {
	if len(served) < fewRows {
		return false
	}
	first, step := of(served[0]).time, int64(0)
	for _, s := range served[1:] {
		step = divisor(step, of(s).time-first)
	}
	return step >= market.Period15m.Millis() && step%market.StepMillis == 0
}

// divisor is the greatest common one, at least 0.
func divisor(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, -a)
}
