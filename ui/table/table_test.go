package table

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/columns"
	"openinterest/ui/columns/columnstest"
	"openinterest/ui/look"
)

// moved returns the small market with some mark prices changed.
func moved(prices map[string]float64) *market.Snapshot {
	s := columnstest.Snapshot()
	quotes := make([]*market.Quote, len(s.Quotes))
	for i, q := range s.Quotes {
		c := *q
		if p, ok := prices[q.Contract.Symbol]; ok {
			c.Mark.Price = p
		}
		quotes[i] = &c
	}
	return market.NewSnapshot(market.Snapshot{Quotes: quotes})
}

func TestFirstOrderIsByOpenInterestInUSD(t *testing.T) {
	r := full(t, setup{})
	order := r.order()
	if !slices.Equal(order[:3], []string{"ETH", "BTC", "SOL"}) {
		t.Errorf("order begins with %v", order[:3])
	}
	if last := order[len(order)-1]; last != "LTC" {
		t.Errorf("the contract without open interest is not last: %v", order)
	}
	if got := r.header.arrow.Text; got != "▼" {
		t.Errorf("arrow %q", got)
	}
}

func TestThreeClicksOnAHeading(t *testing.T) {
	r := full(t, setup{})
	first := r.order()
	r.tapHeading(columns.PriceChange24h)
	if got := r.order()[0]; got != "币安人生" || r.header.arrow.Text != "▼" {
		t.Errorf("first click: %s leads, arrow %s", got, r.header.arrow.Text)
	}
	r.tapHeading(columns.PriceChange24h)
	if got := r.order()[0]; got != "1000PEPE" || r.header.arrow.Text != "▲" {
		t.Errorf("second click: %s leads, arrow %s", got, r.header.arrow.Text)
	}
	if last := r.order()[len(first)-1]; last != "LTC" {
		t.Errorf("unknown is not last when ascending: %v", r.order())
	}
	r.tapHeading(columns.PriceChange24h)
	if got := r.order(); !slices.Equal(got, first) {
		t.Errorf("third click: %v, want the default order %v", got, first)
	}
	if len(r.states) != 3 || r.states[0].Sort != columns.PriceChange24h || r.states[2].Sort != columns.DefaultSort {
		t.Errorf("states told: %+v", r.states)
	}
}

func TestHeadingsByKeyboard(t *testing.T) {
	r := full(t, setup{})
	r.window.Canvas().Focus(r.header)
	for r.grid.places[r.header.focus].column.ID != columns.Symbol {
		r.press(fyne.KeyRight)
	}
	r.press(fyne.KeySpace)
	if got := r.order()[0]; got != "1000000MOG" {
		t.Errorf("sorted by symbol, %s leads", got)
	}
}

func TestTickByTapAndBySpace(t *testing.T) {
	r := full(t, setup{})
	r.tapCell("SOLUSDT", columns.Tick)
	if got := r.cellText("SOLUSDT", columns.Tick); got != "☑" {
		t.Errorf("the box reads %q", got)
	}
	r.press(fyne.KeyDown) // XRP is below SOL
	r.press(fyne.KeySpace)
	r.tapCell("SOLUSDT", columns.Tick)
	want := [][]string{{"SOLUSDT"}, {"SOLUSDT", "XRPUSDT"}, {"XRPUSDT"}}
	if len(r.ticked) != 3 || !slices.EqualFunc(r.ticked, want, slices.Equal) {
		t.Errorf("told %v, want %v", r.ticked, want)
	}
	if got := r.State().Ticked; !slices.Equal(got, []string{"XRPUSDT"}) {
		t.Errorf("state keeps %v", got)
	}
}

func TestOneTickTooMany(t *testing.T) {
	r := full(t, setup{state: State{Ticked: []string{"BTCUSDT"}}, mayTick: func(_ string, others int) string {
		if others >= 1 {
			return "Only one at a time."
		}
		return ""
	}})
	r.tapCell("ETHUSDT", columns.Tick)
	if got := r.told(); got.Text != "Only one at a time." || !got.Warning {
		t.Errorf("the refusal told is %+v", got)
	}
	if len(r.ticked) != 0 || r.cellText("ETHUSDT", columns.Tick) != "☐" {
		t.Error("ticked all the same")
	}
	r.tapCell("BTCUSDT", columns.Tick) // unticking is never refused
	if got := r.State().Ticked; len(got) != 0 {
		t.Errorf("ticked: %v", got)
	}
}

func TestUntickedFromOutside(t *testing.T) {
	r := full(t, setup{state: State{Ticked: []string{"BTCUSDT", "ETHUSDT"}}})
	r.SetTicked([]string{"ETHUSDT"})
	if got := r.cellText("BTCUSDT", columns.Tick); got != "☐" {
		t.Errorf("the box reads %q", got)
	}
	r.SetTicked([]string{"ETHUSDT"})
	if len(r.ticked) != 1 {
		t.Errorf("told %d times of one change", len(r.ticked))
	}
}

