package binance

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"openinterest/data/market"
)

// world is an exchange and a machine, whose clocks tests turn.
type world struct {
	*clock
	t     *testing.T
	truth time.Time
	mono  time.Duration
	off   time.Duration // of the machine's wall clock

	noted     time.Time     // by the exchange's clock as it was shown at first
	corrected time.Duration // as told
	began     time.Time
}

// newWorld is a machine whose wall clock is off.
func newWorld(t *testing.T, off time.Duration) *world {
	w := &world{t: t, truth: time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC), off: off, mono: 77 * time.Hour}
	w.began = w.truth
	w.clock = newClock(func() time.Time { return w.truth.Add(w.off) }, func() time.Duration { return w.mono }, func(by time.Duration) { w.corrected += by })
	w.noted = w.now()
	return w
}

// clockAt is a clock that stands at a time.
func clockAt(ms int64) *clock {
	return newClock(func() time.Time { return time.UnixMilli(ms) }, func() time.Duration { return 0 }, func(time.Duration) {})
}

func (w *world) pass(d time.Duration) { w.truth, w.mono = w.truth.Add(d), w.mono+d }

// sleep and step are what happens to a machine.
func (w *world) sleep(d time.Duration) { w.truth = w.truth.Add(d) }
func (w *world) step(d time.Duration)  { w.off += d }

// answer comes of a request that takes 60 ms. Its Date, and its serverTime
// unless that is absent, are wrong by so much.
func (w *world) answer(dateWrong, serverWrong time.Duration) {
	a := &answer{sent: w.instant()}
	w.pass(30 * time.Millisecond)
	a.date = w.truth.Add(dateWrong).Truncate(time.Second)
	if serverWrong != absent {
		a.server = w.truth.Add(serverWrong)
	}
	w.pass(30 * time.Millisecond)
	a.received = w.instant()
	w.answered(a)
}

const absent = 1000 * time.Hour

// frame is one of the stream, which took 100 ms.
func (w *world) frame(wrong time.Duration) {
	at := w.truth.Add(wrong)
	w.pass(100 * time.Millisecond)
	w.event(at)
}

// usual is a second of an exchange that is well.
func (w *world) usual() {
	w.answer(0, absent)
	w.frame(0)
	w.pass(840 * time.Millisecond)
}

// right reports an exchange's clock that is wrong by more than a Date header
// leaves open, and ages that are not what they are.
func (w *world) right(when string) {
	w.t.Helper()
	if d := w.now().Sub(w.truth); d.Abs() > 1100*time.Millisecond {
		w.t.Errorf("%s: the clock is off by %s", when, d)
	}
	if w.corrected != w.sum() {
		w.t.Errorf("%s: told of corrections of %s, not of %s", when, w.corrected, w.sum())
	}
	age, shown := w.truth.Sub(w.began), w.now().Sub(w.noted.Add(w.sum()))
	if d := shown - age; d.Abs() > tolerance {
		w.t.Errorf("%s: what is %s old is shown as %s old", when, age, shown)
	}
}

