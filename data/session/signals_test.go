package session

import (
	"log/slog"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"openinterest/data/history"
	"openinterest/data/market"
	"openinterest/data/signal"
)

// lively is a market of 40 days in which every kind of thing happens.
func lively(symbol string, seed uint64) *signal.Input {
	r := rand.New(rand.NewPCG(seed, 1))
	in := &signal.Input{Symbol: symbol, Terms: market.DefaultFundingTerms(), Volume: market.Unknown}
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	q, p, rate := 1e6, 100.0, 0.0001
	for i := range 40 * 288 {
		q, p = q*math.Exp(0.002*r.NormFloat64()*math.Exp(r.NormFloat64())), p*math.Exp(0.002*r.NormFloat64()*math.Exp(r.NormFloat64()))
		at := begin.Add(time.Duration(i) * market.Step).UnixMilli()
		in.Points = append(in.Points, market.Point{Time: at, Contracts: math.Round(q), Price: math.Round(p*100) / 100})
		if i%96 == 0 {
			rate += 0.0001 * r.NormFloat64()
			in.Funding = append(in.Funding, market.FundingPoint{Time: at + 3, Rate: rate})
		}
	}
	return in
}

// What was seen live is kept, once, with its evidence and since when, and is
// told apart from what was computed.
func TestLiveEventsAreKept(t *testing.T) {
	in := lively("BTCUSDT", 1)
	dir := filepath.Join(t.TempDir(), "history")
	m := newStoreAdapter(dir, slog.New(slog.DiscardHandler))
	defer m.Close()
	begun := time.UnixMilli(in.Points[20*288].Time).UTC()
	log := eventLog{m, func() time.Time { return begun }}
	if events, err := log.Since(t.Context(), time.Time{}.Add(1)); err != nil || len(events) != 0 {
		t.Fatalf("a new log has %d events, %v", len(events), err)
	}
	all, err := signal.Events(t.Context(), in, begun, begun.AddDate(0, 0, 30))
	if err != nil || len(all) < 3 {
		t.Fatal(len(all), err)
	}
	for range 2 { // told again after a failure that was none
		if err := log.Append(t.Context(), all[:3], begun.AddDate(0, 0, 1)); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := log.Since(t.Context(), begun)
	if err != nil || len(kept) != 3 {
		t.Fatalf("%d events kept, %v", len(kept), err)
	}
	for i, e := range kept {
		if e.Kind != all[i].Kind || !e.Time.Equal(all[i].Time) || e.Evidence.OpenInterest.Pct != all[i].Evidence.OpenInterest.Pct || e.Evidence.Window == "" {
			t.Errorf("%d: kept %+v", i, e)
		}
	}
	if err := m.KeepFunding(t.Context(), "BTCUSDT", []market.FundingPoint{{Time: begun.UnixMilli(), Rate: 0.0001}}); err != nil {
		t.Fatal(err)
	}

	// A second process reads along and adds nothing of its own.
	second := newStoreAdapter(dir, slog.New(slog.DiscardHandler))
	defer second.Close()
	other := eventLog{second, func() time.Time { return begun.AddDate(0, 0, 9) }}
	if events, err := other.Since(t.Context(), begun); err != nil || len(events) != 3 {
		t.Errorf("the second process sees %d events, %v", len(events), err)
	}
	if err := other.Append(t.Context(), all[3:], begun); err != nil {
		t.Errorf("the second process: %v", err)
	}
	m.Close()
	second.Close()
	store, err := history.Open(t.Context(), dir, history.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	past, err := readPast(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	subject, err := past.Subject(t.Context(), "BTCUSDT")
	if err != nil || len(subject.Live) != 3 || !subject.LiveSince.Equal(begun) {
		t.Errorf("to be scored are %d live events since %v, %v", len(subject.Live), subject.LiveSince, err)
	}
}
