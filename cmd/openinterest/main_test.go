package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/adrg/xdg"

	"openinterest/data/sim"
)

// asProgram makes this test binary be the program itself, so that the tests of
// the real process run what was just compiled, and with -race under the race
// detector's eyes.
const asProgram = "OPENINTEREST_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		if os.Getenv(crashesOnWord) != "" {
			go crashOnWord()
		}
		main() // exits
	}
	os.Exit(runTests(m))
}

// runTests runs the tests with a data directory of their own: nothing they do
// is kept where a person's own history lies.
func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "openinterest-test-*")
	if err == nil {
		err = os.Setenv("XDG_DATA_HOME", dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	xdg.Reload()
	return m.Run()
}

// midStep is half-way between two 5-minute stamps: what is computed from a
// stamp stays as it is for as long as a test takes.
var midStep = time.Date(2025, 6, 17, 12, 2, 30, 0, time.UTC)

// exchange starts a simulated exchange whose clock stands still, so that every
// number it serves can be asked for again, to the last digit.
func exchange(t *testing.T, contracts int) *sim.Server {
	t.Helper()
	return exchangeAt(t, contracts, func() time.Time { return midStep })
}

func exchangeAt(t *testing.T, contracts int, now func() time.Time) *sim.Server {
	t.Helper()
	s, err := sim.Start(context.Background(), sim.Options{Contracts: contracts, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// outcome is what a run of the program left.
type outcome struct {
	out, err string // what it printed
	fault    error  // what main would print, too
	code     int    // what main would exit with
	took     time.Duration
}

// program runs the program with these arguments in this process.
func program(t *testing.T, args ...string) outcome {
	t.Helper()
	return programWith(t.Context(), append([]string{"--data-dir", t.TempDir()}, args...)...)
}

func programWith(ctx context.Context, args ...string) outcome {
	var out, errs buffer
	started := time.Now()
	fault := run(ctx, args, streams{out: &out, err: &errs, started: started})
	return outcome{out: out.String(), err: errs.String(), fault: fault, code: exitCode(fault), took: time.Since(started)}
}

// against are the flags that point the program at a simulated exchange.
func against(s *sim.Server, args ...string) []string {
	return append(args, "--rest-url", s.RESTURL(), "--stream-url", s.StreamURL(), "--lang", "en")
}

// buffer is a bytes.Buffer that a logger and a command may write to at once.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// served asks the exchange itself.
func served[T any](t *testing.T, s *sim.Server, path string) T {
	t.Helper()
	response, err := http.Get(s.RESTURL() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var v T
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%s: %v\n%.300s", path, err, body)
	}
	return v
}

// waitFor polls until holds reports true, and fails with what it said last
// where that takes too long.
func waitFor(t *testing.T, limit time.Duration, holds func() (bool, string)) {
	t.Helper()
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	again := time.NewTicker(40 * time.Millisecond)
	defer again.Stop()
	for {
		ok, state := holds()
		if ok {
			return
		}
		select {
		case <-again.C:
		case <-deadline.C:
			t.Fatalf("after %v: %s", limit, state)
		}
	}
}

// goroutines lists the stacks of all goroutines that run the program's own
// code, or hold one of its connections.
func goroutines() []string {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	var ours []string
	for _, s := range strings.Split(string(stacks), "\n\n") {
		if strings.Contains(s, "openinterest/data/") || strings.Contains(s, "openinterest/ui") || strings.Contains(s, "net/http.(*persistConn)") {
			ours = append(ours, s)
		}
	}
	return ours
}

// nothingLeft fails if the program leaves goroutines behind. The exchange of
// the test must be closed by then.
func nothingLeft(t *testing.T) {
	t.Helper()
	waitFor(t, 10*time.Second, func() (bool, string) {
		left := goroutines()
		return len(left) == 0, fmt.Sprintf("%d goroutines are left:\n%s", len(left), strings.Join(left, "\n\n"))
	})
}
