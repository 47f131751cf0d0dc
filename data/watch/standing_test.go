package watch_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/data/watch"
)

// crowd is a world in which somebody stands somewhere: the ratio of accounts swings
// between 1 and 2, and what is live and seen is as a test says.
type crowd struct {
	*world
	ratio float64 // live; 0: not asked for
	seen  []market.Liquidation
	since int64 // somebody listens since then
}

func (c *crowd) Snapshot() *market.Snapshot {
	s := c.world.Snapshot()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ratio != 0 {
		for _, q := range s.Quotes {
			at := market.FloorStamp(time.Now().UnixMilli()) - step // that of the stamp before: it comes late
			q.Ratios[market.LongShortAccounts] = market.RatioReading{Value: c.ratio, Time: at, Received: time.Now()}
		}
	}
	return s
}

func (c *crowd) Ratios(_ context.Context, symbol string, from, to int64) (rows []market.Ratios, err error) {
	until := time.Now().Add(-3 * time.Hour).UnixMilli() // the archive has no more
	for at := max(from, time.Now().Add(-33*24*time.Hour).UnixMilli()) / step * step; at <= min(to, until); at += step {
		r := market.NoRatios(at)
		r.Values[market.LongShortAccounts] = 1 + float64(at/step%101)/100
		if at > time.Now().Add(-50*time.Hour).UnixMilli() { // no extreme whose cooldown would last
			r.Values[market.LongShortAccounts] = 1.5
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func (c *crowd) Liquidations(_ context.Context, symbol string, from, to int64) ([]market.Liquidation, []market.Span, error) {
	seen, listened := c.heard(symbol, from, to)
	return seen, listened, nil
}

func (c *crowd) heard(_ string, from, to int64) (seen []market.Liquidation, listened []market.Span) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.seen {
		if at := l.Time.UnixMilli(); at >= from && at <= to {
			seen = append(seen, l)
		}
	}
	return seen, market.ClipSpans([]market.Span{{From: c.since, To: time.Now().UnixMilli()}}, from, to)
}

func (c *crowd) set(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
}

// A ratio beyond the contract's own 30 days, and liquidations of 1 % of open interest,
// are told within a stamp of being known; they are logged, and have no mark in the table.
func TestStandingIsToldLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &crowd{world: newWorld("AUSDT"), since: time.Now().Add(-10 * time.Minute).UnixMilli()}
		w, stop := watching(c.world, func(o *watch.Options) { o.Market, o.Standing, o.Heard, o.Hurry = c, c, c.heard, true })
		defer stop()
		toNextStamp()
		pass(time.Second)
		sign := w.Board().Sign("AUSDT")
		if sign.Evaluated(signal.LongShortAccountsHigh) || sign.Evaluated(signal.LiquidatedLongs1h) {
			t.Error("a ratio of hours ago counts, or an hour that was not listened through")
		}
		c.set(func() { c.ratio = 1.5 })
		pass(50 * time.Minute)
		toNextStamp()
		sign = w.Board().Sign("AUSDT")
		if !sign.Evaluated(signal.LongShortAccountsHigh) || sign.Shows(signal.LongShortAccountsHigh) || !sign.Evaluated(signal.LiquidatedLongs1h) || sign.Shows(signal.LiquidatedLongs1h) {
			t.Fatal("what is usual is not known to be")
		}
		if x := sign.Evidence(signal.Flush1h); x.Liquidations == nil || x.Liquidations.Long != 0 {
			t.Errorf("none was seen: %+v", x.Liquidations)
		}
		c.set(func() {
			c.ratio = 3
			c.seen = []market.Liquidation{{Symbol: "AUSDT", Long: true, Price: 100, Contracts: 15_000, Time: time.Now()}}
		})
		toNextStamp()
		toNextStamp()
		sign = w.Board().Sign("AUSDT")
		for _, k := range []signal.EventKind{signal.LongShortAccountsHigh, signal.LiquidatedLongs1h} {
			if e, ok := sign.Last(k); !ok || !e.Live || !sign.Shows(k) {
				t.Errorf("%s is not told", k)
			}
		}
		for _, k := range sign.Showing() {
			if k.OnTrial() {
				t.Errorf("%s has a mark in the table", k)
			}
		}
		if kinds := c.kinds(); len(kinds) != 2 {
			t.Errorf("logged: %v", kinds)
		}
	})
}
