package binance

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"openinterest/data/market"
	"openinterest/data/quota"
)

// pipes is a network of its own: what dials is connected to whoever accepts,
// in memory, so that the test's clock rules time limits too.
type pipes struct {
	conns   chan net.Conn
	done    chan struct{}
	once    sync.Once
	connect time.Duration // how long connecting takes
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	time.Sleep(p.connect)
	near, far := net.Pipe()
	select {
	case p.conns <- far:
		return near, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

// thisYear is the time in a bubble of synctest, where it begins in the year
// 2000, moved to when the exchange exists.
func thisYear() time.Time { return time.Now().AddDate(26, 0, 0) }

// inMemory is exchange on pipes, for use in a bubble of synctest.
func inMemory(t *testing.T, handler http.HandlerFunc) *Client {
	t.Helper()
	return inMemoryOn(t, newPipes(), handler)
}

func inMemoryOn(t *testing.T, network *pipes, handler http.HandlerFunc) *Client {
	t.Helper()
	server := &http.Server{Handler: handler}
	go func() { _ = server.Serve(network) }()
	c, err := New(Options{RESTURL: "http://127.0.0.1:1", StreamURL: "ws://127.0.0.1:1", Dial: network.dial, Now: thisYear})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		_ = server.Close()
		synctest.Wait()
	})
	return c
}

// A server that accepts and then says nothing costs ten seconds, not forever.
func TestRequestsTimeOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := inMemory(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		start := time.Now()
		_, err := c.Tickers(t.Context())
		if p := problemOf(t, err); p.Kind != market.TimedOut {
			t.Errorf("kind %s (%v)", p.Kind, err)
		}
		if d := time.Since(start); d != requestTimeout {
			t.Errorf("gave up after %s", d)
		}
	})
}

// An answer that dribbles in is given up on too.
func TestSlowBodiesTimeOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, " ")
				_ = http.NewResponseController(w).Flush()
				select {
				case <-time.After(time.Second):
				case <-r.Context().Done():
				}
			}
		})
		_, err := c.Tickers(t.Context())
		if p := problemOf(t, err); p.Kind != market.TimedOut {
			t.Errorf("kind %s (%v)", p.Kind, err)
		}
	})
}

// The time that connecting takes is not part of the round trip by which the
// clock is measured.
func TestClockIsMeasuredWithoutConnecting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := newPipes()
		network.connect = 3 * time.Second
		const skew = 27 * time.Hour
		c := inMemoryOn(t, network, func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(50 * time.Millisecond)
			at := thisYear().Add(skew)
			w.Header().Set("Date", at.UTC().Format(http.TimeFormat))
			time.Sleep(50 * time.Millisecond)
			_, _ = fmt.Fprintf(w, `{"serverTime":%d,"symbols":[{"symbol":"BTCUSDT","quoteAsset":"USDT","status":"TRADING","contractType":"PERPETUAL"}]}`, at.UnixMilli())
		})
		if _, err := c.Contracts(t.Context()); err != nil {
			t.Fatal(err)
		}
		if off := c.Now().Sub(thisYear()); off != skew {
			t.Errorf("the clock is %s off, want %s", off, skew)
		}
	})
}

// What the quota has no room for is not sent, and says when there is.
func TestASpentQuotaSendsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := inMemory(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
		for range 1920 {
			permit, _ := c.Quota().Take(c.Now(), market.RouteOpenInterest, 0)
			permit.Settle(c.Now(), quota.Outcome{Used: -1, Answered: true})
		}
		_, err := c.OpenInterest(t.Context(), "BTCUSDT")
		p := problemOf(t, err)
		if wait := p.Until.Sub(c.Now()); p.Kind != market.QuotaSpent || p.Used != 1920 || p.Allowed != 1920 || wait < time.Minute || wait > time.Minute+time.Second {
			t.Errorf("got %+v", p)
		}
	})
}
