package alert

import (
	"slices"
	"time"
)

// Digest keeps many alerts at once from being many messages. Within Every, the first
// few are told one by one; what more comes at the same moment is summed up in the last
// of those messages, and what comes later within Every is held back and told in one
// message at its end. Whoever delivers alerts has one, and is the only one to use it.
type Digest struct {
	Every time.Duration // zero or less: nothing is held back

	begun time.Time
	told  int
	held  []Alert
}

// digestMost is how many messages there are within Every before others are held back.
const digestMost = 3

// Add takes alerts that were raised now, and returns what is to be told now: each
// message is one alert, or several to be summed up. Quiet alerts disturb nobody, so
// that they are left out. It is to be called also when there is nothing new, since
// what was held back may be due.
func (d *Digest) Add(now time.Time, raised []Alert) (messages [][]Alert) {
	if age := now.Sub(d.begun); age < 0 || age >= d.Every {
		if len(d.held) > 0 {
			messages = append(messages, d.held)
		}
		d.begun, d.told, d.held = now, len(messages), nil
	}
	loud := slices.DeleteFunc(slices.Clone(raised), func(a Alert) bool { return a.Quiet })
	for i := range loud {
		left := digestMost - d.told
		switch {
		case left <= 0:
			d.held = append(d.held, loud[i])
			continue
		case left == 1 && len(loud)-i > 1:
			d.told++
			return append(messages, loud[i:])
		}
		d.told++
		messages = append(messages, loud[i:i+1])
	}
	return messages
}

// Waiting is how many alerts are held back.
func (d *Digest) Waiting() int { return len(d.held) }

// Flush returns what is held back, for who stops: it would never be told.
func (d *Digest) Flush() []Alert {
	held := d.held
	d.held = nil
	return held
}
