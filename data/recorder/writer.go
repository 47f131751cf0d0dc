package recorder

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"openinterest/data/market"
)

// When what is learned is written, and how much of it waits.
const (
	flushEvery     = 5 * time.Second  // also after a failure: a disk that works again shows within ten seconds
	flushAtEnd     = 10 * time.Second // at most
	tableEvery     = time.Minute
	claimEvery     = 10 * time.Second // while another process writes
	transactionMax = 20_000           // points in one transaction: about as much as a disk takes without being felt
	pendingMax     = 600_000          // points that wait for a disk that fails; the oldest go
	pendingReading = 20_000           // points that wait while another process writes
	noticeFor      = 10 * time.Minute // a note on the storage is shown
	tableShare     = 0.9              // of the rows must be had before the table replaces the last known one
)

// writer writes down what is learned. The feed's goroutine appends to its lists;
// the goroutine of Recorder.Run writes them to the store.
type writer struct {
	store    Store
	log      *slog.Logger
	snapshot func() *market.Snapshot

	mu      sync.Mutex
	stamps  []Stamps
	points  int // in stamps
	funding []funding
	notes   []byte // to be written; nil: they are
	seen    seen
	role    role
	held    bool // it is not decided yet whether the store is of this market: nothing is written
	problem *market.StorageProblem
	notice  *market.StorageProblem
	noted   time.Time // when notice was
	losses  int       // of the store, as it was asked last
	lost    bool      // that they grew was not acted on yet

	claimed, tableAt time.Time         // for run's goroutine only
	contracts        []market.Contract // as kept last; likewise
}

// role is whether this process writes.
type role int

const (
	roleUnknown role = iota
	roleReading      // another process writes
	roleWriting
)

// funding are funding payments of one contract to be kept.
type funding struct {
	symbol string
	points []market.FundingPoint
}

func newWriter(store Store, log *slog.Logger, snapshot func() *market.Snapshot) *writer {
	return &writer{store: store, log: log, snapshot: snapshot, held: true}
}

// keep takes points to be written down soon.
func (w *writer) keep(s Stamps) {
	if len(s.Points) == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stamps = append(w.stamps, s)
	w.points += len(s.Points)
	w.shrink()
}

// shrink lets the oldest go of what waits for too long; w.mu is held.
func (w *writer) shrink() {
	most := pendingMax
	if w.role == roleReading {
		most = pendingReading
	}
	for w.points > most && len(w.stamps) > 1 {
		w.points -= len(w.stamps[0].Points)
		w.stamps = w.stamps[1:]
	}
	w.seen.shrink(most)
}

func (w *writer) keepFunding(symbol string, points []market.FundingPoint) {
	if len(points) == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.funding = append(w.funding, funding{symbol, points})
}

func (w *writer) keepNotes(b []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notes = b
}

// idle reports whether this process writes and has little left to write.
func (w *writer) idle() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.role == roleWriting && w.problem == nil && w.points < transactionMax
}

// status is what Recorder.Status says.
func (w *writer) status() *market.StorageProblem {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.problem == nil && w.notice != nil && time.Since(w.noted) < noticeFor {
		return w.notice
	}
	return w.problem
}

// note takes what is worth saying of the store for a while; nil: nothing is.
func (w *writer) note(p *market.StorageProblem) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notice, w.noted = p, time.Now()
}

// failed takes that nothing can be kept for now. It is said once.
func (w *writer) failed(what string, err error) {
	p := market.StorageProblemOf(err)
	w.mu.Lock()
	was := w.problem
	w.problem = p
	w.mu.Unlock()
	if was == nil || was.Kind != p.Kind {
		w.log.Warn("history is not being kept", "attempting", what, "problem", p.Kind, "error", err)
	}
}

// write writes what waits, where this process writes and nothing failed lately.
func (w *writer) write(ctx context.Context) {
	if w.claim(ctx) {
		w.flush(ctx, false)
	}
	w.askLosses()
}

// askLosses notes what is to be said of a store that lost something. It is called
// after each time that something was done with it.
func (w *writer) askLosses() {
	n := w.store.Losses()
	w.mu.Lock()
	more := n != w.losses
	w.losses, w.lost = n, w.lost || more
	w.mu.Unlock()
	if more {
		w.note(w.store.Notice())
	}
}

// takeLost reports whether something that was kept was lost since it was last
// called: gaps are to be looked for again. Recorder.Look calls it.
func (w *writer) takeLost() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	lost := w.lost
	w.lost = false
	return lost
}

// end writes what is left, after ctx has ended.
func (w *writer) end(ctx context.Context) {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushAtEnd)
	defer cancel()
	w.flush(last, true)
}

// claim makes this process the one that writes where no other does, and reports
// whether it is. It is asked each time where it is, too: what is kept may have
// been deleted or replaced.
func (w *writer) claim(ctx context.Context) bool {
	w.mu.Lock()
	was := w.role
	w.mu.Unlock()
	if was == roleReading && time.Since(w.claimed) < claimEvery {
		return false
	}
	w.claimed = time.Now()
	writes, err := w.store.Claim(ctx)
	if err != nil {
		if ctx.Err() == nil {
			w.failed("preparing to keep history", err)
		}
		return false
	}
	is := roleReading
	if writes {
		is = roleWriting
	}
	w.mu.Lock()
	w.role = is
	if !writes {
		w.problem = nil // another process sees to it
		w.shrink()
	}
	w.mu.Unlock()
	switch {
	case is == was:
	case is == roleReading:
		w.log.Info("another process keeps the history; this one reads along")
	case was == roleReading:
		w.log.Info("the process that kept the history has ended; this one goes on")
	}
	return writes
}

