package ui

import (
	"context"
	"image/color"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"openinterest/data/alert"
	"openinterest/data/alert/deliver"
	"openinterest/ui/alerts"
	"openinterest/ui/look"
	"openinterest/ui/settings"
	"openinterest/ui/sound"
)

// fakeOutbox is an outbox that delivers nothing, and remembers what it was given.
type fakeOutbox struct {
	mu       sync.Mutex
	raised   []alert.Alert
	settings deliver.Settings
	state    deliver.State
	before   []alert.Alert
}

func (f *fakeOutbox) Raise(a []alert.Alert) { f.raised = append(f.raised, a...) }
func (f *fakeOutbox) Set(s deliver.Settings, _ time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.settings = s
}
func (f *fakeOutbox) State() deliver.State { return f.state }
func (f *fakeOutbox) Delivers() bool       { return true }
func (f *fakeOutbox) Try(context.Context, deliver.Settings, string, string) (hook, command error) {
	return nil, nil
}
func (f *fakeOutbox) Told(context.Context, time.Time, int) ([]alert.Alert, error) {
	return f.before, nil
}

// rising is the settings with a rule that fires when ETHUSDT rises to 9,000.
func rising() *settings.Store {
	kept := settings.InMemory()
	kept.Update(func(s *settings.Settings) {
		s.SetPane(paneAlerts, alerts.State{Rules: []alert.Rule{
			{ID: "rule-1", Column: alert.Price, Direction: alert.Up, Bound: 9000, Scope: alert.ScopeOne, Symbol: "ETHUSDT"}},
			Delivery: deliver.Settings{Command: "say"}})
	})
	return kept
}

// An alert that fires is told in the window: a toast with a way to the chart, a count on
// the tab and in the title, a mark on the row, a sound; and it is handed to the outbox.
func TestAnAlertIsSeenAndHeard(t *testing.T) {
	out, played := &fakeOutbox{}, make(chan string, 10)
	r := start(t, setup{settings: rising(), with: func(o *Options) {
		o.Outbox = out
		o.Play = func(_ context.Context, name, _ string) error {
			played <- name
			return &sound.Missing{Programs: []string{"aplay"}}
		}
	}})
	if out.settings.Command != "say" {
		t.Errorf("the outbox was set to %+v", out.settings)
	}
	plain := r.window.Title()
	r.pass(2 * time.Second)
	r.show(priced("ETHUSDT", 9100, r.now()))
	if got := <-played; got != alerts.SoundBell {
		t.Errorf("played %q", got)
	}
	shown := r.toasts.Shown()
	if !strings.HasPrefix(shown.Text, "ETHUSDT: Mark price rises to 9,000 USDT — rose to 9,100") || shown.Action != "Chart" {
		t.Errorf("the toast is %+v", shown)
	}
	if len(out.raised) != 1 || out.raised[0].Symbol != "ETHUSDT" {
		t.Errorf("the outbox was given %+v", out.raised)
	}
	if got := r.window.Title(); got != "(1) "+plain {
		t.Errorf("the window's title is %q", got)
	}
	r.find("Alerts (1)", inLower)
	edge := func() color.Color { // of the row, at its very left
		return r.window.Canvas().Capture().At(1, int(r.find("ETHUSDT", inTable).middle().Y))
	}
	marked := edge()
	if !sameColour(marked, look.Current().Warning) {
		t.Errorf("the row's edge is %v, the mark is %v", marked, look.Current().Warning)
	}

	r.tap(r.find("Chart", nil)) // of the toast
	if r.panes.history.State().Symbol != "ETHUSDT" || r.shell.front != tabCharts || r.toasts.Shown().Text != "" {
		t.Errorf("the chart shows %q, in front is %s", r.panes.history.State().Symbol, r.shell.front)
	}
	if sameColour(edge(), marked) {
		t.Error("the mark stays, though its chart was looked at")
	}
	r.tap(r.find("Alerts (1)", inLower))
	r.find("Alerts", inLower)
	if got := r.window.Title(); got != plain {
		t.Errorf("after the log was looked at the title is %q", got)
	}
	r.until("it is said that nothing plays the sound", func() bool { return r.sees("The sound is not heard") })
}

// While the person is at another program, a log that is on screen is not looked at.
func TestAlertsCountWhileThePersonIsElsewhere(t *testing.T) {
	r := start(t, setup{settings: rising()})
	plain := r.window.Title()
	r.ShowPane(tabAlerts)
	r.SetAway(true)
	r.pass(2 * time.Second)
	r.show(priced("ETHUSDT", 9100, r.now()))
	if got := r.window.Title(); got != "(1) "+plain {
		t.Errorf("while away the title is %q", got)
	}
	r.SetAway(false)
	if got := r.window.Title(); got != plain || r.desk.Unseen() != 0 {
		t.Errorf("back again the title is %q", got)
	}
}

