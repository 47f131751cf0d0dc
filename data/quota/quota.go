// Package quota is the one owner of what may be asked of a venue now. It
// counts what was spent of each limit, believes what the venue says was spent,
// knows what others behind the same address spend, and keeps the pauses that
// refusals impose. It does no I/O, and takes time as an argument.
//
// # Limits
//
// A venue limits an address by one or more [Bucket]s: so much in so long. A
// [Route] is an endpoint and what one request costs of which bucket. Binance
// has a weight a minute that nearly all routes spend from, and buckets of
// requests per five minutes that some routes have besides. Another venue has
// 600 requests in 5 seconds for everything, or 20 in 2 seconds for each route:
// these are other values of the same types.
//
// # Permits
//
// No request leaves without a [Permit]. The schedule asks [Quota.Take] for one;
// the venue's client settles it with what came of the request, or cancels it
// where nothing was sent. What is spent counts from before the request leaves
// until a span after its answer came, so that the count is right for whoever
// counts at the other end, however long the request was on its way.
//
// # Pauses
//
// A refusal has a reach. It may rest one bucket's routes, or everything:
//
//	418, "banned until"                         everything
//	403, 451 on a main route                    everything: the venue refuses this address
//	429 on a main route                         all that spends from the main bucket
//	429, 403, 451, web page on any other route  the routes of its own bucket, which
//	                                            is the last that it spends from; 429 also
//	                                            those that spend from that besides
//
// A pause ends at its time for everybody at once: then one request goes first,
// and the others follow if it is answered. Where the venue named no time, the
// pause grows with each refusal. Probes are at least a second apart.
//
// # Time
//
// All times are on the venue's clock. [Quota.Shift] moves what was noted when
// that clock turns out to have been wrong; time that the machine slept is time
// that passed, and needs nothing.
package quota

import (
	"context"
	"sync"
	"time"

	"openinterest/data/market"
)

// Bucket is a limit of a venue.
type Bucket struct {
	Name  string        // such as "weight"; routes name it
	Span  time.Duration // any span of this length
	Limit int           // is allowed this much by the venue
	Share float64       // the part of Limit that this program allows itself: the rest is for others of whom no header tells

	// Reported: the venue counts by the spans of its clock (such as each
	// minute), and says with its answers how much of the present one is used.
	Reported bool
}

// Cost is what one request of a route spends from a bucket.
type Cost struct {
	Bucket string
	Amount int
}

// Route is an endpoint, or several that share their limits.
type Route struct {
	Name  market.Route
	Costs []Cost // the last one's bucket is the one that rests when the route alone is refused
	Main  bool   // a refusal of this route is one of the whole venue
}

// Quota says what may be asked of one venue. It is safe for concurrent use.
type Quota struct {
	mu      sync.Mutex
	buckets []*bucket
	routes  map[market.Route]*Route
	pauses  map[string]*pause // by the name of the bucket that rests; everything: all of them
	retried time.Time         // when the person last asked for another try
}

// everything is the reach of a pause that concerns all routes.
const everything = ""

// bucket is what is known of a limit.
type bucket struct {
	Bucket
	window window
	last   reading // the newest that the venue said; zero: nothing
	others others

	heard  bool      // the venue has answered, so that it could say what is used
	opened time.Time // when the first request left that it has not answered; zero: none did
}

// reading is what the venue said was used.
type reading struct {
	used   int
	amount int       // that the request whose answer said so cost, which used includes
	taken  time.Time // when that request's permit was taken; zero: nothing was said
	done   time.Time // when it was answered
	span   int64     // of the venue's clock
}

// New returns the quota of a venue with these limits. The first bucket is the
// main one: [Quota.Pace] is its pace. It panics on a route that spends from a
// bucket which is not among buckets: that is a mistake in the venue's package.
func New(buckets []Bucket, routes []Route) *Quota {
	q := &Quota{routes: map[market.Route]*Route{}, pauses: map[string]*pause{}}
	for _, b := range buckets {
		q.buckets = append(q.buckets, &bucket{Bucket: b, window: window{span: b.Span, max: allowed(b.Limit, b.Share)}})
	}
	for _, r := range routes {
		for _, c := range r.Costs {
			if q.bucket(c.Bucket) == nil {
				panic("quota: route " + string(r.Name) + " spends from the unknown bucket " + c.Bucket)
			}
		}
		q.routes[r.Name] = &r
	}
	return q
}

