package market

import (
	"cmp"
	"slices"
	"time"
)

// RatioKind is one of the ratios that the exchange publishes of a contract each
// 5 minutes. It tells who stands where; open interest itself always has as many
// contracts long as short.
type RatioKind int

// The ratios. "Top traders" are the 20 % of accounts with the highest margin
// balance, by the exchange's own count (Binance: "Top Trader Long/Short Ratio").
const (
	LongShortAccounts     RatioKind = iota // accounts net long ÷ accounts net short, of everybody with a position
	TopLongShortAccounts                   // the same of top traders
	TopLongShortPositions                  // contracts held long ÷ contracts held short, of top traders
	TakerBuySell                           // volume bought ÷ volume sold by takers within the 5 minutes

	ratioKinds
)

// RatioCount is how many kinds of ratio there are.
const RatioCount = int(ratioKinds)

// ratioFields are the names of the kinds for programs.
var ratioFields = [RatioCount]string{"long_short_accounts", "top_long_short_accounts", "top_long_short_positions", "taker_buy_sell"}

// RatioKinds lists the kinds, in the order of columns, plots and files.
func RatioKinds() []RatioKind {
	return []RatioKind{LongShortAccounts, TopLongShortAccounts, TopLongShortPositions, TakerBuySell}
}

// Field is the kind's name for programs, in CSV and JSON: it never changes.
func (k RatioKind) Field() string { return ratioFields[k] }

// Ratios are the ratios of one contract at one 5-minute stamp. One that is not
// known is Unknown; a ratio that is known is finite and ≥ 0.
type Ratios struct {
	Time   int64 // Unix ms, a multiple of 5 minutes
	Values [RatioCount]float64
}

// NoRatios are those of a stamp of which none is known.
func NoRatios(at int64) Ratios {
	return Ratios{at, [RatioCount]float64{Unknown, Unknown, Unknown, Unknown}}
}

// UsableRatio reports whether a ratio can be meant: finite, not negative, and
// not beyond what any market has.
func UsableRatio(x float64) bool { return x >= 0 && x <= mostRatio }

// mostRatio: the most one-sided contracts have a few hundred accounts long for each one short.
const mostRatio = 1e6

// RatioReading is the newest known ratio of a kind. The zero value is none.
type RatioReading struct {
	Value    float64
	Time     int64     // its stamp, Unix ms
	Received time.Time // on the exchange's clock; zero: there is none
}

// ratioFresh is how old the stamp of a ratio may be: two stamps, and what the
// exchange takes to publish one.
const ratioFresh = 2*Step + time.Minute

// Fresh reports whether a reading tells of now: its stamp is the newest, or the one
// before.
func (r RatioReading) Fresh(now time.Time) bool {
	return !r.Received.IsZero() && now.Sub(time.UnixMilli(r.Time)) <= ratioFresh
}

// Ratio returns the newest ratio of a kind that is known.
func (q *Quote) Ratio(k RatioKind) float64 {
	if r := q.Ratios[k]; !r.Received.IsZero() {
		return r.Value
	}
	return Unknown
}

// Basis returns by how many percent the mark price differs from the index
// price, both of one message of the exchange: 100 · (mark − index) / index.
func (q *Quote) Basis() float64 {
	if q.Mark.Received.IsZero() {
		return Unknown
	}
	return PercentChange(q.Mark.Index, q.Mark.Price)
}

// MergeRatios returns the rows of both, by time: of each stamp what either knows,
// and where both do, what more says. Both are in order of time; neither is changed.
func MergeRatios(known, more []Ratios) []Ratios {
	if len(more) == 0 {
		return known
	}
	merged := make([]Ratios, 0, len(known)+len(more))
	for len(known) > 0 || len(more) > 0 {
		switch {
		case len(more) == 0 || len(known) > 0 && known[0].Time < more[0].Time:
			merged, known = append(merged, known[0]), known[1:]
		case len(known) == 0 || more[0].Time < known[0].Time:
			merged, more = append(merged, more[0]), more[1:]
		default:
			merged, known, more = append(merged, known[0].with(more[0])), known[1:], more[1:]
		}
	}
	return merged
}

// with is what is known of a stamp where more says more of it.
func (r Ratios) with(more Ratios) Ratios {
	for k, x := range more.Values {
		if Known(x) {
			r.Values[k] = x
		}
	}
	return r
}

// RatiosBetween returns the rows with from ≤ time ≤ to (Unix ms) of some in order of
// time, sharing them.
func RatiosBetween(rows []Ratios, from, to int64) []Ratios {
	search := func(ms int64) int {
		i, _ := slices.BinarySearchFunc(rows, ms, func(r Ratios, ms int64) int { return cmp.Compare(r.Time, ms) })
		return i
	}
	first, end := search(from), search(to+1)
	return rows[first:max(first, end)]
}
