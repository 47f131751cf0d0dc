package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"openinterest/data/sim"
)

const (
	openInterestPath = "/fapi/v1/openInterest"
	historyPath      = "/futures/data/openInterestHist"
)

// What hangs on open interest, on history, and on the ticker.
var (
	needOpenInterest = []string{"oi_contracts", "oi_usd", "oi_change_5m_pct", "oi_change_15m_pct", "oi_change_1h_pct",
		"oi_change_4h_pct", "oi_change_24h_pct", "oi_volume_ratio", "oi_time", "age_s"}
	needHistory = []string{"oi_change_5m_pct", "oi_change_15m_pct", "oi_change_1h_pct", "oi_change_4h_pct", "oi_change_24h_pct",
		"price_change_1h_pct", "price_change_4h_pct", "signal"}
	needTicker = []string{"price_change_24h_pct", "volume_24h_usd", "oi_volume_ratio"}
)

// One odd answer costs what it was about, and nothing else. It is not run beside
// others: what is late on a busy machine is missing, too.
func TestOddAnswersCostTheirOwnContractOnly(t *testing.T) {
	s := exchange(t, 40)
	want := ask(t, s, midStep)
	unknown := map[string][]string{}
	inject := func(symbol string, needs []string, f sim.Fault) {
		f.Symbol = symbol
		s.Inject(f)
		unknown[symbol] = needs
	}
	inject("ETHUSDT", needOpenInterest, sim.Fault{Kind: sim.ErrorBody, PathPrefix: openInterestPath})
	inject("SOLUSDT", needOpenInterest, sim.Fault{Kind: sim.Malformed, PathPrefix: openInterestPath})
	inject("XRPUSDT", needOpenInterest, sim.Fault{Kind: sim.Negative, PathPrefix: openInterestPath})
	inject("币安人生USDT", needOpenInterest, sim.Fault{Kind: sim.OtherSymbol, PathPrefix: openInterestPath})
	inject("DOGEUSDT", needHistory, sim.Fault{Kind: sim.EmptyArray, PathPrefix: historyPath})
	inject("BNBUSDT", needHistory, sim.Fault{Kind: sim.BrokenJSON, PathPrefix: historyPath})
	inject("XAUUSDT", needHistory, sim.Fault{Kind: sim.Negative, PathPrefix: historyPath})
	s.Inject(sim.Fault{Kind: sim.Malformed, PathPrefix: "/fapi/v1/ticker/24hr"}) // its first row
	unknown["BTCUSDT"] = needTicker

	got := program(t, against(s, "snapshot", "--timeout", "4s", "--log-level", "error")...)
	if got.code != 0 {
		t.Fatalf("exit code %d: %v", got.code, got.fault)
	}
	rows := parseCSV(t, got.out)
	if len(rows) != 40 {
		t.Fatalf("%d contracts, want 40", len(rows))
	}
	for symbol, row := range rows {
		checkRow(t, row, want.row(symbol), unknown[symbol]...)
	}
	for _, says := range []string{" of 40 contracts are incomplete", "does not know ETHUSDT", "not what was asked for"} {
		if !strings.Contains(got.err, says) {
			t.Errorf("standard error does not say %q:\n%s", says, got.err)
		}
	}
	if lines := strings.Count(got.err, "\n"); lines > 3 {
		t.Errorf("the note has %d lines:\n%s", lines, got.err)
	}
}

// A table that fails as a whole costs its columns, and the snapshot says so.
func TestATableThatFailsCostsItsColumnsOnly(t *testing.T) {
	t.Parallel()
	for path, unknown := range map[string][]string{
		"/fapi/v1/ticker/24hr": needTicker,
		"/fapi/v1/fundingInfo": {"funding_interval_hours", "funding_apr_pct"},
		historyPath:            needHistory,
	} {
		t.Run(strings.ReplaceAll(path[1:], "/", "_"), func(t *testing.T) {
			t.Parallel()
			s := exchange(t, 12)
			want := ask(t, s, midStep)
			s.Inject(sim.Fault{Kind: sim.Status, Code: 503, PathPrefix: path})
			got := program(t, against(s, "snapshot", "--timeout", "3s")...)
			if got.code != 0 || !strings.Contains(got.err, "12 of 12 contracts are incomplete") {
				t.Fatalf("exit code %d (%v), and on standard error:\n%s", got.code, got.fault, got.err)
			}
			if !strings.Contains(got.err, "fault of the exchange") && !strings.Contains(got.err, "fault of its own") {
				t.Errorf("it does not say why:\n%s", got.err)
			}
			for symbol, row := range parseCSV(t, got.out) {
				checkRow(t, row, want.row(symbol), unknown...)
			}
		})
	}
}

// The mark prices of the stream are enough where those of REST are odd.
func TestTheStreamMakesUpForMarkPrices(t *testing.T) {
	t.Parallel()
	s := exchange(t, 5) // of which rows of two are odd in the stream, among good ones
	want := ask(t, s, midStep)
	s.Inject(sim.Fault{Kind: sim.Negative, PathPrefix: "/fapi/v1/premiumIndex"})
	s.Inject(sim.Fault{Kind: sim.StreamBadRows})
	got := program(t, against(s, "snapshot", "--log-level", "error")...)
	if got.code != 0 || got.err != "" {
		t.Fatalf("exit code %d (%v), and on standard error:\n%s", got.code, got.fault, got.err)
	}
	for symbol, row := range parseCSV(t, got.out) {
		checkRow(t, row, want.row(symbol))
	}
}

