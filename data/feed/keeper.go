package feed

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"openinterest/data/market"
)

// How what is learned is written down.
const (
	flushEvery     = 5 * time.Second
	flushAtEnd     = 10 * time.Second // at most
	tableEvery     = time.Minute
	claimEvery     = 10 * time.Second // while another process keeps
	keepRetry      = 30 * time.Second // after a failure
	transactionMax = 20_000           // points in one transaction: about as much as a disk takes without being felt
	pendingMax     = 600_000          // points that wait for a disk that fails; the oldest go
	pendingReading = 20_000           // points that wait while another process keeps
	noticeFor      = 10 * time.Minute // a note on the storage is shown
	keepShare      = 0.9              // of the rows must be had before the table replaces the last known one
)

// keeper writes down what the engine learns, on a goroutine of its own. The
// engine only ever appends to lists in memory, so that a slow disk delays
// nothing.
type keeper struct {
	memory   Memory
	log      *slog.Logger
	snapshot func() *market.Snapshot

	mu      sync.Mutex
	stamps  []Stamps
	points  int // in stamps
	funding []payments
	notes   []byte // to be written; nil: they are
	role    role
	problem *market.StorageProblem
	notice  *market.StorageProblem
	noted   time.Time // when notice was
	losses  int       // of the memory, as it was asked last
	lost    bool      // that they grew was not acted on yet

	claimed, retryAt, tableAt time.Time // for run's goroutine only
}

// role is whether this process keeps.
type role int

const (
	roleUnknown role = iota
	roleReading      // another process keeps
	roleWriting
)

// payments are funding payments of one contract to be kept.
type payments struct {
	symbol string
	points []market.FundingPoint
}

func newKeeper(m Memory, log *slog.Logger, snapshot func() *market.Snapshot) *keeper {
	return &keeper{memory: m, log: log, snapshot: snapshot}
}

// keep takes points to be written down soon.
func (k *keeper) keep(s Stamps) {
	if k == nil || len(s.Points) == 0 {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stamps = append(k.stamps, s)
	k.points += len(s.Points)
	k.shrink()
}

// shrink lets the oldest go of what waits for too long; k.mu is held.
func (k *keeper) shrink() {
	most := pendingMax
	if k.role == roleReading {
		most = pendingReading
	}
	for k.points > most && len(k.stamps) > 1 {
		k.points -= len(k.stamps[0].Points)
		k.stamps = k.stamps[1:]
	}
}

func (k *keeper) keepFunding(symbol string, points []market.FundingPoint) {
	if len(points) == 0 {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.funding = append(k.funding, payments{symbol, points})
}

func (k *keeper) keepNotes(b []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.notes = b
}

// idle reports whether this process keeps and has little left to write.
func (k *keeper) idle() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.role == roleWriting && k.problem == nil && k.points < transactionMax
}

// status is what the status says of storage.
func (k *keeper) status() *market.StorageProblem {
	if k == nil {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.problem == nil && k.notice != nil && time.Since(k.noted) < noticeFor {
		return k.notice
	}
	return k.problem
}

// note takes what is worth saying for a while.
func (k *keeper) note(p *market.StorageProblem) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.notice, k.noted = p, time.Now()
}

// failed takes that nothing can be kept for now. It is said once.
func (k *keeper) failed(what string, err error) {
	p := market.StorageProblemOf(err)
	k.mu.Lock()
	was := k.problem
	k.problem = p
	k.mu.Unlock()
	if was == nil || was.Kind != p.Kind {
		k.log.Warn("history is not being kept", "attempting", what, "problem", p.Kind, "error", err)
	}
}

// run writes until ctx ends, and then what is left.
func (k *keeper) run(ctx context.Context) {
	k.claim(ctx)
	again := time.NewTicker(flushEvery)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushAtEnd)
			k.flush(last, true)
			cancel()
			return
		case <-again.C:
		}
		if k.claim(ctx) && !time.Now().Before(k.retryAt) {
			k.flush(ctx, false)
		}
		k.askLosses()
	}
}

// askLosses notes what is to be said of a memory that lost something. It is
// called after each time that something was done with it.
func (k *keeper) askLosses() {
	n := k.memory.Losses()
	k.mu.Lock()
	more := n != k.losses
	k.losses, k.lost = n, k.lost || more
	k.mu.Unlock()
	if more {
		k.note(k.memory.Notice())
	}
}

// takeLost reports whether something that was kept was lost since it was asked
// last: gaps are to be looked for again. The engine asks.
func (k *keeper) takeLost() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	lost := k.lost
	k.lost = false
	return lost
}

