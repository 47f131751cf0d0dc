package signal

import (
	"slices"
	"time"

	"openinterest/data/market"
)

// EventKind names what an event says.
type EventKind string

// The kinds of event.
const (
	StrongBullish24h    EventKind = "strong_bullish_24h"
	WeakeningRally24h   EventKind = "weakening_rally_24h"
	StrongBearish24h    EventKind = "strong_bearish_24h"
	WeakeningSelloff24h EventKind = "weakening_selloff_24h"
	StrongBullish4h     EventKind = "strong_bullish_4h"
	WeakeningRally4h    EventKind = "weakening_rally_4h"
	StrongBearish4h     EventKind = "strong_bearish_4h"
	WeakeningSelloff4h  EventKind = "weakening_selloff_4h"
	DivergenceHigh      EventKind = "divergence_high" // a new 7-day high that open interest does not confirm
	DivergenceLow       EventKind = "divergence_low"  // a new 7-day low that open interest does not confirm
	Spike1h             EventKind = "spike_1h"        // open interest rose unusually fast; claims volatility, no direction
	Spike4h             EventKind = "spike_4h"        // its slow form
	Flush1h             EventKind = "flush_1h"        // open interest fell unusually fast while price moved: deleveraging
	CrowdedLongs        EventKind = "crowded_longs"   // much open interest, and longs pay unusually much funding
	CrowdedShorts       EventKind = "crowded_shorts"  // much open interest, and shorts pay unusually much funding

	// Extremes of who stands where, of the contract's own 30 days.
	LongShortAccountsHigh     EventKind = "long_short_accounts_high"
	LongShortAccountsLow      EventKind = "long_short_accounts_low"
	TopLongShortAccountsHigh  EventKind = "top_long_short_accounts_high"
	TopLongShortAccountsLow   EventKind = "top_long_short_accounts_low"
	TopLongShortPositionsHigh EventKind = "top_long_short_positions_high"
	TopLongShortPositionsLow  EventKind = "top_long_short_positions_low"
	TakerBuySellHigh          EventKind = "taker_buy_sell_high"
	TakerBuySellLow           EventKind = "taker_buy_sell_low"

	LiquidatedLongs1h  EventKind = "liquidated_longs_1h"  // liquidations of longs were seen of 1 % of open interest or more
	LiquidatedShorts1h EventKind = "liquidated_shorts_1h" // the same of shorts
)

// eventKinds is every kind; the index of a kind in it is its index in states
// and memories.
var eventKinds = [...]EventKind{
	StrongBullish24h, WeakeningRally24h, StrongBearish24h, WeakeningSelloff24h,
	StrongBullish4h, WeakeningRally4h, StrongBearish4h, WeakeningSelloff4h,
	DivergenceHigh, DivergenceLow, Spike1h, Spike4h, Flush1h, CrowdedLongs, CrowdedShorts,
	LongShortAccountsHigh, LongShortAccountsLow, TopLongShortAccountsHigh, TopLongShortAccountsLow,
	TopLongShortPositionsHigh, TopLongShortPositionsLow, TakerBuySellHigh, TakerBuySellLow,
	LiquidatedLongs1h, LiquidatedShorts1h,
}

const (
	kindCount = len(eventKinds)

	firstOf24h = 0 // the four readings over 24 h begin here, in the order of ReadingKinds
	firstOf4h  = 4
	atHigh     = 8
	atLow      = 9
	atSpike1h  = 10
	atSpike4h  = 11
	atFlush    = 12
	atLongs    = 13
	atShorts   = 14

	atRatios           = 15 // the extremes of ratios begin here, in the order of market.RatioKinds: high, low
	atLiquidatedLongs  = 23
	atLiquidatedShorts = 24
)

// OnTrial reports whether the kind is one that has yet to show that it means
// anything: it has events and a line on the scorecard, and no mark in the table, until
// its scorecard has earned a badge.
func (k EventKind) OnTrial() bool { return k.index() >= atRatios }

