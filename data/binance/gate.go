package binance

import (
	"context"
	"slices"
	"sync"
	"time"

	"openinterest/data/market"
)

// The exchange's limits per address, and how much of them this program allows
// itself: the rest is for requests of other programs that no header told of.
const (
	maxWeight    = 2400 // a minute, shared by fapi and dapi since 2026-06-30
	minWeight    = 100  // a served limit below it is not believed: one request costs up to 40
	weightSpan   = time.Minute
	bucketSpan   = 5 * time.Minute
	maxHistory   = 1000 * 90 / 100 // requests to any /futures/data route
	maxFunding   = 500 * 80 / 100  // requests to fundingInfo and fundingRate
	minuteSlack  = 500 * time.Millisecond
	absurdWeight = 1_000_000
)

func allowedWeight(limit int) int { return limit * 80 / 100 }

// lane is a bucket that some routes have besides their weight.
type lane int

const (
	noLane lane = iota
	historyLane
	fundingLane
	lanes
)

// cost is what one request spends: weight, and one of its lane.
type cost struct {
	weight int
	lane   lane
}

// gate is the one door that all requests of the process leave through. It
// keeps them within the exchange's limits:
//
//   - what this program spent in any 60 seconds stays within 80 % of the limit;
//   - so does what the exchange said was used in the minute of its clock (by
//     all programs behind the address) plus what this program spent since it
//     said so;
//   - the routes with a bucket of their own stay within that.
//
// Requests leave in the order they came, but for a full lane, which holds up
// only its own. Once the exchange refuses everybody (429, 418, 403, 451) the
// gate is shut: those waiting and those who come fail at once with the reason,
// until the time given. Then a single request goes first, and the others
// follow if it is answered.
//
// golang.org/x/time/rate has token buckets, which allow bursts of twice the
// limit in a window and know of no readings from outside; hence this type.
//
// Spans are measured on the local clock, which never jumps; the exchange's
// clock tells only where its minutes begin.
type gate struct {
	local, exchange func() time.Time

	mu      sync.Mutex
	limit   int
	weight  window
	buckets [lanes]*window // nil for noLane
	known   reading
	queue   []*waiter
	timer   *time.Timer

	shut      *market.Problem // why, nil when open
	shutUntil time.Time       // local
	probe     *pass           // the request that goes first after shutUntil
}

// waiter is a request in the queue. ready is closed once pass or err is set.
type waiter struct {
	cost  cost
	ready chan struct{}
	pass  *pass
	err   error
}

// pass is the leave to send one request. Exactly one of leave and cancel must
// follow.
type pass struct {
	gate     *gate
	cost     cost
	admitted time.Time // local
	minute   int64     // of the exchange's clock, when admitted
}

// reading is what the exchange said was used.
type reading struct {
	used     int
	weight   int       // of the request whose answer said so, which used includes
	admitted time.Time // when that request was admitted, local
	done     time.Time // when it was answered, local
	minute   int64
}

// outcome is how a request ended, as far as the gate cares.
type outcome struct {
	used     int             // the weight the exchange says is used this minute; negative: it did not say
	answered bool            // something came back over HTTP
	problem  *market.Problem // nil when all was well or the asker gave up
}

func newGate(local, exchange func() time.Time) *gate {
	g := &gate{local: local, exchange: exchange, limit: maxWeight}
	g.weight = window{span: weightSpan, max: allowedWeight(maxWeight)}
	g.buckets[historyLane] = &window{span: bucketSpan, max: maxHistory}
	g.buckets[fundingLane] = &window{span: bucketSpan, max: maxFunding}
	return g
}

