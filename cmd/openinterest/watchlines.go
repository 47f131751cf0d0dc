package main

import (
	"bytes"
	"encoding/csv"

	"openinterest/data/market"
)

// healthFields are the fields of a line of watch before those of the snapshot.
// Like those, their names and their order are a contract with scripts.
var healthFields = []string{"time", "state", "problem", "until"}

// lineWriter writes lines of watch.
type lineWriter struct {
	csv          bool
	liquidations bool // they are printed, too, and have columns of their own
	text         bytes.Buffer
	lines        int // of contracts or of the state alone
}

// header writes the names of the columns, where lines don't say them.
func (w *lineWriter) header() {
	if !w.csv {
		return
	}
	cells := append([]string{}, healthFields...)
	for _, f := range snapshotFields {
		cells = append(cells, f.name)
	}
	if w.liquidations {
		cells = append(cells, liquidationColumns...)
	}
	w.row(cells)
}

// liquidationFields are the fields of a line of a liquidation. liquidationColumns are
// those that stand behind all others in a CSV, which has the same columns in each line;
// of a liquidation only these, its time and its symbol are filled.
var (
	liquidationFields  = []string{"time", "event", "symbol", "side", "price", "contracts", "usd"}
	liquidationColumns = []string{"event", "side", "liquidation_price", "liquidation_contracts", "liquidation_usd"}
)

// liquidationEvent names the kind of line.
const liquidationEvent = "liquidation"

// liquidation writes a line of one.
func (w *lineWriter) liquidation(l market.Liquidation) {
	w.lines++
	side := "short"
	if l.Long {
		side = "long"
	}
	values := []any{timeText(l.Time), liquidationEvent, l.Symbol, side, number(l.Price), number(l.Contracts), number(l.USD())}
	if !w.csv {
		w.object(liquidationFields, values)
		return
	}
	cells := make([]string, len(healthFields)+len(snapshotFields))
	cells[0], cells[len(healthFields)] = csvText(values[0]), csvText(l.Symbol)
	for _, i := range []int{1, 3, 4, 5, 6} {
		cells = append(cells, csvText(values[i]))
	}
	w.row(cells)
}

// object writes a line of JSON.
func (w *lineWriter) object(names []string, values []any) {
	var b bytes.Buffer
	b.WriteString("{")
	for i, name := range names {
		if i > 0 {
			b.WriteString(",")
		}
		writeMember(&b, name, values[i])
	}
	b.WriteString("}\n")
	w.text.Write(escaped(b.Bytes()))
}

// liquidated returns the lines of the liquidations that came since the last look, of
// the contracts that are printed.
func (p *watchPrinter) liquidated(s watched) []byte {
	if !p.liquidations || !p.begun {
		return nil
	}
	var news []market.Liquidation
	news, p.mark = s.LiquidationsAfter(p.mark)
	out := lineWriter{csv: p.csv, liquidations: true}
	for _, l := range news {
		if len(p.only) == 0 || p.only[l.Symbol] {
			out.liquidation(l)
		}
	}
	return out.text.Bytes()
}

// line writes a line: how the feed is doing, and a contract; nil: none.
func (w *lineWriter) line(health, contract []any) {
	w.lines++
	if w.csv {
		cells := make([]string, 0, len(healthFields)+len(snapshotFields))
		for _, v := range health {
			cells = append(cells, csvText(v))
		}
		for i := range snapshotFields {
			if contract == nil {
				cells = append(cells, "")
				continue
			}
			cells = append(cells, csvText(contract[i]))
		}
		if w.liquidations {
			cells = append(cells, make([]string, len(liquidationColumns))...)
		}
		w.row(cells)
		return
	}
	names := append([]string{}, healthFields...)
	for i := range contract {
		names = append(names, snapshotFields[i].name)
	}
	w.object(names, append(append([]any{}, health...), contract...))
}

func (w *lineWriter) row(cells []string) {
	out := csv.NewWriter(&w.text)
	_ = out.Write(cells) // into memory
	out.Flush()
}

// textOrNil is a text as it is printed; nil for none.
func textOrNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}
