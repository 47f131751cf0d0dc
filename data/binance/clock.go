package binance

import (
	"sync"
	"time"
)

// A machine's clock may be hours off. The exchange's clock is the local one
// plus an offset, measured by the serverTime of exchangeInfo, which is exact
// to half a round trip, and roughly by the Date header of every answer, which
// has whole seconds. The header is used until there is something better, and
// afterwards to notice that the local clock was set or slept; unless a server's
// header is seen to disagree with its own serverTime.
type clock struct {
	local func() time.Time

	mu         sync.Mutex
	offset     time.Duration
	measured   bool // by whichever means
	ignoreDate bool
}

// Times outside of this span are nobody's clock.
var (
	earliestClock = time.Date(2019, 9, 1, 0, 0, 0, 0, time.UTC) // the exchange's first futures contract
	latestClock   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

func plausible(t time.Time) bool { return t.After(earliestClock) && t.Before(latestClock) }

// dateTolerance is by how much a Date header may disagree before it is believed.
const dateTolerance = 2 * time.Second

// now is the exchange's clock, in UTC and without Go's monotonic reading:
// that belongs to the local clock.
func (k *clock) now() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.at(k.local())
}

func (k *clock) at(local time.Time) time.Time { return local.Round(0).UTC().Add(k.offset) }

func (k *clock) isMeasured() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.measured
}

// date takes note of a Date header that came between sent and received.
func (k *clock) date(sent, received, date time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !plausible(date) || k.ignoreDate {
		return
	}
	// The header's second had begun when it was written, and it was written
	// during the round trip.
	trip := received.Sub(sent)
	earliest, latest := date, date.Add(time.Second+trip)
	now := k.at(received)
	if k.measured && now.After(earliest.Add(-dateTolerance)) && now.Before(latest.Add(dateTolerance)) {
		return
	}
	k.set(received, date.Add((time.Second+trip)/2))
}

// serverTime takes note of an exact time that came between sent and received,
// together with the Date header of the same answer, which may be zero.
func (k *clock) serverTime(sent, received, server, date time.Time) {
	if !plausible(server) {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	trip := received.Sub(sent)
	k.set(received, server.Add(trip/2))
	k.ignoreDate = plausible(date) && (date.Sub(server) > dateTolerance || server.Sub(date) > time.Second+dateTolerance)
}

func (k *clock) set(local, exchange time.Time) {
	k.offset = exchange.Sub(local.Round(0))
	k.measured = true
}
