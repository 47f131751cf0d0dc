package doctor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"openinterest/data/binance"
	"openinterest/data/market"
)

// Bounds of what is expected of answers.
const (
	askedRows   = 500              // of history: as many as there are in one answer
	latestStamp = 30 * time.Minute // by which the newest stamp of history may be old
	candleSpan  = 2 * time.Hour    // of candles that are asked for
	nearlyAll   = 0.95             // of the contracts have a ticker, a price, an event
	newNames    = 12               // names of new fields that are told
)

// routes asks each route once, the list of contracts first.
func (d *doctor) routes(ctx context.Context) {
	c := d.o.Client
	var shown []market.Contract
	i, ok := d.route(ctx, binance.ExpectedContracts, func(ctx context.Context) (err error) {
		shown, err = c.Contracts(ctx)
		return err
	})
	d.contracts, d.exchange = shown, i
	if i.Body != nil {
		d.compare(binance.ExpectedExchange, i.Body)
		d.limits(i.Body)
	}
	if ok {
		d.add("contracts: shown", len(shown) > 0, "USDT perpetuals that trade", byType(shown))
	}
	symbol := market.ProbeSymbol
	if len(shown) > 0 && !slices.ContainsFunc(shown, func(c market.Contract) bool { return c.Symbol == symbol }) {
		symbol = shown[0].Symbol
	}
	d.route(ctx, binance.ExpectedOpenInterest, func(ctx context.Context) error {
		_, err := c.OpenInterest(ctx, symbol)
		return err
	})
	var tickers []market.Ticker
	if _, ok := d.route(ctx, binance.ExpectedTickers, func(ctx context.Context) (err error) {
		tickers, err = c.Tickers(ctx)
		return err
	}); ok {
		d.covers("24-hour tickers", symbols(tickers, func(t market.Ticker) string { return t.Symbol }))
	}
	var marks []market.MarkPrice
	if _, ok := d.route(ctx, binance.ExpectedMarkPrices, func(ctx context.Context) (err error) {
		marks, err = c.MarkPrices(ctx)
		return err
	}); ok {
		d.covers("mark prices", symbols(marks, func(m market.MarkPrice) string { return m.Symbol }))
	}
	d.route(ctx, binance.ExpectedKlines, func(ctx context.Context) error {
		_, err := c.Klines(ctx, symbol, market.Period5m, time.UnixMilli(market.FloorStamp(c.Now().Add(-candleSpan).UnixMilli())), 0)
		return err
	})
	d.history(ctx, symbol)
	for _, kind := range market.RatioKinds() {
		d.route(ctx, binance.ExpectedRatios[kind], func(ctx context.Context) error {
			_, err := c.Ratios(ctx, symbol, kind, time.Time{}, time.Time{}, 12)
			return err
		})
	}
	d.route(ctx, binance.ExpectedFundingTerms, func(ctx context.Context) error {
		_, err := c.FundingTerms(ctx)
		return err
	})
	d.route(ctx, binance.ExpectedFundingHistory, func(ctx context.Context) error {
		_, err := c.FundingHistory(ctx, symbol, time.Time{}, time.Time{}, 10)
		return err
	})
}

func (d *doctor) history(ctx context.Context, symbol string) {
	var series *market.Series
	if _, ok := d.route(ctx, binance.ExpectedHistory, func(ctx context.Context) (err error) {
		series, err = d.o.Client.OpenInterestHistory(ctx, symbol, market.Period5m, time.Time{}, time.Time{}, askedRows)
		return err
	}); !ok {
		return
	}
	newest, known := series.Last()
	if !known {
		d.add("open interest history: newest stamp", false, "one", "none")
		return
	}
	age := d.o.Client.Now().Sub(time.UnixMilli(newest.Time))
	d.add("open interest history: newest stamp", age <= latestStamp, "at most "+span(latestStamp)+" old", span(age)+" old")
	off := 0
	for _, p := range series.Points {
		if p.Time != market.FloorStamp(p.Time) {
			off++
		}
	}
	d.add("open interest history: grid", off == 0, "every stamp on the 5 minutes", fmt.Sprintf("%d of %d off it", off, len(series.Points)))
}

