package session

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"openinterest/data/history"
	"openinterest/data/history/archive"
	"openinterest/data/history/bulk"
	"openinterest/data/market"
	"openinterest/data/proxy"
)

// bulkPerSecond is how many requests a second an import of years makes at most: a
// file and its checksum are two.
const bulkPerSecond = 200

// OpenArchive returns the exchange's archive, or the one at the address that the
// options name, reached by their proxy, for who imports years. The command calls it;
// a session opens archives of its own.
func OpenArchive(o Options) (*archive.Archive, error) {
	return archive.New(o.ArchiveURL, archive.Options{UserAgent: o.UserAgent, Log: o.Log, Dial: proxy.New(o.Proxy).DialContext, PerSecond: bulkPerSecond})
}

// Known returns the contracts of the last known table that a history keeps. Where it
// keeps none, a market is opened on the options until its table is full, for this
// long at most. Its snapshot, with what is wrong with it, is returned besides; nil
// where nobody was asked.
func Known(ctx context.Context, o Options, store *history.Store, timeout time.Duration) ([]*market.Quote, *market.Snapshot, error) {
	table, err := store.LoadTable(ctx, 1)
	if err != nil || len(byOpenInterest(table.Quotes)) > 0 {
		return table.Quotes, nil, err
	}
	s, err := Open(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	defer s.Close()
	snap, _ := s.Fill(ctx, timeout)
	if err := ctx.Err(); err != nil {
		return nil, snap, fmt.Errorf("asking which contracts there are: %w", err)
	}
	if snap == nil {
		return nil, nil, nil
	}
	if store.Writes() { // so that it is not asked again, and that it is known since when each is listed
		if err := store.SaveTable(ctx, snap); err != nil {
			return nil, snap, err
		}
	}
	return snap.Quotes, snap, nil
}

// ByOpenInterest lists the symbols of contracts, those with the most USD open first;
// those of which it is not known come last.
func ByOpenInterest(quotes []*market.Quote) []string {
	symbols := byOpenInterest(quotes)
	had := map[string]bool{}
	for _, s := range symbols {
		had[s] = true
	}
	for _, q := range quotes {
		if s := q.Contract.Symbol; !had[s] {
			symbols = append(symbols, s)
		}
	}
	return symbols
}

// byOpenInterest lists those of which it is known.
func byOpenInterest(quotes []*market.Quote) []string {
	known := slices.DeleteFunc(slices.Clone(quotes), func(q *market.Quote) bool { return !market.Known(q.OpenInterestUSD()) })
	slices.SortStableFunc(known, func(a, b *market.Quote) int {
		return cmp.Or(cmp.Compare(b.OpenInterestUSD(), a.OpenInterestUSD()), cmp.Compare(a.Contract.Symbol, b.Contract.Symbol))
	})
	symbols := make([]string, len(known))
	for i, q := range known {
		symbols[i] = q.Contract.Symbol
	}
	return symbols
}

// OpenBulk returns the job that imports the whole market's past into what is kept on
// this machine; nil in the demo, which keeps nothing. It ends with the session. It is
// called once, if at all.
func (s *Session) OpenBulk() *bulk.Job {
	if s.store == nil {
		return nil
	}
	from, err := OpenArchive(s.options)
	if err != nil {
		s.log.Warn("the whole market cannot be imported", "error", err)
		return nil
	}
	store := archiveStore{s.store}
	s.bulk = bulk.New(s.ctx, bulk.Options{
		Importer: from, Store: store, Writes: store.Writes,
		Disk: func(ctx context.Context) (bulk.Disk, error) { return s.store.open(ctx) },
		Symbols: func() []string {
			if snap := s.feed.Snapshot(); snap != nil {
				return ByOpenInterest(snap.Quotes)
			}
			return nil
		},
	})
	return s.bulk
}
