package chartpane

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/explain"
	"openinterest/ui/look"
	"openinterest/ui/look/tip"
)

// diary has a spike and a strong reading an hour or two before the tests' time,
// and a reading over 4 hours in between.
type diary struct {
	err   error
	asked atomic.Int32
}

func (d *diary) Events(_ context.Context, symbol string, from, to time.Time) ([]signal.Event, error) {
	d.asked.Add(1)
	if d.err != nil {
		return nil, d.err
	}
	var events []signal.Event
	for _, e := range []signal.Event{
		{Kind: signal.StrongBullish24h, Time: clock.Truncate(market.Step).Add(-2 * time.Hour)},
		{Kind: signal.StrongBearish4h, Time: clock.Truncate(market.Step).Add(-90 * time.Minute)},
		{Kind: signal.Spike1h, Time: clock.Truncate(market.Step).Add(-time.Hour)},
	} {
		if e.Symbol = symbol; !e.Time.Before(from) && !e.Time.After(to) {
			events = append(events, e)
		}
	}
	return events, nil
}

func track1(values ...float64) charts.Line {
	l := charts.Line{Gap: 2*market.StepMillis - 1}
	for i, v := range values {
		l.Times, l.Values = append(l.Times, int64(i)*market.StepMillis), append(l.Values, v)
	}
	return l
}

func TestAMarkerLiesOnItsLine(t *testing.T) {
	l := track1(10, 20, math.NaN(), 40, 50)
	l.Times[4] += 10 * market.StepMillis // after a gap
	for _, c := range []struct {
		at   int64
		want float64
		ok   bool
	}{
		{0, 10, true}, {market.StepMillis, 20, true}, {market.StepMillis / 2, 15, true},
		{2 * market.StepMillis, 0, false}, {3 * market.StepMillis, 40, true},
		{5 * market.StepMillis, 0, false}, {-1, 0, false}, {1 << 50, 0, false},
	} {
		if v, ok := valueAt(&l, c.at); ok != c.ok || ok && v != c.want {
			t.Errorf("at %d: %v %t, want %v %t", c.at, v, ok, c.want, c.ok)
		}
	}
}

func TestLongChartsLeaveReadingsOut(t *testing.T) {
	for _, c := range []struct {
		kind signal.EventKind
		most market.Range
	}{{signal.StrongBullish4h, market.Range3d}, {signal.StrongBullish24h, market.Range7d}, {signal.Spike1h, market.Range30d}, {signal.Flush1h, market.RangeAll}} {
		for _, r := range Ranges(true) {
			if got := hasRoom(c.kind, r); got != (r <= c.most) {
				t.Errorf("%s over %v: %t", c.kind, r, got)
			}
		}
	}
}

// marked draws the markers of a view as the chart shows them.
func markedChart(t *testing.T, h *History) *charts.Picture {
	t.Helper()
	p := h.Chart().Picture()
	if p == nil {
		t.Fatal("no picture")
	}
	return p
}

func TestEventsAreMarkedOnTheChartAndExplained(t *testing.T) {
	words := assets.NewWords(assets.English)
	tips := tip.NewLayer(tip.Clock{Now: func() time.Time { return clock }, After: func(_ time.Duration, f func()) func() { f(); return func() {} }})
	e := explain.New(words)
	var guided []signal.EventKind
	d := &diary{}
	marking := Marking{Events: d, Tips: tips, Explain: func(x signal.Event) tip.Content { return e.Event(x, false) },
		OnGuide: func(k signal.EventKind) { guided = append(guided, k) }}
	h := markedHistory(t, marking, HistoryState{Symbol: "BTCUSDT", Range: "24h"})
	p := markedChart(t, h)
	if got := len(h.chart.shown.Request.Markers); got != 3 {
		t.Fatalf("%d markers", got)
	}
	var spike charts.Marker
	for _, m := range h.chart.shown.Request.Markers {
		if strings.HasSuffix(m.Key, string(signal.Spike1h)) {
			spike = m
		}
	}
	if spike.Shape != charts.TriangleUp {
		t.Errorf("a spike is drawn as %v", spike.Shape)
	}
	x, y, ok := findMarker(p, int(p.X(spike.Time)))
	if !ok {
		t.Fatal("the spike's marker is not on the picture")
	}
	at := fyne.NewPos(float32(x/h.chart.pictureScale()), float32(y/h.chart.pictureScale()))
	h.chart.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at, AbsolutePosition: at}})
	if text := strings.Join(tips.Shown().Texts(), "\n"); !strings.Contains(text, "BTCUSDT · ⚡ Spike, 1 h") {
		t.Errorf("the tooltip says %q", text)
	}
	if h.chart.Cursor() != desktop.PointerCursor {
		t.Error("a marker can be clicked, and the cursor says so")
	}
	if link := tips.Shown().OnFooter; link == nil {
		t.Error("the tooltip has no link")
	} else if link(); len(guided) != 1 || !tips.Shown().Empty() {
		t.Errorf("its link led to %v, and the tooltip stays: %t", guided, !tips.Shown().Empty())
	}
	h.chart.Tapped(&fyne.PointEvent{Position: at})
	if len(guided) != 2 || guided[1] != signal.Spike1h {
		t.Errorf("the guide was asked for %v", guided)
	}
	h.chart.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(2, 2)}})
	if !tips.Shown().Empty() {
		t.Error("the tooltip stays where there is no marker")
	}
}

