package feed

import (
	"time"

	"openinterest/data/market"
	"openinterest/data/quota"
)

// What is kept free of the weight: all of it for charts a person opens; rows
// being watched, and the tables, may use a part so that they are not held up
// by the rest.
const (
	reserveRest     = 60
	reserveAttended = 20
	reserveHistory  = 20 // of the history bucket
)

// How far the schedule may get ahead of its pace: what can wait, one request
// for the tickers; watched rows, a screenful newly scrolled into view more.
const (
	maxDebt        = 40
	maxDebtWatched = 80
)

const (
	paceRefresh  = 100 * time.Millisecond
	burst        = 4.0  // requests that go at once
	tightWeight  = 1200 // left to this program a minute; below it the tickers slow down
	tablesWeight = 50   // what the tables cost a minute when the quota is tight
)

// pace spreads requests over time, so that the quota lasts. The quota itself
// says what may be asked; the pace, what should be.
type pace struct {
	quota    *quota.Quota
	rate     float64 // weight a second that can be kept up
	ratedAt  time.Duration
	credit   float64 // weight that may be spent without getting ahead
	creditAt time.Duration
}

func newPace(q *quota.Quota) pace { return pace{quota: q, ratedAt: never} }

// accrue turns the time that passed into credit. most bounds the rate; 0: nothing does.
func (p *pace) accrue(at instant, most float64) {
	if at.elapsed-p.ratedAt >= paceRefresh {
		p.rate, p.ratedAt = p.quota.Pace(at.wall, reserveRest), at.elapsed
		if most > 0 {
			p.rate = min(p.rate, most)
		}
	}
	p.credit = min(burst, p.credit+p.rate*(at.elapsed-p.creditAt).Seconds())
	p.creditAt = at.elapsed
}

// spend takes credit for a request that is sent.
func (p *pace) spend(weight int) { p.credit = max(-maxDebtWatched, p.credit-float64(weight)) }

// sustained is the weight a minute that this program may spend for long.
func (p *pace) sustained(at instant) int { return max(0, p.quota.Sustained(at.wall)-reserveRest) }

// free is the weight that may be spent now if others go on as they do.
func (p *pace) free(at instant) int { return p.quota.Free(at.wall) }

// freeHistory is how many requests for history fit into their bucket now.
func (p *pace) freeHistory(at instant) int {
	return p.quota.Room(at.wall, market.RouteHistory) - reserveHistory
}
