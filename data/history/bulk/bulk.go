// Package bulk imports the past of the whole market: one job that a person plans,
// begins and stops. Before anything is fetched it says how many days there are, what
// they will take on the disk, and whether there is room. What fetches and saves is
// package archive; what happens when a single chart asks is package ondemand.
//
// A job outlives the dialog that began it: it ends with the program, and the next
// one goes on where it was, because every day that was saved stays.
package bulk

import (
	"context"
	"sync"
	"time"

	"openinterest/data/history/archive"
)

// State is how far the job is.
type State string

// The states of the job.
const (
	Idle       State = ""           // nobody asked
	Looking    State = "looking"    // what the archive has of each contract
	Planned    State = "planned"    // it may begin
	Full       State = "full"       // the disk has too little room for it
	Fetching   State = "fetching"   // days
	Complete   State = "complete"   // the history has all that the archive has
	Stopped    State = "stopped"    // by the person
	Incomplete State = "incomplete" // some contracts or days failed; they may be tried again
	Failed     State = "failed"     // the whole was given up: Status.Err says why
	ReadOnly   State = "read_only"  // another process writes the history
)

// Runs reports whether something is under way.
func (s State) Runs() bool { return s == Looking || s == Fetching }

// Status is the job at one moment.
type Status struct {
	State     State
	Symbols   int // contracts asked for
	Looked    int // of them, looked up
	Contracts int // of them, with days to be fetched
	Days      int // to be fetched
	Skipped   int // kept already
	Room      Room
	Progress  archive.MarketProgress    // while and after days are fetched
	Failures  []archive.ContractFailure // each costs no other contract
	Err       error                     // Failed: why
}

// Importer imports from an archive. *archive.Archive is one.
type Importer interface {
	PlanMarket(ctx context.Context, store archive.Store, r archive.MarketRequest, progress func(done int)) (*archive.Plan, error)
	ImportMarket(ctx context.Context, p *archive.Plan, progress func(archive.MarketProgress)) (archive.MarketResult, error)
}

// Options are what a Job is made from; all are required.
type Options struct {
	Importer Importer
	Store    archive.Store
	Disk     func(ctx context.Context) (Disk, error)
	Writes   func() bool     // this process may write the history
	Symbols  func() []string // the contracts, the most important first
}

// Job imports the whole market. Its methods may be called from any goroutine and
// never wait.
type Job struct {
	o      Options
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu     sync.Mutex
	status Status
	plan   *archive.Plan
	stop   context.CancelFunc // of what is under way
	halted bool               // by the person
}

// New returns a job that does nothing yet. It ends with ctx, or by Close.
func New(ctx context.Context, o Options) *Job {
	j := &Job{o: o}
	j.ctx, j.cancel = context.WithCancel(ctx)
	return j
}

// Close ends what is under way and waits for it.
func (j *Job) Close() {
	j.cancel()
	j.work.Wait()
}

// Status returns how far it is.
func (j *Job) Status() Status {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.status
}

// Plan looks up what there is from a day on (zero: from the first). It does nothing
// while something is under way.
func (j *Job) Plan(from time.Time) {
	j.start(Looking, func(ctx context.Context) (Status, error) { return j.look(ctx, from) })
}

// Begin fetches what was planned. It does nothing unless Planned.
func (j *Job) Begin() {
	if j.Status().State == Planned {
		j.start(Fetching, j.fetch)
	}
}

// Stop ends what is under way; what was saved stays.
func (j *Job) Stop() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.status.State.Runs() {
		j.halted = true
		j.stop()
	}
}

// start runs a stage on a goroutine of its own, one at a time.
func (j *Job) start(s State, stage func(context.Context) (Status, error)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.status.State.Runs() || j.ctx.Err() != nil {
		return
	}
	ctx, stop := context.WithCancel(j.ctx)
	j.stop, j.halted = stop, false
	if s == Looking {
		j.status, j.plan = Status{}, nil
	}
	j.status.State = s
	j.work.Go(func() {
		defer stop()
		end, err := stage(ctx)
		j.mu.Lock()
		defer j.mu.Unlock()
		j.status = end
		if err == nil {
			return
		}
		if j.status.State, j.status.Err = Failed, err; j.halted || j.ctx.Err() != nil {
			j.status.State, j.status.Err = Stopped, nil
		}
	})
}

// look plans.
func (j *Job) look(ctx context.Context, from time.Time) (Status, error) {
	s := Status{State: ReadOnly}
	if !j.o.Writes() {
		return s, nil
	}
	symbols := j.o.Symbols()
	s.Symbols = len(symbols)
	j.update(func(now *Status) { now.Symbols = s.Symbols })
	plan, err := j.o.Importer.PlanMarket(ctx, j.o.Store, archive.MarketRequest{Symbols: symbols, From: from}, func(done int) {
		j.update(func(now *Status) { now.Looked = done })
	})
	if err != nil {
		return s, err
	}
	s.Looked, s.Contracts, s.Days, s.Skipped, s.Failures = s.Symbols, plan.Contracts, plan.Days, plan.Skipped, plan.Failures
	disk, err := j.o.Disk(ctx)
	if err != nil {
		return s, err
	}
	if s.Room, err = RoomFor(ctx, disk, plan.Days); err != nil {
		return s, err
	}
	switch {
	case !s.Room.Fits():
		s.State = Full
	case plan.Days > 0:
		s.State = Planned
	case len(plan.Failures) > 0:
		s.State = Incomplete
	default:
		s.State = Complete
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.plan = plan
	return s, nil
}

// fetch imports what was planned.
func (j *Job) fetch(ctx context.Context) (Status, error) {
	j.mu.Lock()
	plan, s := j.plan, j.status
	j.plan = nil // it is for one import
	j.mu.Unlock()
	result, err := j.o.Importer.ImportMarket(ctx, plan, func(p archive.MarketProgress) {
		j.update(func(now *Status) { now.Progress = p })
	})
	s.Progress, s.Failures, s.State = result.MarketProgress, result.Failures, Complete
	if len(result.Failures) > 0 {
		s.State = Incomplete
	}
	return s, err
}

func (j *Job) update(change func(*Status)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change(&j.status)
}
