package alerts

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"openinterest/assets"
	"openinterest/data/alert"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/ui/columns"
	"openinterest/ui/look"
)

var words = assets.NewWords(assets.English)

func TestAlertIsNotifiedLoggedAndToldOnce(t *testing.T) {
	d, seen := newDesk(t, flushes("a"))
	o := Observation{Now: noon.Add(time.Minute), Snapshot: live(quote("BTCUSDT", 100, noon)), Board: board(flush("BTCUSDT", noon))}
	d.Observe(words, o)
	for range 3 {
		o.Now = o.Now.Add(2 * time.Second)
		d.Observe(words, o)
	}
	if len(seen.titles) != 1 || !strings.HasPrefix(seen.titles[0], "BTCUSDT: ") || len(d.Log()) != 1 {
		t.Fatalf("notified %q, %d log lines", seen.titles, len(d.Log()))
	}
	text := New(words).Text(&d.Log()[0].Alert)
	for _, part := range []string{"\u22124.20 %", "\u22125.1", "\u22122.10 %", "12:00 UTC"} {
		if !strings.Contains(text, part) {
			t.Errorf("the evidence %q lacks %q", text, part)
		}
	}

	kept, err := json.Marshal(seen.kept) // and started again
	if err != nil {
		t.Fatal(err)
	}
	var s State
	if err := json.Unmarshal(kept, &s); err != nil {
		t.Fatal(err)
	}
	again := NewDesk(DeskOptions{State: s, Notify: func(title, _ string) { t.Errorf("told again after a restart: %s", title) }})
	again.Observe(words, o)
}

func TestQuietHoursOnlyLog(t *testing.T) {
	r := flushes("a")
	r.Quiet = &alert.Quiet{From: 11 * 60, To: 13 * 60}
	d, seen := newDesk(t, r)
	d.Observe(words, Observation{Now: noon, Snapshot: live(quote("BTCUSDT", 100, noon)), Board: board(flush("BTCUSDT", noon))})
	if len(seen.titles) != 0 || len(d.Log()) != 1 || !d.Log()[0].Quiet {
		t.Errorf("notified %q, log %+v", seen.titles, d.Log())
	}
}

func TestManyAlertsAtOnceAreSummedUp(t *testing.T) {
	d, seen := newDesk(t, flushes("a"))
	var events []signal.Event
	var quotes []*market.Quote
	for _, s := range []string{"AUSDT", "BUSDT", "CUSDT", "DUSDT", "EUSDT"} {
		events, quotes = append(events, flush(s, noon)), append(quotes, quote(s, 1, noon))
	}
	d.Observe(words, Observation{Now: noon, Snapshot: live(quotes...), Board: board(events...)})
	if len(seen.titles) != 3 || seen.titles[2] != "3 more alerts" || len(d.Log()) != 5 {
		t.Errorf("notified %q, %d log lines", seen.titles, len(d.Log()))
	}
}

func TestEventsOfBeforeTheStartAreInTheLogButNotNotified(t *testing.T) {
	d, seen := newDesk(t, flushes("a"))
	computed := board(flush("SOLUSDT", noon.Add(-2*time.Hour)))
	computed.Events[0].Live = false
	b := board(flush("BTCUSDT", noon.Add(-3*time.Hour)), flush("ETHUSDT", noon.Add(-30*time.Hour)))
	b.Events = append(b.Events, computed.Events...)
	d.Observe(words, Observation{Now: noon, Snapshot: live(quote("BTCUSDT", 1, noon)), Board: b})
	if len(seen.titles) != 0 || len(d.Log()) != 1 || !d.Log()[0].Earlier || d.Log()[0].Symbol != "BTCUSDT" {
		t.Errorf("notified %q, log %+v", seen.titles, d.Log())
	}
}

