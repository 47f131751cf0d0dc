package feed

import "time"

// candidates are the most urgent contracts of each class; nil where none is due.
type candidates struct {
	freshWatched *entry // watched, and without open interest or history
	watched      *entry // watched, and due for open interest
	fresh        *entry // any without open interest or history
	topUp        *entry // due for newer stamps
	rest         *entry // not watched, the most urgent for open interest

	soonest time.Duration // when the next one becomes due that is not
}

// scan looks at every contract once. 517 of them take a few microseconds,
// which is cheaper than keeping heaps in step with changing tiers and paces.
func (s *schedule) scan(now time.Duration, wall int64) candidates {
	c := candidates{soonest: now + idle}
	historyOpen := !s.remembering && s.freeHistory(now) >= 1 && now >= s.historyPause.notBefore
	watchedEvery, floor := s.watchedEvery(), s.restFloor(now)
	var restScore, topUpScore time.Duration
	s.lacking = len(s.entries) == 0
	for _, e := range s.entries {
		s.lacking = s.lacking || !e.openInterest.have || !e.history.have
		if lacksOpenInterest(e, now) || historyOpen && !e.history.have && e.history.open(now) {
			if c.fresh == nil {
				c.fresh = e
			}
			if e.tier == attended && c.freshWatched == nil {
				c.freshWatched = e
			}
		}
		if historyOpen && now >= s.topUps.nextAt {
			if score := s.topUps.due(e, now, wall); score > topUpScore {
				c.topUp, topUpScore = e, score
			}
		}
		l := &e.openInterest
		if !l.have || !l.open(now) {
			continue
		}
		age := now - l.asked
		switch {
		case e.tier == attended && age < watchedEvery:
			c.soonest = min(c.soonest, l.asked+watchedEvery)
			if age >= floor && floor == heartbeat && age > restScore {
				c.rest, restScore = e, age
			}
		case e.tier == attended:
			if c.watched == nil || l.asked < c.watched.openInterest.asked {
				c.watched = e
			}
		case age < floor:
			c.soonest = min(c.soonest, l.asked+floor)
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

func lacksOpenInterest(e *entry, now time.Duration) bool {
	return !e.openInterest.have && e.openInterest.open(now)
}

// watchedEvery is how often a watched row is asked: every 5 s, or as often as
// the pace allows when there are too many of them.
func (s *schedule) watchedEvery() time.Duration {
	if s.attention.Hidden {
		return attendedPeriodHidden
	}
	share := attendedShare * float64(s.sustained()-tablesWeight) / weightWindow.Seconds()
	if share <= 0 {
		return weightWindow
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
