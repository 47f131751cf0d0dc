package session

import (
	"context"
	"time"

	"openinterest/data/market"
)

// LookEvery is how often a table that fills is looked at.
const LookEvery = 50 * time.Millisecond

// Fill waits for the table, for this long at most, and returns the newest
// snapshot. full is when it became full; zero if it did not. Commands that print
// the market once call it.
func (s *Session) Fill(ctx context.Context, timeout time.Duration) (snap *market.Snapshot, full time.Time) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	until, _ := ctx.Deadline()
	look := time.NewTicker(LookEvery)
	defer look.Stop()
	for {
		snap = s.Snapshot()
		if IsFull(snap) {
			return snap, time.Now()
		}
		if Enough(snap, s.Now(), time.Until(until)) {
			return snap, time.Time{}
		}
		select {
		case <-s.Updates():
		case <-look.C:
		case <-ctx.Done():
			return snap, time.Time{}
		}
	}
}

// Enough reports whether waiting brings nothing more in the time that is left.
// That is so when every contract has all that a row shows, those aside that have
// no answer; when the exchange told to wait for longer; and when it refuses this
// program and has never told it anything. Whatever else is missing may still
// come: rows that failed are asked again. clock is the exchange's.
func Enough(s *market.Snapshot, clock time.Time, left time.Duration) bool {
	if s == nil {
		return false
	}
	st := s.Status
	switch told := st.Problem != nil && st.Problem.Told; {
	case st.Filled() && incomplete(s) <= st.Unanswered:
		return true
	case st.State != market.Refused:
		return false
	case told:
		return st.Problem.Until.Sub(clock) > left
	}
	return st.LastGood.IsZero()
}

// IsFull reports whether every contract has all that a row shows, and history
// is not late.
func IsFull(s *market.Snapshot) bool {
	if s == nil || len(s.Quotes) == 0 || s.Status.Ready < s.Status.Total || incomplete(s) > 0 {
		return false
	}
	return lateBy(s, usualLag) < len(s.Quotes)
}

// usualLag is within what the exchange publishes a stamp that closed: it takes
// about six minutes, so that a change over five is not known in one minute of
// five. That is no reason to say that the table isn't full.
const usualLag = market.Window(10 * time.Minute)

// incomplete counts the contracts that lack something that a row shows.
func incomplete(s *market.Snapshot) (n int) {
	for _, q := range s.Quotes {
		if !IsComplete(q) {
			n++
		}
	}
	return n
}

// IsComplete reports whether a contract has all that a row shows.
func IsComplete(q *market.Quote) bool {
	return hasOpenInterest(q) && q.History != nil && !q.Mark.Received.IsZero() && !q.Ticker.Received.IsZero() && q.Funding.IntervalHours > 0
}

// Late says of how many contracts a change is not known because their history
// does not reach far enough towards now.
type Late struct {
	Window market.Window
	Rows   int
}

// LateHistory returns the windows over which changes are not known because
// stamps are missing at the end, the shortest first. Missing stamps are those of
// contracts that have others: a new one has none, and is no more late than one
// whose history could not be had.
func LateHistory(s *market.Snapshot) (late []Late) {
	for _, w := range []market.Window{market.Window5m, market.Window15m, market.Window1h, market.Window4h, market.Window24h} {
		rows := lateBy(s, w)
		if rows == 0 { // and so are longer windows
			break
		}
		late = append(late, Late{w, rows})
	}
	return late
}

// lateBy counts the contracts whose history ends before the stamp from which a
// change over w is counted.
func lateBy(s *market.Snapshot, w market.Window) (rows int) {
	for _, q := range s.Quotes {
		last, ok := q.History.Last()
		if ok && hasOpenInterest(q) && last.Time < market.FloorStamp(q.OpenInterest.Received.UnixMilli()-w.Millis()) {
			rows++
		}
	}
	return rows
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
