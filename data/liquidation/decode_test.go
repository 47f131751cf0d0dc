package liquidation

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// two is an answer with two brackets, in which a test changes something.
const two = `[{"symbol": "ETHUSDT", "notionalCoef": 1.50, "brackets": [
	{"bracket": 1, "initialLeverage": 75, "notionalCap": 10000, "notionalFloor": 0, "maintMarginRatio": 0.0065, "cum": 0.0},
	{"bracket": 2, "initialLeverage": 50, "notionalCap": 50000, "notionalFloor": 10000, "maintMarginRatio": 0.01, "cum": 35.0}]}]`

func TestDecodeReadsWhatTheExchangeAnswers(t *testing.T) {
	bare := strings.TrimSuffix(strings.TrimPrefix(two, "["), "]")
	quoted := strings.NewReplacer("0.0065", `"0.0065"`, "35.0", `"35.0"`).Replace(two)
	for name, text := range map[string]string{
		"an array": two, "one entry": bare, "numbers in quotes": quoted, "a byte order mark": "\ufeff" + two,
		"without cum":  strings.ReplaceAll(strings.ReplaceAll(two, `, "cum": 0.0`, ""), `, "cum": 35.0`, ""),
		"more members": strings.Replace(two, `"symbol"`, `"pair": "ETHUSDT", "more": [1, {}], "symbol"`, 1),
	} {
		tables, err := Decode([]byte(text))
		if err != nil || len(tables) != 1 {
			t.Errorf("%s: %d tables, %v", name, len(tables), err)
			continue
		}
		want := []Bracket{{Number: 1, MaxLeverage: 75, Cap: 10_000, Rate: 0.0065}, {Number: 2, MaxLeverage: 50, Floor: 10_000, Cap: 50_000, Rate: 0.01, Cum: 35}}
		x := tables[0]
		if x.Symbol != "ETHUSDT" || x.Coef != 1.5 || len(x.Brackets) != 2 || x.Brackets[0] != want[0] || !isEqual(x.Brackets[1].Cum, 35) || x.Brackets[1].Cap != want[1].Cap {
			t.Errorf("%s: read as %+v", name, x)
		}
		if Find(tables, "ETHUSDT") != x || Find(tables, "BTCUSDT") != nil {
			t.Errorf("%s: its table is not found by its symbol", name)
		}
	}
}

func TestDecodeRefusesWhatBreaksTheRules(t *testing.T) {
	for name, c := range map[string]struct {
		old, new string
		want     Flaw
		bracket  int
	}{
		"no JSON":             {"[{", "{[", FlawJSON, 0},
		"a text for a number": {"0.0065", `"much"`, FlawJSON, 0},
		"NaN":                 {"0.0065", `"NaN"`, FlawJSON, 0},
		"too large a number":  {"50000", "1e400", FlawJSON, 0},
		"something after it":  {"]}]", "]}] 1", FlawJSON, 0},
		"nothing in it":       {two, "[]", FlawEmpty, 0},
		"null":                {two, "null", FlawEmpty, 0},
		"no symbol":           {"ETHUSDT", " ", FlawSymbol, 0},
		"twice the same":      {two, strings.TrimSuffix(two, "]") + "," + strings.TrimPrefix(two, "["), FlawTwice, 0},
		"no brackets":         {two, `{"symbol": "X", "brackets": []}`, FlawNone, 0},
		"a rate that lacks":   {`"maintMarginRatio": 0.01,`, "", FlawMissing, 2},
		"begins above zero":   {`"notionalFloor": 0,`, `"notionalFloor": 5,`, FlawFirst, 1},
		"a gap":               {`"notionalFloor": 10000`, `"notionalFloor": 10001`, FlawGap, 2},
		"no room":             {"50000", "10000", FlawBounds, 2},
		"a rate that falls":   {"0.01,", "0.006,", FlawRate, 2},
		"a rate of zero":      {"0.0065", "0", FlawRate, 1},
		"a rate of 100 %":     {"0.01,", "1,", FlawRate, 2},
		"leverage that rises": {`"initialLeverage": 50`, `"initialLeverage": 76`, FlawLeverage, 2},
		"leverage of zero":    {`"initialLeverage": 75`, `"initialLeverage": 0`, FlawLeverage, 1},
		"another cum":         {"35.0", "36.0", FlawCum, 2},
		"cum below zero":      {"35.0", "-35.0", FlawCum, 2},
		"a first cum":         {`"cum": 0.0`, `"cum": 1`, FlawCum, 1},
	} {
		tables, err := Decode([]byte(strings.Replace(two, c.old, c.new, 1)))
		flawed := (*TableError)(nil)
		if !errors.As(err, &flawed) || flawed.Flaw != c.want || flawed.Bracket != c.bracket {
			t.Errorf("%s: %v, %v; want %s of bracket %d", name, tables, err, c.want, c.bracket)
		}
	}
	if _, err := Decode([]byte(strings.Repeat(" ", Longest) + two)); err == nil {
		t.Error("a file that is too long was read")
	}
}