// Nothing at all is a sentence and exit code 1: at once where the exchange
// refuses, or told to wait for longer than there is time; else, when the time is
// up, since a line that is down may come back.
func TestNothingAtAllIsASentence(t *testing.T) {
	t.Parallel()
	rest, stream := nobody(t)
	for name, c := range map[string]struct {
		fault sim.Fault
		says  string
		early bool
	}{
		"closed port": {says: "No connection"},
		"location":    {sim.Fault{Kind: sim.Status, Code: 451}, "does not serve the place", true},
		"firewall":    {sim.Fault{Kind: sim.Status, Code: 403}, "firewall", true},
		"maintenance": {sim.Fault{Kind: sim.Status, Code: 503}, "maintenance", false},
		"hotel":       {sim.Fault{Kind: sim.Redirect}, "not what was asked for", false},
		"ban":         {sim.Fault{Kind: sim.Status, Code: 418, RetryAfter: 10 * time.Minute}, "banned this address", true},
		"limit":       {sim.Fault{Kind: sim.Status, Code: 429, RetryAfter: time.Minute}, "asked us to wait", true},
		"hang":        {sim.Fault{Kind: sim.Hang}, "did not answer in time", false},
		"reset":       {sim.Fault{Kind: sim.Reset}, "No connection", false},
		"nonsense":    {sim.Fault{Kind: sim.HTML}, "not what was asked for", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := []string{"snapshot", "--rest-url", rest, "--stream-url", stream, "--lang", "en"}
			if c.fault.Kind != "" {
				s := exchange(t, 12)
				s.Inject(c.fault)
				s.Inject(sim.Fault{Kind: sim.StreamSilent})
				args = against(s, "snapshot")
			}
			got := program(t, append(args, "--timeout", "8s")...)
			if got.code != 1 || got.out != "" {
				t.Fatalf("exit code %d, want 1 (%v); it printed %.200q", got.code, got.fault, got.out)
			}
			if sentence := got.fault.Error(); !strings.Contains(sentence, c.says) || strings.Contains(sentence, "\n") {
				t.Errorf("it says %q, without %q", sentence, c.says)
			}
			if early := got.took < 7*time.Second; early != c.early {
				t.Errorf("it took %v of 8 s", got.took)
			}
		})
	}
}

// nobody returns addresses at which nobody listens.
func nobody(t *testing.T) (rest, stream string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	return "http://" + listener.Addr().String(), "ws://" + listener.Addr().String()
}

// Where something hangs, what came by then is printed when the time is over.
func TestTheTimeoutIsKept(t *testing.T) {
	t.Parallel()
	s := exchange(t, 12)
	want := ask(t, s, midStep)
	s.Inject(sim.Fault{Kind: sim.Hang, PathPrefix: openInterestPath, Symbol: "ETHUSDT"})
	got := program(t, against(s, "snapshot", "--timeout", "2s", "--stats")...)
	if got.code != 0 || got.took < 2*time.Second || got.took > 5*time.Second {
		t.Fatalf("exit code %d after %v: %v", got.code, got.took, got.fault)
	}
	if !strings.Contains(got.err, `"seconds_to_full_table":null`) || !strings.Contains(got.err, "1 of 12 contracts are incomplete") {
		t.Errorf("on standard error:\n%s", got.err)
	}
	for symbol, row := range parseCSV(t, got.out) {
		var unknown []string
		if symbol == "ETHUSDT" {
			unknown = needOpenInterest
		}
		checkRow(t, row, want.row(symbol), unknown...)
	}
}

// Ctrl+C ends a command at once, wherever it is, and nothing of it stays.
func TestInterruptedCommandsEndPromptly(t *testing.T) {
	s, err := sim.Start(context.Background(), sim.Options{Contracts: 12})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Inject(sim.Fault{Kind: sim.Hang, PathPrefix: historyPath})
	folder := t.TempDir()
	picture := filepath.Join(folder, "x.png")
	for _, args := range [][]string{{"snapshot"}, {"snapshot", "--format", "json"}, {"screenshot", "-o", picture}} {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan outcome, 1)
		before := s.Stats().Requests[openInterestPath]
		go func() { ended <- programWith(ctx, against(s, append(args, "--data-dir", folder)...)...) }()
		waitFor(t, 10*time.Second, func() (bool, string) {
			return s.Stats().Requests[openInterestPath] > before, "nothing was asked"
		})
		cancel()
		interrupted := time.Now()
		got := <-ended
		if took := time.Since(interrupted); took > 2*time.Second {
			t.Errorf("%v ended only after %v", args, took)
		}
		if got.code != 1 || got.out != "" || !strings.Contains(got.fault.Error(), "interrupted") {
			t.Errorf("%v: exit code %d (%v); it printed %.200q", args, got.code, got.fault, got.out)
		}
	}
	if _, err := os.Stat(picture); err == nil {
		t.Error("a picture was written all the same")
	}
	s.Close()
	nothingLeft(t)
}

func TestASnapshotLeavesNothingBehind(t *testing.T) {
	s, err := sim.Start(context.Background(), sim.Options{Contracts: 12})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := program(t, against(s, "snapshot")...); got.code != 0 {
		t.Fatal(got.fault)
	}
	// Before the exchange hangs up, that is: by the program's own doing.
	waitFor(t, 5*time.Second, func() (bool, string) {
		n := s.Stats().OpenConnections + s.Stats().OpenStreams
		return n == 0, "connections are still open"
	})
	program(t, "snapshot", "--demo", "--timeout", "1s") // its exchange ends with it
	s.Close()
	nothingLeft(t)
}
