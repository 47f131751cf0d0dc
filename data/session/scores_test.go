package session

import (
	"log/slog"
	"math"
	"testing"
	"time"

	"openinterest/data/alert"
	"openinterest/data/feed"
	"openinterest/data/market"
	"openinterest/data/recorder"
	"openinterest/data/signal"
	"openinterest/data/sim"
)

// The demo scores what its market was in the last year, and what rules would
// have raised in its last week, without waiting for any of it.
func TestDemoScoresItsOwnPast(t *testing.T) {
	server, err := sim.Start(t.Context(), sim.Options{Contracts: 30})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	s := &Scores{feed: feed.New(feed.Options{}), now: time.Now, server: server}
	whole, err := s.Subject(t.Context(), "BTCUSDT", false)
	if err != nil {
		t.Fatal(err)
	}
	pooled, err := s.Subject(t.Context(), "BTCUSDT", true)
	if err != nil {
		t.Fatal(err)
	}
	if n, p := len(whole.Input.Points), len(pooled.Input.Points); n < 365*288-2 || p > 93*288 || p < 91*288 || len(whole.Input.Funding) < 1000 {
		t.Errorf("%d stamps and %d payments by itself, %d stamps pooled", n, len(whole.Input.Funding), p)
	}

	from, to := time.Now().Add(-7*24*time.Hour), time.Now()
	past, err := s.Past(t.Context(), "BTCUSDT", from, to, signal.Spike1h)
	if err != nil {
		t.Fatal(err)
	}
	if len(past.Events) == 0 || past.Events[0].Time.Before(from) {
		t.Errorf("%d signals in a week of the demo: %+v", len(past.Events), past.Events)
	}
	if past.Evaluated < 6*24*time.Hour || past.Evaluated > 7*24*time.Hour+market.Step {
		t.Errorf("of a week of the demo, spikes are known for %v", past.Evaluated)
	}
	e := past.Events[len(past.Events)-1]
	rule := alert.Rule{ID: "r", Signal: e.Kind, Scope: alert.ScopeAll}
	if raised := alert.DryRun(rule, past, from.Add(-24*time.Hour), to, time.UTC); len(raised) == 0 {
		t.Errorf("a rule on %s raises nothing, though it fired at %v", e.Kind, e.Time)
	}
	joined := alert.Rule{ID: "j", Scope: alert.ScopeAll, Where: []alert.Condition{{Column: alert.SignalColumn, Is: []string{string(e.Kind)}}}}
	past, err = s.Past(t.Context(), "BTCUSDT", from, to, joined.Looks())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(alert.DryRun(joined, past, from, to, time.UTC)); n == 0 || alert.Covered(joined, past, from, to) < 6*24*time.Hour {
		t.Errorf("a rule on contracts that show %s raises %d alerts, and is judged on %v", e.Kind, n, alert.Covered(joined, past, from, to))
	}
}

// What is kept on this machine is scored, also while the feed has nothing yet.
func TestHistoryIsScored(t *testing.T) {
	m := newStoreAdapter(t.TempDir(), slog.New(slog.DiscardHandler))
	t.Cleanup(m.Close)
	if ok, err := m.Claim(t.Context()); !ok || err != nil {
		t.Fatalf("the history cannot be written: %v", err)
	}
	now := time.Date(2025, 6, 17, 12, 0, 0, 0, time.UTC)
	var points []market.Point
	for i := range 40 * 288 {
		at := now.Add(-40*24*time.Hour + time.Duration(i)*market.Step)
		points = append(points, market.Point{Time: at.UnixMilli(), Contracts: 1e6 * (1 + 0.01*math.Sin(float64(i)/40)), Price: 100 + float64(i%7)})
	}
	if err := m.KeepStamps(t.Context(), []recorder.Stamps{{Symbol: "BTCUSDT", Points: points}}); err != nil {
		t.Fatal(err)
	}
	s := &Scores{feed: feed.New(feed.Options{}), now: func() time.Time { return now }, store: m}
	subject, err := s.Subject(t.Context(), "BTCUSDT", false)
	if err != nil || len(subject.Input.Points) != len(points) {
		t.Fatalf("%d of %d stamps: %v", len(subject.Input.Points), len(points), err)
	}
	past, err := s.Past(t.Context(), "BTCUSDT", now.Add(-7*24*time.Hour), now, "")
	if err != nil || len(past.Points) < 8*288 || len(past.Points) > 9*288 || past.Contract.Symbol != "BTCUSDT" {
		t.Fatalf("a week and a day for a threshold: %d stamps of %q: %v", len(past.Points), past.Contract.Symbol, err)
	}
	rule := alert.Rule{ID: "r", Column: alert.Price, Direction: alert.Up, Bound: 106, Scope: alert.ScopeAll}
	if raised := alert.DryRun(rule, past, now.Add(-7*24*time.Hour), now, time.UTC); len(raised) != 288 {
		t.Errorf("the price reaches 106 every 35 minutes, 288 times a week; the dry run says %d", len(raised))
	}
}
