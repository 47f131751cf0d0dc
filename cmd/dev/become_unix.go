//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// become replaces this process by the command. The program then receives every
// signal itself, Ctrl+C included, and its exit code is the process's.
func become(_ context.Context, m *machine, c command) error {
	path, err := exec.LookPath(c.args[0])
	if err != nil {
		return fmt.Errorf("starting %s: %w", c.args[0], err)
	}
	err = syscall.Exec(path, c.args, append(os.Environ(), c.env...))
	return fmt.Errorf("starting %s: %w", c.args[0], err) // reached only on failure
}
