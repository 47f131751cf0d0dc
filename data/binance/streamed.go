package binance

import (
	"context"
	"sync"
	"time"

	"openinterest/data/market"
)

// StreamMarkPrices delivers mark prices and funding as the exchange pushes
// them, each second, in several messages. It may name contracts that this
// program does not show, coin-margined ones included. A row whose event is no
// newer than the one before it of its contract, on this connection or an
// earlier one, is not delivered, nor is one of another time than now. deliver
// is called on the reading goroutine and owns what it gets; it must be quick.
//
// One call is one connection. It returns once that breaks, brings nothing
// usable for 4 seconds, or ctx ends; the caller connects again, with backoff.
func (c *Client) StreamMarkPrices(ctx context.Context, deliver func([]market.MarkPrice)) error {
	d := newMarkDecoder()
	return c.follow(ctx, markStream, func(message []byte) bool {
		rows, dropped := d.decode(message, c.clock, &c.streamed)
		c.report(markStream, dropped)
		if len(rows) == 0 {
			return false
		}
		deliver(rows)
		return true
	})
}

// StreamLiquidations delivers the liquidations that the exchange shows, a
// sample, on one connection, as StreamMarkPrices does. Nothing may come for
// hours, so that the connection's life is judged by the exchange's pings, too.
// alive is called once the connection is open, and then with each sign of life,
// before deliver gets what came with it. Events of another time than now are not
// delivered; one that comes twice is.
func (c *Client) StreamLiquidations(ctx context.Context, alive func(), deliver func(market.Liquidation)) error {
	d := newLiquidationDecoder()
	s := liquidationStream
	s.opened, s.alive = alive, alive
	return c.follow(ctx, s, func(message []byte) bool {
		rows, dropped := d.decode(message, c.Now())
		c.report(liquidationStream, dropped)
		if len(rows) > 0 {
			alive()
		}
		for _, r := range rows {
			deliver(r)
		}
		return len(rows) > 0
	})
}

func (c *Client) report(s stream, dropped drops) {
	for why, n := range dropped {
		c.tally.drop(s.name, string(why), n)
	}
}

// drops counts the rows of a message that were dropped.
type drops map[reason]int

func (d *drops) add(why reason, n int) {
	if n == 0 {
		return
	}
	if *d == nil {
		*d = drops{}
	}
	(*d)[why] += n
}

const (
	noEvent    reason = "no such event"
	noMessage  reason = "no JSON"
	otherEvent reason = "another kind of event"
	notNewer   reason = "no newer than what is known"
	otherTime  reason = "of another time than now"
)

// markKind is the kind of the events of mark prices.
const markKind = "markPriceUpdate"

// fresh is by how much the time of a streamed row may differ from now.
const fresh = 10 * time.Second

// markDecoder decodes the messages of one connection for mark prices, some 520
// rows each second, without garbage of its own.
type markDecoder struct {
	size                                        int // rows of the largest message so far
	event                                       event
	kind, time, symbol, price, index, rate, due []byte // the fields of the event read last, as served
}

func newMarkDecoder() *markDecoder {
	d := &markDecoder{}
	d.event = event{`"e"`: &d.kind, `"E"`: &d.time, `"s"`: &d.symbol, `"p"`: &d.price, `"i"`: &d.index, `"r"`: &d.rate, `"T"`: &d.due}
	return d
}

// decode returns the rows of a message that are news. It tells the clock the
// time of the newest event.
func (d *markDecoder) decode(message []byte, k *clock, known *latestEvents) (rows []market.MarkPrice, dropped drops) {
	var newest time.Time
	rows = make([]market.MarkPrice, 0, d.size)
	broken, err := d.event.each(message, func() {
		row, why := d.row(known)
		if why != fine {
			dropped.add(why, 1)
			return
		}
		if row.Time.After(newest) {
			newest = row.Time
		}
		rows = append(rows, row)
	})
	if err != nil {
		return nil, drops{noMessage: 1}
	}
	d.size = max(d.size, len(rows))
	dropped.add(noEvent, broken)
	k.event(newest)
	return known.news(rows, k.now(), &dropped), dropped
}

func (d *markDecoder) row(known *latestEvents) (market.MarkPrice, reason) {
	if string(text(d.kind)) != markKind {
		return market.MarkPrice{}, otherEvent
	}
	at, ok := millis(whole(d.time))
	if !ok {
		return market.MarkPrice{}, badTime
	}
	symbol, ok := known.symbol(d.symbol)
	if !ok {
		return market.MarkPrice{}, badSymbol
	}
	return markPrice(symbol, string(text(d.price)), string(text(d.index)), string(text(d.rate)), whole(d.due), at)
}

