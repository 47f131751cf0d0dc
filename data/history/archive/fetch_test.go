package archive

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode"
)

// host is an archive on the loopback interface, and counts what it is asked.
func host(t *testing.T, tls bool, serve http.HandlerFunc) (*httptest.Server, *atomic.Int32) {
	t.Helper()
	var asked atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		serve(w, r)
	}))
	if tls {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s, &asked
}

func open(t *testing.T, s *httptest.Server, log *bytes.Buffer) *Archive {
	t.Helper()
	a, err := New(s.URL, Options{HTTP: s.Client(), Log: slog.New(slog.NewTextHandler(log, nil)), Now: func() time.Time { return dayN(3) }, PerSecond: 1e6})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Redirects are followed within the host, and nowhere else: neither to another
// host or port, nor out of the encrypted connection.
func TestRedirectsStayAtHome(t *testing.T) {
	elsewhere, strangers := host(t, false, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<ListBucketResult/>") })
	var target string
	home, asked := host(t, true, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			fmt.Fprint(w, "<ListBucketResult/>")
			return
		}
		http.Redirect(w, r, target, http.StatusFound)
	})
	var log bytes.Buffer
	a := open(t, home, &log)
	target = "/moved"
	if _, err := a.days(t.Context(), "XUSDT", time.Time{}); err != nil || asked.Load() != 2 {
		t.Errorf("within the host: %v after %d requests", err, asked.Load())
	}
	u, err := url.Parse(home.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, away := range []string{elsewhere.URL + "/moved", "http://" + u.Host + "/moved", "https://localhost:" + u.Port() + "/moved", "ftp://" + u.Host + "/", "/"} {
		target = away
		asked.Store(0)
		if _, err := a.days(t.Context(), "XUSDT", time.Time{}); err == nil || strangers.Load() != 0 {
			t.Errorf("to %s: %v, %d requests there", away, err, strangers.Load())
		}
		if away != "/" && asked.Load() != 1 {
			t.Errorf("to %s: %d requests, since it may be better the next time", away, asked.Load())
		}
	}
}

// A password in the address is used, and seen nowhere.
func TestPasswordsAreNotShown(t *testing.T) {
	for _, address := range []string{"ftp://me:s3cret@host/", "http://me:s3cret@", "http://me:s3cret@host/?a=b", "http://me:s3%cret@host/", "me:s3cret@host", "http://me:s3cret@host:port/"} {
		if _, err := New(address, Options{}); err == nil || strings.Contains(err.Error(), "s3") || strings.Contains(err.Error(), "me:") {
			t.Errorf("%q: %v", address, err)
		}
	}
	var user, password string
	var answer http.HandlerFunc
	s, _ := host(t, false, func(w http.ResponseWriter, r *http.Request) {
		user, password, _ = r.BasicAuth()
		answer(w, r)
	})
	s.URL = strings.Replace(s.URL, "http://", "http://me:s3cret@", 1)
	var log bytes.Buffer
	a := open(t, s, &log)
	for name, how := range map[string]http.HandlerFunc{
		"refused": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) },
		"long":    func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(make([]byte, maxListing+2)) },
		"away": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://other.invalid/", http.StatusFound)
		},
		"circle":  func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, s.URL+r.URL.Path, http.StatusFound) },
		"no list": func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<html>") },
	} {
		answer = how
		r, err := a.Import(t.Context(), newShelf(), Request{Symbol: "XUSDT", From: dayN(1), To: dayN(1)})
		said := fmt.Sprint(err, r.Failures, log.String())
		if err == nil && len(r.Failures) == 0 || strings.Contains(said, "s3cret") || strings.Contains(said, "me:") {
			t.Errorf("%s: it says %s", name, said)
		}
		if user != "me" || password != "s3cret" {
			t.Errorf("it came as %q, %q", user, password)
		}
		log.Reset()
	}
}

