package main

import (
	"encoding/csv"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"openinterest/data/history"
	"openinterest/data/history/export"
)

// Ratios come along with the days that are imported; of days that were imported
// without, when they are asked for. They are exported beside open interest when
// asked for, and otherwise nothing changes.
func TestRatiosAreImportedAndExportedWhenAsked(t *testing.T) {
	s, dir := newShelf(t), t.TempDir()
	s.aWeek(t, "ABCUSDT")
	before, err := history.Open(t.Context(), filepath.Join(dir, "history"), history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for d := range 2 { // as a version before kept them
		day := history.ArchiveDay{Symbol: "ABCUSDT", Day: time.Date(2026, 1, 1+d, 0, 0, 0, 0, time.UTC), State: history.Imported}
		if _, err := before.SaveArchiveDay(t.Context(), day, nil); err != nil {
			t.Fatal(err)
		}
	}
	before.Close()
	backfill := []string{"backfill", "--symbol", "ABCUSDT", "--archive-url", s.URL, "--data-dir", dir, "--lang", "en"}
	ratios := []string{"export", "--symbol", "ABCUSDT", "--data-dir", dir, "--ratios"}
	for _, step := range []struct{ asked, lines int }{{5, 5*288 - 1}, {2, 7*288 - 1}, {0, 7*288 - 1}} {
		s.asked = 0
		if got := program(t, backfill...); got.code != 0 || s.asked != step.asked {
			t.Errorf("%v: fetched %d days, want %d: %v", backfill, s.asked, step.asked, got.fault)
		}
		got := program(t, ratios...)
		lines, err := csv.NewReader(strings.NewReader(got.out)).ReadAll()
		if err != nil || got.code != 0 || len(lines) != step.lines+1 {
			t.Fatalf("%d lines, want %d; %v, %v", len(lines)-1, step.lines, got.fault, err)
		}
		if want := "[long_short_accounts top_long_short_accounts top_long_short_positions taker_buy_sell]"; fmt.Sprint(lines[0][5:]) != want {
			t.Errorf("columns %v", lines[0])
		}
		for _, line := range lines[1:] {
			if fmt.Sprint(line[5:]) != "[1 1 1 1]" || line[1] == "" {
				t.Fatalf("%v", line)
			}
		}
		if len(backfill) == 9 {
			backfill = append(backfill, "--ratios")
		}
	}
	file := filepath.Join(dir, "x.parquet")
	if got := program(t, append(ratios, "--format", "parquet", "-o", file, "--period", "1h")...); got.code != 0 {
		t.Fatal(got.fault)
	}
	if rows, err := parquet.ReadFile[export.RowWithRatios](file); err != nil || len(rows) != 7*24-1 || *rows[5].TakerBuySell != 1 || *rows[5].Contracts != 72 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	plain := program(t, "export", "--symbol", "ABCUSDT", "--data-dir", dir)
	if !strings.HasPrefix(plain.out, "time,contracts,price,oi_usd,unit_factor\n") {
		t.Errorf("without being asked for, it wrote %q", plain.out[:80])
	}
}
