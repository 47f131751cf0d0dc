package alerts

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"openinterest/assets"
	"openinterest/data/alert"
	"openinterest/data/alert/deliver"
	"openinterest/data/market"
	"openinterest/ui/columns"
	"openinterest/ui/look"
)

// A rule that joins conditions is made in the form, tried, kept, and read back into it.
func TestConditionsAreJoinedInTheForm(t *testing.T) {
	d, _ := newDesk(t)
	o, s := options(t, assets.English, look.Dark, d)
	o.Lists = func() []string { return []string{"Mine"} }
	p := NewPane(o)
	window(t, p, 1100, 500)
	p.Edit(firstRule())
	e := p.editor
	e.subject.SetSelected("Conditions, several joined")
	if !e.save.Disabled() || !strings.Contains(e.wrong.Text, "Add a condition") {
		t.Errorf("without conditions: %q", e.wrong.Text)
	}
	e.change.SetSelected("on entering and leaving")
	e.where.add(alert.Condition{Column: alert.OIUSD})
	e.changed()
	if !e.save.Disabled() || !strings.Contains(e.wrong.Text, "numbers") {
		t.Errorf("a condition without a number: %q", e.wrong.Text)
	}
	l := e.where.lines[0]
	l.column.SetSelected("Price")
	l.how.SetSelected("≤")
	l.high.SetText("100")
	e.where.add(alert.Condition{Column: alert.SignalColumn, Is: []string{"flush_1h", "spike_1h"}})
	e.changed()
	e.scope.SetSelected("a watchlist")
	if !strings.Contains(e.wrong.Text, "watchlist") {
		t.Errorf("without a list: %q", e.wrong.Text)
	}
	e.scope.SetSelected("all contracts")
	s.until(t, func() bool { return e.trial.finished && len(e.rule.Where) == 2 && e.rule.Scope == alert.ScopeAll })
	// Each of the 2 contracts falls to 99 at noon, and rises again at midnight.
	if !strings.Contains(p.note.Text, "In the last 7 days this rule would have raised 28 alerts.") {
		t.Errorf("the dry run says %q", p.note.Text)
	}
	e.where.add(alert.Condition{Column: alert.FundingAPR, Min: new(float64)})
	e.changed()
	s.until(t, func() bool { return e.trial.finished && len(e.trial.rule.Where) == 3 })
	if !strings.Contains(p.note.Text, "28 alerts") || !strings.Contains(p.note.Text, "Judged without APR %") {
		t.Errorf("it does not say what it leaves out: %q", p.note.Text)
	}
	test.Tap(e.where.lines[2].object.Objects[1].(*widget.Button)) // takes it away again
	e.scope.SetSelected("a watchlist")
	e.list.SetSelected("Mine")
	test.Tap(e.save)
	hundred := 100.0
	want := alert.Rule{On: alert.Either, Scope: alert.ScopeList, List: "Mine", CooldownMinutes: 60,
		Where: []alert.Condition{{Column: alert.Price, Max: &hundred}, {Column: alert.SignalColumn, Is: []string{"flush_1h", "spike_1h"}}}}
	got := d.Rules()[0]
	if got.ID = ""; !reflect.DeepEqual(got, want) {
		t.Errorf("kept %+v", got)
	}
	if text := New(words).Condition(&got); text != "On entering and leaving: Price ≤ 100 and Signal: Flush, 1 h, Spike, 1 h" {
		t.Errorf("the rule reads %q", text)
	}
	p.Edit(d.Rules()[0])
	again := p.editor.rule
	p.editor.read()
	if !reflect.DeepEqual(again, p.editor.rule) {
		t.Errorf("in the form %+v became %+v", again, p.editor.rule)
	}
}

