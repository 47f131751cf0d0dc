package table

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"testing"

	"openinterest/ui/columns"
)

// The file has what is on screen, row by row, with every digit.
func TestExportIsWhatIsShown(t *testing.T) {
	r := full(t, setup{state: State{Arrangement: Arrangement{Visible: map[columns.ID]bool{columns.Age: false, columns.OIChange5m: true}}}})
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
	for id, want := range map[columns.ID]bool{columns.Symbol: true, "oi_change_5m_pct": true, columns.OIUSD: true, "age_s": false, "oi_change_15m_pct": false, columns.Tick: false} {
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

// A row that is copied has the numbers that the file has, in its order.
func TestACopyHasTheNumbersOfTheFile(t *testing.T) {
	r := full(t, setup{signals: true})
	_, write := r.Export()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	percent := 0
	for i, row := range r.shown {
		heading, line, _ := strings.Cut(r.copyText(row), "\n")
		if copied := strings.Split(line, "\t"); !slices.Equal(copied, rows[i+1]) {
			t.Errorf("%s is copied as %q, in the file it is %q", row.Symbol, copied, rows[i+1])
		}
		for j, title := range strings.Split(heading, "\t") {
			if strings.Contains(title, "%") != strings.HasSuffix(rows[0][j], "_pct") {
				t.Errorf("copied under %q, in the file under %q", title, rows[0][j])
			} else if strings.Contains(title, "%") {
				percent++
			}
		}
	}
	if percent == 0 {
		t.Error("nothing is in percent: the test shows nothing")
	}
}
