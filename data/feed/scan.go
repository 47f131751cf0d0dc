package feed

import (
	"time"

	"openinterest/data/market"
)

// candidates are the most urgent contracts of each class; nil where none is due.
type candidates struct {
	freshWatched *entry // watched, and without open interest or history
	watched      *entry // watched, and due for open interest
	fresh        *entry // any without open interest or history
	urgent       *entry // asked ahead of the pace, because a fault is over
	topUp        *entry // due for newer stamps
	rest         *entry // not watched, the most urgent for open interest

	soonest time.Duration // when the next one becomes due that is not
}

// scan looks at every contract once. 517 of them take a few microseconds,
// which is cheaper than keeping heaps in step with changing tiers and paces.
func (s *schedule) scan(at instant) candidates {
	now := at.elapsed
	c := candidates{soonest: now + idle}
	historyOpen := s.historyOpen(at)
	watchedEvery, floor := s.watchedEvery(at), s.restFloor(now)
	var restScore, topUpScore time.Duration
	for _, e := range s.entries {
		if e.lacks(now, historyOpen) {
			if c.fresh == nil {
				c.fresh = e
			}
			if e.tier == attended && c.freshWatched == nil {
				c.freshWatched = e
			}
		}
		if historyOpen && now >= s.topUps.nextAt {
			if score := s.topUps.due(e, at); score > topUpScore {
				c.topUp, topUpScore = e, score
			}
		}
		p := &e.openInterest
		if !p.have || !p.open(now) {
			continue
		}
		if p.urgent && c.urgent == nil {
			c.urgent = e
		}
		age := now - p.asked
		switch {
		case e.tier == attended && age < watchedEvery:
			c.soonest = min(c.soonest, p.asked+watchedEvery)
			if age >= floor && floor == heartbeat && age > restScore {
				c.rest, restScore = e, age
			}
		case e.tier == attended:
			if c.watched == nil || p.asked < c.watched.openInterest.asked {
				c.watched = e
			}
		case age < floor:
			c.soonest = min(c.soonest, p.asked+floor)
		default:
			if e.tier == favourite {
				age *= favouriteUrgency
			}
			if age > restScore {
				c.rest, restScore = e, age
			}
		}
	}
	return c
}

// lacks reports whether a contract lacks what may be asked of it now.
func (e *entry) lacks(now time.Duration, historyOpen bool) bool {
	return !e.openInterest.have && e.openInterest.open(now) || historyOpen && !e.history.have && e.history.open(now)
}

// historyOpen reports whether history may be asked at all. While the route
// fails as a whole, one request at a time tries it.
func (s *schedule) historyOpen(at instant) bool {
	if s.historyRoute.fails() && s.historyFlying > 0 {
		return false
	}
	return !s.recalling && !s.historyRoute.pauses(at.elapsed) && s.pace.freeHistory(at) >= 1 && s.quota.Open(at.wall, market.RouteHistory)
}

// watchedEvery is how often a watched row is asked: every 5 s, or as often as
// the pace allows when there are too many of them.
func (s *schedule) watchedEvery(at instant) time.Duration {
	if s.attention.Hidden {
		return attendedPeriodHidden
	}
	share := attendedShare * float64(s.pace.sustained(at)-tablesWeight) / time.Minute.Seconds()
	if share <= 0 {
		return time.Minute
	}
	return max(attendedPeriod, time.Duration(float64(s.watched)/share*float64(time.Second)))
}

// restFloor is the age below which a row that nobody watches is not asked. It
// falls to the heartbeat when nothing has been asked for that long, so that a
// small market, too, shows within seconds that the exchange stopped answering.
func (s *schedule) restFloor(now time.Duration) time.Duration {
	switch {
	case now-s.askedRow >= heartbeat:
		return heartbeat
	case s.attention.Hidden:
		return restPeriodHidden
	}
	return attendedPeriod
}
