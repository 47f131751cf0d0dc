package feed

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/market"
	"openinterest/data/quota"
	"openinterest/data/recorder"
)

// fakeExchange is an exchange in memory, on the test's fake time: with
// latency, a count of what was asked, and faults that tests turn on and off.
type fakeExchange struct {
	larger      float64 // another market: its history is this many times that of the usual one; 0: the usual one
	mu          sync.Mutex
	symbols     []string
	distrust    bool     // the list of contracts says this instead:
	listed      []string //
	latency     time.Duration
	late        time.Duration // publication of stamps
	offset      time.Duration // its clock minus the machine's
	terms       map[string]market.FundingTerms
	fault       func(ctx context.Context, k kind, symbol string) error // nil: none
	others      int                                                    // weight that others behind the address have spent in the exchange's minute
	level       float64                                                // contracts open, of every symbol
	lacks       func(symbol string, at int64) bool                     // stamps that it does not have; nil: none
	requests    []fakeRequest
	quota       *quota.Quota
	minute      int64         // of the exchange's clock
	weight      int           // that this program spent in it
	unasked     int           // requests without a permit
	corrections time.Duration // of its clock
	stopped     time.Duration // the feed's own goroutine stands still for this long, once, as when the process is stopped

	streaming   bool // the stream delivers each second
	streamRefus bool // connecting fails at once
	connects    []time.Time

	deaf      bool              // connecting for liquidations fails at once
	forcing   chan forcedOrSign // what the stream of liquidations brings, or that it ends
	listeners int               // connections for liquidations so far
}

type fakeRequest struct {
	request
	at   time.Time // on the machine's clock
	wall time.Time // on its own, which runs on while the machine sleeps
}

func newFakeExchange(contracts int) *fakeExchange {
	ex := &fakeExchange{
		latency: 60 * time.Millisecond, late: 7 * time.Minute, level: 1000, streaming: true,
		terms: map[string]market.FundingTerms{"C001USDT": {IntervalHours: 4, Cap: 0.02, Floor: -0.02}},
		quota: newFakeQuota(),
	}
	for i := range contracts {
		ex.symbols = append(ex.symbols, fmt.Sprintf("C%03dUSDT", i))
	}
	return ex
}

// newFakeQuota has the limits of Binance.
func newFakeQuota() *quota.Quota {
	weight := func(n int) quota.Cost { return quota.Cost{Bucket: "weight", Amount: n} }
	return quota.New([]quota.Bucket{
		{Name: "weight", Span: time.Minute, Limit: 2400, Share: 0.8, Reported: true},
		{Name: "history", Span: 5 * time.Minute, Limit: 1000, Share: 0.9},
		{Name: "funding", Span: 5 * time.Minute, Limit: 500, Share: 0.8},
		{Name: "ratios", Span: 5 * time.Minute, Limit: 1000, Share: 0.4},
	}, []quota.Route{
		{Name: market.RouteContracts, Costs: []quota.Cost{weight(1)}, Main: true},
		{Name: market.RouteOpenInterest, Costs: []quota.Cost{weight(1)}, Main: true},
		{Name: market.RouteTickers, Costs: []quota.Cost{weight(40)}, Main: true},
		{Name: market.RouteMarkPrices, Costs: []quota.Cost{weight(10)}, Main: true},
		{Name: market.RouteKlines, Costs: []quota.Cost{weight(2)}, Main: true},
		{Name: market.RouteHistory, Costs: []quota.Cost{weight(1), {Bucket: "history", Amount: 1}}},
		{Name: market.RouteRatios, Costs: []quota.Cost{weight(1), {Bucket: "history", Amount: 1}, {Bucket: "ratios", Amount: 1}}},
		{Name: market.RouteFunding, Costs: []quota.Cost{{Bucket: "funding", Amount: 1}}},
	})
}

// weightOf is what a request costs by the exchange's documentation.
func weightOf(r request) int {
	switch r.kind {
	case askTickers:
		return 40
	case askMarks:
		return 10
	case askFunding, askPayments:
		return 0
	case askKlines:
		return 2
	}
	return 1
}

// set changes the exchange while the feed runs.
func (ex *fakeExchange) set(change func()) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	change()
}

func (ex *fakeExchange) Now() time.Time {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	return time.Now().Add(ex.offset)
}

func (ex *fakeExchange) Corrected() time.Duration {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	return ex.corrections
}

func (ex *fakeExchange) Quota() *quota.Quota { return ex.quota }

