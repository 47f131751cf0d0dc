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
	"openinterest/data/signal"
	"openinterest/ui/columns"
	"openinterest/ui/look"
)

func (r *rig) shownColumns() []columns.ID {
	var ids []columns.ID
	for _, p := range r.grid.places {
		ids = append(ids, p.column.ID)
	}
	return ids
}

// drag moves the pointer, button down, across the header.
func (r *rig) drag(from fyne.Position, dx float32) {
	at := from
	for range 4 {
		at.X += dx / 4
		r.header.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: at}, Dragged: fyne.Delta{DX: dx / 4}})
	}
	r.header.DragEnd()
}

func (r *rig) edgeOf(id columns.ID) fyne.Position {
	i := r.placeOf(id)
	return fyne.NewPos(r.grid.left(i, 0)+r.grid.places[i].width, 10)
}

func TestFirstColumns(t *testing.T) {
	r := full(t, setup{size: fyne.NewSize(1240, 500)})
	want := []columns.ID{columns.Tick, columns.Star, columns.Symbol, columns.Price, columns.PriceChange24h, columns.OIUSD, columns.OIContracts,
		columns.OIChange1h, columns.OIChange4h, columns.OIChange24h, columns.Funding, columns.FundingAPR, columns.Volume24h, columns.OIVolume, columns.Signal, columns.Age}
	if got := r.shownColumns(); !slices.Equal(got, want) {
		t.Errorf("columns: %v", got)
	}
	if len(r.states) != 0 {
		t.Error("a change was told though nobody made one")
	}
}

func TestDraggedEdgeResizesAndADoubleClickResets(t *testing.T) {
	r := full(t, setup{})
	was := r.grid.places[r.placeOf(columns.Price)].width
	r.drag(r.edgeOf(columns.Price), 40)
	if got := r.grid.places[r.placeOf(columns.Price)].width; got != was+40 {
		t.Errorf("the column is %v wide, was %v", got, was)
	}
	if got := r.State().Widths[columns.Price]; got != was+40 || len(r.states) != 1 {
		t.Errorf("state keeps %v, told %d times", got, len(r.states))
	}
	again := full(t, setup{state: r.State()})
	if got := again.grid.places[again.placeOf(columns.Price)].width; got != was+40 {
		t.Errorf("after a restart it is %v wide", got)
	}
	test.TapAt(r.header, r.edgeOf(columns.Price))
	test.TapAt(r.header, r.edgeOf(columns.Price))
	if got := r.grid.places[r.placeOf(columns.Price)].width; got != 96 {
		t.Errorf("a double click on the edge left %v", got)
	}
	if r.State().Sort != columns.DefaultSort {
		t.Error("clicks on an edge sorted")
	}
	r.drag(r.edgeOf(columns.Price), -400)
	if got := r.State().Widths[columns.Price]; got != minColumnWidth {
		t.Errorf("dragged to nothing it is %v wide", got)
	}
}

func TestDraggedHeadingMovesTheColumn(t *testing.T) {
	r := full(t, setup{})
	from := r.headingAt(columns.Volume24h)
	r.drag(from, r.headingAt(columns.Price).X-from.X)
	if got := r.shownColumns()[3]; got != columns.Volume24h {
		t.Errorf("columns: %v", r.shownColumns())
	}
	if len(r.states) == 0 || r.states[len(r.states)-1].Order[0] != columns.Volume24h {
		t.Errorf("states: %+v", r.states)
	}
	r.drag(r.headingAt(columns.Volume24h), -1000) // never among the pinned ones
	if got := r.shownColumns()[:3]; !slices.Equal(got, []columns.ID{columns.Tick, columns.Star, columns.Symbol}) {
		t.Errorf("pinned columns: %v", got)
	}
}

// find returns the objects of a type below o.
func find[T fyne.CanvasObject](o fyne.CanvasObject) []T {
	var found []T
	for _, o := range test.LaidOutObjects(o) {
		if x, ok := o.(T); ok {
			found = append(found, x)
		}
	}
	return found
}

