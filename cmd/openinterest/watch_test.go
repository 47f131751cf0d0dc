package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/sim"
)

// watchHeader is the contract with scripts: these fields, in this order.
const watchHeader = "time,state,problem,until," + header

// watchLines parses lines of watch, and holds them to their fields.
func watchLines(t *testing.T, text string) (lines []map[string]any) {
	t.Helper()
	for raw := range strings.Lines(text) {
		var line map[string]any
		if err := json.Unmarshal([]byte(raw), &line); err != nil {
			t.Fatalf("%v in %q", err, raw)
		}
		want := watchHeader
		if _, of := line["symbol"]; !of {
			want = "time,state,problem,until"
		}
		if got := strings.Join(keysInOrder(t, []byte(raw)), ","); got != want {
			t.Fatalf("the fields are\n%s\nwant\n%s", got, want)
		}
		lines = append(lines, line)
	}
	return lines
}

// What is watched is what the exchange serves: every contract at first, and by
// the end of the run each with all that is to be known of it.
func TestWatchTellsWhatTheExchangeServes(t *testing.T) {
	s, err := sim.Start(t.Context(), sim.Options{Contracts: 30})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	got := program(t, against(s, "watch", "--for", "5s", "--every", "200ms")...)
	if got.code != 0 || got.err != "" || got.took < 5*time.Second || got.took > 9*time.Second {
		t.Fatalf("exit code %d after %v (%v):\n%s", got.code, got.took, got.fault, got.err)
	}
	rows, last := map[string]map[string]any{}, map[string]any{}
	for _, line := range watchLines(t, got.out) {
		last = line
		symbol, ok := line["symbol"].(string)
		if !ok {
			continue
		}
		rows[symbol] = line
		for _, at := range []any{line["time"], line["oi_time"]} {
			if at == nil {
				continue
			}
			if t1, err := time.Parse(time.RFC3339, at.(string)); err != nil || time.Since(t1) > 3*time.Minute || time.Since(t1) < -time.Second {
				t.Errorf("a line has the time %v", at)
			}
		}
	}
	if symbols := slices.Sorted(maps.Keys(rows)); !slices.Equal(symbols, s.Symbols()) {
		t.Errorf("it prints %v", symbols)
	}
	if last["state"] != "live" || last["problem"] != nil || last["until"] != nil {
		t.Errorf("the last line is %v", last)
	}
	for symbol, row := range rows {
		at, err := time.Parse(time.RFC3339, fmt.Sprint(row["oi_time"]))
		contracts, _, ok := s.Truth(symbol, at)
		if err != nil || !ok || row["oi_contracts"] != contracts {
			t.Errorf("%s has %v contracts, in truth %v (%v)", symbol, row["oi_contracts"], contracts, err)
		}
		for name, value := range row {
			ratio := slices.ContainsFunc(market.RatioKinds(), func(k market.RatioKind) bool { return k.Field() == name })
			if ratio && value != nil { // nobody named the contract
				t.Errorf("%s: %s is asked for", symbol, name)
			}
			if value == nil && !ratio && !slices.Contains([]string{"problem", "until", "oi_change_5m_pct"}, name) {
				t.Errorf("%s: %s is not known", symbol, name)
			}
		}
	}
}

// printer is one in English with these flags.
func printer(c watchCommand) *watchPrinter {
	return newWatchPrinter(&c, assets.NewWords(assets.English))
}

// watchedAt is a snapshot of contracts at a time, live.
func watchedAt(sequence uint64, at time.Time, quotes ...*market.Quote) *market.Snapshot {
	return market.NewSnapshot(market.Snapshot{Sequence: sequence, Time: at, Quotes: quotes, Status: market.Status{
		State: market.Live, Ready: len(quotes), Total: len(quotes), StreamLive: true, LastGood: at}})
}

func priced(symbol string, price float64, at time.Time) *market.Quote {
	return &market.Quote{Contract: market.Contract{Symbol: symbol},
		Mark:         market.MarkPrice{Symbol: symbol, Price: price, FundingRate: market.Unknown, Received: at},
		OpenInterest: market.OpenInterest{Contracts: 1, Changed: midStep, Received: at}}
}

