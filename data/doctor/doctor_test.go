package doctor

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"openinterest/data/binance"
	"openinterest/data/history/archive"
	"openinterest/data/proxy"
	"openinterest/data/proxy/proxytest"
	"openinterest/data/sim"
)

// subject is an exchange, and what stands between it and the doctor.
type subject struct {
	t      *testing.T
	server *sim.Server
	change func(path string, body []byte) []byte // of REST answers; nil: none

	rest, stream, archive string // addresses other than the server's own
	way                   string // of a proxy
	dir                   string
	private               []string
	display               error
}

func newSubject(t *testing.T, o sim.Options) *subject {
	t.Helper()
	o.Contracts, o.StreamEvery = 20, 50*time.Millisecond
	s, err := sim.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return &subject{t: t, server: s, dir: t.TempDir(), stream: s.StreamURL(), archive: s.ArchiveURL()}
}

// report is what the doctor says of the subject.
func (p *subject) report() []Check {
	p.t.Helper()
	target, err := url.Parse(p.server.RESTURL())
	if err != nil {
		p.t.Fatal(err)
	}
	between := httputil.NewSingleHostReverseProxy(target)
	between.ModifyResponse = func(res *http.Response) error {
		if p.change == nil {
			return nil
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			return err
		}
		body = p.change(res.Request.URL.Path, body)
		res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		res.Header.Del("Content-Length")
		return nil
	}
	front := httptest.NewServer(between)
	defer front.Close()
	if p.rest == "" {
		p.rest = front.URL
	}
	way := proxy.New(p.way)
	client, err := binance.New(binance.Options{RESTURL: p.rest, StreamURL: p.stream, Dial: way.DialContext})
	if err != nil {
		p.t.Fatal(err)
	}
	defer client.Close()
	files, err := archive.New(p.archive, archive.Options{Dial: way.DialContext, Now: client.Now})
	if err != nil {
		p.t.Fatal(err)
	}
	return Run(p.t.Context(), Options{
		Client: client, Archive: files, Program: "a test", Way: "none", DataDir: p.dir, Stream: 300 * time.Millisecond, Private: p.private,
		Display: func(context.Context) (string, error) { return "X11", p.display },
	})
}

// failing are the lines that are not as expected.
func failing(checks []Check) (lines []string) {
	for _, c := range checks {
		if !c.OK {
			lines = append(lines, c.Check+" | "+c.Expected+" | "+c.Found)
		}
	}
	return lines
}

func only(t *testing.T, checks []Check, want string) {
	t.Helper()
	lines := failing(checks)
	if len(lines) != 1 || !strings.HasPrefix(lines[0], want) {
		t.Errorf("not as expected are\n\t%s\nwant only\n\t%s", strings.Join(lines, "\n\t"), want)
	}
}

// Where all is well, nothing is found, and each expectation has a line.
func TestAWellExchange(t *testing.T) {
	checks := newSubject(t, sim.Options{EnforceBudgets: true}).report()
	if lines := failing(checks); len(lines) > 0 {
		t.Errorf("not as expected are\n%s", strings.Join(lines, "\n"))
	}
	said := map[string]bool{}
	for _, c := range checks {
		if said[c.Check] {
			t.Errorf("%s is said twice", c.Check)
		}
		said[c.Check] = true
		if c.Expected == "" || c.Found == "" {
			t.Errorf("%s: expected %q, found %q", c.Check, c.Expected, c.Found)
		}
	}
	for _, e := range []binance.Expectation{binance.ExpectedContracts, binance.ExpectedExchange, binance.ExpectedLimits, binance.ExpectedOpenInterest,
		binance.ExpectedHistory, binance.ExpectedTickers, binance.ExpectedMarkPrices, binance.ExpectedFundingTerms, binance.ExpectedFundingHistory,
		binance.ExpectedKlines, binance.ExpectedMarkEvents} {
		for _, f := range e.Fields {
			if !said[e.What+": field "+f.Name] {
				t.Errorf("%s, field %s has no line", e.What, f.Name)
			}
		}
	}
	for _, name := range []string{"clock: this computer", "clock: Date header", "limits: REQUEST_WEIGHT", "24-hour tickers: weight", "stream: messages", "stream: contracts",
		"archive: list", "archive: file", "archive: columns", "disk: data directory", "disk: free space", "display", "proxy", "program"} {
		if !said[name] {
			t.Errorf("%s has no line", name)
		}
	}
	for _, c := range checks {
		if c.Check == "24-hour tickers: weight" && c.Found != "40" && !strings.Contains(c.Found, "cannot be told") {
			t.Errorf("tickers are said to cost %s", c.Found)
		}
	}
}

