package proxy

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/proxy"

	"openinterest/data/diagnostics"
	"openinterest/data/market"
)

// Time limits of connecting.
const (
	connectTimeout = 5 * time.Second  // to a host, or to the proxy
	throughTimeout = 10 * time.Second // through the proxy, with all that it says
	maxAnswer      = 64 << 10         // bytes of what an http proxy answers
)

// Error says that a proxy was in the way. It has the kind of its problem and
// what happened, and of the proxy's address nothing but the host.
type Error struct {
	Kind market.ProblemKind // one of those that begin with Proxy
	Err  error
}

// Error says what happened.
func (e *Error) Error() string { return diagnostics.WithoutCredentials(e.Err.Error()) }

// Unwrap returns the details.
func (e *Error) Unwrap() error { return e.Err }

// ProblemKind tells data/binance and the archive which kind of problem it is.
func (e *Error) ProblemKind() market.ProblemKind { return e.Kind }

// Dialer connects to hosts, through a proxy where there is one for them. It is
// safe for concurrent use. Its connections end when another proxy is set.
type Dialer struct {
	net   net.Dialer
	roots *x509.CertPool // who vouches for https proxies; nil: those whom the system trusts

	mu   sync.Mutex
	way  way
	open map[*conn]struct{}
}

// way is what a Dialer was told.
type way struct {
	direct bool
	fixed  *url.URL // the proxy that the person named; nil: the system's
	err    error    // what was named cannot be used, so nothing is connected to
	system *system
}

// New returns a dialer that goes through the proxy at an address: "" is the
// system's, Direct none. One at an address that Check refuses connects to
// nothing but this computer, and says why: who named a proxy does not want to
// be seen without one.
func New(address string) *Dialer {
	d := &Dialer{net: net.Dialer{Timeout: connectTimeout, KeepAlive: 15 * time.Second}, open: map[*conn]struct{}{}}
	d.way = newWay(address)
	return d
}

func newWay(address string) way {
	switch address {
	case "":
		return way{system: newSystem()}
	case Direct:
		return way{direct: true}
	}
	u, err := parse(address)
	return way{fixed: u, err: err}
}

// Set takes another address, as New does, and ends the connections there are,
// so that all begin anew on the way that is meant now.
func (d *Dialer) Set(address string) {
	next := newWay(address)
	d.mu.Lock()
	d.way = next
	open := d.open
	d.open = map[*conn]struct{}{}
	d.mu.Unlock()
	for c := range open {
		_ = c.Conn.Close()
	}
}

// Describe says in a few words which way a host is reached, without a name or an
// address: such as "none" or "socks5, with a user name".
func (d *Dialer) Describe(ctx context.Context, host, port string) string {
	w := d.now()
	u, err := w.proxyFor(ctx, net.JoinHostPort(host, port))
	switch {
	case err != nil:
		return "unusable"
	case u == nil:
		return "none"
	case w.fixed != nil:
		return kind(u)
	}
	return kind(u) + ", as the system says"
}

func (d *Dialer) now() way {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.way
}

// DialContext connects to host:port. It fits http.Transport and the websocket's
// dialer; what it fails with is an *Error where a proxy was in the way.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	w := d.now()
	u, err := w.proxyFor(ctx, address)
	if err != nil {
		return nil, &Error{Kind: market.ProxyRefused, Err: err}
	}
	var raw net.Conn
	if u == nil {
		raw, err = d.net.DialContext(ctx, network, address)
	} else {
		raw, err = d.through(ctx, u, network, address)
	}
	if err != nil {
		return nil, err
	}
	return d.keep(raw, w)
}

// proxyFor returns the proxy for an address; nil for none.
func (w way) proxyFor(ctx context.Context, address string) (*url.URL, error) {
	host, _, err := net.SplitHostPort(address)
	switch {
	case err == nil && isLoopback(host), w.direct:
		return nil, nil
	case w.err != nil:
		return nil, w.err
	case w.fixed != nil:
		return w.fixed, nil
	}
	return w.system.proxyFor(ctx, address)
}

// keep remembers a connection until it is closed. One of a way that was given up
// meanwhile is closed at once.
func (d *Dialer) keep(raw net.Conn, w way) (net.Conn, error) {
	c := &conn{Conn: raw, of: d}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.way != w {
		_ = raw.Close()
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("another proxy was set meanwhile")}
	}
	d.open[c] = struct{}{}
	return c, nil
}

// conn is a connection that its dialer knows of.
type conn struct {
	net.Conn
	of *Dialer
}

// Close closes the connection.
func (c *conn) Close() error {
	c.of.mu.Lock()
	delete(c.of.open, c)
	c.of.mu.Unlock()
	return c.Conn.Close()
}