// findMarker looks for a marker in the columns about x.
func findMarker(p *charts.Picture, x int) (float64, float64, bool) {
	for y := p.Plot.Min.Y; y < p.Plot.Max.Y; y++ {
		if len(p.MarkersAt(float64(x), float64(y))) > 0 {
			return float64(x), float64(y) + 2, true
		}
	}
	return 0, 0, false
}

func TestAChartWithoutEventsIsStillAChart(t *testing.T) {
	d := &diary{err: errors.New("the disk is gone")}
	h := markedHistory(t, Marking{Events: d}, HistoryState{Symbol: "BTCUSDT", Range: "24h"})
	if d.asked.Load() == 0 || len(h.chart.shown.Request.Markers) != 0 || h.Busy() {
		t.Errorf("asked %d times, busy %t", d.asked.Load(), h.Busy())
	}
	markedChart(t, h)
}

func TestAMomentIsShownWithTheCrosshairOnIt(t *testing.T) {
	h := markedHistory(t, Marking{Events: &diary{}}, HistoryState{Symbol: "BTCUSDT", Range: "4h"})
	moment := clock.Truncate(market.Step).Add(-20 * time.Hour)
	h.ShowMoment("ETHUSDT", moment.UnixMilli())
	if s := h.State(); s.Symbol != "ETHUSDT" || s.Range != "24h" {
		t.Errorf("shows %+v", s)
	}
	if at, ok := h.axis.Crosshair(); !ok || at != moment.UnixMilli() {
		t.Error("the crosshair is elsewhere")
	}
	h.ShowMoment("ETHUSDT", clock.Add(-time.Hour).UnixMilli())
	if h.State().Range != "24h" {
		t.Error("a range that reaches back far enough stays")
	}
}

func TestSignsDifferByShapeAsWellAsByColour(t *testing.T) {
	p := look.Current()
	if a, _ := signOf(signal.Spike1h, p); a == charts.TriangleDown {
		t.Error("open interest rose")
	}
	if a, _ := signOf(signal.Flush1h, p); a != charts.TriangleDown {
		t.Error("open interest fell")
	}
}

// markedHistory is a history pane with markers, drawn.
func markedHistory(t *testing.T, m Marking, state HistoryState) *History {
	t.Helper()
	o, s, _ := begin(t, assets.English, look.Dark)
	o.Marking = m
	h := NewHistory(o, state)
	win := window(t, h, 640, 330)
	h.SetSnapshot(snapshot(clock))
	win.Canvas().Capture() // tells the chart its size
	s.until(t, func() bool { return !h.Busy() && h.chart.Picture() != nil })
	return h
}

// In a comparison a marker is of the colour of its contract, and readings have no room.
func TestAComparisonMarksTheContractsShown(t *testing.T) {
	o, s, _ := begin(t, assets.English, look.Dark)
	o.Marking = Marking{Events: &diary{}}
	c := NewCompare(o, CompareState{})
	win := window(t, c, 640, 330)
	c.SetTicked([]string{"BTCUSDT", "ETHUSDT"})
	c.SetSnapshot(snapshot(clock))
	win.Canvas().Capture()
	s.until(t, func() bool { return !c.Busy() && c.chart.Picture() != nil })
	r := c.chart.shown.Request
	if len(r.Markers) != 2 {
		t.Fatalf("%d markers, want a spike on each of two contracts", len(r.Markers))
	}
	for i, m := range r.Markers {
		if m.Colour != r.Lines[i].Colour || m.Shape != charts.TriangleUp {
			t.Errorf("marker %d: %v %v, its line is %v", i, m.Shape, m.Colour, r.Lines[i].Colour)
		}
	}
}