// Whatever an archive writes reaches a terminal as text.
func TestNothingUnprintableIsShown(t *testing.T) {
	const evil = "\x1b]0;owned\x07\u202e\x9b"
	var answer http.HandlerFunc
	s, _ := host(t, false, func(w http.ResponseWriter, r *http.Request) { answer(w, r) })
	var log bytes.Buffer
	a := open(t, s, &log)
	hijack := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			fmt.Fprint(c, text)
		}
	}
	for name, how := range map[string]http.HandlerFunc{
		"status":     hijack("HTTP/1.1 403 " + evil + "\r\nContent-Length: 0\r\n\r\n"),
		"list":       func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<A&"+evil+";>") },
		"root":       func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<"+evil+"/>") },
		"check line": func(w http.ResponseWriter, r *http.Request) { serveFile(w, r, evil+" "+evil, nil) },
		"check name": func(w http.ResponseWriter, r *http.Request) { serveFile(w, r, strings.Repeat("ab", 32)+"  "+evil, nil) },
		"member": func(w http.ResponseWriter, r *http.Request) {
			file := zipOf(evil, []byte("x"))
			serveFile(w, r, digestOf(file)+"  XUSDT-metrics-2025-12-02.zip", file)
		},
	} {
		answer = how
		r, err := a.Import(t.Context(), newShelf(), Request{Symbol: "XUSDT", From: dayN(1), To: dayN(1)})
		said := fmt.Sprint(err, r.Failures)
		if err == nil && len(r.Failures) == 0 {
			t.Errorf("%s: it was taken", name)
		}
		for _, c := range said + strings.ReplaceAll(log.String(), "\n", "") {
			if !unicode.IsPrint(c) {
				t.Errorf("%s: %q shows %q", name, said, c)
				break
			}
		}
		log.Reset()
	}
	answer = hijack(evil + "\r\n\r\n") // this is tried again, with pauses
	if _, err := a.once(t.Context(), s.URL, 1); err == nil || strings.ContainsFunc(err.Error(), func(c rune) bool { return !unicode.IsPrint(c) }) {
		t.Errorf("no HTTP: %q", err)
	}
	said := (&Problem{Kind: BadFile, What: "importing " + evil, Err: errors.New(strings.Repeat(evil, 1000))}).Error()
	if len(said) > 2000 || strings.ContainsFunc(said, func(c rune) bool { return !unicode.IsPrint(c) }) {
		t.Errorf("%d bytes: %q", len(said), said)
	}
	for text, want := range map[string]string{`"abc-1"`: "abc-1", evil: "", "a b": "", strings.Repeat("a", 200): ""} {
		if got := etagOf(text); got != want {
			t.Errorf("an ETag %q is kept as %q", text, got)
		}
	}
}

// serveFile serves a list with one day, its checksum line and its file.
func serveFile(w http.ResponseWriter, r *http.Request, check string, file []byte) {
	switch {
	case r.URL.Query().Has("list-type"):
		fmt.Fprint(w, "<ListBucketResult><Contents><Key>"+metricsPath+"XUSDT/XUSDT-metrics-2025-12-02.zip</Key></Contents></ListBucketResult>")
	case strings.HasSuffix(r.URL.Path, ".CHECKSUM"):
		fmt.Fprintln(w, check)
	default:
		_, _ = w.Write(file)
	}
}

// Each kind of file has its own limit; what is packed for the way isn't unpacked.
func TestBodiesHaveALimitByKind(t *testing.T) {
	var file, check []byte
	packed := false
	var served atomic.Int64
	s, _ := host(t, false, func(w http.ResponseWriter, r *http.Request) {
		count := func(b []byte) {
			if packed {
				w.Header().Set("Content-Encoding", "gzip")
				z := gzip.NewWriter(w)
				defer z.Close()
				_, _ = z.Write(b)
				return
			}
			for len(b) > 0 {
				n, err := w.Write(b[:min(len(b), 64<<10)])
				served.Add(int64(n))
				if err != nil {
					return
				}
				b = b[n:]
			}
		}
		switch {
		case r.URL.Query().Has("list-type"):
			fmt.Fprint(w, "<ListBucketResult><Contents><Key>"+metricsPath+"XUSDT/XUSDT-metrics-2025-12-02.zip</Key></Contents></ListBucketResult>")
		case strings.HasSuffix(r.URL.Path, ".CHECKSUM"):
			count(check)
		default:
			count(file)
		}
	})
	var log bytes.Buffer
	a := open(t, s, &log)
	good := zipOf("XUSDT-metrics-2025-12-02.csv", []byte(tableOf("XUSDT", dayN(1))))
	line := func(file []byte) []byte { return []byte(digestOf(file) + "  XUSDT-metrics-2025-12-02.zip\n") }
	for name, c := range map[string]struct {
		check, file []byte
		packed      bool
		most        int64
		ok          bool
	}{
		"good":                 {line(good), good, false, 0, true},
		"a checksum of 32 MB":  {make([]byte, 32<<20), good, false, 12 << 20, false},
		"a file of 32 MB":      {line(good), make([]byte, 32<<20), false, 12 << 20, false},
		"a checksum, packed":   {make([]byte, 32<<20), good, true, 0, false},
		"a day's file, packed": {line(good), make([]byte, 32<<20), true, 0, false},
	} {
		check, file, packed = c.check, c.file, c.packed
		served.Store(0)
		r, err := a.Import(t.Context(), newShelf(), Request{Symbol: "XUSDT"})
		if err != nil || (r.Done == 1) != c.ok {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		if n := served.Load(); c.most > 0 && n > c.most { // twice the limit, and what the sockets hold
			t.Errorf("%s: %d bytes were taken", name, n)
		}
	}
}
