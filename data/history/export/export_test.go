package export

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"openinterest/data/history"
	"openinterest/data/market"
	"openinterest/data/recorded"
)

var midnight = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).UnixMilli()

func stamp(minutes int64, contracts, usd float64) history.Stamp {
	return history.Stamp{Time: midnight + minutes*60_000, Contracts: contracts, USD: usd, Price: usd / contracts, Source: history.Archive}
}

var sample = []history.Stamp{
	stamp(-5, 79068.331, 8064963864.475081),
	{Time: midnight, Contracts: 1e21, Price: 3e-22, USD: math.Nextafter(0.3, 1), Source: history.Live},
	{Time: midnight + 300_000, Contracts: 3, Price: market.Unknown, USD: market.Unknown},
	stamp(60, 5e-9, 1),
	stamp(65, 1, 1),
	stamp(24*60, 2, 2),
}

func TestCSVHasEveryDigitAndNoExponent(t *testing.T) {
	var b bytes.Buffer
	if err := CSV(&b, sample[:4], nil); err != nil {
		t.Fatal(err)
	}
	want := `time,contracts,price,oi_usd,unit_factor
2026-02-28T23:55:00Z,79068.331,101999.92541230042,8064963864.475081,1
2026-03-01T00:00:00Z,1000000000000000000000,0.0000000000000000000003,0.30000000000000004,1
2026-03-01T00:05:00Z,3,,,1
2026-03-01T01:00:00Z,0.000000005,200000000,1,1
`
	if b.String() != want {
		t.Errorf("it wrote\n%s\nwant\n%s", b.String(), want)
	}
}

func TestParquetHasTheSameNumbers(t *testing.T) {
	var many []history.Stamp
	for i := range int64(2*rowsAtOnce + 7) {
		many = append(many, stamp(5*i, float64(i+1)/3, float64(i+1)*1.1))
	}
	for name, stamps := range map[string][]history.Stamp{"odd": sample, "many": many, "none": nil} {
		var b bytes.Buffer
		if err := Parquet(&b, "BTCUSDT", stamps, nil); err != nil {
			t.Fatal(name, err)
		}
		file, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
		if err != nil {
			t.Fatal(name, err)
		}
		if s, _ := file.Lookup("symbol"); s != "BTCUSDT" {
			t.Errorf("%s: the file says it is of %q", name, s)
		}
		if got := file.Schema().String(); !strings.Contains(got, "TIMESTAMP(isAdjustedToUTC=true,unit=MILLIS)") {
			t.Errorf("%s: time is no timestamp:\n%s", name, got)
		}
		rows, err := parquet.Read[Row](bytes.NewReader(b.Bytes()), int64(b.Len()))
		if err != nil || len(rows) != len(stamps) {
			t.Fatalf("%s: %d rows of %d, %v", name, len(rows), len(stamps), err)
		}
		for i, r := range rows {
			s := stamps[i]
			if r.Time != s.Time || r.Contracts != s.Contracts || !same(r.Price, s.Price) || !same(r.USD, s.USD) || !same(r.Unit, 1) {
				t.Fatalf("%s: row %d is %+v, want %+v", name, i, r, s)
			}
		}
	}
}

func same(got *float64, want float64) bool {
	if got == nil {
		return !market.Known(want)
	}
	return *got == want
}

// The stamp at 01:00 closes the hour; the one at 00:05 doesn't stand in for a
// missing one at 00:00.
func TestAPeriodIsItsLastStampOrNone(t *testing.T) {
	for period, want := range map[market.Period][]int64{
		market.Period5m: {-5, 0, 5, 60, 65, 1440},
		market.Period1h: {0, 60, 1440},
		market.Period1d: {0, 1440},
	} {
		var got []int64
		for _, s := range Every(period, sample) {
			got = append(got, (s.Time-midnight)/60_000)
		}
		if len(got) != len(want) {
			t.Fatalf("%v: %v, want %v", period, got, want)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%v: %v, want %v", period, got, want)
			}
		}
	}
}

// BNXUSDT was redenominated 1 : 100: what was served stays as it is, with the
// factor that brings it into the unit of today. Of a second change by a factor that
// nothing tells, what lies before has none.
func TestWhatWasServedIsExportedWithItsUnit(t *testing.T) {
	series := recorded.ArchiveDays(t, "13-change-of-unit", "BNXUSDT")
	var stamps []history.Stamp
	for _, p := range series.Points {
		stamps = append(stamps, history.Stamp{Time: p.Time, Contracts: p.Contracts, Price: p.Price, USD: p.Contracts * p.Price, Source: history.Archive})
	}
	change := time.Date(2026, 8, 31, 0, 0, 0, 0, time.UTC).UnixMilli()
	for name, exported := range map[string][]history.Stamp{"all": stamps, "before the change alone": stamps[:2000], "days": Every(market.Period1d, stamps)} {
		var text, file bytes.Buffer
		changes := UnitChanges(stamps)
		if err := errors.Join(CSV(&text, exported, changes), Parquet(&file, "BNXUSDT", exported, changes)); err != nil {
			t.Fatal(name, err)
		}
		rows, err := parquet.Read[Row](bytes.NewReader(file.Bytes()), int64(file.Len()))
		if err != nil || len(rows) != len(exported) {
			t.Fatalf("%s: %d rows of %d, %v", name, len(rows), len(exported), err)
		}
		lines := strings.Split(strings.TrimSpace(text.String()), "\n")
		for i, s := range exported {
			want := 1.0
			if s.Time < change {
				want = 100
			}
			if rows[i].Contracts != s.Contracts || !same(rows[i].Price, s.Price) || !same(rows[i].Unit, want) {
				t.Fatalf("%s: a row of %+v is %+v, with the factor %v", name, s, rows[i], *rows[i].Unit)
			}
			if line := lines[i+1]; !strings.HasPrefix(line, Time(s.Time)+","+Number(s.Contracts)+",") || !strings.HasSuffix(line, ","+Number(want)) {
				t.Fatalf("%s: a line of %+v is %s", name, s, line)
			}
		}
	}
	var text bytes.Buffer
	unknown := []market.UnitChange{{Time: stamps[5].Time, Factor: market.Unknown}}
	if err := CSV(&text, stamps[4:6], unknown); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(text.String(), "\n"); !strings.HasSuffix(lines[1], ",") || !strings.HasSuffix(lines[2], ",1") {
		t.Errorf("around a change by an unknown factor it wrote\n%s", text.String())
	}
}
