package feed

import (
	"time"

	"github.com/cenkalti/backoff/v5"

	"openinterest/data/market"
)

// poll is one question that is asked again and again, with its own backoff when
// it fails.
type poll struct {
	asked     time.Duration // when it was last sent
	notBefore time.Duration // set while it backs off
	flying    bool
	have      bool // there was a good answer
	urgent    bool // it is asked ahead of the pace, once: it failed, or what failed works again
	failed    int  // in a row
	retries   *backoff.ExponentialBackOff
}

func newPoll() poll { return poll{asked: never} }

// open reports whether the question may be asked at all.
func (p *poll) open(now time.Duration) bool { return !p.flying && now >= p.notBefore }

func (p *poll) sent(now time.Duration) { p.flying, p.asked, p.urgent = true, now, false }

func (p *poll) succeeded() {
	*p = poll{asked: p.asked, have: true}
}

// fail makes the question wait between first and most, longer each time.
func (p *poll) fail(now, first, most time.Duration) {
	if p.retries == nil {
		p.retries = newBackoff(first, most)
	}
	p.flying = false
	p.failed++
	p.notBefore = now + p.retries.NextBackOff()
}

// drop takes that the answer was lost in a problem that was not the question's.
func (p *poll) drop() { p.flying = false }

// forgive ends a backoff.
func (p *poll) forgive() { p.notBefore, p.failed, p.retries = 0, 0, nil }

// softStreak is after how many failures in a row a route is taken to fail as a whole.
const softStreak = 3

// streak pauses a route as a whole when it fails for one contract after the other,
// while open interest is being answered.
type streak struct {
	pause  poll
	failed int    // contracts in a row
	of     string // the newest of them
}

func newStreak() streak { return streak{pause: newPoll()} }

// answered takes what came of a question about a contract.
func (s *streak) answered(now time.Duration, symbol string, problem *market.Problem) {
	if problem == nil {
		s.clear()
		return
	}
	if symbol == s.of {
		return // that contract's own
	}
	s.of = symbol
	if s.failed++; s.fails() && !s.pauses(now) {
		s.pause.fail(now, retryFirst, retryMost)
	}
}

// clear forgets the failures, and ends the pause.
func (s *streak) clear() {
	s.failed, s.of = 0, ""
	s.pause.forgive()
}

// fails reports whether the route is taken to fail as a whole; pauses, whether it is
// not to be asked at all now.
func (s *streak) fails() bool                   { return s.failed >= softStreak }
func (s *streak) pauses(now time.Duration) bool { return now < s.pause.notBefore }

// newBackoff doubles from first to most, each time jittered by a fifth so that
// many programs do not return at the same moment.
func newBackoff(first, most time.Duration) *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval: first, MaxInterval: most, Multiplier: 2, RandomizationFactor: 0.2,
	}
}
