package binance

import (
	"sync"
	"time"
)

// A clock is the exchange's clock: the machine's monotonic clock plus an
// offset. So a machine whose wall clock is hours off, or is set while the
// program runs, changes nothing.
//
// The offset has four sources, of which each may be wrong by itself. The wall
// clock is the first guess, and its movement against the monotonic clock, which
// stands still while the machine sleeps, is the sign of a sleep. The Date
// header may come from a sick server, serverTime likewise, and the event time
// of a stream from a stale one. Therefore the clock follows a jump only when
// two sources of different kinds agree on it, and when they outnumber those
// that contradict them; more of one source are no second source.
// Drifts of less than tolerance are followed by the exact source, serverTime.
type clock struct {
	wall    func() time.Time     // the machine's wall clock
	elapsed func() time.Duration // the machine's monotonic clock, from any start

	corrected func(by time.Duration) // told of each correction

	mu          sync.Mutex
	zero        time.Time     // the exchange's time when elapsed was zero
	anchor      time.Time     // the wall clock's time when elapsed was zero, when the offset was last confirmed
	measured    bool          // a source other than the wall clock agreed with the offset
	exact       bool          // serverTime did
	corrections time.Duration // by all jumps so far; see jump
	estimates   [sources]estimate
}

// source is a kind of evidence for the exchange's time.
type source int

const (
	wallClock source = iota
	dateHeader
	serverTime
	eventTime
	sources // how many there are
)

// instant is one moment on both clocks of the machine.
type instant struct {
	elapsed time.Duration
	wall    time.Time
}

// start is what the wall clock showed, according to itself, when elapsed was
// zero. It changes when the machine sleeps and when the wall clock is set.
func (i instant) start() time.Time { return i.wall.Add(-i.elapsed) }

// estimate is what a source says.
type estimate struct {
	zero  time.Time     // the exchange's time when elapsed was zero
	slack time.Duration // by how much this may be off, if the source is right
	at    instant       // when it was taken; zero: never
}

const (
	tolerance   = 2 * time.Second        // sources agree when they differ by no more, apart from their slack
	newsFor     = 10 * time.Second       // after this long an estimate is no evidence about the present any more
	headerStep  = time.Second            // a Date header has whole seconds
	eventTravel = 500 * time.Millisecond // what an event may take from the exchange to here
)

// Times outside of this span are nobody's clock.
var (
	earliestClock = time.Date(2019, 9, 1, 0, 0, 0, 0, time.UTC) // the exchange's first futures contract
	latestClock   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

func plausible(t time.Time) bool { return t.After(earliestClock) && t.Before(latestClock) }

// newClock starts with what the machine's wall clock shows.
func newClock(wall func() time.Time, elapsed func() time.Duration, corrected func(by time.Duration)) *clock {
	k := &clock{wall: wall, elapsed: elapsed, corrected: corrected}
	k.zero = k.instant().start()
	k.anchor = k.zero
	return k
}

// instant is the present on the machine's clocks, in UTC and without Go's own
// monotonic reading, which would hide that the wall clock was set.
func (k *clock) instant() instant {
	return instant{elapsed: k.elapsed(), wall: k.wall().Round(0).UTC()}
}

// now is the exchange's clock, in UTC and without Go's monotonic reading.
func (k *clock) now() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.zero.Add(k.elapsed())
}

// isMeasured reports whether the exchange itself has confirmed the clock.
func (k *clock) isMeasured() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.measured
}

// sum is the sum of all corrections so far. Drifts are none, being smaller than
// anything that is measured by this clock, nor is time that the machine slept.
func (k *clock) sum() time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.corrections
}

