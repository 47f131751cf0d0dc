package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// twoBrackets is an answer of /fapi/v1/leverageBracket in a file.
func twoBrackets(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "brackets.json")
	text := `[{"symbol": "BTCUSDT", "notionalCoef": 1.5, "brackets": [
		{"bracket": 1, "initialLeverage": 125, "notionalCap": 50000, "notionalFloor": 0, "maintMarginRatio": 0.004, "cum": 0.0},
		{"bracket": 2, "initialLeverage": 100, "notionalCap": 600000, "notionalFloor": 50000, "maintMarginRatio": 0.005, "cum": 50.0}]}]`
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// unreachable are the flags of an exchange that does not answer: what works with
// them needs no network.
var unreachable = []string{"--rest-url", "http://127.0.0.1:9", "--stream-url", "ws://127.0.0.1:9", "--archive-url", "http://127.0.0.1:9", "--lang", "en"}

// liquidate runs the subcommand on a position, with further flags.
func liquidate(t *testing.T, flags string, more ...string) outcome {
	t.Helper()
	return program(t, append(append(append([]string{"liquidation"}, unreachable...), strings.Fields(flags)...), more...)...)
}

func TestLiquidationIsPrintedAsJSON(t *testing.T) {
	got := liquidate(t, "--symbol btcusdt --side long --entry 20000 --quantity 10 --leverage 10 --stop 19000 --format json", "--brackets", twoBrackets(t))
	if got.code != 0 || got.err != "" {
		t.Fatalf("exit code %d, %v, %q", got.code, got.fault, got.err)
	}
	var said map[string]any
	if err := json.Unmarshal([]byte(got.out), &said); err != nil {
		t.Fatal(err)
	}
	lp := (200_000 - 20_000 - 50) / 9.95
	for name, want := range map[string]float64{
		"liquidation_price": lp, "maintenance_margin": 10*lp*0.005 - 50, "distance_pct": 100 * (lp - 20_000) / 20_000, "bracket": 2,
		"margin": 20_000, "notional": 200_000, "leverage": 10, "loss_at_stop": 10_000, "entry_maintenance_margin": 950,
	} {
		if x, ok := said[name].(float64); !ok || math.Abs(x-want) > 1e-9*math.Abs(want) {
			t.Errorf("%s is %v, want %v", name, said[name], want)
		}
	}
	if said["symbol"] != "BTCUSDT" || said["side"] != "long" || said["mode"] != "isolated" || said["source"] != "brackets.json" || said["source_date"] != nil {
		t.Errorf("the position and its source: %s", got.out)
	}
	if note, _ := said["note"].(string); !strings.Contains(note, "notionalCoef of 1.5") || !strings.Contains(note, "Fees") {
		t.Errorf("the note says %q", said["note"])
	}
}

func TestLiquidationInOtherForms(t *testing.T) {
	file := twoBrackets(t)
	for flags, wants := range map[string][]string{
		"--symbol BTCUSDT --side short --entry 20000 --quantity 10 --margin 20000 --brackets " + file:                                                                           {"Short", "21,895.5 USDT", "+9.48 %", "bracket 2"},
		"--symbol BTCUSDT --side long --entry 20000 --quantity 10 --leverage 10 --mode cross --wallet 50000 --others-maintenance 1000 --others-profit=-4000 --brackets " + file: {"Cross", "15,572.9 USDT", "Other positions"},
		"--symbol XYZUSDT --side long --entry 100 --quantity 1 --leverage 10 --mmr 0.02":                                                                                        {"91.8367 USDT", "2 % for any size"},
		"--symbol XYZUSDT --side long --entry 100 --quantity 1 --leverage 1 --mmr 0.02":                                                                                         {"No price liquidates this position"},
		"--symbol PAXGUSDT --side long --entry 4000 --quantity 1 --leverage 20":                                                                                                 {"2025-12-05", "https://", "check"},
		"--symbol XYZUSDT --side long --entry 100 --quantity 1 --leverage 10 --mmr 0.02 --stop 80":                                                                              {"liquidated before"},
		"--symbol XYZUSDT --side long --entry 100 --quantity 1 --leverage 10 --mmr 0.02 --lang zh --data-dir /tmp/":                                                             {"强平价格"},
	} {
		got := liquidate(t, flags)
		if got.code != 0 || got.err != "" {
			t.Errorf("%s: exit code %d, %v, %q", flags, got.code, got.fault, got.err)
		}
		for _, want := range wants {
			if !strings.Contains(got.out, want) {
				t.Errorf("%s does not say %q:\n%s", flags, want, got.out)
			}
		}
	}
	got := liquidate(t, "--symbol XYZUSDT --side long --entry 100 --quantity 1 --leverage 1 --mmr 0.02 --format json")
	if !strings.Contains(got.out, `"liquidation_price": null`) || !strings.Contains(got.out, "No price liquidates") {
		t.Errorf("where there is no liquidation:\n%s", got.out)
	}
}

