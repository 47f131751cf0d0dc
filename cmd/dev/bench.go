package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// emptyWindow is a program that opens an empty Fyne window: what the window's
// memory is compared with.
//
//go:embed emptywindow.go.txt
var emptyWindow []byte

// settled is how long a window stands before its memory is read: the demo
// market has filled by then, and the garbage of the start is gone.
const settled = 45 * time.Second

// row is one line of the report: what was measured, the figure, the budget.
type row struct{ what, figure, budget string }

// timeBudgets are the budgets that a benchmark measures, and how the benchmark
// is known: by its package's folder and its name. Benchmarks that no budget
// names are only printed by go test.
var timeBudgets = []struct {
	what      string
	benchmark *regexp.Regexp
	limit     time.Duration
}{
	{"table refresh, 517 rows", regexp.MustCompile(`^ui/table\.BenchmarkRefresh/517$`), 300 * time.Microsecond},
	{"table refresh, 1,500 rows", regexp.MustCompile(`^ui/table\.BenchmarkRefresh/1500$`), 600 * time.Microsecond},
	{"chart frame, 1800 × 800, 10 × 105,120 points", regexp.MustCompile(`^charts\.BenchmarkFrame$`), 8 * time.Millisecond},
	{"a frame of both panes while panning, 2560 × 1440", regexp.MustCompile(`^charts\.BenchmarkPan$`), 16 * time.Millisecond},
	{"market map, 517 contracts", regexp.MustCompile(`^charts\.BenchmarkMap/517$`), 8 * time.Millisecond},
	{"market map, 3,000 contracts", regexp.MustCompile(`^charts\.BenchmarkMap/3000$`), 20 * time.Millisecond},
	{"hover over the map", regexp.MustCompile(`^charts\.BenchmarkMapHover/`), 200 * time.Microsecond},
	{"crosshair move", regexp.MustCompile(`^ui/\w+\.BenchmarkCrosshair`), 200 * time.Microsecond},
}

// bench runs the benchmarks, then measures whole processes against the demo
// market, and prints both beside the budgets. Arguments go to go test.
func bench(ctx context.Context, m *machine, args []string) error {
	needs := buildNeeds
	if m.goos == "linux" {
		needs = append(needs[:len(needs):len(needs)], testNeeds...)
	}
	if err := ensure(ctx, m, trier{m}, needs); err != nil {
		return err
	}
	var log bytes.Buffer
	flags, packages := splitPackages(args)
	suite := append([]string{"go", "test", "-run", "^$", "-bench", ".", "-benchmem", "-tags", tags, "-timeout", "30m"}, flags...)
	failed := m.perform(ctx, command{args: append(suite, packages...), env: []string{"CGO_ENABLED=1"}, tee: &log})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	rows := benchmarkRows(log.String())
	for _, measured := range []func(context.Context, *machine) ([]row, error){measureSnapshot, measureWindow} {
		more, err := measured(ctx, m)
		failed = errors.Join(failed, err)
		rows = append(rows, more...)
	}
	if m.dryRun {
		return failed
	}
	return errors.Join(printRows(m.out, rows), failed) // what could be measured, whatever failed
}

// What go test prints: the package, then its benchmarks. The number of
// processors ends each name.
var (
	packageLine   = regexp.MustCompile(`^pkg: openinterest/(\S+)`)
	benchmarkLine = regexp.MustCompile(`^(Benchmark\S+?)(?:-\d+)?\s+\d+\s+([0-9.]+) ns/op`)
)

// benchmarkRows finds the benchmarks that measure a budget in go test's output.
// A budget that nothing measured says so.
func benchmarkRows(log string) []row {
	type result struct {
		name string
		took time.Duration
	}
	var results []result
	folder := ""
	for line := range strings.Lines(log) {
		if found := packageLine.FindStringSubmatch(line); found != nil {
			folder = found[1]
		}
		found := benchmarkLine.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		if ns, err := strconv.ParseFloat(found[2], 64); err == nil {
			results = append(results, result{folder + "." + found[1], time.Duration(ns)})
		}
	}
	var rows []row
	for _, b := range timeBudgets {
		budget, measured := "≤ "+b.limit.String(), false
		for _, r := range results {
			if b.benchmark.MatchString(r.name) {
				rows = append(rows, row{b.what + " (" + r.name + ")", r.took.String(), verdict(budget, r.took <= b.limit)})
				measured = true
			}
		}
		if !measured {
			rows = append(rows, row{b.what, "not measured", budget})
		}
	}
	return rows
}

