package calculator

import (
	"context"
	"errors"
	"strings"

	"openinterest/assets"
	"openinterest/data/liquidation"
	"openinterest/data/market"
	"openinterest/ui/format"
)

// faultNumber is what is wrong with a text that is no number; those of package
// liquidation come on top.
const faultNumber liquidation.Fault = "number"

// read takes the position from the form. The error is of the first field that holds
// something that is no number, or that is needed and empty.
func (p *Pane) read() (liquidation.Position, *liquidation.InputError) {
	position := liquidation.Position{Side: sides[max(0, p.side.Chosen())], Mode: modes[max(0, p.mode.Chosen())]}
	for _, f := range []struct {
		name liquidation.Field
		into *float64
	}{
		{liquidation.FieldEntry, &position.Entry}, {liquidation.FieldQuantity, &position.Quantity}, {liquidation.FieldLeverage, &position.Leverage},
		{liquidation.FieldMargin, &position.Margin}, {liquidation.FieldWallet, &position.Wallet},
		{liquidation.FieldOthersMaintenance, &position.OthersMaintenance}, {liquidation.FieldOthersProfit, &position.OthersProfit}, {liquidation.FieldStop, &position.Stop},
	} {
		if position.Mode != liquidation.Cross && (f.name == liquidation.FieldWallet || f.name == liquidation.FieldOthersMaintenance || f.name == liquidation.FieldOthersProfit) {
			continue
		}
		value, given := p.number(f.name)
		if !given {
			continue
		}
		if !market.Known(value) {
			return position, &liquidation.InputError{Field: f.name, Fault: faultNumber}
		}
		if value == 0 && f.name != liquidation.FieldOthersMaintenance && f.name != liquidation.FieldOthersProfit {
			return position, &liquidation.InputError{Field: f.name, Fault: liquidation.FaultPositive} // 0 is not "not given" here
		}
		*f.into = value
	}
	var wrong *liquidation.InputError
	errors.As(position.Check(), &wrong)
	return position, wrong
}

// number is what a field holds; false where it is empty, and Unknown where it holds
// no number.
func (p *Pane) number(name liquidation.Field) (value float64, given bool) {
	text := strings.TrimSpace(p.fields[name].entry.Text)
	if name == liquidation.FieldLeverage {
		text = strings.TrimRight(text, "xX×倍 ")
	}
	if text == "" {
		return 0, false
	}
	return format.Parse(text), true
}

// table is the rate that was typed, else the brackets of the file, else those that
// are built in; nil where there are none.
func (p *Pane) table() (*liquidation.Table, *liquidation.InputError) {
	if rate, given := p.number(liquidation.FieldRate); given {
		if !market.Known(rate) {
			return nil, &liquidation.InputError{Field: liquidation.FieldRate, Fault: faultNumber}
		}
		t, err := liquidation.SingleRate(p.symbol, rate/100)
		if err != nil {
			return nil, &liquidation.InputError{Field: liquidation.FieldRate, Fault: liquidation.FaultRate}
		}
		return t, nil
	}
	if t := liquidation.Find(p.tables, p.symbol); t != nil {
		return t, nil
	}
	return liquidation.Known(p.symbol), nil
}

// load asks for a file with brackets.
func (p *Pane) load() {
	p.o.Load(func(name, text string) {
		tables, err := liquidation.Decode([]byte(text))
		p.flaw = ""
		switch {
		case err != nil:
			p.flaw = FileSentence(p.w, name, err)
		case liquidation.Find(tables, p.symbol) == nil:
			p.flaw = p.w.T("calculator.file_lacks", assets.Args{"Name": name, "Symbol": plain(p.w, p.symbol)})
			fallthrough // they serve for other contracts
		default:
			for _, t := range tables {
				if t.Source == "" {
					t.Source = name
				}
			}
			p.file, p.tables = name, tables
			p.fields[liquidation.FieldRate].entry.SetText("") // it would go before the file
		}
		p.changed()
	})
}

// showSource says where the brackets are from.
func (p *Pane) showSource(t *liquidation.Table) {
	var says []string
	if p.flaw != "" {
		says = append(says, p.flaw)
	}
	if t != nil {
		says = append(says, SourceSentences(p.w, t)...)
	}
	p.results.source.SetText(Joined(p.w, says))
}

// readMove reads how far the price of the contract usually moves in a day.
func (p *Pane) readMove() {
	p.Close()
	p.move = liquidation.Move{Pct: market.Unknown}
	ctx, cancel := context.WithCancel(p.o.Context)
	p.reading = cancel
	symbol, now := p.symbol, p.o.Now()
	go func() {
		move := liquidation.Move{Pct: market.Unknown}
		if series, err := p.o.Source.Load(ctx, symbol, market.Range30d); err == nil && series != nil { // what could not be had is not known, which the row says
			move = liquidation.UsualMove(series.Points, now.UnixMilli())
		}
		p.o.Dispatch(func() {
			if ctx.Err() != nil {
				return
			}
			p.Close()
			p.move = move
			p.showMove()
		})
	}()
}
