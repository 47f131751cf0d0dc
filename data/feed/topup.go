package feed

import (
	"time"

	"openinterest/data/market"
)

// maxPoints is the most points that one history request may ask for: 41 hours.
const maxPoints = 500

// keptPoints is how much the table has of a contract's 5-minute history, for the
// whole market: 28 hours. A change over 24 hours, seen from stamps up to an hour
// old, needs 25; the rest is for the exchange's lateness. It is what is asked for at
// first: more takes a cold start longer. The recorder keeps all, and fills the rest.
const keptPoints = 28 * int(time.Hour/market.Step)

// How history is topped up.
const (
	topUpShare   = 0.035 // of the weight: 1.1 requests a second, by the package comment
	catchUpShare = 0.25  // for contracts whose history has a hole, after sleep
	holeAfter    = 30 * time.Minute
	restStamps   = 2 // rows that nobody watches get every second stamp
	minLate      = 30 * time.Second
	maxLate      = 20 * time.Minute
	startLate    = 6 * time.Minute
	topUpRetry   = time.Minute
)

// topUps knows when new stamps are worth asking for. The exchange publishes
// them some minutes late; how many is learned from its answers.
type topUps struct {
	late   time.Duration // after a stamp closes, when the exchange publishes it
	nextAt time.Duration // the pace
}

func newTopUps() topUps { return topUps{late: startLate} }

// due returns how urgent a contract's top-up is; 0: not due.
func (t *topUps) due(e *entry, at instant) time.Duration {
	if !e.history.have || !e.history.open(at.elapsed) {
		return 0
	}
	stamps := int64(1)
	if e.tier == rest {
		stamps = restStamps
	}
	over := at.millis() - e.official - stamps*market.StepMillis - t.late.Milliseconds()
	if over < 0 {
		return 0
	}
	const week = 7 * 24 * time.Hour // more than any score by age
	age := min(week-1, time.Duration(over)*time.Millisecond+1)
	return age + week*time.Duration(rest-e.tier)
}

// topUp asks for the stamps that a contract lacks and two before them, which
// the exchange may have corrected.
func (s *schedule) topUp(at instant, e *entry) *ask {
	gap := (market.FloorStamp(at.millis()) - e.official) / market.StepMillis
	share := topUpShare
	if at.millis()-e.official > (holeAfter + s.topUps.late).Milliseconds() {
		share = catchUpShare
	}
	a := s.take(at, request{
		kind: askHistory, symbol: e.symbol, period: market.Period5m, limit: int(min(maxPoints, max(1, gap)+2)),
		expect: market.FloorStamp(at.millis() - s.topUps.late.Milliseconds()),
	}, reserveRest)
	if a == nil {
		return nil
	}
	perMinute := max(1, share*float64(s.pace.sustained(at)))
	s.topUps.nextAt = at.elapsed + time.Duration(float64(time.Minute)/perMinute)
	e.history.sent(at.elapsed)
	return a
}

// found takes that a stamp was there at this age: if that is news, the next
// may be asked for a little earlier.
func (t *topUps) found(age time.Duration) {
	if age < t.late+time.Minute {
		t.late = max(minLate, t.late-time.Second)
	}
}

// missed takes that a stamp was asked for too early.
func (t *topUps) missed() { t.late = min(maxLate, t.late+20*time.Second) }
