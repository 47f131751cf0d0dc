package chartpane

import (
	"bytes"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"openinterest/data/market"
)

// saved taps an item of a pane's menu, and returns what it hands over.
func saved(t *testing.T, got *Export, items []*fyne.MenuItem, label string) []byte {
	t.Helper()
	*got = Export{}
	i := slices.IndexFunc(items, func(m *fyne.MenuItem) bool { return strings.Contains(m.Label, label) })
	if i < 0 {
		t.Fatalf("the menu has no %q", label)
	}
	items[i].Action()
	var b bytes.Buffer
	if err := got.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAChartIsTakenAway(t *testing.T) {
	var got, copied Export
	d := newDesk(t, HistoryState{}, func(o *Options) {
		o.OnExport = func(e Export) { got = e }
		o.OnCopy = func(e Export) { copied = e }
	})
	history, compare := d.history.saveMenu(d.history.Export), d.compare.saveMenu(d.compare.Export)

	svg := string(saved(t, &got, history, "SVG"))
	if got.Name != "BTCUSDT-24h-20250617-1204.svg" {
		t.Errorf("the drawing is named %s", got.Name)
	}
	for _, want := range []string{"BTCUSDT · Open interest, contracts", "24h: 2025-06-16 12:04 UTC – 2025-06-17 12:04 UTC",
		"Binance USDⓈ-M futures, as of 2025-06-17 12:04:09 UTC · Open Interest Tracker"} {
		if !strings.Contains(svg, ">"+want+"<") {
			t.Errorf("the drawing does not say %q", want)
		}
	}
	svg = string(saved(t, &got, compare, "SVG"))
	for _, want := range []string{"Open interest: BTC, ETH, SOL", "% since 2025-06-16 12:05 UTC", "ETH"} {
		if !strings.Contains(svg, ">"+want+"<") {
			t.Errorf("the drawing of the comparison does not say %q", want)
		}
	}

	picture := saved(t, &got, history, "PNG")
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	if size := img.Bounds().Size(); size.X != 2*720 || size.Y < 2*400 || !strings.HasSuffix(got.Name, ".png") {
		t.Errorf("%s has %v pixels, of a chart of %v", got.Name, size, d.history.chart.Size())
	}
	i := slices.IndexFunc(history, func(m *fyne.MenuItem) bool { return m.Label == "Copy the picture" })
	history[i].Action()
	var b bytes.Buffer
	if err := copied.Write(&b); err != nil || !bytes.Equal(b.Bytes(), picture) {
		t.Errorf("what is copied is not the picture that is saved (%v)", err)
	}
}

func TestTheFileHasWhatAComparisonComputes(t *testing.T) {
	for _, c := range []struct {
		state   CompareState
		columns string
	}{
		{CompareState{Unit: UnitShare}, "time symbol contracts price oi_usd unit_factor oi_share_pct"},
		{CompareState{Unit: UnitZ}, "time symbol contracts price oi_usd unit_factor oi_z"},
		{CompareState{Metric: MetricPrice}, "time symbol contracts price oi_usd unit_factor price_change_pct"},
		{CompareState{Metric: MetricPrice, Others: map[string]string{MetricPrice: UnitUSD}}, "time symbol contracts price oi_usd unit_factor"},
		{CompareState{Metric: MetricFunding}, "time symbol funding_pct_8h"},
	} {
		at := clock.UnixMilli() - 3*3600_000
		p, _, _ := compared3(t, c.state, func(o *Options) {
			o.Source = cashier{o.Source, []market.FundingPoint{{Time: at - 8*3600_000, Rate: 0.0001}, {Time: at, Rate: 0.0002}}}
		})
		rows := exportRows(t, p.Export())
		if got := strings.Join(rows[0], " "); got != c.columns {
			t.Errorf("%+v: columns %s, want %s", c.state, got, c.columns)
			continue
		}
		last := rows[len(rows)-1]
		l := lines(p.chart)["SOLUSDT"]
		if want := l.Values[len(l.Values)-1]; last[1] != "SOLUSDT" || len(last) != 6 && math.Abs(number(t, last[len(last)-1])-want) > 1e-9 {
			t.Errorf("%+v: the last row is %v, the chart ends at %v", c.state, last, want)
		}
	}
}
