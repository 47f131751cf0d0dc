package table

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/data/alert"
	"openinterest/ui/columns"
)

func (r *rig) tapView(key string) {
	r.t.Helper()
	tab := r.strip.tabs[key]
	if tab == nil {
		r.t.Fatalf("no tab %q", key)
	}
	test.Tap(tab)
}

// choose taps an item of a menu by the beginning of its words.
func (r *rig) choose(items []*fyne.MenuItem, label string) {
	r.t.Helper()
	for _, item := range items {
		if strings.HasPrefix(item.Label, label) && !item.Disabled {
			item.Action()
			return
		}
	}
	r.t.Fatalf("no item %q", label)
}

func TestShippedViews(t *testing.T) {
	r := full(t, setup{state: State{Favourites: []string{"ETHUSDT"}}})
	r.tapView(ViewLiquid)
	for _, row := range r.shown {
		if row.Quote.OpenInterestUSD() < 20e6 || row.Quote.Volume24h() < 50e6 {
			t.Errorf("%s is not liquid", row.Symbol)
		}
	}
	r.tapView(ViewMovers)
	if r.state.Sort != columns.OIChange24h || r.order()[0] != "币安人生" || !r.grid.has(columns.PriceChange1h) {
		t.Errorf("movers by %s: %v", r.state.Sort, r.order())
	}
	r.tapView(ViewFavourites)
	r.wantRows("favourites", "ETH")
	r.tapView(ViewAll)
	if len(r.shown) != 20 || !r.strip.tabs[ViewAll].on || r.strip.tabs[ViewMovers].on || r.grid.has(columns.PriceChange1h) {
		t.Errorf("all: %d rows", len(r.shown))
	}
	for _, key := range shippedViews() {
		v := shippedView(key)
		v.Name = key
		if v.check(r.columns) != nil || r.viewName(key) == "" {
			t.Errorf("%s is not sound, or has no name", key)
		}
	}
}

// What is changed in front of a tab is marked, and gone with the next click; its
// columns stay.
func TestAnEditedViewGoesBack(t *testing.T) {
	r := full(t, setup{})
	r.tapView(ViewLiquid)
	r.setConditions(nil)
	r.setVisible(&r.columns[slices.IndexFunc(r.columns, func(c columns.Column) bool { return c.ID == columns.Age })], false)
	tab := r.strip.tabs[ViewLiquid]
	if !strings.HasSuffix(tab.label.Text, "•") || len(r.shown) != 20 {
		t.Errorf("edited, the tab reads %q", tab.label.Text)
	}
	r.tapView(ViewLiquid)
	if tab := r.strip.tabs[ViewLiquid]; tab.label.Text != "Liquid" || len(r.pills()) != 2 || r.grid.has(columns.Age) {
		t.Errorf("back again: %q, %q", tab.label.Text, r.pills())
	}
	r.tapView(ViewMovers)
	r.tapView(ViewAll)
	if r.grid.has(columns.Age) {
		t.Error("All shares its columns with Liquid, but shows what is hidden there")
	}
}

func TestOwnViews(t *testing.T) {
	r := full(t, setup{})
	r.filterBy("Open interest in USD", atLeast, "1B", "")
	r.tapHeading(columns.Funding)
	r.saveView("Giants")
	if r.State().View != "own:Giants" || r.strip.tabs["own:Giants"] == nil || !r.strip.tabs["own:Giants"].on {
		t.Fatalf("saved: %+v", r.State())
	}
	giants := r.order()
	r.tapView(ViewAll)
	r.tapView("own:Giants")
	if !slices.Equal(r.order(), giants) || r.state.Sort != columns.Funding {
		t.Errorf("brought back: %v by %s", r.order(), r.state.Sort)
	}
	again := full(t, setup{state: r.State()})
	if !slices.Equal(again.order(), giants) || !again.strip.tabs["own:Giants"].on {
		t.Errorf("after a restart: %v", again.order())
	}
	r.renameView("Giants", "Big")
	if r.strip.tabs["own:Big"] == nil || r.State().View != "own:Big" {
		t.Errorf("renamed: %v", r.viewKeys())
	}
	r.choose(r.strip.menuItems("own:Big"), "Delete view")
	if len(r.State().Views) != 0 || r.State().View != "" || !strings.Contains(r.told().Text, "Big") {
		t.Errorf("deleted: %+v, %q", r.State().Views, r.told().Text)
	}
	r.told().Do()
	if len(r.State().Views) != 1 || r.State().View != "own:Big" || !slices.Equal(r.order(), giants) {
		t.Errorf("undone: %+v, %v", r.State(), r.order())
	}
}

