package ui

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/ui/columns/columnstest"
	"openinterest/ui/look"
	"openinterest/ui/settings"
	"openinterest/ui/table"
)

// choose opens one of the window's menus and taps an item.
func (r *rig) choose(menu, item string) {
	r.t.Helper()
	r.tap(r.find(menu, inTable))
	r.tap(r.find(item, nil))
}

// locale is every sentence of a language, by key.
func locale(t *testing.T, lang assets.Language) map[string]string {
	t.Helper()
	all := map[string]string{}
	files, err := filepath.Glob(filepath.Join("..", "assets", "locales", string(lang), "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no words of %s: %v", lang, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &all); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// foreign lists the texts on screen that another language says, and this one
// does not: nothing of it may be left.
func (r *rig) foreign(this, other assets.Language) []string {
	ours, theirs := map[string]bool{}, map[string]bool{}
	for _, s := range locale(r.t, this) {
		ours[s] = true
	}
	for _, s := range locale(r.t, other) {
		theirs[s] = !ours[s] && !strings.Contains(s, "{{") && len([]rune(s)) > 1
	}
	theirs[assets.NewWords(other).T("app.this_language")] = false // each is named in itself
	var left []string
	for _, s := range r.words() {
		if theirs[s] {
			left = append(left, s)
		}
	}
	return left
}

func TestTheLanguageChangesEverywhereAndStays(t *testing.T) {
	folder := t.TempDir()
	store, err := settings.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, setup{settings: store})
	r.tick("ETHUSDT")
	r.panes.table.SetSearch("usdt")
	if left := r.foreign(assets.English, assets.Chinese); len(left) > 0 {
		t.Errorf("in English one reads %v", left)
	}
	r.choose("文/A", "简体中文")
	if left := r.foreign(assets.Chinese, assets.English); len(left) > 0 {
		t.Errorf("in Chinese one reads %v", left)
	}
	w := assets.NewWords(assets.Chinese)
	for _, s := range []struct {
		words string
		where func(seen) bool
	}{
		{w.T("column.symbol"), inTable}, {w.T("chart.compare") + "  1", inCompare}, {w.T("status.live"), inBar},
		{assets.Guide(assets.Chinese)[0].Title, inGuide}, {"BTCUSDT", inHistory},
	} {
		r.find(s.words, s.where)
	}
	if want := w.T("app.name"); !strings.Contains(r.window.Title(), want) {
		t.Errorf("the window is titled %q, want %s", r.window.Title(), want)
	}
	if !r.isTicked("ETHUSDT") {
		t.Error("the tick was lost")
	}
	if got := r.panes.table.Search(); got != "usdt" {
		t.Errorf("what was searched for became %q", got)
	}
	store.Get(func(s *settings.Settings) {
		if s.Language != "zh" {
			t.Errorf("%q is kept as the language", s.Language)
		}
	})
	r.choose("文/A", "English")
	if left := r.foreign(assets.English, assets.Chinese); len(left) > 0 {
		t.Errorf("back in English one reads %v", left)
	}
	// The feed still reaches the window that was built anew.
	r.show(columnstest.Snapshot())
	r.find("ETHUSDT", inTable)
}

func TestTheColoursChangeEverywhere(t *testing.T) {
	store := settings.InMemory()
	r := start(t, setup{settings: store})
	colour := func() *look.Palette { return look.Current() }
	dark, theme := colour(), r.app.Settings().Theme()
	if text := r.find("ETHUSDT", inTable); text.Color != dark.Text {
		t.Errorf("a symbol is %v, want %v", text.Color, dark.Text)
	}
	r.choose("◐", "Light")
	light := colour()
	if light.Background == dark.Background {
		t.Fatal("the background stayed")
	}
	if text := r.find("ETHUSDT", inTable); text.Color != light.Text {
		t.Errorf("in light, a symbol is %v, want %v", text.Color, light.Text)
	}
	rose := r.find("+1.62", inTable)
	if rose.Color != light.Up {
		t.Errorf("a rise is %v, want %v", rose.Color, light.Up)
	}
	store.Get(func(s *settings.Settings) {
		if s.Theme != "light" || s.RedUp {
			t.Errorf("kept are theme %q and red up %v", s.Theme, s.RedUp)
		}
	})

	r.choose("◐", "Red is up, green is down")
	if rose := r.find("+1.62", inTable); rose.Color != light.Down {
		t.Errorf("with red up, a rise is %v, want %v", rose.Color, light.Down)
	}
	if fell := r.find("−0.75", inTable); fell.Color != light.Up {
		t.Errorf("with red up, a fall is %v, want %v", fell.Color, light.Up)
	}
	store.Get(func(s *settings.Settings) {
		if !s.RedUp {
			t.Error("red up is not kept")
		}
	})
	r.choose("◐", "Red is up, green is down")
	if rose := r.find("+1.62", inTable); rose.Color != light.Up {
		t.Error("red up cannot be taken back")
	}
	if r.app.Settings().Theme() != theme {
		t.Error("Fyne has another theme, for which it opens all fonts again and keeps the old ones")
	}
}

// Whatever was chosen since, the window can be put back to choices made before.
func TestTheWindowIsPutBackToChoices(t *testing.T) {
	store := settings.InMemory()
	r := start(t, setup{settings: store})
	first := store.Detached()
	r.tick("ETHUSDT")
	r.panes.table.SetSearch("usdt")
	r.choose("◐", "Light")
	r.choose("文/A", "简体中文")
	r.ShowPane("alerts")

	r.Restore(first, assets.English, look.Dark)
	r.settle()
	if left := r.foreign(assets.English, assets.Chinese); len(left) > 0 {
		t.Errorf("one reads %v", left)
	}
	if !look.Current().Dark || r.isTicked("ETHUSDT") || r.panes.table.Search() != "" || r.shell.front != tabCharts {
		t.Errorf("dark %t, ticked %t, searched for %q, in front %s",
			look.Current().Dark, r.isTicked("ETHUSDT"), r.panes.table.Search(), r.shell.front)
	}
	store.Get(func(s *settings.Settings) {
		if s.Theme != "" || s.Language != "" {
			t.Errorf("kept are theme %q and language %q", s.Theme, s.Language)
		}
	})
}

func TestTheGuideComesAndGoes(t *testing.T) {
	store := settings.InMemory()
	r := start(t, setup{settings: store})
	title := assets.Guide(assets.English)[0].Title
	shown := func() bool {
		return slices.ContainsFunc(r.texts(), func(s seen) bool { return s.Text.Text == title && inGuide(s) })
	}
	hidden := func() (on bool) {
		store.Get(func(s *settings.Settings) { on = s.GuideHidden })
		return on
	}
	if !shown() {
		t.Fatal("the guide is not there at first")
	}
	button := func() { r.tap(r.find("? Guide", func(s seen) bool { return s.at.Y < 40 })) }
	button()
	if shown() || !hidden() {
		t.Errorf("after a tap on its button the guide is shown: %v, kept as hidden: %v", shown(), hidden())
	}
	r.find("Age", func(s seen) bool { return s.at.X > 1350 }) // the table has taken the room
	button()
	if !shown() || hidden() {
		t.Errorf("after another tap the guide is shown: %v, kept as hidden: %v", shown(), hidden())
	}
	f1 := r.window.Canvas().OnTypedKey()
	f1(&fyne.KeyEvent{Name: fyne.KeyF1})
	r.settle()
	if shown() {
		t.Error("F1 does not hide the guide")
	}
	// A click on a signal opens it again, where that signal is explained.
	heading := r.find("Signal", func(s seen) bool { return s.at.Y > 30 && s.at.Y < 80 })
	test.TapCanvas(r.window.Canvas(), fyne.NewPos(heading.middle().X, r.find("ETHUSDT", inTable).middle().Y))
	r.settle()
	if section := r.panes.guide.State().Section; !r.panes.guide.Visible() || section == "" || section == assets.Guide(assets.English)[0].ID {
		t.Errorf("a click on a signal shows section %q", r.panes.guide.State().Section)
	}
}

func TestTheGuideFoldsWhereTheWindowIsNarrow(t *testing.T) {
	r := start(t, setup{})
	title := assets.Guide(assets.English)[0].Title
	r.window.Resize(fyne.NewSize(1100, 760))
	r.settle()
	if r.sees(title) {
		t.Error("the guide still has a column")
	}
	tab := r.find("Guide", func(s seen) bool { return s.at.Y > 300 })
	r.find("Charts", func(s seen) bool { return s.at.Y > 300 })
	if !r.sees("Compare") {
		t.Error("the charts are not in front")
	}
	r.tap(tab)
	if !r.sees(title) || r.sees("Compare") {
		t.Error("a tap on its tab does not bring the guide to the front")
	}
	r.window.Resize(fyne.NewSize(1440, 900))
	r.settle()
	r.find(title, inGuide)
	r.find("Compare", inCompare)
}

func TestSlashSearches(t *testing.T) {
	r := start(t, setup{})
	r.window.Canvas().OnTypedRune()('/')
	focused := r.window.Canvas().Focused()
	if focused == nil {
		t.Fatal("nothing has the keyboard")
	}
	test.Type(focused, "doge")
	r.settle()
	r.find("DOGEUSDT", inTable)
	if r.sees("ETHUSDT") {
		t.Error("what does not match is still there")
	}
}

// What a person chose is there again at the next start.
func TestChoicesSurviveARestart(t *testing.T) {
	folder := t.TempDir()
	store, err := settings.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, setup{settings: store})
	r.tick("ETHUSDT")
	r.tick("SOLUSDT")
	r.tap(r.beside("ADAUSDT", 38)) // a favourite
	r.tap(r.find("Symbol", inTable))
	row := r.find("DOGEUSDT", inTable)
	r.tap(row)
	r.tap(row)
	r.tap(r.find("7d", inHistory))
	r.tap(r.find("3d", inCompare))
	r.tap(r.find("USD", inCompare))
	r.shell.live[splitTable].SetOffset(0.66)
	r.shell.live[splitGuide].SetOffset(0.74)
	before := map[string]any{"history": r.panes.history.State(), "compare": r.panes.compare.State(), "table": r.panes.table.State()}
	r.Close()
	if err := store.Save(); err != nil {
		t.Fatal(err)
	}

	again, err := settings.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	r = start(t, setup{settings: again})
	after := map[string]any{"history": r.panes.history.State(), "compare": r.panes.compare.State(), "table": r.panes.table.State()}
	for pane, want := range before {
		a, _ := json.Marshal(after[pane])
		b, _ := json.Marshal(want)
		if string(a) != string(b) {
			t.Errorf("%s starts with\n%s\nand was left with\n%s", pane, a, b)
		}
	}
	if !r.isTicked("ETHUSDT") || !r.isTicked("SOLUSDT") || r.beside("ADAUSDT", 38).Text.Text != "★" {
		t.Error("ticks or favourites are not on screen")
	}
	r.find("DOGEUSDT", inHistory)
	first := ""
	for _, s := range r.texts() {
		if strings.HasSuffix(s.Text.Text, "USDT") && s.at.Y > 40 && s.at.Y < 110 {
			first = s.Text.Text
		}
	}
	if first != "1000000MOGUSDT" && first != "1000PEPEUSDT" && first != "1000SATSUSDT" {
		t.Errorf("the table is not sorted by symbol: %s comes first", first)
	}
	if a, b := r.shell.live[splitTable].Offset, r.shell.live[splitGuide].Offset; abs(float32(a)-0.66) > 0.01 || abs(float32(b)-0.74) > 0.01 {
		t.Errorf("the dividers stand at %v and %v", a, b)
	}
	if a := r.feed.attention(); !slices.Contains(a.Ticked, "ETHUSDT") || !slices.Contains(a.Ticked, "DOGEUSDT") || !slices.Equal(a.Favourites, []string{"ADAUSDT"}) {
		t.Errorf("the feed is told %+v", a)
	}
	var size fyne.Size
	again.Get(func(s *settings.Settings) { size = fyne.NewSize(s.Width, s.Height) })
	if size != fyne.NewSize(1440, 900) {
		t.Errorf("the window's size is kept as %v", size)
	}
}