func TestFavourites(t *testing.T) {
	r := full(t, setup{})
	test.Tap(r.toolbar.favourites)
	if !r.empty.object.Visible() || !strings.Contains(r.empty.text.Text, "No favourites yet") {
		t.Errorf("with no favourites it says %q", r.empty.text.Text)
	}
	test.Tap(r.empty.button)
	r.tapCell("DOGEUSDT", columns.Star)
	r.tapCell("BTCUSDT", columns.Star)
	r.leave()
	test.Tap(r.toolbar.favourites)
	if got := r.order(); !slices.Equal(got, []string{"BTC", "DOGE"}) {
		t.Errorf("favourites: %v", got)
	}
	if s := r.State(); !s.FavouritesOnly || !slices.Equal(s.Favourites, []string{"DOGEUSDT", "BTCUSDT"}) {
		t.Errorf("state: %+v", s)
	}
	test.Tap(r.toolbar.favourites)
	if len(r.shown) != 20 {
		t.Errorf("%d rows after the filter went", len(r.shown))
	}
}

func TestSearch(t *testing.T) {
	r := full(t, setup{})
	r.window.Canvas().Focus(r.body)
	r.window.Canvas().Focused().TypedRune('/')
	if r.window.Canvas().Focused() != fyne.Focusable(r.toolbar.search) {
		t.Fatal("/ does not lead to the search box")
	}
	test.Type(r.toolbar.search, "1000")
	if got := r.order(); !slices.Equal(got, []string{"1000PEPE", "1000000MOG", "1000SATS"}) {
		t.Errorf("search 1000: %v", got)
	}
	r.press(fyne.KeyEscape)
	if len(r.shown) != 20 || r.toolbar.search.Text != "" {
		t.Errorf("after Esc %d rows, search %q", len(r.shown), r.toolbar.search.Text)
	}
	test.Type(r.toolbar.search, "人生")
	if got := r.order(); !slices.Equal(got, []string{"币安人生"}) {
		t.Errorf("search 人生: %v", got)
	}
	test.Type(r.toolbar.search, "xyz")
	if !r.empty.object.Visible() || r.empty.text.Text != "No contract matches “人生xyz”." {
		t.Errorf("with no match it says %q", r.empty.text.Text)
	}
	test.Tap(r.empty.button)
	if len(r.shown) != 20 || r.empty.object.Visible() {
		t.Errorf("the button left %d rows", len(r.shown))
	}
	r.FocusSearch()
	test.Type(r.toolbar.search, "eth")
	r.press(fyne.KeyReturn)
	r.press(fyne.KeyReturn)
	if !slices.Equal(r.opened, []string{"ETHUSDT"}) {
		t.Errorf("Enter in the search and on the row opened %v", r.opened)
	}
	r.press(fyne.KeyEscape)
	if len(r.shown) != 20 {
		t.Errorf("Esc on the rows left %d", len(r.shown))
	}
}

func TestChips(t *testing.T) {
	r := full(t, setup{})
	if got := r.toolbar.all.count.Text; got != "20" {
		t.Errorf("All %s", got)
	}
	for _, k := range signal.ReadingKinds() {
		c := r.toolbar.kinds[k]
		test.Tap(c)
		if len(r.shown) == 0 || c.count.Text != strconv.Itoa(len(r.shown)) {
			t.Errorf("%s: chip says %s, %d rows", k, c.count.Text, len(r.shown))
		}
		for _, row := range r.shown {
			if row.Reading.Kind != k {
				t.Errorf("%s is among %s", row.Symbol, k)
			}
		}
		if r.State().Kind != k || !c.on || r.toolbar.all.on {
			t.Errorf("%s: state %q, on %t", k, r.State().Kind, c.on)
		}
	}
	test.Tap(r.toolbar.kinds[signal.WeakeningSelloff])
	if len(r.shown) != 20 {
		t.Errorf("a second click left %d rows", len(r.shown))
	}
	r.ShowKind(signal.StrongBullish)
	test.Tap(r.toolbar.all)
	if len(r.shown) != 20 {
		t.Errorf("All left %d rows", len(r.shown))
	}
}

// texts collects every word on screen.
func (r *rig) texts() []string {
	var all []string
	for _, s := range r.body.slots {
		for _, c := range s.cells {
			all = append(all, c.text)
		}
	}
	for _, o := range append(test.LaidOutObjects(r.Object()), r.header.sheet.Objects()...) {
		if t, ok := o.(*canvas.Text); ok && t.Text != "" {
			all = append(all, t.Text)
		}
	}
	return all
}

func TestAnotherLanguage(t *testing.T) {
	r := full(t, setup{state: State{Favourites: []string{"BTCUSDT"}}})
	r.tapHeading(columns.Volume24h)
	chinese := full(t, setup{lang: assets.Chinese, state: r.State()})
	if !slices.Equal(chinese.order(), r.order()) {
		t.Errorf("the order changed with the language: %v, %v", r.order(), chinese.order())
	}
	all := strings.Join(chinese.texts(), "\n")
	for _, want := range []string{"持仓额", "全部", "资金费率", "增仓上涨", "53.3 亿", "/ 搜索"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not on screen", want)
		}
	}
	for _, s := range append(chinese.texts(), r.texts()...) {
		for _, key := range []string{"table.", "column.", "signal.", "problem."} {
			if strings.Contains(s, key) {
				t.Errorf("a key is on screen: %q", s)
			}
		}
	}
}

func TestThemeSwitch(t *testing.T) {
	r := full(t, setup{})
	dark := r.cell("BTCUSDT", columns.Price).ink
	fyne.CurrentApp().Settings().SetTheme(look.New(look.Light, false))
	r.Object().Refresh()
	if r.cell("BTCUSDT", columns.Price).ink == dark {
		t.Error("cells keep the dark theme's colour")
	}
	if r.toolbar.all.label.Color == look.New(look.Dark, false).Palette(0).Text {
		t.Error("chips keep the dark theme's colour")
	}
}
