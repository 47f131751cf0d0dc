package binance

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"openinterest/data/market"
)

// same compares numbers, for which unknown equals unknown.
func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

func TestNumber(t *testing.T) {
	for s, want := range map[string]float64{"1": 1, "-0.5": -0.5, "+3": 3, "1.5e3": 1500, "2E-4": 2e-4, ".5": 0.5, "0": 0} {
		if got := number(s); got != want {
			t.Errorf("%q is %v, want %v", s, got, want)
		}
	}
	for _, s := range []string{"", "-", "1-2", "--1", "1..2", ".", "e", "1e", "1e999", "-1e999", "NaN", "Inf", "-Infinity", "0x10", "0x1p4", "1_000", "1,5", "1 ", "١"} {
		if got := number(s); !math.IsNaN(got) {
			t.Errorf("%q is %v, want unknown", s, got)
		}
	}
}

func TestContracts(t *testing.T) {
	symbol := func(name, more string) string {
		return fmt.Sprintf(`{"symbol":%q,"quoteAsset":"USDT","status":"TRADING","contractType":"PERPETUAL","baseAsset":"B","pricePrecision":2,"quantityPrecision":3,"onboardDate":1569398400000%s}`, name, more)
	}
	c := says(t, 200, `{"serverTime":"1766562549558","timezone":7,"rateLimits":[{"rateLimitType":"ORDERS","interval":"MINUTE","intervalNum":1,"limit":5},
		{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":"1200"}],"symbols":[`+strings.Join([]string{
		symbol("ETHUSDT", ""),
		symbol("币安人生USDT", `,"onboardDate":"x"`),
		symbol("BTCUSDT", `,"pricePrecision":-4,"quantityPrecision":"99","baseAsset":null,"filters":{"a":1},"underlyingSubType":[1]`),
		symbol("GOLDUSDT", `,"contractType":"TRADIFI_PERPETUAL"`),
		symbol("ETHUSDT", ""),
		symbol("BTCUSDC", `,"quoteAsset":"USDC"`),
		symbol("OLDUSDT", `,"status":"SETTLING"`),
		symbol("BTCUSDT_251226", `,"contractType":"CURRENT_QUARTER"`),
		symbol("../../etc", ""), symbol("", ""), symbol("A B", ""), symbol(strings.Repeat("X", 99), ""),
		`7`, `null`, `{}`, `[]`,
	}, ",")+`]}`, "Date", time.UnixMilli(1766562549558).UTC().Format(http.TimeFormat))
	got, err := c.Contracts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	listed := time.UnixMilli(1569398400000).UTC()
	want := []market.Contract{
		{Symbol: "BTCUSDT", BaseAsset: "B", Type: market.Perpetual, PricePrecision: 0, QuantityPrecision: 15, Listed: listed},
		{Symbol: "ETHUSDT", BaseAsset: "B", Type: market.Perpetual, PricePrecision: 2, QuantityPrecision: 3, Listed: listed},
		{Symbol: "GOLDUSDT", BaseAsset: "B", Type: market.TradFiPerpetual, PricePrecision: 2, QuantityPrecision: 3, Listed: listed},
		{Symbol: "币安人生USDT", BaseAsset: "B", Type: market.Perpetual, PricePrecision: 2, QuantityPrecision: 3},
	}
	want[0].BaseAsset = "BTC" // not served: what is left of the symbol
	if !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if b := c.Budget(); b.Limit != 1200 || b.Allowed != 960 {
		t.Errorf("budget %+v, want the limit served", b)
	}
	if off := c.Now().Sub(time.UnixMilli(1766562549558)); off < -time.Second || off > time.Minute {
		t.Errorf("the clock is %s from the exchange's", off)
	}
}

