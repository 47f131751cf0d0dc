package main

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// symbolFlag is a contract on the command line, spelled as the exchange does
// whatever case it was typed in.
type symbolFlag string

// longestSymbol is more than any symbol has, in bytes.
const longestSymbol = 100

// UnmarshalText refuses what cannot be a symbol, before anything is asked or
// opened for its sake. Kong calls it. Symbols may be Chinese.
func (s *symbolFlag) UnmarshalText(text []byte) error {
	symbol := strings.ToUpper(strings.TrimSpace(string(text)))
	odd := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '-' }
	switch {
	case symbol == "":
		return errors.New("it names no contract; a symbol is one such as BTCUSDT")
	case len(symbol) > longestSymbol, strings.ContainsFunc(symbol, odd), symbol[0] == '-':
		return fmt.Errorf("%q is no symbol of a contract; a symbol is one such as BTCUSDT", text)
	}
	*s = symbolFlag(symbol)
	return nil
}

func (s symbolFlag) String() string { return string(s) }
