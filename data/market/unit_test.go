package market_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"openinterest/data/market"
	"openinterest/data/recorded"
)

const fiveMinutes = int64(5 * time.Minute / time.Millisecond)

// walked is a made-up contract of n stamps that moves by up to 0.5 % a stamp.
func walked(n int) []market.Point {
	r := rand.New(rand.NewPCG(1, 2))
	points := make([]market.Point, n)
	q, p := 100_000.0, 150.0
	for i := range points {
		q *= 1 + 0.01*(r.Float64()-0.5)
		p *= 1 + 0.01*(r.Float64()-0.5)
		points[i] = market.Point{Time: int64(i) * fiveMinutes, Contracts: q, Price: p}
	}
	return points
}

// redenominate changes the unit of points from index i on.
func redenominate(points []market.Point, i int, factor float64) {
	for ; i < len(points); i++ {
		points[i].Contracts *= factor
		points[i].Price /= factor
	}
}

// Round factors, both ways, are found at their stamp and told exactly though
// the market moves in the same five minutes.
func TestUnitChangesAreFoundAndExact(t *testing.T) {
	for _, factor := range []float64{5, 7, 10, 15, 25, 50, 100, 1000, 1e6, 1. / 5, 1. / 8, 1. / 10, 1. / 100, 1. / 1000} {
		points := walked(60)
		redenominate(points, 37, factor)
		changes := market.UnitChanges(points)
		if len(changes) != 1 || changes[0].Time != points[37].Time || math.Abs(changes[0].Factor/factor-1) > 1e-12 {
			t.Errorf("1 : %g was told as %v", factor, changes)
			continue
		}
		plain := walked(60)
		for i, p := range market.Rescale(points, changes) {
			near(t, "contracts", p.Contracts, plain[i].Contracts*factor)
			near(t, "price", p.Price, plain[i].Price/factor)
		}
	}
}

// What is no redenomination: a listing that fills, a crash, a jump that changes
// the value, a split below 1 : 5.
func TestMovesAreNoUnitChange(t *testing.T) {
	jump := func(contracts, price float64) []market.UnitChange {
		points := walked(20)
		for i := 10; i < 20; i++ {
			points[i].Contracts *= contracts
			points[i].Price *= price
		}
		return market.UnitChanges(points)
	}
	for _, move := range [][2]float64{{10, 1}, {1, 0.1}, {0.01, 1}, {100, 0.02}, {100, 0.005}, {3, 1. / 3}, {0.25, 4}} {
		if changes := jump(move[0], move[1]); changes != nil {
			t.Errorf("contracts × %g at price × %g are %v", move[0], move[1], changes)
		}
	}
	if changes := market.UnitChanges(walked(5000)); changes != nil {
		t.Errorf("an ordinary market has %v", changes)
	}
}

// Where both measures are far from a round number the factor is unknown, and
// what lies before cannot be compared.
func TestUnitChangeOfAnUnknownFactor(t *testing.T) {
	points := walked(40)
	redenominate(points, 10, 10)
	redenominate(points, 25, 13.3)
	s := market.NewSeries("X", market.Period5m, points)
	scaled, changes := s.Rescaled()
	if len(changes) != 2 || changes[0].Factor != 10 || market.Known(changes[1].Factor) {
		t.Fatalf("changes: %v", changes)
	}
	if scaled.Len() != 15 || scaled.Points[0] != s.Points[25] {
		t.Errorf("%d points are comparable, the first %v", scaled.Len(), scaled.Points[0])
	}
	if f := market.UnitFactor(changes, s.Points[24].Time); market.Known(f) {
		t.Errorf("the factor before is told as %v", f)
	}
	if f := market.UnitFactor(changes, s.Points[25].Time); f != 1 {
		t.Errorf("the factor of the newest unit is %v", f)
	}
}

// The change may lie in a hole, and stamps beside it may lack a price; a change
// that is taken back is undone twice.
func TestUnitChangesAcrossHolesAndMissingPrices(t *testing.T) {
	points := walked(600)
	redenominate(points, 100, 100)
	redenominate(points, 400, 0.01)
	redenominate(points, 401, 100)
	for i := 397; i < 400; i++ {
		points[i].Price = market.Unknown
	}
	holed := append(append([]market.Point(nil), points[:94]...), points[112:]...)
	changes := market.UnitChanges(holed)
	if len(changes) != 3 || changes[0] != (market.UnitChange{Time: points[112].Time, Factor: 100}) {
		t.Fatalf("changes: %v", changes)
	}
	plain := walked(600)
	for _, p := range market.Rescale(holed, changes) {
		near(t, "contracts", p.Contracts, plain[p.Time/fiveMinutes].Contracts*100)
	}
	bare := walked(40) // no price anywhere near
	redenominate(bare, 20, 100)
	for i := range bare {
		bare[i].Price = market.Unknown
	}
	if changes := market.UnitChanges(bare); changes != nil {
		t.Errorf("without prices: %v", changes)
	}
}

