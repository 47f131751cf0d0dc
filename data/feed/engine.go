package feed

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"openinterest/data/market"
	"openinterest/data/quota"
	"openinterest/data/recorder"
)

// How often snapshots are published.
const (
	publishSoon   = 250 * time.Millisecond // while the table fills, and after attention changed
	publishEvery  = time.Second
	publishHidden = 5 * time.Second
	promptFor     = 2 * time.Second // how long a change of attention makes publishing prompt
)

// clockJump is how far the exchange's clock and the monotonic one may drift
// apart between two looks, and how far apart those may be, before the machine,
// or this process, must have slept.
const clockJump = 5 * time.Second

// engine owns the feed's state. All its methods run on one goroutine.
type engine struct {
	feed     *Feed
	exchange Exchange
	log      *slog.Logger
	ctx      context.Context
	group    sync.WaitGroup // every goroutine but the engine's own
	began    time.Time

	schedule     *schedule
	health       *health
	table        *table
	lists        lists
	charts       cache[chartKey, *market.Series]
	klines       cache[klineKey, []market.Candle]
	pages        cache[ratioPageKey, []market.Ratios]
	stream       *stream
	liquidations *liquidations
	flights      map[*flight]struct{}
	answers      chan answer
	partial      [kinds]*market.Problem // of the tables: why the newest request failed
	problems     struct {
		history, ratios *market.Problem // why the newest request of the route failed, of those that are everybody's
	}

	recorder *recorder.Recorder // nil: nothing is kept
	recalled bool               // what is kept was read
	kept     recorder.Kept      // its liquidations, until it is decided whether they are of this market

	sequence    uint64
	published   time.Duration
	status      market.Status // as last published
	ready       int           // as last published
	wasRefused  bool          // the exchange refused everything, at the last look
	filledTotal int           // rows that it had then
	wasFilled   bool          // the table was as full as it gets, once
	promptUntil time.Duration
	seen        instant       // the clocks at the last look
	corrected   time.Duration // of the exchange's clock, as known at the last look
}

func newEngine(ctx context.Context, f *Feed) *engine {
	began := time.Now()
	e := &engine{
		feed: f, exchange: f.exchange, log: f.log, ctx: ctx, began: began,
		schedule: newSchedule(f.exchange.Quota(), f.parallel),
		health:   newHealth(),
		table:    newTable(),
		charts:   cache[chartKey, *market.Series]{},
		klines:   cache[klineKey, []market.Candle]{},
		pages:    cache[ratioPageKey, []market.Ratios]{},
		stream:   newStream(began),
		flights:  map[*flight]struct{}{},
		answers:  make(chan answer, f.parallel),

		published: never,
	}
	e.liquidations = f.liquidations
	e.liquidations.began = began
	e.recorder = f.recorder
	e.schedule.recalling = f.recorder != nil
	e.corrected = e.exchange.Corrected()
	e.seen = e.now()
	e.table.closed = market.FloorStamp(e.seen.millis())
	return e
}

// now reads both clocks. Where the exchange's clock was corrected since the last
// time, what was noted on it moves along first, so that all times in the engine
// are of one clock.
func (e *engine) now() instant {
	for {
		corrected := e.exchange.Corrected()
		at := instant{time.Since(e.began), e.exchange.Now().Round(0).UTC()}
		if e.exchange.Corrected() == corrected { // else it was corrected between the two
			e.correct(corrected, at)
			return at
		}
	}
}

// correct moves what was noted on the exchange's clock to what that is now.
func (e *engine) correct(corrected time.Duration, at instant) {
	by := corrected - e.corrected
	if by == 0 {
		return
	}
	e.log.Info("the exchange's clock was corrected", "by", by)
	e.corrected = corrected
	e.seen.wall = e.seen.wall.Add(by)
	e.table.shift(by)
	e.liquidations.shift(by)
	e.recorder.Shift(by)
	e.health.goodWall = shifted(e.health.goodWall, by)
	e.table.closed = market.FloorStamp(at.millis())
}

func shifted(t time.Time, by time.Duration) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(by)
}

// run is the event loop.
func (e *engine) run() {
	e.group.Go(func() { e.stream.run(e.ctx, e.exchange) })
	e.group.Go(func() { e.liquidations.run(e.ctx, e.exchange) })
	if e.recorder != nil {
		ctx, stop := context.WithCancel(context.WithoutCancel(e.ctx)) // until the engine has handed over the last
		e.group.Go(func() { e.recorder.Run(ctx) })
		defer stop()
		defer e.keep()
	}
	watchdog := time.NewTicker(watchEvery)
	defer watchdog.Stop()
	timer := time.NewTimer(0)
	defer timer.Stop()
	e.attend()
	for {
		at := e.now()
		wait := time.Duration(0)
		if !e.watchClocks(at) { // else answers that are there are taken first: what is on its way is not late
			wait = e.dispatch(at)
		}
		wait = min(wait, e.publish(at))
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
		case c := <-e.feed.klines:
			e.kline(c)
		case c := <-e.feed.pages:
			e.page(c)
		case l := <-e.recorder.Loaded():
			e.recall(l)
		case <-timer.C:
		}
	}
}

// dispatch sends what may be sent now and returns when to look again.
func (e *engine) dispatch(at instant) time.Duration {
	e.watchFlights(at)
	if e.health.outage != nil {
		if e.health.mayProbe(at) {
			e.probe(at)
		}
		return idle
	}
	if e.exchange.Quota().Refused(market.RouteOpenInterest) != nil { // the first request after a pause is open interest
		e.wasRefused = true
		e.probe(at)
		return idle
	}
	if e.wasRefused {
		e.wasRefused = false
		e.schedule.recovered()
		e.hurry()
	}
	for {
		a, wait := e.schedule.next(at)
		if a == nil {
			return wait
		}
		e.send(at, a, false)
	}
}

