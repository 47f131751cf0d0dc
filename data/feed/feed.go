// Package feed keeps the whole market fresh in the background: it decides what
// to ask the exchange next, asks, and publishes what is known as immutable
// snapshots. It is the heart of the program; everything on screen comes from
// [Feed.Snapshot] or [Feed.Load].
//
// # Who does what
//
// One goroutine, the engine, owns all state: it takes answers, decides, and
// publishes. Requests run on goroutines of their own, at most Options.Parallel
// at a time, and only bring an answer back. A supervisor keeps the stream of
// mark prices going. All of them belong to [Feed.Run] and end with it.
//
//   - schedule decides what is asked next. It is pure: given its state and
//     the time it returns a request, so ten minutes of it are simulated in a test.
//   - pace spreads requests over time, within what the exchange's quota
//     (data/quota) allows.
//   - health decides whether asking makes sense at all (offline, limited,
//     banned, hanging), and what the status says.
//   - table holds the rows and turns them into snapshots.
//   - charts, klines and ratiopages answer [Feed.Load], [Feed.Klines] and [Feed.Ratios],
//     stream supervises the mark prices.
//   - ratios asks for the ratios of what is ticked or on screen, while somebody wants them.
//   - liquidations supervises the stream of those, heard sums them up.
//   - fill asks for what the recorder wants. The recorder (data/recorder) writes
//     down what is learned, and knows what was known before and what is missing.
//
// # The arithmetic of the budget
//
// The exchange serves open interest one contract at a time, weight 1 each,
// within 2,400 weight a minute of an address; this program allows itself
// 1,920, of which 60 are kept for charts a person opens: 1,860 a minute, or 31
// requests a second. With 517 contracts, 30 of them on screen or ticked:
//
//	30 attended rows, each 5 s                   360 / min
//	history, ≤ 1.1 requests a second             ≤ 65 / min
//	24 h tickers, 40 each 30 s                    80 / min
//	contracts, funding terms                      <1 / min
//	the recorder's gaps, ≤ 1 request a second     60 / min, while there are any
//	left for 487 other rows: 1860 − 565         1295 / min: each row every 22.6 s
//
// So an attended row is at most 5 s plus one latency old, the others at most
// 23 s, and half of all rows less than 11 s. A favourite is asked twice as
// often as a row that nobody watches.
//
// A cold start costs 1 + 40 + 10 + 1 for the tables and twice 517 for open
// interest and history: 1,086 weight within a few seconds. What remains of
// the first minute, about 770, is spread over the rest of it: 13.8 requests a
// second, of which attended rows get what they need. The other rows reach
// their cadence in the second minute.
//
// History has a bucket of its own, 1,000 requests in five minutes, of which
// the program uses 900. The cold start takes 517 of them; at 1.1 a second the
// top-ups take at most 326 in any five minutes, together 843. Every stamp of
// 30 attended rows and every second stamp of the 487 others makes 274 in five
// minutes, which fits.
//
// Stamps appear at the exchange 6 to 16 minutes late. Until then a point
// sampled live as the stamp closed stands in (market.Series.WithLive), so that
// short changes are known; the exchange's own point replaces it.
//
// # What is kept
//
// With a [recorder.Store], the last known table is published at once, each row
// with the age it has, and a contract whose kept history reaches to the last
// quarter of an hour is not asked for any: a restart costs 517 weight instead
// of 1,034. Where it ends earlier, or has a hole, one request asks for what is
// missing (recall.go). All of what is received is handed to the recorder; the
// table itself has the last 28 hours of each contract (topup.go).
//
// What is left of the history bucket goes to the gaps that the recorder wants
// filled (fill.go): at most one a second, and none that would leave less than
// 330 of the bucket to the top-ups. The whole market, at 18 requests each, takes
// under three hours, once. Funding payments have a bucket of their own, 400 in
// five minutes.
//
// # Ratios and liquidations
//
// Ratios are counted in the history bucket, too. They are asked for only while
// somebody wants them ([Attention].Ratios), of contracts that are ticked or visible,
// once for each kind and 5-minute stamp: 40 rows make 160 requests in five minutes.
// They have at most 400 of the 900, of which 80 are kept for charts, and none that
// would leave less than 80 to the top-ups; more rows than that share them. Beside 274
// top-ups, 40 rows leave about 100 to the gaps, which leave 330. After a cold start of
// 517, the ratios have what remains before the first top-ups are due: 40 rows have
// them within seconds, and most of the next stamp's. A first request brings 41 hours,
// so that a chart has them at once; of rows that nobody looks at any more the ratios
// age.
//
// Liquidations are pushed, at no cost, and listened to always: what was not heard is
// not known later. A sum over an hour stands beside how much of it was listened to,
// which begins when a connection is open and ends with its last sign of life. What is
// kept of the last 24 hours counts, too, those spans included.
//
// # Clocks
//
// The clock of this machine may be wrong by hours and may stop while the
// machine sleeps. Whatever is shown or compared with the exchange's stamps
// uses Exchange.Now; deadlines inside use the monotonic clock. When the two
// drift apart by seconds, the machine slept or its clock was set, and
// everything is taken as due.
package feed

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"openinterest/data/market"
	"openinterest/data/quota"
	"openinterest/data/recorder"
)

