package proxy

import (
	"cmp"
	"context"
	"net"
	"net/url"
	"os"
	"sync"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// Time limits of asking the desktop.
const (
	desktopTimeout = 2 * time.Second
	desktopFor     = time.Minute // for which its answer holds: whoever changes it needs no restart
)

// system is the proxy that the environment or the desktop names.
type system struct {
	environment func(*url.URL) (*url.URL, error) // nil: it names none
	desktop     func(context.Context, *url.URL) (*url.URL, error)
	now         func() time.Time

	asking chan struct{} // one slot: one asks the desktop at a time
	mu     sync.Mutex
	known  map[string]found // by address
}

// found is what the desktop said.
type found struct {
	proxy *url.URL
	err   error
	at    time.Time
}

func newSystem() *system {
	return &system{environment: environment(), desktop: desktop, now: time.Now, asking: make(chan struct{}, 1), known: map[string]found{}}
}

// environment is what HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY say; nil
// where they name no proxy.
func environment() func(*url.URL) (*url.URL, error) {
	c := httpproxy.FromEnvironment()
	all := cmp.Or(os.Getenv("ALL_PROXY"), os.Getenv("all_proxy"))
	c.HTTPSProxy, c.HTTPProxy, c.CGI = cmp.Or(c.HTTPSProxy, all), cmp.Or(c.HTTPProxy, all), false
	if c.HTTPSProxy == "" && c.HTTPProxy == "" {
		return nil
	}
	return c.ProxyFunc()
}

// proxyFor returns the proxy for an address; nil for none.
func (s *system) proxyFor(ctx context.Context, address string) (*url.URL, error) {
	target := &url.URL{Scheme: "https", Host: address}
	if _, port, err := net.SplitHostPort(address); err == nil && port == "80" {
		target.Scheme = "http"
	}
	if s.environment != nil {
		u, err := s.environment(target)
		if err != nil {
			return nil, errAddress // it repeats what it read
		}
		return normal(u)
	}
	select {
	case s.asking <- struct{}{}:
		defer func() { <-s.asking }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s.mu.Lock()
	f, ok := s.known[address]
	s.mu.Unlock()
	if ok && s.now().Sub(f.at) < desktopFor {
		return f.proxy, f.err
	}
	ctx, cancel := context.WithTimeout(ctx, desktopTimeout)
	defer cancel()
	u, err := s.desktop(ctx, target)
	if err != nil {
		u = nil // a desktop that cannot be asked has no proxy to name
	}
	f = found{at: s.now()}
	f.proxy, f.err = normal(u)
	s.mu.Lock()
	s.known[address] = f
	s.mu.Unlock()
	return f.proxy, f.err
}

// normal is a proxy as parse returns it.
func normal(u *url.URL) (*url.URL, error) {
	if u == nil || u.Scheme == "direct" {
		return nil, nil
	}
	whole := *u
	whole.Scheme = cmp.Or(u.Scheme, "http")
	return parse(whole.String())
}
