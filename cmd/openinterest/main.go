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
	"os"
	"os/signal"
	"syscall"
	"time"
)

// version is the program's version; a test keeps it equal to FyneApp.toml.
const version = "0.3.0"

func main() {
	started := time.Now()
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	defer stop()
	err := run(ctx, os.Args[1:], streams{out: os.Stdout, err: os.Stderr, started: started, own: true})
	if err != nil {
		say(os.Stderr, "openinterest: "+err.Error())
	}
	stop()
	os.Exit(exitCode(err))
}

// endings are the signals that end the program in good order. SIGHUP comes when
// the terminal is closed; who started the program by nohup wants it to go on.
func endings() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}