func sameColour(a, b color.Color) bool {
	return color.NRGBAModel.Convert(a) == color.NRGBAModel.Convert(b)
}

// What came before this start is in the log, and disturbs nobody.
func TestTheLogOutlivesTheProgram(t *testing.T) {
	out := &fakeOutbox{before: []alert.Alert{{Time: time.Date(2025, 6, 17, 9, 0, 0, 0, time.UTC), Symbol: "SOLUSDT",
		Rule: alert.Rule{ID: "r", Column: alert.Price, Direction: alert.Down, Bound: 150, Scope: alert.ScopeAll}, Value: 149, Before: 151}}}
	r := start(t, setup{with: func(o *Options) { o.Outbox = out }})
	r.ShowPane(tabAlerts)
	r.until("the log is read back", func() bool { return r.sees("SOLUSDT: Mark price falls to 150 USDT") })
	if !r.sees("before this start") || r.desk.Unseen() != 0 || len(r.desk.Marked()) != 0 {
		t.Errorf("%d unseen, marked %v", r.desk.Unseen(), r.desk.Marked())
	}
}

// A webhook that is dead is said in the pane and in the status bar, without its address;
// so is a desktop that shows no notifications, which are then not sent.
func TestWhatDoesNotReachThePersonIsSaid(t *testing.T) {
	out := &fakeOutbox{state: deliver.State{Hook: deliver.Line{Waiting: 2, Next: time.Date(2025, 6, 17, 12, 5, 0, 0, time.UTC),
		Failure: &deliver.Failure{Kind: deliver.Unreached, Where: "hooks.example", Detail: "connection refused"}}}}
	r := start(t, setup{settings: rising(), with: func(o *Options) {
		o.Outbox, o.Notifies = out, func() bool { return false }
	}})
	r.until("the desktop was asked", func() bool { return r.reach.noNotification })
	sent := false
	r.UI.o.App = notified{r.app, func(*fyne.Notification) { sent = true }}
	r.ShowPane(tabAlerts)
	r.pass(2 * time.Second)
	r.show(priced("ETHUSDT", 9100, r.now()))
	for _, part := range []string{"no answer from hooks.example (connection refused)", "2 waiting", "shows no notifications"} {
		if !r.sees(part) {
			t.Errorf("the pane does not say %q", part)
		}
	}
	if sent {
		t.Error("the desktop was sent a notification that it cannot show")
	}
	if notes := r.undelivered(r.UI.words); len(notes) != 1 || !strings.Contains(notes[0], "hooks.example") {
		t.Errorf("the status bar is told %v", notes)
	}
}

func TestARuleOnARowIsMadeByOneChoice(t *testing.T) {
	r := start(t, setup{})
	items := r.panes.alertItems(r.UI, "ETHUSDT")
	i := slices.IndexFunc(items, func(m *fyne.MenuItem) bool { return strings.HasPrefix(m.Label, "Price leaves ") })
	if i < 0 || items[0].Label != "Any signal" {
		t.Fatalf("%d items", len(items))
	}
	items[i].Action()
	rules := r.desk.Rules()
	if len(rules) != 1 || rules[0].Check() != nil || rules[0].On != alert.Leaves || rules[0].Symbol != "ETHUSDT" {
		t.Fatalf("made %+v", rules)
	}
	if shown := r.toasts.Shown(); !strings.HasPrefix(shown.Text, "Alert made: ETHUSDT") || shown.Action != "Undo" {
		t.Errorf("the toast is %+v", shown)
	}
	r.pass(2 * time.Second)
	r.show(priced("ETHUSDT", 2542, r.now()))
	r.pass(2 * time.Second)
	r.show(priced("ETHUSDT", 2900, r.now()))
	if log := r.desk.Log(); len(log) != 1 || !log[0].Left {
		t.Errorf("when the price left, the log has %+v", log)
	}
	r.desk.DeleteRule(rules[0].ID)
}

// Sound and delivery are chosen in the pane and kept.
func TestHowToBeToldIsKept(t *testing.T) {
	kept, out := rising(), &fakeOutbox{}
	r := start(t, setup{settings: kept, with: func(o *Options) { o.Outbox = out }})
	s := r.desk.State()
	s.Sound, s.Delivery.Hook.URL = alerts.SoundOff, "https://hooks.example/a"
	r.desk.SetState(s)
	var state alerts.State
	kept.Get(func(x *settings.Settings) { x.Pane(paneAlerts, &state) })
	if state.Sound != alerts.SoundOff || len(state.Rules) != 1 || out.settings.Hook.URL != "https://hooks.example/a" {
		t.Errorf("kept %+v, the outbox has %+v", state, out.settings)
	}
}
