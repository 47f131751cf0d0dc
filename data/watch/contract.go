package watch

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"openinterest/data/market"
	"openinterest/data/signal"
)

// contract is what is kept of one contract.
type contract struct {
	symbol   string
	quote    *market.Quote
	baseline *signal.Baseline
	detector *signal.Detector
	points   int // that the baseline was made from
	week     *market.Week
	tried    int64     // the hour of the last baseline that was tried
	failed   int       // how often in a row its past could not be read
	again    time.Time // when that is tried again, where it failed
	hourly   *signal.Evaluation
	events   []Event // of the last 24 h
	sign     *Sign
	stale    bool            // the sign says that its data are too old
	ratios   []market.Ratios // of the last hours
}

// newest is the stamp of the contract's newest closed point; 0: none.
func (c *contract) newest() int64 {
	p, ok := c.quote.History.Last()
	if !ok {
		return 0
	}
	return market.FloorStamp(p.Time)
}

// input is the contract as the signals see it.
func (c *contract) input(points []market.Point) *signal.Input {
	q := c.quote
	return &signal.Input{Symbol: c.symbol, Points: points, Terms: q.Funding, Volume: q.Volume24h(), Listed: q.Contract.Listed}
}

// follow takes a snapshot: contracts come and go, and new stamps are evaluated.
func (w *Watch) follow(s *market.Snapshot, told map[string][]Event) {
	now := w.o.Now()
	if s == nil {
		return
	}
	if s != w.seen {
		w.seen = s
		for _, q := range s.Quotes {
			symbol := q.Contract.Symbol
			c := w.contracts[symbol]
			if c == nil {
				c = &contract{symbol: symbol, events: recent(told[symbol], now)}
				w.contracts[symbol] = c
				w.changed = true
			}
			c.quote = q
			c.learnRatios()
		}
		for symbol := range w.contracts {
			if len(w.contracts) > len(s.Quotes) && s.Quote(symbol) == nil {
				delete(w.contracts, symbol)
				w.changed = true
			}
		}
	}
	for _, c := range w.contracts {
		w.evaluate(c, now, told)
	}
}

// evaluate takes the stamps that closed since it was last called, those of the
// baseline's hour, in order.
func (w *Watch) evaluate(c *contract, now time.Time, told map[string][]Event) {
	newest := c.newest()
	if c.baseline == nil || newest == 0 {
		return
	}
	history := c.quote.History.Points
	fresh := false
	for i := max(0, len(history)-int(time.Hour/market.Step)-1); i < len(history); i++ {
		stamp := market.FloorStamp(history[i].Time)
		if stamp <= c.detector.Stamp() || hourOf(stamp) != c.baseline.Hour {
			continue
		}
		at := time.UnixMilli(stamp)
		if stamp == newest {
			at = now
		}
		e := signal.Evaluate(w.present(c, history[:i+1]), c.baseline, at)
		w.tell(c, c.detector.Observe(e), now, told)
		if stamp%hour == 0 {
			c.hourly = e
		}
		if stamp == newest {
			c.show(e, now)
			fresh = true
		}
	}
	aged := now.UnixMilli()-newest > freshBy.Milliseconds()
	if !fresh && c.sign != nil && aged && !c.stale { // what holds no longer can be known
		c.show(signal.Evaluate(w.present(c, history), c.baseline, now), now)
		fresh = true
	}
	if fresh {
		w.changed = true
	}
}

// tell puts events on the board and into the log, unless they were told before.
func (w *Watch) tell(c *contract, events []signal.Event, now time.Time, told map[string][]Event) {
	for _, e := range events {
		if repeats(told[c.symbol], e) {
			continue
		}
		live := now.Sub(e.Time) <= freshBy
		event := []Event{{Event: e, Live: live}}
		c.events = slices.Concat(c.events, event)
		if live {
			told[c.symbol] = slices.Concat(recent(told[c.symbol], now), event)
			w.unlogged = append(w.unlogged, e)
		}
	}
}

// repeats reports whether an event of the same kind was told within its cooldown.
func repeats(told []Event, e signal.Event) bool {
	return slices.ContainsFunc(told, func(old Event) bool {
		return old.Kind == e.Kind && e.Time.Sub(old.Time).Abs() < e.Kind.Cooldown()
	})
}

// recent is the events that are no older than a day. Lists of events are shared,
// by boards among others, and never written to: a new one is made where they
// differ, without spare memory, since with its evidence an event takes half a
// kilobyte.
func recent(events []Event, now time.Time) []Event {
	old := func(e Event) bool { return now.Sub(e.Time) > day }
	if !slices.ContainsFunc(events, old) {
		return events
	}
	return slices.Concat(slices.DeleteFunc(slices.Clone(events), old))
}

// show makes the contract's sign.
func (c *contract) show(e *signal.Evaluation, now time.Time) {
	c.events = recent(c.events, now)
	c.sign = NewSign(e, c.hourly, c.events, now)
	c.sign.Week = c.week
	c.stale = now.UnixMilli()-e.Stamp > freshBy.Milliseconds()
}

// due reports whether a baseline is missing: that of the newest stamp's hour,
// or a better one than could be made when the past could not be read.
func (c *contract) due(now time.Time) bool {
	newest := c.newest()
	if newest == 0 || now.UnixMilli()-newest > tooOld.Milliseconds() {
		return false
	}
	if c.failed > 0 {
		return !now.Before(c.again)
	}
	return hourOf(newest) != c.tried
}

