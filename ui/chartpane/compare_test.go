package chartpane

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/ui/look"
)

// compared3 is a comparison of three contracts that has loaded, in a window.
func compared3(t *testing.T, state CompareState, change func(*Options)) (*Compare, *stage, fyne.Window) {
	t.Helper()
	o, s, _ := begin(t, assets.English, look.Dark)
	o.Synchronous = true
	if change != nil {
		change(&o)
	}
	p := NewCompare(o, state)
	w := window(t, p, 900, 330)
	p.SetTicked([]string{"BTCUSDT", "ETHUSDT", "SOLUSDT"})
	p.SetSnapshot(snapshot(clock))
	s.until(t, func() bool { return !p.Busy() })
	w.Canvas().Capture() // lays out and draws
	return p, s, w
}

func TestAComparisonOffersTheUnitsOfEachMetric(t *testing.T) {
	p, s, _ := compared3(t, CompareState{}, nil)
	offered := func() (names []string) {
		for _, strip := range p.strips {
			if strip.Visible() {
				for _, w := range words(strip) {
					names = append(names, w.Text)
				}
			}
		}
		return names
	}
	if want := []string{"%", "USD", "contracts", "z", "share"}; !slices.Equal(offered(), want) {
		t.Errorf("of open interest: %v, want %v", offered(), want)
	}
	for _, item := range p.metricMenu() {
		if item.Label == "Price" {
			item.Action()
		}
	}
	if want := []string{"%", "USD", "z"}; !slices.Equal(offered(), want) {
		t.Errorf("of price: %v, want %v", offered(), want)
	}
	tapWord(t, p.strips[MetricPrice], "USD")
	last := lines(p.chart)["ETHUSDT"].Values
	if got, want := last[len(last)-1], p.snapshot.Quote("ETHUSDT").Price(); got != want {
		t.Errorf("the line of prices ends at %v, the price is %v", got, want)
	}
	again := NewCompare(p.o, p.State())
	again.SetTicked(p.symbols)
	again.SetSnapshot(snapshot(clock))
	s.until(t, func() bool { return !again.Busy() })
	if again.metric != MetricPrice || again.unit != UnitUSD {
		t.Errorf("after a restart it compares %q in %q", again.metric, again.unit)
	}
}

func TestSharesAddUpToAHundred(t *testing.T) {
	p, _, _ := compared3(t, CompareState{Unit: UnitShare}, nil)
	sum, n := 0.0, 0
	for _, l := range lines(p.chart) {
		n = len(l.Values) // the live points come at one instant here
		sum += l.Values[n-2]
	}
	if math.Abs(sum-100) > 1e-9 {
		t.Errorf("shares of one stamp add up to %v", sum)
	}
	q := p.snapshot
	usd := func(s string) float64 { return q.Quote(s).OpenInterestUSD() }
	btc := lines(p.chart)["BTCUSDT"].Values
	if want := 100 * usd("BTCUSDT") / (usd("BTCUSDT") + usd("ETHUSDT") + usd("SOLUSDT")); math.Abs(btc[n-1]-want) > 1e-9 {
		t.Errorf("BTC has %v %% of the total now, want %v", btc[n-1], want)
	}
}

func TestASharesTotalIsUnknownWhereOneIs(t *testing.T) {
	all := []charts.Line{
		{Times: []int64{10, 20, 30, 40}, Values: []float64{1, 1, 1, 1}, Gap: 15},
		{Times: []int64{20, 30, 41}, Values: []float64{3, market.Unknown, 1}, Gap: 15},
	}
	shares(all, 0, 50)
	want := [][]float64{{math.NaN(), 25, math.NaN(), math.NaN()}, {75, math.NaN(), 50}}
	for i := range all {
		if fmt.Sprint(all[i].Values) != fmt.Sprint(want[i]) {
			t.Errorf("line %d: %v, want %v", i, all[i].Values, want[i])
		}
	}
}

func TestZIsOfTheSpanShown(t *testing.T) {
	l := []charts.Line{{Times: []int64{1, 2, 3, 4, 5}, Values: []float64{900, 1, 2, 3, 900}}, {Times: []int64{2, 3}, Values: []float64{7, 7}}}
	zScores(l, 2, 4)
	if got, want := fmt.Sprint(l[0].Values[1:]), "[-1 0 1]"; got != want {
		t.Errorf("z of 1, 2, 3 is %s, want %s", got, want)
	}
	if market.Known(l[1].Values[0]) {
		t.Errorf("a line that never moves has z %v", l[1].Values)
	}
}

// cashier has the same payments of every contract.
type cashier struct {
	Source
	points []market.FundingPoint
}

func (c cashier) Funding(_ context.Context, _ string, from, to int64) ([]market.FundingPoint, error) {
	return slices.DeleteFunc(slices.Clone(c.points), func(p market.FundingPoint) bool { return p.Time < from || p.Time > to }), nil
}

func TestFundingIsComparedPerEightHours(t *testing.T) {
	hour := time.Hour.Milliseconds()
	at := clock.UnixMilli() / (8 * hour) * 8 * hour
	paid := []market.FundingPoint{{Time: at - 8*hour, Rate: 0.0001}, {Time: at, Rate: 0.0001}, {Time: at + 4*hour + 20, Rate: 0.0001}}
	p, _, _ := compared3(t, CompareState{Metric: MetricFunding}, func(o *Options) { o.Source = cashier{o.Source, paid} })
	got := lines(p.chart)["BTCUSDT"].Values
	if want := []float64{0.01, 0.01, 0.02}; len(got) != 3 || math.Abs(got[2]-want[2]) > 1e-9 || math.Abs(got[1]-want[1]) > 1e-9 {
		t.Errorf("a payment of 0.01 %% after eight and after four hours is shown as %v, want %v", got, want)
	}
	if n := len(p.notes.box.Objects); n != 0 {
		t.Errorf("%d notes", n)
	}
	p, _, _ = compared3(t, CompareState{Metric: MetricFunding}, func(o *Options) { o.Source = cashier{o.Source, nil} })
	if n := len(p.notes.box.Objects); n != 1 {
		t.Errorf("without payments: %d notes, want the one that says so", n)
	}
}