// measureSnapshot measures a cold start to a full table, without a window.
func measureSnapshot(ctx context.Context, m *machine) ([]row, error) {
	if err := build(ctx, m, binary(m), "-tags", tags); err != nil {
		return nil, err
	}
	program := []string{binary(m), "snapshot", "--demo", "--stats"}
	fmt.Fprintln(m.err, "+", command{args: program})
	if m.dryRun {
		return nil, nil
	}
	f, err := measure(ctx, m, program)
	if err != nil {
		return nil, err
	}
	return snapshotRows(f)
}

// snapshotRows reads the line that --stats prints.
func snapshotRows(f figures) ([]row, error) {
	var stats struct {
		Seconds  *float64 `json:"seconds_to_full_table"`
		Requests int      `json:"requests"`
		Weight   int      `json:"weight"`
	}
	lines := strings.Split(strings.TrimSpace(f.output), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &stats); err != nil {
		return nil, fmt.Errorf("reading the snapshot's --stats: %w\n%s", err, f.output)
	}
	full, budget := "never", verdict("≤ 5 s", false)
	if stats.Seconds != nil {
		full, budget = fmt.Sprintf("%.2f s", *stats.Seconds), verdict("≤ 5 s", *stats.Seconds <= 5)
	}
	return []row{
		{"snapshot of the demo market: start to a full table", full, budget},
		{"  requests made", strconv.Itoa(stats.Requests), ""},
		{"  weight used", strconv.Itoa(stats.Weight), verdict("≤ 1920 a minute", stats.Weight <= 1920)},
		{"  whole process", fmt.Sprintf("%.2f s (processor %.2f s)", f.wall.Seconds(), (f.user + f.system).Seconds()), ""},
		{"  peak memory, simulated exchange included", megabytes(f.peak), ""},
	}, nil
}

// measureWindow compares the memory of the window with that of an empty one.
// More processes to measure belong here.
func measureWindow(ctx context.Context, m *machine) ([]row, error) {
	if m.goos != "linux" {
		return nil, nil
	}
	empty := filepath.Join(m.root, "bin", "emptywindow")
	if err := buildEmptyWindow(ctx, m, empty); err != nil {
		return nil, err
	}
	var resident [2]int64
	var spent [2]time.Duration
	for i, program := range [][]string{{empty}, {binary(m), "--demo"}} {
		fmt.Fprintf(m.err, "+ %s (under Xvfb, %s)\n", command{args: program}, settled)
		if m.dryRun {
			continue
		}
		f, err := watchWindow(ctx, m, program, time.After(settled), nil)
		if err != nil {
			return nil, err
		}
		resident[i], spent[i] = f.resident, f.user+f.system
	}
	if m.dryRun {
		return nil, nil
	}
	ratio := float64(resident[1]) / float64(resident[0])
	return []row{
		{"empty Fyne window " + windowSize + ": resident memory", megabytes(resident[0]), ""},
		{"window on the demo market, after " + settled.String(), fmt.Sprintf("%s (%.2f ×)", megabytes(resident[1]), ratio), verdict("≤ 1.7 ×", ratio <= 1.7)},
		{"  processor, simulated exchange and software OpenGL included", fmt.Sprintf("%.1f s (empty: %.1f s)", spent[1].Seconds(), spent[0].Seconds()), ""},
	}, nil
}

// buildEmptyWindow builds the embedded program inside this module, so that it
// has the same Fyne, without being one of its packages.
func buildEmptyWindow(ctx context.Context, m *machine, file string) error {
	dir, err := os.MkdirTemp("", "openinterest-empty-")
	if err != nil {
		return fmt.Errorf("building an empty window: %w", err)
	}
	defer os.RemoveAll(dir)
	source := filepath.Join(dir, "main.go")
	if err := os.WriteFile(source, emptyWindow, 0o600); err != nil {
		return fmt.Errorf("building an empty window: %w", err)
	}
	return m.perform(ctx, command{args: []string{"go", "build", "-tags", tags, "-o", file, source}, env: []string{"CGO_ENABLED=1"}})
}

func verdict(budget string, kept bool) string {
	if kept {
		return budget
	}
	return budget + "  MISSED"
}

func megabytes(bytes int64) string {
	if bytes == 0 {
		return "unknown"
	}
	return fmt.Sprintf("%.0f MB", float64(bytes)/1e6)
}

func printRows(w io.Writer, rows []row) error {
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(t, "\nwhat\tmeasured\tbudget")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%s\t%s\n", r.what, r.figure, r.budget)
	}
	return t.Flush()
}
