package binance

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

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
