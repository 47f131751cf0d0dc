// Package instance keeps one window to a data directory: the first process
// holds a lock and listens on a Unix socket beside it; a second one asks it over
// that socket to come to the front.
//
// The lock decides who is first, so that a socket that a killed process left
// behind is in nobody's way. Nothing goes over the network, not even over the
// loopback interface; Windows has such sockets since its version 10.
package instance

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"
)

// ErrRaised says that another process was first, and has come to the front.
var ErrRaised = errors.New("another process was raised")

// What goes over the socket, a line each way.
const (
	askRaise = "raise"
	raised   = "raised"
)

const (
	answerWait = 8 * time.Second // the first may be starting still
	again      = 50 * time.Millisecond
)

// Instance is the one process of its kind on a directory. A nil Instance is one
// that could not be made sure of: its methods do nothing.
type Instance struct {
	lock     *Lock
	listener *net.UnixListener // nil: the system has no such sockets, as Wine
	socket   string
	work     sync.WaitGroup
}

// Take makes this process the one of its kind on a directory. Where another is,
// it asks that one to come to the front and returns ErrRaised. Any other error
// says why neither could be done, and whoever calls goes on without; with an
// instance, that it is the one, but that the system has no sockets to ask it by.
func Take(ctx context.Context, dir, kind string) (*Instance, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data directory: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	look := time.NewTicker(again)
	defer look.Stop()
	for {
		lock, err := TakeLock(filepath.Join(dir, kind+".lock"))
		if err == nil {
			return listen(lock, filepath.Join(dir, kind+".sock"))
		}
		if !errors.Is(err, ErrTaken) {
			return nil, err
		}
		// The other process listens a moment after it took the lock, and stops a
		// moment before it gives it back: until then this is tried again.
		if err = ask(ctx, filepath.Join(dir, kind+".sock")); err == nil {
			return nil, ErrRaised
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("the process that has %s open does not answer: %w", dir, err)
		}
	}
}

// listen listens on the socket of who holds the lock.
func listen(lock *Lock, socket string) (*Instance, error) {
	i := &Instance{lock: lock, socket: socket}
	_ = os.Remove(socket) // of a process that was killed
	err := short(socket, func(path string) (err error) {
		i.listener, err = net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
		return err
	})
	if err != nil {
		return i, fmt.Errorf("listening for other windows: %w", err)
	}
	i.listener.SetUnlinkOnClose(false) // by the name that it was opened with, which may be gone
	_ = os.Chmod(socket, 0o600)        // the folder is the person's own already
	return i, nil
}

// ask asks the process behind a socket to come to the front.
func ask(ctx context.Context, socket string) error {
	var conn net.Conn
	err := short(socket, func(path string) (err error) {
		conn, err = new(net.Dialer).DialContext(ctx, "unix", path)
		return err
	})
	if err != nil {
		return fmt.Errorf("reaching the other window: %w", err)
	}
	defer conn.Close()
	if until, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(until)
	}
	if _, err = fmt.Fprintln(conn, askRaise); err != nil {
		return fmt.Errorf("asking the other window: %w", err)
	}
	answer := bufio.NewScanner(conn)
	if !answer.Scan() || answer.Text() != raised {
		return fmt.Errorf("the other window did not come to the front (%q, %v)", answer.Text(), answer.Err())
	}
	return nil
}

// Serve answers other processes until Close: raise brings this one to the
// front and reports whether it did. It is called on a goroutine of its own.
func (i *Instance) Serve(raise func() bool) {
	if i == nil || i.listener == nil {
		return
	}
	i.work.Go(func() {
		for {
			conn, err := i.listener.Accept()
			if err != nil {
				return
			}
			i.answer(conn, raise)
		}
	})
}

func (i *Instance) answer(conn net.Conn, raise func() bool) {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(answerWait))
	asked := bufio.NewScanner(conn)
	asked.Buffer(make([]byte, 64), 64)
	if asked.Scan() && asked.Text() == askRaise && raise() {
		_, _ = fmt.Fprintln(conn, raised) // who does not wait for it needs none
	}
}

// Close lets another process be the one.
func (i *Instance) Close() {
	if i == nil {
		return
	}
	if i.listener != nil {
		_ = i.listener.Close()
		i.work.Wait()
		_ = os.Remove(i.socket)
	}
	i.lock.Release()
}

// longest is what every system takes as the path of a socket.
const longest = 100

// short calls use with a path of the socket that is short enough for the
// system: where its own is not, through a symbolic link that is gone afterwards.
func short(socket string, use func(path string) error) error {
	if len(socket) <= longest || runtime.GOOS == "windows" {
		return use(socket)
	}
	dir, err := os.MkdirTemp("", "oi-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	link := filepath.Join(dir, "d")
	at, err := filepath.Abs(filepath.Dir(socket))
	if err != nil {
		return err
	}
	if err := os.Symlink(at, link); err != nil {
		return err
	}
	return use(filepath.Join(link, filepath.Base(socket)))
}
