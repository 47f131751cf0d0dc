package alerts

import (
	"maps"

	"openinterest/data/alert"
)

// Sounds that an alert can make, as they are kept. The first is that of a first start;
// those but off and file are made by the program.
var Sounds = []string{SoundBell, SoundChime, SoundKnock, SoundOfFile, SoundOff}

// The sounds.
const (
	SoundBell   = "bell"
	SoundChime  = "chime"
	SoundKnock  = "knock"
	SoundOfFile = "file"
	SoundOff    = "off"
)

// sound is the one chosen.
func (s *State) sound() string {
	if s.Sound == "" {
		return SoundBell
	}
	return s.Sound
}

// disturb tells the person, by every way that was chosen: each message once to the
// desktop, and all of them together in the window, with one sound.
func (d *Desk) disturb(say *Sayer, messages [][]alert.Alert) {
	if len(messages) == 0 {
		return
	}
	var all []alert.Alert
	for _, m := range messages {
		all = append(all, m...)
		if d.o.Notify != nil && !d.state.Undisturb {
			title, text := say.Message(m)
			d.o.Notify(title, text)
		}
	}
	if d.o.Show != nil {
		d.o.Show(say.telling(all))
	}
	if s := d.state.sound(); d.o.Play != nil && s != SoundOff {
		d.o.Play(s, d.state.SoundFile)
	}
}

// telling words alerts for the one line that the window has for them.
func (s *Sayer) telling(all []alert.Alert) Telling {
	if len(all) == 1 {
		return Telling{Text: s.Title(&all[0]) + " — " + s.Text(&all[0]), Symbol: all[0].Symbol}
	}
	return Telling{Text: s.together(all)}
}

// remember counts and marks what was told until somebody looks. What came in quiet
// hours is in the log only.
func (d *Desk) remember(told []alert.Alert) {
	for i := range told {
		if !told[i].Quiet {
			d.unseen++
			d.marked[told[i].Symbol] = true
		}
	}
	d.tellUnseen()
}

// Unseen is how many alerts came since the log was looked at.
func (d *Desk) Unseen() int { return d.unseen }

// Marked are the contracts that were told of and not looked at since.
func (d *Desk) Marked() map[string]bool { return maps.Clone(d.marked) }

// LookedAt says that the person looked at a contract.
func (d *Desk) LookedAt(symbol string) {
	if d.marked[symbol] {
		delete(d.marked, symbol)
		d.tellUnseen()
	}
}

// LogSeen says that the log is on screen.
func (d *Desk) LogSeen() {
	if d.unseen > 0 {
		d.unseen = 0
		d.tellUnseen()
	}
}

func (d *Desk) tellUnseen() {
	if d.o.OnUnseen != nil {
		d.o.OnUnseen()
	}
}
