// Package alerts is where the person says what to be told of, and where what
// was told can be read again.
//
//	snapshot, events ──► Desk ──► notification, log
//	                      ▲
//	     rules ◄── Pane ──┘       a dry run shows what a rule would have raised
//
// The rules themselves are data/alert's: the Desk has an engine and keeps the
// log; it outlives the Pane, which is built anew for another language. All of it
// belongs to the UI's goroutine.
package alerts

import (
	"crypto/rand"
	"slices"
	"time"

	"openinterest/assets"
	"openinterest/data/alert"
	"openinterest/data/market"
	"openinterest/data/signal"
	"openinterest/data/watch"
	"openinterest/ui/explain"
)

// State is what is kept between starts.
type State struct {
	Rules  []alert.Rule `json:"rules,omitempty"`
	Memory alert.Memory `json:"memory"`
}

// DeskOptions are what a Desk is made from.
type DeskOptions struct {
	State  State
	OnSave func(State)              // what is kept has changed
	Notify func(title, body string) // disturbs the person
	Local  *time.Location           // of quiet hours in local time
}

// Entry is a line of the log.
type Entry struct {
	alert.Alert
	Earlier bool // read back from the log of events: it was seen before this start
}

// Observation is what the desk is shown.
type Observation struct {
	Now        time.Time // the exchange's clock
	Snapshot   *market.Snapshot
	Board      *watch.Board // nil: no signals
	Favourites []string
}

// beyond tells what is known of contracts beyond their quotes. The market is
// summed up once, when the first rule asks.
func (o *Observation) beyond() func(symbol string) *market.Beyond {
	var totals *market.Totals
	return func(symbol string) *market.Beyond {
		if totals == nil {
			t := o.Snapshot.Totals()
			totals = &t
		}
		return o.Board.Sign(symbol).Beyond(*totals)
	}
}

const (
	observeEvery = time.Second // that the market is held against the rules
	logLength    = 500
	notifyMost   = 3 // in one second; more are summed up in one notification
	earlierDays  = 24 * time.Hour
)

// Desk keeps rules and log.
type Desk struct {
	o        DeskOptions
	state    State
	engine   *alert.Engine
	log      []Entry // the newest first
	looked   time.Time
	restored bool // events of before this start were taken into the log
	onChange func()
}

// NewDesk returns a desk with the rules that were kept.
func NewDesk(o DeskOptions) *Desk {
	d := &Desk{o: o, state: o.State}
	d.engine = alert.NewEngine(d.state.Rules, d.state.Memory)
	return d
}

// OnChange says whom to tell that rules or log changed.
func (d *Desk) OnChange(f func()) { d.onChange = f }

// Rules returns the rules in their order.
func (d *Desk) Rules() []alert.Rule { return slices.Clone(d.state.Rules) }

// Log returns what was told, the newest first.
func (d *Desk) Log() []Entry { return d.log }

// SetRule keeps a rule: in the place of the one with its id, or as a new one.
func (d *Desk) SetRule(r alert.Rule) {
	if i := slices.IndexFunc(d.state.Rules, func(x alert.Rule) bool { return x.ID == r.ID }); i >= 0 {
		d.state.Rules = slices.Clone(d.state.Rules)
		d.state.Rules[i] = r
	} else {
		r.ID = "rule-" + rand.Text() // another window may make one at the same time
		d.state.Rules = append(slices.Clone(d.state.Rules), r)
	}
	d.changed()
}

// Replace takes other rules instead of those there are. Those without an id are new.
func (d *Desk) Replace(rules []alert.Rule) {
	rules = slices.Clone(rules)
	for i := range rules {
		if rules[i].ID == "" {
			rules[i].ID = "rule-" + rand.Text()
		}
	}
	d.state.Rules = rules
	d.changed()
}

// DeleteRule forgets a rule. What it raised stays in the log.
func (d *Desk) DeleteRule(id string) {
	d.state.Rules = slices.DeleteFunc(slices.Clone(d.state.Rules), func(r alert.Rule) bool { return r.ID == id })
	d.changed()
}

// ClearLog empties the log.
func (d *Desk) ClearLog() {
	d.log = nil
	d.tell()
}

// changed is called after every change of the rules: the engine takes them, and they
// are kept.
func (d *Desk) changed() {
	d.engine.SetRules(d.state.Rules)
	d.save()
	d.tell()
}

// save hands what must survive a restart to whoever keeps it.
func (d *Desk) save() {
	d.state.Memory = d.engine.Memory()
	if d.o.OnSave != nil {
		d.o.OnSave(d.state)
	}
}

func (d *Desk) tell() {
	if d.onChange != nil {
		d.onChange()
	}
}

// Observe holds the market against the rules, at most once a second, and tells
// what they raise, in the language of words.
func (d *Desk) Observe(words *assets.Words, o Observation) {
	if age := o.Now.Sub(d.looked); age >= 0 && age < observeEvery {
		return
	}
	d.looked = o.Now
	favourites := map[string]bool{}
	for _, s := range o.Favourites {
		favourites[s] = true
	}
	var events []signal.Event
	if o.Board != nil {
		for _, e := range o.Board.Events {
			if e.Live {
				events = append(events, e.Event)
			}
		}
		d.restore(o, favourites)
	}
	told, news := d.engine.Observe(alert.Input{Now: o.Now, Local: d.o.Local, Snapshot: o.Snapshot, Events: events, Favourites: favourites, Beyond: o.beyond()})
	if news {
		d.save()
	}
	if len(told) == 0 {
		return
	}
	for _, a := range told {
		d.note(Entry{Alert: a})
	}
	d.notify(New(words), told)
	d.tell()
}

// restore takes the events of the last day that rules match into the log, once:
// they were told before this start. Fresh ones are for the engine.
func (d *Desk) restore(o Observation, favourites map[string]bool) {
	if d.restored {
		return
	}
	d.restored = true
	for _, e := range o.Board.Events {
		age := o.Now.Sub(e.Time)
		if !e.Live || age <= alert.FreshFor || age > earlierDays {
			continue
		}
		for _, r := range d.state.Rules {
			if !r.Off && r.Signal == e.Kind && r.Covers(e.Symbol, favourites) {
				d.note(Entry{Earlier: true, Alert: alert.Alert{Time: e.Time, Rule: r, Symbol: e.Symbol, Event: &e.Event,
					Value: market.Unknown, Before: market.Unknown}})
				break
			}
		}
	}
	d.tell()
}

// note puts a line at the top of the log, which has a limit.
func (d *Desk) note(e Entry) {
	d.log = slices.Insert(d.log, 0, e)
	if len(d.log) > logLength {
		d.log = d.log[:logLength]
	}
}

// notify disturbs the person, but not a dozen times at once.
func (d *Desk) notify(say *Sayer, told []alert.Alert) {
	loud := slices.DeleteFunc(slices.Clone(told), func(a alert.Alert) bool { return a.Quiet })
	if d.o.Notify == nil {
		return
	}
	for i, a := range loud {
		if i == notifyMost-1 && len(loud) > notifyMost {
			d.o.Notify(say.More(loud[i:]))
			return
		}
		d.o.Notify(say.Title(&a), say.Text(&a))
	}
}

// Sayer words rules and alerts.
type Sayer struct {
	w       *assets.Words
	explain *explain.Words
}

// New returns one that speaks a language.
func New(w *assets.Words) *Sayer { return &Sayer{w: w, explain: explain.New(w)} }
