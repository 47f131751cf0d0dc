package instance

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// A second one raises the first, and becomes the first when that one is gone.
// Directories with long names are no exception.
func TestASecondOneRaisesTheFirst(t *testing.T) {
	for name, dir := range map[string]string{
		"short": filepath.Join(t.TempDir(), "d"), "long": filepath.Join(t.TempDir(), strings.Repeat("long", 30)),
	} {
		t.Run(name, func(t *testing.T) {
			first, err := Take(t.Context(), dir, "window")
			if err != nil {
				t.Fatal(err)
			}
			var times atomic.Int32
			first.Serve(func() bool { return times.Add(1) > 0 })
			for want := range int32(3) {
				if _, err := Take(t.Context(), dir, "window"); !errors.Is(err, ErrRaised) || times.Load() != want+1 {
					t.Fatalf("%v, and the first was raised %d times, want %d", err, times.Load(), want+1)
				}
			}
			other, err := Take(t.Context(), dir, "demo")
			if err != nil {
				t.Fatalf("another kind: %v", err)
			}
			other.Close()
			first.Close()
			next, err := Take(t.Context(), dir, "window")
			if err != nil {
				t.Fatalf("after the first closed: %v", err)
			}
			next.Close()
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// A socket that a killed process left is no obstacle.
func TestAStaleSocketIsNoObstacle(t *testing.T) {
	dir := t.TempDir()
	stale, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "window.sock"), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	stale.SetUnlinkOnClose(false)
	_ = stale.Close()
	if err := os.WriteFile(filepath.Join(dir, "window.lock"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	first, err := Take(t.Context(), dir, "window")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	first.Serve(func() bool { return true })
	if _, err := Take(t.Context(), dir, "window"); !errors.Is(err, ErrRaised) {
		t.Errorf("the second: %v", err)
	}
}

// A first one that does not come to the front is not waited for when the
// second is told to stop.
func TestAFirstOneThatHangsIsSaid(t *testing.T) {
	dir := t.TempDir()
	first, err := Take(t.Context(), dir, "window")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	ctx, cancel := context.WithCancel(t.Context())
	first.Serve(func() bool { cancel(); return false })
	if i, err := Take(ctx, dir, "window"); err == nil || errors.Is(err, ErrRaised) || i != nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("it says %v", err)
	}
}

// Where the system has no such sockets, the first is the first all the same.
func TestWithoutSocketsTheFirstHoldsTheLock(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "window.sock", "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	first, err := Take(t.Context(), dir, "window")
	if err == nil || first == nil {
		t.Fatalf("%v, %v", first, err)
	}
	first.Serve(func() bool { return true })
	if _, err := TakeLock(filepath.Join(dir, "window.lock")); !errors.Is(err, ErrTaken) {
		t.Errorf("its lock: %v", err)
	}
	first.Close()
	if lock, err := TakeLock(filepath.Join(dir, "window.lock")); err != nil {
		t.Errorf("after it closed: %v", err)
	} else {
		lock.Release()
	}
}

func TestWhereNothingCanBeWrittenItIsSaid(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	none, err := Take(t.Context(), filepath.Join(file, "d"), "window")
	if err == nil || errors.Is(err, ErrRaised) {
		t.Fatalf("%v", err)
	}
	none.Serve(func() bool { return true }) // does nothing
	none.Close()
}
