package chartpane

import (
	"context"
	"fmt"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// Events has the events of contracts: the signals that fired. It may take a
// while and be asked from several goroutines; it ends early when its context
// does.
type Events interface {
	Events(ctx context.Context, symbol string, from, to time.Time) ([]signal.Event, error)
}

// eventsAgain is how often the events of what is shown are asked for anew.
const eventsAgain = time.Minute

// firings keeps the events of the symbols that a pane shows. Like those of a
// loader, its methods belong to the UI's goroutine.
type firings struct {
	o       Options
	changed func()
	kept    map[string]*fired
}

// fired is what is known of one symbol's events.
type fired struct {
	span    market.Range
	events  []signal.Event
	tried   time.Time
	running bool
	turn    int
	cancel  context.CancelFunc
}

func newFirings(o Options, changed func()) *firings {
	o.Marking.Choice.subscribe(changed)
	return &firings{o: o, changed: changed, kept: map[string]*fired{}}
}

// want says whose events are shown over which range.
func (f *firings) want(symbols []string, r market.Range, now time.Time) {
	if f.o.Marking.Events == nil {
		return
	}
	wanted := make(map[string]bool, len(symbols))
	for _, s := range symbols {
		wanted[s] = true
		k := f.kept[s]
		if k == nil {
			k = &fired{}
			f.kept[s] = k
		}
		if k.span != r || !k.running && now.Sub(k.tried) >= eventsAgain {
			f.start(s, k, r, now)
		}
	}
	for s, k := range f.kept {
		if !wanted[s] {
			k.stop()
			delete(f.kept, s)
		}
	}
}

// forget stops all questions, and lets go of what was answered.
func (f *firings) forget() { f.want(nil, 0, time.Time{}) }

func (k *fired) stop() {
	if k.cancel != nil {
		k.cancel()
	}
	k.running = false
	k.turn++
}

func (f *firings) start(symbol string, k *fired, r market.Range, now time.Time) {
	k.stop()
	ctx, cancel := context.WithCancel(f.o.Context)
	k.cancel, k.running, k.tried, k.span = cancel, true, now, r
	turn := k.turn
	from := time.UnixMilli(0)
	if r != market.RangeAll {
		from = now.Add(-time.Duration(r))
	}
	go func() {
		defer cancel()
		events, err := f.o.Marking.Events.Events(ctx, symbol, from, now)
		if ctx.Err() != nil {
			return
		}
		f.o.Dispatch(func() {
			if k.turn != turn || f.kept[symbol] != k {
				return
			}
			k.running = false
			if err == nil { // a chart without markers is still a chart; the log of the source says why
				k.events = events
			}
			f.changed()
		})
	}()
}

// busy reports whether events of what is shown are still to come.
func (f *firings) busy() bool {
	for _, k := range f.kept {
		if k.running {
			return true
		}
	}
	return false
}

// key tells whether the markers would look different.
func (f *firings) key(symbol string) string {
	k := f.kept[symbol]
	if k == nil || len(k.events) == 0 {
		return "0"
	}
	return fmt.Sprint(len(k.events), k.events[len(k.events)-1].Time.UnixMilli(), f.o.Marking.Choice.key())
}

// of returns the events of a symbol that a chart of a range has room for.
func (f *firings) of(symbol string, r market.Range) []signal.Event {
	k := f.kept[symbol]
	if k == nil {
		return nil
	}
	var shown []signal.Event
	for _, e := range k.events {
		if hasRoom(e.Kind, r) && f.o.Marking.Choice.Shows(e.Kind) {
			shown = append(shown, e)
		}
	}
	return shown
}
