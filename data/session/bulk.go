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

// tableServes is for how long a table tells which contracts there are: new ones are
// listed every week.
const tableServes = 24 * time.Hour

// newTablePatience is for how long a newer table is waited for where there is an old one.
const newTablePatience = 20 * time.Second

// Known returns the contracts of the last known table that a history keeps. Where it
// keeps none of the last day, a market is opened on the options until its table is
// full, for this long at most; an older table serves where nobody answers. The
// market's snapshot, with what is wrong with it, is returned besides; nil where nobody
// was asked.
func Known(ctx context.Context, o Options, store *history.Store, timeout time.Duration) ([]*market.Quote, *market.Snapshot, error) {
	table, err := store.LoadTable(ctx, 1)
	if err != nil {
		return nil, nil, err
	}
	kept := listedIn(table)
	known := len(byOpenInterest(kept)) > 0
	if known && (time.Since(table.Saved).Abs() < tableServes || !o.HasPayments()) { // that of another exchange than the archive's is not asked
		return kept, nil, nil
	}
	if known {
		timeout = min(timeout, newTablePatience)
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
	if snap == nil || known && snap.Status.LastGood.IsZero() {
		return kept, snap, nil
	}
	if store.Writes() { // so that it is not asked again, and that it is known since when each is listed
		if err := store.SaveTable(ctx, snap); err != nil {
			return nil, snap, err
		}
	}
	return snap.Quotes, snap, nil
}

// listedIn returns the contracts of a table, those of its list that never had an
// answer among them.
func listedIn(t *history.Table) []*market.Quote {
	quotes, had := slices.Clone(t.Quotes), map[string]bool{}
	for _, q := range quotes {
		had[q.Contract.Symbol] = true
	}
	for _, c := range t.Contracts {
		if !had[c.Symbol] {
			quotes = append(quotes, &market.Quote{Contract: c})
		}
	}
	return quotes
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
