package signal

import (
	"context"

	"openinterest/data/market"
)

// Workspace is memory that baselines and walks are made in: about a megabyte,
// which who makes those of many contracts, one after the other, need not leave
// to the collector each time. The zero value is ready to use, by one goroutine;
// nothing that was made in it refers to it.
type Workspace struct {
	grid    *grid                 // by itself: a scorecard keeps the grid of its walk, not the rest
	moves   [2][len(steps)]sorted // defined moves in [H − 30 d, H − W]
	hours   sorted                // Q on the hour in [H − 30 d, H]
	usd     sorted                // Q·P on the hour, the same
	aprs    sorted                // payments in [H − 30 d, H]
	out, in []float64

	ratioSets [market.RatioCount]sorted // on the hour in [H − 30 d, H]; empty where none is known
}

// lay lays out the points with from ≤ time ≤ to.
func (s *Workspace) lay(points []market.Point, from, to int64) *grid {
	if s.grid == nil {
		s.grid = &grid{}
	}
	s.grid.lay(points, from, to)
	return s.grid
}

// clear empties the multisets for another contract, and keeps their memory.
func (s *Workspace) clear() {
	for x := range s.moves {
		for i := range s.moves[x] {
			s.moves[x][i].clear()
		}
	}
	s.hours.clear()
	s.usd.clear()
	s.aprs.clear()
	for k := range s.ratioSets {
		s.ratioSets[k].clear()
	}
}

// Baseline computes the baseline of the full hour at or before stamp, from
// points that reach 31 days back from it (30 for the statistics, and the window
// before those; fewer simply leave z and ranks undefined) and from the payments
// up to it. Call it once the stamp of that hour is in: that stamp belongs to
// the percentile ranks.
func (s *Workspace) Baseline(in *Input, stamp int64) *Baseline {
	hour := floorHour(stamp)
	w := newWalker(in, s.lay(in.Points, hour-baselineMillis-dayMillis, hour), s)
	w.stays = true
	w.jump(hour)
	b := w.baseline
	if len(in.Points) > 0 && !w.g.cut {
		b.oldest = in.Points[0].Time
	}
	b.last, b.change = w.g.last(), w.g.change
	return &b
}

// Walk is the function Walk.
func (s *Workspace) Walk(ctx context.Context, in *Input) ([]Event, *Detector, error) {
	h := &history{}
	err := h.walk(ctx, in, s, nil)
	return h.events, h.detector, err
}
