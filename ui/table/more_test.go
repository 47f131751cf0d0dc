package table

import (
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"openinterest/data/signal"
	"openinterest/ui/columns"
	"openinterest/ui/columns/columnstest"
)

// menuItem finds an item of the chip's menu by the beginning of its label.
func (r *rig) menuItem(name string) *fyne.MenuItem {
	r.t.Helper()
	var labels []string
	for _, item := range r.toolbar.eventItems() {
		if strings.HasPrefix(item.Label, name) {
			return item
		}
		labels = append(labels, item.Label)
	}
	r.t.Fatalf("no %q among %q", name, labels)
	return nil
}

func TestEveryKindThatOccursCanBeFilteredBy(t *testing.T) {
	r := full(t, setup{judged: true})
	n := 0
	for _, k := range signal.EventKinds() {
		want := 0
		for _, row := range r.rows {
			if row.Sign.Shows(k) {
				want++
			}
		}
		if want == 0 {
			continue
		}
		n++
		item := r.menuItem(r.explain.Name(k))
		if !strings.HasSuffix(item.Label, " "+strconv.Itoa(want)) {
			t.Errorf("%s: the menu says %q, %d show it", k, item.Label, want)
		}
		item.Action()
		if len(r.shown) != want || r.State().Event != k || r.State().Kind != "" || !r.toolbar.more.on || r.toolbar.all.on {
			t.Errorf("%s: %d rows of %d, state %+v", k, len(r.shown), want, r.State())
		}
		if !strings.Contains(r.toolbar.more.name, r.explain.Plain(k)) || r.toolbar.more.count.Text != strconv.Itoa(want)+" ▾" {
			t.Errorf("%s: the chip says %q %q", k, r.toolbar.more.name, r.toolbar.more.count.Text)
		}
	}
	if n < 6 {
		t.Errorf("only %d kinds occur", n)
	}
	r.menuItem("All contracts").Action()
	if len(r.shown) != 20 || r.toolbar.more.on {
		t.Errorf("%d rows after all were chosen", len(r.shown))
	}
	r.ShowEvent(signal.Spike1h)
	test.Tap(r.toolbar.kinds[signal.StrongBullish])
	if s := r.State(); s.Event != "" || s.Kind != signal.StrongBullish {
		t.Errorf("one filter takes the place of the other: %+v", s)
	}
	r.ShowEvent("nonsense")
	if len(r.shown) != 20 {
		t.Errorf("a kind that is none filters: %d rows", len(r.shown))
	}
}

func TestTheToolbarFitsAThousandPixels(t *testing.T) {
	for _, event := range []signal.EventKind{"", signal.Spike1h, signal.CrowdedShorts, signal.DivergenceHigh} {
		r := full(t, setup{size: fyne.NewSize(1000, 500), judged: true, state: State{Event: event}})
		end := float32(0)
		for _, o := range r.toolbar.object.(*fyne.Container).Objects {
			end = max(end, o.Position().X+o.Size().Width)
		}
		if end > 1000 {
			t.Errorf("%q: the toolbar ends at %v", event, end)
		}
	}
}

func TestADoubleClickOnASignalShowsItsMoment(t *testing.T) {
	r := full(t, setup{judged: true})
	r.tapCell("SOLUSDT", columns.Signal)
	r.tapCell("SOLUSDT", columns.Signal)
	if len(r.moments) != 1 || len(r.opened) != 0 {
		t.Fatalf("moments %v, opened %v", r.moments, r.opened)
	}
	if got := r.moments[0]; got%300_000 != 0 || columnstest.Now.UnixMilli()-got > 300_000 {
		t.Errorf("the spike was at the last stamp, not at %d", got)
	}
	if len(r.guided) == 0 || r.guided[0] != "spike" {
		t.Errorf("a click asks the guide for %v", r.guided)
	}
	r.time.pass(second)
	r.tapCell("ETHUSDT", columns.Signal)
	r.tapCell("ETHUSDT", columns.Signal)
	if len(r.opened) != 1 {
		t.Errorf("where nothing fired, the chart is opened: %v", r.opened)
	}
}
