package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"openinterest/data/history"
	"openinterest/data/market"
)

func digestOf(file []byte) string {
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:])
}

func clockOf(row history.Row) string {
	return time.UnixMilli(row.Point.Time).UTC().Format("01-02 15:04")
}

func TestLabelsMarkTheEndAndLaterTheStartOfPeriods(t *testing.T) {
	before, from := time.Date(2026, 6, 24, 0, 0, 0, 0, time.UTC), time.Date(2026, 6, 25, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name        string
		day         time.Time
		labels      []time.Duration
		want        []string
		relabelled  bool
		outsideDays int
	}{
		{"the last day of the old rule", before, []time.Duration{5 * time.Minute, 24 * time.Hour}, []string{"06-24 00:05", "06-25 00:00"}, false, 0},
		{"the first of the new", from, []time.Duration{0, 24*time.Hour - 5*time.Minute}, []string{"06-25 00:05", "06-26 00:00"}, false, 0},
		{"later days", from.AddDate(0, 1, 0), []time.Duration{0}, []string{"07-25 00:05"}, false, 0},
		{"the midnight before, by the old rule, is yesterday's last", before, []time.Duration{0, 5 * time.Minute}, []string{"06-24 00:00", "06-24 00:05"}, false, 0},
		{"a file that contradicts the new rule", from, []time.Duration{5 * time.Minute, 24 * time.Hour}, []string{"06-25 00:05", "06-26 00:00"}, true, 0},
		{"both midnights, by the new rule", from, []time.Duration{0, 24 * time.Hour}, []string{"06-25 00:05"}, false, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := head
			for _, l := range c.labels {
				table += row(c.day.Add(l), "XUSDT", "10", "20")
			}
			rows, _, d, err := parseTable([]byte(table), "XUSDT", c.day)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range rows {
				got = append(got, clockOf(r))
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) || d.Relabelled != c.relabelled || d.OtherDay != c.outsideDays {
				t.Errorf("%v, want %v; %+v", got, c.want, d)
			}
		})
	}
}

func TestDefectsAreHandledByRule(t *testing.T) {
	at := func(minutes int) time.Time { return day1.Add(time.Duration(minutes) * time.Minute) }
	table := "\ufeff" + strings.ToUpper(head[:11]) + head[11:] +
		row(at(5), "XUSDT", "10.0000000000000000", "20.5000000000000000") +
		row(at(15).Add(2*time.Second), "XUSDT", "11", "22") + // off the grid
		row(at(10), "XUSDT", "12", "24") + // unordered
		row(at(10), "XUSDT", "12", "24") + // duplicate
		row(at(15), "XUSDT", "13", "26") + // conflict: the last counts
		row(at(20), "XUSDT", "", "") + // blank
		row(at(25), "XUSDT", "0.0000000000000000", "0.0000000000000000") + // zero
		row(at(30), "XUSDT", "14", "") + // no value
		row(at(35), "YUSDT", "15", "30") + // another contract's
		row(at(40).AddDate(0, 0, 3), "XUSDT", "15", "30") + // another day's
		row(at(45), "XUSDT", "-1", "30") + row(at(45), "XUSDT", "NaN", "30") + row(at(45), "XUSDT", "1e999", "1") +
		"not a time,XUSDT,1,2,,,,\n" + "too,short\n" + "a \"quote,XUSDT,1,2,,,,\n"
	rows, _, d, err := parseTable([]byte(table), "XUSDT", day1)
	if err != nil {
		t.Fatal(err)
	}
	want := Defects{Missing: 284, Blank: 1, Zero: 1, Priceless: 1, Duplicate: 1, Conflict: 1, OffGrid: 1, Unordered: 2, OtherDay: 1, Foreign: 1, Unreadable: 6}
	if d != want {
		t.Errorf("%+v\nwant %+v", d, want)
	}
	values := map[string]float64{}
	for _, r := range rows {
		values[clockOf(r)] = r.Point.Contracts
		if r.Source != history.Archive || r.Symbol != "XUSDT" {
			t.Errorf("%+v", r)
		}
	}
	if fmt.Sprint(values) != fmt.Sprint(map[string]float64{"12-01 00:05": 10, "12-01 00:10": 12, "12-01 00:15": 13, "12-01 00:30": 14}) {
		t.Errorf("%v", values)
	}
	var back Defects
	if err := json.Unmarshal([]byte(d.text()), &back); err != nil || back != d {
		t.Errorf("%s: %+v, %v", d.text(), back, err)
	}
	if text := (Defects{}).text(); text != "" {
		t.Errorf("of a file without defects it says %q", text)
	}
}

