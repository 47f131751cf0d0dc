package quota

import (
	"slices"
	"time"
)

// others is what is spent of a bucket behind the same address, but not by this
// process: as far as other processes of this program say so themselves, and as
// far as the venue's own count exceeds what this process spent.
type others struct {
	times []time.Time // when other processes spent one each, the oldest first

	growth [growthSlots]int // by how much the excess grew, by slot
	slot   int64
	span   int64 // of the venue's clock, to which most belongs
	most   int   // the largest excess seen in it
	seen   bool  // any excess was observed
}

// What others spent in the last minute is taken for what they will spend in the
// next. Less than the noise is as likely an error of our own estimate.
const (
	growthSlots = 7 // the present one, and a minute before it
	growthSlot  = 10 * time.Second
	growthNoise = 60
)

// spent lists what other processes said to have spent in the last span.
func (o *others) spent(now time.Time, span time.Duration) []time.Time {
	for i, at := range o.times {
		if now.Sub(at) <= span {
			return o.times[i:]
		}
	}
	return nil
}

// observe takes by how much the venue's count in a span of its clock exceeds
// that of this process. The first excess says only that something was spent
// before, such as by the run before this one, not that anybody goes on.
func (o *others) observe(now time.Time, span int64, excess int) {
	o.advance(now)
	switch {
	case !o.seen:
		o.seen, o.span, o.most = true, span, max(0, excess)
	case span != o.span:
		o.span, o.most = span, 0
	}
	if excess > o.most {
		o.growth[o.slot%growthSlots] += excess - o.most
		o.most = excess
	}
}

func (o *others) advance(now time.Time) {
	slot := now.UnixMilli() / growthSlot.Milliseconds()
	if slot-o.slot > growthSlots || slot < o.slot {
		o.growth, o.slot = [growthSlots]int{}, slot
	}
	for o.slot < slot {
		o.slot++
		o.growth[o.slot%growthSlots] = 0
	}
}

// rate is what others spent in the last minute.
func (o *others) rate(now time.Time) int {
	o.advance(now)
	sum := 0
	for _, g := range o.growth {
		sum += g
	}
	if sum < growthNoise {
		return 0
	}
	covered := (growthSlots-1)*growthSlot + time.Duration(now.UnixMilli()%growthSlot.Milliseconds())*time.Millisecond
	return int(float64(sum) * float64(time.Minute) / float64(covered))
}

func (o *others) shift(by time.Duration) {
	for i := range o.times {
		o.times[i] = o.times[i].Add(by)
	}
	o.growth, o.seen = [growthSlots]int{}, false
}

// Spending is when requests were made of buckets, by name, the oldest first. A
// venue counts them for the address, not for the process, and of a bucket that
// it does not tell of it never says how much it has counted. So processes tell
// each other, and the next one after them.
type Spending map[string][]time.Time

// Spending returns what this process spent of the buckets that the venue does
// not tell of. A request without an answer yet counts as made now.
func (q *Quota) Spending(now time.Time) Spending {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := Spending{}
	for _, b := range q.buckets {
		if b.Reported {
			continue
		}
		b.window.used(now) // lets go of what has left the span
		var times []time.Time
		for _, d := range b.window.done {
			for range d.amount {
				times = append(times, d.at)
			}
		}
		for range b.window.flying {
			times = append(times, now)
		}
		s[b.Name] = times
	}
	return s
}

// SetOthers takes what other processes behind this address spent, those that
// have ended included. It replaces what was told before. A time to come, which
// a clock that was set leaves behind, is taken as now.
func (q *Quota) SetOthers(now time.Time, s Spending) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, b := range q.buckets {
		b.others.times = b.others.times[:0]
		for _, at := range s[b.Name] {
			if at.After(now) {
				at = now
			}
			b.others.times = append(b.others.times, at)
		}
		slices.SortFunc(b.others.times, time.Time.Compare)
	}
}
