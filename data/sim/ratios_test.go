package sim

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"openinterest/data/market"
)

// Each route serves its ratio of each stamp, to four places, and a market has both
// sides.
func TestRatioRoutes(t *testing.T) {
	s := started(t)
	for path, kind := range ratioPaths {
		least, most := math.Inf(1), 0.0
		for _, symbol := range []string{"BTCUSDT", "SOLUSDT", "DOGEUSDT"} {
			res, err := http.Get(s.RESTURL() + path + "?period=5m&limit=500&symbol=" + symbol)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			var rows []struct {
				Symbol, LongShortRatio, LongAccount, ShortAccount, BuySellRatio, BuyVol, SellVol string
				Timestamp                                                                        int64
			}
			if err != nil || json.Unmarshal(body, &rows) != nil || len(rows) != 500 {
				t.Fatalf("%s: %d rows, %v: %.200s", path, len(rows), err, body)
			}
			for i, r := range rows {
				served, named := r.LongShortRatio, symbol
				if kind == market.TakerBuySell {
					served, named = r.BuySellRatio, ""
				}
				want, _ := s.Ratios(symbol, r.Timestamp)
				x, _ := strconv.ParseFloat(served, 64)
				if fmt.Sprintf("%.4f", want.Values[kind]) != served || r.Symbol != named || i > 0 && r.Timestamp != rows[i-1].Timestamp+market.StepMillis {
					t.Fatalf("%s of %s at %d: %+v, want %v", path, symbol, r.Timestamp, r, want.Values[kind])
				}
				least, most = min(least, x), max(most, x)
			}
		}
		if least < 0.03 || most > 30 || most/least < 1.2 {
			t.Errorf("%s lies between %v and %v, which nobody believes", path, least, most)
		}
	}
}

// The archive has the same ratios.
func TestArchivedRatios(t *testing.T) {
	s := started(t)
	date := time.Now().UTC().AddDate(0, 0, -3).Truncate(24 * time.Hour)
	rows := strings.Split(string(s.metricsRows(s.market.Load().bySymbol["BTCUSDT"], date)), "\n")[1:]
	label := int64(0)
	if !date.Before(labelFlip) {
		label = market.StepMillis
	}
	compared := 0
	for _, row := range rows {
		cells := strings.Split(row, ",")
		if len(cells) < 8 {
			continue
		}
		at, err := time.Parse(stampLayout, cells[0])
		if err != nil {
			t.Fatal(err)
		}
		want, _ := s.Ratios("BTCUSDT", market.FloorStamp(at.UnixMilli()+label))
		for column, kind := range map[int]market.RatioKind{4: market.TopLongShortAccounts, 5: market.TopLongShortPositions, 6: market.LongShortAccounts, 7: market.TakerBuySell} {
			if x, _ := strconv.ParseFloat(cells[column], 64); x != want.Values[kind] {
				t.Fatalf("%s: %s is %v, want %v", row, kind.Field(), x, want.Values[kind])
			}
			compared++
		}
	}
	if compared < 900 {
		t.Errorf("%d values compared", compared)
	}
}
