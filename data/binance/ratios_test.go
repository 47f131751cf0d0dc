package binance

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"openinterest/data/market"
)

// The rows of each kind are asked by its own route; what is odd in one costs
// that row, and nothing else.
func TestRatios(t *testing.T) {
	const start = 1702244700000 // on the 5-minute grid
	for kind, test := range map[market.RatioKind]struct{ path, field string }{
		market.LongShortAccounts:     {"/futures/data/globalLongShortAccountRatio", "longShortRatio"},
		market.TopLongShortAccounts:  {"/futures/data/topLongShortAccountRatio", "longShortRatio"},
		market.TopLongShortPositions: {"/futures/data/topLongShortPositionRatio", "longShortRatio"},
		market.TakerBuySell:          {"/futures/data/takerlongshortRatio", "buySellRatio"},
	} {
		t.Run(kind.Field(), func(t *testing.T) {
			symbol := `"symbol":"BTCUSDT",`
			if kind == market.TakerBuySell { // its answer names none
				symbol = ""
			}
			row := func(step int, ratio string) string {
				return fmt.Sprintf(`{%s%q:%s,"longAccount":"0.5","buyVol":"1","timestamp":%d}`, symbol, test.field, ratio, start+int64(step)*market.StepMillis)
			}
			at := func(step int) string { return strconv.FormatInt(start+int64(step)*market.StepMillis, 10) }
			rows := []string{
				row(3, `"0.75"`), row(1, `"1.4342"`), row(2, `"0.0000"`), row(4, `"7"`), row(4, `1.25`), // once more, as a number
				strings.Replace(row(5, `"2e0"`), at(5), `"`+at(5)+`"`, 1),
				row(6, `""`), row(7, `"-1"`), row(8, `"NaN"`), row(9, `"Infinity"`), row(10, `"1e9"`), row(11, `null`), row(12, `{}`),
				strings.Replace(row(13, `"1"`), test.field, "otherRatio", 1),
				strings.Replace(row(14, `"1"`), at(14), strconv.FormatInt(start+14*market.StepMillis+1000, 10), 1), // off the grid
				strings.Replace(row(15, `"1"`), at(15), "0", 1), strings.Replace(row(15, `"1"`), at(15), "-300000", 1), strings.Replace(row(15, `"1"`), at(15), "null", 1),
				row(-1, `"1"`), row(21, `"1"`), // outside the span asked for
				`{}`, `null`, `"x"`, `17`,
			}
			if kind != market.TakerBuySell {
				rows = append(rows, strings.Replace(row(16, `"1"`), "BTCUSDT", "ETHUSDT", 1), strings.Replace(row(17, `"1"`), `"symbol":"BTCUSDT",`, "", 1))
			}
			var asked string
			c := exchange(t, func(w http.ResponseWriter, r *http.Request) {
				asked = r.URL.Path + "?" + r.URL.RawQuery
				_, _ = io.WriteString(w, "["+strings.Join(rows, ",")+"]")
			})
			got, err := c.Ratios(t.Context(), "BTCUSDT", kind, time.UnixMilli(start), time.UnixMilli(start+20*market.StepMillis), 0)
			if err != nil {
				t.Fatal(err)
			}
			if want := fmt.Sprintf("%s?endTime=%s&limit=500&period=5m&startTime=%d&symbol=BTCUSDT", test.path, at(20), start); asked != want {
				t.Errorf("asked %s\nwant  %s", asked, want)
			}
			want := map[int64]float64{1: 1.4342, 2: 0, 3: 0.75, 4: 1.25, 5: 2}
			if len(got) != len(want) {
				t.Errorf("%d rows, want %d: %v", len(got), len(want), got)
			}
			for i, r := range got {
				step := (r.Time - start) / market.StepMillis
				if r.Values[kind] != want[step] || i > 0 && got[i-1].Time >= r.Time {
					t.Errorf("step %d: %v, want %v", step, r.Values[kind], want[step])
				}
				for _, other := range market.RatioKinds() {
					if other != kind && market.Known(r.Values[other]) {
						t.Errorf("step %d has %s, too", step, other.Field())
					}
				}
			}
			dropped, lost := 0, 0
			for what, n := range c.Stats().Dropped {
				if !strings.HasPrefix(what, ratioRoutes[kind].what+": ") {
					t.Errorf("dropped as %s", what)
				}
				dropped += n
				if strings.Contains(what, string(otherSpan)) {
					lost = n
				}
			}
			if want := len(rows) - 6; dropped != want || lost != 2 {
				t.Errorf("%d rows counted as dropped, %d of another span; want %d, 2: %v", dropped, lost, want, c.Stats().Dropped)
			}
		})
	}
}