func TestOnlyChangesArePrinted(t *testing.T) {
	p := printer(watchCommand{})
	at := midStep
	look := func(snap *market.Snapshot) []map[string]any {
		t.Helper()
		return watchLines(t, string(p.changes(snap)))
	}
	symbols := func(lines []map[string]any) (all []string) {
		for _, l := range lines {
			all = append(all, l["symbol"].(string))
		}
		return all
	}
	a, b := priced("AUSDT", 1, at), priced("BUSDT", 2, at)
	if got := look(watchedAt(1, at, a, b)); !slices.Equal(symbols(got), []string{"AUSDT", "BUSDT"}) || got[0]["time"] != got[1]["time"] || got[1]["price"] != 2.0 || got[1]["volume_24h_usd"] != nil {
		t.Fatalf("at first %v", got)
	}
	at = at.Add(time.Second)
	if got := look(watchedAt(2, at, a, priced("BUSDT", 2, at))); len(got) != 0 {
		t.Errorf("age alone, and being confirmed, is no change: %v", got)
	}
	at = at.Add(time.Second)
	if got := look(watchedAt(3, at, a, priced("BUSDT", 3, at))); !slices.Equal(symbols(got), []string{"BUSDT"}) || got[0]["price"] != 3.0 {
		t.Errorf("one price changed: %v", got)
	}
	if got := look(watchedAt(3, at, a, priced("BUSDT", 4, at))); len(got) != 0 {
		t.Errorf("the same snapshot again: %v", got)
	}

	refused := watchedAt(4, at.Add(time.Second), a, priced("BUSDT", 3, at))
	refused.Status.State, refused.Status.Until = market.Refused, midStep.Add(time.Minute)
	refused.Status.Problem = &market.Problem{Kind: market.LimitedUntil, Until: refused.Status.Until, Told: true}
	got := look(refused)
	if len(got) != 1 || got[0]["state"] != "refused" || got[0]["until"] != "2025-06-17T12:03:30.000Z" || !strings.Contains(got[0]["problem"].(string), "wait until 12:03:30 UTC") {
		t.Fatalf("the state alone: %v", got)
	}
	if _, of := got[0]["symbol"]; of {
		t.Errorf("the state alone has a contract: %v", got)
	}
	again := *refused
	again.Sequence, again.Status.Until = 5, refused.Status.Until.Add(40*time.Millisecond)
	if got := look(market.NewSnapshot(again)); len(got) != 0 {
		t.Errorf("the same moment, reckoned anew: %v", got)
	}

	if got := look(watchedAt(6, at.Add(5*time.Second), a, priced("BUSDT", 5, at), priced("CUSDT", 1, at))); !slices.Equal(symbols(got), []string{"BUSDT", "CUSDT"}) || got[0]["state"] != "live" || got[0]["problem"] != nil || got[0]["until"] != nil {
		t.Errorf("a change, a listing and the end of the trouble: %v", got)
	}
	if got := look(watchedAt(7, at.Add(6*time.Second), a, priced("BUSDT", 5, at))); !slices.Equal(symbols(got), []string{"CUSDT"}) || got[0]["price"] != nil {
		t.Errorf("a contract that is gone: %v", got)
	}
	if got := look(watchedAt(8, at.Add(7*time.Second), a, priced("BUSDT", 5, at))); len(got) != 0 {
		t.Errorf("and then: %v", got)
	}
}

// What fails beside the rest is said while the state is live; that there is
// nothing yet is no problem.
func TestWatchSaysWhatTheWindowSays(t *testing.T) {
	at := midStep
	loading := watchedAt(1, at)
	loading.Status = market.Status{State: market.Loading}
	got := watchLines(t, string(printer(watchCommand{}).changes(loading)))
	if len(got) != 1 || got[0]["state"] != "loading" || got[0]["problem"] != nil {
		t.Errorf("before anything: %v", got)
	}
	partly := watchedAt(1, at, priced("AUSDT", 1, at))
	partly.Status.Partial = []*market.Problem{{Kind: market.RefusedFirewall, Route: market.RouteHistory, Until: at.Add(5 * time.Minute)}}
	for lang, says := range map[assets.Language]string{assets.English: "History is refused until 12:07:30 UTC", assets.Chinese: "历史数据被拒绝"} {
		p := newWatchPrinter(&watchCommand{}, assets.NewWords(lang))
		got := watchLines(t, string(p.changes(partly)))
		if len(got) != 1 || got[0]["state"] != "live" || got[0]["until"] != "2025-06-17T12:07:30.000Z" {
			t.Fatalf("a refused route: %v", got)
		}
		if problem, _ := got[0]["problem"].(string); !strings.Contains(problem, says) {
			t.Errorf("%s: a refused route is %q", lang, problem)
		}
	}
}

func TestWatchPrintsTheContractsAskedFor(t *testing.T) {
	p := printer(watchCommand{Symbol: []symbolFlag{"BUSDT", "NEWUSDT"}, Format: "csv"})
	at := midStep
	down := watchedAt(2, at, priced("AUSDT", 9, at), priced("BUSDT", 2, at))
	down.Status.State, down.Status.Problem = market.Offline, &market.Problem{Kind: market.Unreachable}
	text := string(p.changes(watchedAt(1, at, priced("AUSDT", 1, at), priced("BUSDT", 2, at)))) + string(p.changes(down))
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 3 || strings.Join(rows[0], ",") != watchHeader {
		t.Fatalf("%v:\n%s", err, text)
	}
	if rows[1][4] != "BUSDT" || rows[1][1] != "live" || rows[2][4] != "" || rows[2][1] != "offline" || !strings.Contains(rows[2][2], "No connection") {
		t.Errorf("it prints\n%s", text)
	}
}

// A script that has read enough closes the pipe, and a service is told to stop:
// neither is an error.
func TestWatchEndsQuietly(t *testing.T) {
	s := counted(t, 5)
	for name, end := range map[string]func(*exec.Cmd, io.Closer) error{
		"the reader leaves": func(_ *exec.Cmd, out io.Closer) error { return out.Close() },
		"told to stop":      func(cmd *exec.Cmd, _ io.Closer) error { return cmd.Process.Signal(syscall.SIGTERM) },
	} {
		cmd := exec.Command(os.Args[0], against(s, "watch", "--every", "100ms", "--data-dir", t.TempDir())...)
		var errs buffer
		cmd.Env, cmd.Stderr = append(os.Environ(), asProgram+"=1"), &errs
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill() })
		read := bufio.NewReader(out)
		for { // until a line of a contract: what is printed is not held back
			line, err := read.ReadBytes('\n')
			if err != nil {
				t.Fatalf("%s: %v\n%s", name, err, errs.String())
			}
			if bytes.Contains(line, []byte(`"symbol"`)) {
				break
			}
		}
		if err := end(cmd, out); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil || errs.String() != "" {
			t.Errorf("%s: it ended with %v and said %q", name, err, errs.String())
		}
	}
}
