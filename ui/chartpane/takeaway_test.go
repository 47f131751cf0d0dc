package chartpane

import (
	"bytes"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

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

// The file has what the plots below show: each candle and payment once, at its own time.
func TestTheFileHasThePlotsBelow(t *testing.T) {
	h, s, _, _, _ := plotted(t, HistoryState{Plots: PlotsState{Volume: PlotState{On: true}}}, nil)
	if got := strings.Join(exportRows(t, h.Export())[0], " "); got != "time contracts price oi_usd unit_factor candle_period volume volume_usd" {
		t.Errorf("columns %s", got)
	}
	h, s, _, _, _ = plotted(t, HistoryState{Plots: allOn}, func(src *source) {
		for _, f := range paid(9) { // and one that is no stamp of open interest
			src.paid = append(src.paid, f)
		}
		src.paid = append(src.paid, market.FundingPoint{Time: clock.Add(-61 * time.Minute).UnixMilli(), Rate: 0.0005})
	})
	snap := snapshot(clock.Add(time.Second))
	q := snap.Quote("BTCUSDT")
	q.Mark.FundingRate, q.Mark.NextFunding = 0.0003, clock.Truncate(time.Hour).Add(4*time.Hour)
	h.SetSnapshot(snap)
	s.until(t, func() bool { return !h.Busy() })
	rows := exportRows(t, h.Export())
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	if got := strings.Join(rows[0][5:], " "); got != "oi_change_contracts candle_period open high low close volume volume_usd funding_pct funding_next_pct" {
		t.Fatalf("columns %s", got)
	}
	sum := map[string]float64{}
	count := map[string]int{}
	for i, row := range rows[1:] {
		if i > 0 && row[0] <= rows[i][0] {
			t.Fatalf("line %d is not after the one before: %s", i+1, row[0])
		}
		for name, k := range column {
			if name != "time" && name != "candle_period" && row[k] != "" {
				sum[name] += number(t, row[k])
				count[name]++
			}
		}
	}
	from, to := h.axis.Span()
	volume := 0.0
	for _, k := range h.candles.rows {
		if k.Time >= from && k.Time <= to {
			volume += k.Volume
		}
	}
	if count["close"] != 96 || math.Abs(sum["volume"]-volume) > 1e-6*volume {
		t.Errorf("%d candles with a volume of %v, want 96 with %v", count["close"], sum["volume"], volume)
	}
	if count["funding_pct"] != 4 || count["funding_next_pct"] != 1 || math.Abs(sum["funding_next_pct"]-0.03) > 1e-12 {
		t.Errorf("funding: %v %v", count, sum)
	}
	first, last := number(t, rows[1][1]), 0.0
	for _, row := range rows[1:] {
		if row[1] != "" {
			last = number(t, row[1])
		}
	}
	// The series begins with the chart: its first point has no change.
	if changed := sum["oi_change_contracts"]; math.Abs(changed-(last-first)) > 1e-6*last {
		t.Errorf("changes sum up to %v, open interest went from %v to %v", changed, first, last)
	}
}
