package binance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"

	"github.com/adshao/go-binance/v2/futures"

	"openinterest/data/market"
	"openinterest/data/quota"
)

// route is an endpoint: by which limits it is asked, how its answers are
// tidied, and how many bytes they may have, unpacked: several times what they
// have. 32 requests may be under way, so the most of all would be too much for each.
type route struct {
	what  string // what it gives, for messages
	limit market.Route
	tidy  tidier
	most  int64
}

var (
	contractsRoute      = route{"contracts", market.RouteContracts, tidyExchangeInfo, 4 << 20}                                    // 1.7 MB for 660 symbols
	openInterestRoute   = route{"open interest", market.RouteOpenInterest, tidyObject[futures.OpenInterest], 4 << 10}             // 80 bytes
	historyRoute        = route{"open interest history", market.RouteHistory, tidyList[futures.OpenInterestStatistic], 512 << 10} // 95 kB for 500 rows
	tickersRoute        = route{"24-hour tickers", market.RouteTickers, tidyList[futures.PriceChangeStats], 1 << 20}              // 220 kB
	markPricesRoute     = route{"mark prices", market.RouteMarkPrices, tidyList[futures.PremiumIndex], 1 << 20}                   // 120 kB
	fundingTermsRoute   = route{"funding terms", market.RouteFunding, tidyFundingTerms, 512 << 10}                                // 90 kB if all are adjusted
	klinesRoute         = route{"candles", market.RouteKlines, tidyKlines, 512 << 10}                                             // 60 kB for 499 rows
	fundingHistoryRoute = route{"funding history", market.RouteFunding, tidyList[futures.FundingRate], 512 << 10}                 // 110 kB for 1000 rows
)

// ask sends one request with the permit that ctx carries, or one that it takes,
// within a time limit, by the library's call send, whose result read turns into
// market types. Whatever fails comes back as a *market.Problem, except that an
// asker who gave up gets ctx's own error, wrapped.
func ask[L, T any](ctx context.Context, c *Client, r route, symbol string, send func(context.Context) (L, error), read func(L, *answer) (T, error)) (result T, err error) {
	what := r.what
	if symbol != "" {
		what += " of " + symbol
	}
	permit, err := c.permit(ctx, r, what)
	if err != nil {
		return result, err
	}
	a := &answer{tidy: r.tidy, most: r.most, used: -1}
	if i := inspectionOf(ctx); i != nil {
		a.keep = true
		defer func() { i.note(a) }()
	}
	defer func() { c.settle(permit, a, err) }()
	served, err := transact(ctx, a, send)
	if err != nil {
		err = c.problem(ctx, what, a, plainAddress(err))
		if p := market.ProblemOf(err); p != nil && p.Kind == market.UnknownSymbol && symbol == "" {
			p.Kind = market.BadAnswer // no symbol was named
		}
		return result, err
	}
	if a.lost > 0 {
		c.tally.drop(r.what, "no such row", a.lost)
	}
	corrected := c.clock.sum()
	result, err = read(served, a)
	if err != nil {
		return result, &market.Problem{Kind: market.BadAnswer, What: what, Err: err}
	}
	if c.clock.answered(a) || c.clock.sum() != corrected {
		return read(served, a) // by the right time
	}
	return result, nil
}

// permit returns the one that ctx carries, or takes one; it fails where the
// quota has none, or ctx has ended.
func (c *Client) permit(ctx context.Context, r route, what string) (*quota.Permit, error) {
	permit := quota.PermitOf(ctx)
	if ctx.Err() != nil {
		if permit != nil {
			permit.Cancel(c.Now())
		}
		return nil, fmt.Errorf("%s: %w", what, ctx.Err())
	}
	if permit != nil {
		return permit, nil
	}
	permit, verdict := c.quota.Take(c.Now(), r.limit, 0)
	if permit != nil {
		return permit, nil
	}
	if p := verdict.Pause; p != nil {
		refused := *p
		refused.What, refused.Err = what, fmt.Errorf("not sent, because of %w", p)
		return nil, &refused
	}
	spent := c.quota.Spent(c.Now(), r.limit, 0)
	if spent == nil { // there is room again in this very moment
		spent = &market.Problem{Kind: market.QuotaSpent, Route: r.limit, Until: verdict.Again}
	}
	spent.What, spent.Err = what, errors.New("not sent")
	return nil, spent
}

// settle tells the quota what came of a request.
func (c *Client) settle(permit *quota.Permit, a *answer, err error) {
	if a.sent == (instant{}) && a.status == 0 { // there was no connection: nothing was sent
		permit.Cancel(c.Now())
		return
	}
	permit.Settle(c.Now(), quota.Outcome{
		Used: a.used, Answered: a.status != 0, Problem: market.ProblemOf(err), Page: a.page, Absolute: a.absolute,
	})
}

func transact[L any](ctx context.Context, a *answer, send func(context.Context) (L, error)) (L, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	return send(withAnswer(ctx, a))
}

// sift checks the rows of a list one by one. A row that check refuses is
// dropped and counted; a list of which nothing is left is an error, unless it
// was empty to begin with, and may be.
func sift[L, T any](c *Client, r route, a *answer, served []L, check func(L) (T, reason)) ([]T, error) {
	rows := make([]T, 0, len(served))
	refused := map[reason]int{}
	for _, s := range served {
		row, why := check(s)
		if why != fine {
			refused[why]++
			continue
		}
		rows = append(rows, row)
	}
	for why, n := range refused {
		c.tally.drop(r.what, string(why), n)
	}
	if len(rows) == 0 && a.rows > 0 {
		return nil, fmt.Errorf("none of %d rows is usable: %v", a.rows, refused)
	}
	return rows, nil
}

// reason is why a row was dropped.
type reason string

const (
	fine        reason = ""
	badSymbol   reason = "unusable symbol"
	otherSymbol reason = "another symbol than asked for"
	badNumber   reason = "unusable number"
	badTime     reason = "unusable time"
	fromFuture  reason = "time in the future"
	otherSpan   reason = "outside the span asked for"
	otherStep   reason = "of another period than asked for"
)

var errOtherPeriod = errors.New("the rows are of another period than asked for")

// Stats is what a client did since it was made.
type Stats struct {
	Requests map[string]int // HTTP requests sent, by path
	Dropped  map[string]int // malformed rows, by what they were and why they were dropped
}

// tally counts, and logs each kind of malformed row once.
type tally struct {
	log *slog.Logger

	mu    sync.Mutex
	stats Stats
}

func newTally(log *slog.Logger) *tally {
	return &tally{log: log, stats: Stats{Requests: map[string]int{}, Dropped: map[string]int{}}}
}

func (t *tally) request(path string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stats.Requests[path]++
}

func (t *tally) drop(what, why string, n int) {
	key := what + ": " + why
	t.mu.Lock()
	first := t.stats.Dropped[key] == 0
	t.stats.Dropped[key] += n
	t.mu.Unlock()
	if !first {
		return
	}
	level := slog.LevelWarn
	if why == string(notNewer) || why == string(otherTime) { // well formed; a stream that brings nothing else is said in the status
		level = slog.LevelInfo
	}
	t.log.Log(context.Background(), level, "dropped rows; further ones of this kind are only counted", "what", what, "why", why, "rows", n)
}

func (t *tally) snapshot() Stats {
	t.mu.Lock()
	defer t.mu.Unlock()
	return Stats{Requests: maps.Clone(t.stats.Requests), Dropped: maps.Clone(t.stats.Dropped)}
}
