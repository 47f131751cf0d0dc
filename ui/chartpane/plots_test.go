package chartpane

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/ui/look"
)

// paid are the last n funding payments.
func paid(n int) (list []market.FundingPoint) {
	const step = 8 * 3600_000
	last := clock.UnixMilli() / step * step
	for i := n - 1; i >= 0; i-- {
		list = append(list, market.FundingPoint{Time: last - int64(i)*step + 3, Rate: 0.0001 * math.Cos(float64(i))})
	}
	return list
}

// plotted is a History in a window high enough for all plots, and what it told
// of its state last.
func plotted(t *testing.T, state HistoryState, prepare func(*source)) (*History, *stage, *source, *HistoryState, fyne.Window) {
	t.Helper()
	o, s, src := begin(t, assets.English, look.Dark)
	if prepare != nil {
		prepare(src)
	}
	h := NewHistory(o, state)
	told := &HistoryState{}
	h.OnState = func(s HistoryState) { *told = s }
	w := window(t, h, 900, 800)
	w.Canvas().Capture()
	h.SetSnapshot(snapshot(clock))
	s.until(t, func() bool { return !h.Busy() && h.chart.picture != nil })
	return h, s, src, told, w
}

func (h *History) plotNames() (names []string) {
	for _, p := range h.chart.shown.Request.Below {
		names = append(names, p.Key)
	}
	return names
}

func TestPlotsAreSwitchedOn(t *testing.T) {
	h, s, src, told, w := plotted(t, HistoryState{}, nil)
	if n := len(h.chart.picture.Plots()); n != 1 || len(src.candles) != 0 || len(h.chart.shown.Request.Lines) != 2 {
		t.Errorf("at first %d plots, %d lines, %d requests for candles", n, len(h.chart.shown.Request.Lines), len(src.candles))
	}
	h.openPlotMenu(h.units)
	for _, name := range []string{"volume", "price", "funding", "change"} {
		test.Tap(h.menu.checks[name])
	}
	s.until(t, func() bool { return !h.Busy() })
	if got := h.plotNames(); !slices.Equal(got, []string{"change", "price", "volume", "funding"}) || len(h.chart.picture.Plots()) != 5 {
		t.Errorf("plots %v, %d drawn", got, len(h.chart.picture.Plots()))
	}
	if n := len(h.chart.shown.Request.Lines); n != 1 {
		t.Errorf("the price has a plot of its own, and %d lines are above", n)
	}
	if !told.Plots.Price.On || !told.Plots.Volume.On || told.Plots != h.State().Plots {
		t.Errorf("told %+v", told.Plots)
	}
	w.Canvas().Focus(h.menu.checks["volume"])
	h.menu.checks["volume"].TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if w.Canvas().Overlays().Top() != nil {
		t.Error("Escape on a box leaves the menu open")
	}
	tapWord(t, h.menu.forms, "candles")
	s.until(t, func() bool { return !h.Busy() })
	if l := h.chart.shown.Request.Lines[0]; l.Form != charts.Candles || told.Plots.Form != FormCandles {
		t.Errorf("open interest has form %v, told %q", l.Form, told.Plots.Form)
	}
	for _, name := range []string{"volume", "price", "funding", "change"} {
		test.Tap(h.menu.checks[name])
	}
	s.until(t, func() bool { return !h.Busy() })
	if n := len(h.chart.picture.Plots()); n != 1 {
		t.Errorf("%d plots after all were switched off", n)
	}
}

// What is kept of a state without plots, and with, is loaded.
func TestStatesOfPlots(t *testing.T) {
	var old HistoryState
	if err := json.Unmarshal([]byte(`{"symbol":"ETHUSDT","range":"7d","unit":"usd"}`), &old); err != nil || old.Plots != (PlotsState{}) {
		t.Errorf("%+v, %v", old, err)
	}
	s := HistoryState{Symbol: "ETHUSDT", Plots: PlotsState{PriceForm: FormLine, Price: PlotState{On: true, Share: 0.3}}}
	body, err := json.Marshal(s)
	var again HistoryState
	if err != nil || json.Unmarshal(body, &again) != nil || again != s {
		t.Errorf("%s: %+v, %v", body, again, err)
	}
}