// Where nobody was short, or nobody sold, there is no ratio, whatever is served as one:
// a zero would say that nobody was long. A share of four decimals may be zero by rounding.
func TestRatiosOfNothing(t *testing.T) {
	const start = 1702244700000
	for kind, fields := range map[market.RatioKind][3]string{
		market.LongShortAccounts:     {"longShortRatio", "longAccount", "shortAccount"},
		market.TopLongShortAccounts:  {"longShortRatio", "longAccount", "shortAccount"},
		market.TopLongShortPositions: {"longShortRatio", "longAccount", "shortAccount"},
		market.TakerBuySell:          {"buySellRatio", "buyVol", "sellVol"},
	} {
		row := func(step int, ratio, over, under string) string {
			return fmt.Sprintf(`{"symbol":"BTCUSDT",%q:%q,%q:%q,%q:%q,"timestamp":%d}`, fields[0], ratio, fields[1], over, fields[2], under, start+int64(step)*market.StepMillis)
		}
		c := says(t, 200, "["+strings.Join([]string{
			row(0, "1.5", "3", "2"), row(1, "0.0000", "0.0000", "0.0000"), row(2, "0", "7.5", "0"), row(3, "1.0000", "0", "0"), row(7, "Infinity", "7.5", "0"), row(8, "NaN", "0", "0"),
			row(4, "0.0000", "0", "7.5"), row(5, "2", "", "odd"), row(6, "25000", "1.0000", "0.0000"),
		}, ",")+"]")
		got, err := c.Ratios(t.Context(), "BTCUSDT", kind, time.Time{}, time.Time{}, 0)
		if err != nil {
			t.Fatal(err)
		}
		said, none := map[int64]float64{}, []int64(nil)
		for _, r := range got {
			if step := (r.Time - start) / market.StepMillis; market.Known(r.Values[kind]) {
				said[step] = r.Values[kind]
			} else {
				none = append(none, step)
			}
		}
		if want := map[int64]float64{0: 1.5, 4: 0, 5: 2, 6: 25_000}; !maps.Equal(said, want) || !slices.Equal(none, []int64{1, 2, 3, 7, 8}) {
			t.Errorf("%s: %v and none at %v, want %v", kind.Field(), said, none, want)
		}
	}
}

// An answer in another period would stand at stamps to which it does not belong.
func TestRatiosOfAnotherPeriod(t *testing.T) {
	const start = 1702244700000
	answer := func(steps ...int64) string {
		var rows []string
		for _, n := range steps {
			rows = append(rows, fmt.Sprintf(`{"buySellRatio":"1.5","timestamp":%d}`, start+n*market.StepMillis))
		}
		return "[" + strings.Join(rows, ",") + "]"
	}
	for name, test := range map[string]struct {
		body string
		rows int // 0: it is refused
	}{
		"5 minutes":            {answer(0, 1, 2, 3), 4},
		"5 minutes with holes": {answer(0, 3, 6, 9, 10), 5},
		"too few to tell":      {answer(0, 3, 6), 3},
		"15 minutes":           {answer(0, 3, 6, 9), 0},
		"an hour":              {answer(24, 12, 0, 36), 0},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := says(t, 200, test.body).Ratios(t.Context(), "BTCUSDT", market.TakerBuySell, time.Time{}, time.Time{}, 0)
			if test.rows == 0 {
				if p := problemOf(t, err); p.Kind != market.BadAnswer {
					t.Errorf("kind %s", p.Kind)
				}
				return
			}
			if err != nil || len(got) != test.rows {
				t.Errorf("%d rows, want %d (%v)", len(got), test.rows, err)
			}
		})
	}
}

// A contract just listed has none, which is no fault.
func TestNoRatiosYet(t *testing.T) {
	got, err := says(t, 200, `[]`).Ratios(t.Context(), "BTCUSDT", market.LongShortAccounts, time.Time{}, time.Time{}, 12)
	if err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
}