// route asks one route and says what came: whether it answered, each of its fields,
// what is new, and whether its rows can be used. It reports whether all is well.
// What a wrong field explains is not said again.
func (d *doctor) route(ctx context.Context, e binance.Expectation, ask func(context.Context) error) (i binance.Inspection, ok bool) {
	if ctx.Err() != nil {
		return i, false
	}
	before, began := d.o.Client.Stats().Dropped, time.Now()
	err := d.asked(ctx, func(ctx context.Context) error { return ask(binance.WithInspection(ctx, &i)) })
	if ctx.Err() != nil && err != nil {
		return i, false
	}
	now := d.o.Client.Now()
	d.costs = append(d.costs, cost{what: e.What, limit: e.Limit, weight: e.Weight, used: i.Used,
		from: now.Add(-time.Since(began)), to: now, answered: i.Status != 0})
	if i.Body == nil {
		if err == nil {
			err = errors.New("nothing")
		}
		d.add(e.What+": answer", false, "HTTP 200", why(err))
		return i, false
	}
	d.add(e.What+": answer", i.Status == 200, "HTTP 200", fmt.Sprintf("HTTP %d in %s", i.Status, span(i.Took)))
	if !d.compare(e, i.Body) {
		return i, false
	}
	if err != nil {
		d.add(e.What+": usable", false, "every row", why(err))
		return i, false
	}
	lost := droppedSince(before, d.o.Client.Stats().Dropped, e.What+": ")
	d.add(e.What+": usable", lost == "", "every row", orElse(lost, "every row"))
	return i, lost == ""
}

// compare adds a line for each expected field, and one for new ones. It reports
// whether all expected ones are as they should be.
func (d *doctor) compare(e binance.Expectation, body []byte) bool {
	c, err := e.Compare(body)
	if err != nil {
		d.add(e.What+": shape", false, string(e.Shape), err.Error())
		return false
	}
	return d.compared(e, c)
}

func (d *doctor) compared(e binance.Expectation, c binance.Compared) bool {
	if c.Rows < e.Least {
		d.add(e.What+": rows", false, fmt.Sprintf("at least %d", e.Least), fmt.Sprint(c.Rows))
		return false
	}
	ok := true
	for _, s := range c.Fields {
		ok = ok && s.OK()
		found := s.String()
		if !s.OK() && len(c.New) > 0 && strings.Contains(found, "missing") {
			found += "; new is " + some(c.New)
		}
		d.add(e.What+": field "+s.Field.Name, s.OK(), string(s.Field.Type), found)
	}
	d.add(e.What+": new fields", true, "none", orElse(some(c.New), "none"))
	return ok
}

// covers says how many of the listed contracts a list has.
func (d *doctor) covers(what string, has map[string]bool) {
	if len(d.contracts) == 0 {
		return
	}
	n := 0
	for _, c := range d.contracts {
		if has[c.Symbol] {
			n++
		}
	}
	d.add(what+": contracts", float64(n) >= nearlyAll*float64(len(d.contracts)), "nearly all that are listed",
		fmt.Sprintf("%d of %d, and %d others", n, len(d.contracts), len(has)-n))
}

func symbols[T any](rows []T, of func(T) string) map[string]bool {
	has := map[string]bool{}
	for _, r := range rows {
		has[of(r)] = true
	}
	return has
}

func byType(contracts []market.Contract) string {
	n := map[string]int{}
	for _, c := range contracts {
		n[string(c.Type)]++
	}
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(n)) {
		parts = append(parts, fmt.Sprintf("%d %s", n[kind], kind))
	}
	return orElse(strings.Join(parts, ", "), "none")
}

// droppedSince says which rows were dropped since, and why; "" for none.
func droppedSince(before, after map[string]int, prefix string) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(after)) {
		if reason, ours := strings.CutPrefix(key, prefix); ours && after[key] > before[key] {
			parts = append(parts, fmt.Sprintf("%d dropped: %s", after[key]-before[key], reason))
		}
	}
	return strings.Join(parts, ", ")
}

// some are the first of many names.
func some(names []string) string {
	if len(names) > newNames {
		return strings.Join(names[:newNames], ", ") + fmt.Sprintf(" and %d more", len(names)-newNames)
	}
	return strings.Join(names, ", ")
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// span is a length of time as people write it.
func span(t time.Duration) string {
	switch a := t.Abs(); {
	case a >= time.Hour:
		return t.Round(time.Minute).String()
	case a >= 10*time.Second:
		return t.Round(time.Second).String()
	}
	return t.Round(10 * time.Millisecond).String()
}
