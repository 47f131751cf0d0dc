package signal

import (
	"math"
	"time"

	"openinterest/data/market"
)

// Evaluation is one contract at one stamp: its readings, which conditions hold,
// and, on request, the evidence for each. It is immutable.
type Evaluation struct {
	Symbol      string
	Stamp       int64 // Unix ms; 0 when there is no stamp at all
	Eligibility Eligibility
	Reading24h  Reading
	Reading4h   Reading

	view     view
	states   [kindCount]State
	input    *Input
	baseline *Baseline
}

// State tells whether the condition of a kind holds at the stamp. Divergences
// are evaluated on full hours only and are undefined in between.
func (e *Evaluation) State(k EventKind) State {
	if i := k.index(); i >= 0 {
		return e.states[i]
	}
	return Undefined
}

// Lacks reports whether too little history of stamps or funding is what keeps a kind
// from being evaluated: then it takes k.Needs.
func (e *Evaluation) Lacks(k EventKind) bool {
	i := k.index()
	if i < 0 || e.states[i] != Undefined {
		return false
	}
	b := e.baseline
	stamps := b.spreads[ofContracts][windowIndex(k)].n
	switch {
	case i >= atRatios:
		return false // more stamps would not help
	case i >= atLongs:
		return min(int64(b.hours.len()), b.paidHours) < fullHours
	case i < atHigh || i == atFlush:
		stamps = min(stamps, b.spreads[ofPrice][windowIndex(k)].n)
	}
	return stamps < minimumStamps
}

// Holding lists the kinds whose condition holds at the stamp.
func (e *Evaluation) Holding() []EventKind {
	var kinds []EventKind
	for i, s := range e.states {
		if s == True {
			kinds = append(kinds, eventKinds[i])
		}
	}
	return kinds
}

// Evaluate computes the newest stamp of in.Points, which must reach 24 hours back
// from it, against the baseline of its hour. A nil baseline, or one of another
// hour, leaves every z and rank undefined. Data older than 15 minutes at now is
// read, but nothing holds on it.
func Evaluate(in *Input, b *Baseline, now time.Time) *Evaluation {
	n := len(in.Points)
	if n == 0 {
		return &Evaluation{Symbol: in.Symbol, input: in.withoutSeries(), baseline: noBaseline,
			Eligibility: Eligibility{Issues: []Issue{NoData}, MedianUSD: Number(market.Unknown), Volume: Number(in.Volume), DataAge: Number(market.Unknown)},
			Reading24h:  unread(market.Window24h), Reading4h: unread(market.Window4h)}
	}
	stamp := market.FloorStamp(in.Points[n-1].Time)
	if b == nil || b.Hour != floorHour(stamp) {
		b = noBaseline
	}
	g := newGrid(in.Points, stamp-dayMillis-hourMillis, stamp)
	e := evaluate(in, g, g.len()-1, b, b.unitUpTo(in.Points))
	if b.last.Time != 0 && g.len() > 0 && g.start-b.last.Time > longestGap.Milliseconds() {
		e.view.gap = gap{b.last.Time, g.start}
		e.states = e.view.gated(e.view.states(), in)
	}
	e.Eligibility = eligibility(in, b, &e.view, now, market.Window24h)
	if now.UnixMilli()-stamp > oldestData.Milliseconds() {
		for i := range e.states {
			e.states[i] = min(e.states[i], Undefined)
		}
	}
	return e
}

// evaluate compares stamp i of g with b, and says which conditions hold.
func evaluate(in *Input, g *grid, i int, b *Baseline, unit float64) *Evaluation {
	v := newView(in, g, i, b, unit)
	e := &Evaluation{Symbol: in.Symbol, Stamp: v.stamp, view: v, input: in.withoutSeries(), baseline: b}
	e.states = v.gated(v.states(), in)
	e.Reading24h, e.Reading4h = v.reading(market.Window24h), v.reading(market.Window4h)
	return e
}

