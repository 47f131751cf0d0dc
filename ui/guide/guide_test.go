package guide

import (
	"image"
	"net/url"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/ui/look"
)

// shown is a pane in a window of the test driver.
type shown struct {
	*Pane
	window fyne.Window
}

func show(t *testing.T, lang assets.Language, mode look.Mode, o Options) shown {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.New(mode, false))
	o.Words = assets.NewWords(lang)
	if o.Sections == nil {
		o.Sections = assets.Guide(lang)
	}
	p := New(o)
	w := test.NewTempWindow(t, p)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(380, 720))
	return shown{p, w}
}

// sample is a short guide of all kinds of blocks; the real one may change
// without the pictures changing.
func sample(lang assets.Language) []assets.Section {
	if lang == assets.Chinese {
		return []assets.Section{
			{ID: "intro", Title: "未平仓合约 — 实时追踪", Level: 1, Markdown: "价格告诉你**发生了什么**，持仓量告诉你*还有多少人在场*。详见[四种组合](#matrix)。\n\n> **想象一张扑克桌。** 持仓量是桌上的筹码，成交量是打过的局数。有人带着新筹码入座，筹码就多了；有人兑现离开，筹码就少了。"},
			{ID: "matrix", Title: "结合价格来读", Level: 2, Markdown: "持仓量本身没有方向。把它放到价格旁边，就得到四种组合：\n\n| 价格 | 持仓量 | 解读 |\n| --- | --- | --- |\n| ▲ 上涨 | ▲ 上升 | [强势看涨](#bull) |\n| ▲ 上涨 | ▼ 下降 | [涨势减弱](#rally) |"},
			{ID: "bull", Title: "强势看涨", Level: 3, Markdown: "- 价格在 24 小时内至少上涨 1 %，持仓量也是。\n- 不代表涨势会继续。\n\n`funding` 为资金费率。\n\n```\nAPR = 费率 × 24 / 间隔 × 365\n```"},
		}
	}
	return []assets.Section{
		{ID: "intro", Title: "Open interest, tracked live", Level: 1, Markdown: "Price tells you **what happened**, open interest *how many are still in the room*. See [the matrix](#matrix).\n\n> **Picture a poker table.** Open interest is the chips on the table; volume is the number of hands played. Who sits down with fresh chips adds some, who cashes out takes some away."},
		{ID: "matrix", Title: "Reading it with price", Level: 2, Markdown: "Open interest alone has no direction. Beside the price, four combinations appear:\n\n| Price | Open interest | Reading | Change |\n| --- | --- | --- | ---: |\n| ▲ rising | ▲ rising | [Strong Bullish](#bull) | +1.5 % |\n| ▲ rising | ▼ falling | [Weakening Rally](#rally) | −12 % |"},
		{ID: "bull", Title: "Strong Bullish", Level: 3, Markdown: "1. Within 24 hours, price and open interest each rose by at least 1 %.\n2. It does not mean that the rise goes on.\n   - Every new long has a new short.\n\nIts `funding` tells more.\n\n```\nAPR = rate × 24 / interval × 365\n```"},
		{ID: "rally", Title: "Weakening Rally", Level: 3, Markdown: "| What a column of a wide table is called | Its_unbreakable_neighbour | Another_unbreakable_one |\n| --- | --- | --- |\n| Shorts buying back | leaves_the_table_too_wide | for_a_narrow_pane |\n| So each row | becomes | a record |"},
	}
}

func TestPictures(t *testing.T) {
	item := LiveItem{Kind: "strong_bullish", Label: "Strong Bullish", Note: "4 of 7 were followed by a rise within a day: not distinguishable from chance.",
		Symbols: strings.Split("BTCUSDT ETHUSDT SOLUSDT XRPUSDT DOGEUSDT ADAUSDT LTCUSDT BCHUSDT TRXUSDT", " ")}
	for _, c := range []struct {
		name string
		lang assets.Language
		mode look.Mode
		do   func(p *Pane)
	}{
		{"text_dark_en", assets.English, look.Dark, func(p *Pane) { p.SetLive("bull", []LiveItem{item}) }},
		{"text_light_zh", assets.Chinese, look.Light, func(p *Pane) { p.SetLive("bull", []LiveItem{{Kind: "x", Label: "强势看涨"}}) }},
		{"end_light_en", assets.English, look.Light, func(p *Pane) { p.ShowSection("rally") }},
		{"contents_light_zh", assets.Chinese, look.Light, func(p *Pane) { p.ToggleContents() }},
		{"search_dark_en", assets.English, look.Dark, func(p *Pane) { p.entry.SetText("price") }},
		{"found_dark_zh", assets.Chinese, look.Dark, func(p *Pane) { p.entry.SetText("持仓"); p.jumpToNextHit() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := show(t, c.lang, c.mode, Options{Sections: sample(c.lang)})
			c.do(s.Pane)
			test.AssertImageMatches(t, c.name+".png", s.window.Canvas().Capture())
		})
	}
}

