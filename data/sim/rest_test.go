package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"openinterest/data/market"
)

// started starts a small exchange whose clock stands still.
func started(t testing.TB, change ...func(*Options)) *Server {
	t.Helper()
	o := Options{Contracts: 40, Seed: 7, Now: func() time.Time { return someDay }, StreamEvery: 5 * time.Millisecond}
	for _, f := range change {
		f(&o)
	}
	s, err := Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// client never reuses connections, so that faults of one request don't hit the next.
var httpClient = &http.Client{
	Transport: &http.Transport{DisableKeepAlives: true},
	Timeout:   20 * time.Second,
}

func fetch(t testing.TB, url string) (*http.Response, []byte) {
	t.Helper()
	r, err := httpClient.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	return r, body
}

// ask gets a path of the REST interface, and its answer as T.
func ask[T any](t testing.TB, s *Server, path string) T {
	t.Helper()
	r, body := fetch(t, s.RESTURL()+path)
	var v T
	if err := json.Unmarshal(body, &v); err != nil || r.StatusCode != 200 {
		t.Fatalf("%s: status %d, %v: %.200s", path, r.StatusCode, err, body)
	}
	if r.Header.Get("X-MBX-USED-WEIGHT-1M") == "" || r.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s: headers %v", path, r.Header)
	}
	return v
}

// decimal is a number in quotes, as the exchange writes quantities.
type decimal float64

func (d *decimal) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	x, err := strconv.ParseFloat(s, 64)
	*d = decimal(x)
	return err
}

type historyRow struct {
	Symbol               string
	SumOpenInterest      decimal
	SumOpenInterestValue decimal
	Timestamp            int64
}

func TestServedIsTruth(t *testing.T) {
	s := started(t)
	premium := ask[[]struct {
		Symbol          string
		MarkPrice       decimal
		LastFundingRate string
		NextFundingTime int64
		Time            int64
	}](t, s, "/fapi/v1/premiumIndex")
	prices := map[string]float64{}
	for _, p := range premium {
		prices[p.Symbol] = float64(p.MarkPrice)
		if p.NextFundingTime != 0 && (p.NextFundingTime <= p.Time || p.NextFundingTime%3_600_000 != 0) {
			t.Errorf("%s: next funding at %d", p.Symbol, p.NextFundingTime)
		}
	}
	for _, symbol := range s.Symbols() {
		got := ask[struct {
			OpenInterest decimal
			Symbol       string
			Time         int64
		}](t, s, "/fapi/v1/openInterest?symbol="+url.QueryEscape(symbol))
		contracts, price, ok := s.Truth(symbol, someDay)
		if !ok || float64(got.OpenInterest) != contracts || prices[symbol] != price || got.Symbol != symbol {
			t.Errorf("%s: served %v at %v, truth is %v at %v", symbol, got, prices[symbol], contracts, price)
		}
		if age := millis(someDay) - got.Time; age < 0 || age > 60_000 {
			t.Errorf("%s: changed %d ms ago", symbol, age)
		}
		for _, row := range ask[[]historyRow](t, s, "/futures/data/openInterestHist?period=5m&limit=5&symbol="+url.QueryEscape(symbol)) {
			contracts, price, _ := s.Truth(symbol, time.UnixMilli(row.Timestamp))
			if float64(row.SumOpenInterest) != contracts || math.Abs(float64(row.SumOpenInterestValue)-contracts*price) > 1e-7*contracts*price {
				t.Errorf("%s: row %+v, truth is %v at %v", symbol, row, contracts, price)
			}
		}
	}
}

func TestHistoryRows(t *testing.T) {
	s := started(t)
	lagged := floor(millis(someDay.Add(-6*time.Minute)), market.StepMillis)
	get := func(query string) []historyRow {
		return ask[[]historyRow](t, s, "/futures/data/openInterestHist?symbol=ETHUSDT&"+query)
	}
	for period, step := range periods {
		rows := get("period=" + period + "&limit=500")
		if len(rows) == 0 || len(rows) > 500 {
			t.Fatalf("%s: %d rows", period, len(rows))
		}
		if last := rows[len(rows)-1].Timestamp; last != floor(lagged, step) {
			t.Errorf("%s: the last stamp is %d, want %d", period, last, floor(lagged, step))
		}
		if first := rows[0].Timestamp; first < millis(someDay.AddDate(0, 0, -30)) {
			t.Errorf("%s: the first stamp is older than 30 days", period)
		}
		for i := 1; i < len(rows); i++ {
			if rows[i].Timestamp-rows[i-1].Timestamp != step {
				t.Errorf("%s: a step of %d ms", period, rows[i].Timestamp-rows[i-1].Timestamp)
			}
		}
	}
	if n := len(get("period=5m")); n != 30 {
		t.Errorf("%d rows without a limit, want 30", n)
	}
	from, to := lagged-100*market.StepMillis, lagged-50*market.StepMillis
	rows := get(fmt.Sprintf("period=5m&limit=500&startTime=%d&endTime=%d", from, to))
	if len(rows) != 51 || rows[0].Timestamp != from || rows[50].Timestamp != to {
		t.Errorf("a span of 51 stamps gives %d rows", len(rows))
	}
	rows = get(fmt.Sprintf("period=5m&limit=10&startTime=%d&endTime=%d", from, to))
	if len(rows) != 10 || rows[9].Timestamp != to {
		t.Errorf("a span beyond the limit must give its newest rows: %d", len(rows))
	}
}

