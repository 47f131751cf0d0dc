package feed

import (
	"context"
	"fmt"
	"time"

	"openinterest/data/market"
)

// chartLagging is how long an answer for a chart serves when its newest stamp is
// not published yet.
const chartLagging = 2 * time.Minute

// chartKey names a series at the exchange.
type chartKey struct {
	symbol string
	period market.Period
}

// chartCall is one caller of Load.
type chartCall struct {
	key    chartKey
	limit  int
	answer chan<- result[*market.Series] // one slot
}

// chartPeriod returns the finest period in which the exchange gives the range
// in one answer of at most 500 points. It keeps 30 days; longer ranges get those.
func chartPeriod(r market.Range) market.Period {
	switch {
	case r <= market.Range24h:
		return market.Period5m
	case r <= market.Range3d:
		return market.Period15m
	case r <= market.Range7d:
		return market.Period30m
	case r <= market.Range14d:
		return market.Period1h
	}
	return market.Period2h
}

// Load returns the open interest of one contract over the last r. Up to 24
// hours come at once from the 5-minute series that the feed keeps anyway, live
// points included. Longer ranges, too, have 5-minute points where the store
// has nearly all of them; else they are asked of the exchange in coarser steps:
// 15 minutes for 3 days, 30 minutes for 7, 1 hour for 14, 2 hours for 30, which
// is all it keeps. Where it cannot be asked, what the store has is better than
// nothing. Answers are shared between callers and kept until the next stamp
// closes. Errors are *market.Problem in the chain, ctx's, or ErrEnded. Before
// Run is called, Load waits for it.
func (f *Feed) Load(ctx context.Context, symbol string, r market.Range) (*market.Series, error) {
	r = min(r, market.Range30d)
	period := chartPeriod(r)
	if period == market.Period5m {
		if q := f.Snapshot().Quote(symbol); q != nil && q.History.Len() > 0 {
			return newest(q.History, r, f.exchange.Now()), nil
		}
	}
	kept, whole := f.kept(ctx, symbol, r)
	if whole {
		return kept, nil
	}
	asked, err := f.ask(ctx, symbol, r, period)
	if err != nil && kept.Len() > 0 && market.ProblemOf(err) != nil {
		return kept, nil
	}
	return asked, err
}

// wholeShare is the part of a range's stamps that must be kept for a chart of it.
const wholeShare = 0.99

// kept returns what the store has of a range, with the newest points of the
// table, and whether that is nearly all of it.
func (f *Feed) kept(ctx context.Context, symbol string, r market.Range) (s *market.Series, whole bool) {
	if f.store == nil {
		return nil, false
	}
	now := f.exchange.Now()
	from, to := now.Add(-time.Duration(r)).UnixMilli(), market.FloorStamp(now.UnixMilli())
	s, err := f.store.Series(ctx, symbol, from, to)
	if err != nil {
		f.log.Debug("reading what is kept", "symbol", symbol, "err", err)
		return nil, false
	}
	if q := f.Snapshot().Quote(symbol); q != nil {
		if s = s.Merge(q.History, 0); s != nil {
			s = newest(s, r, now)
		}
		if listed := q.Contract.Listed; !listed.IsZero() {
			from = max(from, listed.UnixMilli())
		}
	}
	wanted := max(1, (to-from)/market.StepMillis)
	return s, float64(s.Len()) >= wholeShare*float64(wanted)
}

// ask has the engine get a series from the exchange.
func (f *Feed) ask(ctx context.Context, symbol string, r market.Range, period market.Period) (*market.Series, error) {
	limit := min(maxPoints, int(time.Duration(r)/time.Duration(period))+2)
	if period == market.Period5m {
		limit = maxPoints // the table can use it
	}
	answers := make(chan result[*market.Series], 1)
	call := chartCall{key: chartKey{symbol, period}, limit: limit, answer: answers}
	series, err := askEngine(ctx, f, f.calls, call, answers)
	if err != nil {
		return nil, fmt.Errorf("loading %v of %s: %w", r, symbol, err)
	}
	return newest(series, r, f.exchange.Now()), nil
}

// newest returns the part of s that lies within the last r, sharing its points.
func newest(s *market.Series, r market.Range, wall time.Time) *market.Series {
	from := wall.Add(-time.Duration(r)).UnixMilli()
	part := *s
	part.Points = s.Between(from, 1<<62)
	return &part
}

// chartExpires is when the next stamp closes; sooner while the exchange has
// not published the last one yet.
func chartExpires(s *market.Series, p market.Period, wall time.Time) time.Time {
	step := p.Millis()
	closed := wall.UnixMilli() / step * step
	next := time.UnixMilli(closed + step)
	if last, ok := s.Last(); ok && last.Time >= closed {
		return next
	}
	if soon := wall.Add(chartLagging); soon.Before(next) {
		return soon
	}
	return next
}
