package signal

import (
	"math"

	"openinterest/data/market"
)

// Thresholds of the definitions; the sizes are this project's own choice.
const (
	readingZ      = 0.5 // S1: |z| from which a direction counts
	pronouncedZ   = 1   // S1: |z| of both from which a reading is pronounced
	divergeRatio  = 1.0025
	spikeZ        = 3
	spikeRatio1h  = 1.03
	spikeRatio4h  = 1.05
	flushZ        = -3
	flushRatio    = 0.97
	flushPriceZ   = 1.5
	crowdedRank   = 90.0
	longsAPR      = 20.0
	longsAPRRank  = 95.0
	shortsAPR     = -10.0
	shortsAPRRank = 5.0
)

// states evaluates every condition at a stamp. Eligibility is for gated to apply.
func (v *view) states() [kindCount]State {
	var s [kindCount]State
	v.readings(s[firstOf24h:firstOf24h+4], in24h, market.Window24h)
	v.readings(s[firstOf4h:firstOf4h+4], in4h, market.Window4h)
	if v.onHour {
		s[atHigh] = all(v.high.newest, atLeast(v.high.priceRatio, divergeRatio), unconfirmed(v.high))
		s[atLow] = all(v.low.newest, atMost(v.low.priceRatio, 1/divergeRatio), unconfirmed(v.low))
	}
	q, p := &v.changes[ofContracts], &v.changes[ofPrice]
	s[atSpike1h] = all(atLeast(q[in1h].ratio, spikeRatio1h), atLeast(q[in1h].z, spikeZ))
	s[atSpike4h] = all(atLeast(q[in4h].ratio, spikeRatio4h), atLeast(q[in4h].z, spikeZ))
	s[atFlush] = all(atMost(q[in1h].ratio, flushRatio), atMost(q[in1h].z, flushZ), atLeast(math.Abs(p[in1h].z), flushPriceZ))
	crowded := atLeast(v.rankContracts, crowdedRank)
	s[atLongs] = all(crowded, atLeast(v.apr, longsAPR), atLeast(v.rankAPR, longsAPRRank))
	s[atShorts] = all(crowded, atMost(v.apr, shortsAPR), atMost(v.rankAPR, shortsAPRRank))
	v.standings(&s)
	return s
}

// readings evaluates the four readings over one window, in the order of ReadingKinds.
func (v *view) readings(s []State, k int, w market.Window) {
	q, p := v.changes[ofContracts][k], v.changes[ofPrice][k]
	up, down := bounds(w)
	rising := func(c change) State { return all(atLeast(c.ratio, up), atLeast(c.zero, readingZ)) }
	falling := func(c change) State { return all(atMost(c.ratio, down), atMost(c.zero, -readingZ)) }
	priceUp, priceDown, more, less := rising(p), falling(p), rising(q), falling(q)
	s[0], s[1], s[2], s[3] = all(priceUp, more), all(priceUp, less), all(priceDown, more), all(priceDown, less)
}

// bounds are the ratios from which a move counts as one, up and down.
func bounds(w market.Window) (up, down float64) {
	if w == market.Window4h {
		return 1.005, 0.995
	}
	return 1.01, 0.99
}

// unconfirmed reports whether open interest does not confirm a new extreme of the price.
func unconfirmed(e extreme) State { return atMost(e.log, e.bound) }

// gated turns true into undefined for the kinds whose window has a gap or that
// the contract is too new for.
func (v *view) gated(s [kindCount]State, in *Input) [kindCount]State {
	blocked := func(from, to int) {
		for i := from; i < to; i++ {
			s[i] = min(s[i], Undefined)
		}
	}
	if in.Delisted || tooNew(in, v.stamp, listedForZ) {
		blocked(0, kindCount)
	} else if tooNew(in, v.stamp, listedForRanks) {
		blocked(atLongs, atLiquidatedLongs)
	}
	if v.gap.to == 0 {
		return s
	}
	for i, k := range eventKinds {
		if w := k.Window(); w > 0 && v.gap.inside(v.stamp-w.Millis()) {
			blocked(i, i+1)
		}
	}
	return s
}
