package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"openinterest/assets"
	"openinterest/data/history"
	"openinterest/data/history/archive"
	"openinterest/data/market"
	"openinterest/data/session"
	"openinterest/ui/format"
)

// backfillCommand imports the past of one contract or of many: open interest from the
// archive, and funding payments from the exchange.
type backfillCommand struct {
	Symbol symbolFlag `placeholder:"SYMBOL" xor:"what" required:"" help:"The contract, such as BTCUSDT."`
	All    bool       `xor:"what" required:"" help:"Every contract that trades, those with the most open interest first."`
	Top    topFlag    `xor:"what" required:"" placeholder:"N" help:"The N contracts with the most open interest."`
	From   moment     `placeholder:"DAY" help:"The first day, such as 2025-01-01 (default: the first in the archive)."`
	To     moment     `placeholder:"DAY" help:"The last day (default: yesterday)."`
	Again  bool       `help:"Fetch the days that are kept already, too."`
	Ratios bool       `help:"Fetch the days that are kept without their ratios, too: those that a version before this one imported."`
}

// topFlag is a number of contracts.
type topFlag int

// UnmarshalText refuses a number of contracts that is none. Kong calls it.
func (n *topFlag) UnmarshalText(text []byte) error {
	wanted, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || wanted < 1 {
		return fmt.Errorf("%q is no number of contracts; it is 1 or more", text)
	}
	*n = topFlag(wanted)
	return nil
}

// Validate refuses a span that ends before it begins. Kong calls it.
func (c *backfillCommand) Validate() error { return checkSpan(c.From, c.To) }

// Run is called by kong. Interrupted, it may be run again, and goes on where it was.
func (c *backfillCommand) Run(ctx context.Context, g *globals, std streams) error {
	if err := g.refuseDemo(); err != nil {
		return err
	}
	log, words := g.logger(std.err), assets.NewWords(g.language(""))
	from, err := session.OpenArchive(g.session(log))
	if err != nil {
		return usageError{err}
	}
	store, err := history.Open(ctx, g.historyDir(), history.Options{Log: log})
	if err != nil {
		return historyError(words, err)
	}
	defer store.Close()
	if !store.Writes() {
		return errors.New(words.T("cli.backfill_busy"))
	}
	run := &backfill{command: c, options: g.session(log), std: std, words: words, store: store, archive: from}
	if c.Symbol == "" {
		return run.many(ctx)
	}
	return run.one(ctx, string(c.Symbol))
}

// backfill is one run of the command.
type backfill struct {
	command *backfillCommand
	options session.Options
	std     streams
	words   *assets.Words
	store   *history.Store
	archive *archive.Archive
}

// one imports one contract: its days, and then its funding.
func (b *backfill) one(ctx context.Context, symbol string) error {
	c := b.command
	show := newMeter(b.std.err, b.words, symbol)
	result, err := b.archive.Import(ctx, b.store, archive.Request{
		Symbol: symbol, From: c.From.Time, To: c.To.Time, Again: c.Again, Ratios: c.Ratios, Progress: show.progress,
	})
	show.close()
	if err = c.report(ctx, b.std, b.words, symbol, result, err); ctx.Err() != nil || result.Total+result.Skipped == 0 {
		return err
	}
	paid := b.funding(ctx, b.std, []*market.Quote{b.quoteOf(ctx, symbol)}, func(int) {})
	return cmp.Or(err, paid)
}

// quoteOf is what is known of a contract: since when it is listed, and how often it
// pays funding.
func (b *backfill) quoteOf(ctx context.Context, symbol string) *market.Quote {
	if table, err := b.store.LoadTable(ctx, 1); err == nil {
		for _, q := range table.Quotes {
			if q.Contract.Symbol == symbol {
				return q
			}
		}
	}
	return &market.Quote{Contract: market.Contract{Symbol: symbol}}
}

// report says what became of it: a sentence on standard output, and on
// standard error each day that failed.
func (c *backfillCommand) report(ctx context.Context, std streams, words *assets.Words, symbol string, r archive.Result, err error) error {
	args := assets.Args{"Symbol": symbol, "Days": r.Done, "Stamps": r.Points, "Skipped": r.Skipped,
		"Unpublished": r.Unpublished, "Failed": r.Failed, "Total": r.Total}
	for _, f := range r.Failures {
		say(std.err, fmt.Sprintf("%s %s: %s (%v)", symbol, f.Day.Format(time.DateOnly), format.HistoryProblem(words, f.Err), f.Err))
	}
	switch {
	case ctx.Err() != nil:
		return errors.New(words.T("cli.backfill_interrupted", args))
	case err != nil:
		return historyError(words, err)
	case r.Total+r.Skipped == 0:
		return errors.New(words.T("cli.backfill_nothing", args))
	}
	if _, err := fmt.Fprintln(std.out, words.T("cli.backfill_done", args)); err != nil {
		return fmt.Errorf("printing what was imported: %w", err)
	}
	if r.Failed > 0 {
		return errors.New(words.T("cli.backfill_failed", args))
	}
	return nil
}
