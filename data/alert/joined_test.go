package alert_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"openinterest/data/alert"
	"openinterest/data/market"
	"openinterest/data/signal"
)

func bound(x float64) *float64 { return &x }

// joined is a rule of two numbers.
func joined(id string, on alert.Change) alert.Rule {
	return alert.Rule{ID: id, On: on, Scope: alert.ScopeAll, Where: []alert.Condition{
		{Column: alert.Price, Min: bound(100)}, {Column: alert.OIContracts, Min: bound(500), Max: bound(2000)}}}
}

func TestJoinedConditionsTellOfEnteringAndOfLeaving(t *testing.T) {
	for _, c := range []struct {
		on   alert.Change
		want []int // of the steps below
	}{{alert.Enters, []int{2, 6}}, {alert.Leaves, []int{3}}, {alert.Either, []int{2, 3, 6}}} {
		e := alert.NewEngine([]alert.Rule{joined("r", c.on)}, alert.Memory{})
		now, got := noon, []int(nil)
		for i, x := range []struct{ price, contracts float64 }{
			{99, 1000},            // outside at the start
			{99, 3000},            // neither holds
			{101, 1000},           // both: entered
			{101, 2500},           // left
			{101, market.Unknown}, // not known: nothing is raised
			{99, 2500},            // outside
			{150, 600},            // entered
			{150, market.Unknown}, // not known
			{99, 600},             // after that the first number only tells where it stands
		} {
			now = now.Add(time.Minute)
			q := quote("BTCUSDT", x.price, now)
			q.OpenInterest.Contracts = x.contracts
			alerts, _ := e.Observe(alert.Input{Now: now, Snapshot: live(q)})
			for _, a := range alerts {
				got = append(got, i)
				if a.Left != (i == 3) || len(a.Readings) != 2 || a.Readings[0] != (alert.Reading{Column: alert.Price, Value: x.price}) {
					t.Errorf("%q, step %d: %+v", c.on, i, a)
				}
			}
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q raises at steps %v, want %v", c.on, got, c.want)
		}
	}
}

// Each contract cools down by itself, and leaving by itself.
func TestJoinedConditionsCoolDownByContract(t *testing.T) {
	r := joined("r", alert.Either)
	r.CooldownMinutes = 10
	e := alert.NewEngine([]alert.Rule{r}, alert.Memory{})
	now := noon
	show := func(btc, eth float64) (got string) {
		now = now.Add(time.Minute)
		alerts, _ := e.Observe(alert.Input{Now: now, Snapshot: live(quote("BTCUSDT", btc, now), quote("ETHUSDT", eth, now))})
		for _, a := range alerts {
			got += map[bool]string{true: "-", false: "+"}[a.Left] + a.Symbol[:3] + " "
		}
		return got
	}
	show(99, 99)
	for i, want := range []string{"+BTC ", "-BTC ", "+ETH ", "-ETH "} {
		prices := [][2]float64{{101, 99}, {99, 99}, {101, 101}, {99, 99}}[i]
		if got := show(prices[0], prices[1]); got != want {
			t.Errorf("step %d raises %q, want %q", i, got, want)
		}
	}
	now = now.Add(10 * time.Minute)
	if got := show(101, 99); got != "+BTC " {
		t.Errorf("10 minutes later: %q", got)
	}
}

func TestConditionsOnSignalsAndBesideASignal(t *testing.T) {
	shows := map[string]bool{}
	isKnown := true
	in := func(at time.Time, price float64, events ...signal.Event) alert.Input {
		return alert.Input{Now: at, Snapshot: live(quote("BTCUSDT", price, at)), Events: events,
			Shows: func(_, name string) (bool, bool) { return shows[name], isKnown }}
	}
	r := alert.Rule{ID: "r", Scope: alert.ScopeAll, Where: []alert.Condition{{Column: alert.SignalColumn, Is: []string{string(signal.Spike1h), string(signal.Neutral)}}}}
	e := alert.NewEngine([]alert.Rule{r}, alert.Memory{})
	e.Observe(in(noon, 1))
	shows[string(signal.Neutral)] = true
	alerts, _ := e.Observe(in(noon.Add(time.Minute), 1))
	if len(alerts) != 1 || alerts[0].Readings[0].Signal != string(signal.Neutral) {
		t.Errorf("a signal began to show: %+v", alerts)
	}
	isKnown = false
	e.Observe(in(noon.Add(2*time.Minute), 1))
	isKnown, shows = true, map[string]bool{}
	e.Observe(in(noon.Add(3*time.Minute), 1))
	isKnown = false
	e.Observe(in(noon.Add(4*time.Minute), 1))
	isKnown, shows[string(signal.Spike1h)] = true, true
	if alerts, _ := e.Observe(in(noon.Add(5*time.Minute), 1)); len(alerts) != 0 {
		t.Errorf("raised, though it is not known when the signal began: %+v", alerts)
	}

	big := alert.Rule{ID: "b", Signal: alert.AnySignal, Scope: alert.ScopeAll, Where: []alert.Condition{{Column: alert.Price, Min: bound(100)}}}
	e = alert.NewEngine([]alert.Rule{big}, alert.Memory{})
	if alerts, _ := e.Observe(in(noon, 99, spike("BTCUSDT", noon))); len(alerts) != 0 {
		t.Error("a signal was told of a contract that the rule leaves out")
	}
	if alerts, _ := e.Observe(in(noon.Add(time.Minute), 101, spike("BTCUSDT", noon.Add(time.Minute)))); len(alerts) != 1 || len(alerts[0].Readings) != 1 {
		t.Errorf("a signal of a contract that it has: %+v", alerts)
	}
}

