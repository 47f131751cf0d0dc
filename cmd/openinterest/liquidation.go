package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"time"

	"openinterest/assets"
	"openinterest/data/feed"
	"openinterest/data/liquidation"
	"openinterest/data/market"
	"openinterest/data/session"
	"openinterest/ui/calculator"
	"openinterest/ui/format"
)

// liquidationCommand computes at which mark price a position is liquidated. It asks
// the exchange for nothing but the mark price, and not even that when the entry
// price is given.
type liquidationCommand struct {
	waiting

	Symbol   symbolFlag `required:"" placeholder:"SYMBOL" help:"The contract, such as BTCUSDT."`
	Side     string     `required:"" enum:"long,short" placeholder:"long|short" help:"The direction of the position: long or short."`
	Entry    *float64   `placeholder:"PRICE" help:"The entry price in USDT (default: the mark price now, else the last one known)."`
	Quantity float64    `required:"" placeholder:"QUANTITY" help:"The size of the position, in the contract's own unit: BTC for BTCUSDT."`
	Leverage *float64   `placeholder:"LEVERAGE" help:"The leverage that is set at the exchange. This or --margin is needed."`
	Margin   *float64   `placeholder:"USDT" help:"Isolated: the margin of the position. Cross: what opening it takes from the wallet."`
	Mode     string     `enum:"isolated,cross" default:"isolated" placeholder:"isolated|cross" help:"What covers losses: the position's own margin, or all of the wallet (default: ${default})."`
	Wallet   *float64   `placeholder:"USDT" help:"Cross: the balance of the wallet."`

	OthersMaintenance *float64 `name:"others-maintenance" placeholder:"USDT" help:"Cross: the maintenance margin of all other positions (default: 0)."`
	OthersProfit      *float64 `name:"others-profit" placeholder:"USDT" help:"Cross: the unrealised profit of all other positions, negative for a loss (default: 0)."`

	Brackets string   `xor:"rate" type:"path" placeholder:"FILE" help:"Brackets in the form in which /fapi/v1/leverageBracket answers: an array, or one entry (default: those that are built in, where there are some)."`
	MMR      *float64 `xor:"rate" name:"mmr" placeholder:"RATE" help:"One maintenance margin rate instead of brackets, as a fraction: 0.004 is 0.4 %."`
	Stop     *float64 `placeholder:"PRICE" help:"A stop price, of which the loss is computed."`
	Format   string   `enum:"text,json" default:"text" placeholder:"text|json" help:"How to print: text or json (default: ${default})."`
}

// Validate refuses flags that do not go together. Kong calls it.
func (c *liquidationCommand) Validate() error {
	if err := c.waiting.Validate(); err != nil {
		return err
	}
	cross := c.Mode == string(liquidation.Cross)
	switch {
	case c.Leverage == nil && c.Margin == nil:
		return errors.New("--leverage or --margin is needed")
	case cross && c.Wallet == nil:
		return errors.New("--mode cross needs --wallet, the balance of the wallet")
	case !cross && (c.Wallet != nil || c.OthersMaintenance != nil || c.OthersProfit != nil):
		return errors.New("--wallet, --others-maintenance and --others-profit belong to --mode cross")
	}
	for _, f := range []struct {
		name  string
		value *float64
	}{{"entry", c.Entry}, {"quantity", &c.Quantity}, {"leverage", c.Leverage}, {"margin", c.Margin}, {"wallet", c.Wallet}, {"mmr", c.MMR}, {"stop", c.Stop}} {
		if f.value != nil && !(*f.value > 0 && !math.IsInf(*f.value, 0)) {
			return fmt.Errorf("--%s: %v is not a number above zero", f.name, *f.value)
		}
	}
	return nil
}

// Run is called by kong.
func (c *liquidationCommand) Run(ctx context.Context, g *globals, std streams) error {
	words := assets.NewWords(g.language(""))
	table, err := c.table(ctx, words)
	if err != nil {
		return err
	}
	p := c.position()
	if c.Entry == nil {
		if p.Entry, err = c.markPrice(ctx, g, words, std); err != nil {
			return err
		}
	}
	r, err := liquidation.Calculate(p, table)
	if err != nil {
		sentence := errors.New(calculator.Sentence(words, err))
		if errors.As(err, new(*liquidation.InputError)) {
			return usageError{sentence}
		}
		return sentence
	}
	notes := append(calculator.SourceSentences(words, table), calculator.Notes(words, &r, p.Mode)...)
	if c.Format == "json" {
		err = writeIndented(std.out, c.report(&p, table, &r, calculator.Joined(words, notes)))
	} else {
		err = writeSentences(std.out, append(calculator.Summary(words, string(c.Symbol), &p, &r), notes...))
	}
	if err != nil {
		return fmt.Errorf("printing the liquidation price: %w", err)
	}
	return nil
}

