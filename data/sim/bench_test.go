package sim

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func BenchmarkUniverse(b *testing.B) {
	for b.Loop() {
		newUniverse(0, 530, someDay)
	}
}

// BenchmarkInstant reads one contract at instants far apart: nothing is reused.
func BenchmarkInstant(b *testing.B) {
	u := newUniverse(0, 530, someDay)
	c, v := u.bySymbol["SOLUSDT"], newView(u.tide)
	ms := millis(someDay)
	for b.Loop() {
		v.at(c, ms)
		ms -= 37 * dayMillis / 10
		if ms < 0 {
			ms = millis(someDay)
		}
	}
}

func benchmarkGet(b *testing.B, path string) {
	s := started(b, func(o *Options) { o.Contracts, o.Now = 530, time.Now })
	r := httptest.NewRequest(http.MethodGet, path, nil)
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code != 200 {
			b.Fatal(w.Code, w.Body)
		}
		b.SetBytes(int64(w.Body.Len()))
	}
}

func BenchmarkOpenInterest(b *testing.B) { benchmarkGet(b, oneOI) }

func BenchmarkHistory500(b *testing.B) {
	benchmarkGet(b, "/futures/data/openInterestHist?symbol=BTCUSDT&period=5m&limit=500")
}
func BenchmarkTickers(b *testing.B)      { benchmarkGet(b, "/fapi/v1/ticker/24hr") }
func BenchmarkPremiumIndex(b *testing.B) { benchmarkGet(b, "/fapi/v1/premiumIndex") }

func BenchmarkArchiveDay(b *testing.B) {
	u := started(b)
	c := u.market.Load().bySymbol["BTCUSDT"]
	for b.Loop() {
		if _, err := u.metricsFile(c, labelFlip, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPush makes one second of each stream.
func BenchmarkPush(b *testing.B) {
	s := started(b, func(o *Options) { o.Contracts = 530 })
	for _, st := range pushed[1:] {
		b.Run(st.name, func(b *testing.B) {
			ms := millis(someDay)
			for b.Loop() {
				ms += 1000
				st.build(&broadcast{s: s, ms: ms, u: s.market.Load()})
			}
		})
	}
}
