package columns

import (
	"testing"

	"openinterest/data/market"
	"openinterest/ui/columns/columnstest"
)

func stamps(contracts ...float64) *market.Series {
	var points []market.Point
	for i, c := range contracts {
		if market.Known(c) {
			points = append(points, market.Point{Time: int64(i) * market.StepMillis, Contracts: c, Price: 1})
		}
	}
	return market.NewSeries("X", market.Period5m, points)
}

func TestTheLineOf24Hours(t *testing.T) {
	s := newSpark(stamps(100, 110, market.Unknown, 90, 100))
	p := s.Points()
	if p[1].Y != 1 || p[2].Y != 0 || p[0].Y != 0.5 || s.Change != 0 {
		t.Errorf("from lowest to highest: %+v", s)
	}
	if !p[2].Break || p[1].Break || p[3].Break {
		t.Error("the line goes on over a missing stamp, or breaks elsewhere")
	}
	if last := p[len(p)-1].X; last != 1 {
		t.Errorf("the newest stamp is at %v", last)
	}
	flat := newSpark(stamps(1000, 1001, 1000))
	if d := flat.Points()[1].Y - flat.Points()[0].Y; d > 0.11 {
		t.Errorf("0.1 %% fills %.0f %% of the cell", 100*d)
	}
	if newSpark(stamps(100)) != nil || newSpark(nil) != nil {
		t.Error("a line of one point")
	}
}

func TestTheLineIsMadeOnceAStamp(t *testing.T) {
	m := &Maker{}
	s := columnstest.Snapshot()
	first := m.Rows(s, nil, columnstest.Now)
	again := m.Rows(nudged(s), nil, columnstest.Now)
	for i, r := range again {
		if r == first[i] || r.spark != first[i].spark {
			t.Fatalf("%s: new row %t, new line %t", r.Symbol, r != first[i], r.spark != first[i].spark)
		}
	}
}

// nudged is a snapshot with other prices and the same history.
func nudged(s *market.Snapshot) *market.Snapshot {
	var quotes []*market.Quote
	for _, old := range s.Quotes {
		q := *old
		q.Mark.Price *= 1.0001
		quotes = append(quotes, &q)
	}
	return market.NewSnapshot(market.Snapshot{Quotes: quotes})
}
