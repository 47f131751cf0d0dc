package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"openinterest/data/history"
	"openinterest/data/history/export"
	"openinterest/data/market"
	"openinterest/data/recorded"
)

// shelf is an archive made of recorded rows: files by name.
type shelf struct {
	*httptest.Server
	mu    sync.Mutex
	files map[string][]byte
	asked int
	wrong map[string]bool // files whose checksum is
	onGet func(name string)
}

const metricsFolder = "data/futures/um/daily/metrics/"

func newShelf(t *testing.T) *shelf {
	s := &shelf{files: map[string][]byte{}, wrong: map[string]bool{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// ServeHTTP serves files, checksums, and the list of them.
func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Query().Has("list-type") {
		fmt.Fprint(w, `<ListBucketResult><IsTruncated>false</IsTruncated>`)
		for name := range s.files {
			if key := metricsFolder + name; strings.HasPrefix(key, r.URL.Query().Get("prefix")) && key > r.URL.Query().Get("start-after") {
				fmt.Fprintf(w, `<Contents><Key>%s</Key></Contents>`, key)
			}
		}
		fmt.Fprint(w, `</ListBucketResult>`)
		return
	}
	name, sum := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/"+metricsFolder), ".CHECKSUM")
	file, ok := s.files[name]
	switch {
	case !ok:
		http.NotFound(w, r)
	case sum && s.wrong[name]:
		fmt.Fprintf(w, "%x  %s\n", sha256.Sum256(nil), path.Base(name))
	case sum:
		fmt.Fprintf(w, "%x  %s\n", sha256.Sum256(file), path.Base(name))
	default:
		s.asked++
		if s.onGet != nil {
			s.onGet(name)
		}
		_, _ = w.Write(file)
	}
}

// put adds a contract's day.
func (s *shelf) put(t *testing.T, symbol, day string, rows [][2]string, times []time.Time) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	base := symbol + "-metrics-" + day
	f, err := z.Create(base + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(f, "create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio")
	for i, row := range rows {
		fmt.Fprintf(f, "%s,%s,%s,%s,1,1,1,1\n", times[i].Format(time.DateTime), symbol, row[0], row[1])
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	s.files[symbol+"/"+base+".zip"] = b.Bytes()
}

const tenDays = 10 * 288 // rows

// putRecorded adds the first recorded days of a contract, as the archive had
// them: a day's file has the stamps from 00:05 to the next midnight.
func (s *shelf) putRecorded(t *testing.T, symbol string) (rows [][]string) {
	t.Helper()
	rows = recorded.Rows(t, symbol+"_oi_5m.csv")
	rows = rows[:min(len(rows), tenDays)]
	days := map[string][][2]string{}
	times := map[string][]time.Time{}
	for _, row := range rows {
		ms, err := strconv.ParseInt(row[0], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		at := time.UnixMilli(ms).UTC()
		day := at.Truncate(5 * time.Minute).Add(-time.Millisecond).Format(time.DateOnly)
		days[day] = append(days[day], [2]string{row[1], row[2]})
		times[day] = append(times[day], at)
	}
	for day := range days {
		s.put(t, symbol, day, days[day], times[day])
	}
	return rows
}

func parse(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// What the exchange once said comes out as it went in: recordings → archive →
// history → CSV and Parquet, to the last digit.
func TestRecordedHistoryComesBackToTheLastDigit(t *testing.T) {
	for _, symbol := range []string{"BTCUSDT", "SOLUSDT", "DOGEUSDT"} {
		t.Run(symbol, func(t *testing.T) {
			s := newShelf(t)
			rows := s.putRecorded(t, symbol)
			dir := t.TempDir()
			if got := program(t, "backfill", "--symbol", symbol, "--archive-url", s.URL, "--data-dir", dir, "--lang", "en"); got.code != 0 {
				t.Fatalf("backfill: %v\n%s%s", got.fault, got.out, got.err)
			}
			got := program(t, "export", "--symbol", symbol, "--data-dir", dir)
			if got.code != 0 {
				t.Fatalf("export: %v", got.fault)
			}
			lines, err := csv.NewReader(strings.NewReader(got.out)).ReadAll()
			if err != nil || len(lines) != len(rows)+1 {
				t.Fatalf("%d lines for %d rows, %v", len(lines), len(rows), err)
			}
			file := filepath.Join(dir, "x.parquet")
			if got := program(t, "export", "--symbol", symbol, "--data-dir", dir, "--format", "parquet", "-o", file); got.code != 0 || got.out != "" {
				t.Fatalf("export: %v, %q", got.fault, got.out)
			}
			kept, err := parquet.ReadFile[export.Row](file)
			if err != nil || len(kept) != len(rows) {
				t.Fatalf("%d rows for %d, %v", len(kept), len(rows), err)
			}
			for i, row := range rows {
				ms, _ := strconv.ParseInt(row[0], 10, 64)
				ms = market.FloorStamp(ms)
				contracts, usd := parse(t, row[1]), parse(t, row[2])
				line := lines[i+1]
				if line[0] != time.UnixMilli(ms).UTC().Format(time.RFC3339) || parse(t, line[1]) != contracts || parse(t, line[3]) != usd || parse(t, line[2]) != usd/contracts {
					t.Fatalf("line %d is %v, recorded was %v", i+1, line, row)
				}
				if k := kept[i]; k.Time != ms || k.Contracts != contracts || *k.USD != usd || *k.Price != usd/contracts {
					t.Fatalf("row %d is %+v, recorded was %v", i, k, row)
				}
			}
		})
	}
}

// aWeek puts seven made-up days, 2026-01-01 to -07, without the midnight that
// ends the third.
func (s *shelf) aWeek(t *testing.T, symbol string) {
	for d := range 7 {
		begin := time.Date(2026, 1, 1+d, 0, 0, 0, 0, time.UTC)
		var rows [][2]string
		var times []time.Time
		for i := 1; i <= 288; i++ {
			if d == 2 && i == 288 {
				continue
			}
			rows = append(rows, [2]string{fmt.Sprint(1000*d + i), fmt.Sprint((1000*d + i) * 3)})
			times = append(times, begin.Add(time.Duration(i)*5*time.Minute))
		}
		s.put(t, symbol, begin.Format(time.DateOnly), rows, times)
	}
}

func TestExportTakesSpansAndPeriods(t *testing.T) {
	s, dir := newShelf(t), t.TempDir()
	s.aWeek(t, "ABCUSDT")
	if got := program(t, "backfill", "--symbol", "abcusdt", "--archive-url", s.URL, "--data-dir", dir, "--lang", "en"); got.code != 0 || !strings.Contains(got.out, "7 days imported (2015 stamps)") {
		t.Fatalf("backfill: %v %q", got.fault, got.out)
	}
	for name, c := range map[string]struct {
		args        []string
		lines       int
		first, last string // times
	}{
		"all":                      {nil, 2015, "2026-01-01T00:05:00Z", "2026-01-08T00:00:00Z"},
		"a day":                    {[]string{"--from", "2026-01-02", "--to", "2026-01-02"}, 289, "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"},
		"an hour":                  {[]string{"--from", "2026-01-02T10:00:00Z", "--to", "2026-01-02T12:00:00+01:00"}, 13, "2026-01-02T10:00:00Z", "2026-01-02T11:00:00Z"},
		"hours":                    {[]string{"--period", "1h"}, 7*24 - 1, "2026-01-01T01:00:00Z", "2026-01-08T00:00:00Z"},
		"days, one of them absent": {[]string{"--period", "1d"}, 6, "2026-01-02T00:00:00Z", "2026-01-08T00:00:00Z"},
	} {
		got := program(t, append([]string{"export", "--symbol", "ABCUSDT", "--data-dir", dir}, c.args...)...)
		lines := strings.Split(strings.TrimSpace(got.out), "\n")
		if got.code != 0 || len(lines) != c.lines+1 || !strings.HasPrefix(lines[1], c.first+",") || !strings.HasPrefix(lines[len(lines)-1], c.last+",") {
			t.Errorf("%s: %v, %d lines from %q to %q", name, got.fault, len(lines)-1, lines[min(1, len(lines)-1)], lines[len(lines)-1])
		}
	}
	got := program(t, "export", "--symbol", "ABCUSDT", "--data-dir", dir, "--from", "2030-01-01", "-o", filepath.Join(dir, "none.csv"), "--lang", "en")
	if got.code != 1 || !strings.Contains(got.fault.Error(), "openinterest backfill --symbol ABCUSDT") {
		t.Errorf("nothing to export: code %d, %v", got.code, got.fault)
	}
	if _, err := os.Stat(filepath.Join(dir, "none.csv")); err == nil {
		t.Error("an empty file was written")
	}
}

// An export that ends before a change of unit says so, too: the factor is that
// into the unit of the newest stamp kept.
func TestExportTellsTheUnit(t *testing.T) {
	s, dir := newShelf(t), t.TempDir()
	for d, unit := range []int{1, 1, 1000} {
		begin := time.Date(2026, 1, 1+d, 0, 0, 0, 0, time.UTC)
		var rows [][2]string
		var times []time.Time
		for i := 1; i <= 288; i++ {
			rows = append(rows, [2]string{fmt.Sprint((50_000 + i) * unit), fmt.Sprint((50_000 + i) * 3)})
			times = append(times, begin.Add(time.Duration(i)*5*time.Minute))
		}
		s.put(t, "ABCUSDT", begin.Format(time.DateOnly), rows, times)
	}
	if got := program(t, "backfill", "--symbol", "ABCUSDT", "--archive-url", s.URL, "--data-dir", dir); got.code != 0 {
		t.Fatal(got.fault)
	}
	for _, c := range []struct {
		args  []string
		units map[string]int // lines by their factor
	}{
		{nil, map[string]int{"1000": 2 * 288, "1": 288}},
		{[]string{"--to", "2026-01-01"}, map[string]int{"1000": 288}},
		{[]string{"--from", "2026-01-03T00:05:00Z"}, map[string]int{"1": 288}},
		{[]string{"--period", "1d"}, map[string]int{"1000": 2, "1": 1}},
	} {
		got := program(t, append([]string{"export", "--symbol", "ABCUSDT", "--data-dir", dir}, c.args...)...)
		lines, err := csv.NewReader(strings.NewReader(got.out)).ReadAll()
		if got.code != 0 || err != nil {
			t.Fatal(got.fault, err)
		}
		units := map[string]int{}
		for _, line := range lines[1:] {
			units[line[4]]++
		}
		if lines[0][4] != "unit_factor" || !maps.Equal(units, c.units) {
			t.Errorf("%v: lines by factor %v, want %v", c.args, units, c.units)
		}
	}
}

func TestBackfillGoesOnWhereItWas(t *testing.T) {
	s, dir := newShelf(t), t.TempDir()
	s.aWeek(t, "ABCUSDT")
	args := []string{"backfill", "--symbol", "ABCUSDT", "--archive-url", s.URL, "--data-dir", dir, "--lang", "en"}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s.onGet = func(string) {
		if s.asked == 6 { // four are fetched at a time, so two are kept by now
			cancel()
		}
	}
	if got := programWith(ctx, args...); got.code != 1 || !strings.Contains(got.fault.Error(), "interrupted after") {
		t.Fatalf("interrupted: code %d, %v", got.code, got.fault)
	}
	s.onGet, s.asked = nil, 0
	s.wrong["ABCUSDT/ABCUSDT-metrics-2026-01-01.zip"] = true // the oldest comes last
	got := program(t, args...)
	if got.code != 1 || !strings.Contains(got.err, "ABCUSDT 2026-01-01: The archive served a file that is damaged") || !strings.Contains(got.fault.Error(), "1 of ") {
		t.Fatalf("a wrong checksum: code %d, %v\n%s", got.code, got.fault, got.err)
	}
	if strings.Contains(got.out, " 0 were kept already") {
		t.Errorf("it began anew: %s", got.out)
	}
	s.wrong, s.asked = nil, 0
	if got = program(t, args...); got.code != 0 || !strings.Contains(got.out, "1 day imported (288 stamps), 6 were kept already") || s.asked != 1 {
		t.Errorf("the third time: %v, %q, %d files fetched", got.fault, got.out, s.asked)
	}
	if got = program(t, args...); got.code != 0 || !strings.Contains(got.out, "0 days imported") {
		t.Errorf("the fourth time: %v, %q", got.fault, got.out)
	}
}

func TestBackfillSaysWhatItCannotDo(t *testing.T) {
	s, dir := newShelf(t), t.TempDir()
	s.aWeek(t, "ABCUSDT")
	writer, err := history.Open(t.Context(), filepath.Join(dir, "busy", "history"), history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no symbol":        {[]string{"backfill"}, 2, "--symbol"},
		"odd day":          {[]string{"backfill", "--symbol", "X", "--from", "yesterday"}, 2, "neither a day"},
		"odd span":         {[]string{"backfill", "--symbol", "X", "--from", "2026-02-01", "--to", "2026-01-01"}, 2, "later than"},
		"odd archive":      {[]string{"backfill", "--symbol", "X", "--archive-url", "ftp://x"}, 2, "--archive-url"},
		"demo":             {[]string{"backfill", "--symbol", "X", "--demo"}, 2, "--demo"},
		"empty symbol":     {[]string{"backfill", "--symbol", ""}, 2, "--symbol: it names no contract"},
		"symbol with more": {[]string{"backfill", "--symbol", "BTC/USDT"}, 2, `--symbol: "BTC/USDT" is no symbol`},
		"no symbol at all": {[]string{"backfill", "--symbol", "../etc", "--archive-url", s.URL}, 2, "no symbol"},
		"unknown":          {[]string{"backfill", "--symbol", "NOSUCH", "--archive-url", s.URL}, 1, "nothing of NOSUCH"},
		"busy":             {[]string{"backfill", "--symbol", "ABCUSDT", "--archive-url", s.URL, "--data-dir", filepath.Join(dir, "busy")}, 1, "one writes at a time"},
		"export nothing":   {[]string{"export", "--symbol", "ABCUSDT", "--data-dir", filepath.Join(dir, "none")}, 1, "no history on this computer"},
		"export period":    {[]string{"export", "--symbol", "X", "--period", "2h"}, 2, "--period"},
		"export demo":      {[]string{"export", "--symbol", "X", "--demo"}, 2, "--demo"},
		"export format":    {[]string{"export", "--symbol", "X", "--format", "xlsx"}, 2, "--format"},
	} {
		args := append([]string{"--lang", "en", "--data-dir", dir}, c.args...)
		got := program(t, args...)
		if got.code != c.code || got.fault == nil || !strings.Contains(got.fault.Error(), c.says) || strings.Contains(got.fault.Error(), "\n") {
			t.Errorf("%s: code %d, %v", name, got.code, got.fault)
		}
	}
}
