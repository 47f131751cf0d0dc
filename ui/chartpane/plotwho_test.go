package chartpane

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"openinterest/charts"
	"openinterest/data/history/ondemand"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/format"
)

// standing are made-up ratios of the last hours, one stamp missing and one value
// unknown.
func standing(hours int) (rows []market.Ratios) {
	last := clock.Truncate(market.Step)
	for i := hours * 12; i >= 0; i-- {
		if i == 30 {
			continue
		}
		r := market.Ratios{Time: last.Add(-time.Duration(i) * market.Step).UnixMilli()}
		for k := range r.Values {
			r.Values[k] = 0.7 + 0.4*float64(k) + 0.25*math.Sin(float64(i)/9+float64(k))
		}
		if i == 40 {
			r.Values[market.TakerBuySell] = market.Unknown
		}
		rows = append(rows, r)
	}
	return rows
}

// forced are liquidations of the last hours, and when somebody listened: not from
// six hours to three and a half before the tests' time.
func forced() (seen []market.Liquidation, listened []market.Span) {
	at := func(before time.Duration) time.Time { return clock.Truncate(market.Step).Add(-before) }
	listened = []market.Span{
		{From: at(20 * time.Hour).UnixMilli(), To: at(6 * time.Hour).UnixMilli()},
		{From: at(210 * time.Minute).UnixMilli(), To: clock.UnixMilli()},
	}
	for i := range 60 {
		before := time.Duration(i*19)*time.Minute + 70*time.Second
		if before > 209*time.Minute && before < 6*time.Hour {
			continue
		}
		seen = append(seen, market.Liquidation{Symbol: "BTCUSDT", Long: i%3 != 0, Price: 105000, Contracts: 1 + float64(i*i%17), Time: at(before)})
	}
	slices.Reverse(seen)
	seen = append(seen, market.Liquidation{Symbol: "BTCUSDT", Long: true, Price: 104000, Contracts: 90, Time: clock.Add(-30 * time.Second)})
	return seen, listened
}

var whoOn = PlotsState{LongShort: PlotState{On: true}, Taker: PlotState{On: true}, Liquidations: PlotState{On: true}}

func known(src *source) {
	src.ratios = standing(24)
	src.liquidated, src.listened = forced()
}

// plotOf is the plot of a name that is shown, and the index of its first line.
func (h *History) plotOf(name string) (plot charts.Plot, first int) {
	first = len(h.chart.shown.Request.Lines)
	for _, p := range h.chart.shown.Request.Below {
		if p.Key == name {
			return p, first
		}
		first += len(p.Lines)
	}
	return plot, -1
}

// readAt are the values of the read-out at an instant, by their names.
func (h *History) readAt(at time.Time) map[string]string {
	h.axis.Point(at.UnixMilli())
	texts := map[string]string{}
	for i := range h.chart.cross.rows {
		if r := &h.chart.cross.rows[i]; r.name.Visible() {
			texts[r.name.Text] = r.value.Text
		}
	}
	return texts
}

func TestRatiosStandUnderTheOpenInterest(t *testing.T) {
	h, _, src, _, _ := plotted(t, HistoryState{Plots: whoOn}, known)
	plot, first := h.plotOf("longshort")
	if len(plot.Lines) != 3 || plot.Lines[0].Label == "" {
		t.Fatalf("the plot of long and short has %d lines, %q", len(plot.Lines), plot.Lines[0].Label)
	}
	p := h.chart.picture
	half, one, two := p.Row(first, 0.5), p.Row(first, 1), p.Row(first, 2)
	if math.Abs((half-one)-(one-two)) > 1 || !(half > one) {
		t.Errorf("0.5, 1 and 2 are on rows %.1f, %.1f and %.1f: the first and last should be equally far", half, one, two)
	}
	if box := p.Plots()[1]; one < float64(box.Min.Y) || one > float64(box.Max.Y) {
		t.Errorf("1 is on row %.1f, out of the plot %v", one, box)
	}
	texts := h.readAt(clock.Truncate(market.Step).Add(-2 * time.Hour))
	r := src.ratios[len(src.ratios)-1-24]
	for k, name := range []string{"Long ÷ short, all accounts", "Long ÷ short, top accounts", "Long ÷ short, top positions", "Takers, bought ÷ sold"} {
		if got := texts[name]; got != format.Ratio(r.Values[k]) {
			t.Errorf("%s reads %q, want %.3f of %s", name, got, r.Values[k], time.UnixMilli(r.Time).UTC())
		}
	}
}