func TestContractsNeverEmpty(t *testing.T) {
	for name, body := range map[string]string{
		"no symbols":     `{"serverTime":1766562549558,"symbols":[]}`,
		"none trades":    `{"symbols":[{"symbol":"BTCUSDT","quoteAsset":"USDT","status":"BREAK","contractType":"PERPETUAL"}]}`,
		"absent":         `{"serverTime":1766562549558}`,
		"empty":          `{}`,
		"symbols null":   `{"symbols":null}`,
		"symbols a word": `{"symbols":"none"}`,
		"symbols bad":    `{"symbols":[1,2]}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := says(t, 200, body).Contracts(t.Context())
			if p := problemOf(t, err); p.Kind != market.BadAnswer {
				t.Errorf("kind %s", p.Kind)
			}
		})
	}
}

func TestOpenInterestHistory(t *testing.T) {
	const start = 1702244700000 // on the 5-minute grid
	row := func(at int64, contracts, value string) string {
		return fmt.Sprintf(`{"symbol":"BTCUSDT","sumOpenInterest":%s,"sumOpenInterestValue":%s,"CMCCirculatingSupply":"0","timestamp":%d}`, contracts, value, at)
	}
	var asked string
	c := exchange(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.Path + "?" + r.URL.RawQuery
		_, _ = io.WriteString(w, "["+strings.Join([]string{
			row(start+600_000, `"3"`, `"330"`),
			row(start+1_500, `"1"`, `"100"`), // a second off the grid
			row(start+300_000, `"2"`, `""`),  // price unknown
			row(start+600_000, `"4"`, `"480"`),
			row(start+900_000, `5.5`, `605`),
			strings.Replace(row(start+1_200_000, `"6"`, `"660"`), `:1702245900000`, `:"1702245900000"`, 1),
			strings.Replace(row(start+1_500_000, `"7"`, `"770"`), "BTCUSDT", "ETHUSDT", 1),
			row(start+1_500_000, `"0"`, `"1"`), row(start+1_500_000, `"-1"`, `"1"`), row(start+1_500_000, `"NaN"`, `"1"`),
			row(start+1_500_000, `{}`, `"1"`), row(0, `"1"`, `"1"`), row(-300_000, `"1"`, `"1"`), row(9e15, `"1"`, `"1"`),
			`{}`, `null`, `"x"`, `17`,
		}, ",")+"]")
	})
	from, to := time.UnixMilli(start), time.UnixMilli(start+3_600_000)
	got, err := c.OpenInterestHistory(t.Context(), "BTCUSDT", market.Period5m, from, to, 12)
	if err != nil {
		t.Fatal(err)
	}
	if want := "/futures/data/openInterestHist?endTime=1702248300000&limit=12&period=5m&startTime=1702244700000&symbol=BTCUSDT"; asked != want {
		t.Errorf("asked %s\nwant  %s", asked, want)
	}
	want := []market.Point{
		{Time: start, Contracts: 1, Price: 100},
		{Time: start + 300_000, Contracts: 2, Price: math.NaN()},
		{Time: start + 600_000, Contracts: 4, Price: 120},
		{Time: start + 900_000, Contracts: 5.5, Price: 110},
		{Time: start + 1_200_000, Contracts: 6, Price: 110},
	}
	if !slices.EqualFunc(got.Points, want, func(a, b market.Point) bool {
		return a.Time == b.Time && a.Contracts == b.Contracts && same(a.Price, b.Price)
	}) {
		t.Errorf("got  %v\nwant %v", got.Points, want)
	}
	if got.Symbol != "BTCUSDT" || got.Period != market.Period5m || got.Official != start+1_200_000 {
		t.Errorf("got %+v", got)
	}
	if b := c.Budget(); b.HistoryUsed != 1 || b.Own != 1 {
		t.Errorf("budget %+v, want one of both buckets", b)
	}
	_, _ = c.OpenInterestHistory(t.Context(), "BTCUSDT", market.Period1d, time.Time{}, time.Time{}, 0)
	if want := "/futures/data/openInterestHist?limit=500&period=1d&symbol=BTCUSDT"; asked != want {
		t.Errorf("asked %s\nwant  %s", asked, want)
	}
}

// A stamp from the future would pass for the newest until then.
func TestHistoryFromTheFutureIsDropped(t *testing.T) {
	server := time.Now().Truncate(5 * time.Minute)
	c := exchange(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `[{"symbol":"X","sumOpenInterest":"1","sumOpenInterestValue":"1","timestamp":%d},{"symbol":"X","sumOpenInterest":"2","sumOpenInterestValue":"2","timestamp":%d}]`,
			server.UnixMilli(), server.Add(time.Hour).UnixMilli())
	})
	got, err := c.OpenInterestHistory(t.Context(), "X", market.Period5m, time.Time{}, time.Time{}, 2)
	if err != nil || got.Len() != 1 || got.Official != server.UnixMilli() {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestHistoryMayBeEmptyButNotAllBad(t *testing.T) {
	ask := func(body string) (*market.Series, error) {
		return says(t, 200, body).OpenInterestHistory(t.Context(), "NEWUSDT", market.Period5m, time.Time{}, time.Time{}, 500)
	}
	if got, err := ask(`[]`); err != nil || got == nil || got.Len() != 0 {
		t.Errorf("an empty list gave %v, %v", got, err)
	}
	for _, body := range []string{`{}`, `[1,2]`, `[{}]`, `null`, `""`, `[`, `[{"symbol":"BTCUSDT","sumOpenInterest":"1","sumOpenInterestValue":"1","timestamp":1702244700000}]`} {
		if _, err := ask(body); problemOf(t, err).Kind != market.BadAnswer {
			t.Errorf("%s gave %v", body, err)
		}
	}
}

func TestTickers(t *testing.T) {
	c := says(t, 200, `[{"symbol":"BTCUSDT","lastPrice":"47028.59","priceChangePercent":"-0.330","quoteVolume":"22175129357.20","closeTime":1630042423017},
		{"symbol":"ETHUSDT","lastPrice":"-1","priceChangePercent":"1.5","quoteVolume":"7"},
		{"symbol":"NEWUSDT","lastPrice":"0","priceChangePercent":"0","quoteVolume":"0","count":"12","closeTime":{}},
		{"symbol":"ODDUSDT","lastPrice":2,"priceChangePercent":"-101","quoteVolume":"-1"},
		{"symbol":"BADUSDT","lastPrice":{"oops":null},"priceChangePercent":[],"quoteVolume":true},
		{"symbol":"BTCUSDT","lastPrice":"47029","priceChangePercent":"-0.331","quoteVolume":"22175129358"},
		{"lastPrice":"1"},{"symbol":{"a":1},"lastPrice":"1"},3]`)
	got, err := c.Tickers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	want := []market.Ticker{
		{Symbol: "BTCUSDT", LastPrice: 47029, PriceChangePct: -0.331, QuoteVolume: 22175129358},
		{Symbol: "ODDUSDT", LastPrice: 2, PriceChangePct: nan, QuoteVolume: nan},
	}
	if !slices.EqualFunc(got, want, func(a, b market.Ticker) bool {
		return a.Symbol == b.Symbol && same(a.LastPrice, b.LastPrice) && same(a.PriceChangePct, b.PriceChangePct) && same(a.QuoteVolume, b.QuoteVolume) && !a.Received.IsZero()
	}) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if own := c.Budget().Own; own != 40 {
		t.Errorf("own weight %d, want 40", own)
	}
}

func sameMark(a, b market.MarkPrice) bool {
	return a.Symbol == b.Symbol && same(a.Price, b.Price) && same(a.Index, b.Index) && same(a.FundingRate, b.FundingRate) && a.NextFunding.Equal(b.NextFunding) && a.Time.Equal(b.Time) && !a.Received.IsZero()
}

func TestMarkPrices(t *testing.T) {
	c := says(t, 200, `[{"symbol":"DIAUSDT","markPrice":"0.38830000","indexPrice":"0.38923685","lastFundingRate":"-0.00005","nextFundingTime":1750161600000,"time":1750149488000},
		{"symbol":"BTCUSDT_250627","markPrice":"105000","indexPrice":"Infinity","lastFundingRate":"","nextFundingTime":0},
		{"symbol":"哈基米USDT","markPrice":3.25,"indexPrice":"-3.25","lastFundingRate":{"oops":1},"nextFundingTime":"1750161600000"},
		{"symbol":"DIAUSDT","markPrice":"0.39","indexPrice":"0.38923","lastFundingRate":"1e-4","nextFundingTime":-3,"time":1750149489000},
		{"symbol":"ZEROUSDT","markPrice":"0"},{"symbol":"NOUSDT"},{"symbol":"INFUSDT","markPrice":"Inf"},{"symbol":"HEXUSDT","markPrice":"0x1p4"},
		{"symbol":"OLDUSDT","markPrice":"1","time":1750149188000},{"symbol":"SOONUSDT","markPrice":"1","time":1750149688000,"nextFundingTime":4102444800000}]`,
		"Date", time.UnixMilli(1750149488000).UTC().Format(http.TimeFormat))
	got, err := c.MarkPrices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	next := time.UnixMilli(1750161600000)
	want := []market.MarkPrice{
		{Symbol: "DIAUSDT", Price: 0.39, Index: 0.38923, FundingRate: 1e-4, Time: time.UnixMilli(1750149489000)},
		{Symbol: "BTCUSDT_250627", Price: 105000, Index: market.Unknown, FundingRate: math.NaN()},
		{Symbol: "哈基米USDT", Price: 3.25, Index: market.Unknown, FundingRate: math.NaN(), NextFunding: next},
		{Symbol: "SOONUSDT", Price: 1, Index: market.Unknown, FundingRate: math.NaN()},
	}
	if !slices.EqualFunc(got, want, sameMark) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if own := c.Budget().Own; own != 10 {
		t.Errorf("own weight %d, want 10", own)
	}
}

// What cannot be meant costs its row and nothing else, and is counted.
func TestImplausibleNumbers(t *testing.T) {
	now := time.Now()
	for _, odd := range []string{"1e300", "1e-300", "1e16", "-1", "0", "0x1p4", "NaN", "Infinity", "-Infinity", "١٢", "", "1,5", "null"} {
		t.Run(odd, func(t *testing.T) {
			value := strconv.Quote(odd)
			if odd == "null" {
				value = odd
			}
			answers := map[string]string{
				"/fapi/v1/openInterest":          fmt.Sprintf(`{"symbol":"A","openInterest":%s,"time":1702244985273}`, value),
				"/fapi/v1/premiumIndex":          fmt.Sprintf(`[{"symbol":"A","markPrice":%s,"lastFundingRate":"0.0001"},{"symbol":"B","markPrice":"2","lastFundingRate":"0.0001"}]`, value),
				"/fapi/v1/ticker/24hr":           fmt.Sprintf(`[{"symbol":"A","lastPrice":%s,"priceChangePercent":"1","quoteVolume":"1"},{"symbol":"B","lastPrice":"2","priceChangePercent":"1","quoteVolume":"1"}]`, value),
				"/futures/data/openInterestHist": fmt.Sprintf(`[{"symbol":"A","sumOpenInterest":%s,"sumOpenInterestValue":"1","timestamp":1702244700000},{"symbol":"A","sumOpenInterest":"2","sumOpenInterestValue":%s,"timestamp":1702245000000}]`, value, value),
			}
			c := exchange(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, answers[r.URL.Path]) })
			if oi, err := c.OpenInterest(t.Context(), "A"); problemOf(t, err).Kind != market.BadAnswer {
				t.Errorf("open interest %+v, %v", oi, err)
			}
			if marks, err := c.MarkPrices(t.Context()); err != nil || len(marks) != 1 || marks[0].Symbol != "B" {
				t.Errorf("mark prices %+v, %v", marks, err)
			}
			if tickers, err := c.Tickers(t.Context()); err != nil || len(tickers) != 1 || tickers[0].Symbol != "B" {
				t.Errorf("tickers %+v, %v", tickers, err)
			}
			if s, err := c.OpenInterestHistory(t.Context(), "A", market.Period5m, time.Time{}, now, 0); err != nil || s.Len() != 1 || s.Points[0].Contracts != 2 || market.Known(s.Points[0].Price) {
				t.Errorf("history %+v, %v", s, err)
			}
			for _, what := range []string{"mark prices", "24-hour tickers", "open interest history"} {
				if n := c.Stats().Dropped[what+": unusable number"]; n != 1 {
					t.Errorf("%d rows of %s counted", n, what)
				}
			}
		})
	}
}

// A whole list of zeros is a sick server, not a market that stands still.
func TestZeroEverywhere(t *testing.T) {
	c := says(t, 200, `[{"symbol":"A","lastPrice":"0","priceChangePercent":"0","quoteVolume":"0","markPrice":"0","lastFundingRate":"0"},{"symbol":"B","lastPrice":"0.000","priceChangePercent":"0","quoteVolume":"0","markPrice":"0.00000000","lastFundingRate":"0"}]`)
	if got, err := c.Tickers(t.Context()); problemOf(t, err).Kind != market.BadAnswer {
		t.Errorf("tickers %+v", got)
	}
	if got, err := c.MarkPrices(t.Context()); problemOf(t, err).Kind != market.BadAnswer {
		t.Errorf("mark prices %+v", got)
	}
}

// The time of a change that lies in the future is not believed; the number is.
func TestOpenInterestFromTheFuture(t *testing.T) {
	now := time.Now().UnixMilli()
	for at, known := range map[int64]bool{now - 86_400_000: true, now: true, now + 5_000: true, now + 60_000: false, 4102444800000: false} {
		got, err := says(t, 200, fmt.Sprintf(`{"symbol":"A","openInterest":"3","time":%d}`, at)).OpenInterest(t.Context(), "A")
		if err != nil || got.Contracts != 3 || got.Changed.IsZero() == known {
			t.Errorf("%d s from now: %+v, %v", (at-now)/1000, got, err)
		}
	}
	for _, at := range []int64{0, -1, 1000, now * 1000} {
		if got, err := says(t, 200, fmt.Sprintf(`{"symbol":"A","openInterest":"3","time":%d}`, at)).OpenInterest(t.Context(), "A"); problemOf(t, err).Kind != market.BadAnswer {
			t.Errorf("time %d gave %+v", at, got)
		}
	}
}

// On a working exchange these lists are never empty.
func TestWholeMarketListsAreNeverEmpty(t *testing.T) {
	for _, body := range []string{`[]`, `{}`, `[{}]`, `[null]`, `"x"`, `[{"symbol":"A"}]`} {
		c := says(t, 200, body)
		if _, err := c.Tickers(t.Context()); problemOf(t, err).Kind != market.BadAnswer {
			t.Errorf("tickers %s: %v", body, err)
		}
		if _, err := c.MarkPrices(t.Context()); problemOf(t, err).Kind != market.BadAnswer {
			t.Errorf("mark prices %s: %v", body, err)
		}
	}
}

func TestFundingTerms(t *testing.T) {
	c := says(t, 200, `[{"symbol":"LPTUSDT","adjustedFundingRateCap":"0.02","adjustedFundingRateFloor":"-0.02","fundingIntervalHours":4,"disclaimer":false},
		{"symbol":"AUSDT","adjustedFundingRateCap":"","adjustedFundingRateFloor":null,"fundingIntervalHours":"1"},
		{"symbol":"BUSDT","fundingIntervalHours":0},{"symbol":"CUSDT","fundingIntervalHours":-8},{"symbol":"DUSDT","fundingIntervalHours":9000000000},
		{"symbol":"EUSDT","fundingIntervalHours":{}},{"symbol":"LPTUSDT","adjustedFundingRateCap":"0.03","adjustedFundingRateFloor":"-0.03","fundingIntervalHours":8},{"fundingIntervalHours":8},1,
		{"symbol":"1000RATSUSDT","adjustedFundingRateCap":"0.02","adjustedFundingRateFloor":"-9"},{"symbol":"FUSDT","fundingIntervalHours":null},
		{"symbol":"GUSDT","FundingIntervalHours":1},{"symbol":"HUSDT","fundingIntervalHours":4,"FundingIntervalHours":1}]`)
	got, err := c.FundingTerms(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	want := map[string]market.FundingTerms{
		"LPTUSDT": {IntervalHours: 8, Cap: 0.03, Floor: -0.03},
		"AUSDT":   {IntervalHours: 1, Cap: nan, Floor: nan},
		"BUSDT":   {Cap: nan, Floor: nan}, "CUSDT": {Cap: nan, Floor: nan}, "DUSDT": {Cap: nan, Floor: nan}, "EUSDT": {Cap: nan, Floor: nan},
		"1000RATSUSDT": {IntervalHours: 8, Cap: 0.02, Floor: nan}, // only the limits are adjusted
		"FUSDT":        {IntervalHours: 8, Cap: nan, Floor: nan}, "GUSDT": {IntervalHours: 8, Cap: nan, Floor: nan}, "HUSDT": {IntervalHours: 4, Cap: nan, Floor: nan},
	}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
	for s, w := range want {
		if g := got[s]; g.IntervalHours != w.IntervalHours || !same(g.Cap, w.Cap) || !same(g.Floor, w.Floor) {
			t.Errorf("%s: got %+v, want %+v", s, g, w)
		}
	}
	if got, err := says(t, 200, `[]`).FundingTerms(t.Context()); err != nil || len(got) != 0 {
		t.Errorf("no adjusted contracts gave %v, %v", got, err)
	}
}

func TestFundingHistory(t *testing.T) {
	var asked string
	c := exchange(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.Path + "?" + r.URL.RawQuery
		_, _ = io.WriteString(w, `[{"symbol":"LTCUSDT","fundingRate":"0.0002","fundingTime":1602835200000},
			{"symbol":"LTCUSDT","fundingRate":"0.00018534","fundingTime":1602806400002},{"symbol":"LTCUSDT","fundingRate":"0.00018534","fundingTime":1602806400002},
			{"symbol":"BTCUSDT","fundingRate":"0.1","fundingTime":1602806400002},{"symbol":"LTCUSDT","fundingRate":"","fundingTime":1602806400003},
			{"symbol":"LTCUSDT","fundingRate":"1","fundingTime":0},null]`)
	})
	got, err := c.FundingHistory(t.Context(), "LTCUSDT", time.UnixMilli(1602806400000), time.Time{}, 5000)
	if err != nil {
		t.Fatal(err)
	}
	if want := []market.FundingPoint{{Time: 1602806400002, Rate: 0.00018534}, {Time: 1602835200000, Rate: 0.0002}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if want := "/fapi/v1/fundingRate?limit=1000&startTime=1602806400000&symbol=LTCUSDT"; asked != want {
		t.Errorf("asked %s\nwant  %s", asked, want)
	}
	if _, err := says(t, 200, `[{}]`).FundingHistory(t.Context(), "LTCUSDT", time.Time{}, time.Time{}, 1); problemOf(t, err).Kind != market.BadAnswer {
		t.Errorf("only bad rows gave %v", err)
	}
}
