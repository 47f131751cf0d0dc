package scorecard

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/format"
	"openinterest/ui/look"
)

func TestPictures(t *testing.T) {
	short := card()
	short.Days, short.ArchiveNeeded, short.From = 31, true, noon.AddDate(0, 0, -31)
	for i := range short.Cells {
		short.Cells[i].Cases, short.Cells[i].Grade, short.Cells[i].Rate, short.Cells[i].Verdict = 7, signal.NotEnough, unknownInterval, signal.TooFew
	}
	for _, c := range []struct {
		name   string
		lang   assets.Language
		mode   look.Mode
		size   fyne.Size
		card   signal.Scorecard
		choice Choice
	}{
		{"year_dark_en", assets.English, look.Dark, fyne.NewSize(1160, 330), card(), Choice{}},
		{"year_light_zh", assets.Chinese, look.Light, fyne.NewSize(1160, 330), card(), Choice{}},
		{"month_dark_en", assets.English, look.Dark, fyne.NewSize(1000, 300), short, Choice{Horizon: "7d"}},
		{"narrow_dark_en", assets.English, look.Dark, fyne.NewSize(950, 300), card(), Choice{}},
		{"live_light_zh", assets.Chinese, look.Light, fyne.NewSize(1000, 240), card(), Choice{Live: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			begin(t, c.mode)
			p := New(Options{Words: assets.NewWords(c.lang), Choice: c.choice, OnArchive: func(string) {},
				Book: filled(t, &shelf{symbols: []string{"BTCUSDT"}}, "BTCUSDT", signal.Cards{History: c.card})})
			p.SetShown(true)
			w := window(t, p, c.size.Width, c.size.Height)
			test.AssertImageMatches(t, c.name+".png", w.Canvas().Capture())
		})
	}
}

func pane(t *testing.T, c Choice, cards signal.Cards) *Pane {
	begin(t, look.Dark)
	p := New(Options{Words: english(), Choice: c, Book: filled(t, &shelf{}, "BTCUSDT", cards)})
	p.SetShown(true)
	window(t, p, 1200, 400)
	return p
}

func TestRowsAreSortedByTheLowerBoundAndUnknownOnesLast(t *testing.T) {
	p := pane(t, Choice{}, signal.Cards{History: card()})
	if len(p.rows) != len(signal.EventKinds()) {
		t.Fatalf("%d rows for 24 h, want one a kind", len(p.rows))
	}
	var order []string
	for _, r := range p.rows[:5] {
		order = append(order, string(r.cell.Kind))
	}
	if got := strings.Join(order, " "); got != "spike_1h weakening_rally_24h strong_bullish_24h divergence_high strong_bearish_24h" {
		t.Errorf("rows come as %s", got)
	}
	for _, r := range p.rows[5:] {
		if r.texts[colRate] != "" || r.texts[colVerdict] != "not enough data" || !r.faint {
			t.Errorf("%s with %d cases shows %q, %q", r.cell.Kind, r.cell.Cases, r.texts[colRate], r.texts[colVerdict])
		}
	}
}

func TestWhatIsGreyedAndWhatHasABadge(t *testing.T) {
	p := pane(t, Choice{}, signal.Cards{History: card()})
	for _, r := range p.rows {
		badge := strings.HasPrefix(r.texts[colSignal], "◆")
		switch r.cell.Kind {
		case signal.StrongBearish24h, signal.Spike1h:
			if !badge || r.faint {
				t.Errorf("%s: badge %v, greyed %v", r.cell.Kind, badge, r.faint)
			}
		case signal.DivergenceHigh:
			if badge || !r.faint || r.texts[colRate] != "50 %" {
				t.Errorf("14 cases: badge %v, greyed %v, rate %q", badge, r.faint, r.texts[colRate])
			}
		default:
			if badge {
				t.Errorf("%s has a badge", r.cell.Kind)
			}
		}
	}
}

