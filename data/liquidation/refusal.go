package liquidation

import (
	"fmt"
	"math"
)

// Field names a number of a position.
type Field string

// The fields.
const (
	FieldEntry             Field = "entry"
	FieldQuantity          Field = "quantity"
	FieldLeverage          Field = "leverage"
	FieldMargin            Field = "margin"
	FieldWallet            Field = "wallet"
	FieldOthersMaintenance Field = "others_maintenance"
	FieldOthersProfit      Field = "others_profit"
	FieldStop              Field = "stop"
	FieldRate              Field = "mmr"
)

// Fault is what is wrong with a number.
type Fault string

// The faults.
const (
	FaultMissing  Fault = "missing"  // it is needed, and not given
	FaultPositive Fault = "positive" // it is not above zero
	FaultNegative Fault = "negative" // it is below zero
	FaultSize     Fault = "size"     // no position is so large or so small, or it is no number at all
	FaultWhole    Fault = "whole"    // leverage is set in whole numbers, from 1 on
	FaultRate     Fault = "rate"     // a rate is above 0 and below 1
)

// InputError says that a number makes no position.
type InputError struct {
	Field Field
	Fault Fault
}

// Error is for logs and tests; people get the sentence of the words.
func (e *InputError) Error() string { return fmt.Sprintf("%s: %s", e.Field, e.Fault) }

// Prices and amounts lie between these: what is beyond is a slip of the keyboard,
// and its products might not be numbers.
const (
	smallest = 1e-12
	largest  = 1e15
)

// mostLeverage is above what the exchange gives anybody.
const mostLeverage = 1000

// Check refuses numbers that make no position, with an *InputError. Calculate does
// it first; a form does it while there is no table yet.
func (p *Position) Check() error {
	if err := positive(FieldEntry, p.Entry); err != nil {
		return err
	}
	if err := positive(FieldQuantity, p.Quantity); err != nil {
		return err
	}
	if p.Leverage == 0 && p.Margin == 0 {
		return &InputError{FieldLeverage, FaultMissing}
	}
	if p.Leverage != 0 && (!(p.Leverage >= 1 && p.Leverage <= mostLeverage) || p.Leverage != math.Trunc(p.Leverage)) {
		return &InputError{FieldLeverage, FaultWhole}
	}
	if p.Margin != 0 {
		if err := positive(FieldMargin, p.Margin); err != nil {
			return err
		}
	}
	if p.Mode == Cross {
		if err := p.checkWallet(); err != nil {
			return err
		}
	}
	if p.Stop != 0 {
		return positive(FieldStop, p.Stop)
	}
	return nil
}

func (p *Position) checkWallet() error {
	if err := positive(FieldWallet, p.Wallet); err != nil {
		return err
	}
	switch m, profit := p.OthersMaintenance, p.OthersProfit; {
	case m < 0:
		return &InputError{FieldOthersMaintenance, FaultNegative}
	case !(m <= largest):
		return &InputError{FieldOthersMaintenance, FaultSize}
	case !(math.Abs(profit) <= largest):
		return &InputError{FieldOthersProfit, FaultSize}
	}
	return nil
}

func positive(f Field, x float64) error {
	switch {
	case x == 0:
		return &InputError{f, FaultMissing}
	case x < 0:
		return &InputError{f, FaultPositive}
	case !(x >= smallest && x <= largest):
		return &InputError{f, FaultSize}
	}
	return nil
}

// Reason is why the exchange would not open a position, or not keep it.
type Reason string

// The reasons.
const (
	LeverageAbove Reason = "leverage_above" // the bracket of the position allows less leverage
	MarginBelow   Reason = "margin_below"   // the margin is below the initial margin
	WalletBelow   Reason = "wallet_below"   // the wallet has less than the initial margin
	AboveCap      Reason = "above_cap"      // the notional is above the cap of the last bracket
	AtOnce        Reason = "at_once"        // the maintenance margin is no less than the margin balance already
)

// Refusal says why a position would not be opened, or be liquidated at once.
// Which of the numbers are set depends on the reason.
type Refusal struct {
	Reason   Reason
	Bracket  Bracket // that holds the notional at the entry price
	Notional float64
	Leverage float64 // that was asked for
	Have     float64 // the margin, or what the wallet has for it
	Need     float64 // how much is needed at least
}

// Error is for logs and tests; people get the sentence of the words.
func (r *Refusal) Error() string {
	return fmt.Sprintf("refused: %s: notional %g in bracket %d, leverage %g, have %g, need %g", r.Reason, r.Notional, r.Bracket.Number, r.Leverage, r.Have, r.Need)
}

// refused says why the exchange would not open the position, or would liquidate it
// at once; nil where it would not.
func (p *Position) refused(t *Table, r *Result) error {
	refusal := &Refusal{Bracket: r.Opening, Notional: r.Notional, Leverage: r.Leverage, Have: r.Margin}
	says := func(reason Reason) error {
		refusal.Reason = reason
		return refusal
	}
	// What was computed from a number on the command line may be off by a rounding.
	below := func(have, need float64) bool { return have < need*(1-1e-9) }
	least := 0.0 // no more than this leverage leaves
	if most := r.Opening.MaxLeverage; most > 0 {
		least = r.Notional / most
	}
	if p.Leverage > 0 {
		least = r.Notional / p.Leverage
	}
	switch available := p.Wallet + p.OthersProfit - p.OthersMaintenance; {
	case r.Notional > t.Cap():
		refusal.Need = t.Cap()
		return says(AboveCap)
	case p.Leverage > 0 && r.Opening.MaxLeverage > 0 && p.Leverage > r.Opening.MaxLeverage:
		return says(LeverageAbove)
	case below(r.Margin, least):
		refusal.Need = least
		return says(MarginBelow)
	case p.Mode == Cross && below(available, r.Margin):
		refusal.Have, refusal.Need = available, r.Margin
		return says(WalletBelow)
	case p.cover(r.Margin) <= r.Maintenance:
		refusal.Have, refusal.Need = p.cover(r.Margin), r.Maintenance
		return says(AtOnce)
	}
	return nil
}