// What nobody listened to differs from what nobody saw: it is hatched, and said.
func TestLiquidationsSeenAreLowerBounds(t *testing.T) {
	h, _, src, _, _ := plotted(t, HistoryState{Plots: whoOn}, known)
	plot, _ := h.plotOf("liquidations")
	if !strings.Contains(plot.Title, "at least") || !strings.Contains(plot.Title, "seen") {
		t.Errorf("the title is %q", plot.Title)
	}
	if len(plot.Blanks) != 2 || plot.Blanks[1].Text != "not listening" || plot.Blanks[1].From != src.listened[0].To || plot.Blanks[1].To != src.listened[1].From {
		t.Errorf("blanks %+v, want one before and one between %+v", plot.Blanks, src.listened)
	}
	var longs, shorts float64
	bar := clock.Truncate(market.Step).Add(-80 * time.Minute)
	b, _ := h.chart.picture.Bucket(len(h.chart.shown.lines())-1, bar.UnixMilli())
	for _, one := range src.liquidated {
		if at := one.Time.UnixMilli(); at >= b.From && at < b.To {
			if one.Long {
				longs += one.USD()
			} else {
				shorts += one.USD()
			}
		}
	}
	texts := h.readAt(bar)
	if got := texts["Longs liquidated, seen"]; !strings.HasPrefix(got, "at least "+h.readUSD(longs)) || longs == 0 {
		t.Errorf("longs read %q, want %v", got, longs)
	}
	if got := texts["Shorts liquidated, seen"]; shorts == 0 && !strings.HasPrefix(got, "none in") {
		t.Errorf("shorts read %q where none was seen", got)
	}
	if texts = h.readAt(clock.Add(-5 * time.Hour)); texts["Longs liquidated, seen"] != "" {
		t.Errorf("where nobody listened, longs read %q", texts["Longs liquidated, seen"])
	}
}

// With nothing known, the plots say what that means.
func TestNobodyListened(t *testing.T) {
	h, _, _, _, _ := plotted(t, HistoryState{Plots: whoOn}, nil)
	if plot, _ := h.plotOf("liquidations"); !strings.Contains(plot.Message, "Nobody listened") {
		t.Errorf("the plot says %q", plot.Message)
	}
	h, _, _, _, _ = plotted(t, HistoryState{Plots: whoOn}, func(src *source) {
		src.refuseRatios = &market.Problem{Kind: market.Unreachable, What: "ratios"}
	})
	for _, name := range []string{"longshort", "taker", "liquidations"} {
		if plot, _ := h.plotOf(name); !strings.Contains(plot.Message, "could not be loaded") || !strings.Contains(plot.Message, "tried again") {
			t.Errorf("%s says %q", name, plot.Message)
		}
	}
}

func TestRatiosAndLiquidationsInAFile(t *testing.T) {
	h, _, src, _, _ := plotted(t, HistoryState{Plots: whoOn}, known)
	var file bytes.Buffer
	if err := h.Export().Write(&file); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(file.String(), "\n")
	if want := "long_short_accounts,top_long_short_accounts,top_long_short_positions,taker_buy_sell,liquidated_longs_usd,liquidated_shorts_usd,listened_s"; !strings.HasSuffix(lines[0], want) {
		t.Errorf("columns %s", lines[0])
	}
	bar := clock.Truncate(market.Step)
	i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, bar.Format("2006-01-02T15:04")) })
	last := src.liquidated[len(src.liquidated)-1]
	if i < 0 || !strings.Contains(lines[i], ",9360000,0,") {
		t.Errorf("the newest bar, with %v USD of longs: %s", last.USD(), lines[max(i, 0)])
	}
	deaf := clock.Truncate(market.Step).Add(-5 * time.Hour)
	if i = slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, deaf.Format("2006-01-02T15:04")) }); i < 0 || !strings.HasSuffix(lines[i], ",,,") {
		t.Errorf("where nobody listened: %s", lines[max(i, 0)])
	}
}

