package main

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"
	"time"

	"openinterest/data/sim"
)

// number reads a decimal in JSON quotes, as the exchange writes them.
type quoted float64

func (q *quoted) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	x, err := strconv.ParseFloat(s, 64)
	*q = quoted(x)
	return err
}

// truth is what an exchange whose clock stands still serves, read without the
// program's own client.
type truth struct {
	now     int64 // Unix ms
	open    map[string]openAnswer
	stamps  map[string]map[int64]stamp
	newest  map[string]int64
	tickers map[string]tickerAnswer
	marks   map[string]markAnswer
	hours   map[string]int
}

type openAnswer struct {
	OpenInterest quoted
	Time         int64
}

type tickerAnswer struct {
	Symbol             string
	PriceChangePercent quoted
	QuoteVolume        quoted
}

type markAnswer struct {
	Symbol          string
	MarkPrice       quoted
	IndexPrice      quoted
	LastFundingRate string
}

// stamp is a row of history. Its price is what its value implies.
type stamp struct{ contracts, price float64 }

// ask collects everything about the exchange's contracts.
func ask(t *testing.T, s *sim.Server, now time.Time) *truth {
	t.Helper()
	w := &truth{now: now.UnixMilli(), open: map[string]openAnswer{}, stamps: map[string]map[int64]stamp{}, newest: map[string]int64{},
		tickers: map[string]tickerAnswer{}, marks: map[string]markAnswer{}, hours: map[string]int{}}
	for _, k := range served[[]tickerAnswer](t, s, "/fapi/v1/ticker/24hr") {
		w.tickers[k.Symbol] = k
	}
	for _, m := range served[[]markAnswer](t, s, "/fapi/v1/premiumIndex") {
		w.marks[m.Symbol] = m
	}
	for _, f := range served[[]struct {
		Symbol               string
		FundingIntervalHours int
	}](t, s, "/fapi/v1/fundingInfo") {
		w.hours[f.Symbol] = f.FundingIntervalHours
	}
	for _, symbol := range s.Symbols() {
		w.open[symbol] = served[openAnswer](t, s, "/fapi/v1/openInterest?symbol="+symbol)
		w.stamps[symbol] = map[int64]stamp{}
		for _, row := range served[[]struct {
			SumOpenInterest, SumOpenInterestValue quoted
			Timestamp                             int64
		}](t, s, "/futures/data/openInterestHist?period=5m&limit=300&symbol="+symbol) {
			contracts := float64(row.SumOpenInterest)
			w.stamps[symbol][row.Timestamp] = stamp{contracts, float64(row.SumOpenInterestValue) / contracts}
			w.newest[symbol] = max(w.newest[symbol], row.Timestamp)
		}
	}
	return w
}

// row computes what the snapshot must print of a symbol: numbers, words, and
// nil where nobody knows. The age is left out.
func (w *truth) row(symbol string) map[string]any {
	contracts, price := float64(w.open[symbol].OpenInterest), float64(w.marks[symbol].MarkPrice)
	volume := float64(w.tickers[symbol].QuoteVolume)
	rate, err := strconv.ParseFloat(w.marks[symbol].LastFundingRate, 64)
	if err != nil {
		rate = math.NaN()
	}
	hours := w.hours[symbol]
	if hours == 0 {
		hours = 8
	}
	row := map[string]any{
		"symbol": symbol, "price": price, "price_change_24h_pct": float64(w.tickers[symbol].PriceChangePercent),
		"oi_contracts": contracts, "oi_usd": contracts * price,
		"funding_rate": rate, "funding_interval_hours": float64(hours), "funding_apr_pct": rate * 100 * 365 * 24 / float64(hours),
		"volume_24h_usd": volume, "oi_volume_ratio": contracts * price / volume,
		"basis_pct": percent(true, float64(w.marks[symbol].IndexPrice), price),
		"oi_time":   time.UnixMilli(w.open[symbol].Time).UTC().Format("2006-01-02T15:04:05.000Z"),
		"signal":    nil,
	}
	for name, minutes := range map[string]int64{"5m": 5, "15m": 15, "1h": 60, "4h": 240, "24h": 1440} {
		then, ok := w.at(symbol, w.now-minutes*60_000)
		row["oi_change_"+name+"_pct"] = percent(ok, then.contracts, contracts)
		if name == "1h" || name == "4h" {
			row["price_change_"+name+"_pct"] = percent(ok, then.price, price)
		}
	}
	last := w.newest[symbol]
	then, ok := w.at(symbol, last-1440*60_000)
	if now := w.stamps[symbol][last]; ok {
		row["signal"] = reading(percent(ok, then.price, now.price).(float64), percent(ok, then.contracts, now.contracts).(float64))
	}
	return row
}

// at is the last stamp at or before ms, if it is there.
func (w *truth) at(symbol string, ms int64) (stamp, bool) {
	s, ok := w.stamps[symbol][ms/300_000*300_000]
	return s, ok
}

func percent(ok bool, from, to float64) any {
	if !ok {
		return nil
	}
	return (to - from) / from * 100
}

// reading names the move of price and contracts over 24 hours.
func reading(price, contracts float64) string {
	switch {
	case math.Abs(price) < 1 || math.Abs(contracts) < 1:
		return "neutral"
	case price > 0 && contracts > 0:
		return "strong_bullish"
	case price > 0:
		return "weakening_rally"
	case contracts > 0:
		return "strong_bearish"
	}
	return "weakening_selloff"
}