// Case 13: BNXUSDT was redenominated 1:100, and two days are missing later.
func TestTheRecordedChangeOfUnit(t *testing.T) {
	s := recorded.ArchiveDays(t, "13-change-of-unit", "BNXUSDT")
	midnight := time.Date(2026, 8, 31, 0, 0, 0, 0, time.UTC).UnixMilli()
	scaled, changes := s.Rescaled()
	if len(changes) != 1 || changes[0] != (market.UnitChange{Time: midnight, Factor: 100}) {
		t.Fatalf("changes: %v", changes)
	}
	if scaled.Len() != s.Len() {
		t.Fatalf("%d of %d points are left", scaled.Len(), s.Len())
	}
	for i, p := range s.Points {
		want := p
		if p.Time < midnight {
			want.Contracts, want.Price = p.Contracts*100, p.Price/100
		}
		if got := scaled.Points[i]; got != want {
			t.Fatalf("point %d is %v, want %v", i, got, want)
		}
	}
}

// A row's live changes do not span a change of unit, whether the stamps hold it
// or only the live values are in the new unit.
func TestLiveChangesAcrossAChangeOfUnit(t *testing.T) {
	now := at(12, 7, 30)
	stamps := func(unit float64) []market.Point {
		return []market.Point{
			{Time: at(12, 5, 0).Add(-24 * time.Hour).UnixMilli(), Contracts: 1, Price: 5_000},
			{Time: at(11, 5, 0).UnixMilli(), Contracts: 1, Price: 4_000},
			{Time: at(12, 0, 0).UnixMilli(), Contracts: 1.05, Price: 4_800},
			{Time: at(12, 5, 0).UnixMilli(), Contracts: 1.07 * unit, Price: 4_900 / unit},
		}
	}
	for name, q := range map[string]*market.Quote{"in the stamps": quoteAt(now, stamps(100)...), "live alone": quoteAt(now, stamps(1)...)} {
		t.Run(name, func(t *testing.T) {
			q.Ticker.PriceChangePct = -99
			near(t, "open interest change", q.OpenInterestChange(market.Window1h), 10)
			near(t, "price change", q.PriceChange(market.Window1h), 25)
			near(t, "24 h price change", q.PriceChange24h(), 0)
			if changes := q.UnitChanges(at(11, 0, 0)); len(changes) != 1 || changes[0].Factor != 100 {
				t.Errorf("changes: %v", changes)
			}
		})
	}
	q := quoteAt(now, stamps(1)...)
	q.Mark = market.MarkPrice{}
	if x := q.OpenInterestChange(market.Window1h); market.Known(x) {
		t.Errorf("without a price, a hundredfold open interest is told as %v %%", x)
	}
	q = quoteAt(at(13, 0, 0), stamps(100)...)
	q.OpenInterest.Received = at(11, 10, 0) // an old answer, from before the change
	q.OpenInterest.Contracts = 1.2
	if changes := q.UnitChanges(at(11, 0, 0)); changes != nil {
		t.Errorf("an answer of before the change is told as %v", changes)
	}
}

// Nothing that is served makes it panic, and rescaling leaves no jump behind.
func FuzzUnitChanges(f *testing.F) {
	f.Add(1e5, 150.0, 1e7, 1.5)
	f.Add(0.0, math.NaN(), math.Inf(1), 1e300)
	f.Add(5e-324, 1e308, 1e308, 5e-324)
	f.Fuzz(func(t *testing.T, q1, p1, q2, p2 float64) {
		s := market.NewSeries("X", market.Period5m, []market.Point{{Time: 0, Contracts: q1, Price: p1}, {Time: fiveMinutes, Contracts: q2, Price: p2}})
		scaled, changes := s.Rescaled()
		if scaled.Len() > s.Len() || len(changes) > 1 {
			t.Fatalf("%v became %v with %v", s.Points, scaled.Points, changes)
		}
		if again := market.UnitChanges(scaledPoints(scaled)); again != nil {
			t.Fatalf("%v, rescaled by %v to %v, still changes by %v", s.Points, changes, scaled.Points, again)
		}
	})
}

func scaledPoints(s *market.Series) []market.Point {
	if s == nil {
		return nil
	}
	return s.Points
}

// A change of unit that comes with the newest stamps is found, however they are
// put to those that were there.
func TestASeriesThatGrowsIntoAnotherUnit(t *testing.T) {
	points := walked(60)
	redenominate(points, 40, 100)
	old := market.NewSeries("X", market.Period5m, slices.Clone(points[:40]))
	if _, changes := old.Rescaled(); changes != nil {
		t.Fatalf("one unit was told as %v", changes)
	}
	newer := market.NewSeries("X", market.Period5m, slices.Clone(points[40:]))
	for name, grown := range map[string]*market.Series{
		"fetched":     old.Merge(newer, 0),
		"and trimmed": old.Merge(newer, 30),
		"live":        old.WithLive(points[40], 0),
	} {
		if _, changes := grown.Rescaled(); len(changes) != 1 || changes[0].Time != points[40].Time {
			t.Errorf("%s: the change was told as %v", name, changes)
		}
	}
}
