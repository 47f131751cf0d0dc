package main

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"openinterest/data/history"
	"openinterest/data/market"
)

// What an import brings: open interest from the archive, and what was paid from the
// exchange, back to before the first day by what crowding is told from; once.
func TestBackfillBringsFunding(t *testing.T) {
	s := live(t)
	dir := t.TempDir()
	first := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -5)
	args := append(against(s, "backfill", "--symbol", "BTCUSDT", "--data-dir", dir, "--from", first.Format(time.DateOnly)), "--archive-url", s.ArchiveURL())
	got := program(t, args...)
	if got.code != 0 || !regexp.MustCompile(`BTCUSDT: \d+ funding payments fetched\.`).MatchString(got.out) {
		t.Fatalf("%v\n%s%s", got.fault, got.out, got.err)
	}
	paid := fundingKept(t, dir, "BTCUSDT")
	want, err := s.Funding(t.Context(), "BTCUSDT", first.AddDate(0, 0, -31).UnixMilli(), time.Now().UnixMilli())
	if err != nil || len(paid) < 105 {
		t.Fatalf("%d payments kept: %v", len(paid), err)
	}
	had := map[int64]float64{}
	for _, p := range paid {
		had[p.Time] = p.Rate
	}
	for _, p := range want {
		if rate, ok := had[p.Time]; !ok || math.Abs(rate-p.Rate) > 1e-8 { // served with eight decimals
			t.Errorf("of %s it has %v, want %v", time.UnixMilli(p.Time).UTC(), rate, p.Rate)
		}
	}
	if got = program(t, args...); got.code != 0 || !strings.Contains(got.out, "BTCUSDT: 0 funding payments fetched.") {
		t.Errorf("the second time: %v\n%s", got.fault, got.out)
	}
}

func fundingKept(t *testing.T, dir, symbol string) []market.FundingPoint {
	t.Helper()
	store, err := history.Open(t.Context(), filepath.Join(dir, "history"), history.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	paid, err := store.Funding(t.Context(), symbol, 0, math.MaxInt64)
	if err != nil {
		t.Fatal(err)
	}
	return paid
}

// A refusal to tell of funding costs funding, with a sentence that says who decided;
// the days are there, and the next run asks again.
func TestARefusalCostsFundingOnly(t *testing.T) {
	s := live(t)
	to, err := url.Parse(s.RESTURL())
	if err != nil {
		t.Fatal(err)
	}
	refuses := true
	forward := httputil.NewSingleHostReverseProxy(to)
	exchange := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refuses && strings.HasSuffix(r.URL.Path, "/fundingRate") {
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(http.StatusTooManyRequests)
			fmt.Fprint(w, `{"code":-1003,"msg":"Too many requests."}`)
			return
		}
		forward.ServeHTTP(w, r)
	}))
	defer exchange.Close()
	dir := t.TempDir()
	args := []string{"backfill", "--symbol", "BTCUSDT", "--data-dir", dir, "--from", time.Now().UTC().AddDate(0, 0, -3).Format(time.DateOnly), "--lang", "en",
		"--rest-url", exchange.URL, "--archive-url", s.ArchiveURL()}
	got := program(t, args...)
	if got.code != 0 || !strings.Contains(got.out, "days imported") || !strings.Contains(got.err, "BTCUSDT: the funding of the past could not be fetched.") || !strings.Contains(got.err, "until") {
		t.Fatalf("%v\n%s%s", got.fault, got.out, got.err)
	}
	refuses = false
	if got = program(t, args...); got.code != 0 || len(fundingKept(t, dir, "BTCUSDT")) < 90 {
		t.Errorf("afterwards: %v\n%s%s", got.fault, got.out, got.err)
	}
}

// The contracts with the most open interest, of a table that is asked for where none
// is kept, and kept then; what it takes is said before.
func TestBackfillOfTheMarket(t *testing.T) {
	s := live(t)
	dir := t.TempDir()
	args := append(against(s, "backfill", "--top", "3", "--data-dir", dir, "--from", time.Now().UTC().AddDate(0, 0, -3).Format(time.DateOnly)), "--archive-url", s.ArchiveURL())
	got := program(t, args...)
	if got.code != 0 || !strings.Contains(got.out, "3 contracts: ") || !regexp.MustCompile(`funding payments fetched, of 3 contracts\.`).MatchString(got.out) {
		t.Fatalf("%v\n%s%s", got.fault, got.out, got.err)
	}
	if !regexp.MustCompile(`\d+ days of 3 contracts are to be fetched, 0 are kept already\. They take about \S+ kB on the disk, which has \S+ \S+ free\.`).MatchString(got.err) {
		t.Errorf("before, it says\n%s", got.err)
	}
	store, err := history.Open(t.Context(), filepath.Join(dir, "history"), history.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	table, err := store.LoadTable(t.Context(), 1)
	if err != nil || len(table.Quotes) != 20 {
		t.Fatalf("%d contracts are known, %v", len(table.Quotes), err)
	}
	covered, err := store.Coverages(t.Context())
	if err != nil || len(covered) != 3 {
		t.Fatalf("%d contracts are kept, %v", len(covered), err)
	}
	value := map[string]float64{}
	for _, q := range table.Quotes {
		value[q.Contract.Symbol] = q.OpenInterestUSD()
	}
	for _, c := range covered {
		larger := 0
		for _, v := range value {
			if v > value[c.Symbol] {
				larger++
			}
		}
		if larger >= 3 {
			t.Errorf("%s is imported, and %d are larger", c.Symbol, larger)
		}
	}
	if got = program(t, args...); got.code != 0 || !strings.Contains(got.out, "3 contracts: 0 days imported") {
		t.Errorf("the second time: %v\n%s", got.fault, got.out)
	}
}

func TestBackfillTakesOneChoiceOfContracts(t *testing.T) {
	for _, args := range [][]string{{}, {"--all", "--symbol", "BTCUSDT"}, {"--all", "--top", "3"}, {"--top", "3", "--symbol", "BTCUSDT"}, {"--top", "0"}, {"--top", "-2"}} {
		if got := program(t, append([]string{"backfill", "--lang", "en"}, args...)...); got.code != 2 || got.fault == nil || !strings.Contains(got.fault.Error(), "--") {
			t.Errorf("%v: code %d, %v", args, got.code, got.fault)
		}
	}
}