func TestColumnChooser(t *testing.T) {
	r := full(t, setup{size: fyne.NewSize(1440, 900)})
	test.Tap(r.toolbar.columns)
	popUp := r.window.Canvas().Overlays().Top()
	if popUp == nil {
		t.Fatal("no chooser opened")
	}
	check := func(name string) *look.Check {
		t.Helper()
		for _, c := range find[*look.Check](popUp) {
			if c.Text == name {
				return c
			}
		}
		t.Fatalf("the chooser has no %q", name)
		return nil
	}
	if check("Change of open interest, 5 minutes").Checked || !check("Funding rate").Checked {
		t.Error("the chooser does not show what is on")
	}
	test.Tap(check("Change of open interest, 5 minutes"))
	test.Tap(check("Funding rate"))
	got := r.shownColumns()
	if !slices.Contains(got, columns.OIChange5m) || slices.Contains(got, columns.Funding) {
		t.Errorf("columns: %v", got)
	}
	if v := r.State().Visible; !reflect.DeepEqual(v, map[columns.ID]bool{columns.OIChange5m: true, columns.Funding: false}) {
		t.Errorf("state keeps %v", v)
	}
	down := find[*look.Button](popUp)[1] // of the first column: price
	test.Tap(down)
	if got := r.State().Order[:2]; !slices.Equal(got, []columns.ID{columns.PriceChange1h, columns.Price}) {
		t.Errorf("moved down, the order is %v", got)
	}
	reset := find[*look.Button](popUp)
	for _, b := range reset {
		if b.Text == "Reset columns" {
			test.Tap(b)
		}
	}
	if got := r.State(); got.Order != nil || got.Visible != nil || r.shownColumns()[3] != columns.Price {
		t.Errorf("after the reset: %+v", got)
	}
}

// Whatever in it has the keyboard, Escape closes the chooser.
func TestEscapeClosesTheColumnChooser(t *testing.T) {
	r := full(t, setup{size: fyne.NewSize(1440, 900)})
	for _, what := range []string{"box", "button"} {
		test.Tap(r.toolbar.columns)
		popUp := r.window.Canvas().Overlays().Top()
		var focused fyne.Focusable = find[*look.Check](popUp)[2]
		if what == "button" {
			focused = find[*look.Button](popUp)[3]
		}
		r.window.Canvas().Focus(focused)
		focused.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if r.window.Canvas().Overlays().Top() != nil {
			t.Errorf("Escape on a %s leaves the chooser open", what)
		}
	}
}

