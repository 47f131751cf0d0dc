package archive

import (
	"context"
	"sync"
	"time"
)

// How many days are fetched at a time.
const (
	usualParallel = 4
	maxParallel   = 16
)

// parallelOf is how many days at a time somebody wants.
func parallelOf(wanted, usual int) int {
	if wanted <= 0 {
		wanted = usual
	}
	return min(wanted, maxParallel)
}

// pool fetches days of one contract or of many, some at a time: a contract that
// has few leaves nobody idle. It is for one import.
type pool struct {
	parallel int
	patience time.Duration // for how long a day is tried again while no connection can be made

	mu         sync.Mutex
	notReached int                           // days in a row that failed for want of a connection
	changed    func(j *job, before Progress) // a day of j is finished; called with mu held
}

// share is what is to be fetched of one contract.
type share struct {
	job  *job
	days []wanted
}

// run fetches the shares, in order. It returns what ended the whole: the context,
// or what Import says of it.
func (p *pool) run(ctx context.Context, shares []share) error {
	days := 0
	for _, s := range shares {
		days += len(s.days)
	}
	type task struct {
		job *job
		day wanted
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan task)
	var workers sync.WaitGroup
	for range min(p.parallel, days) {
		workers.Go(func() {
			for t := range queue {
				if err := t.job.day(ctx, t.day); err != nil {
					cancel(err)
				}
			}
		})
	}
feeding:
	for _, s := range shares {
		for _, day := range s.days {
			select {
			case queue <- task{s.job, day}:
			case <-ctx.Done():
				break feeding
			}
		}
	}
	close(queue)
	workers.Wait()
	return context.Cause(ctx)
}

// Pauses while no connection can be made.
const (
	firstOffline = 2 * time.Second // doubled each time
	mostOffline  = 30 * time.Second
)

// fetchPatiently is fetch, and tries again for as long as the pool has patience
// where no connection can be made: an import that takes hours outlives a line
// that is gone for minutes.
func (j *job) fetchPatiently(ctx context.Context, day time.Time) (fetched, error) {
	pause, left := firstOffline, j.pool.patience
	for {
		d, err := j.fetch(ctx, day)
		if KindOf(err) != Offline || left <= 0 || ctx.Err() != nil {
			return d, err
		}
		again := time.NewTimer(pause)
		select {
		case <-again.C:
		case <-ctx.Done():
			again.Stop()
			return d, err
		}
		left -= pause
		pause = min(2*pause, mostOffline)
	}
}
