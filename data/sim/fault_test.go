package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

const oneOI = "/fapi/v1/openInterest?symbol=BTCUSDT"

// TestFaultBodies: what comes with status 200 and is odd.
func TestFaultBodies(t *testing.T) {
	s := started(t)
	history := "/futures/data/openInterestHist?symbol=BTCUSDT&period=5m&limit=4"
	_, good := fetch(t, s.RESTURL()+oneOI)
	for _, x := range []struct {
		fault Fault
		path  string
		check func([]byte) bool
	}{
		{Fault{Kind: Null}, oneOI, func(b []byte) bool { return string(b) == "null" }},
		{Fault{Kind: EmptyObject}, oneOI, func(b []byte) bool { return string(b) == "{}" }},
		{Fault{Kind: EmptyArray}, history, func(b []byte) bool { return string(b) == "[]" }},
		{Fault{Kind: EmptyBody}, oneOI, func(b []byte) bool { return len(b) == 0 }},
		{Fault{Kind: HTML}, oneOI, func(b []byte) bool { return bytes.HasPrefix(b, []byte("<!DOCTYPE html>")) }},
		{Fault{Kind: ErrorBody}, oneOI, func(b []byte) bool { return strings.Contains(string(b), `"code":-1121`) }},
		{Fault{Kind: BrokenJSON}, oneOI, func(b []byte) bool { return bytes.HasPrefix(good, b) && len(b) == len(good)/2 }},
		{Fault{Kind: Malformed}, oneOI, func(b []byte) bool { return strings.Contains(string(b), `"openInterest":{"oops":null}`) }},
		{Fault{Kind: Negative}, oneOI, func(b []byte) bool { return strings.Contains(string(b), `"openInterest":"-1"`) }},
		{Fault{Kind: Negative, Value: "NaN"}, history, func(b []byte) bool { return strings.Count(string(b), `"NaN"`) == 8 }},
		{Fault{Kind: QuotedTime}, oneOI, func(b []byte) bool { return strings.Contains(string(b), `"time":"`) }},
		{Fault{Kind: WrongTime}, oneOI, func(b []byte) bool { return strings.Contains(string(b), `"time":0`) }},
		{Fault{Kind: WrongTime, Shift: 24 * time.Hour}, history, func(b []byte) bool {
			var rows []historyRow
			return json.Unmarshal(b, &rows) == nil && rows[3].Timestamp > millis(someDay)
		}},
		{Fault{Kind: OtherSymbol}, oneOI, func(b []byte) bool { return strings.Contains(string(b), `"symbol":"ETHUSDT"`) }},
		{Fault{Kind: Duplicate}, history, func(b []byte) bool {
			var rows []historyRow
			return json.Unmarshal(b, &rows) == nil && len(rows) == 8 && rows[0] == rows[1] && rows[0].Timestamp > rows[2].Timestamp
		}},
		{Fault{Kind: Duplicate}, "/fapi/v1/exchangeInfo", func(b []byte) bool { return strings.Count(string(b), `"symbol":"BTCUSDT"`) == 2 }},
	} {
		remove := s.Inject(x.fault)
		r, body := fetch(t, s.RESTURL()+x.path)
		remove()
		if r.StatusCode != 200 || !x.check(body) {
			t.Errorf("%s: status %d, %.300s", x.fault.Kind, r.StatusCode, body)
		}
	}
	remove := s.Inject(Fault{Kind: WrongDate, PathPrefix: "/fapi/v1/openInterest", Shift: -5 * time.Hour})
	for path, want := range map[string]time.Time{oneOI: someDay.Add(-5 * time.Hour), "/fapi/v1/exchangeInfo": someDay} {
		if r, _ := fetch(t, s.RESTURL()+path); r.Header.Get("Date") != want.UTC().Format(http.TimeFormat) {
			t.Errorf("%s is dated %s, want %s", path, r.Header.Get("Date"), want)
		}
	}
	remove()
	if _, again := fetch(t, s.RESTURL()+oneOI); !bytes.Equal(good, again) {
		t.Errorf("with no fault left: %s, before %s", again, good)
	}
}

