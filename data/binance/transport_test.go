package binance

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"openinterest/data/market"
)

// raw is an exchange that writes bytes instead of speaking HTTP properly.
func raw(t *testing.T, reply string) *Client {
	t.Helper()
	return exchange(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, out, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = out.WriteString(reply)
		_ = out.Flush()
		_ = conn.Close()
	})
}

func TestBrokenTransfers(t *testing.T) {
	zipped := gzipped(t, []byte(goodInterest))
	for name, test := range map[string]struct {
		reply string
		kind  market.ProblemKind
	}{
		"no answer":           {"", market.Unreachable},
		"body cut short":      {"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + goodInterest, market.BadAnswer},
		"chunks cut short":    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{\"open", market.BadAnswer},
		"no HTTP":             {"SSH-2.0-OpenSSH_9.9\r\n", market.BadAnswer},
		"gzip garbage":        {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\nthis is no gzip data", market.BadAnswer},
		"gzip broken":         {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n" + zipped[:15] + "\xff\xff\xff\xff\xff" + zipped[20:], market.BadAnswer},
		"gzip cut short":      {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n" + zipped[:30], market.BadAnswer},
		"refusal cut short":   {"HTTP/1.1 429 X\r\nContent-Length: 900\r\n\r\n{", market.LimitedUntil},
		"endless headers":     {"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 200_000) + "\r\n\r\n", market.Unreachable},
		"header in no status": {"HTTP/1.1 abc\r\n\r\n", market.BadAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := raw(t, test.reply).OpenInterest(t.Context(), "BTCUSDT")
			if p := problemOf(t, err); p.Kind != test.kind {
				t.Errorf("kind %s, want %s (%v)", p.Kind, test.kind, err)
			}
		})
	}
}

func gzipped(t *testing.T, body []byte) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGzipIsUnderstoodAndBounded(t *testing.T) {
	body := gzipped(t, []byte(goodInterest))
	zip := func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			t.Error("gzip is not asked for")
		}
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = io.WriteString(w, body)
	}
	c := exchange(t, zip)
	if got, err := c.OpenInterest(t.Context(), "BTCUSDT"); err != nil || got.Contracts != 83782.317 {
		t.Errorf("got %+v, %v", got, err)
	}
	body = gzipped(t, bytes.Repeat([]byte(" "), 64<<20)) // 64 kB that become 64 MB
	_, err := c.OpenInterest(t.Context(), "BTCUSDT")
	if p := problemOf(t, err); p.Kind != market.BadAnswer || !errors.Is(err, errTooLarge) {
		t.Errorf("a bomb gave %v", err)
	}
}

// A body has a limit by its route, unpacked, and is not read beyond it.
func TestBodiesAreBoundedByRoute(t *testing.T) {
	for _, test := range []struct {
		name string
		most int // bytes that are accepted
		ask  func(*Client) error
	}{
		{"open interest", 4 << 10, func(c *Client) error { _, err := c.OpenInterest(t.Context(), "A"); return err }},
		{"history", 512 << 10, func(c *Client) error {
			_, err := c.OpenInterestHistory(t.Context(), "A", market.Period5m, time.Time{}, time.Time{}, 0)
			return err
		}},
		{"mark prices", 1 << 20, func(c *Client) error { _, err := c.MarkPrices(t.Context()); return err }},
		{"contracts", 4 << 20, func(c *Client) error { _, err := c.Contracts(t.Context()); return err }},
	} {
		for name, zipped := range map[string]bool{"plain": false, "gzip": true} {
			t.Run(test.name+", "+name, func(t *testing.T) {
				var body []byte
				c := exchange(t, func(w http.ResponseWriter, _ *http.Request) {
					if zipped {
						w.Header().Set("Content-Encoding", "gzip")
					}
					_, _ = w.Write(body)
				})
				for _, more := range []int{0, 1, 4 << 20} {
					if body = bytes.Repeat([]byte(" "), test.most+more); zipped {
						body = []byte(gzipped(t, body))
					}
					if err := test.ask(c); errors.Is(err, errTooLarge) != (more > 0) {
						t.Errorf("%d bytes gave %v", test.most+more, err)
					}
				}
			})
		}
	}
}

// Nothing that an answer says steers a terminal, and no part of an address
// that may be secret is repeated.
func TestWhatIsRepeated(t *testing.T) {
	const steering = "\x1b]0;owned\x07\x1b[31m\u202ered\u200b\x00\r\nLine"
	said, _ := json.Marshal(map[string]any{"code": -1130, "msg": steering})
	for name, c := range map[string]*Client{
		"a page":         says(t, 200, "<html>"+steering),
		"a refusal":      says(t, 403, "<html>"+steering),
		"an error":       says(t, 400, string(said)),
		"an error, 200":  says(t, 200, string(said)),
		"another symbol": says(t, 200, `{"symbol":"\u001b[31m","openInterest":"1","time":1702244985273}`),
		"elsewhere":      says(t, 302, "", "Location", "http://user:hunter2@portal.invalid/login?token=hunter2"),
		"elsewhere, odd": says(t, 302, "", "Location", "http://user:hunter2 @%zz"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.OpenInterest(t.Context(), "A")
			text := problemOf(t, err).Error()
			if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) }) {
				t.Errorf("unprintable: %q", text)
			}
			if strings.Contains(text, "hunter2") {
				t.Errorf("a secret is repeated: %s", text)
			}
		})
	}
	for _, address := range []string{
		"http://user:hunter2@x", "http://user:hunter2@x/?a=b", "http://user:hunter 2@x", "http://user:hunter2%zz@x", "http://user:hunter2/5@x", "ftp://user:hunter2@x",
		"http://x/?key=hunter2", "http://x/#hunter2", "http://user:hunter2@", "user:hunter2@x", "http://x:hunter2@y:z/",
	} {
		for _, o := range []Options{{RESTURL: address}, {StreamURL: strings.Replace(address, "http", "ws", 1)}} {
			_, err := New(o)
			if err == nil || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s: %v", address, err)
			}
		}
	}
}

