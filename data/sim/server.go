package sim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"openinterest/data/market"
)

// Options say what kind of exchange to start. The zero value is a good one.
type Options struct {
	Addr           string           // host:port on loopback; default 127.0.0.1:0
	Contracts      int              // contracts that the program shows; default 530
	Latency        time.Duration    // before every answer
	HistoryLag     time.Duration    // by which history trails; default 6 min
	StreamEvery    time.Duration    // between pushes of the 1-second streams; default 1 s
	Now            func() time.Time // default time.Now
	Seed           uint64           // of the market
	EnforceBudgets bool             // refuse who asks too much, as the exchange does
}

// Server is a running simulated exchange. Its methods are safe for concurrent use.
type Server struct {
	options Options
	addr    string
	http    *http.Server
	market  atomic.Pointer[universe]
	listing sync.Mutex // held while the market is replaced

	views    sync.Pool // of *view
	extremes extremes
	archived archiveCache
	ledger   *ledger
	stats    *tally
	faults   faults
	hub      *hub

	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup // all goroutines and requests
	gate   sync.Mutex     // guards shut
	shut   bool           // no request begins any more
}

// Start starts an exchange that runs until ctx ends or Close is called. It
// listens on loopback only and refuses any other address.
func Start(ctx context.Context, o Options) (*Server, error) {
	o.Addr = cmp.Or(o.Addr, "127.0.0.1:0")
	o.Contracts = cmp.Or(o.Contracts, 530)
	o.HistoryLag = cmp.Or(o.HistoryLag, 6*time.Minute)
	o.StreamEvery = cmp.Or(o.StreamEvery, time.Second)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Contracts < 1 || o.Contracts > 2000 {
		return nil, fmt.Errorf("starting the simulated exchange: %d contracts is not between 1 and 2000", o.Contracts)
	}
	listener, err := listenLoopback(ctx, o.Addr)
	if err != nil {
		return nil, fmt.Errorf("starting the simulated exchange: %w", err)
	}
	s := &Server{options: o, addr: listener.Addr().String(), ledger: newLedger(o.EnforceBudgets), stats: newTally()}
	s.ctx, s.cancel = context.WithCancel(ctx)
	s.market.Store(newUniverse(o.Seed, o.Contracts, o.Now()))
	s.views.New = func() any { return newView(s.market.Load().tide) }
	s.hub = newHub(s)
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0), // faults are on purpose
		BaseContext:       func(net.Listener) context.Context { return s.ctx },
		ConnState:         s.connected,
	}
	s.work.Go(func() { _ = s.http.Serve(listener) }) // ends by Close
	s.work.Go(s.hub.run)
	s.work.Go(func() {
		<-s.ctx.Done()
		s.gate.Lock()
		s.shut = true
		s.gate.Unlock()
		_ = s.http.Close()
	})
	return s, nil
}

// listenLoopback listens on addr if it is of loopback.
func listenLoopback(ctx context.Context, addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("address %q: %w", addr, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("address %q: %w", addr, ErrNotLoopback)
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	if tcp, ok := l.Addr().(*net.TCPAddr); !ok || !tcp.IP.IsLoopback() { // "localhost" may be anything
		_ = l.Close()
		return nil, fmt.Errorf("address %q: %w", addr, ErrNotLoopback)
	}
	return l, nil
}

// ErrNotLoopback says that a simulated exchange is never served to others.
var ErrNotLoopback = errors.New("a simulated exchange listens on loopback only")

// RESTURL is the base URL of the REST interface, without a slash at its end.
func (s *Server) RESTURL() string { return "http://" + s.addr }

// StreamURL is the base URL of the streams, without a slash at its end:
// StreamURL() + "/market/ws/!markPrice@arr@1s".
func (s *Server) StreamURL() string { return "ws://" + s.addr }

// ArchiveURL is what stands for https://data.binance.vision, and with a query
// for the bucket's listing.
func (s *Server) ArchiveURL() string { return s.RESTURL() + "/archive" }

// Close stops the server and waits until nothing of it runs.
func (s *Server) Close() {
	s.cancel()
	s.work.Wait()
}

// Wait waits until the server has stopped.
func (s *Server) Wait() { s.work.Wait() }

// Symbols lists the contracts that the program should show now, ascending.
func (s *Server) Symbols() []string { return s.market.Load().shown() }

// Truth is what the exchange serves of a contract at an instant: open interest
// in contracts and mark price in USD, rounded as served; false when the
// contract does not trade then.
func (s *Server) Truth(symbol string, at time.Time) (contracts, price float64, ok bool) {
	u := s.market.Load()
	c := u.bySymbol[symbol]
	if c == nil || !c.tradedAt(millis(at)) {
		return market.Unknown, market.Unknown, false
	}
	v := s.views.Get().(*view)
	defer s.views.Put(v)
	now := v.at(c, millis(at))
	return now.contracts, now.price, true
}

// Delist ends the trading of a contract: it stays in exchangeInfo as SETTLING,
// leaves tickers and streams, and its open interest is refused.
func (s *Server) Delist(symbol string) {
	s.listing.Lock()
	defer s.listing.Unlock()
	s.market.Store(s.market.Load().delisted(symbol, millis(s.options.Now())))
}

// List begins the trading of a contract quoted in USDT, or ends its delisting.
// A symbol that the market does not know is invented.
func (s *Server) List(symbol string) {
	s.listing.Lock()
	defer s.listing.Unlock()
	s.market.Store(s.market.Load().listed(symbol, s.options.Now()))
}

func (s *Server) connected(_ net.Conn, state http.ConnState) {
	s.stats.do(func(st *Stats) {
		switch state {
		case http.StateNew:
			st.Connections++
			st.OpenConnections++
		case http.StateClosed, http.StateHijacked:
			st.OpenConnections--
		}
	})
}

// enter counts a request as work, unless the server is stopping.
func (s *Server) enter() bool {
	s.gate.Lock()
	defer s.gate.Unlock()
	if !s.shut {
		s.work.Add(1)
	}
	return !s.shut
}

// ServeHTTP answers every request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		hangUp(w)
		return
	}
	defer s.work.Done()
	w.Header().Set("Date", s.options.Now().UTC().Format(http.TimeFormat))
	path := r.URL.Path
	if strings.HasPrefix(path, "/market/") || strings.HasPrefix(path, "/ws/") || path == "/ws" || path == "/stream" {
		s.hub.serve(w, r)
		return
	}
	if path == loginPath {
		_, _ = io.WriteString(w, "<html><title>Sign in to Hotel WLAN</title><form><input name=room></form></html>")
		return
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		s.send(w, refuse(400, -1100, "Illegal characters found in a parameter."))
		return
	}
	x := &request{s: s, w: w, r: r, path: path, query: query, symbol: query.Get("symbol")}
	if strings.HasPrefix(path, archivePath) {
		s.stats.requested(archivePath, r.UserAgent())
		x.symbol, _, _ = splitArchiveName(path)
	} else {
		s.stats.requested(path, r.UserAgent())
	}
	x.date()
	switch {
	case !x.wait():
		hangUp(w)
	case !x.refused() && !x.broken():
		x.answer()
	}
}

func (s *Server) send(w http.ResponseWriter, a answer) {
	s.stats.answered(a.status)
	h := w.Header()
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", "application/json")
	}
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the client may have gone; that is its business
}