func TestAViewBecomesARule(t *testing.T) {
	q := columns.Query{Kind: "strong_bullish", Where: []columns.Condition{columns.AtLeast(columns.OIUSD, 5e6)}, List: "Mine", Search: "btc"}
	r := ViewRule("Movers", &q)
	if r.Check() != nil || r.Scope != alert.ScopeList || len(r.Where) != 2 || r.On != alert.Enters {
		t.Errorf("%+v: %v", r, r.Check())
	}
	if text := New(words).Condition(&r); text != "Movers: On entering: Signal: Strong Bullish and OI (USD) ≥ 5 M" {
		t.Errorf("it reads %q", text)
	}
	if r := ViewRule("Favourites", &columns.Query{FavouritesOnly: true}); r.Check() != nil || r.Signal != alert.AnySignal || r.Scope != alert.ScopeFavourites {
		t.Errorf("%+v: %v", r, r.Check())
	}
}

// However narrow the list is, a rule's threshold stands in it whole; its name is cut.
func TestTheThresholdIsNeverCut(t *testing.T) {
	d, _ := newDesk(t, alert.Rule{ID: "r", Column: alert.OIPositions24h, Direction: alert.Up, Bound: 123.5e6, Scope: alert.ScopeAll})
	o, _ := options(t, assets.English, look.Dark, d)
	p := NewPane(o)
	window(t, p, 660, 320)
	var texts []*widget.Label
	var visit func(o fyne.CanvasObject)
	visit = func(o fyne.CanvasObject) {
		switch x := o.(type) {
		case *widget.Label:
			texts = append(texts, x)
		case *fyne.Container:
			for _, c := range x.Objects {
				visit(c)
			}
		case *container.Scroll:
			visit(x.Content)
		}
	}
	visit(p.left)
	i := slices.IndexFunc(texts, func(l *widget.Label) bool {
		return strings.Contains(l.Text, "123.5 M USD") || strings.Contains(l.Text, "124 M USD")
	})
	if i < 0 {
		t.Fatal("there is no label with the threshold")
	}
	if l := texts[i]; l.Truncation != fyne.TextTruncateOff || l.Size().Width < l.MinSize().Width || l.Position().X+l.Size().Width > 660*0.6 {
		t.Errorf("the threshold %q has %v at %v", l.Text, l.Size(), l.Position())
	}
	a := alert.Alert{Symbol: "BTCUSDT", Rule: d.Rules()[0], Value: 1, Before: 2}
	if title := New(words).Title(&a); !strings.HasSuffix(title, " M USD") {
		t.Errorf("the alert's title is %q", title)
	}
}

// Many alerts are told in few messages, and in one line of the window; those that came
// later follow in one.
func TestManyAlertsDisturbLittle(t *testing.T) {
	var titles []string
	var shown []Telling
	sounds, raised := 0, 0
	d := NewDesk(DeskOptions{State: State{Rules: []alert.Rule{flushes("a")}}, Local: time.UTC,
		Notify: func(title, _ string) { titles = append(titles, title) }, Show: func(x Telling) { shown = append(shown, x) },
		Play: func(string, string) { sounds++ }, Raise: func(a []alert.Alert) { raised += len(a) }})
	at := noon
	tell := func(symbols ...string) {
		at = at.Add(30 * time.Second)
		var quotes []*market.Quote
		b := board()
		for _, s := range symbols {
			quotes = append(quotes, quote(s, 1, at))
			b.Events = append(b.Events, board(flush(s, at)).Events...)
		}
		quotes = append(quotes, quote("XUSDT", 1, at))
		d.Observe(words, Observation{Now: at, Snapshot: live(quotes...), Board: b})
	}
	tell("AUSDT", "BUSDT", "CUSDT", "DUSDT", "EUSDT")
	if len(titles) != 3 || len(shown) != 1 || shown[0].Symbol != "" || !strings.HasPrefix(shown[0].Text, "5 alerts") || sounds != 1 {
		t.Errorf("at once: %q, %+v, %d sounds", titles, shown, sounds)
	}
	tell("FUSDT")
	tell("GUSDT")
	if len(titles) != 3 || sounds != 1 || raised != 7 || d.Unseen() != 7 || len(d.Log()) != 7 || !d.Marked()["GUSDT"] {
		t.Errorf("held back: %q, %d sounds, %d raised, %d unseen", titles, sounds, raised, d.Unseen())
	}
	at = at.Add(5 * time.Minute)
	tell()
	if len(titles) != 4 || titles[3] != "2 more alerts" || sounds != 2 {
		t.Errorf("when the time is over: %q, %d sounds", titles, sounds)
	}
	d.LookedAt("GUSDT")
	d.LogSeen()
	if d.Marked()["GUSDT"] || !d.Marked()["FUSDT"] || d.Unseen() != 0 {
		t.Errorf("after a look: %v, %d", d.Marked(), d.Unseen())
	}
	if d.ClearLog(); len(d.Marked()) != 0 || len(d.Log()) != 0 || !d.State().Cleared.Equal(at) {
		t.Error("something stays after the log was cleared")
	}
	d.Restore([]alert.Alert{{Time: at.Add(-time.Hour), Symbol: "AUSDT"}, {Time: at.Add(time.Second), Symbol: "BUSDT"}})
	if len(d.Log()) != 1 || d.Log()[0].Symbol != "BUSDT" {
		t.Errorf("read back is %+v", d.Log())
	}
}

