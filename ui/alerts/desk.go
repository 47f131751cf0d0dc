// Package alerts is where the person says what to be told of, and where what
// was told can be read again.
//
//	snapshot, events ──► Desk ──► toast, badge, row, sound, notification, log
//	                      ▲   └──► out of the program (data/alert/deliver)
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
	"openinterest/data/alert/deliver"
	"openinterest/data/market"
	"openinterest/data/watch"
	"openinterest/ui/explain"
)

// State is what is kept between starts.
type State struct {
	Rules  []alert.Rule `json:"rules,omitempty"`
	Memory alert.Memory `json:"memory"`

	Delivery  deliver.Settings `json:"delivery,omitzero"`
	DigestMin int              `json:"digest_min,omitempty"`      // minutes; 0: DigestMinutes[0]
	Sound     string           `json:"sound,omitempty"`           // see Sounds; empty: the first
	SoundFile string           `json:"sound_file,omitempty"`      // of SoundOfFile
	Undisturb bool             `json:"no_notification,omitempty"` // no desktop notification
	Cleared   time.Time        `json:"cleared,omitzero"`          // what was told before is not in the log
}

// DigestMinutes are the spans within which many alerts are summed up.
var DigestMinutes = []int{5, 1, 15, 60}

// Digest is the span within which many alerts are summed up.
func (s *State) Digest() time.Duration {
	if s.DigestMin <= 0 {
		return time.Duration(DigestMinutes[0]) * time.Minute
	}
	return time.Duration(s.DigestMin) * time.Minute
}

// Telling is what the window shows of alerts that were just told.
type Telling struct {
	Text   string
	Symbol string // whose chart is worth a look; empty: there are several
}

// DeskOptions are what a Desk is made from. The functions may be nil.
type DeskOptions struct {
	State    State
	OnSave   func(State)              // what is kept has changed
	Raise    func([]alert.Alert)      // takes alerts out of the program
	Notify   func(title, body string) // tells the desktop
	Show     func(Telling)            // tells whoever looks at the window
	Play     func(sound, file string) // makes a sound
	OnUnseen func()                   // Unseen, or what is marked, changed
	Local    *time.Location           // of quiet hours in local time
}

// Entry is a line of the log.
type Entry struct {
	alert.Alert
	Earlier bool // read back: it was told before this start
}

// Observation is what the desk is shown.
type Observation struct {
	Now      time.Time // the exchange's clock
	Snapshot *market.Snapshot
	Board    *watch.Board // nil: no signals
	Circle   alert.Circle
}

const (
	observeEvery = time.Second // that the market is held against the rules
	logLength    = 500
	earlierDays  = 24 * time.Hour
)

// Desk keeps rules and log.
type Desk struct {
	o        DeskOptions
	state    State
	engine   *alert.Engine
	log      []Entry // the newest first
	looked   time.Time
	restored bool // what was told before this start was taken into the log
	digest   alert.Digest
	unseen   int             // alerts that disturbed, since the log was looked at
	marked   map[string]bool // contracts that were told of and not looked at since
	onChange func()
}

// NewDesk returns a desk with the rules that were kept.
func NewDesk(o DeskOptions) *Desk {
	d := &Desk{o: o, state: o.State, marked: map[string]bool{}}
	d.digest.Every = d.state.Digest()
	d.engine = alert.NewEngine(d.state.Rules, d.state.Memory)
	return d
}

// OnChange says whom to tell that rules or log changed.
func (d *Desk) OnChange(f func()) { d.onChange = f }

// Rules returns the rules in their order.
func (d *Desk) Rules() []alert.Rule { return slices.Clone(d.state.Rules) }

// Log returns what was told, the newest first.
func (d *Desk) Log() []Entry { return d.log }

// State is what is kept.
func (d *Desk) State() State { return d.state }

// SetState takes other choices of how to be told; rules and what was told stay.
func (d *Desk) SetState(s State) {
	s.Rules, s.Memory, s.Cleared = d.state.Rules, d.state.Memory, d.state.Cleared
	d.state = s
	d.digest.Every = s.Digest()
	d.save()
	d.tell()
}

// SetRule keeps a rule: in the place of the one with its id, or as a new one. It
// returns the rule's id.
func (d *Desk) SetRule(r alert.Rule) (id string) {
	if i := slices.IndexFunc(d.state.Rules, func(x alert.Rule) bool { return x.ID == r.ID }); i >= 0 {
		d.state.Rules = slices.Clone(d.state.Rules)
		d.state.Rules[i] = r
	} else {
		r.ID = "rule-" + rand.Text() // another window may make one at the same time
		d.state.Rules = append(slices.Clone(d.state.Rules), r)
	}
	d.changed()
	return r.ID
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

// ClearLog empties the log, also that of the next start, and takes the marks away.
func (d *Desk) ClearLog() {
	d.log, d.unseen, d.marked = nil, 0, map[string]bool{}
	d.state.Cleared = d.looked
	d.save()
	d.tell()
	d.tellUnseen()
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
	if o.Board != nil {
		d.restore(o)
	}
	told, news := d.engine.Observe(alert.Input{Now: o.Now, Local: d.o.Local, Snapshot: o.Snapshot, Events: o.Board.LiveEvents(), Circle: o.Circle,
		Shows: o.Board.Holds, Beyond: o.Board.BeyondIn(o.Snapshot)})
	if news {
		d.save()
	}
	for _, a := range told {
		d.note(Entry{Alert: a})
	}
	d.disturb(New(words), d.digest.Add(o.Now, told))
	if len(told) > 0 {
		if d.o.Raise != nil {
			d.o.Raise(told)
		}
		d.remember(told)
		d.tell()
	}
}

// Restore takes what was told on this data directory before this start into the log,
// the newest first. Where this is known, the log of events is not asked.
func (d *Desk) Restore(told []alert.Alert) {
	d.restored = true
	for _, a := range told {
		isHere := slices.ContainsFunc(d.log, func(e Entry) bool { return e.Key() == a.Key() && e.Time.Sub(a.Time).Abs() < a.Within() })
		if a.Time.After(d.state.Cleared) && !isHere && len(d.log) < logLength {
			d.log = append(d.log, Entry{Alert: a, Earlier: true})
		}
	}
	slices.SortStableFunc(d.log, func(a, b Entry) int { return b.Time.Compare(a.Time) })
	d.tell()
}

// restore takes the events of the last day that rules match into the log, once:
// they were told before this start. Fresh ones are for the engine.
func (d *Desk) restore(o Observation) {
	if d.restored {
		return
	}
	d.restored = true
	for _, e := range o.Board.Events {
		age := o.Now.Sub(e.Time)
		if !e.Live || age <= alert.FreshFor || age > earlierDays || !e.Time.After(d.state.Cleared) {
			continue
		}
		for _, r := range d.state.Rules {
			if !r.Off && r.Tells(e.Kind) && len(r.Where) == 0 && r.Covers(e.Symbol, o.Circle) {
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

// Sayer words rules and alerts.
type Sayer struct {
	w       *assets.Words
	explain *explain.Words
}

// New returns one that speaks a language.
func New(w *assets.Words) *Sayer { return &Sayer{w: w, explain: explain.New(w)} }
