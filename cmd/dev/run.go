package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// tags are the build tags of the program and its tests. migrated_fynedo tells
// Fyne that this program touches widgets from the UI's goroutine only: without
// it Fyne checks every call, and a table refresh costs twice; thread check
// (threads.go) is where those checks are run. no_emoji leaves out Fyne's font of
// coloured emoji, which nothing here shows and which takes some 15 MB in memory.
const tags = "migrated_fynedo,no_emoji"

// headless are the arguments with which the program opens no window.
var headless = []string{
	"snapshot", "screenshot", "record", "backfill", "export", "events", "score",
	"--help", "-h", "--version",
}

// noDisplay is said where a window was asked for and there is nowhere to open it.
const noDisplay = `there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set). Either

    xvfb-run -a go run ./cmd/dev run                      open the window on a display without a screen
    go run ./cmd/dev run -- screenshot --demo -o oi.png   draw the window into a picture, which needs no display`

// run builds the program and becomes it.
func run(ctx context.Context, m *machine, args []string) error {
	if needsDisplay(m, args) {
		return errors.New(noDisplay)
	}
	if err := ensure(ctx, m, trier{m}, buildNeeds); err != nil {
		return err
	}
	if err := build(ctx, m, binary(m), "-tags", tags); err != nil {
		return err
	}
	program := command{args: append([]string{binary(m)}, args...)}
	if m.dryRun {
		fmt.Fprintln(m.err, "+", program)
		return nil
	}
	return m.become(ctx, program)
}

// needsDisplay reports whether these arguments open a window and the system has
// nowhere to open it.
func needsDisplay(m *machine, args []string) bool {
	if m.goos != "linux" || m.getenv("DISPLAY") != "" || m.getenv("WAYLAND_DISPLAY") != "" {
		return false
	}
	return !slices.ContainsFunc(args, func(a string) bool { return slices.Contains(headless, a) })
}

// binary is where the program is built. The folder is ignored by git; Go's own
// build cache makes the second start quick.
func binary(m *machine) string {
	name := "openinterest"
	if m.goos == "windows" {
		name += ".exe"
	}
	return filepath.Join(m.root, "bin", name)
}

// build builds the program, saying how long it may take before it does.
func build(ctx context.Context, m *machine, file string, flags ...string) error {
	if _, err := os.Stat(file); err != nil {
		fmt.Fprintln(m.err, "The first build compiles Fyne's C parts: about 3 minutes on two cores. Later ones take seconds.")
	}
	args := append([]string{"go", "build"}, flags...)
	if !m.knowsRevision(ctx) {
		args = append(args, "-buildvcs=false")
	}
	args = append(args, "-o", file, "./cmd/openinterest")
	stop := m.patience("still building")
	defer stop()
	return m.perform(ctx, command{args: args, env: []string{"CGO_ENABLED=1"}})
}

// knowsRevision reports whether git will say which revision this is. It refuses
// in a folder that belongs to another user, and then Go refuses to build, unless
// told not to ask.
func (m *machine) knowsRevision(ctx context.Context) bool {
	_, err := m.ask(ctx, cmd("git", "status", "--porcelain"))
	return err == nil
}

// patience says every half minute that something is still being done, until it
// is stopped.
func (m *machine) patience(what string) (stop func()) {
	start := time.Now()
	ticker := time.NewTicker(30 * time.Second)
	over, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case now := <-ticker.C:
				fmt.Fprintf(m.err, "  %s (%s)\n", what, now.Sub(start).Round(time.Second))
			case <-over:
				return
			}
		}
	}()
	return func() {
		ticker.Stop()
		close(over)
		<-ended
	}
}
