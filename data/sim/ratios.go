package sim

import (
	"math"

	"openinterest/data/market"
)

// ratioPaths are the routes of the ratios, by kind.
var ratioPaths = map[string]market.RatioKind{
	"/futures/data/globalLongShortAccountRatio": market.LongShortAccounts,
	"/futures/data/topLongShortAccountRatio":    market.TopLongShortAccounts,
	"/futures/data/topLongShortPositionRatio":   market.TopLongShortPositions,
	"/futures/data/takerlongshortRatio":         market.TakerBuySell,
}

// ratio is one of a contract at a stamp, as all routes and the archive serve it.
// Many small accounts are long, and more of them after a fall; top traders less so.
// Takers buy while the price rises.
func (v *view) ratio(c *contract, kind market.RatioKind, t int64) float64 {
	h := key(c.own.seed, 0x726174, uint64(kind))
	days := float64(t) / dayMillis
	lean := between(mix(h), -0.25, 0.55)
	swing := 0.35*noise(mix(h+1), days/3) + 0.12*noise(mix(h+2), days*4)
	price := func(ms int64) float64 {
		p, _, _, _ := v.logs(c, ms)
		return p
	}
	switch kind {
	case market.TakerBuySell:
		rise := price(t) - price(t-market.StepMillis)
		lean, swing = 0, 0.09*noise(mix(h+3), float64(t)/float64(market.StepMillis))+25*rise
	default:
		swing -= 3 * (price(t) - price(t-dayMillis/2))
	}
	return round(math.Exp(max(-3, min(3, lean+swing))), 8)
}

// ratios answers with the newest rows of the span, oldest first, as the route of
// open interest's history does.
func (s *Server) ratios(q *question, kind market.RatioKind) answer {
	c, step, rows, bad := s.stamps(q)
	if bad != nil {
		return *bad
	}
	o := &object{b: make([]byte, 0, 140*len(rows))}
	o.openList("")
	for _, t := range rows {
		x := q.view.ratio(c, kind, t)
		if kind == market.TakerBuySell {
			volume := c.volume(q.view.at(c, t-step), q.view.at(c, t))
			o.open().num("buySellRatio", x, 4).num("buyVol", volume*x/(1+x), 4).num("sellVol", volume/(1+x), 4).int("timestamp", t).shut()
			continue
		}
		o.open().text("symbol", c.Symbol).num("longShortRatio", x, 4).num("longAccount", x/(1+x), 4).num("shortAccount", 1/(1+x), 4).int("timestamp", t).shut()
	}
	return good(o.shutList())
}

// Ratios returns the ratios of a contract at a stamp, unrounded: what a client must
// see, to the digits that each route serves; false for a contract that there is not.
func (s *Server) Ratios(symbol string, stamp int64) (market.Ratios, bool) {
	c := s.market.Load().bySymbol[symbol]
	if c == nil {
		return market.NoRatios(stamp), false
	}
	v := s.views.Get().(*view)
	defer s.views.Put(v)
	r := market.NoRatios(stamp)
	for _, kind := range market.RatioKinds() {
		r.Values[kind] = v.ratio(c, kind, stamp)
	}
	return r, true
}
