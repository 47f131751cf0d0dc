package binance

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/data/sim"
)

// asked is how each route is asked, by what it is called in expectations.
var asked = map[string]struct {
	expected Expectation
	ask      func(context.Context, *Client) (any, error)
}{
	"contracts":       {ExpectedContracts, func(ctx context.Context, c *Client) (any, error) { return c.Contracts(ctx) }},
	"open interest":   {ExpectedOpenInterest, func(ctx context.Context, c *Client) (any, error) { return c.OpenInterest(ctx, "BTCUSDT") }},
	"24-hour tickers": {ExpectedTickers, func(ctx context.Context, c *Client) (any, error) { return c.Tickers(ctx) }},
	"mark prices":     {ExpectedMarkPrices, func(ctx context.Context, c *Client) (any, error) { return c.MarkPrices(ctx) }},
	"funding terms":   {ExpectedFundingTerms, func(ctx context.Context, c *Client) (any, error) { return c.FundingTerms(ctx) }},
	"open interest history": {ExpectedHistory, func(ctx context.Context, c *Client) (any, error) {
		return c.OpenInterestHistory(ctx, "BTCUSDT", market.Period5m, time.Time{}, time.Time{}, 12)
	}},
	"funding history": {ExpectedFundingHistory, func(ctx context.Context, c *Client) (any, error) {
		return c.FundingHistory(ctx, "BTCUSDT", time.Time{}, time.Time{}, 5)
	}},
	"candles": {ExpectedKlines, func(ctx context.Context, c *Client) (any, error) {
		return c.Klines(ctx, "BTCUSDT", market.Period5m, onGrid.Add(-time.Hour), 5)
	}},
	ratioRoutes[market.LongShortAccounts].what:     {ExpectedRatios[market.LongShortAccounts], asksRatios(market.LongShortAccounts)},
	ratioRoutes[market.TopLongShortAccounts].what:  {ExpectedRatios[market.TopLongShortAccounts], asksRatios(market.TopLongShortAccounts)},
	ratioRoutes[market.TopLongShortPositions].what: {ExpectedRatios[market.TopLongShortPositions], asksRatios(market.TopLongShortPositions)},
	ratioRoutes[market.TakerBuySell].what:          {ExpectedRatios[market.TakerBuySell], asksRatios(market.TakerBuySell)},
}

func asksRatios(kind market.RatioKind) func(context.Context, *Client) (any, error) {
	return func(ctx context.Context, c *Client) (any, error) {
		return c.Ratios(ctx, "BTCUSDT", kind, time.Time{}, time.Time{}, 12)
	}
}

var onGrid = time.Date(2025, 6, 17, 12, 0, 0, 0, time.UTC)

// still is a client whose clock stands still.
func still(t *testing.T, address string) *Client {
	t.Helper()
	c, err := New(Options{RESTURL: address, StreamURL: strings.Replace(address, "http", "ws", 1),
		Now: func() time.Time { return onGrid }, Elapsed: func() time.Duration { return time.Hour }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// outcome is all that an answer leaves behind.
func outcome(t *testing.T, body []byte, ask func(context.Context, *Client) (any, error)) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", onGrid.Format(http.TimeFormat))
		_, _ = w.Write(body)
	}))
	defer server.Close()
	c := still(t, server.URL)
	var i Inspection
	result, err := ask(WithInspection(t.Context(), &i), c)
	if s, ok := result.(*market.Series); ok && s != nil {
		result = s.Points
	}
	return fmt.Sprint(result, err, i.Server, c.Budget().Limit, c.Stats().Dropped)
}

