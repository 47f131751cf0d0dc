//go:build unix

package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

func writeText(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func makeFile(t *testing.T, path, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// What is written is there whole, and nothing else is in its folder.
func TestOutputFile(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out.csv")
	for _, text := range []string{"first", "2nd"} {
		if err := checkOutput(out); err != nil {
			t.Fatal(err)
		}
		if err := writeOutput(t.Context(), out, writeText(text)); err != nil {
			t.Fatal(err)
		}
		if got := readText(t, out); got != text {
			t.Errorf("wrote %q, found %q", text, got)
		}
	}
	failed := errors.New("half way")
	err := writeOutput(t.Context(), out, func(w io.Writer) error {
		_, err := io.WriteString(w, "half")
		return errors.Join(err, failed)
	})
	if !errors.Is(err, failed) || readText(t, out) != "2nd" {
		t.Errorf("a writing that failed (%v) left %q", err, readText(t, out))
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("beside the file lies %v, %v", left, err)
	}
}

// Of a file that nobody else may read, nobody else may read the new content.
func TestOutputKeepsMode(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.csv")
	for _, mode := range []fs.FileMode{0o600, 0o640, 0o666} {
		makeFile(t, out, "before", mode)
		err := writeOutput(t.Context(), out, func(w io.Writer) error {
			f, ok := w.(*os.File)
			if !ok {
				t.Fatalf("it writes into a %T", w)
			}
			if info, err := f.Stat(); err != nil || info.Mode().Perm() != mode {
				t.Errorf("while it is written the mode is %v, %v, not %v", info.Mode(), err, mode)
			}
			return writeText("after")(w)
		})
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(out); err != nil || info.Mode() != mode || readText(t, out) != "after" {
			t.Errorf("mode %v became %v, %v", mode, info.Mode(), err)
		}
	}
}

// A link stays a link, whether or not what it leads to is there.
func TestOutputFollowsLinks(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	link, target := filepath.Join(dir, "link.csv"), filepath.Join(elsewhere, "target.csv")
	relative, err := filepath.Rel(dir, target)
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{target, relative} {
		if err := errors.Join(os.RemoveAll(link), os.RemoveAll(target), os.Symlink(to, link)); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"made", "replaced"} {
			if err := errors.Join(checkOutput(link), writeOutput(t.Context(), link, writeText(text))); err != nil {
				t.Fatal(err)
			}
			if now, err := os.Readlink(link); err != nil || now != to {
				t.Errorf("the link leads to %q, %v, not %q", now, err, to)
			}
			if got := readText(t, target); got != text {
				t.Errorf("its target holds %q, not %q", got, text)
			}
		}
	}
	circle := filepath.Join(dir, "circle")
	if err := os.Symlink(circle, circle); err != nil {
		t.Fatal(err)
	}
	if checkOutput(circle) == nil || writeOutput(t.Context(), circle, writeText("x")) == nil {
		t.Error("a link to itself was written")
	}
}

// A FIFO gives its reader what is written, and is a FIFO afterwards.
func TestOutputFIFO(t *testing.T) {
	out := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(out, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := checkOutput(out); err != nil {
		t.Fatal(err)
	}
	read := make(chan string, 1)
	go func() {
		text, err := os.ReadFile(out)
		if err != nil {
			t.Error(err)
		}
		read <- string(text)
	}()
	long := strings.Repeat("0123456789", 20_000) // more than a pipe holds
	if err := writeOutput(t.Context(), out, writeText(long)); err != nil {
		t.Fatal(err)
	}
	if got := <-read; got != long {
		t.Errorf("the reader got %d bytes of %d", len(got), len(long))
	}
	if info, err := os.Lstat(out); err != nil || info.Mode().Type() != fs.ModeNamedPipe {
		t.Errorf("it became %v, %v", info.Mode(), err)
	}
}

// A FIFO that nobody reads, or reads on, is waited for until the program is
// told to stop.
func TestOutputFIFOInterrupted(t *testing.T) {
	out := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(out, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := writeOutput(ctx, out, writeText("x")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("without a reader: %v", err)
	}
	reader, err := os.OpenFile(out, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := writeOutput(ctx, out, writeText(strings.Repeat("x", 1<<20))); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with a reader that doesn't read: %v", err)
	}
}

func TestOutputDevice(t *testing.T) {
	before, err := os.Lstat(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(checkOutput(os.DevNull), writeOutput(t.Context(), os.DevNull, writeText("x"))); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Lstat(os.DevNull); err != nil || !os.SameFile(before, after) {
		t.Errorf("%s was replaced, %v", os.DevNull, err)
	}
	if runtime.GOOS == "linux" {
		if err := writeOutput(t.Context(), "/dev/full", writeText("x")); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("a full device: %v", err)
		}
	}
}

func TestOutputRefused(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ path, says string }{
		{dir, "it is a folder"},
		{filepath.Join(dir, "none", "out.csv"), "no such file or directory"},
	} {
		for _, err := range []error{checkOutput(c.path), writeOutput(t.Context(), c.path, writeText("x"))} {
			if err == nil || !strings.Contains(err.Error(), c.path) || !strings.HasSuffix(err.Error(), c.says) {
				t.Errorf("%s: %v", c.path, err)
			}
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
