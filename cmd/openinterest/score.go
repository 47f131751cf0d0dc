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
	"openinterest/data/session"
	"openinterest/data/signal"
	"openinterest/ui/format"
	"openinterest/ui/scorecard"
)

// scoreCommand prints the scorecard: what followed the signals.
type scoreCommand struct {
	Symbol symbolFlag `placeholder:"SYMBOL" help:"Of one contract, such as BTCUSDT (default: all that are kept, pooled)."`
	Format string     `enum:"json,text" default:"text" placeholder:"json|text" help:"How to print: json or text (default: ${default})."`
}

// Run is called by kong.
func (c *scoreCommand) Run(ctx context.Context, g *globals, std streams) error {
	past, words, err := openPast(ctx, g, std)
	if err != nil {
		return err
	}
	defer past.Close()
	symbols := []string{string(c.Symbol)}
	if symbols[0] == "" {
		if symbols, err = past.Symbols(ctx); err != nil {
			return historyError(words, err)
		}
	} else if _, err := knownOf(ctx, past, words, symbols[0]); err != nil {
		return err
	}
	if len(symbols) == 0 {
		return errors.New(words.T("cli.score_nothing"))
	}
	report, err := scoreOf(ctx, past, symbols, std.err)
	if err != nil {
		return err
	}
	for _, f := range report.Failed {
		say(std.err, f.Text)
	}
	cards := report.Pooled
	if c.Symbol != "" {
		if len(report.Contracts) == 0 {
			return historyError(words, report.Failed[0].Err)
		}
		cards = report.Contracts[0]
	}
	if c.Format == "json" {
		err = writeIndented(std.out, cards)
	} else {
		err = writeScore(std.out, words, &cards)
	}
	if err != nil {
		return fmt.Errorf("printing the scorecard: %w", err)
	}
	return nil
}

// scoreOf scores contracts; on a terminal a bar shows how far it is.
func scoreOf(ctx context.Context, past *session.Past, symbols []string, progress io.Writer) (*signal.Report, error) {
	told := func(int) {}
	if f, ok := progress.(*os.File); ok && len(symbols) > 1 && term.IsTerminal(int(f.Fd())) {
		bar := progressbar.NewOptions(len(symbols), progressbar.OptionSetWriter(progress), progressbar.OptionShowCount(),
			progressbar.OptionFullWidth(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
		told = func(done int) { _ = bar.Set(done) } // a terminal that is gone costs the bar only
		defer bar.Clear()
	}
	subjects := func(yield func(signal.Subject, error) bool) {
		for _, symbol := range symbols {
			if !yield(past.Subject(ctx, symbol)) {
				return
			}
		}
	}
	return signal.Score(ctx, subjects, told)
}

// writeScore writes scorecards in sentences, as the window words them: the lift
// first, then each kind and horizon of which there is enough to tell.
func writeScore(w io.Writer, words *assets.Words, cards *signal.Cards) error {
	said := []string{}
	line := func(text string) { said = append(said, text) }
	card := func(title string, s *signal.Scorecard) {
		name := s.Symbol
		if name == "" {
			name = words.T("score.pooled")
		}
		line(name + " · " + words.T(title))
		line(words.T("score.covers", assets.Args{
			"From": s.From.UTC().Format(time.DateOnly), "To": s.To.UTC().Format(time.DateOnly), "Days": format.ExactTo(s.Days, 0), "N": s.Contracts, "Zone": "UTC",
		}))
		if s.ArchiveNeeded {
			line(words.T("score.archive", assets.Args{"Days": format.ExactTo(s.Days, 0)}))
		}
		line("")
		line(words.T("score.lift_title"))
		for i := range s.Lifts {
			line("  " + scorecard.LiftSentence(words, &s.Lifts[i]))
		}
		for _, k := range signal.EventKinds() {
			line("")
			line(scorecard.KindName(words, k))
			for _, h := range signal.Horizons() {
				if c := s.Cell(k, h); c != nil {
					line("  " + scorecard.Sentence(words, s.Symbol, c))
				}
			}
		}
		line("")
	}
	card("score.history", &cards.History)
	if cards.Live != nil {
		card("score.live", cards.Live)
	}
	for _, text := range said {
		if _, err := fmt.Fprintln(w, printable(text)); err != nil {
			return err
		}
	}
	return nil
}
