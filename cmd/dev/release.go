package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The tools that make packages are run by name, at pinned versions, so that
// their modules stay out of go.mod.
const (
	nfpm      = "github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.2"
	cyclonedx = "github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0"
)

const appID = "io.github.openinterest.tracker"

// release makes everything that people install, in dist/. The same commit gives
// the same bytes, wherever it is built, so that anybody can check what they were
// given: --check proves it by a second build in another folder.
func release(ctx context.Context, m *machine, args []string) error {
	check, linuxOnly := false, false
	for _, a := range args {
		switch a {
		case "--check":
			check = true
		case "--linux":
			linuxOnly = true
		default:
			return fmt.Errorf("release takes --check (build twice and compare) and --linux (the packages for Linux alone), not %q", a)
		}
	}
	if m.goos != "linux" {
		return errors.New("a release is made on Linux; go run ./cmd/dev package makes a package for this system")
	}
	needs := slices.Concat(buildNeeds, packageNeeds, releaseNeeds)
	if !linuxOnly {
		needs = append(needs, windowsNeeds...)
	}
	if err := ensure(ctx, m, trier{m}, needs); err != nil {
		return err
	}
	if m.dryRun {
		return nil
	}
	r, err := newReleaser(ctx, m)
	if err != nil {
		return err
	}
	if err := r.make(ctx, linuxOnly); err != nil {
		return fmt.Errorf("making the release: %w", err)
	}
	if check {
		return r.check(ctx, args)
	}
	return nil
}

// releaser makes one release.
type releaser struct {
	m       *machine
	version string    // such as 0.2.0
	date    time.Time // of the commit: every file in every package has this time
	dist    string    // where packages go
	work    string    // what they are made from
	licence string
}

func newReleaser(ctx context.Context, m *machine) (*releaser, error) {
	r := &releaser{m: m, dist: filepath.Join(m.root, "dist"), work: filepath.Join(m.root, "bin", "release")}
	toml, err := os.ReadFile(filepath.Join(m.root, "FyneApp.toml"))
	if err != nil {
		return nil, fmt.Errorf("reading the version: %w", err)
	}
	found := regexp.MustCompile(`(?m)^\s*Version = "([0-9.]+)"`).FindSubmatch(toml)
	if found == nil {
		return nil, errors.New("FyneApp.toml has no line with a version")
	}
	r.version = string(found[1])
	if r.date, err = commitTime(ctx, m); err != nil {
		return nil, err
	}
	licence, err := os.ReadFile(filepath.Join(m.root, "LICENSE"))
	r.licence = string(licence)
	return r, err
}

// commitTime is when the commit that is built was made, or what
// SOURCE_DATE_EPOCH says where there is no repository.
func commitTime(ctx context.Context, m *machine) (time.Time, error) {
	seconds := m.getenv("SOURCE_DATE_EPOCH")
	if seconds == "" {
		out, err := m.ask(ctx, cmd("git", "log", "-1", "--format=%ct"))
		if err != nil {
			return time.Time{}, fmt.Errorf("asking git for the time of the commit (outside of a repository, set SOURCE_DATE_EPOCH): %w", err)
		}
		seconds = strings.TrimSpace(out)
	}
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("the time of the commit is no number of seconds: %w", err)
	}
	return time.Unix(n, 0).UTC(), nil
}

