package feed

import (
	"cmp"
	"slices"
	"time"

	"openinterest/data/market"
	"openinterest/data/recorder"
)

// heard is what is known of liquidations of the last 24 hours, and in which spans
// somebody listened.
type heard struct {
	contracts map[string]*liquidated
	due       time.Time            // the next time at which a sum changes by itself
	spans     []market.Span        // of this run: ascending, disjoint
	recalled  []market.Span        // of earlier ones, or of another process
	news      []market.Liquidation // of this run, in the order in which they came; the latest
	told      uint64               // how many came before those
	listed    bool                 // the exchange's list has come: before, nobody knows which liquidations count

	filled market.LiquidationsSeen // how much was listened to, as rows were told last
}

func newHeard() heard { return heard{contracts: map[string]*liquidated{}} }

// liquidated is what was seen of one contract.
type liquidated struct {
	seen    []market.Liquidation // of the last 24 hours, by time
	hour    int                  // the first of those of the last hour
	sums    market.LiquidationsSeen
	changed bool // the sums are to be formed anew
}

// add takes a liquidation and reports whether it is news. One that is known comes
// again where the exchange repeats itself, and after connecting again.
func (h *heard) add(a market.Liquidation) bool {
	c := h.contracts[a.Symbol]
	if c == nil {
		c = &liquidated{}
		h.contracts[a.Symbol] = c
	}
	i, _ := slices.BinarySearchFunc(c.seen, a.Time, func(b market.Liquidation, t time.Time) int { return b.Time.Compare(t) })
	for j := i; j < len(c.seen) && c.seen[j].Time.Equal(a.Time); j++ {
		if c.seen[j].Equal(a) {
			return false
		}
	}
	c.seen, c.changed = slices.Insert(c.seen, i, a), true
	if i < c.hour {
		c.hour++
	}
	h.due = time.Time{}
	return true
}

// tell notes a liquidation for who prints them.
func (h *heard) tell(a market.Liquidation) {
	h.news = append(h.news, a)
	if over := len(h.news) - newsMost; over > newsMost/8 {
		h.news = slices.Clone(h.news[over:])
		h.told += uint64(over)
	}
}

// advance drops what has left its window, and forms the sums anew where they are
// others then. It returns when the next one leaves; zero: none does.
func (c *liquidated) advance(now time.Time) (next time.Time) {
	left := 0
	for left < len(c.seen) && !c.seen[left].Time.After(now.Add(-liquidatedFor)) {
		left++
	}
	c.seen, c.hour = c.seen[left:], max(0, c.hour-left)
	hour := c.hour
	for hour < len(c.seen) && !c.seen[hour].Time.After(now.Add(-time.Hour)) {
		hour++
	}
	if left > 0 || hour != c.hour || c.changed {
		c.hour, c.changed = hour, true
		c.sums.Day, c.sums.Hour = sum(c.seen), sum(c.seen[hour:])
	}
	if hour < len(c.seen) {
		next = c.seen[hour].Time.Add(time.Hour)
	}
	if len(c.seen) > 0 {
		if day := c.seen[0].Time.Add(liquidatedFor); next.IsZero() || day.Before(next) {
			next = day
		}
	}
	return next
}

// sum sums up liquidations anew each time, so that no rounding adds up.
func sum(seen []market.Liquidation) (s market.Liquidated) {
	for _, l := range seen {
		if l.Long {
			s.Longs += l.USD()
		} else {
			s.Shorts += l.USD()
		}
	}
	s.Count = len(seen)
	return s
}

// believedFor is for how long after its last sign of life an open connection is taken
// to live, for what is shown: it is asked for the next every few seconds. What is kept
// ends with the sign itself.
const believedFor = 10 * time.Second

// listened is for how long somebody listened within the last hour and the last 24, and
// until when; zero: nobody did. l.mu is held.
func (l *liquidations) listened(now time.Time) (hour, day time.Duration, until time.Time) {
	ms := now.UnixMilli()
	spans := slices.Clone(l.all())
	if n := len(spans); n > 0 && l.listed && l.open && l.of == l.connection {
		spans[n-1].To = max(spans[n-1].To, min(ms, spans[n-1].To+believedFor.Milliseconds()))
	}
	within := func(w time.Duration) (sum time.Duration) {
		for _, s := range market.ClipSpans(spans, ms-w.Milliseconds(), ms) {
			sum += time.Duration(s.To-s.From) * time.Millisecond
			until = time.UnixMilli(s.To).UTC()
		}
		return sum
	}
	return within(time.Hour), within(liquidatedFor), until
}

