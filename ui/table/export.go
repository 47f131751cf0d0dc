package table

import (
	"encoding/csv"
	"fmt"
	"io"
	"time"

	"openinterest/ui/columns"
)

// Export returns what the table shows, as a CSV file: the visible columns of
// the rows that match search and filters, in their order, with every digit. The
// header has the names of the catalogue of numbers, which say the unit and are
// the same in every language. write may be called on any goroutine; name is
// proposed for the file.
func (t *Table) Export() (name string, write func(io.Writer) error) {
	var shown []*columns.Column
	for _, p := range t.grid.places {
		if p.column.Exact != nil {
			shown = append(shown, p.column)
		}
	}
	rows, newest := t.shown, time.Time{}
	for _, r := range rows {
		if at := r.Quote.OpenInterest.Received; at.After(newest) {
			newest = at
		}
	}
	return "open-interest-" + newest.UTC().Format("20060102-1504") + ".csv", func(w io.Writer) error {
		out := csv.NewWriter(w)
		line := make([]string, len(shown))
		for i, c := range shown {
			line[i] = c.Field
		}
		_ = out.Write(line) // what fails, Flush tells
		for _, r := range rows {
			for i, c := range shown {
				line[i] = c.Exact(r)
			}
			_ = out.Write(line)
		}
		out.Flush()
		if err := out.Error(); err != nil {
			return fmt.Errorf("writing the table: %w", err)
		}
		return nil
	}
}
