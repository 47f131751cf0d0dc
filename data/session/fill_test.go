package session

import (
	"testing"
	"time"

	"openinterest/data/market"
)

var noon = time.Date(2026, 3, 1, 12, 2, 30, 0, time.UTC)

// whole is a contract with all that a row shows, and history up to lag ago.
func whole(symbol string, lag time.Duration) *market.Quote {
	var points []market.Point
	for at := noon.Add(-25 * time.Hour).Truncate(market.Step); !at.After(noon.Add(-lag)); at = at.Add(market.Step) {
		points = append(points, market.Point{Time: at.UnixMilli(), Contracts: 1, Price: 1})
	}
	return &market.Quote{
		Contract: market.Contract{Symbol: symbol}, OpenInterest: market.OpenInterest{Contracts: 1, Changed: noon, Received: noon},
		Mark: market.MarkPrice{Price: 1, Received: noon}, Ticker: market.Ticker{Received: noon}, Funding: market.DefaultFundingTerms(),
		History: market.NewSeries(symbol, market.Period5m, points),
	}
}

func snapshotOf(status market.Status, quotes ...*market.Quote) *market.Snapshot {
	status.Total = len(quotes)
	return market.NewSnapshot(market.Snapshot{Time: noon, Status: status, Quotes: quotes})
}

// It is waited for what may still come, and for nothing else.
func TestEnough(t *testing.T) {
	good, bad := whole("A", 0), &market.Quote{Contract: market.Contract{Symbol: "B"}}
	untickered := whole("C", 0)
	untickered.Ticker = market.Ticker{}
	refused := func(kind market.ProblemKind, until time.Time, told bool, good time.Time) market.Status {
		return market.Status{State: market.Refused, LastGood: good, Until: until,
			Problem: &market.Problem{Kind: kind, Until: until, Told: told}}
	}
	const left = 30 * time.Second
	for name, c := range map[string]struct {
		snap   *market.Snapshot
		enough bool
	}{
		"nothing yet":                 {nil, false},
		"no list yet":                 {snapshotOf(market.Status{State: market.Loading}), false},
		"full":                        {snapshotOf(market.Status{State: market.Live, Ready: 2}, good, whole("B", 0)), true},
		"a row that failed":           {snapshotOf(market.Status{State: market.Live, Ready: 1}, good, bad), false},
		"a row without an answer":     {snapshotOf(market.Status{State: market.Live, Ready: 1, Unanswered: 1}, good, bad), true},
		"and another that may come":   {snapshotOf(market.Status{State: market.Live, Ready: 1, Unanswered: 1}, good, bad, bad), false},
		"tickers are missing":         {snapshotOf(market.Status{State: market.Live, Ready: 1}, untickered), false},
		"late history":                {snapshotOf(market.Status{State: market.Live, Ready: 1}, whole("A", 16*time.Minute)), true},
		"no connection":               {snapshotOf(market.Status{State: market.Offline}), false},
		"a fault at the exchange":     {snapshotOf(market.Status{State: market.Stale, LastGood: noon, Ready: 1}, good, bad), false},
		"told to wait for long":       {snapshotOf(refused(market.LimitedUntil, noon.Add(time.Minute), true, noon), good, bad), true},
		"told to wait a little":       {snapshotOf(refused(market.LimitedUntil, noon.Add(10*time.Second), true, time.Time{})), false},
		"the location":                {snapshotOf(refused(market.RefusedLocation, noon.Add(time.Minute), false, time.Time{})), true},
		"a firewall in mid-run":       {snapshotOf(refused(market.RefusedFirewall, noon.Add(time.Minute), false, noon), good, bad), false},
		"full, and then told to wait": {snapshotOf(refused(market.LimitedUntil, noon.Add(time.Second), true, noon), good), false},
		"ready, and then told to wait": {snapshotOf(func() market.Status {
			s := refused(market.LimitedUntil, noon.Add(time.Second), true, noon)
			s.Ready = 1
			return s
		}(), good), true},
		"remembered, nothing had today": {snapshotOf(market.Status{State: market.Loading}, good), false},
	} {
		if got := Enough(c.snap, noon, left); got != c.enough {
			t.Errorf("%s: enough is %t", name, got)
		}
	}
}

// A change that is empty on every row is no full table; one contract whose
// history ends early is that contract's affair.
func TestLateHistory(t *testing.T) {
	ready := market.Status{State: market.Live, Ready: 2}
	late := snapshotOf(ready, whole("A", 16*time.Minute), whole("B", 16*time.Minute))
	if got := LateHistory(late); len(got) != 1 || got[0] != (Late{market.Window5m, 2}) || IsFull(late) {
		t.Errorf("16 minutes late: %v, full %t", got, IsFull(late))
	}
	fresh := whole("B", 0)
	one := snapshotOf(ready, whole("A", 2*time.Hour), fresh)
	if got := LateHistory(one); len(got) != 3 || got[2] != (Late{market.Window1h, 1}) || !IsFull(one) {
		t.Errorf("one contract two hours late: %v, full %t", got, IsFull(one))
	}
	listed := whole("A", 0)
	listed.History = &market.Series{Symbol: "A", Period: market.Period5m}
	if got := LateHistory(snapshotOf(ready, listed, fresh)); len(got) != 0 {
		t.Errorf("a new listing is late: %v", got)
	}
	// As the exchange always has it: stamps come six minutes after they closed, or
	// a little later.
	usual := snapshotOf(ready, whole("A", 7*time.Minute+29*time.Second), whole("B", 8*time.Minute))
	if got := LateHistory(usual); len(got) != 1 || got[0] != (Late{market.Window5m, 1}) || !IsFull(usual) {
		t.Errorf("history as the exchange always has it: %v, full %t", got, IsFull(usual))
	}
}
