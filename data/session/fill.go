package session

import (
	"context"
	"time"

	"openinterest/data/market"
)

// Waiting is how long a command that runs once waits for a full table.
type Waiting struct {
	// Timeout is after how long it makes do with what is there.
	Timeout time.Duration

	// Patience is how long stragglers are waited for once every contract has
	// been asked at least once, and a beginning where nothing can be had: long
	// enough for the feed to ask again what failed, short enough for a script.
	Patience time.Duration
}

// Filling watches a table fill.
type Filling struct {
	Waiting
	began  time.Time
	waning time.Time // since when nothing but stragglers is missing; zero: more is
}

// Begin begins to wait.
func (w Waiting) Begin() *Filling { return &Filling{Waiting: w, began: time.Now()} }

// Over reports whether to wait no longer: the table is full, what is missing
// has had its second chance, or the time is up. clock is the exchange's.
func (f *Filling) Over(s *market.Snapshot, clock time.Time) bool {
	now := time.Now()
	left := f.Timeout - now.Sub(f.began)
	switch {
	case IsFull(s) || left <= 0:
		return true
	case !isSettled(s) && !isHopeless(s, clock, left):
		f.waning = time.Time{}
		return false
	case f.waning.IsZero():
		f.waning = now
	}
	return now.Sub(f.waning) >= f.Patience
}

// LookEvery is how often a table that fills is looked at.
const LookEvery = 50 * time.Millisecond

// Fill waits for the table, and returns the newest snapshot. full is when it
// became full; zero if it did not.
func (s *Session) Fill(ctx context.Context, w Waiting) (snap *market.Snapshot, full time.Time) {
	f := w.Begin()
	look := time.NewTicker(LookEvery)
	defer look.Stop()
	for {
		snap = s.Snapshot()
		if f.Over(snap, s.Now()) {
			if IsFull(snap) {
				full = time.Now()
			}
			return snap, full
		}
		select {
		case <-s.Updates():
		case <-look.C:
		case <-ctx.Done():
			return snap, full
		}
	}
}

// IsFull reports whether every contract has all that a row shows.
func IsFull(s *market.Snapshot) bool {
	if s == nil || len(s.Quotes) == 0 || s.Status.Ready < s.Status.Total {
		return false
	}
	for _, q := range s.Quotes {
		if !IsComplete(q) {
			return false
		}
	}
	return true
}

// IsComplete reports whether a contract has all that a row shows.
func IsComplete(q *market.Quote) bool {
	return hasOpenInterest(q) && q.History != nil && !q.Mark.Received.IsZero() && !q.Ticker.Received.IsZero() && q.Funding.IntervalHours > 0
}

// isSettled reports whether every contract has been asked for its open
// interest, with or without success.
func isSettled(s *market.Snapshot) bool {
	if s == nil || len(s.Quotes) == 0 {
		return false
	}
	for _, q := range s.Quotes {
		if q.Problem == nil && (!hasOpenInterest(q) || q.History == nil) {
			return false
		}
	}
	return true
}

// isHopeless reports whether waiting helps no more: the exchange was tried and
// has never answered with anything of use, or it told to wait for longer than
// there is time left.
func isHopeless(s *market.Snapshot, clock time.Time, left time.Duration) bool {
	if s == nil {
		return false
	}
	switch s.Status.State {
	case market.Offline:
		return s.Status.LastGood.IsZero()
	case market.Refused:
		return s.Status.Until.Sub(clock) > left
	}
	return false
}

func hasOpenInterest(q *market.Quote) bool { return !q.OpenInterest.Received.IsZero() }

// HasAnything reports whether a single number of s was told in this run, or is
// of a stamp that is kept.
func HasAnything(s *market.Snapshot) bool {
	if s == nil {
		return false
	}
	for _, q := range s.Quotes {
		if hasOpenInterest(q) || !q.Mark.Received.IsZero() || !q.Ticker.Received.IsZero() || q.History.Len() > 0 {
			return true
		}
	}
	return false
}
