package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"openinterest/data/binance"
	"openinterest/data/sim"
)

// skippingClock is the machine's clock of a soak: it runs as usual, and skips
// minutes when it is told to, as a clock does for who slept meanwhile.
type skippingClock struct {
	skipped atomic.Int64
	machine func() time.Duration
}

func newSkippingClock() *skippingClock {
	c := &skippingClock{machine: binance.ElapsedWithSleep()}
	if c.machine == nil {
		began := time.Now()
		c.machine = func() time.Duration { return time.Since(began) }
	}
	return c
}

func (c *skippingClock) skip(by time.Duration) { c.skipped.Add(int64(by)) }

func (c *skippingClock) now() time.Time {
	return time.Now().Round(0).Add(time.Duration(c.skipped.Load()))
}

func (c *skippingClock) elapsed() time.Duration {
	return c.machine() + time.Duration(c.skipped.Load())
}

// soakFault is something that goes wrong for some seconds.
type soakFault struct {
	name  string
	waits bool   // the program is to wait afterwards: it was refused, or the minute's weight is spent
	lists string // the contract that is listed again when it ends; "": none
	begin func() (end func(), err error)
}

// soakFaults makes things go wrong: with the exchange, with the way to it, and
// with the folder where the history is kept.
type soakFaults struct {
	random *rand.Rand
	server *sim.Server
	folder string // of the history
}

// routes are what a fault of REST may be limited to; "": nothing is spared.
var routes = []string{"", "", "/fapi/v1/openInterest", "/futures/data/", "/fapi/v1/premiumIndex", "/fapi/v1/ticker", "/fapi/v1/exchangeInfo"}

// next picks what goes wrong next.
func (t *soakFaults) next() soakFault {
	switch t.random.IntN(12) {
	case 0:
		return t.delisting()
	case 1:
		return t.folderGone()
	case 2, 3, 4:
		return t.injected(t.streamFault())
	default:
		return t.injected(t.restFault())
	}
}

func (t *soakFaults) injected(f sim.Fault) soakFault {
	name := string(f.Kind)
	if f.Code != 0 {
		name += fmt.Sprint(" ", f.Code)
	}
	if f.RetryAfter > 0 {
		name += fmt.Sprint(" retry after ", f.RetryAfter)
	}
	if f.PathPrefix != "" {
		name += " of " + f.PathPrefix
	}
	return soakFault{name: name, waits: refuses(f), begin: func() (func(), error) { return t.server.Inject(f), nil }}
}

// refuses reports whether a fault tells the program to stay away for a while.
func refuses(f sim.Fault) bool {
	return f.RetryAfter > 0 || f.Kind == sim.OthersSpend || slices.Contains([]int{403, 418, 429, 451}, f.Code)
}

func (t *soakFaults) restFault() sim.Fault {
	kinds := []sim.FaultKind{sim.Status, sim.Status, sim.Status, sim.Delay, sim.Hang, sim.Reset, sim.Truncate, sim.ChunkCut, sim.Redirect,
		sim.WrongDate, sim.BrokenJSON, sim.Malformed, sim.Null, sim.EmptyObject, sim.EmptyArray, sim.EmptyBody, sim.HTML, sim.ErrorBody,
		sim.Negative, sim.Duplicate, sim.QuotedTime, sim.WrongTime, sim.OtherSymbol, sim.OthersSpend}
	f := sim.Fault{Kind: kinds[t.random.IntN(len(kinds))], PathPrefix: routes[t.random.IntN(len(routes))]}
	if t.random.IntN(3) == 0 {
		f.Share = 0.2 + 0.6*t.random.Float64()
	}
	switch f.Kind {
	case sim.Status:
		codes := []int{400, 403, 404, 418, 429, 451, 500, 502, 503, 504}
		f.Code = codes[t.random.IntN(len(codes))]
		if (f.Code == 418 || f.Code == 429 || f.Code == 503) && t.random.IntN(2) == 0 {
			f.RetryAfter = time.Duration(1+t.random.IntN(30)) * time.Second
		}
	case sim.Delay:
		f.Wait = time.Duration(500+t.random.IntN(4000)) * time.Millisecond
	case sim.Malformed:
		f.Rows = 1 + t.random.IntN(5)
	case sim.WrongTime, sim.WrongDate:
		f.Shift = time.Duration(t.random.IntN(48)-24) * time.Hour
	case sim.OthersSpend:
		f.PerSecond = 100 + t.random.IntN(1000)
	}
	return f
}

func (t *soakFaults) streamFault() sim.Fault {
	kinds := []sim.FaultKind{sim.StreamRefuse, sim.StreamSilent, sim.StreamDrop, sim.StreamGarbage, sim.StreamHalf, sim.StreamBadRows,
		sim.StreamRepeat, sim.StreamOld}
	f := sim.Fault{Kind: kinds[t.random.IntN(len(kinds))], PathPrefix: "/market/"}
	switch f.Kind {
	case sim.StreamRefuse:
		f.Code = []int{403, 429, 503}[t.random.IntN(3)]
	case sim.StreamOld:
		f.Shift = -time.Duration(10+t.random.IntN(300)) * time.Second
	}
	return f
}

// delisting takes a contract out of the market, and brings it back.
func (t *soakFaults) delisting() soakFault {
	all := t.server.Symbols()
	symbol := all[t.random.IntN(len(all))]
	return soakFault{name: "delisting of " + symbol, lists: symbol, begin: func() (func(), error) {
		t.server.Delist(symbol)
		return func() { t.server.List(symbol) }, nil
	}}
}

// folderGone puts a file where the history's folder is, so that nothing can be
// kept there, and then puts the folder back.
func (t *soakFaults) folderGone() soakFault {
	return soakFault{name: "history's folder gone", begin: func() (func(), error) {
		aside := t.folder + "-aside"
		if err := os.Rename(t.folder, aside); err != nil {
			return nil, fmt.Errorf("taking the history's folder away: %w", err)
		}
		err := os.WriteFile(t.folder, nil, 0o600)
		for range 10 { // the program may have made it again by then
			if err == nil {
				break
			}
			_ = os.RemoveAll(t.folder)
			err = os.WriteFile(t.folder, nil, 0o600)
		}
		if err != nil {
			return nil, fmt.Errorf("taking the history's folder away: %w", err)
		}
		return func() {
			_ = os.RemoveAll(t.folder)
			_ = os.Rename(aside, t.folder) // if it fails, the history begins anew
		}, nil
	}}
}
