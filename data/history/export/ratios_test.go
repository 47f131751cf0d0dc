package export

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"openinterest/data/history"
	"openinterest/data/market"
)

func ratiosAt(minutes int64, values ...float64) market.Ratios {
	r := market.NoRatios(midnight + minutes*60_000)
	copy(r.Values[:], values)
	return r
}

var sampleRatios = []market.Ratios{
	ratiosAt(-10, 1.5, 2, 0.25, 1.000001), // before the first stamp
	ratiosAt(0, 1, math.NaN(), 3, 4),
	ratiosAt(10, 5, 6, 7, 8), // between stamps
	ratiosAt(65, 0, 0, 0, 0),
	ratiosAt(30*60, 9, 9, 9, 9), // after the last
}

// A row has what is kept of its stamp: contracts, ratios, or both.
func TestRatiosAreJoinedByStamp(t *testing.T) {
	var b bytes.Buffer
	stamps := []history.Stamp{sample[0], sample[2], sample[4]}
	if err := CSVWithRatios(&b, Join(stamps, sampleRatios), nil); err != nil {
		t.Fatal(err)
	}
	want := `time,contracts,price,oi_usd,unit_factor,long_short_accounts,top_long_short_accounts,top_long_short_positions,taker_buy_sell
2026-02-28T23:50:00Z,,,,1,1.5,2,0.25,1.000001
2026-02-28T23:55:00Z,79068.331,101999.92541230042,8064963864.475081,1,,,,
2026-03-01T00:00:00Z,,,,1,1,,3,4
2026-03-01T00:05:00Z,3,,,1,,,,
2026-03-01T00:10:00Z,,,,1,5,6,7,8
2026-03-01T01:05:00Z,1,1,1,1,0,0,0,0
2026-03-02T06:00:00Z,,,,1,9,9,9,9
`
	if b.String() != want {
		t.Errorf("it wrote\n%s\nwant\n%s", b.String(), want)
	}
	if got := Join(nil, nil); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func TestParquetWithRatiosHasTheSameNumbersAndColumns(t *testing.T) {
	var stamps []history.Stamp
	var ratios []market.Ratios
	for i := range int64(rowsAtOnce + 9) {
		if i%3 != 0 {
			stamps = append(stamps, stamp(5*i, float64(i+1)/3, float64(i+1)*1.1))
		}
		if i%5 != 0 {
			ratios = append(ratios, ratiosAt(5*i, float64(i)/8, market.Unknown, 1, 2))
		}
	}
	rows := Join(stamps, ratios)
	var b bytes.Buffer
	if err := ParquetWithRatios(&b, "BTCUSDT", rows, nil); err != nil {
		t.Fatal(err)
	}
	file, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range file.Schema().Fields() {
		names = append(names, f.Name())
	}
	if want := slices.Concat(Columns, RatioColumns); !slices.Equal(names, want) {
		t.Errorf("columns %v, want %v", names, want)
	}
	got, err := parquet.Read[RowWithRatios](bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil || len(got) != len(rows) {
		t.Fatalf("%d rows of %d, %v", len(got), len(rows), err)
	}
	for i, r := range got {
		w := rows[i]
		if r.Time != w.Time || !same(r.Contracts, w.Contracts) || !same(r.USD, w.USD) || !same(r.Price, w.Price) || !same(r.LongShortAccounts, w.Ratios[0]) ||
			!same(r.TopLongShortAccounts, w.Ratios[1]) || !same(r.TopLongShortPositions, w.Ratios[2]) || !same(r.TakerBuySell, w.Ratios[3]) {
			t.Fatalf("row %d is %+v, want %+v", i, r, w)
		}
	}
}

func TestRatiosOfAPeriodAreThoseOfItsLastStamp(t *testing.T) {
	var at []string
	for _, r := range EveryRatio(market.Period1h, sampleRatios) {
		at = append(at, Time(r.Time))
	}
	if got := strings.Join(at, " "); got != "2026-03-01T00:00:00Z 2026-03-02T06:00:00Z" {
		t.Error(got)
	}
}
