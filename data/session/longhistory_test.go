package session

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"openinterest/data/history"
	"openinterest/data/history/ondemand"
	"openinterest/data/market"
)

// A chart of 90 days in the demo: what is fetched from its archive is what its
// market was, and nothing of it stays on the disk.
func TestTheDemoShowsNinetyDays(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	o := Options{Demo: true, DataDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)}
	s := open(t, o)
	long := s.OpenLong()
	waitFor(t, 60*time.Second, func() (bool, string) {
		long.Want("BTCUSDT", market.Range90d)
		status := long.Status("BTCUSDT", market.Range90d)
		return status.State == ondemand.Complete, fmt.Sprintf("%+v", status)
	})
	series, err := s.Load(t.Context(), "BTCUSDT", market.Range90d)
	if err != nil {
		t.Fatal(err)
	}
	const most = 90 * 288
	if series.Period != market.Period5m || series.Len() < most*95/100 || series.Len() > most {
		t.Errorf("%d points each %v", series.Len(), series.Period)
	}
	for i := 0; i < series.Len(); i += 977 {
		p := series.Points[i]
		contracts, price, ok := s.server.Truth("BTCUSDT", time.UnixMilli(p.Time))
		if !ok || p.Contracts != contracts || p.Price < price*0.9999 || p.Price > price*1.0001 {
			t.Errorf("at %v it has %v at %v, it was %v at %v", time.UnixMilli(p.Time).UTC(), p.Contracts, p.Price, contracts, price)
		}
	}
	s.Close()
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "openinterest-demo-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("%v are left (%v)", left, err)
	}
	if kept, err := os.ReadDir(o.DataDir); err != nil || len(kept) > 0 {
		t.Errorf("the demo kept %v (%v)", kept, err)
	}
}

// minutes makes a series with a point each step, as long as it is.
func minutes(length, step time.Duration) *market.Series {
	var points []market.Point
	for at := step; at <= length; at += step {
		points = append(points, market.Point{Time: at.Milliseconds(), Contracts: 1, Price: 1})
	}
	return market.NewSeries("X", market.Period5m, points)
}

func TestChartsShowHoursWhereMinutesWouldStandApart(t *testing.T) {
	const day = 24 * time.Hour
	thinned := minutes(60*day, time.Hour)
	dense := minutes(90*day, 5*time.Minute)
	for name, c := range map[string]struct {
		series *market.Series
		period market.Period
		points int
	}{
		"nothing":          {&market.Series{Symbol: "X", Period: market.Period5m}, market.Period5m, 0},
		"a year":           {minutes(365*day, 5*time.Minute), market.Period5m, 365 * 288},
		"two years":        {minutes(730*day, 5*time.Minute), market.Period1h, 730 * 24},
		"thinned at first": {market.NewSeries("X", market.Period5m, append(append([]market.Point(nil), thinned.Points...), dense.Between((60*day).Milliseconds()+1, (90*day).Milliseconds())...)), market.Period1h, 90 * 24},
	} {
		got := forChart(c.series)
		if got.Period != c.period || got.Len() != c.points {
			t.Errorf("%s: %d points each %v, want %d each %v", name, got.Len(), got.Period, c.points, c.period)
		}
		if last, ok := c.series.Last(); ok && got.Official != last.Time {
			t.Errorf("%s: official up to %d, want %d", name, got.Official, last.Time)
		}
	}
}

// While another process writes the history, nothing is fetched into it.
func TestASecondWindowFetchesNothing(t *testing.T) {
	dir := t.TempDir()
	first, err := history.Open(t.Context(), dir, history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := newStoreAdapter(dir, slog.New(slog.DiscardHandler))
	defer m.Close()
	if a := (archiveStore{m}); a.Writes() {
		t.Error("it writes before it is open")
	}
	store, err := m.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if (archiveStore{m}).Writes() {
		t.Error("two write")
	}
	if _, err := (archiveStore{m}).SaveArchiveDay(t.Context(), history.ArchiveDay{Symbol: "X", Day: time.UnixMilli(0).UTC()}, nil); history.KindOf(err) != history.Reading {
		t.Errorf("saving a day: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.TryBecomeWriter(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !(archiveStore{m}).Writes() {
		t.Error("it does not take over")
	}
}
