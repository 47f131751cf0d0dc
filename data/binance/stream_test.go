package binance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"openinterest/data/market"
)

const goodMarks = `[{"e":"markPriceUpdate","E":1750149488000,"s":"BTCUSDT","p":"105000.5","ap":"105001","P":"104999","i":"105002","r":"0.0001","T":1750161600000,"st":1,"ps":"BTCUSDT"},
	{"e":"markPriceUpdate","E":1750149488000,"s":"BTCUSD_PERP","p":"1.0","P":"1.0","i":"1.0","r":"","T":0}]`

// marksAt is goodMarks as the exchange would send them at another time.
func marksAt(at time.Time) string {
	ms := at.UnixMilli()
	return strings.NewReplacer("1750149488000", strconv.FormatInt(ms, 10), "1750161600000", strconv.FormatInt(ms+12_112_000, 10)).Replace(goodMarks)
}

// streaming is a handler that upgrades and hands over the connection, which it
// closes afterwards.
func streaming(t *testing.T, serve func(*websocket.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/market/ws/!") {
			t.Errorf("subscribed to %s", r.URL.Path)
		}
		if r.Header.Get("User-Agent") == "" {
			t.Error("no User-Agent")
		}
		conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = conn.Close() }()
		serve(conn)
	}
}

func send(conn *websocket.Conn, messages ...string) error {
	for _, m := range messages {
		if err := conn.WriteMessage(websocket.TextMessage, []byte(m)); err != nil {
			return err
		}
	}
	return nil
}

// hold keeps a connection until the other end leaves.
func hold(conn *websocket.Conn) {
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
	}
}

func TestStreamDeliversAllShapes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := thisYear().Truncate(time.Millisecond)
		at := func(i int) time.Time { return now.Add(time.Duration(i) * time.Millisecond) } // the exchange's events are never quite alike
		row := func(i int, symbol, more string) string {
			return fmt.Sprintf(`{"e":"markPriceUpdate","E":%d,"s":"%s"%s}`, at(i).UnixMilli(), symbol, more)
		}
		c := inMemory(t, streaming(t, func(conn *websocket.Conn) {
			_ = send(conn, marksAt(at(0)), `{"result":null,"id":1}`, `{"stream":"!markPrice@arr@1s","data":`+marksAt(at(1))+`}`, `[`, `"x"`, ``, `[] []`)
			_ = send(conn, row(2, "ONEUSDT", `,"p":"2","r":"x"`), `[`+row(2, "BADUSDT", `,"p":{"oops":null}`)+`,7,null,`+
				strings.Replace(row(2, "XUSDT", `,"p":"1"`), "markPriceUpdate", "24hrTicker", 1)+`,`+row(2, "NUMUSDT", fmt.Sprintf(`,"p":3,"T":"%d"`, now.Add(time.Hour).UnixMilli()))+`]`)
			_ = conn.WriteMessage(websocket.BinaryMessage, []byte(`{"stream":"x","data":`+row(3, "\u5e01USDT", `,"p":"4"`)+`}`))
			go hold(conn) // takes the pongs
			w, _ := conn.NextWriter(websocket.TextMessage)
			for _, part := range []string{`[`, row(4, "ONEUSDT", `,`+strings.Repeat(" ", 8<<10)+`"p":"5"`), `]`} { // longer than a frame
				_, _ = io.WriteString(w, part)
				_ = conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second))
			}
			_ = w.Close()
		}))
		var got []market.MarkPrice
		deliveries := 0
		err := c.StreamMarkPrices(t.Context(), func(rows []market.MarkPrice) { got, deliveries = append(got, rows...), deliveries+1 })
		if p := problemOf(t, err); p.Kind != market.Unreachable || p.What != "mark price stream" {
			t.Errorf("ended with %v", err)
		}
		mark := func(i int, symbol string, price, rate float64, next time.Duration) market.MarkPrice {
			m := market.MarkPrice{Symbol: symbol, Price: price, Index: market.Unknown, FundingRate: rate, Time: at(i)}
			switch symbol {
			case "BTCUSDT":
				m.Index = 105002
			case "BTCUSD_PERP":
				m.Index = 1
			}
			if next > 0 {
				m.NextFunding = at(i).Add(next)
			}
			return m
		}
		const due = 12_112 * time.Second
		want := []market.MarkPrice{
			mark(0, "BTCUSDT", 105000.5, 0.0001, due), mark(0, "BTCUSD_PERP", 1, market.Unknown, 0),
			mark(1, "BTCUSDT", 105000.5, 0.0001, due), mark(1, "BTCUSD_PERP", 1, market.Unknown, 0),
			mark(2, "ONEUSDT", 2, market.Unknown, 0), mark(2, "NUMUSDT", 3, market.Unknown, time.Hour-2*time.Millisecond),
			mark(3, "币USDT", 4, market.Unknown, 0), mark(4, "ONEUSDT", 5, market.Unknown, 0),
		}
		if deliveries != 6 || !slices.EqualFunc(got, want, sameMark) {
			t.Errorf("%d deliveries\ngot  %+v\nwant %+v", deliveries, got, want)
		}
	})
}

