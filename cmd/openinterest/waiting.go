package main

import (
	"fmt"
	"time"

	"openinterest/data/session"
)

// waiting has the flags of a command that runs once: how long it waits for a
// full table.
type waiting struct {
	Timeout time.Duration `default:"60s" help:"Make do after this long with what is there (default: ${default})."`

	Patience time.Duration `hidden:"" default:"12s"`
}

// Validate refuses a time in which nothing can be done. Kong calls it.
func (w *waiting) Validate() error {
	if w.Timeout <= 0 {
		return fmt.Errorf("--timeout: %v is not longer than nothing", w.Timeout)
	}
	return nil
}

func (w *waiting) session() session.Waiting {
	return session.Waiting{Timeout: w.Timeout, Patience: w.Patience}
}
