package sim

import (
	"net/url"
	"strconv"
	"time"
)

// question is one request to the REST interface.
type question struct {
	path  string
	query url.Values
	now   int64 // Unix ms
	u     *universe
	view  *view
}

// answer is what the exchange says: a body, or an error.
type answer struct {
	status int
	body   []byte
}

// refuse is an error in the exchange's form.
func refuse(status, code int, msg string) answer {
	o := new(object).open().int("code", int64(code)).text("msg", msg).shut()
	return answer{status, o.b}
}

func good(o *object) answer { return answer{200, o.b} }

var (
	errSymbol     = refuse(400, -1121, "Invalid symbol.")
	errMissing    = refuse(400, -1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.")
	errNotTrading = refuse(400, -4108, "Symbol is on delivering or delivered or settling or closed or pre-trading.")
	errInterval   = refuse(400, -1120, "Invalid interval.")
	errRange      = refuse(400, -1023, "Start time is greater than end time.")
)

func errParameter(name string) answer {
	return refuse(400, -1130, "parameter '"+name+"' is invalid.")
}

// weight is what a request costs of the 2400 a minute.
func weight(path string, q url.Values) int {
	one := q.Get("symbol") != ""
	switch path {
	case "/fapi/v1/ticker/24hr":
		if one {
			return 1
		}
		return 40
	case "/fapi/v1/premiumIndex":
		if one {
			return 1
		}
		return 10
	case "/fapi/v1/klines":
		switch n, err := strconv.Atoi(q.Get("limit")); {
		case err != nil, n > 500 && n <= 1000:
			return 5
		case n < 100:
			return 1
		case n < 500:
			return 2
		case n == 500:
			return 5
		}
		return 10
	case "/fapi/v1/fundingRate", "/fapi/v1/fundingInfo": // a bucket of their own
		return 0
	}
	return 1
}

// respond answers a request, were nothing odd.
func (s *Server) respond(q *question) answer {
	if kind, ok := ratioPaths[q.path]; ok {
		return s.ratios(q, kind)
	}
	switch q.path {
	case "/fapi/v1/ping":
		return answer{200, []byte("{}")}
	case "/fapi/v1/time":
		return good(new(object).open().int("serverTime", q.now).shut())
	case "/fapi/v1/exchangeInfo":
		return q.exchangeInfo()
	case "/fapi/v1/openInterest":
		return s.openInterest(q)
	case "/futures/data/openInterestHist":
		return s.openInterestHistory(q)
	case "/fapi/v1/ticker/24hr":
		return q.each(func(o *object, c *contract) { s.ticker(q.view, c, q.now).append(o, c) })
	case "/fapi/v1/premiumIndex":
		return q.each(func(o *object, c *contract) { appendPremium(o, c, q.view.at(c, q.now), q.now) })
	case "/fapi/v1/fundingInfo":
		return q.fundingInfo()
	case "/fapi/v1/fundingRate":
		return q.fundingRates()
	case "/fapi/v1/klines":
		return q.klines()
	}
	return refuse(404, -5000, "Path "+url.PathEscape(q.path)+", Method GET is invalid")
}

// contract finds the contract asked for.
func (q *question) contract() (*contract, *answer) {
	symbol := q.query.Get("symbol")
	if symbol == "" {
		return nil, &errMissing
	}
	c := q.u.bySymbol[symbol]
	if c == nil || q.now < c.listed() {
		return nil, &errSymbol
	}
	return c, nil
}

// each answers with one object for the symbol asked for, or a list of all.
func (q *question) each(add func(*object, *contract)) answer {
	o := new(object)
	if q.query.Get("symbol") != "" {
		c, bad := q.contract()
		if bad != nil {
			return *bad
		}
		if !c.tradedAt(q.now) {
			return errNotTrading
		}
		add(o, c)
		return good(o)
	}
	o.b = make([]byte, 0, 450*len(q.u.all))
	o.openList("")
	for _, c := range q.u.all {
		if c.tradedAt(q.now) {
			add(o, c)
		}
	}
	return good(o.shutList())
}

func (q *question) exchangeInfo() answer {
	o := &object{b: make([]byte, 0, 1500*len(q.u.all))}
	o.open().text("timezone", "UTC").int("serverTime", q.now).text("futuresType", "U_MARGINED").openList("rateLimits").
		open().text("rateLimitType", "REQUEST_WEIGHT").text("interval", "MINUTE").int("intervalNum", 1).int("limit", WeightLimit).shut().
		open().text("rateLimitType", "ORDERS").text("interval", "MINUTE").int("intervalNum", 1).int("limit", 1200).shut().
		shutList().raw("exchangeFilters", "[]").openList("assets").
		open().text("asset", "USDT").raw("marginAvailable", "true").text("autoAssetExchange", "-10000").shut().
		shutList().openList("symbols")
	for _, c := range q.u.all {
		if q.now >= c.listed() {
			o.info(c)
		}
	}
	return good(o.shutList().shut())
}

func (s *Server) openInterest(q *question) answer {
	c, bad := q.contract()
	if bad != nil {
		return *bad
	}
	if !c.tradedAt(q.now) {
		return errNotTrading
	}
	s.stats.polled(c.Symbol, time.UnixMilli(q.now))
	now := q.view.at(c, q.now)
	return good(new(object).open().num("openInterest", now.contracts, c.QuantityPrecision).
		text("symbol", c.Symbol).int("time", now.changed).shut())
}

// appendPremium appends a premiumIndex entry.
func appendPremium(o *object, c *contract, now state, ms int64) {
	rate := c.fundingRate(ms, now.effect)
	index := indexPrice(now.price, rate, c)
	o.open().text("symbol", c.Symbol).num("markPrice", now.price, 8).num("indexPrice", index, 8).num("estimatedSettlePrice", index, 8)
	if c.delivery != 0 { // dated contracts have no funding
		o.text("lastFundingRate", "").text("interestRate", "").int("nextFundingTime", 0)
	} else {
		o.num("lastFundingRate", rate, 8).num("interestRate", interest8h*float64(c.fundingHours)/8, 8).int("nextFundingTime", c.nextFunding(ms))
	}
	o.int("time", ms).shut()
}

// indexPrice is the price of the underlying: below the mark price where longs
// pay, since that premium is what funding is made of.
func indexPrice(mark, rate float64, c *contract) float64 {
	return mark / (1 + (rate*8/float64(c.fundingHours)-interest8h)*0.8)
}

func (q *question) fundingInfo() answer {
	o := new(object).openList("")
	for _, c := range q.u.all {
		if c.fundingHours != 8 && c.tradedAt(q.now) {
			o.open().text("symbol", c.Symbol).num("adjustedFundingRateCap", c.fundingCap, 8).num("adjustedFundingRateFloor", -c.fundingCap, 8).
				int("fundingIntervalHours", int64(c.fundingHours)).raw("disclaimer", "false").int("updateTime", c.listed()).shut()
		}
	}
	return good(o.shutList())
}