var allOn = PlotsState{Change: PlotState{On: true}, Price: PlotState{On: true}, Volume: PlotState{On: true}, Funding: PlotState{On: true}}

// The read-out shows what each plot has at the crosshair.
func TestReadOutOfAllPlots(t *testing.T) {
	h, s, _, _, _ := plotted(t, HistoryState{Plots: allOn}, func(src *source) { src.paid = paid(20) })
	at := clock.Add(-5 * time.Hour)
	h.axis.Point(at.UnixMilli())
	s.until(t, func() bool { return !h.Busy() })
	texts := map[string]string{}
	for i := range h.chart.cross.rows {
		if r := &h.chart.cross.rows[i]; r.name.Visible() {
			texts[r.name.Text] = r.value.Text
		}
	}
	p := h.chart.picture
	stamp, _ := nearestStamp(p, h.chart.shown, at.UnixMilli())
	change, ok := p.Bucket(1, stamp)
	if !ok {
		t.Fatal("there is no change")
	}
	sign := "+"
	if change.Close < 0 {
		sign = "−"
	}
	for name, want := range map[string]string{"Open interest": "BTC", "Change in the bar": sign, "Price": "O ", "Volume": "BTC", "Funding": "%"} {
		if !strings.Contains(texts[name], want) {
			t.Errorf("%s reads %q, want something with %q; all: %v", name, texts[name], want, texts)
		}
	}
}

// The change of a bar is that of the contracts in it; in USD it leaves out what
// the price did.
func TestChangeOfABar(t *testing.T) {
	points := []market.Point{{Time: 300_000, Contracts: 100, Price: 10}, {Time: 600_000, Contracts: 110, Price: 20}, {Time: 900_000, Contracts: 110, Price: 40}, {Time: 1_200_000, Contracts: 105, Price: 10}}
	tr := &track{body: points}
	if got, want := tr.position(), []float64{0, 200, 200, 150}; !slices.Equal(got, want) {
		t.Errorf("position %v, want %v", got, want)
	}
}

// A plot whose rows fail to load says why and when it is tried again, and then is.
func TestPlotSaysWhyItIsEmpty(t *testing.T) {
	h, s, src, _, _ := plotted(t, HistoryState{Plots: PlotsState{Volume: PlotState{On: true}}}, func(src *source) {
		src.refuse = &market.Problem{Kind: market.Unreachable, What: "candles"}
	})
	message := h.chart.shown.Request.Below[0].Message
	if !strings.Contains(message, "Volume could not be loaded") || !strings.Contains(message, "12:04:39") {
		t.Errorf("it says %q", message)
	}
	asked := len(src.candles)
	h.SetSnapshot(snapshot(clock.Add(10 * time.Second)))
	s.until(t, func() bool { return !h.Busy() })
	if len(src.candles) != asked {
		t.Error("it was tried again too soon")
	}
	src.mu.Lock()
	src.refuse = nil
	src.mu.Unlock()
	h.SetSnapshot(snapshot(clock.Add(31 * time.Second)))
	s.until(t, func() bool { return !h.Busy() })
	if n := len(h.chart.shown.Request.Below[0].Lines[0].Times); n == 0 || len(src.candles) != asked+1 {
		t.Errorf("%d candles after %d more requests", n, len(src.candles)-asked)
	}
}

// Where older candles stay, a note says that newer ones could not be loaded.
func TestOldCandlesStay(t *testing.T) {
	h, s, src, _, _ := plotted(t, HistoryState{Plots: PlotsState{Price: PlotState{On: true}}}, nil)
	src.mu.Lock()
	src.refuse = &market.Problem{Kind: market.Unreachable, What: "candles"}
	src.mu.Unlock()
	h.SetSnapshot(snapshot(clock.Add(time.Minute)))
	s.until(t, func() bool { return !h.Busy() })
	if len(h.candles.rows) == 0 {
		t.Error("the candles that were there are gone")
	}
	if said := strings.Join(h.notes.said, "\n"); !strings.Contains(said, "Price could not be loaded") {
		t.Errorf("the notes say %q", said)
	}
}

