package main

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// heldLimit is for how long the program's own code may hold the UI's goroutine
// at once: longer than that, and a person sees the window hesitate.
const heldLimit = 50 * time.Millisecond

// held is one function that ran on the UI's goroutine.
type held struct {
	name      string
	wall      time.Duration
	processor time.Duration // of it the time that it really ran; the rest the system gave to others. 0: unknown
}

func (h held) String() string {
	if h.name == "" {
		return "nothing ran"
	}
	return fmt.Sprintf("%s, of which it ran for %s: %s", h.wall.Round(10*time.Microsecond), h.processor.Round(10*time.Microsecond), h.name)
}

// heldMeter measures what holds the UI's goroutine: it is a loop's around.
type heldMeter struct {
	mu      sync.Mutex
	counts  [1000]int // by tenths of a millisecond; the last: that and more
	total   int
	longest held
	busiest held              // the most processor time
	slow    map[string]held   // longer than heldLimit: the longest of each name
	stacks  map[string]string // where such a function was when the limit passed

	began atomic.Int64           // when the present function began, in nanoseconds; 0: none runs
	name  atomic.Pointer[string] // of the present function, where it was given one
}

func newHeldMeter() *heldMeter {
	return &heldMeter{slow: map[string]held{}, stacks: map[string]string{}}
}

// around runs f and measures it.
func (m *heldMeter) around(f func()) {
	name := runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name()
	m.name.Store(&name)
	start, spent := time.Now(), threadTime()
	m.began.Store(start.UnixNano())
	f()
	h := held{name: *m.name.Load(), processor: threadTime() - spent, wall: time.Since(start)}
	m.began.Store(0)

	m.mu.Lock()
	defer m.mu.Unlock()
	m.counts[min(int(h.wall/(100*time.Microsecond)), len(m.counts)-1)]++
	m.total++
	if h.wall > m.longest.wall {
		m.longest = h
	}
	if h.processor > m.busiest.processor {
		m.busiest = h
	}
	if h.wall > heldLimit && h.wall > m.slow[h.name].wall {
		m.slow[h.name] = h
	}
}

// cost is what the bound is about. Who shares the processors with others waits
// for them, which is not the code's doing; so it is the processor's time, where
// the system tells.
func (h held) cost() time.Duration {
	if h.processor > 0 {
		return h.processor
	}
	return h.wall
}

// worst is what cost most.
func (m *heldMeter) worst() held {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.busiest.processor > 0 {
		return m.busiest
	}
	return m.longest
}

// called names the function that runs, for one whose own name says nothing.
func (m *heldMeter) called(name string) { m.name.Store(&name) }

// percentile is what the share of all functions took at most.
func (m *heldMeter) percentile(share float64) time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	seen := 0
	for i, n := range m.counts {
		if seen += n; float64(seen) >= share*float64(m.total) {
			return time.Duration(i+1) * 100 * time.Microsecond
		}
	}
	return 0
}

// watch keeps the stack of a function that holds the goroutine for too long, the
// first of each name. It is called every few milliseconds.
func (m *heldMeter) watch() {
	began, name := m.began.Load(), m.name.Load()
	if began == 0 || name == nil || time.Since(time.Unix(0, began)) < heldLimit {
		return
	}
	m.mu.Lock()
	_, known := m.stacks[*name]
	m.mu.Unlock()
	if known {
		return
	}
	all := make([]byte, 1<<20)
	all = all[:runtime.Stack(all, true)]
	for stack := range strings.SplitSeq(string(all), "\n\n") {
		if ours, _, found := strings.Cut(stack, "(*heldMeter).around"); found {
			m.mu.Lock()
			m.stacks[*name] = strings.Clone(ours) // not all stacks with it
			m.mu.Unlock()
		}
	}
}
