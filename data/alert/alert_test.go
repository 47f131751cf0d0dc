package alert_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"openinterest/data/alert"
	"openinterest/data/market"
	"openinterest/data/signal"
)

// noon is when the tests begin.
var noon = time.Date(2025, 6, 17, 12, 0, 0, 0, time.UTC)

// quote is a contract whose mark price was just received.
func quote(symbol string, price float64, received time.Time) *market.Quote {
	return &market.Quote{
		Contract:     market.Contract{Symbol: symbol},
		Mark:         market.MarkPrice{Symbol: symbol, Price: price, Received: received},
		OpenInterest: market.OpenInterest{Contracts: 1000, Received: received},
	}
}

func live(quotes ...*market.Quote) *market.Snapshot {
	return market.NewSnapshot(market.Snapshot{Quotes: quotes,
		Status: market.Status{State: market.Live, Ready: len(quotes), Total: len(quotes)}})
}

func priceRule(id string, direction alert.Direction, bound float64) alert.Rule {
	return alert.Rule{ID: id, Column: alert.Price, Direction: direction, Bound: bound, Scope: alert.ScopeAll}
}

// desk shows the engine prices of BTCUSDT, one minute apart, and counts the alerts.
type desk struct {
	t      *testing.T
	engine *alert.Engine
	now    time.Time
}

func newDesk(t *testing.T, rules ...alert.Rule) *desk {
	return &desk{t: t, engine: alert.NewEngine(rules, alert.Memory{}), now: noon}
}

func (d *desk) price(x float64) []alert.Alert {
	d.now = d.now.Add(time.Minute)
	alerts, _ := d.engine.Observe(alert.Input{Now: d.now, Snapshot: live(quote("BTCUSDT", x, d.now))})
	return alerts
}

func (d *desk) wantAlerts(n int, got []alert.Alert, what string) {
	d.t.Helper()
	if len(got) != n {
		d.t.Errorf("%s: %d alerts, want %d: %+v", what, len(got), n, got)
	}
}

func TestThresholdFiresWhenItIsCrossedAndNotBefore(t *testing.T) {
	d := newDesk(t, priceRule("r", alert.Up, 100))
	d.wantAlerts(0, d.price(105), "beyond at the start")
	d.wantAlerts(0, d.price(106), "still beyond")
	d.wantAlerts(0, d.price(99), "back")
	got := d.price(100)
	d.wantAlerts(1, got, "at the bound, from below")
	if len(got) == 1 && (got[0].Value != 100 || got[0].Before != 99 || got[0].Symbol != "BTCUSDT" || !got[0].Time.Equal(d.now)) {
		t.Errorf("the alert tells %+v", got[0])
	}
	d.wantAlerts(0, d.price(101), "beyond, told already")
	d.price(99)
	d.wantAlerts(1, d.price(200), "crossed again")

	d = newDesk(t, priceRule("r", alert.Down, 100))
	d.price(101)
	d.wantAlerts(1, d.price(100), "at the bound, from above")
}

func TestCooldownSilencesOneContractAlone(t *testing.T) {
	r := priceRule("r", alert.Up, 100)
	r.CooldownMinutes = 10
	e := alert.NewEngine([]alert.Rule{r}, alert.Memory{})
	now := noon
	observe := func(after time.Duration, btc, eth float64) (symbols string) {
		now = now.Add(after)
		alerts, _ := e.Observe(alert.Input{Now: now, Snapshot: live(quote("BTCUSDT", btc, now), quote("ETHUSDT", eth, now))})
		for _, a := range alerts {
			symbols += a.Symbol + " "
		}
		return symbols
	}
	observe(0, 99, 99)
	if got := observe(time.Minute, 101, 99); got != "BTCUSDT " {
		t.Errorf("first crossing: %q", got)
	}
	observe(time.Minute, 99, 99)
	if got := observe(time.Minute, 101, 101); got != "ETHUSDT " {
		t.Errorf("while BTCUSDT cools down: %q", got)
	}
	observe(6*time.Minute, 99, 101)
	if got := observe(2*time.Minute, 101, 101); got != "BTCUSDT " {
		t.Errorf("10 minutes later: %q", got)
	}
}