// probe sends one request that shows whether asking works again, where the
// quota has a permit for it.
func (e *engine) probe(at instant) {
	a := e.schedule.probe(at)
	if a == nil {
		return
	}
	if e.health.outage != nil {
		e.health.outage.probing = true
	}
	e.send(at, a, true)
}

// send asks on a goroutine of its own.
func (e *engine) send(at instant, a *ask, probe bool) {
	timeout := requestTimeout
	if probe {
		timeout = probeTimeout
	}
	ctx, cancel := context.WithTimeout(quota.WithPermit(e.ctx, a.permit), timeout)
	f := &flight{request: a.request, sent: at.elapsed, probe: probe, cancel: cancel}
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
	at := e.now()
	e.stream.take(at, e.table)
	e.liquidations.take(at, e.table)
	e.table.closeStamps(at.wall)
	e.watchMarks(at)
	e.table.countUnanswered(at)
	e.decideCheck(at)
	if at.elapsed > recallPatience && !e.recalled { // once it is read, the check decides, which has a time limit of its own
		e.schedule.recalling = false
	}
	e.keep()
	e.fill(at)
}

// keep hands the live points that were sampled to the recorder.
func (e *engine) keep() {
	e.recorder.Keep(e.table.sampled, e.schedule.topUps.late)
	e.recorder.KeepLiquidations(e.liquidations.unwritten())
	e.table.sampled = nil
}

// watchClocks notices that the machine slept, or that this process was stopped
// for a while, and reports whether that was so.
func (e *engine) watchClocks(at instant) (woke bool) {
	passed := at.elapsed - e.seen.elapsed
	drift := at.wall.Sub(e.seen.wall) - passed
	e.seen = at
	woke = drift.Abs() > clockJump || passed > clockJump
	if woke {
		e.woke(drift+passed, at)
	}
	return woke
}

// woke is called when the machine slept. Everything is asked again, and the
// connection of the stream is as good as dead.
func (e *engine) woke(slept time.Duration, at instant) {
	e.log.Info("the machine slept", "for", slept)
	e.table.closed = market.FloorStamp(at.millis())
	e.schedule.overdue()
	e.health.retry(at.elapsed)
	e.stream.reconnect()
	e.liquidations.reconnect()
	e.recorder.LookAgain()
}

// watchFlights notices that requests are sent and nothing comes back.
func (e *engine) watchFlights(at instant) {
	oldest := time.Duration(0)
	for f := range e.flights {
		oldest = max(oldest, at.elapsed-f.sent)
	}
	was := e.health.outage
	e.health.watch(at.elapsed, oldest)
	e.transition(nil, was)
}

// watchMarks asks for mark prices by REST where the stream does not bring
// them, hangs up on a stream that is stuck, and has funding terms asked for
// where a contract's next payment does not fit the known ones.
func (e *engine) watchMarks(at instant) {
	sincePrice, sinceConnect, _ := e.stream.silence(at.elapsed)
	stale := e.table.staleMarks(at.wall, marksStale)
	switch {
	case sincePrice > streamSilent:
		e.schedule.marksEvery = marksPeriod
	case stale > 0:
		e.schedule.marksEvery = marksPeriodStale
	default:
		e.schedule.marksEvery = 0
	}
	if sinceConnect > streamStuck {
		e.stream.reconnect()
	}
	if e.table.checkFunding() {
		e.schedule.tableWithin(askFunding, at.elapsed, fundingAgain)
	}
}

// fundingAgain is how soon funding terms are asked again while a contract's
// next payment does not fit them.
const fundingAgain = 30 * time.Second

// attend takes the newest attention.
func (e *engine) attend() {
	a := e.feed.attention.Load()
	if a == nil {
		return
	}
	e.schedule.attend(*a)
	e.promptUntil = e.now().elapsed + promptFor
}

// retry asks again at once: the person wants it.
func (e *engine) retry() {
	at := e.now()
	e.exchange.Quota().Retry(at.wall)
	e.health.retry(at.elapsed)
	e.schedule.forgive()
	e.hurry()
}

// hurry has streams that wait for their next try connect now.
func (e *engine) hurry() {
	e.stream.hurry()
	e.liquidations.hurry()
}

// chart serves a caller of Load.
func (e *engine) chart(c chartCall) {
	why := e.refusal(market.RouteHistory)
	switch {
	case e.isUnlisted(c.key.symbol):
		c.answer <- result[*market.Series]{err: &market.Problem{Kind: market.UnknownSymbol, What: "history of " + c.key.symbol}}
	case why != nil && e.charts.refused(c.key, c.answer, why):
	case e.charts.call(c.key, c.answer, e.now().wall):
		e.schedule.charts = append(e.schedule.charts, request{kind: askChart, symbol: c.key.symbol, period: c.key.period, limit: c.limit})
	}
}

// refusal is why a route is not asked now; nil: it is. An error, so that nil is none.
func (e *engine) refusal(route market.Route) error {
	if o := e.health.outage; o != nil {
		return o.problem
	}
	if p := e.exchange.Quota().Refused(route); p != nil {
		return p
	}
	return nil
}

// isUnlisted reports whether a contract is not among those that trade.
func (e *engine) isUnlisted(symbol string) bool {
	return e.table.listed > 0 && e.table.symbols[symbol] == nil
}