// setLimit takes over the weight a minute that the exchange allows, if it is
// a sane number; a higher one than documented is not made use of.
func (g *gate) setLimit(limit int64) {
	if limit < minWeight {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.limit = int(min(limit, maxWeight))
	g.weight.max = allowedWeight(g.limit)
	g.admit()
}

// enter waits until a request of that cost may be sent. It fails with a
// *market.Problem when the gate is shut, or with ctx's error.
func (g *gate) enter(ctx context.Context, c cost) (*pass, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	g.mu.Lock()
	if g.shut != nil && g.local().Before(g.shutUntil) {
		defer g.mu.Unlock()
		return nil, g.shut
	}
	w := &waiter{cost: c, ready: make(chan struct{})}
	g.queue = append(g.queue, w)
	g.admit()
	g.mu.Unlock()

	select {
	case <-w.ready:
		return w.pass, w.err
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if w.pass != nil { // admitted in the same instant
		g.takeBack(w.pass)
	} else if i := slices.Index(g.queue, w); i >= 0 {
		g.queue = slices.Delete(g.queue, i, i+1)
	}
	g.admit()
	return nil, ctx.Err()
}

// admit lets go whoever may leave now, and sets the timer for the next.
func (g *gate) admit() {
	now := g.local()
	wake := never
	var full [lanes]bool
	var staying []*waiter
	for i, w := range g.queue {
		if g.probe != nil {
			staying = append(staying, g.queue[i:]...)
			break
		}
		if full[w.cost.lane] {
			staying = append(staying, w)
			continue
		}
		if d := g.laneWait(now, w.cost.lane); d != 0 {
			full[w.cost.lane] = true
			wake = sooner(wake, d)
			staying = append(staying, w)
			continue
		}
		if d := g.weightWait(now, w.cost.weight); d != 0 {
			wake = sooner(wake, d)
			staying = append(staying, g.queue[i:]...) // who needs more is not overtaken
			break
		}
		g.release(w, now)
	}
	g.queue = staying
	g.wakeIn(wake)
}

func (g *gate) laneWait(now time.Time, l lane) time.Duration {
	if b := g.buckets[l]; b != nil {
		return b.wait(now, 1)
	}
	return 0
}

// weightWait returns how long until weight fits both into the own 60 seconds
// and into what is left of the exchange's minute.
func (g *gate) weightWait(now time.Time, weight int) time.Duration {
	own := g.weight.wait(now, weight)
	if used, ok := g.minuteUse(); own == never || !ok || used+weight <= g.weight.max {
		return own
	}
	exchange := g.exchange()
	next := time.UnixMilli((g.minuteOf(exchange) + 1) * 60_000).Add(minuteSlack)
	return max(own, next.Sub(exchange), time.Millisecond)
}

// minuteUse returns what is used of the exchange's present minute, as far as
// it has said anything in it.
func (g *gate) minuteUse() (int, bool) {
	if g.known.admitted.IsZero() || g.known.minute != g.minuteOf(g.exchange()) {
		return 0, false
	}
	// What was answered before that request left is in the reading; so is
	// the request itself. Of all others it is not known: they are added.
	return g.known.used + g.weight.since(g.known.admitted) - g.known.weight, true
}

// minuteOf numbers the exchange's minutes. A minute is taken to begin a little
// late, because its clock is known only roughly.
func (g *gate) minuteOf(exchange time.Time) int64 {
	return exchange.Add(-minuteSlack).UnixMilli() / 60_000
}

func (g *gate) release(w *waiter, now time.Time) {
	g.weight.take(w.cost.weight)
	if b := g.buckets[w.cost.lane]; b != nil {
		b.take(1)
	}
	w.pass = &pass{gate: g, cost: w.cost, admitted: now, minute: g.minuteOf(g.exchange())}
	if g.shut != nil {
		g.probe = w.pass
	}
	close(w.ready)
}

func (g *gate) takeBack(p *pass) {
	g.weight.refund(p.cost.weight)
	if b := g.buckets[p.cost.lane]; b != nil {
		b.refund(1)
	}
	if g.probe == p {
		g.probe = nil
	}
}

func (g *gate) wakeIn(d time.Duration) {
	if g.timer != nil {
		g.timer.Stop()
		g.timer = nil
	}
	if d == never {
		return
	}
	g.timer = time.AfterFunc(d, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.admit()
	})
}

func sooner(a, b time.Duration) time.Duration {
	if a == never || b != never && b < a {
		return b
	}
	return a
}

// leave reports how the request ended and lets others go.
func (p *pass) leave(o outcome) {
	g := p.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.local()
	g.weight.settle(now, p.cost.weight)
	if b := g.buckets[p.cost.lane]; b != nil {
		b.settle(now, 1)
	}
	g.learn(p, o.used, now)
	switch {
	case o.problem != nil && refusesAll(o.problem.Kind):
		g.shutFor(p, o.problem, now)
	case g.probe == p:
		g.probed(o)
	}
	g.admit()
}

// learn takes over what the exchange said was used. Answers overtake each
// other, so a reading counts only if it is newer than the one known: within a
// minute the exchange's count only grows, and a lower one is a new minute's if
// its request left after the known reading had come.
func (g *gate) learn(p *pass, used int, now time.Time) {
	if used < 0 || used > absurdWeight {
		return
	}
	r := reading{used: used, weight: p.cost.weight, admitted: p.admitted, done: now, minute: p.minute}
	_, current := g.minuteUse()
	switch {
	case !current, r.minute > g.known.minute, r.minute == g.known.minute && used >= g.known.used:
		g.known = r
	case r.minute == g.known.minute && !r.admitted.Before(g.known.done):
		g.known = r
	}
}

// shutFor shuts the gate for p's problem. Those waiting fail with it.
func (g *gate) shutFor(p *pass, problem *market.Problem, now time.Time) {
	until := now.Add(max(time.Second, problem.Until.Sub(g.exchange())))
	if g.shut == nil || until.After(g.shutUntil) {
		g.shut, g.shutUntil = problem, until
	}
	if g.probe == p {
		g.probe = nil
	}
	g.turnAway(g.shut)
}

// reopen lets a request go first at once where the wait was this program's own
// guess: a refused place or a firewall can be left behind by switching the
// network. What the exchange told to wait for is waited for.
func (g *gate) reopen() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut == nil {
		return
	}
	switch g.shut.Kind {
	case market.RefusedLocation, market.RefusedFirewall:
		g.shutUntil = g.local()
	}
}

// probed acts on how the first request after a shutting ended.
func (g *gate) probed(o outcome) {
	g.probe = nil
	switch {
	case o.answered:
		g.shut = nil
	case o.problem != nil: // no answer: the others would fare no better
		g.turnAway(o.problem)
	}
}

func (g *gate) turnAway(problem *market.Problem) {
	for _, w := range g.queue {
		w.err = problem
		close(w.ready)
	}
	g.queue = nil
}

// refusesAll tells the problems after which nobody may ask before their time.
func refusesAll(k market.ProblemKind) bool {
	switch k {
	case market.LimitedUntil, market.BannedUntil, market.RefusedFirewall, market.RefusedLocation:
		return true
	}
	return false
}

// budget reports the gate's counts.
func (g *gate) budget() market.Budget {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.local()
	b := market.Budget{
		Own:            g.weight.used(now),
		Allowed:        g.weight.max,
		Limit:          g.limit,
		HistoryUsed:    g.buckets[historyLane].used(now),
		HistoryAllowed: maxHistory,
	}
	used, _ := g.minuteUse()
	b.Used = max(used, b.Own)
	if g.shut != nil && now.Before(g.shutUntil) {
		b.BlockedUntil = g.exchange().Add(g.shutUntil.Sub(now))
	}
	return b
}
