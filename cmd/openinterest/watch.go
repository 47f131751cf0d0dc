package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"openinterest/assets"
	"openinterest/data/feed"
	"openinterest/data/market"
	"openinterest/data/session"
	"openinterest/ui/format"
)

// watchCommand prints what the window would show, as it changes. It runs the
// same session as the window.
type watchCommand struct {
	Symbol       []symbolFlag  `placeholder:"SYMBOL,…" help:"Print these contracts only, and ask for them first, like those that are ticked in the window (default: all)."`
	Every        time.Duration `default:"1s" help:"How often to look for changes (default: ${default})."`
	For          time.Duration `placeholder:"DURATION" help:"End after this long (default: when told to stop)."`
	Liquidations bool          `help:"Print each liquidation that the exchange shows, too: at most the largest of each contract and second."`
	Format       string        `enum:"ndjson,csv" default:"ndjson" placeholder:"ndjson|csv" help:"How to print: ndjson, one JSON object a line, or csv (default: ${default})."`
}

// leastEvery is how often a feed that fills publishes, and more often than
// anything changes.
const leastEvery = 50 * time.Millisecond

// Validate refuses times in which nothing can be done. Kong calls it.
func (c *watchCommand) Validate() error {
	if c.Every < leastEvery {
		return fmt.Errorf("--every: %v is shorter than %v", c.Every, leastEvery)
	}
	if c.For < 0 {
		return fmt.Errorf("--for: %v is not longer than nothing", c.For)
	}
	return nil
}

// Run is called by kong. It ends without an error after --for, when it is told
// to stop, and when nobody reads any more.
func (c *watchCommand) Run(ctx context.Context, g *globals, std streams) error {
	log := g.logger(std.err)
	language := assets.English
	if g.Lang != "" {
		language = assets.Language(g.Lang)
	}
	if c.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.For)
		defer cancel()
	}
	defer pipesAreErrors()()
	s, err := session.Open(context.WithoutCancel(ctx), g.session(log)) // it is looked at once more when the time is up
	if err != nil {
		return err
	}
	defer s.Close()
	p := newWatchPrinter(c, assets.NewWords(language))
	s.Attend(feed.Attention{Ticked: p.symbols, Ratios: len(p.symbols) > 0})
	s.Watch(false)
	err = p.follow(ctx, c.Every, s, std.out, log)
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) {
		return nil
	}
	return err
}

// pipesAreErrors makes a write into a pipe that nobody reads fail, instead of
// ending the program where it stands. It returns what undoes that.
func pipesAreErrors() (undo func()) {
	unread := make(chan os.Signal, 1)
	signal.Notify(unread, syscall.SIGPIPE)
	return func() { signal.Stop(unread) }
}

// watched is what is looked at: a session is one.
type watched interface {
	Snapshot() *market.Snapshot
	Updates() <-chan struct{}
	LiquidationsAfter(mark uint64) (news []market.Liquidation, next uint64)
}

// watchPrinter turns snapshots into lines, and knows what it printed.
type watchPrinter struct {
	symbols []string        // those asked for; none: all
	only    map[string]bool // the same
	csv     bool
	words   *assets.Words

	begun    bool               // something was printed
	health   watchHealth        // as printed last
	rows     map[string]*rowOut // by symbol, as printed last
	sequence uint64             // of the snapshot looked at last
	missing  bool               // symbols that are not listed were told of

	liquidations bool   // each is printed, too
	mark         uint64 // after which one they were not
}

// rowOut is a contract as it was printed.
type rowOut struct {
	quote  *market.Quote
	values []any // of snapshotFields
}

// watchHealth is the part of a line that says how the feed is doing.
type watchHealth struct {
	state   market.FeedState
	problem string    // "": none
	until   time.Time // zero: not known
}

func newWatchPrinter(c *watchCommand, words *assets.Words) *watchPrinter {
	p := &watchPrinter{csv: c.Format == "csv", words: words, liquidations: c.Liquidations, only: map[string]bool{}, rows: map[string]*rowOut{}}
	for _, symbol := range c.Symbol {
		p.symbols = append(p.symbols, string(symbol))
		p.only[string(symbol)] = true
	}
	return p
}

