package sim

import (
	"math"
	"slices"
	"strings"
	"time"

	"openinterest/data/market"
)

// universe is every contract of the exchange, of the kinds that the program
// shows and of those it must leave out. Immutable; replaced when contracts are
// listed or delisted.
type universe struct {
	seed     uint64
	tide     *tree
	all      []*contract // in the exchange's order
	bySymbol map[string]*contract
}

// Two contracts in a hundred were listed so recently that their history is
// shorter than what the program asks for.
const recentShare = 0.015

// Contracts that exist beside those the program shows.
const (
	settlingCount = 14
	usdcCount     = 24
	datedCount    = 2 // dates, each for BTC and ETH
)

func newUniverse(seed uint64, n int, start time.Time) *universe {
	seed = key(seed, 0x73696d)
	u := &universe{seed: seed, tide: &tree{
		seed: key(seed, 0x74696465), rho: 0.5, burst: 0.5, wander: 7, pulse: pulse{daily: 0.55, weekly: 0.3},
	}}
	lines := outlines(seed, n)
	for i, o := range lines {
		u.all = append(u.all, u.perpetual(o, "USDT", start, recent(seed, i, o)))
	}
	for i := range min(usdcCount, len(lines)) {
		if o := lines[i]; !o.tradFi {
			o.openInterest *= 0.06
			u.all = append(u.all, u.perpetual(o, "USDC", start, false))
		}
	}
	for _, o := range outlines(seed, len(knownOutlines())+n+settlingCount)[len(knownOutlines())+n:] {
		c := u.perpetual(o, "USDT", start, false)
		c.status, c.settled = "SETTLING", millis(start.UTC().Truncate(24*time.Hour).AddDate(0, 0, -5))
		c.delivery = c.settled
		u.all = append(u.all, c)
	}
	for _, o := range lines[:min(2, len(lines))] {
		u.all = append(u.all, u.dated(o, start)...)
	}
	u.index()
	return u
}

// recent picks the contracts listed in the last days; never one of the first,
// which tests and screenshots use.
func recent(seed uint64, i int, o outline) bool {
	return i >= 8 && !o.tradFi && uniform(keyOf(key(seed, 0x6e6577), o.base)) < recentShare
}

func (u *universe) index() {
	u.bySymbol = make(map[string]*contract, len(u.all))
	for _, c := range u.all {
		u.bySymbol[c.Symbol] = c
	}
}

// perpetual draws the details of a perpetual contract.
func (u *universe) perpetual(o outline, quote string, start time.Time, recent bool) *contract {
	symbol := o.base + quote
	h := keyOf(u.seed, symbol)
	draw := func(what uint64, lo, hi float64) float64 { return between(key(h, what), lo, hi) }
	c := &contract{
		Contract: market.Contract{
			Symbol: symbol, BaseAsset: o.base, Type: market.Perpetual,
			PricePrecision:    min(7, max(1, 4-int(math.Floor(math.Log10(o.price))))),
			QuantityPrecision: min(3, max(0, int(math.Floor(math.Log10(o.price))))),
			Listed:            listing(h, o, start, recent),
		},
		quoteAsset: quote, status: "TRADING",
		price0: o.price, contracts0: o.openInterest / o.price,
		strength:    wildStrength * math.Pow(o.volatility/0.05, 0.8),
		turnover:    draw(10, 1.2, 6) * math.Sqrt(o.volatility/0.04),
		changeEvery: 2 + 9e6/(o.openInterest+5e5),
	}
	c.own = tree{seed: h, offset: draw(11, 0, rootSeconds), rho: draw(12, -0.25, 0.75), burst: draw(13, 0.85, 1.25), wander: 7,
		pulse: pulse{daily: 0.5, weekly: 0.25}}
	c.follow(o, draw)
	c.fund(o, h, draw)
	return c
}

// follow splits a contract's volatility into a part that comes with the market
// and one of its own. A third of the contracts
// hardly follow the market, so that on any day some go the other way.
func (c *contract) follow(o outline, draw func(uint64, float64, float64) float64) {
	share := draw(20, 0.3, 0.5)
	switch {
	case o.base == "BTC":
		share = 0.6
	case o.tradFi || o.volatility < 0.005:
		share = 0
	case draw(21, 0, 1) < 0.4:
		share = 0.05
	}
	const usual = 0.85 // what the events leave to the walks
	c.beta = usual * o.volatility * share
	c.priceSigma = usual * o.volatility * math.Sqrt(1-share*share)

	sigma := math.Min(0.085, 0.014+0.6*o.volatility*draw(22, 0.75, 1.35))
	c.interestBeta = sigma * 0.5 * share
	c.interestSigma = sigma * math.Sqrt(1-0.25*share*share)
	if o.tradFi {
		c.Type = market.TradFiPerpetual
		c.own.pulse = pulse{daily: 0.6, weekly: 0.75}
	}
}

