package main

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"openinterest/data/proxy/proxytest"
	"openinterest/data/sim"
)

// live is a simulated exchange whose clock goes as this computer's.
func live(t *testing.T) *sim.Server { return exchangeAt(t, 20, time.Now) }

func TestDoctorIsCleanAndPrintsJSON(t *testing.T) {
	s := live(t)
	got := program(t, append(against(s, "doctor", "--listen", "1s", "--format", "json"), "--archive-url", s.ArchiveURL())...)
	if got.code != 0 || got.err != "" {
		t.Fatalf("exit code %d (%v), and on standard error:\n%s\n%s", got.code, got.fault, got.err, got.out)
	}
	var objects []json.RawMessage
	if err := json.Unmarshal([]byte(got.out), &objects); err != nil || len(objects) < 80 {
		t.Fatalf("%d objects, %v", len(objects), err)
	}
	for _, o := range objects {
		if keys := strings.Join(keysInOrder(t, o), ","); keys != "check,ok,expected,found" {
			t.Fatalf("the fields are %s in %s", keys, o)
		}
		if strings.Contains(string(o), `"ok": false`) {
			t.Errorf("not as expected: %s", o)
		}
	}
}

func TestDoctorSaysWhatFailedAndEndsWithOne(t *testing.T) {
	s := live(t)
	s.Inject(sim.Fault{Kind: sim.Status, Code: 404, PathPrefix: "/archive", Body: "no"})
	dir := filepath.Join(t.TempDir(), "of-ana")
	got := programWith(t.Context(), append(against(s, "doctor", "--listen", "1s", "--data-dir", dir), "--archive-url", s.ArchiveURL())...)
	if got.code != 1 || got.fault == nil || !strings.Contains(got.fault.Error(), "1 of ") {
		t.Errorf("exit code %d (%v)", got.code, got.fault)
	}
	if n := strings.Count(got.out, "FAIL"); n != 1 || !strings.Contains(got.out, "FAIL  archive: list: ") {
		t.Errorf("%d fail:\n%s", n, got.out)
	}
	host, _ := os.Hostname()
	for _, secret := range []string{"127.0.0.1", "of-ana", host} {
		if strings.Contains(got.out, secret) {
			t.Errorf("the report has %q:\n%s", secret, got.out)
		}
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the doctor made a data directory")
	}
}

// By a proxy with a password, from the flag or the settings, all commands reach the
// exchange, and nothing that is printed or logged has the password.
func TestCommandsGoByTheProxy(t *testing.T) {
	s := live(t)
	to := strings.TrimPrefix(s.RESTURL(), "http://")
	const secret = "hunter2-of-ana"
	http := proxytest.HTTP(t, proxytest.Options{To: to, User: "ana", Password: secret})
	socks := proxytest.SOCKS(t, proxytest.Options{To: to, User: "ana", Password: secret})
	named := []string{"--rest-url", "http://exchange.invalid", "--stream-url", "ws://exchange.invalid", "--archive-url", "http://exchange.invalid/archive", "--log-level", "debug", "--lang", "en"}
	kept := t.TempDir()
	if err := os.WriteFile(filepath.Join(kept, "settings.json"), []byte(`{"proxy":"socks5://ana:`+secret+`@`+socks.Host+`"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	for name, test := range map[string]struct {
		args []string
		code int
		asks *proxytest.Proxy
		says string
	}{
		"snapshot by http":          {[]string{"snapshot", "--data-dir", t.TempDir(), "--proxy", "http://ana:" + secret + "@" + http.Host}, 0, http, "BTCUSDT"},
		"snapshot by the settings":  {[]string{"snapshot", "--data-dir", kept}, 0, socks, "BTCUSDT"},
		"the doctor by http":        {[]string{"doctor", "--listen", "1s", "--data-dir", t.TempDir(), "--proxy", "http://ana:" + secret + "@" + http.Host}, 0, http, "ok    proxy: http, with a user name"},
		"backfill by the settings":  {[]string{"backfill", "--symbol", "BTCUSDT", "--data-dir", kept, "--from", time.Now().AddDate(0, 0, -4).Format(time.DateOnly)}, 0, socks, "imported"},
		"another password":          {[]string{"snapshot", "--timeout", "2s", "--data-dir", t.TempDir(), "--proxy", "socks5://ana:" + secret + "x@" + socks.Host}, 1, nil, "The proxy wants a user name and a password"},
		"nobody there":              {[]string{"snapshot", "--timeout", "2s", "--data-dir", t.TempDir(), "--proxy", "http://ana:" + secret + "@" + nobody.Addr().String()}, 1, nil, "No connection to the proxy itself"},
		"an address that is no one": {[]string{"snapshot", "--proxy", "gopher://ana:" + secret + "@host"}, 2, nil, "--proxy"},
	} {
		t.Run(name, func(t *testing.T) {
			got := programWith(t.Context(), append(test.args, named...)...)
			said := got.out + got.err
			if got.fault != nil {
				said += got.fault.Error()
			}
			if got.code != test.code || !strings.Contains(said, test.says) {
				t.Errorf("exit code %d, want %d with %q:\n%.2000s", got.code, test.code, test.says, said)
			}
			if strings.Contains(said, secret) {
				t.Errorf("the password is in\n%s", said)
			}
			if test.asks != nil && len(test.asks.Asked()) == 0 {
				t.Error("the proxy was not asked")
			}
		})
	}
}