// claim takes over the keeping where nobody does it, and reports whether this
// process has it. It asks each time where it has: what is kept may have been
// deleted or replaced.
func (k *keeper) claim(ctx context.Context) bool {
	k.mu.Lock()
	was := k.role
	k.mu.Unlock()
	if was != roleWriting && !k.claimed.IsZero() && time.Since(k.claimed) < claimEvery {
		return false
	}
	k.claimed = time.Now()
	writes, err := k.memory.Claim(ctx)
	if err != nil {
		if ctx.Err() == nil {
			k.failed("preparing to keep history", err)
		}
		return false
	}
	is := roleReading
	if writes {
		is = roleWriting
	}
	k.mu.Lock()
	k.role = is
	if !writes {
		k.problem = nil // another process sees to it
		k.shrink()
	}
	k.mu.Unlock()
	switch {
	case is == was:
	case is == roleReading:
		k.log.Info("another process keeps the history; this one reads along")
	case was == roleReading:
		k.log.Info("the process that kept the history has ended; this one goes on")
	}
	return writes
}

// begin has the keeping claimed anew: the memory is another one.
func (k *keeper) begin() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.role, k.notes = roleUnknown, nil
}

// flush writes down what waits, the table where it is time for it or this is
// the last time.
func (k *keeper) flush(ctx context.Context, last bool) {
	k.mu.Lock()
	writing := k.role == roleWriting
	k.mu.Unlock()
	if !writing {
		return
	}
	wrote, err := k.flushStamps(ctx)
	if err == nil {
		wrote, err = k.flushFunding(ctx, wrote)
	}
	if err == nil && (last || time.Since(k.tableAt) >= tableEvery) {
		k.tableAt = time.Now()
		wrote, err = k.flushTable(ctx, wrote)
	}
	switch {
	case err != nil && ctx.Err() != nil && !last: // the end came in between
	case err != nil:
		k.failed("writing", err)
		k.retryAt = time.Now().Add(keepRetry)
	case wrote:
		k.recovered()
	}
}

// flushStamps writes the stamps that wait, but not those that come meanwhile:
// a few at a time are not worth a transaction.
func (k *keeper) flushStamps(ctx context.Context) (wrote bool, err error) {
	k.mu.Lock()
	left := len(k.stamps)
	k.mu.Unlock()
	for left > 0 {
		batch := k.take()
		if len(batch) == 0 {
			break // they had to go meanwhile
		}
		if err := k.memory.KeepStamps(ctx, batch); err != nil {
			k.putBack(batch)
			return wrote, err
		}
		left -= len(batch)
		wrote = true
	}
	return wrote, nil
}

// recovered takes that something was written.
func (k *keeper) recovered() {
	k.mu.Lock()
	was := k.problem
	k.problem = nil
	k.mu.Unlock()
	if was != nil {
		k.log.Info("history is being kept again")
	}
}

// take returns what goes into one transaction.
func (k *keeper) take() []Stamps {
	k.mu.Lock()
	defer k.mu.Unlock()
	n, points := 0, 0
	for n < len(k.stamps) && (n == 0 || points+len(k.stamps[n].Points) <= transactionMax) {
		points += len(k.stamps[n].Points)
		n++
	}
	batch := k.stamps[:n:n]
	if k.stamps = k.stamps[n:]; len(k.stamps) == 0 {
		k.stamps = nil // what was written may be collected
	}
	k.points -= points
	return batch
}

func (k *keeper) putBack(batch []Stamps) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, s := range batch {
		k.points += len(s.Points)
	}
	k.stamps = append(batch, k.stamps...)
	k.shrink()
}

func (k *keeper) flushFunding(ctx context.Context, wrote bool) (bool, error) {
	for {
		k.mu.Lock()
		if len(k.funding) == 0 {
			k.mu.Unlock()
			return wrote, nil
		}
		p := k.funding[0]
		k.mu.Unlock()
		if err := k.memory.KeepFunding(ctx, p.symbol, p.points); err != nil {
			return wrote, err
		}
		k.mu.Lock()
		k.funding[0] = payments{}              // what was written may be collected
		k.funding, wrote = k.funding[1:], true // only this goroutine takes any away
		k.mu.Unlock()
	}
}

// flushTable keeps the notes, and the table once nearly all of it was had in
// this run: less is worse than the last known one.
func (k *keeper) flushTable(ctx context.Context, wrote bool) (bool, error) {
	k.mu.Lock()
	notes := k.notes
	k.notes = nil
	k.mu.Unlock()
	if notes != nil {
		if err := k.memory.KeepNotes(ctx, notes); err != nil {
			k.mu.Lock()
			if k.notes == nil { // none newer
				k.notes = notes
			}
			k.mu.Unlock()
			return wrote, err
		}
		wrote = true
	}
	s := k.snapshot()
	if s == nil || s.Status.Total == 0 || float64(s.Status.Ready) < keepShare*float64(s.Status.Total) {
		return wrote, nil
	}
	return true, k.memory.KeepTable(ctx, s)
}