// all are the spans of this run and those before, ascending and disjoint. Until the
// exchange's list has come, what arrives waits for it: to say that somebody listened
// would say that none was seen.
func (h *heard) all() []market.Span {
	switch {
	case !h.listed:
		return h.recalled
	case len(h.recalled) == 0:
		return h.spans
	}
	return market.JoinSpans(append(slices.Clone(h.recalled), h.spans...), 0)
}

// remember takes what is kept of earlier runs.
func (l *liquidations) remember(kept recorder.Kept) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range kept.Liquidations {
		l.add(a)
	}
	l.recalled = kept.Listened
}

// drop forgets the spans that ended too long ago, and contracts that are not listed.
func (h *heard) drop(now time.Time, listed func(symbol string) bool) {
	oldest := now.Add(-liquidatedFor).UnixMilli()
	old := func(s market.Span) bool { return s.To < oldest }
	h.recalled = slices.DeleteFunc(h.recalled, old)
	if n := len(h.spans); n > 1 {
		h.spans = append(slices.DeleteFunc(h.spans[:n-1:n-1], old), h.spans[n-1]) // the last one goes on
	}
	for symbol := range h.contracts {
		if !listed(symbol) {
			delete(h.contracts, symbol)
		}
	}
}

// between returns what was seen with from ≤ time ≤ to (Unix ms), by time; of one
// contract, or of all for "".
func (h *heard) between(symbol string, from, to int64) (seen []market.Liquidation) {
	if c := h.contracts[symbol]; c != nil {
		return c.between(nil, from, to)
	}
	if symbol != "" {
		return nil
	}
	for _, c := range h.contracts {
		seen = c.between(seen, from, to)
	}
	slices.SortFunc(seen, func(a, b market.Liquidation) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Symbol, b.Symbol))
	})
	return seen
}

// between appends those of the contract.
func (c *liquidated) between(seen []market.Liquidation, from, to int64) []market.Liquidation {
	for _, l := range c.seen {
		if at := l.Time.UnixMilli(); at >= from && at <= to {
			seen = append(seen, l)
		}
	}
	return seen
}

// tellsEvery is by how much the time listened to may have grown until every row is
// told, be there a sum that changed or not.
const tellsEvery = time.Minute

// fill puts the sums into the rows that are published next: into those that changed
// anyway, those whose sums did, and now and then into all, since the time that was
// listened to goes on.
func (l *liquidations) fill(now time.Time, t *table) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.due.After(now) {
		l.drop(now, func(symbol string) bool { return t.listed == 0 || t.symbols[symbol] != nil })
		l.due = now.Add(tellsEvery)
		for symbol, c := range l.contracts {
			if next := c.advance(now); !next.IsZero() && next.Before(l.due) {
				l.due = next
			}
			if r := t.symbols[symbol]; r != nil && c.changed {
				c.changed = false
				t.touch(r)
			}
		}
	}
	hour, day, until := l.listened(now)
	f := &l.filled
	moved := func(a, b time.Duration) bool { return (a-b).Abs() >= tellsEvery || (a > 0) != (b > 0) }
	all := moved(hour, f.Hour.Listened) || moved(day, f.Day.Listened)
	if all {
		f.Hour.Listened, f.Day.Listened = hour, day
	}
	for _, r := range t.rows {
		if all {
			t.touch(r)
		}
		if r.published != nil {
			continue
		}
		var sums market.LiquidationsSeen
		if c := l.contracts[r.quote.Contract.Symbol]; c != nil {
			sums = c.sums
		}
		sums.Hour.Listened, sums.Day.Listened, sums.Received = hour, day, until
		r.quote.Liquidations = sums
	}
}

// Liquidations returns what was seen with from ≤ time ≤ to (Unix ms), by time, and in
// which spans somebody listened: of the last 24 hours. symbol "" means all contracts.
func (f *Feed) Liquidations(symbol string, from, to int64) (seen []market.Liquidation, listened []market.Span) {
	l := f.liquidations
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.between(symbol, from, to), market.ClipSpans(l.all(), from, to)
}

// LiquidationsAfter returns the liquidations that came in this run after those of
// which an earlier call told, in the order in which they came, and what the next call
// is to be given; the first is given 0. Who waits for too long misses the oldest.
func (f *Feed) LiquidationsAfter(mark uint64) (news []market.Liquidation, next uint64) {
	l := f.liquidations
	l.mu.Lock()
	defer l.mu.Unlock()
	next = l.told + uint64(len(l.news))
	if mark < l.told {
		mark = l.told
	}
	if mark > next {
		return nil, next
	}
	return slices.Clone(l.news[mark-l.told:]), next
}
