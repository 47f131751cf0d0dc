package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"openinterest/assets"
	"openinterest/data/history"
	"openinterest/data/history/archive"
	"openinterest/data/session"
	"openinterest/ui/format"
)

// backfillCommand imports a contract's days from the archive.
type backfillCommand struct {
	Symbol symbolFlag `required:"" placeholder:"SYMBOL" help:"The contract, such as BTCUSDT."`
	From   moment     `placeholder:"DAY" help:"The first day, such as 2025-01-01 (default: the first in the archive)."`
	To     moment     `placeholder:"DAY" help:"The last day (default: yesterday)."`
	Again  bool       `help:"Fetch the days that are kept already, too."`
	Ratios bool       `help:"Fetch the days that are kept without their ratios, too: those that a version before this one imported."`
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
	symbol := string(c.Symbol)
	show := newMeter(std.err, words, symbol)
	result, err := from.Import(ctx, store, archive.Request{
		Symbol: symbol, From: c.From.Time, To: c.To.Time, Again: c.Again, Ratios: c.Ratios, Progress: show.progress,
	})
	show.close()
	return c.report(ctx, std, words, symbol, result, err)
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

// meter shows how far an import is: a bar on a terminal, else a line for each
// tenth.
type meter struct {
	w      io.Writer
	words  *assets.Words
	symbol string
	bar    *progressbar.ProgressBar // nil: lines
	total  int
	tenth  int // said last
}

func newMeter(w io.Writer, words *assets.Words, symbol string) *meter {
	m := &meter{w: w, words: words, symbol: symbol, tenth: -1}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		m.bar = progressbar.NewOptions(1, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(symbol),
			progressbar.OptionShowCount(), progressbar.OptionFullWidth(), progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish())
	}
	return m
}

// progress is called by the import, never twice at once.
func (m *meter) progress(p archive.Progress) {
	done := p.Done + p.Failed + p.Unpublished
	if p.Total == 0 {
		return
	}
	if m.bar != nil {
		if m.total != p.Total {
			m.total = p.Total
			m.bar.ChangeMax(p.Total)
		}
		_ = m.bar.Set(done) // a terminal that is gone costs the bar only
		return
	}
	if tenth := done * 10 / p.Total; tenth != m.tenth {
		m.tenth = tenth
		fmt.Fprintln(m.w, m.words.T("cli.backfill_progress", assets.Args{"Symbol": m.symbol, "Done": done, "Total": p.Total}))
	}
}

func (m *meter) close() {
	if m.bar != nil {
		_ = m.bar.Clear()
	}
}