func TestAWatchlistIsThatOfTheMoment(t *testing.T) {
	r := alert.Rule{ID: "r", Signal: alert.AnySignal, Scope: alert.ScopeList, List: "mine"}
	e := alert.NewEngine([]alert.Rule{r}, alert.Memory{})
	in := alert.Input{Now: noon, Snapshot: live(quote("BTCUSDT", 1, noon), quote("ETHUSDT", 1, noon)),
		Events: []signal.Event{spike("BTCUSDT", noon), spike("ETHUSDT", noon)}, Circle: alert.Circle{Lists: map[string]map[string]bool{"mine": {"ETHUSDT": true}}}}
	if alerts, _ := e.Observe(in); len(alerts) != 1 || alerts[0].Symbol != "ETHUSDT" {
		t.Errorf("raised %+v", alerts)
	}
}

func TestTheDryRunOfJoinedConditionsAgreesWithTheEngine(t *testing.T) {
	r := joined("r", alert.Either)
	r.Where = []alert.Condition{{Column: alert.OIContracts, Min: bound(100), Max: bound(110)}, {Column: alert.Price, Max: bound(1080)}}
	values := []float64{99, 101, 107, 109, 120, 105, 90, 100}
	want := []int{5, 15, 25, 30, 35}
	past := alert.Past{Contract: market.Contract{Symbol: "BTCUSDT"}, Points: walk(values...)}
	if got := times(alert.DryRun(r, past, noon, noon.Add(time.Hour), time.UTC)); !reflect.DeepEqual(got, want) {
		t.Errorf("the dry run tells after %v minutes, want %v", got, want)
	}
	e := alert.NewEngine([]alert.Rule{r}, alert.Memory{})
	var live2 []int
	for i, v := range values {
		now := noon.Add(time.Duration(i) * market.Step)
		q := quote("BTCUSDT", 10*v, now)
		q.OpenInterest.Contracts = v
		alerts, _ := e.Observe(alert.Input{Now: now, Snapshot: live(q)})
		live2 = append(live2, times(alerts)...)
	}
	if !reflect.DeepEqual(live2, want) {
		t.Errorf("the engine tells after %v minutes, want %v", live2, want)
	}
	if covered := alert.Covered(r, past, noon.Add(-time.Second), noon.Add(time.Hour)); covered != 40*time.Minute {
		t.Errorf("%v could be judged, want 40 minutes", covered)
	}
	// What the past does not tell of is left out, and named.
	full := r
	full.Where = append(full.Where, alert.Condition{Column: alert.SignalColumn, Is: []string{string(signal.Spike1h)}}, alert.Condition{Column: alert.Volume24h, Min: bound(1)})
	if _, without := full.Judged(); !full.CanDryRun() || full.Looks() != alert.AnySignal || !reflect.DeepEqual(without, []alert.Column{alert.Volume24h}) {
		t.Errorf("the dry run is without %v", without)
	}
	if got := alert.DryRun(full, past, noon, noon.Add(time.Hour), time.UTC); len(got) != 0 || alert.Covered(full, past, noon.Add(-time.Second), noon.Add(time.Hour)) >= 40*time.Minute {
		t.Errorf("it is not known what signals showed, yet it tells after %v minutes", times(got))
	}
	past.Shows = func(_ int64, name string) (bool, bool) { return name == string(signal.Spike1h), true }
	got := alert.DryRun(full, past, noon, noon.Add(time.Hour), time.UTC)
	if !reflect.DeepEqual(times(got), want) || len(got[0].Rule.Where) != 4 {
		t.Errorf("the dry run without volume tells after %v minutes", times(got))
	}
	if full.Where = full.Where[3:]; full.CanDryRun() {
		t.Error("the past tells nothing of the rule, yet it is dry-run")
	}
}

