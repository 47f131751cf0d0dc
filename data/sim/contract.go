package sim

import (
	"math"
	"time"

	"openinterest/data/market"
)

// contract is one instrument of the simulated exchange. It is immutable but
// for status and dates, which Server.Delist and Server.List change by
// replacing it.
type contract struct {
	market.Contract
	quoteAsset string
	status     string // TRADING, SETTLING
	settled    int64  // Unix ms at which it stopped trading; 0: trades
	delivery   int64  // Unix ms of the delivery date, for dated contracts

	own tree // what it does by itself

	price0, contracts0 float64 // what the walks swing around: USD, contracts
	beta, interestBeta float64 // how it follows the market
	priceSigma         float64 // of a day, of its own walk
	interestSigma      float64
	strength           float64 // of its events
	turnover           float64 // 24 h volume ÷ open interest in a usual day
	changeEvery        float64 // s between changes of open interest

	fundingHours int     // between fundings
	fundingCap   float64 // the rate's limit, a fraction
	premium      float64 // usual swing of the 8-hour premium
	lean         float64 // what the premium swings around
}

// listed is the first instant of trading, Unix ms.
func (c *contract) listed() int64 { return c.Listed.UnixMilli() }

// tradedAt reports whether the contract traded at ms.
func (c *contract) tradedAt(ms int64) bool {
	return ms >= c.listed() && (c.settled == 0 || ms < c.settled)
}

// state is a contract at one instant, as the exchange would serve it.
type state struct {
	price     float64 // mark price, USD, rounded to 8 places
	contracts float64 // open interest, rounded to the contract's precision
	changed   int64   // when the open interest last changed, Unix ms
	activity  float64 // accumulated activity, days
	effect    effect
}

// view reads contracts at successive instants. Reading one contract in the
// order of time, or all contracts at one time, is cheap. Not safe for
// concurrent use.
type view struct {
	tide  walker // the market that all contracts follow
	own   walker
	event calendar
	of    *contract
}

func newView(tide *tree) *view { return &view{tide: walker{tree: tide}} }

// look turns the view to a contract.
func (v *view) look(c *contract) {
	if v.of == c {
		return
	}
	v.of, v.event.valid = c, false
	v.own.tree, v.own.valid = &c.own, false
}

// at reads contract c at ms.
func (v *view) at(c *contract, ms int64) state {
	changed := c.lastChange(ms)
	_, q, _, _ := v.logs(c, changed)
	p, _, activity, felt := v.logs(c, ms)
	return state{
		price:     max(1e-8, round(c.price0*math.Exp(p), 8)),
		contracts: max(1, round(c.contracts0*math.Exp(q), c.QuantityPrecision)),
		changed:   changed,
		activity:  activity,
		effect:    felt,
	}
}

// mark reads only the mark price and the events behind it.
func (v *view) mark(c *contract, ms int64) (price float64, felt effect) {
	p, _, _, felt := v.logs(c, ms)
	return max(1e-8, round(c.price0*math.Exp(p), 8)), felt
}

// logs returns the logarithms of price and open interest around their usual
// levels, unrounded.
func (v *view) logs(c *contract, ms int64) (p, q, activity float64, felt effect) {
	v.look(c)
	t := float64(ms) / 1000
	tide, own := v.tide.at(t), v.own.at(t)
	felt = v.event.at(c.own.seed, c.strength, t)
	p = c.beta*tide.price + c.priceSigma*own.price + felt.price
	q = c.interestBeta*tide.interest + c.interestSigma*own.interest + felt.interest
	if age := (t - float64(c.listed())/1000) / day; age < 60 { // positions build up after a listing
		q -= 1.3 * math.Exp(-max(0, age)/7)
	}
	return p, q, own.activity, felt
}

// lastChange is the last instant at or before ms at which the open interest
// changed: once in every cell of changeEvery, at a hashed place in it.
func (c *contract) lastChange(ms int64) int64 {
	cell := math.Floor(float64(ms) / 1000 / c.changeEvery)
	for {
		at := int64(1000 * c.changeEvery * (cell + uniform(key(c.own.seed, 0x6368, uint64(int64(cell))))))
		if at <= ms {
			return at
		}
		cell--
	}
}

// round rounds to decimal places.
func round(x float64, places int) float64 {
	scale := math.Pow10(places)
	return math.Round(x*scale) / scale
}

// millis is t in Unix ms.
func millis(t time.Time) int64 { return t.UnixMilli() }