func TestNothingIsRaisedFromOldDataOrWhileTheMarketComesIn(t *testing.T) {
	e := alert.NewEngine([]alert.Rule{priceRule("r", alert.Up, 100)}, alert.Memory{})
	observe := func(at time.Time, price float64, received time.Time) int {
		alerts, _ := e.Observe(alert.Input{Now: at, Snapshot: live(quote("BTCUSDT", price, received))})
		return len(alerts)
	}
	observe(noon, 99, noon)
	if observe(noon.Add(20*time.Minute), 101, noon.Add(5*time.Minute-time.Second)) != 0 {
		t.Error("raised from data that is more than 15 minutes old")
	}
	if observe(noon.Add(21*time.Minute), 102, noon.Add(21*time.Minute)) != 0 {
		t.Error("after a silence the first number only tells where things stand")
	}

	s := live(quote("BTCUSDT", 99, noon), quote("ETHUSDT", 99, noon))
	s.Status.Ready = 1
	e = alert.NewEngine([]alert.Rule{{ID: "s", Signal: signal.Spike1h, Scope: alert.ScopeAll}}, alert.Memory{})
	event := signal.Event{Time: noon, Symbol: "BTCUSDT", Kind: signal.Spike1h, DefinitionVersion: signal.DefinitionVersion}
	in := alert.Input{Now: noon.Add(time.Minute), Snapshot: s, Events: []signal.Event{event}}
	if alerts, _ := e.Observe(in); len(alerts) != 0 {
		t.Error("raised while half of the market is missing")
	}
	s.Status.Unanswered = 1
	if alerts, _ := e.Observe(in); len(alerts) != 1 {
		t.Error("not raised once all of the market that answers was there, a minute after the event")
	}
	event.Time = noon.Add(-16 * time.Minute)
	in.Events = []signal.Event{event}
	if alerts, _ := e.Observe(in); len(alerts) != 0 {
		t.Error("raised for an event of more than 15 minutes ago")
	}
}

func spike(symbol string, at time.Time) signal.Event {
	return signal.Event{Time: at, Symbol: symbol, Kind: signal.Spike1h, DefinitionVersion: signal.DefinitionVersion}
}

func TestOneEventGivesOneAlertWhateverHappens(t *testing.T) {
	rules := []alert.Rule{
		{ID: "quiet", Signal: signal.Spike1h, Scope: alert.ScopeAll, Quiet: &alert.Quiet{From: 0, To: 1439}},
		{ID: "loud", Signal: signal.Spike1h, Scope: alert.ScopeOne, Symbol: "BTCUSDT"},
	}
	e := alert.NewEngine(rules, alert.Memory{})
	in := alert.Input{Now: noon, Snapshot: live(quote("BTCUSDT", 1, noon)), Events: []signal.Event{spike("BTCUSDT", noon), spike("BTCUSDT", noon)}}
	alerts, news := e.Observe(in)
	if len(alerts) != 1 || alerts[0].Quiet || alerts[0].Rule.ID != "loud" || !news {
		t.Fatalf("two rules match one event: %+v", alerts)
	}
	if again, _ := e.Observe(in); len(again) != 0 {
		t.Error("told again a second time")
	}
	kept, err := json.Marshal(e.Memory())
	if err != nil {
		t.Fatal(err)
	}
	var memory alert.Memory
	if err := json.Unmarshal(kept, &memory); err != nil {
		t.Fatal(err)
	}
	if again, _ := alert.NewEngine(rules, memory).Observe(in); len(again) != 0 {
		t.Error("told again after a restart")
	}

	same := []alert.Rule{priceRule("a", alert.Up, 100), priceRule("b", alert.Up, 100)}
	same[1].Scope, same[1].Symbol = alert.ScopeOne, "BTCUSDT"
	d := newDesk(t, same...)
	d.price(99)
	d.wantAlerts(1, d.price(101), "two rules with the same threshold")
}

func TestScopes(t *testing.T) {
	all := []string{"BTCUSDT", "ETHUSDT", "SOLUSDT"}
	for _, c := range []struct {
		scope alert.Scope
		want  string
	}{{alert.ScopeAll, "BTCUSDT ETHUSDT SOLUSDT "}, {alert.ScopeFavourites, "ETHUSDT "}, {alert.ScopeOne, "SOLUSDT "}} {
		e := alert.NewEngine([]alert.Rule{{ID: "r", Signal: signal.Spike1h, Scope: c.scope, Symbol: "SOLUSDT"}}, alert.Memory{})
		var events []signal.Event
		var quotes []*market.Quote
		for _, s := range all {
			events, quotes = append(events, spike(s, noon)), append(quotes, quote(s, 1, noon))
		}
		alerts, _ := e.Observe(alert.Input{Now: noon, Snapshot: live(quotes...), Events: events, Circle: alert.Circle{Favourites: map[string]bool{"ETHUSDT": true}}})
		got := ""
		for _, a := range alerts {
			got += a.Symbol + " "
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.scope, got, c.want)
		}
	}
}