// Some days are labelled a second or two before each stamp, and some single rows
// beside exact ones: 2022-01-12 and -13 of BTCUSDT are. Such a label means the stamp
// that follows, and where another row has that exactly, it counts.
func TestLabelsJustBeforeAStampMeanThat(t *testing.T) {
	for _, early := range []time.Duration{time.Second, 2 * time.Second, 10 * time.Second} {
		table := head
		for i := 1; i <= 288; i++ {
			table += row(day1.Add(time.Duration(i)*5*time.Minute-early), "XUSDT", fmt.Sprint(1000+i), fmt.Sprint(10*(1000+i)))
		}
		rows, _, d, err := parseTable([]byte(table), "XUSDT", day1)
		if err != nil || len(rows) != 288 || d != (Defects{OffGrid: 288}) {
			t.Fatalf("%v early: %d rows, %+v, %v", early, len(rows), d, err)
		}
		for i, r := range rows {
			if want := day1.Add(time.Duration(i+1) * 5 * time.Minute).UnixMilli(); r.Point.Time != want || r.Point.Contracts != float64(1001+i) || !r.Inexact {
				t.Fatalf("%v early: row %d is %+v", early, i, r)
			}
		}
	}
	at := func(h, m, s int) time.Time { return day1.Add(time.Duration(h*3600+m*60+s) * time.Second) }
	exact, inexact := row(at(4, 10, 0), "XUSDT", "1050", "10500"), row(at(4, 9, 58), "XUSDT", "7", "70")
	for _, table := range []string{exact + inexact, inexact + exact, inexact + exact + inexact} {
		rows, _, d, err := parseTable([]byte(head+row(at(4, 5, 0), "XUSDT", "1049", "10490")+table), "XUSDT", day1)
		if err != nil || len(rows) != 2 || d.Conflict == 0 {
			t.Fatalf("%d rows, %+v, %v", len(rows), d, err)
		}
		if rows[0].Point.Contracts != 1049 || rows[1].Point.Contracts != 1050 || rows[1].Inexact {
			t.Errorf("%s gave %+v", table, rows)
		}
	}
}

// What no market can have is dropped, and costs nothing else.
func TestNumbersThatCannotBeMeantAreDropped(t *testing.T) {
	for _, odd := range []string{"0x1p4", "0X10", "1_000", "Inf", "infinity", "1e300", "1e-300", "1e16", "+", "e", "１０", "10 000", "10,5"} {
		table := head + row(day1.Add(5*time.Minute), "XUSDT", "10", "20") +
			row(day1.Add(10*time.Minute), "XUSDT", `"`+odd+`"`, "20") + row(day1.Add(15*time.Minute), "XUSDT", "10", `"`+odd+`"`)
		rows, _, d, err := parseTable([]byte(table), "XUSDT", day1)
		if err != nil || len(rows) != 2 || d.Unreadable != 1 || d.Priceless != 1 {
			t.Errorf("%s: %d rows, %+v, %v", odd, len(rows), d, err)
			continue
		}
		if rows[0].USD != 20 || market.Known(rows[1].USD) {
			t.Errorf("%s: %+v", odd, rows)
		}
	}
	rows, _, d, err := parseTable([]byte(head+row(time.Date(2100, 1, 1, 0, 5, 0, 0, time.UTC), "XUSDT", "1", "1")+row(day1.Add(time.Hour), "XUSDT", "1E+3", "+2e3")), "XUSDT", day1)
	if err != nil || len(rows) != 1 || rows[0].Point.Contracts != 1000 || rows[0].USD != 2000 || d.OtherDay != 1 {
		t.Errorf("%+v, %+v, %v", rows, d, err)
	}
}

