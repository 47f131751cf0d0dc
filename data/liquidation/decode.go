package liquidation

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Flaw is what is wrong with a file of brackets.
type Flaw string

// The flaws.
const (
	FlawJSON     Flaw = "json"     // it is no JSON of the form that Decode reads
	FlawEmpty    Flaw = "empty"    // there is no contract in it
	FlawSymbol   Flaw = "symbol"   // an entry names no contract
	FlawTwice    Flaw = "twice"    // a contract has two entries
	FlawNone     Flaw = "none"     // a contract has no brackets
	FlawMissing  Flaw = "missing"  // a bracket lacks a number
	FlawFirst    Flaw = "first"    // the first bracket does not begin at zero
	FlawBounds   Flaw = "bounds"   // a bracket ends before it begins
	FlawGap      Flaw = "gap"      // a bracket does not begin where the one before ends
	FlawRate     Flaw = "rate"     // a rate is not above 0 and below 1, or lower than the one before
	FlawLeverage Flaw = "leverage" // leverage is no number from 1 on, or higher than the one before
	FlawCum      Flaw = "cum"      // cum is another than the rule says
)

// TableError says why a file of brackets cannot be used.
type TableError struct {
	Flaw    Flaw
	Symbol  string  // whose brackets they are; empty: of none
	Bracket int     // the place of the bracket in the list, from 1; 0: of none
	Field   string  // the name of the number that is missing
	Have    float64 // what cum or the floor is
	Need    float64 // what it would have to be
	Err     error   // what the JSON decoder said; nil for other flaws
}

