package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"openinterest/data/sim"
)

// header is the contract with scripts: these names, in this order.
const header = "symbol,price,price_change_24h_pct,oi_contracts,oi_usd,oi_change_5m_pct,oi_change_15m_pct,oi_change_1h_pct," +
	"oi_change_4h_pct,oi_change_24h_pct,price_change_1h_pct,price_change_4h_pct,funding_rate,funding_interval_hours," +
	"funding_apr_pct,volume_24h_usd,oi_volume_ratio,signal,oi_time,age_s," +
	"long_short_accounts,top_long_short_accounts,top_long_short_positions,taker_buy_sell,basis_pct," +
	"liquidated_longs_1h_usd,liquidated_shorts_1h_usd,liquidated_longs_24h_usd,liquidated_shorts_24h_usd," +
	"liquidations_listened_1h_s,liquidations_listened_24h_s"

// parseCSV turns a snapshot into rows by symbol: float64, string, or nil where empty.
func parseCSV(t *testing.T, text string) map[string]map[string]any {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(lines) == 0 {
		t.Fatalf("no CSV (%v):\n%.500s", err, text)
	}
	if got := strings.Join(lines[0], ","); got != header {
		t.Fatalf("the header is\n%s\nwant\n%s", got, header)
	}
	rows := map[string]map[string]any{}
	for _, line := range lines[1:] {
		row := map[string]any{}
		for i, name := range lines[0] {
			row[name] = nil
			if x, err := strconv.ParseFloat(line[i], 64); err == nil {
				row[name] = x
			} else if line[i] != "" {
				row[name] = line[i]
			}
		}
		rows[line[0]] = row
	}
	if len(rows) != len(lines)-1 {
		t.Errorf("%d lines of %d symbols", len(lines)-1, len(rows))
	}
	return rows
}

// parseJSON does the same with JSON, and holds every object's fields to their order.
func parseJSON(t *testing.T, text string) map[string]map[string]any {
	t.Helper()
	var objects []json.RawMessage
	if err := json.Unmarshal([]byte(text), &objects); err != nil {
		t.Fatalf("no JSON: %v\n%.500s", err, text)
	}
	rows := map[string]map[string]any{}
	for _, raw := range objects {
		var row map[string]any
		if err := json.Unmarshal(raw, &row); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(keysInOrder(t, raw), ","); got != header {
			t.Fatalf("the fields are\n%s\nwant\n%s", got, header)
		}
		rows[fmt.Sprint(row["symbol"])] = row
	}
	return rows
}

func keysInOrder(t *testing.T, object json.RawMessage) []string {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(string(object)))
	var keys []string
	for i := -1; ; i++ { // the brace, then key, value, key, value
		token, err := decoder.Token()
		if err != nil {
			t.Fatal(err)
		}
		if token == json.Delim('}') {
			return keys
		}
		if i >= 0 && i%2 == 0 {
			keys = append(keys, fmt.Sprint(token))
		}
	}
}

// servedAsIs are the fields whose numbers pass through untouched.
var servedAsIs = []string{"symbol", "price", "price_change_24h_pct", "oi_contracts", "funding_rate", "funding_interval_hours",
	"volume_24h_usd", "signal", "oi_time"}

// checkRow holds a printed row against the truth: what is served to the last
// digit, what is computed to fifteen.
func checkRow(t *testing.T, got, want map[string]any, unknown ...string) {
	t.Helper()
	symbol := want["symbol"]
	for _, name := range strings.Split(header, ",") {
		g, w := got[name], want[name]
		if slices.Contains(unknown, name) {
			w = nil
		} else if name == "age_s" {
			if age, ok := g.(float64); !ok || age < 0 || age > 60 {
				t.Errorf("%v is %v s old", symbol, g)
			}
			continue
		} else if strings.HasPrefix(name, "liquidat") { // what is pushed meanwhile, and for how long was listened
			if usd, ok := g.(float64); g != nil && (!ok || usd < 0) {
				t.Errorf("%v: %s is %v", symbol, name, g)
			}
			continue
		}
		a, number := g.(float64)
		b, alike := w.(float64)
		switch {
		case number && alike && !slices.Contains(servedAsIs, name):
			if math.Abs(a-b) > 1e-13*max(1, math.Abs(b))*100 {
				t.Errorf("%v: %s is %v, want %v", symbol, name, a, b)
			}
		case g != w:
			t.Errorf("%v: %s is %v, want %v", symbol, name, g, w)
		}
	}
}

