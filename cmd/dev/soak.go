package main

import (
	"context"
	"fmt"
	"os"
	"slices"
)

// soak runs the window for a day of a simulated market that fails at random, in
// ten minutes, on a display of its own. The program prints what it took and fails
// where that is out of bounds: cmd/openinterest/soak.go. Arguments go to it, such
// as --seed.
func soak(ctx context.Context, m *machine, args []string) error {
	needs := buildNeeds
	if m.goos == "linux" {
		needs = slices.Concat(buildNeeds, testNeeds)
	}
	if err := ensure(ctx, m, trier{m}, needs); err != nil {
		return err
	}
	if err := build(ctx, m, binary(m), "-tags", tags); err != nil {
		return err
	}
	program := command{args: append([]string{binary(m), "soak"}, args...)}
	if m.goos != "linux" || m.dryRun {
		return m.perform(ctx, program)
	}
	home, err := os.MkdirTemp("", "openinterest-soak-")
	if err != nil {
		return fmt.Errorf("opening a window: %w", err)
	}
	defer os.RemoveAll(home)
	screen, err := openDisplay(ctx)
	if err != nil {
		return err
	}
	defer screen.stop()
	program.env = surroundings(screen, home)
	return m.perform(ctx, program)
}