func TestQuietHoursAreLoggedAndReachOverMidnight(t *testing.T) {
	shanghai := time.FixedZone("CST", 8*3600)
	night := &alert.Quiet{From: 22 * 60, To: 7 * 60}
	local := &alert.Quiet{From: 22 * 60, To: 7 * 60, Local: true}
	for _, c := range []struct {
		q    *alert.Quiet
		at   string
		want bool
	}{
		{night, "21:59", false}, {night, "22:00", true}, {night, "06:59", true}, {night, "07:00", false},
		{local, "14:00", true}, {local, "13:59", false}, {local, "22:59", true}, {local, "23:00", false},
		{&alert.Quiet{From: 9 * 60, To: 10 * 60}, "09:30", true}, {&alert.Quiet{From: 9 * 60, To: 10 * 60}, "10:00", false},
		{nil, "03:00", false},
	} {
		clock, err := time.Parse("15:04", c.at)
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2025, 6, 17, clock.Hour(), clock.Minute(), 0, 0, time.UTC)
		if got := c.q.Holds(at, shanghai); got != c.want {
			t.Errorf("%+v at %s UTC: quiet %v, want %v", c.q, c.at, got, c.want)
		}
	}
	d := newDesk(t, alert.Rule{ID: "r", Column: alert.Price, Direction: alert.Up, Bound: 100, Scope: alert.ScopeAll,
		Quiet: &alert.Quiet{From: 12 * 60, To: 13 * 60}})
	d.price(99)
	if got := d.price(100); len(got) != 1 || !got[0].Quiet {
		t.Errorf("in quiet hours: %+v, want one alert that is only logged", got)
	}
}

func TestChangedRuleStartsAnew(t *testing.T) {
	d := newDesk(t, priceRule("r", alert.Up, 100))
	d.price(99)
	d.engine.SetRules([]alert.Rule{priceRule("r", alert.Up, 90)})
	d.wantAlerts(0, d.price(101), "the bound was moved below the price")
	d.price(89)
	d.wantAlerts(1, d.price(91), "crossing the new bound")

	off := priceRule("r", alert.Up, 90)
	off.Off = true
	d.price(80)
	d.engine.SetRules([]alert.Rule{off})
	d.wantAlerts(0, d.price(91), "switched off")
	renamed := priceRule("r", alert.Up, 90)
	renamed.CooldownMinutes = 5
	d.engine.SetRules([]alert.Rule{renamed})
	d.wantAlerts(0, d.price(92), "switched on beyond the bound")
}

func TestRulesThatCannotBeUnderstoodRaiseNothing(t *testing.T) {
	good := priceRule("r", alert.Up, 100)
	if err := good.Check(); err != nil {
		t.Errorf("a good rule: %v", err)
	}
	for name, spoil := range map[string]func(*alert.Rule){
		"no condition": func(r *alert.Rule) { r.Column = "" },
		"both":         func(r *alert.Rule) { r.Signal = signal.Spike1h },
		"odd signal":   func(r *alert.Rule) { r.Column, r.Signal = "", "to_the_moon" },
		"odd column":   func(r *alert.Rule) { r.Column = "symbol" },
		"no bound":     func(r *alert.Rule) { r.Bound = market.Unknown },
		"no direction": func(r *alert.Rule) { r.Direction = "" },
		"no contract":  func(r *alert.Rule) { r.Scope = alert.ScopeOne },
		"no scope":     func(r *alert.Rule) { r.Scope = "" },
		"cooldown":     func(r *alert.Rule) { r.CooldownMinutes = -1 },
		"quiet":        func(r *alert.Rule) { r.Quiet = &alert.Quiet{From: -1, To: 1440} },
	} {
		r := good
		spoil(&r)
		if r.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
		d := newDesk(t, r)
		d.price(99)
		d.wantAlerts(0, d.price(101), name)
	}
}

