package feed

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"openinterest/data/market"
)

// How often snapshots are published.
const (
	publishSoon   = 250 * time.Millisecond // while the table fills, and after attention changed
	publishEvery  = time.Second
	publishHidden = 5 * time.Second
	promptFor     = 2 * time.Second // how long a change of attention makes publishing prompt
)

// clockJump is how far the exchange's clock and the monotonic one may drift
// apart between two looks before the machine must have slept or been set.
const clockJump = 5 * time.Second

// firstContact is how long after the start a jump means nothing.
const firstContact = 2 * time.Second

// engine owns the feed's state. All its methods run on one goroutine.
type engine struct {
	feed     *Feed
	exchange Exchange
	log      *slog.Logger
	ctx      context.Context
	group    sync.WaitGroup // every goroutine but the engine's own
	began    time.Time

	schedule *schedule
	health   *health
	table    *table
	charts   charts
	stream   *stream
	flights  map[*flight]struct{}
	answers  chan answer
	partial  [kinds]*market.Problem // of the tables: why the newest request failed

	memory   Memory // nil: none; so are the rest then
	keeper   *keeper
	notes    *notes
	recalled chan memoryAnswer
	verdict  chan bool // whether what is remembered is of this market
	believed bool      // it is
	plans    chan plan

	sequence    uint64
	published   time.Duration
	status      market.Status // as last published
	ready       int           // as last published
	promptUntil time.Duration
	seen, seenW time.Duration // the clocks at the last look: monotonic, and the exchange's since 1970
}

func newEngine(ctx context.Context, f *Feed) *engine {
	began := time.Now()
	e := &engine{
		feed: f, exchange: f.exchange, log: f.log, ctx: ctx, began: began,
		schedule: newSchedule(f.parallel),
		health:   newHealth(),
		table:    newTable(),
		charts:   charts{},
		stream:   newStream(began),
		flights:  map[*flight]struct{}{},
		answers:  make(chan answer, f.parallel),

		published: never,
	}
	if f.memory != nil {
		e.memory = f.memory
		e.keeper = f.keeper
		e.recalled, e.plans = make(chan memoryAnswer, 1), make(chan plan, 1)
		e.verdict = make(chan bool, 1)
		e.schedule.remembering = true
	}
	e.notes = &notes{}
	_, wall := e.clock()
	e.table.closed = market.FloorStamp(wall.UnixMilli())
	e.seenW = sinceEpoch(wall)
	return e
}

// clock returns the time since the start, which never jumps, and the
// exchange's time, without a monotonic reading that would hide jumps.
func (e *engine) clock() (now time.Duration, wall time.Time) {
	return time.Since(e.began), e.exchange.Now().Round(0).UTC()
}

func sinceEpoch(t time.Time) time.Duration { return time.Duration(t.UnixMilli()) * time.Millisecond }

// run is the event loop.
func (e *engine) run() {
	e.group.Go(func() { e.stream.run(e.ctx, e.exchange) })
	if e.memory != nil {
		ctx, stop := context.WithCancel(context.WithoutCancel(e.ctx)) // until the engine has handed over the last
		e.group.Go(func() {
			e.recall()
			e.keeper.run(ctx)
		})
		defer stop()
		defer e.keepWhatIsNew()
	}
	watchdog := time.NewTicker(watchEvery)
	defer watchdog.Stop()
	timer := time.NewTimer(0)
	defer timer.Stop()
	e.attend()
	for {
		now, wall := e.clock()
		wait := e.dispatch(now, wall)
		wait = min(wait, e.publish(now, wall))
		timer.Reset(wait)
		select {
		case <-e.ctx.Done():
			return
		case a := <-e.answers:
			e.take(a)
		case <-watchdog.C:
			e.watch()
		case <-e.feed.attended:
			e.attend()
		case <-e.feed.retry:
			e.retry()
		case c := <-e.feed.calls:
			e.chart(c)
		case a := <-e.recalled:
			e.remember(a)
		case same := <-e.verdict:
			e.judged(same)
		case p := <-e.plans:
			e.planned(p)
		case <-timer.C:
		}
	}
}