func TestFavouritesAreThoseOfTheMoment(t *testing.T) {
	r := flushes("a")
	r.Scope = alert.ScopeFavourites
	d, seen := newDesk(t, r)
	s := live(quote("BTCUSDT", 1, noon), quote("ETHUSDT", 1, noon))
	d.Observe(words, Observation{Now: noon, Snapshot: s, Board: board(flush("BTCUSDT", noon), flush("ETHUSDT", noon)), Circle: favourites("ETHUSDT")})
	if len(seen.titles) != 1 || !strings.HasPrefix(seen.titles[0], "ETHUSDT") {
		t.Errorf("notified %q", seen.titles)
	}
}

// Everything numeric in the table can be watched, and is called there as it is here.
func TestEveryNumericColumnOfTheTableCanBeWatched(t *testing.T) {
	mine := alert.Columns()
	for _, c := range columns.All(words, New(words).explain) {
		if c.Key != nil && c.ID != columns.Signal && c.ID != columns.Trend && c.ID != columns.Tick && c.ID != columns.Star && !slices.Contains(mine, alert.Column(c.ID)) {
			t.Errorf("the table's column %s cannot be watched", c.ID)
		}
	}
	for _, c := range mine {
		if New(words).column(c) == "" {
			t.Errorf("%s has no name", c)
		}
	}
}

