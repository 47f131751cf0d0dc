package chartpane

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/look"
	"openinterest/ui/look/tip"
)

// boxes are the check boxes in an object, by their words.
func boxes(o fyne.CanvasObject) map[string]*look.Check {
	found := map[string]*look.Check{}
	switch o := o.(type) {
	case *look.Check:
		found[o.Text] = o
	case *fyne.Container:
		for _, child := range o.Objects {
			for name, box := range boxes(child) {
				found[name] = box
			}
		}
	}
	return found
}

func TestMarkersAreChosenByKindForAllCharts(t *testing.T) {
	var kept MarkerState
	choice := NewMarkerChoice(MarkerState{})
	choice.OnChange = func(s MarkerState) { kept = s }
	d := newDesk(t, HistoryState{}, func(o *Options) {
		o.Marking = Marking{Events: &diary{}, Choice: choice, Name: func(k signal.EventKind) string { return string(k) }}
	})
	seen := func() (ofHistory, ofCompare int) {
		d.look()
		return len(d.history.chart.shown.Request.Markers), len(d.compare.chart.shown.Request.Markers)
	}
	if a, b := seen(); a != 3 || b != 3 {
		t.Fatalf("%d and %d markers, want 3 kinds of one contract and 3 spikes", a, b)
	}
	popup := openMarkerChoice(d.history.o, d.history.chart)
	all := boxes(popup.Content)
	all[string(signal.Spike1h)].SetChecked(false)
	if a, b := seen(); a != 2 || b != 0 {
		t.Errorf("without spikes: %d and %d markers", a, b)
	}
	all["Mark signals"].SetChecked(false)
	if a, b := seen(); a != 0 || b != 0 {
		t.Errorf("hidden: %d and %d markers", a, b)
	}
	if !kept.Hidden || !slices.Equal(kept.Off, []signal.EventKind{signal.Spike1h}) {
		t.Errorf("kept is %+v", kept)
	}
	all[string(signal.Spike1h)].SetChecked(true)
	if a, b := seen(); a != 3 || b != 3 || !all["Mark signals"].Checked {
		t.Errorf("after spikes were chosen again: %d and %d markers", a, b)
	}
}

// burst is seven spikes in half an hour.
type burst struct{}

func (burst) Events(_ context.Context, symbol string, _, _ time.Time) (events []signal.Event, _ error) {
	for i := range 7 {
		at := clock.Truncate(market.Step).Add(-30*time.Hour + time.Duration(i)*market.Step)
		events = append(events, signal.Event{Symbol: symbol, Kind: signal.Spike1h, Time: at})
	}
	return events, nil
}

func TestACountTellsItsMarkersAndZoomsIn(t *testing.T) {
	tips := tip.NewLayer(tip.Clock{Now: func() time.Time { return clock }, After: func(_ time.Duration, f func()) func() { f(); return func() {} }})
	d := newDesk(t, HistoryState{Range: "7d"}, func(o *Options) {
		o.Marking = Marking{Events: burst{}, Tips: tips, Name: func(signal.EventKind) string { return "Spike" },
			Explain: func(signal.Event) tip.Content { return tip.Content{Title: "one"} }}
	})
	c := d.history.chart
	m := c.shown.Request.Markers[3]
	x, y, ok := findMarker(c.picture, int(c.picture.X(m.Time)))
	if !ok {
		t.Fatal("there is no count")
	}
	at := fyne.NewPos(float32(x/c.pictureScale()), float32(y/c.pictureScale()))
	c.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at, AbsolutePosition: at}})
	if text := strings.Join(tips.Shown().Texts(), "\n"); !strings.Contains(text, "7 signals") || strings.Count(text, "BTCUSDT · Spike") != 7 {
		t.Errorf("the tooltip says %q", text)
	}
	c.Tapped(&fyne.PointEvent{Position: at})
	d.look()
	if from, to := d.history.axis.Span(); to-from > 2*time.Hour.Milliseconds() || from > m.Time || to < m.Time {
		t.Errorf("a click zooms to %v", time.Duration(to-from)*time.Millisecond)
	}
	if !tips.Shown().Empty() {
		t.Error("the tooltip stays")
	}
}