// Whatever one source says, the clock is right, or right again within seconds.
func TestClocksDisagree(t *testing.T) {
	const lie = 5 * time.Hour
	seconds := func(n int, each func(w *world, i int)) func(*world) {
		return func(w *world) {
			for i := range n {
				each(w, i)
			}
		}
	}
	usual := seconds(12, func(w *world, _ int) { w.usual() })
	start := func(w *world) {
		w.answer(0, 0)
		usual(w)
	}
	for name, test := range map[string]struct {
		off  time.Duration
		then []func(*world) // after each of which the clock must be right
	}{
		"all is well":                        {0, []func(*world){start, usual}},
		"machine 5 h ahead":                  {lie, []func(*world){start, usual}},
		"machine 5 h behind":                 {-lie, []func(*world){func(w *world) { w.answer(0, 0) }, usual}},
		"machine off, no list":               {lie, []func(*world){usual}}, // the header and the stream agree
		"machine a second off":               {1500 * time.Millisecond, []func(*world){start}},
		"serverTime lies at first":           {0, []func(*world){func(w *world) { w.answer(0, -lie) }, usual, func(w *world) { w.answer(0, -lie) }}},
		"Date lies at first":                 {0, []func(*world){func(w *world) { w.answer(-lie, 0) }, usual}},
		"stream lies at first":               {0, []func(*world){func(w *world) { w.frame(-lie); w.frame(-lie) }, usual}},
		"machine off, serverTime too":        {lie, []func(*world){func(w *world) { w.answer(0, -lie); usual(w) }}},
		"slept an hour":                      {0, []func(*world){start, func(w *world) { w.sleep(time.Hour); w.answer(0, absent) }, usual}},
		"slept an hour on a machine off":     {-lie, []func(*world){start, func(w *world) { w.sleep(time.Hour); w.answer(0, absent) }, usual}},
		"slept an hour, the stream wakes it": {0, []func(*world){start, func(w *world) { w.sleep(time.Hour); w.frame(0) }, usual}},
		"slept an hour, old frames wait":     {0, []func(*world){start, func(w *world) { w.sleep(time.Hour); w.frame(-time.Hour); w.answer(0, absent) }, usual}},
		"slept before anything came":         {0, []func(*world){func(w *world) { w.sleep(time.Hour); w.answer(0, 0) }, usual}},
		"slept before anything came, off":    {lie, []func(*world){func(w *world) { w.sleep(time.Hour); w.answer(0, 0) }, usual}},
		"stepped 2 h forward":                {0, []func(*world){start, func(w *world) { w.step(2 * time.Hour) }, usual, func(w *world) { w.answer(0, 0) }}},
		"stepped 2 h back":                   {0, []func(*world){start, func(w *world) { w.step(-2 * time.Hour) }, usual, func(w *world) { w.answer(0, 0) }}},
		"stepped, and Date lies":             {0, []func(*world){start, func(w *world) { w.step(2 * time.Hour); w.answer(lie, absent) }, usual}},
		"stepped right":                      {lie, []func(*world){start, func(w *world) { w.step(-lie) }, usual}},
		"stepped, then slept":                {0, []func(*world){start, func(w *world) { w.step(-2 * time.Hour) }, usual, func(w *world) { w.sleep(time.Hour); w.answer(0, absent) }, usual}},
		"virtual machine stopped for a minute": {0, []func(*world){start, func(w *world) {
			w.sleep(time.Minute)
			w.step(-time.Minute) // its wall clock stopped with it
			usual(w)
			usual(w)
			w.began, w.noted = w.truth, w.now().Add(-w.sum()) // what was noted before is taken for too young until it is asked again
		}}},
		"Date lies for seconds": {0, []func(*world){start, seconds(20, func(w *world, _ int) { w.answer(-lie, absent); w.usual(); w.right("lied to") }), usual}},
		"Date flaps": {0, []func(*world){start, seconds(60, func(w *world, i int) {
			if i%5 == 0 {
				w.answer(lie, absent)
			}
			w.usual()
			w.right("flapping")
		})}},
		"Date flaps, no stream": {0, []func(*world){start, seconds(60, func(w *world, i int) {
			w.answer([]time.Duration{0, 0, lie, 0, 0}[i%5], absent)
			w.right("flapping")
			w.pass(time.Second)
		})}},
		"old frames": {0, []func(*world){start, seconds(60, func(w *world, i int) { w.frame(-time.Hour); w.right("old frame"); w.usual() })}},
		"frames 3 s late, Date early": {0, []func(*world){start, seconds(60, func(w *world, i int) {
			w.frame(-time.Duration(i%5) * time.Second)
			w.answer(-900*time.Millisecond, absent)
			w.right("late frame")
			w.pass(time.Second)
		})}},
		"list lies": {0, []func(*world){start, func(w *world) { w.answer(lie, lie) }, usual}}, // both header and body, but against the stream
		"two sources lie, and come back": {0, []func(*world){start, func(w *world) {
			for range 12 {
				w.answer(lie, lie)
				w.frame(lie)
				w.pass(time.Second)
			}
			usual(w)
		}}},
		"slept during a request": {0, []func(*world){start, func(w *world) {
			a := &answer{sent: w.instant(), date: w.truth}
			w.sleep(time.Hour)
			a.received = w.instant()
			w.answered(a)
			w.answer(0, absent)
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, test.off)
			for i, then := range test.then {
				then(w)
				w.right(fmt.Sprint("after step ", i))
			}
			if !w.isMeasured() {
				t.Error("nothing was measured")
			}
			before := w.sum()
			for range 100 {
				w.usual()
			}
			w.answer(0, 0)
			if w.right("in the end"); (w.sum() - before).Abs() > 2*time.Second {
				t.Errorf("corrected by %s though all was well", w.sum()-before)
			}
		})
	}
}