func TestBoundsAsPeopleTypeThem(t *testing.T) {
	for text, want := range map[string]float64{"1.5": 1.5, " −2.5 % ": -2.5, "-3": -3, "+3": 3, "1,500": 1500, "2.5B": 2.5e9, "80k": 80_000,
		"3亿": 3e8, "250万": 2.5e6, "100 USDT": 100, "$5m": 5e6, "0.0001": 0.0001} {
		if got := parseBound(text); got != want {
			t.Errorf("%q is read as %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{"", "abc", "1.2.3", "nan", "inf", "0x10", "1e400", "--1", "B"} {
		if got := parseBound(text); market.Known(got) {
			t.Errorf("%q is read as %v, want unknown", text, got)
		}
	}
}

func TestMakingARule(t *testing.T) {
	d, seen := newDesk(t)
	o, s := options(t, assets.English, look.Dark, d)
	p := NewPane(o)
	window(t, p, 1100, 340)
	p.Edit(firstRule())
	e := p.editor
	e.subject.SetSelected("Mark price")
	if !e.save.Disabled() || !strings.Contains(e.wrong.Text, "number") {
		t.Error("a threshold without a number can be saved")
	}
	e.direction.SetSelectedIndex(1)
	e.bound.SetText("100")
	s.until(t, func() bool { return e.trial.finished && e.rule.Bound == 100 })
	if len(d.Rules()) != 0 {
		t.Error("the dry run comes after the rule is kept")
	}
	if len(p.entries) != 7 || p.entries[0].Symbol != "ETHUSDT" || !p.entries[0].Time.Equal(noon) ||
		!strings.Contains(p.note.Text, "7 alerts") || !strings.Contains(p.note.Text, "5-minute stamps") {
		t.Errorf("the dry run: %d entries, %q", len(p.entries), p.note.Text)
	}
	e.quiet.SetChecked(true)
	e.from.SetSelected("11:00")
	e.to.SetSelected("13:00")
	e.zone.SetSelectedIndex(0)
	test.Tap(e.save)
	rules := d.Rules()
	if len(rules) != 1 || rules[0].ID == "" || rules[0].Column != alert.Price || rules[0].Direction != alert.Down || rules[0].Bound != 100 ||
		rules[0].Quiet == nil || *rules[0].Quiet != (alert.Quiet{From: 660, To: 780}) || len(seen.kept.Rules) != 1 {
		t.Fatalf("kept %+v", rules)
	}
	if got := New(words).Condition(&rules[0]); got != "Mark price falls to 100 USDT" {
		t.Errorf("the rule reads %q", got)
	}
	if got := New(words).Terms(&rules[0]); got != "favourites · then silent for 1 h · quiet 11:00–13:00 UTC" {
		t.Errorf("its terms read %q", got)
	}

	p.Edit(rules[0]) // and changed
	p.editor.bound.SetText("90")
	test.Tap(p.editor.save)
	if rules := d.Rules(); len(rules) != 1 || rules[0].Bound != 90 {
		t.Errorf("after the change: %+v", rules)
	}
	d.DeleteRule(rules[0].ID)
	if len(d.Rules()) != 0 || len(seen.kept.Rules) != 0 {
		t.Error("the rule is still there")
	}
}

func TestDryRunOfSignalsCountsWhatIsQuietAndWhatIsMissing(t *testing.T) {
	d, _ := newDesk(t)
	o, s := options(t, assets.English, look.Dark, d)
	o.Past = &archive{missing: "BTCUSDT"}
	p := NewPane(o)
	window(t, p, 1100, 340)
	r := flushes("")
	r.Quiet = &alert.Quiet{From: 11 * 60, To: 13 * 60}
	p.Edit(r)
	s.until(t, func() bool { return p.editor.trial.finished })
	for _, part := range []string{"7 alerts", "7 of them in quiet hours", "for all 7 days on 1 of 2 contracts", "for 3.5 days on average", "takes 15 days of history"} {
		if !strings.Contains(p.note.Text, part) {
			t.Errorf("the dry run says %q, without %q", p.note.Text, part)
		}
	}
	if p.fetch.Visible() {
		t.Error("without an archive it is offered to fetch from it")
	}
}

// "0 alerts" of two days is not "0 alerts" of seven: it is said, and what is
// missing can be fetched; once it is there, the dry run is made again.
func TestADryRunOfPartOfTheSpanSaysSoAndOffersTheRest(t *testing.T) {
	d, _ := newDesk(t)
	o, s := options(t, assets.English, look.Dark, d)
	past := &archive{short: map[string]time.Duration{"BTCUSDT": 48 * time.Hour, "ETHUSDT": 36 * time.Hour}}
	o.Past = past
	var fetched []string
	days := 0
	o.OnFetch = func(symbols []string, n int) { fetched, days = symbols, n }
	p := NewPane(o)
	window(t, p, 1100, 340)
	for _, r := range []alert.Rule{flushes(""), {Column: alert.OIUSD, Direction: alert.Up, Bound: 1e12, Scope: alert.ScopeAll}} {
		p.Edit(r)
		s.until(t, func() bool { return p.editor.trial.finished })
		said := p.note.Text
		for _, part := range []string{"In what is known of the last 7 days", "on 0 of 2 contracts"} {
			if !strings.Contains(said, part) {
				t.Errorf("the dry run says %q, without %q", said, part)
			}
		}
		if !p.fetch.Visible() {
			t.Error("it is not offered to fetch the rest")
		}
	}
	if !strings.Contains(p.note.Text, "raise") || !strings.Contains(p.note.Text, "0 alerts") || p.fetch.Text != "Fetch 8 days from the archive" {
		t.Errorf("of a threshold: %q, %q", p.note.Text, p.fetch.Text)
	}
	test.Tap(p.fetch)
	if len(fetched) != 2 || days != 8 || !p.fetch.Disabled() || !strings.Contains(p.fetch.Text, "2 contracts") {
		t.Errorf("fetched %v for %d days; the button says %q", fetched, days, p.fetch.Text)
	}
	past.short = nil
	p.PastGrew()
	s.until(t, func() bool { return p.editor.trial.finished && len(p.editor.trial.lacking) == 0 })
	if p.fetch.Visible() || !strings.Contains(p.note.Text, "In the last 7 days this rule would have raised 0 alerts") {
		t.Errorf("with the whole past: %q", p.note.Text)
	}
}

func TestWhatCannotBeDryRunIsSaid(t *testing.T) {
	d, _ := newDesk(t)
	o, _ := options(t, assets.English, look.Dark, d)
	p := NewPane(o)
	window(t, p, 1100, 340)
	p.Edit(alert.Rule{Column: alert.FundingAPR, Direction: alert.Up, Bound: 50, Scope: alert.ScopeAll})
	if !strings.Contains(p.note.Text, "cannot be dry-run") || p.editor.save.Disabled() {
		t.Errorf("a rule on funding: %q", p.note.Text)
	}
	o.Past = nil
	p = NewPane(o)
	p.Edit(flushes(""))
	if !strings.Contains(p.note.Text, "No history is kept") {
		t.Errorf("without history: %q", p.note.Text)
	}
}

func TestLeavingTheFormEndsTheDryRun(t *testing.T) {
	d, _ := newDesk(t)
	o, s := options(t, assets.English, look.Dark, d)
	past := &archive{gate: make(chan bool)}
	o.Past = past
	p := NewPane(o)
	p.Edit(flushes(""))
	past.gate <- true // one contract done, the other waits
	s.until(t, func() bool { return p.editor.trial.done == 1 })
	p.done()
	if p.editor != nil || p.title.Text() != "Log" {
		t.Errorf("after leaving: %q", p.title.Text())
	}
}

func TestPictures(t *testing.T) {
	rules := []alert.Rule{
		flushes("1"),
		{ID: "2", Column: alert.OIChange1h, Direction: alert.Up, Bound: 5, Scope: alert.ScopeFavourites, CooldownMinutes: 240,
			Quiet: &alert.Quiet{From: 22 * 60, To: 7 * 60, Local: true}},
		{ID: "3", Column: alert.Price, Direction: alert.Down, Bound: 60_000, Scope: alert.ScopeOne, Symbol: "BTCUSDT", Off: true},
	}
	fill := func(d *Desk) {
		d.Observe(words, Observation{Now: noon, Snapshot: live(quote("BTCUSDT", 61_000, noon)), Board: board(flush("ETHUSDT", noon.Add(-5*time.Hour)))})
		later := noon.Add(5 * time.Minute)
		d.Observe(words, Observation{Now: later, Snapshot: live(quote("BTCUSDT", 59_000, later)), Board: board(flush("BTCUSDT", noon.Add(3*time.Minute)))})
	}
	for _, c := range []struct {
		name  string
		lang  assets.Language
		mode  look.Mode
		edit  *alert.Rule
		empty bool
	}{
		{"rules_dark_en", assets.English, look.Dark, nil, false},
		{"rules_light_zh", assets.Chinese, look.Light, nil, false},
		{"form_dark_en", assets.English, look.Dark, &alert.Rule{Column: alert.Price, Direction: alert.Down, Bound: 100, Scope: alert.ScopeOne, Symbol: "BTCUSDT",
			CooldownMinutes: 60, Quiet: &alert.Quiet{From: 11 * 60, To: 13 * 60}}, false},
		{"form_light_zh", assets.Chinese, look.Light, &alert.Rule{Column: alert.FundingAPR, Direction: alert.Up, Bound: 50, Scope: alert.ScopeAll}, false},
		{"empty_dark_en", assets.English, look.Dark, nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, _ := newDesk(t)
			o, s := options(t, c.lang, c.mode, d)
			if !c.empty {
				d, _ = newDesk(t, rules...)
				o.Desk = d
				fill(d)
			}
			p := NewPane(o)
			if c.edit != nil {
				p.Edit(*c.edit)
				s.until(t, func() bool { return p.editor.trial.finished || !c.edit.CanDryRun() })
			}
			w := window(t, p, 1100, 320)
			test.AssertImageMatches(t, c.name+".png", w.Canvas().Capture())
		})
	}
}

func TestOpeningAContractFromTheLog(t *testing.T) {
	d, _ := newDesk(t, flushes("a"))
	o, _ := options(t, assets.English, look.Dark, d)
	opened := ""
	o.OnOpen = func(symbol string) { opened = symbol }
	p := NewPane(o)
	d.Observe(words, Observation{Now: noon, Snapshot: live(quote("BTCUSDT", 1, noon)), Board: board(flush("BTCUSDT", noon))})
	w := window(t, p, 1100, 320)
	test.TapCanvas(w.Canvas(), fyne.NewPos(700, 60))
	if opened != "BTCUSDT" {
		t.Errorf("opened %q", opened)
	}
}