// TestFaultStatuses: what does not come with status 200.
func TestFaultStatuses(t *testing.T) {
	s := started(t)
	for _, x := range []struct {
		fault Fault
		retry string
		body  string
	}{
		{Fault{Code: 429, RetryAfter: 17 * time.Second}, "17", `"code":-1003`},
		{Fault{Code: 429}, "", `Too many requests`},
		{Fault{Code: 451}, "", `restricted location`},
		{Fault{Code: 403}, "", `<html>`},
		{Fault{Code: 503}, "", `"code":-1000`},
		{Fault{Code: 502, Body: "bad gateway", ContentType: "text/plain"}, "", "bad gateway"},
		{Fault{Code: 418, RetryAfter: 120 * time.Second}, "120", `banned until 1795356320000`}, // the clock stands at …200000
	} {
		x.fault.Kind, x.fault.PathPrefix = Status, "/fapi/v1/openInterest"
		remove := s.Inject(x.fault)
		r, body := fetch(t, s.RESTURL()+oneOI)
		remove()
		if r.StatusCode != x.fault.Code || r.Header.Get("Retry-After") != x.retry || !strings.Contains(string(body), x.body) {
			t.Errorf("%+v: status %d, Retry-After %q, %s", x.fault, r.StatusCode, r.Header.Get("Retry-After"), body)
		}
	}
	if r, _ := fetch(t, s.RESTURL()+"/fapi/v1/ping"); r.StatusCode != 418 {
		t.Errorf("who is banned is answered with %d", r.StatusCode)
	}
	if n := s.Stats().WhileBlocked; n == 0 {
		t.Error("a request during a ban is not counted")
	}
	s.Pardon()
	if r, _ := fetch(t, s.RESTURL()+"/fapi/v1/ping"); r.StatusCode != 200 {
		t.Errorf("after the pardon: %d", r.StatusCode)
	}
}

// TestFaultConnections: what breaks below HTTP.
func TestFaultConnections(t *testing.T) {
	s := started(t)
	get := func(kind FaultKind) ([]byte, error) {
		remove := s.Inject(Fault{Kind: kind})
		defer remove()
		r, err := httpClient.Get(s.RESTURL() + "/fapi/v1/exchangeInfo")
		if err != nil {
			return nil, err
		}
		defer r.Body.Close()
		return io.ReadAll(r.Body)
	}
	for _, kind := range []FaultKind{Truncate, ChunkCut} {
		if body, err := get(kind); !errors.Is(err, io.ErrUnexpectedEOF) || len(body) < 1000 {
			t.Errorf("%s: %d bytes, %v", kind, len(body), err)
		}
	}
	if _, err := get(Reset); err == nil {
		t.Error("a reset connection gives an answer")
	}
	if body, err := get(Redirect); err != nil || !strings.Contains(string(body), "Sign in") {
		t.Errorf("redirect: %s, %v", body, err)
	}
}

func TestHangAndDelay(t *testing.T) {
	s := started(t)
	remove := s.Inject(Fault{Kind: Hang})
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.RESTURL()+oneOI, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := httpClient.Do(req); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while hanging: %v", err)
	}
	answered := make(chan int)
	go func() {
		r, err := httpClient.Get(s.RESTURL() + oneOI)
		if err != nil {
			answered <- 0
			return
		}
		_ = r.Body.Close()
		answered <- r.StatusCode
	}()
	remove()
	if status := <-answered; status != 200 {
		t.Errorf("after the fault ended: %d", status)
	}
	defer s.Inject(Fault{Kind: Delay, Wait: 30 * time.Millisecond})()
	began := time.Now()
	fetch(t, s.RESTURL()+oneOI)
	if took := time.Since(began); took < 30*time.Millisecond {
		t.Errorf("answered after %v", took)
	}
}

// TestFaultScope: a fault hits what it names, as often as it says.
func TestFaultScope(t *testing.T) {
	now := someDay
	s := started(t, func(o *Options) { o.Now = func() time.Time { return now } })
	status := func(path string) int {
		r, _ := fetch(t, s.RESTURL()+path)
		return r.StatusCode
	}
	s.Inject(Fault{Kind: Status, Code: 500, PathPrefix: "/fapi/v1/openInterest", Symbol: "BTCUSDT", Times: 2})
	got := []int{status("/fapi/v1/ping"), status("/fapi/v1/openInterest?symbol=ETHUSDT"), status(oneOI), status(oneOI), status(oneOI)}
	for i, want := range []int{200, 200, 500, 500, 200} {
		if got[i] != want {
			t.Errorf("answers %v", got)
			break
		}
	}
	s.Inject(Fault{Kind: Status, Code: 500, For: time.Minute})
	before := status(oneOI)
	now = now.Add(61 * time.Second)
	if after := status(oneOI); before != 500 || after != 200 {
		t.Errorf("a fault of a minute: %d, then %d", before, after)
	}
	remove := s.Inject(Fault{Kind: Status, Code: 500, Share: 0.3})
	hits := 0
	for range 300 {
		if status("/fapi/v1/ping") == 500 {
			hits++
		}
	}
	if hits < 60 || hits > 120 {
		t.Errorf("a share of 0.3 hits %d of 300", hits)
	}
	remove()
	remove() // twice is once
	if got := status(oneOI); got != 200 {
		t.Errorf("after removal: %d", got)
	}
}