// walk is a price and a number of contracts, every five minutes from noon on.
func walk(values ...float64) []market.Point {
	var points []market.Point
	for i, v := range values {
		if market.Known(v) {
			points = append(points, market.Point{Time: noon.UnixMilli() + int64(i)*market.StepMillis, Contracts: v, Price: 10 * v})
		}
	}
	return points
}

func times(alerts []alert.Alert) (minutes []int) {
	for _, a := range alerts {
		minutes = append(minutes, int(a.Time.Sub(noon).Minutes()))
	}
	return minutes
}

func TestDryRunSaysWhatARuleWouldHaveRaised(t *testing.T) {
	gap := market.Unknown
	later := noon.Add(24 * time.Hour)
	for _, c := range []struct {
		name   string
		rule   alert.Rule
		values []float64
		want   []int
	}{
		{"crossings", alert.Rule{Column: alert.OIContracts, Direction: alert.Up, Bound: 100}, []float64{99, 100, 101, 99, 102}, []int{5, 20}},
		{"cooldown", alert.Rule{Column: alert.OIContracts, Direction: alert.Up, Bound: 100, CooldownMinutes: 60}, []float64{99, 100, 101, 99, 102}, []int{5}},
		{"USD", alert.Rule{Column: alert.OIUSD, Direction: alert.Down, Bound: 90_000}, []float64{99, 94, 95}, []int{5}},
		{"five minutes", alert.Rule{Column: alert.OIChange5m, Direction: alert.Up, Bound: 10}, []float64{100, 100, 110, 121, 121, 140}, []int{10, 25}},
		{"a stamp is missing", alert.Rule{Column: alert.OIChange5m, Direction: alert.Up, Bound: 10}, []float64{100, 100, gap, 110}, nil},
		{"a hole of twenty minutes", alert.Rule{Column: alert.OIContracts, Direction: alert.Up, Bound: 100}, []float64{99, gap, gap, gap, 101}, nil},
		{"a hole of ten minutes", alert.Rule{Column: alert.OIContracts, Direction: alert.Up, Bound: 100}, []float64{99, gap, 101}, []int{10}},
	} {
		c.rule.ID, c.rule.Scope = "r", alert.ScopeAll
		got := alert.DryRun(c.rule, alert.Past{Contract: market.Contract{Symbol: "BTCUSDT"}, Points: walk(c.values...)}, noon, later, time.UTC)
		if m := times(got); len(m) != len(c.want) || len(m) > 0 && (m[0] != c.want[0] || m[len(m)-1] != c.want[len(c.want)-1]) {
			t.Errorf("%s: after %v minutes, want %v", c.name, m, c.want)
		}
	}
}

func TestDryRunOfSignalsAndOfWhatHistoryDoesNotTell(t *testing.T) {
	r := alert.Rule{ID: "r", Signal: signal.Spike1h, Scope: alert.ScopeAll, Quiet: &alert.Quiet{From: 13 * 60, To: 14 * 60}}
	other := spike("BTCUSDT", noon)
	other.Kind = signal.Flush1h
	past := alert.Past{Events: []signal.Event{spike("BTCUSDT", noon.Add(-time.Hour)), other, spike("BTCUSDT", noon.Add(time.Hour))}}
	got := alert.DryRun(r, past, noon, noon.Add(24*time.Hour), time.UTC)
	if len(got) != 1 || !got[0].Quiet || got[0].Event == nil {
		t.Errorf("signals: %+v, want the one spike after noon, in quiet hours", got)
	}
	for _, c := range []alert.Column{alert.Funding, alert.FundingAPR, alert.Volume24h, alert.OIVolume, alert.Age} {
		r := alert.Rule{ID: "r", Column: c, Direction: alert.Up, Bound: 1, Scope: alert.ScopeAll}
		if r.CanDryRun() || len(alert.DryRun(r, alert.Past{Points: walk(0.5, 2)}, noon, noon.Add(time.Hour), time.UTC)) != 0 {
			t.Errorf("%s: history does not tell it, yet it was dry-run", c)
		}
	}
}

