package binance

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/adshao/go-binance/v2/common"

	"openinterest/data/market"
)

// exchange answers every request with handler, over loopback.
func exchange(t *testing.T, handler http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	c, err := New(Options{RESTURL: server.URL, UserAgent: "openinterest/test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// says is an exchange that always says the same.
func says(t *testing.T, status int, body string, headers ...string) *Client {
	return exchange(t, func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

func problemOf(t *testing.T, err error) *market.Problem {
	t.Helper()
	p := market.ProblemOf(err)
	if p == nil {
		t.Fatalf("got %v, want a problem", err)
	}
	return p
}

const goodInterest = `{"openInterest":"83782.317","symbol":"BTCUSDT","time":1702244985273}`

func TestOpenInterest(t *testing.T) {
	c := exchange(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/fapi/v1/openInterest" || r.URL.Query().Get("symbol") != "币安人生USDT" {
			t.Errorf("asked for %s", r.URL)
		}
		if agent := r.Header.Get("User-Agent"); agent != "openinterest/test" {
			t.Errorf("User-Agent %q", agent)
		}
		w.Header().Set("X-MBX-USED-WEIGHT-1M", "1234")
		_, _ = io.WriteString(w, `{"openInterest":"1.5e3","symbol":"币安人生USDT","time":1702244985273}`)
	})
	got, err := c.OpenInterest(t.Context(), "币安人生USDT")
	if err != nil {
		t.Fatal(err)
	}
	if got.Contracts != 1500 || got.Changed.UnixMilli() != 1702244985273 || got.Received.IsZero() {
		t.Errorf("got %+v", got)
	}
	if b := c.Budget(); b.Used != 1234 || b.Own != 1 {
		t.Errorf("budget %+v", b)
	}
	if n := c.Stats().Requests["/fapi/v1/openInterest"]; n != 1 {
		t.Errorf("%d requests counted", n)
	}
}

// What the other end may say, and what becomes of it.
func TestRefusals(t *testing.T) {
	const restricted = `{"code":0,"msg":"Service unavailable from a restricted location according to 'b. Eligibility' in the terms."}`
	banEnd := time.Now().Add(5 * time.Minute).UnixMilli()
	for name, test := range map[string]struct {
		status  int
		body    string
		headers []string
		kind    market.ProblemKind
		least   time.Duration // until problem.Until; both zero: no time is given
		most    time.Duration
	}{
		"429 with seconds":                      {429, `{"code":-1003,"msg":"Too many requests"}`, []string{"Retry-After", "17"}, market.LimitedUntil, 16 * time.Second, 18 * time.Second},
		"429 without":                           {429, `{"code":-1003,"msg":"Too many requests"}`, nil, market.LimitedUntil, 0, 0},
		"429 of a network":                      {429, "<html>Too Many Requests</html>", []string{"Retry-After", "5"}, market.LimitedUntil, 4 * time.Second, 6 * time.Second},
		"429 absurd":                            {429, ``, []string{"Retry-After", "99999999999999999999"}, market.LimitedUntil, 59 * time.Minute, time.Hour},
		"429 negative":                          {429, ``, []string{"Retry-After", "-30"}, market.LimitedUntil, 0, 0},
		"429 garbage":                           {429, ``, []string{"Retry-After", "soon"}, market.LimitedUntil, 0, 0},
		"418 with seconds":                      {418, `{"code":-1003,"msg":"banned"}`, []string{"Retry-After", "600"}, market.BannedUntil, 599 * time.Second, 601 * time.Second},
		"418 with an epoch":                     {418, fmt.Sprintf(`{"code":-1003,"msg":"Way too many requests; IP(1.2.3.4) banned until %d. Please use the websocket."}`, banEnd), nil, market.BannedUntil, 299 * time.Second, 301 * time.Second},
		"418 with both":                         {418, fmt.Sprintf(`{"code":-1003,"msg":"banned until %d"}`, banEnd), []string{"Retry-After", "10"}, market.BannedUntil, 299 * time.Second, 301 * time.Second},
		"418 without":                           {418, ``, nil, market.BannedUntil, 0, 0},
		"418 for years":                         {418, `{"code":-1003,"msg":"banned until 9999999999999"}`, nil, market.BannedUntil, 71 * time.Hour, 73 * time.Hour},
		"429 with a ban":                        {429, fmt.Sprintf(`{"code":-1003,"msg":"IP banned until %d"}`, banEnd), nil, market.BannedUntil, 299 * time.Second, 301 * time.Second},
		"403":                                   {403, `<html>403 Forbidden</html>`, nil, market.RefusedFirewall, 0, 0},
		"451":                                   {451, restricted, nil, market.RefusedLocation, 0, 0},
		"451 with text":                         {451, `Unavailable For Legal Reasons`, nil, market.RefusedLocation, 0, 0},
		"location under 200":                    {200, restricted, nil, market.RefusedLocation, 0, 0},
		"location under 403":                    {403, `<HTML>The Amazon CloudFront distribution is configured to block access from your country.</HTML>`, nil, market.RefusedLocation, 0, 0},
		"unknown symbol":                        {400, `{"code":-1121,"msg":"Invalid symbol."}`, nil, market.UnknownSymbol, 0, 0},
		"unknown symbol, 200":                   {200, `{"code":-1121,"msg":"Invalid symbol."}`, nil, market.UnknownSymbol, 0, 0},
		"code in quotes":                        {200, `{"code":"-1121","msg":7}`, nil, market.UnknownSymbol, 0, 0},
		"delisted":                              {400, `{"code":-4108,"msg":"This symbol is delivering or delivered or settled."}`, nil, market.UnknownSymbol, 0, 0},
		"limit under 200":                       {200, `{"code":-1003,"msg":"Too many requests"}`, nil, market.LimitedUntil, 0, 0},
		"bad parameter":                         {400, `{"code":-1130,"msg":"parameter 'startTime' is invalid."}`, nil, market.BadAnswer, 0, 0},
		"no such path":                          {404, `{"code":-5000,"msg":"Path is invalid"}`, nil, market.BadAnswer, 0, 0},
		"fault":                                 {500, `{"code":-1000,"msg":"An unknown error occurred"}`, nil, market.ExchangeDown, 0, 0},
		"fault under 400":                       {400, `{"code":-1001,"msg":"Internal error"}`, nil, market.ExchangeDown, 0, 0},
		"gateway":                               {502, `<html><h1>502 Bad Gateway</h1></html>`, nil, market.ExchangeDown, 0, 0},
		"fault on a page that names a location": {500, `<p>Not available from a restricted location</p>`, nil, market.ExchangeDown, 0, 0},
		"maintenance with time":                 {503, ``, []string{"Retry-After", "30"}, market.ExchangeDown, 29 * time.Second, 31 * time.Second},
		"proxy wants a password":                {407, ``, nil, market.Unreachable, 0, 0},
		"network wants a login":                 {511, `<html>`, nil, market.Unreachable, 0, 0},
		"login page":                            {302, ``, []string{"Location", "http://portal.invalid/login"}, market.BadAnswer, 0, 0},
		"null":                                  {200, `null`, nil, market.BadAnswer, 0, 0},
		"null and space":                        {200, " null\n", nil, market.BadAnswer, 0, 0},
		"nothing":                               {200, ``, nil, market.BadAnswer, 0, 0},
		"no content":                            {204, ``, nil, market.BadAnswer, 0, 0},
		"a page":                                {200, `<html>maintenance</html>`, nil, market.BadAnswer, 0, 0},
		"half":                                  {200, `{"openInterest":"83782.3`, nil, market.BadAnswer, 0, 0},
		"empty object":                          {200, `{}`, nil, market.BadAnswer, 0, 0},
		"a list":                                {200, `[]`, nil, market.BadAnswer, 0, 0},
		"another symbol":                        {200, `{"openInterest":"1","symbol":"ETHUSDT","time":1702244985273}`, nil, market.BadAnswer, 0, 0},
		"no symbol":                             {200, `{"openInterest":"1","time":1702244985273}`, nil, market.BadAnswer, 0, 0},
		"negative":                              {200, `{"openInterest":"-1","symbol":"BTCUSDT","time":1702244985273}`, nil, market.BadAnswer, 0, 0},
		"not a number":                          {200, `{"openInterest":"NaN","symbol":"BTCUSDT","time":1702244985273}`, nil, market.BadAnswer, 0, 0},
		"infinite":                              {200, `{"openInterest":"Infinity","symbol":"BTCUSDT","time":1702244985273}`, nil, market.BadAnswer, 0, 0},
		"beyond numbers":                        {200, `{"openInterest":"1e999","symbol":"BTCUSDT","time":1702244985273}`, nil, market.BadAnswer, 0, 0},
		"no number":                             {200, `{"symbol":"BTCUSDT","time":1702244985273}`, nil, market.BadAnswer, 0, 0},
		"number is an object":                   {200, `{"openInterest":{"a":1},"symbol":"BTCUSDT","time":1702244985273}`, nil, market.BadAnswer, 0, 0},
		"time zero":                             {200, `{"openInterest":"1","symbol":"BTCUSDT","time":0}`, nil, market.BadAnswer, 0, 0},
		"time negative":                         {200, `{"openInterest":"1","symbol":"BTCUSDT","time":-5}`, nil, market.BadAnswer, 0, 0},
		"time in letters":                       {200, `{"openInterest":"1","symbol":"BTCUSDT","time":"today"}`, nil, market.BadAnswer, 0, 0},
		"something after":                       {200, goodInterest + goodInterest, nil, market.BadAnswer, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c := says(t, test.status, test.body, test.headers...)
			_, err := c.OpenInterest(t.Context(), "BTCUSDT")
			p := problemOf(t, err)
			if p.Kind != test.kind {
				t.Errorf("kind %s, want %s (%v)", p.Kind, test.kind, err)
			}
			wait := p.Until.Sub(c.Now())
			if test.most == 0 && !p.Until.IsZero() || test.most != 0 && (wait < test.least-2*time.Second || wait > test.most) {
				t.Errorf("asked to wait %s, want %s to %s", wait, test.least, test.most)
			}
			if !strings.HasPrefix(p.Error(), "open interest of BTCUSDT: ") {
				t.Errorf("the error does not say what was attempted: %v", p)
			}
			if p.Err == nil || len(p.Error()) > 600 {
				t.Errorf("the details are missing or endless: %.700s", p)
			}
			if told := test.most != 0; p.Told != told {
				t.Errorf("the exchange named the time: %v, want %v", p.Told, told)
			}
			want := false
			switch test.kind {
			case market.LimitedUntil, market.BannedUntil, market.RefusedFirewall, market.RefusedLocation:
				want = true
			}
			if blocked := !c.Budget().BlockedUntil.IsZero(); blocked != want {
				t.Errorf("all requests blocked: %v, want %v", blocked, want)
			}
		})
	}
}

// Nobody named a symbol, so none can be unknown.
func TestWholeMarketKnowsNoUnknownSymbol(t *testing.T) {
	_, err := says(t, 200, `{"code":-1121,"msg":"Invalid symbol."}`).Tickers(t.Context())
	if p := problemOf(t, err); p.Kind != market.BadAnswer {
		t.Errorf("kind %s", p.Kind)
	}
}

func TestRefusalKeepsItsCause(t *testing.T) {
	_, err := says(t, 400, `{"code":-1121,"msg":"Invalid symbol."}`).OpenInterest(t.Context(), "BTCUSDT")
	var e *common.APIError
	if !errors.As(err, &e) || e.Code != -1121 {
		t.Errorf("the exchange's error is not in the chain of %v", err)
	}
}

func TestHarmlessDeviationsAreUnderstood(t *testing.T) {
	for name, body := range map[string]string{
		"as documented":        goodInterest,
		"time in quotes":       `{"openInterest":"83782.317","symbol":"BTCUSDT","time":"1702244985273"}`,
		"time with fraction":   `{"openInterest":"83782.317","symbol":"BTCUSDT","time":1702244985273.0}`,
		"number, no quotes":    `{"openInterest":83782.317,"symbol":"BTCUSDT","time":1702244985273}`,
		"with an exponent":     `{"openInterest":"8.3782317e4","symbol":"BTCUSDT","time":1.702244985273E12}`,
		"another case besides": `{"openInterest":"83782.317","OpenInterest":"1","symbol":"BTCUSDT","SYMBOL":"X","ſymbol":"X","time":1702244985273,"Time":"1"}`,
		"more fields":          `{"openInterest":"83782.317","symbol":"BTCUSDT","time":1702244985273,"x":[{}]}`,
		"a field twice":        `{"time":1,"openInterest":"83782.317","symbol":"BTCUSDT","time":1702244985273}`,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := says(t, 200, body).OpenInterest(t.Context(), "BTCUSDT")
			if err != nil || got.Contracts != 83782.317 || got.Changed.UnixMilli() != 1702244985273 {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestBlockedRequestsAreNotSent(t *testing.T) {
	requests := 0
	c := exchange(t, func(w http.ResponseWriter, _ *http.Request) {
		requests++
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(429)
	})
	_, first := c.Tickers(t.Context())
	_, second := c.OpenInterest(t.Context(), "BTCUSDT")
	if requests != 1 {
		t.Errorf("%d requests were sent", requests)
	}
	a, b := problemOf(t, first), problemOf(t, second)
	if b.Kind != market.LimitedUntil || !b.Until.Equal(a.Until) || b.What != "open interest of BTCUSDT" {
		t.Errorf("the second got %v after %v", b, a)
	}
}

func TestMalformedRowsAreLoggedOnce(t *testing.T) {
	var log bytes.Buffer
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `[{"symbol":"A","markPrice":"1"},{"symbol":"B","markPrice":"-1"},{"symbol":"C","markPrice":"0"},7,[],"x"]`)
	}))
	defer server.Close()
	c, err := New(Options{RESTURL: server.URL, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if rows, err := c.MarkPrices(t.Context()); err != nil || len(rows) != 1 {
			t.Fatalf("got %v, %v", rows, err)
		}
	}
	if n := strings.Count(log.String(), "\n"); n != 2 {
		t.Errorf("%d lines logged, want one a kind:\n%s", n, log.String())
	}
	dropped := c.Stats().Dropped
	if dropped["mark prices: unusable number"] != 6 || dropped["mark prices: no such row"] != 9 {
		t.Errorf("dropped %v", dropped)
	}
}
