package binance

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/adshao/go-binance/v2/futures"

	"openinterest/data/market"
)

// echo answers each request with the body set last, without a network.
type echo struct{ body []byte }

func (e *echo) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(e.body)))}, nil
}

// fuzzed is a client whose answers are the fuzzer's, and a function that gives
// it the next. Its quota is never spent.
func fuzzed(f *testing.F) func(body []byte) *Client {
	return func(body []byte) *Client {
		c, err := New(Options{})
		if err != nil {
			f.Fatal(err)
		}
		c.rest.HTTPClient.Transport.(*transport).next = &echo{body}
		return c
	}
}

// seeds adds a good list, its rows' common faults, and things that are none.
func seeds(f *testing.F, good string) {
	f.Add([]byte(good))
	for _, from := range []string{`"symbol"`, `:"`, `}`, `[`, `,`, `1`} {
		for _, to := range []string{`"Symbol"`, `:{"a":"`, `null`, ``, `"NaN"`, `-`, `1e400`, `[[`} {
			f.Add([]byte(strings.Replace(good, from, to, 1)))
		}
	}
	for _, s := range []string{``, `null`, `[]`, `{}`, `[null]`, `[[]]`, `<html>`, `{"code":-1121,"msg":"x"}`, "\xff", `[{"symbol":"A"},`, `[1e999]`} {
		f.Add([]byte(s))
	}
}

// sensible is what every failure must be.
func sensible(t *testing.T, err error) bool {
	t.Helper()
	if err == nil {
		return true
	}
	if p := market.ProblemOf(err); p == nil || p.Kind == "" || p.What == "" || p.Err == nil {
		t.Fatalf("no proper problem: %#v", err)
	}
	return false
}

func numbers(t *testing.T, ok bool, what any) {
	t.Helper()
	if !ok {
		t.Fatalf("unusable number got through: %+v", what)
	}
}

func unknownOr(x float64, ok bool) bool { return math.IsNaN(x) || market.Known(x) && ok }

func FuzzOpenInterest(f *testing.F) {
	answer := fuzzed(f)
	seeds(f, `{"openInterest":"83782.317","symbol":"BTCUSDT","time":1702244985273}`)
	f.Fuzz(func(t *testing.T, body []byte) {
		if got, err := answer(body).OpenInterest(t.Context(), "BTCUSDT"); sensible(t, err) {
			numbers(t, market.Known(got.Contracts) && got.Contracts >= 0 && got.Changed.UnixMilli() > 0, got)
		}
	})
}

func FuzzHistory(f *testing.F) {
	answer := fuzzed(f)
	seeds(f, `[{"symbol":"BTCUSDT","sumOpenInterest":"20403.1","sumOpenInterestValue":"150570784.0","timestamp":1583127900000},{"symbol":"BTCUSDT","sumOpenInterest":"2","sumOpenInterestValue":"4","timestamp":1583128200000}]`)
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := answer(body).OpenInterestHistory(t.Context(), "BTCUSDT", market.Period5m, time.Time{}, time.Time{}, 0)
		if !sensible(t, err) {
			return
		}
		if !sort.SliceIsSorted(got.Points, func(i, j int) bool { return got.Points[i].Time < got.Points[j].Time }) {
			t.Fatalf("not in order: %v", got.Points)
		}
		for _, p := range got.Points {
			numbers(t, market.Known(p.Contracts) && p.Contracts > 0 && unknownOr(p.Price, p.Price > 0) && p.Time%market.StepMillis == 0, p)
		}
	})
}

func FuzzRatios(f *testing.F) {
	answer := fuzzed(f)
	seeds(f, `[{"symbol":"BTCUSDT","longShortRatio":"1.4342","longAccount":"0.5891","shortAccount":"0.4108","timestamp":1583139600000},{"symbol":"BTCUSDT","longShortRatio":"0.5","timestamp":1583139900000}]`)
	seeds(f, `[{"buySellRatio":"1.5586","buyVol":"387.3300","sellVol":"248.5030","timestamp":1585614900000},{"buySellRatio":"","timestamp":1585615200000}]`)
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, kind := range market.RatioKinds() {
			got, err := answer(body).Ratios(t.Context(), "BTCUSDT", kind, time.Time{}, time.Time{}, 0)
			if !sensible(t, err) {
				continue
			}
			for i, r := range got {
				numbers(t, market.UsableRatio(r.Values[kind]) && r.Time%market.StepMillis == 0 && r.Time > 0 && (i == 0 || got[i-1].Time < r.Time), r)
				for _, other := range market.RatioKinds() {
					numbers(t, other == kind || !market.Known(r.Values[other]), r)
				}
			}
		}
	})
}

func FuzzMarkPrices(f *testing.F) {
	answer := fuzzed(f)
	seeds(f, `[{"symbol":"DIAUSDT","markPrice":"0.3883","lastFundingRate":"0.00005","nextFundingTime":1750161600000,"time":1750149488000}]`)
	f.Fuzz(func(t *testing.T, body []byte) {
		if got, err := answer(body).MarkPrices(t.Context()); sensible(t, err) {
			checkMarks(t, got)
		}
	})
}

