package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"openinterest/assets"
	"openinterest/data/market"
	"openinterest/data/session"
	"openinterest/data/sim"
	"openinterest/ui/format"
)

// This table is what the program promises of every fault: what was done, what
// the person reads then, and when it is over. Each row runs a whole session, the
// one that the window shows, against an exchange that misbehaves while the
// program runs, or from its start.
//
// What becomes of damaged files is another table (data/history).
var faultTable = []faultRow{
	// The line.
	{done: "nobody listens", strike: cut(lineCut), state: market.Offline, says: "No connection to the exchange."},
	{done: "a black hole: connections stay, no answer comes", strike: cut(lineSilent), state: market.Offline, says: "did not answer in time"},
	{done: "answers drip", strike: cut(lineDripping), state: market.Offline, says: "did not answer in time"},
	{done: "connections are reset", strike: faults(sim.Fault{Kind: sim.Reset}), state: market.Offline, says: "No connection to the exchange."},
	{done: "requests hang", strike: faults(sim.Fault{Kind: sim.Hang}), state: market.Offline, says: "did not answer in time"},
	{done: "the name cannot be resolved", begin: "http://exchange.invalid", state: market.Offline, says: "No connection to the exchange."},
	{done: "a certificate that nobody vouches for", begin: "https", state: market.Offline, says: "does not prove that it is the exchange"},

	// Refusals, which have a reach.
	{done: "429 for everything, 3 s", strike: faults(refusal(429, 3*time.Second, "")), state: market.Refused, says: "The exchange asked us to wait until", until: true},
	{done: "418 for everything, 3 s", strike: faults(refusal(418, 3*time.Second, "")), state: market.Refused, says: "has banned this address until", until: true},
	{done: "403 for everything", strike: faults(refusal(403, 0, "")), state: market.Refused, says: "A firewall", until: true, retry: true},
	{done: "451 for everything", strike: faults(refusal(451, 0, "")), state: market.Refused, says: "does not serve the place", until: true, retry: true},
	{done: "429 for history, 3 s", strike: asksHistory(refusal(429, 3*time.Second, "/futures/data")), state: market.Live, says: "History", until: true},
	{done: "429 for history, no time", strike: asksHistory(refusal(429, 0, "/futures/data")), state: market.Live, says: "History", slow: true},
	{done: "403 for history", strike: asksHistory(refusal(403, 0, "/futures/data")), state: market.Live, says: "History is refused", slow: true},
	{done: "451 for history", strike: asksHistory(refusal(451, 0, "/futures/data")), state: market.Live, says: "History is refused", slow: true},
	{done: "a web page for history", strike: asksHistory(sim.Fault{Kind: sim.HTML, PathPrefix: "/futures/data"}), state: market.Live, says: "History", slow: true},

	// Faults at the exchange.
	{done: "503 for everything", strike: faults(refusal(503, 0, "")), state: market.Stale, says: "a fault of its own"},
	{done: "a 500 whose page speaks of a restricted location", strike: faults(sim.Fault{Kind: sim.Status, Code: 500, Body: "<html>Service unavailable from a restricted location</html>"}),
		state: market.Stale, says: "a fault of its own"},
	{done: "a login page instead of everything", strike: faults(sim.Fault{Kind: sim.Redirect}), state: market.Stale, says: "The answer was not what was asked for"},
	{done: "a web page with status 200", strike: faults(sim.Fault{Kind: sim.HTML}), state: market.Stale, says: "The answer was not what was asked for"},
	{done: "null", strike: faults(sim.Fault{Kind: sim.Null}), state: market.Stale, says: "The answer was not what was asked for"},
	{done: "half of each answer", strike: faults(sim.Fault{Kind: sim.BrokenJSON}), state: market.Stale, says: "The answer was not what was asked for"},
	{done: "bodies are cut", strike: faults(sim.Fault{Kind: sim.Truncate}), state: market.Offline, says: "No connection to the exchange."},
	{done: "rows of other contracts", strike: faults(sim.Fault{Kind: sim.OtherSymbol, PathPrefix: openInterestPath}), state: market.Stale, says: "The answer was not what was asked for"},
	{done: "numbers that cannot be", strike: faults(sim.Fault{Kind: sim.Negative, PathPrefix: openInterestPath}), state: market.Stale, says: "The answer was not what was asked for"},
	{done: "-1121 for every contract", strike: faults(sim.Fault{Kind: sim.ErrorBody, PathPrefix: openInterestPath}), state: market.Stale, says: "The answer was not what was asked for"},
	{done: "a kilobyte that unpacks to 200 MB", strike: bomb, state: market.Stale, says: "The answer was not what was asked for"},

	// Parts of it.
	{done: "one contract never answered", early: true, strike: faults(sim.Fault{Kind: sim.ErrorBody, Symbol: "SOLUSDT", PathPrefix: openInterestPath}), state: market.Live, says: "1 contract has no answer"},
	{done: "one contract answers no more", strike: faults(sim.Fault{Kind: sim.ErrorBody, Symbol: "SOLUSDT", PathPrefix: openInterestPath}), state: market.Live, says: "1 contract has no answer"},
	{done: "the stream falls silent", strike: faults(sim.Fault{Kind: sim.StreamSilent}), state: market.Live, says: "stream"},
	{done: "the stream is refused", strike: faults(sim.Fault{Kind: sim.StreamDrop}, sim.Fault{Kind: sim.StreamRefuse, Code: 503}), state: market.Live, says: "stream"},
	{done: "what the stream pushes repeats", strike: faults(sim.Fault{Kind: sim.StreamRepeat}), state: market.Live, says: "stream"},
	{done: "what the stream pushes is an hour old", strike: faults(sim.Fault{Kind: sim.StreamOld, Shift: -time.Hour}), state: market.Live, says: "stream"},

	{done: "403 for the ratios that somebody looks at", strike: wantsRatios(403), state: market.Live, says: "Long/short ratio data is refused (403)", slow: true},
	{done: "403 for one of the four ratios, 3 s", strike: wantsOneRefused, state: market.Live, says: "Long/short ratio data", shows: otherRatios, slow: true},
	{done: "429 for the ratios that somebody looks at", strike: wantsRatios(429), state: market.Live, says: "Long/short ratio data", slow: true},
	{done: "the stream of liquidations is refused", strike: faults(sim.Fault{Kind: sim.StreamDrop, PathPrefix: forcedPath}, sim.Fault{Kind: sim.StreamRefuse, Code: 451, PathPrefix: forcedPath}),
		state: market.Live, says: "The liquidation stream is refused for this location", slow: true},
	{done: "the stream of liquidations is cut", strike: faults(sim.Fault{Kind: sim.StreamDrop, PathPrefix: forcedPath}, sim.Fault{Kind: sim.StreamRefuse, Code: 503, PathPrefix: forcedPath}),
		state: market.Live, says: "Liquidations are not being seen"},
	{done: "the stream of liquidations says nothing, and lives", strike: faults(sim.Fault{Kind: sim.StreamSilent, PathPrefix: forcedPath}), state: market.Live, shows: listens},
	{done: "a black hole for the streams alone", strike: cutStreams(lineSilent), state: market.Live, says: "Liquidations are not being seen"},

	{done: "only open interest is in a new unit yet", strike: halfRedenominated, state: market.Live, shows: halfShown},

	// Clocks, and what happens while nobody looks.
	{done: "the machine's clock is put forward by two hours", clocks: true, strike: clockSet(2 * time.Hour), state: market.Live},
	{done: "the machine's clock is put back by two hours", clocks: true, strike: clockSet(-2 * time.Hour), state: market.Live},
	{done: "the machine sleeps for an hour, and its connections are gone", clocks: true, strike: asleep(time.Hour), state: market.Live, shows: awake},
	{done: "while the machine sleeps, one contract is delisted and another listed", clocks: true, strike: exchanged, state: market.Live, shows: exchangeTold},

	// The disk.
	{done: "the disk is full", early: true, strike: diskFull, state: market.Live, says: "The disk is full"},
	{done: "a file lies where the history's folder was", strike: folderGone, state: market.Live, says: "history", lasts: true},
	{done: "the data directory is deleted", strike: deleted, state: market.Live, says: "was deleted or replaced", lasts: true},
}

