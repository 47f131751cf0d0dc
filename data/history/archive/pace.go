package archive

import "time"

// How a remaining time is told.
const (
	paceSpan  = time.Minute      // the pace is that of the last minute
	paceKnown = 10 * time.Second // before it was watched for so long, nothing is said
	paceFew   = 10               // nor with fewer days finished in it
)

// pace tells how long the rest takes, if it goes on as it did in the last minute.
// The zero value has seen nothing.
type pace struct {
	marks []mark // once a second, the oldest first, of the last minute
}

type mark struct {
	at   time.Time
	done int
}

// note takes how much is done now.
func (p *pace) note(now time.Time, done int) {
	if n := len(p.marks); n > 0 {
		switch since := now.Sub(p.marks[n-1].at); {
		case since < 0: // the clock was set back
			p.marks = nil
		case since < time.Second:
			return
		}
	}
	p.marks = append(p.marks, mark{now, done})
	for len(p.marks) > 1 && now.Sub(p.marks[1].at) >= paceSpan {
		p.marks = p.marks[1:]
	}
}

// left is how long the rest takes; false: it cannot be known, yet or any more.
func (p *pace) left(now time.Time, done, total int) (time.Duration, bool) {
	if len(p.marks) == 0 {
		return 0, false
	}
	first := p.marks[0]
	span, days := now.Sub(first.at), done-first.done
	if span < paceKnown || span > 2*paceSpan || days < paceFew {
		return 0, false
	}
	return time.Duration(float64(span) / float64(days) * float64(total-done)), true
}
