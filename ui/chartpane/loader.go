package chartpane

import (
	"context"
	"time"

	"openinterest/data/market"
)

// Source has the history of contracts. Load returns 5-minute points for up to
// 24 hours, coarser ones for longer ranges where it has no better; it is cheap
// to call again, safe for concurrent use, and ends early when its context does.
type Source interface {
	Load(ctx context.Context, symbol string, r market.Range) (*market.Series, error)
	PlotSource
}

const (
	loadsAtOnce = 3                // of one pane
	retryAfter  = 30 * time.Second // a failed or fruitless load is not repeated sooner
	stampDelay  = 20 * time.Second // until the exchange has published a stamp that closed
)

// loader keeps the series of the symbols that a pane shows. Its methods are
// called on the UI's goroutine; loads run on others, which end with the
// context or as soon as their symbol and range are no longer wanted.
type loader struct {
	ctx      context.Context
	source   Source
	clock    func() time.Time // this machine's, for what a load costs
	archive  Archive          // may be nil
	dispatch func(func())
	changed  func() // something came, or failed to
	slots    chan struct{}
	loads    map[string]*load
}

// load is what is known of one symbol.
type load struct {
	span    market.Range
	had           // the newest; may be of another range while loading
	wide    had   // that of a longer range, kept while one looks at a part of it
	err     error // of the last try
	cancel  context.CancelFunc
	running bool
	turns   int // counts starts and stops, so that a load overtaken is known as such
	tried   time.Time
	cost    time.Duration // of the last load
	saved   int           // days that had come from the archive when the series was asked for
}

// had is a series that came.
type had struct {
	of      market.Range   // the range that was asked for
	series  *market.Series // nil: none
	scaled  *market.Series // the same in the unit of its newest point
	changes []market.UnitChange
}

func newLoader(o Options, changed func()) *loader {
	return &loader{ctx: o.Context, source: o.Source, clock: o.Now, archive: o.Archive, dispatch: o.Dispatch, changed: changed,
		slots: make(chan struct{}, loadsAtOnce), loads: map[string]*load{}}
}

// want says which symbols are shown over which range: what is missing or out
// of date is loaded, what is no longer wanted is forgotten.
func (l *loader) want(symbols []string, span market.Range, now time.Time) {
	wanted := make(map[string]bool, len(symbols))
	for _, s := range symbols {
		wanted[s] = true
	}
	for s, ld := range l.loads {
		if !wanted[s] {
			ld.stop()
			delete(l.loads, s)
		}
	}
	for _, s := range symbols {
		ld := l.loads[s]
		if ld == nil {
			ld = &load{}
			l.loads[s] = ld
		}
		if ld.span != span {
			ld.turn(span)
		}
		if more := l.moreCame(s, ld, now); !ld.running && (more || ld.due(now)) {
			l.start(s, ld, now)
		}
	}
}

// moreCame asks the archive for what a long range lacks and reports whether days
// have come since the series was read.
func (l *loader) moreCame(symbol string, ld *load, now time.Time) bool {
	if l.archive == nil || !isLong(ld.span) {
		return false
	}
	l.archive.Want(symbol, ld.span)
	return l.archive.Status(symbol, ld.span).Saved != ld.saved && now.Sub(ld.tried) >= min(refreshSeldom, max(refreshEvery, refreshShare*ld.cost))
}

// forget stops all loads, and lets go of what they brought.
func (l *loader) forget() { l.want(nil, 0, time.Time{}) }

// turn begins with another range. So that a chart stays usable while one zooms
// out again, the series of a longer range is kept and shown until that of the
// range wanted has come.
func (ld *load) turn(span market.Range) {
	ld.stop()
	ld.span, ld.err, ld.tried = span, nil, time.Time{}
	if ld.series != nil && ld.of > span && ld.of >= ld.wide.of {
		ld.wide = ld.had
	}
	if ld.wide.series != nil && ld.wide.of >= span && ld.of < span {
		ld.had = ld.wide
	}
	if ld.wide.of < span {
		ld.wide = had{}
	}
}

// retry loads a symbol now that failed before.
func (l *loader) retry(symbol string, now time.Time) {
	if ld := l.loads[symbol]; ld != nil && !ld.running {
		l.start(symbol, ld, now)
	}
}

// busy reports whether any load is under way.
func (l *loader) busy() bool { return l.any(func(ld *load) bool { return ld.running }) }

func (l *loader) any(is func(*load) bool) bool {
	for _, ld := range l.loads {
		if is(ld) {
			return true
		}
	}
	return false
}

// stop cancels the load that is running, if any.
func (ld *load) stop() {
	if ld.cancel != nil {
		ld.cancel()
	}
	ld.cancel, ld.running = nil, false
	ld.turns++
}

// due reports whether there may be more to have than there is: nothing was
// had yet, or a new stamp should have closed.
func (ld *load) due(now time.Time) bool {
	if ld.tried.IsZero() {
		return true
	}
	if !now.After(ld.tried.Add(retryAfter)) && !ld.waited(now) {
		return false
	}
	if ld.err != nil || ld.of != ld.span {
		return true
	}
	last, ok := ld.series.Last()
	return !ok || now.After(time.UnixMilli(last.Time+ld.series.Period.Millis()).Add(stampDelay))
}

// waited reports whether what the last try was told to wait for has come.
func (ld *load) waited(now time.Time) bool {
	p := market.ProblemOf(ld.err)
	return p != nil && p.Until.After(ld.tried) && now.After(p.Until)
}

// first is the time of the first point there is; at where there is none.
func (ld *load) first(at int64) int64 {
	for _, s := range []*market.Series{ld.series, ld.wide.series} {
		if s.Len() > 0 {
			at = min(at, s.Points[0].Time)
		}
	}
	return at
}

// awaited reports whether there is nothing to show for the range yet, but may be soon.
func (ld *load) awaited() bool { return ld.running && (ld.of != ld.span || ld.series.Len() == 0) }

func (l *loader) start(symbol string, ld *load, now time.Time) {
	ctx, cancel := context.WithCancel(l.ctx)
	ld.cancel, ld.running, ld.tried = cancel, true, now
	ld.turns++
	span, turn := ld.span, ld.turns
	if l.archive != nil {
		ld.saved = l.archive.Status(symbol, span).Saved
	}
	go func() {
		defer cancel()
		select {
		case l.slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		begun := l.clock()
		series, err := l.source.Load(ctx, symbol, span)
		scaled, changes := series.Rescaled()
		cost := l.clock().Sub(begun)
		<-l.slots
		if ctx.Err() != nil {
			return
		}
		l.dispatch(func() {
			if ld.turns == turn && l.loads[symbol] == ld {
				ld.cost = cost
				if err == nil {
					ld.had = had{span, series, scaled, changes}
				}
				ld.err = err
				l.finish(ld)
			}
		})
	}()
}

// finish ends a load, on the UI's goroutine.
func (l *loader) finish(ld *load) {
	ld.running, ld.cancel = false, nil
	l.changed()
}

// track is what a chart shows of a contract from an instant on: in one unit,
// that of the live point.
func (ld *load) track(q *market.Quote, from int64) *track {
	t := newTrack(ld.scaled, q, from)
	t.changes = ld.changes
	t.rescale()
	return t
}

// served is the same as the exchange gave it.
func (ld *load) served(q *market.Quote, from int64) *track { return newTrack(ld.series, q, from) }
