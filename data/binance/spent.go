package binance

import (
	"slices"
	"time"
)

// Spent is when requests were made of the buckets that last five minutes, the
// oldest first, on the local clock. The exchange counts them for the address,
// not for the process, and unlike the weight it never says how many it has
// counted. So processes tell each other, and the next one after them.
type Spent struct {
	History []time.Time // to any /futures/data route
	Funding []time.Time // to fundingInfo and fundingRate
}

// Spent returns what this client spent in the last five minutes. A request
// without an answer yet counts as made now.
func (c *Client) Spent() Spent {
	g := c.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.local()
	return Spent{History: g.buckets[historyLane].times(now), Funding: g.buckets[fundingLane].times(now)}
}

// SpentElsewhere tells what other processes behind this address spent, those
// that have ended included: it counts against this client's buckets. It
// replaces what was told before.
func (c *Client) SpentElsewhere(s Spent) {
	g := c.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.local()
	g.buckets[historyLane].tell(now, s.History)
	g.buckets[fundingLane].tell(now, s.Funding)
	g.admit()
}

// times lists when what is counted was spent, one time for each unit.
func (w *window) times(now time.Time) []time.Time {
	w.used(now) // drops what has left the span
	times := make([]time.Time, 0, w.settled+w.flying)
	for _, s := range w.done {
		for range s.amount {
			times = append(times, s.at)
		}
	}
	for range w.flying {
		times = append(times, now)
	}
	return times
}

// tell replaces what others spent. Of a time to come, which a clock that was
// set leaves behind, is made now.
func (w *window) tell(now time.Time, others []time.Time) {
	w.others = w.others[:0]
	for _, at := range others {
		if at.After(now) {
			at = now
		}
		if now.Sub(at) <= w.span {
			w.others = append(w.others, at)
		}
	}
	slices.SortFunc(w.others, time.Time.Compare)
}

// spentByOthers is what others spent in the last span.
func (w *window) spentByOthers(now time.Time) int {
	for i, at := range w.others {
		if now.Sub(at) <= w.span {
			return len(w.others) - i
		}
	}
	return 0
}
