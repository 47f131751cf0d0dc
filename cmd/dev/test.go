package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// unraced are the tests that are built without the race detector only (their
// files say !race): it could find nothing in their one goroutine, and it makes
// hours of an imagined market, or some hundred pictures of a window, take minutes.
var unraced = []struct{ tests, folder string }{
	{"^TestSchedule", "data/feed"},
	{"^TestFocus", "ui"},
}

// test passes the tests. What is quick to fail comes first; the whole suite,
// with the race detector, comes last, so that go test's own lines are what the
// output ends with. Arguments narrow the run: with any, only gofmt, go vet and
// go test with those arguments are run.
func test(ctx context.Context, m *machine, args []string) error {
	if err := ensure(ctx, m, trier{m}, slices.Concat(buildNeeds, testNeeds)); err != nil {
		return err
	}
	if _, err := os.Stat(threadsBinary(m)); err != nil {
		fmt.Fprintln(m.err, "The first run compiles Fyne's C parts, with and without the race detector: about 8 minutes on two cores.")
	}
	if err := checkFormat(m); err != nil {
		return err
	}
	cgo := []string{"CGO_ENABLED=1"}
	if err := m.perform(ctx, command{args: []string{"go", "vet", "-tags", tags, "./..."}, env: cgo}); err != nil {
		return err
	}
	var threads, packages error
	if len(args) == 0 {
		if threads = checkThreads(ctx, m); ctx.Err() != nil {
			return ctx.Err()
		}
		if packages = checkPackages(ctx, m); ctx.Err() != nil {
			return ctx.Err()
		}
	}
	flags, folders := splitPackages(args)
	var alone error
	for _, u := range unraced {
		if !slices.ContainsFunc(folders, func(pattern string) bool { return covers(pattern, u.folder) }) {
			continue
		}
		// A -run among the flags comes later, so it is the one that holds.
		line := slices.Concat([]string{"go", "test", "-tags", tags, "-run", u.tests}, flags, []string{"./" + u.folder})
		alone = errors.Join(alone, m.perform(ctx, command{args: line, env: cgo}))
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	all := append([]string{"go", "test", "-race", "-tags", tags, "-timeout", "30m"}, flags...)
	err := m.perform(ctx, command{args: append(all, folders...), env: cgo})
	if threads != nil || packages != nil || alone != nil {
		return errors.Join(threads, packages, alone, err)
	}
	return err
}

// covers reports whether a pattern of packages, such as ./data/..., has the one
// in a folder in it.
func covers(pattern, folder string) bool {
	pattern = strings.TrimPrefix(pattern, "./")
	if above, all := strings.CutSuffix(pattern, "..."); all {
		return strings.HasPrefix(folder+"/", above)
	}
	return strings.TrimSuffix(pattern, "/") == folder
}

// splitPackages tells go test's flags from its packages, and names all packages
// where there are none. A word that begins a path is a package; what else there
// is stays in order, so that a flag keeps its value.
func splitPackages(args []string) (flags, packages []string) {
	for i, a := range args {
		if a == "-args" || a == "--args" { // the rest belongs to the test programs
			if len(packages) == 0 {
				packages = []string{"./..."}
			}
			return flags, append(packages, args[i:]...)
		}
		if a == "." || strings.HasPrefix(a, "./") || strings.HasSuffix(a, "...") {
			packages = append(packages, a)
		} else {
			flags = append(flags, a)
		}
	}
	if len(packages) == 0 {
		packages = []string{"./..."}
	}
	return flags, packages
}

// checkFormat names the Go files that gofmt would change. It formats them
// itself, because not every system that has Go has gofmt on its PATH.
func checkFormat(m *machine) error {
	fmt.Fprintln(m.err, "+ gofmt -l .")
	if m.dryRun {
		return nil
	}
	var wrong []string
	err := filepath.WalkDir(m.root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if path != m.root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "bin" || name == "dist") {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) != ".go" {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		formatted, err := format.Source(source)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if !bytes.Equal(bytes.ReplaceAll(source, []byte("\r\n"), []byte("\n")), formatted) {
			relative, _ := filepath.Rel(m.root, path)
			wrong = append(wrong, relative)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("checking the format: %w", err)
	}
	if len(wrong) > 0 {
		return fmt.Errorf("gofmt would change these files (gofmt -w mends them):\n    %s", strings.Join(wrong, "\n    "))
	}
	return nil
}
