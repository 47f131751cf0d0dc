package market

import (
	"math"
	"testing"
)

func stamps(minutes ...int64) []Point {
	points := make([]Point, len(minutes))
	for i, m := range minutes {
		points[i] = Point{Time: m * 60_000, Contracts: float64(m + 1), Price: 2}
	}
	return points
}

func times(s *Series) []int64 {
	var out []int64
	for _, p := range s.Points {
		out = append(out, p.Time/60_000)
	}
	return out
}

func sameTimes(t *testing.T, s *Series, want ...int64) {
	t.Helper()
	got := times(s)
	if len(got) != len(want) {
		t.Fatalf("stamps at minutes %v, want %v", got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("stamps at minutes %v, want %v", got, want)
		}
	}
}

func TestNewSeriesPutsOddAnswersInOrder(t *testing.T) {
	points := stamps(15, 5, 10)
	points = append(points,
		Point{Time: 5*60_000 + 1_400, Contracts: 99, Price: 3}, // off the grid, a later word on 00:05
		Point{Time: 20 * 60_000, Contracts: 0, Price: 3},       // missing, not zero
		Point{Time: 25 * 60_000, Contracts: math.NaN(), Price: 3},
		Point{Time: 30 * 60_000, Contracts: -1, Price: 3},
		Point{Time: 35 * 60_000, Contracts: 7, Price: math.Inf(1)})
	s := NewSeries("X", Period5m, points)
	sameTimes(t, s, 5, 10, 15, 35)
	if p, _ := s.At(5 * 60_000); p.Contracts != 99 {
		t.Errorf("the last word on a stamp should stay, got %v", p.Contracts)
	}
	if p, _ := s.Last(); Known(p.Price) {
		t.Errorf("an unusable price must be unknown, got %v", p.Price)
	}
}

func TestMergeLetsTheExchangeReplaceLiveSamples(t *testing.T) {
	s := NewSeries("X", Period5m, stamps(0, 5, 10))
	s = s.WithLive(Point{Time: 15 * 60_000, Contracts: 1000, Price: 2}, 0)
	s = s.WithLive(Point{Time: 20 * 60_000, Contracts: 2000, Price: 2}, 0)
	if s.Official != 10*60_000 {
		t.Fatalf("live samples are not official: %v", s.Official)
	}
	merged := s.Merge(NewSeries("X", Period5m, stamps(10, 15)), 0)
	sameTimes(t, merged, 0, 5, 10, 15, 20)
	if p, _ := merged.At(15 * 60_000); p.Contracts != 16 {
		t.Errorf("the exchange's own stamp should replace the live one, got %v", p.Contracts)
	}
	if p, _ := merged.At(20 * 60_000); p.Contracts != 2000 {
		t.Errorf("a live stamp newer than the exchange's stays, got %v", p.Contracts)
	}
	if merged.Official != 15*60_000 {
		t.Errorf("official until %v, want minute 15", merged.Official/60_000)
	}
	sameTimes(t, s, 0, 5, 10, 15, 20) // the old one is immutable
}

func TestMergeKeepsStampsThatTheNewerAnswerLacks(t *testing.T) {
	s := NewSeries("X", Period5m, stamps(0, 5, 10, 15))
	sameTimes(t, s.Merge(NewSeries("X", Period5m, stamps(5, 15, 20)), 0), 0, 5, 10, 15, 20)
	sameTimes(t, s.Merge(NewSeries("X", Period5m, stamps(30)), 3), 10, 15, 30)
	var none *Series
	sameTimes(t, none.Merge(s, 2), 10, 15)
	sameTimes(t, s.Merge(nil, 0), 0, 5, 10, 15)
}

// A series is held for hours, one of every contract: it has no spare memory.
func TestSeriesAreOfTheirSize(t *testing.T) {
	long := make([]int64, 20)
	for i := range long {
		long[i] = int64(5 * i)
	}
	s := NewSeries("X", Period5m, stamps(long...))
	for name, c := range map[string]struct {
		s    *Series
		want []int64
	}{
		"all of it again":   {s.Merge(NewSeries("X", Period5m, stamps(long...)), 0), long},
		"two more":          {s.Merge(NewSeries("X", Period5m, stamps(90, 95, 100, 105)), 20), append(long[2:len(long):len(long)], 100, 105)},
		"more than is kept": {s.Merge(NewSeries("X", Period5m, stamps(5, 100, 105)), 3), []int64{95, 100, 105}},
		"only newer ones":   {NewSeries("X", Period5m, stamps(0)).Merge(s, 3), []int64{85, 90, 95}},
		"a live one":        {s.WithLive(stamps(100)[0], 20), append(long[1:len(long):len(long)], 100)},
		"the first of few":  {s.WithLive(stamps(100)[0], 3), []int64{90, 95, 100}},
		"without a bound":   {s.WithLive(stamps(100)[0], 0), append(long[:len(long):len(long)], 100)},
	} {
		t.Run(name, func(t *testing.T) {
			sameTimes(t, c.s, c.want...)
			if len(c.s.Points) != cap(c.s.Points) {
				t.Errorf("%d points in memory for %d", len(c.s.Points), cap(c.s.Points))
			}
		})
	}
}

func TestWithLiveNeverOverwrites(t *testing.T) {
	s := NewSeries("X", Period5m, stamps(0, 5))
	if got := s.WithLive(Point{Time: 5 * 60_000, Contracts: 9}, 0); got != s {
		t.Error("a live sample replaced a stamp that was there")
	}
}

func TestBetweenIncludesBothEnds(t *testing.T) {
	s := NewSeries("X", Period5m, stamps(0, 5, 10, 15))
	if got := len(s.Between(5*60_000, 10*60_000)); got != 2 {
		t.Errorf("%d points between minutes 5 and 10, want 2", got)
	}
	if got := len(s.Between(16*60_000, 60*60_000)); got != 0 {
		t.Errorf("%d points after the end", got)
	}
}

func TestFloorStampBeforeTheEpoch(t *testing.T) {
	if got := FloorStamp(-1); got != -StepMillis {
		t.Errorf("FloorStamp(-1) = %d", got)
	}
}

// Merge holds its promise for any pair of series: strictly increasing stamps,
// all of newer's, and of the older's those that newer does not name.
func FuzzMerge(f *testing.F) {
	f.Add([]byte{1, 2, 3}, []byte{2, 3, 4})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		series := func(bytes []byte) *Series {
			var minutes []int64
			for _, x := range bytes {
				minutes = append(minutes, int64(x)*5)
			}
			return NewSeries("X", Period5m, stamps(minutes...))
		}
		older, newer := series(a), series(b)
		merged := older.Merge(newer, 0)
		for i := 1; i < merged.Len(); i++ {
			if merged.Points[i].Time <= merged.Points[i-1].Time {
				t.Fatalf("stamps out of order: %v", times(merged))
			}
		}
		for _, s := range []*Series{older, newer} {
			for _, p := range s.Points {
				if _, ok := merged.At(p.Time); !ok {
					t.Fatalf("stamp %d lost: %v + %v = %v", p.Time, times(older), times(newer), times(merged))
				}
			}
		}
	})
}