// Candles are asked for as short as they can be seen, and not again while what
// there is will do.
func TestCandlesAreAskedInThePeriodSeen(t *testing.T) {
	h, s, src, _, _ := plotted(t, HistoryState{Plots: PlotsState{Price: PlotState{On: true}}}, nil)
	if want := []market.Period{market.Period15m}; !slices.Equal(src.candles, want) {
		t.Errorf("asked for %v, want %v", src.candles, want)
	}
	h.axis.Pan(-0.1)
	h.axis.Pan(-0.1)
	s.until(t, func() bool { return !h.Busy() })
	if len(src.candles) != 1 {
		t.Errorf("asked for %v while panning over what is there", src.candles)
	}
	h.axis.Choose(market.Range30d)
	s.until(t, func() bool { return !h.Busy() })
	if want := []market.Period{market.Period15m, market.Period12h}; !slices.Equal(src.candles, want) {
		t.Errorf("asked for %v, want %v", src.candles, want)
	}
	h.SetSymbol("ETHUSDT")
	if len(h.candles.rows) != 0 {
		t.Error("the candles of another contract are shown")
	}
	s.until(t, func() bool { return !h.Busy() })
	if len(h.candles.rows) == 0 || len(src.candles) != 3 {
		t.Errorf("%d candles, asked for %v", len(h.candles.rows), src.candles)
	}
}

// Funding that is not kept is hatched, and it is said since when it is.
func TestFundingSaysSinceWhen(t *testing.T) {
	h, _, _, _, _ := plotted(t, HistoryState{Range: "7d", Plots: PlotsState{Funding: PlotState{On: true}}}, func(src *source) { src.paid = paid(5) })
	blanks := h.chart.shown.Request.Below[0].Blanks
	if len(blanks) != 1 || !strings.HasPrefix(blanks[0].Text, "Funding is kept since ") || blanks[0].To != paid(5)[0].Time-3-8*3600_000 {
		t.Errorf("%+v", blanks)
	}
}

// The border above a plot can be dragged: what it loses, the one above gains.
func TestBordersAreDragged(t *testing.T) {
	h, s, _, told, w := plotted(t, HistoryState{Plots: allOn}, nil)
	before := h.chart.picture.Plots()
	b := h.chart.borders[1]
	if !b.Visible() || b.Cursor() != desktop.VResizeCursor {
		t.Fatal("the border cannot be taken hold of")
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b).AddXY(200, borderHeight/2)
	test.Drag(w.Canvas(), at, 0, -40)
	s.until(t, func() bool { return !h.Busy() })
	after := h.chart.picture.Plots()
	scale := h.chart.pictureScale()
	for i, want := range []float64{0, -40 * scale, 40 * scale, 0, 0} {
		if grown := float64(after[i].Dy() - before[i].Dy()); math.Abs(grown-want) > 6*scale {
			t.Errorf("plot %d grew by %v, want %v", i, grown, want)
		}
	}
	if told.Plots.Price.Share <= told.Plots.Change.Share || told.Plots != h.plots {
		t.Errorf("told %+v", told.Plots)
	}
	for range 30 {
		test.Drag(w.Canvas(), at, 0, 300)
		test.Drag(w.Canvas(), at, 0, -900)
	}
	s.until(t, func() bool { return !h.Busy() })
	for _, k := range h.plots.shown() {
		if share := k.state(&h.plots).Share; share < leastShare-1e-9 || share > 0.61 {
			t.Errorf("%s has a share of %v", k.name, share)
		}
	}
}

// What has no room is said.
func TestPlotsWithoutRoom(t *testing.T) {
	o, s, _ := begin(t, assets.English, look.Dark)
	h := NewHistory(o, HistoryState{Plots: allOn})
	w := window(t, h, 700, 260)
	w.Canvas().Capture()
	h.SetSnapshot(snapshot(clock))
	s.until(t, func() bool { return !h.Busy() && h.chart.picture != nil })
	h.SetSnapshot(snapshot(clock.Add(time.Second)))
	said := strings.Join(h.notes.said, "\n")
	if !strings.Contains(said, "No room for") || !strings.Contains(said, "Funding") {
		t.Errorf("the notes say %q of %d plots", said, len(h.chart.picture.Plots()))
	}
}