func TestChoosingARowTellsItInWords(t *testing.T) {
	p := pane(t, Choice{}, signal.Cards{History: card()})
	p.list.Select(2)
	want := "In 42 independent cases on BTCUSDT since 2024-06-17, price was higher 24 h later in 55 % (95 % CI 40–69 %); base rate 52 %. Not distinguishable from chance."
	if p.sentence.Text != want {
		t.Errorf("the row reads\n%s\nwant\n%s", p.sentence.Text, want)
	}
	p.list.Select(4)
	for _, part := range []string{"34 %", "by \u221218 points", "q = 0.041", "both halves"} {
		if !strings.Contains(p.sentence.Text, part) {
			t.Errorf("a finding reads %q, without %q", p.sentence.Text, part)
		}
	}
	p.list.Select(7)
	if !strings.Contains(p.sentence.Text, "not enough data") || strings.Contains(p.sentence.Text, "%") {
		t.Errorf("4 cases read %q", p.sentence.Text)
	}
}

func TestLiftIsToldInWordsBeforeAnythingElse(t *testing.T) {
	p := pane(t, Choice{}, signal.Cards{History: card()})
	if !strings.Contains(p.lift.Text, "added nothing beyond price") {
		t.Errorf("the lift reads %q", p.lift.Text)
	}
	if got := p.headline.lines[0].sides[0].value.Text; got != "\u221216 (\u221237 … +6) points, n = 42 + 38" {
		t.Errorf("lift %q", got)
	}
	if got := p.headline.lines[1].sides[1].value.Text; got != "not enough data, n = 42 + 7" {
		t.Errorf("a lift with 7 cases: %q", got)
	}
}

func TestHorizonsAreChosenAndRemembered(t *testing.T) {
	begin(t, look.Dark)
	var told []Choice
	p := New(Options{Words: english(), Book: filled(t, &shelf{}, "BTCUSDT", signal.Cards{History: card()}),
		OnChoice: func(c Choice) { told = append(told, c) }})
	window(t, p, 1200, 400)
	p.horizons.FocusGained()
	p.horizons.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight}) // 7 d
	if len(told) != 1 || told[0].Horizon != "7d" || p.rows[0].cell.Window != market.Window7d {
		t.Errorf("after one step to the right: %+v", told)
	}
	p.horizons.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight}) // all
	if len(p.rows) != 4*len(signal.EventKinds()) {
		t.Errorf("%d rows for all horizons", len(p.rows))
	}
	again := New(Options{Words: english(), Book: p.o.Book, Choice: told[1]})
	if again.horizons.Chosen() != 4 || len(again.rows) != len(p.rows) {
		t.Error("the choice does not survive a start")
	}
}

func TestArchiveIsAskedForWhereHistoryIsShort(t *testing.T) {
	begin(t, look.Dark)
	short, asked := card(), ""
	short.ArchiveNeeded, short.Days = true, 31
	p := New(Options{Words: english(), Book: filled(t, &shelf{}, "BTCUSDT", signal.Cards{History: short}),
		OnArchive: func(symbol string) { asked = symbol }})
	window(t, p, 1200, 400)
	if !p.noteRow.Visible() || !strings.Contains(p.note.Text, "31 days") {
		t.Errorf("31 days: the note %q is shown: %v", p.note.Text, p.noteRow.Visible())
	}
	test.Tap(p.archive)
	if asked != "BTCUSDT" {
		t.Errorf("asked for %q", asked)
	}
	if p.archive.Visible() {
		t.Error("it can be asked for again while it is on its way")
	}
	p.SetFetching("BTCUSDT", Fetching{Done: 30, Days: 334})
	if !strings.Contains(p.note.Text, "30 / 334 days") {
		t.Errorf("on its way: %q", p.note.Text)
	}
	p.SetFetching("BTCUSDT", Fetching{Done: 334, Days: 334, Ended: true, Failed: true})
	if !p.archive.Visible() || !strings.Contains(p.note.Text, "could not be fetched") {
		t.Errorf("ended in failure: %q", p.note.Text)
	}
	if q := pane(t, Choice{}, signal.Cards{History: card()}); q.noteRow.Visible() {
		t.Error("a year of history, and the archive is asked for")
	}
}

