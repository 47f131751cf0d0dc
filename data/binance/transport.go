package binance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/adshao/go-binance/v2/common"
)

// Limits of what is accepted from the other end, in bytes. A route has one of
// its own for its answers; see route.
const (
	maxErrorBody = 4 << 10 // of an answer that is an error anyway
	maxHeaders   = 64 << 10
)

// Time limits of REST requests.
const (
	connectTimeout = 5 * time.Second
	requestTimeout = 10 * time.Second
	keptIdle       = 56 // connections: 48 parallel requests and some to spare
)

// answer is what the transport notes of one exchange over HTTP, for the parts
// that the library keeps to itself. It travels in the request's context.
type answer struct {
	tidy tidier
	most int64 // bytes that the body may have, unpacked
	keep bool  // raw, for who inspects it

	raw        []byte
	status     int  // 0: there was no answer
	page       bool // a web page came, not the exchange's answer
	absolute   bool // the end of a refusal was named as a point in time
	retryAfter string
	used       int // X-MBX-USED-WEIGHT-1M; negative when absent
	refusal    *common.APIError
	rows, lost int       // of a list: rows served, and those that were no rows at all
	sent       instant   // when there was a connection for it; zero: it never left
	received   instant   // its headers
	date       time.Time // of its header; zero when absent
	server     time.Time // that its body names, exact to the millisecond; zero when absent
}

type answerKey struct{}

func withAnswer(ctx context.Context, a *answer) context.Context {
	return context.WithValue(ctx, answerKey{}, a)
}

// newHTTPTransport returns the connections that REST requests use: kept alive,
// and HTTP/1.1, because one stalled HTTP/2 connection stalls all requests.
func newHTTPTransport(dial dialFunc) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		DialContext:            dial,
		Protocols:              protocols,
		TLSHandshakeTimeout:    connectTimeout,
		MaxIdleConns:           2 * keptIdle,
		MaxIdleConnsPerHost:    keptIdle,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: maxHeaders,
	}
}

// defaultDial connects within connectTimeout.
func defaultDial() dialFunc {
	return (&net.Dialer{Timeout: connectTimeout, KeepAlive: 15 * time.Second}).DialContext
}

// transport sits between the library and the connections. It names this
// program to the exchange, notes what the library drops, and bounds and tidies
// what comes back.
type transport struct {
	next  http.RoundTripper
	agent string
	clock *clock
	tally *tally
}

// RoundTrip sends one request. An answer that can't be used is an error.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	a, _ := req.Context().Value(answerKey{}).(*answer)
	if a == nil {
		return nil, fmt.Errorf("request to %s was not made by ask", req.URL.Path)
	}
	t.tally.request(req.URL.Path)
	ctx := httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { a.sent = t.clock.instant() },
	})
	req = req.Clone(ctx)
	req.Header.Set("User-Agent", t.agent)
	res, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }() // what matters of it has been read
	a.received = t.clock.instant()
	a.note(res)
	body, err := a.read(res)
	if err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	res.ContentLength = int64(len(body))
	return res, nil
}

// isPage recognises what is for a browser.
func isPage(body []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) }

// note keeps what the headers say.
func (a *answer) note(res *http.Response) {
	a.status = res.StatusCode
	a.retryAfter = res.Header.Get("Retry-After")
	a.used = -1
	if used, err := strconv.Atoi(res.Header.Get("X-Mbx-Used-Weight-1m")); err == nil {
		a.used = used
	}
	if date, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		a.date = date
	}
}

var errTooLarge = errors.New("the answer is larger than any that could be meant")

// hostOf names where an answer sends to, without the parts of the address that
// may be secret.
func hostOf(location string) string {
	u, err := url.Parse(location)
	if err != nil || u.Host == "" {
		return "another place"
	}
	return excerpt([]byte(u.Host))
}

// read returns the body as the library may have it.
func (a *answer) read(res *http.Response) ([]byte, error) {
	if a.status >= http.StatusBadRequest {
		body, _ := io.ReadAll(io.LimitReader(res.Body, maxErrorBody)) // the status tells more than a broken body
		a.refusal = errorIn(body)
		a.page = isPage(body)
		if a.refusal == nil {
			return body, nil
		}
		return json.Marshal(map[string]any{"code": a.refusal.Code, "msg": a.refusal.Message}) // in printable form
	}
	if a.status < 200 || a.status >= 300 { // the exchange sends nobody elsewhere; a login page on the way does
		return nil, fmt.Errorf("HTTP %d: sent to %s", a.status, hostOf(res.Header.Get("Location")))
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, a.most+1))
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	if int64(len(body)) > a.most {
		return nil, errTooLarge
	}
	if a.refusal = errorIn(body); a.refusal != nil {
		return nil, a.refusal
	}
	if strings.TrimSpace(string(body[:min(len(body), 8)])) == "null" {
		return nil, errors.New("the answer is null")
	}
	a.page = isPage(body)
	if a.keep {
		a.raw = bytes.Clone(body)
	}
	body, a.rows, a.lost, err = a.tidy(body)
	return body, err
}