// Payments are drawn over the time that they were for, whatever the interval is now.
func TestFundingHasTheSpacingOfItsPayments(t *testing.T) {
	change := clock.Truncate(8 * time.Hour).Add(-24 * time.Hour)
	h, s, _, _, _ := plotted(t, HistoryState{Range: "3d", Plots: PlotsState{Funding: PlotState{On: true}}}, func(src *source) {
		for at := change.Add(-5 * 24 * time.Hour); !at.After(clock); {
			src.paid = append(src.paid, market.FundingPoint{Time: at.UnixMilli() + 4, Rate: 0.0001})
			if at.Before(change) {
				at = at.Add(8 * time.Hour)
			} else {
				at = at.Add(time.Hour)
			}
		}
	})
	snap := snapshot(clock.Add(time.Second))
	q := snap.Quote("BTCUSDT")
	q.Funding.IntervalHours, q.Mark.FundingRate, q.Mark.NextFunding = 1, 0.0002, clock.Truncate(time.Hour).Add(time.Hour)
	h.SetSnapshot(snap)
	s.until(t, func() bool { return !h.Busy() })
	p := h.chart.picture
	for _, c := range []struct {
		at    time.Time
		hours time.Duration
		value float64
	}{{change.Add(-20 * time.Hour), 8, 0.01}, {change.Add(-time.Hour), 8, 0.01}, {change.Add(90 * time.Minute), 1, 0.01}, {clock.Add(-time.Minute), 1, 0.02}} {
		b, ok := p.Bucket(2, c.at.UnixMilli())
		if !ok || b.To-b.From != (c.hours*time.Hour).Milliseconds() || math.Abs(b.Close-c.value) > 1e-12 {
			t.Errorf("at %v: %v h of %v (%v), want %v h of %v", c.at, float64(b.To-b.From)/3600_000, b.Close, ok, int(c.hours), c.value)
		}
	}
}

// Bars of volume have the colour of the candle over them.
func TestVolumeHasTheColourOfItsCandle(t *testing.T) {
	h, _, _, _, _ := plotted(t, HistoryState{Plots: PlotsState{Price: PlotState{On: true}, Volume: PlotState{On: true}}}, nil)
	colours := map[any]bool{}
	for i := range 90 {
		at := clock.Add(-time.Duration(i) * 15 * time.Minute).UnixMilli()
		candle, _ := h.chart.picture.Bucket(1, at)
		if bar, ok := h.chart.picture.Bucket(2, at); !ok || bar.Colour != candle.Colour {
			t.Fatalf("%d candles ago: volume is %v, the candle %v", i, bar.Colour, candle.Colour)
		}
		colours[candle.Colour] = true
	}
	if p := look.Current(); !colours[p.Up] || !colours[p.Down] || len(colours) != 2 {
		t.Errorf("colours %v", colours)
	}
}

// Ctrl and the arrows size the plots of the chart that has the focus; with shift
// they choose the border, which is lit.
func TestPlotsAreSizedWithKeys(t *testing.T) {
	h, s, _, told, w := plotted(t, HistoryState{Plots: allOn}, nil)
	before := h.chart.picture.Plots()
	h.chart.focus()
	press := func(k fyne.KeyName, m fyne.KeyModifier) {
		w.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&desktop.CustomShortcut{KeyName: k, Modifier: m})
		s.until(t, func() bool { return !h.Busy() })
	}
	const ctrl = fyne.KeyModifierShortcutDefault
	press(fyne.KeyDown, ctrl|fyne.KeyModifierShift) // from the first border to the second
	if !h.chart.borders[1].chosen || h.chart.borders[0].chosen {
		t.Error("the border that keys move is not lit")
	}
	for range 2 {
		press(fyne.KeyUp, ctrl)
	}
	after := h.chart.picture.Plots()
	if grown := after[2].Dy() - before[2].Dy(); grown < 10 || after[1].Dy() >= before[1].Dy() || math.Abs(float64(after[0].Dy()-before[0].Dy())) > 1 {
		t.Errorf("plots %v, before %v", after, before)
	}
	if told.Plots != h.plots || told.Plots.Price.Share == 0 {
		t.Errorf("told %+v", told.Plots)
	}
	w.Canvas().Unfocus()
	if h.chart.borders[1].chosen {
		t.Error("a border is lit in a chart without the focus")
	}
}

