package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/session"
	"openinterest/ui/format"
)

// snapshotCommand prints the whole market once.
type snapshotCommand struct {
	waiting

	Format string `enum:"csv,json" default:"csv" placeholder:"csv|json" help:"How to print: csv or json (default: csv)."`
	Stats  bool   `help:"Add one JSON line on standard error: the seconds to a full table and the requests made."`
}

// Run is called by kong.
func (c *snapshotCommand) Run(ctx context.Context, g *globals, std streams) error {
	options := g.session(g.logger(std.err))
	options.Fresh = true // the snapshot is of now: nothing old is printed as if it were new
	s, err := session.Open(ctx, options)
	if err != nil {
		return err
	}
	defer s.Close()
	snap, full := s.Fill(ctx, c.Timeout)
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("the snapshot was interrupted: %w", err)
	}
	if c.Stats {
		if err := c.printStats(std, s, full); err != nil {
			return err
		}
	}
	words := assets.NewWords(g.language(""))
	if !session.HasAnything(snap) {
		return nothingError(words, snap)
	}
	noteGaps(std.err, words, snap)
	write := writeCSV
	if c.Format == "json" {
		write = writeJSON
	}
	return write(std.out, snap, s.Now())
}

// nothingError is the sentence for a snapshot without a single number.
func nothingError(words *assets.Words, s *market.Snapshot) error {
	if s == nil || s.Status.Problem == nil {
		return errors.New(words.T("cli.nothing"))
	}
	return errors.New(format.Problem(words, s.Status.Problem, ""))
}

// noteGaps says on standard error what could not be had, and why.
func noteGaps(w io.Writer, words *assets.Words, s *market.Snapshot) {
	noteIncomplete(w, words, s)
	noteLate(w, words, s)
	noteUnclear(w, words, s)
}

// noteUnclear says of which contracts value and changes are not known because
// only one of open interest and price is in a new unit yet.
func noteUnclear(w io.Writer, words *assets.Words, s *market.Snapshot) {
	for _, q := range s.Quotes {
		if q.UnitUnclear() {
			say(w, q.Contract.Symbol+": "+words.T("column.tip.unit_unclear"))
		}
	}
}

// noteLate says which changes are not known because history is late.
func noteLate(w io.Writer, words *assets.Words, s *market.Snapshot) {
	late := session.LateHistory(s)
	for len(late) > 0 {
		rows := late[0].Rows // windows of which as many rows are empty share a sentence
		var fields []string
		for len(late) > 0 && late[0].Rows == rows {
			fields = append(fields, "oi_change_"+late[0].Window.String()+"_pct")
			late = late[1:]
		}
		newest := int64(0)
		for _, q := range s.Quotes {
			if p, ok := q.History.Last(); ok {
				newest = max(newest, p.Time)
			}
		}
		say(w, words.T("cli.late", assets.Args{"Fields": strings.Join(fields, ", "), "Every": rows == len(s.Quotes), "Rows": rows, "Total": len(s.Quotes), "Newest": format.Stamp(newest)}))
	}
}

// noteIncomplete says which contracts lack something, and why: a sentence for
// each kind of problem.
func noteIncomplete(w io.Writer, words *assets.Words, s *market.Snapshot) {
	missing := 0
	said := map[market.ProblemKind]bool{}
	var sentences []string
	tell := func(p *market.Problem, symbol string) {
		if p != nil && !said[p.Kind] {
			said[p.Kind] = true
			sentence := format.Problem(words, p, symbol)
			if symbol != "" && !p.Kind.Global() {
				sentence = symbol + ": " + sentence // one of those it happened to
			}
			sentences = append(sentences, sentence)
		}
	}
	for _, q := range s.Quotes {
		if session.IsComplete(q) {
			continue
		}
		missing++
		tell(q.Problem, q.Contract.Symbol)
	}
	if missing == 0 {
		return
	}
	tell(s.Status.Problem, "")
	for _, p := range s.Status.Partial {
		tell(p, "")
	}
	say(w, words.T("cli.gaps", assets.Args{"Missing": missing, "Total": len(s.Quotes)}))
	for _, sentence := range sentences {
		say(w, sentence)
	}
}

func (c *snapshotCommand) printStats(std streams, s *session.Session, full time.Time) error {
	spent := s.Spent()
	stats := struct {
		SecondsToFull *float64 `json:"seconds_to_full_table"` // null: it never became full
		Requests      int      `json:"requests"`
		Weight        int      `json:"weight"`
	}{Requests: spent.Requests, Weight: spent.Weight}
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