// Error is for logs and tests; people get the sentence of the words.
func (e *TableError) Error() string {
	text := "brackets: " + string(e.Flaw)
	if e.Symbol != "" {
		text += fmt.Sprintf(" of %s, bracket %d %s: %g instead of %g", e.Symbol, e.Bracket, e.Field, e.Have, e.Need)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap is what the JSON decoder said.
func (e *TableError) Unwrap() error { return e.Err }

// Longest is how many bytes of brackets are read: the exchange's answer for all
// contracts has about 1 MB.
const Longest = 8 << 20

// figure is a number as the exchange or a person wrote it, in quotes or without.
type figure struct {
	value float64
	given bool
}

var number = regexp.MustCompile(`^-?\d+(\.\d+)?([eE][-+]?\d+)?$`)

// UnmarshalJSON reads a number or a text that is one.
func (f *figure) UnmarshalJSON(text []byte) error {
	plain := string(text)
	if plain == "null" {
		return nil
	}
	if plain[0] == '"' {
		if err := json.Unmarshal(text, &plain); err != nil {
			return err
		}
	}
	value, err := strconv.ParseFloat(plain, 64)
	if err != nil || !number.MatchString(plain) {
		return fmt.Errorf("%.40q is no number", plain)
	}
	*f = figure{value, true}
	return nil
}

// served is an entry as /fapi/v1/leverageBracket answers it, with the source and
// date that a table of ours has besides.
type served struct {
	Symbol       string `json:"symbol"`
	Source       string `json:"source"`
	Date         string `json:"date"`
	NotionalCoef figure `json:"notionalCoef"`
	Brackets     []struct {
		Bracket          figure `json:"bracket"`
		InitialLeverage  figure `json:"initialLeverage"`
		NotionalCap      figure `json:"notionalCap"`
		NotionalFloor    figure `json:"notionalFloor"`
		MaintMarginRatio figure `json:"maintMarginRatio"`
		Cum              figure `json:"cum"`
	} `json:"brackets"`
}

// Decode reads brackets in the form in which /fapi/v1/leverageBracket answers: an
// array with an entry for each contract, or one entry. Members that it does not
// know are passed over.
//
// notionalCoef is kept, and not applied: the exchange answers with the brackets of
// the account that asks, and names the factor by which they differ from those of
// others; a second time it would count twice. Whoever shows the table says that it
// is there.
//
// cum may be left out, and is then what the rule says. Where it is given and
// differs from the rule by more than its rounding, the table is refused: one of its
// numbers must be wrong. The rule's own amount is what is computed with.
//
// The error is a *TableError.
func Decode(text []byte) ([]*Table, error) {
	entries, err := entriesOf(text)
	if err != nil {
		return nil, &TableError{Flaw: FlawJSON, Err: err}
	}
	if len(entries) == 0 {
		return nil, &TableError{Flaw: FlawEmpty}
	}
	seen := map[string]bool{}
	tables := make([]*Table, 0, len(entries))
	for i := range entries {
		t, err := entries[i].table()
		if err != nil {
			return nil, err
		}
		t.number()
		if seen[t.Symbol] {
			return nil, &TableError{Flaw: FlawTwice, Symbol: t.Symbol}
		}
		seen[t.Symbol] = true
		tables = append(tables, t)
	}
	return tables, nil
}

// entriesOf reads the array, or the one entry.
func entriesOf(text []byte) (entries []served, err error) {
	if len(text) > Longest {
		return nil, fmt.Errorf("it has more than %d bytes", Longest)
	}
	in := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	var raw json.RawMessage
	if err := in.Decode(&raw); errors.Is(err, io.EOF) {
		return nil, errors.New("it is empty")
	} else if err != nil {
		return nil, err
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows after its end")
	}
	switch raw = bytes.TrimSpace(raw); raw[0] {
	case '{':
		var refusal struct {
			Code     figure          `json:"code"`
			Msg      string          `json:"msg"`
			Brackets json.RawMessage `json:"brackets"`
		}
		if json.Unmarshal(raw, &refusal) == nil && refusal.Code.given && refusal.Brackets == nil {
			return nil, fmt.Errorf("it is an error that the exchange answered: %.120s", refusal.Msg)
		}
		entries = make([]served, 1)
		return entries, plain(json.Unmarshal(raw, &entries[0]))
	case '[':
		return entries, plain(json.Unmarshal(raw, &entries))
	}
	if string(raw) == "null" {
		return nil, nil
	}
	return nil, errors.New("it is neither an array nor an entry")
}

// plain says which member has a value of the wrong kind, without the names of types.
func plain(err error) error {
	var misfit *json.UnmarshalTypeError
	if !errors.As(err, &misfit) {
		return err
	}
	is := "a " + misfit.Value
	if misfit.Value == "object" || misfit.Value == "array" {
		is = "an " + misfit.Value
	}
	if misfit.Field == "" {
		return fmt.Errorf("an entry is %s", is)
	}
	return fmt.Errorf("%s is %s", misfit.Field, is)
}

// table makes a table of an entry, and checks it.
func (s *served) table() (*Table, error) {
	t := &Table{Symbol: strings.ToUpper(strings.TrimSpace(s.Symbol)), Source: s.Source, Date: s.Date, Coef: s.NotionalCoef.value}
	if t.Symbol == "" {
		return nil, &TableError{Flaw: FlawSymbol}
	}
	if len(s.Brackets) == 0 {
		return nil, &TableError{Flaw: FlawNone, Symbol: t.Symbol}
	}
	flawed := func(i int, f Flaw) *TableError { return &TableError{Flaw: f, Symbol: t.Symbol, Bracket: i + 1} }
	for i, x := range s.Brackets {
		for _, f := range []struct {
			name string
			of   figure
		}{{"notionalFloor", x.NotionalFloor}, {"notionalCap", x.NotionalCap}, {"maintMarginRatio", x.MaintMarginRatio}, {"initialLeverage", x.InitialLeverage}} {
			if !f.of.given {
				e := flawed(i, FlawMissing)
				e.Field = f.name
				return nil, e
			}
		}
		b := Bracket{Number: i + 1, MaxLeverage: x.InitialLeverage.value, Floor: x.NotionalFloor.value, Cap: x.NotionalCap.value, Rate: x.MaintMarginRatio.value}
		if n := x.Bracket.value; n > 0 && n < 1e6 && n == math.Trunc(n) {
			b.Number = int(n)
		}
		before := Bracket{MaxLeverage: math.Inf(1)}
		if i > 0 {
			before = t.Brackets[i-1]
		}
		if f := b.flaw(&before); f != "" {
			e := flawed(i, f)
			e.Have, e.Need = b.Floor, before.Cap
			return nil, e
		}
		if i > 0 {
			b.Cum = b.Floor*(b.Rate-before.Rate) + before.Cum
		}
		if x.Cum.given && !near(x.Cum.value, b.Cum) {
			e := flawed(i, FlawCum)
			e.Have, e.Need = x.Cum.value, b.Cum
			return nil, e
		}
		t.Brackets = append(t.Brackets, b)
	}
	return t, nil
}

// number counts the brackets anew where their own numbers do not ascend: a number that
// two of them have would name neither.
func (t *Table) number() {
	for i := range t.Brackets[1:] {
		if t.Brackets[i+1].Number <= t.Brackets[i].Number {
			for k := range t.Brackets {
				t.Brackets[k].Number = k + 1
			}
			return
		}
	}
}

// flaw is what is wrong with a bracket after the one before; empty: nothing.
func (b *Bracket) flaw(before *Bracket) Flaw {
	switch {
	case before.Number == 0 && b.Floor != 0:
		return FlawFirst
	case b.Floor != before.Cap:
		return FlawGap
	case !(b.Cap > b.Floor && b.Cap <= math.MaxInt64): // the largest that the exchange writes
		return FlawBounds
	case !(b.Rate > 0 && b.Rate < 1 && b.Rate >= before.Rate):
		return FlawRate
	case !(b.MaxLeverage >= 1 && b.MaxLeverage <= mostLeverage && b.MaxLeverage <= before.MaxLeverage):
		return FlawLeverage
	}
	return ""
}

// near reports whether cum is what the rule says, up to its rounding.
func near(have, need float64) bool { return math.Abs(have-need) <= 0.05+1e-9*math.Abs(need) }