// What the dry run finds on stamps is what the engine raises when it is shown
// the same numbers live.
func TestDryRunAgreesWithTheEngine(t *testing.T) {
	values := []float64{99, 101, 100, 98, 97, 100, 103, 99, 100, 100, 95, 101}
	r := alert.Rule{ID: "r", Column: alert.OIContracts, Direction: alert.Up, Bound: 100, Scope: alert.ScopeAll, CooldownMinutes: 15}
	var live15 []int
	e := alert.NewEngine([]alert.Rule{r}, alert.Memory{})
	for i, v := range values {
		now := noon.Add(time.Duration(i) * market.Step)
		q := quote("BTCUSDT", 1, now)
		q.OpenInterest.Contracts = v
		alerts, _ := e.Observe(alert.Input{Now: now, Snapshot: live(q)})
		live15 = append(live15, times(alerts)...)
	}
	dry := times(alert.DryRun(r, alert.Past{Points: walk(values...)}, noon, noon.Add(24*time.Hour), time.UTC))
	if len(dry) == 0 || len(dry) != len(live15) {
		t.Fatalf("dry run %v, live %v", dry, live15)
	}
	for i := range dry {
		if dry[i] != live15[i] {
			t.Errorf("dry run %v, live %v", dry, live15)
		}
	}
}

// A redenomination carries prices and contracts across bounds that nobody
// crossed. Afterwards the rule goes on in the new unit.
func TestAChangeOfUnitIsNoCrossing(t *testing.T) {
	down := alert.Rule{ID: "d", Column: alert.Price, Direction: alert.Down, Bound: 90, Scope: alert.ScopeAll}
	up := alert.Rule{ID: "u", Column: alert.OIContracts, Direction: alert.Up, Bound: 50_000, Scope: alert.ScopeAll}
	e := alert.NewEngine([]alert.Rule{down, up}, alert.Memory{})
	now := noon
	show := func(contracts, price float64) []alert.Alert {
		now = now.Add(time.Minute)
		q := quote("BNXUSDT", price, now)
		q.OpenInterest.Contracts = contracts
		alerts, _ := e.Observe(alert.Input{Now: now, Snapshot: live(q)})
		return alerts
	}
	for _, step := range []struct {
		contracts, price float64
		want             int
	}{{1000, 100, 0}, {100_200, 1.001, 0}, {100_100, 1.01, 0}, {40_000, 1, 0}, {60_000, 1, 1}, {60_000, 95, 0}, {60_000, 89, 1}} {
		if got := show(step.contracts, step.price); len(got) != step.want {
			t.Errorf("at %v contracts for %v: %d alerts, want %d", step.contracts, step.price, len(got), step.want)
		}
	}

	past := alert.Past{Points: walk(600, 610, 60_500, 60_600, 49_000, 51_000)}
	for i := range past.Points {
		past.Points[i].Price = 10
		if i < 2 {
			past.Points[i].Price = 1000
		}
	}
	if m := times(alert.DryRun(up, past, noon, noon.Add(time.Hour), time.UTC)); len(m) != 1 || m[0] != 25 {
		t.Errorf("dry run: after %v minutes, want 25", m)
	}
	down.Bound = 500
	if m := times(alert.DryRun(down, past, noon, noon.Add(time.Hour), time.UTC)); len(m) != 0 {
		t.Errorf("dry run of the price: after %v minutes, want none", m)
	}
}

// While only one of open interest and price is in the new unit, bounds are crossed
// by neither; both are held against what was before, once the other has followed.
func TestAChangeOfUnitInTwoStepsIsNoCrossing(t *testing.T) {
	down := alert.Rule{ID: "d", Column: alert.Price, Direction: alert.Down, Bound: 0.9, Scope: alert.ScopeAll}
	up := alert.Rule{ID: "u", Column: alert.OIContracts, Direction: alert.Up, Bound: 50_000, Scope: alert.ScopeAll}
	var points []market.Point
	for i := range 13 {
		points = append(points, market.Point{Time: noon.Add(time.Duration(i-12) * market.Step).UnixMilli(), Contracts: 1000, Price: 1})
	}
	for name, half := range map[string][2]float64{"open interest first": {100_000, 1}, "price first": {1000, 0.01}} {
		e := alert.NewEngine([]alert.Rule{down, up}, alert.Memory{})
		now := noon
		for _, step := range [][2]float64{{1000, 1}, half, half, {100_000, 0.01}, {101_000, 0.0101}} {
			now = now.Add(20 * time.Second)
			q := quote("BNXUSDT", step[1], now)
			q.OpenInterest.Contracts, q.History = step[0], market.NewSeries("BNXUSDT", market.Period5m, slices.Clone(points))
			if alerts, _ := e.Observe(alert.Input{Now: now, Snapshot: live(q)}); len(alerts) != 0 {
				t.Errorf("%s: at %v it tells %v", name, step, alerts)
			}
		}
	}
}
