package feed

import (
	"fmt"
	"strings"
	"time"

	"openinterest/data/market"
)

// How a list of contracts is believed that lacks some of those known. One list
// is not enough: it may be cut short. A few that two lists lack are delisted.
// Where many are lacking, they must be lacking for long, and must not answer.
const (
	absentAgain  = 5 * time.Second // until the next list, longer each time
	absentMost   = 30 * time.Second
	absentFew    = 3
	absentShare  = 0.02 // of the contracts known
	absentForFew = 4 * time.Second
	absentFor    = 2 * time.Minute
	knownShare   = 0.5 // of the contracts with a price must be in the first list
)

// lists decides which contracts are believed to trade.
type lists struct {
	absent map[string]absence // contracts that are known and the newest list lacks, by symbol
	listed int                // contracts in the newest list
	again  time.Duration      // how long to wait for the next list; 0: no hurry
}

// absence is since when a contract is lacking.
type absence struct {
	contract market.Contract
	since    time.Duration
}

// believed returns the contracts of a list, and those known that it lacks but
// that are not given up. known is what was believed until now, answered when a
// contract's open interest was last answered in this run, and priced how many
// contracts have a price at the exchange.
func (l *lists) believed(now time.Duration, list, known []market.Contract, priced int, answered func(symbol string) time.Duration) []market.Contract {
	has := make(map[string]bool, len(list))
	for _, c := range list {
		has[c.Symbol] = true
	}
	absent := map[string]absence{}
	for _, c := range known {
		if has[c.Symbol] {
			continue
		}
		a, was := l.absent[c.Symbol]
		if !was {
			a = absence{c, now}
		}
		absent[c.Symbol] = a
	}
	few := len(absent) <= max(absentFew, int(absentShare*float64(len(known))))
	kept := list
	for symbol, a := range absent {
		gone := now-a.since >= absentFor && answered(symbol) < a.since || few && now-a.since >= absentForFew
		if gone {
			delete(absent, symbol)
			continue
		}
		kept = append(kept[:len(kept):len(kept)], a.contract)
	}
	l.absent, l.listed = absent, len(list)
	switch {
	case len(absent) == 0 && !l.short(priced):
		l.again = 0
	case l.again == 0:
		l.again = absentAgain
	default:
		l.again = min(absentMost, 2*l.again)
	}
	return kept
}

// short reports whether the list lacks many of the contracts that have a price.
func (l *lists) short(priced int) bool {
	return l.listed > 0 && float64(l.listed) < knownShare*float64(priced)
}

// problem says that the list is not believed; nil where it is.
func (l *lists) problem() *market.Problem {
	if len(l.absent) <= absentFew {
		return nil
	}
	return &market.Problem{Kind: market.BadAnswer, What: "contracts", Err: fmt.Errorf("the list names %d contracts and lacks %d that are known; it is asked for again", l.listed, len(l.absent))}
}

// priced counts the symbols that can be USDT perpetuals among those with a
// price or a ticker.
func priced(tickers []market.Ticker) (n int) {
	for _, t := range tickers {
		if strings.HasSuffix(t.Symbol, "USDT") && !strings.Contains(t.Symbol, "_") {
			n++
		}
	}
	return n
}