func TestLiveEventsAreKeptApart(t *testing.T) {
	p := pane(t, Choice{Live: true}, signal.Cards{History: card()})
	if len(p.rows) != 0 || !strings.Contains(p.message.Text, "No events were seen live yet") {
		t.Errorf("nothing seen live: %d rows, %q", len(p.rows), p.message.Text)
	}
	live := card()
	live.Origin = signal.SeenLive
	live.Cells = live.Cells[:8]
	p = pane(t, Choice{Live: true}, signal.Cards{History: card(), Live: &live})
	if len(p.rows) != 2 {
		t.Errorf("%d rows, want those of the live card alone", len(p.rows))
	}
}

func TestWithoutHistoryItSaysSo(t *testing.T) {
	begin(t, look.Dark)
	p := New(Options{Words: english()})
	p.SetShown(true)
	window(t, p, 800, 300)
	if !strings.Contains(p.message.Text, "No history is kept") || !p.message.Visible() || p.again.Visible() {
		t.Errorf("it shows %q", p.message.Text)
	}
}

func TestLineFallsBackOnAllContracts(t *testing.T) {
	b := filled(t, &shelf{}, Pooled, signal.Cards{History: card()})
	if got := b.Line(english(), signal.StrongBullish24h, "ETHUSDT"); !strings.Contains(got, "all contracts") {
		t.Errorf("a contract that was not scored: %q", got)
	}
	own := card()
	*b.of("ETHUSDT") = State{Cards: &signal.Cards{History: own}, At: noon}
	if got := b.Line(english(), signal.StrongBullish24h, "ETHUSDT"); !strings.Contains(got, "on ETHUSDT") {
		t.Errorf("a contract with 42 cases: %q", got)
	}
	if got := b.Line(english(), signal.Flush1h, "SOLUSDT"); !strings.Contains(got, "not enough data") {
		t.Errorf("a kind with 4 cases: %q", got)
	}
}

func TestWhatDoesNotFitIsToldInTheSentence(t *testing.T) {
	begin(t, look.Dark)
	p := New(Options{Words: english(), Book: filled(t, &shelf{}, "BTCUSDT", signal.Cards{History: card()})})
	w := window(t, p, 950, 320)
	if !strings.Contains(p.sentence.Text, "Halves: +33 / +38.") || !strings.Contains(p.sentence.Text, "1.31×") {
		t.Errorf("950 wide: %q", p.sentence.Text)
	}
	late := New(Options{Words: english(), Book: filled(t, &shelf{}, "ETHUSDT", signal.Cards{History: card()})})
	window(t, late, 1200, 320) // has its size before it has anything to show
	late.pick("ETHUSDT")
	if len(late.rows) == 0 || strings.Contains(late.sentence.Text, "Halves:") {
		t.Errorf("shown late: %q", late.sentence.Text)
	}
	w.Resize(fyne.NewSize(1200, 320))
	if strings.Contains(p.sentence.Text, "Halves:") {
		t.Errorf("1200 wide, where all columns fit: %q", p.sentence.Text)
	}
}

// A kind that could never be evaluated did not fail to fire, and a pooled
// sentence says on how many contracts it rests.
func TestWhatCouldNotBeEvaluatedIsNotZero(t *testing.T) {
	c := signal.Cell{Kind: signal.CrowdedLongs, Window: market.Window24h, Grade: signal.NotEnough, OfContracts: 1}
	if got := Sentence(english(), "BTCUSDT", &c); !strings.Contains(got, "could not be evaluated on BTCUSDT yet") || !strings.Contains(got, "30 days") {
		t.Errorf("%q", got)
	}
	if got := cases(&c); got != format.Unknown {
		t.Errorf("n reads %q", got)
	}
	c.Since = noon
	if got := Sentence(english(), "BTCUSDT", &c); !strings.Contains(got, "0 independent cases") || cases(&c) != "0" {
		t.Errorf("evaluated, and never fired: %q", got)
	}
	pooled := cells()[0]
	pooled.Contracts, pooled.OfContracts = 12, 517
	if got := Sentence(english(), Pooled, &pooled); !strings.Contains(got, "evaluated on 12 of 517 contracts") {
		t.Errorf("%q", got)
	}
}

// tell is a click on the check box that pins.
func (p *Pane) tell(pinned bool) { p.pin.SetChecked(pinned) }