// make makes every artefact, then their sums.
func (r *releaser) make(ctx context.Context, linuxOnly bool) error {
	for _, folder := range []string{r.dist, r.work} {
		if err := os.RemoveAll(folder); err != nil {
			return err
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	steps := []func(context.Context) error{r.licences, r.icons, r.linuxBinary, r.stage, r.validate, r.debAndRPM, r.tarball}
	if !linuxOnly {
		steps = append(steps, r.windowsBinary, r.installer, r.source, r.sbom)
	}
	for _, step := range append(steps, r.sums) {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// perform runs a command with the environment in which tools make the same bytes
// again.
func (r *releaser) perform(ctx context.Context, c command) error {
	c.env = append([]string{"SOURCE_DATE_EPOCH=" + strconv.FormatInt(r.date.Unix(), 10), "TZ=UTC", "LC_ALL=C.UTF-8"}, c.env...)
	return r.m.perform(ctx, c)
}

// build builds the program for a system. The flags leave out what differs from
// one folder to another.
func (r *releaser) build(ctx context.Context, file, ldflags, mode string, env ...string) error {
	stop := r.m.patience("still building")
	defer stop()
	return r.perform(ctx, command{
		args: []string{"go", "build", "-tags", tags, "-trimpath", "-buildvcs=false", mode, "-ldflags=-s -w -buildid= " + ldflags, "-o", file, "./cmd/openinterest"},
		env:  append([]string{"CGO_ENABLED=1", "GOFLAGS=", "CGO_CFLAGS=-O2 -g0"}, env...),
	})
}

// fill copies a file of assets/packaging with its words in braces replaced.
func (r *releaser) fill(from, to string, words map[string]string) error {
	text, err := os.ReadFile(filepath.Join(r.m.root, "assets", "packaging", from))
	if err != nil {
		return err
	}
	filled := strings.ReplaceAll(string(text), "{version}", r.version)
	for word, value := range words {
		filled = strings.ReplaceAll(filled, "{"+word+"}", value)
	}
	return r.write(to, []byte(filled))
}

// write makes a file of the release and the folders above it.
func (r *releaser) write(file string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, content, 0o644)
}

// tarXZ packs folders of a folder so that the archive depends on nothing but
// what is in them. Paths in the archive begin with top.
func (r *releaser) tarXZ(ctx context.Context, file, folder, top string) error {
	date := "@" + strconv.FormatInt(r.date.Unix(), 10)
	tar := strings.TrimSuffix(file, ".xz")
	if err := r.perform(ctx, cmd("tar", "--sort=name", "--mtime="+date, "--owner=0", "--group=0", "--numeric-owner", "--format=gnu",
		"--mode=u=rwX,go=rX", "--transform=s,^\\.,"+top+",", "-C", folder, "-cf", tar, ".")); err != nil {
		return err
	}
	return r.perform(ctx, cmd("xz", "-9", "--threads=1", "--force", tar))
}

// check builds the release again from a fresh clone and compares the sums.
func (r *releaser) check(ctx context.Context, args []string) error {
	changed, err := r.m.ask(ctx, cmd("git", "status", "--porcelain"))
	if err != nil {
		return fmt.Errorf("asking git what was changed: %w", err)
	}
	if strings.TrimSpace(changed) != "" {
		return errors.New("the second build is made from the last commit, and there are changes since: commit them first")
	}
	folder, err := os.MkdirTemp("", "openinterest-release-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	clone := filepath.Join(folder, "a", "clone")
	if err := r.m.perform(ctx, cmd("git", "clone", "--quiet", r.m.root, clone)); err != nil {
		return err
	}
	again := append([]string{"go", "run", "./cmd/dev", "release"}, slices.DeleteFunc(slices.Clone(args), func(a string) bool { return a == "--check" })...)
	if err := r.m.perform(ctx, command{args: again, dir: clone}); err != nil {
		return fmt.Errorf("building again: %w", err)
	}
	return compareSums(r.m.out, filepath.Join(r.dist, sumsFile), filepath.Join(clone, "dist", sumsFile))
}

// compareSums says of each artefact whether both builds made the same.
func compareSums(out io.Writer, first, second string) error {
	a, err := readSums(first)
	if err != nil {
		return err
	}
	b, err := readSums(second)
	if err != nil {
		return err
	}
	all := maps.Clone(a)
	maps.Copy(all, b)
	var differ []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if a[name] != b[name] {
			differ = append(differ, name)
			continue
		}
		fmt.Fprintf(out, "same bytes twice: %s\n", name)
	}
	if len(differ) > 0 {
		return fmt.Errorf("a second build in another folder made other bytes of %s", strings.Join(differ, ", "))
	}
	return nil
}