// Large liquidations are marked where somebody asks for them.
func TestLargeLiquidationsAreMarked(t *testing.T) {
	choice := NewMarkerChoice(MarkerState{})
	d := newDesk(t, HistoryState{}, func(o *Options) {
		o.Marking = Marking{Events: &diary{}, Choice: choice, Name: func(k signal.EventKind) string { return string(k) }}
		known(o.Source.(*source))
	})
	marked := func() (n int) {
		d.look()
		for _, m := range d.history.chart.shown.marks {
			if m.large != nil {
				n++
			}
		}
		return n
	}
	if n := marked(); n != 0 {
		t.Errorf("%d are marked before anybody asked", n)
	}
	choice.ShowLiquidations(true)
	if n := marked(); n != 1 { // 90 of 79,000 contracts; the others are below a thousandth
		t.Errorf("%d are marked, want the largest", n)
	}
	choice.Hide(true)
	if n := marked(); n != 0 {
		t.Errorf("%d are marked though all are hidden", n)
	}
}

// Why the line begins late is said: there is nothing older, or it was not to be had yet.
func TestRatiosSayWhatLacks(t *testing.T) {
	blank := func(prepare func(*source)) string {
		t.Helper()
		h, _, _, _, _ := plotted(t, HistoryState{Plots: PlotsState{LongShort: PlotState{On: true}}}, prepare)
		plot, _ := h.plotOf("longshort")
		if len(plot.Blanks) != 1 || len(plot.Lines[0].Times) == 0 {
			t.Fatalf("%d blanks, %d points", len(plot.Blanks), len(plot.Lines[0].Times))
		}
		return plot.Blanks[0].Text
	}
	if got := blank(func(s *source) { s.ratios = standing(6) }); !strings.HasPrefix(got, "No ratio is known before") {
		t.Errorf("all was asked for, and it says %q", got)
	}
	if got := blank(func(s *source) { s.ratios, s.refuseRatios = standing(6), errors.New("not now") }); !strings.HasSuffix(got, "are still to be asked for") {
		t.Errorf("older ones could not be asked for, and it says %q", got)
	}
}

// Ratios come with the archive's days.
func TestRatiosOfTheArchiveAreShownOnceTheyCame(t *testing.T) {
	o, s, src, a := beginLong(t)
	src.ratios = standing(6)
	h := NewHistory(o, HistoryState{Range: "1y", Plots: PlotsState{LongShort: PlotState{On: true}}})
	window(t, h, 640, 330)
	show := func(after time.Duration, status ondemand.Status) int {
		a.status["BTCUSDT"] = status
		h.SetSnapshot(snapshot(clock.Add(after)))
		s.until(t, func() bool { return !h.loader.busy() && !h.ratios.running })
		return len(h.ratios.rows)
	}
	few := show(0, ondemand.Status{State: ondemand.Fetching, Days: 30})
	src.ratios = standing(200)
	if n := show(9*time.Second, ondemand.Status{Saved: 30}); n <= few {
		t.Errorf("%d ratios after 30 days came, %d before", n, few)
	}
}

// Where none was seen, the axis has no USD.
func TestNothingSeenHasNoScale(t *testing.T) {
	h, _, _, _, _ := plotted(t, HistoryState{Plots: whoOn}, func(s *source) {
		known(s)
		s.liquidated = nil
	})
	plot, _ := h.plotOf("liquidations")
	if got := plot.Left.Format(0, 1) + plot.Left.Format(1, 1) + plot.Left.Format(-1, 1); got != "0" {
		t.Errorf("the axis is labelled %q", got)
	}
	h, _, _, _, _ = plotted(t, HistoryState{Plots: whoOn}, known)
	if plot, _ = h.plotOf("liquidations"); plot.Left.Format(1e6, 1e6) == "" {
		t.Error("some were seen, and the axis has no labels")
	}
}
