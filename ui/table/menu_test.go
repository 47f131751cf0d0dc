package table

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"openinterest/ui/columns"
)

// chooseFor picks an item of the menu of a row, by its label.
func (r *rig) chooseFor(symbol, label string) {
	r.t.Helper()
	items := r.body.menu(r.index[symbol])
	i := slices.IndexFunc(items, func(m *fyne.MenuItem) bool { return m.Label == label })
	if i < 0 {
		r.t.Fatalf("the menu of %s has no %q", symbol, label)
	}
	items[i].Action()
}

func TestARightClickOffersWhatCanBeDone(t *testing.T) {
	r := full(t, setup{})
	test.TapSecondaryAt(r.body, r.cellAt("SOLUSDT", columns.Price))
	if r.window.Canvas().Overlays().Top() == nil || r.selected != "SOLUSDT" {
		t.Fatalf("no menu, or not of the row: %q is selected", r.selected)
	}
	for label, done := range map[string]func() bool{
		"Chart of SOLUSDT":                      func() bool { return slices.Equal(r.opened, []string{"SOLUSDT"}) },
		"Compare in the chart":                  func() bool { return slices.Contains(r.State().Ticked, "SOLUSDT") },
		"Favourite":                             func() bool { return slices.Contains(r.State().Favourites, "SOLUSDT") },
		"Copy symbol":                           func() bool { return fyne.CurrentApp().Clipboard().Content() == "SOLUSDT" },
		"Open at the exchange (in the browser)": func() bool { return slices.Equal(r.outside, []string{"SOLUSDT"}) },
	} {
		if r.chooseFor("SOLUSDT", label); !done() {
			t.Errorf("%q did nothing", label)
		}
	}
	r.makeList("Mine", nil)
	if !slices.ContainsFunc(r.body.menu(r.index["SOLUSDT"]), func(m *fyne.MenuItem) bool {
		return m.ChildMenu != nil && m.ChildMenu.Items[0].Label == "Mine"
	}) {
		t.Error("watchlists are not offered")
	}
}

// A rule about a row is two clicks away: the right click, and one of what its entry shows.
func TestAlertOnThisRowIsTwoClicksAway(t *testing.T) {
	r := full(t, setup{})
	items := r.body.menu(r.index["SOLUSDT"])
	i := slices.IndexFunc(items, func(m *fyne.MenuItem) bool { return m.Label == "Alert on this row" })
	if i < 0 || items[i].ChildMenu == nil {
		t.Fatal("it is not offered")
	}
	if items[i].ChildMenu.Items[0].Action(); !slices.Equal(r.alertedOf, []string{"SOLUSDT"}) {
		t.Errorf("a rule was made for %v", r.alertedOf)
	}
}

func TestAlertOnAViewHasItsFilter(t *testing.T) {
	r := full(t, setup{state: State{Where: []columns.Condition{columns.AtLeast(columns.OIUSD, 5)}, List: "Mine", Watchlists: []Watchlist{{Name: "Mine"}}}})
	choose := func(key string) {
		items := r.strip.menuItems(key)
		i := slices.IndexFunc(items, func(m *fyne.MenuItem) bool { return m.Label == "Alert on this view…" })
		if i < 0 {
			t.Fatalf("%s does not offer it", key)
		}
		items[i].Action()
	}
	if choose(ViewAll); r.alertedView != "All" || len(r.alertedQuery.Where) != 1 || r.alertedQuery.List != "Mine" {
		t.Errorf("of what is on screen: %q, %+v", r.alertedView, r.alertedQuery)
	}
	if choose(ViewLiquid); r.alertedView != "Liquid" || len(r.alertedQuery.Where) != 2 || r.alertedQuery.List != "" {
		t.Errorf("of another view: %q, %+v", r.alertedView, r.alertedQuery)
	}
}

// A row that an alert came of is marked until the person goes to it.
func TestAnAlertedRowIsMarkedUntilItIsLookedAt(t *testing.T) {
	r := full(t, setup{})
	var looked []string
	r.opts.OnLook = func(symbol string) { looked = append(looked, symbol) }
	plain := r.slotOf("SOLUSDT").ground
	r.SetAlerted(map[string]bool{"SOLUSDT": true})
	if g := r.slotOf("SOLUSDT").ground; !g.alerted || g.colour == plain.colour || r.slotOf("BTCUSDT").ground.alerted {
		t.Errorf("the row's ground is %+v", g)
	}
	r.tapCell("BTCUSDT", columns.Price)
	r.tapCell("SOLUSDT", columns.Price)
	if !slices.Equal(looked, []string{"SOLUSDT"}) {
		t.Errorf("looked at were %v", looked)
	}
	if r.SetAlerted(nil); r.slotOf("SOLUSDT").ground.alerted {
		t.Error("the mark stays")
	}
}

func TestTheMenuKeyOpensTheMenuOfTheRow(t *testing.T) {
	r := full(t, setup{})
	r.window.Canvas().Focus(r.body)
	r.press(desktop.KeyMenu)
	if r.window.Canvas().Overlays().Top() == nil {
		t.Error("no menu")
	}
}

func TestAToastTellsAndUndoes(t *testing.T) {
	r := full(t, setup{state: State{Ticked: []string{"BTCUSDT", "ETHUSDT"}, Favourites: []string{"BTCUSDT", "SOLUSDT"}}})
	r.tapCell("XRPUSDT", columns.Tick)
	if got := r.told().Text; got != "XRPUSDT is compared in the chart. Ticked: 3" {
		t.Errorf("told %q", got)
	}
	r.tapCell("BTCUSDT", columns.Tick)
	r.told().Do()
	if got := r.State().Ticked; !slices.Equal(got, []string{"BTCUSDT", "ETHUSDT", "XRPUSDT"}) {
		t.Errorf("undone, ticked are %v", got)
	}
	r.tapCell("BTCUSDT", columns.Star)
	if r.told().Action != "Undo" {
		t.Fatalf("told %+v", r.told())
	}
	r.told().Do()
	if got := r.State().Favourites; !slices.Equal(got, []string{"BTCUSDT", "SOLUSDT"}) {
		t.Errorf("undone, favourites are %v", got)
	}
}

