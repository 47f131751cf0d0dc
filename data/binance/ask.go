package binance

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"sync"

	"github.com/adshao/go-binance/v2/futures"

	"openinterest/data/market"
)

// route is an endpoint: what it costs and how its answers are tidied. The
// costs are from the exchange's documentation, for the parameters used here.
type route struct {
	name string // what it gives, for messages
	cost cost
	tidy tidier
}

var (
	contractsRoute      = route{"contracts", cost{weight: 1}, tidyExchangeInfo}
	openInterestRoute   = route{"open interest", cost{weight: 1}, tidyObject[futures.OpenInterest]}
	historyRoute        = route{"open interest history", cost{weight: 1, lane: historyLane}, tidyList[futures.OpenInterestStatistic]}
	tickersRoute        = route{"24-hour tickers", cost{weight: 40}, tidyList[futures.PriceChangeStats]}
	markPricesRoute     = route{"mark prices", cost{weight: 10}, tidyList[futures.PremiumIndex]}
	fundingTermsRoute   = route{"funding terms", cost{lane: fundingLane}, tidyList[futures.FundingRateInfo]}
	fundingHistoryRoute = route{"funding history", cost{lane: fundingLane}, tidyList[futures.FundingRate]}
)

// ask sends one request: through the gate, with a time limit, by the library's
// call send, whose result read turns into market types. Whatever fails comes
// back as a *market.Problem, except that an asker who gave up gets ctx's own
// error, wrapped.
func ask[L, T any](ctx context.Context, c *Client, r route, symbol string, send func(context.Context) (L, error), read func(L, *answer) (T, error)) (T, error) {
	var nothing T
	what := r.name
	if symbol != "" {
		what += " of " + symbol
	}
	pass, err := c.gate.enter(ctx, r.cost)
	if err != nil {
		return nothing, gateProblem(what, err)
	}
	a := &answer{tidy: r.tidy, used: -1}
	served, err := transact(ctx, a, send)
	if err != nil {
		err = c.problem(ctx, what, a, plainAddress(err))
		if p := market.ProblemOf(err); p != nil && p.Kind == market.UnknownSymbol && symbol == "" {
			p.Kind = market.BadAnswer // no symbol was named
		}
	}
	pass.leave(outcome{used: a.used, answered: a.status != 0, problem: market.ProblemOf(err)})
	if err != nil {
		return nothing, err
	}
	if a.lost > 0 {
		c.tally.drop(r.name, "no such row", a.lost)
	}
	result, err := read(served, a)
	if err != nil {
		return nothing, &market.Problem{Kind: market.BadAnswer, What: what, Err: err}
	}
	return result, nil
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
		c.tally.drop(r.name, string(why), n)
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
)

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
	if first {
		t.log.Warn("dropped malformed rows; further ones of this kind are only counted", "what", what, "why", why, "rows", n)
	}
}

func (t *tally) snapshot() Stats {
	t.mu.Lock()
	defer t.mu.Unlock()
	return Stats{Requests: maps.Clone(t.stats.Requests), Dropped: maps.Clone(t.stats.Dropped)}
}
