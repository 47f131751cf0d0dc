package recorder

import (
	"context"
	"time"

	"openinterest/data/market"
)

// Store is where the recorder keeps things, on this machine.
//
// Methods may be called from several goroutines, and may be slow: nothing waits
// for them but their own callers. Load comes first. Errors carry a
// *market.StorageProblem in their chain.
type Store interface {
	// Load returns what is kept of earlier runs: of each contract at most so
	// many stamps, the newest.
	Load(ctx context.Context, stamps int) (Kept, error)

	// Claim makes this process the one that writes, if no other is, and
	// reports whether it is now.
	Claim(ctx context.Context) (bool, error)

	// KeepStamps keeps points, durably once it returns nil. What is known
	// already costs little; official points replace live ones.
	KeepStamps(ctx context.Context, stamps []Stamps) error
	KeepFunding(ctx context.Context, symbol string, payments []market.FundingPoint) error
	// KeepRatios keeps the ratios that the exchange answered; Unknown ones replace nothing.
	KeepRatios(ctx context.Context, symbol string, rows []market.Ratios) error
	// KeepLiquidations keeps those that were seen, and the spans in which somebody
	// listened. What is known already changes nothing; spans that touch are joined.
	KeepLiquidations(ctx context.Context, seen []market.Liquidation, listened []market.Span) error
	// KeepTable keeps the snapshot's quotes, but for their histories, in place
	// of those before.
	KeepTable(ctx context.Context, s *market.Snapshot) error
	// KeepContracts keeps the list of contracts, also of those that have no
	// answer, in place of the one before.
	KeepContracts(ctx context.Context, list []market.Contract, at time.Time) error
	// KeepNotes keeps what the recorder wants to know in its next run.
	KeepNotes(ctx context.Context, notes []byte) error

	// Losses grows when something that was kept is found to be lost: gaps are to
	// be looked for again. Notice is what there is to say of that; nil: nothing.
	// Neither waits.
	Losses() int
	Notice() *market.StorageProblem

	// OtherMarket says that what is kept is of another market than the one that
	// answers now: from then on neither may get anything of the other's.
	OtherMarket()

	// Series returns the 5-minute points kept with from ≤ time ≤ to (Unix ms).
	Series(ctx context.Context, symbol string, from, to int64) (*market.Series, error)
	// Gaps returns the runs of 5-minute stamps with from ≤ time ≤ to that are
	// not kept and should be, the oldest first.
	Gaps(ctx context.Context, symbol string, from, to int64) ([]Span, error)
	// Ratios returns those kept with from ≤ time ≤ to, ascending.
	Ratios(ctx context.Context, symbol string, from, to int64) ([]market.Ratios, error)
	// Funding returns the payments kept with from ≤ time ≤ to, the oldest first.
	Funding(ctx context.Context, symbol string, from, to int64) ([]market.FundingPoint, error)
}

// Kept is what is kept of earlier runs.
type Kept struct {
	Saved     time.Time         // when the table was known, on the exchange's clock; zero: there is none
	Contracts []market.Contract // as KeepContracts was given them: none of them is newly listed
	Quotes    []*market.Quote   // with their newest stamps. One without a Received time has history alone, and no row
	Notes     []byte            // as KeepNotes was given them
	Notice    *market.StorageProblem

	Liquidations []market.Liquidation // of the last 24 hours, in any order
	Listened     []market.Span        // in which somebody listened to them then: ascending, disjoint
}

// Stamps are points of one contract to be kept.
type Stamps struct {
	Symbol string
	Points []market.Point
	Live   bool // sampled by this program as the stamp closed, not published by the exchange
}

// Span is a run of 5-minute stamps, the first and the last included: Unix ms.
type Span struct{ From, To int64 }
