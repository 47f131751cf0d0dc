package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/format"
)

// snapshotCommand prints the whole market once.
type snapshotCommand struct {
	Format  string        `enum:"csv,json" default:"csv" placeholder:"csv|json" help:"How to print: csv or json (default: csv)."`
	Timeout time.Duration `default:"60s" help:"Print what is known after this long, complete or not (default: ${default})."`
	Stats   bool          `help:"Add one JSON line on standard error: the seconds to a full table and the requests made."`

	// Patience is how long stragglers are waited for once every contract has
	// been asked at least once, and a beginning where nothing can be had: long
	// enough for the feed to ask again what failed, short enough for a script.
	Patience time.Duration `hidden:"" default:"12s"`
}

// Validate refuses a time in which nothing can be done. Kong calls it.
func (c *snapshotCommand) Validate() error { return checkTimeout(c.Timeout) }

func checkTimeout(d time.Duration) error {
	if d <= 0 {
		return fmt.Errorf("--timeout: %v is not longer than nothing", d)
	}
	return nil
}

// Run is called by kong.
func (c *snapshotCommand) Run(ctx context.Context, g *globals, std streams) error {
	log := g.logger(std.err)
	s, err := openSession(ctx, g, log)
	if err != nil {
		return err
	}
	defer s.Close()
	snap, full := c.hydrate(ctx, s)
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("the snapshot was interrupted: %w", err)
	}
	if c.Stats {
		if err := c.printStats(std, s, full); err != nil {
			return err
		}
	}
	words := assets.NewWords(g.language(""))
	if !hasAnything(snap) {
		return nothingError(words, snap)
	}
	noteGaps(std.err, words, snap)
	write := writeCSV
	if c.Format == "json" {
		write = writeJSON
	}
	return write(std.out, snap, s.client.Now())
}

// hydrate waits until the table is full, until what is missing has had its
// second chance, or until the timeout. full is when the table became full; zero
// if it did not.
func (c *snapshotCommand) hydrate(ctx context.Context, s *session) (snap *market.Snapshot, full time.Time) {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	giveUp := time.NewTimer(0)
	giveUp.Stop()
	defer giveUp.Stop()
	waning := false
	for {
		snap = s.feed.Snapshot()
		if isFull(snap) {
			return snap, time.Now()
		}
		if now := isSettled(snap) || isHopeless(snap); now != waning {
			waning = now
			giveUp.Stop()
			if waning {
				giveUp.Reset(c.Patience)
			}
		}
		select {
		case <-s.feed.Updates():
		case <-giveUp.C:
			return s.feed.Snapshot(), time.Time{}
		case <-ctx.Done():
			return s.feed.Snapshot(), time.Time{}
		}
	}
}

// isFull reports whether every contract has all that a row shows.
func isFull(s *market.Snapshot) bool {
	if s == nil || len(s.Quotes) == 0 || s.Status.Ready < s.Status.Total {
		return false
	}
	for _, q := range s.Quotes {
		if !isComplete(q) {
			return false
		}
	}
	return true
}

// isComplete reports whether a contract has all that a row shows.
func isComplete(q *market.Quote) bool {
	return hasOpenInterest(q) && q.History != nil && !q.Mark.Received.IsZero() && !q.Ticker.Received.IsZero() && q.Funding.IntervalHours > 0
}

// isSettled reports whether every contract has been asked for its open
// interest, with or without success.
func isSettled(s *market.Snapshot) bool {
	if s == nil || len(s.Quotes) == 0 {
		return false
	}
	for _, q := range s.Quotes {
		if q.Problem == nil && (!hasOpenInterest(q) || q.History == nil) {
			return false
		}
	}
	return true
}

// isHopeless reports whether the exchange has been tried, and has never
// answered with anything of use.
func isHopeless(s *market.Snapshot) bool {
	return s != nil && s.Status.State == market.Down && s.Status.LastGood.IsZero()
}

func hasOpenInterest(q *market.Quote) bool { return !q.OpenInterest.Received.IsZero() }

func hasAnything(s *market.Snapshot) bool {
	if s == nil {
		return false
	}
	for _, q := range s.Quotes {
		if hasOpenInterest(q) || !q.Mark.Received.IsZero() || !q.Ticker.Received.IsZero() || q.History.Len() > 0 {
			return true
		}
	}
	return false
}

// nothingError is the sentence for a snapshot without a single number.
func nothingError(words *assets.Words, s *market.Snapshot) error {
	if s == nil || s.Status.Problem == nil {
		return errors.New(words.T("cli.nothing"))
	}
	return errors.New(format.Problem(words, s.Status.Problem, ""))
}

// noteGaps says on standard error what could not be had, and why: a sentence
// for each kind of problem.
func noteGaps(w io.Writer, words *assets.Words, s *market.Snapshot) {
	missing := 0
	said := map[market.ProblemKind]bool{}
	var sentences []string
	say := func(p *market.Problem, symbol string) {
		if p != nil && !said[p.Kind] {
			said[p.Kind] = true
			sentences = append(sentences, format.Problem(words, p, symbol))
		}
	}
	for _, q := range s.Quotes {
		if isComplete(q) {
			continue
		}
		missing++
		say(q.Problem, q.Contract.Symbol)
	}
	if missing == 0 {
		return
	}
	say(s.Status.Problem, "")
	fmt.Fprintln(w, words.T("cli.gaps", assets.Args{"Missing": missing, "Total": len(s.Quotes)}))
	for _, sentence := range sentences {
		fmt.Fprintln(w, sentence)
	}
}

func (c *snapshotCommand) printStats(std streams, s *session, full time.Time) error {
	stats := struct {
		SecondsToFull *float64 `json:"seconds_to_full_table"` // null: it never became full
		Requests      int      `json:"requests"`
		Weight        int      `json:"weight"`
	}{Weight: s.client.Budget().Own}
	for _, n := range s.client.Stats().Requests {
		stats.Requests += n
	}
	if !full.IsZero() {
		seconds := full.Sub(std.started).Seconds()
		stats.SecondsToFull = &seconds
	}
	line, err := json.Marshal(stats)
	if err != nil {
		return fmt.Errorf("printing the stats: %w", err)
	}
	if _, err := fmt.Fprintln(std.err, string(line)); err != nil {
		return fmt.Errorf("printing the stats: %w", err)
	}
	return nil
}
