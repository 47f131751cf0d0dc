package binance

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"openinterest/data/market"
)

// machine is a clock that tests turn.
type machine struct{ at time.Time }

func (m *machine) now() time.Time { return m.at }

func TestClock(t *testing.T) {
	truth := time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)
	const trip = 200 * time.Millisecond
	off := func(k *clock, m *machine, want, tolerance time.Duration) {
		t.Helper()
		if d := k.now().Sub(m.at); d < want-tolerance || d > want+tolerance {
			t.Errorf("offset %s, want %s ± %s", d, want, tolerance)
		}
	}
	m := &machine{truth.Add(-7 * time.Hour)} // the machine is 7 hours behind
	k := &clock{local: m.now}
	off(k, m, 0, 0)
	if k.isMeasured() {
		t.Error("measured before anything came")
	}

	k.date(m.at, m.at.Add(trip), truth.Add(700*time.Millisecond).Truncate(time.Second))
	off(k, m, 7*time.Hour, time.Second)

	k.serverTime(m.at, m.at.Add(trip), truth.Add(trip/2), truth)
	off(k, m, 7*time.Hour, 0)

	k.date(m.at, m.at.Add(trip), truth.Add(-time.Second)) // within what whole seconds explain
	off(k, m, 7*time.Hour, 0)

	m.at = m.at.Add(2 * time.Hour) // somebody corrects the machine's clock, partly
	k.date(m.at, m.at.Add(trip), truth.Add(time.Second))
	off(k, m, 5*time.Hour, 2*time.Second)

	for _, nonsense := range []time.Time{{}, time.Unix(0, 0), truth.AddDate(500, 0, 0)} {
		k.date(m.at, m.at, nonsense)
		k.serverTime(m.at, m.at, nonsense, truth)
		off(k, m, 5*time.Hour, 2*time.Second)
	}

	// A header that agrees with the machine is a measurement too.
	agreeing := &clock{local: m.now}
	agreeing.date(m.at, m.at, m.at.Truncate(time.Second))
	if !agreeing.isMeasured() {
		t.Error("a Date header measured nothing")
	}

	// A server whose header disagrees with its own time is believed the time.
	k.serverTime(m.at, m.at, truth.Add(40*time.Minute), truth)
	k.date(m.at, m.at, truth)
	off(k, m, 5*time.Hour+40*time.Minute, time.Second)
}

func TestClockOfMachineHoursOff(t *testing.T) {
	const skew = -26 * time.Hour
	c := exchange(t, func(w http.ResponseWriter, _ *http.Request) {
		server := time.Now().Add(skew)
		w.Header().Set("Date", server.UTC().Format(http.TimeFormat))
		w.Header().Set("Retry-After", server.Add(90*time.Second).UTC().Format(http.TimeFormat))
		w.WriteHeader(418)
		_, _ = fmt.Fprintf(w, `{"code":-1003,"msg":"IP banned until %d."}`, server.Add(60*time.Second).UnixMilli())
	})
	_, err := c.Tickers(t.Context())
	wait := problemOf(t, err).Until.Sub(c.Now())
	if wait < 85*time.Second || wait > 95*time.Second {
		t.Errorf("asked to wait %s, want 90 s on the exchange's clock", wait)
	}
	p := c.Quota().Refused(market.RouteHistory)
	if p == nil || !p.Told || p.Until.Sub(c.Now()) < 85*time.Second || p.Until.Sub(c.Now()) > 95*time.Second {
		t.Errorf("everything rests because of %v", p)
	}
}

func TestNewRefusesUnusableAddresses(t *testing.T) {
	for _, o := range []Options{
		{RESTURL: "fapi.binance.com"}, {RESTURL: "ftp://x"}, {RESTURL: "http://"}, {RESTURL: "http://x:y"}, {RESTURL: "http://%zz"},
		{RESTURL: "http://x/?a=b"}, {RESTURL: "http://x#f"}, {RESTURL: "http://user:secret@x"}, {RESTURL: "ws://x"},
		{StreamURL: "http://x"}, {StreamURL: "127.0.0.1:9900"}, {StreamURL: "wss://:80"},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v was accepted", o)
		} else {
			t.Log(err)
		}
	}
	for _, o := range []Options{
		{}, {RESTURL: "http://127.0.0.1:9900", StreamURL: "ws://127.0.0.1:9900"}, {RESTURL: "https://proxy.example/binance/", StreamURL: "wss://[::1]:443/"},
	} {
		if _, err := New(o); err != nil {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
