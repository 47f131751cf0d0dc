package feed

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"openinterest/data/market"
)

// Ratios of charts are asked for and kept in pages, which begin at multiples of their
// length: about 42 hours.
const (
	ratioPage      = maxPoints
	ratioPageMs    = ratioPage * market.StepMillis
	ratiosReach    = 30 * 24 * time.Hour // what the exchange keeps
	ratiosMargin   = time.Hour           // of it that is left alone: it goes while the request is on its way
	ratiosSettled  = 2 * time.Hour       // stamps older than this are not late any more
	ratioPageFresh = time.Minute         // the page that is not over serves for so long
	ratioPageFinal = 100 * time.Hour     // one that is over, until the room is needed
	ratiosWhole    = 0.98                // of a page's stamps must be known, else it is asked for
)

// ratioPageKey names a page of one kind of ratio.
type ratioPageKey struct {
	symbol string
	kind   market.RatioKind
	begin  int64 // Unix ms
}

// ratioCall is one caller who wants a page.
type ratioCall struct {
	key    ratioPageKey
	answer chan<- result[[]market.Ratios] // one slot
}

// Ratios returns the ratios of one contract with from ≤ time ≤ to (Unix ms),
// ascending: what is kept, and what was had in this run. What neither has of the last
// 30 days is asked of the exchange, the newest first, as far as its limit allows; the
// rest is left out. A page that was asked for is kept. Errors are as Load's; with
// ratios they say why older ones, which the exchange may have, are not among them.
func (f *Feed) Ratios(ctx context.Context, symbol string, from, to int64) ([]market.Ratios, error) {
	var known []market.Ratios
	if f.store != nil {
		kept, err := f.store.Ratios(ctx, symbol, from, to)
		if err != nil {
			f.log.Debug("reading the ratios that are kept", "symbol", symbol, "err", err)
		}
		known = kept
	}
	known = market.MergeRatios(known, f.ratios.between(symbol, from, to))
	now := f.exchange.Now()
	last := min(to, now.UnixMilli())
	first := max(from, now.Add(ratiosMargin-ratiosReach).UnixMilli())
	if q := f.Snapshot().Quote(symbol); q != nil && !q.Contract.Listed.IsZero() {
		first = max(first, q.Contract.Listed.UnixMilli())
	}
	kinds := market.RatioKinds() // that did not fail
	var failed error
	for begin := last / ratioPageMs * ratioPageMs; begin+ratioPageMs > first && len(kinds) > 0; begin -= ratioPageMs {
		more, failures := f.lackingRatios(ctx, symbol, kinds, known, begin, first, min(last, begin+ratioPageMs-1), now)
		known = market.MergeRatios(known, market.RatiosBetween(more, from, to))
		for kind, err := range failures {
			failed = err
			kinds = slices.DeleteFunc(kinds, func(k market.RatioKind) bool { return k == kind })
		}
	}
	if failed != nil {
		return known, fmt.Errorf("loading ratios of %s: %w", symbol, failed)
	}
	return known, ctx.Err()
}

// lackingRatios asks for those of the kinds that lack in a page, side by side. failed is
// why, by the kinds that failed.
func (f *Feed) lackingRatios(ctx context.Context, symbol string, kinds []market.RatioKind, known []market.Ratios, begin, from, to int64, now time.Time) (rows []market.Ratios, failed map[market.RatioKind]error) {
	failed = map[market.RatioKind]error{}
	var asking sync.WaitGroup
	var mu sync.Mutex
	for _, kind := range kinds {
		if !lacks(known, kind, max(begin, from), min(to, now.Add(-maxLate/2).UnixMilli())) {
			continue
		}
		asking.Go(func() {
			answers := make(chan result[[]market.Ratios], 1)
			page, err := askEngine(ctx, f, f.pages, ratioCall{ratioPageKey{symbol, kind, begin}, answers}, answers)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed[kind] = err
				return
			}
			rows = market.MergeRatios(rows, page)
		})
	}
	asking.Wait()
	return rows, failed
}