// ratioRow is a row whose ratios are given: top accounts, top positions, accounts, takers.
func ratioRow(minutes int, contracts string, ratios string) string {
	return day1.Add(time.Duration(minutes)*time.Minute).Format(time.DateTime) + ",XUSDT," + contracts + ",20," + ratios + "\n"
}

// ratiosOf writes ratios as accounts, top accounts, top positions, takers.
func ratiosOf(rows []market.Ratios) map[string]string {
	out := map[string]string{}
	for _, r := range rows {
		out[time.UnixMilli(r.Time).UTC().Format("15:04")] = strings.ReplaceAll(fmt.Sprint(r.Values), "NaN", "-")
	}
	return out
}

// A blank or odd ratio costs that value: not the row, and not its open interest. A row
// without contracts has ratios all the same.
func TestOddRatiosCostTheirValueOnly(t *testing.T) {
	table := head +
		ratioRow(5, "10", "1.1,1.2,1.3,0.95") +
		ratioRow(10, "10", ",1.20000000, ,0.95") +
		ratioRow(15, "10", "-1,0x1p4,NaN,Inf") +
		ratioRow(20, "10", "1e300,1e999,1_0,2e6") +
		ratioRow(25, "", "1,2,3,4") +
		ratioRow(30, "0", "0,0.0,5,0") +
		ratioRow(35, "10", "0,0,0,0") +
		ratioRow(40, "10", "1.5") + // ends early
		ratioRow(45, "-3", "1,2,3,4") +
		ratioRow(50, "10", "1,2,3,4") + ratioRow(50, "10", ",7,,")
	rows, ratios, d, err := parseTable([]byte(table), "XUSDT", day1)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"00:05": "[1.3 1.1 1.2 0.95]", "00:10": "[- - 1.2 0.95]", "00:25": "[3 1 2 4]", "00:30": "[5 - - -]",
		"00:35": "[0 0 0 0]", "00:40": "[- 1.5 - -]", "00:45": "[3 1 2 4]", "00:50": "[3 1 7 4]",
	}
	if got := ratiosOf(ratios); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v\nwant %v", got, want)
	}
	if want := (Defects{Missing: 281, Blank: 1, Zero: 1, Unreadable: 1, Conflict: 1, BlankRatio: 2 + 3 + 3 + 3, OddRatio: 8}); d != want || len(rows) != 7 {
		t.Errorf("%d rows, %+v\nwant %+v", len(rows), d, want)
	}
	// A table that lacks a column of ratios, or has them in another order.
	table = "sum_taker_long_short_vol_ratio,create_time,symbol,sum_open_interest,sum_open_interest_value,COUNT_LONG_SHORT_RATIO\n0.5,2025-12-01 00:05:00,XUSDT,10,20,1.5\n"
	rows, ratios, d, err = parseTable([]byte(strings.ReplaceAll(table, "2025-12-01", day1.Format(time.DateOnly))), "XUSDT", day1)
	if got := ratiosOf(ratios); err != nil || len(rows) != 1 || fmt.Sprint(got) != "map[00:05:[1.5 - - 0.5]]" || d.BlankRatio+d.OddRatio != 0 {
		t.Errorf("%v, %+v, %v", got, d, err)
	}
}

// Ratios lie on the stamps at which their periods end, as contracts do, by the same
// rule of labels.
func TestRatiosFollowTheLabelRule(t *testing.T) {
	flip := labelFlip
	rows, ratios, _, err := parseTable([]byte(head+row(flip, "XUSDT", "10", "20")), "XUSDT", flip)
	if err != nil || len(rows) != 1 || len(ratios) != 1 || ratios[0].Time != rows[0].Point.Time {
		t.Errorf("%+v, %+v, %v", rows, ratios, err)
	}
	at := func(s int) time.Time { return day1.Add(time.Duration(s) * time.Second) }
	table := head + row(at(1), "XUSDT", "1", "2") + row(at(298), "XUSDT", "1", "2") +
		ratioRow(5, "10", "2,3,4,") + row(at(299), "XUSDT", "1", "2")
	_, ratios, _, err = parseTable([]byte(table), "XUSDT", day1)
	if got := ratiosOf(ratios); err != nil || fmt.Sprint(got) != "map[00:05:[4 2 3 0.95]]" {
		t.Errorf("beside labels off the grid: %v, %v", got, err)
	}
}

