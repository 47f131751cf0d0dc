// Package ondemand fetches days of the archive when a chart asks for them.
//
// A chart says what it shows (Want), again and again if it likes; the first time,
// a job begins that imports what the history lacks of that contract and range.
// Jobs are shared: two charts of one contract are one job, and a job outlives
// the chart that asked for it, because what it stores is kept for good. A few
// contracts are imported at a time, the one asked for last first; a longer range
// takes a shorter one's place. Every day that was saved stays, so that a job
// that was stopped, by the person or by the end of the program, goes on where it
// was (Resume).
package ondemand

import (
	"context"
	"sync"
	"time"

	"openinterest/data/history"
	"openinterest/data/history/archive"
	"openinterest/data/market"
)

const (
	atOnce   = 2 // contracts; each fetches some days at a time
	parallel = 4 // days of a contract

	// fresh is for how long a finished job is taken as the whole truth: the
	// archive gains a day a day.
	fresh = 4 * time.Hour
)

// State is how far a job is.
type State string

// The states of a job.
const (
	Idle       State = ""           // nobody asked
	Waiting    State = "waiting"    // for other contracts
	Fetching   State = "fetching"   // days
	Complete   State = "complete"   // the history has all that the archive has
	Stopped    State = "stopped"    // by the person
	Incomplete State = "incomplete" // some days failed; they may be tried again
	Failed     State = "failed"     // the whole was given up: Status.Err says why
	ReadOnly   State = "read_only"  // another process writes the history, and fetches
)

// Ended reports whether nothing will come of it by itself any more.
func (s State) Ended() bool {
	switch s {
	case Complete, Stopped, Incomplete, Failed, ReadOnly:
		return true
	}
	return false
}

// Status is a job at one moment.
type Status struct {
	State  State
	Days   int   // to fetch; 0 while that isn't known
	Done   int   // of them, tried: saved, failed or not published
	Failed int   // of them, failed
	Err    error // Failed: why; Incomplete: of the latest day that failed
	Saved  int   // days of the contract saved since the program began: when it grows, there is more to read
}

// Importer imports from an archive. *archive.Archive is one.
type Importer interface {
	Import(ctx context.Context, store archive.Store, r archive.Request) (archive.Result, error)
}

// Store is what is imported into. *history.Store is one.
type Store interface {
	archive.Store
	Writes() bool
	Losses() int // grows when something that was kept is found to be lost
}

// Fetcher runs the jobs. Its methods may be called from any goroutine and
// never wait.
type Fetcher struct {
	ctx      context.Context
	cancel   context.CancelFunc
	store    Store
	importer Importer
	now      func() time.Time
	work     sync.WaitGroup

	mu      sync.Mutex
	jobs    map[string][]*job // by symbol
	queue   []*job            // those waiting; the last is next
	running map[string]*job   // by symbol
	saved   map[string]int    // days, by symbol
}

// job is one contract's range.
type job struct {
	symbol string
	span   market.Range
	status Status
	saved  int // days, so far
	losses int // of the store, when it was begun
	ended  time.Time
	cancel context.CancelFunc // while running
	halt   State              // what a cancelled job becomes
}

// New returns a fetcher whose jobs end with ctx, or by Close.
func New(ctx context.Context, store Store, importer Importer, now func() time.Time) *Fetcher {
	f := &Fetcher{store: store, importer: importer, now: now,
		jobs: map[string][]*job{}, running: map[string]*job{}, saved: map[string]int{}}
	f.ctx, f.cancel = context.WithCancel(ctx)
	return f
}

// Close ends all jobs and waits until nothing of them runs.
func (f *Fetcher) Close() {
	f.cancel()
	f.mu.Lock()
	f.queue = nil
	f.mu.Unlock()
	f.work.Wait()
}

// Want says that a contract's range is looked at. What ended is not begun
// again: for that there is Resume.
func (f *Fetcher) Want(symbol string, r market.Range) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.find(symbol, r) == nil {
		f.begin(symbol, r)
	}
}

// Resume begins again what was stopped or failed.
func (f *Fetcher) Resume(symbol string, r market.Range) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if j := f.find(symbol, r); j == nil || j.status.State.Ended() {
		f.begin(symbol, r)
	}
}

// Stop stops what is being fetched of a contract, whatever the range.
func (f *Fetcher) Stop(symbol string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, j := range f.jobs[symbol] {
		f.halt(j, Stopped)
	}
	f.next()
}