func TestHowToBeToldIsChosenAndTried(t *testing.T) {
	d, seen := newDesk(t)
	o, _ := options(t, assets.English, look.Dark, d)
	var tried deliver.Settings
	o.Trying = func(s deliver.Settings, done func(hook, command error)) {
		tried = s
		done(&deliver.Failure{Kind: deliver.Answered, Where: "hooks.example", Status: 404}, nil)
	}
	p := NewPane(o)
	window(t, p, 1100, 420)
	p.Tell()
	f := p.telling
	f.url.SetText("ftp://secret")
	if !f.save.Disabled() || f.wrong.Text != "the address is not one of http or https" || !f.test.Disabled() {
		t.Errorf("a wrong address: %q", f.wrong.Text)
	}
	f.url.SetText("https://hooks.example/secret")
	f.shape.SetSelected("Telegram")
	if !f.chat.Visible() || !f.save.Disabled() {
		t.Error("Telegram without a chat can be saved")
	}
	f.chat.SetText("-1")
	f.command.SetText("say it")
	test.Tap(f.test)
	if tried.Hook.URL != "https://hooks.example/secret" || tried.Hook.Form != deliver.Telegram || !strings.Contains(f.result.Text, "Webhook: hooks.example refused it with status 404") ||
		!strings.Contains(f.result.Text, "Command: it went") || strings.Contains(f.result.Text, "secret") {
		t.Errorf("tried %+v: %q", tried, f.result.Text)
	}
	f.sound.SetSelected("a file")
	f.file.SetText("/a.wav")
	f.digest.SetSelected("1 h")
	test.Tap(f.save)
	if s := seen.kept; s.Sound != SoundOfFile || s.SoundFile != "/a.wav" || s.Digest() != time.Hour || s.Delivery != tried || p.telling != nil {
		t.Errorf("kept %+v", s)
	}
}

func TestAForm(t *testing.T) {
	d, _ := newDesk(t)
	million, low, high := 5e7, 20.0, 80.0
	for _, c := range []struct {
		name string
		lang assets.Language
		mode look.Mode
		show func(*Pane)
	}{
		{"joined_dark_en", assets.English, look.Dark, func(p *Pane) {
			p.Edit(alert.Rule{Name: "Liquid", Scope: alert.ScopeAll, On: alert.Either, Where: []alert.Condition{
				{Column: alert.OIUSD, Min: &million}, {Column: alert.SignalColumn, Is: []string{"flush_1h", "spike_1h"}}, {Column: alert.FundingAPR, Min: &low, Max: &high}}})
		}},
		{"told_light_zh", assets.Chinese, look.Light, func(p *Pane) { p.Tell() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, s := options(t, c.lang, c.mode, d)
			p := NewPane(o)
			c.show(p)
			if p.editor != nil {
				s.until(t, func() bool { return p.editor.trial.finished })
			}
			w := window(t, p, 1100, 380)
			test.AssertImageMatches(t, c.name+".png", w.Canvas().Capture())
		})
	}
}