// faultRow is one row.
type faultRow struct {
	done   string                    // what was done
	strike func(*world) (end func()) // does it once the table is full; end undoes it
	early  bool                      // does it before the program starts instead
	begin  string                    // or the address that the program was given; "https": of somebody else
	clocks bool                      // the clocks of the machine and of the exchange can be set

	state market.FeedState  // what the person is shown
	says  string            // and reads
	until bool              // with a time
	shows func(*world) bool // and sees; nil: nothing more than that

	// It is over at most ten seconds after its end, by itself, or
	retry bool // when they ask again
	slow  bool // after minutes, for which this test does not wait: a route that refuses has a backoff of its own
	lasts bool // when the program is started anew
}

// quickly is within what everything is fresh after a fault that is no refusal.
const quickly = 10 * time.Second

func refusal(code int, wait time.Duration, path string) sim.Fault {
	return sim.Fault{Kind: sim.Status, Code: code, RetryAfter: wait, PathPrefix: path, For: wait}
}

// world is a session and what is between it and its exchange.
type world struct {
	sim     *sim.Server
	front   *front
	lines   []*line // of REST, of the stream
	dir     string
	options session.Options
	session *session.Session
	ctx     context.Context
	clocks  clocks
	full    atomic.Bool // the disk is
	wrong   []string    // what strike found not to be as promised
}

