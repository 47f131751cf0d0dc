package feed

import (
	"testing"
	"time"

	"openinterest/data/market"
)

// Only an answer of the last minute before a stamp stands for it, and only a
// price of that time goes with it.
func TestLivePointsAreOfTheirStamp(t *testing.T) {
	stamp := time.Unix(1_800_000_000, 0)
	for name, c := range map[string]struct {
		interest, price time.Duration // received, relative to the stamp
		contracts       float64
		taken, priced   bool
	}{
		"fresh":               {-5 * time.Second, -time.Second, 10, true, true},
		"at the stamp":        {0, 0, 10, true, true},
		"a minute old":        {-time.Minute, -time.Second, 10, true, true},
		"too old":             {-61 * time.Second, -time.Second, 10, false, false},
		"after the stamp":     {time.Second, -time.Second, 10, false, false},
		"no contracts at all": {-time.Second, -time.Second, 0, false, false},
		"price too old":       {-time.Second, -2 * time.Minute, 10, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			table := newTable()
			table.setContracts([]market.Contract{{Symbol: "X"}}, nil, stamp)
			table.setHistory("X", market.NewSeries("X", market.Period5m, []market.Point{{Time: stamp.Add(-time.Hour).UnixMilli(), Contracts: 1, Price: 1}}))
			table.setOpenInterest("X", market.OpenInterest{Contracts: c.contracts, Received: stamp.Add(c.interest)}, 0)
			table.setMark(market.MarkPrice{Symbol: "X", Price: 7, Received: stamp.Add(c.price)})
			table.closeStamps(stamp.Add(300 * time.Millisecond))
			p, taken := table.snapshot(1, stamp, market.Status{}).Quote("X").History.At(stamp.UnixMilli())
			if taken != c.taken || taken && (p.Contracts != c.contracts || market.Known(p.Price) != c.priced) {
				t.Errorf("point %+v, taken %v; want taken %v, priced %v", p, taken, c.taken, c.priced)
			}
		})
	}
}

// What waits to be written may wait for hours, while another process keeps the
// history or the disk is full. It must not hold the series that it is part of.
func TestALivePointThatWaitsIsNoMoreThanAPoint(t *testing.T) {
	stamp := time.Unix(1_800_000_000, 0)
	table := newTable()
	table.setContracts([]market.Contract{{Symbol: "X"}}, nil, stamp)
	points := make([]market.Point, maxPoints)
	for i := range points {
		points[i] = market.Point{Time: stamp.Add(time.Duration(i-len(points)) * market.Step).UnixMilli(), Contracts: 1, Price: 1}
	}
	table.setHistory("X", market.NewSeries("X", market.Period5m, points))
	table.setOpenInterest("X", market.OpenInterest{Contracts: 10, Received: stamp.Add(-time.Second)}, 0)
	table.closeStamps(stamp)
	if len(table.sampled) != 1 || len(table.sampled[0].Points) != 1 || cap(table.sampled[0].Points) != 1 {
		t.Fatalf("waiting: %+v", table.sampled)
	}
	h := table.symbols["X"].quote.History
	if &table.sampled[0].Points[0] == &h.Points[h.Len()-1] {
		t.Error("the point that waits is part of the series")
	}
	if h.Len() != keptPoints || cap(h.Points) != keptPoints {
		t.Errorf("%d stamps in memory for %d", h.Len(), cap(h.Points))
	}
}

// The answer after the stamp may come before the stamp is noticed.
func TestANewerAnswerDoesNotHideTheStamp(t *testing.T) {
	stamp := time.Unix(1_800_000_000, 0)
	table := newTable()
	table.setContracts([]market.Contract{{Symbol: "X"}}, nil, stamp)
	table.setHistory("X", market.NewSeries("X", market.Period5m, nil))
	table.setOpenInterest("X", market.OpenInterest{Contracts: 10, Received: stamp.Add(-time.Second)}, 0)
	table.setOpenInterest("X", market.OpenInterest{Contracts: 20, Received: stamp.Add(time.Second)}, 0)
	table.closeStamps(stamp.Add(time.Second))
	if p, ok := table.snapshot(1, stamp, market.Status{}).Quote("X").History.At(stamp.UnixMilli()); !ok || p.Contracts != 10 {
		t.Errorf("the point at the stamp is %+v, want the 10 contracts before it", p)
	}
}