// TestRecentListing: a contract listed three days ago has no row before.
func TestRecentListing(t *testing.T) {
	s := started(t, func(o *Options) { o.Contracts = 530 })
	for _, symbol := range s.Symbols() {
		c := s.market.Load().bySymbol[symbol]
		if someDay.Sub(c.Listed) > 5*24*time.Hour {
			continue
		}
		rows := ask[[]historyRow](t, s, "/futures/data/openInterestHist?period=1h&limit=500&symbol="+url.QueryEscape(symbol))
		if len(rows) < 60 || len(rows) > 100 || rows[0].Timestamp != c.listed() {
			t.Errorf("%s: %d hourly rows since %d", symbol, len(rows), rows[0].Timestamp)
		}
		return
	}
	t.Error("no contract was listed in the last days")
}

func TestErrorsOfTheExchange(t *testing.T) {
	s := started(t)
	settling := ""
	for _, c := range s.market.Load().all {
		if c.status == "SETTLING" {
			settling = c.Symbol
		}
	}
	for path, code := range map[string]int{
		"/fapi/v1/openInterest":                                                    -1102,
		"/fapi/v1/openInterest?symbol=NOSUCHUSDT":                                  -1121,
		"/fapi/v1/openInterest?symbol=" + settling:                                 -4108,
		"/fapi/v1/openInterest?symbol=%zz":                                         -1100,
		"/fapi/v1/premiumIndex?symbol=NOSUCHUSDT":                                  -1121,
		"/fapi/v1/ticker/24hr?symbol=NOSUCHUSDT":                                   -1121,
		"/fapi/v1/klines?symbol=BTCUSDT&interval=7m":                               -1120,
		"/fapi/v1/klines?symbol=BTCUSDT&interval=5m&startTime=9&endTime=8":         -1023,
		"/fapi/v1/fundingRate?symbol=BTCUSDT&limit=x":                              -1130,
		"/futures/data/openInterestHist?symbol=NOSUCHUSDT&period=5m":               -1121,
		"/futures/data/openInterestHist?symbol=BTCUSDT&period=7m":                  -1130,
		"/futures/data/openInterestHist?symbol=BTCUSDT&period=5m&limit=501":        -1130,
		"/futures/data/openInterestHist?symbol=BTCUSDT&period=5m&limit=0":          -1130,
		"/futures/data/openInterestHist?symbol=BTCUSDT&period=5m&startTime=1":      -1130,
		"/futures/data/openInterestHist?symbol=BTCUSDT&period=5m&endTime=-1":       -1130,
		"/futures/data/openInterestHist?symbol=BTCUSDT&period=5m&startTime=banana": -1130,
		"/fapi/v1/klines?symbol=BTCUSDT&interval=1m&startTime=9223372036854775807": -1130,
		"/fapi/v1/nothing": -5000,
	} {
		r, body := fetch(t, s.RESTURL()+path)
		var e struct {
			Code int
			Msg  string
		}
		want := 400
		if code == -5000 {
			want = 404
		}
		if err := json.Unmarshal(body, &e); err != nil || e.Code != code || e.Msg == "" || r.StatusCode != want {
			t.Errorf("%s: status %d, %s", path, r.StatusCode, body)
		}
	}
}

func TestExchangeInfo(t *testing.T) {
	s := started(t)
	info := ask[struct {
		ServerTime int64
		Symbols    []struct {
			Symbol, Status, ContractType, QuoteAsset, BaseAsset string
			OnboardDate                                         int64
			PricePrecision, QuantityPrecision                   int
			Filters                                             []map[string]any
		}
	}](t, s, "/fapi/v1/exchangeInfo")
	var shown []string
	hidden := 0
	for _, x := range info.Symbols {
		if market.Shown(x.QuoteAsset, x.Status, x.ContractType) {
			shown = append(shown, x.Symbol)
			if x.OnboardDate <= 0 || x.OnboardDate > info.ServerTime || len(x.Filters) == 0 || x.BaseAsset+"USDT" != x.Symbol {
				t.Errorf("%+v", x)
			}
		} else {
			hidden++
		}
	}
	slices.Sort(shown)
	if !slices.Equal(shown, s.Symbols()) || len(shown) != 40 || hidden < 20 {
		t.Errorf("%d shown, %d hidden; Symbols gives %d", len(shown), hidden, len(s.Symbols()))
	}
}

