// Package proxytest has proxies for tests: real ones on the loopback interface,
// which speak HTTP CONNECT or SOCKS5. Whatever host they are asked for, they
// connect to the address that the test named, so that a simulated exchange may
// have a name that no proxy is passed by for.
package proxytest

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// Options say how a proxy behaves. The zero value lets everybody through.
type Options struct {
	To             string // host:port to which all goes
	User, Password string // that it wants; empty: it wants none
	Refuse         bool   // it connects to nothing
	TLS            *tls.Config
}

// Proxy is a running proxy. Its methods are safe for concurrent use.
type Proxy struct {
	Host string // and port

	o Options

	mu    sync.Mutex
	asked []string
	conns map[net.Conn]struct{}
	work  sync.WaitGroup
}

// Asked are the hosts and ports for which it was asked.
func (p *Proxy) Asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.asked...)
}

// HTTP starts a proxy that answers CONNECT, over TLS where the options have it.
func HTTP(t testing.TB, o Options) *Proxy { return start(t, o, (*Proxy).connect) }

// SOCKS starts a proxy that speaks SOCKS5.
func SOCKS(t testing.TB, o Options) *Proxy { return start(t, o, (*Proxy).socks) }

func start(t testing.TB, o Options, serve func(*Proxy, net.Conn, *bufio.Reader) net.Conn) *Proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{Host: listener.Addr().String(), o: o, conns: map[net.Conn]struct{}{}}
	if o.TLS != nil {
		listener = tls.NewListener(listener, o.TLS)
	}
	p.work.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if !p.keep(conn) {
				continue
			}
			p.work.Go(func() {
				defer conn.Close()
				in := bufio.NewReader(conn)
				if far := serve(p, conn, in); far != nil {
					pass(conn, in, far)
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		p.mu.Lock()
		open := p.conns
		p.conns = nil
		p.mu.Unlock()
		for c := range open {
			_ = c.Close()
		}
		p.work.Wait()
	})
	return p
}

// keep remembers a connection; false once the test has ended.
func (p *Proxy) keep(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conns == nil {
		_ = c.Close()
		return false
	}
	p.conns[c] = struct{}{}
	return true
}

// pass passes bytes in both directions until one end is done.
func pass(near net.Conn, in io.Reader, far net.Conn) {
	var work sync.WaitGroup
	work.Go(func() {
		_, _ = io.Copy(far, in)
		_ = far.Close()
	})
	_, _ = io.Copy(near, far)
	_ = near.Close()
	_ = far.Close()
	work.Wait()
}

// dial connects to where all goes; nil where the proxy refuses.
func (p *Proxy) dial(target string) net.Conn {
	p.mu.Lock()
	p.asked = append(p.asked, target)
	p.mu.Unlock()
	if p.o.Refuse {
		return nil
	}
	far, err := net.Dial("tcp", p.o.To)
	if err != nil || !p.keep(far) {
		return nil
	}
	return far
}

// connect answers CONNECT. What it says where it refuses repeats the password
// that it was given, as careless proxies do.
func (p *Proxy) connect(conn net.Conn, in *bufio.Reader) net.Conn {
	r, err := http.ReadRequest(in)
	if err != nil || r.Method != http.MethodConnect {
		return nil
	}
	given := r.Header.Get("Proxy-Authorization")
	if want := "Basic " + base64.StdEncoding.EncodeToString([]byte(p.o.User+":"+p.o.Password)); p.o.User != "" && given != want {
		plain, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(given, "Basic "))
		_, _ = io.WriteString(conn, "HTTP/1.1 407 not as "+string(plain)+"\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n")
		return nil
	}
	far := p.dial(r.Host)
	if far == nil {
		_, _ = io.WriteString(conn, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
		return nil
	}
	_, _ = io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
	return far
}

// The parts of SOCKS5 (RFC 1928, RFC 1929) that are spoken here.
const (
	socks5, password, noMethod, byName, notAllowed = 5, 2, 0xff, 3, 2
)

func (p *Proxy) socks(conn net.Conn, in *bufio.Reader) net.Conn {
	head := make([]byte, 2)
	if _, err := io.ReadFull(in, head); err != nil || head[0] != socks5 {
		return nil
	}
	methods := make([]byte, head[1])
	if _, err := io.ReadFull(in, methods); err != nil {
		return nil
	}
	if p.o.User == "" {
		_, _ = conn.Write([]byte{socks5, 0})
	} else if !strings.Contains(string(methods), string([]byte{password})) {
		_, _ = conn.Write([]byte{socks5, noMethod})
		return nil
	} else {
		_, _ = conn.Write([]byte{socks5, password})
		if !p.login(conn, in) {
			return nil
		}
	}
	ask := make([]byte, 5) // version, command, reserved, kind of address, its length
	if _, err := io.ReadFull(in, ask); err != nil || ask[3] != byName {
		return nil // an address that was looked up here: the proxy should do that
	}
	name := make([]byte, int(ask[4])+2)
	if _, err := io.ReadFull(in, name); err != nil {
		return nil
	}
	far := p.dial(string(name[:len(name)-2]))
	reply := []byte{socks5, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	if far == nil {
		reply[1] = notAllowed
	}
	_, _ = conn.Write(reply)
	return far
}

func (p *Proxy) login(conn net.Conn, in *bufio.Reader) bool {
	field := func() string {
		n, err := in.ReadByte()
		if err != nil {
			return ""
		}
		text := make([]byte, n)
		_, _ = io.ReadFull(in, text)
		return string(text)
	}
	_, _ = in.ReadByte() // the version of this exchange
	if user := field(); user != p.o.User || field() != p.o.Password {
		_, _ = conn.Write([]byte{1, 1})
		return false
	}
	_, _ = conn.Write([]byte{1, 0})
	return true
}