// ask counts a request, settles its permit and returns its fault.
func (ex *fakeExchange) ask(ctx context.Context, r request) (err error) {
	permit := quota.PermitOf(ctx)
	ex.mu.Lock()
	if permit == nil {
		ex.unasked++
	}
	ex.requests = append(ex.requests, fakeRequest{r, time.Now(), time.Now().Add(ex.offset)})
	fault, latency := ex.fault, ex.latency
	ex.mu.Unlock()
	defer func() {
		if permit == nil {
			return
		}
		p := market.ProblemOf(err)
		answered := err == nil || p != nil && p.Kind != market.TimedOut && p.Kind != market.Unreachable && p.Kind != market.BadCertificate
		o := quota.Outcome{Used: -1, Answered: answered, Problem: p}
		if answered {
			o.Used = ex.used(r)
		}
		permit.Settle(ex.Now(), o)
	}()
	select {
	case <-time.After(latency):
	case <-ctx.Done():
		return ctx.Err()
	}
	if r.symbol != "" && !slices.Contains(ex.list(), r.symbol) {
		return &market.Problem{Kind: market.UnknownSymbol, What: r.kind.String()}
	}
	if fault == nil {
		return nil
	}
	return fault(ctx, r.kind, r.symbol)
}

// used is what the exchange says is used of its minute, after a request.
func (ex *fakeExchange) used(r request) int {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	if minute := time.Now().Add(ex.offset).Unix() / 60; minute != ex.minute {
		ex.minute, ex.weight = minute, 0
	}
	ex.weight += weightOf(r)
	return ex.weight + ex.others
}

func (ex *fakeExchange) list() []string {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	return slices.Clone(ex.symbols)
}

func (ex *fakeExchange) Contracts(ctx context.Context) (list []market.Contract, err error) {
	if err := ex.ask(ctx, request{kind: askContracts}); err != nil {
		return nil, err
	}
	symbols := ex.list()
	if ex.distrust {
		symbols = ex.listed
	}
	for _, s := range symbols {
		list = append(list, market.Contract{Symbol: s, Type: market.Perpetual})
	}
	return list, nil
}

func (ex *fakeExchange) OpenInterest(ctx context.Context, symbol string) (market.OpenInterest, error) {
	if err := ex.ask(ctx, request{kind: askOpenInterest, symbol: symbol}); err != nil {
		return market.OpenInterest{}, err
	}
	now := ex.Now()
	ex.mu.Lock()
	defer ex.mu.Unlock()
	return market.OpenInterest{Contracts: ex.level, Changed: now, Received: now}, nil
}

func (ex *fakeExchange) OpenInterestHistory(ctx context.Context, symbol string, p market.Period, from, to time.Time, limit int) (*market.Series, error) {
	r := request{kind: askHistory, symbol: symbol, period: p, limit: limit}
	if !from.IsZero() {
		r.kind, r.wanted.Span = askGap, recorder.Span{From: from.UnixMilli(), To: to.UnixMilli()}
	}
	if err := ex.ask(ctx, r); err != nil {
		return nil, err
	}
	last := ex.Now().Add(-ex.late).UnixMilli() / p.Millis() * p.Millis()
	if !to.IsZero() {
		last = min(last, to.UnixMilli()/p.Millis()*p.Millis())
	}
	var points []market.Point
	for i := limit - 1; i >= 0; i-- {
		at := last - int64(i)*p.Millis()
		if at < r.wanted.Span.From || ex.lacks != nil && ex.lacks(symbol, at) {
			continue
		}
		points = append(points, market.Point{Time: at, Contracts: 900 * max(1, ex.larger), Price: 2})
	}
	return market.NewSeries(symbol, p, points), nil
}

func (ex *fakeExchange) FundingHistory(ctx context.Context, symbol string, from, to time.Time, limit int) (list []market.FundingPoint, err error) {
	if err := ex.ask(ctx, request{kind: askPayments, symbol: symbol, limit: limit, wanted: recorder.Request{Span: recorder.Span{From: from.UnixMilli()}}}); err != nil {
		return nil, err
	}
	interval := 8 * time.Hour
	if terms, ok := ex.terms[symbol]; ok {
		interval = time.Duration(terms.IntervalHours) * time.Hour
	}
	until := ex.Now()
	if !to.IsZero() && to.Before(until) {
		until = to
	}
	for at := from.Truncate(interval).Add(interval); at.Before(until) && len(list) < limit; at = at.Add(interval) {
		list = append(list, market.FundingPoint{Time: at.UnixMilli() + 3, Rate: 0.0001})
	}
	return list, nil
}

func (ex *fakeExchange) Klines(ctx context.Context, symbol string, p market.Period, from time.Time, limit int) (list []market.Candle, err error) {
	if err := ex.ask(ctx, request{kind: askKlines, symbol: symbol, period: p, begin: from.UnixMilli(), limit: limit}); err != nil {
		return nil, err
	}
	for i := range limit {
		if at := from.UnixMilli() + int64(i)*p.Millis(); at <= ex.Now().UnixMilli() {
			list = append(list, market.Candle{Time: at, Open: 2, High: 3, Low: 1, Close: 2, Volume: 10, USD: 20})
		}
	}
	return list, nil
}