// changed returns an answer with one field of each row taken away (null, in a list),
// and with it changed to another of its type.
func changed(t *testing.T, e Expectation, body []byte, field string) (without, other []byte) {
	t.Helper()
	rewrite := func(change func(row any)) []byte {
		var whole any
		decoder := json.NewDecoder(strings.NewReader(string(body)))
		decoder.UseNumber()
		if err := decoder.Decode(&whole); err != nil {
			t.Fatal(err)
		}
		rows, ok := whole.([]any)
		if in, named := whole.(map[string]any); named && e.In != "" {
			rows = in[e.In].([]any)
		} else if !ok {
			rows = []any{whole}
		}
		for _, row := range rows {
			change(row)
		}
		out, err := json.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	at := 0
	_, _ = fmt.Sscan(field, &at)
	without = rewrite(func(row any) {
		switch row := row.(type) {
		case map[string]any:
			delete(row, field)
		case []any:
			row[at] = nil
		}
	})
	other = rewrite(func(row any) {
		switch row := row.(type) {
		case map[string]any:
			if v, there := row[field]; there {
				row[field] = another(v)
			}
		case []any:
			row[at] = another(row[at])
		}
	})
	return without, other
}

func another(v any) any {
	switch v := v.(type) {
	case json.Number:
		n, _ := v.Int64()
		return n - 1
	case string:
		if x := number(v); market.Known(x) {
			return fmt.Sprint(x*1.01 + 0.001)
		}
		return v + "X"
	case bool:
		return !v
	}
	return "X"
}

// What is listed as expected is what the decoders read, field by field: neither
// more nor less.
func TestExpectationsAreWhatIsRead(t *testing.T) {
	server, err := sim.Start(t.Context(), sim.Options{Contracts: 20, Now: func() time.Time { return onGrid }})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	c := still(t, server.RESTURL())
	for what, route := range asked {
		var i Inspection
		if _, err := route.ask(WithInspection(t.Context(), &i), c); err != nil || i.Status != 200 || i.Body == nil {
			t.Fatalf("%s: %v, %d", what, err, i.Status)
		}
		body := []byte(strings.Replace(string(i.Body), `"limit":2400`, `"limit":1200`, 1)) // other than what holds without it
		expectations := []Expectation{route.expected}
		if what == "contracts" {
			expectations = append(expectations, ExpectedExchange, ExpectedLimits)
		}
		for _, e := range expectations {
			if e.What != what && what != "contracts" {
				t.Errorf("%s is called %s", what, e.What)
			}
			compared, err := e.Compare(body)
			if err != nil || compared.Rows < e.Least || len(compared.New) > 0 {
				t.Errorf("%s: %d rows, new %v, %v", e.What, compared.Rows, compared.New, err)
			}
			before := outcome(t, body, route.ask)
			for _, name := range names(t, e, body) {
				without, other := changed(t, e, body, name)
				read := outcome(t, without, route.ask) != before || outcome(t, other, route.ask) != before
				listed := slices.ContainsFunc(e.Fields, func(f Field) bool { return placeOf(f.Name) == name })
				if read != listed {
					t.Errorf("%s: field %s is read: %t, and expected: %t", e.What, name, read, listed)
				}
				if !listed {
					continue
				}
				compared, _ := e.Compare(without)
				for _, s := range compared.Fields {
					if s.OK() == (placeOf(s.Field.Name) == name && !s.Field.Blank) {
						t.Errorf("%s without %s: %s is seen as %s", e.What, name, s.Field.Name, s)
					}
				}
			}
		}
	}
}

// names are those of the fields of an answer's first row.
func names(t *testing.T, e Expectation, body []byte) []string {
	t.Helper()
	rows, err := e.rowsOf(body)
	if err != nil || len(rows) == 0 {
		t.Fatalf("%s: %d rows, %v", e.What, len(rows), err)
	}
	fields, err := e.fieldsOf(rows[0])
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for name := range fields {
		all = append(all, name)
	}
	return all
}

// The same holds of the stream's events.
func TestExpectedEventsAreWhatIsRead(t *testing.T) {
	event := []byte(`[{"e":"markPriceUpdate","E":1750161600000,"s":"BTCUSDT","p":"67440.10","ap":"67441.00","P":"67442.00","i":"67443.00","r":"0.00010000","T":1750176000000}]`)
	read := func(message []byte) string {
		k := newClock(func() time.Time { return onGrid }, func() time.Duration { return time.Hour }, func(time.Duration) {})
		rows, dropped := newMarkDecoder().decode(message, k, &latestEvents{})
		return fmt.Sprint(rows, dropped)
	}
	e := ExpectedMarkEvents
	before := read(event)
	for _, name := range names(t, e, event) {
		without, other := changed(t, e, event, name)
		is := read(without) != before || read(other) != before
		if listed := slices.ContainsFunc(e.Fields, func(f Field) bool { return f.Name == name }); is != listed {
			t.Errorf("field %s is read: %t, and expected: %t", name, is, listed)
		}
	}
}

func TestComparingNamesWhatIsDifferent(t *testing.T) {
	for _, test := range []struct {
		e    Expectation
		body string
		want string // of the fields that differ
		news string
	}{
		{ExpectedOpenInterest, `{"openInterest":"1","symbol":"A","time":1}`, "", ""},
		{ExpectedOpenInterest, `{"openInterestQty":"1","symbol":"A","time":1}`, "openInterest: missing in 1 of 1 row", "openInterestQty (number in a text)"},
		{ExpectedOpenInterest, `{"openInterest":1.5,"symbol":"A","time":"1"}`, "openInterest: number with decimals in 1 of 1 row; time: number in a text in 1 of 1 row", ""},
		{ExpectedOpenInterest, `{"openInterest":null,"symbol":"","time":1,"Time":2}`, "openInterest: null in 1 of 1 row", "Time (whole number)"},
		{ExpectedTickers, `[{"symbol":"A","lastPrice":"1","priceChangePercent":"-2","quoteVolume":"3"},{"symbol":"B","lastPrice":{},"priceChangePercent":"1","quoteVolume":[]}]`,
			"lastPrice: object in 1 of 2 rows; quoteVolume: list in 1 of 2 rows", ""},
		{ExpectedMarkPrices, `[{"symbol":"A","markPrice":"1","indexPrice":"1","lastFundingRate":"","nextFundingTime":0,"time":true}]`, "time: truth value in 1 of 1 row", ""},
		{ExpectedTickers, `{"symbols":[]}`, "error", ""},
		{ExpectedTickers, `[1]`, "error", ""},
		{ExpectedContracts, `{"contracts":[]}`, "error", ""},
		{ExpectedKlines, `[{}]`, "error", ""},
		{ExpectedOpenInterest, `<html>`, "error", ""},
		{ExpectedOpenInterest, `{"a`, "error", ""},
	} {
		c, err := test.e.Compare([]byte(test.body))
		var parts []string
		for _, s := range c.Fields {
			if !s.OK() {
				parts = append(parts, s.Field.Name+": "+s.String())
			}
		}
		got := strings.Join(parts, "; ")
		if err != nil {
			got = "error"
		}
		if news := strings.Join(c.New, ", "); got != test.want || news != test.news {
			t.Errorf("%s\ngot  %q, new %q (%v)\nwant %q, new %q", test.body, got, news, err, test.want, test.news)
		}
	}
}

func FuzzCompare(f *testing.F) {
	for _, s := range []string{`[]`, `{}`, `[{"symbol":1}]`, `{"symbols":[{"symbol":"A"}]}`, `[[1,"2"]]`, `null`, `[null]`, "\xff", `[{"a":"\ud800"}]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(_ *testing.T, body []byte) {
		for _, e := range []Expectation{ExpectedContracts, ExpectedExchange, ExpectedTickers, ExpectedKlines, ExpectedMarkEvents} {
			c, err := e.Compare(body)
			if err == nil {
				c.Add(c)
			}
		}
	})
}