func TestAKeyShowsAllOfTheRowsTooltip(t *testing.T) {
	r := full(t, setup{})
	r.tapCell("ETHUSDT", columns.Price)
	r.window.Canvas().Focused().TypedRune('i')
	if got := r.tooltip(); !strings.HasPrefix(got, "ETHUSDT") || !strings.Contains(got, "What it does not mean") {
		t.Errorf("i shows %q", got)
	}
	r.window.Canvas().Focused().TypedRune('i')
	if got := r.tooltip(); got != "" {
		t.Errorf("i again leaves %q", got)
	}
	r.window.Canvas().Focused().TypedRune('i')
	if r.press(fyne.KeyDown); r.tooltip() != "" {
		t.Error("the tooltip stays while another row is selected")
	}
	r.window.Canvas().Focused().TypedRune('?')
	if !slices.Equal(r.runes, []rune{'?'}) {
		t.Errorf("the window was told of %q", r.runes)
	}
}

// Left and right move a cursor from cell to cell; the tooltip that "i" asked for goes
// along, and is that which the pointer would bring, uncut.
func TestEveryCellsTooltipIsReachedByKeys(t *testing.T) {
	r := full(t, setup{size: fyne.NewSize(700, 400)})
	r.window.Canvas().Focus(r.body)
	r.Select("BTCUSDT")
	for range r.grid.places {
		r.press(fyne.KeyLeft)
	}
	r.window.Canvas().Focused().TypedRune('i')
	for i, p := range r.grid.places {
		if i > 0 {
			r.press(fyne.KeyRight)
		}
		want := strings.Join(r.body.tip(r.index["BTCUSDT"], p.column).Texts(), " | ")
		if got := r.tooltip(); got != want {
			t.Errorf("on %s it says %q, want %q", p.column.ID, got, want)
		}
		left := r.grid.left(i, r.scroll.Offset.X)
		if left < 0 || left+p.width > r.scroll.Size().Width || !p.column.Pinned && left < r.grid.pinned {
			t.Errorf("%s is not in sight: it begins at %v", p.column.ID, left)
		}
	}
	r.press(fyne.KeyRight) // there is no further one
	if got := r.tooltip(); !strings.Contains(got, "Age of the data") {
		t.Errorf("at the end of the row it says %q", got)
	}
	r.press(fyne.KeyEscape)
	if got := r.tooltip(); got != "" {
		t.Errorf("Escape leaves %q", got)
	}
	r.press(fyne.KeyLeft)
	if got := r.tooltip(); got != "" {
		t.Errorf("without asking, a key shows %q", got)
	}
}

// Who uses the mouse sees no cursor; who uses keys sees in which cell they are.
func TestTheCellCursorIsSeenWhileKeysAreUsed(t *testing.T) {
	r := full(t, setup{})
	seen := func() []string {
		var on []string
		for _, s := range r.body.slots {
			if s.index >= 0 && s.ground.cursor >= 0 {
				on = append(on, s.row.Symbol+" "+string(r.grid.places[s.ground.cursor].column.ID))
			}
		}
		return on
	}
	r.tapCell("ETHUSDT", columns.Price)
	if got := seen(); len(got) > 0 {
		t.Errorf("after a click there is a cursor on %v", got)
	}
	before := r.window.Canvas().Capture()
	r.press(fyne.KeyDown)
	r.press(fyne.KeyUp)
	if got := seen(); !slices.Equal(got, []string{"ETHUSDT signal"}) {
		t.Errorf("after a key the cursor is on %v", got)
	}
	if reflect.DeepEqual(before, r.window.Canvas().Capture()) {
		t.Error("the cursor is not drawn")
	}
	r.press(fyne.KeyLeft)
	if got, want := seen(), "ETHUSDT "+string(r.grid.places[r.placeOf(columns.Signal)-1].column.ID); !slices.Equal(got, []string{want}) {
		t.Errorf("after left the cursor is on %v, want %s", got, want)
	}
	r.window.Canvas().Unfocus()
	if got := seen(); len(got) > 0 {
		t.Errorf("the keyboard is elsewhere, and a cursor is on %v", got)
	}
}

func TestTheTooltipsLinkOpensTheGuide(t *testing.T) {
	r := full(t, setup{})
	r.moveOver("ETHUSDT", columns.Signal)
	r.time.pass(time.Second)
	if r.tips.Shown().OnFooter == nil {
		t.Fatal("“more” is no link")
	}
	r.tips.Shown().OnFooter()
	if !slices.Equal(r.guided, []string{"strong_bullish"}) {
		t.Errorf("the guide was asked for %v", r.guided)
	}
}

func TestNoTooltipOfARowThatSlidesUnderThePointer(t *testing.T) {
	r := full(t, setup{})
	r.moveOver("BTCUSDT", columns.Price)
	r.time.pass(time.Second)
	test.Scroll(r.window.Canvas(), r.absolute(r.cellAt("BTCUSDT", columns.Price)), 0, -2*r.rowHeight)
	r.time.pass(time.Minute)
	if got := r.tooltip(); got != "" {
		t.Errorf("another row is under the pointer, the tooltip is %q", got)
	}
}