// sections of a small guide: enough to scroll, with every kind of link.
func sections() []assets.Section {
	filler := strings.Repeat("Words that fill a line and then the next one, too. ", 40)
	return []assets.Section{
		{ID: "first", Title: "First", Level: 2, Markdown: "See [the second](#second), [nowhere](#nowhere) or [the web](https://example.org/a). " + filler},
		{ID: "second", Title: "Second", Level: 2, Markdown: filler + "\n\nA **Needle** lies here."},
		{ID: "third", Title: "Third", Level: 3, Markdown: "Needles: 1\n\n| A | B |\n| --- | ---: |\n| one | needle |\n\n" + filler},
	}
}

// links are the links in view.
func (s shown) links() map[string]*link {
	found := map[string]*link{}
	for _, o := range s.article.objects() {
		if l, ok := o.(*link); ok {
			found[l.target] = l
		}
	}
	return found
}

// top is the first text in view.
func (s shown) top() string {
	b := s.article.blocks[s.article.blockAt(s.scroll.Offset.Y+2)]
	return b.text()
}

func TestLinkBetweenSectionsJumps(t *testing.T) {
	s := show(t, assets.English, look.Dark, Options{Sections: sections()})
	test.Tap(s.links()["#second"])
	if got := s.top(); got != "Second" {
		t.Errorf("after a tap on the link, %q is at the top", got)
	}
	if got := s.State(); got.Section != "second" {
		t.Errorf("the state says %+v", got)
	}
}

func TestLinkToNowhereDoesNothing(t *testing.T) {
	s := show(t, assets.English, look.Dark, Options{Sections: sections()})
	test.Tap(s.links()["#nowhere"])
	if s.scroll.Offset.Y != 0 || s.ShowSection("nowhere") {
		t.Error("a section that does not exist was shown")
	}
}

func TestLinkOutIsHandedOver(t *testing.T) {
	var opened string
	s := show(t, assets.English, look.Dark, Options{Sections: sections(), OnOpen: func(u *url.URL) { opened = u.String() }})
	test.Tap(s.links()["https://example.org/a"])
	if opened != "https://example.org/a" {
		t.Errorf("opened %q", opened)
	}
	opened = ""
	s.follow("file:///etc/passwd")
	if opened != "" {
		t.Errorf("opened %q: only web pages may be", opened)
	}
}

func TestSearchListsAndJumps(t *testing.T) {
	s := show(t, assets.English, look.Dark, Options{Sections: sections()})
	test.Type(s.entry, "nEEdle")
	if !s.over.Visible() || len(s.hits) != 3 {
		t.Fatalf("listed %v, visible %t; want 3 hits", s.hits, s.over.Visible())
	}
	rows := s.list.Objects
	if want := len(s.hits) + 1; len(rows) != want {
		t.Fatalf("%d rows, want %d", len(rows), want)
	}
	test.Tap(rows[1].(*row))
	if s.over.Visible() {
		t.Error("the list is still over the text")
	}
	found := false
	for i := s.article.first; i < s.article.last; i++ {
		found = found || strings.Contains(s.article.blocks[i].text(), "Needle lies") && len(s.article.highlights(i)) == 1
	}
	if !found {
		t.Error("the hit is not in view, or not highlighted")
	}
	s.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if s.entry.Text != "" || s.article.query != "" {
		t.Error("Escape does not end the search")
	}
}

func TestSearchForNothingThereSaysSo(t *testing.T) {
	s := show(t, assets.English, look.Dark, Options{Sections: sections()})
	test.Type(s.entry, "unicorn")
	if got := s.list.Objects[0].(*row).blocks[0].text(); !strings.Contains(got, "unicorn") {
		t.Errorf("the list says %q", got)
	}
	s.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) // must not panic
}

func TestContentsJump(t *testing.T) {
	s := show(t, assets.English, look.Dark, Options{Sections: sections()})
	s.ToggleContents()
	rows := s.list.Objects
	if len(rows) != 3 || !rows[0].(*row).current {
		t.Fatalf("%d rows of contents; want 3, the first being read", len(rows))
	}
	test.Tap(rows[2].(*row))
	if s.over.Visible() || s.State().Section != "third" {
		t.Errorf("contents visible %t, reading %+v", s.over.Visible(), s.State())
	}
}

