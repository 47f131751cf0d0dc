package market

import (
	"cmp"
	"slices"
	"time"
)

// FeedState is how the feed as a whole is doing.
type FeedState string

// The states of the feed. Their values are a contract with scripts.
const (
	Loading FeedState = "loading" // the table fills for the first time in this run, or nothing has come yet
	Live    FeedState = "live"    // good answers about open interest keep coming
	Stale   FeedState = "stale"   // the exchange can be reached, but gave no good answer for some seconds, or is not asked because this program's share is spent
	Refused FeedState = "refused" // the exchange refuses every request: told to wait, banned, firewall, location
	Offline FeedState = "offline" // no connection, or nobody answers
)

// Status is the health of the feed at one moment.
type Status struct {
	State    FeedState
	Problem  *Problem   // why it is not Live; nil while it is. May be set while Loading: why that takes longer
	Partial  []*Problem // what fails while the rest is live: one route, the stream, single contracts; the weightiest first
	Until    time.Time  // when Problem is tried again, when known; zero while a try is under way
	LastGood time.Time  // last good answer of any kind; zero: none yet

	StreamLive bool // mark prices come by the stream, or it is not known yet that they don't; else by REST, more slowly

	// Ready counts the contracts with open interest had in this run and
	// history that covers 24 h. Unanswered counts those that are asked again
	// and again without a usable answer while others answer, be it from the start
	// or not any more: the table is as full as it gets when Ready + Unanswered ==
	// Total.
	Ready, Unanswered, Total int

	// Storage is why what is learned is not being kept on this machine, or a
	// note on what became of it; nil: all is well, or nothing is to be kept.
	Storage *StorageProblem

	Budget Budget
}

// Filled reports whether every contract was had, or has no answer.
func (s Status) Filled() bool { return s.Total > 0 && s.Ready+s.Unanswered >= s.Total }

// Budget is what may still be asked of the exchange. Weight is counted per
// minute, history (every /futures/data route) in requests per five minutes.
type Budget struct {
	Used    int // weight in the last minute, as the exchange last said or as counted here, whichever is more; other programs behind this address included
	Own     int // weight this program spent in the last 60 seconds
	Allowed int // what this program lets Used grow to
	Limit   int // the exchange's limit a minute

	HistoryUsed, HistoryAllowed int // requests in the last five minutes, and what this program allows itself

	BlockedUntil time.Time // told to wait, on the exchange's clock; zero: not blocked
}

// Notice tells of a change in the list of contracts.
type Notice struct {
	Time   time.Time
	Symbol string
	Kind   NoticeKind
}

// NoticeKind is what happened to a contract.
type NoticeKind string

// The kinds of notice.
const (
	Listed   NoticeKind = "listed"
	Delisted NoticeKind = "delisted"
)

// Snapshot is the whole market at one moment. It is immutable and replaces the
// one before; readers keep the newest and drop the rest.
type Snapshot struct {
	Sequence uint64
	Time     time.Time // when it was composed, on the exchange's clock
	Quotes   []*Quote  // by symbol, ascending
	Notices  []Notice  // the newest last; the last few
	Status   Status

	index map[string]*Quote // nil while Quotes are in order, as the feed's are: one is published every second
}

// NewSnapshot completes s with an index of its quotes, where they need one.
func NewSnapshot(s Snapshot) *Snapshot {
	if slices.IsSortedFunc(s.Quotes, bySymbol) {
		return &s
	}
	s.index = make(map[string]*Quote, len(s.Quotes))
	for _, q := range s.Quotes {
		s.index[q.Contract.Symbol] = q
	}
	return &s
}

// Quote returns the quote of a symbol, nil when the snapshot has none.
func (s *Snapshot) Quote(symbol string) *Quote {
	if s == nil {
		return nil
	}
	if s.index != nil {
		return s.index[symbol]
	}
	i, ok := slices.BinarySearchFunc(s.Quotes, symbol, func(q *Quote, symbol string) int { return cmp.Compare(q.Contract.Symbol, symbol) })
	if !ok {
		return nil
	}
	return s.Quotes[i]
}

func bySymbol(a, b *Quote) int { return cmp.Compare(a.Contract.Symbol, b.Contract.Symbol) }
