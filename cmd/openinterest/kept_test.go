package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"openinterest/data/history"
	"openinterest/data/market"
	"openinterest/data/sim"
)

// counted starts a simulated exchange that refuses who asks too much.
func counted(t *testing.T, contracts int) *sim.Server {
	t.Helper()
	s, err := sim.Start(context.Background(), sim.Options{Contracts: contracts, EnforceBudgets: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// saysLateAtMost reports whether standard error says nothing, or that the stamp
// from which a change over five minutes counts isn't published yet: that is so in
// one minute of five.
func saysLateAtMost(said string) bool {
	return said == "" || strings.HasPrefix(said, "oi_change_5m_pct: empty on ") && strings.Count(said, "\n") == 1
}

// A second run asks for almost no history, and prints as much.
func TestASecondSnapshotIsCheap(t *testing.T) {
	s := counted(t, 80)
	dir := t.TempDir()
	first := program(t, against(s, "snapshot", "--data-dir", dir)...)
	if first.code != 0 || !saysLateAtMost(first.err) {
		t.Fatalf("the first: %d, %v\n%s", first.code, first.fault, first.err)
	}
	asked := s.Stats().Requests[historyPath]
	second := program(t, against(s, "snapshot", "--data-dir", dir)...)
	if second.code != 0 || !saysLateAtMost(second.err) {
		t.Fatalf("the second: %d, %v\n%s", second.code, second.fault, second.err)
	}
	if n := s.Stats().Requests[historyPath] - asked; n >= 15 {
		t.Errorf("%d requests for history in the second run, %d in the first", n, asked)
	}
	if s.Stats().Refused != 0 {
		t.Errorf("%d requests were refused", s.Stats().Refused)
	}
	rows, before := parseCSV(t, second.out), parseCSV(t, first.out)
	for symbol, row := range rows {
		for name, value := range row {
			if value == nil && before[symbol][name] != nil && name != "oi_change_5m_pct" { // the newest stamp may have closed meanwhile
				t.Errorf("%s: %s is known in the first run, not in the second", symbol, name)
			}
		}
	}
}

// The snapshot is of now: what was known before is not printed as if it were new.
func TestASnapshotOfNothingPrintsNothingOld(t *testing.T) {
	s := counted(t, 20)
	dir := t.TempDir()
	if first := program(t, against(s, "snapshot", "--data-dir", dir)...); first.code != 0 {
		t.Fatal(first.fault)
	}
	s.Close()
	again := program(t, against(s, "snapshot", "--data-dir", dir, "--timeout", "2s")...)
	if again.code != 1 || again.out != "" {
		t.Errorf("with the exchange gone: code %d, printed\n%s", again.code, again.out)
	}
}

// The demo's numbers are nobody's history.
func TestTheDemoKeepsNothing(t *testing.T) {
	dir := t.TempDir()
	if got := program(t, "snapshot", "--demo", "--data-dir", dir, "--timeout", "4s"); got.code != 0 {
		t.Fatal(got.fault)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
		t.Errorf("the demo left %v, %v", files, err)
	}
}

// A folder that cannot be written to costs the history, nothing else.
func TestWithoutAFolderTheProgramGoesOn(t *testing.T) {
	s := counted(t, 10)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got := program(t, against(s, "snapshot", "--data-dir", file)...)
	if got.code != 0 || len(parseCSV(t, got.out)) != 10 {
		t.Errorf("code %d, %v", got.code, got.fault)
	}
	if n := strings.Count(got.err, "history is not being kept"); n != 1 {
		t.Errorf("it is said %d times:\n%s", n, got.err)
	}
}

// A terminal that is closed ends the program in good order, as SIGTERM does.
func TestAClosedTerminalEndsTheProgramInGoodOrder(t *testing.T) {
	s := counted(t, 5)
	cmd, errs := exec.Command(os.Args[0], against(s, "record", "--data-dir", t.TempDir())...), &buffer{}
	cmd.Env, cmd.Stderr = append(os.Environ(), asProgram+"=1"), errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	waitFor(t, 30*time.Second, func() (bool, string) { return strings.Contains(errs.String(), "every contract is live"), errs.String() })
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || !strings.Contains(errs.String(), "msg=stopped") {
		t.Errorf("it ended with %v and said:\n%s", err, errs.String())
	}
}

// Who started the program by nohup wants it to outlive the terminal.
func TestNohupIsRespected(t *testing.T) {
	if got := endings(); !signal.Ignored(syscall.SIGHUP) && !slices.Contains(got, os.Signal(syscall.SIGHUP)) {
		t.Errorf("the program ends by %v", got)
	}
	signal.Ignore(syscall.SIGHUP)
	defer signal.Reset(syscall.SIGHUP)
	if got := endings(); slices.Contains(got, os.Signal(syscall.SIGHUP)) || len(got) != 2 {
		t.Errorf("the program ends by %v", got)
	}
}

func TestRecordKeepsTheHistoryAndStopsWhenTold(t *testing.T) {
	s := counted(t, 30)
	dir := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	var errs buffer
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, against(s, "record", "--data-dir", dir), streams{out: io.Discard, err: &errs, started: time.Now()})
	}()
	waitFor(t, 30*time.Second, func() (bool, string) { return strings.Contains(errs.String(), "every contract is live"), errs.String() })
	stop()
	if err := <-ended; err != nil {
		t.Fatalf("told to stop, it failed: %v", err)
	}
	if !strings.Contains(errs.String(), "stopped") {
		t.Errorf("it says:\n%s", errs.String())
	}
	g := globals{RestURL: s.RESTURL(), DataDir: dir}
	store, err := history.Open(t.Context(), g.historyDir(), history.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	table, err := store.LoadTable(t.Context(), 500)
	if err != nil {
		t.Fatal(err)
	}
	var symbols []string
	for _, q := range table.Quotes {
		symbols = append(symbols, q.Contract.Symbol)
		if q.History.Len() < 2 || !market.Known(q.Contracts()) {
			t.Errorf("%s: %d stamps, %v contracts", q.Contract.Symbol, q.History.Len(), q.Contracts())
		}
	}
	if !slices.Equal(symbols, s.Symbols()) {
		t.Errorf("%d contracts were kept, want %d", len(symbols), len(s.Symbols()))
	}
}