// replace changes one answer, and fails where there is nothing to change.
func replace(t *testing.T, path, old, with string) func(string, []byte) []byte {
	return func(asked string, body []byte) []byte {
		if asked != path {
			return body
		}
		if !strings.Contains(string(body), old) {
			t.Errorf("there is no %s in %.200s", old, body)
		}
		return []byte(strings.ReplaceAll(string(body), old, with))
	}
}

// Each fault is named by one line, and nothing else is.
func TestWhatIsWrongIsNamedAndNothingElse(t *testing.T) {
	for name, test := range map[string]struct {
		options sim.Options
		spoil   func(*testing.T, *subject)
		want    string
	}{
		"a field renamed": {sim.Options{}, func(t *testing.T, p *subject) {
			p.change = replace(t, "/fapi/v1/openInterest", `"openInterest"`, `"openInterestQty"`)
		}, "open interest: field openInterest | number in a text | missing in 1 of 1 row; new is openInterestQty (number in a text)"},
		"a field renamed in a list": {sim.Options{}, func(t *testing.T, p *subject) {
			p.change = replace(t, "/fapi/v1/ticker/24hr", `"quoteVolume"`, `"quoteVol"`)
		}, "24-hour tickers: field quoteVolume | number in a text | missing in "},
		"a number retyped": {sim.Options{}, func(t *testing.T, p *subject) {
			p.change = replace(t, "/fapi/v1/fundingRate", `"fundingTime":1`, `"fundingTime":0.1e1`)
		}, "funding history: field fundingTime | whole number | number with decimals in 10 of 10 rows"},
		"a number in a text retyped, which the decoders mend": {sim.Options{}, func(t *testing.T, p *subject) {
			p.change = func(path string, body []byte) []byte {
				if path != "/fapi/v1/openInterest" {
					return body
				}
				return bytes.Replace(bytes.Replace(body, []byte(`"openInterest":"`), []byte(`"openInterest":`), 1), []byte(`","symbol"`), []byte(`,"symbol"`), 1)
			}
		}, "open interest: field openInterest | number in a text | number with decimals in 1 of 1 row"},
		"the clock off": {sim.Options{Now: func() time.Time { return time.Now().Add(3 * time.Hour) }}, nil,
			"clock: this computer | within 2s of the exchange's | 3h0m0s behind"},
		"the Date header off": {sim.Options{}, func(_ *testing.T, p *subject) { p.server.Inject(sim.Fault{Kind: sim.WrongDate, Shift: -time.Hour}) },
			"clock: Date header | within 2s of serverTime | "},
		"the stream silent": {sim.Options{}, func(_ *testing.T, p *subject) { p.server.Inject(sim.Fault{Kind: sim.StreamSilent}) },
			"stream: messages | messages each second, at most 4s apart | 0, then timed out"},
		"the stream refused": {sim.Options{}, func(_ *testing.T, p *subject) { p.server.Inject(sim.Fault{Kind: sim.StreamRefuse, Code: 404}) },
			"stream: handshake | a connection | bad answer"},
		"the archive has nothing": {sim.Options{}, func(_ *testing.T, p *subject) {
			p.server.Inject(sim.Fault{Kind: sim.Status, Code: 404, PathPrefix: "/archive", Body: "no"})
		}, "archive: list | days, the newest at most 4 days ago | "},
		"the archive lacks a file that it lists": {sim.Options{}, func(_ *testing.T, p *subject) {
			p.server.Inject(sim.Fault{Kind: sim.Status, Code: 404, PathPrefix: "/archive/data", Body: "no"})
		}, "archive: file | a table of a day, whose checksum is right | "},
		"another limit": {sim.Options{}, func(t *testing.T, p *subject) {
			p.change = replace(t, "/fapi/v1/exchangeInfo", `"limit":2400`, `"limit":1200`)
		}, "limits: REQUEST_WEIGHT | 2400 in 1 MINUTE | 1200 in 1 MINUTE"},
		"a route refused": {sim.Options{}, func(_ *testing.T, p *subject) {
			p.server.Inject(sim.Fault{Kind: sim.Status, Code: 403, PathPrefix: "/futures/data/openInterestHist"})
		}, "open interest history: answer | HTTP 200 | refused firewall"},
		"a display that does not answer": {sim.Options{}, func(_ *testing.T, p *subject) { p.display = errors.New("it does not answer") },
			"display | one that answers, or none | it does not answer"},
		"a data directory that is a file": {sim.Options{}, func(t *testing.T, p *subject) {
			p.dir = filepath.Join(p.dir, "file")
			if err := os.WriteFile(p.dir, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}, "disk: data directory | it can be written to | a file stands where a folder should"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newSubject(t, test.options)
			if test.spoil != nil {
				test.spoil(t, p)
			}
			only(t, p.report(), test.want)
		})
	}
}

