package session

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"openinterest/data/market"
	"openinterest/data/proxy/proxytest"
	"openinterest/data/sim"
)

// logged is a log that several goroutines write.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// A session reaches all three hosts by its proxy, takes another one while it runs,
// and says of one that is in the way what is wrong; no log has a password.
func TestASessionTakesAnotherProxyAtOnce(t *testing.T) {
	server, err := sim.Start(t.Context(), sim.Options{Contracts: 5})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	to := strings.TrimPrefix(server.RESTURL(), "http://")
	const secret = "hunter2-of-ana"
	good := proxytest.SOCKS(t, proxytest.Options{To: to, User: "ana", Password: secret})
	strict := proxytest.HTTP(t, proxytest.Options{To: to, User: "ana", Password: "another"})
	var log logged
	s, err := Open(t.Context(), Options{
		RESTURL: "http://exchange.invalid", StreamURL: "ws://exchange.invalid", ArchiveURL: "http://exchange.invalid/archive",
		DataDir: t.TempDir(), Proxy: "http://ana:" + secret + "@" + strict.Host,
		Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	reach := func() map[market.Host]market.ProblemKind {
		found := map[market.Host]market.ProblemKind{}
		var mu sync.Mutex
		s.TestReach(t.Context(), func(r market.Reached) {
			mu.Lock()
			defer mu.Unlock()
			found[r.Host] = ""
			if r.Problem != nil {
				found[r.Host] = r.Problem.Kind
				if strings.Contains(r.Problem.Error(), secret) {
					t.Errorf("the password is told: %v", r.Problem)
				}
			}
		})
		return found
	}
	for host, kind := range reach() {
		if kind != market.ProxyLogin {
			t.Errorf("by a proxy that takes another password, %s: %q", host, kind)
		}
	}
	s.SetProxy("socks5://ana:" + secret + "@" + good.Host)
	found := reach()
	for _, host := range market.Hosts {
		if kind, told := found[host]; !told || kind != "" {
			t.Errorf("by the right one, %s: told %t, %q", host, told, kind)
		}
	}
	for range s.Updates() { // the table comes without anybody asking
		if snap := s.Snapshot(); snap != nil && len(snap.Quotes) > 0 && market.Known(snap.Quotes[0].OpenInterest.Contracts) {
			break
		}
	}
	s.Close()
	log.mu.Lock()
	defer log.mu.Unlock()
	if text := log.b.String(); strings.Contains(text, secret) {
		t.Errorf("the log has the password:\n%s", text)
	}
}