// Ratio is the ratio whose extreme the kind is, and whether it is a high; false for
// the kinds that are none.
func (k EventKind) Ratio() (of market.RatioKind, high, ok bool) {
	i := k.index()
	if i < atRatios || i >= atLiquidatedLongs {
		return 0, false, false
	}
	return market.RatioKind((i - atRatios) / 2), (i-atRatios)%2 == 0, true
}

// EventKinds lists every kind in the order the screen shows them.
func EventKinds() []EventKind { return slices.Clone(eventKinds[:]) }

func (k EventKind) index() int { return slices.Index(eventKinds[:], k) }

// Valid reports whether k is one of EventKinds.
func (k EventKind) Valid() bool { return k.index() >= 0 }

// Window is the span W that the kind looks back over: 7 days for a divergence.
// Crowding and the extremes of ratios look at levels, not at a change, and have none.
func (k EventKind) Window() market.Window {
	switch k {
	case StrongBullish24h, WeakeningRally24h, StrongBearish24h, WeakeningSelloff24h:
		return market.Window24h
	case StrongBullish4h, WeakeningRally4h, StrongBearish4h, WeakeningSelloff4h, Spike4h:
		return market.Window4h
	case Spike1h, Flush1h, LiquidatedLongs1h, LiquidatedShorts1h:
		return market.Window1h
	case DivergenceHigh, DivergenceLow:
		return market.Window7d
	}
	return 0
}

// Cooldown is how long after an event the next of its kind may fire:
// max(W, 24 h), and 24 h for a divergence.
func (k EventKind) Cooldown() time.Duration { return 24 * time.Hour }

// Needs is how much history before a stamp the kind takes to be evaluated: 7 days'
// worth of moves for a z, and the window of the first of them; 30 days for
// crowding and extremes, an hour for liquidations. It is evaluated with less where what is known rules it out.
func (k EventKind) Needs() time.Duration {
	switch i := k.index(); {
	case i >= atLiquidatedLongs:
		return time.Duration(k.Window())
	case i >= atLongs:
		return baselineSpan
	}
	return minimumStamps*market.Step + time.Duration(min(k.Window(), market.Window24h))
}

// every is how often the kind is evaluated: divergences on full hours only.
func (k EventKind) every() time.Duration {
	if k == DivergenceHigh || k == DivergenceLow {
		return time.Hour
	}
	return market.Step
}

// Reading is the reading of price × open interest that the kind stands for;
// Unknown for the kinds beyond those.
func (k EventKind) Reading() Kind {
	if i := k.index(); i >= 0 && i < atHigh {
		return ReadingKinds()[i%4]
	}
	return Unknown
}

// ReadingEvent is the kind of event that a reading over 24 h or 4 h fires;
// empty for neutral and unknown ones and for other windows.
func ReadingEvent(k Kind, w market.Window) EventKind {
	i := slices.Index(ReadingKinds(), k)
	switch {
	case i >= 0 && w == market.Window24h:
		return eventKinds[firstOf24h+i]
	case i >= 0 && w == market.Window4h:
		return eventKinds[firstOf4h+i]
	}
	return ""
}

// State is what is known of a condition at a stamp.
type State int8

// The states. They are ordered so that min is Kleene's "and".
const (
	False     State = -1
	Undefined State = 0 // something it needs is missing: neither fires nor re-arms
	True      State = 1
)

// all is Kleene's "and": false if any is false, true if all are true.
func all(parts ...State) State {
	s := True
	for _, p := range parts {
		s = min(s, p)
	}
	return s
}

// atLeast compares with a bound; Undefined for a number that is not known.
func atLeast(x, bound float64) State {
	switch {
	case x >= bound:
		return True
	case x < bound:
		return False
	}
	return Undefined
}

func atMost(x, bound float64) State { return atLeast(-x, -bound) }
