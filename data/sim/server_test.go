package sim

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

func TestDelistAndList(t *testing.T) {
	s := started(t)
	s.Delist("ETHUSDT")
	s.List("BRANDNEWUSDT")
	if list := s.Symbols(); slices.Contains(list, "ETHUSDT") || !slices.Contains(list, "BRANDNEWUSDT") {
		t.Fatalf("after the change: %v", list)
	}
	r, _ := fetch(t, s.RESTURL()+"/fapi/v1/openInterest?symbol=ETHUSDT")
	if r.StatusCode != 400 {
		t.Errorf("open interest of a delisted contract: %d", r.StatusCode)
	}
	if _, _, ok := s.Truth("BRANDNEWUSDT", someDay.Add(-time.Hour)); ok {
		t.Error("a contract traded before it was listed")
	}
	if x := ask[struct{ OpenInterest decimal }](t, s, "/fapi/v1/openInterest?symbol=BRANDNEWUSDT"); x.OpenInterest <= 0 {
		t.Errorf("a new contract has %v", x)
	}
	s.List("ETHUSDT")
	if !slices.Contains(s.Symbols(), "ETHUSDT") {
		t.Error("a contract listed again is not there")
	}
}

func TestRestartContinues(t *testing.T) {
	a, b := started(t), started(t, func(o *Options) { o.Now = func() time.Time { return someDay.Add(50 * time.Hour) } })
	for _, symbol := range a.Symbols() {
		for _, at := range []time.Time{someDay.Add(-72 * time.Hour), someDay, someDay.Add(5000 * time.Hour)} {
			q1, p1, ok1 := a.Truth(symbol, at)
			q2, p2, ok2 := b.Truth(symbol, at)
			if ok1 && ok2 && (q1 != q2 || p1 != p2) {
				t.Errorf("%s at %s: %v at %v, after a restart %v at %v", symbol, at, q1, p1, q2, p2)
			}
		}
	}
}

func TestOnlyLoopback(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "[::]:0", "example.com:0"} {
		if s, err := Start(context.Background(), Options{Addr: addr, Contracts: 3}); err == nil {
			s.Close()
			t.Errorf("listens on %s", addr)
		} else if !errors.Is(err, ErrNotLoopback) {
			t.Errorf("%s: %v", addr, err)
		}
	}
	if _, err := Start(context.Background(), Options{Addr: "nonsense"}); err == nil {
		t.Error("an address without a port is taken")
	}
	if _, err := Start(context.Background(), Options{Contracts: -1}); err == nil {
		t.Error("a negative number of contracts is taken")
	}
}

func TestStopsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	asked := make(chan struct{}, 100)
	s, err := Start(ctx, Options{Contracts: 3, Now: func() time.Time { asked <- struct{}{}; return someDay }})
	if err != nil {
		t.Fatal(err)
	}
	s.Inject(Fault{Kind: Hang})
	for len(asked) > 0 {
		<-asked
	}
	hung := make(chan error, 1)
	go func() { _, err := httpClient.Get(s.RESTURL() + "/fapi/v1/ping"); hung <- err }()
	<-asked // the request looks at the clock before it hangs
	cancel()
	s.Wait()
	if <-hung == nil {
		t.Error("a request was answered by a server that had stopped")
	}
}