// readOut is what the read-out says at an instant, by name.
func readOut(h *History, at time.Time) map[string]string {
	h.axis.Point(at.UnixMilli())
	texts := map[string]string{}
	for i := range h.chart.cross.rows {
		if r := &h.chart.cross.rows[i]; r.name.Visible() {
			texts[r.name.Text] = r.value.Text
		}
	}
	return texts
}

// What a bar sums up is read with the time that it is of: a rate of several
// payments is not that of one.
func TestSumsAreReadWithTheirTime(t *testing.T) {
	every := func(src *source) {
		for _, f := range paid(100) {
			src.paid = append(src.paid, market.FundingPoint{Time: f.Time, Rate: 0.0001})
		}
	}
	h, s, _, _, _ := plotted(t, HistoryState{Range: "7d", Plots: allOn}, every)
	got := readOut(h, clock.Add(-50*time.Hour))
	for name, ending := range map[string]string{"Funding": "+0.0100 %", "Volume": " BTC in 1h", "Change in the bar": " BTC in 1h"} {
		if name != "Funding" {
			b, _ := h.chart.picture.Bucket(1, h.chart.cross.placed)
			ending = " BTC in " + (time.Duration(b.To-b.From) * time.Millisecond).String()
			ending = strings.TrimSuffix(ending, "0m0s")
		}
		if !strings.HasSuffix(got[name], ending) {
			t.Errorf("%s reads %q, want it to end with %q", name, got[name], ending)
		}
	}
	h.axis.Choose(market.Range90d)
	s.until(t, func() bool { return !h.Busy() })
	if got := readOut(h, clock.Add(-20*24*time.Hour)); got["Funding"] != "+0.0300 % in 1d" {
		t.Errorf("funding of a long range reads %q", got["Funding"])
	}
}

// A part without candles says since when there are any.
func TestCandlesSaySinceWhen(t *testing.T) {
	begins := clock.Add(-3 * 24 * time.Hour).Truncate(time.Hour)
	h, _, _, _, _ := plotted(t, HistoryState{Range: "7d", Plots: allOn}, func(src *source) { src.listed = map[string]time.Time{"candles": begins} })
	for _, i := range []int{1, 2} {
		blanks := h.chart.shown.Request.Below[i].Blanks
		if len(blanks) != 1 || !strings.HasPrefix(blanks[0].Text, "There are no candles before 06-14 12:") || blanks[0].To < begins.UnixMilli() {
			t.Errorf("plot %d: %+v", i, blanks)
		}
	}
	h, _, _, _, _ = plotted(t, HistoryState{Range: "7d", Plots: allOn}, nil)
	if blanks := h.chart.shown.Request.Below[1].Blanks; len(blanks) != 0 {
		t.Errorf("with all candles: %+v", blanks)
	}
}

// The plot of changes is hatched where nothing is known of open interest, and of a
// single point says that there is no change yet.
func TestChangesThatAreNotKnown(t *testing.T) {
	on := HistoryState{Plots: PlotsState{Change: PlotState{On: true}}}
	h, _, _, _, _ := plotted(t, on, func(src *source) { src.gapAt = 12 * time.Hour })
	r := h.chart.shown.Request
	if len(r.Blanks) == 0 || len(r.Below[0].Blanks) != len(r.Blanks) || r.Below[0].Blanks[0].From != r.Blanks[0].From || r.Below[0].Blanks[0].Text != "" {
		t.Errorf("blank are %+v, of changes %+v", r.Blanks, r.Below[0].Blanks)
	}
	h, _, _, _, _ = plotted(t, on, func(src *source) {
		src.series = market.NewSeries("BTCUSDT", market.Period5m, nil)
	})
	if got := h.chart.shown.Request.Below[0].Message; got != "A change takes two points: there are none here yet" {
		t.Errorf("the changes of the live point alone: %q", got)
	}
}
