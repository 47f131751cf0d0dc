package proxy

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/data/proxy/proxytest"
)

const (
	user, secret = "mallory", "s3cr3t-of-mallory"
	target       = "exchange.invalid:443" // a name that nobody but the proxy finds
)

// clean keeps the proxies of the machine that runs the tests out of them.
func clean(t *testing.T) {
	for _, name := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"} {
		t.Setenv(name, "")
	}
}

// origin is a server that says hello over TLS, and its certificate.
func origin(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }))
	t.Cleanup(s.Close)
	return s
}

// ask asks the origin by a dialer, as REST and the archive do.
func ask(t *testing.T, d *Dialer, origin *httptest.Server) (string, error) {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(origin.Certificate())
	transport := &http.Transport{DialContext: d.DialContext, TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "example.com"}}
	defer transport.CloseIdleConnections()
	res, err := (&http.Client{Transport: transport, Timeout: 20 * time.Second}).Get("https://" + target)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return string(body), err
}

func TestEveryKindOfProxyCarriesTLS(t *testing.T) {
	clean(t)
	o := origin(t)
	secure := httptest.NewUnstartedServer(nil)
	secure.StartTLS()
	defer secure.Close()
	roots := x509.NewCertPool()
	roots.AddCert(secure.Certificate())
	for _, login := range []struct{ name, user, password string }{{"", "", ""}, {user + ":" + secret + "@", user, secret}, {"%40nna:p%3Aw%2F%40rd@", "@nna", "p:w/@rd"}} {
		options := proxytest.Options{To: o.Listener.Addr().String(), User: login.user, Password: login.password}
		for scheme, begin := range map[string]func(testing.TB, proxytest.Options) *proxytest.Proxy{
			"http": proxytest.HTTP, "https": proxytest.HTTP, "socks5": proxytest.SOCKS, "socks5h": proxytest.SOCKS,
		} {
			options.TLS = nil
			if scheme == "https" {
				options.TLS = secure.TLS
			}
			p := begin(t, options)
			d := New(scheme + "://" + login.name + p.Host)
			d.roots = roots
			if got, err := ask(t, d, o); got != "hello" {
				t.Errorf("%s, %q: %q, %v", scheme, login.user, got, err)
			}
			if asked := p.Asked(); len(asked) != 1 || !strings.HasPrefix(asked[0], "exchange.invalid") {
				t.Errorf("%s was asked for %v", scheme, asked)
			}
			if len(d.open) != 0 {
				t.Errorf("%s: %d connections are remembered after their end", scheme, len(d.open))
			}
		}
	}
}

// gibberish is a server that says what is no proxy's language, and hangs up.
func gibberish(t *testing.T) (host string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 1024))
			_, _ = io.WriteString(conn, "SSH-2.0-OpenSSH_9.9\r\n")
			conn.Close()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return l.Addr().String()
}

