package sim

import (
	"strings"
	"sync"
	"time"
)

// The exchange's budgets for one address.
const (
	WeightLimit   = 2400 // a calendar minute
	HistoryLimit  = 1000 // requests to /futures/data in any five minutes
	historyWindow = 300  // s
	banAfter      = 20   // requests while told to wait
	banTime       = 2 * time.Minute
)

// bucket is a budget of its own.
type bucket int

const (
	general bucket = iota // weight
	history               // requests to /futures/data, which cost weight as well
	buckets
)

func bucketOf(path string) bucket {
	if strings.HasPrefix(path, "/futures/data/") {
		return history
	}
	return general
}

// verdict is whether a request is let through.
type verdict struct {
	status int // 200, 429 or 418
	until  time.Time
}

// ledger keeps the budgets. What it remembers is a fixed number of seconds, so
// that a demo can run for weeks.
type ledger struct {
	mu      sync.Mutex
	enforce bool

	weights rolling // by second, a minute of them
	history rolling // by second, five minutes of them
	minute  int64   // the calendar minute counted
	used    int     // weight in it

	blocked [buckets]time.Time // told to wait until then
	banned  time.Time
	strikes int // requests while blocked, since the last one that was let through

	peakMinute, peakRolling, peakHistory int
	refused, whileBlocked                int
}

func newLedger(enforce bool) *ledger {
	return &ledger{enforce: enforce, weights: rolling{slots: make([]slot, 60)}, history: rolling{slots: make([]slot, historyWindow)}}
}

// charge books a request and decides about it.
func (l *ledger) charge(now time.Time, path string, weight int) verdict {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := bucketOf(path)
	waiting := now.Before(l.blocked[b]) || now.Before(l.blocked[general])
	if waiting {
		l.whileBlocked++
	}
	if now.Before(l.banned) {
		l.refused++
		return verdict{418, l.banned}
	}
	l.spend(now, weight)
	asked := l.history.sum(now)
	if b == history {
		asked++
	}
	refusal := verdict{status: 429}
	switch {
	case l.enforce && l.used > WeightLimit:
		refusal.until = now.Truncate(time.Minute).Add(time.Minute)
		l.blocked[general] = refusal.until
	case l.enforce && asked > HistoryLimit && b == history:
		refusal.until = l.history.relief(now)
		l.blocked[history] = refusal.until
	default:
		if b == history {
			l.history.add(now, 1)
		}
		l.peakHistory = max(l.peakHistory, asked)
		l.strikes = 0
		return verdict{status: 200}
	}
	l.refused++
	if waiting {
		if l.strikes++; l.strikes > banAfter {
			l.banned = now.Add(banTime)
			l.blocked[general] = l.banned
			return verdict{418, l.banned}
		}
	}
	return refusal
}

// spend books weight without asking whether it is allowed: also that of others
// behind the same address.
func (l *ledger) spend(now time.Time, weight int) {
	if minute := now.Unix() / 60; minute != l.minute {
		l.minute, l.used = minute, 0
	}
	l.used += weight
	l.weights.add(now, weight)
	l.peakMinute = max(l.peakMinute, l.used)
	l.peakRolling = max(l.peakRolling, l.weights.sum(now))
}

// othersSpend books what others behind the address spend.
func (l *ledger) othersSpend(now time.Time, weight int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spend(now, weight)
}

// tell notes that the client was told, by a fault, to stay away until then.
func (l *ledger) tell(status int, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.blocked[general] = until
	if status == 418 {
		l.banned = until
	}
}

// pardon ends every block.
func (l *ledger) pardon() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.blocked, l.banned, l.strikes = [buckets]time.Time{}, time.Time{}, 0
}

// weightUsed is what X-MBX-USED-WEIGHT-1M says.
func (l *ledger) weightUsed(now time.Time) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Unix()/60 != l.minute {
		return 0
	}
	return l.used
}

// rolling counts over the last len(slots) seconds, the current one included.
type rolling struct{ slots []slot }

type slot struct {
	second int64
	n      int
}

func (r *rolling) add(now time.Time, n int) {
	second := now.Unix()
	s := &r.slots[second%int64(len(r.slots))]
	if s.second != second {
		*s = slot{second: second}
	}
	s.n += n
}

func (r *rolling) sum(now time.Time) int {
	total, oldest := 0, now.Unix()-int64(len(r.slots))
	for _, s := range r.slots {
		if s.second > oldest {
			total += s.n
		}
	}
	return total
}

// relief is when the oldest counted second leaves the window.
func (r *rolling) relief(now time.Time) time.Time {
	first, oldest := now.Unix(), now.Unix()-int64(len(r.slots))
	for _, s := range r.slots {
		if s.second > oldest && s.n > 0 {
			first = min(first, s.second)
		}
	}
	return time.Unix(first+int64(len(r.slots)), 0)
}
