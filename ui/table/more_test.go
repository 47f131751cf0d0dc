package table

import (
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/data/watch"
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
	r := full(t, setup{signals: true})
	n := 0
	for _, k := range signal.EventKinds() {
		want := 0
		for _, row := range r.rows {
			if row.Sign.Shows(k) {
				want++
			}
		}
		if want == 0 || k.Reading() != signal.Unknown && k.Window() == market.Window24h {
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
	r.ShowEvent(signal.StrongBullish24h)
	if s := r.State(); s.Event != "" || s.Kind != signal.StrongBullish || !r.toolbar.kinds[signal.StrongBullish].on {
		t.Errorf("a reading over 24 h is what its chip shows: %+v", s)
	}
	r.ShowEvent("nonsense")
	if len(r.shown) != 20 {
		t.Errorf("a kind that is none filters: %d rows", len(r.shown))
	}
}

// A number of contracts that show a signal stands once under its name: on the
// chip, or in the menu.
func TestNoSignalIsCountedTwice(t *testing.T) {
	r := full(t, setup{signals: true})
	for _, item := range r.toolbar.eventItems() {
		for _, k := range signal.ReadingKinds() {
			if name := r.words.T("signal." + string(k) + ".name"); strings.Contains(item.Label, name) && !strings.Contains(item.Label, "4h") {
				t.Errorf("the menu has %q beside the chip %q", item.Label, name)
			}
		}
	}
}

// Where signals could not be evaluated on every contract, whoever counts them
// says so, and offers the history that is missing.
func TestWhatCouldNotBeEvaluatedIsSaidAndOffered(t *testing.T) {
	r := full(t, setup{signals: true})
	const said = "17 of 18 contracts could be evaluated; 1 needs 8 days of history."
	if item := r.menuItem("17 of 18"); item.Label != said || !item.Disabled {
		t.Errorf("the menu says %+v", item)
	}
	if text := strings.Join(r.toolbar.moreTip().Texts(), "\n"); !strings.Contains(text, said) {
		t.Errorf("the tooltip says %q", text)
	}
	r.menuItem("Fetch it from the archive").Action()
	if len(r.fetched) != 1 || len(r.board.Lacking(r.fetched[0])) == 0 {
		t.Errorf("fetched for %v", r.fetched)
	}
	if text := strings.Join(r.toolbar.kindTip(signal.StrongBullish).Texts(), "\n"); !strings.Contains(text, "18 of 20 contracts could be evaluated") {
		t.Errorf("the tooltip of a reading says %q", text)
	}

	var signs []*watch.Sign // but that of the one that shows it
	for _, row := range r.rows {
		if row.Sign != nil && !row.Sign.Shows(signal.DivergenceHigh) {
			signs = append(signs, row.Sign)
		}
	}
	r.Update(columnstest.Snapshot(), watch.NewBoard(columnstest.Now, signs), columnstest.Now)
	r.drain()
	r.ShowEvent(signal.DivergenceHigh)
	if len(r.shown) != 0 || !strings.Contains(r.empty.text.Text, "none of those that could be evaluated") || !strings.Contains(r.empty.text.Text, "16 of 17") || !r.empty.fetch.Visible() {
		t.Errorf("%d rows; the empty table says %q", len(r.shown), r.empty.text.Text)
	}
	test.Tap(r.empty.fetch)
	if len(r.fetched) != 2 || r.fetched[1] != signal.DivergenceHigh {
		t.Errorf("fetched for %v", r.fetched)
	}
	r.Update(columnstest.Snapshot(), nil, columnstest.Now)
	r.drain()
	if !strings.Contains(r.empty.text.Text, "No contract could be evaluated yet") || r.empty.fetch.Visible() {
		t.Errorf("before anything was evaluated: %q", r.empty.text.Text)
	}
}

func TestTheToolbarFitsAThousandPixels(t *testing.T) {
	for _, event := range []signal.EventKind{"", signal.Spike1h, signal.CrowdedShorts, signal.DivergenceHigh} {
		r := full(t, setup{size: fyne.NewSize(1000, 500), signals: true, state: State{Event: event}})
		end := float32(0)
		for _, o := range r.toolbar.object.Objects {
			end = max(end, o.Position().X+o.Size().Width)
		}
		if end > 1000 {
			t.Errorf("%q: the toolbar ends at %v", event, end)
		}
	}
}

// In a window of 1000 pixels with text of 150 % there are 667 units: the settings,
// with which one makes the text smaller again, must stay within reach.
func TestTheToolbarTakesTwoLinesWhereOneIsTooShort(t *testing.T) {
	for _, lang := range []assets.Language{assets.English, assets.Chinese} {
		tools := []fyne.CanvasObject{widget.NewButton("? Guide", nil)}
		for range 4 {
			tools = append(tools, widget.NewButtonWithIcon("", theme.SettingsIcon(), nil))
		}
		r := full(t, setup{lang: lang, size: fyne.NewSize(667, 427), signals: true, trailing: tools})
		for _, width := range []float32{667, 1000, 1440, 667} {
			r.window.Resize(fyne.NewSize(width, 427))
			var placed []fyne.CanvasObject
			bottom := float32(0)
			for _, o := range r.toolbar.object.Objects {
				at, size := o.Position(), o.Size()
				if at.X+size.Width > width {
					t.Errorf("%s at %v: something ends at %v", lang, width, at.X+size.Width)
				}
				bottom = max(bottom, at.Y+size.Height)
				for _, p := range placed {
					if p.Position().Y < at.Y+size.Height && at.Y < p.Position().Y+p.Size().Height && p.Position().X < at.X+size.Width && at.X < p.Position().X+p.Size().Width {
						t.Errorf("%s at %v: something at %v lies over something at %v", lang, width, at, p.Position())
					}
				}
				placed = append(placed, o)
			}
			if strip := r.strip.object.Position().Y; strip < bottom || strip > bottom+toolbarHeight/2 {
				t.Errorf("%s at %v: the toolbar ends at %v, the views begin at %v", lang, width, bottom, strip)
			}
		}
	}
}

// A watchlist whose contracts were all delisted says so.
func TestAWatchlistOfDelistedContractsSaysSo(t *testing.T) {
	r := full(t, setup{state: State{List: "Gone", Watchlists: []Watchlist{{Name: "Gone", Symbols: []string{"LUNAUSDT"}}}}})
	if want := r.words.T("table.list_gone", assets.Args{"Name": "Gone"}); r.empty.text.Text != want {
		t.Errorf("it says %q, want %q", r.empty.text.Text, want)
	}
}

func TestADoubleClickOnASignalShowsItsMoment(t *testing.T) {
	r := full(t, setup{signals: true})
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
