package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"openinterest/assets"
	"openinterest/data/session"
	"openinterest/data/signal"
)

// eventsCommand lists the events of a contract, computed on its whole stored
// history: what fires in a span does not depend on which span is asked for.
type eventsCommand struct {
	Symbol symbolFlag `required:"" placeholder:"SYMBOL" help:"The contract, such as BTCUSDT."`
	From   moment     `placeholder:"TIME" help:"From this time, or this day, in UTC (default: the first)."`
	To     moment     `placeholder:"TIME" help:"Up to this time, or the end of this day, included (default: the last)."`
	Format string     `enum:"csv,json" default:"csv" placeholder:"csv|json" help:"How to print: json has all evidence as fields, csv the main numbers as columns and all of it as JSON in the last (default: ${default})."`
}

// Validate refuses a span that ends before it begins. Kong calls it.
func (c *eventsCommand) Validate() error { return checkSpan(c.From, c.To) }

// Run is called by kong.
func (c *eventsCommand) Run(ctx context.Context, g *globals, std streams) error {
	subject, err := c.load(ctx, g, std)
	if err != nil {
		return err
	}
	from, to := time.UnixMilli(0), time.UnixMilli(1<<50)
	if !c.From.IsZero() {
		from = c.From.Time
	}
	if !c.To.IsZero() {
		to = c.To.end()
	}
	events, err := signal.Events(ctx, subject.Input, from, to)
	if err != nil {
		return err
	}
	write := writeEventsCSV
	if c.Format == "json" {
		write = writeEventsJSON
	}
	if err := write(std.out, events); err != nil {
		return fmt.Errorf("printing the events: %w", err)
	}
	return nil
}

func (c *eventsCommand) load(ctx context.Context, g *globals, std streams) (signal.Subject, error) {
	past, words, err := openPast(ctx, g, std)
	if err != nil {
		return signal.Subject{}, err
	}
	defer past.Close()
	return knownOf(ctx, past, words, string(c.Symbol))
}

// openPast opens the history that the flags name, for reading. The caller
// closes it.
func openPast(ctx context.Context, g *globals, std streams) (*session.Past, *assets.Words, error) {
	if err := g.refuseDemo(); err != nil {
		return nil, nil, err
	}
	words := assets.NewWords(g.language(""))
	past, err := session.OpenPast(ctx, g.session(g.logger(std.err)))
	if err != nil {
		return nil, nil, historyError(words, err)
	}
	return past, words, nil
}

// knownOf is the subject of a symbol, or a sentence where nothing is stored of it.
func knownOf(ctx context.Context, past *session.Past, words *assets.Words, symbol string) (signal.Subject, error) {
	subject, err := past.Subject(ctx, symbol)
	switch {
	case err != nil:
		return subject, historyError(words, err)
	case len(subject.Input.Points) == 0:
		return subject, errors.New(words.T("cli.export_nothing", assets.Args{"Symbol": symbol}))
	}
	return subject, nil
}

// eventColumns are the columns of the CSV. Numbers that are not known are empty.
// Percentages are percentages, USD is signed, z is robust and about zero for the
// readings, evidence is the JSON object that --format json prints.
var eventColumns = []struct {
	name  string
	value func(*signal.Event) string
}{
	{"time", func(e *signal.Event) string { return e.Time.UTC().Format(time.RFC3339) }},
	{"symbol", func(e *signal.Event) string { return printable(e.Symbol) }},
	{"kind", func(e *signal.Event) string { return printable(string(e.Kind)) }},
	{"definition_version", func(e *signal.Event) string { return strconv.Itoa(e.DefinitionVersion) }},
	{"window", func(e *signal.Event) string { return e.Evidence.Window }},
	{"price", func(e *signal.Event) string { return decimal(e.Evidence.Price.Now) }},
	{"price_change_pct", func(e *signal.Event) string { return decimal(e.Evidence.Price.Pct) }},
	{"price_z", func(e *signal.Event) string { return decimal(e.Evidence.Price.Z) }},
	{"oi_contracts", func(e *signal.Event) string { return decimal(e.Evidence.OpenInterest.Now) }},
	{"oi_change_pct", func(e *signal.Event) string { return decimal(e.Evidence.OpenInterest.Pct) }},
	{"oi_z", func(e *signal.Event) string { return decimal(e.Evidence.OpenInterest.Z) }},
	{"oi_change_percentile", func(e *signal.Event) string { return decimal(e.Evidence.Percentile) }},
	{"usd_change", func(e *signal.Event) string { return decimal(e.Evidence.USD.Change) }},
	{"usd_change_by_positions", func(e *signal.Event) string { return decimal(e.Evidence.USD.Positions) }},
	{"usd_change_by_price", func(e *signal.Event) string { return decimal(e.Evidence.USD.Price) }},
	{"funding_apr_pct", func(e *signal.Event) string {
		if e.Evidence.Funding == nil {
			return ""
		}
		return decimal(e.Evidence.Funding.APR)
	}},
	{"thin", func(e *signal.Event) string { return strconv.FormatBool(e.Evidence.Eligibility.Thin) }},
	{"evidence", func(e *signal.Event) string {
		text, err := json.Marshal(e.Evidence)
		if err != nil {
			return ""
		}
		return string(escaped(text))
	}},
}

// decimal writes a number with every digit; empty when it is not known.
func decimal(x signal.Number) string {
	if !x.Known() {
		return ""
	}
	return strconv.FormatFloat(float64(x), 'f', -1, 64)
}

func writeEventsCSV(w io.Writer, events []signal.Event) error {
	out := csv.NewWriter(w)
	row := make([]string, len(eventColumns))
	for i, c := range eventColumns {
		row[i] = c.name
	}
	_ = out.Write(row) // Error tells, below
	for i := range events {
		for j, c := range eventColumns {
			row[j] = c.value(&events[i])
		}
		_ = out.Write(row)
	}
	out.Flush()
	return out.Error()
}

func writeEventsJSON(w io.Writer, events []signal.Event) error {
	if events == nil {
		events = []signal.Event{}
	}
	return writeIndented(w, events)
}

// writeIndented writes JSON that a person reads as well as a script.
func writeIndented(w io.Writer, value any) error {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(value); err != nil {
		return err
	}
	_, err := w.Write(escaped(b.Bytes()))
	return err
}
