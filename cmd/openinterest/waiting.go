package main

import (
	"fmt"
	"time"
)

// waiting has the flag of a command that runs once: how long it waits for a
// full table.
type waiting struct {
	Timeout time.Duration `default:"60s" help:"Make do after this long with what is there (default: ${default})."`
}

// Validate refuses a time in which nothing can be done. Kong calls it.
func (w *waiting) Validate() error {
	if w.Timeout <= 0 {
		return fmt.Errorf("--timeout: %v is not longer than nothing", w.Timeout)
	}
	return nil
}
