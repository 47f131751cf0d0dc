package feed

import (
	"context"
	"errors"
	"sync"
	"time"

	"openinterest/data/market"
)

// How the stream of liquidations is supervised.
const (
	unlistedMost  = 4096 // liquidations that wait for the list of contracts
	newsMost      = 8192 // that whoever prints them may lag behind
	liquidatedFor = 24 * time.Hour
)

// liquidations keeps one connection for liquidations going, and knows what was seen
// in the last 24 hours and when somebody listened. A goroutine of its own connects;
// the engine takes what came. Its methods are safe for concurrent use.
//
// That nothing comes is normal, so it says nothing of the connection: that lives by
// the exchange's pings (data/binance). We have listened from when a connection was
// open until its last sign of life, and not while the machine slept.
type liquidations struct {
	began   time.Time     // of the feed
	hurried chan struct{} // one slot: connect now

	mu         sync.Mutex
	connection int // which one this is; counted
	open       bool
	down       time.Duration // since when there is no connection
	problem    *market.Problem
	hangUp     context.CancelFunc
	lives      []life               // since the engine took them
	arrived    []market.Liquidation // likewise

	seen  instant       // the clocks when the engine took last
	dead  time.Duration // signs of life until then do not count: the machine slept
	of    int           // the connection of the last span, while it may go on
	heard               // what is known

	unkept []market.Liquidation // not handed to the recorder yet
	keptTo int64                // the end of what it was told of spans
}

// life is from when to when a connection lived, on the clock that is never corrected.
type life struct {
	connection int
	from, to   time.Duration // since the feed began
}

func newLiquidations(began time.Time) *liquidations {
	return &liquidations{began: began, hurried: make(chan struct{}, 1), seen: instant{elapsed: never}, dead: never, heard: newHeard()}
}

// run connects again and again until ctx ends.
func (l *liquidations) run(ctx context.Context, ex Exchange) {
	retries, refusals := newBackoff(retryFirst, retryMost), newBackoff(streamRefusedFirst, streamRefusedMost)
	for ctx.Err() == nil {
		lived, p := l.connect(ctx, ex)
		if lived {
			retries.Reset()
			refusals.Reset()
		}
		wait := retries
		if refused(p.Kind) {
			wait = refusals
		}
		select {
		case <-ctx.Done():
		case <-l.hurried:
		case <-time.After(wait.NextBackOff()):
		}
	}
}

// connect follows one connection until it ends. It returns whether there was one, and
// why it ended.
func (l *liquidations) connect(ctx context.Context, ex Exchange) (lived bool, p *market.Problem) {
	connection, hangUp := context.WithCancel(ctx)
	defer hangUp()
	l.mu.Lock()
	l.connection++
	l.hangUp = hangUp
	l.mu.Unlock()
	p = liquidationsProblem(ex.StreamLiquidations(connection, l.alive, l.deliver))
	l.mu.Lock()
	defer l.mu.Unlock()
	if lived = l.open; lived {
		l.open, l.down = false, time.Since(l.began)
	}
	l.problem = p
	return lived, p
}

var errLiquidationsEnded = errors.New("the stream of liquidations ended")

func liquidationsProblem(err error) *market.Problem {
	if p := market.ProblemOf(err); p != nil {
		return p
	}
	if err == nil {
		err = errLiquidationsEnded
	}
	return &market.Problem{Kind: market.TimedOut, Route: market.RouteLiquidations, What: "listening to liquidations", Err: err}
}

// alive is called by the connection's reader once it is open, and with each sign of
// life.
func (l *liquidations) alive() {
	at := time.Since(l.began)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open = true
	if n := len(l.lives); n > 0 && l.lives[n-1].connection == l.connection {
		l.lives[n-1].to = at
		return
	}
	l.lives = append(l.lives, life{l.connection, at, at})
}

// deliver is called by the connection's reader and must be quick.
func (l *liquidations) deliver(liquidation market.Liquidation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.arrived = append(l.arrived, liquidation)
}

// hurry has the next connection made now, where one is waited for.
func (l *liquidations) hurry() { signal(l.hurried) }