// unread is the reading of a contract without any stamp.
func unread(w market.Window) Reading {
	none := math.NaN()
	return Reading{Window: w, ThresholdPct: ThresholdPct(w), Missing: NoHistory,
		PricePct: none, OpenInterestPct: none, ZPrice: none, ZOpenInterest: none}
}

// Issue is something that keeps signals from being told, or greys them.
type Issue string

// The issues. The first group keeps events from firing.
const (
	NoData     Issue = "no_data"
	NotTrading Issue = "not_trading"
	TooNew     Issue = "too_new"  // listed less than 8 days ago
	StaleData  Issue = "stale"    // the newest stamp is older than 15 minutes
	DataGap    Issue = "data_gap" // more than 15 minutes without a stamp, inside the window; 24 h for an Evaluation

	TooNewForRanks Issue = "too_new_for_ranks" // listed less than 30 days ago: no crowding

	ThinOpenInterest Issue = "thin_open_interest" // median below $5M
	ThinVolume       Issue = "thin_volume"        // 24-hour volume below $10M

	UnknownVolume       Issue = "volume_unknown" // thinness goes by open interest alone
	UnknownOpenInterest Issue = "median_unknown"
	UnknownListing      Issue = "listing_unknown" // the rules on age are left out
)

// Eligibility tells whether signals of a contract are to be told, and what
// greys them.
type Eligibility struct {
	Thin      bool       `json:"thin"`                    // shown greyed
	Issues    []Issue    `json:"issues,omitempty"`        // everything that is out of order or not known
	MedianUSD Number     `json:"median_open_interest"`    // USD, on the hours of 30 days
	Volume    Number     `json:"volume_24h_usd"`          // USD
	DataAge   Number     `json:"data_age_s"`              // seconds since the stamp, when it was evaluated
	Listed    *time.Time `json:"listed,omitempty"`        // nil when not known
	Gap       *Gap       `json:"gap_in_window,omitempty"` // the newest one inside the window
}

// Gap is a stretch without stamps.
type Gap struct {
	From time.Time `json:"from"` // the last stamp before
	To   time.Time `json:"to"`   // the first stamp after
}

// tooNew reports whether the contract was listed less than age before a stamp;
// false where its listing is not known.
func tooNew(in *Input, stamp int64, age time.Duration) bool {
	return !in.Listed.IsZero() && stamp-in.Listed.UnixMilli() < age.Milliseconds()
}

// eligibility is told for a window: gaps before it are of no concern.
func eligibility(in *Input, b *Baseline, v *view, now time.Time, w market.Window) Eligibility {
	e := Eligibility{MedianUSD: Number(b.medianUSD), Volume: Number(in.Volume), DataAge: Number(now.Sub(instant(v.stamp)).Seconds())}
	note := func(when bool, issue Issue) bool {
		if when {
			e.Issues = append(e.Issues, issue)
		}
		return when
	}
	note(in.Delisted, NotTrading)
	if !note(tooNew(in, v.stamp, listedForZ), TooNew) {
		note(tooNew(in, v.stamp, listedForRanks), TooNewForRanks)
	}
	note(now.UnixMilli()-v.stamp > oldestData.Milliseconds(), StaleData)
	if note(v.gap.to != 0 && v.gap.inside(v.stamp-w.Millis()), DataGap) {
		e.Gap = &Gap{From: instant(v.gap.from), To: instant(v.gap.to)}
	}
	thinOpen := note(b.medianUSD < thinOpenUSD, ThinOpenInterest)
	thinVolume := note(in.Volume < thinVolumeUSD, ThinVolume)
	e.Thin = thinOpen || thinVolume
	note(!market.Known(in.Volume), UnknownVolume)
	note(!market.Known(b.medianUSD), UnknownOpenInterest)
	if !note(in.Listed.IsZero(), UnknownListing) {
		listed := in.Listed.UTC()
		e.Listed = &listed
	}
	return e
}