func faults(all ...sim.Fault) func(*world) func() {
	return func(w *world) func() {
		var ends []func()
		for _, f := range all {
			ends = append(ends, w.sim.Inject(f))
		}
		return func() {
			for _, end := range ends {
				end()
			}
		}
	}
}

// asksHistory has somebody look at a chart, so that history is asked for.
func asksHistory(f sim.Fault) func(*world) func() {
	return func(w *world) func() {
		end := w.sim.Inject(f)
		for _, symbol := range w.sim.Symbols()[:3] {
			_, _ = w.session.Load(w.ctx, symbol, market.Range7d)
		}
		return end
	}
}

func cut(state lineState) func(*world) func() {
	set := func(w *world, state lineState) {
		for _, l := range w.lines {
			l.set(state)
		}
	}
	return func(w *world) func() {
		set(w, state)
		return func() { set(w, lineGood) }
	}
}

func bomb(w *world) func() {
	var packed bytes.Buffer
	pack := gzip.NewWriter(&packed)
	nothing := make([]byte, 1<<20)
	for range 200 {
		_, _ = pack.Write(nothing) // into memory
	}
	_ = pack.Close()
	return w.front.answer(openInterestPath, func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Encoding", "gzip")
		_, _ = rw.Write(packed.Bytes())
	})
}

func deleted(w *world) func() {
	_ = os.RemoveAll(w.dir)
	return func() {}
}

// atOnce is how many sessions run side by side: they wait most of the time.
const atOnce = 8

func TestWhatIsPromisedOfEveryFault(t *testing.T) {
	turns := make(chan struct{}, atOnce)
	results := make([][]string, len(faultTable))
	var running sync.WaitGroup
	for i := range faultTable {
		w := newWorld(t, &faultTable[i])
		running.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			results[i] = faultTable[i].play(w)
		})
	}
	running.Wait()
	for i := range faultTable {
		t.Run(faultTable[i].done, func(t *testing.T) {
			for _, failure := range results[i] {
				t.Error(failure)
			}
		})
	}
}

// newWorld prepares what a row needs; play opens the session.
func newWorld(t *testing.T, f *faultRow) *world {
	t.Helper()
	w := &world{dir: t.TempDir(), ctx: t.Context()}
	var err error
	exchange := sim.Options{Contracts: 12}
	if f.clocks {
		w.clocks.skippingClock = newSkippingClock()
		exchange.Now = w.clocks.now
	}
	if w.sim, err = sim.Start(w.ctx, exchange); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.sim.Close)
	w.front = newFront(t, w.sim.RESTURL())
	w.lines = []*line{newLine(t, w.front.Listener.Addr().String()), newLine(t, strings.TrimPrefix(w.sim.StreamURL(), "ws://"))}
	w.options = session.Options{RESTURL: "http://" + w.lines[0].address, StreamURL: "ws://" + w.lines[1].address,
		DataDir: w.dir, Room: w.room, Log: slog.New(slog.DiscardHandler)}
	if f.clocks {
		w.options.Now, w.options.Elapsed = w.clocks.machine, w.clocks.elapsed
	}
	switch f.begin {
	case "":
	case "https":
		somebody := httptest.NewUnstartedServer(http.NotFoundHandler())
		somebody.Config.ErrorLog = log.New(io.Discard, "", 0) // handshakes that the program breaks off
		somebody.StartTLS()
		t.Cleanup(somebody.Close)
		w.options.RESTURL, w.options.StreamURL = somebody.URL, strings.Replace(somebody.URL, "https", "wss", 1)
	default:
		w.options.RESTURL, w.options.StreamURL = f.begin, strings.Replace(f.begin, "http", "ws", 1)
	}
	return w
}