// answered takes note of the times that an answer of the exchange names. It is
// called once the answer has proved to be what was asked for: a login page and
// an error page have a Date, too. It reports whether the clock jumped, so that
// the caller can read the answer again by the right time.
func (k *clock) answered(a *answer) (jumped bool) {
	trip := a.received.elapsed - a.sent.elapsed
	if trip < 0 || apart(a.sent.start(), a.received.start(), tolerance) {
		return false // the machine slept meanwhile, so nobody knows when the answer was written
	}
	// What was written during the round trip was written half of it ago, give or take.
	note := func(s source, t time.Time, slack time.Duration) {
		if plausible(t) && k.note(s, estimate{zero: t.Add(trip/2 + slack - a.received.elapsed), slack: trip/2 + slack, at: a.received}) {
			jumped = true
		}
	}
	note(dateHeader, a.date, headerStep/2)
	note(serverTime, a.server, 0)
	return jumped
}

// event takes note of the time of an event of a stream.
func (k *clock) event(t time.Time) {
	if at := k.instant(); plausible(t) {
		k.note(eventTime, estimate{zero: t.Add(-at.elapsed), slack: eventTravel, at: at})
	}
}

// note takes note of an estimate and reports whether the clock jumped.
func (k *clock) note(s source, e estimate) (jumped bool) {
	now := k.instant()
	k.mu.Lock()
	if !e.isNews(now) {
		k.mu.Unlock()
		return false
	}
	before := k.corrections
	k.estimates[s] = e
	if e.agrees(k.zero) {
		k.confirm(s, e)
	} else if best, ok := k.outvoted(s, e, now); ok {
		k.jump(best.zero, now)
		jumped = true
	}
	by := k.corrections - before
	k.mu.Unlock()
	if by != 0 {
		k.corrected(by)
	}
	return jumped
}

// isNews reports whether an estimate says something about the present: it is
// recent, and the machine did not sleep since.
func (e estimate) isNews(now instant) bool {
	return !e.at.wall.IsZero() && now.elapsed-e.at.elapsed <= newsFor && !apart(e.at.start(), now.start(), tolerance)
}

func (e estimate) agrees(zero time.Time) bool { return !apart(e.zero, zero, tolerance+e.slack) }

func apart(a, b time.Time, most time.Duration) bool { return a.Sub(b).Abs() > most }

// confirm takes note that a source agrees with the clock, and moves that as
// far as a Date header or serverTime demands. An event demands nothing: it may
// have waited on its way, even while the machine slept.
func (k *clock) confirm(s source, e estimate) {
	k.measured = true
	if s == eventTime {
		return
	}
	k.anchor = e.at.start()
	if s == dateHeader && k.exact {
		return
	}
	k.exact = k.exact || e.slack < headerStep/2
	earliest, latest := e.zero.Add(-e.slack), e.zero.Add(e.slack)
	if k.zero.Before(earliest) {
		k.zero = earliest
	} else if k.zero.After(latest) {
		k.zero = latest
	}
}

// outvoted reports whether an estimate that contradicts the clock is to be
// followed, and returns the most exact of those that agree with it.
func (k *clock) outvoted(s source, e estimate, now instant) (best estimate, ok bool) {
	best = e
	agree, contradict := 1, 0
	for other, o := range k.estimates {
		if source(other) == wallClock {
			o = k.movement(now)
		}
		switch {
		case source(other) == s || !o.isNews(now):
		case o.agrees(k.zero): // also where it agrees with both: it is no reason to jump
			contradict++
		case !apart(o.zero, e.zero, tolerance+o.slack+e.slack):
			agree++
			if o.slack < best.slack {
				best = o
			}
		}
	}
	return best, agree > 1 && agree > contradict
}

// movement is what the wall clock says: it moved against the monotonic clock,
// as it does while the machine sleeps, or it did not.
func (k *clock) movement(now instant) estimate {
	return estimate{zero: k.zero.Add(now.start().Sub(k.anchor)), at: now}
}

// jump sets the clock. Time that the machine slept is no correction: what was
// noted before that was noted at the right time.
func (k *clock) jump(zero time.Time, now instant) {
	by := zero.Sub(k.zero)
	slept := now.start().Sub(k.anchor)
	if slept < tolerance || k.measured && slept > by+tolerance {
		slept = 0 // the wall clock went on as usual, or was set
	}
	k.corrections += by - slept
	k.zero, k.anchor, k.measured = zero, now.start(), true
}