// "No contract shows it" is said only where every contract could be evaluated.
func TestNoneIsSaidOnlyOfWhatCouldBeEvaluated(t *testing.T) {
	fetched := ""
	s := show(t, assets.English, look.Dark, Options{Sections: sections(), OnFetch: func(kind string) { fetched = kind }})
	said := func(item LiveItem) string {
		s.SetLive("first", []LiveItem{item})
		for _, b := range s.article.blocks {
			if b.kind == live {
				return b.text()
			}
		}
		return ""
	}
	if text := said(LiveItem{Kind: "spike_1h", Label: "Spike"}); !strings.Contains(text, "no contract shows it now") {
		t.Errorf("all evaluated: %q", text)
	}
	text := said(LiveItem{Kind: "spike_1h", Label: "Spike", Coverage: "3 of 9 contracts could be evaluated.", Fetch: "Fetch it"})
	if strings.Contains(text, "no contract") || !strings.Contains(text, "none of those") || !strings.Contains(text, "3 of 9") {
		t.Errorf("some evaluated: %q", text)
	}
	s.ShowSection("first")
	s.scroll.ScrollToOffset(fyne.NewPos(0, 300))
	s.viewChanged()
	test.Tap(s.links()["fetch:spike_1h"])
	if fetched != "spike_1h" {
		t.Errorf("fetched for %q", fetched)
	}
}

func TestASignalLeadsToItsPlaceOnTheMap(t *testing.T) {
	var shown string
	s := show(t, assets.English, look.Dark, Options{Sections: sections(), OnMap: func(kind string) { shown = kind }})
	s.SetLive("first", []LiveItem{{Kind: "strong_bullish", Label: "Strong Bullish", Symbols: []string{"AUSDT"}, Map: "Show on the map"}})
	s.ShowSection("first")
	s.scroll.ScrollToOffset(fyne.NewPos(0, 300))
	s.viewChanged()
	test.Tap(s.links()["map:strong_bullish"])
	if shown != "strong_bullish" {
		t.Errorf("shown on the map: %q", shown)
	}
}

