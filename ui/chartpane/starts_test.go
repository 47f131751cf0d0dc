package chartpane

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/ui/look"
)

const hour = int64(3600_000)

// stamps is a track with points at the hours given.
func stamps(hours ...int64) *track {
	t := &track{gap: 2 * hour}
	for _, h := range hours {
		t.body = append(t.body, market.Point{Time: h * hour, Contracts: float64(100 + h), Price: 1})
	}
	return t
}

func from(first, last int64) *track {
	var hours []int64
	for h := first; h <= last; h++ {
		hours = append(hours, h)
	}
	return stamps(hours...)
}

func TestAComparisonStartsWhereAllHavePoints(t *testing.T) {
	for name, c := range map[string]struct {
		tracks   map[string]*track
		common   int64
		by       string
		own      map[string]int64
		isCut    bool
		earliest int64
	}{
		"all from the left":         {map[string]*track{"A": from(0, 100), "B": from(0, 100)}, 0, "", nil, false, 0},
		"one is a stamp late":       {map[string]*track{"A": from(0, 100), "B": from(1, 100)}, 1, "B", nil, false, 0},
		"one begins in between":     {map[string]*track{"A": from(0, 100), "B": from(30, 100)}, 30, "B", nil, true, 0},
		"one is listed late":        {map[string]*track{"A": from(0, 100), "B": from(70, 100)}, 0, "", map[string]int64{"B": 70}, false, 0},
		"both kinds":                {map[string]*track{"A": from(0, 100), "B": from(30, 100), "C": from(70, 100)}, 30, "B", map[string]int64{"C": 70}, true, 0},
		"all are new":               {map[string]*track{"A": from(80, 100), "B": from(85, 100)}, 85, "B", nil, true, 80},
		"no stamp where B begins":   {map[string]*track{"A": stamps(0, 1, 2, 5, 100), "B": from(3, 100)}, 5, "", nil, true, 0},
		"no stamp in common":        {map[string]*track{"A": stamps(0, 2, 4, 100), "B": stamps(1, 3, 5, 99)}, 1, "B", map[string]int64{"A": 0}, false, 0},
		"one of them is alone":      {map[string]*track{"A": from(60, 100)}, 60, "", nil, false, 60},
		"one has nothing any more":  {map[string]*track{"A": from(20, 100), "B": from(0, 10)}, 20, "A", nil, true, 0},
		"there is nothing to begin": {nil, 100, "", nil, false, 100},
	} {
		t.Run(name, func(t *testing.T) {
			var all compared
			for _, s := range []string{"A", "B", "C"} {
				if tr := c.tracks[s]; tr != nil {
					all.symbols, all.tracks = append(all.symbols, s), append(all.tracks, tr)
				}
			}
			got := startsOf(all, 100*hour)
			if got.common != c.common*hour || got.by != c.by || got.isCut(100*hour) != c.isCut || got.earliest != c.earliest*hour || len(got.own) != len(c.own) {
				t.Errorf("%+v", got)
			}
			for s, at := range c.own {
				if got.own[s] != at*hour || got.since(s) != at*hour {
					t.Errorf("%s begins at %v", s, got.own[s]/hour)
				}
			}
		})
	}
}

// In 7 days SOLUSDT has 2, DOGEUSDT 5, BTCUSDT all of them.
func lateListing(t *testing.T) (*Compare, *stage) {
	o, s, src := begin(t, assets.English, look.Dark)
	src.listed = map[string]time.Time{"SOLUSDT": clock.Add(-48 * time.Hour), "DOGEUSDT": clock.Add(-120 * time.Hour)}
	p := NewCompare(o, CompareState{Range: "7d"})
	p.SetTicked([]string{"BTCUSDT", "DOGEUSDT", "SOLUSDT"})
	p.SetSnapshot(snapshot(clock))
	s.until(t, func() bool { return !p.loader.busy() })
	return p, s
}