// Exchange is what the feed needs of an exchange. Errors carry a
// *market.Problem in their chain. Each request is made with a context that
// carries the permit which the feed took from the exchange's Quota
// (quota.PermitOf); the exchange settles it.
type Exchange interface {
	// Now is the exchange's clock, and Corrected by how much it was set since
	// the start, because it had been wrong; time asleep is not counted.
	Now() time.Time
	Corrected() time.Duration
	// Quota says what may be asked now, Budget what the status tells of it.
	Quota() *quota.Quota
	Budget() market.Budget

	Contracts(ctx context.Context) ([]market.Contract, error)
	OpenInterest(ctx context.Context, symbol string) (market.OpenInterest, error)
	// OpenInterestHistory returns at most limit (≤ 500) points between from
	// and to; zero times ask for the newest.
	OpenInterestHistory(ctx context.Context, symbol string, period market.Period, from, to time.Time, limit int) (*market.Series, error)
	Tickers(ctx context.Context) ([]market.Ticker, error)
	MarkPrices(ctx context.Context) ([]market.MarkPrice, error)
	// FundingTerms returns the terms of the contracts that differ from the default.
	FundingTerms(ctx context.Context) (map[string]market.FundingTerms, error)
	// FundingHistory returns at most limit (≤ 1000) payments of a contract from from
	// to to, a zero one being now.
	FundingHistory(ctx context.Context, symbol string, from, to time.Time, limit int) ([]market.FundingPoint, error)
	// Klines returns at most limit (≤ 499) candles that began from from on.
	Klines(ctx context.Context, symbol string, period market.Period, from time.Time, limit int) ([]market.Candle, error)
	// Ratios returns at most limit (≤ 500) ratios of one kind, one for each 5 minutes,
	// between from and to; zero times ask for the newest.
	Ratios(ctx context.Context, symbol string, kind market.RatioKind, from, to time.Time, limit int) ([]market.Ratios, error)
	// StreamMarkPrices delivers mark prices over one connection until it breaks or ctx ends.
	StreamMarkPrices(ctx context.Context, deliver func([]market.MarkPrice)) error
	// StreamLiquidations delivers liquidations likewise. alive is called once the
	// connection is open, and then with each sign of life, before deliver.
	StreamLiquidations(ctx context.Context, alive func(), deliver func(market.Liquidation)) error
}

// Options are what a Feed is made from.
type Options struct {
	Exchange Exchange
	Store    recorder.Store // where what is learned is kept; nil: nowhere
	Logger   *slog.Logger   // nil: silent
	Parallel int            // requests at a time; 0: 48
}

