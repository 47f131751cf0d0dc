package main

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// lineState is what a line does with what is sent over it.
type lineState int

const (
	lineGood     lineState = iota
	lineCut                // nobody listens any more, and connections are gone
	lineSilent             // connections are accepted and kept, and nothing comes back
	lineDripping           // a byte comes back every tenth of a second
)

// line is a stretch of network between the program and an exchange.
type line struct {
	address, target string

	mu       sync.Mutex
	state    lineState
	changed  chan struct{} // closed by the next change of state
	listener net.Listener  // nil while cut
	open     map[net.Conn]bool
	work     sync.WaitGroup
}

func newLine(t *testing.T, target string) *line {
	t.Helper()
	l := &line{address: "127.0.0.1:0", target: target, changed: make(chan struct{}), open: map[net.Conn]bool{}}
	if err := l.listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		l.set(lineCut)
		l.work.Wait()
	})
	return l
}

func (l *line) listen() error {
	listener, err := net.Listen("tcp", l.address)
	if err != nil {
		return err
	}
	l.address, l.listener = listener.Addr().String(), listener
	l.work.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			l.work.Go(func() { l.join(near) })
		}
	})
	return nil
}

// set changes what the line does. A line that was cut has the address that it had.
func (l *line) set(state lineState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state = state
	close(l.changed)
	l.changed = make(chan struct{})
	switch {
	case state == lineCut && l.listener != nil:
		l.listener.Close()
		l.listener = nil
		for c := range l.open {
			c.Close()
		}
	case state != lineCut && l.listener == nil:
		if err := l.listen(); err != nil {
			panic(err) // a port that was ours a moment ago
		}
	}
}

// join connects both ends until one of them hangs up.
func (l *line) join(near net.Conn) {
	defer near.Close()
	far, err := net.Dial("tcp", l.target)
	if err != nil {
		return
	}
	defer far.Close()
	l.mu.Lock()
	l.open[near], l.open[far] = true, true
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.open, near)
		delete(l.open, far)
	}()
	l.work.Go(func() { l.carry(far, near, true); far.Close(); near.Close() })
	l.carry(near, far, false)
}

// carry carries what from sends to to; away: from the program to the exchange.
func (l *line) carry(to, from net.Conn, away bool) {
	buffer := make([]byte, 16<<10)
	for {
		n, err := from.Read(buffer)
		for sent := 0; sent < n; {
			l.mu.Lock()
			state, changed := l.state, l.changed
			l.mu.Unlock()
			part := buffer[sent:n]
			switch {
			case away || state == lineGood:
			case state == lineDripping:
				part = part[:1]
				select {
				case <-time.After(100 * time.Millisecond):
				case <-changed:
				}
			case state == lineSilent:
				<-changed
				continue
			default:
				return
			}
			written, err := to.Write(part)
			if err != nil {
				return
			}
			sent += written
		}
		if err != nil {
			return
		}
	}
}

// front is an exchange's front door: it hands requests on, unless it is told to
// answer some of them itself.
type front struct {
	*httptest.Server
	answers atomic.Pointer[func(w http.ResponseWriter, r *http.Request) (answered bool)]
}

func newFront(t *testing.T, rest string) *front {
	t.Helper()
	target, err := url.Parse(rest)
	if err != nil {
		t.Fatal(err)
	}
	f := &front{}
	behind := httputil.NewSingleHostReverseProxy(target)
	behind.ErrorLog = log.New(io.Discard, "", 0)                                                                // faults are on purpose
	behind.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { panic(http.ErrAbortHandler) } // the connection ends, as it did behind
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if answer := f.answers.Load(); answer != nil && (*answer)(w, r) {
			return
		}
		behind.ServeHTTP(w, r.WithContext(context.WithoutCancel(r.Context())))
	}))
	t.Cleanup(f.Close)
	return f
}

// answer makes the front answer requests below a path, and returns what ends that.
func (f *front) answer(path string, with http.HandlerFunc) (end func()) {
	answer := func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasPrefix(r.URL.Path, path) {
			return false
		}
		with(w, r)
		return true
	}
	f.answers.Store(&answer)
	return func() { f.answers.Store(nil) }
}
