package main

import (
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"openinterest/data/feed"
	"openinterest/data/market"
)

// clocks are those of a row in which they can be set. The exchange's own goes on
// whatever is done to the machine; that it slept, both notice.
type clocks struct {
	*skippingClock
	set atomic.Int64 // by so much somebody set the machine's wall clock
}

// machine is what the machine's wall clock shows.
func (c *clocks) machine() time.Time { return c.now().Add(time.Duration(c.set.Load())) }

// clockSet is somebody who sets the machine's clock. Nothing on screen depends on it.
func clockSet(by time.Duration) func(*world) func() {
	return func(w *world) func() {
		before := w.session.Now()
		w.clocks.set.Add(int64(by))
		w.watches(2*time.Second, func() {
			if moved := w.session.Now().Sub(before); moved.Abs() > 10*time.Second {
				w.is("the exchange's time moved by %v", moved)
			}
		})
		return func() { w.clocks.set.Add(int64(-by)) }
	}
}

// asleep is a machine that sleeps, over which its connections end.
func asleep(long time.Duration) func(*world) func() {
	return func(w *world) func() {
		end := cut(lineCut)(w)
		w.sleep(long)
		end()
		return func() {}
	}
}

// sleep has an hour pass of which the program does not know, but that every age
// has in it until a number is had anew.
func (w *world) sleep(long time.Duration) {
	before := w.session.Snapshot()
	w.clocks.skip(long)
	for _, q := range before.Quotes {
		if age, _ := q.Age(w.session.Now()); age < long {
			w.is("after a sleep of %v open interest of %s is said to be %v old", long, q.Contract.Symbol, age)
		}
	}
}

// awake reports whether all is as fresh as it was before the sleep.
func awake(w *world) bool {
	for _, q := range w.session.Snapshot().Quotes {
		if age, ok := q.Age(w.session.Now()); !ok || age > quickly || w.session.Now().Sub(q.Mark.Time) > quickly {
			return false
		}
	}
	return true
}

// exchanged is a market in which contracts come and go while the machine sleeps.
func exchanged(w *world) func() {
	w.sim.Delist(w.sim.Symbols()[1])
	w.sim.List("NEWUSDT")
	w.sleep(time.Hour)
	return func() {}
}

// exchangeTold reports whether the table has the new contract, with open
// interest, and not the old one, and both are told of. The others stay.
func exchangeTold(w *world) bool {
	snap := w.session.Snapshot()
	told := map[market.NoticeKind]int{}
	for _, n := range snap.Notices {
		told[n.Kind]++
	}
	listed := snap.Quote("NEWUSDT")
	var symbols []string
	for _, q := range snap.Quotes {
		symbols = append(symbols, q.Contract.Symbol)
	}
	return listed != nil && market.Known(listed.OpenInterestUSD()) && slices.Equal(symbols, w.sim.Symbols()) &&
		told[market.Listed] == 1 && told[market.Delisted] == 1 && awake(w)
}

// forcedPath is the stream of liquidations.
const forcedPath = "/market/ws/!forceOrder@arr"

// wantsRatios has somebody look at ratios, which are refused from then on.
func wantsRatios(code int) func(*world) func() {
	return func(w *world) func() {
		end := faults(refusal(code, 0, "/futures/data/globalLongShort"), refusal(code, 0, "/futures/data/t"))(w)
		w.session.Attend(feed.Attention{Ticked: w.sim.Symbols()[:3], Ratios: true})
		return end
	}
}

// wantsOneRefused has somebody look at ratios, of which one is refused.
func wantsOneRefused(w *world) func() {
	end := faults(refusal(403, 3*time.Second, "/futures/data/globalLongShort"))(w)
	w.session.Attend(feed.Attention{Ticked: w.sim.Symbols()[:3], Ratios: true})
	return end
}

// otherRatios reports whether the three other ratios are had of each contract that is ticked.
func otherRatios(w *world) bool {
	for _, symbol := range w.sim.Symbols()[:3] {
		for _, kind := range market.RatioKinds()[1:] {
			if q := w.session.Snapshot().Quote(symbol); q == nil || !market.Known(q.Ratio(kind)) {
				return false
			}
		}
	}
	return true
}

// listens reports whether liquidations are listened to all the time, whether any come
// or not, and nothing is said to be wrong.
func listens(w *world) bool {
	for _, q := range w.session.Snapshot().Quotes {
		if since := w.session.Now().Sub(q.Liquidations.Received); since > quickly || q.Liquidations.Hour.Listened <= quickly/2 {
			return false
		}
	}
	return w.sentence() == ""
}

// cutStreams does something to the line of the streams.
func cutStreams(state lineState) func(*world) func() {
	return func(w *world) func() {
		w.lines[1].set(state)
		return func() { w.lines[1].set(lineGood) }
	}
}

// halved is the contract that is redenominated 1 : 100, of which open interest
// is served in the new unit before the price is.
const halved = "SOLUSDT"

func halfRedenominated(w *world) func() {
	return w.front.answer(openInterestPath, func(rw http.ResponseWriter, r *http.Request) {
		symbol := r.URL.Query().Get("symbol")
		contracts, _, _ := w.sim.Truth(symbol, w.session.Now())
		if symbol == halved {
			contracts *= 100
		}
		fmt.Fprintf(rw, `{"symbol":%q,"openInterest":"%f","time":%d}`, symbol, contracts, w.session.Now().UnixMilli())
	})
}

// halfShown reports whether what is computed from both is unknown, and for every
// other contract known as before.
func halfShown(w *world) bool {
	for _, q := range w.session.Snapshot().Quotes {
		half := q.Contract.Symbol == halved
		for _, x := range []float64{q.OpenInterestUSD(), q.OpenInterestChange(market.Window1h), q.OpenInterestChange(market.Window24h), q.OpenInterestToVolume()} {
			if market.Known(x) == half {
				return false
			}
		}
		if !market.Known(q.Contracts()) || !market.Known(q.Price()) {
			return false
		}
	}
	return true
}

// room is what the disk says to a write.
func (w *world) room() error {
	if w.full.Load() {
		return syscall.ENOSPC
	}
	return nil
}

func diskFull(w *world) func() {
	w.full.Store(true)
	return func() { w.full.Store(false) }
}

func folderGone(w *world) func() {
	gone := (&soakFaults{folder: w.options.HistoryDir()}).folderGone()
	end, err := gone.begin()
	if err != nil {
		w.is("%v", err)
		return func() {}
	}
	return end
}

// is notes what is not as promised.
func (w *world) is(text string, args ...any) { w.wrong = append(w.wrong, fmt.Sprintf(text, args...)) }

// watches looks again and again for a while.
func (w *world) watches(long time.Duration, look func()) {
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	over := time.After(long)
	for len(w.wrong) == 0 {
		look()
		select {
		case <-again.C:
		case <-over:
			return
		}
	}
}