const defaultParallel = 48

// Attention says what the person is looking at. It decides the order of
// everything that is asked.
type Attention struct {
	Ticked     []string // symbols ticked for comparison or shown in a chart
	Visible    []string // symbols of the rows on screen
	Favourites []string
	Hidden     bool // the window is hidden or minimised: slow down
	Ratios     bool // somebody wants the ratios of the contracts that are ticked or visible
}

// Feed refreshes the market in the background. Its methods may be called from
// any goroutine, before, during and after Run.
type Feed struct {
	exchange Exchange
	store    recorder.Store     // nil: nothing is kept
	recorder *recorder.Recorder // nil then
	log      *slog.Logger
	parallel int

	newest  atomic.Pointer[market.Snapshot]
	updates chan struct{}

	attention atomic.Pointer[Attention]
	attended  chan struct{} // one slot: attention changed
	retry     chan struct{} // one slot: the person asked to try now
	calls     chan chartCall
	klines    chan klineCall
	pages     chan ratioCall
	started   atomic.Bool
	ended     chan struct{} // closed when Run has returned

	ratios       *ratioBook
	liquidations *liquidations
}

// ErrEnded is returned by Load once Run has ended, and by a second Run.
var ErrEnded = errors.New("the feed has ended or was started before")

// New returns a feed that does nothing until Run.
func New(o Options) *Feed {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Parallel <= 0 {
		o.Parallel = defaultParallel
	}
	f := &Feed{
		exchange: o.Exchange, store: o.Store, log: o.Logger, parallel: o.Parallel,
		updates:  make(chan struct{}, 1),
		attended: make(chan struct{}, 1),
		retry:    make(chan struct{}, 1),
		calls:    make(chan chartCall),
		klines:   make(chan klineCall),
		pages:    make(chan ratioCall),
		ended:    make(chan struct{}),

		ratios: newRatioBook(), liquidations: newLiquidations(time.Now()),
	}
	f.recorder = recorder.New(recorder.Options{Store: o.Store, Log: o.Logger, Snapshot: f.Snapshot, Stamps: keptPoints})
	return f
}

// Run refreshes until ctx ends and returns nil once every goroutine of the
// feed has stopped. A feed runs once; a second Run returns ErrEnded.
func (f *Feed) Run(ctx context.Context) error {
	if !f.started.CompareAndSwap(false, true) {
		return ErrEnded
	}
	defer close(f.ended)
	ctx, cancel := context.WithCancel(ctx)
	e := newEngine(ctx, f)
	e.run()
	cancel()
	e.group.Wait()
	return nil
}

// Snapshot returns the newest snapshot; nil before the first.
func (f *Feed) Snapshot() *market.Snapshot { return f.newest.Load() }

// Storage is what Status.Storage says, and after Run has ended, what became of
// the last that was to be kept.
func (f *Feed) Storage() *market.StorageProblem { return f.recorder.Status() }

// Updates signals that there is a newer snapshot. The channel has one slot:
// who is slow sees one signal for many snapshots. It is never closed.
func (f *Feed) Updates() <-chan struct{} { return f.updates }

// Attend tells the feed what the person looks at. It is cheap and never blocks.
func (f *Feed) Attend(a Attention) {
	f.attention.Store(&Attention{
		Ticked:     append([]string(nil), a.Ticked...),
		Visible:    append([]string(nil), a.Visible...),
		Favourites: append([]string(nil), a.Favourites...),
		Hidden:     a.Hidden,
		Ratios:     a.Ratios,
	})
	signal(f.attended)
}

// Retry asks again now what failed, instead of at its next try. It does not
// override a limit or a ban that the exchange told.
func (f *Feed) Retry() { signal(f.retry) }

// signal fills a one-slot channel; a signal already waiting is enough.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
