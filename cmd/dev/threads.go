package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Fyne checks that widgets are touched from the UI's goroutine only, unless it
// is built with the tag migrated_fynedo, as the program and its tests are,
// because the checks cost as much as the drawing. So the checks get a run of
// their own, without the tag. Fyne makes them in its real window driver alone
// (internal/driver/glfw and driver/common call internal/async.EnsureMain; the
// driver for tests never does), therefore the window itself is opened here.
//
// Where a call comes from the wrong goroutine, Fyne 2.8 logs
//
//	*** Error in Fyne call thread, this should have been called in fyne.Do[AndWait] ***
//	  From: …/ui/table/table.go:120
//
// and at the start, when built with the tag "hints", it says whether it checks
// at all, which it would not if the metadata declared the migration.
const (
	threadError    = "Error in Fyne call thread"
	threadsChecked = "has not been migrated to the fyne.Do threading model"
)

var threadFrom = regexp.MustCompile(`From: (\S+:\d+)`)

// checkThreads runs the tests of the UI, then the window on the demo market,
// both without the tag, and fails if Fyne complains about either.
func checkThreads(ctx context.Context, m *machine) error {
	var log bytes.Buffer
	suite := command{args: []string{"go", "test", "./ui/..."}, tee: &log}
	if err := m.perform(ctx, suite); err != nil {
		return err
	}
	if err := wrongThreads(log.String()); err != nil || m.goos != "linux" {
		return err
	}
	file := threadsBinary(m)
	if err := build(ctx, m, file, "-tags", "hints"); err != nil {
		return err
	}
	window := []string{file, "--demo", "--lang", "en"}
	fmt.Fprintln(m.err, "+", command{args: window}, "(under Xvfb, 30 s)")
	if m.dryRun {
		return nil
	}
	seen, err := watchWindow(ctx, m, window, time.After(10*time.Second), playWithWindow)
	if err != nil {
		return err
	}
	if !strings.Contains(seen.output, threadsChecked) {
		return errors.New("Fyne did not check threads in this window. Is the migration declared in the metadata, not only by the build tag?")
	}
	return wrongThreads(seen.output)
}

func threadsBinary(m *machine) string {
	return filepath.Join(m.root, "bin", "openinterest-threads")
}

// wrongThreads turns what Fyne logged about threads into an error that names
// each line of code once.
func wrongThreads(log string) error {
	if !strings.Contains(log, threadError) {
		return nil
	}
	var lines []string
	for _, found := range threadFrom.FindAllStringSubmatch(log, -1) {
		if !slices.Contains(lines, found[1]) {
			lines = append(lines, found[1])
		}
	}
	return fmt.Errorf("widgets are touched outside the UI's goroutine (wrap these calls in the dispatcher):\n    %s", strings.Join(lines, "\n    "))
}

// playWithWindow moves over the window, clicks into it and types, so that the
// code behind tooltips, sorting, ticking, searching and both charts has run.
func playWithWindow(ctx context.Context, m *machine, on display) error {
	steps := []string{
		"mousemove 300 200 sleep 1 mousemove 500 260 sleep 1 click 1 sleep 1",
		"mousemove 400 60 click 1 sleep 1 click 1 sleep 1",
		"mousemove 300 700 sleep 1 mousemove 360 720 sleep 1 mousemove 900 700 sleep 1",
		"mousemove 300 300 click 1 key Down key Down key space key Up key space sleep 2",
		"key slash sleep 1 type --delay 50 BTC",
		"sleep 1 key Escape sleep 2",
	}
	for _, step := range steps {
		p := command{args: append([]string{"xdotool"}, strings.Fields(step)...), env: []string{"DISPLAY=" + on.name}}
		if _, err := m.ask(ctx, p); err != nil {
			return fmt.Errorf("playing with the window: %w", err)
		}
	}
	return nil
}
