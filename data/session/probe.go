package session

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"sync"
	"time"

	"openinterest/data/binance"
	"openinterest/data/history/archive"
	"openinterest/data/proxy"
	"openinterest/data/sim"
)

// Probe is a market to be looked at, without a feed or a history: for the doctor.
// It reaches the exchange as a session does, and spends from the same limits as
// other processes beside it.
type Probe struct {
	Client  *binance.Client
	Archive *archive.Archive

	way     *proxy.Dialer
	address string // of REST
	cancel  context.CancelFunc
	done    sync.WaitGroup
}

// OpenProbe opens what the options name. It ends with ctx or by Close, which has to
// be called either way.
func OpenProbe(ctx context.Context, o Options) (*Probe, error) {
	p := &Probe{way: proxy.New(o.Proxy), address: o.RESTURL}
	ctx, p.cancel = context.WithCancel(ctx)
	if err := p.open(ctx, o); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

func (p *Probe) open(ctx context.Context, o Options) (err error) {
	if o.Demo {
		server, err := sim.Start(ctx, sim.Options{})
		if err != nil {
			return fmt.Errorf("starting the demo market: %w", err)
		}
		p.done.Go(server.Wait)
		o.RESTURL, o.StreamURL, o.ArchiveURL = server.RESTURL(), server.StreamURL(), server.ArchiveURL()
		p.address = o.RESTURL
	}
	p.Client, err = binance.New(binance.Options{RESTURL: o.RESTURL, StreamURL: o.StreamURL, UserAgent: o.UserAgent, Logger: o.Log,
		Now: o.Now, Elapsed: o.Elapsed, Dial: p.way.DialContext})
	if err != nil {
		return err
	}
	p.Archive, err = archive.New(o.ArchiveURL, archive.Options{UserAgent: o.UserAgent, Log: o.Log, Dial: p.way.DialContext, Now: p.Client.Now})
	if err != nil {
		return err
	}
	if _, err := os.Stat(o.HistoryDir()); err == nil && !o.Demo { // nothing is made where nothing is kept yet
		shared := newSpending(o.HistoryDir(), p.Client, o.Log)
		shared.read(time.Now())
		p.done.Go(func() { shared.run(ctx) })
	}
	return nil
}

// Way says by which proxy the exchange is reached, without its address.
func (p *Probe) Way(ctx context.Context) string {
	address := p.address
	if address == "" {
		address = binance.DefaultRESTURL
	}
	u, err := url.Parse(address)
	if err != nil {
		return "unknown"
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80"}[u.Scheme]
	}
	if port == "" {
		port = "443"
	}
	if ip := net.ParseIP(u.Hostname()); ip != nil && ip.IsLoopback() {
		return "none, since the exchange is on this computer"
	}
	return p.way.Describe(ctx, u.Hostname(), port)
}

// Close ends it.
func (p *Probe) Close() {
	p.cancel()
	p.done.Wait()
	if p.Client != nil {
		p.Client.Close()
	}
}
