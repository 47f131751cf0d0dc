package main

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
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
		"CGO_ENABLED=1 go test -tags migrated_fynedo,no_emoji -run '^TestSchedule' ./data/feed",
		"CGO_ENABLED=1 go test -tags migrated_fynedo,no_emoji -run '^TestFocus' ./ui",
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

// What is built without the race detector only is run without it, wherever the
// arguments have it in them.
func TestWhatIsNotRacedIsRunAllTheSame(t *testing.T) {
	for _, pattern := range []string{"./...", "./data/...", "./data/feed", "./data/feed/", "./data/feed/..."} {
		f := newFake(t)
		f.run(t, "test", "--", "-count", "2", pattern)
		if want := "CGO_ENABLED=1 go test -tags migrated_fynedo,no_emoji -run '^TestSchedule' -count 2 ./data/feed"; !slices.Contains(f.done, want) {
			t.Errorf("%s: ran\n%s", pattern, strings.Join(f.done, "\n"))
		}
	}
	for _, pattern := range []string{"./data", "./data/feeds", "./ui/..."} {
		if covers(pattern, "data/feed") {
			t.Errorf("%s has data/feed in it", pattern)
		}
	}

	named := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	root, found := os.DirFS("../.."), 0
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		source, err := fs.ReadFile(root, name)
		if err != nil || !strings.HasPrefix(string(source), "//go:build !race") {
			return err
		}
		for _, test := range named.FindAllSubmatch(source, -1) {
			found++
			run := false
			for _, u := range unraced {
				run = run || path.Dir(name) == u.folder && regexp.MustCompile(u.tests).Match(test[1])
			}
			if !run {
				t.Errorf("%s in %s is never run: cmd/dev/test.go does not name it", test[1], name)
			}
		}
		return nil
	})
	if err != nil || found == 0 {
		t.Errorf("%d tests are not raced, %v", found, err)
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