// Status tells how far a contract's range is.
func (f *Fetcher) Status(symbol string, r market.Range) Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	var s Status
	if j := f.find(symbol, r); j != nil {
		s = j.status
	}
	s.Saved = f.saved[symbol]
	return s
}

// find returns the job that covers a range; nil where there is none, or it
// ended too long ago.
func (f *Fetcher) find(symbol string, r market.Range) *job {
	for _, j := range f.jobs[symbol] {
		if j.span >= r && !(j.status.State.Ended() && f.stale(j)) {
			return j
		}
	}
	return nil
}

// stale reports whether a job that ended says nothing about the present: there
// may be more by now, or less is kept than was.
func (f *Fetcher) stale(j *job) bool {
	switch j.status.State {
	case ReadOnly:
		return f.store.Writes()
	case Complete:
		if f.store.Losses() != j.losses {
			return true
		}
	}
	return f.now().Sub(j.ended) > fresh
}

// begin queues a job, which takes the place of those that it includes.
func (f *Fetcher) begin(symbol string, r market.Range) {
	if f.ctx.Err() != nil {
		return
	}
	var others []*job
	for _, j := range f.jobs[symbol] {
		if j.span > r {
			others = append(others, j)
		} else {
			f.halt(j, Stopped)
		}
	}
	j := &job{symbol: symbol, span: r, losses: f.store.Losses(), status: Status{State: Waiting}}
	f.jobs[symbol] = append(others, j)
	if !f.store.Writes() {
		j.status.State, j.ended = ReadOnly, f.now()
		return
	}
	f.queue = append(f.queue, j)
	f.next()
}

// halt ends a job that waits or runs.
func (f *Fetcher) halt(j *job, as State) {
	switch {
	case j.cancel != nil:
		j.halt = as
		j.cancel()
	case j.status.State == Waiting:
		j.status.State, j.ended = as, f.now()
	}
}

// next starts jobs while there is room.
func (f *Fetcher) next() {
	kept := f.queue[:0]
	for _, j := range f.queue { // drop those halted
		if j.status.State == Waiting {
			kept = append(kept, j)
		}
	}
	f.queue = kept
	for i := len(f.queue) - 1; i >= 0 && len(f.running) < atOnce; i-- {
		if j := f.queue[i]; f.running[j.symbol] == nil {
			f.queue = append(f.queue[:i], f.queue[i+1:]...)
			f.start(j)
		}
	}
}

func (f *Fetcher) start(j *job) {
	ctx, cancel := context.WithCancel(f.ctx)
	j.cancel, j.status.State = cancel, Fetching
	f.running[j.symbol] = j
	f.work.Go(func() {
		defer cancel()
		result, err := f.importer.Import(ctx, f.store, archive.Request{
			Symbol: j.symbol, From: f.first(j.span), Parallel: parallel,
			Progress: func(p archive.Progress) { f.progress(j, p) },
		})
		f.mu.Lock()
		defer f.mu.Unlock()
		f.end(j, result, err)
		f.next()
	})
}

// first is the first day of a range; zero: the first that there is.
func (f *Fetcher) first(r market.Range) time.Time {
	if r == market.RangeAll {
		return time.Time{}
	}
	return f.now().Add(-time.Duration(r)).UTC().Truncate(24 * time.Hour)
}

func (f *Fetcher) progress(j *job, p archive.Progress) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.saved[j.symbol] += p.Done - j.saved
	j.saved = p.Done
	j.status.Days, j.status.Done, j.status.Failed = p.Total, p.Done+p.Failed+p.Unpublished, p.Failed
}

// end takes down what became of a job; a job that another replaced is forgotten.
func (f *Fetcher) end(j *job, result archive.Result, err error) {
	delete(f.running, j.symbol)
	j.cancel, j.ended = nil, f.now()
	switch {
	case j.halt != "":
		j.status.State = j.halt
	case f.ctx.Err() != nil:
		j.status.State = Stopped
	case history.KindOf(err) == history.Reading:
		j.status.State = ReadOnly
	case archive.KindOf(err) == archive.NotPublished:
		j.status.State = Complete // a contract that the archive has never heard of
	case err != nil:
		j.status.State, j.status.Err = Failed, err
	case len(result.Failures) > 0:
		j.status.State = Incomplete
		j.status.Err = result.Failures[len(result.Failures)-1].Err
	default:
		j.status.State = Complete
	}
}