// next is the contract whose baseline comes next; nil when all are there.
func (w *Watch) next() *contract {
	now := w.o.Now()
	if first := w.first.Load(); first != nil {
		for _, symbol := range *first {
			if c := w.contracts[symbol]; c != nil && c.due(now) {
				return c
			}
		}
	}
	var best *contract
	volume := math.Inf(-1)
	for _, c := range w.contracts {
		if !c.due(now) {
			continue
		}
		v := c.quote.Volume24h()
		if !market.Known(v) {
			v = -1
		}
		if best == nil || v > volume || v == volume && c.symbol < best.symbol {
			best, volume = c, v
		}
	}
	return best
}

// prepare computes a contract's baseline, and brings its detector to the
// present where it is not there yet.
func (w *Watch) prepare(ctx context.Context, c *contract, told map[string][]Event) {
	newest, now := c.newest(), w.o.Now()
	c.tried = hourOf(newest)
	past := c.input(nil)
	var err error
	past.Points, past.Funding, err = w.recall(ctx, c, newest)
	walks := c.detector == nil || c.slept(past.Points) || len(past.Points) > c.points+int(2*time.Hour/market.Step)
	if err == nil {
		err = w.recallStanding(ctx, c, past, newest, walks)
	}
	if ctx.Err() != nil {
		return
	}
	if w.waits(c, err, newest, now) {
		return
	}
	if w.space == nil {
		w.space = new(signal.Workspace)
	}
	if walks && !w.walk(ctx, c, past, now, told) {
		return
	}
	c.points = len(past.Points)
	c.week = weekAgo(past.Points, newest)
	c.baseline = w.space.Baseline(past, newest)
	before := c.sign
	w.evaluate(c, now, told)
	if c.sign == before { // the detector knows the newest stamp already; the baseline is new
		history := c.quote.History
		if i := hourIndex(history, c.baseline.Hour); i >= 0 {
			c.hourly = signal.Evaluate(w.present(c, history.Points[:i+1]), c.baseline, time.UnixMilli(c.baseline.Hour))
		}
		c.show(signal.Evaluate(w.present(c, history.Points), c.baseline, now), now)
	}
	w.changed = true
}

// slept reports whether stamps closed unobserved before the last full hour, on
// baselines that are gone.
func (c *contract) slept(points []market.Point) bool {
	return slices.ContainsFunc(points[max(0, len(points)-500):], func(p market.Point) bool {
		return p.Time > c.detector.Stamp() && hourOf(p.Time) < c.tried
	})
}

// How a past that could not be read is tried again, and for how long nothing is
// evaluated without it.
const (
	firstAgain = time.Second // doubled each time
	mostAgain  = 5 * time.Second
	waitsFor   = 4 // failures
)

// waits takes whether a contract's past could be read, and reports whether it is
// waited for: it is tried again within seconds. Where it fails for longer, this
// hour's stamps are evaluated without it, as those of a contract that has no past,
// until it can be read.
func (w *Watch) waits(c *contract, err error, newest int64, now time.Time) bool {
	if err == nil {
		c.failed = 0
		return false
	}
	if !w.anyFails() {
		w.log.Warn("the history behind a signal cannot be read; it is tried again", "symbol", c.symbol, "error", err)
	}
	c.failed++
	c.again = now.Add(min(firstAgain<<min(c.failed-1, 10), mostAgain))
	return c.failed < waitsFor || c.baseline != nil && c.baseline.Hour == hourOf(newest)
}

// anyFails reports whether the past of any contract could not be read: the log
// tells of the first.
func (w *Watch) anyFails() bool {
	for _, c := range w.contracts {
		if c.failed > 0 {
			return true
		}
	}
	return false
}

// recall returns the last 31 days up to a stamp: what was kept, and over it
// what the feed has.
func (w *Watch) recall(ctx context.Context, c *contract, newest int64) ([]market.Point, []market.FundingPoint, error) {
	history := c.quote.History
	if w.o.Past == nil {
		return history.Points, nil, nil
	}
	from := hourOf(newest) - reach.Milliseconds()
	series, err := w.o.Past.Series(ctx, c.symbol, from, newest)
	if err == nil && series.Len() > 0 {
		history = series.Merge(history, 0)
	}
	funding, ferr := w.o.Past.Funding(ctx, c.symbol, from, newest)
	return history.Points, funding, errors.Join(err, ferr)
}

// walk finds the events of the last 24 h and a detector that goes on from
// there; false when it was interrupted.
func (w *Watch) walk(ctx context.Context, c *contract, past *signal.Input, now time.Time, told map[string][]Event) bool {
	in := *past
	in.Volume = market.Unknown // today's says nothing about last week
	events, detector, err := w.space.Walk(ctx, &in)
	if err != nil {
		return false
	}
	c.detector = detector
	found := slices.Clone(recent(told[c.symbol], now))
	for _, e := range events {
		if now.Sub(e.Time) <= day && !repeats(told[c.symbol], e) {
			found = append(found, Event{Event: e})
		}
	}
	slices.SortStableFunc(found, func(a, b Event) int { return a.Time.Compare(b.Time) })
	c.events = slices.Concat(found)
	return true
}

const hour = int64(time.Hour / time.Millisecond)

func hourOf(ms int64) int64 { return ms - ms%hour }

// hourIndex is the index of the point on a full hour; −1: there is none.
func hourIndex(s *market.Series, at int64) int {
	i, ok := slices.BinarySearchFunc(s.Points, at, func(p market.Point, t int64) int { return int(p.Time - t) })
	if !ok {
		return -1
	}
	return i
}