// follow prints changes until ctx ends, and those since the last look then. The
// first snapshot is not waited for longer than it takes.
func (p *watchPrinter) follow(ctx context.Context, every time.Duration, s watched, out io.Writer, log *slog.Logger) error {
	again := time.NewTicker(every)
	defer again.Stop()
	for {
		snap := s.Snapshot()
		p.noteMissing(snap, log)
		lines := append(p.changes(snap), p.liquidated(s)...)
		if len(lines) > 0 {
			if _, err := out.Write(lines); err != nil { // the lines of one look in one piece, and none is held back
				return fmt.Errorf("printing what changed: %w", err)
			}
		}
		if ctx.Err() != nil {
			return nil
		}
		var first <-chan struct{} // nil: never ready
		if !p.begun {
			first = s.Updates()
		}
		select {
		case <-first:
		case <-again.C:
		case <-ctx.Done():
		}
	}
}

// noteMissing warns once of symbols that the exchange doesn't list. They may be
// listed later, so that is no reason to end.
func (p *watchPrinter) noteMissing(snap *market.Snapshot, log *slog.Logger) {
	if p.missing || snap == nil || snap.Status.State != market.Live {
		return
	}
	p.missing = true
	for _, symbol := range p.symbols {
		if snap.Quote(symbol) == nil {
			log.Warn("the exchange does not list this contract; it is printed when it does", "symbol", symbol)
		}
	}
}

// changes returns the lines for a snapshot: at first every contract, then those
// of which a value changed, or a line without a contract where only the state of
// the feed did.
func (p *watchPrinter) changes(snap *market.Snapshot) []byte {
	if snap == nil || p.begun && snap.Sequence == p.sequence {
		return nil
	}
	p.sequence = snap.Sequence
	health := p.healthOf(snap)
	var out lineWriter
	out.csv, out.liquidations = p.csv, p.liquidations
	if !p.begun {
		out.header()
	}
	head := []any{timeText(snap.Time), string(health.state), textOrNil(health.problem), timeText(health.until)}
	for _, values := range p.changedRows(snap) {
		out.line(head, values)
	}
	if out.lines == 0 && (!p.begun || health != p.health) {
		out.line(head, nil)
	}
	p.health, p.begun = health, true
	return out.text.Bytes()
}

// changedRows returns the values of the contracts that changed, by symbol. A
// contract that is gone has a last line, of which all but its name is unknown.
func (p *watchPrinter) changedRows(snap *market.Snapshot) (changed [][]any) {
	for _, q := range snap.Quotes {
		symbol := q.Contract.Symbol
		if len(p.only) > 0 && !p.only[symbol] {
			continue
		}
		was := p.rows[symbol]
		if was != nil && was.quote == q { // quotes are immutable
			continue
		}
		row := &rowOut{quote: q, values: make([]any, len(snapshotFields))}
		same := was != nil
		for i, f := range snapshotFields {
			row.values[i] = f.value(q, snap.Time)
			same = same && (growsByItself(f.name) || row.values[i] == was.values[i])
		}
		p.rows[symbol] = row
		if !same {
			changed = append(changed, row.values)
		}
	}
	for _, symbol := range slices.Sorted(maps.Keys(p.rows)) {
		if snap.Quote(symbol) == nil {
			delete(p.rows, symbol)
			gone := make([]any, len(snapshotFields))
			gone[0] = symbol
			changed = append(changed, gone)
		}
	}
	return changed
}

// healthOf is the state, and all that the window's status bar and its tooltip say
// is wrong.
func (p *watchPrinter) healthOf(snap *market.Snapshot) watchHealth {
	st := snap.Status
	h := watchHealth{state: st.State, until: st.Until, problem: format.StatusProblem(p.words, st, snap.Quotes)}
	problems := st.Partial
	if st.Problem != nil {
		problems = append([]*market.Problem{st.Problem}, problems...)
	}
	for _, problem := range problems {
		if h.until.IsZero() {
			h.until = problem.Until
		}
	}
	if apart := h.until.Sub(p.health.until).Abs(); p.begun && h.state == p.health.state && apart < time.Second {
		h.until = p.health.until // the same moment, reckoned anew
	}
	return h
}