func TestManyAtOnceAreFewMessages(t *testing.T) {
	d := alert.Digest{Every: 5 * time.Minute}
	some := func(n int) []alert.Alert { return make([]alert.Alert, n) }
	sizes := func(messages [][]alert.Alert) (n []int) {
		for _, m := range messages {
			n = append(n, len(m))
		}
		return n
	}
	for i, step := range []struct {
		after  time.Duration
		raised []alert.Alert
		want   []int
	}{
		{0, some(1), []int{1}},
		{time.Minute, some(40), []int{1, 39}},
		{2 * time.Minute, some(3), nil},
		{3 * time.Minute, append(some(1), alert.Alert{Quiet: true}), nil},
		{5 * time.Minute, nil, []int{4}},
		{6 * time.Minute, some(1), []int{1}},
		{20 * time.Minute, some(2), []int{1, 1}},
	} {
		if got := sizes(d.Add(noon.Add(step.after), step.raised)); !reflect.DeepEqual(got, step.want) {
			t.Errorf("step %d: messages of %v alerts, want %v", i, got, step.want)
		}
	}
	if d.Waiting() != 0 {
		t.Errorf("%d alerts still wait", d.Waiting())
	}
}

// What older versions kept is read as it was meant, and what is written is read back.
func TestRulesAreReadBack(t *testing.T) {
	var old alert.Rule
	text := `{"id":"r","column":"oi_usd","direction":"up","bound":5e7,"scope":"one","symbol":"BTCUSDT","cooldown_min":60,"quiet":{"from":1,"to":2,"local":true}}`
	if err := json.Unmarshal([]byte(text), &old); err != nil || old.Check() != nil || old.Bound != 5e7 || old.Quiet == nil {
		t.Errorf("a rule of an older version: %+v, %v", old, err)
	}
	r := joined("r", alert.Either)
	r.Name, r.Scope, r.List = "mine", alert.ScopeList, "watched"
	data, err := json.Marshal(r)
	var again alert.Rule
	if err != nil || json.Unmarshal(data, &again) != nil || !reflect.DeepEqual(r, again) {
		t.Errorf("%+v became %+v, %v", r, again, err)
	}
	for name, c := range map[string]alert.Condition{"no column": {Min: bound(1)}, "no bounds": {Column: alert.Price},
		"crossed": {Column: alert.Price, Min: bound(2), Max: bound(1)}, "no signal": {Column: alert.SignalColumn}, "odd signal": {Column: alert.SignalColumn, Is: []string{"moon"}},
		"no number": {Column: alert.Price, Min: bound(market.Unknown)}} {
		r := joined("r", alert.Enters)
		r.Where = append(r.Where, c)
		if !errors.Is(r.Check(), alert.ErrCondition) {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestAlertsAreReadBack(t *testing.T) {
	event := spike("BTCUSDT", noon)
	for _, a := range []alert.Alert{
		{Time: noon, Symbol: "BTCUSDT", Rule: joined("r", alert.Either), Left: true, Value: 1, Before: 2, Readings: []alert.Reading{{Column: alert.Price, Value: 5}},
			Contract: market.Contract{Symbol: "BTCUSDT", PricePrecision: 2, QuantityPrecision: 3}},
		{Time: noon, Symbol: "BTCUSDT", Rule: alert.Rule{ID: "s", Signal: signal.Spike1h, Scope: alert.ScopeAll}, Event: &event, Value: market.Unknown, Before: market.Unknown},
	} {
		data, err := json.Marshal(a)
		var again alert.Alert
		if err == nil {
			err = json.Unmarshal(data, &again)
		}
		if err != nil || again.Key() != a.Key() || again.Left != a.Left || market.Known(again.Value) != market.Known(a.Value) ||
			!reflect.DeepEqual(again.Readings, a.Readings) || again.Contract.PricePrecision != a.Contract.PricePrecision || (again.Event == nil) != (a.Event == nil) {
			t.Errorf("%s became %+v, %v", data, again, err)
		}
	}
}

func FuzzAlert(f *testing.F) {
	f.Add([]byte(`{"time":"2025-06-17T12:00:00Z","symbol":"BTCUSDT","rule":{"id":"r","scope":"all","cooldown_min":0},"value":1}`))
	f.Add([]byte(`{"time":"2025-06-17T12:00:00Z","symbol":"","rule":{}}`))
	f.Add([]byte(`{"readings":[{}],"event":{}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var a alert.Alert
		if json.Unmarshal(data, &a) == nil && (a.Symbol == "" || a.Time.IsZero()) {
			t.Errorf("%q was read as %+v", data, a)
		}
	})
}
