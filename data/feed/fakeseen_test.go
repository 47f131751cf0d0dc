package feed

import (
	"context"
	"time"

	"openinterest/data/market"
)

// forcedOrSign is what comes by the stream of liquidations: one of them, a sign of
// life where that is nil, or its end.
type forcedOrSign struct {
	forced *market.Liquidation
	end    error
}

// forced is made within the test's fake time, at its first use.
func (ex *fakeExchange) forced() chan forcedOrSign {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	if ex.forcing == nil {
		ex.forcing = make(chan forcedOrSign)
	}
	return ex.forcing
}

func (ex *fakeExchange) StreamLiquidations(ctx context.Context, alive func(), deliver func(market.Liquidation)) error {
	ex.mu.Lock()
	ex.listeners++
	deaf := ex.deaf
	ex.mu.Unlock()
	if deaf {
		return &market.Problem{Kind: market.RefusedLocation, What: "liquidations", Code: 451}
	}
	alive()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case f := <-ex.forced():
			if f.end != nil {
				return f.end
			}
			alive()
			if f.forced != nil {
				deliver(*f.forced)
			}
		}
	}
}

// ratioAsked is the key of the kind of ratio that is asked for, for a fault that is one
// route's alone.
type ratioAsked struct{}

// Ratios has them at every stamp that is published: the ratio says which kind and
// stamp it is of.
func (ex *fakeExchange) Ratios(ctx context.Context, symbol string, kind market.RatioKind, from, to time.Time, limit int) (rows []market.Ratios, err error) {
	r := request{kind: askRatios, symbol: symbol, ratio: kind, limit: limit}
	if !from.IsZero() {
		r.kind, r.begin = askRatioPage, from.UnixMilli()
	}
	if err := ex.ask(context.WithValue(ctx, ratioAsked{}, kind), r); err != nil {
		return nil, err
	}
	last := market.FloorStamp(ex.Now().Add(-ex.late).UnixMilli())
	if !to.IsZero() {
		last = min(last, market.FloorStamp(to.UnixMilli()))
	}
	for at := last - int64(limit-1)*market.StepMillis; at <= last; at += market.StepMillis {
		if at >= from.UnixMilli() || from.IsZero() {
			row := market.NoRatios(at)
			row.Values[kind] = fakeRatio(kind, at)
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func fakeRatio(kind market.RatioKind, at int64) float64 {
	return float64(kind+1) + float64(at/market.StepMillis%1000)/1000
}