func TestTickerAndKlines(t *testing.T) {
	s := started(t)
	type row struct {
		Symbol                                               string
		LastPrice, OpenPrice, HighPrice, LowPrice            decimal
		PriceChangePercent, Volume, QuoteVolume, PriceChange decimal
		OpenTime, CloseTime                                  int64
	}
	rows := ask[[]row](t, s, "/fapi/v1/ticker/24hr")
	if len(rows) < 60 {
		t.Errorf("%d tickers", len(rows))
	}
	for _, r := range rows {
		if r.LowPrice > r.LastPrice || r.HighPrice < r.LastPrice || r.LowPrice > r.OpenPrice || r.HighPrice < r.OpenPrice || r.QuoteVolume <= 0 ||
			math.Abs(float64(r.LastPrice/r.OpenPrice-1)*100-float64(r.PriceChangePercent)) > 0.001 {
			t.Errorf("ticker %+v", r)
		}
	}
	one := ask[row](t, s, "/fapi/v1/ticker/24hr?symbol=BTCUSDT")
	_, price, _ := s.Truth("BTCUSDT", someDay)
	_, before, _ := s.Truth("BTCUSDT", someDay.Add(-24*time.Hour))
	if math.Abs(float64(one.LastPrice)-price) > 0.06 || math.Abs(float64(one.PriceChangePercent)-100*(price/before-1)) > 0.002 {
		t.Errorf("ticker %+v, truth %v then %v", one, before, price)
	}
	if one.QuoteVolume < 1e9 || one.QuoteVolume > 1e11 {
		t.Errorf("BTCUSDT trades %.3g USD a day", float64(one.QuoteVolume))
	}

	candles := ask[[][]any](t, s, "/fapi/v1/klines?symbol=BTCUSDT&interval=1h&limit=24")
	if len(candles) != 24 || int64(candles[23][0].(float64)) != floor(millis(someDay), 3_600_000) {
		t.Fatalf("%d candles, the last at %v", len(candles), candles[len(candles)-1][0])
	}
	number := func(v any) float64 { x, _ := strconv.ParseFloat(v.(string), 64); return x }
	for i, c := range candles {
		open, high, low, shut := number(c[1]), number(c[2]), number(c[3]), number(c[4])
		if low > min(open, shut) || high < max(open, shut) || i > 0 && number(candles[i-1][4]) != open {
			t.Errorf("candle %v after %v", c, candles[max(0, i-1)])
		}
	}
	start := millis(someDay.AddDate(-2, 0, 0))
	candles = ask[[][]any](t, s, fmt.Sprintf("/fapi/v1/klines?symbol=BTCUSDT&interval=5m&limit=1500&startTime=%d", start))
	if len(candles) != 1500 || int64(candles[0][0].(float64)) < start {
		t.Errorf("%d candles from two years ago", len(candles))
	}
}

func TestFunding(t *testing.T) {
	s := started(t, func(o *Options) { o.Contracts = 200 })
	terms := ask[[]struct {
		Symbol                                           string
		FundingIntervalHours                             int64
		AdjustedFundingRateCap, AdjustedFundingRateFloor decimal
	}](t, s, "/fapi/v1/fundingInfo")
	hours := map[int64]string{}
	for _, x := range terms {
		hours[x.FundingIntervalHours] = x.Symbol
		if x.AdjustedFundingRateCap <= 0 || x.AdjustedFundingRateFloor != -x.AdjustedFundingRateCap {
			t.Errorf("%+v", x)
		}
	}
	if hours[4] == "" || hours[1] == "" {
		t.Fatalf("intervals of %v", hours)
	}
	for interval, symbol := range map[int64]string{8: "BTCUSDT", 4: hours[4], 1: hours[1]} {
		rates := ask[[]struct {
			FundingTime int64
			FundingRate decimal
		}](t, s, "/fapi/v1/fundingRate?limit=90&symbol="+url.QueryEscape(symbol))
		if len(rates) != 90 || rates[89].FundingTime != floor(millis(someDay), interval*3_600_000) {
			t.Errorf("%s: %d rates", symbol, len(rates))
		}
		for i := 1; i < len(rates); i++ {
			if rates[i].FundingTime-rates[i-1].FundingTime != interval*3_600_000 {
				t.Errorf("%s: fundings %d ms apart", symbol, rates[i].FundingTime-rates[i-1].FundingTime)
			}
		}
	}
}
