package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestTestRunsTheSuiteLast(t *testing.T) {
	f := newFake(t)
	f.goos = "darwin" // no window under Xvfb there
	if code := f.run(t, "test"); code != 0 {
		t.Fatalf("exit code %d: %s", code, f.said)
	}
	want := []string{
		"CGO_ENABLED=1 go vet -tags migrated_fynedo,no_emoji ./...",
		"go test ./ui/...",
		"CGO_ENABLED=1 go test -race -tags migrated_fynedo,no_emoji -timeout 30m ./...",
	}
	if !slices.Equal(f.done, want) {
		t.Errorf("ran\n%s", strings.Join(f.done, "\n"))
	}
}

func TestTestPassesFlagsOn(t *testing.T) {
	f := newFake(t)
	if code := f.run(t, "test", "--", "-run", "Sort", "./ui/table"); code != 0 {
		t.Fatalf("exit code %d: %s", code, f.said)
	}
	if want := "CGO_ENABLED=1 go test -race -tags migrated_fynedo,no_emoji -timeout 30m -run Sort ./ui/table"; len(f.done) != 2 || f.done[1] != want {
		t.Errorf("ran\n%s", strings.Join(f.done, "\n"))
	}
}

func TestFlagsAndPackagesAreToldApart(t *testing.T) {
	for _, test := range []struct{ args, flags, packages string }{
		{"", "", "./..."},
		{"-short", "-short", "./..."},
		{"-run X -count 2", "-run X -count 2", "./..."},
		{"./data/... -v ./ui", "-v", "./data/... ./ui"},
		{"-run X -args ./file", "-run X", "./... -args ./file"},
	} {
		flags, packages := splitPackages(strings.Fields(test.args))
		if strings.Join(flags, " ") != test.flags || strings.Join(packages, " ") != test.packages {
			t.Errorf("%q: flags %q, packages %q", test.args, flags, packages)
		}
	}
}

func TestAFailedSuiteFailsTheCommand(t *testing.T) {
	f := newFake(t)
	f.goos = "darwin"
	f.fails = "go test -race"
	if code := f.run(t, "test"); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
}

func TestUnformattedFilesAreNamed(t *testing.T) {
	f := newFake(t)
	for name, source := range map[string]string{
		"good.go":         "package x\n",
		"sub/bad.go":      "package   x\n",
		"testdata/any.go": "package   x\n",
		".hidden/any.go":  "not Go at all",
	} {
		path := filepath.Join(f.root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if code := f.run(t, "test"); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	contains(t, f.said.String(), filepath.Join("sub", "bad.go"))
	for _, fine := range []string{"good.go", "any.go"} {
		if strings.Contains(f.said.String(), fine) {
			t.Errorf("%s is named:\n%s", fine, f.said)
		}
	}
}

func TestCallsFromTheWrongThreadAreNamedOnce(t *testing.T) {
	const log = `2026/11/22 14:00:00 *** Error in Fyne call thread, this should have been called in fyne.Do[AndWait] ***
2026/11/22 14:00:00 *** This error needs to be addressed as it could cause concurrent errors soon ***
2026/11/22 14:00:00   From: /src/ui/table/table.go:120
2026/11/22 14:00:01 *** Error in Fyne call thread, this should have been called in fyne.Do[AndWait] ***
2026/11/22 14:00:01   From: /src/ui/table/table.go:120
2026/11/22 14:00:02 *** Error in Fyne call thread, this should have been called in fyne.Do[AndWait] ***
2026/11/22 14:00:02   From: /src/ui/guide/pane.go:7
`
	err := wrongThreads(log)
	if err == nil {
		t.Fatal("not noticed")
	}
	if got := strings.Count(err.Error(), "table.go:120"); got != 1 {
		t.Errorf("named %d times: %v", got, err)
	}
	contains(t, err.Error(), "/src/ui/guide/pane.go:7")
	if err := wrongThreads("ok  \topeninterest/ui/table\t1.2s\n"); err != nil {
		t.Errorf("a clean log: %v", err)
	}
}
