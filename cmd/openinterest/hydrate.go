package main

import (
	"context"
	"fmt"
	"time"

	"openinterest/data/market"
)

// waiting is how long a command that runs once waits for a full table.
type waiting struct {
	Timeout time.Duration `default:"60s" help:"Make do after this long with what is there (default: ${default})."`

	// Patience is how long stragglers are waited for once every contract has
	// been asked at least once, and a beginning where nothing can be had: long
	// enough for the feed to ask again what failed, short enough for a script.
	Patience time.Duration `hidden:"" default:"12s"`
}

// Validate refuses a time in which nothing can be done. Kong calls it.
func (w *waiting) Validate() error {
	if w.Timeout <= 0 {
		return fmt.Errorf("--timeout: %v is not longer than nothing", w.Timeout)
	}
	return nil
}

// hydration watches a table fill.
type hydration struct {
	waiting
	began  time.Time
	waning time.Time // since when nothing but stragglers is missing; zero: more is
}

func (w waiting) begin() *hydration { return &hydration{waiting: w, began: time.Now()} }

// over reports whether to wait no longer: the table is full, what is missing
// has had its second chance, or the time is up. clock is the exchange's.
func (h *hydration) over(s *market.Snapshot, clock time.Time) bool {
	now := time.Now()
	left := h.Timeout - now.Sub(h.began)
	switch {
	case isFull(s) || left <= 0:
		return true
	case !isSettled(s) && !isHopeless(s, clock, left):
		h.waning = time.Time{}
		return false
	case h.waning.IsZero():
		h.waning = now
	}
	return now.Sub(h.waning) >= h.Patience
}

// lookEvery is how often a table that fills is looked at.
const lookEvery = 50 * time.Millisecond

// hydrate waits for the table, and returns the newest snapshot. full is when
// it became full; zero if it did not.
func hydrate(ctx context.Context, s *session, w waiting) (snap *market.Snapshot, full time.Time) {
	h := w.begin()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		snap = s.feed.Snapshot()
		if h.over(snap, s.client.Now()) {
			if isFull(snap) {
				full = time.Now()
			}
			return snap, full
		}
		select {
		case <-s.feed.Updates():
		case <-look.C:
		case <-ctx.Done():
			return snap, full
		}
	}
}

// isFull reports whether every contract has all that a row shows.
func isFull(s *market.Snapshot) bool {
	if s == nil || len(s.Quotes) == 0 || s.Status.Ready < s.Status.Total {
		return false
	}
	for _, q := range s.Quotes {
		if !isComplete(q) {
			return false
		}
	}
	return true
}

// isComplete reports whether a contract has all that a row shows.
func isComplete(q *market.Quote) bool {
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

func hasAnything(s *market.Snapshot) bool {
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