func checkMarks(t *testing.T, got []market.MarkPrice) {
	t.Helper()
	for _, m := range got {
		numbers(t, market.UsableSymbol(m.Symbol) && market.Known(m.Price) && m.Price > 0 && unknownOr(m.FundingRate, true) && unknownOr(m.Index, m.Index > 0), m)
	}
}

func FuzzTickers(f *testing.F) {
	answer := fuzzed(f)
	seeds(f, `[{"symbol":"BTCUSDT","lastPrice":"47028.59","priceChangePercent":"-0.330","quoteVolume":"22175129357.20","openTime":1629955980000,"count":1}]`)
	f.Fuzz(func(t *testing.T, body []byte) {
		if got, err := answer(body).Tickers(t.Context()); sensible(t, err) {
			for _, x := range got {
				numbers(t, market.UsableSymbol(x.Symbol) && unknownOr(x.LastPrice, x.LastPrice > 0) && unknownOr(x.QuoteVolume, x.QuoteVolume >= 0) && unknownOr(x.PriceChangePct, x.PriceChangePct >= -100), x)
			}
		}
	})
}

func FuzzContracts(f *testing.F) {
	answer := fuzzed(f)
	seeds(f, `{"serverTime":1766562549558,"rateLimits":[{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":2400}],"symbols":[{"symbol":"BTCUSDT","quoteAsset":"USDT","status":"TRADING","contractType":"PERPETUAL","baseAsset":"BTC","pricePrecision":2,"quantityPrecision":3,"onboardDate":1569398400000,"filters":[{"filterType":"X","limit":1}]}]}`)
	f.Fuzz(func(t *testing.T, body []byte) {
		c := answer(body)
		got, err := c.Contracts(t.Context())
		if sensible(t, err) && len(got) == 0 {
			t.Fatal("no contract and no error")
		}
		for i, k := range got {
			numbers(t, market.UsableSymbol(k.Symbol) && k.PricePrecision >= 0 && k.QuantityPrecision >= 0 && (i == 0 || got[i-1].Symbol < k.Symbol), k)
		}
		if b := c.Budget(); b.Limit < minWeight || b.Limit > maxWeight {
			t.Fatalf("limit %d", b.Limit)
		}
	})
}

func FuzzFunding(f *testing.F) {
	answer := fuzzed(f)
	seeds(f, `[{"symbol":"LTCUSDT","adjustedFundingRateCap":"0.02","adjustedFundingRateFloor":"-0.02","fundingIntervalHours":4,"fundingRate":"0.0001","fundingTime":1602806400002}]`)
	f.Fuzz(func(t *testing.T, body []byte) {
		if got, err := answer(body).FundingTerms(t.Context()); sensible(t, err) {
			for s, x := range got {
				numbers(t, market.UsableSymbol(s) && x.IntervalHours >= 0 && x.IntervalHours <= 24 && unknownOr(x.Cap, true) && unknownOr(x.Floor, true), x)
			}
		}
		if got, err := answer(body).FundingHistory(t.Context(), "LTCUSDT", time.Time{}, time.Time{}, 0); sensible(t, err) {
			for i, x := range got {
				numbers(t, market.Known(x.Rate) && x.Time > 0 && (i == 0 || got[i-1].Time < x.Time), x)
			}
		}
	})
}

func FuzzStreamMessage(f *testing.F) {
	seeds(f, goodMarks)
	seeds(f, `{"stream":"!markPrice@arr@1s","data":`+goodMarks+`}`)
	seeds(f, `{"e":"forceOrder","E":1750149480000,"o":{"s":"BTCUSDT","S":"BUY","q":"1e9","p":"0.5","ap":"","T":1750149479900}}`)
	seeds(f, `{"e":"forceOrder","E":1750149488000,"o":{"s":"BTCUSDT","S":"SELL","q":"0.014","p":"9910","ap":"9912.5","T":1750149488000}}`)
	f.Fuzz(func(t *testing.T, message []byte) {
		k, known := clockAt(1750149488000), &latestEvents{}
		marks, _ := newMarkDecoder().decode(message, k, known)
		checkMarks(t, marks)
		for _, m := range marks {
			numbers(t, !apart(m.Time, k.now(), fresh) && !m.Received.IsZero(), m)
		}
		if again, _ := newMarkDecoder().decode(message, k, known); len(again) > 0 {
			t.Fatalf("the same message was news twice: %+v", again)
		}
		forced, _ := newLiquidationDecoder().decode(message, k.now())
		for _, l := range forced {
			numbers(t, market.UsableSymbol(l.Symbol) && l.Price > 0 && l.Contracts > 0 && market.Known(l.Price) && market.Known(l.Contracts) && !apart(l.Time, k.now(), oldLiquidation+fresh), l)
		}
	})
}

