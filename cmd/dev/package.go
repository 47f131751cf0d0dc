package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// packager is Fyne's packaging tool, at a pinned version. It is run by name
// instead of through a tool directive in go.mod, which would add the tool's
// thirteen modules to those of everyone who only builds the program.
const packager = "fyne.io/tools/cmd/fyne@v1.7.2"

// pack makes a package for this system in dist/: a .tar.xz with a Makefile,
// desktop entry and icon on Linux, an .app on macOS, an .exe with icon on
// Windows. Arguments go to fyne package.
func pack(ctx context.Context, m *machine, args []string) error {
	if err := ensure(ctx, m, trier{m}, slices.Concat(buildNeeds, packageNeeds)); err != nil {
		return err
	}
	dist := filepath.Join(m.root, "dist")
	file := filepath.Join(m.root, "bin", "release", filepath.Base(binary(m)))
	if err := build(ctx, m, file, "-tags", tags, "-trimpath", "-ldflags=-s -w"); err != nil {
		return err
	}
	// It writes into the folder it is started in.
	tool := append([]string{"go", "run", packager, "package", "--target", m.goos, "--src", m.root, "--executable", file}, args...)
	c := command{args: tool, dir: dist}
	if m.dryRun {
		return m.perform(ctx, c)
	}
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return fmt.Errorf("making a package: %w", err)
	}
	restore, err := keep(filepath.Join(m.root, "FyneApp.toml"))
	if err != nil {
		return err
	}
	if err := errors.Join(m.perform(ctx, c), restore()); err != nil {
		return err
	}
	fmt.Fprintln(m.err, "The package is in", dist)
	return nil
}

// keep reads a file and returns what puts it back: the packager counts its own
// builds in FyneApp.toml, and rewrites the file without its comments.
func keep(file string) (restore func() error, err error) {
	before, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("making a package: %w", err)
	}
	return func() error {
		after, err := os.ReadFile(file)
		if err == nil && bytes.Equal(before, after) {
			return nil
		}
		if err := os.WriteFile(file, before, 0o644); err != nil {
			return fmt.Errorf("putting %s back: %w", file, err)
		}
		return nil
	}, nil
}