func (ex *fakeExchange) Tickers(ctx context.Context) (list []market.Ticker, err error) {
	if err := ex.ask(ctx, request{kind: askTickers}); err != nil {
		return nil, err
	}
	for i, s := range ex.list() {
		list = append(list, market.Ticker{Symbol: s, LastPrice: 2, QuoteVolume: 1e9 / float64(i+1), Received: ex.Now()})
	}
	return list, nil
}

func (ex *fakeExchange) MarkPrices(ctx context.Context) ([]market.MarkPrice, error) {
	if err := ex.ask(ctx, request{kind: askMarks}); err != nil {
		return nil, err
	}
	return ex.marks(2), nil
}

func (ex *fakeExchange) marks(price float64) (list []market.MarkPrice) {
	now := ex.Now()
	for _, s := range append(ex.list(), "BTCUSD_PERP") { // streams carry others too
		list = append(list, market.MarkPrice{Symbol: s, Price: price, FundingRate: 0.0001, Received: now})
	}
	return list
}

func (ex *fakeExchange) FundingTerms(ctx context.Context) (map[string]market.FundingTerms, error) {
	if err := ex.ask(ctx, request{kind: askFunding}); err != nil {
		return nil, err
	}
	return ex.terms, nil
}

func (ex *fakeExchange) StreamMarkPrices(ctx context.Context, deliver func([]market.MarkPrice)) error {
	ex.mu.Lock()
	ex.connects = append(ex.connects, time.Now())
	refuse := ex.streamRefus
	ex.mu.Unlock()
	if refuse {
		return errors.New("refused")
	}
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-second.C:
		}
		ex.mu.Lock()
		streaming := ex.streaming
		ex.mu.Unlock()
		if streaming {
			deliver(ex.marks(3))
		}
	}
}

func (ex *fakeExchange) Budget() market.Budget {
	ex.mu.Lock()
	stopped := ex.stopped
	ex.stopped = 0
	ex.mu.Unlock()
	time.Sleep(stopped)
	use := ex.quota.Use(ex.Now(), "weight")
	return market.Budget{Used: use.Used, Own: use.Own, Allowed: use.Allowed, Limit: use.Limit}
}

// spent sums the requests of the last window.
func (ex *fakeExchange) spent(window time.Duration, cost func(request) int) (sum int) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	for _, r := range slices.Backward(ex.requests) {
		if time.Now().Add(ex.offset).Sub(r.wall) >= window {
			break
		}
		sum += cost(r.request)
	}
	return sum
}

// since counts the requests sent from t on.
func (ex *fakeExchange) since(t time.Time, which func(request) bool) (n int) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	for _, r := range ex.requests {
		if !r.at.Before(t) && which(r.request) {
			n++
		}
	}
	return n
}

func anyRequest(request) bool { return true }

func ofKind(k kind) func(request) bool { return func(r request) bool { return r.kind == k } }

func hang(ctx context.Context, _ kind, _ string) error {
	<-ctx.Done()
	return &market.Problem{Kind: market.TimedOut, Err: ctx.Err()}
}

func failing(k market.ProblemKind) func(context.Context, kind, string) error {
	return func(context.Context, kind, string) error {
		return fmt.Errorf("asking: %w", &market.Problem{Kind: k})
	}
}

// world runs a test in fake time, with a feed that runs until its end.
func world(t *testing.T, ex *fakeExchange, test func(t *testing.T, f *Feed)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		f := New(Options{Exchange: ex})
		ended := make(chan error)
		go func() { ended <- f.Run(ctx) }()
		defer func() {
			stop()
			if err := <-ended; err != nil {
				t.Errorf("Run returned %v", err)
			}
			if ex.unasked > 0 {
				t.Errorf("%d requests were sent without a permit", ex.unasked)
			}
		}()
		test(t, f)
	})
}

// pass lets fake time go by.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// until waits for a snapshot that satisfies ok, at most for limit.
func until(t *testing.T, f *Feed, limit time.Duration, what string, ok func(*market.Snapshot) bool) *market.Snapshot {
	t.Helper()
	timeout := time.After(limit)
	for {
		if s := f.Snapshot(); s != nil && ok(s) {
			return s
		}
		select {
		case <-f.Updates():
		case <-timeout:
			var status market.Status
			if s := f.Snapshot(); s != nil {
				status = s.Status
			}
			t.Fatalf("no %s within %v; status %+v, problem %v", what, limit, status, status.Problem)
		}
	}
}

func full(s *market.Snapshot) bool { return s.Status.Total > 0 && s.Status.Ready == s.Status.Total }

func inState(state market.FeedState) func(*market.Snapshot) bool {
	return func(s *market.Snapshot) bool { return s.Status.State == state }
}
