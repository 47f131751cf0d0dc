package signal

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// run feeds one kind's states, a stamp each, and returns the indexes that fire.
func run(d *Detector, from int, states string) (fired []int) {
	for i, r := range states {
		var s [kindCount]State
		s[atSpike1h] = map[rune]State{'+': True, '-': False, '?': Undefined}[r]
		if d.observe(stepMillis*int64(from+i+1), &s)[atSpike1h] {
			fired = append(fired, from+i)
		}
	}
	return fired
}

func repeat(s string, n int) string {
	out := ""
	for range n {
		out += s
	}
	return out
}

func TestDetectorFiresOncePerEpisodeAndDay(t *testing.T) {
	day := 24 * 12
	for _, c := range []struct {
		name, states string
		want         []int
	}{
		{"at once", "+", []int{0}},
		{"at the first true stamp", "--?+++", []int{3}},
		{"held on: once", repeat("+", 3*day), []int{0}},
		{"false in between, but too soon", "+-+-+", []int{0}},
		{"one stamp before the cooldown ends", "+-" + repeat("-", day-3) + "+-", []int{0}},
		{"when the cooldown ends", "+-" + repeat("-", day-2) + "+", []int{0, day}},
		{"holds when the cooldown ends, false before: fires then", "+-" + repeat("+", 2*day), []int{0, day}},
		{"false only after the cooldown", repeat("+", day+5) + "-+", []int{0, day + 6}},
		{"missing data does not re-arm", "+" + repeat("?", 2*day) + "+", []int{0}},
		{"nor undo a re-arming", "+-" + repeat("?", 2*day) + "+", []int{0, 2*day + 2}},
		{"re-armed anew after each event", "+-" + repeat("+", 3*day), []int{0, day}},
	} {
		got := run(NewDetector("X"), 0, c.states)
		if len(got) != len(c.want) {
			t.Errorf("%s: fires at %v, want %v", c.name, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: fires at %v, want %v", c.name, got, c.want)
			}
		}
	}
}

func TestDetectorGoesOnWhereItStopped(t *testing.T) {
	states := "-+-" + repeat("+", 700) + "-" + repeat("+", 10)
	whole := run(NewDetector("X"), 0, states)
	for _, cut := range []int{0, 1, 2, 3, 200, 400, 703} {
		d := NewDetector("X")
		first := run(d, 0, states[:cut])
		data, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var resumed Detector
		if err := json.Unmarshal(data, &resumed); err != nil {
			t.Fatal(err)
		}
		if resumed.Symbol() != "X" || resumed.Stamp() != d.Stamp() {
			t.Errorf("resumed as %s at %d", resumed.Symbol(), resumed.Stamp())
		}
		again := run(&resumed, 0, states[:cut]) // what was seen is not told again
		rest := run(&resumed, cut, states[cut:])
		if len(again) != 0 || len(first)+len(rest) != len(whole) {
			t.Errorf("cut at %d: %v, again %v, then %v; whole %v", cut, first, again, rest, whole)
		}
	}
}

func TestDetectorRefusesOtherDefinitions(t *testing.T) {
	var d Detector
	if err := json.Unmarshal([]byte(`{"definition_version":0,"symbol":"X"}`), &d); !errors.Is(err, ErrOtherDefinition) {
		t.Errorf("error %v", err)
	}
	if err := json.Unmarshal([]byte(`{"kinds":7}`), &d); err == nil {
		t.Error("nonsense was read")
	}
}

func TestDetectorIgnoresOtherContracts(t *testing.T) {
	e := &Evaluation{Symbol: "Y", Stamp: stepMillis, input: &Input{}, baseline: noBaseline}
	e.states[atSpike1h] = True
	if events := NewDetector("X").Observe(e); len(events) != 0 {
		t.Error("another contract's stamp fired")
	}
	if events := NewDetector("Y").Observe(e); len(events) != 1 || events[0].Kind != Spike1h {
		t.Errorf("its own: %v", events)
	}
}

func TestEveryKindIsNamedOnce(t *testing.T) {
	want := []string{"strong_bullish_24h", "weakening_rally_24h", "strong_bearish_24h", "weakening_selloff_24h",
		"strong_bullish_4h", "weakening_rally_4h", "strong_bearish_4h", "weakening_selloff_4h",
		"divergence_high", "divergence_low", "spike_1h", "spike_4h", "flush_1h", "crowded_longs", "crowded_shorts",
		"long_short_accounts_high", "long_short_accounts_low", "top_long_short_accounts_high", "top_long_short_accounts_low",
		"top_long_short_positions_high", "top_long_short_positions_low", "taker_buy_sell_high", "taker_buy_sell_low",
		"liquidated_longs_1h", "liquidated_shorts_1h"}
	for i, k := range EventKinds() {
		if string(k) != want[i] || k.index() != i || !k.Valid() {
			t.Errorf("kind %d is %s", i, k)
		}
		if of, high, ok := k.Ratio(); ok {
			name := of.Field() + "_low"
			if high {
				name = of.Field() + "_high"
			}
			if name != string(k) {
				t.Errorf("%s is %s", k, name)
			}
		} else if k.OnTrial() != strings.HasPrefix(string(k), "liquidated_") {
			t.Errorf("%s is on trial: %t", k, k.OnTrial())
		}
	}
	if len(EventKinds()) != len(want) || EventKind("x").Valid() {
		t.Error("other kinds")
	}
}
