package binance

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"openinterest/data/market"
)

// recording reads a recorded answer, which is not part of the project.
func recording(t *testing.T, name string) []byte {
	t.Helper()
	dir := os.Getenv("OI_REALDATA")
	if dir == "" {
		dir = filepath.Join(root(t), "..", "shared", "realdata")
	}
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Skipf("the recordings are absent; OI_REALDATA may name their folder: %v", err)
	}
	return data
}

// root is the folder that holds go.mod.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

func noneDropped(t *testing.T, c *Client) {
	t.Helper()
	if d := c.Stats().Dropped; len(d) != 0 {
		t.Errorf("recorded rows were dropped: %v", d)
	}
}

func TestRecordedContracts(t *testing.T) {
	mainnet := recording(t, "exchangeInfo_mainnet_2021-07-21.txt")
	mainnet, _, _ = bytes.Cut(mainnet, []byte("\n"))
	_, mainnet, _ = bytes.Cut(mainnet, []byte("-> "))
	_, mainnet, _ = bytes.Cut(mainnet, []byte(": "))
	for name, test := range map[string]struct {
		body            []byte
		all, tradfi, zh int
		limit           int
	}{
		"testnet 2025": {recording(t, "exchangeInfo_testnet_2025-12-24.json"), 517, 1, 2, 2400}, // serves 6000, which is its own
		"mainnet 2021": {mainnet, 117, 0, 0, 2400},
	} {
		t.Run(name, func(t *testing.T) {
			c := says(t, 200, string(test.body))
			got, err := c.Contracts(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			tradfi, zh := 0, 0
			for _, k := range got {
				if k.Type == market.TradFiPerpetual {
					tradfi++
				}
				if strings.Trim(k.Symbol, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
					zh++
				}
				if k.BaseAsset == "" || k.Listed.IsZero() {
					t.Errorf("%+v lacks something", k)
				}
			}
			if len(got) != test.all || tradfi != test.tradfi || zh != test.zh {
				t.Errorf("%d contracts, %d TradFi, %d Chinese; want %d, %d, %d", len(got), tradfi, zh, test.all, test.tradfi, test.zh)
			}
			if l := c.Budget().Limit; l != test.limit {
				t.Errorf("limit %d, want %d", l, test.limit)
			}
			noneDropped(t, c)
		})
	}
}

func TestRecordedMarkPrices(t *testing.T) {
	c := says(t, 200, string(recording(t, "premiumIndex_2025-06-17.json")), "Date", "Tue, 17 Jun 2025 08:38:08 GMT")
	got, err := c.MarkPrices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rates := 0
	for _, m := range got {
		if market.Known(m.FundingRate) {
			rates++
		}
		if strings.HasSuffix(m.Symbol, "USDT") && (m.NextFunding.IsZero() || !market.Known(m.FundingRate)) {
			t.Errorf("%+v lacks its funding", m)
		}
	}
	if len(got) != 521 || rates != 521 {
		t.Errorf("%d prices with %d rates, want 521 of each", len(got), rates)
	}
	noneDropped(t, c)
}

// sample is a recorded reply of one of many.
type sample struct {
	Data  json.RawMessage `json:"data"`
	Query string          `json:"queryString"`
}

func TestRecordedReplies(t *testing.T) {
	var routes map[string]map[string][]sample
	if err := json.Unmarshal(recording(t, "rest_samples_2020-2023.json"), &routes); err != nil {
		t.Fatal(err)
	}
	var body []byte
	c := exchange(t, func(w http.ResponseWriter, _ *http.Request) {
		if m := regexp.MustCompile(`"time": ?(\d+)`).FindSubmatch(body); m != nil { // when it was recorded
			ms, _ := strconv.ParseInt(string(m[1]), 10, 64)
			w.Header().Set("Date", time.UnixMilli(ms).UTC().Format(http.TimeFormat))
		}
		_, _ = w.Write(body)
	})
	replies := func(path string, use func(s sample)) {
		t.Helper()
		for _, s := range routes[path]["GET"] {
			body = s.Data
			if string(body) == "null" || strings.Contains(s.Query, "pair=") {
				continue // the recorder had no answer to keep; coin-margined
			}
			use(s)
		}
	}
	decoded := map[string]int{}
	note := func(what string, n int, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		decoded[what] += n
	}
	replies("/fapi/v1/exchangeInfo", func(sample) { got, err := c.Contracts(t.Context()); note("contracts", len(got), err) })
	replies("/fapi/v1/openInterest", func(sample) {
		got, err := c.OpenInterest(t.Context(), "BTCUSDT")
		note("open interest", int(got.Contracts), err)
	})
	replies("/futures/data/openInterestHist", func(s sample) {
		got, err := c.OpenInterestHistory(t.Context(), symbolOf(s), market.Period5m, time.Time{}, time.Time{}, 0)
		note("history", got.Len(), err)
	})
	replies("/fapi/v1/fundingRate", func(s sample) {
		got, err := c.FundingHistory(t.Context(), symbolOf(s), time.Time{}, time.Time{}, 0)
		note("funding history", len(got), err)
	})
	replies("/fapi/v1/fundingInfo", func(sample) { got, err := c.FundingTerms(t.Context()); note("funding terms", len(got), err) })
	replies("/fapi/v1/ticker/24hr", func(s sample) {
		if body[0] == '[' {
			got, err := c.Tickers(t.Context())
			note("tickers", len(got), err)
		}
	})
	replies("/fapi/v1/premiumIndex", func(s sample) {
		if body[0] == '[' {
			got, err := c.MarkPrices(t.Context())
			note("mark prices", len(got), err)
		}
	})
	want := map[string]int{"contracts": 25, "open interest": 83782, "history": 21, "funding history": 110, "funding terms": 25, "tickers": 5, "mark prices": 5}
	if !maps.Equal(decoded, want) {
		t.Errorf("decoded %v, want %v", decoded, want)
	}
	noneDropped(t, c)
}

func symbolOf(s sample) string {
	for _, pair := range strings.Split(s.Query, "&") {
		if v, ok := strings.CutPrefix(pair, "symbol="); ok {
			return v
		}
	}
	return ""
}