func TestStreamWatchdog(t *testing.T) {
	tick := func(n int, each func(*websocket.Conn) error) func(*websocket.Conn) {
		return func(conn *websocket.Conn) {
			gone := make(chan struct{})
			go func() {
				defer close(gone)
				hold(conn)
			}()
			for range n {
				select {
				case <-time.After(time.Second):
				case <-gone:
					return
				}
				if each(conn) != nil {
					break
				}
			}
			<-gone
		}
	}
	ping := func(conn *websocket.Conn) error {
		return conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second))
	}
	for name, test := range map[string]struct {
		serve func(*websocket.Conn)
		ends  time.Duration
	}{
		"silent from the start": {hold, 4 * time.Second},
		"falls silent":          {tick(10, func(c *websocket.Conn) error { return send(c, marksAt(thisYear())) }), 14 * time.Second},
		"only pings":            {tick(60, ping), 4 * time.Second},
		"only rubbish":          {tick(60, func(c *websocket.Conn) error { return send(c, `[]`, `{"result":null}`, `[{"e":"markPriceUpdate"}]`) }), 4 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := inMemory(t, streaming(t, test.serve))
				start := time.Now()
				err := c.StreamMarkPrices(t.Context(), func([]market.MarkPrice) {})
				if p := problemOf(t, err); p.Kind != market.TimedOut {
					t.Errorf("kind %s (%v)", p.Kind, err)
				}
				if d := time.Since(start); d != test.ends {
					t.Errorf("ended after %s, want %s", d, test.ends)
				}
			})
		})
	}
}

func TestStreamAnswersPings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pong := make(chan string, 1)
		c := inMemory(t, streaming(t, func(conn *websocket.Conn) {
			conn.SetPongHandler(func(payload string) error { pong <- payload; return nil })
			go func() { _ = conn.WriteControl(websocket.PingMessage, []byte("42"), time.Now().Add(time.Second)) }()
			hold(conn)
		}))
		_ = c.StreamMarkPrices(t.Context(), func([]market.MarkPrice) {})
		select {
		case got := <-pong:
			if got != "42" {
				t.Errorf("pong %q", got)
			}
		default:
			t.Error("the ping was not answered")
		}
	})
}

func TestStreamEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left := make(chan error, 1)
		c := inMemory(t, streaming(t, func(conn *websocket.Conn) {
			go func() { _ = send(conn, marksAt(thisYear())) }()
			_, _, err := conn.ReadMessage()
			left <- err
		}))
		ctx, cancel := context.WithCancel(t.Context())
		err := c.StreamMarkPrices(ctx, func([]market.MarkPrice) { cancel() })
		if !errors.Is(err, context.Canceled) || market.ProblemOf(err) != nil {
			t.Errorf("ended with %v", err)
		}
		if err := <-left; !websocket.IsCloseError(err, websocket.CloseGoingAway) {
			t.Errorf("the exchange saw %v, want a goodbye", err)
		}
	})
}

func TestStreamEndsWithItsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := inMemory(t, streaming(t, hold))
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if err := c.StreamMarkPrices(ctx, func([]market.MarkPrice) {}); !errors.Is(err, context.DeadlineExceeded) || market.ProblemOf(err) != nil {
			t.Errorf("ended with %v", err)
		}
	})
}

func TestStreamRefusals(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		kind   market.ProblemKind
	}{
		"location": {451, ``, market.RefusedLocation},
		"firewall": {403, `<html>`, market.RefusedFirewall},
		"limited":  {429, `{"code":-1003,"msg":"Too many requests"}`, market.LimitedUntil},
		"fault":    {503, ``, market.ExchangeDown},
		"login":    {302, ``, market.BadAnswer},
		"a page":   {200, `<html>`, market.BadAnswer},
		"no path":  {404, `nothing here`, market.BadAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.body)
			}))
			defer server.Close()
			c, err := New(Options{RESTURL: server.URL, StreamURL: strings.Replace(server.URL, "http", "ws", 1)})
			if err != nil {
				t.Fatal(err)
			}
			err = c.StreamMarkPrices(t.Context(), func([]market.MarkPrice) {})
			if p := problemOf(t, err); p.Kind != test.kind {
				t.Errorf("kind %s until %s, want %s (%v)", p.Kind, p.Until, test.kind, err)
			}
		})
	}
}

func TestStreamBoundsMessages(t *testing.T) {
	server := httptest.NewServer(streaming(t, func(conn *websocket.Conn) {
		_ = send(conn, "["+strings.Repeat(" ", maxMessage)+"]")
		hold(conn)
	}))
	defer server.Close()
	c, err := New(Options{RESTURL: server.URL, StreamURL: strings.Replace(server.URL, "http", "ws", 1)})
	if err != nil {
		t.Fatal(err)
	}
	err = c.StreamMarkPrices(t.Context(), func([]market.MarkPrice) {})
	if p := problemOf(t, err); p.Kind != market.BadAnswer {
		t.Errorf("kind %s (%v)", p.Kind, err)
	}
}

