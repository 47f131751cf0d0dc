package ui

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"

	"openinterest/assets"
	"openinterest/data/alert"
	"openinterest/data/alert/deliver"
	"openinterest/data/market"
	"openinterest/ui/alerts"
	"openinterest/ui/look/toast"
	"openinterest/ui/settings"
	"openinterest/ui/sound"
	"openinterest/ui/table"
)

// Outbox takes alerts out of the program, and knows what was told before. *session.Outbox
// is one. Its methods never wait, but for Try and Told.
type Outbox interface {
	Raise([]alert.Alert)
	Set(s deliver.Settings, digest time.Duration)
	State() deliver.State
	Delivers() bool
	Try(ctx context.Context, s deliver.Settings, title, text string) (hook, command error)
	Told(ctx context.Context, since time.Time, limit int) ([]alert.Alert, error)
}

// reach is what is known of how alerts reach the person.
type reach struct {
	away           bool        // another program's window is in front
	noNotification bool        // the desktop shows none
	soundFailed    error       // why the last sound was not heard
	playing        atomic.Bool // a sound is under way: another would be too much
}

// What is read back into the log at a start.
const (
	toldFor  = 30 * 24 * time.Hour
	toldMost = 300
)

// openDesk makes the desk, and asks what was told before.
func (u *UI) openDesk() {
	var state alerts.State
	u.o.Settings.Get(func(s *settings.Settings) { s.Pane(paneAlerts, &state) })
	o := alerts.DeskOptions{
		State: state, Local: u.o.Local,
		OnSave: func(s alerts.State) {
			u.save(paneAlerts, s)
			if u.o.Outbox != nil {
				u.o.Outbox.Set(s.Delivery, s.Digest())
			}
		},
		Notify: u.notify, Show: u.showTelling, OnUnseen: u.showUnseen,
	}
	if u.o.Play != nil {
		o.Play = u.play
	}
	if out := u.o.Outbox; out != nil {
		o.Raise = out.Raise
		out.Set(state.Delivery, state.Digest())
		go func() {
			before, err := out.Told(u.ctx, u.o.Now().Add(-toldFor), toldMost)
			if err != nil {
				u.o.Log.Debug("what was told before is not known", "error", err)
				return
			}
			if len(before) > 0 {
				u.o.Dispatch(func() { u.desk.Restore(before) })
			}
		}()
	}
	u.desk = alerts.NewDesk(o)
	if u.o.Notifies != nil {
		go func() {
			shows := u.o.Notifies()
			u.o.Dispatch(func() { u.reach.noNotification = !shows })
		}()
	}
}

// newAlerts builds the pane of rules and log.
func (p *panes) newAlerts(u *UI) {
	o := alerts.Options{
		Context: u.ctx, Words: u.words, Desk: u.desk, Dispatch: u.o.Dispatch, Now: u.o.Now, Local: u.o.Local,
		Past: u.o.Past, Symbols: u.symbols, OnFetch: u.archiveFetch(),
		Circle: func() alert.Circle { return table.Circle(p.table.State()) },
		Lists: func() (names []string) {
			for _, l := range p.table.State().Watchlists {
				names = append(names, l.Name)
			}
			return names
		},
		OnOpen: u.openChart, Delivery: u.delivery,
	}
	if u.o.Play != nil {
		o.Play = u.play
	}
	if u.o.Outbox != nil && !u.o.Demo {
		o.Trying = u.tryDelivery
	}
	p.alerts = alerts.NewPane(o)
}

// tryDelivery sends a message by other settings, and says what came of it.
func (u *UI) tryDelivery(s deliver.Settings, done func(hook, command error)) {
	title, text := u.words.T("alert.test_title"), u.words.T("alert.test_text")
	go func() {
		hook, command := u.o.Outbox.Try(u.ctx, s, title, text)
		u.o.Dispatch(func() { done(hook, command) })
	}()
}

// openChart shows a contract's history.
func (u *UI) openChart(symbol string) {
	u.desk.LookedAt(symbol)
	u.panes.history.SetSymbol(symbol)
	u.shell.show(tabCharts)
}

// observe holds the market against the rules of alerts.
func (u *UI) observe(s *market.Snapshot) {
	u.desk.Observe(u.words, alerts.Observation{Now: u.o.Now(), Snapshot: s, Board: u.signs, Circle: table.Circle(u.panes.table.State())})
	u.panes.alerts.ShowDelivery()
}

