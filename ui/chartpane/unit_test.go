package chartpane

import (
	"math"
	"slices"
	"testing"
	"time"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

// redenominated are the hours of two days; from the middle on, a contract counts
// for k before.
func redenominated(k float64) []market.Point {
	var points []market.Point
	for h := range int64(48) {
		p := market.Point{Time: clock.Truncate(time.Hour).UnixMilli() - (47-h)*hour, Contracts: 1000 + 10*float64(h), Price: 50}
		if h >= 24 {
			p.Contracts, p.Price = p.Contracts*k, p.Price/k
		}
		points = append(points, p)
	}
	return points
}

func unitChart(t *testing.T, lang assets.Language, points []market.Point) (Options, *stage) {
	o, s, src := begin(t, lang, look.Dark)
	src.series = market.NewSeries("BTCUSDT", market.Period1h, points)
	return o, s
}

func TestAChangeOfUnitIsUndoneAndSaid(t *testing.T) {
	for _, c := range []struct {
		factor float64
		lang   assets.Language
		says   string
	}{
		{100, assets.English, "BTCUSDT: new unit since 2025-06-16 13:00 UTC, 100 for 1; earlier data is converted."},
		{0.1, assets.Chinese, "BTCUSDT：合约单位自 2025-06-16 13:00 UTC 起改变（10 旧 = 1 新），此前的数据已换算。"},
	} {
		o, s := unitChart(t, c.lang, redenominated(c.factor))
		h := NewHistory(o, HistoryState{Range: "3d"})
		h.SetSnapshot(&market.Snapshot{Time: clock})
		s.until(t, func() bool { return !h.loader.busy() })
		if !slices.Contains(h.notes.said, c.says) {
			t.Errorf("the notes say %q", h.notes.said)
		}
		oi, price := lines(h.chart)["oi"], lines(h.chart)["price"]
		for i, v := range oi.Values {
			if want := (1000 + 10*float64(i)) * c.factor; math.Abs(v-want) > 1e-9*want || math.Abs(price.Values[i]-50/c.factor) > 1e-9 {
				t.Fatalf("hour %d: %v contracts at %v, want %v", i, v, price.Values[i], want)
			}
		}

		rows := exportRows(t, h.Export()) // as served, with the factor
		for i, row := range rows[1:] {
			want, factor := 1000+10*float64(i), c.factor
			if i >= 24 {
				want, factor = want*c.factor, 1
			}
			if number(t, row[1]) != want || number(t, row[4]) != factor {
				t.Fatalf("hour %d of the file: %v", i, row)
			}
		}

		p := NewCompare(o, CompareState{Range: "3d"})
		p.SetTicked([]string{"BTCUSDT"})
		p.SetSnapshot(&market.Snapshot{Time: clock})
		s.until(t, func() bool { return !p.loader.busy() })
		l, file := lines(p.chart)["BTCUSDT"], exportRows(t, p.Export())
		if last := l.Values[len(l.Values)-1]; math.Abs(last-47) > 1e-9 || math.Abs(number(t, file[len(file)-1][6])-47) > 1e-9 {
			t.Errorf("the comparison ends at %v %%, the file with %v", last, file[len(file)-1])
		}
		if !slices.Contains(p.notes.said, c.says) {
			t.Errorf("below the comparison: %q", p.notes.said)
		}
	}
}

// The unit changes between the series' last stamp and the live numbers.
func TestAChangeOfUnitThatJustHappened(t *testing.T) {
	o, s := unitChart(t, assets.English, redenominated(100)[:24])
	h := NewHistory(o, HistoryState{Range: "7d"})
	q := &market.Quote{
		Contract:     market.Contract{Symbol: "BTCUSDT"},
		OpenInterest: market.OpenInterest{Contracts: 123500, Received: clock},
		Mark:         market.MarkPrice{Price: 0.5, Received: clock},
	}
	h.SetSnapshot(market.NewSnapshot(market.Snapshot{Time: clock, Quotes: []*market.Quote{q}}))
	s.until(t, func() bool { return !h.loader.busy() })
	if l := lines(h.chart)["oi"]; len(l.Values) != 25 || l.Values[0] != 100_000 || l.Values[24] != 123_500 {
		t.Errorf("%d points, from %v", len(l.Values), l.Values[:1])
	}
	if len(h.notes.said) != 1 {
		t.Errorf("the notes say %q", h.notes.said)
	}
}

func TestTheTimeAxisIsInTheZoneChosen(t *testing.T) {
	format.SetZone(time.FixedZone("", 8*3600))
	t.Cleanup(func() { format.SetZone(time.UTC) })
	if a := timeAxis(assets.English, time.Now(), time.Now()); a.Zone != "UTC+8" || a.Location != format.Zone() {
		t.Errorf("the axis is in %s, %v", a.Zone, a.Location)
	}
}