func TestWhatAProxyRefusesIsSaidWithoutSecrets(t *testing.T) {
	clean(t)
	o := origin(t)
	to := o.Listener.Addr().String()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := closed.Addr().String()
	closed.Close()
	login := user + ":" + secret + "@"
	wants := proxytest.Options{To: to, User: user, Password: "another"}
	for name, test := range map[string]struct {
		address string
		kind    market.ProblemKind
	}{
		"http, wrong password":          {"http://" + login + proxytest.HTTP(t, wants).Host, market.ProxyLogin},
		"http, no password":             {"http://" + proxytest.HTTP(t, wants).Host, market.ProxyLogin},
		"http refuses":                  {"http://" + login + proxytest.HTTP(t, proxytest.Options{Refuse: true}).Host, market.ProxyRefused},
		"http, nobody there":            {"http://" + login + nobody, market.ProxyUnreachable},
		"socks, wrong password":         {"socks5://" + login + proxytest.SOCKS(t, wants).Host, market.ProxyLogin},
		"socks, no password":            {"socks5://" + proxytest.SOCKS(t, wants).Host, market.ProxyLogin},
		"socks refuses":                 {"socks5://" + login + proxytest.SOCKS(t, proxytest.Options{Refuse: true}).Host, market.ProxyRefused},
		"socks, nobody there":           {"socks5://" + login + nobody, market.ProxyUnreachable},
		"no proxy, but a web server":    {"http://" + login + to, market.ProxyRefused},
		"no socks proxy, but a server":  {"socks5://" + login + gibberish(t), market.ProxyRefused},
		"no http proxy, but gibberish":  {"http://" + login + gibberish(t), market.ProxyRefused},
		"https, of an unknown hand":     {"https://" + login + to, market.ProxyRefused},
		"an address that cannot be one": {"gopher://" + login + "host", market.ProxyRefused},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ask(t, New(test.address), o)
			if err == nil || market.KindOf(err) != test.kind {
				t.Fatalf("%v, of kind %q, want %q", err, market.KindOf(err), test.kind)
			}
			for e := err; e != nil; e = errors.Unwrap(e) {
				if text := e.Error(); strings.Contains(text, secret) || strings.Contains(text, user) {
					t.Errorf("it tells the password: %s", text)
				}
			}
		})
	}
}

func TestThisComputerIsReachedWithoutAProxy(t *testing.T) {
	clean(t)
	p := proxytest.HTTP(t, proxytest.Options{Refuse: true})
	t.Setenv("HTTPS_PROXY", "http://"+p.Host)
	t.Setenv("ALL_PROXY", "socks5://"+p.Host)
	o := origin(t)
	_, port, _ := net.SplitHostPort(o.Listener.Addr().String())
	for _, address := range []string{"", "http://" + p.Host, "not an address"} {
		for _, host := range []string{"127.0.0.1", "localhost"} {
			conn, err := New(address).DialContext(t.Context(), "tcp", net.JoinHostPort(host, port))
			if err != nil {
				t.Errorf("%q, %s: %v", address, host, err)
				continue
			}
			conn.Close()
		}
	}
	if asked := p.Asked(); len(asked) > 0 {
		t.Errorf("the proxy was asked for %v", asked)
	}
}

func TestTheEnvironmentNamesAProxy(t *testing.T) {
	for _, test := range []struct{ name, value, except, want string }{
		{"HTTPS_PROXY", "http://a:b@proxy.test:3128", "", "http://a:b@proxy.test:3128"},
		{"https_proxy", "proxy.test:3128", "", "http://proxy.test:3128"},
		{"ALL_PROXY", "socks5://proxy.test", "", "socks5://proxy.test:1080"},
		{"all_proxy", "socks://proxy.test:7891/", "", "socks5://proxy.test:7891"},
		{"HTTPS_PROXY", "http://proxy.test:3128", "exchange.invalid", ""},
		{"HTTP_PROXY", "http://proxy.test:3128", "", ""}, // is for http:// alone
	} {
		clean(t)
		t.Setenv(test.name, test.value)
		t.Setenv("NO_PROXY", test.except)
		u, err := newWay("").proxyFor(t.Context(), target)
		got := ""
		if u != nil {
			got = u.String()
		}
		if err != nil || got != test.want {
			t.Errorf("%s=%s: %q, %v, want %q", test.name, test.value, got, err, test.want)
		}
		if u, _ := newWay(Direct).proxyFor(t.Context(), target); u != nil {
			t.Errorf("direct goes by %s", kind(u))
		}
	}
}

func TestTheDesktopIsAskedOnceAMinute(t *testing.T) {
	clean(t)
	asked, now := 0, time.Unix(0, 0)
	s := newSystem()
	s.now = func() time.Time { return now }
	s.desktop = func(_ context.Context, u *url.URL) (*url.URL, error) {
		asked++
		if u.String() != "https://"+target {
			t.Errorf("asked for %s", u)
		}
		if asked > 1 {
			return nil, errors.New("the desktop is gone")
		}
		return &url.URL{Scheme: "socks", Host: "proxy.test:1"}, nil
	}
	for range 3 {
		if u, err := s.proxyFor(t.Context(), target); err != nil || u == nil || u.String() != "socks5://proxy.test:1" {
			t.Errorf("%v, %v", u, err)
		}
	}
	now = now.Add(desktopFor)
	if u, err := s.proxyFor(t.Context(), target); u != nil || err != nil || asked != 2 {
		t.Errorf("asked %d times; now %v, %v", asked, u, err)
	}
}