func TestTheLegendTakesOneLineThatScrolls(t *testing.T) {
	o, _, _ := begin(t, assets.English, look.Dark)
	p := NewCompare(o, CompareState{})
	w := window(t, p, 460, 330)
	var symbols []string
	for i := range MaxSymbols {
		symbols = append(symbols, fmt.Sprintf("SYMBOL%dUSDT", i))
	}
	p.SetTicked(symbols)
	w.Canvas().Capture()
	if h := p.legend.Size().Height; h != chipHeight {
		t.Errorf("the legend of twelve is %v high, want %v", h, chipHeight)
	}
	last := p.legend.items[MaxSymbols-1]
	seen := func() bool {
		return p.legend.clip.Position().X+last.Position().X+last.Size().Width <= p.legend.Size().Width
	}
	if seen() || !p.legend.forth.Visible() || p.legend.back.Visible() {
		t.Fatal("the legend does not begin at its beginning, or does not say that there is more")
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(p.legend).AddXY(100, 9)
	for range 40 {
		test.Scroll(w.Canvas(), at, 0, -25)
	}
	if !seen() || p.legend.forth.Visible() || !p.legend.back.Visible() {
		t.Error("the wheel does not reach the end of the legend")
	}
	p.pin(symbols[0])
	if x := p.legend.items[0].Position().X; x < 0 {
		t.Errorf("a symbol that is highlighted lies at %v, out of sight", x)
	}
}

func TestAClickOnALineOrNameHighlightsIt(t *testing.T) {
	p, _, w := compared3(t, CompareState{}, nil)
	var told []string
	p.OnHighlight = func(symbol string) { told = append(told, symbol) }
	p.OnUntick = func(symbol string) { t.Errorf("%s is unticked", symbol) }
	tap := func(x, y float32) {
		p.chart.Tapped(&fyne.PointEvent{Position: fyne.NewPos(x, y)})
		w.Canvas().Capture()
	}
	picture, l := p.chart.picture, p.chart.shown.Request.Lines[1]
	i := len(l.Times) * 2 / 3
	unit := func(x float64) float32 { return float32(x / p.chart.pictureScale()) }
	tap(unit(picture.X(l.Times[i])), unit(picture.Y(charts.Left, l.Shown(l.Values[i])))+1)
	if p.lit != "ETHUSDT" {
		t.Errorf("a click on the line of ETHUSDT highlights %q", p.lit)
	}
	tap(40, unit(float64(picture.Plot.Max.Y))-2)
	if p.lit != "ETHUSDT" {
		t.Error("a click on nothing ends the highlight")
	}
	p.legend.items[0].(*chip).Tapped(&fyne.PointEvent{Position: fyne.NewPos(20, 5)})
	p.legend.items[0].(*chip).Tapped(&fyne.PointEvent{Position: fyne.NewPos(20, 5)})
	if want := []string{"ETHUSDT", "BTCUSDT", ""}; !slices.Equal(told, want) || p.lit != "" {
		t.Errorf("told %q, want %q; lit is %q", told, want, p.lit)
	}
}

func TestTheReadOutIsSortedAndFits(t *testing.T) {
	p, _, w := compared3(t, CompareState{}, nil)
	w.Resize(fyne.NewSize(600, 200))
	w.Canvas().Capture()
	for _, at := range []float32{150, 300, 500} {
		p.chart.axis.Point(p.chart.picture.Time(float64(at) * p.chart.pictureScale()))
		x := &p.chart.cross
		if len(x.order) != 3 {
			t.Fatalf("%d rows", len(x.order))
		}
		if !slices.IsSortedFunc(x.order, func(a, b int) int { return int(math.Copysign(1, x.values[b]-x.values[a])) }) {
			t.Errorf("at %v the values are read in the order %v of %v", at, x.order, x.values)
		}
		size := p.chart.Size()
		if end := x.box.Position().Add(x.box.Size()); end.X > size.Width+0.1 || end.Y > size.Height+0.1 {
			t.Errorf("at %v the read-out ends at %v, the chart at %v", at, end, size)
		}
	}
	x := newCrosshair()
	x.width = 150
	for _, c := range []struct {
		size          fyne.Size
		rows, columns int
	}{{fyne.NewSize(800, 400), 12, 1}, {fyne.NewSize(800, 150), 6, 2}, {fyne.NewSize(800, 110), 4, 3}, {fyne.NewSize(200, 110), 4, 1}} {
		if rows, columns := x.grid(12, c.size); rows != c.rows || columns != c.columns {
			t.Errorf("twelve values in %v take %d × %d, want %d × %d", c.size, rows, columns, c.rows, c.columns)
		}
	}
}

func TestTheLeadersAreTickedInOneClick(t *testing.T) {
	p, _, _ := compared3(t, CompareState{}, nil)
	var ticked []string
	p.OnTick = func(symbols []string) { ticked = symbols }
	items := p.pickMenu()
	items[0].Action()
	if want := []string{"BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "DOGEUSDT"}; !slices.Equal(ticked, want) {
		t.Errorf("by open interest: %v, want %v", ticked, want)
	}
	if !items[2].Disabled {
		t.Error("volume leads where none is known")
	}
	items[len(items)-1].Action()
	if ticked != nil {
		t.Errorf("after clear: %v", ticked)
	}
}
