package columns

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/explain"
	"openinterest/ui/format"
)

// Condition is one test that rows are filtered by: a number of the catalogue
// that lies between bounds ("OI ≥ 50 M"), or a signal that is one of some. It is
// immutable once in use.
type Condition struct {
	Column ID       `json:"column"`
	Min    *float64 `json:"min,omitempty"` // in the column's unit; nil: no bound
	Max    *float64 `json:"max,omitempty"`
	Is     []string `json:"is,omitempty"` // of Signal: kinds of readings over 24 h or of events
}

// AtLeast is the condition that a number is a bound or more.
func AtLeast(column ID, bound float64) Condition { return Condition{Column: column, Min: &bound} }

// What a condition can lack.
var (
	ErrNoColumn = errors.New("a column that rows cannot be filtered by")
	ErrNoBounds = errors.New("no bound, or the lower is above the upper")
	ErrNoSignal = errors.New("no signal of that name")
)

// Check returns what is wrong with a condition: it may come from a file.
func (c *Condition) Check() error {
	if c.Column == Signal {
		if len(c.Is) == 0 || slices.ContainsFunc(c.Is, func(s string) bool { return !slices.Contains(SignalNames(), s) }) {
			return ErrNoSignal
		}
		return nil
	}
	if n := market.NumberOf(market.NumberID(c.Column)); n == nil || !n.Column {
		return ErrNoColumn
	}
	known := func(x *float64) bool { return x == nil || market.Known(*x) }
	if c.Min == nil && c.Max == nil || !known(c.Min) || !known(c.Max) || c.Min != nil && c.Max != nil && *c.Min > *c.Max {
		return ErrNoBounds
	}
	return nil
}

// SignalNames lists what the signal of a row can be asked for: the readings over
// 24 hours, Neutral, and the kinds of events that are not those readings, nor on trial.
func SignalNames() []string {
	var names []string
	for _, k := range append(signal.ReadingKinds(), signal.Neutral) {
		names = append(names, string(k))
	}
	for _, k := range signal.EventKinds() {
		if !k.OnTrial() && (k.Reading() == signal.Unknown || k.Window() != market.Window24h) {
			names = append(names, string(k))
		}
	}
	return names
}

// Matches reports whether a row passes. What is not known passes no test.
func (c *Condition) Matches(r *Row) bool {
	if c.Column == Signal {
		return slices.ContainsFunc(c.Is, func(s string) bool {
			return r.Reading.Kind != signal.Unknown && s == string(r.Reading.Kind) || r.Sign.Shows(signal.EventKind(s))
		})
	}
	x := r.Number(c.Column)
	return market.Known(x) && (c.Min == nil || x >= *c.Min) && (c.Max == nil || x <= *c.Max)
}

// Number is the row's number in a column; Unknown where it is not known, or the
// column has none.
func (r *Row) Number(id ID) float64 {
	n := market.NumberOf(market.NumberID(id))
	if n == nil {
		return market.Unknown
	}
	return n.Value(r.Quote, r.beyond, r.made)
}

// Text writes a condition as it stands on a chip: "OI (USD) ≥ 50 M".
func (c *Condition) Text(w *assets.Words, e *explain.Words) string {
	title := w.T("column." + string(c.Column))
	if c.Column == Signal {
		names := make([]string, len(c.Is))
		for i, s := range c.Is {
			names[i] = SignalName(w, e, s)
		}
		return title + w.T("table.colon") + strings.Join(names, w.T("table.or"))
	}
	low, high := WriteBound(w.Lang(), c.Column, c.Min), WriteBound(w.Lang(), c.Column, c.Max)
	switch {
	case c.Min == nil:
		return title + " ≤ " + high
	case c.Max == nil:
		return title + " ≥ " + low
	}
	return title + " " + low + " … " + high
}

// SignalName is how a name of SignalNames is called on screen.
func SignalName(w *assets.Words, e *explain.Words, name string) string {
	if k := signal.EventKind(name); k.Valid() {
		return e.Plain(k)
	}
	return w.T("signal." + name + ".name")
}

// WriteBound writes a bound of a column as ParseBound reads it back, short; empty
// for none.
func WriteBound(lang assets.Language, id ID, bound *float64) string {
	if bound == nil {
		return ""
	}
	x := *bound
	switch unitOf(id) {
	case market.UnitSeconds:
		return writeSpan(x)
	case market.UnitUSD, market.UnitContracts:
		if back := ParseBound(id, shortest(format.Compact(lang, x))); back == x {
			return shortest(format.Compact(lang, x))
		}
	}
	return strings.Replace(strconv.FormatFloat(x, 'f', -1, 64), "-", "−", 1)
}

// shortest takes the zeros off the end of a compact number: "50.0 M" is "50 M".
func shortest(text string) string {
	number, unit, _ := strings.Cut(text, " ")
	if strings.Contains(number, ".") {
		number = strings.TrimSuffix(strings.TrimRight(number, "0"), ".")
	}
	return strings.TrimSpace(number + " " + unit)
}

// ParseBound reads a bound of a column as a person types it: "50M", "5,000万",
// "−2.5 %", and for a time "30m" or "1h 30m". Unknown where it is none, or one in
// another unit.
func ParseBound(id ID, text string) float64 {
	if unitOf(id) == market.UnitSeconds {
		return parseSpan(text)
	}
	if format.Percentage(text) && unitOf(id) != market.UnitPercent {
		return market.Unknown
	}
	return format.Parse(text)
}

func unitOf(id ID) market.Unit {
	if n := market.NumberOf(market.NumberID(id)); n != nil {
		return n.Unit
	}
	return ""
}

// parseSpan reads a time: seconds, or what time.ParseDuration reads, in any case
// and with spaces.
func parseSpan(text string) float64 {
	text = strings.ToLower(strings.Join(strings.Fields(text), ""))
	text = strings.NewReplacer("小时", "h", "分钟", "m", "分", "m", "秒", "s").Replace(text)
	if d, err := time.ParseDuration(text); err == nil {
		return d.Seconds()
	}
	return format.Parse(text)
}

// writeSpan writes a number of seconds as parseSpan reads it back.
func writeSpan(seconds float64) string {
	if seconds < 60 || seconds != float64(int64(seconds)) {
		return strconv.FormatFloat(seconds, 'f', -1, 64) + "s"
	}
	text := (time.Duration(seconds) * time.Second).String()
	text = strings.TrimSuffix(text, "m0s") + map[bool]string{true: "m"}[strings.HasSuffix(text, "m0s")]
	return strings.TrimSuffix(text, "h0m") + map[bool]string{true: "h"}[strings.HasSuffix(text, "h0m")]
}