func allowed(limit int, share float64) int { return int(float64(limit)*share + 1e-9) }

func (q *Quota) bucket(name string) *bucket {
	for _, b := range q.buckets {
		if b.Name == name {
			return b
		}
	}
	return nil
}

// SetLimit takes over what the venue says that it allows.
func (q *Quota) SetLimit(name string, limit int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	b := q.bucket(name)
	b.Limit = limit
	b.window.max = allowed(limit, b.Share)
}

// Amount is what one request of a route spends of the main bucket.
func (q *Quota) Amount(route market.Route) int {
	for _, c := range q.routes[route].Costs {
		if c.Bucket == q.buckets[0].Name {
			return c.Amount
		}
	}
	return 0
}

// Permit is the leave to send one request. Exactly one of Settle and Cancel
// must follow.
type Permit struct {
	quota *Quota
	route *Route
	taken time.Time
	spans []int64  // of each cost's bucket, when taken
	first []*pause // whose first request this is
}

type permitKey struct{}

// WithPermit returns a context that carries the permit of the one request that
// is made with it, from who schedules to the venue's client.
func WithPermit(ctx context.Context, p *Permit) context.Context {
	return context.WithValue(ctx, permitKey{}, p)
}

// PermitOf returns the permit that ctx carries, nil where there is none.
func PermitOf(ctx context.Context) *Permit {
	p, _ := ctx.Value(permitKey{}).(*Permit)
	return p
}

// Outcome is how a request ended, as far as the quota cares.
type Outcome struct {
	Used     int             // of the main bucket, as the venue says; negative: it did not say
	Answered bool            // the venue answered, well or not
	Problem  *market.Problem // nil when all was well, or the asker gave up
	Page     bool            // a web page came in place of an answer: somebody refuses the route
	Absolute bool            // Problem.Until was named as a point in time, not as a wait
}

// Verdict is why there is no permit.
type Verdict struct {
	Again time.Time       // when to ask again; always later than now
	Pause *market.Problem // the refusal that rests the route; nil: the quota is spent
}

// minProbeGap is the least time between two requests that try whether a pause
// is over, and pollAfter how long one waits for the outcome of such a request.
const (
	minProbeGap = time.Second
	pollAfter   = 100 * time.Millisecond
)

// hearFor is how long the first request of all is alone on its way: the run
// before this one may have spent the venue's span, as its answer tells.
const hearFor = 2 * time.Second

// Take returns the permit to send one request of a route, if that would leave
// keep of the main bucket free; else a verdict that says when to ask again.
func (q *Quota) Take(now time.Time, route market.Route, keep int) (*Permit, Verdict) {
	q.mu.Lock()
	defer q.mu.Unlock()
	r := q.routes[route]
	resting := q.resting(r)
	for _, p := range resting {
		if again := p.again(now); again.After(now) {
			return nil, Verdict{Again: again, Pause: p.why}
		}
	}
	if wait := q.wait(now, r, keep); wait > 0 {
		return nil, Verdict{Again: now.Add(wait)}
	}
	if b := q.buckets[0]; b.Reported && !b.heard {
		if !b.opened.IsZero() && now.Sub(b.opened) < hearFor {
			return nil, Verdict{Again: now.Add(pollAfter / 4)}
		}
		b.opened = now
	}
	permit := &Permit{quota: q, route: r, taken: now, first: resting}
	for _, c := range r.Costs {
		b := q.bucket(c.Bucket)
		b.window.take(c.Amount)
		permit.spans = append(permit.spans, b.spanOf(now))
	}
	for _, p := range resting {
		p.probe, p.probed = permit, now
	}
	return permit, Verdict{}
}

// wait is how long until a request of a route fits; 0 for now.
func (q *Quota) wait(now time.Time, r *Route, keep int) time.Duration {
	longest := time.Duration(0)
	for _, c := range r.Costs {
		b := q.bucket(c.Bucket)
		reserve := 0
		if b == q.buckets[0] {
			reserve = keep
		}
		longest = max(longest, b.wait(now, c.Amount+reserve))
	}
	return longest
}

