// Package binance asks Binance's USDⓈ-M futures for open interest, prices and
// funding, and answers in the words of package market. It is the only place
// that knows the exchange's protocol, its limits and its moods.
//
// # REST
//
// Every request is made by go-binance (package futures). The library drops the
// HTTP status and the headers, and decodes whole answers strictly, so a
// transport of ours sits below it (transport.go): it notes the status,
// Retry-After, the used weight and the Date, bounds the body, and tidies the
// answer row by row (tidy.go), so that one malformed row never costs its
// neighbours. What the library then returns is checked number by number.
//
//	Client.OpenInterest ─► permit ─► go-binance ─► transport ─► the exchange
//	        market types  ◄─ checks ◄─ go-binance ◄─ tidy, note ◄──┘
//
// Package quota keeps the whole process within the exchange's limits
// (limits.go), and silent while it is told to wait: a request needs a permit,
// which the feed gives it by its context, or which it takes itself. Requests may
// be made from any number of goroutines.
//
// # Streams
//
// Mark prices also come by WebSocket, each second, at no cost, and liquidations
// come by no other way. The library's streams have no context, no handshake status
// and no watchdog, so the two that are needed are read here (stream.go), on
// gorilla/websocket, and their events are decoded by their exact names (event.go).
// An event that is no newer than the one before, or of another time than now,
// brings nothing and is no sign of life (streamed.go). Where silence is normal, as
// it is for liquidations, a connection lives by pings: the exchange's, and its
// answers to ours.
//
// # What is believed
//
// The exchange's clock follows its answers, but jumps only when two kinds of
// sources agree (clock.go). A number beyond what can be meant costs its row
// (numbers.go), a row costs nothing else, and both are counted and logged once.
//
// # Errors
//
// Every failure is a *market.Problem: a kind for the screen, when to ask again,
// and the details for the log. The one exception: if the caller's context was
// cancelled, the error wraps context.Canceled.
package binance

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/adshao/go-binance/v2/futures"

	"openinterest/data/quota"
)

// The real exchange's addresses.
const (
	DefaultRESTURL   = "https://fapi.binance.com"
	DefaultStreamURL = "wss://fstream.binance.com"
)

// Options are how to reach the exchange. The zero value reaches the real one.
type Options struct {
	RESTURL   string // such as DefaultRESTURL, which it means when empty
	StreamURL string // such as DefaultStreamURL, which it means when empty
	UserAgent string // names this program to the exchange; "openinterest" when empty

	Logger *slog.Logger     // nil: nothing is logged
	Now    func() time.Time // the machine's wall clock; nil: time.Now

	// Elapsed is a monotonic clock of the machine, from any start, such as
	// ElapsedWithSleep. Nil: that of package time, which stands still while the
	// machine sleeps.
	Elapsed func() time.Duration

	// Dial connects, for REST and stream alike, through a proxy where there is
	// one, and replaces the network in tests; nil: a net.Dialer with a time limit,
	// and no proxy. An error of it that has a kind (market.KindOf) keeps that.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// Client speaks with the exchange. It is safe for concurrent use, and holds
// nothing that must be closed but idle connections: see Close.
type Client struct {
	rest      *futures.Client
	transport *http.Transport
	streamURL string
	agent     string
	dial      dialFunc
	clock     *clock
	quota     *quota.Quota
	tally     *tally
	streamed  latestEvents // of mark prices
}

// New returns a client. It fails, with a sentence for whoever set it, on an
// address that can't be used; it does not connect yet.
func New(o Options) (*Client, error) {
	restURL, err := address("REST", o.RESTURL, DefaultRESTURL, "http", "https")
	if err != nil {
		return nil, err
	}
	streamURL, err := address("stream", o.StreamURL, DefaultStreamURL, "ws", "wss")
	if err != nil {
		return nil, err
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Elapsed == nil {
		began := time.Now()
		o.Elapsed = func() time.Duration { return time.Since(began) }
	}
	if o.Dial == nil {
		o.Dial = defaultDial()
	}
	if o.UserAgent == "" {
		o.UserAgent = "openinterest"
	}
	c := &Client{
		rest:      futures.NewClient("", ""),
		transport: newHTTPTransport(o.Dial),
		streamURL: streamURL,
		agent:     o.UserAgent,
		dial:      o.Dial,
		quota:     newQuota(),
		tally:     newTally(o.Logger),
	}
	c.clock = newClock(o.Now, o.Elapsed, c.quota.Shift)
	c.rest.BaseURL = restURL
	c.rest.HTTPClient = &http.Client{
		Transport: &transport{next: c.transport, agent: c.agent, clock: c.clock, tally: c.tally},
	}
	return c, nil
}

// address checks a base address and returns it without a slash at its end. Its
// errors repeat no part that may be secret.
func address(name, given, otherwise string, schemes ...string) (string, error) {
	if given == "" {
		return otherwise, nil
	}
	u, err := url.Parse(given)
	why := ""
	switch {
	case err != nil:
		return "", fmt.Errorf("the %s address cannot be used: it must start with %s:// or %s://, and name a host", name, schemes[0], schemes[1])
	case u.User != nil:
		why = "it holds a user name, and no key or password is needed"
	case !slices.Contains(schemes, u.Scheme):
		why = fmt.Sprintf("it must start with %s:// or %s://", schemes[0], schemes[1])
	case u.Hostname() == "":
		why = "it names no host"
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		why = "it must end with the host or a path"
	default:
		return strings.TrimRight(given, "/"), nil
	}
	return "", fmt.Errorf("the %s address %q cannot be used: %s", name, (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String(), why)
}

// Close closes idle connections. Requests under way are not affected.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Now is the exchange's clock, in UTC: the machine's monotonic clock plus an
// offset that follows the exchange's answers. It starts with the wall clock.
func (c *Client) Now() time.Time { return c.clock.now() }

// Corrected is the sum of all corrections of the exchange's clock so far. What
// was noted by that clock before a correction is as old as it was, so whoever
// keeps such times moves them by it. Time that the machine slept is no
// correction: what was noted before is older by that.
func (c *Client) Corrected() time.Duration { return c.clock.sum() }

// Stats reports what the client did so far.
func (c *Client) Stats() Stats { return c.tally.snapshot() }