// notify tells the desktop, where it can be told.
func (u *UI) notify(title, body string) {
	if u.reach.noNotification {
		return
	}
	if u.o.Demo {
		title = u.words.T("app.demo") + ": " + title
	}
	u.o.App.SendNotification(fyne.NewNotification(title, body))
}

// showTelling tells in the window, with a way to what it is about.
func (u *UI) showTelling(x alerts.Telling) {
	t := toast.Toast{Text: x.Text, Action: u.words.T("alert.see"), Do: func() { u.shell.show(tabAlerts) }}
	if x.Symbol != "" {
		t.Action, t.Do = u.words.T("alert.chart"), func() { u.openChart(x.Symbol) }
	}
	u.toasts.Show(t)
}

// play makes a sound, unless one is under way.
func (u *UI) play(name, file string) {
	if !u.reach.playing.CompareAndSwap(false, true) {
		return
	}
	go func() {
		err := u.o.Play(u.ctx, name, file)
		u.reach.playing.Store(false)
		if u.ctx.Err() != nil {
			return
		}
		u.o.Dispatch(func() {
			u.reach.soundFailed = err
			u.panes.alerts.ShowDelivery()
		})
	}()
}

// delivery is what the alerts' pane says of how the person is told.
func (u *UI) delivery() alerts.Delivery {
	d := alerts.Delivery{NoNotification: u.reach.noNotification}
	if u.o.Outbox != nil {
		d.State, d.Elsewhere = u.o.Outbox.State(), !u.o.Demo && !u.o.Outbox.Delivers()
	}
	missing := new(sound.Missing)
	switch err := u.reach.soundFailed; {
	case errors.As(err, &missing):
		d.NoSound = u.words.T("alert.no_player", assets.Args{"Programs": strings.Join(missing.Programs, ", ")})
	case err != nil:
		d.NoSound = u.words.T("alert.not_played", assets.Args{"Why": err.Error()})
	}
	return d
}

// undelivered is what the status bar says of alerts that did not leave the program. It
// is called from any goroutine.
func (u *UI) undelivered(words *assets.Words) []string {
	if u.o.Outbox == nil {
		return nil
	}
	return alerts.New(words).Undelivered(u.o.Outbox.State())
}

// SayAlerts words alerts that are told in one message, in the window's language. It may be
// called from any goroutine.
func (u *UI) SayAlerts(told []alert.Alert) (title, text string) {
	return alerts.New(u.current.Load().words).Message(told)
}

// SetAway says whether the person is at another program: the log is not being looked at
// then, though it may be on screen.
func (u *UI) SetAway(away bool) {
	u.reach.away = away
	u.showUnseen()
}

// showUnseen shows how many alerts came since somebody looked: on the tab, in the window's
// title, and on the rows they came of. A log that is on screen is being looked at.
func (u *UI) showUnseen() {
	if u.shell == nil {
		return
	}
	if u.shell.front == tabAlerts && !u.hidden.Load() && !u.reach.away && u.desk.Unseen() > 0 {
		u.desk.LogSeen() // and back here
		return
	}
	u.shell.showUnseen()
	u.o.Window.SetTitle(u.title())
	u.panes.table.SetAlerted(u.desk.Marked())
}

// alertItems are the rules about a contract that one click makes, and the form for any
// other.
func (p *panes) alertItems(u *UI, symbol string) []*fyne.MenuItem {
	var items []*fyne.MenuItem
	if q := u.quote(symbol); q != nil {
		for _, quick := range alerts.New(p.words).QuickRules(q) {
			items = append(items, fyne.NewMenuItem(quick.Label, func() {
				id := u.desk.SetRule(quick.Rule)
				u.toasts.Show(toast.Toast{Text: p.words.T("alert.made", assets.Args{"Rule": symbol + p.words.T("table.colon") + quick.Label}),
					Action: p.words.T("menu.undo"), Do: func() { u.desk.DeleteRule(id) }})
			}))
		}
	}
	return append(items, fyne.NewMenuItem(p.words.T("alert.quick_other"), func() {
		u.shell.show(tabAlerts)
		p.alerts.EditFor(symbol)
	}))
}

// quote is a contract of the newest snapshot; nil: there is none.
func (u *UI) quote(symbol string) *market.Quote {
	if u.snapshot == nil {
		return nil
	}
	return u.snapshot.Quote(symbol)
}
