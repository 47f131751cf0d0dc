package market

import "sort"

// Point is one closed stamp of a contract's history.
type Point struct {
	Time      int64   // end of the period: Unix ms, UTC, a multiple of the series' period
	Contracts float64 // open interest in contracts, > 0
	Price     float64 // USD, the price implied by the stamp (value / contracts); may be Unknown
}

// USD returns the stamp's open interest in USD.
func (p Point) USD() float64 { return p.Contracts * p.Price }

// Series is the history of one contract: points strictly increasing in time,
// each on the grid of Period. Stamps may be missing; they are never
// interpolated. A Series is immutable: With and the like return new ones.
type Series struct {
	Symbol string
	Period Period
	Points []Point

	// Official is the time of the newest point that the exchange itself
	// published. Points after it were sampled live by this program as the
	// stamp closed, and are replaced once the exchange publishes its own.
	Official int64

	oneUnit bool // it is known that UnitChanges finds none in the points, nor in a part of them
}

// NewSeries sorts points onto the grid of period, drops those without a
// positive number of contracts, keeps the last given of several on one stamp,
// and declares all of them official. It takes ownership of points.
func NewSeries(symbol string, period Period, points []Point) *Series {
	kept := points[:0]
	for _, p := range points {
		if !Known(p.Contracts) || p.Contracts <= 0 {
			continue
		}
		p.Time = floorTo(p.Time, period.Millis())
		if !Known(p.Price) || p.Price <= 0 {
			p.Price = Unknown
		}
		kept = append(kept, p)
	}
	sort.SliceStable(kept, func(i, j int) bool { return kept[i].Time < kept[j].Time })
	unique := kept[:0]
	for _, p := range kept {
		if n := len(unique); n > 0 && unique[n-1].Time == p.Time {
			unique[n-1] = p
			continue
		}
		unique = append(unique, p)
	}
	s := &Series{Symbol: symbol, Period: period, Points: unique}
	if n := len(unique); n > 0 {
		s.Official = unique[n-1].Time
	}
	return s.known()
}

// known completes a series that was just made: whether its unit changed is asked
// with every row that is painted.
func (s *Series) known() *Series {
	s.oneUnit = UnitChanges(s.Points) == nil
	return s
}

// Len is the number of points; a nil series has none.
func (s *Series) Len() int {
	if s == nil {
		return 0
	}
	return len(s.Points)
}

// Last returns the newest point.
func (s *Series) Last() (Point, bool) {
	if s.Len() == 0 {
		return Point{}, false
	}
	return s.Points[len(s.Points)-1], true
}

// At returns the point at exactly the stamp ms.
func (s *Series) At(ms int64) (Point, bool) {
	i := s.search(ms)
	if i < s.Len() && s.Points[i].Time == ms {
		return s.Points[i], true
	}
	return Point{}, false
}

// Between returns the points with from ≤ time ≤ to, sharing memory with s.
func (s *Series) Between(from, to int64) []Point {
	if s.Len() == 0 || to < from {
		return nil
	}
	i, j := s.search(from), s.search(to+1)
	return s.Points[i:j:j]
}

// search returns the index of the first point at or after ms.
func (s *Series) search(ms int64) int {
	if s == nil {
		return 0
	}
	return sort.Search(len(s.Points), func(i int) bool { return s.Points[i].Time >= ms })
}

// Merge returns a series with the points of s and the official points of newer
// on the same grid; where both have a stamp, newer wins. Only the newest keep
// points stay (0: all). Points of s after newer's last stay as they were.
func (s *Series) Merge(newer *Series, keep int) *Series {
	if s.Len() == 0 {
		return newer.trimmed(keep)
	}
	if newer.Len() == 0 {
		return s.trimmed(keep)
	}
	first, last := newer.Points[0].Time, newer.Points[newer.Len()-1].Time
	head, tail := s.Points[:s.search(first)], s.Points[s.search(last+1):]
	inside := s.Between(first, last)
	n := s.Len() + newer.Len() // counted beforehand, because a series lives for long: no spare memory goes with it
	for _, p := range newer.Points {
		if _, ok := s.At(p.Time); ok {
			n--
		}
	}
	points := make([]Point, 0, n)
	points = append(points, head...)
	i := 0
	for _, p := range newer.Points { // both are sorted: one pass
		for i < len(inside) && inside[i].Time < p.Time {
			points = append(points, inside[i])
			i++
		}
		if i < len(inside) && inside[i].Time == p.Time {
			i++
		}
		points = append(points, p)
	}
	points = append(points, tail...)
	merged := &Series{Symbol: s.Symbol, Period: s.Period, Points: points, Official: max(s.Official, newer.Official)}
	return merged.known().trimmed(keep)
}

// WithLive returns s with a live sample at its stamp, which must be newer than
// every point of s; otherwise s itself, since what is there is at least as good.
func (s *Series) WithLive(p Point, keep int) *Series {
	if last, ok := s.Last(); ok && p.Time <= last.Time || s == nil {
		return s
	}
	had := s.Points
	if keep > 0 && len(had) >= keep {
		had = had[len(had)-keep+1:]
	}
	points := append(append(make([]Point, 0, len(had)+1), had...), p)
	return (&Series{Symbol: s.Symbol, Period: s.Period, Points: points, Official: s.Official}).known()
}

// trimmed is the series with its newest keep points; all of them for 0.
func (s *Series) trimmed(keep int) *Series {
	if s == nil || keep <= 0 || len(s.Points) <= keep {
		return s
	}
	t := *s
	t.Points = append(make([]Point, 0, keep), s.Points[len(s.Points)-keep:]...)
	return &t
}
