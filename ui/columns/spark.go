package columns

import (
	"math"

	"openinterest/data/market"
	"openinterest/ui/format"
)

// Spark is the line of a contract's open interest over the 24 hours up to its
// newest closed stamp, counted in contracts. It is made once a stamp and
// immutable, so that what was painted of it can be kept under its pointer.
type Spark struct {
	Change float64 // %, from the first point to the last

	stamps    []market.Point // shared with the quote's history
	high, low market.Point
}

// SparkPoint is one stamp: X from 0, 24 hours ago, to 1; Y from 0, at the
// bottom, to 1.
type SparkPoint struct {
	X, Y  float64
	Break bool // stamps are missing before it
}

// leastSpan is the smallest range, as a part of the open interest, that fills a
// cell from bottom to top: noise shall not look like a move.
const leastSpan = 0.01

// newSpark draws the last 24 hours of a history; nil where it has too little.
func newSpark(h *market.Series) *Spark {
	newest, ok := h.Last()
	if !ok {
		return nil
	}
	from := newest.Time - market.Window24h.Millis()
	points := h.Between(from, newest.Time)
	points = market.Rescale(points, market.UnitChanges(points))
	if len(points) < 2 {
		return nil
	}
	s := &Spark{stamps: points, high: points[0], low: points[0]}
	for _, p := range points {
		if p.Contracts > s.high.Contracts {
			s.high = p
		}
		if p.Contracts < s.low.Contracts {
			s.low = p
		}
	}
	s.Change = market.PercentChange(s.first().Contracts, s.last().Contracts)
	return s
}

func (s *Spark) first() market.Point { return s.stamps[0] }
func (s *Spark) last() market.Point  { return s.stamps[len(s.stamps)-1] }

// Points are the line from left to right, scaled. Only lines on screen are asked.
func (s *Spark) Points() []SparkPoint {
	day := market.Window24h.Millis()
	from := s.last().Time - day
	middle := (s.high.Contracts + s.low.Contracts) / 2
	span := math.Max(s.high.Contracts-s.low.Contracts, leastSpan*middle)
	points := make([]SparkPoint, len(s.stamps))
	for i, p := range s.stamps {
		points[i] = SparkPoint{
			X:     float64(p.Time-from) / float64(day),
			Y:     0.5 + (p.Contracts-middle)/span,
			Break: i > 0 && p.Time-s.stamps[i-1].Time > market.StepMillis,
		}
	}
	return points
}

// sparkCell is the line in the colour of its change; unknown without one.
func sparkCell(r *Row) Cell {
	if r.spark == nil {
		return plain(format.Unknown)
	}
	return Cell{Spark: r.spark, Tone: changeCell(r.spark.Change).Tone}
}