func TestTheScorecardFollowsTheChart(t *testing.T) {
	p := pane(t, Choice{}, signal.Cards{History: card()})
	p.Follow("SOLUSDT")
	if got := p.Choice().Symbol; got != "SOLUSDT" || p.picker.Chosen() != "SOLUSDT" {
		t.Errorf("SOLUSDT is charted, the scorecard is %s's, the picker says %s", got, p.picker.Chosen())
	}
	p.tell(true)
	p.Follow("ETHUSDT")
	if got := p.Choice().Symbol; got != "SOLUSDT" {
		t.Errorf("pinned to SOLUSDT, it is %s's", got)
	}
	p.tell(false)
	if got := p.Choice().Symbol; got != "ETHUSDT" {
		t.Errorf("no longer pinned, it is %s's, not that of the chart", got)
	}
	p.pick("XRPUSDT") // asked for here: it stays
	p.Follow("SOLUSDT")
	if got := p.Choice(); got.Symbol != "XRPUSDT" || !got.Pinned || !p.pin.Checked {
		t.Errorf("a contract picked here does not stay: %+v", got)
	}
	p.pick(Pooled)
	p.Follow("BTCUSDT")
	if !p.Choice().Pooled {
		t.Error("the scorecard of all contracts made way for the chart's")
	}
}

// The window of 1440 × 900 leaves the pane about this much.
func TestTenRowsFitBesideTheTable(t *testing.T) {
	p := pane(t, Choice{}, signal.Cards{History: card()})
	p.Resize(fyne.NewSize(1090, 300))
	if rows := int(p.list.Size().Height / (p.rowHeight + theme.Padding())); rows < leastRows {
		t.Errorf("%d rows fit", rows)
	}
	if !p.headline.folded || p.lift.Visible() {
		t.Error("there is no room for all, but the headline is unfolded")
	}
	test.TapAt(p.headline, fyne.NewPos(10, 5))
	if p.headline.folded || !p.lift.Visible() {
		t.Error("a click does not unfold it")
	}
	test.TapAt(p.headline, fyne.NewPos(10, 5))
	if !p.headline.folded {
		t.Error("a second click does not fold it")
	}
	p.Resize(fyne.NewSize(1090, 600))
	if p.headline.folded {
		t.Error("it is folded though there is room")
	}
}

// The smallest window people use, 1100 × 700, leaves the pane about this much. The rows
// have it all; what is told beside them is a click away.
func TestTenRowsFitInALowWindow(t *testing.T) {
	short := card()
	short.Days, short.ArchiveNeeded = 31, true
	for _, lang := range []assets.Language{assets.English, assets.Chinese} {
		begin(t, look.Dark)
		p := New(Options{Words: assets.NewWords(lang), OnArchive: func(string) {}, Book: filled(t, &shelf{}, "BTCUSDT", signal.Cards{History: short})})
		p.SetShown(true)
		window(t, p, 1100, 218)
		rows := func() int { return int((p.list.Size().Height + theme.Padding()) / (p.rowHeight + theme.Padding())) }
		if rows() < 10 {
			t.Errorf("%s: %d rows fit", lang, rows())
		}
		if !strings.HasPrefix(p.notes.Text, "⚠") {
			t.Errorf("%s: nothing warns of the short history: %q", lang, p.notes.Text)
		}
		p.list.Select(2)
		if want := Sentence(p.w, "BTCUSDT", &p.rows[2].cell); !p.sentence.Visible() || !strings.HasPrefix(p.sentence.Text, want) {
			t.Errorf("%s: a chosen row says %q, want %q", lang, p.sentence.Text, want)
		}
		test.Tap(p.notes)
		for name, o := range map[string]fyne.CanvasObject{"headline": p.headline, "lift": p.lift, "note": p.noteRow, "sentence": p.sentence} {
			if !o.Visible() {
				t.Errorf("%s: unfolded, the %s is not shown", lang, name)
			}
		}
		test.Tap(p.notes)
		if rows() < 10 || p.sentence.Visible() {
			t.Errorf("%s: folded again, %d rows fit", lang, rows())
		}
	}
}
