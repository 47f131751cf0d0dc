package signal

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"openinterest/data/market"
)

// Walk detects every event in a history from its first stamp, and returns the
// detector as it is after the last, ready to go on live. The error is the
// context's.
func Walk(ctx context.Context, in *Input) ([]Event, *Detector, error) {
	return new(Workspace).Walk(ctx, in)
}

// Events detects the events of a history with from ≤ time ≤ to. Those before
// from are detected too, for a cooldown may reach over it: what fires in a span
// does not depend on which span is asked for.
func Events(ctx context.Context, in *Input, from, to time.Time) ([]Event, error) {
	s, err := Detect(ctx, in, from, to)
	if err != nil {
		return nil, err
	}
	return s.Events, nil
}

// Span is what was found in a span of a contract's history.
type Span struct {
	Events    []Event // in order
	evaluated [kindCount]int
	moments   []moment // of DetectShown; increasing
}

// moment is what a contract showed at a stamp.
type moment struct {
	stamp   int64
	states  [kindCount]State
	reading Kind // over 24 h
}

// Shows reports whether the contract showed a signal at a stamp, by the name that
// filters give it: a reading over 24 hours, or a kind of event. It is not known of a
// stamp that is not there, nor of a span that Detect made. Between full hours what is
// evaluated on those alone stands as it was on the last.
func (s *Span) Shows(stamp int64, name string) (holds, isKnown bool) {
	k := EventKind(name)
	i := k.index()
	if i >= 0 && k.every() == time.Hour {
		stamp = floorHour(stamp)
	}
	at, found := slices.BinarySearchFunc(s.moments, stamp, func(m moment, stamp int64) int { return cmp.Compare(m.stamp, stamp) })
	if !found {
		return false, false
	}
	m := &s.moments[at]
	if i >= 0 {
		return m.states[i] == True, m.states[i] != Undefined
	}
	return string(m.reading) == name, m.reading != Unknown
}

// Evaluated is for how much of the span it is known whether the condition of a
// kind held. No event within it means nothing beyond it.
func (s *Span) Evaluated(k EventKind) time.Duration {
	i := k.index()
	if i < 0 {
		return 0
	}
	return time.Duration(s.evaluated[i]) * k.every()
}

// Detect is Events, and tells of how much of the span each kind is known.
func Detect(ctx context.Context, in *Input, from, to time.Time) (*Span, error) {
	return detect(ctx, in, from, to, false)
}

// DetectShown is Detect, and keeps what the contract showed at each stamp: see Shows.
func DetectShown(ctx context.Context, in *Input, from, to time.Time) (*Span, error) {
	return detect(ctx, in, from, to, true)
}

func detect(ctx context.Context, in *Input, from, to time.Time, shown bool) (*Span, error) {
	h := &history{until: to.UnixMilli(), showing: shown}
	if err := h.walk(ctx, in, new(Workspace), func(t int64) bool { return t >= from.UnixMilli() }); err != nil {
		return nil, err
	}
	return &Span{Events: h.events, evaluated: h.evaluated, moments: h.moments}, nil
}

// history is what one walk along a contract's stamps finds.
type history struct {
	until    int64 // stop after this stamp; 0: go on to the end
	bare     bool  // only the stamps of events are wanted, not the evidence
	grid     *grid
	events   []Event
	detector *Detector
	fired    [kindCount][]int64 // stamps, increasing
	defined  [kindCount]int64   // the first stamp at which the kind could have fired or not; 0: never

	showing bool // keep moments
	moments []moment

	evaluated [kindCount]int // stamps that are told of at which the condition is known
}

// walk goes along the stamps, once for each unit that they were ever in: what
// is told of a stamp is in its own unit, as it was told live. The grid that is
// left has the whole history in the newest unit.
func (h *history) walk(ctx context.Context, in *Input, space *Workspace, tell func(stamp int64) bool) error {
	h.detector = NewDetector(in.Symbol)
	from := int64(earliest)
	for _, c := range market.UnitChanges(in.Points) {
		if err := h.walkUnit(ctx, in, space, from, c.Time-1, tell); err != nil {
			return err
		}
		from = c.Time
	}
	return h.walkUnit(ctx, in, space, from, latest, tell)
}

const earliest, latest = -1 << 62, 1 << 62

// walkUnit goes along the stamps with from ≤ time ≤ to, which are in one unit.
func (h *history) walkUnit(ctx context.Context, in *Input, space *Workspace, from, to int64, tell func(stamp int64) bool) error {
	g := space.lay(in.Points, earliest, to)
	h.grid = g
	w := newWalker(in, g, space)
	first := 0
	if from > g.start {
		first = g.index(from)
	}
	for i := first; i < g.len(); i++ {
		t := g.time(i)
		if h.until != 0 && t > h.until {
			break
		}
		if t%hourMillis == 0 || i == first {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("detecting events of %s: %w", in.Symbol, err)
			}
			w.reach(floorHour(t))
		}
		if math.IsNaN(g.q[i]) { // no stamp
			continue
		}
		h.evaluate(in, g, i, w, tell)
	}
	return nil
}

// evaluate takes one stamp: which conditions hold, and what fires. walkUnit calls
// it for every stamp that is there.
func (h *history) evaluate(in *Input, g *grid, i int, w *walker, tell func(stamp int64) bool) {
	v := newView(in, g, i, &w.baseline, 1)
	raw := v.states()
	states := v.gated(raw, in)
	wanted := tell == nil || tell(v.stamp)
	if wanted && h.showing {
		h.moments = append(h.moments, moment{v.stamp, states, v.reading(market.Window24h).Kind})
	}
	for k, s := range states {
		if wanted && s != Undefined {
			h.evaluated[k]++
		}
		if h.defined[k] == 0 && s != Undefined && v.needed(k) {
			h.defined[k] = v.stamp
		}
	}
	for k, fires := range h.detector.observe(v.stamp, &states) {
		if !fires || !wanted {
			continue
		}
		h.fired[k] = append(h.fired[k], v.stamp)
		if h.bare {
			continue
		}
		w.rare()
		e := &Evaluation{Symbol: in.Symbol, Stamp: v.stamp, view: v, states: states, input: in, baseline: &w.baseline}
		h.events = append(h.events, e.event(k))
	}
}

// needed reports whether every z and rank of a kind is defined.
func (v *view) needed(k int) bool {
	j := windowIndex(eventKinds[k])
	q, p := v.changes[ofContracts][j].z, v.changes[ofPrice][j].z
	switch {
	case k < atHigh || k == atFlush:
		return known(q, p)
	case k <= atLow:
		return known(v.high.bound)
	case k < atFlush:
		return known(q)
	case k >= atLiquidatedLongs:
		return true
	case k >= atRatios:
		of := (k - atRatios) / 2
		return known(v.ratios[of].value, v.bounds[of].low)
	}
	return known(v.rankContracts, v.rankAPR)
}

// known reports whether all numbers are.
func known(xs ...float64) bool {
	for _, x := range xs {
		if math.IsNaN(x) {
			return false
		}
	}
	return true
}

// reach moves the baseline to an hour.
func (w *walker) reach(hour int64) {
	if w.baseline.Hour == 0 || hour < w.baseline.Hour {
		w.jump(hour)
		return
	}
	for w.baseline.Hour < hour {
		w.advance()
	}
}