// lacks reports whether stamps of a kind are missing between two moments.
func lacks(known []market.Ratios, kind market.RatioKind, from, to int64) bool {
	expected := (market.FloorStamp(to) - market.FloorStamp(from-1)) / market.StepMillis
	if expected <= 0 {
		return false
	}
	have := 0
	for _, r := range market.RatiosBetween(known, from, to) {
		if market.Known(r.Values[kind]) {
			have++
		}
	}
	return float64(have) < ratiosWhole*float64(expected)
}

// page serves a caller of Ratios.
func (e *engine) page(c ratioCall) {
	at := e.now()
	why := e.refusal(market.RouteRatios)
	if p := market.ProblemOf(why); p != nil && e.health.outage == nil && !p.Until.IsZero() && !p.Until.After(at.wall) {
		why = nil // the pause is over, and no row may be due for minutes that would try whether it is
	}
	if p := e.schedule.ratios.refusal(at, c.key.kind); why == nil && p != nil {
		why = p
	}
	if p := e.schedule.ratiosShort(at); why == nil && p != nil {
		why = p
	}
	switch {
	case e.isUnlisted(c.key.symbol):
		c.answer <- result[[]market.Ratios]{err: &market.Problem{Kind: market.UnknownSymbol, What: "ratios of " + c.key.symbol}}
	case why != nil && e.pages.refused(c.key, c.answer, why):
	case e.pages.call(c.key, c.answer, at.wall):
		e.schedule.charts = append(e.schedule.charts, request{kind: askRatioPage, symbol: c.key.symbol, period: market.Period5m, ratio: c.key.kind, begin: c.key.begin, limit: ratioPage})
	}
}

// pageExpires is until when a page serves.
func pageExpires(k ratioPageKey, wall time.Time) time.Time {
	if wall.UnixMilli() > k.begin+ratioPageMs+ratiosSettled.Milliseconds() {
		return wall.Add(ratioPageFinal)
	}
	return wall.Add(ratioPageFresh)
}

// ratioBook has the newest ratios of the contracts that were asked in this run, for
// charts. It is safe for concurrent use.
type ratioBook struct {
	mu   sync.Mutex
	rows map[string][]market.Ratios
	used []string // symbols, the one that was last learned of at the end
}

const (
	bookRows      = 2 * ratioPage // of one contract; the newest stay
	bookContracts = 100
)

func newRatioBook() *ratioBook { return &ratioBook{rows: map[string][]market.Ratios{}} }

// learn takes rows and returns those of which something was not known.
func (b *ratioBook) learn(symbol string, rows []market.Ratios) (news []market.Ratios) {
	b.mu.Lock()
	defer b.mu.Unlock()
	had := b.rows[symbol]
	for _, r := range rows {
		if known := market.RatiosBetween(had, r.Time, r.Time); len(known) == 0 || !tells(known[0], r) {
			news = append(news, r)
		}
	}
	merged := market.MergeRatios(had, rows)
	if n := len(merged) - bookRows; n > 0 {
		merged = merged[n:]
	}
	b.rows[symbol] = merged
	b.use(symbol)
	return news
}

// tells reports whether known says all that r says.
func tells(known, r market.Ratios) bool {
	for k, x := range r.Values {
		if market.Known(x) && known.Values[k] != x {
			return false
		}
	}
	return true
}

// use notes that a contract was learned of, and forgets the one of which that is the
// longest ago, where there are too many; b.mu is held.
func (b *ratioBook) use(symbol string) {
	b.used = append(slices.DeleteFunc(b.used, func(s string) bool { return s == symbol }), symbol)
	if len(b.used) > bookContracts {
		delete(b.rows, b.used[0])
		b.used = b.used[1:]
	}
}

// between returns what is known with from ≤ time ≤ to; it is not changed later.
func (b *ratioBook) between(symbol string, from, to int64) []market.Ratios {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(market.RatiosBetween(b.rows[symbol], from, to))
}