// latestEvents has the time of each contract's newest event, over all
// connections: a server that repeats itself does so after a reconnect, too.
type latestEvents struct {
	mu sync.Mutex
	of map[string]*latestEvent // by symbol
}

type latestEvent struct {
	symbol string // so that each of the 520 a second is not made anew
	at     time.Time
}

// maxStreamed bounds how many symbols are known; the exchange has about 700.
const maxStreamed = 10_000

// symbol returns the symbol that a field holds, if it can be one.
func (l *latestEvents) symbol(value []byte) (string, bool) {
	if len(value) == 0 || value[0] != '"' {
		return "", false
	}
	name := text(value)
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.of[string(name)]; e != nil {
		return e.symbol, true
	}
	s := string(name)
	if !market.UsableSymbol(s) {
		return "", false
	}
	if l.of == nil || len(l.of) >= maxStreamed {
		l.of = map[string]*latestEvent{}
	}
	l.of[s] = &latestEvent{symbol: s}
	return s, true
}

// news keeps the rows that are newer than what is known, and of now. What is
// known does not count where it lies in the future: the clock was wrong then.
func (l *latestEvents) news(rows []market.MarkPrice, now time.Time, dropped *drops) []market.MarkPrice {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := rows[:0]
	for _, r := range rows {
		e := l.of[r.Symbol]
		switch {
		case e == nil: // forgotten meanwhile
		case apart(r.Time, now, fresh):
			dropped.add(otherTime, 1)
		case !r.Time.After(e.at) && !e.at.After(now.Add(fresh)):
			dropped.add(notNewer, 1)
		default:
			e.at, r.Received = r.Time, now
			kept = append(kept, r)
		}
	}
	return kept
}

// oldLiquidation is how long ago a liquidation that is pushed may have traded. The
// exchange pushes them within a second or so.
const oldLiquidation = time.Minute

// liquidationDecoder decodes the messages of one connection for liquidations.
type liquidationDecoder struct {
	event                                          event
	kind, time, order                              []byte
	inner                                          event
	symbol, side, quantity, price, average, traded []byte
}

func newLiquidationDecoder() *liquidationDecoder {
	d := &liquidationDecoder{}
	d.event = event{`"e"`: &d.kind, `"E"`: &d.time, `"o"`: &d.order}
	d.inner = event{`"s"`: &d.symbol, `"S"`: &d.side, `"q"`: &d.quantity, `"p"`: &d.price, `"ap"`: &d.average, `"T"`: &d.traded}
	return d
}

func (d *liquidationDecoder) decode(message []byte, now time.Time) (rows []market.Liquidation, dropped drops) {
	broken, err := d.event.each(message, func() {
		row, why := d.row(now)
		if why != fine {
			dropped.add(why, 1)
			return
		}
		rows = append(rows, row)
	})
	if err != nil {
		return nil, drops{noMessage: 1}
	}
	dropped.add(noEvent, broken)
	return rows, dropped
}

func (d *liquidationDecoder) row(now time.Time) (market.Liquidation, reason) {
	if string(text(d.kind)) != "forceOrder" {
		return market.Liquidation{}, otherEvent
	}
	if pushed, ok := millis(whole(d.time)); !ok {
		return market.Liquidation{}, badTime
	} else if apart(pushed, now, fresh) {
		return market.Liquidation{}, otherTime
	}
	if isJSON(d.order, '{') != nil || d.inner.object(decoder(d.order)) != nil {
		return market.Liquidation{}, noEvent
	}
	symbol, side := string(text(d.symbol)), string(text(d.side))
	if !market.UsableSymbol(symbol) {
		return market.Liquidation{}, badSymbol
	}
	t, ok := millis(whole(d.traded))
	if !ok {
		return market.Liquidation{}, badTime
	}
	if t.After(now.Add(fresh)) || now.Sub(t) > oldLiquidation {
		return market.Liquidation{}, otherTime
	}
	price := priceOf(string(text(d.average)))
	if !market.Known(price) {
		price = priceOf(string(text(d.price)))
	}
	contracts := contractsOf(string(text(d.quantity)))
	if !market.Known(price) || !market.Known(contracts) || side != "SELL" && side != "BUY" {
		return market.Liquidation{}, badNumber
	}
	return market.Liquidation{Symbol: symbol, Long: side == "SELL", Price: price, Contracts: contracts, Time: t}, fine
}