// serverTime is exact to half a round trip, and once it was had, the header,
// which has whole seconds, does not move the clock.
func TestClockIsExact(t *testing.T) {
	w := newWorld(t, 1300*time.Millisecond)
	if w.isMeasured() {
		t.Error("measured before anything came")
	}
	w.answer(0, 0)
	for range 30 {
		w.pass(37 * time.Millisecond)
		w.answer(0, absent)
		if d := w.now().Sub(w.truth); d.Abs() > 31*time.Millisecond {
			t.Fatalf("off by %s", d)
		}
	}
	for _, nonsense := range []time.Duration{-absent * 200, absent * 2000} {
		w.answer(nonsense, nonsense)
		w.frame(nonsense)
	}
	w.answered(&answer{sent: w.instant(), received: w.instant()}) // no times at all
	w.right("after nonsense")
}

func TestClockOfMachineHoursOff(t *testing.T) {
	const skew = -26 * time.Hour
	c := exchange(t, func(w http.ResponseWriter, _ *http.Request) {
		server := time.Now().Add(skew)
		w.Header().Set("Date", server.UTC().Format(http.TimeFormat))
		w.Header().Set("Retry-After", server.Add(90*time.Second).UTC().Format(http.TimeFormat))
		w.WriteHeader(418)
		_, _ = fmt.Fprintf(w, `{"code":-1003,"msg":"IP banned until %d."}`, server.Add(60*time.Second).UnixMilli())
	})
	_, err := c.Tickers(t.Context())
	wait := problemOf(t, err).Until.Sub(c.Now())
	if wait < 85*time.Second || wait > 95*time.Second {
		t.Errorf("asked to wait %s, want 90 s on the exchange's clock", wait)
	}
	p := c.Quota().Refused(market.RouteHistory)
	if p == nil || !p.Told || p.Until.Sub(c.Now()) < 85*time.Second || p.Until.Sub(c.Now()) > 95*time.Second {
		t.Errorf("everything rests because of %v", p)
	}
}

func TestNewRefusesUnusableAddresses(t *testing.T) {
	for _, o := range []Options{
		{RESTURL: "fapi.binance.com"}, {RESTURL: "ftp://x"}, {RESTURL: "http://"}, {RESTURL: "http://x:y"}, {RESTURL: "http://%zz"},
		{RESTURL: "http://x/?a=b"}, {RESTURL: "http://x#f"}, {RESTURL: "http://user:secret@x"}, {RESTURL: "ws://x"},
		{StreamURL: "http://x"}, {StreamURL: "127.0.0.1:9900"}, {StreamURL: "wss://:80"},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v was accepted", o)
		} else {
			t.Log(err)
		}
	}
	for _, o := range []Options{
		{}, {RESTURL: "http://127.0.0.1:9900", StreamURL: "ws://127.0.0.1:9900"}, {RESTURL: "https://proxy.example/binance/", StreamURL: "wss://[::1]:443/"},
	} {
		if _, err := New(o); err != nil {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
