package sim

import (
	"math"
	"sync"
)

// ticker is the 24-hour summary of a contract.
type ticker struct {
	open, last, high, low float64 // USD
	volume, quoteVolume   float64 // contracts, USD
	weighted              float64 // USD, the mean price
	from, to              int64   // Unix ms
}

// ticker sums up the 24 hours before ms.
func (s *Server) ticker(v *view, c *contract, ms int64) ticker {
	from := max(ms-dayMillis, c.listed())
	old, now := v.at(c, from), v.at(c, ms)
	high, low := s.extremes.of(v, c, ms)
	tick := c.PricePrecision
	t := ticker{
		open: round(old.price, tick), last: round(now.price, tick), from: from, to: ms,
		high: round(math.Max(high, math.Max(old.price, now.price)), tick),
		low:  round(math.Min(low, math.Min(old.price, now.price)), tick),
	}
	t.weighted = (t.open + t.last + t.high + t.low) / 4
	t.volume = c.volume(old, now)
	t.quoteVolume = t.volume * t.weighted
	return t
}

func (t ticker) change() float64 { return t.last - t.open }

func (t ticker) percent() float64 { return 100 * (t.last/t.open - 1) }

func (t ticker) trades() int64 { return int64(t.quoteVolume/900) + 1 }

// append appends the entry of ticker/24hr.
func (t ticker) append(o *object, c *contract) {
	places := c.PricePrecision
	o.open().text("symbol", c.Symbol).num("priceChange", t.change(), places).num("priceChangePercent", t.percent(), 3).
		num("weightedAvgPrice", t.weighted, places).num("lastPrice", t.last, places).num("lastQty", 1, c.QuantityPrecision).
		num("openPrice", t.open, places).num("highPrice", t.high, places).num("lowPrice", t.low, places).
		num("volume", t.volume, c.QuantityPrecision).num("quoteVolume", t.quoteVolume, 2).
		int("openTime", t.from).int("closeTime", t.to).int("firstId", 1).int("lastId", t.trades()).int("count", t.trades()).shut()
}

// extremes remembers the highest and lowest price on the last 24 full hours,
// which take 24 samples a contract and change once an hour.
type extremes struct {
	mu   sync.Mutex
	seen map[string]extreme
}

type extreme struct {
	hour      int64
	high, low float64
}

func (e *extremes) of(v *view, c *contract, ms int64) (high, low float64) {
	hour := ms / 3_600_000
	e.mu.Lock()
	x, ok := e.seen[c.Symbol]
	e.mu.Unlock()
	if ok && x.hour == hour {
		return x.high, x.low
	}
	x = extreme{hour, 0, math.Inf(1)}
	for h := hour - 23; h <= hour; h++ {
		if t := h * 3_600_000; t >= c.listed() {
			p, _ := v.mark(c, t)
			x.high, x.low = math.Max(x.high, p), math.Min(x.low, p)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.seen == nil {
		e.seen = make(map[string]extreme)
	}
	e.seen[c.Symbol] = x
	return x.high, x.low
}
