package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"openinterest/assets"
	"openinterest/data/alert"
	"openinterest/data/session"
	"openinterest/data/watch"
	"openinterest/ui/alerts"
	"openinterest/ui/settings"
	"openinterest/ui/table"
)

// raiseAlerts has a session without a window raise the alerts that the person made rules
// of in a window on the same data directory. They go to the webhook and to the command
// that were chosen there; there is nobody to toast to.
func raiseAlerts(s *session.Session, signals *watch.Watch, g *globals, log *slog.Logger) {
	words := assets.NewWords(g.language(""))
	out := s.OpenOutbox(session.OutboxOptions{Say: alerts.New(words).Message})
	wishes := &keptWishes{dir: g.dataDir(), log: log}
	s.RaiseAlerts(signals, out, wishes.now)
}

// keptWishes are the rules that a window keeps in its settings. They are read again when
// that file changed, and never written.
type keptWishes struct {
	dir     string
	log     *slog.Logger
	looked  time.Time
	changed time.Time // of the file that was read
	wishes  session.Wishes
}

// lookEvery is how often it is looked whether the settings changed.
const lookEvery = 2 * time.Second

// now is what the person wants to be told of at the moment.
func (k *keptWishes) now() session.Wishes {
	if time.Since(k.looked) < lookEvery {
		return k.wishes
	}
	k.looked = time.Now()
	info, err := os.Stat(filepath.Join(k.dir, settings.FileName))
	if err != nil || info.ModTime().Equal(k.changed) {
		return k.wishes
	}
	read, err := settings.Read(k.dir)
	if err != nil { // a window sets it aside; until then the rules of before hold
		k.log.Warn("the rules of alerts are not read anew", "error", err)
		k.changed = info.ModTime()
		return k.wishes
	}
	k.changed = info.ModTime()
	before := k.wishes
	if k.wishes = wishesOf(&read); reflect.DeepEqual(before, k.wishes) {
		return before // something else in the file changed
	}
	k.log.Info("rules of alerts", "rules", len(k.wishes.Rules), "usable", usable(k.wishes.Rules),
		"webhook", k.wishes.Delivery.Hook.URL != "", "command", k.wishes.Delivery.Command != "")
	return k.wishes
}

// wishesOf is what a window's settings say of alerts.
func wishesOf(s *settings.Settings) session.Wishes {
	var state alerts.State
	var rows table.State
	s.Pane("alerts", &state)
	s.Pane("table", &rows)
	return session.Wishes{Rules: state.Rules, Circle: table.Circle(rows), Delivery: state.Delivery, Digest: state.Digest()}
}

// usable counts the rules that can raise something.
func usable(rules []alert.Rule) (n int) {
	for i := range rules {
		if !rules[i].Off && rules[i].Check() == nil {
			n++
		}
	}
	return n
}
