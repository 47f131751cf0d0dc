package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"openinterest/assets"
	"openinterest/data/history"
	"openinterest/data/history/export"
	"openinterest/data/market"
	"openinterest/ui/format"
)

// exportCommand writes a contract's history.
type exportCommand struct {
	Symbol symbolFlag `required:"" placeholder:"SYMBOL" help:"The contract, such as BTCUSDT."`
	From   moment     `placeholder:"TIME" help:"From this time, or this day, in UTC (default: the first that is kept)."`
	To     moment     `placeholder:"TIME" help:"Up to this time, or the end of this day, included (default: the last that is kept)."`
	Period string     `enum:"5m,1h,1d" default:"5m" placeholder:"5m|1h|1d" help:"5m: every stamp; 1h, 1d: the stamp that closes each full hour, or each day in UTC; where that one is missing, the row is (default: ${default})."`
	Format string     `enum:"csv,parquet" default:"csv" placeholder:"csv|parquet" help:"How to write: csv or parquet (default: ${default})."`
	Ratios bool       `help:"Write the ratios kept, too: long_short_accounts, top_long_short_accounts, top_long_short_positions, taker_buy_sell; empty where unknown. A stamp of which only ratios are kept has a row then, without contracts."`
	Out    string     `short:"o" type:"path" placeholder:"FILE" help:"Where to write (default: standard output)."`
}

// Validate refuses a span that ends before it begins. Kong calls it.
func (c *exportCommand) Validate() error { return checkSpan(c.From, c.To) }

var periods = map[string]market.Period{"5m": market.Period5m, "1h": market.Period1h, "1d": market.Period1d}

// Run is called by kong.
func (c *exportCommand) Run(ctx context.Context, g *globals, std streams) error {
	if err := g.refuseDemo(); err != nil {
		return err
	}
	words := assets.NewWords(g.language(""))
	if f, ok := std.out.(*os.File); ok && c.Out == "" && c.Format == "parquet" && term.IsTerminal(int(f.Fd())) {
		return usageError{errors.New(words.T("cli.parquet_terminal"))}
	}
	if c.Out != "" {
		if err := checkOutput(c.Out); err != nil {
			return err
		}
	}
	store, err := history.Open(ctx, g.historyDir(), history.Options{ReadOnly: true, Log: g.logger(std.err)})
	if err != nil {
		return historyError(words, err)
	}
	defer store.Close()
	what, err := c.read(ctx, store, std.err, words)
	if err != nil {
		return err
	}
	write := func(w io.Writer) error { return c.write(w, what) }
	if c.Out == "" {
		return write(std.out)
	}
	return writeOutput(ctx, c.Out, write)
}

// exported is what an export writes.
type exported struct {
	stamps  []history.Stamp
	ratios  []market.Ratios
	changes []market.UnitChange
}

// read reads what is kept of the contract, and says on w what of it can't be read.
func (c *exportCommand) read(ctx context.Context, store *history.Store, w io.Writer, words *assets.Words) (exported, error) {
	symbol := string(c.Symbol)
	from, to := int64(0), int64(math.MaxInt64-1)
	if !c.From.IsZero() {
		from = c.From.UnixMilli()
	}
	if !c.To.IsZero() {
		to = c.To.end().UnixMilli()
	}
	kept, err := store.Readable(ctx, symbol, from, to)
	if err != nil {
		return exported{}, historyError(words, err)
	}
	noteLost(w, words, symbol, kept)
	newer, err := store.Readable(ctx, symbol, to+1, math.MaxInt64) // in which the unit may have changed since
	if err != nil {
		return exported{}, historyError(words, err)
	}
	out := exported{changes: export.UnitChanges(slices.Concat(kept.Stamps, newer.Stamps)), stamps: export.Every(periods[c.Period], kept.Stamps)}
	unreadable := len(kept.Lost) > 0 || kept.Newest
	if c.Ratios {
		ratios, lost, err := store.ReadableRatios(ctx, symbol, from, to)
		if err != nil {
			return exported{}, historyError(words, err)
		}
		noteLostRatios(w, words, symbol, lost)
		unreadable = unreadable || len(lost) > 0
		out.ratios = export.EveryRatio(periods[c.Period], ratios)
	}
	switch {
	case len(out.stamps)+len(out.ratios) > 0:
		return out, nil
	case unreadable:
		return exported{}, errors.New(words.T("cli.export_unreadable", assets.Args{"Symbol": symbol}))
	}
	return exported{}, errors.New(words.T("cli.export_nothing", assets.Args{"Symbol": symbol}))
}

// write writes in the format that was asked for.
func (c *exportCommand) write(w io.Writer, x exported) error {
	symbol, parquet := string(c.Symbol), c.Format == "parquet"
	switch {
	case c.Ratios && parquet:
		return export.ParquetWithRatios(w, symbol, export.Join(x.stamps, x.ratios), x.changes)
	case c.Ratios:
		return export.CSVWithRatios(w, export.Join(x.stamps, x.ratios), x.changes)
	case parquet:
		return export.Parquet(w, symbol, x.stamps, x.changes)
	}
	return export.CSV(w, x.stamps, x.changes)
}

// noteLost says what of a damaged history can't be read.
func noteLost(w io.Writer, words *assets.Words, symbol string, kept history.Readable) {
	for _, days := range kept.Lost {
		fmt.Fprintln(w, words.T("cli.export_lost", assets.Args{"Symbol": symbol,
			"From": days.First.Format(time.DateOnly), "To": days.Last.Format(time.DateOnly)}))
	}
	if kept.Newest {
		fmt.Fprintln(w, words.T("cli.export_lost_newest", assets.Args{"Symbol": symbol}))
	}
}

// noteLostRatios says which days' ratios can't be read.
func noteLostRatios(w io.Writer, words *assets.Words, symbol string, lost []history.Days) {
	for _, days := range lost {
		fmt.Fprintln(w, words.T("cli.export_lost_ratios", assets.Args{"Symbol": symbol,
			"From": days.First.Format(time.DateOnly), "To": days.Last.Format(time.DateOnly)}))
	}
}

// refuseDemo refuses the demo where the history is meant: it keeps none.
func (g *globals) refuseDemo() error {
	if g.Demo {
		return usageError{errors.New("--demo shows a simulated market, of which no history is kept")}
	}
	return nil
}

// historyError is the sentence for a history that cannot be read or written,
// with the details, since a script has no other place to find them.
func historyError(words *assets.Words, err error) error {
	return fmt.Errorf("%s (%w)", strings.TrimRight(format.HistoryProblem(words, err), "."), err)
}
