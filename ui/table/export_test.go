package table

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"testing"

	"openinterest/ui/columns"
)

// The file has what is on screen, row by row, with every digit.
func TestExportIsWhatIsShown(t *testing.T) {
	r := full(t, setup{state: State{Visible: map[columns.ID]bool{columns.Age: false, columns.OIChange5m: true}}})
	r.SetSearch("s")
	r.drain()
	name, write := r.Export()
	if name == "" {
		t.Error("the file has no name")
	}
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != len(r.shown)+1 || len(rows) < 3 {
		t.Fatalf("%d lines for %d rows, %v", len(rows), len(r.shown), err)
	}
	at := map[string]int{}
	for i, id := range rows[0] {
		at[id] = i
	}
	for id, want := range map[columns.ID]bool{columns.Symbol: true, columns.OIChange5m: true, columns.OIUSD: true, columns.Age: false, columns.OIChange15m: false, columns.Tick: false} {
		if _, got := at[string(id)]; got != want {
			t.Errorf("column %s: %v, want %v", id, got, want)
		}
	}
	for i, line := range rows[1:] {
		q := r.shown[i].Quote
		usd, err := strconv.ParseFloat(line[at["oi_usd"]], 64)
		if line[at["symbol"]] != q.Contract.Symbol || err == nil && usd != q.OpenInterestUSD() {
			t.Errorf("line %d is %v", i+1, line)
		}
	}
}
