package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// readInput reads at most so many bytes of a file that the person named, and ends
// with ctx: a FIFO may have no writer, or one that writes no more.
func readInput(ctx context.Context, path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	flags := os.O_RDONLY
	if info.Mode()&fs.ModeNamedPipe != 0 {
		flags |= syscall.O_NONBLOCK // else opening it waits for a writer, whatever this program is told
	}
	f, err := os.OpenFile(path, flags, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	defer context.AfterFunc(ctx, func() { _ = f.SetReadDeadline(time.Unix(1, 0)) })() // a file without deadlines doesn't need one
	again := time.NewTicker(writerEvery)
	defer again.Stop()
	for {
		text, err := io.ReadAll(io.LimitReader(f, most))
		switch {
		case ctx.Err() != nil:
			return nil, inputUnwritten(ctx, path)
		case err != nil || len(text) > 0 || info.Mode()&fs.ModeNamedPipe == 0:
			return text, err
		}
		select { // nobody writes into it yet
		case <-again.C:
		case <-ctx.Done():
			return nil, inputUnwritten(ctx, path)
		}
	}
}

// writerEvery is how often it is looked whether a FIFO has a writer.
const writerEvery = 50 * time.Millisecond

var errUnwritten = errors.New("nobody wrote into it to the end in time")

func inputUnwritten(ctx context.Context, path string) error {
	err := ctx.Err()
	if errors.Is(err, context.DeadlineExceeded) {
		err = errUnwritten
	}
	return &fs.PathError{Op: "read", Path: path, Err: err}
}
