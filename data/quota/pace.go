package quota

import (
	"time"

	"openinterest/data/market"
)

// Sustained is what may be spent of the main bucket in a span for long: what
// others leave of this program's share.
func (q *Quota) Sustained(now time.Time) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	b := q.buckets[0]
	return max(0, b.window.max-b.others.rate(now))
}

// Share is how much of the main bucket this program allows itself.
func (q *Quota) Share() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.buckets[0].window.max
}

// Short says that n requests of a route do not fit into the last of its buckets
// now, with how much of that is used, and when they will; nil where they fit.
func (q *Quota) Short(now time.Time, route market.Route, n int) *market.Problem {
	q.mu.Lock()
	defer q.mu.Unlock()
	costs := q.routes[route].Costs
	c := costs[len(costs)-1]
	b := q.bucket(c.Bucket)
	wait := b.wait(now, n*c.Amount)
	if wait <= 0 {
		return nil
	}
	return &market.Problem{Kind: market.QuotaSpent, Route: route, Used: b.used(now), Allowed: b.window.max, Own: b.window.used(now), Until: now.Add(wait)}
}

// Pace is the highest rate per second at which the main bucket may be spent for
// long, and until the venue counts anew, where so much of Sustained is kept.
func (q *Quota) Pace(now time.Time, keep int) float64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	b := q.buckets[0]
	others := b.others.rate(now)
	pace := b.window.rate(now, max(0, b.window.max-others-keep))
	if used, ok := b.usedOfSpan(now); ok { // of which the run before this one may have spent most
		left := b.nextSpan(now).Sub(now)
		theirs := int(int64(others) * int64(left) / int64(b.Span))
		pace = min(pace, float64(max(0, b.window.max-keep-used-theirs))/left.Seconds())
	}
	return pace
}

// Free is what may be spent of the main bucket now, where others go on as they
// did in the last minute.
func (q *Quota) Free(now time.Time) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	b := q.buckets[0]
	return b.window.max - b.expected(now)
}

// Room is how many requests of a route fit into the last of its buckets now.
func (q *Quota) Room(now time.Time, route market.Route) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	costs := q.routes[route].Costs
	c := costs[len(costs)-1]
	b := q.bucket(c.Bucket)
	return max(0, b.window.max-b.used(now)) / max(1, c.Amount)
}

// Open reports whether no refusal keeps a route from being asked now, be it by
// the first request after a pause.
func (q *Quota) Open(now time.Time, route market.Route) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, p := range q.resting(q.routes[route]) {
		if p.again(now).After(now) {
			return false
		}
	}
	return true
}

// expected is what counts against the share in the span that ends now, where
// others behind the address spend in it what they spent in the last minute.
func (b *bucket) expected(now time.Time) int {
	own := b.window.used(now) + len(b.others.spent(now, b.Span))
	return max(own+b.others.rate(now), b.used(now))
}

// used is what is used of a bucket now: as the venue says, or as counted here,
// whichever is more.
func (b *bucket) used(now time.Time) int {
	own := b.window.used(now) + len(b.others.spent(now, b.Span))
	if used, ok := b.usedOfSpan(now); ok {
		return max(used, own)
	}
	return own
}

// Spent returns why nothing of a route may be asked now, if that is because the
// share is spent: with how much of it, and when it goes on. nil otherwise.
func (q *Quota) Spent(now time.Time, route market.Route, keep int) *market.Problem {
	q.mu.Lock()
	defer q.mu.Unlock()
	r := q.routes[route]
	wait := q.wait(now, r, keep)
	if wait <= 0 {
		return nil
	}
	p := &market.Problem{Kind: market.QuotaSpent, Route: r.Name, Until: now.Add(wait)}
	for i, c := range r.Costs {
		if b := q.bucket(c.Bucket); i == 0 || b.wait(now, c.Amount) == wait {
			p.Used, p.Allowed, p.Own = b.used(now), b.window.max, b.window.used(now)
		}
	}
	return p
}

// Yield is the problem of a program that leaves what is left to others behind
// the address, who spend as much: with how much of its share that leaves used,
// and when what they spend is counted anew.
func (q *Quota) Yield(now time.Time, route market.Route) *market.Problem {
	q.mu.Lock()
	defer q.mu.Unlock()
	b := q.buckets[0]
	return &market.Problem{
		Kind: market.QuotaSpent, Route: route, Used: b.expected(now), Allowed: b.window.max, Own: b.window.used(now),
		Until: now.Truncate(growthSlot).Add(growthSlot),
	}
}

// Use is how much of a bucket is used and allowed.
type Use struct{ Used, Own, Allowed, Limit int }

// Use reports the counts of a bucket.
func (q *Quota) Use(now time.Time, name string) Use {
	q.mu.Lock()
	defer q.mu.Unlock()
	b := q.bucket(name)
	return Use{Used: b.used(now), Own: b.window.used(now), Allowed: b.window.max, Limit: b.Limit}
}
