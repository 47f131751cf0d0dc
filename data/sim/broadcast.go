package sim

import (
	"bytes"
	"math"

	"github.com/gorilla/websocket"

	"openinterest/data/market"
)

// stream is one of the all-market streams.
type stream struct {
	name  string
	every int64 // ticks
	build func(*broadcast) [][]byte
}

var pushed = []stream{
	{"!markPrice@arr@1s", 1, (*broadcast).markPrices},
	{"!markPrice@arr", 3, (*broadcast).markPrices},
	{"!ticker@arr", 1, (*broadcast).tickers},
	{"!forceOrder@arr", 1, (*broadcast).liquidations},
}

// broadcast makes the messages of one tick, each at most once.
type broadcast struct {
	s    *Server
	ms   int64
	u    *universe
	made map[string][]prepared
}

// prepared is a message in the forms in which it may be sent.
type prepared struct {
	stream string
	body   []byte
	plain  *websocket.PreparedMessage
	tagged *websocket.PreparedMessage
}

func (b *broadcast) messages(st stream) []prepared {
	if list, ok := b.made[st.name]; ok {
		return list
	}
	var list []prepared
	for _, body := range st.build(b) {
		list = append(list, prepared{stream: st.name, body: body})
	}
	b.made[st.name] = list
	return list
}

// push is the message for a client: as it is, wrapped, or with bad rows.
func (p *prepared) push(combined bool, odd FaultKind) push {
	body := p.body
	if odd == StreamBadRows {
		body = spoil(body)
	}
	if combined {
		body = bytes.Join([][]byte{[]byte(`{"stream":"`), []byte(p.stream), []byte(`","data":`), body, []byte(`}`)}, nil)
	}
	if odd != "" {
		return push{text: body}
	}
	into := &p.plain
	if combined {
		into = &p.tagged
	}
	if *into == nil {
		m, err := websocket.NewPreparedMessage(websocket.TextMessage, body)
		if err != nil {
			return push{text: body}
		}
		*into = m
	}
	return push{message: *into}
}

// spoil puts rows that cannot be used among good ones.
func spoil(body []byte) []byte {
	bad := []byte(`[{"e":"markPriceUpdate","E":0,"s":"","p":"","r":"","T":0},{"e":"markPriceUpdate","E":-1,"s":"ETHUSDT","p":"-3","r":"NaN","T":-1},` +
		`{"e":"markPriceUpdate","s":"SOLUSDT","p":"Infinity"},{"e":"markPriceUpdate","s":"XRPUSDT","p":12.5},null,`)
	if len(body) < 3 || body[0] != '[' {
		return body
	}
	return append(bad, body[1:]...)
}

// markPrices makes one message for each kind of contract, as the exchange
// does, coin-margined ones included.
func (b *broadcast) markPrices() [][]byte {
	v := b.s.views.Get().(*view)
	defer b.s.views.Put(v)
	var crypto, tradFi object
	crypto.openList("")
	tradFi.openList("")
	for _, c := range b.u.all {
		if !c.tradedAt(b.ms) {
			continue
		}
		o := &crypto
		if c.Type == market.TradFiPerpetual {
			o = &tradFi
		}
		p, felt := v.mark(c, b.ms)
		b.markPrice(o, c.Symbol, c, p, felt)
	}
	list := [][]byte{crypto.shutList().b}
	if len(tradFi.shutList().b) > 2 {
		list = append(list, tradFi.b)
	}
	if btc := b.u.bySymbol["BTCUSDT"]; btc != nil {
		p, felt := v.mark(btc, b.ms)
		coin := new(object).openList("")
		b.markPrice(coin, "BTCUSD_PERP", btc, p, felt)
		list = append(list, coin.shutList().b)
	}
	return list
}

func (b *broadcast) markPrice(o *object, symbol string, c *contract, price float64, felt effect) {
	rate := c.fundingRate(b.ms, felt)
	index := indexPrice(price, rate, c)
	o.open().text("e", "markPriceUpdate").int("E", b.ms).text("s", symbol).num("p", price, 8).num("ap", price, 8).num("P", index, 8).num("i", index, 8)
	if c.delivery != 0 {
		o.text("r", "").int("T", 0)
	} else {
		o.num("r", rate, 8).int("T", c.nextFunding(b.ms))
	}
	o.shut()
}

func (b *broadcast) tickers() [][]byte {
	v := b.s.views.Get().(*view)
	defer b.s.views.Put(v)
	o := new(object).openList("")
	for _, c := range b.u.all {
		if !c.tradedAt(b.ms) {
			continue
		}
		t := b.s.ticker(v, c, b.ms)
		places := c.PricePrecision
		o.open().text("e", "24hrTicker").int("E", b.ms).text("s", c.Symbol).num("p", t.change(), places).num("P", t.percent(), 3).
			num("w", t.weighted, places).num("c", t.last, places).num("Q", 1, c.QuantityPrecision).num("o", t.open, places).
			num("h", t.high, places).num("l", t.low, places).num("v", t.volume, c.QuantityPrecision).num("q", t.quoteVolume, 2).
			int("O", t.from).int("C", t.to).int("F", 1).int("L", t.trades()).int("n", t.trades()).shut()
	}
	return [][]byte{o.shutList().b}
}

// liquidations makes one message for each contract on which somebody is
// liquidated in this second: rarely in calm, often while an event rages.
func (b *broadcast) liquidations() [][]byte {
	v := b.s.views.Get().(*view)
	defer b.s.views.Put(v)
	var list [][]byte
	for _, c := range b.u.all {
		if !c.tradedAt(b.ms) || c.delivery != 0 {
			continue
		}
		price, felt := v.mark(c, b.ms)
		h := key(c.own.seed, 0x6c6971, uint64(b.ms/1000))
		if uniform(h) >= 0.002+0.4*felt.heat*felt.heat*felt.heat {
			continue
		}
		side, longs := "BUY", uniform(mix(h+1)) < 0.5-3*felt.price
		if longs {
			side = "SELL" // a liquidated long is sold
		}
		quantity := c.contracts0 * math.Pow(10, between(mix(h+2), -6, -4)) * (1 + 4*felt.heat)
		quantity = max(math.Pow10(-c.QuantityPrecision), round(quantity, c.QuantityPrecision))
		o := new(object).open().text("e", "forceOrder").int("E", b.ms)
		o.openIn("o").text("s", c.Symbol).text("S", side).text("o", "LIMIT").text("f", "IOC").num("q", quantity, c.QuantityPrecision).
			num("p", price, c.PricePrecision).num("ap", price, c.PricePrecision).text("X", "FILLED").
			num("l", quantity, c.QuantityPrecision).num("z", quantity, c.QuantityPrecision).int("T", b.ms).shut()
		list = append(list, o.shut().b)
	}
	return list
}