func TestStateSurvivesTheRoundTrip(t *testing.T) {
	want := State{
		Sort: columns.Funding, Descending: false, Arrangement: Arrangement{Order: []columns.ID{columns.Age, columns.Price},
			Visible: map[columns.ID]bool{columns.OIChange5m: true}, Widths: map[columns.ID]float32{columns.Symbol: 150}},
		Favourites: []string{"BTCUSDT"}, Ticked: []string{"ETHUSDT", "BTCUSDT"}, FavouritesOnly: true, Kind: signal.StrongBearish,
	}
	raw, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var read State
	if err := json.Unmarshal(raw, &read); err != nil {
		t.Fatal(err)
	}
	if got := start(t, setup{state: read}).State(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestAHostileStateIsMadeSane(t *testing.T) {
	r := full(t, setup{state: State{
		Sort: "nonsense", Arrangement: Arrangement{Order: []columns.ID{"x", columns.Price, columns.Price, columns.Tick},
			Visible: map[columns.ID]bool{columns.Symbol: false, "x": true}, Widths: map[columns.ID]float32{columns.Price: -4, columns.Age: 1e9, "x": 50}},
		Favourites: []string{"", "A", "A"}, Ticked: []string{"BTCUSDT", "BTCUSDT"}, Kind: "nonsense",
	}})
	want := State{Sort: columns.DefaultSort, Descending: true, Arrangement: Arrangement{Order: []columns.ID{columns.Price}, Visible: map[columns.ID]bool{},
		Widths: map[columns.ID]float32{}}, Favourites: []string{"A"}, Ticked: []string{"BTCUSDT"}}
	if got := r.State(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := r.shownColumns(); len(got) != 18 || got[2] != columns.Symbol {
		t.Errorf("columns: %v", got)
	}
}

// A column that an older version did not know stands where it stands by default.
func TestNewColumnsFindTheirPlace(t *testing.T) {
	all := full(t, setup{}).columns
	s := State{Arrangement: Arrangement{Order: []columns.ID{columns.Age, columns.Price, columns.OIUSD}}}
	var got []columns.ID
	for _, i := range orderedColumns(all, &s) {
		got = append(got, all[i].ID)
	}
	if len(got) != len(all) {
		t.Fatalf("%d of %d columns: %v", len(got), len(all), got)
	}
	want := []columns.ID{columns.Tick, columns.Star, columns.Symbol, columns.Age, columns.Price, columns.PriceChange1h, columns.PriceChange4h, columns.PriceChange24h, columns.OIUSD, columns.OIShare, columns.OIContracts}
	if !slices.Equal(got[:11], want) {
		t.Errorf("order %v", got)
	}
}

// The state comes from a file that a person can write.
func FuzzState(f *testing.F) {
	f.Add([]byte(`{"sort":"funding","order":["age","price","tick"],"widths":{"price":1e30},"visible":{"symbol":false},"ticked":["",""]}`))
	f.Add([]byte(`{"widths":{"price":-1},"kind":"x","favourites":null}`))
	all := columns.All(assets.NewWords(assets.English), nil)
	f.Fuzz(func(t *testing.T, raw []byte) {
		var s State
		if json.Unmarshal(raw, &s) != nil {
			return
		}
		s = s.sane(all)
		if again := s.sane(all); !reflect.DeepEqual(again, s) {
			t.Errorf("sane changes what is sane: %+v, %+v", s, again)
		}
		ids := orderedColumns(all, &s)
		slices.Sort(ids)
		for i, id := range ids {
			if i != id || len(ids) != len(all) {
				t.Fatalf("columns are lost or doubled: %v", ids)
			}
		}
		for _, p := range newGrid(all, &s, wanted{room: 2560, symbol: 1e6}).places {
			if !(p.width > 0 && p.width <= maxColumnWidth) {
				t.Errorf("%s is %v wide", p.column.ID, p.width)
			}
		}
	})
}

func TestHeadingsBreakWhereTheyMay(t *testing.T) {
	start(t, setup{})
	for _, c := range []struct {
		title string
		width float32
		want  []string
	}{
		{"Funding APR", 200, []string{"Funding APR"}},
		{"Funding APR", 46, []string{"Funding", "APR"}},
		{"OI/Volume", 42, []string{"OI/", "Volume"}},
		{"年化费率", 60, []string{"年化费率"}},
		{"年化费率", 30, []string{"年化", "费率"}},
		{"持仓 24h", 34, []string{"持仓", "24h"}},
		{"Unbreakable", 40, []string{"Unbr…"}},
	} {
		if got := wrapHeading(c.title, c.width); !slices.Equal(got, c.want) {
			t.Errorf("%q in %v: %q, want %q", c.title, c.width, got, c.want)
		}
	}
}

// However narrow a column may be made for want of room, its heading is read whole.
func TestHeadingsFitTheirNarrowestColumn(t *testing.T) {
	start(t, setup{})
	for _, lang := range []assets.Language{assets.English, assets.Chinese} {
		for _, c := range columns.All(assets.NewWords(lang), nil) {
			if c.Cell == nil {
				continue
			}
			if got := wrapHeading(c.Title, textWidth(&c, c.Narrow)); strings.Contains(strings.Join(got, " "), "…") {
				t.Errorf("%s: %q in %v is written %q", lang, c.Title, c.Narrow, got)
			}
		}
	}
}
