package feed

import (
	"context"
	"time"

	"openinterest/data/market"
)

// Memory is what outlives the program: stamps, funding payments, the last
// known table, on this machine. With one, the feed
//
//   - publishes the last known table before the exchange has said a word;
//   - asks for the history that is missing since, not for all of it;
//   - keeps what it learns, and in the background fetches what is missing of
//     the 30 days that the exchange remembers.
//
// Methods may be called from several goroutines, and may be slow: nothing
// waits for them but their own callers. Load comes first. Errors carry a
// *market.StorageProblem in their chain.
type Memory interface {
	// Load returns what is known of earlier runs.
	Load(ctx context.Context, stamps int) (Remembered, error)

	// Claim makes this process the one that keeps, if no other is, and
	// reports whether it is now.
	Claim(ctx context.Context) (bool, error)

	// KeepStamps keeps points, durably once it returns nil. What is known
	// already costs little; official points replace live ones.
	KeepStamps(ctx context.Context, stamps []Stamps) error
	KeepFunding(ctx context.Context, symbol string, payments []market.FundingPoint) error
	// KeepTable keeps the snapshot's quotes, but for their histories, in place
	// of those before.
	KeepTable(ctx context.Context, s *market.Snapshot) error
	// KeepNotes keeps what the feed wants to know in its next run.
	KeepNotes(ctx context.Context, notes []byte) error

	// Disowned says that what is kept is of another market than the one that
	// answers now: from then on neither may get anything of the other's.
	Disowned()

	// Series returns the 5-minute points kept with from ≤ time ≤ to (Unix ms).
	Series(ctx context.Context, symbol string, from, to int64) (*market.Series, error)
	// Gaps returns the runs of 5-minute stamps with from ≤ time ≤ to that are
	// not kept and should be, the oldest first.
	Gaps(ctx context.Context, symbol string, from, to int64) ([]Span, error)
	// Funding returns the payments kept with from ≤ time ≤ to, the oldest first.
	Funding(ctx context.Context, symbol string, from, to int64) ([]market.FundingPoint, error)
}

// Remembered is what is known of earlier runs.
type Remembered struct {
	Saved  time.Time       // when the table was known, on the exchange's clock; zero: there is none
	Quotes []*market.Quote // with their newest stamps. One without a Received time has history alone, and no row
	Notes  []byte          // as KeepNotes was given them
	Notice *market.StorageProblem
}

// Stamps are points of one contract to be kept.
type Stamps struct {
	Symbol string
	Points []market.Point
	Live   bool // sampled by this program as the stamp closed, not published by the exchange
}

// Span is a run of 5-minute stamps, the first and the last included: Unix ms.
type Span struct{ From, To int64 }

// rememberPatience is for how long requests for history wait for what is
// remembered. A disk that takes longer is not waited for.
const rememberPatience = 3 * time.Second

// memoryAnswer is what came of Load.
type memoryAnswer struct {
	remembered Remembered
	err        error
}

// recall reads the memory on a goroutine of its own.
func (e *engine) recall() {
	r, err := e.memory.Load(e.ctx, keptPoints)
	e.recalled <- memoryAnswer{r, err} // one slot, one answer
}

// remember takes what the memory had: the last known table is published at
// once.
func (e *engine) remember(a memoryAnswer) {
	now, wall := e.clock()
	if a.err != nil {
		e.schedule.remembering = false
		e.keeper.failed("reading what was kept", a.err)
		return
	}
	e.keeper.note(a.remembered.Notice)
	e.notes = readNotes(a.remembered.Notes, wall)
	if e.notes.Late > 0 {
		e.schedule.topUps.late = min(maxLate, max(minLate, time.Duration(e.notes.Late)*time.Second))
	}
	e.table.remember(a.remembered)
	e.group.Go(func() { e.testify(a.remembered.Quotes, wall) })
	e.promptUntil, e.published = now+promptFor, never
	e.log.Info("remembered", "contracts", len(a.remembered.Quotes), "saved", a.remembered.Saved, "after", now)
}

// judgeHistories decides what to ask of each contract's history, once the
// exchange's list and clock are known: nothing where what is remembered reaches
// far enough, what is missing since where it has no holes, else what there is.
func (e *engine) judgeHistories(wall time.Time) {
	if !e.believed {
		return
	}
	for _, r := range e.table.rows {
		symbol := r.quote.Contract.Symbol
		entry := e.schedule.symbols[symbol]
		if entry == nil || entry.history.have || entry.missing != 0 || r.quote.History.Len() == 0 {
			continue
		}
		missing, fresh := e.judge(r.quote.Contract, r.quote.History, wall)
		entry.missing, entry.official = missing, r.quote.History.Official
		if fresh {
			entry.history.have = true
			e.table.covered(r)
		}
	}
}

// How much of a remembered history must be there.
const (
	coveredFor = 25 * time.Hour   // a change over 24 h, counted from a stamp up to an hour old
	freshFor   = 15 * time.Minute // the shortest change that the exchange's late stamps allow
)

// judge returns the oldest stamp that a history lacks and the exchange may
// have, and whether it will do until the next top-up.
func (e *engine) judge(c market.Contract, s *market.Series, wall time.Time) (missing int64, fresh bool) {
	from := market.FloorStamp(wall.Add(-coveredFor).UnixMilli())
	if !c.Listed.IsZero() {
		from = max(from, market.FloorStamp(c.Listed.UnixMilli())+market.StepMillis)
	}
	absent := e.notes.of(c.Symbol)
	for at := from; at <= s.Official; at += market.StepMillis {
		if _, ok := s.At(at); !ok && !absent.has(at) {
			return at, false
		}
	}
	_, reaches := s.At(market.FloorStamp(wall.Add(-freshFor).UnixMilli()))
	late := e.schedule.topUps.late.Milliseconds() + market.StepMillis
	return max(from, s.Official+market.StepMillis), reaches || s.Official >= market.FloorStamp(wall.UnixMilli()-late)
}
