package recorder

import (
	"encoding/json"
	"sort"
	"time"

	"openinterest/data/market"
)

// notes is what the recorder writes down for its next run.
type notes struct {
	Late      int                      // seconds after a stamp closes when the exchange publishes it, as learned
	Contracts map[string]*contractNote // by symbol

	changed bool
}

// contractNote is what is noted of one contract.
type contractNote struct {
	Absent  absences `json:",omitempty"` // what the exchange was asked for, and does not have
	Funding int64    `json:",omitempty"` // Unix ms: funding payments from here on were asked for
	Paid    int64    `json:",omitempty"` // Unix ms: of the newest of them
}

// absences are spans of stamps that the exchange does not have, in order and
// apart.
type absences []Span

// How notes are kept.
const (
	notesFor   = reach + 24*time.Hour // then a note has lost its use: the exchange keeps 30 days
	lateChange = 30                   // seconds by which the lateness of stamps must differ to be noted
)

// readNotes decodes notes. What cannot be read is not known: it is asked again.
func readNotes(b []byte, wall time.Time) *notes {
	n := &notes{}
	if len(b) > 0 && json.Unmarshal(b, n) != nil {
		n = &notes{}
	}
	oldest := wall.Add(-notesFor).UnixMilli()
	for symbol, c := range n.Contracts {
		if c == nil {
			delete(n.Contracts, symbol)
			continue
		}
		var kept absences
		for _, s := range c.Absent {
			if s.From <= s.To && s.To >= oldest {
				kept = kept.with(s)
			}
		}
		paid := n.paid(symbol).sane(wall)
		c.Absent, c.Funding, c.Paid = kept, paid.From, paid.To
		if kept == nil && c.Funding == 0 {
			delete(n.Contracts, symbol)
		}
	}
	return n
}

// encode is the notes as bytes.
func (n *notes) encode() []byte {
	n.changed = false
	b, err := json.Marshal(n)
	if err != nil { // there is nothing in it that JSON does not know
		return nil
	}
	return b
}

// setLate notes how late stamps are, where that has changed enough.
func (n *notes) setLate(late time.Duration) {
	if s := int(late / time.Second); max(s-n.Late, n.Late-s) >= lateChange {
		n.Late, n.changed = s, true
	}
}

// of returns what a contract is known not to have.
func (n *notes) of(symbol string) absences {
	if c := n.Contracts[symbol]; c != nil {
		return c.Absent
	}
	return nil
}

func (n *notes) contract(symbol string) *contractNote {
	c := n.Contracts[symbol]
	if c == nil {
		if n.Contracts == nil {
			n.Contracts = map[string]*contractNote{}
		}
		c = &contractNote{}
		n.Contracts[symbol] = c
	}
	n.changed = true
	return c
}

// asked takes that the exchange was asked for the stamps of a span and
// answered with these points: what is not among them, it does not have.
func (n *notes) asked(symbol string, span Span, points []market.Point) {
	miss := func(from, to int64) {
		if from <= to {
			c := n.contract(symbol)
			c.Absent = c.Absent.with(Span{from, to})
		}
	}
	next := span.From
	for _, p := range points {
		if p.Time < next {
			continue
		}
		if p.Time > span.To {
			break
		}
		miss(next, p.Time-market.StepMillis)
		next = p.Time + market.StepMillis
	}
	miss(next, span.To)
}

// with returns a with one more span, joined to those that it touches.
func (a absences) with(s Span) absences {
	i := sort.Search(len(a), func(i int) bool { return a[i].To+market.StepMillis >= s.From })
	j := i
	for ; j < len(a) && a[j].From <= s.To+market.StepMillis; j++ {
		s.From, s.To = min(s.From, a[j].From), max(s.To, a[j].To)
	}
	out := append(absences{}, a[:i]...)
	return append(append(out, s), a[j:]...)
}

// has reports whether a stamp is absent.
func (a absences) has(at int64) bool {
	i := sort.Search(len(a), func(i int) bool { return a[i].To >= at })
	return i < len(a) && a[i].From <= at
}

// less returns the parts of spans that are not absent.
func (a absences) less(spans []Span) (left []Span) {
	for _, s := range spans {
		for _, gone := range a {
			if gone.To < s.From || gone.From > s.To {
				continue
			}
			if gone.From > s.From {
				left = append(left, Span{s.From, gone.From - market.StepMillis})
			}
			s.From = gone.To + market.StepMillis
		}
		if s.From <= s.To {
			left = append(left, s)
		}
	}
	return left
}