// release lets what is learned be written: it is decided what it belongs to.
func (w *writer) release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held = false
}

// begin has the writing claimed anew: the store is another one.
func (w *writer) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.role, w.notes = roleUnknown, nil
}

// flush writes down what waits, the table where it is time for it or this is
// the last time.
func (w *writer) flush(ctx context.Context, last bool) {
	w.mu.Lock()
	writing := w.role == roleWriting && !w.held
	w.mu.Unlock()
	if !writing {
		return
	}
	wrote, err := w.flushStamps(ctx)
	if err == nil {
		wrote, err = w.flushFunding(ctx, wrote)
	}
	if err == nil {
		wrote, err = w.flushSeen(ctx, wrote)
	}
	if err == nil && (last || time.Since(w.tableAt) >= tableEvery) {
		w.tableAt = time.Now()
		wrote, err = w.flushTable(ctx, wrote)
	}
	switch {
	case err != nil && ctx.Err() != nil && !last: // the end came in between
	case err != nil:
		w.failed("writing", err)
		w.tableAt = time.Time{} // it is tried at once, since nothing else may wait that could show that the disk works again
	case wrote:
		w.recovered()
	}
}

// flushStamps writes the stamps that wait, but not those that come meanwhile:
// a few at a time are not worth a transaction.
func (w *writer) flushStamps(ctx context.Context) (wrote bool, err error) {
	w.mu.Lock()
	left := len(w.stamps)
	w.mu.Unlock()
	for left > 0 {
		batch := w.take()
		if len(batch) == 0 {
			break // they had to go meanwhile
		}
		if err := w.store.KeepStamps(ctx, batch); err != nil {
			w.putBack(batch)
			return wrote, err
		}
		left -= len(batch)
		wrote = true
	}
	return wrote, nil
}

// recovered takes that something was written.
func (w *writer) recovered() {
	w.mu.Lock()
	was := w.problem
	w.problem = nil
	w.mu.Unlock()
	if was != nil {
		w.log.Info("history is being kept again")
	}
}

// take returns what goes into one transaction.
func (w *writer) take() []Stamps {
	w.mu.Lock()
	defer w.mu.Unlock()
	n, points := 0, 0
	for n < len(w.stamps) && (n == 0 || points+len(w.stamps[n].Points) <= transactionMax) {
		points += len(w.stamps[n].Points)
		n++
	}
	batch := w.stamps[:n:n]
	if w.stamps = w.stamps[n:]; len(w.stamps) == 0 {
		w.stamps = nil // what was written may be collected
	}
	w.points -= points
	return batch
}

func (w *writer) putBack(batch []Stamps) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range batch {
		w.points += len(s.Points)
	}
	w.stamps = append(batch, w.stamps...)
	w.shrink()
}

func (w *writer) flushFunding(ctx context.Context, wrote bool) (bool, error) {
	for {
		w.mu.Lock()
		if len(w.funding) == 0 {
			w.mu.Unlock()
			return wrote, nil
		}
		p := w.funding[0]
		w.mu.Unlock()
		if err := w.store.KeepFunding(ctx, p.symbol, p.points); err != nil {
			return wrote, err
		}
		w.mu.Lock()
		w.funding[0] = funding{}               // what was written may be collected
		w.funding, wrote = w.funding[1:], true // only this goroutine takes any away
		w.mu.Unlock()
	}
}

// flushTable keeps the notes, and the table once nearly all of it was had in
// this run: less is worse than the last known one.
func (w *writer) flushTable(ctx context.Context, wrote bool) (bool, error) {
	w.mu.Lock()
	notes := w.notes
	w.notes = nil
	w.mu.Unlock()
	if notes != nil {
		if err := w.store.KeepNotes(ctx, notes); err != nil {
			w.mu.Lock()
			if w.notes == nil { // none newer
				w.notes = notes
			}
			w.mu.Unlock()
			return wrote, err
		}
		wrote = true
	}
	s := w.snapshot()
	if wroteList, err := w.flushContracts(ctx, s); err != nil {
		return wrote, err
	} else if wroteList {
		wrote = true
	}
	if s == nil || s.Status.Total == 0 || float64(s.Status.Ready) < tableShare*float64(s.Status.Total) {
		return wrote, nil
	}
	return true, w.store.KeepTable(ctx, s)
}

// flushContracts keeps the list of contracts where it is another one than was
// kept last, once each of them was had or has no answer.
func (w *writer) flushContracts(ctx context.Context, s *market.Snapshot) (wrote bool, err error) {
	if s == nil || !s.Status.Filled() {
		return false, nil
	}
	list := make([]market.Contract, len(s.Quotes))
	for i, q := range s.Quotes {
		list[i] = q.Contract
	}
	if slices.Equal(list, w.contracts) {
		return false, nil
	}
	if err := w.store.KeepContracts(ctx, list, s.Time); err != nil {
		return false, err
	}
	w.contracts = list
	return true, nil
}
