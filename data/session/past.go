package session

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"openinterest/data/history"
	"openinterest/data/market"
	"openinterest/data/signal"
)

// liveSinceSetting is the name under which the store keeps when live events
// began to be told.
const liveSinceSetting = "signals.live_since"

// Past has the whole stored history of every contract, as signals are computed
// and scored on it. It needs no market that runs.
type Past struct {
	store  *history.Store
	quotes map[string]*market.Quote // of the last known table: terms, and days of listing
	live   time.Time                // since when live events are told; zero: never
}

// OpenPast opens the history that the options name, for reading, beside whoever
// writes it. Its errors are the history's (see history.KindOf). Commands that
// print events and scores call it, and Close.
func OpenPast(ctx context.Context, o Options) (*Past, error) {
	store, err := history.Open(ctx, o.HistoryDir(), history.Options{ReadOnly: true, Log: o.Log})
	if err != nil {
		return nil, err
	}
	past, err := readPast(ctx, store)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return past, nil
}

// Close closes the history that OpenPast opened.
func (p *Past) Close() error { return p.store.Close() }

// readPast reads what contracts have in common.
func readPast(ctx context.Context, store *history.Store) (*Past, error) {
	p := &Past{store: store, quotes: map[string]*market.Quote{}}
	table, err := store.LoadTable(ctx, 1)
	if err != nil {
		return nil, err
	}
	for _, q := range table.Quotes {
		p.quotes[q.Contract.Symbol] = q
	}
	since, err := store.Setting(ctx, liveSinceSetting)
	if err != nil {
		return nil, err
	}
	p.live, _ = time.Parse(time.RFC3339, since) // unreadable: as if nothing had been told live
	return p, nil
}

// Symbols lists the contracts of which any stamp is stored.
func (p *Past) Symbols(ctx context.Context) ([]string, error) {
	coverages, err := p.store.Coverages(ctx)
	if err != nil {
		return nil, err
	}
	var symbols []string
	for _, c := range coverages {
		if c.Points > 0 {
			symbols = append(symbols, c.Symbol)
		}
	}
	return symbols, nil
}

// Subject loads all that is stored of a contract. Its input has no points where
// nothing is.
func (p *Past) Subject(ctx context.Context, symbol string) (signal.Subject, error) {
	in := &signal.Input{Symbol: symbol, Terms: market.DefaultFundingTerms(), Volume: market.Unknown}
	if q := p.quotes[symbol]; q != nil {
		in.Listed = q.Contract.Listed
		if q.Funding.IntervalHours > 0 {
			in.Terms = q.Funding
		}
	}
	subject := signal.Subject{Input: in, LiveSince: p.live}
	series, err := p.store.Series(ctx, symbol, 0, math.MaxInt64)
	if err != nil {
		return subject, fmt.Errorf("loading %s: %w", symbol, err)
	}
	in.Points = series.Points
	if in.Funding, err = p.store.Funding(ctx, symbol, 0, math.MaxInt64); err != nil {
		return subject, fmt.Errorf("loading the funding of %s: %w", symbol, err)
	}
	if err := loadStanding(ctx, p.store, in, 0, math.MaxInt64); err != nil {
		return subject, err
	}
	rows, err := p.store.Events(ctx, symbol, 0, math.MaxInt64)
	if err != nil {
		return subject, fmt.Errorf("loading the live events of %s: %w", symbol, err)
	}
	subject.Live = loggedEvents(rows)
	return subject, nil
}

// loadStanding loads who stood where in a contract: its ratios, the liquidations seen,
// and when somebody listened. Most contracts have none, and pay nothing.
func loadStanding(ctx context.Context, store *history.Store, in *signal.Input, from, to int64) (err error) {
	if in.Ratios, err = store.Ratios(ctx, in.Symbol, from, to); err != nil {
		return fmt.Errorf("loading the ratios of %s: %w", in.Symbol, err)
	}
	if in.Liquidations, err = store.Liquidations(ctx, in.Symbol, from, to); err != nil {
		return fmt.Errorf("loading the liquidations of %s: %w", in.Symbol, err)
	}
	if in.Listened, err = store.Listened(ctx, from, to); err != nil {
		return fmt.Errorf("loading when liquidations were listened for: %w", err)
	}
	return nil
}
