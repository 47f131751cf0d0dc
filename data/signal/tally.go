package signal

import (
	"time"

	"openinterest/data/market"
)

// tally is what followed the events of one contract.
type tally struct {
	symbol string
	origin Origin
	o      *outcomes
	since  [kindCount]int64   // from when on the kind could fire; 0: never
	until  int64              // events and base rate are of stamps before; 0: to the end
	fired  [kindCount][]int64 // stamps of events
}

// counted are the cases of one kind over one horizon.
type counted struct {
	cases             []sample
	pending, unscored int
}

// cases spaces the events of a kind by max(W, h), drops those whose horizon has
// not passed, and looks up what followed. A divergence looks back 7 days, but
// its W is 24 h here as it is for its cooldown.
func (t *tally) cases(k int, h market.Window) (c counted) {
	spacing := max(h, min(eventKinds[k].Window(), market.Window24h)).Millis()
	volatility := eventKinds[k].Measure() == VolatilityHigher
	next := int64(0)
	for _, at := range t.fired[k] {
		if at < next {
			continue
		}
		next = at + spacing
		if !t.o.passed(at, h) {
			c.pending++
		} else if s, ok := t.o.after(at, h, volatility); ok {
			c.cases = append(c.cases, s)
		} else {
			c.unscored++
		}
	}
	return c
}

// baseOf are the samples of the base rate of a kind: of the period in which it
// could fire.
func (t *tally) baseOf(k int, all [2][]sample) []sample {
	if t.since[k] == 0 {
		return nil
	}
	samples := all[0]
	if eventKinds[k].Measure() == VolatilityHigher {
		samples = all[1]
	}
	samples = since(samples, t.since[k])
	if t.until != 0 {
		samples = samples[:len(samples)-len(since(samples, t.until))]
	}
	return samples
}

func (t *tally) bases(h market.Window) [2][]sample {
	return [2][]sample{t.o.base(h, false), t.o.base(h, true)}
}

// card makes the contract's scorecard.
func (t *tally) card() Scorecard {
	s := Scorecard{Symbol: t.symbol, Contracts: 1, Origin: t.origin, DefinitionVersion: DefinitionVersion}
	if t.o.g.len() > 0 {
		s.span(t.o.g.start, t.o.end())
	}
	cells, cases := make([]Cell, kindCount*horizonCount), [kindCount][horizonCount][]sample{}
	for j, h := range Horizons() {
		bases := t.bases(h)
		for k := range eventKinds {
			counted := t.cases(k, h)
			c := newCell(k, h, t.since[k])
			c.OfContracts = 1
			if t.since[k] != 0 {
				c.Contracts = 1
			}
			c.Fired, c.Events, c.Pending, c.Unscored = len(t.fired[k]), len(counted.cases), counted.pending, counted.unscored
			c.fill(counted.cases, t.baseOf(k, bases), false)
			cells[k*horizonCount+j], cases[k][j] = c, counted.cases
		}
	}
	s.complete(cells, func(k, j int) []sample { return cases[k][j] }, false)
	return s
}

// newCell is a cell without numbers yet.
func newCell(k int, h market.Window, since int64) Cell {
	return Cell{Kind: eventKinds[k], Horizon: h.String(), Window: h, Measure: eventKinds[k].Measure(), Since: instantOrZero(since)}
}

func instantOrZero(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return instant(ms)
}

// span notes what time the history covers, and whether that is so little that the
// archive is needed.
func (s *Scorecard) span(from, to int64) {
	s.From, s.To, s.Days = instant(from), instant(to), float64(to-from)/float64(dayMillis)
	s.ArchiveNeeded = s.Days < archiveBelow
}

// complete adds the lifts, and the q-values of everything.
func (s *Scorecard) complete(cells []Cell, cases func(kind, horizon int) []sample, pooled bool) {
	s.Cells = cells
	for _, first := range [...]int{firstOf24h, firstOf4h} {
		for j, h := range Horizons() {
			w := eventKinds[first].Window()
			s.Lifts = append(s.Lifts,
				lift(cases(first, j), cases(first+1, j), pooled, false, w, h),
				lift(cases(first+2, j), cases(first+3, j), pooled, true, w, h))
		}
	}
	s.adjust()
}