func TestWatchlists(t *testing.T) {
	r := full(t, setup{state: State{Ticked: []string{"SOLUSDT", "ETHUSDT"}}})
	r.makeList("Mine", r.state.Ticked)
	r.SetListed("Other", "SOLUSDT", true)
	r.choose(r.listItems(), "Mine")
	r.wantRows("mine", "ETH", "SOL")
	if !slices.Equal(r.pills(), []string{"★ Mine"}) || !r.toolbar.lists.on {
		t.Errorf("chips: %q", r.pills())
	}
	r.selected = "BTCUSDT"
	for _, item := range r.ListItems("BTCUSDT") {
		if item.Label == "Mine" && !item.Checked {
			item.Action()
		}
	}
	r.wantRows("with BTC", "ETH", "BTC", "SOL")
	r.saveView("My view")
	r.renameList("Mine", "Ours")
	if r.State().Views[0].Query.List != "Ours" || r.State().List != "Ours" {
		t.Errorf("the view filters by %q", r.State().Views[0].Query.List)
	}
	r.deleteList("Ours")
	if len(r.shown) != 20 || len(r.State().Watchlists) != 1 {
		t.Errorf("deleted: %d rows", len(r.shown))
	}
	r.told().Do()
	r.wantRows("undone", "ETH", "BTC", "SOL")
}

func TestSharingAsText(t *testing.T) {
	rules := []alert.Rule{{ID: "r1", Column: alert.Price, Direction: alert.Up, Bound: 5, Scope: alert.ScopeAll}}
	from := full(t, setup{})
	from.opts.Rules = func() []alert.Rule { return rules }
	from.filterBy("Open interest in USD", atLeast, "1B", "")
	from.saveView("Giants")
	from.makeList("Mine", []string{"SOLUSDT"})
	from.choose(from.shareItems(), "Copy views")
	text := fyne.CurrentApp().Clipboard().Content()

	to := full(t, setup{})
	var theirs []alert.Rule
	to.opts.Rules, to.opts.SetRules = func() []alert.Rule { return theirs }, func(r []alert.Rule) { theirs = r }
	to.Import(text)
	if got := to.told().Text; got != "Taken in: 1 views, 1 watchlists, 1 alert rules." {
		t.Errorf("said %q", got)
	}
	to.tapView("own:Giants")
	to.wantRows("giants", "ETH", "BTC", "SOL")
	if len(theirs) != 1 || theirs[0].ID != "" || theirs[0].Bound != 5 || to.state.list("Mine") != 0 {
		t.Errorf("rules %+v, lists %+v", theirs, to.State().Watchlists)
	}
	to.Import(text)
	if got := to.told().Text; !strings.Contains(got, "already") || len(to.State().Views) != 1 || len(theirs) != 1 {
		t.Errorf("a second time: %q", got)
	}
	fresh := full(t, setup{})
	fresh.Import(text)
	fresh.told().Do()
	if len(fresh.State().Views)+len(fresh.State().Watchlists) != 0 {
		t.Errorf("undone: %+v", fresh.State())
	}
}