func writeSentences(w io.Writer, says []string) error {
	for _, sentence := range says {
		if _, err := fmt.Fprintln(w, printable(sentence)); err != nil {
			return err
		}
	}
	return nil
}

// given is what a flag says; 0 where it was not given.
func given(x *float64) float64 {
	if x == nil {
		return 0
	}
	return *x
}

// position is that of the flags.
func (c *liquidationCommand) position() liquidation.Position {
	p := liquidation.Position{
		Side: liquidation.Long, Mode: liquidation.Mode(c.Mode), Entry: given(c.Entry), Quantity: c.Quantity,
		Leverage: given(c.Leverage), Margin: given(c.Margin), Stop: given(c.Stop),
		Wallet: given(c.Wallet), OthersMaintenance: given(c.OthersMaintenance), OthersProfit: given(c.OthersProfit),
	}
	if c.Side == "short" {
		p.Side = liquidation.Short
	}
	return p
}

// table is that of the flags, else the one that is built in.
func (c *liquidationCommand) table(ctx context.Context, words *assets.Words) (*liquidation.Table, error) {
	symbol := string(c.Symbol)
	switch {
	case c.MMR != nil:
		t, err := liquidation.SingleRate(symbol, *c.MMR)
		if err != nil {
			return nil, usageError{errors.New(calculator.Sentence(words, err))}
		}
		return t, nil
	case c.Brackets != "":
		ctx, cancel := context.WithTimeout(ctx, c.Timeout)
		defer cancel()
		return readBrackets(ctx, c.Brackets, symbol, words)
	}
	if t := liquidation.Known(symbol); t != nil {
		return t, nil
	}
	return nil, usageError{errors.New(words.T("calculator.cli_no_table", assets.Args{"Symbol": symbol}))}
}

// readBrackets reads the brackets of a contract from a file.
func readBrackets(ctx context.Context, path, symbol string, words *assets.Words) (*liquidation.Table, error) {
	text, err := readInput(ctx, path, liquidation.Longest+1)
	if err != nil {
		return nil, fmt.Errorf("reading the brackets: %w", err)
	}
	name := filepath.Base(path)
	tables, err := liquidation.Decode(text)
	if err != nil {
		return nil, errors.New(calculator.FileSentence(words, name, err))
	}
	t := liquidation.Find(tables, symbol)
	if t == nil {
		return nil, errors.New(words.T("calculator.file_lacks", assets.Args{"Name": name, "Symbol": symbol}))
	}
	if t.Source == "" {
		t.Source = name
	}
	return t, nil
}

// keptPatience is for how long what is kept may take to be read.
const keptPatience = 3 * time.Second

// markPrice asks for the mark price of the contract. Where the exchange cannot be
// reached it is the last one that is kept, which standard error says.
func (c *liquidationCommand) markPrice(ctx context.Context, g *globals, words *assets.Words, std streams) (float64, error) {
	s, err := session.Open(ctx, g.session(g.logger(std.err)))
	if err != nil {
		return 0, err
	}
	defer s.Close()
	symbol, begun, opened := string(c.Symbol), s.Now().Add(-10*time.Second), time.Now() // the clocks may differ by some seconds
	s.Attend(feed.Attention{Ticked: []string{symbol}})
	told := ctx.Err // to end, by who started the program
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	look := time.NewTicker(session.LookEvery)
	defer look.Stop()
	for {
		if err := told(); err != nil {
			return 0, fmt.Errorf("waiting for the mark price was interrupted: %w", err)
		}
		snap := s.Snapshot()
		late := ctx.Err() != nil || time.Since(opened) > keptPatience && isOut(snap)
		if price, err := priceIn(snap, symbol, begun, words); err != nil || price > 0 {
			return price, err
		}
		if kept := markIn(snap, symbol); late || isOut(snap) && !kept.Received.IsZero() {
			return keptPrice(snap, symbol, kept, words, std.err)
		}
		select {
		case <-s.Updates():
		case <-look.C:
		case <-ctx.Done():
		}
	}
}

