package archive

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// MarketRequest is what to import of many contracts.
type MarketRequest struct {
	Symbols  []string  // the most important first: in that order they are fetched
	From, To time.Time // as those of a Request
	Parallel int       // days at a time, at most 16; 0: 12
	Again    bool      // days that the store has, too
	Ratios   bool      // days that the store has without their ratios, too
}

// How much of many contracts is done at a time.
const (
	marketParallel = 12
	planParallel   = 8 // contracts that are looked up
	marketPatience = 10 * time.Minute
)

// Plan is what an import of many contracts is going to fetch: what a person is
// told before it begins.
type Plan struct {
	Symbols   int               // that were asked for
	Contracts int               // that have a day to be fetched
	Days      int               // to be fetched
	Skipped   int               // that the store has already
	Failures  []ContractFailure // contracts that could not be looked up

	request MarketRequest
	shares  []share
	pool    *pool
}

// ContractFailure is a contract that costs no other.
type ContractFailure struct {
	Symbol string
	Days   int       // that failed; 0: it could not be looked up at all
	First  time.Time // of those days
	Err    error     // of the first; a Problem, which KindOf tells
}

// MarketProgress is how far an import of many contracts is.
type MarketProgress struct {
	Progress    // of all of them together; Symbol and Latest are of the day that was finished last
	Contracts   int
	Finished    int           // of them, all of whose days were tried
	Left        time.Duration // that the rest takes at the pace of the last minute
	LeftIsKnown bool          // false: too little was seen of it, or nothing goes on
}

// MarketResult is what became of it.
type MarketResult struct {
	MarketProgress
	Skipped  int
	Failures []ContractFailure // in the order of the contracts
}

// PlanMarket finds out which days of many contracts the store lacks. A contract that
// cannot be looked up is among the plan's failures; the error tells of what ends the
// whole: the context, a store that cannot be read, an archive that cannot be reached.
// progress, which may be nil, is told how many contracts were looked up.
func (a *Archive) PlanMarket(ctx context.Context, store Store, r MarketRequest, progress func(done int)) (*Plan, error) {
	p := &Plan{Symbols: len(r.Symbols), request: r, pool: &pool{parallel: parallelOf(r.Parallel, marketParallel), patience: marketPatience}}
	looked := make([]lookedUp, len(r.Symbols))
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var workers sync.WaitGroup
	var mu sync.Mutex
	done, notReached := 0, 0
	for range min(planParallel, len(r.Symbols)) {
		workers.Go(func() {
			for i := range next {
				looked[i] = a.lookUp(ctx, store, r, r.Symbols[i], p.pool)
				mu.Lock()
				done++
				switch err := looked[i].err; {
				case KindOf(err) == Offline:
					if notReached++; notReached >= hopeless {
						cancel(err)
					}
				case err != nil && KindOf(err) == "" && !errors.Is(err, errNoSymbol):
					cancel(err)
				default:
					notReached = 0
				}
				if progress != nil && ctx.Err() == nil {
					progress(done)
				}
				mu.Unlock()
			}
		})
	}
	for i := range r.Symbols {
		select {
		case next <- i:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(next)
	workers.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, fmt.Errorf("looking up %d contracts in the archive: %w", len(r.Symbols), err)
	}
	for i, l := range looked {
		p.take(r.Symbols[i], l)
	}
	return p, nil
}

// lookedUp is what a contract's share of the plan is.
type lookedUp struct {
	share
	err error
}

// lookUp plans one contract.
func (a *Archive) lookUp(ctx context.Context, store Store, r MarketRequest, symbol string, p *pool) lookedUp {
	if err := checkSymbol(symbol); err != nil {
		return lookedUp{err: err}
	}
	j := &job{archive: a, store: store, pool: p, result: Result{Progress: Progress{Symbol: symbol}},
		request: Request{Symbol: symbol, From: r.From, To: r.To, Again: r.Again, Ratios: r.Ratios}}
	days, err := j.plan(ctx)
	j.result.Total = len(days)
	return lookedUp{share{j, days}, err}
}

// take adds a contract to the plan.
func (p *Plan) take(symbol string, l lookedUp) {
	if l.err != nil {
		p.Failures = append(p.Failures, ContractFailure{Symbol: symbol, Err: l.err})
		return
	}
	p.Skipped += l.job.result.Skipped
	if n := len(l.days); n > 0 {
		p.shares = append(p.shares, l.share)
		p.Contracts, p.Days = p.Contracts+1, p.Days+n
	}
}

// ImportMarket fetches what a plan says, once. What was saved when it ends, however
// it ends, stays; the next plan has the rest. progress, which may be nil, is called
// after each day and once a second, never twice at once. The error is as that of
// Import.
func (a *Archive) ImportMarket(ctx context.Context, p *Plan, progress func(MarketProgress)) (MarketResult, error) {
	m := &marketImport{now: a.opt.Now, tell: progress, MarketProgress: MarketProgress{Contracts: p.Contracts, Progress: Progress{Total: p.Days}}}
	p.pool.changed = m.changed
	m.report()
	ticking, stop := context.WithCancel(ctx)
	var ticker sync.WaitGroup
	ticker.Go(func() { m.tick(ticking, &p.pool.mu) })
	err := p.pool.run(ctx, p.shares)
	stop()
	ticker.Wait()
	r := MarketResult{MarketProgress: m.MarketProgress, Skipped: p.Skipped, Failures: p.Failures}
	for _, s := range p.shares {
		s.job.sort()
		if failures := s.job.result.Failures; len(failures) > 0 {
			r.Failures = append(r.Failures, ContractFailure{s.job.request.Symbol, len(failures), failures[0].Day, failures[0].Err})
		}
	}
	if err != nil {
		return r, fmt.Errorf("importing %d contracts from the archive: %w", p.Contracts, err)
	}
	return r, nil
}

// marketImport adds up what the contracts of an import tell. The pool guards it.
type marketImport struct {
	MarketProgress
	pace pace
	now  func() time.Time
	tell func(MarketProgress)
}

// changed takes that a day of a contract is finished.
func (m *marketImport) changed(j *job, before Progress) {
	now := j.result.Progress
	m.Done += now.Done - before.Done
	m.Failed += now.Failed - before.Failed
	m.Unpublished += now.Unpublished - before.Unpublished
	m.Points += now.Points - before.Points
	m.Bytes += now.Bytes - before.Bytes
	m.Symbol, m.Latest = j.request.Symbol, now.Latest
	if now.Finished() {
		m.Finished++
	}
	m.report()
}

// tick reports once a second, too, so that it is known when nothing goes on.
func (m *marketImport) tick(ctx context.Context, mu *sync.Mutex) {
	again := time.NewTicker(time.Second)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-again.C:
			mu.Lock()
			m.report()
			mu.Unlock()
		}
	}
}

func (m *marketImport) report() {
	now, done := m.now(), m.Done+m.Failed+m.Unpublished
	m.pace.note(now, done)
	m.Left, m.LeftIsKnown = m.pace.left(now, done, m.Total)
	if m.tell != nil {
		m.tell(m.MarketProgress)
	}
}
