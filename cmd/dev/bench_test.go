package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestBenchmarksStandBesideTheirBudgets(t *testing.T) {
	rows := benchmarkRows(`goos: linux
pkg: openinterest/ui/table
BenchmarkRefresh/517-2   	   10000	    250000 ns/op	      12 B/op
PASS
pkg: openinterest/charts
BenchmarkFrame-2          	     100	   9000000 ns/op
BenchmarkFrameGoChart-2   	     100	  99000000 ns/op
`)
	var report strings.Builder
	if err := printRows(&report, rows); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`table refresh, 517 rows \(ui/table.BenchmarkRefresh/517\) +250µs +≤ 300µs\n`,
		`\(charts.BenchmarkFrame\) +9ms +≤ 8ms  MISSED\n`,
		`crosshair move +not measured +≤ 200µs\n`,
	} {
		if !regexp.MustCompile(want).MatchString(report.String()) {
			t.Errorf("%s is not in\n%s", want, report.String())
		}
	}
	if strings.Contains(report.String(), "GoChart") {
		t.Errorf("a benchmark that no budget names is in\n%s", report.String())
	}
}

func TestTheSnapshotsStatsAreRead(t *testing.T) {
	for _, test := range []struct {
		stats, full, budget string
	}{
		{`{"seconds_to_full_table":3.21,"requests":1100,"weight":1500}`, "3.21 s", "≤ 5 s"},
		{`{"seconds_to_full_table":7,"requests":1100,"weight":1500}`, "7.00 s", "≤ 5 s  MISSED"},
		{`{"seconds_to_full_table":null,"requests":3,"weight":3}`, "never", "≤ 5 s  MISSED"},
	} {
		rows, err := snapshotRows(figures{wall: 4 * time.Second, output: "XYZUSDT: no answer\n" + test.stats + "\n"})
		if err != nil {
			t.Fatal(err)
		}
		if rows[0].figure != test.full || rows[0].budget != test.budget {
			t.Errorf("%s: %+v", test.stats, rows[0])
		}
	}
	if _, err := snapshotRows(figures{output: "no market today\n"}); err == nil || !strings.Contains(err.Error(), "no market today") {
		t.Errorf("got %v", err)
	}
}

func TestMemoryIsReadFromProc(t *testing.T) {
	if got := residentIn("Name:\tx\nVmHWM:\t  999 kB\nVmRSS:\t  2048 kB\n"); got != 2<<20 {
		t.Errorf("got %d bytes", got)
	}
	if got := residentIn("Name:\tx\n"); got != 0 {
		t.Errorf("got %d bytes", got)
	}
}

func TestTheEmptyWindowIsAProgram(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "main.go", emptyWindow, 0)
	if err != nil {
		t.Fatal(err)
	}
	if file.Name.Name != "main" {
		t.Errorf("package %s", file.Name.Name)
	}
}

func TestThePackagersCountIsPutBack(t *testing.T) {
	file := filepath.Join(t.TempDir(), "FyneApp.toml")
	const before = "# kept\nBuild = 7\n"
	if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	restore, err := keep(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("Build = 8\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := restore(); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(file); string(got) != before {
		t.Errorf("got %q", got)
	}
}

func TestPackagingWithoutMetadataIsRefused(t *testing.T) {
	f := newFake(t)
	if code := f.run(t, "package"); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	contains(t, f.said.String(), "FyneApp.toml")
}

func TestAPackageIsBuiltWithoutPathsOfThisMachine(t *testing.T) {
	f := newFake(t)
	if err := os.WriteFile(filepath.Join(f.root, "FyneApp.toml"), []byte("[Details]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code := f.run(t, "package"); code != 0 {
		t.Fatalf("exit code %d: %s", code, f.said)
	}
	if len(f.done) != 2 {
		t.Fatalf("ran %q", f.done)
	}
	contains(t, f.done[0], "-trimpath")
	contains(t, f.done[1], "fyne.io/tools/cmd/fyne@v1.7.2 package --target linux")
}
