package sim

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzRequest: whatever is asked, there is an answer in the exchange's form.
func FuzzRequest(f *testing.F) {
	s := started(f)
	for _, seed := range [][2]string{
		{"/fapi/v1/openInterest", "symbol=BTCUSDT"},
		{"/fapi/v1/klines", "symbol=BTCUSDT&interval=1w&limit=1500&startTime=-1"},
		{"/fapi/v1/klines", "symbol=BTCUSDT&interval=1m&startTime=9223372036854775807&endTime=1"},
		{"/futures/data/openInterestHist", "symbol=BTCUSDT&period=1d&startTime=9223372036854775807&endTime=9223372036854775807&limit=500"},
		{"/futures/data/openInterestHist", "symbol=%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9FUSDT&period=5m&endTime=0"},
		{"/fapi/v1/fundingRate", "symbol=BTCUSDT&limit=1000&startTime=0&endTime=99999999999999999"},
		{"/fapi/v1/fundingRate", ""}, {"/fapi/v1/ticker/24hr", "symbol="}, {"/fapi/v1/exchangeInfo", "%"},
		{"/archive", "list-type=2&prefix=data/futures/um/daily/metrics/BTCUSDT/&max-keys=-1"},
		{"/archive/data/futures/um/daily/metrics/BTCUSDT/BTCUSDT-metrics-9999-12-31.zip", ""},
		{"/archive/data/futures/um/daily/metrics/BTCUSDT/BTCUSDT-metrics-2025-02-03.zip.CHECKSUM", ""},
		{"/market/ws/x", ""}, {"//", "\x00"}, {"/fapi/v1/\"", ""},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, path, query string) {
		if !strings.HasPrefix(path, "/") {
			path = "/" + path
		}
		r := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: path, RawQuery: query}, Header: http.Header{}}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code < 200 || w.Code > 499 {
			t.Fatalf("%s?%s: status %d, %s", path, query, w.Code, w.Body)
		}
		if strings.HasPrefix(path, "/f") && !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%s?%s: not JSON: %.300s", path, query, w.Body)
		}
	})
}

// FuzzMutate: no fault breaks on a body it does not know.
func FuzzMutate(f *testing.F) {
	kinds := []FaultKind{BrokenJSON, Malformed, Null, EmptyObject, EmptyArray, EmptyBody, HTML, ErrorBody, Negative, Duplicate, QuotedTime, WrongTime, OtherSymbol}
	f.Add(uint8(3), []byte(`[{"symbol":"BTCUSDT","time":1}]`))
	f.Add(uint8(9), []byte(`{"symbols":[{"symbol":"BTCUSDT"},3,null]}`))
	f.Add(uint8(10), []byte(`{"time":{},"timestamp":[1]}`))
	f.Fuzz(func(_ *testing.T, kind uint8, body []byte) {
		(&Fault{Kind: kinds[int(kind)%len(kinds)]}).mutate(body)
	})
}
