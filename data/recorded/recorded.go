// Package recorded lets tests read real recorded market data, and the small odd
// cases, where they lie beside the project. They are not part of the project,
// so a test that needs them skips, saying so, where they are absent.
//
// The folder of the recordings is named by the environment variable OI_REALDATA,
// else it is shared/realdata beside the project's root; the cases are in the
// folder cases beside it.
package recorded

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"openinterest/data/market"
)

// Path returns the path of a recording, or skips the test.
func Path(t testing.TB, name string) string {
	t.Helper()
	return present(t, filepath.Join(folder(t), name))
}

// ArchiveDays reads the days of a contract that a case has as files of the
// public archive, in order: SYMBOL-metrics-DATE.csv.
func ArchiveDays(t testing.TB, name, symbol string) *market.Series {
	t.Helper()
	dir := present(t, filepath.Join(folder(t), "..", "cases", name))
	files, err := filepath.Glob(filepath.Join(dir, symbol+"-metrics-*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no days of %s in %s: %v", symbol, dir, err)
	}
	var points []market.Point
	for _, file := range files {
		for _, row := range rows(t, file) {
			at, err := time.Parse(time.DateTime, row[0])
			if err != nil {
				t.Fatal(err)
			}
			contracts, usd := Number(t, row[2]), Number(t, row[3])
			points = append(points, market.Point{Time: at.UnixMilli(), Contracts: contracts, Price: usd / contracts})
		}
	}
	return market.NewSeries(symbol, market.Period5m, points)
}

// folder is where the recordings are.
func folder(t testing.TB) string {
	if dir := os.Getenv("OI_REALDATA"); dir != "" {
		return dir
	}
	return filepath.Join(root(t), "..", "shared", "realdata")
}

// present returns path, or skips the test where there is nothing.
func present(t testing.TB, path string) string {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the recorded market data is absent: %v", err)
	}
	return path
}

// Series reads the recorded 5-minute open interest of BTCUSDT, SOLUSDT or
// DOGEUSDT, 2025-12-01 to 2026-03-01.
func Series(t testing.TB, symbol string) *market.Series {
	t.Helper()
	rows := Rows(t, symbol+"_oi_5m.csv")
	points := make([]market.Point, 0, len(rows))
	for _, row := range rows {
		at, err := strconv.ParseInt(row[0], 10, 64)
		if err != nil {
			t.Fatalf("time %q: %v", row[0], err)
		}
		contracts, usd := Number(t, row[1]), Number(t, row[2])
		points = append(points, market.Point{Time: at, Contracts: contracts, Price: usd / contracts})
	}
	return market.NewSeries(symbol, market.Period5m, points)
}

// Rows reads a recorded CSV file without its header.
func Rows(t testing.TB, name string) [][]string {
	t.Helper()
	return rows(t, Path(t, name))
}

// rows reads a CSV file without its header.
func rows(t testing.TB, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("reading %s: %v", path, err)
	}
	return all[1:]
}

// Number parses a recorded number.
func Number(t testing.TB, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatalf("number %q: %v", text, err)
	}
	return x
}

// root is the project's root: the folder with go.mod, at or above the test's.
func root(t testing.TB) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = up
	}
}