func TestLiveContractsFilterTheTable(t *testing.T) {
	var filtered string
	s := show(t, assets.English, look.Dark, Options{Sections: sections(), OnFilter: func(kind string) { filtered = kind }})
	s.ShowSection("third")
	before := s.State()
	symbols := strings.Split("AUSDT BUSDT CUSDT DUSDT EUSDT FUSDT GUSDT HUSDT IUSDT", " ")
	s.SetLive("first", []LiveItem{{Kind: "spike", Label: "Spike", Symbols: symbols}})
	if after := s.State(); after.Section != before.Section || after.Into-before.Into > 0.01 {
		t.Errorf("reading moved from %+v to %+v", before, after)
	}
	text := ""
	for _, b := range s.article.blocks {
		if b.kind == live {
			text = b.text()
		}
	}
	for _, want := range []string{"Spike", "9", "AUSDT", "HUSDT", "…"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
	s.scroll.ScrollToOffset(fyne.NewPos(0, 300))
	s.viewChanged()
	test.Tap(s.links()["filter:spike"])
	if filtered != "spike" {
		t.Errorf("filtered by %q", filtered)
	}
}

func TestPlaceIsKeptWhenRebuiltAndResized(t *testing.T) {
	s := show(t, assets.English, look.Dark, Options{})
	s.ShowSection("matrix")
	s.scroll.ScrollToOffset(fyne.NewPos(0, s.scroll.Offset.Y+150))
	s.viewChanged()
	at := s.State()
	s.window.Resize(fyne.NewSize(560, 700))
	if got := s.State(); got.Section != "matrix" {
		t.Errorf("after a resize, %+v is read instead of %+v", got, at)
	}
	again := show(t, assets.Chinese, look.Light, Options{State: at})
	got := again.State()
	if d := got.Into - at.Into; got.Section != "matrix" || d > 0.01 || d < -0.01 {
		t.Errorf("after a rebuild in Chinese, %+v is read instead of %+v", got, at)
	}
}

func TestCloseIsTold(t *testing.T) {
	closed := false
	s := show(t, assets.English, look.Dark, Options{OnClose: func() { closed = true }})
	size := s.window.Canvas().Size()
	test.TapCanvas(s.window.Canvas(), fyne.NewPos(size.Width-18, 18))
	if !closed {
		t.Error("the cross does not close the pane")
	}
}

// However long the guide, only what is in view exists.
func TestObjectsOnlyForWhatIsInView(t *testing.T) {
	for _, lang := range assets.Languages() {
		s := show(t, lang, look.Dark, Options{})
		for _, section := range s.o.Sections {
			s.ShowSection(section.ID)
			if n := len(s.article.objects()); n == 0 || n > 400 {
				t.Errorf("%s, %s: %d objects in view", lang, section.ID, n)
			}
		}
	}
}

// Every link of the real guide leads somewhere, and none of its signs is left over.
func TestGuideIsWhole(t *testing.T) {
	for _, lang := range assets.Languages() {
		s := show(t, lang, look.Dark, Options{})
		for _, b := range s.article.blocks {
			if strings.Contains(b.text(), "*") {
				t.Errorf("%s: emphasis that Markdown does not see as such: %q", lang, b.text())
			}
			for _, sp := range b.spans {
				if id, ok := strings.CutPrefix(sp.link, "#"); ok && s.sectionIndex(id) < 0 {
					t.Errorf("%s: link to %q, a section that does not exist", lang, id)
				}
			}
		}
	}
}

// The market changes what the guide says all day. What has been drawn of a
// paragraph stays in the graphics' memory for a minute, so the sheets are used
// again, whatever comes and goes, and however far one scrolls.
func TestSheetsAreUsedAgain(t *testing.T) {
	s := show(t, assets.English, look.Dark, Options{})
	sheets := map[*look.Sheet]bool{}
	count := func() int {
		for _, o := range s.article.objects() {
			if sheet, ok := o.(*look.Sheet); ok {
				sheets[sheet] = true
			}
		}
		return len(sheets)
	}
	most := 0
	for _, section := range s.o.Sections { // the fullest view there is
		s.ShowSection(section.ID)
		most = max(most, s.article.last-s.article.first)
		count()
	}
	for n := range 50 {
		s.SetLive("flush", []LiveItem{{Kind: "x", Label: "Flush", Symbols: []string{"BTCUSDT", strings.Repeat("ETHUSDT ", n)}}})
		s.ShowSection([]string{"flush", "crowding", "spike"}[n%3])
		count()
	}
	if n := count(); n > 2*most {
		t.Errorf("%d sheets were made to show at most %d blocks", n, most)
	}
}

// The desktop may turn light without the window being built anew.
func TestTheGuideFollowsTheDesktopsTheme(t *testing.T) {
	s := show(t, assets.English, look.Dark, Options{})
	ink := func() any {
		for _, o := range s.article.objects() {
			if sheet, ok := o.(*look.Sheet); ok {
				for _, o := range sheet.Objects() {
					if text, ok := o.(*canvas.Text); ok {
						return text.Color
					}
				}
			}
		}
		return nil
	}
	dark := ink()
	fyne.CurrentApp().Settings().SetTheme(look.New(look.Light, false))
	s.article.Refresh()
	if light := ink(); dark == nil || light == nil || light == dark {
		t.Errorf("the words were %v, and are %v on a light ground", dark, light)
	}
}

// In other colours a pane takes over the layout of the one before, and looks as
// one that was made from nothing; in another language it does not.
func TestAPaneTakesOverTheLayoutOfTheOneBefore(t *testing.T) {
	s := show(t, assets.English, look.Dark, Options{Sections: sample(assets.English)})
	next := func(before *Pane, lang assets.Language) *Pane {
		p := New(Options{Words: assets.NewWords(lang), Sections: sample(lang), Before: before})
		s.window.SetContent(p)
		return p
	}
	before := s.Pane
	fyne.CurrentApp().Settings().Theme().(*look.Look).Change(look.Light, false)
	after := next(before, assets.English)
	if &after.base[0][0] != &before.base[0][0] || &after.article.laid[1].texts[0] != &before.article.laid[1].texts[0] {
		t.Error("the text was read or laid out again")
	}
	if after.o.Before != nil {
		t.Error("the pane before is held")
	}
	took, anew := s.window.Canvas().Capture(), next(nil, assets.English)
	if !slices.Equal(took.(*image.NRGBA).Pix, s.window.Canvas().Capture().(*image.NRGBA).Pix) || anew.article.height != after.article.height {
		t.Error("it looks otherwise than one that was made from nothing")
	}
	chinese := next(after, assets.Chinese)
	if got, want := chinese.article.blocks[0].text(), sample(assets.Chinese)[0].Title; got != want {
		t.Errorf("in Chinese it begins with %q, want %q", got, want)
	}
}