func TestLiquidations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := thisYear().Truncate(time.Millisecond).UTC()
		order := func(pushed, traded time.Duration, more string) string {
			return fmt.Sprintf(`{"e":"forceOrder","E":%d,"o":{"s":"BTCUSDT","S":"SELL","o":"LIMIT","f":"IOC","q":"0.014","p":"9910","ap":"9912.5","X":"FILLED","l":"0.014","z":"0.014","T":%d%s}}`,
				now.Add(pushed).UnixMilli(), now.Add(traded).UnixMilli(), more)
		}
		c := inMemory(t, streaming(t, func(conn *websocket.Conn) {
			_ = send(conn, order(0, 0, `,"T":0`), order(0, 0, `,"ap":"0","S":"BUY"`), order(0, -time.Second, ``),
				`{"stream":"!forceOrder@arr","data":`+order(0, -time.Second, ``)+`}`,
				order(-time.Hour, -time.Hour, ``), order(0, -time.Hour, ``), order(time.Hour, 0, ``), order(0, time.Hour, ``), // of another time
				order(0, 0, `,"q":"-1"`), order(0, 0, `,"q":"0"`), order(0, 0, `,"q":"Infinity"`), order(0, 0, `,"S":"?"`), order(0, 0, `,"s":""`), order(0, 0, `,"ap":"","p":"NaN"`),
				`{"e":"forceOrder","o":7}`, strings.Replace(order(0, 0, ``), "E", "X", 1))
			conn.SetPingHandler(func(string) error { return nil }) // it answers none, but sends some
			go func() {                                            // quiet, but there
				for range 5 {
					time.Sleep(3 * time.Minute)
					_ = conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second))
				}
			}()
			hold(conn)
		}))
		var got []market.Liquidation
		var alive []time.Duration
		start := time.Now()
		err := c.StreamLiquidations(t.Context(), func() { alive = append(alive, time.Since(start)) }, func(l market.Liquidation) { got = append(got, l) })
		if p := problemOf(t, err); p.Kind != market.TimedOut {
			t.Errorf("ended with %v", err)
		}
		if d := time.Since(start); d != 22*time.Minute {
			t.Errorf("ended after %s, want 7 minutes after the last ping", d)
		}
		want := []market.Liquidation{
			{Symbol: "BTCUSDT", Long: false, Price: 9910, Contracts: 0.014, Time: now},
			{Symbol: "BTCUSDT", Long: true, Price: 9912.5, Contracts: 0.014, Time: now.Add(-time.Second)},
			{Symbol: "BTCUSDT", Long: true, Price: 9912.5, Contracts: 0.014, Time: now.Add(-time.Second)},
		}
		if !slices.Equal(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
		// Once it is open, with each usable message, and with each ping.
		if want := []time.Duration{0, 0, 0, 0, 3 * time.Minute, 6 * time.Minute, 9 * time.Minute, 12 * time.Minute, 15 * time.Minute}; !slices.Equal(alive, want) {
			t.Errorf("signs of life at %v, want %v", alive, want)
		}
	})
}

// Without pings, silence is no life: the other end may be gone.
func TestLiquidationsWithoutPings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := inMemory(t, streaming(t, func(conn *websocket.Conn) {
			conn.SetPingHandler(func(string) error { return nil })
			hold(conn)
		}))
		start := time.Now()
		err := c.StreamLiquidations(t.Context(), func() {}, func(market.Liquidation) {})
		if p := problemOf(t, err); p.Kind != market.TimedOut || time.Since(start) != idleSilence {
			t.Errorf("ended after %s with %v", time.Since(start), err)
		}
	})
}

// An exchange that answers pings lives for hours without a word, and is missed
// within a minute once it answers no more: a line that died is silent, too.
func TestLiquidationsLiveByTheAnswersToOurPings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mute atomic.Bool
		c := inMemory(t, streaming(t, func(conn *websocket.Conn) {
			answer := conn.PingHandler()
			conn.SetPingHandler(func(payload string) error {
				if mute.Load() {
					return nil
				}
				return answer(payload)
			})
			hold(conn)
		}))
		const quiet = 5 * time.Hour
		start, last := time.Now(), time.Time{}
		time.AfterFunc(quiet, func() { mute.Store(true) })
		err := c.StreamLiquidations(t.Context(), func() {
			if since := time.Since(last); !last.IsZero() && since > pingPeriod {
				t.Errorf("no sign of life for %v", since)
			}
			last = time.Now()
		}, func(market.Liquidation) {})
		if p := problemOf(t, err); p.Kind != market.TimedOut {
			t.Errorf("ended with %v", err)
		}
		if d := time.Since(start); d < quiet || d > quiet+pongSilence {
			t.Errorf("ended after %s, want within %v of the last answer", d, pongSilence)
		}
	})
}