// wait is how long until amount fits both into the program's own rolling span
// and into what is left of the venue's.
func (b *bucket) wait(now time.Time, amount int) time.Duration {
	own := b.window.wait(now, amount, b.others.spent(now, b.Span))
	if used, ok := b.usedOfSpan(now); ok && used+amount > b.window.max {
		return max(own, b.nextSpan(now).Sub(now))
	}
	return own
}

// spanSlack is by how much later than on our estimate of its clock the venue
// may begin its next span.
const spanSlack = 500 * time.Millisecond

// spanOf numbers the spans in which the venue counts. One is taken to begin a
// little late, because the venue's clock is known only roughly.
func (b *bucket) spanOf(now time.Time) int64 {
	return now.Add(-spanSlack).UnixMilli() / b.Span.Milliseconds()
}

// nextSpan is when the venue surely counts anew.
func (b *bucket) nextSpan(now time.Time) time.Time {
	return time.UnixMilli((b.spanOf(now) + 1) * b.Span.Milliseconds()).Add(spanSlack).UTC()
}

// usedOfSpan is what is used of the venue's present span, by everybody behind
// the address, as far as the venue has said anything in it.
func (b *bucket) usedOfSpan(now time.Time) (int, bool) {
	if b.last.taken.IsZero() || b.last.span != b.spanOf(now) {
		return 0, false
	}
	// What was answered before that request left is in the reading; so is the
	// request itself. Of all others it is not known: they are added.
	return b.last.used + b.window.since(b.last.taken) - b.last.amount, true
}

// Settle notes what came of the request.
func (p *Permit) Settle(now time.Time, o Outcome) {
	q := p.quota
	q.mu.Lock()
	defer q.mu.Unlock()
	q.buckets[0].heard = q.buckets[0].heard || o.Answered
	q.buckets[0].ended(p)
	for i, c := range p.route.Costs {
		b := q.bucket(c.Bucket)
		b.window.settle(now, c.Amount)
		if b.Reported && i == 0 {
			b.learn(p, c.Amount, p.spans[i], o.Used, now)
		}
	}
	q.settlePauses(p, now, o)
}

// Cancel gives the permit back: nothing was sent.
func (p *Permit) Cancel(now time.Time) {
	q := p.quota
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, c := range p.route.Costs {
		q.bucket(c.Bucket).window.refund(c.Amount)
	}
	q.buckets[0].ended(p)
	q.settlePauses(p, now, Outcome{})
}

// ended takes that a request is on its way no more. If it was the first of all,
// and told nothing, the next need not wait for it.
func (b *bucket) ended(p *Permit) {
	if b.opened.Equal(p.taken) {
		b.opened = time.Time{}
	}
}

// absurd is more than any venue counts in a span.
const absurd = 1_000_000

// learn takes over what the venue said was used. Answers overtake each other,
// so a reading counts only if it is newer than the one known: within a span the
// venue's count only grows, and a lower one is a new span's if its request left
// after the known reading had come.
func (b *bucket) learn(p *Permit, amount int, span int64, used int, now time.Time) {
	if used < 0 || used > absurd {
		return
	}
	r := reading{used: used, amount: amount, taken: p.taken, done: now, span: span}
	_, current := b.usedOfSpan(now)
	switch known := b.last; {
	case !current, r.span > known.span, r.span == known.span && used >= known.used:
		b.last = r
	case r.span == known.span && !r.taken.Before(known.done):
		b.last = r
	}
	began := time.UnixMilli(b.spanOf(now) * b.Span.Milliseconds())
	b.others.observe(now, b.spanOf(now), used-b.window.since(began))
}

// Shift moves what was noted along with the venue's clock, which turned out to
// have been wrong by that much. Times that the venue named stay as they are.
func (q *Quota) Shift(by time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, b := range q.buckets {
		b.window.shift(by)
		b.others.shift(by)
		b.last = reading{} // its span is another one's
	}
	for _, p := range q.pauses {
		p.shift(by)
	}
}
