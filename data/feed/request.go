package feed

import (
	"context"
	"time"

	"openinterest/data/market"
	"openinterest/data/recorder"
)

// kind is what a request asks for.
type kind int

const (
	askNothing kind = iota
	askContracts
	askTickers
	askMarks
	askFunding
	askOpenInterest
	askHistory   // the 5-minute history that the table needs
	askChart     // a history that a person asked to see
	askKlines    // candles of the price that a person asked to see
	askRatios    // the newest ratios of a row
	askRatioPage // ratios that a person asked to see
	askGap       // stamps that the recorder lacks
	askPayments  // funding payments that took place
	askCheck     // whether what is kept is of this market
	kinds
)

// String names the kind for the log.
func (k kind) String() string {
	return [kinds]string{"nothing", "contracts", "24 h tickers", "mark prices", "funding terms",
		"open interest", "open-interest history", "chart", "candles", "ratios", "chart of ratios", "past open interest", "funding payments", "check of what is kept"}[k]
}

// request is one question to the exchange.
type request struct {
	kind   kind
	symbol string
	period market.Period
	limit  int
	ratio  market.RatioKind // of ratios
	begin  int64            // of candles and of a chart's ratios: when the first began, Unix ms
	expect int64            // for top-ups: the stamp hoped for
	wanted recorder.Request // of the kinds that the recorder wants
}

// requestOf is the request for what the recorder wants.
func requestOf(w recorder.Request) request {
	r := request{symbol: w.Symbol, period: market.Period5m, limit: w.Limit, wanted: w}
	switch w.Kind {
	case recorder.Gap:
		r.kind = askGap
	case recorder.Payments:
		r.kind = askPayments
	case recorder.Check:
		r.kind = askCheck
	}
	return r
}

// route is by which limits the request is asked.
func (r request) route() market.Route {
	switch r.kind {
	case askContracts:
		return market.RouteContracts
	case askTickers:
		return market.RouteTickers
	case askMarks:
		return market.RouteMarkPrices
	case askFunding, askPayments:
		return market.RouteFunding
	case askOpenInterest:
		return market.RouteOpenInterest
	case askKlines:
		return market.RouteKlines
	case askRatios, askRatioPage:
		return market.RouteRatios
	}
	return market.RouteHistory
}

// history reports whether the request is for the history of open interest.
func (r request) history() bool {
	return r.route() == market.RouteHistory
}

// ratios reports whether the request is for ratios, which are counted in the history
// bucket, too.
func (r request) ratios() bool { return r.route() == market.RouteRatios }

// funding reports whether the request counts in the funding bucket.
func (r request) funding() bool { return r.route() == market.RouteFunding }

// shows reports whether the request is for a chart: somebody waits for it, and
// no row of the table does.
func (r request) shows() bool {
	return r.kind == askChart || r.kind == askKlines || r.kind == askRatioPage
}

// fills reports whether the request is for the recorder, not for the table.
func (r request) fills() bool { return r.kind == askGap || r.kind == askPayments }

// flight is a request on its way.
type flight struct {
	request request
	sent    time.Duration
	probe   bool // asked alone, to see whether asking works again
	aborted bool // given up by the engine, because it hung
	cancel  context.CancelFunc
}

// answer is what came of a flight. Only the field that the kind of request
// fills is set.
type answer struct {
	flight       *flight
	err          error
	contracts    []market.Contract
	openInterest market.OpenInterest
	series       *market.Series
	tickers      []market.Ticker
	marks        []market.MarkPrice
	funding      map[string]market.FundingTerms
	payments     []market.FundingPoint
	candles      []market.Candle
	ratios       []market.Ratios
}

// How long a request may take. The exchange answers within a second; a slow
// line may need several for 500 points.
const (
	requestTimeout = 8 * time.Second
	probeTimeout   = 5 * time.Second
)

// fetch asks the exchange and brings the answer back. ctx carries the permit.
func fetch(ctx context.Context, ex Exchange, f *flight) answer {
	a := answer{flight: f}
	r := f.request
	switch r.kind {
	case askContracts:
		a.contracts, a.err = ex.Contracts(ctx)
	case askTickers:
		a.tickers, a.err = ex.Tickers(ctx)
	case askMarks:
		a.marks, a.err = ex.MarkPrices(ctx)
	case askFunding:
		a.funding, a.err = ex.FundingTerms(ctx)
	case askOpenInterest:
		a.openInterest, a.err = ex.OpenInterest(ctx, r.symbol)
	case askHistory, askChart:
		a.series, a.err = ex.OpenInterestHistory(ctx, r.symbol, r.period, time.Time{}, time.Time{}, r.limit)
	case askKlines:
		a.candles, a.err = ex.Klines(ctx, r.symbol, r.period, time.UnixMilli(r.begin), r.limit)
	case askRatios:
		a.ratios, a.err = ex.Ratios(ctx, r.symbol, r.ratio, time.Time{}, time.Time{}, r.limit)
	case askRatioPage:
		a.ratios, a.err = ex.Ratios(ctx, r.symbol, r.ratio, time.UnixMilli(r.begin), time.UnixMilli(r.begin+ratioPageMs-1), r.limit)
	case askGap, askCheck:
		// A second more, so that it does not matter whether the end belongs to the span.
		a.series, a.err = ex.OpenInterestHistory(ctx, r.symbol, r.period, time.UnixMilli(r.wanted.Span.From), time.UnixMilli(r.wanted.Span.To+1000), r.limit)
	case askPayments:
		to := time.Time{}
		if r.wanted.Span.To != 0 {
			to = time.UnixMilli(r.wanted.Span.To)
		}
		a.payments, a.err = ex.FundingHistory(ctx, r.symbol, time.UnixMilli(r.wanted.Span.From), to, r.limit)
	}
	return a
}