func TestSnapshotTellsWhatTheExchangeServes(t *testing.T) {
	s := exchange(t, 45)
	want := ask(t, s, midStep)
	for format, parse := range map[string]func(*testing.T, string) map[string]map[string]any{"csv": parseCSV, "json": parseJSON} {
		t.Run(format, func(t *testing.T) {
			got := program(t, against(s, "snapshot", "--format", format)...)
			if got.code != 0 || got.err != "" {
				t.Fatalf("exit code %d (%v), and on standard error:\n%s", got.code, got.fault, got.err)
			}
			rows := parse(t, got.out)
			if symbols := slices.Sorted(maps.Keys(rows)); !slices.Equal(symbols, s.Symbols()) {
				t.Fatalf("it prints %d contracts, %v, want %d", len(symbols), symbols, len(s.Symbols()))
			}
			signals := map[any]int{}
			for symbol, row := range rows {
				checkRow(t, row, want.row(symbol))
				contracts, price, ok := s.Truth(symbol, midStep)
				if !ok || row["oi_contracts"] != contracts || row["price"] != price {
					t.Errorf("%s: %v contracts at %v, in truth %v at %v", symbol, row["oi_contracts"], row["price"], contracts, price)
				}
				signals[row["signal"]]++
			}
			if len(signals) < 5 {
				t.Errorf("a market without some readings tests little: %v", signals)
			}
		})
	}
}

// History trails, so that the stamp a short change is counted from may not be
// published yet; then the change is unknown, not that of another stamp.
func TestAChangeIsUnknownWhereItsStampIsMissing(t *testing.T) {
	early := time.Date(2025, 6, 17, 12, 5, 20, 0, time.UTC) // history ends at 11:55, and 12:00 is wanted
	s := exchangeAt(t, 12, func() time.Time { return early })
	want := ask(t, s, early)
	got := program(t, against(s, "snapshot", "--format", "json")...)
	if got.code != 0 {
		t.Fatalf("exit code %d: %v", got.code, got.fault)
	}
	if says := "oi_change_5m_pct: empty on every row, since the newest stamp of history is that of 2025-06-17 11:55 UTC.\n"; got.err != says {
		t.Errorf("standard error does not say %q:\n%s", says, got.err)
	}
	for symbol, row := range parseJSON(t, got.out) {
		if row["oi_change_5m_pct"] != nil || row["oi_change_15m_pct"] == nil {
			t.Errorf("%s changed by %v in 5 m, by %v in 15 m", symbol, row["oi_change_5m_pct"], row["oi_change_15m_pct"])
		}
		checkRow(t, row, want.row(symbol))
	}
}

// Where history is late, the table is not full, and nothing more comes of
// waiting; both are said.
func TestATableWithLateHistoryIsNotFull(t *testing.T) {
	s, err := sim.Start(t.Context(), sim.Options{Contracts: 12, HistoryLag: 16 * time.Minute, Now: func() time.Time { return midStep }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	got := program(t, against(s, "snapshot", "--stats")...)
	if got.code != 0 || got.took > 20*time.Second {
		t.Fatalf("exit code %d after %v: %v", got.code, got.took, got.fault)
	}
	for _, says := range []string{
		"oi_change_5m_pct: empty on every row, since the newest stamp of history is that of 2025-06-17 11:45 UTC.\n",
		`"seconds_to_full_table":null`,
	} {
		if !strings.Contains(got.err, says) {
			t.Errorf("standard error does not say %q:\n%s", says, got.err)
		}
	}
}

// A computer whose clock is hours off sees the same market: the exchange's
// clock counts.
func TestAWrongClockChangesNothing(t *testing.T) {
	t.Parallel()
	for name, off := range map[string]time.Duration{"behind": 7 * time.Hour, "ahead": -7 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			there := time.Now().Add(off).Truncate(5 * time.Minute).Add(150 * time.Second)
			s := exchangeAt(t, 12, func() time.Time { return there })
			want := ask(t, s, there)
			got := program(t, against(s, "snapshot")...)
			if got.code != 0 {
				t.Fatalf("exit code %d: %v", got.code, got.fault)
			}
			for symbol, row := range parseCSV(t, got.out) {
				checkRow(t, row, want.row(symbol))
			}
		})
	}
}

