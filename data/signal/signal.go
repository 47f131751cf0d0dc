// Package signal says what price and open interest do together: the readings
// of the table, the events that fire on them, and a scorecard of what followed.
// Everything is a pure function of series; there is no I/O and no clock.
// Signals describe the present; they do not predict.
//
// # From stamps to events
//
// Everything is computed on closed 5-minute stamps, from contracts Q and the
// price P of the same stamp, never from USD: ln(OI in USD) = ln Q + ln P, so
// with no position opened or closed a 5 % price move would read as 5 % more
// open interest.
//
//	Input ──► Baseline (one contract, one hour) ─┐
//	   └────► stamp ──────────────────────────────┴─► Evaluation ─► Detector ─► Event ─► Scorecard
//
// A [Baseline] holds what a contract usually does: medians and deviations of
// its moves over 30 days, computed once an hour. [Evaluate] holds one stamp
// against it. A [Detector] remembers per kind when it last fired. [Walk] and
// [Events] run the same code along a history, with the baselines moved on hour
// by hour instead of computed anew; a test holds that both give the same bits.
//
// # Robust z
//
// With x = ln(X_t / X_{t−W}), z = (x − m) / (1.4826·MAD). m is the median of x,
// and MAD the median of |x − m|, over every stamp in [H − 30 d, H − W] at which
// x is defined, both ends included; H is the last full hour at or before t (t
// itself when it is one). The median of an even count is the mean of the two in
// the middle. Undefined with fewer than 2,016 such stamps or MAD = 0. For price
// × open interest (S1) z is x / (1.4826·MAD), with the same MAD about m: a move
// is up or down by its sign.
//
// # Undefined is not false
//
// A condition is true, false, or undefined, by Kleene's rule: false as soon as
// one of its parts is known to be false, true when all are known to be true,
// else undefined. Only true fires, and only false re-arms: missing data never
// does. A contract that is not eligible (gap, age, not trading, too new) turns
// true into undefined.
//
// Thresholds are compared on ratios (X_t/X_{t−W} ≥ 1.03 for "dX ≥ ln 1.03"), so
// that 103 contracts after 100 are exactly at the threshold, and at it counts.
//
// # Change of unit
//
// Where a contract was redenominated (see [market.UnitChange]), every stamp is
// evaluated in its own unit: those before it are converted by the exact factor, so
// that no change, z, rank or extreme spans it. Where the factor cannot be told
// exactly they are left out, and what needs them is undefined. What followed an
// event is computed in the newest unit.
//
// # Where the definition leaves room
//
//   - A gap is the time between two neighbouring stamps: two missing stamps make
//     15 minutes and are allowed, three are not. It counts as far as it lies in W.
//   - Of several equal highest (lowest) hours, t* is the earliest. Hours without
//     a price are passed over.
//   - Crowding goes by the rate last paid, which is current until the next
//     payment is 15 minutes overdue (8 h 15 min). A payment belongs to the stamp
//     it is floored to. "30 days of both" means that stamps and payments reach
//     back 30 days and that nine tenths of that time are there.
//   - A ratio at a stamp is the newest value of the last 15 minutes: the exchange tells
//     ratios later than open interest. It is extreme at or above its 95th percentile, or
//     at or below its 5th, among its values on the full hours in [H − 30 d, H], of which
//     nine tenths must be known; the q-th percentile is the smallest value that at
//     least q % are at most. Where both are the same nothing is known to be extreme.
//   - Liquidations are those seen in (t − 1 h, t], in USD at their prices, against the
//     open interest in USD at t − 1 h. The exchange shows at most the largest of each
//     contract and second, so sums are lower bounds: 1 % of them is true however
//     little was heard. False means that less was seen by somebody who listened through
//     the hour, but for a minute in all; it does not mean that less took place. Else it
//     is undefined.
//   - Extremes are scored like crowding, on whether the price was higher, for no
//     direction is claimed beforehand. So are liquidations, like the flush that is the
//     same in open interest: that volatility is higher after them goes without saying.
//   - The median open interest is in USD, of the full hours in [H − 30 d, H].
//     Thin contracts' events are told, marked thin.
//   - Where volume or listing date is not known, the rules on them are left out
//     and the evidence says so.
//   - After a cooldown an event fires as soon as the condition holds, if it has
//     been false at any time since the last event, also during the cooldown.
//
// # Cost
//
// In processor time of one core (AMD EPYC, 2026): a year of one contract
// (105,120 stamps) 0.28 s, a new stamp for 517 contracts 3 ms, a baseline
// 4 ms, so that a whole market's baselines cost 2 s an hour. They take 8 kB a
// contract, 4 MB in all.
package signal

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"openinterest/data/market"
)

// DefinitionVersion names the definitions that this package computes. It
// changes whenever the same data could give other events.
//
//   - 1: the first.
//   - 2: nothing spans a change of unit. Contracts without one have the same
//     events as in 1.
//   - 3: there are kinds of ratios and of liquidations seen. All others have the same
//     events as in 2.
const DefinitionVersion = 3

// SameDefinition reports whether events of a version count beside this one's.
// Version 2 differs from 1 only in that nothing spans a contract's change of
// unit, and 3 from 2 only in that it has more kinds, so what was told by them is not
// told again, and is still scored.
func SameDefinition(version int) bool { return version >= 1 && version <= DefinitionVersion }

// Spans of the definitions.
const (
	baselineSpan   = 30 * 24 * time.Hour // of the statistics and percentiles
	minimumStamps  = 2016                // that a z needs: 7 days' worth
	listedForZ     = 8 * 24 * time.Hour
	listedForRanks = 30 * 24 * time.Hour
	oldestData     = 15 * time.Minute
	longestGap     = 15 * time.Minute
	thinOpenUSD    = 5e6
	thinVolumeUSD  = 10e6

	hourMillis     = int64(time.Hour / time.Millisecond)
	dayMillis      = 24 * hourMillis
	baselineMillis = int64(baselineSpan / time.Millisecond)
	stepsPerHour   = int(time.Hour / market.Step)
)

func floorHour(ms int64) int64 {
	r := ms % hourMillis
	if r < 0 {
		r += hourMillis
	}
	return ms - r
}

func instant(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// Number is a float64 that JSON writes as null when it is not known.
type Number float64

// Known reports whether the number may be shown.
func (n Number) Known() bool { return market.Known(float64(n)) }

// MarshalJSON writes the shortest decimal that reads back as the same number.
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.Known() {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// UnmarshalJSON reads a number, and null as unknown.
func (n *Number) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*n = Number(math.NaN())
		return nil
	}
	var x float64
	if err := json.Unmarshal(data, &x); err != nil {
		return fmt.Errorf("reading a number: %w", err)
	}
	*n = Number(x)
	return nil
}