// through connects to an address by a proxy.
func (d *Dialer) through(ctx context.Context, u *url.URL, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, throughTimeout)
	defer cancel()
	if strings.HasPrefix(u.Scheme, "socks") {
		return d.bySocks(ctx, u, network, address)
	}
	raw, err := d.toProxy(ctx, network, u.Host)
	if err != nil {
		return nil, err
	}
	if u.Scheme == "https" {
		secure := tls.Client(raw, &tls.Config{ServerName: u.Hostname(), RootCAs: d.roots, MinVersion: tls.VersionTLS12})
		if err := secure.HandshakeContext(ctx); err != nil {
			_ = raw.Close()
			return nil, failed(ctx, market.ProxyRefused, fmt.Errorf("the proxy %s did not prove who it is: %w", u.Host, err))
		}
		raw = secure
	}
	stop := context.AfterFunc(ctx, func() { _ = raw.SetDeadline(time.Unix(1, 0)) })
	err = askToConnect(raw, u, address)
	if !stop() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		_ = raw.Close()
		var refused *Error
		if errors.As(err, &refused) {
			return nil, err
		}
		return nil, failed(ctx, market.ProxyRefused, fmt.Errorf("the proxy %s did not answer as one: %w", u.Host, err))
	}
	return raw, nil
}

// toProxy connects to the proxy itself.
func (d *Dialer) toProxy(ctx context.Context, network, host string) (net.Conn, error) {
	raw, err := d.net.DialContext(ctx, network, host)
	if err != nil {
		return nil, failed(ctx, market.ProxyUnreachable, fmt.Errorf("no connection to the proxy %s: %w", host, err))
	}
	return raw, nil
}

// failed is an Error, unless the asker gave up.
func failed(ctx context.Context, kind market.ProblemKind, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	return &Error{Kind: kind, Err: err}
}

// askToConnect asks an http proxy to connect to an address. Of its answer only
// the status is repeated: what else is in it may be what it was told.
func askToConnect(raw net.Conn, u *url.URL, address string) error {
	ask := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{"User-Agent": {""}}}
	if u.User != nil {
		password, _ := u.User.Password()
		ask.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(u.User.Username()+":"+password)))
	}
	if err := ask.Write(raw); err != nil {
		return err
	}
	answer := bufio.NewReader(io.LimitReader(raw, maxAnswer))
	res, err := http.ReadResponse(answer, ask)
	if err != nil {
		return fmt.Errorf("its answer to CONNECT cannot be read (%T)", err) // the error repeats what was read
	}
	switch {
	case res.StatusCode == http.StatusOK && answer.Buffered() == 0:
		return nil
	case res.StatusCode == http.StatusOK:
		return errors.New("it said more than it was asked")
	case res.StatusCode == http.StatusProxyAuthRequired && u.User == nil:
		return &Error{Kind: market.ProxyLogin, Err: fmt.Errorf("the proxy %s wants a user name and a password (407)", u.Host)}
	case res.StatusCode == http.StatusProxyAuthRequired:
		return &Error{Kind: market.ProxyLogin, Err: fmt.Errorf("the proxy %s does not take this user name and password (407)", u.Host)}
	}
	return &Error{Kind: market.ProxyRefused, Err: fmt.Errorf("the proxy %s would not connect to %s (%d)", u.Host, address, res.StatusCode)}
}

// bySocks connects by a socks5 proxy, which looks up the name itself.
func (d *Dialer) bySocks(ctx context.Context, u *url.URL, network, address string) (net.Conn, error) {
	var auth *proxy.Auth
	if u.User != nil {
		password, _ := u.User.Password()
		auth = &proxy.Auth{User: u.User.Username(), Password: password}
	}
	socks, err := proxy.SOCKS5("tcp", u.Host, auth, toProxy{d})
	if err != nil {
		return nil, failed(ctx, market.ProxyRefused, err)
	}
	raw, err := socks.(proxy.ContextDialer).DialContext(ctx, network, address) // as its documentation has it
	var ours *Error
	switch {
	case err == nil:
		return raw, nil
	case errors.As(err, &ours):
		return nil, ours
	case strings.Contains(err.Error(), "authentication"): // the package has no error of its own for it
		return nil, failed(ctx, market.ProxyLogin, fmt.Errorf("the proxy %s wants another user name and password", u.Host))
	}
	return nil, failed(ctx, market.ProxyRefused, fmt.Errorf("the proxy %s would not connect: %w", u.Host, err))
}

// toProxy is how the socks package reaches the proxy.
type toProxy struct{ d *Dialer }

// Dial connects.
func (t toProxy) Dial(network, address string) (net.Conn, error) {
	return t.DialContext(context.Background(), network, address)
}

// DialContext connects.
func (t toProxy) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return t.d.toProxy(ctx, network, address)
}
