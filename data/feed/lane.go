package feed

import (
	"time"

	"github.com/cenkalti/backoff/v5"
)

// never is an instant before the feed started: what was asked then is overdue.
const never = -24 * time.Hour

// lane is one question that is asked again and again, with its own patience
// when it fails.
type lane struct {
	asked     time.Duration // when it was last sent
	notBefore time.Duration // set while it backs off
	flying    bool
	have      bool // there was a good answer
	unknown   bool // the exchange does not know the contract
	lost      bool // what was asked last was lost in a problem that was not the lane's
	failures  *backoff.ExponentialBackOff
}

func newLane() lane { return lane{asked: never} }

// open reports whether the lane may be asked at all.
func (l *lane) open(now time.Duration) bool { return !l.flying && now >= l.notBefore }

func (l *lane) sent(now time.Duration) { l.flying, l.asked = true, now }

func (l *lane) succeeded() {
	*l = lane{asked: l.asked, have: true}
}

// failed makes the lane wait between first and most, longer each time.
func (l *lane) failed(now, first, most time.Duration) {
	if l.failures == nil {
		l.failures = newBackoff(first, most)
	}
	l.flying = false
	l.notBefore = now + l.failures.NextBackOff()
}

// dropped takes that the answer was lost: not the lane's fault.
func (l *lane) dropped() { l.flying, l.lost = false, true }

// forgive ends a back-off, and makes what was lost due at once.
func (l *lane) forgive() {
	if l.lost {
		l.asked = never
	}
	l.notBefore, l.unknown, l.lost, l.failures = 0, false, false, nil
}

// newBackoff doubles from first to most, each time jittered by a fifth so that
// many programs do not return at the same moment.
func newBackoff(first, most time.Duration) *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval: first, MaxInterval: most, Multiplier: 2, RandomizationFactor: 0.2,
	}
}