// reconnect gives up the connection: a new one is made.
func (l *liquidations) reconnect() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hangUp != nil {
		l.hangUp()
	}
}

// take takes what came since the last time. Contracts that are not in the table are
// not ours; until the exchange's list has come, that is not known.
func (l *liquidations) take(now instant, t *table) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen.elapsed != never {
		passed := now.elapsed - l.seen.elapsed
		if drift := now.wall.Sub(l.seen.wall) - passed; passed > clockJump || drift.Abs() > clockJump {
			l.dead, l.of = now.elapsed, 0 // the machine slept, or this process stood still: nobody listened
		}
	}
	l.seen = now
	for _, s := range l.lives {
		if s.to <= l.dead {
			continue
		}
		l.extend(s, now)
	}
	l.lives = l.lives[:0]
	if l.listed = t.listed > 0; !l.listed {
		l.arrived = l.arrived[max(0, len(l.arrived)-unlistedMost):]
		return
	}
	for _, a := range l.arrived {
		if r := t.symbols[a.Symbol]; r != nil && canBeOf(&r.quote, a) && l.add(a) {
			l.unkept = append(l.unkept, a)
			l.tell(a)
		}
	}
	l.arrived = l.arrived[:0]
}

// liquidatedBeyond is by how many times a liquidation may differ from what is known of
// its contract: both move, and what is known may be a minute old.
const liquidatedBeyond = 10

// canBeOf reports whether a liquidation can be one of a contract: nobody held more than
// is open, and it trades near the mark price. One odd number would stand in the sums
// for a day, and in what is kept for good. What is not known of the contract refuses nothing.
func canBeOf(q *market.Quote, a market.Liquidation) bool {
	if open := q.OpenInterest; !open.Received.IsZero() && a.Contracts > liquidatedBeyond*open.Contracts {
		return false
	}
	mark := q.Mark
	return mark.Received.IsZero() || a.Price <= liquidatedBeyond*mark.Price && a.Price >= mark.Price/liquidatedBeyond
}

// extend adds a stretch in which a connection lived to the spans; l.mu is held.
func (l *liquidations) extend(s life, now instant) {
	at := func(elapsed time.Duration) int64 { return now.wall.Add(elapsed - now.elapsed).UnixMilli() }
	if n := len(l.spans); n > 0 && l.of == s.connection {
		l.spans[n-1].To = max(l.spans[n-1].To, at(s.to))
		return
	}
	l.of = s.connection
	l.spans = append(l.spans, market.Span{From: at(max(s.from, l.dead)), To: at(s.to)})
}

// shift moves what was noted on the exchange's clock along with it. The times of
// liquidations are the exchange's own.
func (l *liquidations) shift(by time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen.wall = l.seen.wall.Add(by)
	for i := range l.spans {
		l.spans[i].From += by.Milliseconds()
		l.spans[i].To += by.Milliseconds()
	}
	l.keptTo = 0                    // what the recorder was told of this run was of the wrong time
	for _, c := range l.contracts { // which of them lie within a window is another question now
		c.hour, c.changed = 0, true
	}
	l.due = time.Time{}
}

// unwritten returns what the recorder was not told yet: liquidations, and the spans
// in which we listened. Both wait for the exchange's list, by whose answer the clock
// is known, too.
func (l *liquidations) unwritten() (seen []market.Liquidation, listened []market.Span) {
	l.mu.Lock()
	defer l.mu.Unlock()
	seen, l.unkept = l.unkept, nil
	if !l.listed {
		return seen, nil
	}
	for _, s := range l.spans {
		if s.To > l.keptTo {
			listened = append(listened, market.Span{From: max(s.From, l.keptTo), To: s.To})
		}
	}
	for _, s := range listened {
		l.keptTo = s.To
	}
	return seen, listened
}

// failing is why nobody listens; nil while somebody does, and in the first moments
// without a connection.
func (l *liquidations) failing(now time.Duration) *market.Problem {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open || now-l.down < streamSilent {
		return nil
	}
	return l.problem
}