// Members that differ from known ones in case alone are not taken for them.
func TestMembersAreExact(t *testing.T) {
	c := exchange(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, map[string]string{
			"/fapi/v1/exchangeInfo": `{"symbols":[{"symbol":"A","Symbol":"B","quoteAsset":"USDT","status":"TRADING","STATUS":"BREAK","contractType":"PERPETUAL"},` +
				`{"Symbol":"C","quoteAsset":"USDT","status":"TRADING","contractType":"PERPETUAL"}],"Symbols":[],"rateLimits":[],"RateLimits":7}`,
			"/fapi/v1/ticker/24hr":           `[{"symbol":"A","lastPrice":"2","LastPrice":"3","lastprice":"4"},{"SYMBOL":"B","lastPrice":"2"}]`,
			"/fapi/v1/premiumIndex":          `[{"symbol":"A","markPrice":"2","markprice":"3"},{"symbol":"B","MarkPrice":"2"}]`,
			"/futures/data/openInterestHist": `[{"symbol":"A","sumOpenInterest":"2","SumOpenInterest":"3","sumOpenInterestValue":"4","timestamp":1702244700000,"Timestamp":1702245000000}]`,
		}[r.URL.Path])
	})
	contracts, err := c.Contracts(t.Context())
	if err != nil || len(contracts) != 1 || contracts[0].Symbol != "A" {
		t.Errorf("contracts %+v, %v", contracts, err)
	}
	tickers, err := c.Tickers(t.Context())
	if err != nil || len(tickers) != 1 || tickers[0].LastPrice != 2 {
		t.Errorf("tickers %+v, %v", tickers, err)
	}
	marks, err := c.MarkPrices(t.Context())
	if err != nil || len(marks) != 1 || marks[0].Price != 2 {
		t.Errorf("mark prices %+v, %v", marks, err)
	}
	s, err := c.OpenInterestHistory(t.Context(), "A", market.Period5m, time.Time{}, time.Time{}, 0)
	if err != nil || s.Len() != 1 || s.Points[0] != (market.Point{Time: 1702244700000, Contracts: 2, Price: 2}) {
		t.Errorf("history %+v, %v", s, err)
	}
}

func TestOfflineWhenNobodyListens(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	c, err := New(Options{RESTURL: "http://" + address, StreamURL: "ws://" + address})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Tickers(t.Context())
	if p := problemOf(t, err); p.Kind != market.Unreachable {
		t.Errorf("REST: kind %s (%v)", p.Kind, err)
	}
	err = c.StreamMarkPrices(t.Context(), func([]market.MarkPrice) {})
	if p := problemOf(t, err); p.Kind != market.Unreachable {
		t.Errorf("stream: kind %s (%v)", p.Kind, err)
	}
}

func TestOfflineWhenTheNameIsUnknown(t *testing.T) {
	c, err := New(Options{RESTURL: "https://exchange.invalid", Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "exchange.invalid", IsNotFound: true}}
	}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Tickers(t.Context())
	if p := problemOf(t, err); p.Kind != market.Unreachable {
		t.Errorf("kind %s (%v)", p.Kind, err)
	}
}

func TestGivingUpIsNoProblem(t *testing.T) {
	asked, hold := make(chan struct{}), make(chan struct{})
	c := exchange(t, func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		select {
		case <-hold:
		case <-r.Context().Done():
		}
	})
	defer close(hold)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	_, err := c.OpenInterest(ctx, "BTCUSDT")
	if !errors.Is(err, context.Canceled) || market.ProblemOf(err) != nil {
		t.Errorf("got %v", err)
	}
	if own := c.Budget().Own; own != 1 {
		t.Errorf("own weight %d: what was sent counts", own)
	}
}

func TestConnectionsAreKept(t *testing.T) {
	var mu sync.Mutex
	opened := 0
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strings.Replace(goodInterest, "BTCUSDT", r.URL.Query().Get("symbol"), 1))
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			mu.Lock()
			opened++
			mu.Unlock()
		}
	}
	server.Start()
	defer server.Close()
	c, err := New(Options{RESTURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.OpenInterest(t.Context(), "S0"); err != nil { // the first request of all goes alone
		t.Fatal(err)
	}
	for range 6 {
		var all sync.WaitGroup
		for i := range 32 {
			all.Go(func() {
				if _, err := c.OpenInterest(t.Context(), "S"+strconv.Itoa(i)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	mu.Lock()
	defer mu.Unlock()
	if opened > 40 {
		t.Errorf("192 requests in bursts of 32 opened %d connections", opened)
	}
}