// A new field is named, and is no fault.
func TestNewFieldsAreNamed(t *testing.T) {
	p := newSubject(t, sim.Options{})
	p.change = replace(t, "/fapi/v1/openInterest", `"symbol"`, `"Time":5,"sides":"both","symbol"`)
	checks := p.report()
	if lines := failing(checks); len(lines) > 0 {
		t.Errorf("not as expected are %v", lines)
	}
	for _, c := range checks {
		if c.Check == "open interest: new fields" && c.Found != "Time (whole number), sides (text)" {
			t.Errorf("new fields: %s", c.Found)
		}
	}
}

// The doctor goes by the proxy, and what a proxy refuses names no secret, as
// nothing private is in any line.
func TestTheDoctorGoesByTheProxyAndTellsNothingPrivate(t *testing.T) {
	p := newSubject(t, sim.Options{})
	to := strings.TrimPrefix(p.server.RESTURL(), "http://")
	p.rest, p.stream, p.archive = "http://exchange.invalid", "ws://exchange.invalid", "http://exchange.invalid/archive"
	good := proxytest.SOCKS(t, proxytest.Options{To: to, User: "mallory", Password: "s3cr3t"})
	p.way = "socks5://mallory:s3cr3t@" + good.Host
	if lines := failing(p.report()); len(lines) > 0 {
		t.Errorf("by the proxy, not as expected are %v", lines)
	}
	if len(good.Asked()) == 0 {
		t.Error("the proxy was not asked")
	}
	bad := proxytest.HTTP(t, proxytest.Options{To: to, User: "mallory", Password: "another"})
	p.way = "http://mallory:s3cr3t@" + bad.Host
	p.private = []string{"exchange.invalid", "mallory", p.dir}
	p.dir = filepath.Join(p.dir, "x\x00y") // no folder's name: the error would have it
	var report strings.Builder
	checks := p.report()
	if err := Write(&report, checks); err != nil {
		t.Fatal(err)
	}
	if len(failing(checks)) < 10 || !strings.Contains(report.String(), "FAIL  contracts: answer: expected HTTP 200; found proxy login (the proxy (address) does not take this user name and password (407))") {
		t.Errorf("the report says\n%s", report.String())
	}
	for _, secret := range []string{"s3cr3t", "mallory", "127.0.0.1", "exchange.invalid", bad.Host, filepath.Dir(p.dir)} {
		if strings.Contains(report.String(), secret) {
			t.Errorf("the report has %q:\n%s", secret, report.String())
		}
	}
}

func TestScrub(t *testing.T) {
	d := &doctor{o: Options{Private: []string{"ana", "/home/ana", "anas-laptop"}}}
	for text, want := range map[string]string{
		"dial tcp 10.1.2.3:443: refused":                "dial tcp (address): refused",
		"lookup x on [fe80::1%eth0]:53 and ::1":         "lookup x on (address) and (address)",
		"open /home/ana/x by ana, not banana":           "open (private)/x by (private), not banana",
		"until 2026-12-01T13:26:31.5Z, [2001:db8::7]:1": "until 2026-12-01T13:26:31.5Z, (address)",
		"anas-laptop said\nhi\x1b[31m":                  "(private) said hi\uFFFD[31m",
		"https://u:p@host refused at 12:04:09, v0.1.0":  "https://host refused at 12:04:09, v0.1.0",
		"stream: field e: text in 5697 rows":            "stream: field e: text in 5697 rows",
		"20 of the last 30 days, the newest 2026-11-30": "20 of the last 30 days, the newest 2026-11-30",
	} {
		if got := d.scrub(text); got != want {
			t.Errorf("%q\nbecomes %q\nwant    %q", text, got, want)
		}
	}
}

// What others spend behind the address makes costs unknowable, not wrong; one
// cost that is wrong while the others are right is named.
func TestCosts(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 10, 0, time.UTC)
	costs := func(used ...int) *doctor {
		d := &doctor{}
		for i, u := range used {
			d.costs = append(d.costs, cost{what: string(rune('a' + i)), weight: 1, used: u, from: at, to: at, answered: true})
		}
		d.weights(t.Context())
		return d
	}
	if lines := failing(costs(1, 2, 3, 4).checks); len(lines) > 0 {
		t.Errorf("right costs: %v", lines)
	}
	only(t, costs(1, 2, 7, 8).checks, "c: weight | 1 | 5")
	if lines := failing(costs(100, 140, 190, 230).checks); len(lines) > 0 {
		t.Errorf("with others: %v", lines)
	}
	if lines := failing(costs(100, 101, 2, 3).checks); len(lines) > 0 {
		t.Errorf("over the minute: %v", lines)
	}
	at = at.Add(49500 * time.Millisecond) // when it may be this minute or the next
	if lines := failing(costs(1, 1, 41, 42).checks); len(lines) > 0 {
		t.Errorf("at the turn of the minute: %v", lines)
	}
	at = at.Add(time.Minute / 2)
	only(t, costs(1, -1, 3, 4).checks, "b: weight | 1 | the answer does not say what is used")
}