func TestStatsAreOneLineOfJSON(t *testing.T) {
	s := exchange(t, 20)
	got := program(t, against(s, "snapshot", "--stats")...)
	if got.code != 0 {
		t.Fatalf("exit code %d: %v", got.code, got.fault)
	}
	var stats struct {
		Seconds  *float64 `json:"seconds_to_full_table"`
		Requests int      `json:"requests"`
		Weight   int      `json:"weight"`
	}
	if line, rest, _ := strings.Cut(got.err, "\n"); rest != "" || json.Unmarshal([]byte(line), &stats) != nil {
		t.Fatalf("standard error has not one line of JSON:\n%s", got.err)
	}
	if stats.Seconds == nil || *stats.Seconds <= 0 || *stats.Seconds > got.took.Seconds() {
		t.Errorf("full after %v s, of %v", stats.Seconds, got.took)
	}
	// The feed goes on while the line is printed, so the exchange may have seen a few more, or fewer.
	seen := 0
	for _, n := range s.Stats().Requests {
		seen += n
	}
	const least = 4 + 2*20   // the tables, and two for each contract
	const weight = 51 + 2*20 // tickers are 40 and mark prices 10; the funding terms are free
	if stats.Requests < least || stats.Requests > seen+10 || seen > stats.Requests+30 {
		t.Errorf("it says %d requests, the exchange saw %d, and %d are needed", stats.Requests, seen, least)
	}
	if spent := s.Stats().PeakWeightRolling; stats.Weight < weight || stats.Weight > spent+10 || spent > stats.Weight+30 {
		t.Errorf("it says weight %d, the exchange counted %d, and %d are needed", stats.Weight, spent, weight)
	}
	for agent := range s.Stats().UserAgents {
		if !strings.HasPrefix(agent, "openinterest/"+version) {
			t.Errorf("it calls itself %q", agent)
		}
	}
}

// failing is a standard output that is full.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestASnapshotThatCannotBePrintedFails(t *testing.T) {
	s := exchange(t, 10)
	for _, format := range []string{"csv", "json"} {
		var errs buffer
		err := run(t.Context(), against(s, "snapshot", "--format", format, "--data-dir", t.TempDir()), streams{out: failing{}, err: &errs, started: time.Now()})
		if exitCode(err) != 1 || !strings.Contains(err.Error(), "no space left on device") {
			t.Errorf("%s: %v", format, err)
		}
	}
}

// What is computed of two units is left empty, and the reason is said.
func TestASnapshotSaysThatAUnitIsUnclear(t *testing.T) {
	t.Parallel()
	s := exchange(t, 12)
	front := newFront(t, s.RESTURL())
	front.answer(openInterestPath, func(rw http.ResponseWriter, r *http.Request) {
		symbol := r.URL.Query().Get("symbol")
		contracts, _, _ := s.Truth(symbol, midStep)
		if symbol == halved {
			contracts *= 100
		}
		fmt.Fprintf(rw, `{"symbol":%q,"openInterest":"%f","time":%d}`, symbol, contracts, midStep.UnixMilli())
	})
	got := program(t, "snapshot", "--rest-url", front.URL, "--stream-url", s.StreamURL(), "--lang", "en")
	if got.code != 0 || !strings.Contains(got.err, halved+": Only one of open interest and price") || strings.Count(got.err, "\n") != 1 {
		t.Errorf("exit code %d (%v), and on standard error:\n%s", got.code, got.fault, got.err)
	}
	for symbol, row := range parseCSV(t, got.out) {
		if (row["oi_usd"] == nil) != (symbol == halved) || row["oi_contracts"] == nil {
			t.Errorf("%s: %v", symbol, row)
		}
	}
}
