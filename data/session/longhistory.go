package session

import (
	"context"
	"fmt"
	"os"
	"time"

	"openinterest/data/feed"
	"openinterest/data/history"
	"openinterest/data/history/archive"
	"openinterest/data/history/ondemand"
	"openinterest/data/market"
)

// longHistory is what charts see beyond the 30 days of the exchange: the
// history on this machine, and the archive, which fills it on demand.
type longHistory struct {
	*ondemand.Fetcher

	store  *storeAdapter
	feed   *feed.Feed
	now    func() time.Time // the exchange's clock
	folder string           // of the demo, to be removed; else ""
	mine   bool             // the store is this one's to close: the demo's
}

// OpenLong opens the ranges beyond what the exchange keeps, for who shows
// charts: Load then knows them, and the fetcher that is returned fills them from
// the archive. Where that fails, which the log tells of, it returns nil, and
// charts are as long as what the exchange keeps. They end with the session.
func (s *Session) OpenLong() *ondemand.Fetcher {
	long, err := s.newLong()
	if err != nil {
		s.log.Warn("charts go back 30 days only", "error", err)
		return nil
	}
	s.long = long
	return long.Fetcher
}

// newLong joins history and archive. In the demo they have a folder of their
// own, which is gone afterwards.
func (s *Session) newLong() (*longHistory, error) {
	from, err := s.openArchive()
	if err != nil {
		return nil, err
	}
	l := &longHistory{store: s.store, feed: s.feed, now: s.client.Now}
	if l.store == nil {
		if l.folder, err = os.MkdirTemp("", "openinterest-demo-"); err != nil {
			return nil, fmt.Errorf("making a folder for the demo's history: %w", err)
		}
		l.store, l.mine = newStoreAdapter(l.folder, s.log), true
		if _, err := l.store.open(s.ctx); err != nil {
			l.Close()
			return nil, fmt.Errorf("opening the demo's history: %w", err)
		}
	}
	l.Fetcher = ondemand.New(s.ctx, archiveStore{l.store}, from, s.client.Now)
	return l, nil
}

// Close ends what is being fetched.
func (l *longHistory) Close() {
	if l.Fetcher != nil {
		l.Fetcher.Close()
	}
	if l.mine {
		l.store.Close()
		if err := os.RemoveAll(l.folder); err != nil {
			l.store.log.Warn("the demo's history stays behind", "folder", l.folder, "error", err)
		}
	}
}

// Load returns what is kept of a contract over a range longer than the exchange
// remembers, and what the feed knows besides.
func (l *longHistory) Load(ctx context.Context, symbol string, r market.Range) (*market.Series, error) {
	from, to := int64(0), l.now().UnixMilli()
	if r != market.RangeAll {
		from = to - time.Duration(r).Milliseconds()
	}
	series, err := l.store.Series(ctx, symbol, from, to)
	if err != nil {
		return nil, err
	}
	if q := l.feed.Snapshot().Quote(symbol); q != nil && q.History.Len() > 0 {
		series = q.History.Merge(series, 0)
	}
	return forChart(series), nil
}

// forChart returns the series in the period in which a chart shows it: every
// hour where a year of points is exceeded, or where the older ones were thinned
// to hours, between which 5-minute points would stand apart; else as it is.
func forChart(s *market.Series) *market.Series {
	const most = int64(366*24*time.Hour) / int64(time.Millisecond)
	last, ok := s.Last()
	if !ok || last.Time-s.Points[0].Time <= most && !isThinned(s) {
		return s
	}
	hour := market.Period1h.Millis()
	hours := &market.Series{Symbol: s.Symbol, Period: market.Period1h, Official: s.Official / hour * hour}
	for _, p := range s.Points {
		if p.Time%hour == 0 {
			hours.Points = append(hours.Points, p)
		}
	}
	return hours
}

// isThinned reports whether a day or more of s has full hours only.
func isThinned(s *market.Series) bool {
	run := 0
	for i := 1; i < len(s.Points) && run < 24; i++ {
		hour := market.Period1h.Millis()
		if s.Points[i].Time-s.Points[i-1].Time == hour && s.Points[i].Time%hour == 0 {
			run++
		} else {
			run = 0
		}
	}
	return run >= 24
}

// archiveStore is the store as an import needs it.
type archiveStore struct{ store *storeAdapter }

// Writes reports whether this process may write. It never waits: a history
// that is just being opened is not yet ours.
func (a archiveStore) Writes() bool {
	store := a.store.current.Load()
	return store != nil && store.Writes()
}

// Losses implements ondemand.Store.
func (a archiveStore) Losses() int { return a.store.Losses() }

// ArchiveDays implements archive.Store.
func (a archiveStore) ArchiveDays(ctx context.Context, symbol string, from, to time.Time) (days map[time.Time]history.ArchiveDay, err error) {
	err = a.store.use(ctx, "reading what the archive gave", func(s *history.Store) error {
		days, err = s.ArchiveDays(ctx, symbol, from, to)
		return err
	})
	return days, err
}

// SaveArchiveDay implements archive.Store.
func (a archiveStore) SaveArchiveDay(ctx context.Context, d history.ArchiveDay, rows []history.Row) (saved history.Saved, err error) {
	err = a.store.use(ctx, "keeping a day of the archive", func(s *history.Store) error {
		saved, err = s.SaveArchiveDay(ctx, d, rows)
		return err
	})
	return saved, err
}

var _ archive.Store = archiveStore{}