func TestALateListingIsSaidInAxisLegendAndReadOut(t *testing.T) {
	p, _ := lateListing(t)
	const doge, sol = "2025-06-12 12:30 UTC", "2025-06-15 12:30 UTC"
	v := p.chart.view
	if got := v.Request.Left.Unit; got != "% since "+doge {
		t.Errorf("the axis says %q", got)
	}
	var reads, chips []string
	for i, r := range v.Reads {
		reads, chips = append(reads, r.Label), append(chips, p.legend.items[i].(*chip).name.Text)
	}
	if !slices.Equal(reads, []string{"BTCUSDT", "DOGEUSDT", "SOLUSDT since " + sol}) || !slices.Equal(chips, []string{"BTCUSDT", "DOGEUSDT", "SOLUSDT since 06-15 12:30"}) {
		t.Errorf("the read-out says %q, the legend %q", reads, chips)
	}
	if want := "Compared since " + doge + ", where DOGEUSDT begins."; !slices.Contains(p.notes.said, want) {
		t.Errorf("below the chart: %q", p.notes.said)
	}
	begins := map[string]string{}
	for symbol, l := range lines(p.chart) {
		begins[symbol] = time.UnixMilli(l.Times[0]).UTC().Format("2006-01-02 15:04 UTC")
		if l.Values[0] != 0 {
			t.Errorf("%s begins with %v %%", symbol, l.Values[0])
		}
	}
	if begins["BTCUSDT"] != doge || begins["DOGEUSDT"] != doge || begins["SOLUSDT"] != sol {
		t.Errorf("the lines begin at %v", begins)
	}
	if from, _ := p.axis.Span(); v.Request.From != from {
		t.Error("the plot begins elsewhere than its time axis, which other charts share")
	}

	p.units.OnChange(1) // USD: nothing is counted since anything
	v = p.chart.view
	if v.Reads[2].Label != "SOLUSDT" || p.legend.items[2].(*chip).name.Text != "SOLUSDT" || len(p.notes.said) != 0 || v.Request.From >= lines(p.chart)["BTCUSDT"].Times[0] {
		t.Errorf("in USD, the read-out says %q, the notes %q", v.Reads[2].Label, p.notes.said)
	}
}

// While a longer range loads, what is there of the shorter one is no contract's beginning.
func TestNothingIsSaidOfBeginningsWhileLoading(t *testing.T) {
	p, s := lateListing(t)
	p.ranges.OnChange(5) // 30d
	if p.complete() || len(p.notes.said) != 0 {
		t.Errorf("while loading, the notes say %q", p.notes.said)
	}
	s.until(t, func() bool { return !p.loader.busy() })
	if got := p.chart.view.Request.Left.Unit; !strings.HasPrefix(got, "% since 2025-05-18") {
		t.Errorf("the axis says %q", got)
	}
}

// The file has the percent that the chart shows, and since when it counts.
func TestTheComparisonsFileHasItsPercent(t *testing.T) {
	p, _ := lateListing(t)
	var out bytes.Buffer
	if err := p.Export().Write(&out); err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(out.String()), "\n")
	if rows[0] != "time,symbol,contracts,price,oi_usd,unit_factor,oi_change_pct,since" {
		t.Fatalf("the columns are %s", rows[0])
	}
	first := map[string][]string{}
	for _, row := range rows[1:] {
		if f := strings.Split(row, ","); first[f[1]] == nil {
			first[f[1]] = f
		}
	}
	for symbol, since := range map[string]string{"BTCUSDT": "2025-06-12T12:30:00Z", "SOLUSDT": "2025-06-15T12:30:00Z"} {
		if f := first[symbol]; f == nil || f[0] != since || f[5] != "1" || f[6] != "0" || f[7] != since {
			t.Errorf("%s begins with %v", symbol, f)
		}
	}
	l, last := lines(p.chart)["SOLUSDT"], strings.Split(rows[len(rows)-1], ",")
	if want := l.Values[len(l.Values)-1]; last[1] != "SOLUSDT" || math.Abs(number(t, last[6])-want) > 1e-9 {
		t.Errorf("the last row is %v, the chart's last value %v", last, want)
	}
	p.units.OnChange(2) // contracts
	out.Reset()
	if err := p.Export().Write(&out); err != nil || !strings.HasPrefix(out.String(), "time,symbol,contracts,price,oi_usd,unit_factor\n") {
		t.Errorf("in contracts, the file begins with %.60s (%v)", out.String(), err)
	}
}