// play runs a row and returns what was not as promised.
func (f *faultRow) play(w *world) (failures []string) {
	fail := func(text string, args ...any) { failures = append(failures, fmt.Sprintf(text, args...)) }
	begun, end := time.Now(), func() {}
	if f.early {
		end = f.strike(w)
	}
	s, err := session.Open(w.ctx, w.options)
	if err != nil {
		fail("it does not start: %v", err)
		return
	}
	defer s.Close()
	w.session = s
	if f.begin == "" && !f.early {
		if _, ok := w.until(time.Minute, w.isWell(s.Now())); !ok { // how quick a start is, other tests hold
			fail("before the fault: %s", w.reads())
			return
		}
		begun, end = time.Now(), f.strike(w)
	}
	shown := func() bool {
		st := s.Snapshot().Status
		return st.State == f.state && strings.Contains(w.sentence(), f.says) && (!f.until || !w.retriedAt().IsZero()) && (f.shows == nil || f.shows(w))
	}
	limit := 2 * quickly
	switch {
	case f.shows != nil: // nothing is broken any more when it begins
		limit = quickly
	case f.early: // the start of the program is in it, which takes a while under the race detector
		limit = 3 * quickly
	}
	if _, ok := w.until(limit, shown); !ok {
		fail("after %.0f s they read %s; want %s, %q", time.Since(begun).Seconds(), w.reads(), f.state, f.says)
	}
	if f.state == market.Live {
		for _, q := range s.Snapshot().Quotes {
			if age, ok := q.Age(s.Now()); (!ok || age > 12*time.Second) && q.Problem == nil {
				fail("open interest of %s, which is not concerned, is %v old", q.Contract.Symbol, age)
			}
			if age := s.Now().Sub(q.Mark.Time); age.Abs() > 12*time.Second {
				fail("the price of %s is %v old", q.Contract.Symbol, age)
			}
		}
	}
	failures = append(failures, w.wrong...)
	end()
	if f.slow || f.lasts || f.begin != "" {
		return
	}
	if f.retry {
		s.Retry()
	}
	if took, ok := w.until(2*quickly, w.isWell(s.Now())); !ok {
		fail("%v after its end they read %s", took, w.reads())
	} else if took > quickly {
		fail("it was over %v after its end, want %v", took, quickly)
	}
	return
}

// until waits, and says for how long.
func (w *world) until(limit time.Duration, holds func() bool) (took time.Duration, ok bool) {
	begun := time.Now()
	again := time.NewTicker(40 * time.Millisecond)
	defer again.Stop()
	for time.Since(begun) < limit {
		if w.session.Snapshot() != nil && holds() {
			return time.Since(begun), true
		}
		<-again.C
	}
	return time.Since(begun), false
}

// isWell reports whether all is live, nothing is said, and every number is of
// after a time.
func (w *world) isWell(since time.Time) func() bool {
	return func() bool {
		snap := w.session.Snapshot()
		if snap.Status.State != market.Live || !snap.Status.Filled() || w.sentence() != "" {
			return false
		}
		for _, q := range snap.Quotes {
			if q.OpenInterest.Received.Before(since) || q.Mark.Received.Before(since) {
				return false
			}
		}
		return true
	}
}

// sentence is what the person reads.
func (w *world) sentence() string {
	snap := w.session.Snapshot()
	return format.StatusProblem(assets.NewWords(assets.English), snap.Status, snap.Quotes)
}

// retriedAt is until when the fault is said to last.
func (w *world) retriedAt() time.Time {
	snap := w.session.Snapshot()
	p := newWatchPrinter(&watchCommand{}, assets.NewWords(assets.English))
	return p.healthOf(snap).until
}

func (w *world) reads() string {
	st := w.session.Snapshot().Status
	return fmt.Sprintf("%s, %d of %d, %q (until %v)", st.State, st.Ready, st.Total, w.sentence(), w.retriedAt())
}
