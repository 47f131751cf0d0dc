package feed

import (
	"time"

	"github.com/cenkalti/backoff/v5"
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

// newBackoff doubles from first to most, each time jittered by a fifth so that
// many programs do not return at the same moment.
func newBackoff(first, most time.Duration) *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval: first, MaxInterval: most, Multiplier: 2, RandomizationFactor: 0.2,
	}
}
