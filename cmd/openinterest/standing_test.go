package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/data/session"
	"openinterest/data/sim"
)

// Who watches a contract by name is told its ratios, as the exchange serves them.
func TestWatchTellsTheRatiosOfContractsNamed(t *testing.T) {
	s := exchange(t, 12)
	got := program(t, against(s, "watch", "--symbol", "BTCUSDT,SOLUSDT", "--for", "6s")...)
	if got.code != 0 {
		t.Fatalf("exit code %d: %v", got.code, got.fault)
	}
	rows := map[string]map[string]any{}
	for _, line := range watchLines(t, got.out) {
		if symbol, ok := line["symbol"].(string); ok {
			rows[symbol] = line
		}
	}
	stamp := market.FloorStamp(midStep.Add(-6 * time.Minute).UnixMilli())
	for symbol, row := range rows {
		want, ok := s.Ratios(symbol, stamp)
		if !ok {
			t.Fatalf("%s is printed", symbol)
		}
		for _, kind := range market.RatioKinds() {
			if x := math.Round(want.Values[kind]*1e4) / 1e4; row[kind.Field()] != x {
				t.Errorf("%s: %s is %v, want %v", symbol, kind.Field(), row[kind.Field()], x)
			}
		}
	}
	if len(rows) != 2 || s.Stats().PeakHistory > 900 {
		t.Errorf("%d contracts, %d requests of the history bucket", len(rows), s.Stats().PeakHistory)
	}
}

// Each ratio of each stamp is what the exchange serves, and stays so in a session
// that begins later.
func TestRatiosAreWhatTheExchangeServesStampByStamp(t *testing.T) {
	s := exchange(t, 12)
	o := session.Options{RESTURL: s.RESTURL(), StreamURL: s.StreamURL(), DataDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)}
	for _, run := range []string{"first", "second"} {
		running, err := session.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if snap, full := running.Fill(t.Context(), 20*time.Second); full.IsZero() {
			t.Fatalf("%s: the table is not full: %v", run, snap.Status.Problem)
		}
		now := midStep.UnixMilli()
		for _, symbol := range []string{"BTCUSDT", "DOGEUSDT"} {
			rows, err := running.Ratios(t.Context(), symbol, now-3*24*3600_000, now)
			if err != nil || len(rows) < 3*288-3 {
				t.Fatalf("%s: %d stamps of three days, %v", run, len(rows), err)
			}
			for _, r := range rows {
				want, _ := s.Ratios(symbol, r.Time)
				for _, kind := range market.RatioKinds() {
					if x := math.Round(want.Values[kind]*1e4) / 1e4; math.Abs(r.Values[kind]-x) > 1e-9 {
						t.Fatalf("%s: %s of %s at %d is %v, want %v", run, kind.Field(), symbol, r.Time, r.Values[kind], x)
					}
				}
			}
		}
		running.Close()
	}
	if n := s.Stats().Requests["/futures/data/takerlongshortRatio"]; n > 8 {
		t.Errorf("%d requests for one kind of two contracts, twice", n)
	}
}

// Each liquidation is a line, and the sums are of what was printed. A file of CSV has
// the same columns throughout.
func TestWatchTellsLiquidations(t *testing.T) {
	s, err := sim.Start(t.Context(), sim.Options{Contracts: 300, StreamEvery: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	got := program(t, against(s, "watch", "--liquidations", "--for", "14s", "--every", "200ms")...)
	if got.code != 0 {
		t.Fatalf("exit code %d: %v", got.code, got.fault)
	}
	type sums struct{ longs, shorts float64 }
	printed, last, some := map[string]sums{}, map[string]map[string]any{}, ""
	for raw := range strings.Lines(got.out) {
		var line map[string]any
		if err := json.Unmarshal([]byte(raw), &line); err != nil {
			t.Fatalf("%v in %q", err, raw)
		}
		symbol, _ := line["symbol"].(string)
		if line["event"] == nil {
			last[symbol] = line
			continue
		}
		if keys := strings.Join(keysInOrder(t, []byte(raw)), ","); keys != "time,event,symbol,side,price,contracts,usd" || line["event"] != "liquidation" {
			t.Fatalf("a liquidation is printed as %s", raw)
		}
		usd := line["usd"].(float64)
		if x := line["price"].(float64) * line["contracts"].(float64); math.Abs(usd-x) > 1e-9*x || !slices.Contains(s.Symbols(), symbol) {
			t.Errorf("odd: %s", raw)
		}
		of := printed[symbol]
		if line["side"] == "long" {
			of.longs += usd
		} else {
			of.shorts += usd
		}
		printed[symbol], some = of, symbol
	}
	if len(printed) == 0 {
		t.Fatal("no liquidation was printed")
	}
	for symbol, line := range last {
		of := printed[symbol]
		for name, x := range map[string]float64{"liquidated_longs_1h_usd": of.longs, "liquidated_shorts_24h_usd": of.shorts} {
			if shown, ok := line[name].(float64); symbol != "" && (!ok || shown > x*(1+1e-9) || of == (sums{}) && shown != 0) {
				t.Errorf("%s: %s is %v, and printed were %v", symbol, name, line[name], x)
			}
		}
	}
	got = program(t, against(s, "watch", "--liquidations", "--format", "csv", "--symbol", some, "--for", "3s")...)
	lines, err := csv.NewReader(strings.NewReader(got.out)).ReadAll() // fails where a line has more cells or less
	if err != nil || len(lines) < 2 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	if head := strings.Join(lines[0], ","); head != watchHeader+",event,side,liquidation_price,liquidation_contracts,liquidation_usd" {
		t.Errorf("the columns are %s", head)
	}
	for _, line := range lines[1:] {
		if symbol := line[4]; symbol != some && symbol != "" {
			t.Errorf("%s is printed", fmt.Sprint(line))
		}
	}
}