// Who saved something else than brackets is told what it is.
func TestDecodeSaysWhatAFileIs(t *testing.T) {
	for text, want := range map[string]string{
		`{"code":-2014,"msg":"API-key format invalid."}`: "an error that the exchange answered: API-key format invalid.",
		"":                               "it is empty",
		"17":                             "neither an array nor an entry",
		"[17]":                           "an entry is a number",
		`{"symbol":17}`:                  "symbol is a number",
		`[{"symbol":"X","brackets":{}}]`: "brackets is an object",
	} {
		_, err := Decode([]byte(text))
		if flawed := (*TableError)(nil); !errors.As(err, &flawed) || flawed.Flaw != FlawJSON || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// A bracket has its own number, unless another has it, too.
func TestBracketsAreNumbered(t *testing.T) {
	for text, want := range map[string][2]int{two: {1, 2}, strings.Replace(two, `"bracket": 2`, `"bracket": 9`, 1): {1, 9}, strings.Replace(two, `"bracket": 2`, `"bracket": 1`, 1): {1, 2}, strings.Replace(two, `"bracket": 1`, `"bracket": 7`, 1): {1, 2}} {
		tables, err := Decode([]byte(text))
		if err != nil || tables[0].Brackets[0].Number != want[0] || tables[0].Brackets[1].Number != want[1] {
			t.Errorf("%v, %v; want %v", tables, err, want)
		}
	}
}

// What is built in has an address and a date, and all of its brackets.
func TestBuiltInTablesSayWhereTheyAreFrom(t *testing.T) {
	tables, err := Decode(published)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range tables {
		if _, err := time.Parse(time.DateOnly, x.Date); err != nil || !strings.HasPrefix(x.Source, "https://") {
			t.Errorf("%s: from %q of %q", x.Symbol, x.Source, x.Date)
		}
		if last := x.Brackets[len(x.Brackets)-1]; last.MaxLeverage != 1 {
			t.Errorf("%s ends with a leverage of %g: brackets are missing", x.Symbol, last.MaxLeverage)
		}
		if known := Known(x.Symbol); known == nil || known.Date != x.Date {
			t.Errorf("%s is not found", x.Symbol)
		}
	}
	if Known("NOSUCHUSDT") != nil {
		t.Error("there is a table of a contract that does not exist")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(two))
	f.Add([]byte(`{"symbol":"X","brackets":[{"notionalFloor":0,"notionalCap":9223372036854775807,"maintMarginRatio":0.5,"initialLeverage":1}]}`))
	f.Add([]byte(`[null,{"symbol":"X","brackets":[null]}]`))
	f.Add(published)
	f.Fuzz(func(t *testing.T, text []byte) {
		tables, err := Decode(text)
		if err != nil {
			if flawed := (*TableError)(nil); !errors.As(err, &flawed) {
				t.Fatalf("%v is no TableError", err)
			}
			return
		}
		for _, x := range tables {
			for _, p := range []Position{
				{Side: Long, Mode: Isolated, Entry: 3, Quantity: x.Cap() / 7, Margin: x.Cap()},
				{Side: Short, Mode: Isolated, Entry: 3, Quantity: x.Cap() / 7, Leverage: 1},
			} {
				r, err := Calculate(p, x)
				if err == nil && !r.Liquidation.Never && !(r.Liquidation.Price > 0 && r.Liquidation.Price < 1e300 && r.Liquidation.Maintenance >= -1e-6*r.Notional) {
					t.Fatalf("%+v with %s gives %+v", p, text, r)
				}
			}
		}
	})
}