// A window whose table is still to come already asks for what was ticked.
func TestTheFeedIsToldOfTicksBeforeThereIsATable(t *testing.T) {
	store := settings.InMemory()
	store.Update(func(s *settings.Settings) {
		s.SetPane(paneTable, table.State{Ticked: []string{"ETHUSDT"}, Favourites: []string{"XRPUSDT"}})
	})
	r := start(t, setup{settings: store, silent: true})
	a := r.feed.attention()
	if !slices.Equal(a.Ticked, []string{"ETHUSDT", "BTCUSDT"}) || !slices.Equal(a.Favourites, []string{"XRPUSDT"}) {
		t.Errorf("the feed is told of ticks %v, favourites %v", a.Ticked, a.Favourites)
	}
}

// No key of a sentence, and no template, ever reaches the screen.
func TestNoKeyReachesTheScreen(t *testing.T) {
	raw := regexp.MustCompile(`^[a-z_]+\.[a-z0-9_.]+$|\{\{|<no value>|%!|\bNaN\b|\+Inf`)
	for _, lang := range assets.Languages() {
		t.Run(string(lang), func(t *testing.T) {
			r := start(t, setup{lang: lang, demo: true})
			look := func(where string) {
				t.Helper()
				for _, s := range r.words() {
					if raw.MatchString(s) {
						t.Errorf("%s: %q is on screen", where, s)
					}
				}
			}
			look("at the start")
			r.tick("ETHUSDT")
			r.tick("币安人生USDT")
			look("with ticks")
			for _, kind := range problems {
				r.show(problem(kind, nil))
				look(string(kind))
			}
			for _, button := range []string{"文/A", "◐"} {
				r.tap(r.find(button, inTable))
				look(button)
				for _, o := range r.window.Canvas().Overlays().List() {
					r.window.Canvas().Overlays().Remove(o)
				}
			}
			r.window.Resize(fyne.NewSize(1000, 640))
			r.settle()
			look("narrow")
		})
	}
}
