// Command openinterest is Open Interest Tracker: a window that shows the open
// interest of every USDT-margined perpetual contract on Binance Futures, live,
// and headless subcommands for scripts.
//
// This package is the composition root: it reads flags, wires the rooms
// together, and starts the window or a subcommand. It holds no logic of its
// own that another room could hold.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// version is the program's version; a test keeps it equal to FyneApp.toml.
const version = "0.1.0"

func main() {
	started := time.Now()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], streams{out: os.Stdout, err: os.Stderr, started: started})
	if err != nil {
		fmt.Fprintln(os.Stderr, "openinterest:", err)
	}
	stop()
	os.Exit(exitCode(err))
}
