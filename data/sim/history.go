package sim

import (
	"math"
	"strconv"
	"time"

	"openinterest/data/market"
)

// What the exchange keeps and how much it gives at once.
const (
	historyKept  = 30 * 24 * time.Hour
	historyRows  = 500
	klineRows    = 1500
	fundingRows  = 1000
	dayMillis    = 24 * 3_600_000
	lastInstant  = 1 << 50   // Unix ms, far enough
	startGraceMs = dayMillis // how much older than 30 days a startTime may be before it is refused
)

var periods = map[string]int64{}

var intervals = map[string]int64{
	"1m": 60_000, "3m": 180_000, "8h": 8 * 3_600_000, "3d": 3 * dayMillis, "1w": 7 * dayMillis,
}

func init() {
	for _, p := range []market.Period{market.Period5m, market.Period15m, market.Period30m, market.Period1h, market.Period2h,
		market.Period4h, market.Period6h, market.Period12h, market.Period1d} {
		periods[p.String()] = p.Millis()
		intervals[p.String()] = p.Millis()
	}
}

// span is the part of a request that says which rows are wanted.
type span struct {
	start, end int64 // Unix ms; start 0: not given
	ended      bool  // endTime was given
	limit      int
}

// span reads startTime, endTime and limit.
func (q *question) span(standard, most int) (span, *answer) {
	sp := span{end: q.now, limit: standard}
	for name, into := range map[string]*int64{"startTime": &sp.start, "endTime": &sp.end} {
		text := q.query.Get(name)
		if text == "" {
			continue
		}
		ms, err := strconv.ParseInt(text, 10, 64)
		if err != nil || ms < 0 || ms > lastInstant {
			bad := errParameter(name)
			return sp, &bad
		}
		*into = ms
		sp.ended = sp.ended || name == "endTime"
	}
	sp.end = min(sp.end, q.now)
	if text := q.query.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > most {
			bad := errParameter("limit")
			return sp, &bad
		}
		sp.limit = n
	}
	return sp, nil
}

// openInterestHistory answers with the newest rows of the span, oldest first.
func (s *Server) openInterestHistory(q *question) answer {
	c, _, rows, bad := s.stamps(q)
	if bad != nil {
		return *bad
	}
	s.stats.historyAsked(c.Symbol, time.UnixMilli(q.now))
	o := &object{b: make([]byte, 0, 160*len(rows))}
	o.openList("")
	for _, t := range rows {
		at := q.view.at(c, t)
		o.open().text("symbol", c.Symbol).num("sumOpenInterest", at.contracts, 8).num("sumOpenInterestValue", at.contracts*at.price, 8).
			text("CMCCirculatingSupply", "0.00000000").int("timestamp", t).shut()
	}
	return good(o.shutList())
}

// stamps are the closed stamps that a request to a /futures/data route is to be
// answered with, trailing by the history lag. When startTime and endTime span more
// rows than the limit, they are the newest: these routes are anchored at their end.
func (s *Server) stamps(q *question) (c *contract, step int64, rows []int64, bad *answer) {
	if c, bad = q.contract(); bad != nil {
		return c, 0, nil, bad
	}
	odd := func(name string) (*contract, int64, []int64, *answer) {
		refused := errParameter(name)
		return c, 0, nil, &refused
	}
	step, ok := periods[q.query.Get("period")]
	if !ok {
		return odd("period")
	}
	sp, bad := q.span(30, historyRows)
	oldest := q.now - historyKept.Milliseconds()
	switch {
	case bad != nil:
		return c, step, nil, bad
	case sp.start != 0 && sp.start < oldest-startGraceMs:
		return odd("startTime")
	case sp.ended && sp.end < sp.start:
		return odd("endTime")
	}
	last := floor(min(sp.end, q.now-s.options.HistoryLag.Milliseconds()), step)
	first := max(sp.start, oldest, c.listed(), last-int64(sp.limit-1)*step)
	for t := floor(first+step-1, step); t <= last && c.tradedAt(t); t += step {
		rows = append(rows, t)
	}
	return c, step, rows, nil
}

// fundingRates answers with past fundings, oldest first: from startTime on if
// given, else the newest. Without a symbol it gives the last one of each contract.
func (q *question) fundingRates() answer {
	sp, bad := q.span(100, fundingRows)
	if bad != nil {
		return *bad
	}
	o := new(object).openList("")
	add := func(c *contract, t int64) {
		at := q.view.at(c, t)
		o.open().text("symbol", c.Symbol).int("fundingTime", t).num("fundingRate", c.fundingRate(t, at.effect), 8).num("markPrice", at.price, 8).shut()
	}
	if q.query.Get("symbol") == "" {
		for i, c := range q.u.all {
			if t := floor(q.now, c.fundingMillis()); i < sp.limit && c.delivery == 0 && c.tradedAt(t) {
				add(c, t)
			}
		}
		return good(o.shutList())
	}
	c, bad := q.contract()
	if bad != nil {
		return *bad
	}
	if c.delivery != 0 && c.status == "TRADING" {
		return good(o.shutList())
	}
	step := c.fundingMillis()
	first := floor(sp.end, step) - int64(sp.limit-1)*step
	if sp.start != 0 {
		first = floor(sp.start+step-1, step)
	}
	first = max(first, floor(c.listed()+step-1, step))
	for t, n := first, 0; t <= sp.end && n < sp.limit && c.tradedAt(t); t, n = t+step, n+1 {
		add(c, t)
	}
	return good(o.shutList())
}

// klines answers with candles: from startTime on if given, else the newest.
func (q *question) klines() answer {
	c, bad := q.contract()
	if bad != nil {
		return *bad
	}
	step, ok := intervals[q.query.Get("interval")]
	if !ok {
		return errInterval
	}
	sp, bad := q.span(500, klineRows)
	switch {
	case bad != nil:
		return *bad
	case sp.ended && sp.start > sp.end:
		return errRange
	}
	first := floor(sp.end, step) - int64(sp.limit-1)*step
	if sp.start != 0 {
		first = floor(sp.start+step-1, step)
	}
	first = max(first, floor(c.listed()+step-1, step))
	o := new(object).openList("")
	for t, n := first, 0; t <= sp.end && n < sp.limit && c.tradedAt(t); t, n = t+step, n+1 {
		q.candle(o, c, t, step)
	}
	return good(o.shutList())
}

// candle appends one candle; its extremes are those of a few samples.
func (q *question) candle(o *object, c *contract, open, step int64) {
	const samples = 6
	shut := min(open+step, q.now)
	from := q.view.at(c, open)
	to, high, low := from, from.price, from.price
	for i := int64(1); i <= samples; i++ {
		to = q.view.at(c, open+(shut-open)*i/samples)
		high, low = math.Max(high, to.price), math.Min(low, to.price)
	}
	volume := c.volume(from, to)
	places := c.PricePrecision
	o.openList("").bare(open).item(from.price, places).item(high, places).item(low, places).item(to.price, places).
		item(volume, 3).bare(open+step-1).item(volume*(from.price+to.price)/2, 5).bare(int64(volume*to.price/900)+1).
		item(volume*0.5, 3).item(volume*to.price*0.5, 5).item(0, 0).shutList()
}

// volume is what was traded between two states, in contracts: trading goes
// with the activity that moves the price.
func (c *contract) volume(from, to state) float64 {
	return c.turnover * (from.contracts + to.contracts) / 2 * math.Max(0, to.activity-from.activity)
}
