package signal

import (
	"slices"

	"openinterest/data/market"
)

// pool gathers the tallies of many contracts. Events of different contracts
// are not independent: they share the market's hour. So a case is a period of
// calendar time, its outcome the average over the events in it.
//
// Periods do not overlap, and neither do the spans that outcomes are measured
// over: a period opens with the first event at t0, gathers the events of all
// contracts in [t0, t0 + h/4), and the next opens at t0 + h/4 + h at the
// earliest, when the last outcome is in. Events in between are not used. (With
// plain calendar periods an event late in one and an event early in the next
// would share nearly all of what follows.) Gathering for longer would use more
// events of each period but leave fewer periods, and periods are what counts.
type pool struct {
	origin    Origin
	contracts int
	from, to  int64
	cells     [kindCount][horizonCount]pooledCell
}

type pooledCell struct {
	since                    int64
	contracts                int // on which the kind could be evaluated
	fired, pending, unscored int
	cases                    []sample        // of all contracts
	base                     map[int64]*sum3 // by the start of the period
}

// sum3 adds up samples with weights.
type sum3 struct{ weight, hit, value float64 }

func newPool(origin Origin) *pool { return &pool{origin: origin} }

// add takes in one contract. Its base rate weighs as much as it has cases, so
// that the base rate is of the contracts that the events are of.
func (p *pool) add(t *tally) {
	if t.o.g.len() == 0 {
		return
	}
	if from := t.o.g.start; p.contracts == 0 || from < p.from {
		p.from = from
	}
	p.to = max(p.to, t.o.end())
	p.contracts++
	for j, h := range Horizons() {
		bases := t.bases(h)
		for k := range eventKinds {
			p.cells[k][j].add(t, k, h, bases)
		}
	}
}

// add takes in one contract's cases of a kind over a horizon.
func (c *pooledCell) add(t *tally, k int, h market.Window, bases [2][]sample) {
	counted := t.cases(k, h)
	c.fired += len(t.fired[k])
	c.pending += counted.pending
	c.unscored += counted.unscored
	c.cases = append(c.cases, counted.cases...)
	if first := t.since[k]; first != 0 {
		c.contracts++
		if c.since == 0 || first < c.since {
			c.since = first
		}
	}
	weight := float64(len(counted.cases))
	if weight == 0 {
		return
	}
	if c.base == nil {
		c.base = map[int64]*sum3{}
	}
	for _, s := range t.baseOf(k, bases) {
		b := c.base[s.at]
		if b == nil {
			b = &sum3{}
			c.base[s.at] = b
		}
		b.weight += weight
		b.hit += weight * s.hit
		b.value += weight * s.value
	}
}

// averages are the base rate's samples, one a period, in order of time.
func (c *pooledCell) averages() []sample {
	out := make([]sample, 0, len(c.base))
	for at, b := range c.base {
		out = append(out, sample{at: at, hit: b.hit / b.weight, value: b.value / b.weight})
	}
	slices.SortFunc(out, func(a, b sample) int { return int((a.at - b.at) / stepMillis) })
	return out
}

// periods averages cases over non-overlapping periods, and tells how many of
// the cases were used.
func periods(cases []sample, h market.Window) (out []sample, used int) {
	cases = slices.Clone(cases)
	slices.SortStableFunc(cases, func(a, b sample) int { return int((a.at - b.at) / stepMillis) })
	gather := h.Millis() / 4
	for len(cases) > 0 {
		first := cases[0].at
		n := len(cases) - len(since(cases, first+gather))
		mean := sample{at: first}
		for _, s := range cases[:n] {
			mean.hit += s.hit / float64(n)
			mean.lower += s.lower / float64(n)
			mean.value += s.value / float64(n)
		}
		out, used = append(out, mean), used+n
		cases = since(cases, first+gather+h.Millis())
	}
	return out, used
}

// card makes the pooled scorecard, once every contract was added.
func (p *pool) card() Scorecard {
	s := Scorecard{Contracts: p.contracts, Origin: p.origin, DefinitionVersion: DefinitionVersion}
	if p.contracts > 0 {
		s.span(p.from, p.to)
	}
	cells, cases := make([]Cell, kindCount*horizonCount), [kindCount][horizonCount][]sample{}
	for j, h := range Horizons() {
		for k := range eventKinds {
			from := &p.cells[k][j]
			averaged, used := periods(from.cases, h)
			c := newCell(k, h, from.since)
			c.Contracts, c.OfContracts = from.contracts, p.contracts
			c.Fired, c.Events, c.Pending, c.Unscored = from.fired, used, from.pending, from.unscored
			c.fill(averaged, from.averages(), true)
			cells[k*horizonCount+j], cases[k][j] = c, averaged
		}
	}
	s.complete(cells, func(k, j int) []sample { return cases[k][j] }, true)
	return s
}
