package signal

import (
	"math"

	"openinterest/data/market"
)

// comparison holds cases against others. Cases of one contract are independent
// yes-or-no trials: Wilson, Newcombe and the score test. In a pooled card a case
// is a period, its hit the share over contracts: t intervals and Welch's test.
type comparison struct {
	rate, other, difference Interval
	p                       float64
}

// compare computes the shares of cases and of others that meet a measure, and their
// difference. Cells are filled by it, and lifts.
func compare(cases, others []sample, pooled bool, hit func(sample) float64) comparison {
	if len(cases) == 0 || len(others) == 0 {
		return comparison{noInterval, noInterval, noInterval, math.NaN()}
	}
	a, b := pick(cases, hit), pick(others, hit)
	c := comparison{rate: shareOf(a, pooled), other: shareOf(b, pooled)}
	c.difference = Difference(c.rate, c.other)
	if pooled {
		c.p = meansP(a, b)
	} else {
		c.p = proportionsP(sum(a), float64(len(a)), sum(b), float64(len(b)))
	}
	return c
}

// shareOf is a share with its interval: Wilson's for trials of one contract, t for
// the averages of pooled periods.
func shareOf(hits []float64, pooled bool) Interval {
	if !pooled {
		return Wilson(sum(hits), float64(len(hits)))
	}
	i := MeanInterval(hits)
	return Interval{i.Value, max(0, i.Low), min(1, i.High)}
}

func hits(s sample) float64   { return s.hit }
func lowers(s sample) float64 { return s.lower }
func values(s sample) float64 { return s.value }

func pick(samples []sample, of func(sample) float64) []float64 {
	xs := make([]float64, len(samples))
	for i, s := range samples {
		xs[i] = of(s)
	}
	return xs
}

func sum(xs []float64) (s float64) {
	for _, x := range xs {
		s += x
	}
	return s
}

// fill computes what a cell tells from its cases and those of the base rate,
// both in order of time. The q-value comes later, when all cells are there.
func (c *Cell) fill(cases, base []sample, pooled bool) {
	c.Cases, c.BaseCases, c.Grade = len(cases), len(base), gradeOf(len(cases))
	c.Rate, c.Difference, c.Mean, c.P, c.Q = noInterval, noInterval, noInterval, unknown, unknown
	c.BaseRate, c.BaseMean = noInterval, noInterval
	if len(base) > 0 {
		c.BaseRate, c.BaseMean = shareOf(pick(base, hits), pooled), MeanInterval(pick(base, values))
	}
	if c.Grade != NotEnough {
		all := compare(cases, base, pooled, hits)
		c.Rate, c.Difference, c.P = all.rate, all.difference, Number(all.p)
		c.Mean = MeanInterval(pick(cases, values))
	}
	c.halve(cases, base)
}

// halve compares the first half of the period with the second. fill calls it last.
func (c *Cell) halve(cases, base []sample) {
	first, last := c.Since.UnixMilli(), c.Since.UnixMilli()
	for _, s := range [...][]sample{cases, base} {
		if n := len(s); n > 0 {
			last = max(last, s[n-1].at)
		}
	}
	middle := first + (last-first)/2
	caseCut, baseCut := len(cases)-len(since(cases, middle)), len(base)-len(since(base, middle))
	c.Halves[0] = halfOf(cases[:caseCut], base[:baseCut])
	c.Halves[1] = halfOf(cases[caseCut:], base[baseCut:])
	a, b := c.Halves[0].Difference, c.Halves[1].Difference
	c.Holds = a*b > 0 && a*c.Difference.Value > 0
}

// halfOf computes one half; its rate is unknown where it has fewer than 10 cases.
func halfOf(cases, base []sample) Half {
	h := Half{Cases: len(cases), Rate: unknown, BaseRate: unknown, Difference: unknown}
	if len(base) > 0 {
		h.BaseRate = Number(sum(pick(base, hits)) / float64(len(base)))
	}
	if len(cases) >= fewestCases {
		h.Rate = Number(sum(pick(cases, hits)) / float64(len(cases)))
		h.Difference = h.Rate - h.BaseRate
	}
	return h
}

// lift compares what followed two readings that differ in open interest alone.
func lift(rising, falling []sample, pooled, mirror bool, w, h market.Window) Lift {
	l := Lift{Mirror: mirror, Move: w.String(), Horizon: h.String(), Window: h, CasesRising: len(rising), CasesFalling: len(falling),
		Grade: gradeOf(min(len(rising), len(falling))), Rising: noInterval, Falling: noInterval, Difference: noInterval, P: unknown, Q: unknown}
	if l.Grade == NotEnough {
		return l
	}
	hit := hits
	if mirror {
		hit = lowers
	}
	c := compare(rising, falling, pooled, hit)
	l.Rising, l.Falling, l.Difference, l.P = c.rate, c.other, c.difference, Number(c.p)
	l.AddsNothing = l.Difference.Holds(0)
	return l
}

// adjust gives every cell and lift its q-value, and the verdict that follows from
// it. They are one family of tests, for they are read together.
func (s *Scorecard) adjust() {
	var p []float64
	for _, c := range s.Cells {
		p = append(p, float64(c.P))
	}
	for _, l := range s.Lifts {
		p = append(p, float64(l.P))
	}
	q := BenjaminiHochberg(p)
	for i := range s.Cells {
		c := &s.Cells[i]
		c.Q = Number(q[i])
		c.Verdict = verdictOf(c.Grade, c.Difference, q[i])
		c.Badge = q[i] < findingQ && c.Grade == Enough && c.Holds
	}
	for i := range s.Lifts {
		l := &s.Lifts[i]
		l.Q = Number(q[len(s.Cells)+i])
		l.Verdict = verdictOf(l.Grade, l.Difference, float64(l.Q))
	}
}