// dispatch sends what may be sent now and returns when to look again.
func (e *engine) dispatch(now time.Duration, wall time.Time) time.Duration {
	e.watchFlights(now)
	budget := e.exchange.Budget()
	e.schedule.observe(now, wall.UnixMilli(), budget)
	e.health.blocked(now, wall, budget.BlockedUntil)
	switch e.health.gate(now, wall) {
	case gateClosed:
		return idle
	case gateProbe:
		if r := e.schedule.probe(now); r.kind != askNothing {
			e.health.pause.probing = true
			e.send(now, r, true)
		}
		return idle
	}
	for {
		r, wait := e.schedule.next(now, wall.UnixMilli())
		if r.kind == askNothing {
			return wait
		}
		e.send(now, r, false)
	}
}

// send asks on a goroutine of its own.
func (e *engine) send(now time.Duration, r request, probe bool) {
	timeout := requestTimeout
	if probe {
		timeout = probeTimeout
	}
	ctx, cancel := context.WithTimeout(e.ctx, timeout)
	f := &flight{request: r, sent: now, probe: probe, cancel: cancel}
	e.flights[f] = struct{}{}
	e.group.Go(func() {
		a := fetch(ctx, e.exchange, f)
		cancel()
		select {
		case e.answers <- a:
		case <-e.ctx.Done():
		}
	})
}

// watch is the watchdog: it sees what no answer tells.
func (e *engine) watch() {
	now, wall := e.clock()
	drift := (sinceEpoch(wall) - e.seenW) - (now - e.seen)
	e.seen, e.seenW = now, sinceEpoch(wall)
	if drift.Abs() > clockJump {
		e.woke(drift, wall)
	}
	e.stream.take(now, e.table)
	e.table.closeStamps(wall)
	e.superviseMarks(now, wall)
	if now > rememberPatience {
		e.schedule.remembering = false
	}
	e.keepWhatIsNew()
	e.fillGaps(now, wall)
}

// watchFlights notices that requests are sent and nothing comes back; not
// while the client holds them because the budget is spent.
func (e *engine) watchFlights(now time.Duration) {
	if e.schedule.exhausted(now) > 0 {
		return
	}
	oldest := time.Duration(0)
	for f := range e.flights {
		oldest = max(oldest, now-f.sent)
	}
	was := e.health.pause
	e.health.watch(now, oldest)
	e.transition(nil, was)
}

// woke is called when the clocks drifted apart: the machine slept, or its
// clock was corrected. Everything is asked again, and the connection of the
// stream is as good as dead. Right after the start it is only the exchange's
// clock becoming known.
func (e *engine) woke(drift time.Duration, wall time.Time) {
	e.log.Info("the clock jumped", "by", drift)
	e.table.closed = market.FloorStamp(wall.UnixMilli())
	if e.seen < firstContact {
		return
	}
	e.schedule.overdue()
	e.health.retry(e.seen)
	if drift > 0 {
		e.stream.reconnect()
		e.schedule.replan()
	}
}

// superviseMarks asks for mark prices by REST where the stream does not bring
// them, and hangs up on a stream that is stuck.
func (e *engine) superviseMarks(now time.Duration, wall time.Time) {
	sincePrice, sinceConnect, _ := e.stream.silence(now)
	switch {
	case sincePrice > streamSilent:
		e.schedule.marksEvery = marksPeriod
	case e.table.staleMarks(wall, marksStale) > 0:
		e.schedule.marksEvery = marksPeriodStale
	default:
		e.schedule.marksEvery = 0
	}
	if sinceConnect > streamStuck {
		e.stream.reconnect()
	}
}

// attend takes the newest attention.
func (e *engine) attend() {
	a := e.feed.attention.Load()
	if a == nil {
		return
	}
	now, _ := e.clock()
	e.schedule.attend(*a)
	e.promptUntil = now + promptFor
}

func (e *engine) retry() {
	now, _ := e.clock()
	e.health.retry(now)
	e.schedule.forgive()
}

// chart serves a caller of Load.
func (e *engine) chart(c chartCall) {
	now, wall := e.clock()
	had := e.charts[c.key]
	switch p := e.health.pause; {
	case e.table.listed > 0 && e.table.symbols[c.key.symbol] == nil:
		c.answer <- chartAnswer{err: &market.Problem{Kind: market.UnknownSymbol, What: "history of " + c.key.symbol}}
	case p != nil && had != nil && had.series != nil: // old is better than nothing
		c.answer <- chartAnswer{series: had.series}
	case p != nil && had == nil:
		c.answer <- chartAnswer{err: p.problem}
	case e.charts.call(c, wall):
		r := request{kind: askChart, symbol: c.key.symbol, period: c.key.period, limit: c.limit}
		e.schedule.spend(now, r)
		e.send(now, r, false)
	}
}
