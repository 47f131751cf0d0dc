package binance

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"openinterest/data/market"
)

const goodKline = `[1749600000000,"105.0","110.5","101.25","107.0","1200.5",1749603599999,"126000.25",99,"600.1","63000.5","0"]`

func klinesOf(t *testing.T, body string) ([]market.Candle, Stats, error) {
	t.Helper()
	c, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	c.rest.HTTPClient.Transport.(*transport).next = &echo{[]byte(body)}
	got, err := c.Klines(t.Context(), "BTCUSDT", market.Period1h, time.UnixMilli(1749500000000), 0)
	return got, c.Stats(), err
}

func TestKlines(t *testing.T) {
	got, _, err := klinesOf(t, "["+goodKline+"]")
	want := market.Candle{Time: 1749600000000, Open: 105, High: 110.5, Low: 101.25, Close: 107, Volume: 1200.5, USD: 126000.25}
	if err != nil || len(got) != 1 || got[0] != want {
		t.Errorf("%+v, %v", got, err)
	}
	if got, _, err := klinesOf(t, "[]"); err != nil || len(got) != 0 {
		t.Errorf("none so long ago: %v, %v", got, err)
	}
}

// A row that is not as documented costs itself alone; numbers in another
// spelling are read.
func TestKlinesKeepTheGoodRows(t *testing.T) {
	later := strings.NewReplacer("1749600000000", "1749603600000", "1749603599999", "1749607199999").Replace(goodKline)
	for name, bad := range map[string]string{
		"short":           `[1749603600000,"1"]`,
		"no list":         `{"openTime":1749603600000}`,
		"null":            `null`,
		"high below low":  strings.Replace(later, `"110.5"`, `"100"`, 1),
		"no price":        strings.Replace(later, `"105.0"`, `"NaN"`, 1),
		"zero":            strings.Replace(later, `"101.25"`, `"0"`, 1),
		"off the grid":    strings.Replace(later, "1749603600000", "1749603600001", 1),
		"from the future": strings.Replace(later, "1749603600000", "4749602400000", 1),
		"before":          strings.Replace(later, "1749603600000", "1649602800000", 1),
	} {
		got, stats, err := klinesOf(t, "["+goodKline+","+bad+"]")
		if err != nil || len(got) != 1 || len(stats.Dropped) != 1 {
			t.Errorf("%s: %d candles, dropped %v, %v", name, len(got), stats.Dropped, err)
		}
	}
	odd := strings.NewReplacer(`1749603600000`, `"1749603600000"`, `"105.0"`, `105.0`, `"126000.25"`, `"lots"`).Replace(later)
	got, _, err := klinesOf(t, "["+odd+","+goodKline+","+goodKline+"]")
	if err != nil || len(got) != 2 || got[1].Open != 105 || market.Known(got[1].USD) || got[0].Time > got[1].Time {
		t.Errorf("another spelling: %+v, %v", got, err)
	}
	if _, _, err := klinesOf(t, `[[1,"2"]]`); market.ProblemOf(err) == nil {
		t.Errorf("no good row: %v", err)
	}
}

// Each request must cost what the quota counts for it.
func TestKlinesCostWhatIsCounted(t *testing.T) {
	if MaxKlineRows >= 500 || newQuota().Amount(market.RouteKlines) != 2 {
		t.Error("an answer of 500 rows or more costs more than 2")
	}
}

func FuzzKlines(f *testing.F) {
	answer := fuzzed(f)
	seeds(f, "["+goodKline+","+strings.Replace(goodKline, "1749600000000", "1749603600000", 1)+"]")
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := answer(body).Klines(t.Context(), "BTCUSDT", market.Period1h, time.UnixMilli(0), 0)
		if !sensible(t, err) {
			return
		}
		for i, k := range got {
			numbers(t, k.Low > 0 && k.Low <= min(k.Open, k.Close) && k.High >= max(k.Open, k.Close) && k.High <= mostPrice &&
				unknownOr(k.Volume, k.Volume >= 0) && unknownOr(k.USD, k.USD >= 0) && k.Time%3600_000 == 0, fmt.Sprint(k))
			if i > 0 && got[i-1].Time >= k.Time {
				t.Fatalf("not in order: %v", got)
			}
		}
	})
}