func TestLiquidationSaysWhatIsWrong(t *testing.T) {
	file := twoBrackets(t)
	odd := filepath.Join(t.TempDir(), "odd.json")
	if err := os.WriteFile(odd, []byte(`{"symbol": "BTCUSDT", "brackets": [{"initialLeverage": 20, "notionalFloor": 0, "notionalCap": 5, "maintMarginRatio": 0.1, "cum": 7}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	const position = "--symbol BTCUSDT --side long --entry 20000 --quantity 10 "
	for flags, c := range map[string]struct {
		code int
		says string
	}{
		position + "--leverage 101 --brackets " + file:                                             {1, "100x is the highest leverage"},
		position + "--margin 1999 --brackets " + file:                                              {1, "initial margin of 2,000.00 USDT at least"},
		position + "--leverage 50 --mmr 0.03":                                                      {1, "at once"},
		position + "--leverage 10 --mode cross --wallet 19000 --brackets " + file:                  {1, "the wallet has 19,000.00 USDT"},
		position + "--leverage 10 --brackets " + odd:                                               {1, "cum is 7"},
		position + "--leverage 10 --brackets " + odd + ".none":                                     {1, "odd.json.none"},
		"--symbol ETHUSDT --side long --entry 9 --quantity 1 --leverage 1 --brackets " + file:      {1, "no brackets of ETHUSDT"},
		"--symbol BTCUSDT --side long --entry 9 --quantity 100000 --leverage 1 --brackets " + file: {1, "where the last bracket ends"},

		position + "--leverage 10":                                                      {2, "--brackets FILE"},
		position + "--mmr 0.01":                                                         {2, "--leverage or --margin"},
		position + "--leverage 10 --mmr 0.01 --mode cross":                              {2, "--wallet"},
		position + "--leverage 10 --mmr 0.01 --wallet 5":                                {2, "--mode cross"},
		position + "--leverage 10 --mmr 0.01 --brackets " + file:                        {2, "--mmr"},
		position + "--leverage 10 --mmr 4":                                              {2, "below 100 %"},
		position + "--leverage 1.5 --mmr 0.01":                                          {2, "whole numbers"},
		position + "--leverage 10 --mmr 0.01 --stop=-1":                                 {2, "--stop"},
		"--symbol BTCUSDT --side up --quantity 1 --leverage 1":                          {2, "--side"},
		"--symbol BTCUSDT --side long --entry NaN --quantity 1 --leverage 1 --mmr 0.01": {2, "--entry"},
		"--symbol BTCUSDT --side long --quantity 1 --leverage 1 --mmr 0.01":             {1, "give --entry"},
	} {
		got := liquidate(t, flags)
		if got.code != c.code || got.out != "" || got.fault == nil || !strings.Contains(got.fault.Error(), c.says) {
			t.Errorf("%s: exit code %d (%v), want %d and %q\n%s", flags, got.code, got.fault, c.code, c.says, got.out)
		}
	}
}

// Without --entry the mark price is that of the exchange, and once it does not
// answer the one that was kept, which is said.
func TestLiquidationAsksForTheMarkPrice(t *testing.T) {
	s := counted(t, 30)
	dir := t.TempDir()
	flags := strings.Fields("liquidation --symbol BTCUSDT --side long --quantity 1 --leverage 10 --mmr 0.01 --format json --data-dir " + dir)
	entry := func(got outcome) float64 {
		var said map[string]any
		if err := json.Unmarshal([]byte(got.out), &said); err != nil || got.code != 0 {
			t.Fatalf("exit code %d, %v, %q: %v", got.code, got.fault, got.err, err)
		}
		x, _ := said["entry"].(float64)
		return x
	}
	served := served[struct{ MarkPrice string }](t, s, "/fapi/v1/premiumIndex?symbol=BTCUSDT")
	near, err := strconv.ParseFloat(served.MarkPrice, 64)
	if err != nil {
		t.Fatal(err)
	}
	if x := entry(programWith(t.Context(), against(s, flags...)...)); math.Abs(x/near-1) > 0.05 {
		t.Errorf("the entry is %v, and the exchange says %v", x, near)
	}
	if got := programWith(t.Context(), against(s, strings.Fields("snapshot --data-dir "+dir)...)...); got.code != 0 {
		t.Fatal(got.fault)
	}
	s.Close()
	got := programWith(t.Context(), against(s, flags...)...)
	if x := entry(got); math.Abs(x/near-1) > 0.05 || !strings.Contains(got.err, "last mark price known") {
		t.Errorf("the entry is %v, and standard error says %q", x, got.err)
	}
	if got := programWith(t.Context(), strings.Fields("liquidation --demo --symbol NOSUCHUSDT --side long --quantity 1 --leverage 10 --mmr 0.01 --lang en")...); got.code != 2 || !strings.Contains(got.fault.Error(), "NOSUCHUSDT") {
		t.Errorf("a contract that is not listed: %d, %v", got.code, got.fault)
	}
}
