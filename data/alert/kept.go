package alert

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// kept is an alert as the store keeps it, and as it goes to other programs: numbers
// that are not known are not there.
type kept struct {
	Time     time.Time     `json:"time"`
	Symbol   string        `json:"symbol"`
	Rule     Rule          `json:"rule"`
	Quiet    bool          `json:"quiet,omitempty"`
	Event    *signal.Event `json:"event,omitempty"`
	Value    *float64      `json:"value,omitempty"`
	Before   *float64      `json:"before,omitempty"`
	Left     bool          `json:"left,omitempty"`
	Readings []Reading     `json:"readings,omitempty"`

	PricePrecision    int `json:"price_precision,omitempty"`
	QuantityPrecision int `json:"quantity_precision,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (a Alert) MarshalJSON() ([]byte, error) {
	number := func(x float64) *float64 {
		if !market.Known(x) {
			return nil
		}
		return &x
	}
	return json.Marshal(kept{a.Time.UTC(), a.Symbol, a.Rule, a.Quiet, a.Event, number(a.Value), number(a.Before), a.Left, a.Readings,
		a.Contract.PricePrecision, a.Contract.QuantityPrecision})
}

// ErrNotAlert is what is wrong with JSON that is none of an alert.
var ErrNotAlert = errors.New("it names no contract that can be one, or no time")

// UnmarshalJSON implements json.Unmarshaler.
func (a *Alert) UnmarshalJSON(data []byte) error {
	var k kept
	if err := json.Unmarshal(data, &k); err != nil {
		return fmt.Errorf("reading an alert: %w", err)
	}
	if !market.UsableSymbol(k.Symbol) || k.Time.IsZero() {
		return fmt.Errorf("reading an alert: %w", ErrNotAlert)
	}
	number := func(x *float64) float64 {
		if x == nil {
			return market.Unknown
		}
		return *x
	}
	*a = Alert{Time: k.Time.UTC(), Symbol: k.Symbol, Rule: k.Rule, Quiet: k.Quiet, Event: k.Event, Left: k.Left, Readings: k.Readings,
		Value: number(k.Value), Before: number(k.Before),
		Contract: market.Contract{Symbol: k.Symbol, PricePrecision: k.PricePrecision, QuantityPrecision: k.QuantityPrecision}}
	return nil
}

// Key names what an alert is about: two processes that raise the same one give it the
// same key, though they may see it some seconds apart (see Within).
func (a *Alert) Key() string {
	if e := a.Event; e != nil {
		return fmt.Sprintf("%s %s %d", a.Symbol, e.Kind, e.Time.UnixMilli())
	}
	parts := []string{a.Symbol, a.Rule.ID}
	if a.Left {
		parts = append(parts, "left")
	}
	return strings.Join(parts, " ")
}

// apart is how far apart two processes on one market may see the same crossing: one
// that nobody looks at asks for each contract once a minute.
const apart = 2 * time.Minute

// Within is for how long another alert of the same key is the same.
func (a *Alert) Within() time.Duration {
	if a.Event != nil {
		return 2 * FreshFor // its time is part of the key
	}
	return max(apart, a.Rule.cooldown())
}