func TestAnotherProxyIsTakenAtOnce(t *testing.T) {
	clean(t)
	o := origin(t)
	first := proxytest.HTTP(t, proxytest.Options{To: o.Listener.Addr().String()})
	second := proxytest.SOCKS(t, proxytest.Options{To: o.Listener.Addr().String()})
	d := New("http://" + first.Host)
	conn, err := d.DialContext(t.Context(), "tcp", target)
	if err != nil {
		t.Fatal(err)
	}
	d.Set("socks5://" + second.Host)
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the connection by the first proxy goes on: %v", err)
	}
	if got, err := ask(t, d, o); got != "hello" {
		t.Errorf("by the second: %q, %v", got, err)
	}
	if len(first.Asked()) != 1 || len(second.Asked()) != 1 {
		t.Errorf("asked %v and %v", first.Asked(), second.Asked())
	}
}

func TestAddresses(t *testing.T) {
	for _, good := range []string{"", "direct", "http://h", "https://h:1", "socks5://u:p@h", "socks5h://[::1]:9", "socks://h", " http://h/ "} {
		if err := Check(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"h:80", "ftp://h", "http://", "http://h/path", "http://h?x", "http://" + user + ":" + secret + "@h:port", "socks5://:" + secret + "@h", "http://u:" + secret + "%zz@h"} {
		if err := Check(bad); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	args := []string{"--proxy", "http://u:" + secret + "@h", "--proxy=" + secret, "snapshot", "--rest-url", "http://u:" + secret + "@h/"}
	if got := RedactArguments(args); strings.Contains(strings.Join(got, " "), secret) || !slices.Contains(got, "snapshot") || args[1] == "…" {
		t.Errorf("arguments: %q", got)
	}
	for _, d := range []*Dialer{New("http://" + user + ":" + secret + "@h"), New("socks5://" + user + ":" + secret + "@h")} {
		if s := d.Describe(t.Context(), "x", "443"); strings.Contains(s, user) || !strings.Contains(s, "with a user name") {
			t.Errorf("described as %q", s)
		}
	}
}

func FuzzAddresses(f *testing.F) {
	for _, s := range []string{"http://h", "socks5://u:p@h:1", "h:80", "://", "http://u:%zz@h", "direct"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := parse(s)
		if err != nil && err != errAddress {
			t.Errorf("%q: %v repeats what it read", s, err)
		}
		if err == nil {
			if again, err := parse(u.String()); err != nil || again.String() != u.String() {
				t.Errorf("%q becomes %s, and that %v (%v)", s, u, again, err)
			}
		}
	})
}

func FuzzAnswers(f *testing.F) {
	for _, s := range []string{"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 407 X\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", "SSH-2.0\r\n", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		near, far := net.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = http.ReadRequest(bufio.NewReader(far))
			_, _ = io.WriteString(far, s)
			far.Close()
		}()
		err := askToConnect(near, &url.URL{Host: "proxy:1", User: url.UserPassword(user, secret)}, target)
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("it tells the password: %v", err)
		}
		near.Close()
		<-done
	})
}

// Where the desktop has no bus, nothing is started to ask it.
func TestNoBusIsNoProxy(t *testing.T) {
	clean(t)
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	t.Setenv("PATH", "")
	if u, err := newWay("").proxyFor(t.Context(), target); u != nil || err != nil {
		t.Errorf("%v, %v", u, err)
	}
	if _, err := os.Stat(os.Getenv("XDG_RUNTIME_DIR") + "/bus"); err == nil {
		t.Error("a bus was started")
	}
}
