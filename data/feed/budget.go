package feed

import (
	"time"

	"openinterest/data/market"
)

// observe takes note of the exchange client's own count, and of what others
// behind this address spend: the excess of what the exchange counts over what
// this program spent. The exchange's counter starts again each minute, so the
// excess counts for a minute after it was seen.
func (s *schedule) observe(now time.Duration, wall int64, b market.Budget) {
	if b.Allowed <= 0 && b.Limit <= 0 { // a client that does not say
		b.Allowed = defaultAllowed
	}
	if b.HistoryAllowed <= 0 {
		b.HistoryAllowed = defaultHistory
	}
	s.budget = b
	s.nextMinute = time.Duration(60_000-wall%60_000)*time.Millisecond + minuteSlack
	s.weight.advance(now)
	slot := int64(now / foreignSlot)
	if slot-s.foreignSlot > int64(len(s.foreign)) {
		s.foreignSlot = slot - int64(len(s.foreign))
	}
	for s.foreignSlot < slot {
		s.foreignSlot++
		s.foreign[s.foreignSlot%int64(len(s.foreign))] = 0
	}
	i := slot % int64(len(s.foreign))
	s.foreign[i] = max(s.foreign[i], b.Used-max(b.Own, s.weight.used))
}

// allowance is the weight a minute that others leave to this program; negative
// when they spend more than it would allow itself.
func (s *schedule) allowance() int {
	peak := 0
	for _, f := range s.foreign {
		peak = max(peak, f)
	}
	return s.budget.Allowed - peak
}

// sustained is the weight a minute that this program may spend for long.
func (s *schedule) sustained() int { return max(0, s.allowance()-reserveRest) }

// free is the weight that may be spent right now, keeping reserve.
func (s *schedule) free(now time.Duration, reserve int) int {
	s.weight.advance(now)
	return s.allowance() - reserve - max(s.weight.used, s.budget.Own)
}

// freeNow is like free, but lets go of what others spent in minutes before:
// for filling the table, which should not wait for an estimate.
func (s *schedule) freeNow(now time.Duration, reserve int) int {
	s.weight.advance(now)
	others := max(0, s.budget.Used-max(s.weight.used, s.budget.Own))
	return s.budget.Allowed - reserve - others - max(s.weight.used, s.budget.Own)
}

// freeHistory is how many history requests may be sent right now.
func (s *schedule) freeHistory(now time.Duration) int {
	s.bucket.advance(now)
	return s.budget.HistoryAllowed - reserveHistory - max(s.bucket.used, s.budget.HistoryUsed)
}

// exhausted returns how long nothing may be asked because the budget is spent;
// 0 when something may. What others spent is held against this program for a
// minute after, but the table fills as soon as the exchange counts anew, in its
// next minute.
func (s *schedule) exhausted(now time.Duration) time.Duration {
	free := s.free(now, reserveAttended)
	if s.lacking {
		free = max(free, s.freeNow(now, reserveAttended))
	}
	if free >= 1 {
		return 0
	}
	if !s.lacking {
		return max(idle, s.weight.freeIn(now, s.allowance()-reserveAttended, 1))
	}
	wait := s.weight.freeIn(now, s.budget.Allowed-reserveAttended, 1)
	if s.budget.Used > max(s.weight.used, s.budget.Own) {
		wait = max(wait, s.nextMinute)
	}
	return max(idle, wait)
}

// accrue turns the time that passed into credit.
func (s *schedule) accrue(now time.Duration) {
	if now-s.pacedAt >= paceRefresh {
		s.pace, s.pacedAt = s.weight.rate(now, s.sustained()), now
		if s.attention.Hidden {
			s.pace = min(s.pace, s.paceHidden())
		}
	}
	s.credit = min(burst, s.credit+s.pace*(now-s.creditAt).Seconds())
	s.creditAt = now
}

// spend counts a request that is being sent.
func (s *schedule) spend(now time.Duration, r request) {
	s.weight.spend(now, r.weight())
	if r.history() {
		s.bucket.spend(now, 1)
	}
	s.credit = max(-maxDebtWatched, s.credit-float64(r.weight()))
}

// paceHidden is a little more than what a hidden window needs, so that its
// requests, too, are spread over the minute.
func (s *schedule) paceHidden() float64 {
	rows := float64(len(s.entries))/restPeriodHidden.Seconds() + float64(s.watched)/attendedPeriodHidden.Seconds()
	tables := 40/tickersPeriodTight.Seconds() + topUpShare*float64(s.sustained())/weightWindow.Seconds()
	return 1.1 * (rows + tables)
}
