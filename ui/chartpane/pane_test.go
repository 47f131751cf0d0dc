package chartpane

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/charts"
	"openinterest/data/market"
	"openinterest/ui/look"
	"openinterest/ui/tabs"
)

// words are what a strip offers, in order.
func words(s *tabs.Strip) (texts []*canvas.Text) {
	for _, o := range test.WidgetRenderer(s).Objects()[0].(*look.Sheet).Objects() {
		if text, ok := o.(*canvas.Text); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

// tapWord taps a word of a strip.
func tapWord(t *testing.T, s *tabs.Strip, word string) {
	t.Helper()
	for _, text := range words(s) {
		if text.Text == word {
			s.Tapped(&fyne.PointEvent{Position: text.Position().AddXY(2, 2)})
			return
		}
	}
	t.Fatalf("no word %q", word)
}

// lines are the keys and values of what a chart was told to show.
func lines(c *Chart) map[string]charts.Line {
	m := map[string]charts.Line{}
	for _, l := range c.view.built(&curves{}).Request.Lines {
		l.Values = slices.Clone(l.Values)
		for i, v := range l.Values {
			l.Values[i] = l.Shown(v)
		}
		m[l.Key] = l
	}
	return m
}

func TestRangeClickLoadsThatRange(t *testing.T) {
	o, s, src := begin(t, assets.English, look.Dark)
	h := NewHistory(o, HistoryState{})
	var told HistoryState
	h.OnState = func(st HistoryState) { told = st }
	window(t, h, 640, 330)
	h.SetSnapshot(snapshot(clock))
	s.until(t, func() bool { return !h.loader.busy() })
	tapWord(t, h.ranges, "7d")
	s.until(t, func() bool { return !h.loader.busy() })
	if want := []string{"BTCUSDT 24h", "BTCUSDT 7d"}; !slices.Equal(src.asked, want) {
		t.Errorf("asked for %v, want %v", src.asked, want)
	}
	if want := (HistoryState{Symbol: "BTCUSDT", Range: "7d", Unit: UnitContracts}); told != want || h.State() != want {
		t.Errorf("told %+v, state %+v, want %+v", told, h.State(), want)
	}
	r := h.chart.view.Request
	if span := time.Duration(r.To-r.From) * time.Millisecond; span != 7*24*time.Hour {
		t.Errorf("the chart spans %v", span)
	}
}

func TestUnitIsOfTheNumbersShown(t *testing.T) {
	o, s, _ := begin(t, assets.English, look.Dark)
	h := NewHistory(o, HistoryState{Symbol: "ETHUSDT"})
	window(t, h, 640, 330)
	h.SetSnapshot(snapshot(clock))
	s.until(t, func() bool { return !h.loader.busy() })
	last := func() float64 { v := lines(h.chart)["oi"].Values; return v[len(v)-1] }
	q := h.snapshot.Quote("ETHUSDT")
	if last() != q.Contracts() {
		t.Errorf("the last point is %v, the quote has %v contracts", last(), q.Contracts())
	}
	tapWord(t, h.units, "USD")
	if last() != q.OpenInterestUSD() || h.chart.view.Request.Left.Unit != "USD" {
		t.Errorf("the last point is %v %s, the quote has %v USD", last(), h.chart.view.Request.Left.Unit, q.OpenInterestUSD())
	}
}

func TestLoadOvertakenIsCancelledAndIgnored(t *testing.T) {
	o, s, src := begin(t, assets.English, look.Dark)
	src.calls = make(chan *call)
	h := NewHistory(o, HistoryState{})
	h.SetSnapshot(snapshot(clock))
	first := <-src.calls
	h.SetSymbol("SOLUSDT")
	<-first.ctx.Done()
	first.answer <- nil
	second := <-src.calls
	if second.symbol != "SOLUSDT" {
		t.Fatalf("asked for %s", second.symbol)
	}
	second.answer <- nil
	s.until(t, func() bool { return !h.loader.busy() })
	if got := h.loader.loads["SOLUSDT"].series.Symbol; got != "SOLUSDT" {
		t.Errorf("shows %s", got)
	}
}

// An answer that is already on its way to the UI when the range changes.
func TestAnswerForAnotherRangeIsIgnored(t *testing.T) {
	o, s, src := begin(t, assets.English, look.Dark)
	src.calls = make(chan *call)
	h := NewHistory(o, HistoryState{})
	h.SetSnapshot(snapshot(clock))
	(<-src.calls).answer <- nil
	late := <-s.queue
	tapWord(t, h.ranges, "14d")
	second := <-src.calls
	late()
	if ld := h.loader.loads["BTCUSDT"]; ld.series != nil || !ld.running {
		t.Error("the answer for 24h is taken for that for 14d")
	}
	second.answer <- nil
	s.until(t, func() bool { return !h.loader.busy() })
	if got := h.loader.loads["BTCUSDT"].series.Period; got != market.Period1h {
		t.Errorf("shows points every %v", got)
	}
}

func TestCloseEndsLoads(t *testing.T) {
	o, _, src := begin(t, assets.English, look.Dark)
	src.calls = make(chan *call)
	h := NewHistory(o, HistoryState{})
	h.SetSnapshot(snapshot(clock))
	c := <-src.calls
	h.Close()
	<-c.ctx.Done()
}

func TestFailureIsSaidAndCanBeRetried(t *testing.T) {
	o, s, src := begin(t, assets.English, look.Dark)
	src.calls = make(chan *call)
	p := NewCompare(o, CompareState{})
	window(t, p, 640, 330)
	p.SetTicked([]string{"ETHUSDT"})
	p.SetSnapshot(snapshot(clock))
	(<-src.calls).answer <- &market.Problem{Kind: market.Unreachable, What: "history", Err: errors.New("no route")}
	s.until(t, func() bool { return !p.loader.busy() })
	if len(p.notes.box.Objects) != 1 || !strings.Contains(strings.Join(p.notes.said, "\n"), "ETHUSDT") || !strings.Contains(strings.Join(p.notes.said, "\n"), "connection") {
		t.Fatalf("%d notes, saying %q", len(p.notes.box.Objects), strings.Join(p.notes.said, "\n"))
	}
	for range 5 { // not again by itself at once
		p.SetSnapshot(snapshot(clock.Add(time.Second)))
	}
	if p.loader.busy() {
		t.Fatal("a failed load is repeated at once")
	}
	p.loader.retry("ETHUSDT", clock)
	(<-src.calls).answer <- nil
	s.until(t, func() bool { return !p.loader.busy() })
	if len(p.notes.box.Objects) != 0 || len(lines(p.chart)) != 1 {
		t.Errorf("after a retry: %d notes, %d lines", len(p.notes.box.Objects), len(lines(p.chart)))
	}
}

// History that is refused until some moment is asked for again when that has
// come, and what failed for the same reason is said in one line.
func TestARefusalIsWaitedForAndSaidOnce(t *testing.T) {
	o, s, src := begin(t, assets.English, look.Dark)
	src.calls = make(chan *call, 9)
	p := NewCompare(o, CompareState{})
	p.SetTicked([]string{"BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT"})
	p.SetSnapshot(snapshot(clock))
	refuse := func() {
		for range 4 {
			(<-src.calls).answer <- &market.Problem{Kind: market.RefusedFirewall, Route: market.RouteHistory, Code: 403, Until: clock.Add(12 * time.Second)}
		}
		s.until(t, func() bool { return !p.loader.busy() })
	}
	refuse()
	const want = "BTCUSDT, ETHUSDT and 2 more: History is refused (403) until 12:04:21 UTC."
	if !slices.Equal(p.notes.said, []string{want}) || p.chart.view.Request.Message != "Not loaded; the reason is below" {
		t.Errorf("the notes say %q, the chart %q", p.notes.said, p.chart.view.Request.Message)
	}
	p.SetSnapshot(snapshot(clock.Add(11 * time.Second)))
	if p.loader.busy() {
		t.Error("asked again before the moment has come")
	}
	p.SetSnapshot(snapshot(clock.Add(13 * time.Second)))
	if !p.loader.busy() {
		t.Fatal("not asked again when the moment had come")
	}
	refuse() // by the same moment, now past: no reason to ask at once
	p.SetSnapshot(snapshot(clock.Add(14 * time.Second)))
	if p.loader.busy() {
		t.Error("asked again at once")
	}
}

func TestANoteShowsAsMuchAsThereIsRoomFor(t *testing.T) {
	begin(t, assets.English, look.Dark)
	const sentence = "貔貅USDT: the exchange does not know it, or no longer does."
	n := newNoteText()
	n.set(sentence)
	for _, width := range []float32{0, 120, 300, 1000} {
		n.Resize(fyne.NewSize(width, 20))
		shown := n.text.Text
		if whole := width == 1000; (shown == sentence) != whole || !whole && !strings.HasSuffix(shown, "…") {
			t.Errorf("at a width of %v it says %q", width, shown)
		}
		if width > 0 && n.text.MinSize().Width > n.text.Size().Width {
			t.Errorf("%q takes %v of %v", shown, n.text.MinSize().Width, n.text.Size().Width)
		}
	}
	if n.ToolTip() != sentence {
		t.Errorf("the tooltip says %q", n.ToolTip())
	}
	if n.text.FontSource == nil {
		t.Error("a name whose hanzi no sentence has is shown in the font of sentences")
	}
}

func TestSeriesIsReloadedOnceAStampHasClosed(t *testing.T) {
	o, s, src := begin(t, assets.English, look.Dark)
	h := NewHistory(o, HistoryState{})
	at := func(d time.Duration) int {
		h.SetSnapshot(snapshot(clock.Add(d)))
		s.until(t, func() bool { return !h.loader.busy() })
		return len(src.asked)
	}
	for _, c := range []struct {
		after time.Duration
		asked int
	}{
		{0, 1},                // 12:04:09; the last stamp is 12:00
		{40 * time.Second, 1}, // 12:04:49
		{70 * time.Second, 1}, // 12:05:19: closed, but hardly published
		{72 * time.Second, 2}, // 12:05:21
		{75 * time.Second, 2}, // nothing new came: not again at once
		{110 * time.Second, 3},
	} {
		if got := at(c.after); got != c.asked {
			t.Errorf("after %v: asked %d times, want %d", c.after, got, c.asked)
		}
	}
}

// Snapshots come every second; pictures are drawn when they would differ.
func TestNothingIsDrawnThatLooksTheSame(t *testing.T) {
	o, s, _ := begin(t, assets.English, look.Dark)
	h := NewHistory(o, HistoryState{})
	h.SetSnapshot(snapshot(clock))
	s.until(t, func() bool { return !h.loader.busy() })
	built := h.drawnKey
	h.SetSnapshot(snapshot(clock.Add(time.Second)))
	if h.drawnKey != built {
		t.Error("a second later, with the same numbers, the view is built anew")
	}
	later := snapshot(clock.Add(2 * time.Second))
	later.Quote("BTCUSDT").Mark.Price *= 1.01 // as if published so: nobody else has it
	h.SetSnapshot(later)
	if h.drawnKey == built {
		t.Error("the price moved by 1 %, and nothing was drawn")
	}
}

func TestChipUnticksAndHighlights(t *testing.T) {
	o, s, _ := begin(t, assets.English, look.Dark)
	p := NewCompare(o, CompareState{})
	var unticked string
	p.OnUntick = func(symbol string) { unticked = symbol }
	w := window(t, p, 640, 330)
	p.SetTicked([]string{"BTCUSDT", "ETHUSDT"})
	p.SetSnapshot(snapshot(clock))
	s.until(t, func() bool { return !p.loader.busy() })
	c := p.legend.items[1].(*chip)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(c).AddXY(5, 5)
	test.MoveMouse(w.Canvas(), at)
	if p.lit != "ETHUSDT" || lines(p.chart)["ETHUSDT"].Width <= lines(p.chart)["BTCUSDT"].Width {
		t.Error("the chip under the pointer does not highlight its line")
	}
	test.MoveMouse(w.Canvas(), at.AddXY(0, 200))
	if p.lit != "" {
		t.Error("the highlight stays")
	}
	test.TapCanvas(w.Canvas(), at)
	if unticked != "" || p.lit != "ETHUSDT" {
		t.Errorf("a tap on the name unticks %q and highlights %q", unticked, p.lit)
	}
	test.TapCanvas(w.Canvas(), at.AddXY(c.Size().Width-15, 0))
	if unticked != "ETHUSDT" {
		t.Errorf("unticked %q", unticked)
	}
}

func TestColoursStayWhileTicked(t *testing.T) {
	o, _, _ := begin(t, assets.English, look.Dark)
	p := NewCompare(o, CompareState{})
	p.SetTicked([]string{"A", "B", "C"})
	p.SetTicked([]string{"B", "C"})
	if want := map[string]int{"B": 1, "C": 2}; !reflect.DeepEqual(p.State().Slots, want) {
		t.Errorf("after unticking A: %v, want %v", p.State().Slots, want)
	}
	p.SetTicked([]string{"B", "C", "D"})
	if want := map[string]int{"B": 1, "C": 2, "D": 0}; !reflect.DeepEqual(p.State().Slots, want) {
		t.Errorf("D takes the lowest free colour: %v, want %v", p.State().Slots, want)
	}
	data, err := json.Marshal(p.State())
	if err != nil {
		t.Fatal(err)
	}
	var kept CompareState
	if err := json.Unmarshal(data, &kept); err != nil {
		t.Fatal(err)
	}
	again := NewCompare(o, kept)
	again.SetTicked([]string{"D", "C", "B"})
	if !reflect.DeepEqual(again.State(), p.State()) {
		t.Errorf("after a restart: %+v, want %+v", again.State(), p.State())
	}
	broken := NewCompare(o, CompareState{Slots: map[string]int{"A": -4, "B": 1e9, "C": 2, "D": 2}, Range: "5 years", Unit: "pounds"})
	broken.SetTicked([]string{"A", "B", "C", "D"})
	if want := map[string]int{"A": 0, "B": 1, "C": 2, "D": 3}; !reflect.DeepEqual(broken.State().Slots, want) {
		t.Errorf("out of a broken file: %v, want %v", broken.State().Slots, want)
	}
}

func TestTwelveAreComparedAndASentenceSaysSo(t *testing.T) {
	o, _, _ := begin(t, assets.English, look.Dark)
	p := NewCompare(o, CompareState{})
	p.SetTicked(strings.Split("A B C D E F G H I J K L M A", " "))
	if len(p.symbols) != 12 || len(p.legend.items) != 12 || len(p.notes.box.Objects) != 1 {
		t.Errorf("%d symbols, %d chips, %d notes", len(p.symbols), len(p.legend.items), len(p.notes.box.Objects))
	}
	p.SetTicked([]string{"A"})
	if len(p.notes.box.Objects) != 0 {
		t.Error("the sentence stays")
	}
}

func TestPercentCountsFromTheFirstPoint(t *testing.T) {
	o, s, src := begin(t, assets.English, look.Dark)
	src.gapAt = 24*time.Hour + time.Minute // so that the first stamps of the range are missing
	p := NewCompare(o, CompareState{})
	p.SetTicked([]string{"BTCUSDT"})
	p.SetSnapshot(snapshot(clock))
	s.until(t, func() bool { return !p.loader.busy() })
	l := lines(p.chart)["BTCUSDT"]
	points := p.loader.loads["BTCUSDT"].series.Points
	if l.Times[0] != points[0].Time || l.Values[0] != 0 {
		t.Errorf("the line starts at %d with %v %%", l.Times[0], l.Values[0])
	}
	if got, want := l.Values[10], 100*(points[10].Contracts/points[0].Contracts-1); math.Abs(got-want) > 1e-9 {
		t.Errorf("the eleventh point is %v %%, want %v", got, want)
	}
}

func TestLiveTailFollowsTheSeries(t *testing.T) {
	series := market.NewSeries("X", market.Period1h, []market.Point{{Time: 0, Contracts: 1, Price: 10}, {Time: 3600_000, Contracts: 2, Price: 10}})
	q := &market.Quote{
		History: market.NewSeries("X", market.Period5m, []market.Point{
			{Time: 3300_000, Contracts: 7, Price: 1}, {Time: 3900_000, Contracts: 3, Price: 11}, {Time: 4200_000, Contracts: 4, Price: 11}}),
		OpenInterest: market.OpenInterest{Contracts: 5, Received: time.UnixMilli(4_300_000)},
		Mark:         market.MarkPrice{Price: 12, Received: time.UnixMilli(4_300_000)},
	}
	tr := newTrack(series, q, 1)
	if want := []int64{3600_000, 3900_000, 4200_000, 4_300_000}; !slices.Equal(tr.times(), want) {
		t.Errorf("times %v, want %v", tr.times(), want)
	}
	if want := []float64{20, 33, 44, 60}; !slices.Equal(tr.usd(), want) {
		t.Errorf("USD %v, want %v", tr.usd(), want)
	}
	if tr.gap != 2*3600_000-1 {
		t.Errorf("a gap is %d ms", tr.gap)
	}
	if nothing := newTrack(nil, nil, 0); nothing.len() != 0 {
		t.Error("points out of nothing")
	}
}

func TestTheTitlePicksAContract(t *testing.T) {
	o, _, _ := begin(t, assets.English, look.Dark)
	h := NewHistory(o, HistoryState{})
	w := window(t, h, 640, 430)
	h.SetSnapshot(snapshot(clock))
	for typed, want := range map[string]string{"xrp": "XRPUSDT", "币安": "币安人生USDT", "pepe": "1000PEPEUSDT"} {
		test.Tap(h.picker)
		search := w.Canvas().Focused()
		if search == nil {
			t.Fatal("one can't type at once")
		}
		test.Type(search, typed)
		search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		if h.State().Symbol != want || h.picker.Chosen() != want {
			t.Errorf("typed %s, picked %q; the title says %q", typed, h.State().Symbol, h.picker.Chosen())
		}
	}
}

func TestUnitsFollowTheArrowKeys(t *testing.T) {
	o, _, _ := begin(t, assets.English, look.Dark)
	p := NewCompare(o, CompareState{})
	for range 2 {
		p.units.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	}
	if p.State().Unit != UnitContracts {
		t.Errorf("unit %q", p.State().Unit)
	}
	if !p.scale.Visible() {
		t.Error("contracts can be shown on a logarithmic scale, but there is no switch")
	}
}