func TestADayOfZerosIsADayWithoutStamps(t *testing.T) {
	rows, _, d, err := parseTable([]byte(head+row(day1.Add(5*time.Minute), "XUSDT", "0", "0")), "XUSDT", day1)
	if err != nil || len(rows) != 0 || d.Zero != 1 || d.Missing != 288 {
		t.Errorf("%v, %+v, %v", rows, d, err)
	}
}

func FuzzTable(f *testing.F) {
	f.Add([]byte(tableOf("XUSDT", day1)[:2000]), false)
	f.Add([]byte(head+row(day1, "XUSDT", "1", "")), true)
	f.Add([]byte(head+ratioRow(5, "10", "-1,0x1p4,NaN,1.5")+ratioRow(5, "", "1,,3,1e9")), false)
	f.Add([]byte("create_time,symbol,sum_open_interest,sum_open_interest_value\n\"\n"), true)
	f.Fuzz(func(t *testing.T, table []byte, later bool) {
		day := day1
		if later {
			day = day.AddDate(1, 0, 0)
		}
		rows, ratios, d, err := parseTable(table, "XUSDT", day)
		if err != nil {
			return
		}
		last := int64(0)
		for _, r := range ratios {
			if r.Time <= last || r.Time < day.UnixMilli() || r.Time > day.AddDate(0, 0, 1).UnixMilli() || r.Time%market.StepMillis != 0 {
				t.Fatalf("%v after %d", r, last)
			}
			last = r.Time
			for _, x := range r.Values {
				if market.Known(x) && !market.UsableRatio(x) {
					t.Fatalf("%v", r)
				}
			}
		}
		seen := map[int64]bool{}
		for _, r := range rows {
			at := r.Point.Time
			if seen[at] || at%market.StepMillis != 0 || at < day.UnixMilli() || at > day.AddDate(0, 0, 1).UnixMilli() ||
				!(r.Point.Contracts > 0) || math.IsInf(r.Point.Contracts, 0) || r.USD <= 0 {
				t.Fatalf("%+v", r)
			}
			seen[at] = true
		}
		if d.Missing < 0 || d.Missing > 288 {
			t.Fatalf("%+v", d)
		}
	})
}

func FuzzChecksum(f *testing.F) {
	f.Add([]byte(strings.Repeat("ab", 32)+"  a.zip\n"), "a.zip")
	f.Add([]byte("<html>"), "a.zip")
	f.Fuzz(func(t *testing.T, text []byte, name string) {
		if digest, err := parseChecksum(text, name); err == nil && (len(digest) != 64 || !bytes.Contains(text, []byte(name))) {
			t.Fatalf("%q of %q", digest, text)
		}
	})
}

func FuzzUnpack(f *testing.F) {
	f.Add(zipOf("a.csv", []byte("x")))
	f.Add(zipOf("../a.csv", []byte("x")))
	f.Fuzz(func(t *testing.T, file []byte) {
		if table, err := unpack(file, digestOf(file), "a.csv"); err == nil && len(table) > maxTable {
			t.Fatalf("%d bytes", len(table))
		}
	})
}

func FuzzListing(f *testing.F) {
	fk := newFake()
	fk.put("XUSDT", day1, tableOf("XUSDT", day1))
	f.Add([]byte(fk.list(map[string][]string{})))
	f.Add([]byte("<Error><Code>AccessDenied</Code></Error>"))
	f.Fuzz(func(t *testing.T, page []byte) {
		days := map[time.Time]string{}
		if _, err := parseListing(page, "XUSDT", days); err != nil {
			return
		}
		for day := range days {
			if !midnight(day).Equal(day) {
				t.Fatalf("%v", day)
			}
		}
	})
}
