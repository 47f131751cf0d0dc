package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"openinterest/data/history"
	"openinterest/data/market"
	"openinterest/data/recorded"
	"openinterest/data/signal"
)

// keep stores points and payments as the history of the real exchange in a new
// data directory.
func keep(t *testing.T, all ...*signal.Input) string {
	t.Helper()
	dir := t.TempDir()
	store, err := history.Open(t.Context(), filepath.Join(dir, "history"), history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range all {
		rows := make([]history.Row, len(in.Points))
		for i, p := range in.Points {
			rows[i] = history.Row{Symbol: in.Symbol, Point: p, Source: history.API}
		}
		if _, err := store.SaveStamps(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
		if err := store.SaveFunding(t.Context(), in.Symbol, in.Funding); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// lively is a market of 40 days in which every kind of thing happens.
func lively(symbol string, seed uint64) *signal.Input {
	r := rand.New(rand.NewPCG(seed, 1))
	in := &signal.Input{Symbol: symbol, Terms: market.DefaultFundingTerms(), Volume: market.Unknown}
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	q, p, rate := 1e6, 100.0, 0.0001
	for i := range 40 * 288 {
		q, p = q*math.Exp(0.002*r.NormFloat64()*math.Exp(r.NormFloat64())), p*math.Exp(0.002*r.NormFloat64()*math.Exp(r.NormFloat64()))
		at := begin.Add(time.Duration(i) * market.Step).UnixMilli()
		in.Points = append(in.Points, market.Point{Time: at, Contracts: math.Round(q), Price: math.Round(p*100) / 100})
		if i%96 == 0 {
			rate += 0.0001 * r.NormFloat64()
			in.Funding = append(in.Funding, market.FundingPoint{Time: at + 3, Rate: rate})
		}
	}
	return in
}

// What is printed is what the definitions give on what was stored.
func TestEventsAreThoseOfTheStoredHistory(t *testing.T) {
	in := lively("BTCUSDT", 1)
	dir := keep(t, in)
	want, err := signal.Events(t.Context(), in, time.UnixMilli(0), time.UnixMilli(1<<50))
	if err != nil || len(want) < 10 {
		t.Fatalf("%d events, %v: too quiet to test with", len(want), err)
	}
	out := program(t, "events", "--symbol", "btcusdt", "--format", "json", "--data-dir", dir)
	if out.fault != nil {
		t.Fatal(out.fault)
	}
	var got []signal.Event
	if err := json.Unmarshal([]byte(out.out), &got); err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(got, want, func(a, b signal.Event) bool {
		x, _ := json.Marshal(a)
		y, _ := json.Marshal(b)
		return bytes.Equal(x, y)
	}) {
		t.Errorf("printed %d events, computed %d", len(got), len(want))
	}

	out = program(t, "events", "--symbol", "BTCUSDT", "--data-dir", dir)
	rows, err := csv.NewReader(strings.NewReader(out.out)).ReadAll()
	if err != nil || len(rows) != len(want)+1 || !slices.Equal(rows[0][:4], []string{"time", "symbol", "kind", "definition_version"}) {
		t.Fatalf("%d rows, %v: %v", len(rows), err, rows[0])
	}
	for i, row := range rows[1:] {
		e := want[i]
		if row[0] != e.Time.Format(time.RFC3339) || row[1] != "BTCUSDT" || row[2] != string(e.Kind) || row[3] != strconv.Itoa(signal.DefinitionVersion) || !json.Valid([]byte(row[len(row)-1])) {
			t.Errorf("row %d is %v, want %v %s", i, row[:4], e.Time, e.Kind)
		}
	}
}

func TestEventsOfASpan(t *testing.T) {
	in := lively("BTCUSDT", 1)
	dir := keep(t, in)
	from, to := time.Date(2026, 1, 20, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 26, 0, 0, 0, 0, time.UTC)
	want, err := signal.Events(t.Context(), in, from, to)
	if err != nil || len(want) == 0 {
		t.Fatal(len(want), err)
	}
	out := program(t, "events", "--symbol", "BTCUSDT", "--from", "2026-01-20", "--to", "2026-01-25", "--data-dir", dir)
	if lines := strings.Count(out.out, "\n"); out.fault != nil || lines != len(want)+1 {
		t.Errorf("%d lines for %d events, %v", lines, len(want), out.fault)
	}
	for _, args := range [][]string{
		{"--from", "2026-02-01", "--to", "2026-01-01"}, {"--from", "yesterday"}, {"--format", "xml"},
	} {
		out := program(t, append([]string{"events", "--symbol", "BTCUSDT", "--data-dir", dir}, args...)...)
		if out.code != 2 {
			t.Errorf("%v: exit %d, %v", args, out.code, out.fault)
		}
	}
}

func TestNothingStoredIsASentence(t *testing.T) {
	dir := keep(t, lively("BTCUSDT", 1))
	for _, args := range [][]string{
		{"events", "--symbol", "NOSUCHUSDT", "--data-dir", dir},
		{"score", "--symbol", "NOSUCHUSDT", "--data-dir", dir},
		{"events", "--symbol", "BTCUSDT", "--data-dir", t.TempDir()},
		{"score", "--data-dir", t.TempDir()},
		{"score", "--data-dir", keep(t)},
	} {
		out := program(t, args...)
		if out.code != 1 || out.out != "" || len(out.fault.Error()) < 30 {
			t.Errorf("%v: exit %d, %q, %v", args[:2], out.code, out.out, out.fault)
		}
	}
}

func TestScoreOfOneContractAndOfAll(t *testing.T) {
	one, other := lively("BTCUSDT", 1), lively("ETHUSDT", 2)
	dir := keep(t, one, other)
	for _, c := range []struct {
		symbol    string
		contracts int
	}{{"BTCUSDT", 1}, {"", 2}} {
		args := []string{"score", "--lang", "en", "--data-dir", dir}
		if c.symbol != "" {
			args = append(args, "--symbol", c.symbol)
		}
		out := program(t, append(args, "--format", "json")...)
		var cards signal.Cards
		if err := json.Unmarshal([]byte(out.out), &cards); err != nil || out.fault != nil {
			t.Fatal(err, out.err, out.fault)
		}
		s := cards.History
		if s.Symbol != c.symbol || s.Contracts != c.contracts || len(s.Cells) == 0 || !s.ArchiveNeeded {
			t.Errorf("%q: symbol %q, %d contracts, %d cells", c.symbol, s.Symbol, s.Contracts, len(s.Cells))
		}
		text := program(t, args...).out
		for _, say := range []string{"OI lift", "Spike, 1 h", "not enough data", "days are too few"} {
			if !strings.Contains(text, say) {
				t.Errorf("%q: the text does not say %q:\n%s", c.symbol, say, text)
			}
		}
	}
}

// The recordings are known: what fires on them is listed, so that a change of
// the definitions does not go unnoticed on real data either.
func TestEventsOnRecordings(t *testing.T) {
	series := recorded.Series(t, "BTCUSDT")
	dir := keep(t, &signal.Input{Symbol: "BTCUSDT", Points: series.Points})
	out := program(t, "events", "--symbol", "BTCUSDT", "--data-dir", dir)
	rows, err := csv.NewReader(strings.NewReader(out.out)).ReadAll()
	if err != nil || out.fault != nil || len(rows) < 10 {
		t.Fatalf("%d rows, %v, %v", len(rows), err, out.fault)
	}
	kinds := map[string]int{}
	for _, r := range rows[1:] {
		kinds[r[2]]++
	}
	if kinds["spike_1h"] == 0 || kinds["flush_1h"] == 0 {
		t.Errorf("a month of BTCUSDT has neither spike nor flush: %v", kinds)
	}
}
