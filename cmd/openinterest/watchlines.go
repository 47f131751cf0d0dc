package main

import (
	"bytes"
	"encoding/csv"
)

// healthFields are the fields of a line of watch before those of the snapshot.
// Like those, their names and their order are a contract with scripts.
var healthFields = []string{"time", "state", "problem", "until"}

// lineWriter writes lines of watch.
type lineWriter struct {
	csv   bool
	text  bytes.Buffer
	lines int // of contracts or of the state alone
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
	w.row(cells)
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
		w.row(cells)
		return
	}
	var b bytes.Buffer
	b.WriteString("{")
	for i, name := range healthFields {
		if i > 0 {
			b.WriteString(",")
		}
		writeMember(&b, name, health[i])
	}
	for i := range contract {
		b.WriteString(",")
		writeMember(&b, snapshotFields[i].name, contract[i])
	}
	b.WriteString("}\n")
	w.text.Write(escaped(b.Bytes()))
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
