package liquidation

import (
	_ "embed"
	"sync"
)

// published are the brackets of contracts whose brackets Binance announced in
// public, each with the address and the date of that announcement. They are what
// was true then: the exchange changes brackets several times a month, without
// notice to who has no account. Those of a contract of which no dated announcement
// with all brackets is known are not here; the exchange itself answers them to the
// holder of a key only.
//
//go:embed brackets.json
var published []byte

var knownTables = sync.OnceValue(func() map[string]*Table {
	known := map[string]*Table{}
	tables, _ := Decode(published) // it has no flaw, which a test sees to
	for _, t := range tables {
		known[t.Symbol] = t
	}
	return known
})

// Known is the table of a contract that is built in, with its source and date;
// nil where there is none.
func Known(symbol string) *Table { return knownTables()[symbol] }

// Find is the table of a contract among tables; nil where there is none.
func Find(tables []*Table, symbol string) *Table {
	for _, t := range tables {
		if t.Symbol == symbol {
			return t
		}
	}
	return nil
}