// fund draws the funding terms.
func (c *contract) fund(o outline, h uint64, draw func(uint64, float64, float64) float64) {
	c.fundingHours, c.fundingCap = 8, 0.02
	big := o.openInterest > 3e8
	switch x := draw(30, 0, 1); {
	case big:
		c.fundingCap = 0.003
	case x < 0.55:
		c.fundingHours = 4
	case x < 0.60:
		c.fundingHours = 1
	}
	c.premium = 0.00035 * math.Exp(0.6*gauss(key(h, 31)))
	if big {
		c.premium = 0.0002
	}
	c.lean = -0.00012 + 0.0002*gauss(key(h, 32))
}

// dated makes the quarterly contracts of an asset.
func (u *universe) dated(o outline, start time.Time) []*contract {
	list := make([]*contract, 0, datedCount)
	for i, kind := range []market.ContractType{"CURRENT_QUARTER", "NEXT_QUARTER"}[:datedCount] {
		y, m, _ := start.UTC().Date()
		end := time.Date(y, (m-1)/3*3+4+time.Month(3*i), 0, 8, 0, 0, 0, time.UTC)
		end = end.AddDate(0, 0, -(int(end.Weekday())+2)%7) // the quarter's last Friday
		o := o
		o.openInterest *= 0.01
		c := u.perpetual(o, "USDT_"+end.Format("060102"), start, false)
		c.quoteAsset, c.Type, c.delivery, c.fundingHours = "USDT", kind, millis(end), 8
		list = append(list, c)
	}
	return list
}

// listing draws the day a contract was listed: 2019 to 2024, the larger the
// earlier, but for recent ones, which were listed three days before the
// server's start.
func listing(h uint64, o outline, start time.Time, recent bool) time.Time {
	today := start.UTC().Truncate(24 * time.Hour)
	if recent {
		return today.AddDate(0, 0, -3)
	}
	days := 1900
	switch {
	case o.openInterest > 5e9: // the first two
		days = 1
	case o.openInterest > 1e8:
		days = 600
	case o.openInterest > 2e7:
		days = 1200
	}
	at := time.Date(2019, 9, 8, 0, 0, 0, 0, time.UTC).AddDate(0, 0, pick(key(h, 40), days))
	if latest := today.AddDate(0, 0, -60); at.After(latest) { // a server whose clock stands in the past
		return latest
	}
	return at
}

// shown lists the symbols of the contracts that the program should show, ascending.
func (u *universe) shown() []string {
	var list []string
	for _, c := range u.all {
		if market.Shown(c.quoteAsset, c.status, string(c.Type)) {
			list = append(list, c.Symbol)
		}
	}
	slices.Sort(list)
	return list
}

// delisted returns the universe in which a contract stopped trading at ms.
func (u *universe) delisted(symbol string, ms int64) *universe {
	old := u.bySymbol[symbol]
	if old == nil || old.status != "TRADING" {
		return u
	}
	c := *old
	c.status, c.settled, c.delivery = "SETTLING", ms, ms
	return u.with(&c)
}

// listed returns the universe in which a contract trades from now on: one that
// was delisted goes on, any other is invented.
func (u *universe) listed(symbol string, now time.Time) *universe {
	old := u.bySymbol[symbol]
	switch {
	case old != nil && old.status == "TRADING":
		return u
	case old != nil:
		c := *old
		c.status, c.settled, c.delivery = "TRADING", 0, 0
		return u.with(&c)
	}
	c := u.perpetual(invent(u.seed, strings.TrimSuffix(symbol, "USDT")), "USDT", now, false)
	c.Symbol, c.Listed = symbol, now
	return u.with(c)
}

// with returns u with c in the place of the contract of its symbol.
func (u *universe) with(c *contract) *universe {
	n := &universe{seed: u.seed, tide: u.tide, all: slices.Clone(u.all)}
	i := slices.IndexFunc(n.all, func(x *contract) bool { return x.Symbol == c.Symbol })
	if i < 0 {
		n.all = append(n.all, c)
	} else {
		n.all[i] = c
	}
	n.index()
	return n
}
