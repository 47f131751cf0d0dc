//go:build unix

package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A FIFO gives what is written into it, whenever that comes. Where nothing comes, or
// no end of it, the program can be told to stop all the same, and stops by itself.
func TestBracketsFromFIFO(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	const position = "--symbol BTCUSDT --side long --entry 20000 --quantity 10 --leverage 10 "
	if got := liquidate(t, position+"--timeout 100ms --brackets "+fifo); got.code != 1 || !strings.Contains(got.fault.Error(), "nobody wrote") {
		t.Errorf("without a writer: exit code %d, %v", got.code, got.fault)
	}
	told, stop := context.WithCancel(t.Context())
	stop()
	if _, err := readInput(told, fifo, 10); !errors.Is(err, context.Canceled) {
		t.Errorf("told to stop: %v", err)
	}
	text, err := os.ReadFile(twoBrackets(t))
	if err != nil {
		t.Fatal(err)
	}
	wrote := make(chan error, 1)
	go func() { wrote <- os.WriteFile(fifo, text, 0o600) }()
	if got := liquidate(t, position+"--brackets "+fifo); got.code != 0 || !strings.Contains(got.out, "USDT") {
		t.Errorf("with a writer: exit code %d, %v", got.code, got.fault)
	}
	if err := <-wrote; err != nil {
		t.Fatal(err)
	}
	writer, err := os.OpenFile(fifo, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	if _, err := writer.WriteString("["); err != nil {
		t.Fatal(err)
	}
	late, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := readInput(late, fifo, 10); !errors.Is(err, errUnwritten) {
		t.Errorf("a writer that does not end: %v", err)
	}
}