func TestWhatIsWrongWithATextIsSaid(t *testing.T) {
	r := full(t, setup{})
	head := `{"format":"open-interest-tracker","version":1,`
	for text, want := range map[string]string{
		"":        "no text",
		"hello":   "character 1",
		`{"a":1}`: "does not come from this program",
		`{"format":"open-interest-tracker","version":7}`: "newer version of the program (format 7)",
		head + `"views":[]}`:                             "has no views",
		head + `"views":[{"name":""}]}`:                  "has no name",
		head + `"views":5}`:                              "“views”",
		head + `"views":[{"name":"A","query":{"where":[{"column":"x","min":1}]}}]}`:         "“A” asks for a column that is not known here: x",
		head + `"views":[{"name":"A","query":{"where":[{"column":"oi_usd"}]}}]}`:            "bounds that make sense",
		head + `"views":[{"name":"A","query":{"where":[{"column":"signal","is":["x"]}]}}]}`: "a signal that is not known",
		head + `"watchlists":[{"name":" ","symbols":["A"]}]}`:                               "Watchlist 1",
		head + `"rules":[{"id":"x"}]}`:                                                      "Alert rule 1",
		head + `"views":[{"name":"A"`:                                                       "damaged",
	} {
		r.Import(text)
		if got := r.told(); !strings.Contains(got.Text, want) || !got.Warning || got.Action != "" {
			t.Errorf("%s: %+v", text, got.Text)
		}
		if len(r.State().Views)+len(r.State().Watchlists) > 0 {
			t.Errorf("%s: something of it was taken in", text)
		}
	}
}

// Whatever text is taken in, the table can show what comes of it.
func FuzzReadShared(f *testing.F) {
	f.Add(`{"format":"open-interest-tracker","version":1,"views":[{"name":"A","query":{"sort":"price","where":[{"column":"oi_usd","min":5}]},"columns":{"widths":{"price":1e9}}}]}`)
	f.Add(`{"format":"open-interest-tracker","version":1,"watchlists":[{"name":"L","symbols":["A","A",""]}]}`)
	f.Add(`{"format":"open-interest-tracker","version":1,"rules":[{"id":"a","signal":"spike_1h","scope":"all","cooldown_min":60,"quiet":{"from":1320,"to":420,"local":true}},{"id":"a","column":"oi_usd","direction":"above","bound":1e9,"scope":"one","symbol":"BTCUSDT","cooldown_min":5}]}`)
	f.Add(`{"format":"open-interest-tracker","version":1,"views":[{"name":"市场","query":{"descending":true,"where":[{"column":"signal","is":["strong_bullish"]},{"column":"funding","min":-1e308,"max":1e308}]},"columns":{"order":["age","age"],"visible":{"oi_change_5m":true}}},{"name":"市场"}],"watchlists":[{"name":"市场","symbols":["币安人生USDT"]}]}`)
	all := columns.All(assets.NewWords(assets.English), nil)
	f.Fuzz(func(t *testing.T, text string) {
		in, err := ReadShared(text, all)
		if err != nil {
			if _, ok := err.(*NotShared); !ok {
				t.Errorf("%T", err)
			}
			return
		}
		var s State
		s.take(in)
		s = s.sane(all)
		out, err := Shared{Views: s.Views, Watchlists: s.Watchlists, Rules: in.Rules}.Text()
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Views)+len(s.Watchlists)+len(in.Rules) == 0 {
			return
		}
		again, err := ReadShared(out, all)
		if err != nil || len(again.Views) != len(s.Views) || len(again.Watchlists) != len(s.Watchlists) || !reflect.DeepEqual(again.Rules, in.Rules) {
			t.Errorf("what was taken in cannot be given away: %v", err)
		}
	})
}

// Settings of before there were views are read as they are.
func TestOldSettingsAreRead(t *testing.T) {
	raw := `{"sort":"funding","descending":true,"order":["age","price"],"visible":{"oi_change_5m":true},"widths":{"symbol":150},"favourites":["BTCUSDT"],"ticked":["ETHUSDT"],"kind":"strong_bullish"}`
	var s State
	if err := json.Unmarshal([]byte(raw), &s); err != nil {
		t.Fatal(err)
	}
	want := State{Sort: columns.Funding, Descending: true, Kind: "strong_bullish", Favourites: []string{"BTCUSDT"}, Ticked: []string{"ETHUSDT"},
		Arrangement: Arrangement{Order: []columns.ID{columns.Age, columns.Price}, Visible: map[columns.ID]bool{columns.OIChange5m: true}, Widths: map[columns.ID]float32{columns.Symbol: 150}}}
	if got := full(t, setup{state: s}).State(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	back, err := json.Marshal(want)
	if err != nil || string(back) != raw {
		t.Errorf("written: %s", back)
	}
}