// An event that encoding/json understands is read alike, but for the case of
// its names.
func FuzzEvent(f *testing.F) {
	for _, s := range []string{`{"e":"a","E":"b"}`, `{"E":1,"e":2,"e":3}`, `{"e":{"e":[1,{"E":2}]},"E":null}`, `{"\u0065":1}`, `{"e":"\u5e01\n"}`, `{"e":1,}`, `{"e"}`, `{`, `[{}]`, "{\"e\":\"\xff\"}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var small, large []byte
		n := 0
		broken, err := (event{`"e"`: &small, `"E"`: &large}).list(decoder(append(append([]byte("["), body...), ']')), func() { n++ })
		var want map[string]json.RawMessage
		if json.Unmarshal(body, &want) != nil || want == nil || bytes.Contains(body, []byte(`\u`)) {
			return
		}
		if err != nil || broken != 0 || n != 1 || string(small) != string(want["e"]) || string(large) != string(want["E"]) {
			t.Fatalf("%s: read %q and %q, %d events, %d broken, %v", body, small, large, n, broken, err)
		}
	})
}

// What mend makes of a row decodes, and mending it again changes nothing.
func FuzzMend(f *testing.F) {
	seeds(f, `{"symbol":"A","time":"1","limit":[1],"filters":[{"a":1}],"underlyingSubType":["x"],"pricePrecision":"2"}`)
	f.Fuzz(func(t *testing.T, row []byte) {
		type shape struct {
			Symbol    string           `json:"symbol"`
			Time      int64            `json:"time"`
			Precision int              `json:"pricePrecision"`
			Filters   []map[string]any `json:"filters"`
			Sub       []string         `json:"underlyingSubType"`
		}
		clean, err := mend[shape](row)
		if err != nil {
			return
		}
		var s shape
		if err := json.Unmarshal(clean, &s); err != nil {
			t.Fatalf("%s was mended to %s: %v", row, clean, err)
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"", "0", "-1", "17", "1.5", "1e9", "99999999999999999999", "NaN", "Inf", "soon", "Sun, 22 Nov 2026 14:00:00 GMT", " 5 "} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 22, 13, 59, 30, 0, time.UTC)
	f.Fuzz(func(t *testing.T, header string) {
		at := retryAfter(header, now, longestLimit).until
		if !at.IsZero() && (!at.After(now) || at.After(now.Add(longestLimit))) {
			t.Fatalf("%q means %s", header, at)
		}
	})
}

func FuzzBannedUntil(f *testing.F) {
	for _, s := range []string{"", "Way too many requests; IP(1.2.3.4) banned until 1795356000000. Please use", "banned until 9999999999999999", "banned until soon", "Banned  until 1795356000000"} {
		f.Add(s)
	}
	now := time.UnixMilli(1795355900000)
	f.Fuzz(func(t *testing.T, message string) {
		at := bannedUntil(message, now).until
		if !at.IsZero() && (!at.After(now) || at.After(now.Add(longestBan))) {
			t.Fatalf("%q means %s", message, at)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 22, 13, 59, 30, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"17": 17 * time.Second, " 5 ": 5 * time.Second, "1.2": 2 * time.Second, "0.1": time.Second, "86400": time.Hour, "1e30": time.Hour,
		"Sun, 22 Nov 2026 14:00:00 GMT": 30 * time.Second, "Mon, 23 Nov 2026 14:00:00 GMT": time.Hour,
		"": 0, "0": 0, "-3": 0, "NaN": 0, "soon": 0, "Sun, 22 Nov 2026 13:00:00 GMT": 0,
	} {
		at := retryAfter(header, now, time.Hour).until
		if at.IsZero() != (want == 0) || want > 0 && at.Sub(now) != want {
			t.Errorf("%q means %s; want %s", header, at, want)
		}
	}
}

// What the quick walk lets through, the library's decoder takes as it is.
func FuzzCountRows(f *testing.F) {
	for _, body := range []string{
		`[{"symbol":"BTCUSDT","sumOpenInterest":"1","timestamp":1}]`, `[]`, `[null]`, `[{"timestamp":"1"}]`, `[{"timestamp":1.5}]`, `[{"timestamp":1e3}]`,
		`[{"timestamp":9223372036854775808}]`, `[{"symbol":null}]`, `[{"Symbol":"B"}]`, `[{}] x`, `[{},{"more":[{}]}]`, `[{"symbol":"\ud800"}]`, "[{\"symbol\":\"\xff\"}]",
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		rows, ok := countRows(body, membersOf[futures.OpenInterestStatistic]())
		if !ok {
			return
		}
		var all []*futures.OpenInterestStatistic
		if err := json.Unmarshal(body, &all); err != nil || len(all) != rows || slices.Contains(all, nil) {
			t.Fatalf("%d rows are counted, the decoder has %d: %v", rows, len(all), err)
		}
	})
}
