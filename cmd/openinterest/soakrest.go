package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"runtime/pprof"
	"strings"
	"sync/atomic"
	"time"

	"openinterest/ui/settings"
)

// What the process takes is compared at rest: nothing goes wrong, nobody uses
// the window, and it shows what it showed at first. Otherwise the soak would
// measure what its user happened to leave open: ten charts of a year are tens of
// megabytes, and rightly so.
const (
	soakRests   = 4 // the first after two minutes, the last at the end; a soak that is short has but these two
	soakSettles = 5 * time.Second
	soakSamples = 5                // a second apart; what counts is the least
	soakIdle    = 30 * time.Second // within which the window has drawn all that it shows, on a machine that is shared
)

// sample is what the process takes at a moment.
type sample struct {
	memory, heap        int64 // resident, and of it what the program itself still needs
	goroutines, handles int
}

// resting is the part of a soak that brings the window to rest and measures it.
type resting struct {
	first  *settings.Store // the choices of the window's first moment
	folder string          // for heap profiles; "": none are kept

	settles time.Duration // how long a rest lasts before it is measured
	idle    time.Duration // how much longer at most, until nothing is drawn any more
	takes   int           // so often it is measured
	between time.Duration // what is left of the soak for use

	due     []time.Time // the rests to come
	began   time.Time   // of the present one
	until   time.Time   // it settles, or is measured next; zero: there is none
	busy    atomic.Bool // the window still draws what it shows
	samples []sample    // of the present one
	rests   []sample    // of those that are over
}

// take frees what can be and measures what is left.
func take() sample {
	debug.FreeOSMemory()
	return sample{resident(), liveHeap(), runtime.NumGoroutine(), handles()}
}

// liveHeap is what was still in use at the last collection, in bytes. What is
// resident besides is C's (OpenGL in software above all), and code.
func liveHeap() int64 {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	return int64(live[0].Value.Uint64())
}

// profile keeps a heap profile of a rest.
func (r *resting) profile() error {
	if r.folder == "" {
		return nil
	}
	if err := os.MkdirAll(r.folder, 0o755); err != nil {
		return fmt.Errorf("keeping a heap profile: %w", err)
	}
	f, err := os.Create(filepath.Join(r.folder, fmt.Sprintf("heap%d.pprof", len(r.rests))))
	if err != nil {
		return fmt.Errorf("keeping a heap profile: %w", err)
	}
	defer f.Close()
	if err := pprof.WriteHeapProfile(f); err != nil {
		return fmt.Errorf("keeping a heap profile: %w", err)
	}
	return nil
}

// least is the least of each figure. Work under way, such as the walk through the
// years of a contract, takes memory for a moment and gives it back; a leak does not.
func least(samples []sample) sample {
	l := samples[0]
	for _, x := range samples[1:] {
		l.memory, l.heap = min(l.memory, x.memory), min(l.heap, x.heap)
		l.goroutines, l.handles = min(l.goroutines, x.goroutines), min(l.handles, x.handles)
	}
	return l
}

// plan sets when the rests begin. A soak of seconds has short ones, which tell of
// a leak no more than that it is a large one.
func (r *resting) plan(began time.Time, long time.Duration) {
	// The first minutes are left out: code is read in, glyphs are kept, the folder
	// of the history gets its files. All of that has an end.
	n, first := soakRests, long/5
	if long < soakRests*time.Minute { // between two there is room for faults
		n, first = 2, long/12
	}
	r.settles, r.idle = min(soakSettles, long/15), min(soakIdle, long/6)
	r.takes = max(1, min(soakSamples, int(long/(12*time.Second))))
	each := r.settles + time.Duration(r.takes-1)*time.Second
	r.between = long - time.Duration(n)*each
	last := long - each
	for i := range n {
		r.due = append(r.due, began.Add(first+(last-first)*time.Duration(i)/time.Duration(n-1)))
	}
}

// on says whether the window is at rest.
func (r *resting) on() bool { return !r.until.IsZero() }

// over says whether there is no rest to come.
func (r *resting) over() bool { return !r.on() && len(r.due) == 0 }

// next is when the next rest is due.
func (r *resting) next() time.Time {
	if len(r.due) == 0 {
		return time.Now()
	}
	return r.due[0]
}

// resting brings the window to rest when it is time and the market is well, and
// measures it there. It says whether the window is at rest.
func (s *soak) resting() bool {
	r, now := &s.rest, time.Now()
	switch {
	case !r.on() && (len(r.due) == 0 || now.Before(r.due[0]) || s.end != nil || s.recovering):
		return false
	case !r.on():
		s.owed = max(s.owed, 1)
		s.step() // what is kept for five minutes is forgotten
		r.due, r.began, r.until = r.due[1:], now, now.Add(r.settles)
		r.busy.Store(true)
		s.w.loop.do(func() {
			s.meter.called("bringing the window to rest")
			r.restore(s.w)
		})
	case len(r.samples) == 0 && r.busy.Load() && now.Before(r.began.Add(r.idle)):
		s.w.loop.do(func() { r.busy.Store(s.w.ui.Busy()) })
	case now.After(r.until):
		r.samples = append(r.samples, take())
		r.until = now.Add(time.Second)
		if len(r.samples) == r.takes {
			r.rests = append(r.rests, least(r.samples))
			if err := r.profile(); err != nil {
				s.wrong = append(s.wrong, err.Error())
			}
			r.samples, r.until = nil, time.Time{}
		}
	}
	return true
}

// restore has the window show what it showed at first.
func (r *resting) restore(w *window) {
	var lang, theme string
	first := r.first.Detached() // whose maps the window may keep
	first.Get(func(s *settings.Settings) { lang, theme = s.Language, s.Theme })
	w.ui.Restore(first, w.g.language(lang), w.g.mode(theme))
	w.ui.PointerLeft()
}

// moments are what the process took at the first rest and at the last.
func (r *resting) moments() (first, last sample) {
	if len(r.rests) == 0 {
		return sample{}, sample{}
	}
	return r.rests[0], r.rests[len(r.rests)-1]
}

// lines are those of the report.
func (r *resting) lines(line func(what, format string, args ...any)) {
	each := func(what, unit string, of func(sample) int64) {
		var said []string
		for _, x := range r.rests {
			said = append(said, fmt.Sprint(of(x)))
		}
		line(what, "%s%s", strings.Join(said, ", "), unit)
	}
	each("resident memory at rest", " MB", func(x sample) int64 { return x.memory / 1e6 })
	each("  of it Go's live heap", " MB", func(x sample) int64 { return x.heap / 1e6 })
	each("goroutines", "", func(x sample) int64 { return int64(x.goroutines) })
	each("handles", "", func(x sample) int64 { return int64(x.handles) })
}
