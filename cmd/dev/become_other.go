//go:build !unix

package main

import "context"

// become runs the command to its end: this system cannot replace a process. The
// console sends Ctrl+C to both, and the failure carries the exit code.
func become(ctx context.Context, m *machine, c command) error { return m.do(ctx, c) }