// isOut reports whether the exchange cannot be reached, or refuses to answer.
func isOut(snap *market.Snapshot) bool {
	return snap != nil && (snap.Status.State == market.Offline || snap.Status.State == market.Refused)
}

func markIn(snap *market.Snapshot, symbol string) market.MarkPrice {
	if q := snap.Quote(symbol); q != nil {
		return q.Mark
	}
	return market.MarkPrice{}
}

// priceIn is the mark price if it was told in this run; 0 while it was not.
func priceIn(snap *market.Snapshot, symbol string, begun time.Time, words *assets.Words) (float64, error) {
	if snap == nil || snap.Status.LastGood.IsZero() {
		return 0, nil
	}
	if snap.Status.State == market.Live && snap.Status.Total > 0 && snap.Quote(symbol) == nil {
		return 0, usageError{errors.New(words.T("cli.not_listed", assets.Args{"Symbol": symbol, "Total": snap.Status.Total}))}
	}
	if mark := markIn(snap, symbol); mark.Received.After(begun) {
		return mark.Price, nil
	}
	return 0, nil
}

// keptPrice is the last mark price that is known from before, and says so.
func keptPrice(snap *market.Snapshot, symbol string, mark market.MarkPrice, words *assets.Words, says io.Writer) (float64, error) {
	if !mark.Received.IsZero() {
		say(says, words.T("calculator.cli_mark_old", assets.Args{"Time": format.Stamp(mark.Received.UnixMilli())}))
		return mark.Price, nil
	}
	if snap != nil && snap.Status.Problem != nil {
		say(says, format.Problem(words, snap.Status.Problem, ""))
	}
	return 0, errors.New(words.T("calculator.cli_mark_none", assets.Args{"Symbol": symbol}))
}

// liquidationReport is what is printed as JSON. The names are a contract with
// scripts: they never change. What is not known, or is not there, is null.
type liquidationReport struct {
	Symbol   string  `json:"symbol"`
	Side     string  `json:"side"`
	Mode     string  `json:"mode"`
	Entry    float64 `json:"entry"`
	Quantity float64 `json:"quantity"`
	Leverage float64 `json:"leverage"`
	Margin   float64 `json:"margin"`
	Notional float64 `json:"notional"`

	LiquidationPrice  *float64 `json:"liquidation_price"`
	Bracket           *int     `json:"bracket"`            // that holds the value of the position at that price
	MaintenanceMargin *float64 `json:"maintenance_margin"` // at that price
	DistancePct       *float64 `json:"distance_pct"`       // from the entry

	EntryBracket           *int     `json:"entry_bracket"`
	EntryMaintenanceMargin float64  `json:"entry_maintenance_margin"`
	LossAtStop             *float64 `json:"loss_at_stop"` // negative for a profit; null where the position is liquidated before

	Source     string  `json:"source"`
	SourceDate *string `json:"source_date"`
	Note       string  `json:"note"`
}

func (c *liquidationCommand) report(p *liquidation.Position, t *liquidation.Table, r *liquidation.Result, note string) liquidationReport {
	numbered := func(b *liquidation.Bracket) *int {
		if b.Number == 0 {
			return nil
		}
		return &b.Number
	}
	out := liquidationReport{
		Symbol: string(c.Symbol), Side: c.Side, Mode: c.Mode, Entry: p.Entry, Quantity: p.Quantity,
		Leverage: r.Leverage, Margin: r.Margin, Notional: r.Notional,
		EntryBracket: numbered(&r.Opening), EntryMaintenanceMargin: r.Maintenance, Source: t.Source, Note: note,
	}
	if l := &r.Liquidation; !l.Never {
		out.LiquidationPrice, out.Bracket, out.MaintenanceMargin, out.DistancePct = &l.Price, numbered(&l.Bracket), &l.Maintenance, &l.Distance
	}
	if r.Stop.Given && !r.Stop.Late {
		out.LossAtStop = &r.Stop.Loss
	}
	if t.Date != "" {
		out.SourceDate = &t.Date
	}
	if t.Single() {
		out.Source = "--mmr"
	}
	return out
}
